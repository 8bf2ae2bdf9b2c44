"""Explore where the browser's runtime is not installed: the same parts, decoded in Python after each move."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch

from ui import cache, figures
from ui.link import Bounds, Place, View
from vae_core.analysis.projection import on_plane, weighted_nearest
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.models.checkpoint import Checkpoint

COLUMNS = 11  # of the traversals
ROWS = 12  # of them, and of the sliders that do not fold away
SIDE = 20  # of the grid over a prior of two dimensions
SHEET = (4, 8)  # rows and columns of draws from any other prior
NEIGHBOURS = 8  # that place a z on a map without a formula
COLLAPSED = 0.01  # nats: below this a dimension says nothing about the picture
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
    state, sliders = st.session_state, reaching(ranges, checkpoint.codes.mean)
    if state.get("fallback_visit") != (checkpoint.content_hash, visit):
        state["fallback_visit"] = (checkpoint.content_hash, visit)
        state.update(fallback_map=view.projection, fallback_colour=view.colour, fallback_point=place.point)
        state.update(fallback_across=view.axes[0], fallback_up=view.axes[1], fallback_draw=0)
        go_to(place.z, sliders)
    left, middle, right = st.columns([1.3, 1.3, 1.1], gap="medium")
    with middle:
        z = show_picture(checkpoint, info, sliders)
    with left:
        view = show_map(checkpoint, info, bounds, sliders, view, z)
    with right:
        st.subheader("Walk one dimension at a time")
        names = ", ".join(f"z{dimension['index'] + 1}" for dimension in ranges[:ROWS])
        st.image(traversals(checkpoint, z, ranges), width="stretch", caption=f"From low to high, a row each: {names}.")
        st.subheader("See the whole prior" if len(ranges) == 2 else "See what the prior makes")
        st.image(prior(checkpoint, state["fallback_draw"]), width="stretch")
    return view, Place(tuple(z.tolist()), state["fallback_point"])


def reaching(ranges: list[dict], means: torch.Tensor) -> list[dict]:
    """The sliders made long enough for every code: here z is where they stand, and a pinned code must be reached."""
    low, high = (100 * means.amin(0)).floor() / 100, (100 * means.amax(0)).ceil() / 100
    return [
        dimension
        | {
            "low": min(dimension["low"], round(float(low[dimension["index"]]), 2)),
            "high": max(dimension["high"], round(float(high[dimension["index"]]), 2)),
        }
        for dimension in ranges
    ]


def go_to(z: tuple[float, ...], ranges: list[dict]) -> None:
    """Set the sliders, each as far as it reaches."""
    for dimension in ranges:
        value = min(max(float(z[dimension["index"]]), dimension["low"]), dimension["high"])
        st.session_state[f"fallback_z{dimension['index']}"] = value


def show_map(
    checkpoint: Checkpoint, info: DatasetInfo, bounds: Bounds, ranges: list[dict], view: View, z: torch.Tensor
) -> View:
    """The map with z and the pinned code on it; a click on a point goes to its code."""
    view = choose_view(bounds, ranges, view)
    codes, row = checkpoint.codes, st.session_state["fallback_point"]

    def clicked() -> None:
        points = st.session_state["fallback_plot"]["selection"]["points"]
        if points and points[0]["curve_number"] < traces:
            row = points[0]["point_index"]
            if view.colour == "label":  # one trace a label
                row = int((codes.labels == points[0]["curve_number"]).nonzero()[row])
            st.session_state["fallback_point"] = row
            go_to(codes.mean[row].tolist(), ranges)

    figure = figures.map_of_codes(checkpoint, info.labels, view)
    traces = len(figure.data)
    figure.update_traces(unselected_marker_opacity=0.75, hovertemplate="%{fullData.name}<extra></extra>")
    figure.update_annotations(bgcolor="rgba(255, 255, 255, .8)", font_color="#1c2021")
    if view.colour != "label":
        figure.update_traces(hovertemplate="%{marker.color:.3g} nats<extra></extra>")
    add_mark(figure, on_map(checkpoint, z[None], view.projection, view.axes)[0], "cross-thin", "z")
    if row is not None:
        pinned = on_map(checkpoint, codes.mean[row][None], view.projection, view.axes)[0]
        add_mark(figure, pinned, "circle-open", "the pinned point")
    figure.update_layout(height=560, margin={"t": 8, "b": 84}, legend={"y": -0.12, "yanchor": "top"})
    st.plotly_chart(figure, key="fallback_plot", on_select=clicked, selection_mode="points")
    st.caption("Click a point of the map to pin it: its original then stands beside its reconstruction.")
    return view


def choose_view(bounds: Bounds, ranges: list[dict], view: View) -> View:
    """What the map shows."""
    state, dimensions = st.session_state, [dimension["index"] for dimension in ranges]

    def keep_apart(changed: str, other: str) -> None:
        if state[changed] == state[other]:  # the other axis gives way
            state[other] = next(index for index in dimensions if index != state[changed])

    with st.container(horizontal=True):
        projection = st.selectbox("Map", ("latent", *bounds.projections), format_func=MAPS.get, key="fallback_map")
        axes = view.axes
        if projection == "latent" and bounds.latent_dim > 2:
            sides = ("fallback_across", "fallback_up")
            for side, axis in zip(sides, axes, strict=True):
                state.setdefault(side, axis)  # Streamlit forgets them while another map is shown
            axes = tuple(
                st.selectbox(title, dimensions, 0, axis_name, key, on_change=keep_apart, args=(key, other))
                for title, key, other in (("Across", *sides), ("Up", *sides[::-1]))
            )
        colour = st.selectbox("Colour", bounds.colours, format_func=COLOURS.get, key="fallback_colour")
    return replace(view, projection=projection, axes=axes, colour=colour)


def axis_name(index: int) -> str:
    """A latent dimension's name, counted from 1 as on paper."""
    return f"z{index + 1}"


