"""Inpaint where the browser's runtime is not installed: the same parts, completed in Python after each move."""

from dataclasses import replace

import streamlit as st
import torch

from ui import inpaint
from ui import inpaint_figures as figures
from ui.fallback import enlarged
from ui.inpaint_visit import SEEDS, Visit
from vae_core.analysis.inpainting import complete
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint

WIDTH, DRAWS = 280, 24


def show(visit: Visit, checkpoint: Checkpoint, info: DatasetInfo) -> None:
    """The picture with its hole, a completion, the spread, and several answers."""
    st.info(
        "Painting the hole needs the browser's runtime, and so do completions that follow the hand: `make live`, or "
        "`npm ci --prefix static --ignore-scripts`. Until then Python completes the picture after each move.",
        icon=":material/bolt:",
    )
    controls(visit, checkpoint, info)
    x, mask = visit.given(checkpoint)
    found = complete("masked", checkpoint.model, x, mask, DRAWS)
    observed, completed, average, unsure = st.columns(4, gap="medium")
    observed.subheader("What is observed")
    observed.image(enlarged(torch.where(mask, x, 0.5)[0], WIDTH), caption=f"{float((~mask).float().mean()):.0%} hidden")
    completed.subheader("A completion")
    completed.image(enlarged(found.samples[0, 0], WIDTH), caption="One draw from q(z | x observed), decoded")
    average.subheader("Their mean")
    average.image(enlarged(found.mean[0], WIDTH), caption=f"Of {DRAWS} completions")
    unsure.subheader("Where it is unsure")
    most = inpaint.MOST_SPREAD[checkpoint.model.config.likelihood]
    spread = (found.spread[0] / most).clamp(0, 1)
    unsure.image(enlarged(spread, WIDTH), caption=f"Standard deviation, white is {most}")
    st.image([enlarged(picture, 80) for picture in found.samples[:, 0]], width=80)
    if checkpoint.codes.labels is not None and info.labels:
        counts = inpaint.votes(found.latents, checkpoint.codes, len(info.labels))[0].tolist()
        st.caption(f"Of {DRAWS} completions so many look like each label, by the test codes nearest to them:")
        st.plotly_chart(figures.votes(info.labels, counts), key="inpaint_votes")
    visit.truth = st.toggle("Reveal the truth", visit.truth, key="inpaint_truth")
    if visit.truth:
        st.image(enlarged(x[0], WIDTH), caption=visit.caption)


def controls(visit: Visit, checkpoint: Checkpoint, info: DatasetInfo) -> None:
    """Which picture, and what of it is hidden."""
    state, indices = st.session_state, checkpoint.codes.indices
    state["inpaint_sample"] = visit.index if visit.index is not None else int(indices[0])
    state["inpaint_kind"], state["inpaint_fraction"] = visit.hole.kind, visit.hole.fraction

    def typed() -> None:
        index = state["inpaint_sample"]
        if bool((indices == index).any()):
            visit.show_sample(index, checkpoint, info)
        else:
            visit.complain(f"There is no code of test picture {index}.")

    def another() -> None:
        visit.show_sample(int(indices[torch.randint(len(indices), ())]), checkpoint, info)

    def hide(**change) -> None:
        visit.hole = replace(visit.hole, painted=None, **change)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Test picture", 0, int(indices.max()), key="inpaint_sample", on_change=typed, width=120)
        st.button("Another", on_click=another, key="inpaint_another")
        st.selectbox(
            "Hide",
            list(inpaint.MASKS),
            format_func=inpaint.MASKS.get,
            key="inpaint_kind",
            on_change=lambda: hide(kind=state["inpaint_kind"]),
            width=200,
        )
        st.slider(
            "Share of hidden pixels",
            0.0,
            1.0,
            step=1 / inpaint.STEPS,
            key="inpaint_fraction",
            on_change=lambda: hide(fraction=state["inpaint_fraction"]),
            width=220,
        )
        new = (visit.hole.seed + 1) % SEEDS
        st.button("New mask", on_click=lambda: hide(seed=new), icon=":material/casino:", key="inpaint_seed")
    if visit.problem:
        st.error(visit.problem["sentence"])
        visit.problem = None
