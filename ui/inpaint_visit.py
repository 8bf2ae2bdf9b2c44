"""What is on the Inpaint page for one visitor: the picture, its hole, and the link that says both."""

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ui import inpaint, reconstruct, reconstruct_fallback
from ui.link import bytes_of, text_of
from ui.visit import has_code
from vae_core.analysis.evaluation import grey
from vae_core.data import intake
from vae_core.data.masks import draw_masks
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint

METHODS = {  # as the page names them
    "mean": "mean picture",
    "knn": "5 nearest neighbours",
    "naive": "naive: zeros in the hole",
    "masked": "encoder trained on holes",
    "partial-conv": "partial convolutions",
    "pseudo-gibbs": "pseudo-Gibbs",
    "metropolis": "Metropolis-within-Gibbs",
    "importance": "importance resampling",
    "gradient": "gradient search for z",
}
SEEDS = 10_000


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

    def words(self) -> dict[str, str]:
        """The words of the link."""
        words = {"mask": self.kind, "fraction": f"{self.fraction:g}", "seed": str(self.seed)}
        if self.painted is not None:
            words["hole"] = text_of(self.painted)
        return words

    def for_browser(self) -> dict:
        painted = None if self.painted is None else base64.b64encode(self.painted).decode()
        return {"kind": self.kind, "fraction": self.fraction, "seed": self.seed, "painted": painted}


def read_hole(words: Mapping[str, str], shape: tuple[int, int, int]) -> tuple[Hole, list[str]]:
    """The hole of a link, and one sentence for each part of it that made no sense and was left out."""
    hole, complaints = Hole(), []
    for name, take in (("mask", _kind), ("fraction", _fraction), ("seed", _seed), ("hole", _painted)):
        if name not in words:
            continue
        try:
            hole = take(hole, words[name], shape)
        except ValueError as error:
            complaints.append(f"The link's {name} was left out: {error}.")
    return hole, complaints


def _kind(hole: Hole, text: str, shape: tuple) -> Hole:
    if text not in inpaint.MASKS:
        raise ValueError(f"it may be {', '.join(inpaint.MASKS)}, got {text[:30]!r}")
    return replace(hole, kind=text)


def _fraction(hole: Hole, text: str, shape: tuple) -> Hole:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise ValueError(f"the share of hidden pixels may be 0 to 1, got {text[:30]!r}")
    return replace(hole, fraction=round(value * inpaint.STEPS) / inpaint.STEPS)


def _seed(hole: Hole, text: str, shape: tuple) -> Hole:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise ValueError(f"it may be 0 to {SEEDS - 1}, got {text[:30]!r}")
    return replace(hole, seed=int(text))


def _painted(hole: Hole, text: str, shape: tuple) -> Hole:
    bits = bytes_of(text)
    if bits is None or inpaint.unpacked(bits, *shape[1:]) is None:
        raise ValueError(f"it is not a hole in a picture of {shape[2]} x {shape[1]} pixels")
    return replace(hole, painted=bits)


def first_sample(checkpoint: Checkpoint, info: DatasetInfo) -> int:
    """The test picture that a visit opens with: one that the first hole leaves undecided."""
    mask = Hole().mask(tuple(checkpoint.model.config.picture_shape))
    return inpaint.undecided(checkpoint.content_hash, checkpoint, info, mask)


