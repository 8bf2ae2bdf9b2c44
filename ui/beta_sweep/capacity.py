"""Capacity raised step by step, and what becomes of collapsed dimensions."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from ui import cache, pictures, work
from ui.beta_sweep import capacity_figures as figures
from ui.beta_sweep.figures import digits
from ui.beta_sweep.members import Member
from ui.beta_sweep.state import Choice, drawn_picture
from ui.browser import model as live
from ui.browser.publish import digest
from ui.charts import download, exports, plot
from ui.frame import apart, is_plain
from ui.text import plain
from ui.work import Step
from vae_core.analysis.aggregate_posterior import ACTIVE_VARIANCE
from vae_core.analysis.collapse import SwitchedOff, switch_off
from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.filmstrip import filmstrip
from vae_core.data.pictures import Dataset, DatasetInfo, DatasetUnavailable
from vae_core.learning.objectives import Capacity
from vae_core.models.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from vae_core.models.model import Model
from vae_core.rounding import in_sum, negated
from vae_core.zoo.store import Entry

CAPACITY = r"""\mathcal L = \textcolor{#3f90da}{\mathbb E_q[\log p(x|z)]}
- \gamma\,\bigl|\textcolor{#e76300}{\mathrm{KL}} - C\bigr|"""
SNAPSHOTS = 6  # shown side by side
ROWS = 6  # dimensions of them, at most
FRAMES = 3  # of each dimension's traversal
REACH = 2.5  # standard deviations of the prior
VIEWS = {"usage": "A dimension", "pictures": "A test picture"}
LOW = 300  # pixels of a figure below a control
ENCODED = 300  # test pictures that are drawn one by one
THRESHOLDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
JUDGED = 500  # test pictures that the loss is measured on
BUILD = "`python -m vae_core zoo build sprites-capacity-10d`"
KEPT = 512  # results of such measurements
SHOWN = 10  # of them are looked at
STRIP = 110  # pixels of the width of a snapshot's strip
SIDE = 96  # pixels of a picture of the strips


def capacity(info: DatasetInfo) -> None:
    """What each new nat bought, while C was raised: in a model of this data set, or else of another one."""
    everywhere = [entry for entry in cache.zoo().values() if entry.objective == Capacity.name and is_plain(entry)]
    entries = [entry for entry in everywhere if entry.dataset == info.name]
    if not entries:
        none = f"No model of {info.title} was trained with a rising capacity."
        if not everywhere:
            st.info(plain(f"{none} {BUILD} builds one of sprites."), icon=":material/info:")
            return
        entries = [entry for entry in everywhere if entry.dataset == everywhere[0].dataset]
        st.caption(plain(f"{none} Below is one of {entries[0].info.title}."))
    names = [entry.name for entry in entries]
    name = names[0] if len(names) == 1 else st.selectbox("Model", names, key="beta_sweep_capacity")
    entry = next(entry for entry in entries if entry.name == name)
    try:
        checkpoint = cache.checkpoint(entry.folder)
    except CheckpointError as error:
        st.error(plain(f"This model cannot be read: {error}"))
        return
    objective, history = Capacity(**entry.objective_settings), checkpoint.history
    if not history.get("step"):
        st.caption(plain(f"{name} has no record of its training: build or train it anew."))
        return
    steps = history["step"][-1]
    allowed = [objective.at(step / steps) for step in history["step"]]
    left, right = st.columns([1, 1.7], gap="medium")
    with left:
        plot(figures.capacity_course(history["step"], allowed, np.array(history["kl_per_dimension"])), "capacity")
    with right:
        order, shown = bought(cache.stamp(entry.folder), checkpoint)
        st.markdown(
            "**What each new nat bought** (C and KL in nats): dimensions at −2.5, 0 and 2.5, from the top "
            + ", ".join(f"z{dimension + 1}" for dimension in order)
        )
        with st.container(horizontal=True, gap="small"):
            for at, kl, picture in shown:
                with st.container(width=STRIP, gap="small"):
                    said = f"C {at:.3g}, KL {kl:.3g}"
                    st.image(picture, caption=said, alt=f"Reconstructions at {said}", width="stretch")
                    download("Save", picture, f"latent-lab-{name}-{at:.3g}-nats.png", "image/png")
        if not shown:
            st.caption("No snapshots of its training were kept.")
    left, right = st.columns([1, 2.4], gap="medium", vertical_alignment="center")
    left.latex(CAPACITY)
    right.caption(
        f"C is the dashed line: it rises to {objective.nats:g} nats during the first {objective.ramp:.0%} of the "
        f"training, and γ = {objective.gamma:g} holds the KL (the stack) to it. A dimension's band opens when the "
        "nats it costs begin to pay for themselves in the picture."
    )
    exports()


@cache.kept(entries=8, spinner="Walking through the snapshots")
def bought(version: tuple, _checkpoint: Checkpoint) -> tuple[list[int], list[tuple[float, float, bytes]]]:
    """The dimensions with the most KL at the end, and for a few snapshots and the finished model C, the KL at that
    time, and the traversals of those dimensions."""
    history = _checkpoint.history
    objective, steps = Capacity(**_checkpoint.description["objective_settings"]), history["step"][-1]
    moments = [*filter(None, map(moment, _checkpoint.snapshots())), (_checkpoint.model, steps)]
    rising = [(model, step) for model, step in moments if objective.at(step / steps) < objective.nats] + moments[-1:]
    picked = np.unique(np.linspace(0, len(rising) - 1, min(SNAPSHOTS, len(rising))).round().astype(int))
    order = np.argsort(-np.array(history["kl_per_dimension"][-1]), kind="stable").tolist()[:ROWS]
    shown = []
    for number in picked:
        model, step = rising[number]
        recorded = int(np.argmin(np.abs(np.array(history["step"]) - step)))
        kl = sum(history["kl_per_dimension"][recorded])
        shown.append((objective.at(step / steps), kl, traversals(model, order)))
    return order, shown


def moment(snapshot: Path) -> tuple[Model, int] | None:
    """A model as it was at an earlier step, and which that was; None where the folder cannot be read."""
    try:
        read = read_checkpoint(snapshot)
    except CheckpointError:
        return None
    step = read.description.get("step")
    return (read.model, step) if type(step) is int else None


@torch.no_grad()
def traversals(model: torch.nn.Module, order: Sequence[int]) -> bytes:
    """Dimensions of a model around the prior's mean, a row each."""
    rows = []
    for dimension in order:
        z = torch.zeros(FRAMES, model.config.latent_dim)
        z[:, dimension] = torch.linspace(-REACH, REACH, FRAMES)
        rows.append(model.decode(z).mean)
    return filmstrip(rows, scale=max(1, SIDE // model.config.picture_shape[2]), gap=2)


def collapse(entry: Entry, info: DatasetInfo, rail: Sequence[Member], choice: Choice) -> None:
    """Which dimensions are in use, and what is lost without some of them; the rail's picture is read, too."""
    if not is_plain(entry):
        st.info(
            plain(f"{entry.name} {apart(entry)}: its dimensions cannot be told apart here."), icon=":material/info:"
        )
        return
    try:
        checkpoint = cache.checkpoint(entry.folder)
    except CheckpointError as error:
        st.error(plain(f"This model cannot be read: {error}"))
        return
    if checkpoint.codes is None:
        st.caption(plain(f"{entry.name} has no codes: build or train it anew."))
        return
    codes = checkpoint.codes
    spread, noise = codes.mean.var(0, correction=0).numpy(), codes.stddev.mean(0).numpy()
    order = live.kl_of(checkpoint).argsort(descending=True, stable=True).tolist()
    left, middle, right = st.columns([1, 1, 1.1], gap="medium")
    with left:
        threshold = st.select_slider(
            "Active if E[zⱼ|x] varies by more than",
            THRESHOLDS,
            value=ACTIVE_VARIANCE,
            key="beta_sweep_threshold",
            help="The variance over test pictures of the posterior's mean; 0.01 is the field's habit.",
        )
        active = int((spread > threshold).sum())
        rest = "; the others vary by less" if active < entry.latent_dim else ""
        st.markdown(f"**{active} of {entry.latent_dim}** dimensions of {plain(entry.name)} are active{rest}.")
        off = st.pills(
            "Switch dimensions off (zⱼ := 0)",
            order,
            selection_mode="multi",
            format_func=lambda dimension: f"z{dimension + 1}",
            key=f"beta_sweep_off_{entry.name}",
            wrap=True,
            help="In order of their KL. The decoder gets 0 there, whatever the picture.",
        )
        off = tuple(sorted(off))
        strip(checkpoint, info, off)
    with middle:
        view = st.segmented_control(
            "What a dot is", list(VIEWS), format_func=VIEWS.get, default="usage", required=True, key="beta_sweep_view"
        )
        if view == "usage":
            plot(figures.usage(spread, noise, threshold).update_layout(height=LOW), "usage")
        else:
            some = slice(0, ENCODED)
            means, stddevs = codes.mean[some][:, order].numpy(), codes.stddev[some][:, order].numpy()
            names = [f"z{dimension + 1}" for dimension in order]
            one = reading(checkpoint, rail, choice)
            one = None if one is None else tuple(values[order].numpy() for values in one)
            plot(figures.posteriors(means, stddevs, names, one).update_layout(height=LOW), "posteriors")
    with right:
        loss(checkpoint, info, order, off)
    exports()
    if view == "pictures":
        st.caption(
            "Each dot is the posterior q(zⱼ|x) of one test picture: its height is the mean, its colour the width "
            "σⱼ(x). In a collapsed dimension every picture has the prior's own posterior: means at 0, widths 1. "
            "The picture on the rail stands out: send another one through every model, and watch what moves."
        )
        return
    st.caption(
        "Each dot is a dimension: to the right its mean says something about the picture, at the top its noise is as "
        "wide as the prior's. A collapsed dimension sits at the prior, upper left: q(zⱼ|x) = p(zⱼ) for every x, KL 0, "
        "and switching it off loses nothing."
    )


def strip(checkpoint: Checkpoint, info: DatasetInfo, off: tuple[int, ...]) -> None:
    """Test pictures, what the model makes of them, and what is left of that without some dimensions."""
    codes, model = checkpoint.codes, checkpoint.model
    z = codes.mean[:SHOWN].clone()
    rows, said = [], []
    try:
        pictures = cache.pictures(checkpoint).test
        if pictures.shape == tuple(model.config.picture_shape):
            rows.append(noiseless(pictures.batch(codes.indices[:SHOWN]), model.config.likelihood))
            said.append("test pictures")
    except DatasetUnavailable as error:
        st.caption(plain(str(error)))
    with torch.no_grad():
        rows.append(model.decode(z).mean)
        said.append("decoded from their codes")
        if off:
            z[:, list(off)] = 0
            rows.append(model.decode(z).mean)
            said.append("with " + ", ".join(f"z{dimension + 1}" for dimension in off) + " off")
    scale = -(-SIDE // model.config.picture_shape[2])
    caption = "From the top: " + "; ".join(said) + "."
    st.image(filmstrip(rows, scale=scale, gap=scale), width="stretch", caption=caption, alt=caption)


def reading(checkpoint: Checkpoint, rail: Sequence[Member], choice: Choice) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Mean and stddev, (D,) each, of q(z|x) for the picture on the rail; None where this model cannot read it."""
    codes, config = checkpoint.codes, checkpoint.model.config
    if not rail:
        return None
    if choice.row is not None:
        if not pictures.are_here(rail[0].checkpoint):
            return None  # something of ours stands in for the test picture
        own = pictures.row_of(codes, int(rail[0].checkpoint.codes.indices[choice.row]))
        return None if own is None else (codes.mean[own], codes.stddev[own])
    x = drawn_picture(choice, rail)
    if x is None or tuple(x.shape[1:]) != tuple(config.picture_shape):
        return None
    with torch.no_grad():
        posterior = checkpoint.model.encode(noiseless(x, config.likelihood))
    return posterior.mean[0], posterior.stddev[0]


def loss(checkpoint: Checkpoint, info: DatasetInfo, order: list[int], off: tuple[int, ...]) -> None:
    """What each dimension alone is worth, and those that are switched off together."""
    try:
        dataset = cache.pictures(checkpoint)
    except DatasetUnavailable:
        st.caption("What dimensions are worth is measured on test pictures, which are not on this machine.")
        return
    alone = judged(checkpoint, dataset, tuple((dimension,) for dimension in order))
    if alone is None:
        return
    whole, *singles = alone
    if off:
        both = judged(checkpoint, dataset, (off,))
        if both is None:
            return
        _, together = both
        before, lost, saved, after = in_sum([whole.elbo, -together.lost, whole.kl - together.kl])
        st.markdown(
            f"Without {', '.join(f'z{dimension + 1}' for dimension in off)} the reconstruction loses "
            f"**{negated(lost)}{plus_minus(together.lost_standard_error)} nats** a picture, the KL "
            f"{saved}: the ELBO goes from {before} to **{after} nats**."
        )
    else:
        st.markdown(
            f"With everything on, the ELBO is **{digits(whole.elbo)} nats** on {whole.pictures} test pictures. Below, "
            "each dimension is switched off alone."
        )
    names = [f"z{dimension + 1}" for dimension in order]
    plot(figures.worth(names, [s.lost for s in singles], [whole.kl - s.kl for s in singles]), "worth")


def plus_minus(error: float | None) -> str:
    """What stands behind a number whose standard error is known."""
    return "" if error is None else f" ± {error:.1g}"


def judged(checkpoint: Checkpoint, dataset: Dataset, choices: tuple[tuple[int, ...], ...]) -> list[SwitchedOff] | None:
    """`switch_off`'s results, measured once for everybody; None, and where the work stands, until they are there."""
    known, key = known_losses(), (checkpoint.content_hash, choices)
    if key in known:
        return known[key]

    def steps() -> Iterator[Step]:
        if key in known:  # somebody else's job was first
            return
        pictures = dataset.test
        total = min(JUDGED, len(pictures))
        yield Step(0.0, "Decoding with dimensions switched off")
        for results in switch_off(checkpoint.model, pictures, choices, JUDGED, groups=dataset.test_groups):
            done = results[0].pictures
            yield Step(done / total, f"Decoding with dimensions switched off: {done} of {total} pictures")
        known[key] = results
        for oldest in list(known)[:-KEPT]:
            known.pop(oldest, None)

    work.need("collapse", digest(*map(str, key)), steps)
    return None


@cache.kept()
def known_losses() -> dict[tuple, list[SwitchedOff]]:
    """What was measured, by the model's content and what was switched off."""
    return {}
