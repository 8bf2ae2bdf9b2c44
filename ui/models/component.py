"""The Models page's face in Python: one component, which shows the chosen section."""

from ui import brought, originals
from ui.browser import model as live
from ui.browser.component import define
from ui.frame import Shown
from ui.models.sections import SECTIONS
from ui.models.state import Comparison

KEY = "models_live"
_models = define("models", "models/page")


def show(state: Comparison, shown: Shown) -> None:
    """The chosen section's live part, where it has one. `ui.browser.report` tells what it reports."""
    if not state.ready:
        return
    originals.follow(KEY, shown.info)
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "chosen": shown.name,
        "originals": originals.for_browser(shown.version, shown.name, shown.checkpoint, shown.info, wanted=True),
        **SECTIONS[state.section].for_browser(state.standing, shown),
        "mostBytes": brought.MOST_BYTES,
        **state.for_browser(),
    }
    silent = {f"on_{name}_change": lambda: None for name in ("place", "file", "refine", "originals")}
    _models(key=KEY, data=data, **silent)
