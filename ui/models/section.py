"""What a section of the Models page is made of: each is a file of its own, and `ui.models.sections` lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ui import cache, frame
from ui.frame import Shown
from ui.link import Field
from vae_core.zoo.store import Entry

EVERY = partial(frame.fitting, frame.any_model)  # model of a data set


def nothing(*_: Any) -> None:
    """What a section does that has nothing to add."""


def those(fits: Callable[[Entry], bool], entries: list[Entry]) -> tuple[list[Entry], Entry]:
    """The models of a data set that a section is made for, and the first; where there are none, those that other pages
    show."""
    found = list(filter(fits, entries))
    return (found, found[0]) if found else frame.mapped(entries)


def where(fits: Callable[[Entry], bool], build: str) -> str:
    """What to do where a data set has no model that a section is made for: choose one that has, or build one."""
    titles = dict.fromkeys(entry.info.title for entry in cache.zoo().values() if fits(entry))
    return f"choose {' or '.join(titles)} above" if titles else f"`{build}` builds one of Digits"


@dataclass(frozen=True)
class Section:
    """One section: what a visitor moves in it is a state of its own, which its fields read and write.

    The browser reports a state as the texts of a link, by the fields' names, so that one reader serves both.
    """

    name: str  # in the link, and of what the browser shows it with
    title: str
    fields: tuple[Field, ...]  # their bounds are what is `Shown`
    opening: Callable[[Shown], Any]  # the state it opens with; a frozen dataclass
    for_browser: Callable[[Any, Shown], dict[str, Any]]  # what the browser needs beside the state
    offered: Callable[[list[Entry]], tuple[list[Entry], Entry]] = EVERY  # of a data set's models, and the first
    missing: Callable[[Shown], str | None] = nothing  # why it has nothing to show of this model, in one sentence
    shows: Callable[[Entry], bool] = frame.any_model  # whether it can open a model, and say what is missing of it
    below: Callable[[Any, Shown], Any] = nothing  # what stands below the live part; the state, where that can move it
