"""What is on the Beta sweep for one visitor: the models side by side, what was chosen, and the section below them."""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, Literal, get_args

import streamlit as st
import torch

from ui import frame, link, originals, pictures
from ui.beta_sweep import training
from ui.beta_sweep.members import Member, members
from ui.link import Field, bytes_of, decimal_between, one_of, short, text_of, whole_between
from ui.turn import Turn, first_visit
from vae_core.zoo.store import Entry

Mode = Literal["slider", "picture"]
Around = Literal["middle", "picture", "prior"]
FARTHEST = 3.0  # standard deviations that the slider reaches
NOISIEST = 3.0  # standard deviations of q(z|x)
MOST_DRAWS = 1_000_000
LIMITS = {"farthest": FARTHEST, "noisiest": NOISIEST, "draws": MOST_DRAWS}  # what the browser holds itself to
REPORT = {
    "mode": str,
    "k": int,
    "u": float,
    "row": (int, None),
    "drawn": (str, None),
    "around": str,
    "noise": float,
    "seed": int,
}
SECTION = "beta_sweep_section"  # the key of the control
SECTIONS = {
    "trade": "Rate against distortion",
    "capacity": "Capacity",
    "collapse": "Collapse lab",
    "factors": "Disentanglement",
    "try": "Try it",
}


@dataclass(frozen=True)
class Choice:
    """Where the page stands: the rank by KL of the dimension that the slider moves, how far, and the picture read."""

    mode: Mode = "picture"
    k: int = 1
    u: float = 0.0  # standard deviations from the middle
    around: Around = "middle"  # what the other dimensions are
    noise: float = 0.0  # how far z is drawn from the posterior's mean, in its standard deviations
    seed: int = 1  # of that draw, and of the prior's
    row: int | None = 0  # of the test picture's code; None for a picture that was drawn
    drawn: str | None = None  # that picture, two pixels of 16 greys in a byte, in base64


OPENING = Choice()


@dataclass
class Sweep:
    """The models of a data set, and how they are looked at."""

    choice: Choice = field(default_factory=Choice)
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to go to `choice`
    dataset: str | None = None
    section: str = "trade"
    rail: Sequence[Member] = ()

    def follow(self, turn: Turn, entry: Entry) -> None:
        """Go where the link, the hand or another data set leads."""
        self.rail = members(entry.dataset, training.finished())
        moved_on, self.dataset = entry.dataset != self.dataset, entry.dataset
        if turn.linked:
            st.session_state[SECTION], problems = link.read(turn.query, (LINKED_SECTION,), "trade", None)
            for problem in problems:
                frame.note(problem)
        if not self.rail:
            return
        opening = Choice(mode="picture" if self.reads(entry) else "slider")
        if turn.linked:
            self.choice, problems = read(turn.query, self.rail, opening)
            for problem in problems:
                frame.note(problem)
        elif (reported := turn.moved(entry.name, partial(sent, rail=self.rail))) is not None:
            self.choice = reported
        elif moved_on:
            self.choice = Choice(mode=self.choice.mode) if opening.mode == "picture" else opening
        self.visit += turn.linked or moved_on

    def reads(self, entry: Entry) -> bool:
        """Whether there are test pictures, or our own in their place, to send through the models."""
        first = self.rail[0]
        found = originals.for_browser(first.version, first.name, first.checkpoint, entry.info, wanted=False)
        return "missing" not in found or found["standIns"] is not None

    def link(self, entry: Entry) -> dict[str, str]:
        """The link's parameters."""
        query = write(entry.name, self.choice, self.rail) if self.rail else {"model": entry.name}
        return query | link.write((LINKED_SECTION,), self.section, None)

    def for_browser(self) -> dict:
        """What the component is told."""
        return {"place": asdict(self.choice), "visit": self.visit}


