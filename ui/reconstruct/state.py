"""What is on the Reconstruct page for one visitor. It lives in their session and nowhere else."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import uuid4

import numpy as np

from ui import brought, cache, frame, link, pictures, work
from ui.browser import report
from ui.frame import Shown
from ui.link import COLOUR, MAP, VIEW_REPORT, Field
from ui.reconstruct import component as reconstruct
from ui.turn import Turn, first_visit
from ui.view import Bounds, View
from ui.work import Step, Steps
from vae_core.data.pictures import DatasetInfo
from vae_core.intake import steps as intake
from vae_core.models.checkpoint import Checkpoint
from vae_core.outside import shown

ESTIMATE = "estimate"  # the work's name
TABS = ("elbo", "compare")  # the ELBO of one model, or several models side by side
REPORT = {
    "model": str,
    "kind": str,
    "index": (int, None),
    "x": str,
    "tab": (str, None),
    "compared": [str],
    **VIEW_REPORT,
}
QUESTIONS = {  # what the component asks for, and the form in which it does
    "file": report.FILE,
    "step": {"name": str, "on": bool},
    "stop": bool,
    "estimate": {"x": str, "samples": int, "proposal": str, "model": str, "picture": (int, str, None)},
    "camera": bool,
}


@dataclass
class Request:
    """An estimate of log p(x) that was asked for; its job writes `latest`."""

    of: dict  # the picture and the model, as the component names them
    steps: Steps
    latest: dict | None = None
    key: str = field(default_factory=lambda: uuid4().hex)


@dataclass
class Reconstruction:
    """The picture, where it comes from, the map's view, and what was asked about it."""

    view: View | None = None
    kind: str = "sample"  # one of reconstruct.KINDS
    index: int | None = None  # into the test split, for a sample
    picture: np.ndarray | None = None  # (C, H, W) uint8, where it is known here
    caption: str = ""
    steps: list[dict] = field(default_factory=list)  # of a file's preparation, for the strip
    opened: Any = None  # the file's picture, as it was brought
    name: str = ""  # of the file
    switches: dict[str, bool] = field(default_factory=dict)
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to show what is here
    stood_in: bool = False  # whether something of ours stood in for the sample when it was shown
    dataset: str | None = None  # whose test picture `index` is
    tab: str = "elbo"
    compared: list[str] = field(default_factory=list)
    problem: dict | None = None
    request: Request | None = None  # an estimate of log p(x) that is under way
    estimate: dict | None = None

    def follow(self, turn: Turn, shown: Shown) -> None:
        """Go where the link, the hand or another model leads, and answer what the component asked for."""
        if turn.linked:
            for problem in self.open_link(turn.query_for(shown.name), shown.checkpoint, shown.bounds):
                frame.note(problem)
        elif shown.name != turn.before:
            self.change_model(shown)
        else:
            turn.moved(shown.name, partial(self.take, checkpoint=shown.checkpoint, bounds=shown.bounds))
        here = self.kind != "sample" or pictures.are_here(shown.checkpoint)
        if here and self.stood_in and self.kind == "sample":
            self.show_sample(self.index)
        self.stood_in = not here
        self.dataset = shown.entry.dataset
        self.answer(shown)
        self.go_on()

    def answer(self, shown: Shown) -> None:
        """What the component asked for in this run: a file or a step of its preparation, the camera, an estimate."""
        asked = {name: report.asked(reconstruct.KEY, name, form) for name, form in QUESTIONS.items()}
        if sent := asked["file"]:
            try:
                self.bring(brought.file_of(sent), sent.get("name") or "picture", shown.info)
            except intake.PictureError as error:
                self.show_problem(str(error))
        if step := asked["step"]:
            self.switch(step["name"], step["on"], shown.info)
        if asked["stop"]:
            self.stop()
        if (wanted := asked["estimate"]) and wanted["model"] == shown.name:
            self.ask(wanted, shown.checkpoint)
        if asked["camera"]:
            reconstruct.camera(self, shown.info)

    def link(self, shown: Shown) -> dict[str, str]:
        """The link's parameters."""
        return {
            "model": shown.name,
            **link.write(VIEW, self.view, shown.bounds),
            **link.write(PICTURE, self, shown.checkpoint),
            **link.write(VERDICT, self, None),
        }

    def for_browser(self) -> dict:
        """What the component is told."""
        place = {"kind": self.kind, "index": self.index, "sentence": self.caption}
        if self.picture is not None and self.kind != "sample":
            place["x"] = brought.base64_of(self.picture)
        return {
            "visit": self.visit,
            "tab": self.tab,
            "view": vars(self.view),
            "place": place,
            "steps": self.steps,
            "problem": self.problem,
            "estimate": self.estimate,
        }

    def open_link(self, query: Mapping[str, str], checkpoint: Checkpoint, bounds: Bounds) -> list[str]:
        """Go where a link points; one sentence for each part of it that made no sense."""
        self.view, about_view = link.read(query, VIEW, bounds.view, bounds)
        picture, about_picture = link.read(query, PICTURE, Linked(), checkpoint)
        if picture.drawn is not None:
            self.show_drawing(picture.drawn)
        else:
            self.show_sample(int(checkpoint.codes.indices[0]) if picture.index is None else picture.index)
        verdict, about_verdict = link.read(query, VERDICT, Verdict(), None)
        self.tab, self.compared = verdict.tab, list(verdict.compared)
        return about_view + about_picture + about_verdict

    def change_model(self, shown: Shown) -> None:
        """Another model: the picture stays if it can read it."""
        checkpoint, bounds = shown.checkpoint, shown.bounds
        colour = {} if self.view is None else {"colour": self.view.colour}
        self.view, _ = link.read(colour, VIEW, bounds.view, bounds)
        self.request = self.estimate = None
        if self.picture is not None and self.picture.shape == tuple(checkpoint.model.config.picture_shape):
            return
        same = self.kind == "sample" and self.dataset == shown.entry.dataset and self.index is not None
        kept = same and pictures.has_code(checkpoint, self.index)
        self.show_sample(self.index if kept else int(checkpoint.codes.indices[0]))
        if not kept:
            self.compared = []

    def show_sample(self, index: int) -> None:
        """A picture of the test split, which the component fetches itself."""
        self.kind, self.index, self.picture, self.caption, self.steps = "sample", index, None, "", []
        self.visit += 1

    def show_drawing(self, picture: np.ndarray) -> None:
        """The drawn picture (C, H, W) that a link held."""
        self.kind, self.index, self.steps, self.caption = "pen", None, [], "Drawn; the link brought it"
        self.picture = picture
        self.visit += 1

    def take(self, reported: Mapping, checkpoint: Checkpoint, bounds: Bounds) -> None:
        """The hand moved: what the component reports is what is on the screen; a picture of another model's size, while
        this one is still loading, stays unread. Raises ValueError for nonsense."""
        view, kind, sent = link.view_sent(reported, bounds), reported["kind"], reported.get("x")
        tab = link.one_of(reported.get("tab") or "elbo", TABS)
        picture = brought.pixels_of(sent, tuple(checkpoint.model.config.picture_shape))
        index = reported.get("index") if kind == "sample" else None
        known = picture is None or index is None or pictures.has_code(checkpoint, index)
        if sent is None or kind not in reconstruct.KINDS or not known:
            raise ValueError(f"there is no picture of the kind {kind[:20]!r} and the number {index}")
        self.view, self.tab, self.compared = view, tab, reported["compared"]
        if picture is not None:
            self.kind, self.index, self.picture = kind, index, picture

    def bring(self, data: bytes, name: str, info: DatasetInfo) -> None:
        """A file: prepare it and show it. Raises PictureError, and leaves the picture before it where it is."""
        opened = intake.open_picture(data)
        self.opened, self.switches = opened, {}
        self.name = shown(name)
        self.prepare(info)

    def switch(self, step: str, on: bool, info: DatasetInfo) -> None:
        """Switch a step of the preparation."""
        if self.opened is not None:
            self.switches[step] = on
            self.prepare(info)

    def prepare(self, info: DatasetInfo) -> None:
        """What the model gets of the file, and the strip of steps there."""
        self.picture, self.steps = brought.prepared(self.opened, info, self.switches)
        self.kind, self.index = "file", None
        self.caption = (
            " ".join([f"{self.name}.", self.steps[0]["help"]]).strip() if self.steps[0]["help"] else self.name
        )
        self.problem = None
        self.visit += 1

    def show_problem(self, sentence: str) -> None:
        """Something that was brought could not be taken."""
        self.problem = {"number": (self.problem or {"number": self.visit * 1000})["number"] + 1, "sentence": sentence}

    def ask(self, wanted: Mapping, checkpoint: Checkpoint) -> None:
        """Begin to estimate log p(x)."""
        picture = brought.pixels_of(wanted["x"], tuple(checkpoint.model.config.picture_shape))
        samples, proposal = wanted["samples"], wanted["proposal"]
        possible = 1 <= samples <= reconstruct.MOST_SAMPLES and proposal in reconstruct.proposals(checkpoint.model)
        if picture is None or not possible:
            return

        def steps() -> Iterator[Step]:
            yield Step(0.0, "log p(x)")
            for request.latest in reconstruct.estimates(checkpoint.model, picture, samples, proposal):
                done, ascent = request.latest["samples"], request.latest.get("steps")
                if ascent:
                    yield Step(ascent / reconstruct.STEPS / 2, f"q(z|x): {ascent} of {reconstruct.STEPS} steps uphill")
                else:
                    yield Step(done / samples, f"log p(x): {done:,} of {samples:,} samples")

        of = {"picture": wanted.get("picture"), "model": wanted["model"], "proposal": proposal}
        request = Request(of, steps)
        self.request, self.estimate = request, None
        if work.ask(ESTIMATE, request.key, steps) is None:
            self.stop()

    def stop(self) -> None:
        """Keep what was estimated so far."""
        if self.request is not None:
            if work.is_asked(ESTIMATE, self.request.key):
                work.queue().stop(work.job(ESTIMATE))
            self.estimate = {**self.request.of, **(self.request.latest or {"logMarginal": None})}
            self.request = None

    def go_on(self) -> None:
        """An estimate that has come to its end is there; one that has not shows where it stands, below."""
        if self.request is not None and not work.is_asked(ESTIMATE, self.request.key):
            self.stop()


