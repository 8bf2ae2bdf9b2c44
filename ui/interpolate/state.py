"""What is on the Interpolate page for one visitor: the route, and what of it was asked for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial

from ui import brought, frame
from ui.browser import report
from ui.frame import Shown
from ui.interpolate import links, paths
from ui.interpolate.route import Group, Route, Support, carried, ring, with_end
from ui.turn import Turn, first_visit
from vae_core.intake.steps import PictureError

KEY = "interpolate_live"
END = ({"row": int}, {"row": None, "z": [float], "text": (str, None), "drawn": (str, None)})  # as it is reported
GROUP = (None, {"label": int}, {"label": None, "rows": [int]})
REPORT = {
    "model": str,
    "key": (str, None),
    "mode": str,
    "path": str,
    "frames": int,
    "ringed": int,
    "map": (str, None),
    "t": float,
    "ends": [END],
    "groups": {"from": GROUP, "to": GROUP},
}


@dataclass
class Interpolation:
    """A visitor's route."""

    route: Route | None = None
    support: Support | None = None
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to go to `route`
    key: str | None = None  # of the question that the path along the data and the direction answer

    def follow(self, turn: Turn, shown: Shown) -> None:
        """Go where the link, the hand, another model or a file leads."""
        support = paths.support(shown.version, shown.checkpoint, shown.info)
        opened, ends = shown.name != turn.before, self.route.ends if self.route else ()
        if turn.linked:
            self.route, problems = links.read(turn.query_for(shown.name), support)
            for problem in problems:
                frame.note(problem)
        elif (sent := turn.moved(shown.name, partial(links.sent, support=support, before=ends))) is not None:
            self.route, self.key = sent, turn.reported.get("key")
        elif opened:
            encode = partial(paths.code_of, checkpoint=shown.checkpoint)
            self.route = carried(self.route, self.support, support, encode) if self.route else support.default()
        self.support = support
        if turn.linked or opened:
            self.go()
        if file := report.asked(KEY, "file", report.FILE):
            self.bring(file, shown)

    def go(self) -> None:
        """Have the component go to the route."""
        self.visit += 1
        self.key = f"visit {self.visit}"

    def bring(self, file: dict, shown: Shown) -> None:
        """A file becomes the end that was ringed; a bad one is said."""
        try:
            name = file.get("name") or "your picture"
            end = paths.end_of(brought.file_of(file), name, shown.checkpoint, shown.info)
        except PictureError as error:
            frame.note(str(error))
            return
        self.route = with_end(ring(self.route, file.get("ringed")), end)
        self.go()

    def link(self, shown: Shown) -> dict[str, str]:
        """The link's parameters."""
        return links.write(shown.name, self.route, self.support)

    def for_browser(self) -> dict:
        """What the component is told."""
        place = asdict(self.route)
        ends = [{name: value for name, value in end.items() if value is not None} for end in place.pop("ends")]
        del place["source"], place["target"]
        groups = {"from": group(self.route.source), "to": group(self.route.target)}
        return {"place": {**place, "ends": ends, "groups": groups, "visit": self.visit}, "sum": list(self.support.sum)}


def group(chosen: Group | None) -> Mapping | None:
    """A group as the component knows it."""
    if chosen is None:
        return None
    return {"label": chosen.label} if chosen.label is not None else {"rows": list(chosen.rows)}
