"""What the Inpaint page says below its live part: the formula, and what is computed in Python when asked for."""

import base64
from io import BytesIO

import streamlit as st
from PIL import Image
from torch import Tensor

from ui import cache, inpaint
from ui import inpaint_figures as figures
from ui import inpaint_lab as lab
from ui.fallback import enlarged
from ui.inpaint_chain import chain
from ui.inpaint_visit import METHODS, Visit
from vae_core.data.pictures import Dataset, DatasetInfo, DatasetUnavailable
from vae_core.models.checkpoint import Checkpoint

SECTIONS = {"methods": "Method against method", "chain": "The chain", "curves": "Curves", "formula": "The formula"}
SHOWN, SIDE = 12, 84  # samples of the method that is looked at closely; pixels of each
SLOW = ("importance", "gradient")  # a minute or more for a curve


def show(visit: Visit, checkpoint: Checkpoint, info: DatasetInfo) -> None:
    """One section at a time."""
    chosen = st.segmented_control(
        "Section",
        list(SECTIONS),
        format_func=SECTIONS.get,
        default="methods",
        required=True,
        key="inpaint_section",
        label_visibility="collapsed",
    )
    if chosen == "formula":
        formula(visit, checkpoint)
        return
    x, mask = visit.given(checkpoint)
    dataset = available(checkpoint, info)
    if chosen == "methods":
        methods(visit, checkpoint, dataset, x, mask)
    elif chosen == "chain":
        chain(checkpoint, info, x, mask)
    else:
        curves(visit, checkpoint, dataset)


def available(checkpoint: Checkpoint, info: DatasetInfo) -> Dataset | None:
    """The model's data set, if it is on this machine and of the model's shape."""
    try:
        dataset = cache.dataset(info.name)
    except DatasetUnavailable:
        return None
    return dataset if tuple(dataset.test.shape) == tuple(checkpoint.model.config.picture_shape) else None


def error_of(checkpoint: Checkpoint) -> tuple[str, str]:
    """The error that is shown: its name in InpaintingErrors, and its name with its unit."""
    if checkpoint.model.config.likelihood == "gaussian":
        return "rmse_missing", "RMSE on the hole (of grey values 0 to 1)"
    return "cross_entropy_missing", "Cross-entropy, nats a missing pixel"


def methods(visit: Visit, checkpoint: Checkpoint, dataset: Dataset | None, x: Tensor, mask: Tensor) -> None:
    """Every method on the hole that is on the screen."""
    if bool(mask.all()):
        st.info("Nothing is hidden, so there is nothing to fill in: paint a hole first.")
        return
    key = lab.key_of(checkpoint, x, mask)
    rows = lab.kept("methods", key)
    names = [name for name in METHODS if dataset is not None or name not in ("mean", "knn")]
    if dataset is None:
        st.caption("The mean picture and the nearest neighbours need training pictures, which are not on this machine.")
    todo = [name for name in names if name not in rows]

    def work(name: str):
        rows[name] = lab.run_method(name, checkpoint, dataset, x, mask)
        yield 1.0

    if rows:
        left, right = st.columns([1.2, 1], gap="large")
        with left:
            table(visit, checkpoint, rows)
        with right:
            closer(visit, rows)
    if todo:
        label = f"Run {len(todo)} methods on this hole"
        lab.step_through("methods", key, label, todo, work, lambda name: f"{METHODS[name]} …")


def table(visit: Visit, checkpoint: Checkpoint, rows: dict) -> None:
    """A row a method: mean completion, one sample, spread, time, and the error once the truth is revealed."""
    error, title = error_of(checkpoint)
    most = inpaint.MOST_SPREAD[checkpoint.model.config.likelihood]
    shown = []
    for name, row in rows.items():
        found = row["completions"]
        line = {
            "Method": METHODS[name],
            "Mean": address(found.mean[0]),
            "One sample": address(found.samples[0, 0]),
            "Spread": address((found.spread[0] / most).clamp(0, 1)),
            "Time, ms": row["milliseconds"],
        }
        if visit.truth:
            line[title] = getattr(row["errors"], error)
        shown.append(line)
    pictures = {name: st.column_config.ImageColumn(name, width=90) for name in ("Mean", "One sample", "Spread")}
    numbers = {
        "Time, ms": st.column_config.NumberColumn(format="%.1f"),
        title: st.column_config.NumberColumn(format="%.3f"),
    }
    st.dataframe(
        shown, column_config={**pictures, **numbers}, row_height=76, height="content", hide_index=True, width="content"
    )
    st.caption(
        f"Spread: standard deviation over {lab.SAMPLES} completions, white is {most}. "
        + (
            "The error is that of the mean completion; grey levels count as probabilities."
            if visit.truth
            else "Reveal the truth above to see the errors."
        )
    )


