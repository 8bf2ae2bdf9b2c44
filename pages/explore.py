"""Explore a latent space: the map at the left, the picture and its sliders in the middle, what lies around z right."""

import streamlit as st

from ui import frame, turn
from ui.explore import component
from ui.explore.state import REPORT, Exploration


def page() -> None:
    """The page, wherever the hand, the picker or the link leads."""
    now = turn.begin("explore", component.KEY, REPORT)
    shown = frame.open_model(now.asked)
    if shown is None:
        return turn.unshown(now, frame.model_picked())
    state = st.session_state.setdefault("explore", Exploration())
    state.follow(now, shown)
    component.show(state, shown)
    turn.end(now, shown.name, state.link(shown))
    component.look(state, shown)


frame.through_router()
page()
