"""The share link: a page declares a table of fields; one reader and one writer serve all. A link is read with care,
because anyone can type one."""

import base64
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

from ui.view import DECIMALS, Bounds, Projection, Show, View

FARTHEST = 1000.0  # no latent coordinate worth a picture lies beyond
MOST_NAMED = 16  # of the words that a parameter may be; the sentence counts the others
WHOLE = re.compile(r"[0-9]{1,12}")
DECIMAL = re.compile(r"[+-]?([0-9]{1,12}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?")

State = TypeVar("State")


@dataclass(frozen=True)
class Field:
    """A parameter of a page's link.

    `parse(state, text, bounds)` is the state with what the text says; it raises ValueError for what it cannot say.
    `format(state, bounds)` is the text that says it, None where the link need not. The bounds are what
    the page allows: a model's, a picture's shape, the models side by side.
    """

    name: str
    parse: Callable[[Any, str, Any], Any]
    format: Callable[[Any, Any], str | None]


def read(query: Mapping[str, str], fields: Iterable[Field], state: State, bounds: Any) -> tuple[State, list[str]]:
    """The state with what a link says of it, and one sentence for each part of it that made no sense."""
    sentences = []
    for field in fields:
        if field.name in query:
            try:
                state = field.parse(state, query[field.name], bounds)
            except ValueError as error:
                sentences.append(left_out(field.name, str(error)))
    return state, sentences


def checked(query: Mapping[str, str], fields: Iterable[Field], state: State, bounds: Any) -> State:
    """The state with what these parameters say. Raises ValueError if any of them makes no sense."""
    state, sentences = read(query, fields, state, bounds)
    if sentences:
        raise ValueError(sentences[0])
    return state


def write(fields: Iterable[Field], state: Any, bounds: Any) -> dict[str, str]:
    """The link's parameters for a state."""
    texts = {field.name: field.format(state, bounds) for field in fields}
    return {name: text for name, text in texts.items() if text is not None}


def left_out(name: str, reason: str) -> str:
    """The sentence about a part of a link that made no sense."""
    return f"The link's part {name!r} was left out: {reason}."


def _map(view: View, text: str, bounds: Bounds) -> View:
    if text in get_args(Projection):
        if text not in ("latent", *bounds.projections):
            raise ValueError(f"this model has no {text} map")
        return replace(view, projection=text)
    names = text.split(",")
    axes = tuple(whole(name[1:]) - 1 if name[:1] == "z" else -1 for name in names)
    if len(set(axes)) != 2 or len(axes) != 2 or not all(0 <= axis < bounds.latent_dim for axis in axes):
        allowed = ", ".join(bounds.projections)
        raise ValueError(
            f"it may be {allowed} or two different dimensions of z1 to z{bounds.latent_dim}, got {text[:40]!r}"
        )
    return replace(view, projection="latent", axes=axes)


def _written_map(view: View, bounds: Bounds) -> str:
    return ",".join(f"z{axis + 1}" for axis in view.axes) if view.projection == "latent" else view.projection


MAP = Field("map", _map, _written_map)
COLOUR = Field(
    "colour",
    lambda view, text, bounds: replace(view, colour=one_of(text, bounds.colours)),
    lambda view, bounds: view.colour,
)
CURSOR = Field(
    "cursor",
    lambda view, text, bounds: replace(view, show=one_of(text, get_args(Show))),
    lambda view, bounds: None if view.show == "decoded" else view.show,
)
VIEW = (MAP, COLOUR, CURSOR)
VIEW_REPORT = {"projection": str, "axes": [int], "colour": str, "show": str}  # the form in which a view is reported


def view_sent(value: Mapping, bounds: Bounds) -> View:
    """A view as a browser's component reports it. Raises ValueError for nonsense."""
    view = View(value["projection"], tuple(value["axes"]), value["colour"], value["show"])
    return checked(write(VIEW, view, bounds), VIEW, bounds.view, bounds)


def one_of(text: str, allowed: Iterable[str]) -> str:
    """The text, if it is allowed. Raises ValueError if not."""
    allowed = tuple(allowed)
    if text not in allowed:
        more = f" and {len(allowed) - MOST_NAMED} more" if len(allowed) > MOST_NAMED else ""
        raise ValueError(f"it may be {', '.join(allowed[:MOST_NAMED])}{more}, got {text[:20]!r}")
    return text


def whole_between(text: str, low: int, high: int) -> int:
    """The whole number that a text is, from `low` to `high`. Raises ValueError for anything else."""
    if not low <= whole(text) <= high:
        raise ValueError(f"it may be {low} to {high}, got {text[:20]!r}")
    return whole(text)


def decimal_between(text: str, low: float, high: float) -> float:
    """The number that a text is, from `low` to `high`. Raises ValueError for anything else."""
    if not low <= decimal(text) <= high:
        raise ValueError(f"it may be {low:g} to {high:g}, got {text[:20]!r}")
    return decimal(text)


def short(value: float, decimals: int = DECIMALS) -> str:
    """A number as links have it, without zeros that say nothing."""
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if decimals else text
    return "0" if text == "-0" else text


def whole(text: str) -> int:
    """The whole number that a link's text is: at most twelve ASCII digits. -1 for anything else."""
    return int(text) if WHOLE.fullmatch(text) else -1


def decimal(text: str) -> float:
    """The number that a link's text is, in ASCII digits and of moderate length; NaN for anything else."""
    return float(text) if DECIMAL.fullmatch(text) else math.nan


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
