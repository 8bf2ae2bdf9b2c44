"""Pure functions that return plotly figures. They carry no theme: the page gives them its colours."""

import numpy as np
import plotly.graph_objects as go

from ui.link import View
from vae_core.models.checkpoint import Checkpoint

# Ten colours that people with any kind of colour vision can tell apart, on white and on black.
# Petroff, "Accessible color sequences for data visualization", https://arxiv.org/abs/2107.02270
LABEL_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
SYMBOLS = ("circle", "diamond", "square", "triangle-up")  # more than ten labels: the colours come again in other forms
SCALE = "Viridis"  # perceptually even, for every quantity that only grows
RECONSTRUCTION, KL = "#3f90da", "#e76300"  # the two terms of the ELBO, wherever they appear

MANY_NAMES = 12  # more labels than this are not written into the map
MANY_LEGENDS = 20  # more labels than this would leave the map no room


def map_of_codes(checkpoint: Checkpoint, names: tuple[str, ...], view: View) -> go.Figure:
    """The map of a model's codes as `view` asks for it; `names` are those of the labels."""
    codes = checkpoint.codes
    if view.projection == "latent":
        points = codes.mean[:, list(view.axes)].numpy()
        titles = tuple(f"z<sub>{axis + 1}</sub>" for axis in view.axes)
    else:
        points = checkpoint.projections[view.projection].numpy()
        titles = ("UMAP 1", "UMAP 2") if view.projection == "umap" else ("First principal component", "Second")
    if view.colour == "label":
        return map_by_label(points, codes.labels.numpy(), names, titles)
    if view.colour == "kl":
        return map_by_value(points, codes.kl.sum(dim=1).numpy(), "KL, nats a picture", titles)
    return map_by_value(points, codes.reconstruction_error.numpy(), "Reconstruction error, nats a picture", titles)


def map_by_label(points: np.ndarray, labels: np.ndarray, names: tuple[str, ...], axes: tuple[str, str]) -> go.Figure:
    """The map of codes with one colour a label: `points` (N, 2) float32, `labels` (N,) int, `axes` their titles."""
    figure = go.Figure()
    for label, name in enumerate(names):
        own = points[labels == label]
        colour, symbol = LABEL_COLOURS[label % 10], SYMBOLS[label // 10 % len(SYMBOLS)]
        marker = {"color": colour, "symbol": symbol}
        figure.add_trace(go.Scattergl(x=own[:, 0], y=own[:, 1], name=name, mode="markers", marker=marker))
        if len(own) and len(names) <= MANY_NAMES:
            x, y = np.median(own, axis=0).tolist()
            figure.add_annotation(x=x, y=y, name=name, text=f"<b>{name}</b>", showarrow=False, opacity=0.85)
    return as_map(figure, points, axes)


def map_by_value(points: np.ndarray, values: np.ndarray, title: str, axes: tuple[str, str]) -> go.Figure:
    """The map of codes coloured by a quantity (N,) whose `title` names its unit."""
    low, high = np.quantile(values, [0.01, 0.99]).tolist()
    bar = {"title": {"text": title, "side": "right"}, "thickness": 10, "outlinewidth": 0, "len": 0.9}
    marker = {"color": values, "colorscale": SCALE, "cmin": low, "cmax": high, "colorbar": bar}
    figure = go.Figure(go.Scattergl(x=points[:, 0], y=points[:, 1], mode="markers", marker=marker, showlegend=False))
    return as_map(figure, points, axes)


def as_map(figure: go.Figure, points: np.ndarray, axes: tuple[str, str]) -> go.Figure:
    """The axes, the margins and the size of a point that all maps share."""
    size = float(np.clip(300 / np.sqrt(len(points)), 3, 9))
    figure.update_traces(marker_size=size, marker_opacity=0.75)
    figure.update_layout(
        template=None,
        margin={"l": 44, "r": 36, "t": 30, "b": 40},  # at the right, where the tools are, there are no points
        hovermode=False,
        dragmode="pan",
        showlegend=len(figure.data) <= MANY_LEGENDS,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemsizing": "constant"},
    )
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.04 * (high - low) + 1e-6  # fixed ranges: switching a label off does not move the others
    for update, title, start, end in zip(
        (figure.update_xaxes, figure.update_yaxes), axes, (low - room).tolist(), (high + room).tolist(), strict=True
    ):
        update(title={"text": title, "standoff": 6}, range=[start, end], zeroline=True, showgrid=True, nticks=8)
    figure.update_yaxes(scaleanchor="x")
    return figure
