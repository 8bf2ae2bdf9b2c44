"""What beta does: every beta side by side, and what was measured on each: rate, distortion, collapse, factors."""

import streamlit as st

from ui import frame, turn
from ui.beta_sweep import component, sections, training_section
from ui.beta_sweep.members import on_rail
from ui.beta_sweep.state import REPORT, Sweep


def page() -> None:
    """The page, wherever the hand, the picker or the link leads."""
    training_section.go_on()
    now = turn.begin("beta_sweep", component.KEY, REPORT)
    entry = frame.choose_model(now.asked, on_rail, frame.is_plain)
    if entry is None:
        return turn.unshown(now, frame.model_picked())
    state = st.session_state.setdefault("beta_sweep", Sweep())
    state.follow(now, entry)
    component.show(state, entry)
    sections.show(state, entry)
    turn.end(now, entry.name, state.link(entry), at_once=True)


frame.through_router()
page()
