"""Train one beta, now: about a minute, live curves, and the model joins this visitor's rail."""

import streamlit as st

from ui import beta_sweep_lab_figures as figures
from ui import cache, trying
from ui.beta_sweep_chart import plot
from ui.beta_sweep_figures import digits
from ui.trying import Training

BETAS = {"digits": 0.5, "sprites": 3.0}  # to begin with: 64 pixels are worth few nats, and collapse from 3 on
REFRESH = 1.0  # seconds between two looks at the curves
DOING = {
    "waiting": "Starting",
    "calibrating": "Finding out how fast this machine is",
    "training": "Training",
    "measuring": "Measuring on test pictures",
}


def show(dataset: str) -> None:
    """The controls, and the training that is under way or over."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        state, own = st.session_state, list(trying.MODELS)
        if "beta_sweep_try_dataset" not in state:
            state["beta_sweep_try_dataset"] = dataset if dataset in own else own[0]
        chosen = st.segmented_control(
            "Data set", own, key="beta_sweep_try_dataset", required=True, help="Those that need no files."
        )
        beta = st.slider("β", 0.0, 16.0, BETAS[chosen], 0.25, key=f"beta_sweep_try_beta_{chosen}")
        running = under_way(state.get("beta_sweep_training"))
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


def under_way(training: Training | None) -> bool:
    return training is not None and not training.over


def start(dataset: str, beta: float) -> None:
    """Begin, if nobody else is training."""
    training = Training(dataset, beta)
    if trying.slot().take(training, cache.dataset(dataset)):
        st.session_state["beta_sweep_training"] = training
    else:
        st.toast(
            "Someone else is training just now, and only one can: try again in a minute.",
            icon=":material/hourglass_top:",
        )


def follow() -> None:
    """Where the training stands; run again every second until it is over."""
    training: Training = st.session_state["beta_sweep_training"]
    latest = training.latest
    if not training.over:
        share = latest.step / latest.steps if latest else 0.0
        speed = f", {digits(latest.images_per_second)} pictures a second" if latest else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(share, text=f"{DOING[training.state]}, β = {training.beta:g}{speed}")
            if st.button("Stop", icon=":material/stop:", key="beta_sweep_stop"):
                training.stopping.set()
    elif training.state == "failed":
        st.error(training.reason)
    elif training.state == "stopped":
        st.caption("Stopped: the model was not finished and is not kept.")
    else:
        metrics = training.member.metrics
        units = metrics["active_units"]
        st.success(
            f"{training.member.title} on {training.dataset}: KL {digits(metrics['kl'])}, distortion "
            f"{digits(-metrics['reconstruction'])}, ELBO {digits(metrics['elbo'])} nats, "
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
    if training.over and st.session_state.get("beta_sweep_seen") != id(training):
        st.session_state["beta_sweep_seen"] = id(training)
        st.rerun()  # the whole page: the rail has one more card, and nothing is to be followed any longer


def go_on() -> None:
    """Show the data set that someone asked for here; called before the picker is drawn."""
    dataset = st.session_state.pop("beta_sweep_bound_for", None)
    name = next((entry.name for entry in cache.zoo().values() if entry.dataset == dataset), None)
    if name is not None:
        st.session_state.update(frame_dataset=dataset, frame_model=name)
