"""Filling in what is missing: a hole in a picture, what a model makes of it, and how sure it is."""

import streamlit as st

from ui import frame, turn
from ui.inpaint import component, sections
from ui.inpaint.state import REPORT, Inpainting


def page() -> None:
    """The page, wherever the hand, the picker, a file or the link leads."""
    state = st.session_state.setdefault("inpaint", Inpainting())
    now = turn.begin("inpaint", component.KEY, REPORT, component.picked)
    asked = now.query.get("model", state.model or "") if now.arrived or now.returned else None
    shown = frame.open_model(asked, component.choose_model, frame.has_a_map)
    if shown is None:
        return turn.unshown(now, st.session_state.get(component.MODEL))
    state.follow(now, shown)
    component.show(state, shown)
    sections.show(state, shown)
    turn.end(now, shown.name, state.link(shown))


frame.through_router()
page()
