"""What a link says of a route, and what the component reports of it."""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args
from urllib.parse import urlencode

from ui import link
from ui import pictures as drawing
from ui.interpolate import selection as lasso
from ui.interpolate.route import FRAMES, LEAST, MOST, RANGES, End, Group, Mode, Path, Route, Support
from ui.link import FARTHEST, Field, decimal, decimal_between, one_of, short, whole

BETWEEN = "~"  # ends of a link; it needs no escaping
LASSO = "L"  # before the codes of a lassoed group in a link
LONGEST = 2000  # characters of a link that every browser and messenger takes
ADDRESS = 100  # of them for what stands before the parameters
DRAWN = "drawn"  # what a picture from the pad is called


def read(query: Mapping[str, str], support: Support) -> tuple[Route, list[str]]:
    """The route of a link, and one sentence for each part of it that made no sense and was left out."""
    return link.read(query, FIELDS, support.default(), support)


def write(model: str, route: Route, support: Support) -> dict[str, str]:
    """The link's parameters; drawings and groups that would make it too long are left out (`left_out` says so)."""
    query = {"model": model, **link.write(SHORT, route, support)}
    for name, text in link.write(LONG, route, support).items():
        if len(urlencode({**query, name: text}, safe=f",{BETWEEN}")) <= LONGEST - ADDRESS:
            query[name] = text
    return query


def left_out(route: Route, query: Mapping[str, str]) -> list[str]:
    """What the link with these parameters does not keep of the route, a sentence each."""
    sentences = []
    if any(end.picture and not end.drawn for end in route.ends):
        sentences.append("The link keeps the code of a picture that was brought, not the picture.")
    if any(end.picture and end.drawn for end in route.ends) and "drawn" not in query:
        sentences.append("What was drawn is too much for a link, which keeps its code alone.")
    if route.mode == "direction" and route.source and route.target and "groups" not in query:
        sentences.append("The lassoed groups have too many codes for a link, which leaves them out.")
    return sentences


def sent(value: Mapping, support: Support, before: Sequence[End] = ()) -> Route:
    """The route as the browser's component reports it; `before` are ends whose pictures may be kept.

    Raises ValueError for nonsense.
    """
    known = {end.z: end.picture for end in before if end.picture and not end.drawn}
    ends = tuple(_sent_end(end, known, support) for end in value["ends"])
    mode = value["mode"]
    if mode not in RANGES or not LEAST[mode] <= len(ends) <= MOST[mode] or value["path"] not in get_args(Path):
        raise ValueError(f"no route has mode {mode!r}, path {value['path']!r} and {len(ends)} ends")
    route = Route(ends, mode, value["path"], ringed=min(max(0, value["ringed"]), len(ends) - 1))
    query = {"t": str(value["t"]), "frames": str(value["frames"])}
    query["map"] = value.get("map") or support.bounds.view.projection
    route = link.checked(query, SHORT, route, support)
    groups = (_group(value["groups"].get(side), support) for side in ("from", "to"))
    return replace(route, **dict(zip(("source", "target"), groups, strict=True)))


def _sent_end(end: Mapping, known: Mapping[tuple, str], support: Support) -> End:
    if end.get("row") is not None:
        return End(row=_row(end["row"], support))
    z, text = _z(end["z"], support), (end.get("text") or "")[:60]
    if end.get("drawn") is None:
        return End(z=z, text=text, picture=known.get(z))
    if len(base64.b64decode(end["drawn"], validate=True)) != support.size:
        raise ValueError(f"a drawn picture has {support.size} numbers")
    return End(z=z, text=text, picture=end["drawn"], drawn=True)


def _ends(route: Route, text: str, support: Support) -> Route:
    places = {index: row for row, index in enumerate(support.index_of)}
    ends = []
    for part in text.split(BETWEEN):
        if part.isdecimal():
            if whole(part) not in places:
                raise ValueError(f"there is no code of test picture {part[:20]!r}")
            ends.append(End(row=places[whole(part)]))
        else:
            ends.append(End(z=_z(part.split(","), support), text="z of the link"))
    least, most = LEAST[route.mode], MOST[route.mode]
    if not least <= len(ends) <= most:
        raise ValueError(f"there may be {least} to {most} of them, got {len(ends)}")
    return replace(route, ends=tuple(ends))


