"""An app for a test: sentences from outside in every kind of element that reads Markdown."""

import json
import os

import streamlit as st

from ui.text import for_plotly, plain

for number, text in enumerate(json.loads(os.environ["TEXTS"])):
    with st.container(key=f"text_{number}"):
        st.markdown(plain(text))
        st.caption(plain(text))
        st.error(plain(text))
        st.progress(0.5, text=plain(text))
    with st.container(key=f"inside_{number}"):
        st.markdown(f"{plain(text)}: {plain(text)} **is** {plain(text)}")
    with st.container(key=f"plot_{number}"):
        bars = {"type": "bar", "x": [for_plotly(text)], "y": [1], "name": for_plotly(text)}
        st.plotly_chart({"data": [bars], "layout": {"showlegend": True, "xaxis": {"type": "category"}}})
