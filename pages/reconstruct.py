"""Bring a picture: what a model makes of it, what each term of the ELBO says, and how unusual it is."""

import streamlit as st

from ui import frame, turn
from ui.reconstruct import component, sections
from ui.reconstruct.state import REPORT, Reconstruction


def page() -> None:
    """The page, wherever the hand, the picker, a file or the link leads."""
    now = turn.begin("reconstruct", component.KEY, REPORT)
    shown = frame.open_model(now.asked, shows=frame.has_a_gaussian)
    if shown is None:
        return turn.unshown(now, frame.model_picked())
    state = st.session_state.setdefault("reconstruct", Reconstruction())
    state.follow(now, shown)
    component.show(state, shown)
    sections.show(state)
    turn.end(now, shown.name, state.link(shown))


frame.through_router()
page()
