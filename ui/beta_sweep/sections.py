"""What stands below the rail, one section at a time: each reads like a description of what is on the screen."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui import cache, frame, tables
from ui.beta_sweep import capacity, disentanglement, figures, training_section
from ui.beta_sweep.figures import Measured
from ui.beta_sweep.members import Member, schedule
from ui.beta_sweep.state import SECTION, SECTIONS, Sweep
from ui.browser import report
from ui.charts import chart_key, exports, plot
from vae_core.analysis.kl_decomposition import DRAWS, table_columns
from vae_core.learning.objectives import BetaELBO
from vae_core.outside import csv_text, file_stem
from vae_core.studies import shipped as sweeps
from vae_core.zoo.store import Entry

TRADE = r"""\mathcal L_\beta = \textcolor{#3f90da}{\mathbb E_{q(z|x)}[\log p(x|z)]}
- \beta\,\textcolor{#e76300}{\mathrm{KL}(q(z|x)\,\|\,p(z))}"""
PARTS = r"""\textcolor{#e76300}{\mathbb E_n\,\mathrm{KL}(q(z|n)\,\|\,p(z))} = \textcolor{#a84f0f}{I(n; z)}
+ \textcolor{#e76300}{\mathrm{KL}(q(z)\,\|\,\textstyle\prod_j q(z_j))}
+ \textcolor{#d98a4e}{\textstyle\sum_j \mathrm{KL}(q(z_j)\,\|\,p(z_j))}"""

POINT = {"curve_number": int, "customdata": ([object], None)}  # that was clicked


def show(state: Sweep, entry: Entry) -> None:
    """What chooses a section, and the section that is chosen."""
    state.section = frame.sections("Below the rail", SECTIONS, SECTION, state.section)
    if state.section == "trade":
        trade(entry, state.rail)
    elif state.section == "capacity":
        capacity.capacity(entry.info)
    elif state.section == "collapse":
        capacity.collapse(entry, entry.info, state.rail, state.choice)
    elif state.section == "factors":
        disentanglement.show(entry.info)
    else:
        training_section.show(entry.dataset)


def trade(entry: Entry, rail: Sequence[Member]) -> None:
    """What each model spends and what it loses; a click on a point chooses the model for the whole app."""
    models = [measured(member) for member in rail if complete(member)]
    if not models:
        if rail:
            st.caption("Rate and distortion are shown for models whose `metrics.json` has both.")
        return
    left, middle, right = st.columns([1.25, 1, 1], gap="medium")
    with left:
        figure = figures.rate_distortion(models, entry.name, other_seeds(entry.dataset))
        plot(figure, "rate-distortion", on_select=clicked, selection_mode="points")
    with middle:
        plot(figures.kl_by_dimension(models), "kl-by-dimension")
    with right:
        plot(figures.kl_decomposition(models), "kl-parts")
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.latex(TRADE, width="content")
        st.latex(PARTS, width="content")
    pictures = max(int(model.kl_parts.get("pictures", 0)) for model in models)
    st.caption(
        "Read the rail from small β to large: the first term (blue, distortion) is what gets blurred, the second "
        "(orange, rate) is what β makes dear. n is one of N test pictures, q(z) the mixture of their posteriors; the "
        f"parts are for N = {pictures:,}, from {DRAWS:,} draws of z. I(n; z) is at most log N = "
        f"{figures.logarithm(pictures):.3g} nats, and what it cannot hold lands in TC: where a quarter of the pictures "
        "gives another TC, only I + TC is a property of the model; where it gives another sum too, only the KL. "
        "The parts are of pictures without noise; rate, distortion and the dimensions' KL are of pictures "
        f"{'binarised' if entry.likelihood == 'bernoulli' else 'dequantised'} afresh. "
        "Click a point to make that model the whole app's. " + schedule(rail)
    )
    numbers = [row(member) for member in rail if complete(member)]
    with st.expander("The numbers"):
        tables.table(numbers)
    exports(("Table, CSV", as_csv(numbers), f"{file_stem(entry.dataset)}-beta-sweep.csv"))


def complete(member: Member) -> bool:
    """Whether rate and distortion were measured."""
    return member.metrics.get("kl") is not None and member.metrics.get("reconstruction") is not None


def measured(member: Member) -> Measured:
    """A model's metrics as the figures take them: those of metrics.json, which the command evaluate prints."""
    metrics = member.metrics
    return Measured(
        name=member.name,
        title=member.title + (", yours" if member.tried else ""),
        rate=metrics["kl"],
        distortion=-metrics["reconstruction"],
        active_units=metrics["active_units"],
        kl_per_dimension=tuple(metrics["kl_per_dimension"]),
        kl_parts=metrics.get("kl_parts", {}),
        unpaid_sigma=unpaid_sigma(member),
    )


def unpaid_sigma(member: Member) -> tuple[float, int] | None:
    """E -sum_j log sigma_j over the codes of a model of beta = 0, nats, and its number of dimensions."""
    codes = member.checkpoint.codes
    if member.beta != 0 or codes is None:
        return None
    return -float(codes.stddev.double().log().sum(1).mean()), codes.stddev.shape[1]


def other_seeds(dataset: str) -> list[Measured]:
    """Of the data set's sweep by beta the seeds that are not on the rail, as small points."""
    runs = [run for run in sweeps.read_table(dataset) if run.objective == BetaELBO.name]
    scored = [run for run in runs if run.mig is not None]
    shipped = {
        sweeps.median_run([run for run in scored if run.setting == setting]).run for setting in sweeps.settings(scored)
    }
    return [
        Measured(
            f"{run.setting}, seed {run.seed}", run.setting, run.kl, -run.reconstruction, run.active_units or 0, (), {}
        )
        for run in runs
        if run.run not in shipped and None not in (run.kl, run.reconstruction)
    ]


def row(member: Member) -> dict[str, Any]:
    """A line of the table: everything in nats a picture unless it is a count.

    Pictures are binarised or dequantised afresh, but for what is called noiseless: the parts of the KL add up to that
    of the codes, which are of the pictures themselves.
    """
    metrics = member.metrics
    names = ("elbo", "nll", "nll_standard_error", "reconstruction", "kl", "active_units")
    codes = member.checkpoint.codes
    parts = {"kl_noiseless": None if codes is None else codes.kl.sum(1).mean().item()}
    measured = table_columns(metrics.get("kl_parts", {}))
    parts |= {name if name == "kl_pictures" else f"{name}_noiseless": value for name, value in measured.items()}
    dimensions = {f"kl_z{j + 1}": value for j, value in enumerate(metrics["kl_per_dimension"])}
    return {"model": member.name, "beta": member.beta, **{n: metrics.get(n) for n in names}, **parts, **dimensions}


def as_csv(table: Sequence[dict[str, Any]]) -> str:
    """Lines with the same columns as CSV, empty where there is nothing."""
    return csv_text(table)


def clicked() -> None:
    """A point was clicked: its model is the whole app's from now on."""
    selection = report.asked(chart_key("rate-distortion"), "selection", {"points": [POINT]})
    points = selection["points"] if selection else ()
    if points and points[0]["curve_number"] == 0:
        choose_model((points[0].get("customdata") or [None])[0])


def choose_model(name: object) -> None:
    """Make a model of the zoo the one that the whole app shows; called before the page runs."""
    models = cache.zoo()
    if isinstance(name, str) and name in models:
        frame.choose(models[name])
    elif name is not None:
        frame.note("A model that you trained here stays on this page: the zoo does not have it.")
