"""Sharpness: a VAE's pictures, those of a VAE that compares features, and a VAE/GAN's, beside the real ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any, Literal, get_args

import streamlit as st

from ui import cache, figures, frame, originals, tables
from ui.frame import Shown
from ui.link import Field, one_of
from ui.models import side_by_side
from ui.models.section import Section
from ui.text import plain
from vae_core.analysis.sharpness_of_models import PICTURES, Sharpness, SharpnessOfModel, measure_sharpness
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.zoo.store import Entry

Kind = Literal["reconstructions", "samples"]
MOST = 4  # models
KINDS = ("elbo", "feature-likelihood", "vae-gan")  # objectives of the models that it opens with
JUDGE = "vae-gan"  # objective of the model whose discriminator judges all
COLOURS = tuple(figures.LABEL_COLOURS[i] for i in (4, 2, 1, 7, 5, 9))  # none is that of a term of the ELBO, or grey
BUILT, BUILD = "digits", "python -m vae_core zoo build digits-gan-8d"  # the data set of whose pictures it is, and how
LEVELS = 255  # grey levels that an error is in


@dataclass(frozen=True)
class Sharp:
    """Which models, which pictures, and whether these are read or new ones drawn."""

    models: tuple[str, ...]
    row: int = 0  # of the first picture's code; the others follow it
    show: Kind = "reconstructions"
    seed: int = 1  # of the draws from the prior


def has_discriminator(entry: Entry) -> bool:
    """Whether a model compares pictures by a discriminator's features."""
    return entry.can.plain and entry.can.has_discriminator


def fits(entry: Entry) -> bool:
    """Whether a picture's code is one Gaussian, and the networks are the model's own."""
    return entry.can.plain and not entry.can.completes_holes


def alike(shown: Shown) -> dict[str, Entry]:
    """The models that may stand side by side and fit, by name, in the zoo's order."""
    return {name: entry for name, entry in side_by_side.alike(shown).items() if fits(entry)}


def offered(entries: list[Entry]) -> tuple[list[Entry], Entry]:
    """The models of a data set that have a discriminator, and those like them; where there are none, those that other
    pages show."""
    forms = {side_by_side.form(entry) for entry in entries if has_discriminator(entry)}
    found = [entry for entry in entries if side_by_side.form(entry) in forms and fits(entry)]
    return (found, next(filter(has_discriminator, found))) if found else frame.mapped(entries)


def missing(shown: Shown) -> str | None:
    """Why there is nothing to compare."""
    there = alike(shown)
    if shown.name in there and any(map(has_discriminator, there.values())):
        return None
    found = [entry for entry in cache.zoo().values() if has_discriminator(entry)]
    ways = [f"choose {' or '.join(dict.fromkeys(entry.info.title for entry in found))} above"] if found else []
    if all(entry.dataset != BUILT for entry in found):
        ways.append(f"`{BUILD}` builds one of Digits")
    why = f"No model of {shown.info.title} has a discriminator, by whose features pictures are compared"
    return f"{why}: {', or '.join(ways)}."


def opening(shown: Shown) -> Sharp:
    """The app's model, and for each other kind the one that is most like it."""
    own = shown.entry

    def unlike(entry: Entry) -> tuple[int, bool]:
        return abs(entry.latent_dim - own.latent_dim), entry.layers != own.layers

    picked = [shown.name]
    for kind in KINDS:
        of_kind = [entry for entry in alike(shown).values() if entry.objective == kind]
        if kind != own.objective and of_kind:
            picked.append(min(of_kind, key=unlike).name)
    return Sharp(tuple(entry.name for entry in chosen(Sharp(tuple(picked)), shown)))


def chosen(state: Sharp, shown: Shown) -> list[Entry]:
    """The app's model and those beside it, in the zoo's order: the less a model blurs, the later it comes."""
    names = list(dict.fromkeys((shown.name, *state.models)))[:MOST]
    return [entry for name, entry in alike(shown).items() if name in names]


def for_browser(state: Sharp, shown: Shown) -> dict[str, Any]:
    """The models, each with its colour."""
    siblings = list(alike(shown))
    limits = {"most": MOST, "pictures": side_by_side.PICTURES, "draws": side_by_side.MOST_DRAWS}
    found = side_by_side.beside(chosen(state, shown), siblings, state.row, shown)
    return {**found, "limits": limits, "colours": dict(zip(reversed(siblings), cycle(COLOURS), strict=False))}


def below(state: Sharp, shown: Shown) -> None:
    """Both errors over the test set, and what each kind of model changes."""
    show_errors(chosen(state, shown), shown)
    side_by_side.show_ideas(chosen(state, shown))


