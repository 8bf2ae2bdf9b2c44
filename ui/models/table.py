"""Table: what was measured on our models beside published figures, one comparison at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ui import cache, charts, tables
from ui.frame import Shown
from ui.link import Field, one_of
from ui.models.section import Section
from ui.models.table_figure import dot_plot
from ui.text import plain
from vae_core.home import HOME
from vae_core.models.checkpoint import CheckpointError
from vae_core.studies import comparison
from vae_core.studies.comparison import Row
from vae_core.studies.published import COMPARISONS, RACES
from vae_core.studies.race import FILE
from vae_core.tables import aims_of, beside_of, counting, findings_of, longer_of, ours_of, published_of, sources_of
from vae_core.zoo import store

TITLES = {each.name: each.title for each in (*COMPARISONS, *RACES)}
CONTROL, SHOWN = "models_table", "models_table_shown"


@dataclass(frozen=True)
class PublishedBeside:
    """Which comparison is shown."""

    comparison: str  # by the name that a link has


def rows() -> list[Row]:
    """The rows of `zoo table`, read again when a model comes, goes or is measured anew. Raises CheckpointError."""
    places = (store.ZOO, store.MEASURED, (HOME / "assets" / FILE).parent)
    return _rows(*(cache.stamp(place, deep=True) for place in places))


@cache.kept(entries=2)
def _rows(*now: tuple) -> list[Row]:
    return comparison.rows(HOME / "assets")


def of(name: str, among: Sequence[Row]) -> list[Row]:
    """The rows of one comparison."""
    return [row for row in among if row.comparison == TITLES[name]]


def opening(_: Shown) -> PublishedBeside:
    """The first comparison that has published figures and ours."""
    try:
        told = {row.comparison for row in rows() if row.ours is not None and row.published is not None}
    except CheckpointError:
        told = set()
    return PublishedBeside(next((name for name, title in TITLES.items() if title in told), next(iter(TITLES))))


def chosen(state: PublishedBeside) -> str:
    """The comparison that is shown: what the control says, unless a link or a key has led elsewhere since."""
    led = st.session_state.get(SHOWN) != state.comparison
    return state.comparison if led else st.session_state.get(CONTROL, state.comparison)


def for_browser(state: PublishedBeside, _: Shown) -> dict[str, Any]:
    """The comparisons that keys step through, and where they stand."""
    return {"names": list(TITLES), "here": chosen(state)}


def below(state: PublishedBeside, _: Shown) -> PublishedBeside:
    """The figure, and the comparison that is chosen for it."""
    try:
        everything = rows()
    except CheckpointError as error:
        st.error(plain(f"A measured model cannot be read: {error}"))
        return state
    st.session_state[CONTROL] = chosen(state)
    name = st.selectbox(
        "Comparison", list(TITLES), format_func=TITLES.get, key=CONTROL, label_visibility="collapsed", width=560
    )
    st.session_state[SHOWN] = name
    own = of(name, everything)
    charts.plot(dot_plot(own), f"table-{name}", width="stretch")
    for sentence in sources(own):
        st.caption(plain(sentence))
    with st.expander("The numbers"):
        tables.table([cells(row) for row in own])
    return replace(state, comparison=name)


def sources(own: Sequence[Row]) -> list[str]:
    """Whose the published figures are, and with which settings; how ours were measured, and what they say of them."""
    measured = [row for row in own if row.ours is not None]
    ours = dict.fromkeys(how(row) for row in measured)
    told = [f"○ {sentence}." for sentence in sources_of(own)]
    if ours:
        told.append(f"● Ours, on the test set: {'; '.join(ours)}.")
    return [*told, *aims_of(own), *findings_of(own), *longer_of(own)]


def how(row: Row) -> str:
    """How our figure of a row was made, in a few words."""
    parts = [f"{row.epochs} epochs", row.setting]
    if row.spread is not None:
        parts.append(f"{row.measured} draws of the labels, ± their standard deviation")
    return ", ".join(parts)


def cells(row: Row) -> dict[str, Any]:
    """A row as the table of numbers has it."""
    return {
        row.comparison: row.what,
        f"ours, {row.unit}": signed(ours_of(row)) if row.ours is not None else "not trained yet",
        f"published, {row.unit}": published_of(row) or "–",
        "draws that count": counting(row) or "–",
        "active units": "–" if row.active_units is None else str(row.active_units),
        "from its twin, on the same pictures": f"{signed(beside_of(row))} ({row.beside})" if beside_of(row) else "–",
        "recipe": recipe_of(row),
    }


def recipe_of(row: Row) -> str:
    """Of which model a row is, or of which models the mean."""
    return row.recipes[0] if len(row.recipes) == 1 else f"{row.recipes[0]} and {len(row.recipes) - 1} more"


def signed(text: str) -> str:
    return text.replace("-", "−")


SECTION = Section(
    "table",
    "Table",
    (
        Field(
            "table",
            lambda state, text, _: replace(state, comparison=one_of(text, TITLES)),
            lambda state, _: state.comparison,
        ),
    ),
    opening,
    for_browser,
    below=below,
)