def drawn_picture(choice: Choice, rail: Sequence[Member]) -> torch.Tensor | None:
    """What was drawn, (1, C, H, W) uint8 in the rail's shape; None where nothing was."""
    shape = rail[0].checkpoint.model.config.picture_shape
    if choice.row is not None or choice.drawn is None:
        return None
    pairs = torch.tensor(list(base64.b64decode(choice.drawn)), dtype=torch.uint8)
    greys = torch.stack([pairs >> 4, pairs & 15], 1).flatten()[: math.prod(shape)]
    return (17 * greys).reshape(1, *shape)


def read(query: Mapping[str, str], rail: Sequence[Member], opening: Choice = OPENING) -> tuple[Choice, list[str]]:
    """The choice of a link that else leads to the `opening` one, and one sentence for each part of it that made no
    sense and was left out."""
    return link.read(query, FIELDS, opening, rail)


def write(model: str, choice: Choice, rail: Sequence[Member]) -> dict[str, str]:
    """The link's parameters."""
    return {"model": model, **link.write(FIELDS, choice, rail)}


def sent(value: Mapping[str, Any], rail: Sequence[Member]) -> Choice:
    """The choice as the browser's component reports it. Raises ValueError for nonsense."""
    row = value.get("row")
    count = len(rail[0].checkpoint.codes.indices)
    if row is not None and not (isinstance(row, int) and 0 <= row < count):
        raise ValueError(f"a row may be 0 to {count - 1}, got {row!r}")
    query = {"rail": value["mode"], "around": value["around"], "k": str(value["k"]), "draw": str(value["seed"])}
    query |= {"u": str(float(value["u"])), "noise": str(float(value["noise"]))}
    if row is None and value.get("drawn") is not None:
        query["drawn"] = value["drawn"]
    return replace(link.checked(query, FIELDS, Choice(), rail), row=row)


def _k(choice: Choice, text: str, rail: Sequence[Member]) -> Choice:
    return replace(choice, k=whole_between(text, 1, min(member.latent_dim for member in rail)))


def _written_draw(choice: Choice, rail: Sequence[Member]) -> str | None:
    return str(choice.seed) if choice.seed != 1 and (choice.noise or choice.around == "prior") else None


def _sample(choice: Choice, text: str, rail: Sequence[Member]) -> Choice:
    first = rail[0].checkpoint
    return replace(choice, row=pictures.row_of(first.codes, pictures.coded(text, first)))


def _written_sample(choice: Choice, rail: Sequence[Member]) -> str | None:
    return None if choice.row is None else str(int(rail[0].checkpoint.codes.indices[choice.row]))


def _drawn(choice: Choice, text: str, rail: Sequence[Member]) -> Choice:
    shape = rail[0].checkpoint.model.config.picture_shape
    return replace(choice, row=None, drawn=pictures.sixteen_greys(text, shape))


def _written_drawn(choice: Choice, rail: Sequence[Member]) -> str | None:
    return None if choice.row is not None or choice.drawn is None else text_of(bytes_of(choice.drawn))


FIELDS = (
    Field(
        "rail",
        lambda choice, text, rail: replace(choice, mode=one_of(text, get_args(Mode))),
        lambda choice, rail: choice.mode,
    ),
    Field("k", _k, lambda choice, rail: str(choice.k)),
    Field(
        "u",
        lambda choice, text, rail: replace(choice, u=decimal_between(text, -FARTHEST, FARTHEST)),
        lambda choice, rail: short(choice.u, 3) if choice.u else None,
    ),
    Field(
        "around",
        lambda choice, text, rail: replace(choice, around=one_of(text, get_args(Around))),
        lambda choice, rail: None if choice.around == "middle" else choice.around,
    ),
    Field(
        "noise",
        lambda choice, text, rail: replace(choice, noise=decimal_between(text, 0, NOISIEST)),
        lambda choice, rail: short(choice.noise, 2) if choice.noise else None,
    ),
    Field("draw", lambda choice, text, rail: replace(choice, seed=whole_between(text, 1, MOST_DRAWS)), _written_draw),
    Field("sample", _sample, _written_sample),
    Field("drawn", _drawn, _written_drawn),
)
LINKED_SECTION = Field(
    "section",
    lambda section, text, _: one_of(text, SECTIONS),
    lambda section, _: None if section == "trade" else section,
)
