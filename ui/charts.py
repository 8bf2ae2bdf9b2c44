"""Figures and tables of the beta sweep on the page: each can be saved as it is."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

TOOLS = 36  # pixels at the right of a figure, where its tools stand beside the legend


def exports(*files: tuple[str, str, str]) -> None:
    """A row of what can be taken along: tables (label, text, file name), and which kind of file the camera button of
    every figure saves."""
    with st.container(key="beta_sweep_exports", horizontal=True, vertical_alignment="center", gap="small"):
        for file in files:
            download(*file)
        st.space("stretch")
        st.caption("A figure's camera button saves", width="content")
        st.segmented_control(
            "A figure's camera button saves",
            ["PNG", "SVG"],
            default="PNG",
            required=True,
            key="beta_sweep_format",
            label_visibility="collapsed",
        )


def plot(figure: go.Figure, name: str, **options: Any) -> None:
    """A figure with its button to save it as it is, three times finer than the screen."""
    kind = st.session_state.get("beta_sweep_format") or "PNG"
    save = {"format": kind.lower(), "filename": f"latent-lab-{name}", "scale": 1 if kind == "SVG" else 3}
    figure.update_layout(modebar={"orientation": "v"}, margin={"r": TOOLS})
    removed = ["zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]
    config = {"toImageButtonOptions": save, "displaylogo": False, "modeBarButtonsToRemove": removed}
    st.plotly_chart(figure, key=chart_key(name), config=config, **options)


def chart_key(name: str) -> str:
    return f"beta_sweep_chart_{name}"


def download(label: str, data: str | bytes, file_name: str, mime: str = "text/csv") -> None:
    """A button that saves a table."""
    st.download_button(label, data, file_name, mime, on_click="ignore", icon=":material/download:", type="tertiary")
