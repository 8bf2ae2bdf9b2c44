"""What kinds of model change, as they stand below a section: a drawing and a formula each."""

from collections.abc import Iterable

import streamlit as st

from ui.models.figures import WIDTH, Idea, drawn


def show(ideas: Iterable[Idea]) -> None:
    """One beside the other."""
    with st.container(horizontal=True, gap="medium", key="models_ideas"):
        for idea in ideas:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                st.markdown(drawn(idea.graph), width=WIDTH)
                with st.container(gap=None, width="content"):
                    st.caption(f"**{idea.title}**: {idea.change}")
                    st.latex(idea.formula, width="content")
