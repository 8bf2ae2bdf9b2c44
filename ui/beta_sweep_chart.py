"""Figures and tables of the beta sweep on the page: each can be saved as it is."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st


def choose_format() -> None:
    """Which kind of file the camera button of every figure saves."""
    st.segmented_control(
        "Figures save as",
        ["PNG", "SVG"],
        default="PNG",
        required=True,
        key="beta_sweep_format",
        label_visibility="collapsed",
        help="The kind of file that the camera button of every figure saves.",
    )


def plot(figure: go.Figure, name: str, **options: Any) -> None:
    """A figure with its button to save it as it is, three times finer than the screen."""
    kind = st.session_state.get("beta_sweep_format") or "PNG"
    save = {"format": kind.lower(), "filename": f"latent-lab-{name}", "scale": 1 if kind == "SVG" else 3}
    removed = ["zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]
    config = {"toImageButtonOptions": save, "displaylogo": False, "modeBarButtonsToRemove": removed}
    st.plotly_chart(figure, key=chart_key(name), config=config, **options)


def chart_key(name: str) -> str:
    return f"beta_sweep_chart_{name}"


def download(label: str, data: str | bytes, file_name: str, mime: str = "text/csv") -> None:
    """A button that saves a table."""
    st.download_button(label, data, file_name, mime, on_click="ignore", icon=":material/download:", type="tertiary")
