"""What stands below Interpolate's live part: what can be taken along, and what the link cannot hold."""

import streamlit as st

from ui.frame import Shown
from ui.interpolate import exports, links
from ui.interpolate.state import Interpolation


def show(state: Interpolation, shown: Shown) -> None:
    """The strip, the animation and the codes as files; and what the link leaves out."""
    with st.container(key="interpolate_exports", horizontal=True, vertical_alignment="center"):
        exports.row(shown.version, shown.checkpoint, shown.info, state.route)
        for sentence in links.left_out(state.route, state.link(shown)):
            st.caption(sentence, width="content")
