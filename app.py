"""Latent Lab: the router and the frame around every page. Run it with `streamlit run app.py`."""

import streamlit as st

from ui import frame, memory, work
from ui.browser import install

frame.dress()
pages = [
    st.Page("pages/explore.py", title="Explore", icon=":material/explore:", default=True),
    st.Page("pages/interpolate.py", title="Interpolate", icon=":material/timeline:"),
    st.Page("pages/reconstruct.py", title="Reconstruct", icon=":material/draw:"),
    st.Page("pages/beta_sweep.py", title="Beta sweep", icon=":material/tune:"),
    st.Page("pages/inpaint.py", title="Inpaint", icon=":material/healing:"),
    st.Page("pages/models.py", title="Models", icon=":material/compare:"),
    st.Page("pages/learning.py", title="Learning", icon=":material/school:"),
]
page = st.navigation(pages, position="top")
if install.ready():
    page.run()
    work.stop_what_nobody_sees()
    frame.note_models_left_out()
frame.show_notes()
memory.watch_over()
