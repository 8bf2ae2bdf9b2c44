"""A walk between pictures as data: its ends, path, groups and t, and the words of the link that stand for them."""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args
from urllib.parse import urlencode

from ui import drawing, lasso
from ui.link import FARTHEST, Bounds, Projection

Mode = Literal["walk", "direction", "arithmetic"]
Path = Literal["straight", "spherical", "data"]
RANGES: dict[Mode, tuple[float, float]] = {"walk": (0.0, 1.0), "direction": (-2.0, 2.0), "arithmetic": (0.0, 1.0)}
LEAST: dict[Mode, int] = {"walk": 2, "direction": 1, "arithmetic": 3}  # ends
MOST: dict[Mode, int] = {"walk": 8, "direction": 1, "arithmetic": 3}
FRAMES = (7, 9, 11, 15, 21, 31)
BETWEEN = "~"  # ends of a link; it needs no escaping
LASSO = "L"  # before the codes of a lassoed group in a link
LONGEST = 2000  # characters of a link that every browser and messenger takes
ADDRESS = 100  # of them for what stands before the words
DRAWN = "drawn"  # what a picture from the pad is called


@dataclass(frozen=True)
class End:
    """A picture of the walk: the row of its code, or a z of its own (with the picture it came from, if any)."""

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
class Walk:
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
class Ground:
    """What a walk may stand on in one model: its bounds, its codes' labels and test indices."""

    bounds: Bounds
    labels: tuple[str, ...]  # names
    label_of: tuple[int, ...]  # of each code; empty where there are none
    index_of: tuple[int, ...]  # of each code in the test split
    size: int = 0  # numbers in a picture
    opening: tuple[int, ...] = ()  # codes to open with where there are no labels

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

    def default(self, mode: Mode = "walk") -> Walk:
        """The walk a model opens with."""
        bounds = self.bounds
        ends = tuple(End(row) for row in self.first_rows(LEAST[mode]))
        groups = (Group(0), Group(1)) if len(self.labels) > 1 and self.label_of else (None, None)
        start = {"walk": 0.0, "direction": 0.0, "arithmetic": 1.0}[mode]
        return Walk(ends, mode, "straight", start, map=bounds.view.projection, source=groups[0], target=groups[1])


def read(words: Mapping[str, str], ground: Ground) -> tuple[Walk, list[str]]:
    """The walk of a link, and one sentence for each part of it that made no sense and was left out."""
    complaints: list[str] = []
    mode = words.get("mode", "walk")
    if mode not in get_args(Mode):
        complaints.append(f"The link's mode was left out: it may be {', '.join(get_args(Mode))}, got {mode[:20]!r}.")
        mode = "walk"
    walk = ground.default(mode)
    readers = {"ends": _ends, "path": _path, "t": _t, "frames": _frames, "map": _map, "groups": _groups}
    readers["drawn"] = _drawn  # after the ends
    for name, take in readers.items():
        if name not in words:
            continue
        try:
            walk = take(walk, words[name], ground)
        except ValueError as error:
            complaints.append(f"The link's {name} was left out: {error}.")
    return walk, complaints


def write(model: str, walk: Walk, ground: Ground) -> dict[str, str]:
    """The words of the link; drawings and groups that would make it too long are left out (`left_out` says so)."""
    words = {"model": model}
    if walk.mode != "walk":
        words["mode"] = walk.mode
    words["ends"] = BETWEEN.join(
        str(ground.index_of[end.row]) if end.row is not None else ",".join(_short(value) for value in end.z)
        for end in walk.ends
    )
    if walk.mode == "walk":
        words["path"] = walk.path
    words["t"] = _short(walk.t)
    if walk.frames != 15:
        words["frames"] = str(walk.frames)
    words["map"] = walk.map
    long = {}
    if walk.mode == "direction" and walk.source and walk.target:
        long["groups"] = BETWEEN.join(_word(group, ground) for group in (walk.source, walk.target))
    if any(end.drawn and end.picture for end in walk.ends):
        pictures = (end.picture if end.drawn else None for end in walk.ends)
        long["drawn"] = BETWEEN.join(drawing.packed(base64.b64decode(text)) if text else "" for text in pictures)
    for name, word in long.items():
        if len(urlencode({**words, name: word}, safe=f",{BETWEEN}")) <= LONGEST - ADDRESS:
            words[name] = word
    return words


