"""Train one beta, now: about a minute, live curves, and the model joins this visitor's rail."""

from functools import partial

import streamlit as st

from ui import cache, frame, work
from ui.beta_sweep import capacity_figures as figures
from ui.beta_sweep.figures import digits
from ui.beta_sweep.training import MODELS, Training
from ui.charts import plot
from ui.text import plain
from vae_core.rounding import in_sum, negated

BETAS = {"digits": 0.5, "sprites": 3.0}  # to begin with: 64 pixels are worth few nats, and collapse from 3 on
REFRESH = 1.0  # seconds between two looks at the curves
TRAINING = "training"  # the work's name


def show(dataset: str) -> None:
    """The controls, and the training that is under way or over."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        state, own = st.session_state, list(MODELS)
        if "beta_sweep_try_dataset" not in state:
            state["beta_sweep_try_dataset"] = dataset if dataset in own else own[0]
        chosen = st.segmented_control(
            "Data set", own, key="beta_sweep_try_dataset", required=True, help="Those that need no files."
        )
        beta = st.slider("β", 0.0, 16.0, BETAS[chosen], 0.25, key=f"beta_sweep_try_beta_{chosen}")
        running = under_way()
        st.button(
            "Train it for a minute",
            type="primary",
            icon=":material/play_arrow:",
            disabled=running,
            on_click=start,
            args=(chosen, beta),
        )
        st.caption(
            "10 dimensions and the same objective as the rail's, with far fewer steps: expect more blur. The model is "
            "yours alone and is gone when you close the page."
        )
    with right:
        if state.get("beta_sweep_training") is None:
            st.caption("Rate (orange) and distortion (blue) of the model are drawn here while it learns.")
        else:
            st.fragment(follow, run_every=REFRESH if running else None)()


def under_way() -> bool:
    """Whether this visitor's training is waiting or running."""
    job = work.job(TRAINING)
    return job is not None and not job.over


def start(dataset: str, beta: float) -> None:
    """Begin as soon as nobody else computes; it goes on while its visitor looks at other pages."""
    training = Training(dataset, beta)
    if work.ask(TRAINING, training.key, partial(training.work, cache.dataset(dataset)), lasting=True) is not None:
        st.session_state["beta_sweep_training"] = training


def follow() -> None:
    """Where the training stands; run again every second until it is over."""
    training: Training = st.session_state["beta_sweep_training"]
    job, latest = work.job(TRAINING), training.latest
    if not job.over:
        speed = f", {digits(latest.images_per_second)} pictures a second" if latest else ""
        work.show(job, f", β = {training.beta:g}{speed}")
    elif job.state == "failed":
        st.error(plain(f"The training failed: {job.reason}."))
    elif job.state == "stopped":
        st.caption("Stopped: the model was not finished and is not kept.")
    else:
        metrics = training.member.metrics
        units = metrics["active_units"]
        explained, kl, elbo = in_sum([metrics["reconstruction"], -metrics["kl"]])
        st.success(
            f"{training.member.title} on {training.dataset}: KL {negated(kl)}, distortion "
            f"{negated(explained)}, ELBO {elbo} nats, "
            f"{units} active unit{'s' if units != 1 else ''}, on {metrics['images']} test pictures. "
            f"It stands at the end of the rail of {training.dataset}."
        )
        if st.session_state.get("frame_dataset") != training.dataset and st.button(
            f"Go to the rail of {training.dataset}", key="beta_sweep_go"
        ):
            st.session_state["beta_sweep_bound_for"] = training.dataset
            st.rerun()  # the picker is outside of this fragment
    if training.steps:
        plot(figures.course(list(training.steps), list(training.log_likelihood), list(training.kl)), "course")
    if job.over and st.session_state.get("beta_sweep_seen") != id(training):
        st.session_state["beta_sweep_seen"] = id(training)
        st.rerun()  # the whole page: the rail has one more card, and nothing is to be followed any longer


def go_on() -> None:
    """Show the data set that someone asked for here; called before the picker is drawn."""
    dataset = st.session_state.pop("beta_sweep_bound_for", None)
    entry = next((entry for entry in cache.zoo().values() if entry.dataset == dataset), None)
    if entry is not None:
        frame.choose(entry)
