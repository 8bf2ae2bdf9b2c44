"""How a VAE learns: its estimators, one a section, each with a picture that moves under the hand."""

import streamlit as st

from ui import frame, turn
from ui.learning import component
from ui.learning.state import REPORT, Learning


def page() -> None:
    """The page, wherever the hand or the link leads; it stands without a model."""
    state = st.session_state.setdefault("learning", Learning())
    now = turn.begin("learning", component.KEY, REPORT, picked=lambda model: False)
    state.follow(now)
    component.show(state)
    turn.end(now, "", state.link())


frame.through_router()
page()
