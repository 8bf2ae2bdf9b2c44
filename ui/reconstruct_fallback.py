"""Reconstruct where the browser's runtime is not installed: the same parts, computed in Python after each move."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor

from ui import cache, figures, live, reconstruct
from ui.fallback import MAPS, enlarged
from ui.link import View
from ui.visit import Visit
from vae_core.analysis.evaluation import grey
from vae_core.analysis.likelihood import ElboTerms, bits_per_dimension, elbo_terms, percentile
from vae_core.data.intake import PictureError
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.data.seeds import noise_stream
from vae_core.models.checkpoint import Checkpoint

SAMPLES = 64  # draws behind the log-likelihood
SHOWN = 6
WIDTH = 300  # pixels of the two large pictures
BINARISE = "One draw of zeros and ones, pixels as probabilities, as in training: a grey picture has no likelihood."


def show(visit: Visit, name: str, checkpoint: Checkpoint, info: DatasetInfo) -> None:
    """The page, from left to right: the picture, where it lands, what comes back, and what the ELBO says of it."""
    st.info(
        "A pad to draw on needs the browser's runtime, and so do numbers that follow the pen: `make live`, or "
        "`npm ci --prefix static --ignore-scripts`. Until then Python reads the picture after each move.",
        icon=":material/bolt:",
    )
    sources(visit, checkpoint, info)
    if visit.problem:
        st.error(visit.problem["sentence"])
    if visit.kind == "sample" or visit.picture is None:
        visit.picture, visit.caption = sample(checkpoint, info, visit.index)
    binary = bernoulli(checkpoint) and st.session_state.get("fallback_binarise", False)
    shown = reconstruct.one_draw(visit.picture, "bernoulli") if binary else visit.picture
    x = grey(torch.from_numpy(shown.copy())[None], checkpoint.model.config.likelihood)
    with torch.no_grad():
        posterior = checkpoint.model.encode(x)
        made = checkpoint.model.decode(posterior.mean).mean
    with noise_stream(0, 0):
        terms = elbo_terms(checkpoint.model, x, SAMPLES, posterior)
    left, middle, right = st.columns([1, 1.3, 1], gap="medium")
    with left:
        st.subheader("The picture x")
        st.image(enlarged(x[0], WIDTH), caption=visit.caption)
        preparation(visit, info)
        if bernoulli(checkpoint):
            st.toggle("Binarise", key="fallback_binarise", help=BINARISE)
    with middle:
        st.subheader("See where q(z|x) lands")
        show_map(visit, checkpoint, info, posterior)
    with right:
        st.subheader("Read what comes back")
        st.image(enlarged(made[0], WIDTH), caption="Decoded from the posterior's mean")
        spread(checkpoint, posterior, x, made)
    formula(terms)
    verdict(visit, name, checkpoint, terms, shown, binary)
    several(visit, name, x)


def bernoulli(checkpoint: Checkpoint) -> bool:
    """Whether the model's pixels are zeros and ones, so that a grey picture has no likelihood of its own."""
    return checkpoint.model.config.likelihood == "bernoulli"


def sources(visit: Visit, checkpoint: Checkpoint, info: DatasetInfo) -> None:
    """Where a picture comes from."""
    indices, state = checkpoint.codes.indices, st.session_state

    def brought(key: str) -> None:
        file = state[key]
        if file is None:
            return
        try:
            visit.bring(file.getvalue(), file.name, info)
        except PictureError as error:
            visit.complain(str(error))

    def another(label: int | None = None) -> None:
        rows = torch.arange(len(indices)) if label is None else (checkpoint.codes.labels == label).nonzero()[:, 0]
        if len(rows):
            choose(int(indices[rows[torch.randint(len(rows), ())]]))

    def choose(index: int) -> None:
        visit.show_sample(index)
        visit.problem = None
        state["fallback_sample"] = index

    def typed() -> None:
        index = state["fallback_sample"]
        if bool((indices == index).any()):
            choose(index)
        else:
            visit.complain(f"There is no code of test picture {index}.")

    def noise() -> None:
        visit.kind, visit.index, visit.problem, visit.steps = "noise", None, None, []
        visit.picture = torch.randint(256, tuple(info.shape)).byte().numpy()
        visit.caption = "Noise: every pixel at random"

    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("Upload", icon=":material/upload:"):
            st.file_uploader(
                "A picture",
                reconstruct.TYPES,
                key="reconstruct_upload",
                on_change=brought,
                args=("reconstruct_upload",),
                max_upload_size=reconstruct.MOST_BYTES // 1_000_000,
            )
        with st.popover("Camera", icon=":material/photo_camera:"):
            st.camera_input("Camera", key="reconstruct_shot", on_change=brought, args=("reconstruct_shot",))
        state.setdefault("fallback_sample", visit.index or 0)
        st.number_input("Test picture", 0, int(indices.max()), key="fallback_sample", on_change=typed, width=120)
        st.button("Another", on_click=another, key="fallback_another")
        if info.labels and checkpoint.codes.labels is not None:
            labels = range(len(info.labels))
            chosen = st.selectbox("Label", labels, None, info.labels.__getitem__, key="fallback_label", width=140)
            if chosen is not None:
                st.button(f"Another {info.labels[chosen]}", on_click=another, args=(chosen,))
        st.button("Noise", icon=":material/grain:", on_click=noise, key="fallback_noise")


