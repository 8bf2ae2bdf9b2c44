"""Who moved since a page's last run: a page's component, the model picker, a link, or nobody. Once for all."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from ui import frame, lecture
from ui.browser import report

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """One run of a page."""

    page: str
    key: str  # of the component
    form: report.Form
    query: dict[str, str]  # the link's parameters
    reported: Mapping[str, Any] | None  # the newest that the component reported
    before: str | None  # the model that the page showed last
    returned: bool  # the visitor was on another page a moment ago
    event: bool  # the component reported something new
    arrived: bool  # the link is not the one that the page wrote
    linked: bool  # and it leads somewhere: whoever comes back without one finds the page as it was

    @property
    def asked(self) -> str | None:
        """The model that the link asks for, "" for any; None where the picker says it."""
        return self.query.get("model", "") if self.arrived or self.returned else None

    def query_for(self, model: str) -> dict[str, str]:
        """The link's parameters, unless they are about another model."""
        return self.query if self.query.get("model", model) == model else {}

    def moved(self, model: str, take: Callable[[Mapping[str, Any]], T]) -> T | None:
        """What the component newly reported of this model, as `take` reads it; None where nothing did. A report that
        `take` refuses with a ValueError is not what the page sends: it moves nothing."""
        if not self.event or self.reported.get("model", model) != model:
            return None
        try:
            return take(self.reported)
        except ValueError:
            return None


def first_visit() -> int:
    """What a session counts a page's visits from: no other session does, so a page that lost its server knows that the
    one that is back is another."""
    return secrets.randbelow(2**40)


def begin(page: str, key: str, form: report.Form, picked: Callable[[str], bool] = frame.picked) -> Turn:
    """The turn of a run of a page, whose component has a key and reports in a form; `picked(model)` tells whether the
    picker has left it."""
    before = st.session_state.get(f"{page}_turn") or {"sequence": None, "query": None, "model": None}
    query, reported, model = st.query_params.to_dict(), report.sent(key, form), before["model"]
    returned = st.session_state.get("turn_page", page) != page  # and the picker says another page's model, or the first
    event = reported is not None and reported["sequence"] != before["sequence"]
    chosen = model is not None and not returned and picked(model)
    arrived = not event and not chosen and query != before["query"]
    if (switched := report.asked(key, "lecture", bool)) is not None:
        lecture.switch(switched)
    elif arrived and ("lecture" in query or not returned):
        for sentence in lecture.follow(query):
            frame.note(sentence)
    linked = arrived and (bool(query) or model is None)
    return Turn(page, key, form, query, reported, model, returned, event, arrived, linked)


def unshown(turn: Turn, model: str | None) -> None:
    """The chosen model cannot be shown, as the page has said: what the picker says next counts."""
    _keep(turn.page, None, turn.query, model)


def end(turn: Turn, model: str, query: dict[str, str], at_once: bool = False) -> None:
    """Write the link of what the page shows now; one that was followed stays as it was typed until something moves,
    unless it says something and is to be written `at_once`. Lecture mode is always in it.

    A component whose server was lost tells a new session where it is before that session knows the component: what it
    said can be read once it is mounted, and the page runs again.
    """
    if turn.before is None and turn.reported is None and report.sent(turn.key, turn.form) is not None:
        _keep(turn.page, None, turn.query, model)
        st.rerun()
    key, rest = f"{turn.page}_followed", lecture.left_out_of(turn.query)
    here = {"typed": rest, "meaning": query}
    unmoved = turn.linked or st.session_state.get(key) == here
    st.session_state[key] = here if unmoved else None
    shown = (rest if unmoved and not (at_once and rest) else query) | lecture.written()
    if shown != st.query_params.to_dict():
        st.query_params.from_dict(shown)
    sequence = turn.reported["sequence"] if turn.reported else None
    _keep(turn.page, sequence, st.query_params.to_dict(), model)


def _keep(page: str, sequence: int | None, query: dict[str, str], model: str | None) -> None:
    """What the next turn compares with."""
    st.session_state["turn_page"] = page
    st.session_state[f"{page}_turn"] = {"sequence": sequence, "query": query, "model": model}
