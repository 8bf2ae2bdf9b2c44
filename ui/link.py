"""The share link: which model, map and z, as words in the URL; read with care, because anyone can type one."""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Projection = Literal["latent", "pca", "umap"]
Colour = Literal["label", "kl", "error"]
Show = Literal["decoded", "sample"]
FARTHEST = 1000.0  # no latent coordinate worth a picture lies beyond


@dataclass(frozen=True)
class View:
    """What the map shows and what the cursor fetches from it; `axes` are the two latent indices of "latent"."""

    projection: Projection
    axes: tuple[int, int]
    colour: Colour
    show: Show = "decoded"


@dataclass(frozen=True)
class Place:
    """The present z, and the row of the code that is pinned."""

    z: tuple[float, ...]
    point: int | None = None


@dataclass(frozen=True)
class Bounds:
    """What a link may say about one model."""

    latent_dim: int
    codes: Sequence[Sequence[float]]  # (N, D), the means of the test pictures' codes
    projections: tuple[Projection, ...]
    colours: tuple[Colour, ...]
    axes: tuple[int, int]  # of its two largest KL

    @property
    def view(self) -> View:
        """The view a model opens with."""
        umap = self.latent_dim > 2 and "umap" in self.projections
        return View("umap" if umap else "latent", self.axes, self.colours[0])

    @property
    def place(self) -> Place:
        """The place a model opens at: the first test picture, beside its original."""
        return self.place_of(0)

    def place_of(self, point: int) -> Place:
        """A row of the codes, pinned; to four decimals, as links have them."""
        return Place(tuple(round(float(value), 4) for value in self.codes[point]), point)


def read(parameters: Mapping[str, str], bounds: Bounds) -> tuple[View, Place, list[str]]:
    """View and place of a link, and one sentence for each part of it that made no sense and was left out."""
    view, where, complaints = bounds.view, {}, []
    for name, take in (("map", _map), ("colour", _colour), ("cursor", _cursor)):
        try:
            view = take(view, parameters[name], bounds) if name in parameters else view
        except ValueError as error:
            complaints.append(f"The link's {name} was left out: {error}.")
    for name, take in (("z", _z), ("point", _point)):
        try:
            where |= {name: take(parameters[name], bounds)} if name in parameters else {}
        except ValueError as error:
            complaints.append(f"The link's {name} was left out: {error}.")
    place = Place(**where) if "z" in where else bounds.place_of(where.get("point", 0))
    return view, place, complaints


def write(model: str, view: View, place: Place, bounds: Bounds) -> dict[str, str]:
    """The words of the URL; where the model opens needs none."""
    axes = ",".join(f"z{axis + 1}" for axis in view.axes)
    words = {"model": model, "map": axes if view.projection == "latent" else view.projection, "colour": view.colour}
    if view.show != "decoded":
        words["cursor"] = view.show
    if place == bounds.place:
        return words
    words["z"] = ",".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in place.z)
    if place.point is not None:
        words["point"] = str(place.point)
    return words


def sent(value: Mapping, bounds: Bounds) -> tuple[View, Place]:
    """View and place as the browser's component reports them. Raises ValueError, KeyError or TypeError for nonsense."""
    view = View(value["projection"], tuple(value["axes"]), value["colour"], value["show"])
    words = write("", view, Place(tuple(float(number) for number in value["z"]), value["point"]), bounds)
    view, place, complaints = read(words, bounds)
    if complaints:
        raise ValueError(complaints[0])
    return view, place


def _map(view: View, text: str, bounds: Bounds) -> View:
    if text in get_args(Projection):
        if text not in ("latent", *bounds.projections):
            raise ValueError(f"this model has no {text} map")
        return replace(view, projection=text)
    names = text.split(",")
    axes = tuple(int(name[1:]) - 1 if name[:1] == "z" and name[1:].isdecimal() else -1 for name in names)
    if len(set(axes)) != 2 or len(axes) != 2 or not all(0 <= axis < bounds.latent_dim for axis in axes):
        allowed = ", ".join(bounds.projections)
        raise ValueError(f"it may be {allowed} or two different dimensions of z1 to z{bounds.latent_dim}, got {text!r}")
    return replace(view, projection="latent", axes=axes)


def _colour(view: View, text: str, bounds: Bounds) -> View:
    if text not in bounds.colours:
        raise ValueError(f"it may be {', '.join(bounds.colours)}, got {text!r}")
    return replace(view, colour=text)


def _cursor(view: View, text: str, bounds: Bounds) -> View:
    if text not in get_args(Show):
        raise ValueError(f"it may be {', '.join(get_args(Show))}, got {text!r}")
    return replace(view, show=text)


def _z(text: str, bounds: Bounds) -> tuple[float, ...]:
    parts = text.split(",")
    if len(parts) != bounds.latent_dim:
        raise ValueError(f"this model has {bounds.latent_dim} dimensions, the link gives {len(parts)}")
    try:
        z = tuple(float(part) for part in parts)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a list of numbers") from None
    if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in z):
        raise ValueError(f"every number must lie between -{FARTHEST:.0f} and {FARTHEST:.0f}")
    return z


def _point(text: str, bounds: Bounds) -> int:
    if not text.isdecimal() or not int(text) < len(bounds.codes):
        raise ValueError(f"it may be 0 to {len(bounds.codes) - 1}, got {text[:20]!r}")
    return int(text)


def text_of(content: bytes) -> str:
    """Bytes as letters that a link may hold."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def bytes_of(text: Any) -> bytes | None:
    """What a base64 text holds, of a link or of a component; None for anything else."""
    try:
        plain = text.replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (AttributeError, ValueError):
        return None