def add_mark(figure: go.Figure, spot: torch.Tensor, symbol: str, name: str) -> None:
    """One spot (2,) of the map, readable on any ground."""
    x, y = spot.tolist()
    for colour, width in (("#ffffff", 6), ("#0b7285", 3)):
        marker = {"symbol": symbol, "size": 16, "color": colour, "line": {"color": colour, "width": width}}
        hover = f"{name}<extra></extra>"
        figure.add_scattergl(x=[x], y=[y], mode="markers", marker=marker, showlegend=False, hovertemplate=hover)


def on_map(checkpoint: Checkpoint, z: torch.Tensor, projection: str, axes: tuple[int, int]) -> torch.Tensor:
    """Where latents (T, D) are drawn, (T, 2)."""
    projections, means = checkpoint.projections, checkpoint.codes.mean
    if projection == "latent":
        return z[:, list(axes)]
    if projection == "pca":
        return on_plane(z, projections["pca_components"], projections["pca_mean"])
    return weighted_nearest(z, means, projections[projection], min(NEIGHBOURS, len(means)))


def show_picture(checkpoint: Checkpoint, info: DatasetInfo, ranges: list[dict]) -> torch.Tensor:
    """The picture, the pinned original and the sliders; returns z."""
    state, row = st.session_state, st.session_state["fallback_point"]

    def draw() -> None:
        state["fallback_draw"] += 1
        go_to(tuple(draws(len(ranges), state["fallback_draw"])[0].tolist()), ranges)

    place = st.container(horizontal=True, vertical_alignment="top", gap="small")
    with st.container(horizontal=True, gap="small"):
        st.button("Origin", on_click=go_to, args=((0.0,) * len(ranges), ranges))
        st.button("Sample", on_click=draw, help="Draw a new z from the prior.")
        pinned = () if row is None else (tuple(checkpoint.codes.mean[row].tolist()), ranges)
        st.button("Back to pin", on_click=go_to, args=pinned, disabled=row is None)
    z = torch.zeros(len(ranges))
    with st.container(height=330 if len(ranges) > 4 else "content", border=False):
        show_sliders(ranges[:ROWS], z)
        if rest := ranges[ROWS:]:
            collapsed = sum(dimension["kl"] < COLLAPSED for dimension in rest)
            with st.expander(f"{len(rest)} more" + (f", {collapsed} of them collapsed" if collapsed else "")):
                show_sliders(rest, z)
    with torch.no_grad():
        picture = checkpoint.model.decode(z[None]).mean[0]
    at_pin = row is not None and bool(((checkpoint.codes.mean[row] - z).abs() < 0.006).all())  # a step of the sliders
    place.image(enlarged(picture, 320), caption="Reconstruction of the pinned point" if at_pin else "Decoded from z")
    if row is not None:
        show_original(place, checkpoint, info, row)
    return z


def show_sliders(ranges: list[dict], z: torch.Tensor) -> None:
    """A slider a dimension; writes where they stand into z (D,)."""
    for dimension in ranges:
        index, kl = dimension["index"], dimension["kl"]
        label = f"z{index + 1}, " + ("collapsed" if kl < COLLAPSED else f"KL {kl:.3g} nats")
        z[index] = st.slider(label, dimension["low"], dimension["high"], step=0.01, key=f"fallback_z{index}")


def show_original(place, checkpoint: Checkpoint, info: DatasetInfo, row: int) -> None:
    """The real picture behind a code, or how to get it."""
    codes = checkpoint.codes
    index = codes.indices[row : row + 1]
    try:
        original = cache.dataset(info.name).test.batch(index)[0].float() / 255
    except DatasetUnavailable as error:
        st.caption(str(error))
        return
    label = f", label {info.labels[int(codes.labels[row])]}" if codes.labels is not None and info.labels else ""
    shown = enlarged(original, 112)
    place.image(shown, caption=f"Test picture {int(index)}{label}", width=shown.shape[1])


def draws(latent_dim: int, number: int) -> torch.Tensor:
    """The sheet of draws from the prior with this number, (32, D)."""
    return torch.randn(SHEET[0] * SHEET[1], latent_dim, generator=torch.Generator().manual_seed(number))


@torch.no_grad()
def prior(checkpoint: Checkpoint, number: int) -> np.ndarray:
    """What the prior makes, as one image: in two dimensions a grid at its quantiles, else a sheet of draws."""
    latent_dim, (rows, columns) = checkpoint.model.config.latent_dim, SHEET
    z = draws(latent_dim, number)
    if latent_dim == 2:
        rows = columns = SIDE
        quantiles = torch.distributions.Normal(0, 1).icdf((torch.arange(SIDE) + 0.5) / SIDE)
        up, across = torch.meshgrid(quantiles.flip(0), quantiles, indexing="ij")  # z2 grows upwards, as on the map
        z = torch.stack([across, up], dim=-1).flatten(0, 1)  # (400, 2)
    pictures = checkpoint.model.decode(z).mean.unflatten(0, (rows, columns))
    return pixels(torch.cat([torch.cat(list(row), dim=2) for row in pictures], dim=1))


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
