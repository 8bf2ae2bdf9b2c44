"""Explore where the browser's runtime is not installed: the same parts, decoded in Python after each move."""

import numpy as np
import streamlit as st
import torch

from ui import cache, figures
from ui.link import Bounds, Place, View
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.models.checkpoint import Checkpoint

COLUMNS = 11  # of the traversals
ROWS = 12
MAPS = {"latent": "Two dimensions", "umap": "UMAP", "pca": "PCA plane"}
COLOURS = {"label": "Label", "kl": "KL, nats", "error": "Error, nats"}


def explore(
    checkpoint: Checkpoint, info: DatasetInfo, bounds: Bounds, ranges: list[dict], view: View, place: Place, visit: int
) -> tuple[View, Place]:
    """The page; `ranges` are the sliders in order of KL, `visit` grows when `place` is to be gone to.

    Returns the view and the place its widgets stand at.
    """
    st.info(
        "Pictures follow the hand once the browser's runtime is installed: `make live`, or "
        "`npm ci --prefix static --ignore-scripts`. Until then Python decodes after each move.",
        icon=":material/bolt:",
    )
    state = st.session_state
    if state.get("fallback_visit") != (checkpoint.content_hash, visit):
        state["fallback_visit"] = (checkpoint.content_hash, visit)
        state.update(fallback_map=view.projection, fallback_colour=view.colour, fallback_point=place.point)
        go_to(place.z, ranges)
    left, middle, right = st.columns([1.4, 1, 1.1], gap="medium")
    with left:
        view = show_map(checkpoint, info, bounds, ranges, view)
    with middle:
        z = show_picture(checkpoint, info, ranges)
    with right:
        st.subheader("Walk one dimension at a time")
        st.image(traversals(checkpoint, z, ranges), width="stretch", caption="Each row is one dimension, by KL.")
    return view, Place(tuple(z.tolist()), state["fallback_point"])


def go_to(z: tuple[float, ...], ranges: list[dict]) -> None:
    """Set the sliders, each as far as it reaches."""
    for dimension in ranges:
        value = min(max(float(z[dimension["index"]]), dimension["low"]), dimension["high"])
        st.session_state[f"fallback_z{dimension['index']}"] = value


def show_map(checkpoint: Checkpoint, info: DatasetInfo, bounds: Bounds, ranges: list[dict], view: View) -> View:
    """The map; a click on a point goes to its code."""
    choices, colours = ("latent", *bounds.projections), bounds.colours
    with st.container(horizontal=True):
        projection = st.selectbox("Map", choices, format_func=MAPS.get, key="fallback_map")
        colour = st.selectbox("Colour", colours, format_func=COLOURS.get, key="fallback_colour")
    view = View(projection, view.axes, colour, view.show)

    def clicked() -> None:
        points = st.session_state["fallback_plot"]["selection"]["points"]
        if points:
            row = points[0]["point_index"]
            if view.colour == "label":  # one trace a label
                row = int((checkpoint.codes.labels == points[0]["curve_number"]).nonzero()[row])
            st.session_state["fallback_point"] = row
            go_to(checkpoint.codes.mean[row].tolist(), ranges)

    figure = figures.map_of_codes(checkpoint, info.labels, view).update_layout(height=600)
    st.plotly_chart(figure, key="fallback_plot", on_select=clicked, selection_mode="points")
    return view


def show_picture(checkpoint: Checkpoint, info: DatasetInfo, ranges: list[dict]) -> torch.Tensor:
    """The picture, the pinned original and the sliders; returns z."""
    place = st.container(horizontal=True, vertical_alignment="bottom")
    st.button("Origin", on_click=go_to, args=((0.0,) * len(ranges), ranges))
    z = torch.zeros(len(ranges))
    for dimension in ranges:
        index = dimension["index"]
        label = f"z{index + 1}, KL {dimension['kl']:.3g} nats"
        z[index] = st.slider(label, dimension["low"], dimension["high"], step=0.01, key=f"fallback_z{index}")
    with torch.no_grad():
        picture = checkpoint.model.decode(z[None]).mean[0]
    place.image(enlarged(picture, 320), caption="Decoded from z")
    row = st.session_state["fallback_point"]
    if row is not None:
        show_original(place, checkpoint, info, row)
    return z


def show_original(place, checkpoint: Checkpoint, info: DatasetInfo, row: int) -> None:
    """The real picture behind a code, or how to get it."""
    index = checkpoint.codes.indices[row : row + 1]
    try:
        original = cache.dataset(info.name).test.batch(index)[0].float() / 255
    except DatasetUnavailable as error:
        st.caption(str(error))
        return
    place.image(enlarged(original, 120), caption=f"Test picture {int(index)}")


@torch.no_grad()
def traversals(checkpoint: Checkpoint, z: torch.Tensor, ranges: list[dict]) -> np.ndarray:
    """Every dimension from low to high around z, one row each, as one image."""
    rows = []
    for dimension in ranges[:ROWS]:
        batch = z.repeat(COLUMNS, 1)  # (11, D)
        batch[:, dimension["index"]] = torch.linspace(dimension["low"], dimension["high"], COLUMNS)
        rows.append(torch.cat(list(checkpoint.model.decode(batch).mean), dim=2))  # (C, H, 11 W)
    return pixels(torch.cat(rows, dim=1))


def enlarged(picture: torch.Tensor, width: int) -> np.ndarray:
    """A picture (C, H, W) in [0, 1], every pixel a crisp square, about `width` wide."""
    times = max(1, width // picture.shape[2])
    return pixels(picture.repeat_interleave(times, 1).repeat_interleave(times, 2))


def pixels(picture: torch.Tensor) -> np.ndarray:
    """(C, H, W) in [0, 1] to (H, W, C) bytes, or (H, W) if grey."""
    return (picture.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).squeeze(2 if len(picture) == 1 else ()).numpy()
