"""Latent Lab: the router and the frame around every page. Run it with `streamlit run app.py`."""

import streamlit as st

from ui import frame

frame.dress()
pages = {
    "Explore": [
        st.Page("pages/explore.py", title="Explore", icon=":material/explore:", default=True),
        st.Page("pages/interpolate.py", title="Interpolate", icon=":material/timeline:"),
        st.Page("pages/reconstruct.py", title="Reconstruct", icon=":material/draw:"),
    ],
    "Understand": [
        st.Page("pages/beta_sweep.py", title="Beta sweep", icon=":material/tune:"),
        st.Page("pages/inpaint.py", title="Inpaint", icon=":material/healing:"),
    ],
}
st.navigation(pages, position="top").run()
frame.say_notes()
