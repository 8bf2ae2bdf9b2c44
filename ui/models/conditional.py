"""Conditional: one style z in every label at once, drawn from the prior, moved by hand or read from a picture."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from ui import figures
from ui.browser import model as live
from ui.browser import networks
from ui.frame import Shown, has_a_map
from ui.link import Field, decimal, one_of, short, whole_between
from ui.models import ideas, read_picture
from ui.models.figures import encoder_sees_label, idea_of
from ui.models.section import Section, those, where
from vae_core.intake import steps as intake
from vae_core.zoo.store import Entry

FARTHEST = 20.0  # of a coordinate of z from the middle
MOST_DRAWS = 1_000_000
MOST_LABELS = 30  # that are shown at once
BUILD = "python -m vae_core zoo build digits-conditional-4d"
READ = "picture"  # what a link says where z is the mean of q(z|x, y)


@dataclass(frozen=True)
class Conditional:
    """Where z comes from, and the picture that a style can be read from."""

    z: tuple[float, ...] | Literal["picture"] | None = None  # by hand, or read from the picture; None for the draw
    seed: int = 1  # of the draw from the prior
    row: int | None = 0  # of the test picture's code; None for one that was drawn
    drawn: str | None = None  # that one, two pixels of 16 greys in a byte, in base64
    label: int | None = None  # what the picture is said to be; None for what the data set says


def is_conditional(entry: Entry) -> bool:
    """Whether a model's networks are given labels, and its style is one Gaussian."""
    return entry.can.takes_labels and entry.can.latent == "gaussian"


def missing(shown: Shown) -> str | None:
    """Why there is nothing to give labels to."""
    if is_conditional(shown.entry):
        return None
    title = shown.info.title
    there = where(is_conditional, BUILD)
    if not shown.info.labels:
        return f"A conditional VAE is given each picture's label, and the pictures of {title} have none: {there}."
    return f"No model of {title} is given labels yet: {there}."


def for_browser(state: Conditional, shown: Shown) -> dict[str, Any]:
    """The model, the labels, and what z's sliders span."""
    checkpoint = shown.checkpoint
    return {
        "network": networks.of(shown.entry)[1],
        "labels": list(shown.info.labels[:MOST_LABELS]),
        "classes": checkpoint.model.config.classes,
        "seesLabel": encoder_sees_label(checkpoint.model.config),
        "said": networks.labels(shown.version, shown.name, checkpoint),
        "dimensions": live.sliders(checkpoint),
        "palette": list(figures.LABEL_COLOURS),
        "samples": len(checkpoint.codes.indices),
        "pen": intake.digit_box(shown.info) is not None,
        "limits": {"draws": MOST_DRAWS, "farthest": FARTHEST},
    }


def below(state: Conditional, shown: Shown) -> None:
    """What a label changes in the graphical model and in the objective."""
    idea = idea_of(shown.entry, shown.checkpoint.model.config)
    if idea is not None:
        ideas.show([idea])


def _z(state: Conditional, text: str, shown: Shown) -> Conditional:
    if text == READ:
        return replace(state, z=READ)
    dim, numbers = shown.entry.latent_dim, tuple(map(decimal, text.split(",")))
    if len(numbers) != dim or not all(abs(number) <= FARTHEST for number in numbers):
        raise ValueError(
            f"it is {READ!r}, or {dim} numbers between -{FARTHEST:g} and {FARTHEST:g}, one for each dimension, "
            f"got {text[:40]!r}"
        )
    return replace(state, z=numbers)


def _written_z(state: Conditional, shown: Shown) -> str | None:
    if state.z is None or state.z == READ:
        return state.z
    return ",".join(short(number) for number in state.z)


def _label(state: Conditional, text: str, shown: Shown) -> Conditional:
    labels = shown.info.labels[:MOST_LABELS]
    return replace(state, label=labels.index(one_of(text, labels)))


SECTION = Section(
    "conditional",
    "Conditional",
    (
        Field("z", _z, _written_z),
        Field(
            "draw",
            lambda state, text, _: replace(state, seed=whole_between(text, 1, MOST_DRAWS)),
            lambda state, _: None if state.seed == 1 else str(state.seed),
        ),
        *read_picture.FIELDS,
        Field("label", _label, lambda state, shown: None if state.label is None else shown.info.labels[state.label]),
    ),
    lambda _: Conditional(),
    for_browser,
    partial(those, is_conditional),
    missing,
    shows=lambda entry: has_a_map(entry) or is_conditional(entry),
    below=below,
)
