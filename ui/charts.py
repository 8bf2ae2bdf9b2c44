"""Figures and tables on the page: each can be saved as it is, and can be read from the back row."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui import lecture

LETTERS = 20  # pixels of the smallest in lecture mode
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
    st.plotly_chart(legible(figure), key=chart_key(name), config=config, **options)


def legible(figure: go.Figure) -> go.Figure:
    """The figure; in lecture mode all its letters are large."""
    if not lecture.on():
        return figure
    font = {"size": LETTERS}
    axis = {"tickfont": font, "title_font": font}
    bar = {"tickfont": font, "title": {"font": font}}
    figure.update_layout(font=font, legend_font=font, hoverlabel_font=font)
    figure.update_xaxes(**axis).update_yaxes(**axis).update_annotations(font=font)
    for trace in figure.data:
        given = trace.to_plotly_json()
        if "text" in given or "texttemplate" in given:
            trace.update(textfont=font)
        for place in (given, given.get("marker", {})):
            if "colorbar" in place:
                (trace if place is given else trace.marker).update(colorbar=bar)
    return figure


def chart_key(name: str) -> str:
    return f"beta_sweep_chart_{name}"


def download(label: str, data: str | bytes, file_name: str, mime: str = "text/csv") -> None:
    """A button that saves a table."""
    st.download_button(label, data, file_name, mime, on_click="ignore", icon=":material/download:", type="tertiary")