def left_out(walk: Walk, words: Mapping[str, str]) -> list[str]:
    """What the link with these words does not keep of the walk, a sentence each."""
    sentences = []
    if any(end.picture and not end.drawn for end in walk.ends):
        sentences.append("The link keeps the code of a picture that was brought, not the picture.")
    if any(end.picture and end.drawn for end in walk.ends) and "drawn" not in words:
        sentences.append("What was drawn is too much for a link, which keeps its code alone.")
    if walk.mode == "direction" and walk.source and walk.target and "groups" not in words:
        sentences.append("The lassoed groups have too many codes for a link, which leaves them out.")
    return sentences


def sent(value: Mapping, ground: Ground, before: Sequence[End] = ()) -> Walk:
    """The walk as the browser's component reports it; `before` are ends whose pictures may be kept.

    Raises ValueError, KeyError or TypeError for nonsense.
    """
    known = {end.z: end.picture for end in before if end.picture and not end.drawn}
    ends = tuple(_sent_end(end, known, ground) for end in value["ends"])
    mode = value["mode"]
    if mode not in RANGES or not LEAST[mode] <= len(ends) <= MOST[mode] or value["path"] not in get_args(Path):
        raise ValueError(f"no walk has mode {mode!r}, path {value['path']!r} and {len(ends)} ends")
    walk = Walk(ends, mode, value["path"], ringed=min(int(value["ringed"]), len(ends) - 1))
    walk = _frames(_t(walk, str(value["t"]), ground), str(value["frames"]), ground)
    walk = _map(walk, value["map"] or ground.bounds.view.projection, ground)
    groups = (_group(value["groups"][side], ground) for side in ("from", "to"))
    return replace(walk, **dict(zip(("source", "target"), groups, strict=True)))


def _sent_end(end: Mapping, known: Mapping[tuple, str], ground: Ground) -> End:
    if "row" in end:
        return End(row=_row(end["row"], ground))
    z, text = _z(end["z"], ground), str(end["text"])[:60]
    if "drawn" not in end:
        return End(z=z, text=text, picture=known.get(z))
    if len(base64.b64decode(end["drawn"], validate=True)) != ground.size:
        raise ValueError(f"a drawn picture has {ground.size} numbers")
    return End(z=z, text=text, picture=end["drawn"], drawn=True)


def _ends(walk: Walk, text: str, ground: Ground) -> Walk:
    places = {index: row for row, index in enumerate(ground.index_of)}
    ends = []
    for word in text.split(BETWEEN):
        if word.isdecimal():
            if int(word) not in places:
                raise ValueError(f"there is no code of test picture {word[:12]}")
            ends.append(End(row=places[int(word)]))
        else:
            ends.append(End(z=_z(word.split(","), ground), text="z of the link"))
    least, most = LEAST[walk.mode], MOST[walk.mode]
    if not least <= len(ends) <= most:
        raise ValueError(f"there may be {least} to {most} of them, got {len(ends)}")
    return replace(walk, ends=tuple(ends))


def _z(values: Sequence, ground: Ground) -> tuple[float, ...]:
    try:
        z = tuple(float(value) for value in values)
    except ValueError:
        raise ValueError(f"{','.join(map(str, values))[:40]!r} is neither a test picture nor a z") from None
    if len(z) != ground.bounds.latent_dim:
        raise ValueError(f"a z of this model has {ground.bounds.latent_dim} numbers, got {len(z)}")
    if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in z):
        raise ValueError(f"every number must lie between -{FARTHEST:.0f} and {FARTHEST:.0f}")
    return z


def _row(row: object, ground: Ground) -> int:
    if not isinstance(row, int) or not 0 <= row < len(ground.index_of):
        raise ValueError(f"a row may be 0 to {len(ground.index_of) - 1}, got {row!r}")
    return row


def _path(walk: Walk, text: str, ground: Ground) -> Walk:
    if text not in get_args(Path):
        raise ValueError(f"it may be {', '.join(get_args(Path))}, got {text[:20]!r}")
    return replace(walk, path=text)


def _t(walk: Walk, text: str, ground: Ground) -> Walk:
    low, high = RANGES[walk.mode]
    try:
        t = float(text)
    except ValueError:
        t = math.nan
    if not low <= t <= high:
        raise ValueError(f"it may be {low:g} to {high:g}, got {text[:20]!r}")
    return replace(walk, t=t)


