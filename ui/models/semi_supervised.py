"""Semi-supervised: which label a model that saw few of them gives a picture, what it misses, and what labels buy."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from ui import cache, charts, figures
from ui.browser import networks
from ui.browser.publish import are_there, digest, publish
from ui.frame import Shown, has_a_map
from ui.models import ideas, read_picture
from ui.models.conditional import MOST_LABELS
from ui.models.figures import encoder_sees_label, idea_of
from ui.models.labels_figure import error_over_labels
from ui.models.section import Section, those, where
from ui.text import plain
from vae_core.analysis.mistakes import Mistakes, mistakes_of
from vae_core.data.pictures import DatasetUnavailable
from vae_core.home import HOME
from vae_core.intake import steps as intake
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.studies import comparison
from vae_core.studies.comparison import Draws
from vae_core.zoo import store
from vae_core.zoo.store import Entry

BUILD = "python -m vae_core zoo build digits-m2-100-labels-0-4d"
MOST_WRONG = 60  # pictures that are shown


@dataclass(frozen=True)
class SemiSupervised:
    """The picture that is read."""

    row: int | None = 0  # of the test picture's code; None for one that was drawn
    drawn: str | None = None  # that one, two pixels of 16 greys in a byte, in base64


def is_semi_supervised(entry: Entry) -> bool:
    """Whether a model says how likely each label is."""
    return entry.can.classifies


def opening(shown: Shown) -> SemiSupervised:
    """The picture that the model gets wrong and is the least sure of; the first where it gets none wrong."""
    found = mistakes(shown)
    return SemiSupervised(row=int(found.rows[-1]) if found is not None and len(found) else 0)


def missing(shown: Shown) -> str | None:
    """Why there is nothing that says labels."""
    if is_semi_supervised(shown.entry):
        return None
    title = shown.info.title
    there = where(is_semi_supervised, BUILD)
    if not shown.info.labels:
        return f"A semi-supervised VAE is told some pictures' labels, and the pictures of {title} have none: {there}."
    return f"No model of {title} has learned from a few labels yet: {there}."


def for_browser(state: SemiSupervised, shown: Shown) -> dict[str, Any]:
    """The model, the labels, and the test pictures that it gets wrong."""
    return {
        "network": networks.of(shown.entry)[1],
        "labels": list(shown.info.labels[:MOST_LABELS]),
        "classes": shown.checkpoint.model.config.classes,
        "seesLabel": encoder_sees_label(shown.checkpoint.model.config),
        "stacked": shown.entry.can.stands_on_a_vae,
        "said": networks.labels(shown.version, shown.name, shown.checkpoint),
        "palette": list(figures.LABEL_COLOURS),
        "samples": len(shown.checkpoint.codes.indices),
        "pen": intake.digit_box(shown.info) is not None,
        "wrong": wrong_for_browser(shown.version, shown.name, shown.checkpoint) if here(shown) else None,
        "noWrong": not_here(shown),
    }


def here(shown: Shown) -> bool:
    """Whether the pictures that the model's codes are of are on this machine."""
    try:
        pictures = cache.pictures(shown.checkpoint).test
    except DatasetUnavailable:
        return False
    shape = tuple(shown.checkpoint.model.config.picture_shape)
    return pictures.shape == shape and len(pictures) > int(shown.checkpoint.codes.indices.max())


def not_here(shown: Shown) -> str:
    """What is known of the mistakes where the pictures are not here."""
    error = shown.entry.metrics.get("classification_error")
    known = "" if error is None else f"{100 * error:.1f} % of the test pictures are named wrong. "
    return f"{known}Which ones is seen once the pictures of {shown.info.title} are here."


def mistakes(shown: Shown) -> Mistakes | None:
    """The test pictures that the model gets wrong; None where they are not here."""
    return _mistakes(shown.version, shown.checkpoint) if here(shown) else None


@cache.kept(entries=8)
def _mistakes(version: tuple, _checkpoint: Checkpoint) -> Mistakes | None:
    model, pictures = _checkpoint.model, cache.pictures(_checkpoint).test
    if not families.classifies(model) or pictures.labels is None:
        return None
    return mistakes_of(model, pictures, _checkpoint.codes.indices)


