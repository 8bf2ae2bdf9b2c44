"""What is on the Inpaint page for one visitor: the picture, its hole, and the link that says both."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ui import brought, frame, link, pictures
from ui.browser import report
from ui.frame import Shown
from ui.inpaint import component as inpaint
from ui.link import Field, bytes_of, decimal_between, one_of, text_of, whole_between
from ui.turn import Turn, first_visit
from vae_core.analysis.evaluation import noiseless
from vae_core.data.masks import draw_masks
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.intake import steps as intake
from vae_core.models.checkpoint import Checkpoint

TITLES = {  # as the page names them
    "mean": "mean picture",
    "knn": "nearest neighbours",
    "naive": "naive: zeros in the hole",
    "masked": "encoder trained on holes",
    "partial-conv": "partial convolutions",
    "pseudo-gibbs": "pseudo-Gibbs",
    "metropolis": "Metropolis-within-Gibbs",
    "importance": "importance resampling",
    "annealed": "annealed particles",
    "gradient": "gradient search for z",
}
SECTION = "inpaint_section"  # the key of the control
SECTIONS = {"methods": "Method against method", "chain": "The chain", "curves": "Curves", "formula": "The formula"}
KINDS = ("sample", "pen", "file")  # where a picture comes from
REPORT = {
    "model": str,
    "kind": str,
    "index": (int, None),
    "x": (str, None),
    "mask": str,
    "fraction": float,
    "seed": int,
    "hole": (str, None),
    "truth": (bool, None),
}


@dataclass(frozen=True)
class Hole:
    """What is hidden: a drawn mask, or one painted by hand."""

    kind: str = "half"
    fraction: float = 0.5
    seed: int = 1  # of halves, the upper one
    painted: bytes | None = None  # packed, see inpaint.packed

    def mask(self, shape: tuple[int, int, int]) -> Tensor:
        """(1, 1, H, W) bool, True = observed, for pictures of `shape`."""
        painted = None if self.painted is None else inpaint.unpacked(self.painted, *shape[1:])
        return draw_masks(self.kind, 1, shape, self.fraction, self.seed) if painted is None else painted

    def for_browser(self) -> dict:
        painted = None if self.painted is None else base64.b64encode(self.painted).decode()
        return {"kind": self.kind, "fraction": self.fraction, "seed": self.seed, "painted": painted}


def read_hole(query: Mapping[str, str], shape: tuple[int, int, int]) -> tuple[Hole, list[str]]:
    """The hole of a link, and one sentence for each part of it that made no sense and was left out."""
    return link.read(query, HOLE, Hole(), shape)


def _painted(hole: Hole, text: str, shape: tuple[int, int, int]) -> Hole:
    bits = bytes_of(text)
    if bits is None or inpaint.unpacked(bits, *shape[1:]) is None:
        raise ValueError(f"it is not a hole in a picture of {shape[2]} x {shape[1]} pixels")
    return replace(hole, painted=bits)


def _fraction(hole: Hole, text: str, shape: tuple[int, int, int]) -> Hole:
    return replace(hole, fraction=round(decimal_between(text, 0, 1) * inpaint.STEPS) / inpaint.STEPS)


HOLE = (
    Field(
        "mask",
        lambda hole, text, shape: replace(hole, kind=one_of(text, inpaint.MASKS)),
        lambda hole, shape: hole.kind,
    ),
    Field("fraction", _fraction, lambda hole, shape: f"{hole.fraction:g}"),
    Field(
        "seed",
        lambda hole, text, shape: replace(hole, seed=whole_between(text, 0, inpaint.SEEDS - 1)),
        lambda hole, shape: str(hole.seed),
    ),
    Field("hole", _painted, lambda hole, shape: None if hole.painted is None else text_of(hole.painted)),
)


@dataclass(frozen=True)
class Focus:
    """What else a link says: the test picture, the method that is looked at closely, and the section below."""

    sample: int | None = None
    method: str | None = None
    section: str = "methods"


FOCUS = (
    Field(
        "sample",
        lambda focus, text, checkpoint: replace(focus, sample=pictures.coded(text, checkpoint)),
        lambda focus, checkpoint: None if focus.sample is None else str(focus.sample),
    ),
    Field(
        "method",
        lambda focus, text, checkpoint: replace(focus, method=one_of(text, TITLES)),
        lambda focus, checkpoint: focus.method,
    ),
    Field(
        "section",
        lambda focus, text, checkpoint: replace(focus, section=one_of(text, SECTIONS)),
        lambda focus, checkpoint: None if focus.section == "methods" else focus.section,
    ),
)


def first_sample(checkpoint: Checkpoint, info: DatasetInfo) -> int:
    """The test picture that a visit opens with: one that the first hole leaves undecided, or the first one where there
    are no pictures."""
    mask = Hole().mask(tuple(checkpoint.model.config.picture_shape))
    try:
        return inpaint.undecided(checkpoint.content_hash, checkpoint, info, mask)
    except DatasetUnavailable:
        return int(checkpoint.codes.indices[0])


@dataclass
class Inpainting:
    """What is shown. It lives in the visitor's session and nowhere else."""

    model: str | None = None
    kind: str = "sample"  # or pen, file
    index: int | None = None  # into the test split, for a sample
    picture: np.ndarray | None = None  # (C, H, W) uint8
    caption: str = ""
    hole: Hole = Hole()
    truth: bool = False  # whether it is revealed
    method: str | None = None  # that is looked at closely; None: the model's own encoder
    section: str = "methods"  # that stands below
    stood_in: bool = False  # whether something of ours stood in for the sample when it was shown
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to show what is here
    problem: dict | None = None

    def follow(self, turn: Turn, shown: Shown) -> None:
        """Go where the link, the hand or another model leads, and take the file that was brought."""
        if turn.linked:
            for problem in self.open_link(turn.query, shown.checkpoint, shown.info):
                frame.note(problem)
        elif shown.name != turn.before:
            self.change_model(shown.checkpoint, shown.info)
        else:
            turn.moved(shown.name, partial(self.take, checkpoint=shown.checkpoint, info=shown.info))
        if self.kind == "sample" and self.stood_in and pictures.are_here(shown.checkpoint):
            self.show_sample(self.index, shown.checkpoint, shown.info)
        self.model = shown.name
        if sent := report.asked(inpaint.KEY, "file", report.FILE):
            try:
                self.bring(brought.file_of(sent), sent.get("name") or "picture", shown.info)
            except intake.PictureError as error:
                self.show_problem(str(error))

    def open_link(self, query: Mapping[str, str], checkpoint: Checkpoint, info: DatasetInfo) -> list[str]:
        """Go where a link points; one sentence for each part of it that made no sense."""
        self.hole, problems = read_hole(query, tuple(checkpoint.model.config.picture_shape))
        focus, about_focus = link.read(query, FOCUS, Focus(), checkpoint)
        self.method, self.truth = focus.method, False
        self.section = st.session_state[SECTION] = focus.section
        index = first_sample(checkpoint, info) if focus.sample is None else focus.sample
        self.show_sample(index, checkpoint, info)
        return problems + about_focus

    def change_model(self, checkpoint: Checkpoint, info: DatasetInfo) -> None:
        """Another model: picture and hole stay if it can read them."""
        shape = tuple(checkpoint.model.config.picture_shape)
        if self.picture is None or self.picture.shape != shape:
            self.hole = replace(self.hole, painted=None)
            self.show_sample(first_sample(checkpoint, info), checkpoint, info)

    def show_sample(self, index: int, checkpoint: Checkpoint, info: DatasetInfo) -> None:
        """A picture of the test split."""
        self.kind, self.index, self.visit = "sample", index, self.visit + 1
        self.picture, self.caption = pictures.sample(checkpoint, info, index)
        self.stood_in = not pictures.are_here(checkpoint)

    def take(self, reported: Mapping, checkpoint: Checkpoint, info: DatasetInfo) -> None:
        """The hand moved: what the component reports is what is on the screen. Raises ValueError for nonsense."""
        shape, index = tuple(checkpoint.model.config.picture_shape), reported.get("index")
        query = {"mask": reported["mask"], "fraction": str(reported["fraction"]), "seed": str(reported["seed"])}
        if reported.get("hole") is not None:
            query["hole"] = reported["hole"]
        hole = link.checked(query, HOLE, Hole(), shape)
        kind, picture = reported["kind"], brought.pixels_of(reported.get("x"), shape)
        if kind not in KINDS or (picture is None and kind != "sample"):
            raise ValueError("it is no picture of this model")
        if kind != "sample":
            self.kind, self.index, self.picture, self.caption = kind, None, picture, "Your picture"
        elif index is not None and pictures.has_code(checkpoint, index):
            self.kind, self.index = kind, index
            self.picture, self.caption = pictures.sample(checkpoint, info, index)
        else:
            raise ValueError(f"there is no code of test picture {index}")
        self.hole, self.truth = hole, bool(reported.get("truth"))

    def bring(self, data: bytes, name: str, info: DatasetInfo) -> None:
        """A file, prepared as the data set's pictures were. Raises PictureError."""
        self.picture, _ = brought.prepared(intake.open_picture(data), info, {})
        self.kind, self.index, self.caption, self.problem = "file", None, name[:60], None
        self.visit += 1

    def show_problem(self, sentence: str) -> None:
        """Something that was brought could not be taken."""
        self.problem = {"number": (self.problem or {"number": self.visit * 1000})["number"] + 1, "sentence": sentence}

    def link(self, shown: Shown) -> dict[str, str]:
        """The link's parameters."""
        focus = Focus(self.index if self.kind == "sample" else None, self.method, self.section)
        return {"model": shown.name, **link.write(HOLE, self.hole, None), **link.write(FOCUS, focus, None)}

    def for_browser(self) -> dict:
        """What the component is told."""
        place = {"kind": self.kind, "index": self.index, "sentence": self.caption}
        if self.kind != "sample":
            place["x"] = brought.base64_of(self.picture)
        hole = self.hole
        return {
            "visit": self.visit,
            "place": place,
            "hole": hole.for_browser(),
            "truth": self.truth,
            "masks": inpaint.masks_for_browser(hole.kind, tuple(self.picture.shape), hole.seed),
            "problem": self.problem,
        }

    def given(self, checkpoint: Checkpoint) -> tuple[Tensor, Tensor]:
        """The picture x (1, C, H, W) as the model takes it, and its mask (1, 1, H, W)."""
        x = noiseless(torch.from_numpy(self.picture.copy())[None], checkpoint.model.config.likelihood)
        return x, self.hole.mask(tuple(self.picture.shape))