@dataclass
class Visit:
    """It lives in the visitor's session and nowhere else."""

    model: str | None = None
    sequence: int | None = None  # of the newest place that the component reported
    words: dict[str, str] | None = None  # of the link
    kind: str = "sample"  # or pen, file
    index: int | None = None  # into the test split, for a sample
    picture: np.ndarray | None = None  # (C, H, W) uint8
    caption: str = ""
    hole: Hole = Hole()
    truth: bool = False  # whether it is revealed
    method: str | None = None  # that is looked at closely; None: the model's own encoder
    number: int = 0  # grows whenever the component is to show what is here
    problem: dict | None = None

    def follow(self, words: Mapping[str, str], checkpoint: Checkpoint, info: DatasetInfo) -> list[str]:
        """Go where a link points; one sentence for each part of it that made no sense."""
        self.hole, complaints = read_hole(words, tuple(checkpoint.model.config.picture_shape))
        index, method = words.get("sample"), words.get("method")
        if index is not None and not (index.isdecimal() and has_code(checkpoint, int(index[:12]))):
            complaints.append(f"The link's sample was left out: there is no code of test picture {index[:20]!r}.")
            index = None
        if method is not None and method not in METHODS:
            complaints.append(f"The link's method was left out: it may be {', '.join(METHODS)}, got {method[:30]!r}.")
            method = None
        self.method, self.truth = method, False
        self.show_sample(first_sample(checkpoint, info) if index is None else int(index), checkpoint, info)
        return complaints

    def change_model(self, checkpoint: Checkpoint, info: DatasetInfo) -> None:
        """Another model: picture and hole stay if it can read them."""
        shape = tuple(checkpoint.model.config.picture_shape)
        if self.picture is None or self.picture.shape != shape:
            self.hole = replace(self.hole, painted=None)
            self.show_sample(first_sample(checkpoint, info), checkpoint, info)

    def show_sample(self, index: int, checkpoint: Checkpoint, info: DatasetInfo) -> None:
        """A picture of the test split."""
        self.kind, self.index, self.number = "sample", index, self.number + 1
        self.picture, self.caption = reconstruct_fallback.sample(checkpoint, info, index)

    def take(self, reported: Mapping, checkpoint: Checkpoint, info: DatasetInfo) -> None:
        """The hand moved: what the component reports is what is on the screen."""
        shape, index = tuple(checkpoint.model.config.picture_shape), reported.get("index")
        words = {"mask": reported["mask"], "fraction": str(reported["fraction"]), "seed": str(reported["seed"])}
        if reported.get("hole") is not None:
            words["hole"] = reported["hole"]
        self.hole, _ = read_hole(words, shape)
        self.truth = bool(reported.get("truth"))
        if reported["kind"] == "sample" and isinstance(index, int) and has_code(checkpoint, index):
            self.kind, self.index = "sample", index
            self.picture, self.caption = reconstruct_fallback.sample(checkpoint, info, index)
        elif (picture := reconstruct.pixels_of(reported.get("x"), shape)) is not None:
            self.kind, self.index, self.picture, self.caption = reported["kind"], None, picture, "Your picture"

    def bring(self, data: bytes, name: str, info: DatasetInfo) -> None:
        """A file, prepared as the data set's pictures were. Raises PictureError."""
        self.picture, _ = reconstruct.prepared(intake.open_picture(data), info, {})
        self.kind, self.index, self.caption, self.problem = "file", None, name[:60], None
        self.number += 1

    def complain(self, sentence: str) -> None:
        """Something that was brought could not be taken."""
        self.problem = {"number": self.number * 1000 + len(str(self.problem)), "sentence": sentence}

    def link(self) -> dict[str, str]:
        """The words of the URL."""
        words = {"model": self.model, **self.hole.words()}
        if self.kind == "sample":
            words["sample"] = str(self.index)
        return words | ({"method": self.method} if self.method is not None else {})

    def for_browser(self) -> dict:
        """What the component is told."""
        place = {"kind": self.kind, "index": self.index, "sentence": self.caption}
        if self.kind != "sample":
            place["x"] = reconstruct.text_of(self.picture)
        hole = self.hole
        return {
            "visit": self.number,
            "place": place,
            "hole": hole.for_browser(),
            "truth": self.truth,
            "masks": inpaint.masks_for_browser(hole.kind, tuple(self.picture.shape), hole.seed),
            "problem": self.problem,
        }

    def given(self, checkpoint: Checkpoint) -> tuple[Tensor, Tensor]:
        """The picture x (1, C, H, W) as the model takes it, and its mask (1, 1, H, W)."""
        x = grey(torch.from_numpy(self.picture.copy())[None], checkpoint.model.config.likelihood)
        return x, self.hole.mask(tuple(self.picture.shape))