def show_errors(entries: Iterable[Entry], shown: Shown) -> None:
    """A table of what was measured on the same test pictures, or why there is none."""
    found = originals.for_browser(shown.version, shown.name, shown.checkpoint, shown.info, wanted=False)
    if "missing" in found:
        st.info(plain(f"{found['missing']} Without them the errors cannot be measured."), icon=":material/info:")
        return
    judge, rows = judge_of(shown), {}
    for entry in entries:
        try:
            rows[entry.name] = measured(
                cache.stamp(entry.folder),
                cache.stamp(judge.folder),
                cache.checkpoint(entry.folder),
                cache.checkpoint(judge.folder),
            )
        except CheckpointError:
            continue  # a broken model does not take the others away
    if not rows:
        return
    first = next(iter(rows.values()))
    real = cells("real pictures", None, None, first.pictures, first.pictures, first.pictures)
    tables.table([real, *(cells_of(name, each) for name, each in rows.items())])
    if told := sharper_than_real(rows):
        st.caption(plain(told))
    st.caption(
        f"The first {first.images} test pictures, and as many draws of z. Pixel error: root mean square, grey levels "
        f"of {LEVELS}. Feature error: root mean square distance of the features Disₗ of picture and reconstruction, "
        f"by the discriminator of {plain(judge.name)} for every model alike, the one by which that model learned. "
        "Sharpness: variance of the Laplacian, % of the real pictures'. Fine power: share of the power above a "
        "quarter of the Nyquist frequency. What counts is that the whole spectrum is near the real one."
    )


def sharper_than_real(rows: Mapping[str, SharpnessOfModel]) -> str:
    """Of which models samples are sharper than the pictures by both measures; nothing where of none."""
    found = [
        f"{name} ({each.samples.laplacian_variance / each.pictures.laplacian_variance:.3g} times as sharp)"
        for name, each in rows.items()
        if each.samples_exceed_pictures
    ]
    if not found:
        return ""
    return (
        f"Sharper than the pictures themselves, with more of their power fine, are samples of {', '.join(found)}: "
        "noise is sharp, too."
    )


def judge_of(shown: Shown) -> Entry:
    """The model whose discriminator says how far apart features are: the first VAE/GAN, or else another one."""
    found = [entry for entry in alike(shown).values() if has_discriminator(entry)]
    return next((entry for entry in found if entry.objective == JUDGE), found[0])


@cache.kept(entries=32, spinner=f"Measuring {PICTURES} test pictures, once on this machine")
def measured(version: tuple, judged_by: tuple, _checkpoint: Checkpoint, _judge: Checkpoint) -> SharpnessOfModel:
    """How sharp a model is, and both errors of its reconstructions."""
    discriminator = families.discriminator(_judge.model)
    return measure_sharpness(_checkpoint.model, cache.pictures(_checkpoint), discriminator=discriminator)


def cells_of(name: str, found: SharpnessOfModel) -> dict[str, str]:
    return cells(name, found.rmse, found.feature_error, found.reconstructions, found.samples, found.pictures)


def cells(
    name: str, pixels: float | None, features: float | None, again: Sharpness, new: Sharpness, real: Sharpness
) -> dict[str, str]:
    """A row of the table."""
    sharp = [100 * each.laplacian_variance / (real.laplacian_variance or float("nan")) for each in (again, new)]
    return {
        "model": name,
        "pixel error": "–" if pixels is None else f"{LEVELS * pixels:.1f}",
        "feature error": "–" if features is None else f"{features:.3f}",
        "sharpness, reconstructions": f"{sharp[0]:.0f} %",
        "sharpness, samples": f"{sharp[1]:.0f} %",
        "fine power, reconstructions": f"{100 * again.fine_power:.1f} %",
        "fine power, samples": f"{100 * new.fine_power:.1f} %",
    }


SECTION = Section(
    "sharp",
    "Sharpness",
    (
        side_by_side.ROW,
        Field(
            "models",
            lambda state, text, shown: replace(state, models=side_by_side.names_of(text, alike(shown), MOST)),
            lambda state, shown: ",".join(state.models),
        ),
        side_by_side.SAMPLE,
        Field(
            "show",
            lambda state, text, _: replace(state, show=one_of(text, get_args(Kind))),
            lambda state, _: None if state.show == "reconstructions" else state.show,
        ),
        side_by_side.DRAW,
    ),
    opening,
    for_browser,
    offered,
    missing,
    frame.has_a_map,
    below,
)
