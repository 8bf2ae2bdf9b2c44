"""Lecture mode, bigger text without the frame: a visitor's on all pages, and a part of every page's link."""

from collections.abc import Mapping

import streamlit as st

from ui import link
from ui.link import Field

STATE = "lecture"  # of the session, and the name in the link
FIELDS = (
    Field(
        STATE,
        lambda on, text, _: link.one_of(text, ("0", "1")) == "1",
        lambda on, _: "1" if on else None,
    ),
)


def on() -> bool:
    """Whether the visitor is in lecture mode."""
    return st.session_state.get(STATE, False)


def switch(wanted: bool) -> None:
    """A key or a button of the page switched it."""
    st.session_state[STATE] = wanted


def follow(query: Mapping[str, str]) -> list[str]:
    """What a link says; one sentence if it makes no sense."""
    wanted, sentences = link.read(query, FIELDS, False, None)
    switch(wanted)
    return sentences


def written() -> dict[str, str]:
    """Its part of the link."""
    return link.write(FIELDS, on(), None)


def left_out_of(query: Mapping[str, str]) -> dict[str, str]:
    """The other parts of a link."""
    return {name: text for name, text in query.items() if name != STATE}
