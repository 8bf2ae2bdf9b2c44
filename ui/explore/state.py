"""What is on the Explore page for one visitor: the map's view, the present z, and the pinned picture."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from ui import frame, link, pictures
from ui.frame import Shown
from ui.link import FARTHEST, VIEW, VIEW_REPORT, Field, decimal, short, whole_between
from ui.turn import Turn, first_visit
from ui.view import Bounds, Place, View

REPORT = {"model": str, "z": [float], "point": (int, None), **VIEW_REPORT}


@dataclass
class Exploration:
    """Where a visitor is."""

    view: View | None = None
    place: Place | None = None
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to go to `place`
    pinned: tuple[str, int] | None = None  # data set, and index into its test split
    looked: set[str] = field(default_factory=set)  # data sets whose originals were looked for

    def follow(self, turn: Turn, shown: Shown) -> None:
        """Go where the link, the hand or another model leads."""
        opened = shown.name != turn.before
        if turn.linked:
            self.view, self.place, problems = read(turn.query_for(shown.name), shown.bounds)
            for problem in problems:
                frame.note(problem)
        elif (moved := turn.moved(shown.name, partial(sent, bounds=shown.bounds))) is not None:
            self.view, self.place = moved
        elif opened:
            kept = {name: turn.query[name] for name in ("colour", "cursor") if name in turn.query}
            self.view, self.place = read(kept, shown.bounds)[0], self.same_picture(shown)
        self.visit += turn.linked or opened
        point = self.place.point
        self.pinned = None if point is None else (shown.entry.dataset, int(shown.checkpoint.codes.indices[point]))

    def same_picture(self, shown: Shown) -> Place:
        """Where another model of the same data set has the test picture that was pinned; else where it opens."""
        dataset, index = self.pinned or (None, -1)
        row = pictures.row_of(shown.checkpoint.codes, index) if dataset == shown.entry.dataset else None
        return shown.bounds.place if row is None else shown.bounds.place_of(row)

    def link(self, shown: Shown) -> dict[str, str]:
        """The link's parameters."""
        return write(shown.name, self.view, self.place, shown.bounds)

    def for_browser(self) -> dict:
        """What the component is told."""
        return {"view": asdict(self.view), "place": {**asdict(self.place), "visit": self.visit}}


def read(query: Mapping[str, str], bounds: Bounds) -> tuple[View, Place, list[str]]:
    """View and place of a link, and one sentence for each part of it that made no sense and was left out."""
    view, about_view = link.read(query, VIEW, bounds.view, bounds)
    place, about_place = link.read(query, PLACE, None, bounds)
    return view, place or bounds.place, about_view + about_place


def write(model: str, view: View, place: Place, bounds: Bounds) -> dict[str, str]:
    """The link's parameters; where the model opens needs none."""
    where = {} if place == bounds.place else link.write(PLACE, place, bounds)
    return {"model": model, **link.write(VIEW, view, bounds), **where}


def sent(value: Mapping, bounds: Bounds) -> tuple[View, Place]:
    """View and place as the browser's component reports them. Raises ValueError for nonsense."""
    place = Place(tuple(float(number) for number in value["z"]), value.get("point"))
    return link.view_sent(value, bounds), link.checked(link.write(PLACE, place, bounds), PLACE, None, bounds)


def _z(place: Place | None, text: str, bounds: Bounds) -> Place:
    parts = text.split(",")
    if len(parts) != bounds.latent_dim:
        raise ValueError(f"this model has {bounds.latent_dim} dimensions, the link gives {len(parts)}")
    z = tuple(map(decimal, parts))
    if any(map(math.isnan, z)):
        raise ValueError(f"{text[:40]!r} is not a list of numbers")
    if not all(abs(value) <= FARTHEST for value in z):
        raise ValueError(f"every number must lie between -{FARTHEST:.0f} and {FARTHEST:.0f}")
    return Place(z)


def _point(place: Place | None, text: str, bounds: Bounds) -> Place:
    point = whole_between(text, 0, len(bounds.codes) - 1)
    return bounds.place_of(point) if place is None else replace(place, point=point)


PLACE = (  # of None, until one of them is read
    Field("z", _z, lambda place, bounds: ",".join(map(short, place.z))),
    Field("point", _point, lambda place, bounds: None if place.point is None else str(place.point)),
)
