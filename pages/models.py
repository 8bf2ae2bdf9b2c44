"""What each idea changes: models of one data set side by side, and what each assumes, one section at a time."""

import streamlit as st

from ui import frame, turn
from ui.models import component, sections
from ui.models.state import REPORT, Comparison


def page() -> None:
    """The page, wherever the hand, the pickers or the link leads."""
    now = turn.begin("models", component.KEY, REPORT)
    state = st.session_state.setdefault("models", Comparison())
    state.choose_section(now)
    shown = frame.open_model(now.asked, sections.model_picker(state), sections.SECTIONS[state.section].shows)
    if shown is None:
        return turn.unshown(now, frame.model_picked())
    sections.choose(state)
    state.follow(now, shown)
    state.bring(component.KEY, shown)
    state.refine(component.KEY, shown)
    component.show(state, shown)
    sections.show(state, shown)
    turn.end(now, shown.name, state.link(shown))


frame.through_router()
page()
