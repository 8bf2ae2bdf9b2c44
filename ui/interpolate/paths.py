"""What a route leads through, from the stored codes: the path along the data, the direction between two groups, and
the codes of pictures that were brought. It is worked out here when it is asked for; all that follows t happens in the
browser."""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ui import brought, cache
from ui.browser import model as live
from ui.interpolate.route import RANGES, Z_DECIMALS, End, Group, Route, Support
from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.neighbour_graph import NeighbourGraph
from vae_core.analysis.traversal import Direction, analogy, direction, linear, spherical, walk
from vae_core.data.pictures import DatasetInfo
from vae_core.intake import steps as intake
from vae_core.models.checkpoint import Checkpoint

STOPS = 33  # of a path along the data, from each end to the next

SUMS = {  # test pictures whose a - b + c shows what it should: bold strokes, bared teeth, a smile
    "mnist": (93, 76, 136),
    "frey": (80, 50, 130),
    "olivetti": (23, 22, 16),
}


@cache.kept(entries=32)
def support(version: tuple, _checkpoint: Checkpoint, _info: DatasetInfo) -> Support:
    """What supports a route in a model."""
    bounds, codes = live.bounds(version, _checkpoint, _info), _checkpoint.codes
    labelled = "label" in bounds.colours
    return Support(
        bounds,
        tuple(_info.labels) if labelled else (),
        tuple(codes.labels.tolist()) if labelled else (),
        tuple(codes.indices.tolist()),
        math.prod(_checkpoint.model.config.picture_shape),
        () if labelled else apart(codes.mean),
        codes_of(SUMS.get(_info.name, ()), codes.indices.tolist()),
    )


def codes_of(pictures: Sequence[int], indices: Sequence[int]) -> tuple[int, ...]:
    """The rows of the codes of these test pictures; none unless each has one."""
    rows = {index: row for row, index in enumerate(indices)}
    return tuple(rows[picture] for picture in pictures) if rows.keys() >= set(pictures) else ()


def apart(codes: Tensor) -> tuple[int, ...]:
    """The first of the codes (N, D), one farther from it than most, and one in between."""
    order = (codes - codes[0]).norm(dim=1).argsort()
    return tuple(int(order[round(share * (len(order) - 1))]) for share in (0, 0.8, 0.4))


@cache.kept(entries=8, spinner="Finding the neighbours of every code")
def graph(version: tuple, _checkpoint: Checkpoint) -> NeighbourGraph:
    """The neighbour graph of the stored codes."""
    return NeighbourGraph(_checkpoint.codes.mean)


def latent_of(end: End, checkpoint: Checkpoint) -> Tensor:
    """The z of an end, (D,)."""
    return checkpoint.codes.mean[end.row] if end.row is not None else torch.tensor(end.z)


def along(version: tuple, checkpoint: Checkpoint, route: Route, key: str | None) -> dict | None:
    """The path that follows the data through a route's ends, as the component takes it: evenly spaced stops."""
    if route.mode != "walk":
        return None
    return {"key": key, "stops": data_path(version, checkpoint, route.ends).tolist()}


def data_path(version: tuple, checkpoint: Checkpoint, ends: tuple[End, ...]) -> Tensor:
    """Stops along the data from each end to the next, (legs * (STOPS - 1) + 1, D)."""
    stored = all(end.row is not None for end in ends)
    if stored:  # what a visitor brought is worked out anew and kept nowhere
        return _data_path(version, tuple(end.row for end in ends), checkpoint)
    return between_all(graph(version, checkpoint), [latent_of(end, checkpoint) for end in ends])


@cache.copied(entries=512)
def _data_path(version: tuple, rows: tuple[int, ...], _checkpoint: Checkpoint) -> Tensor:
    return between_all(graph(version, _checkpoint), [_checkpoint.codes.mean[row] for row in rows])


def between_all(neighbours: NeighbourGraph, stops: list[Tensor]) -> Tensor:
    """The graph's smoothed shortest paths from each stop to the next, joined."""
    legs = [neighbours.shortest_path(a, b, STOPS) for a, b in itertools.pairwise(stops)]  # each (STOPS, D)
    return torch.cat([legs[0], *(leg[1:] for leg in legs[1:])])


def found_direction(checkpoint: Checkpoint, route: Route) -> Direction | None:
    """The difference of the mean codes of a route's two groups, with evidence. Raises ValueError for unfit groups."""
    if route.source is None or route.target is None:
        return None
    rows = [rows_of(group, checkpoint) for group in (route.source, route.target)]
    return direction(checkpoint.codes.mean, *rows)


def rows_of(group: Group, checkpoint: Checkpoint) -> Tensor:
    """The rows of a group's codes, int64."""
    if group.label is not None:
        return (checkpoint.codes.labels == group.label).nonzero()[:, 0]
    return torch.tensor(group.rows, dtype=torch.int64)


def direction_found(checkpoint: Checkpoint, route: Route, key: str | None) -> dict | None:
    """The direction as the component takes it."""
    if route.mode != "direction":
        return None
    try:
        found = found_direction(checkpoint, route)
    except ValueError as error:
        return {"key": key, "error": sentence(error)}
    if found is None:
        return None
    return {
        "key": key,
        "vector": found.vector.tolist(),
        "cohensD": found.cohens_d if found.held_out else None,
        "accuracy": found.accuracy if found.held_out else None,
        "counts": [len(rows_of(group, checkpoint)) for group in (route.source, route.target)],
        "heldOut": found.held_out,
    }


def sentence(error: ValueError) -> str:
    """An error as a sentence for the screen."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def latents(version: tuple, checkpoint: Checkpoint, route: Route, t: Tensor) -> Tensor:
    """The latents (T, D) at t (T,) of a route, whatever its mode. Raises ValueError for unfit groups of a direction."""
    stops = torch.stack([latent_of(end, checkpoint) for end in route.ends])  # (M, D)
    if route.mode == "direction":
        found = found_direction(checkpoint, route)
        return stops[0] + t[:, None] * (found.vector if found else torch.zeros_like(stops[0]))
    if route.mode == "arithmetic":
        return linear(stops[2], analogy(*stops), t[:, None])
    if route.path == "data":
        return walk(data_path(version, checkpoint, route.ends), t)
    return walk(stops, t, spherical if route.path == "spherical" else linear)


def times(route: Route, count: int) -> Tensor:
    """Evenly spaced t (count,) over a route's whole range."""
    return torch.linspace(*RANGES[route.mode], count)


def end_of(data: bytes, name: str, checkpoint: Checkpoint, info: DatasetInfo) -> End:
    """A visitor's picture as an end of the route: it stays in their session. Raises PictureError."""
    pixels, _ = brought.prepared(intake.open_picture(data), info, {})  # (C, H, W) uint8
    picture = brought.base64_of(pixels)
    return End(z=code_of(picture, checkpoint), text=name[:40], picture=picture)


@torch.no_grad()
def code_of(picture: str, checkpoint: Checkpoint) -> tuple[float, ...]:
    """The mean code of a picture that a visitor brought."""
    mean = checkpoint.model.encode(picture_from_text(picture, checkpoint)[None]).mean[0]
    return tuple(round(float(value), Z_DECIMALS) for value in mean)


def picture_from_text(text: str, checkpoint: Checkpoint) -> Tensor:
    """The picture (C, H, W) in [0, 1] of an end that a visitor brought."""
    config = checkpoint.model.config
    pixels = brought.pixels_of(text, tuple(config.picture_shape))
    return noiseless(torch.from_numpy(pixels.copy()), config.likelihood)
