"""Explore's face in Python: the component, and the originals that it shows once they are there."""

import streamlit as st

from ui import originals
from ui.browser import model as live
from ui.browser.component import define
from ui.explore.state import Exploration
from ui.frame import Shown

KEY = "explore_live"

_explore = define("explore", "explore/page")


def show(state: Exploration, shown: Shown) -> None:
    """The map, the picture, its sliders, the traversals and the grid. `ui.browser.report` tells what it reports."""
    originals.follow(KEY, shown.info)
    looked = shown.entry.dataset in state.looked
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "model": live.model_for_browser(shown.version, shown.name, shown.checkpoint, shown.info, shown.bounds),
        "originals": found(state, shown) if looked else None,
        **state.for_browser(),
    }
    _explore(key=KEY, data=data, on_place_change=lambda: None, on_originals_change=lambda: None)


def found(state: Exploration, shown: Shown) -> dict | None:
    """The pictures behind the codes, once one of them is to be seen."""
    wanted = state.place.point is not None or state.view.show == "sample"
    return originals.for_browser(shown.version, shown.name, shown.checkpoint, shown.info, wanted)


def look(state: Exploration, shown: Shown) -> None:
    """Find the originals after the first picture: the first look at a data set takes seconds."""
    if shown.entry.dataset not in state.looked:
        state.looked.add(shown.entry.dataset)
        if found(state, shown):
            st.rerun()
