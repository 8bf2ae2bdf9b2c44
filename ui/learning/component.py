"""Learning's face in Python: the component. Everything that it shows is computed in the browser."""

from ui.browser import model as live
from ui.browser.component import define
from ui.learning import sections, trained
from ui.learning.state import Learning

KEY = "learning_live"

_learning = define("learning", "learning/page")


def show(state: Learning) -> None:
    """The open section. `ui.browser.report` tells what it reports."""
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "sections": sections.for_browser(),
        "trained": trained.for_browser(),
        **state.for_browser(),
    }
    _learning(key=KEY, data=data, on_place_change=lambda: None)
