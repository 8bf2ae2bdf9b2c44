"""Disentanglement over beta and over seeds: the scores, the best and the worst seed, which factor sits where."""

import statistics
from collections.abc import Mapping

import streamlit as st

from ui import cache
from ui.beta_sweep import disentanglement_figures as figures
from ui.beta_sweep.members import members, schedule
from ui.charts import download, exports, plot
from ui.text import plain
from vae_core.data.pictures import DatasetInfo
from vae_core.outside import file_stem
from vae_core.studies import shipped as sweeps

SCORES = {
    "mig": (
        "MIG",
        "How much more the best dimension knows of a factor than the second best, as a share of its entropy.",
    ),
    "sap": ("SAP", "How much better the best dimension predicts a factor than the second best."),
    "dci_disentanglement": ("DCI disentanglement", "Whether each dimension serves one factor alone."),
    "dci_completeness": ("DCI completeness", "Whether each factor sits in one dimension alone."),
    "dci_informativeness": ("DCI informativeness", "How well the factors can be read off the code at all."),
    "higgins": ("Higgins", "Accuracy at saying which factor pairs of pictures share; chance is one over the factors."),
    "factor_vae": ("FactorVAE", "Accuracy of a majority vote on which factor is held; chance is one over the factors."),
}
AIMED, AIMS = "β = 4", {"mig": 0.35, "higgins": 0.86}  # medians that the sweep of sprites was to reach
TURNS = "a square looks the same after a quarter turn, an ellipse after half a turn"
NONE = (
    "Disentanglement is measured where the factors of a picture are known, over several seeds of each β; no such sweep "
    "is here. `python -m vae_core sweep assets/sweeps/sprites.toml --ship` trains one, which takes hours."
)
LOW = 290  # pixels of a figure below a control
MIG = r"\mathrm{MIG} = \frac1F \sum_k \frac{I(z_{j_k}; v_k) - \max_{j \ne j_k} I(z_j; v_k)}{H(v_k)}"


def show(info: DatasetInfo) -> None:
    """The section, of this data set or else of another one whose sweep has scores; or how to get what it shows."""
    known = {info.name: info} | {entry.dataset: entry.info for entry in cache.zoo().values() if entry.info.factors}
    try:
        tables = {name: sweeps.read_table(name) for name in known}
    except ValueError as error:
        st.error(plain(f"The sweep's table cannot be read: {error}"))
        return
    measured = [name for name, runs in tables.items() if any(run.mig is not None for run in runs)]
    if not measured:
        st.info(NONE, icon=":material/info:")
        return
    if measured[0] != info.name:
        why = "has no sweep with scores" if info.factors else "does not say which factors made a picture"
        st.caption(plain(f"{info.title} {why}. Below is the sweep of {known[measured[0]].title}."))
    info, runs = known[measured[0]], tables[measured[0]]
    scored = [run for run in runs if run.mig is not None]
    left, middle, right = st.columns([1.2, 1.1, 1.1], gap="medium")
    extremes = sweeps.extremes(scored)
    with left:
        score = st.selectbox("Score", list(SCORES), format_func=lambda name: SCORES[name][0], key="beta_sweep_score")
        dots = [
            (run.setting, f"seed {run.seed}", getattr(run, score)) for run in scored if getattr(run, score) is not None
        ]
        settings = [setting for setting in extremes if any(own == setting for own, _, _ in dots)]
        plot(figures.scores(settings, dots, SCORES[score][0]).update_layout(height=LOW), "scores")
        st.caption(
            SCORES[score][1]
            + at_best(sweeps.ideal(info.name), score)
            + ("" if len(dots) == len(scored) else f" Measured on {len(dots)} of the {len(scored)} runs.")
            + (aimed_at(scored, score, len(info.factors)) if info.name == "sprites" else "")
        )
    with middle:
        strongest = max(extremes, key=lambda setting: extremes[setting][0].mig)
        if st.session_state.get("beta_sweep_setting") not in extremes:
            st.session_state["beta_sweep_setting"] = strongest
        setting = st.selectbox("Best and worst seed by MIG of", list(extremes), key="beta_sweep_setting")
        best, worst = extremes[setting]
        for column, (word, run) in zip(st.columns(2), (("Best", best), ("Worst", worst)), strict=True):
            picture = sweeps.traversal_picture(info.name, run.run)
            if picture is not None:
                column.image(str(picture), width="stretch")
            column.caption(f"{word}: seed {run.seed}, MIG {run.mig:.2f}")
            if picture is not None:
                with column:
                    download(
                        "Save",
                        picture.read_bytes(),
                        f"latent-lab-{file_stem(info.name)}-{file_stem(run.run)}.png",
                        "image/png",
                    )
        st.caption(
            "A row is a dimension, the largest KL first: from −2.5 to 2.5 standard deviations around the mean code."
        )
    with right:
        matrices = sweeps.mutual_information(info.name)
        names = [run.run for run in (best, worst) if run.run in matrices]
        names += [run.run for run in scored if run.setting == setting and run.run in matrices and run.run not in names]
        if names:
            seeds = {run.run: f"{run.setting}, seed {run.seed}" for run in scored}
            run = st.selectbox(
                "Which factor sits where in", names, format_func=seeds.get, key=f"beta_sweep_run_{setting}"
            )
            matrix = matrices[run].numpy()
            dimensions, factors = [f"z{j + 1}" for j in range(len(matrix))], [factor.name for factor in info.factors]
            plot(figures.information(matrix, dimensions, factors).update_layout(height=LOW), "mutual-information")
    left, right = st.columns([1, 2.2], gap="medium", vertical_alignment="center")
    left.latex(MIG)
    with right:
        st.caption(
            "vₖ is a factor (a row of the matrix), zⱼ a dimension (a column), jₖ the column with the most in row k. "
            "Seeds differ by nothing but their random numbers: the spread of the dots is what luck does. "
            + schedule(members(info.name))
        )
    exports(("Every run, CSV", sweeps.to_csv(runs), f"{file_stem(info.name)}-sweep.csv"))


def at_best(ideal: Mapping[str, float], score: str) -> str:
    """What a code scores that misses nothing that the pictures tell."""
    if score not in ideal:
        return ""
    most = f", no code more than {ideal[sweeps.CEILING]:.2f}: {TURNS}" if score == "mig" else ""
    return f" A dimension for each factor scores {ideal[score]:.2f}{most}."


def aimed_at(runs: list[sweeps.Run], score: str, factors: int) -> str:
    """What was hoped for at one beta, and whether it came true."""
    if score not in AIMS:
        return ""
    own = [run for run in runs if run.setting == AIMED and getattr(run, score) is not None]
    if not own:
        return ""
    median = statistics.median(getattr(run, score) for run in own)
    active = statistics.median(run.active_units or 0 for run in own)
    verdict = "met" if median >= AIMS[score] else f"missed, with {active:g} active dimensions for {factors} factors"
    seeds = " for one seed" if len(own) == 1 else ""
    return f" The aim at {AIMED} was a median of {AIMS[score]:g}: it is {median:.2f}{seeds}, {verdict}."