def sample(checkpoint: Checkpoint, info: DatasetInfo, index: int | None) -> tuple[np.ndarray, str]:
    """A test picture (C, H, W) uint8 and what it is; decoded from its code where the data set's files are missing."""
    codes = checkpoint.codes
    index = int(codes.indices[0]) if index is None else index
    row = int((codes.indices == index).nonzero()[0, 0])
    label = f", label {info.labels[codes.labels[row]]}" if info.labels and codes.labels is not None else ""
    try:
        picture = cache.dataset(info.name).test.batch(torch.tensor([index]))[0]
        return picture.numpy(), f"Test picture {index}{label}"
    except DatasetUnavailable:
        with torch.no_grad():
            decoded = checkpoint.model.decode(codes.mean[row : row + 1]).mean[0]
        return (decoded * 255).round().byte().numpy(), f"Test picture {index}{label}, decoded from its code"


def preparation(visit: Visit, info: DatasetInfo) -> None:
    """The strip of steps that a file went through, each with its switch."""
    if visit.kind != "file" or not visit.steps:
        return
    for column, step in zip(st.columns(len(visit.steps)), visit.steps, strict=True):
        column.image(step["address"])
        if "on" not in step:
            column.caption(step["title"])
            continue
        on = column.checkbox(step["title"], step["on"], key=f"fallback_step_{step['name']}", help=step.get("help"))
        if on != step["on"]:
            visit.switch(step["name"], on, info)
            st.rerun()


def show_map(visit: Visit, checkpoint: Checkpoint, info: DatasetInfo, posterior) -> None:
    """The map of codes with the posterior's mean and its ellipse; over UMAP, where there is none, the nearest code."""
    bounds = live.bounds(checkpoint.content_hash, checkpoint, info)
    choices = ("latent", *(name for name in bounds.projections if name == "pca"))
    if visit.view.projection not in choices:
        visit.view = View("pca" if "pca" in choices else "latent", bounds.axes, visit.view.colour)
    st.session_state["fallback_reconstruct_map"] = visit.view.projection
    chosen = st.selectbox("Map", choices, format_func=MAPS.get, key="fallback_reconstruct_map")
    visit.view = View(chosen, visit.view.axes, visit.view.colour)
    mean, stddev = posterior.mean[0], posterior.stddev[0]
    if chosen == "pca":
        directions = checkpoint.projections["pca_components"]
        mean = mean - checkpoint.projections["pca_mean"]
    else:
        directions = torch.eye(len(mean))[list(visit.view.axes)]
    at, covariance = directions @ mean, directions @ torch.diag(stddev**2) @ directions.T
    turn = torch.linspace(0, 2 * torch.pi, 60)
    ring = torch.linalg.cholesky(covariance) @ torch.stack([turn.cos(), turn.sin()]) * 2 + at[:, None]  # (2, 60)
    figure = figures.map_of_codes(checkpoint, info.labels, visit.view).update_layout(height=420)
    line = {"color": "black", "width": 3}
    figure.add_trace(go.Scattergl(x=ring[0], y=ring[1], mode="lines", line=line, name="q(z|x), 2σ"))
    marker = {"color": "black", "size": 12, "line": {"color": "white", "width": 2}}
    figure.add_trace(go.Scattergl(x=at[:1], y=at[1:], mode="markers", marker=marker, showlegend=False))
    st.plotly_chart(figure, key="fallback_reconstruct_plot")


