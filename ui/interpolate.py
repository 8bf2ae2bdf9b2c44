"""Python's face of the Interpolate page: what the browser cannot know by itself.

The path that follows the data, directions between groups and uploaded pictures are worked out here, from the stored
codes, when they are asked for; everything that follows t happens in the browser.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st
import torch
from torch import Tensor

from ui import live, reconstruct
from ui.live import BOOTSTRAP, SKELETON, SKELETON_STYLE
from ui.walk import RANGES, End, Ground, Group, Walk
from vae_core.analysis.evaluation import grey
from vae_core.analysis.neighbour_graph import NeighbourGraph
from vae_core.analysis.traversal import Direction, analogy, direction, linear, spherical, walk
from vae_core.data import intake
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint

STOPS = 33  # of a path along the data, from each end to the next

_interpolate = st.components.v2.component(
    "interpolate", html=SKELETON, css=SKELETON_STYLE, js=BOOTSTRAP, isolate_styles=False
)


def show(model: dict, walked: Walk, visit: int, figure: str, originals: dict | None, key: str, **found: Any) -> None:
    """The page's live part. `visit` grows whenever Python wants it to go to `walked`; otherwise it knows better.

    `found` are `along` and `direction`, each with the key of the question it answers. What it reports is in
    `live.sent(key)`.
    """
    place = asdict(walked) | {"groups": {"from": group(walked.source), "to": group(walked.target)}, "visit": visit}
    place["ends"] = [{name: value for name, value in asdict(end).items() if value is not None} for end in walked.ends]
    del place["source"], place["target"]
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "model": model,
        "walk": place,
        "figure": figure,
        "originals": originals,
        **found,
    }
    _interpolate(key=key, data=data, on_place_change=lambda: None, on_file_change=lambda: None)


def group(chosen: Group | None) -> Mapping | None:
    """A group as the component knows it."""
    if chosen is None:
        return None
    return {"label": chosen.label} if chosen.label is not None else {"rows": list(chosen.rows)}


@st.cache_resource(show_spinner=False, max_entries=32)
def ground(version: tuple, _checkpoint: Checkpoint, _info: DatasetInfo) -> Ground:
    """What a walk may stand on."""
    bounds, codes = live.bounds(version, _checkpoint, _info), _checkpoint.codes
    labelled = "label" in bounds.colours
    return Ground(
        bounds,
        tuple(_info.labels) if labelled else (),
        tuple(codes.labels.tolist()) if labelled else (),
        tuple(codes.indices.tolist()),
        math.prod(_checkpoint.model.config.picture_shape),
        () if labelled else apart(codes.mean),
    )


def apart(codes: Tensor) -> tuple[int, ...]:
    """The first of the codes (N, D), one farther from it than most, and one in between."""
    order = (codes - codes[0]).norm(dim=1).argsort()
    return tuple(int(order[round(share * (len(order) - 1))]) for share in (0, 0.8, 0.4))


@st.cache_resource(show_spinner="Finding the neighbours of every code", max_entries=8)
def graph(version: tuple, _checkpoint: Checkpoint) -> NeighbourGraph:
    """The neighbour graph of the stored codes."""
    return NeighbourGraph(_checkpoint.codes.mean)


def latent_of(end: End, checkpoint: Checkpoint) -> Tensor:
    """The z of an end, (D,)."""
    return checkpoint.codes.mean[end.row] if end.row is not None else torch.tensor(end.z)


def along(version: tuple, checkpoint: Checkpoint, walked: Walk, key: str | None) -> dict | None:
    """The path that follows the data through a walk's ends, as the component takes it: evenly spaced stops."""
    if walked.mode != "walk":
        return None
    return {"key": key, "stops": data_path(version, checkpoint, walked.ends).tolist()}


def data_path(version: tuple, checkpoint: Checkpoint, ends: tuple[End, ...]) -> Tensor:
    """Stops along the data from each end to the next, (legs * (STOPS - 1) + 1, D)."""
    stored = all(end.row is not None for end in ends)
    if stored:  # what a visitor brought is worked out anew and kept nowhere
        return _data_path(version, tuple(end.row for end in ends), checkpoint)
    return between_all(graph(version, checkpoint), [latent_of(end, checkpoint) for end in ends])