@dataclass(frozen=True)
class Linked:
    """The picture that a link says: what was drawn (C, H, W) uint8, or a test picture."""

    drawn: np.ndarray | None = None
    index: int | None = None


def _drawn(linked: Linked, text: str, checkpoint: Checkpoint) -> Linked:
    shape = tuple(checkpoint.model.config.picture_shape)
    pixels = pictures.unpacked(text, math.prod(shape))
    return replace(linked, drawn=np.frombuffer(pixels, dtype=np.uint8).reshape(shape))


def _written_drawn(state: Reconstruction, checkpoint: Checkpoint) -> str | None:
    if state.kind != "pen" or state.picture is None:
        return None
    text = pictures.packed(state.picture.tobytes())
    return text if len(text) <= pictures.MOST_LETTERS else None


def _sample(linked: Linked, text: str, checkpoint: Checkpoint) -> Linked:
    return linked if linked.drawn is not None else replace(linked, index=pictures.coded(text, checkpoint))


def _written_sample(state: Reconstruction, checkpoint: Checkpoint) -> str | None:
    return str(state.index) if state.kind == "sample" and state.index is not None else None


@dataclass(frozen=True)
class Verdict:
    """The tab that a link opens, and the models that it sets side by side."""

    tab: str = "elbo"
    compared: tuple[str, ...] = ()


def _compared(verdict: Verdict, text: str, _: None) -> Verdict:
    return replace(verdict, compared=tuple(link.one_of(name, cache.zoo()) for name in text.split(",")))


def _written_compared(state: Reconstruction, _: None) -> str | None:
    names = [name for name in state.compared if name in cache.zoo()]
    return ",".join(names) if state.tab == "compare" and names else None


VIEW = (MAP, COLOUR)
PICTURE = (Field("drawn", _drawn, _written_drawn), Field("sample", _sample, _written_sample))
VERDICT = (
    Field(
        "tab",
        lambda verdict, text, _: replace(verdict, tab=link.one_of(text, TABS)),
        lambda state, _: None if state.tab == "elbo" else state.tab,
    ),
    Field("compared", _compared, _written_compared),
)
