"""Side by side: models of one data set on the same pictures, with the same draws, and what each of them changes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
import torch
from torch.nn.functional import one_hot

from ui import cache, frame, originals, pictures, tables
from ui.browser import networks
from ui.frame import Shown
from ui.link import Field, decimal_between, one_of, short, whole_between
from ui.models import ideas, table
from ui.models.figures import Idea, idea_of
from ui.models.section import Section
from vae_core.analysis.likelihood import only_bounded
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.rounding import in_sum, negated
from vae_core.studies.comparison import Row, surprise_apart
from vae_core.tables import FIGURES, ours_of, published_of
from vae_core.zoo.store import Entry

MOST = 8  # models
AT_FIRST = 4
PICTURES = 8  # on which all are shown
MOST_DRAWS = 1_000_000


@dataclass(frozen=True)
class SideBySide:
    """Which models, which pictures, and how far the walk between two of them has come."""

    models: tuple[str, ...]
    row: int = 0  # of the first picture's code; the others follow it
    ends: tuple[int, int] = (0, 1)  # of the walk, among the pictures
    t: float = 0.5  # of the way from one to the other
    seed: int = 1  # of the draws from the prior


def form(entry: Entry) -> tuple:
    """What models must share to stand side by side: the pictures, and what a pixel has, a probability or a density."""
    return entry.dataset, tuple(entry.picture_shape), entry.likelihood


def alike(shown: Shown) -> dict[str, Entry]:
    """The models of the same form, by name, in the zoo's order."""
    return {name: entry for name, entry in cache.zoo().items() if form(entry) == form(shown.entry)}


def opening(shown: Shown) -> SideBySide:
    """The app's model, and others as unlike as the data set has them: the first of each kind, then the last."""
    others = [e for name, e in alike(shown).items() if name != shown.name and not e.can.completes_holes]
    first, last = ({(e.family, e.objective, e.prior): e.name for e in some} for some in (reversed(others), others))
    picked = list(dict.fromkeys([*reversed(first.values()), *reversed(last.values())]))[: AT_FIRST - 1]
    return SideBySide((shown.name, *(e.name for e in others if e.name in picked)))


def chosen(state: SideBySide, shown: Shown) -> list[Entry]:
    """The app's model, and those that stand beside it."""
    there = alike(shown)
    names = dict.fromkeys((shown.name, *state.models))
    return list(filter(knows_the_labels, (there[name] for name in names if name in there)))[:MOST]


def knows_the_labels(entry: Entry) -> bool:
    """Whether a model has as many labels as its data set; of one that has not it is said that it is left out."""
    if sentence := other_labels(entry):
        frame.note(f"{sentence}: left out.")
    return sentence is None


def other_labels(entry: Entry) -> str | None:
    """That a model has not as many labels as its data set, where that is so."""
    if not (entry.can.takes_labels or entry.can.classifies):
        return None
    try:
        known = cache.checkpoint(entry.folder).model.config.classes
    except CheckpointError:
        return None  # it is told of elsewhere
    there = len(entry.info.labels)
    return None if known == there else f"{entry.name} knows {known} labels, and the pictures have {there}"


def missing(shown: Shown) -> str | None:
    """Why a model cannot be the one that others stand beside."""
    sentence = other_labels(shown.entry)
    return sentence and f"{sentence}: choose another one above."


def for_browser(state: SideBySide, shown: Shown) -> dict[str, Any]:
    """The models, with their numbers as they are shown; where there are no pictures to read, the codes of them."""
    limits = {"most": MOST, "pictures": PICTURES, "draws": MOST_DRAWS}
    entries = chosen(state, shown)
    told = any(entry.can.takes_labels for entry in entries)
    said = networks.labels(shown.version, shown.name, shown.checkpoint) if told else None
    return beside(entries, list(alike(shown)), state.row, shown) | {"limits": limits, "said": said}


def beside(entries: Iterable[Entry], siblings: list[str], row: int, shown: Shown) -> dict[str, Any]:
    """Models for the browser, those that may stand beside them, and what they read from `row` on."""
    found = originals.for_browser(shown.version, shown.name, shown.checkpoint, shown.info, wanted=False)
    blind = "missing" in found and not found["standIns"]
    rows = []
    for entry in entries:
        try:
            checkpoint, model = networks.of(entry)
        except CheckpointError:
            continue  # a broken model does not take the others away
        told = {**model, "numbers": numbers(entry) | {"beside": apart(entry, shown.entry)}, "note": note(entry)}
        rows.append(told | {"codes": codes(checkpoint, row, shown) if blind else None})
    return {
        "models": rows,
        "siblings": siblings,
        "prefix": f"{shown.entry.dataset}-",
        "samples": len(shown.checkpoint.codes.indices),
    }


