"""Walk between pictures: paths through the latent space, what they look like, and how far each frame can be trusted."""

import streamlit as st

from ui import frame, turn
from ui.interpolate import component, sections
from ui.interpolate.state import REPORT, Interpolation


def page() -> None:
    """The page, wherever the hand, the picker, an upload or the link leads."""
    now = turn.begin("interpolate", component.KEY, REPORT)
    shown = frame.open_model(now.asked)
    if shown is None:
        return turn.unshown(now, frame.model_picked())
    state = st.session_state.setdefault("interpolate", Interpolation())
    state.follow(now, shown)
    component.show(state, shown)
    sections.show(state, shown)
    turn.end(now, shown.name, state.link(shown), at_once=True)


frame.through_router()
page()
