"""What is on the Reconstruct page for one visitor. It lives in their session and nowhere else."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ui import drawing, link, reconstruct
from ui.link import Bounds, View
from vae_core.data import intake
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint


@dataclass
class Visit:
    """The picture, where it comes from, the map's view, and what was asked about it."""

    model: str | None = None
    sequence: int | None = None  # of the newest place that the component reported
    words: dict[str, str] | None = None  # of the link
    view: View | None = None
    kind: str = "sample"  # one of reconstruct.KINDS
    index: int | None = None  # into the test split, for a sample
    picture: np.ndarray | None = None  # (C, H, W) uint8, where it is known here
    caption: str = ""
    steps: list[dict] = field(default_factory=list)  # of a file's preparation, for the strip
    opened: Any = None  # the file's picture, as it was brought
    name: str = ""  # of the file
    switches: dict[str, bool] = field(default_factory=dict)
    number: int = 0  # grows whenever the component is to show what is here
    compared: list[str] = field(default_factory=list)
    problem: dict | None = None
    request: dict | None = None  # an estimate of log p(x) that is under way
    estimate: dict | None = None

    def for_browser(self) -> dict:
        """What the component is told."""
        place = {"kind": self.kind, "index": self.index, "sentence": self.caption}
        if self.picture is not None and self.kind != "sample":
            place["x"] = reconstruct.text_of(self.picture)
        return {
            "visit": self.number,
            "view": vars(self.view),
            "place": place,
            "steps": self.steps,
            "problem": self.problem,
            "estimate": self.estimate,
        }

    def words_of_picture(self) -> dict[str, str]:
        """What of the picture a link can say: a sample's index, or what was drawn if that is not too much."""
        if self.kind == "sample" and self.index is not None:
            return {"sample": str(self.index)}
        if self.kind == "pen" and self.picture is not None:
            word = drawing.packed(self.picture.tobytes())
            return {"drawn": word} if len(word) <= drawing.MOST_LETTERS else {}
        return {}

    def follow(self, words: Mapping[str, str], checkpoint: Checkpoint, bounds: Bounds) -> list[str]:
        """Go where a link points; one sentence for each part of it that made no sense."""
        of_map = {name: words[name] for name in ("map", "colour") if name in words}
        self.view, _, complaints = link.read(of_map, bounds)
        if "drawn" in words:
            try:
                self.show_drawing(words["drawn"], checkpoint)
                return complaints
            except ValueError as error:
                complaints.append(f"The link's picture was left out: {error}.")
        index = words.get("sample")
        if index is not None and not (index.isdecimal() and has_code(checkpoint, int(index[:12]))):
            complaints.append(f"The link's sample was left out: there is no code of test picture {index[:20]!r}.")
            index = None
        self.show_sample(int(checkpoint.codes.indices[0]) if index is None else int(index))
        return complaints

    def change_model(self, checkpoint: Checkpoint, bounds: Bounds) -> None:
        """Another model: the picture stays if it can read it."""
        of_map = {} if self.view is None else {"colour": self.view.colour}
        self.view = link.read(of_map, bounds)[0]
        self.request = self.estimate = None
        shape = tuple(checkpoint.model.config.picture_shape)
        if self.picture is None or self.picture.shape != shape:
            self.show_sample(int(checkpoint.codes.indices[0]))
            self.compared = []

    def show_sample(self, index: int) -> None:
        """A picture of the test split, which the component fetches itself."""
        self.kind, self.index, self.picture, self.caption, self.steps = "sample", index, None, "", []
        self.number += 1

    def show_drawing(self, word: str, checkpoint: Checkpoint) -> None:
        """The drawn picture that a link holds. Raises ValueError if it holds none."""
        shape = tuple(checkpoint.model.config.picture_shape)
        pixels = drawing.unpacked(word, math.prod(shape))
        self.kind, self.index, self.steps, self.caption = "pen", None, [], "Drawn; the link brought it"
        self.picture = np.frombuffer(pixels, dtype=np.uint8).reshape(shape)
        self.number += 1

    def take(self, reported: Mapping, checkpoint: Checkpoint, bounds: Bounds) -> None:
        """The hand moved: what the component reports is what is on the screen."""
        latent = {"z": (0.0,) * bounds.latent_dim, "point": None}
        self.view = link.sent({**reported, **latent}, bounds)[0]
        picture = reconstruct.pixels_of(reported["x"], tuple(checkpoint.model.config.picture_shape))
        if picture is not None and reported["kind"] in reconstruct.KINDS:
            index = reported["index"] if reported["kind"] == "sample" else None
            self.kind, self.picture = reported["kind"], picture
            self.index = index if isinstance(index, int) and has_code(checkpoint, index) else None
        self.compared = [str(name) for name in reported["compared"]]

    def bring(self, data: bytes, name: str, info: DatasetInfo) -> None:
        """A file: prepare it and show it. Raises PictureError, and leaves the picture before it where it is."""
        opened = intake.open_picture(data)
        self.opened, self.switches = opened, {}
        self.name = name[:60]
        self.prepare(info)

    def switch(self, step: str, on: bool, info: DatasetInfo) -> None:
        """Switch a step of the preparation."""
        if self.opened is not None:
            self.switches[step] = on
            self.prepare(info)

    def prepare(self, info: DatasetInfo) -> None:
        """What the model gets of the file, and the strip of steps there."""
        self.picture, self.steps = reconstruct.prepared(self.opened, info, self.switches)
        self.kind, self.index = "file", None
        self.caption = (
            " ".join([f"{self.name}.", self.steps[0]["help"]]).strip() if self.steps[0]["help"] else self.name
        )
        self.problem = None
        self.number += 1

    def complain(self, sentence: str) -> None:
        """Something that was brought could not be taken."""
        self.problem = {"number": (self.problem or {"number": self.number * 1000})["number"] + 1, "sentence": sentence}

    def ask(self, wanted: Mapping, checkpoint: Checkpoint) -> None:
        """Begin to estimate log p(x)."""
        picture = reconstruct.pixels_of(wanted.get("x"), tuple(checkpoint.model.config.picture_shape))
        samples = wanted.get("samples")
        if picture is None or not isinstance(samples, int) or not 1 <= samples <= reconstruct.MOST_SAMPLES:
            return
        stream: Iterator = reconstruct.estimates(checkpoint.model, picture, samples)
        of = {"picture": wanted.get("picture"), "model": wanted.get("model")}
        self.request, self.estimate = {"of": of, "samples": samples, "stream": stream, "latest": None}, None

    def stop(self) -> None:
        """Keep what was estimated so far."""
        if self.request is not None:
            latest = self.request["latest"] or {"logMarginal": None}
            self.estimate, self.request = {**self.request["of"], **latest}, None


def has_code(checkpoint: Checkpoint, index: int) -> bool:
    """Whether a picture of the test split has a code."""
    return bool((checkpoint.codes.indices == index).any())
