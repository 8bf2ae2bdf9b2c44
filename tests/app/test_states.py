"""What a page knows has one name in Python and in the browser, and is asked in the same way on every page."""

import importlib
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATES = {
    "explore": "Exploration",
    "reconstruct": "Reconstruction",
    "interpolate": "Interpolation",
    "beta_sweep": "Sweep",
    "inpaint": "Inpainting",
    "models": "Comparison",
    "learning": "Learning",
}
MODEL = {
    "beta_sweep": ["entry"],
    "learning": [],
}  # the models side by side stand without the app's own, Learning without any


def test_every_page_has_a_state():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__"} == set(STATES)


@pytest.mark.parametrize("page", STATES)
def test_a_state_has_one_name(page):
    script = (ROOT / "static" / "live" / page / "state.js").read_text("utf-8")
    assert f"}} {STATES[page]}\n" in script or f"}} {STATES[page]} */" in script, "a typedef of that name"
    assert hasattr(importlib.import_module(f"ui.{page}.state"), STATES[page])


@pytest.mark.parametrize("page", STATES)
def test_pages_ask_their_states_alike(page):
    state = getattr(importlib.import_module(f"ui.{page}.state"), STATES[page])
    model = MODEL.get(page, ["shown"])
    assert list(inspect.signature(state.follow).parameters) == ["self", "turn", *model]
    assert list(inspect.signature(state.link).parameters) == ["self", *model]
    assert list(inspect.signature(state.for_browser).parameters) == ["self"]
    assert state().visit != state().visit, "a page that lost its server tells another one from it"