def _frames(walk: Walk, text: str, ground: Ground) -> Walk:
    if not text.isdecimal() or int(text) not in FRAMES:
        raise ValueError(f"it may be {', '.join(map(str, FRAMES))}, got {text[:20]!r}")
    return replace(walk, frames=int(text))


def _map(walk: Walk, text: str, ground: Ground) -> Walk:
    if text not in ("latent", *ground.bounds.projections):
        raise ValueError(f"it may be {', '.join(('latent', *ground.bounds.projections))}, got {text[:20]!r}")
    return replace(walk, map=text)


def _groups(walk: Walk, text: str, ground: Ground) -> Walk:
    words = text.split(BETWEEN)
    if len(words) != 2 or not all(word.isdecimal() or word.startswith(LASSO) for word in words):
        raise ValueError(f"it must be two groups, got {text[:20]!r}")
    source, target = (
        _group({"label": int(word[:12])} if word.isdecimal() else {"rows": _lassoed(word, ground)}, ground)
        for word in words
    )
    return replace(walk, source=source, target=target)


def _drawn(walk: Walk, text: str, ground: Ground) -> Walk:
    words = text.split(BETWEEN)
    if len(words) != len(walk.ends):
        raise ValueError("it must be a picture or nothing for each of the ends")
    ends = (_with_drawing(end, word, ground) if word else end for end, word in zip(walk.ends, words, strict=True))
    return replace(walk, ends=tuple(ends))


def _with_drawing(end: End, word: str, ground: Ground) -> End:
    if end.row is not None:
        raise ValueError("an end that is a test picture was not drawn")
    picture = base64.b64encode(drawing.unpacked(word, ground.size)).decode()
    return replace(end, text=DRAWN, picture=picture, drawn=True)


def _word(group: Group, ground: Ground) -> str:
    if group.label is not None:
        return str(group.label)
    return LASSO + lasso.packed(ground.index_of[row] for row in group.rows)


def _lassoed(word: str, ground: Ground) -> list[int]:
    places = {index: row for row, index in enumerate(ground.index_of)}
    rows = [places.get(index) for index in lasso.unpacked(word[len(LASSO) :], len(places))]
    if not rows or None in rows:
        raise ValueError("a lassoed group names test pictures that have no code")
    return rows


def _group(group: Mapping | None, ground: Ground) -> Group | None:
    if group is None:
        return None
    if "label" in group:
        if not 0 <= group["label"] < len(ground.labels):
            raise ValueError(f"a label may be 0 to {len(ground.labels) - 1}, got {group['label']!r}")
        return Group(label=int(group["label"]))
    return Group(rows=tuple(sorted({_row(row, ground) for row in group["rows"]})))


def _short(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def carried(walk: Walk, before: Ground, now: Ground, encode: Callable[[str], tuple[float, ...]]) -> Walk:
    """The walk in another model of the same data set: the same pictures, brought ones by the code that `encode` gives
    them; what has no picture, and all of it in another data set, gives way to what the page opens with."""
    fresh = now.default(walk.mode)
    places = {index: row for row, index in enumerate(now.index_of)}
    if (before.labels, before.size, len(before.index_of)) != (now.labels, now.size, len(now.index_of)):
        return fresh

    def same(place: int, end: End) -> End:
        if end.picture is not None:
            return replace(end, z=encode(end.picture))
        row = places.get(before.index_of[end.row]) if end.row is not None else None
        return End(row) if row is not None else fresh.ends[place % len(fresh.ends)]

    groups = {"source": walk.source, "target": walk.target} if walk.source and walk.target else {}
    ends = tuple(same(place, end) for place, end in enumerate(walk.ends))
    return replace(walk, ends=ends, map=fresh.map, **groups)


def with_end(walk: Walk, end: End) -> Walk:
    """The walk with another picture in the ringed place."""
    return replace(walk, ends=(*walk.ends[: walk.ringed], end, *walk.ends[walk.ringed + 1 :]))


def ring(walk: Walk, place: object) -> Walk:
    """The walk with another of its ends ringed; nonsense changes nothing."""
    return replace(walk, ringed=place) if isinstance(place, int) and 0 <= place < len(walk.ends) else walk


def decoded_paths(walk: Walk) -> tuple[Walk, ...]:
    """The walk along every path that it can take, in the order of the strip's rows."""
    return tuple(replace(walk, path=path) for path in get_args(Path)) if walk.mode == "walk" else (walk,)
