"""What stands below Reconstruct's live part: work that takes a while."""

import streamlit as st

from ui import work
from ui.reconstruct.state import ESTIMATE, Reconstruction


def show(state: Reconstruction) -> None:
    """Where the estimate that was asked for stands."""
    if state.request is not None:
        with st.container(key="reconstruct_progress"):
            work.follow(ESTIMATE)
