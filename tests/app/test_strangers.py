"""One bad folder in the zoo takes no page away from anybody."""

import json
import os
import shutil

import pytest
from small_models import DIGITS, write_stand_in
from streamlit.testing.v1 import AppTest

from ui.browser import publish
from vae_core.zoo import store

ROOT = publish.STATIC.parent
PAGES = ("explore", "reconstruct", "interpolate", "inpaint", "beta_sweep", "models", "learning")
CHANGES = {
    "number": {"name": 3},
    "true": {"model": {"picture_shape": [1, 8, 8], "latent_dim": 2, "hidden": [True]}},
    "text": {"objective": "beta", "objective_settings": {"beta": "4"}},
    "nothing": {"objective": "beta", "objective_settings": {}},
    "unknown": {"dataset": "nowhere"},
}


@pytest.fixture
def hostile_zoo(tmp_path, monkeypatch):
    """A zoo of one model that works, under a name that is hostile too, and a folder of each kind that does not."""
    zoo = tmp_path / "zoo"
    write_stand_in(zoo / "digits-small-2d", "digits", DIGITS)
    for name, change in CHANGES.items():
        path = shutil.copytree(zoo / "digits-small-2d", zoo / name) / "model.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | change))
    path = shutil.copytree(zoo / "digits-small-2d", zoo / "deep") / "model.json"
    path.write_text("[" * 100_000 + "]" * 100_000)
    for name in ("pipe", "loop"):
        (zoo / name).mkdir()
    os.mkfifo(zoo / "pipe" / "model.json")
    (zoo / "loop" / "model.json").symlink_to("model.json")
    (zoo / "circle").symlink_to("circle")
    path = zoo / "digits-small-2d" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "x/../../../y #?%20"}))
    monkeypatch.setattr(store, "ZOO", zoo)
    monkeypatch.setattr(publish, "GENERATED", tmp_path / "a" / "b" / "c" / "generated")
    return zoo


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_beside_broken_folders(hostile_zoo, tmp_path, page):
    found, problems = store.survey(store.model_folders(hostile_zoo))
    assert len(found) == 1 and len(problems) == len(CHANGES) + 3
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and hostile_zoo not in path.parents]
    assert all(path.is_relative_to(publish.GENERATED) for path in outside)
