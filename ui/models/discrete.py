"""Discrete latents: the codes of one picture, cell by cell, changed by hand or drawn from their prior."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ui import cache
from ui.browser import model as live
from ui.browser import networks
from ui.browser.publish import are_there
from ui.frame import Shown, has_a_map
from ui.link import Field, whole_between
from ui.models import ideas, read_picture
from ui.models.figures import idea_of
from ui.models.section import Section, those, where
from vae_core.analysis.code_usage import usage_of
from vae_core.intake import steps as intake
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo.store import Entry

MOST_DRAWS = 1_000_000
BUILD = "python -m vae_core zoo build digits-vq-4d"


@dataclass(frozen=True)
class DiscreteLatents:
    """Where the codes are from, which of them a hand has changed, and which cell is looked at."""

    row: int | None = 0  # of the test picture's codes; None for one that was drawn
    drawn: str | None = None  # that one, two pixels of 16 greys in a byte, in base64
    changed: tuple[tuple[int, int], ...] = ()  # cells and the codes that a hand gave them
    cell: int = 0  # that is looked at, in the order in which the prior draws them
    step: int | None = None  # cells that are drawn from the prior; None where the codes are the picture's
    seed: int = 1  # of that draw


def is_discrete(entry: Entry) -> bool:
    """Whether a model's latents are codes."""
    return entry.can.latent == "discrete"


def missing(shown: Shown) -> str | None:
    """Why there are no codes to show."""
    if is_discrete(shown.entry):
        return None
    there = where(is_discrete, BUILD)
    return f"No model of {shown.info.title} has discrete latents yet: {there}."


def for_browser(state: DiscreteLatents, shown: Shown) -> dict[str, Any]:
    """The model, its grids, and how its codebooks are used."""
    config, codes = shown.checkpoint.model.config, shown.checkpoint.codes
    return {
        "network": networks.of(shown.entry)[1],
        "grids": [list(grid) for grid in config.grids],
        "size": config.codes,
        "usage": usage_for_browser(shown.version, shown.checkpoint),
        "stored": stored_for_browser(shown.version, shown.name, shown.checkpoint),
        "samples": len(codes.indices),
        "pen": intake.digit_box(shown.info) is not None,
        "limits": {"draws": MOST_DRAWS},
    }


@cache.kept(entries=32)
def usage_for_browser(version: tuple, _checkpoint: Checkpoint) -> list[dict[str, Any]]:
    """How often each grid's codes are chosen for the test pictures, and how many codes that is worth."""
    return [
        {"counts": usage.counts.tolist(), "perplexity": usage.perplexity, "dead": usage.dead}
        for usage in usage_of(_checkpoint.codes.mean, _checkpoint.model.config)
    ]


@cache.kept(entries=32, valid=are_there)
def stored_for_browser(version: tuple, name: str, _checkpoint: Checkpoint) -> dict[str, Any]:
    """Address of the test pictures' codes, which stand in where the pictures are not here."""
    return live.published_blocks(f"latents-{name}", {"codes": _checkpoint.codes.mean})


def below(state: DiscreteLatents, shown: Shown) -> None:
    """What codes change in the graphical model and in the objective."""
    idea = idea_of(shown.entry)
    if idea is not None:
        ideas.show([idea])


def _cells(shown: Shown) -> int:
    return shown.checkpoint.model.config.latent_dim


def _changed(state: DiscreteLatents, text: str, shown: Shown) -> DiscreteLatents:
    cells, size, changed = _cells(shown), shown.checkpoint.model.config.codes, {}
    for part in text.split(",") if text else ():
        try:
            cell, code = part.split("~")
            changed[whole_between(cell, 0, cells - 1)] = whole_between(code, 0, size - 1)
        except ValueError:
            raise ValueError(
                f"it is a cell, 0 to {cells - 1}, and its code, 0 to {size - 1}, as in 0~3, got {part[:20]!r}"
            ) from None
    return replace(state, changed=tuple(sorted(changed.items())))


SECTION = Section(
    "codes",
    "Discrete latents",
    (
        *read_picture.FIELDS,
        Field("codes", _changed, lambda state, _: ",".join(f"{cell}~{code}" for cell, code in state.changed) or None),
        Field(
            "cell",
            lambda state, text, shown: replace(state, cell=whole_between(text, 0, _cells(shown) - 1)),
            lambda state, _: str(state.cell),
        ),
        Field(
            "cells",
            lambda state, text, shown: replace(state, step=whole_between(text, 0, _cells(shown))),
            lambda state, _: None if state.step is None else str(state.step),
        ),
        Field(
            "draw",
            lambda state, text, _: replace(state, seed=whole_between(text, 1, MOST_DRAWS)),
            lambda state, _: None if state.seed == 1 else str(state.seed),
        ),
    ),
    lambda shown: DiscreteLatents(cell=_cells(shown) // 2),
    for_browser,
    partial(those, is_discrete),
    missing,
    shows=lambda entry: has_a_map(entry) or is_discrete(entry),
    below=below,
)