@st.cache_data(show_spinner=False, max_entries=512)
def _data_path(version: tuple, rows: tuple[int, ...], _checkpoint: Checkpoint) -> Tensor:
    return between_all(graph(version, _checkpoint), [_checkpoint.codes.mean[row] for row in rows])


def between_all(neighbours: NeighbourGraph, stops: list[Tensor]) -> Tensor:
    """The graph's smoothed shortest paths from each stop to the next, joined."""
    legs = [neighbours.shortest_path(a, b, STOPS) for a, b in itertools.pairwise(stops)]  # each (STOPS, D)
    return torch.cat([legs[0], *(leg[1:] for leg in legs[1:])])


def found_direction(checkpoint: Checkpoint, walked: Walk) -> Direction | None:
    """The difference of the mean codes of a walk's two groups with its evidence. Raises ValueError for unfit groups."""
    if walked.source is None or walked.target is None:
        return None
    rows = [rows_of(group, checkpoint) for group in (walked.source, walked.target)]
    return direction(checkpoint.codes.mean, *rows)


def rows_of(group: Group, checkpoint: Checkpoint) -> Tensor:
    """The rows of a group's codes, int64."""
    if group.label is not None:
        return (checkpoint.codes.labels == group.label).nonzero()[:, 0]
    return torch.tensor(group.rows, dtype=torch.int64)


def direction_found(checkpoint: Checkpoint, walked: Walk, key: str | None) -> dict | None:
    """The direction as the component takes it."""
    if walked.mode != "direction":
        return None
    try:
        found = found_direction(checkpoint, walked)
    except ValueError as error:
        return {"key": key, "error": sentence(error)}
    if found is None:
        return None
    return {
        "key": key,
        "vector": found.vector.tolist(),
        "cohensD": found.cohens_d if found.held_out else None,
        "accuracy": found.accuracy if found.held_out else None,
        "counts": [len(rows_of(group, checkpoint)) for group in (walked.source, walked.target)],
        "heldOut": found.held_out,
    }


def sentence(error: ValueError) -> str:
    """An error as a sentence for the screen."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def latents(version: tuple, checkpoint: Checkpoint, walked: Walk, t: Tensor) -> Tensor:
    """The latents (T, D) at t (T,) of a walk, whatever its mode. Raises ValueError for unfit groups of a direction."""
    stops = torch.stack([latent_of(end, checkpoint) for end in walked.ends])  # (M, D)
    if walked.mode == "direction":
        found = found_direction(checkpoint, walked)
        return stops[0] + t[:, None] * (found.vector if found else torch.zeros_like(stops[0]))
    if walked.mode == "arithmetic":
        return linear(stops[2], analogy(*stops), t[:, None])
    if walked.path == "data":
        return walk(data_path(version, checkpoint, walked.ends), t)
    return walk(stops, t, spherical if walked.path == "spherical" else linear)


def times(walked: Walk, count: int) -> Tensor:
    """Evenly spaced t (count,) over a walk's whole range."""
    return torch.linspace(*RANGES[walked.mode], count)


def brought(data: bytes, name: str, checkpoint: Checkpoint, info: DatasetInfo) -> End:
    """A visitor's picture as an end of the walk: it stays in their session. Raises PictureError."""
    pixels, _ = reconstruct.prepared(intake.open_picture(data), info, {})  # (C, H, W) uint8
    picture = reconstruct.text_of(pixels)
    return End(z=code_of(picture, checkpoint), text=name[:40], picture=picture)


@torch.no_grad()
def code_of(picture: str, checkpoint: Checkpoint) -> tuple[float, ...]:
    """The mean code of a picture that a visitor brought."""
    mean = checkpoint.model.encode(picture_from_text(picture, checkpoint)[None]).mean[0]
    return tuple(round(float(value), 6) for value in mean)


def picture_from_text(text: str, checkpoint: Checkpoint) -> Tensor:
    """The picture (C, H, W) in [0, 1] of an end that a visitor brought."""
    config = checkpoint.model.config
    pixels = reconstruct.pixels_of(text, tuple(config.picture_shape))
    return grey(torch.from_numpy(pixels.copy()), config.likelihood)