def codes(checkpoint: Checkpoint, row: int, shown: Shown) -> list[list[float]] | None:
    """What a model's encoder once said of the pictures that are shown, (PICTURES, D), and after it the labels, one-hot,
    where it is given them; None where it has not, and where what is stored is not what the decoder is given."""
    codes, can = checkpoint.codes, families.of(checkpoint.model)
    if codes is None or can.classifies:
        return None
    own = shown.checkpoint.codes.indices
    wanted = own[(row + torch.arange(PICTURES)) % len(own)]
    rows = [pictures.row_of(codes, int(index)) for index in wanted]
    if None in rows:
        return None
    found = codes.mean[rows].float()
    if can.takes_labels:
        if codes.labels is None:
            return None
        found = torch.cat([found, one_hot(codes.labels[rows].long(), checkpoint.model.config.classes).float()], 1)
    return found.tolist()


def numbers(entry: Entry) -> dict[str, str | None]:
    """What was measured on the test set, as texts that add up."""
    metrics = entry.metrics
    parts: dict[str, str | None] = {"reconstruction": None, "kl": None, "elbo": None}
    if metrics.get("reconstruction") is not None and metrics.get("kl") is not None:
        explained, divergence, bound = in_sum([metrics["reconstruction"], -metrics["kl"]])
        parts = {"reconstruction": explained, "kl": negated(divergence), "elbo": bound}
    given = "given y: " if entry.can.takes_labels else ""
    return {**parts, "nll": given + frame.surprise(entry) if metrics.get("nll") is not None else None}


def apart(entry: Entry, own: Entry) -> str | None:
    """How a model's -log p(x) differs from the app's model's; None of that one itself, where it is not known, and of a
    model that is given y, whose -log p(x|y) is another thing."""
    if entry.name == own.name or any(only_bounded(each.metrics) for each in (entry, own)):
        return None
    if entry.can.takes_labels != own.can.takes_labels:
        return None
    found = difference(cache.stamp(entry.folder), cache.stamp(own.folder), entry, own)
    if found is None:
        return None
    return f"beside {own.name.removeprefix(f'{own.dataset}-')}: {frame.beside(entry, *found)}"


@cache.kept(entries=64)
def difference(version: tuple, of_own: tuple, _entry: Entry, _own: Entry) -> tuple[float, float | None] | None:
    """What `surprise_apart` says of two models; None where it cannot be read."""
    try:
        return surprise_apart(_entry, _own)
    except CheckpointError:
        return None


def note(entry: Entry) -> str:
    """What kind of model it is, in a few words."""
    idea = idea_of(entry)
    settings = ", ".join(f"{name} {value:g}" for name, value in entry.objective_settings.items() if name == "beta")
    return " ".join(filter(None, [idea.title if idea else entry.family, settings.replace("beta", "β =")]))


def below(state: SideBySide, shown: Shown) -> None:
    """How models that are no plain VAEs are read, what each kind on the screen changes, and what the table has of
    them."""
    entries = chosen(state, shown)
    told = [*how_read(entries), *how_compared(entries, shown.entry)]
    if told:
        st.caption(" ".join(told))
    show_ideas(entries)
    show_rows(entries)


def how_read(entries: Iterable[Entry]) -> list[str]:
    """What the pictures of the models on the screen are, where it is not E[x|z] at E[z|x] and nothing more."""
    told = []
    some = list(entries)
    if any(entry.can.takes_labels for entry in some):
        told.append(
            "Models that are given y read each picture with its label, and draw y beside z; on the way y is that of "
            "the nearer end. Their −log p(x) and ELBO are of p(x|y)."
        )
    if any(entry.can.classifies for entry in some):
        told.append("Models that find y read each picture with its likeliest y, and draw y beside z.")
    if any(entry.can.classifies and entry.can.stands_on_a_vae for entry in some):
        told.append("Pictures of M1+M2 pass z₂: z₁ is the mean of p(z₁|y, z₂). Its numbers have z₁ from q(z₁|x).")
    if any(not entry.can.has_distances for entry in some):
        told.append("Codes have nothing between them: on the way the cells become b’s one after another.")
    return told


