"""The sections of the Models page, in the order in which they stand: one that is added is one entry here, and one in
`static/live/models/sections.js`."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from ui import frame
from ui.frame import Shown
from ui.models import conditional, discrete, posterior_shape, semi_supervised, sharpness, side_by_side, table
from ui.models.section import Section
from ui.text import plain
from vae_core.zoo.store import Entry

if TYPE_CHECKING:
    from ui.models.state import Comparison

SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        side_by_side.SECTION,
        conditional.SECTION,
        semi_supervised.SECTION,
        discrete.SECTION,
        posterior_shape.SECTION,
        sharpness.SECTION,
        table.SECTION,
    )
}
TITLES = {name: section.title for name, section in SECTIONS.items()}
CONTROL = "models_section"  # the key of the control


def model_picker(state: "Comparison") -> Callable[[str | None], Entry | None]:
    """The app's picker with the models that the chosen section can show."""
    section = SECTIONS[state.section]
    return partial(frame.choose_model, offered=section.offered, shows=section.shows)


def choose(state: "Comparison") -> None:
    """What chooses a section."""
    state.section = frame.sections("What to look at", TITLES, CONTROL, state.section)


def show(state: "Comparison", shown: Shown) -> None:
    """What stands below the live part of the chosen section, or why there is none."""
    section = SECTIONS[state.section]
    if sentence := section.missing(shown):
        st.info(plain(sentence), icon=":material/info:")
    elif (moved := section.below(state.standing, shown)) is not None:
        state.states[state.section] = moved
