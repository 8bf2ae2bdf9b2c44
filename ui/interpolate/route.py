"""A route between pictures as data: its ends, mode, path, groups and t, and what supports it in a model."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ui.view import Bounds, Projection

Mode = Literal["walk", "direction", "arithmetic"]
Path = Literal["straight", "spherical", "data"]
RANGES: dict[Mode, tuple[float, float]] = {"walk": (0.0, 1.0), "direction": (-2.0, 2.0), "arithmetic": (0.0, 1.0)}
STARTS: dict[Mode, float] = {"walk": 0.0, "direction": 0.0, "arithmetic": 1.0}  # where t begins
LEAST: dict[Mode, int] = {"walk": 2, "direction": 1, "arithmetic": 3}  # ends
MOST: dict[Mode, int] = {"walk": 8, "direction": 1, "arithmetic": 3}
FRAMES = (7, 9, 11, 15, 21, 31)
Z_DECIMALS = 6  # of a z that the browser reports: pictures that were brought are known again by theirs


@dataclass(frozen=True)
class End:
    """A picture of the route: the row of its code, or a z of its own (with the picture it came from, if any)."""

    row: int | None = None
    z: tuple[float, ...] | None = None
    text: str = ""
    picture: str | None = None  # base64 of bytes (C, H, W)
    drawn: bool = False  # on the pad: then the picture may be in a link


@dataclass(frozen=True)
class Group:
    """Codes of one label, or those inside a lasso."""

    label: int | None = None
    rows: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Route:
    """Everything the page needs to be where someone left it."""

    ends: tuple[End, ...]
    mode: Mode = "walk"
    path: Path = "straight"
    t: float = 0.0
    frames: int = 15
    map: Projection = "latent"
    ringed: int = 0
    source: Group | None = None  # the groups of a direction: from, to
    target: Group | None = None


@dataclass(frozen=True)
class Support:
    """What supports a route in one model: its bounds, its codes' labels and test indices."""

    bounds: Bounds
    labels: tuple[str, ...]  # names
    label_of: tuple[int, ...]  # of each code; empty where there are none
    index_of: tuple[int, ...]  # of each code in the test split
    size: int = 0  # numbers in a picture
    opening: tuple[int, ...] = ()  # codes to open with where there are no labels
    sum: tuple[int, ...] = ()  # codes whose a - b + c is worth seeing

    def first_rows(self, count: int) -> tuple[int, ...]:
        """The first code of each label in the order of the codes, then the opening ones, then whatever comes."""
        rows, seen = [], set()
        for row, label in enumerate(self.label_of):
            if label not in seen:
                rows.append(row)
                seen.add(label)
            if len(rows) == count:
                return tuple(rows)
        return tuple(dict.fromkeys((*rows, *self.opening, *range(len(self.index_of)))))[:count]

    def default(self, mode: Mode = "walk") -> Route:
        """The route a model opens with."""
        bounds = self.bounds
        rows = self.sum if mode == "arithmetic" and self.sum else self.first_rows(LEAST[mode])
        ends = tuple(map(End, rows))
        groups = (Group(0), Group(1)) if len(self.labels) > 1 and self.label_of else (None, None)
        source, target = groups
        return Route(ends, mode, "straight", STARTS[mode], map=bounds.view.projection, source=source, target=target)


def carried(route: Route, before: Support, now: Support, encode: Callable[[str], tuple[float, ...]]) -> Route:
    """The route in another model of the same data set: the same pictures, brought ones by the code that `encode` gives
    them; what has no picture, and all of it in another data set, gives way to what the page opens with."""
    fresh = now.default(route.mode)
    places = {index: row for row, index in enumerate(now.index_of)}
    if (before.labels, before.size, len(before.index_of)) != (now.labels, now.size, len(now.index_of)):
        return fresh

    def same(place: int, end: End) -> End:
        if end.picture is not None:
            return replace(end, z=encode(end.picture))
        row = places.get(before.index_of[end.row]) if end.row is not None else None
        return End(row) if row is not None else fresh.ends[place % len(fresh.ends)]

    groups = {"source": route.source, "target": route.target} if route.source and route.target else {}
    ends = tuple(same(place, end) for place, end in enumerate(route.ends))
    return replace(route, ends=ends, map=fresh.map, **groups)


def with_end(route: Route, end: End) -> Route:
    """The route with another picture in the ringed place."""
    return replace(route, ends=(*route.ends[: route.ringed], end, *route.ends[route.ringed + 1 :]))


def ring(route: Route, place: object) -> Route:
    """The route with another of its ends ringed; nonsense changes nothing."""
    return replace(route, ringed=place) if isinstance(place, int) and 0 <= place < len(route.ends) else route


def decoded_paths(route: Route) -> tuple[Route, ...]:
    """The route along every path that it can take, in the order of the strip's rows."""
    return tuple(replace(route, path=path) for path in get_args(Path)) if route.mode == "walk" else (route,)