@cache.kept(entries=8, valid=are_there)
def wrong_for_browser(version: tuple, name: str, _checkpoint: Checkpoint) -> dict[str, Any] | None:
    """The surest mistakes: their rows, their labels, what q(y|x) says first and how sure; and a sheet of them."""
    found = _mistakes(version, _checkpoint)
    if found is None:
        return None
    rows = found.rows[:MOST_WRONG]
    pictures = cache.pictures(_checkpoint).test.batch(_checkpoint.codes.indices[rows])
    content = pictures.contiguous().numpy().tobytes()
    return {
        "of": found.count,
        "count": len(found),
        "rows": rows.tolist(),
        "labels": found.labels[:MOST_WRONG].tolist(),
        "guessed": found.guessed[:MOST_WRONG].tolist(),
        "probability": [round(value, 4) for value in found.probability[:MOST_WRONG].tolist()],
        "sheets": [publish(f"wrong-{name}", ".u8.gz", digest(content), lambda: content)],
        "perSheet": max(1, len(rows)),
    }


def draws(dataset: str) -> list[Draws]:
    """Errors over numbers of labels, read again when a model comes, goes or is measured anew. Raises
    CheckpointError."""
    return _draws(dataset, cache.stamp(store.ZOO, deep=True), cache.stamp(store.MEASURED, deep=True))


@cache.kept(entries=4)
def _draws(dataset: str, *now: tuple) -> list[Draws]:
    return comparison.label_draws(dataset, HOME / "assets")


def below(state: SemiSupervised, shown: Shown) -> None:
    """The error over the number of labels, and what a hidden label changes in the graph and in the objective."""
    idea = idea_of(shown.entry, shown.checkpoint.model.config)
    try:
        settings = draws(shown.entry.dataset)
    except CheckpointError as error:
        st.error(plain(f"A measured model cannot be read: {error}"))
        settings = []
    if settings:
        st.markdown("**Error over the number of labels**")
        charts.plot(error_over_labels(settings, on_screen(shown)), f"labels-{shown.entry.dataset}", width="stretch")
        for sentence in told(settings):
            st.caption(plain(sentence))
    if idea is not None:
        ideas.show([idea])


def on_screen(shown: Shown) -> tuple[str, int, float] | None:
    """The name of the model that is shown, how many labels it was told, and its error in percent, where both are
    known."""
    training = shown.checkpoint.description.get("training") or {}
    labels, error = training.get("labels"), shown.entry.metrics.get("classification_error")
    whole = isinstance(labels, int) and not isinstance(labels, bool) and labels > 0
    return (shown.name, labels, 100 * error) if whole and error is not None else None


def told(settings: list[Draws]) -> list[str]:
    """Whose the published figures are, and how ours were measured."""
    published = [each.published for each in settings if each.published is not None]
    sentences = [f"○ {text}." for text in dict.fromkeys(f"{each.source}: {each.setting}" for each in published)]
    known = [each for each in settings if each.known]
    if known:
        sentences.append(
            f"● Ours, on the test set, {schedules(known)}: a dot is one draw of the pictures that keep their label."
        )
    if behind := [each for each in known if len(each.known) < len(each.recipes)]:
        counts = ", ".join(f"{len(each.known)} of {len(each.recipes)} with {each.labels:,} labels" for each in behind)
        sentences.append(f"Not all draws are trained yet: {counts}.")
    return sentences


def schedules(known: list[Draws]) -> str:
    """How long each of our settings was trained."""
    counts = dict.fromkeys(each.epochs for each in known)
    if len(counts) == 1:
        return f"{next(iter(counts)):,} epochs"
    of = {count: ", ".join(each.what for each in known if each.epochs == count) for count in counts}
    return "; ".join(f"{count:,} epochs for {settings}" for count, settings in of.items())


SECTION = Section(
    "labels",
    "Semi-supervised",
    read_picture.FIELDS,
    opening,
    for_browser,
    partial(those, is_semi_supervised),
    missing,
    shows=lambda entry: has_a_map(entry) or is_semi_supervised(entry),
    below=below,
)