def spread(checkpoint: Checkpoint, posterior, x: Tensor, made: Tensor) -> None:
    """The signed error, and pictures decoded from samples of the posterior."""
    state = st.session_state
    scale = st.slider("How far ε reaches", 0.0, 4.0, 1.0, key="fallback_scale", help="z = μ + s σ ε")
    if st.button("New ε", icon=":material/casino:", key="fallback_epsilon"):
        state["fallback_seed"] = state.get("fallback_seed", 0) + 1
    with noise_stream(state.get("fallback_seed", 0), 1), torch.no_grad():
        z = posterior.mean + scale * posterior.stddev * torch.randn(SHOWN, posterior.mean.shape[1])
        pictures = checkpoint.model.decode(z).mean
    st.image([enlarged(picture, 80) for picture in pictures], width=80)
    error = (x - made)[0].mean(0).flipud()
    heat = go.Heatmap(z=error, colorscale="RdBu_r", zmid=0, zmin=-1, zmax=1, showscale=False)
    figure = go.Figure(heat).update_layout(height=170, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    figure.update_xaxes(visible=False, constrain="domain").update_yaxes(visible=False, scaleanchor="x")
    st.plotly_chart(figure, key="fallback_error")
    st.caption("x minus its reconstruction: red where the model leaves out, blue where it adds")


def formula(terms: ElboTerms) -> None:
    """The ELBO with the present numbers, each term in its colour."""
    likelihood, kl, elbo = float(terms.log_likelihood), float(terms.kl.sum()), float(terms.elbo)
    blue, orange = rf"\textcolor{{{figures.RECONSTRUCTION}}}", rf"\textcolor{{{figures.KL}}}"
    st.latex(
        rf"\underset{{{elbo:.1f}}}{{\mathrm{{ELBO}}}} = "
        rf"{blue}{{\underset{{{likelihood:.1f}}}{{\mathrm{{E}}_{{q(z|x)}}[\log p(x|z)]}}}} - "
        rf"{orange}{{\underset{{{kl:.1f}}}{{\mathrm{{KL}}(q(z|x)\,\|\,p(z))}}}}"
    )


def verdict(visit: Visit, name: str, checkpoint: Checkpoint, terms: ElboTerms, shown: np.ndarray, binary: bool) -> None:
    """Each term against the test set's (grey) pictures, KL of each dimension, and log p(x) on demand."""
    codes, config = checkpoint.codes, checkpoint.model.config
    rows = {
        "log-likelihood": (float(terms.log_likelihood), codes.log_likelihood),
        "KL": (float(terms.kl.sum()), codes.kl.sum(1)),
        "ELBO": (float(terms.elbo), codes.elbo),
    }
    for column, (term, (value, others)) in zip(st.columns(3), rows.items(), strict=True):
        whole = config.likelihood if term != "KL" else "bernoulli"
        bits = bits_per_dimension(value if term == "KL" else -value, config.picture_shape, whole)
        error = f" ± {float(terms.standard_error):.1f}" if term == "log-likelihood" else ""
        column.metric(term, f"{value:.1f}{error} nats", f"{bits:.3g} bits/dim", delta_color="off", delta_arrow="off")
        if others is None or binary:
            continue
        column.caption(f"Above {float(percentile(value, others)):.3g} % of the test set")
        bars = go.Figure(go.Histogram(x=others.numpy(), nbinsx=80, marker_color="#94a4a2"))
        bars.add_vline(x=value, line_width=3).update_layout(height=120, margin={"l": 0, "r": 0, "t": 0, "b": 20})
        column.plotly_chart(bars, key=f"fallback_terms_{term}")
    names = [f"z{dimension + 1}" for dimension in range(terms.kl.shape[1])]
    kl = go.Figure(go.Bar(x=names, y=terms.kl[0].numpy(), marker_color=figures.KL))
    st.plotly_chart(kl.update_layout(height=180, yaxis_title="KL, nats", margin={"t": 10, "b": 20}), key="fallback_kl")
    log_marginal(visit, name, checkpoint, terms, shown)


def log_marginal(visit: Visit, name: str, checkpoint: Checkpoint, terms: ElboTerms, shown: np.ndarray) -> None:
    """log p(x) by importance sampling, begun and stopped here; of a grey picture, that of one binarised draw."""
    picture = reconstruct.text_of(shown)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        samples = st.selectbox("K", (100, 1000, 5000), key="fallback_k", width=120)
        if visit.request is None:
            wanted = {"picture": picture, "model": name, "x": picture, "samples": samples}
            st.button("Estimate log p(x)", on_click=visit.ask, args=(wanted, checkpoint), key="fallback_estimate")
        else:
            st.button("Stop", on_click=visit.stop, key="fallback_stop")
    known = visit.estimate
    if known and known["picture"] == picture and known["model"] == name and known["logMarginal"] is not None:
        elbo = known["elbo"] if known["drawn"] else float(terms.elbo)
        whose = f" {elbo:.1f}, both of one binarised draw of this picture" if known["drawn"] else ""
        st.markdown(
            f"log p(x) = **{known['logMarginal']:.1f} ± {known['standardError']:.1f} nats**, "
            f"{known['logMarginal'] - elbo:.1f} above the ELBO{whose} ({known['samples']:,} samples)"
        )


def several(visit: Visit, name: str, x: Tensor) -> None:
    """The same picture through several models of this data set."""
    chosen = st.multiselect("Through several models", reconstruct.siblings(name), key="fallback_compared")
    visit.compared = chosen
    for column, other in zip(st.columns(max(len(chosen), 1)), chosen, strict=False):
        model = cache.checkpoint(cache.zoo()[other].folder).model
        with noise_stream(0, 0), torch.no_grad():
            terms, made = elbo_terms(model, x, SAMPLES), model.decode(model.encode(x).mean).mean
        column.image(enlarged(made[0], 120), caption=other)
        column.caption(
            f"log-likelihood {float(terms.log_likelihood):.1f}, KL {float(terms.kl.sum()):.1f}, "
            f"ELBO {float(terms.elbo):.1f} nats"
        )