def _z(values: Sequence, support: Support) -> tuple[float, ...]:
    try:
        z = tuple(decimal(value) if isinstance(value, str) else float(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        z = (math.nan,)
    if any(map(math.isnan, z)):
        raise ValueError(f"{','.join(map(str, values))[:40]!r} is neither a test picture nor a z")
    if len(z) != support.bounds.latent_dim:
        raise ValueError(f"a z of this model has {support.bounds.latent_dim} numbers, got {len(z)}")
    if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in z):
        raise ValueError(f"every number must lie between -{FARTHEST:.0f} and {FARTHEST:.0f}")
    return z


def _row(row: object, support: Support) -> int:
    if not isinstance(row, int) or not 0 <= row < len(support.index_of):
        raise ValueError(f"a row may be 0 to {len(support.index_of) - 1}, got {row!r}")
    return row


def _groups(route: Route, text: str, support: Support) -> Route:
    parts = text.split(BETWEEN)
    if len(parts) != 2 or not all(part.isdecimal() or part.startswith(LASSO) for part in parts):
        raise ValueError(f"it must be two groups, got {text[:20]!r}")
    source, target = (
        _group({"label": whole(part)} if part.isdecimal() else {"rows": _lassoed(part, support)}, support)
        for part in parts
    )
    return replace(route, source=source, target=target)


def _drawn(route: Route, text: str, support: Support) -> Route:
    parts = text.split(BETWEEN)
    if len(parts) != len(route.ends):
        raise ValueError("it must be a picture or nothing for each of the ends")
    ends = (_with_drawing(end, part, support) if part else end for end, part in zip(route.ends, parts, strict=True))
    return replace(route, ends=tuple(ends))


def _with_drawing(end: End, part: str, support: Support) -> End:
    if end.row is not None:
        raise ValueError("an end that is a test picture was not drawn")
    picture = base64.b64encode(drawing.unpacked(part, support.size)).decode()
    return replace(end, text=DRAWN, picture=picture, drawn=True)


def _group_text(group: Group, support: Support) -> str:
    if group.label is not None:
        return str(group.label)
    return LASSO + lasso.packed(support.index_of[row] for row in group.rows)


def _lassoed(part: str, support: Support) -> list[int]:
    places = {index: row for row, index in enumerate(support.index_of)}
    rows = [places.get(index) for index in lasso.unpacked(part[len(LASSO) :], len(places))]
    if not rows or None in rows:
        raise ValueError("a lassoed group names test pictures that have no code")
    return rows


def _group(group: Mapping | None, support: Support) -> Group | None:
    if group is None:
        return None
    if group.get("label") is not None:
        if not 0 <= group["label"] < len(support.labels):
            raise ValueError(f"a label may be 0 to {len(support.labels) - 1}, got {group['label']!r}")
        return Group(label=int(group["label"]))
    return Group(rows=tuple(sorted({_row(row, support) for row in group["rows"]})))


def _frames(route: Route, text: str, support: Support) -> Route:
    if whole(text) not in FRAMES:
        raise ValueError(f"it may be {', '.join(map(str, FRAMES))}, got {text[:20]!r}")
    return replace(route, frames=whole(text))


def _written_ends(route: Route, support: Support) -> str:
    return BETWEEN.join(
        str(support.index_of[end.row]) if end.row is not None else ",".join(map(short, end.z)) for end in route.ends
    )


def _written_groups(route: Route, support: Support) -> str | None:
    if route.mode != "direction" or not route.source or not route.target:
        return None
    return BETWEEN.join(_group_text(group, support) for group in (route.source, route.target))


def _written_drawn(route: Route, support: Support) -> str | None:
    pictures = [end.picture if end.drawn else None for end in route.ends]
    if not any(pictures):
        return None
    return BETWEEN.join(drawing.packed(base64.b64decode(text)) if text else "" for text in pictures)


SHORT = (
    Field(
        "mode",  # the first: it decides what the route opens with
        lambda route, text, support: support.default(one_of(text, get_args(Mode))),
        lambda route, support: None if route.mode == "walk" else route.mode,
    ),
    Field("ends", _ends, _written_ends),
    Field(
        "path",
        lambda route, text, support: replace(route, path=one_of(text, get_args(Path))),
        lambda route, support: route.path if route.mode == "walk" else None,
    ),
    Field(
        "t",
        lambda route, text, support: replace(route, t=decimal_between(text, *RANGES[route.mode])),
        lambda route, support: short(route.t),
    ),
    Field("frames", _frames, lambda route, support: None if route.frames == 15 else str(route.frames)),
    Field(
        "map",
        lambda route, text, support: replace(route, map=one_of(text, ("latent", *support.bounds.projections))),
        lambda route, support: route.map,
    ),
)
LONG = (Field("groups", _groups, _written_groups), Field("drawn", _drawn, _written_drawn))  # after the ends
FIELDS = (*SHORT, *LONG)