def how_compared(entries: Iterable[Entry], own: Entry) -> list[str]:
    """Which differences from the app's model are not shown, and which models of its data set are not offered."""
    told, others = [], [entry for entry in entries if entry.name != own.name]
    if others and only_bounded(own.metrics):
        told.append(f"−log p(x) of {own.name} is only bounded: no differences from it are shown.")
    elif own.can.takes_labels and not all(entry.can.takes_labels for entry in others):
        told.append(f"{own.name} has −log p(x|y): no differences from models that are not given y are shown.")
    if any(entry.dataset == own.dataset and entry.likelihood != own.likelihood for entry in cache.zoo().values()):
        pixels = {"bernoulli": "a density", "gaussian": "a probability"}[own.likelihood]
        told.append(
            f"Models whose pixels have {pixels} stand beside one of their own kind, chosen above: nats of densities "
            "and of probabilities do not compare."
        )
    return told


def show_rows(entries: Iterable[Entry]) -> None:
    """What `zoo table` has of the models, each comparison that one of them stands in."""
    names = {entry.name for entry in entries}
    try:
        found = [row for row in table.rows() if names.intersection(row.recipes)]
    except CheckpointError:
        return  # the section Table says which
    if found:
        with st.expander("Their rows of the table"):
            tables.table([in_brief(row) for row in found])


def in_brief(row: Row) -> dict[str, str]:
    """A row of the table among those of other comparisons."""
    return {
        "comparison": row.comparison,
        "row": row.what,
        "figure": table.signed(f"{FIGURES.get(row.figure, row.figure)}, {row.unit}"),
        "ours": table.signed(ours_of(row)) if row.ours is not None else "–",
        "published": published_of(row) or "–",
        "epochs": str(row.epochs or "–"),
        "recipe": table.recipe_of(row),
    }


def show_ideas(entries: Iterable[Entry]) -> None:
    """What each kind of model changes, each once."""
    found: dict[tuple[str, str], Idea] = {}
    for entry in entries:
        try:
            idea = idea_of(entry, cache.checkpoint(entry.folder).model.config)
        except CheckpointError:
            continue
        if idea is not None:
            found.setdefault((idea.title, idea.formula), idea)
    ideas.show(found.values())


def names_of(text: str, there: Iterable[str], most: int) -> tuple[str, ...]:
    """The models that a link says stand beside the app's own. Raises ValueError for others, and for too many."""
    names = tuple(dict.fromkeys(one_of(name, there) for name in text.split(","))) if text else ()  # the app's own alone
    if len(names) > most:
        raise ValueError(f"there may be {most} models, got {len(names)}")
    return names


def _ends(state: SideBySide, text: str, shown: Shown) -> SideBySide:
    parts = text.split("~")
    if len(parts) != 2:
        raise ValueError(f"it is two pictures, 0 to {PICTURES - 1}, as in 0~3, got {text[:20]!r}")
    first, last = (whole_between(part, 0, PICTURES - 1) for part in parts)
    return replace(state, ends=(first, last))


def _sample(state: Any, text: str, shown: Shown) -> Any:
    row = pictures.row_of(shown.checkpoint.codes, pictures.coded(text, shown.checkpoint))
    return replace(state, row=row)


ROW = Field(  # as the browser knows it
    "row",
    lambda state, text, shown: replace(state, row=whole_between(text, 0, len(shown.checkpoint.codes.indices) - 1)),
    lambda state, _: None,
)
SAMPLE = Field("sample", _sample, lambda state, shown: str(int(shown.checkpoint.codes.indices[state.row])))
DRAW = Field(
    "draw",
    lambda state, text, _: replace(state, seed=whole_between(text, 1, MOST_DRAWS)),
    lambda state, _: None if state.seed == 1 else str(state.seed),
)
FIELDS = (
    ROW,
    Field(
        "models",
        lambda state, text, shown: replace(state, models=names_of(text, alike(shown), MOST)),
        lambda state, shown: ",".join(state.models),
    ),
    SAMPLE,
    Field("ends", _ends, lambda state, shown: "~".join(map(str, state.ends))),
    Field(
        "t",
        lambda state, text, _: replace(state, t=decimal_between(text, 0, 1)),
        lambda state, _: short(state.t),
    ),
    DRAW,
)
SECTION = Section(
    "side",
    "Side by side",
    FIELDS,
    opening,
    for_browser,
    missing=missing,
    below=below,
)