def closer(visit: Visit, rows: dict) -> None:
    """Several completions of one method, which the link remembers."""
    if visit.method not in rows:
        return
    state = st.session_state
    state["inpaint_method"] = visit.method

    def choose() -> None:
        visit.method = state["inpaint_method"]

    st.selectbox(
        "Look closer at", list(rows), format_func=METHODS.get, key="inpaint_method", on_change=choose, width=300
    )
    samples = rows[visit.method]["completions"].samples[:SHOWN, 0]
    st.image([enlarged(picture, SIDE) for picture in samples], width=SIDE)


def curves(visit: Visit, checkpoint: Checkpoint, dataset: Dataset | None) -> None:
    """Errors over the missing fraction: as shipped, or measured here for one kind of mask."""
    error, title = error_of(checkpoint)
    shipped = lab.shipped_curves(visit.model)
    kind = st.selectbox(
        "Kind of hole",
        list(inpaint.MASKS),
        index=list(inpaint.MASKS).index(visit.hole.kind),
        format_func=inpaint.MASKS.get,
        key="inpaint_curve_kind",
        width=300,
    )
    rows = lab.kept("curves", f"{checkpoint.content_hash} {kind}")
    own = [row for row in shipped if row["mask"] == kind]
    if rows:
        st.plotly_chart(figures.error_curves(list(rows.values()), METHODS, title, error), key="inpaint_measured")
        st.caption(f"Measured here on the first {lab.PICTURES} test pictures.")
    elif own:
        st.plotly_chart(figures.error_curves(own, METHODS, title, error), key="inpaint_shipped")
        st.caption(f"As measured on {own[0]['images']:,} test pictures.")
    if dataset is None:
        st.caption("Measuring needs the data set's pictures, which are not on this machine.")
        return
    names = st.pills(
        "Methods",
        list(METHODS),
        selection_mode="multi",
        format_func=METHODS.get,
        key="inpaint_curve_methods",
        default=[name for name in METHODS if name not in SLOW],
        help="Importance resampling and gradient search take a minute or more.",
    )
    todo = [name for name in names if any((name, fraction) not in rows for fraction in lab.FRACTIONS)]
    if not todo:
        return

    def work(name: str):
        return lab.measure_curve(name, kind, checkpoint, dataset, rows)

    label = f"Measure {len(todo)} methods on {lab.PICTURES} test pictures"
    key = f"{checkpoint.content_hash} {kind}"
    lab.step_through(
        "curves", key, label, todo, work, lambda name: f"{METHODS[name]} at {len(lab.FRACTIONS)} fractions …"
    )


def address(picture: Tensor) -> str:
    """A picture (C, H, W) as an address that holds all of it."""
    content = BytesIO()
    Image.fromarray(enlarged(picture, SIDE)).save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def formula(visit: Visit, checkpoint: Checkpoint) -> None:
    """q(z | x observed) against q(z | x), with the symbols of what is on the screen."""
    mask = visit.hole.mask(tuple(visit.picture.shape))
    observed, every = int(mask.sum()), mask.numel()
    st.latex(
        r"\underbrace{q(z \mid x)}_{\text{sees the whole picture}} \quad\text{against}\quad "
        rf"\underbrace{{q(z \mid x_{{\text{{observed}}}})}}_{{\text{{sees {observed} of {every} pixels}}}},"
        r"\qquad p(x_{\text{missing}} \mid x_{\text{observed}}) \approx "
        r"\int \underbrace{p(x_{\text{missing}} \mid z)}_{\text{the decoder, unchanged}}\,"
        r"q(z \mid x_{\text{observed}})\,dz"
    )
    st.caption(
        "x observed is the left picture without its coloured hole; each of the 24 answers is one z from "
        f"q(z | x observed), a mixture of {checkpoint.model.config.components} Gaussians, decoded into the hole. "
        "The more is hidden, the wider q, and the more the answers differ."
    )
