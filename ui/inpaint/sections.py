"""What the Inpaint page says below its live part: the formula, and what is computed in Python when asked for."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from ui import cache, frame, tables, work
from ui.charts import legible
from ui.frame import Shown
from ui.inpaint import component as inpaint
from ui.inpaint import figures, measurements
from ui.inpaint.chain import BACKGROUND, chain, on_map
from ui.inpaint.state import SECTION, SECTIONS, TITLES, Inpainting
from ui.pictures import enlarged
from vae_core.analysis.inpainting import DRAWS, FIRST_DRAWS, POWER, Completions, refusal
from vae_core.analysis.inpainting_errors import SAMPLES as COMPLETIONS
from vae_core.data.pictures import Dataset, DatasetInfo, DatasetUnavailable
from vae_core.data.seeds import noise_generator
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.distributions import sample

SHOWN, SIDE = 12, 88  # samples of the method that is looked at closely; pixels of each
CLOUD = 300  # draws from each posterior
SLOW = ("importance", "annealed", "gradient")  # a minute or more for a curve
MEASURES = {  # names in InpaintingErrors, all on missing pixels alone: what it is, and its unit
    "cross_entropy_missing": ("Cross-entropy of the mean completion", "nats a missing pixel"),
    "log_likelihood_missing": ("Log-likelihood of the truth under all completions", "nats a missing pixel"),
    "rmse_missing": ("Root mean squared error of the mean completion", "RMSE, grey values 0 to 1"),
    "variance_ratio": ("Squared error over the variance that the completions claim", "1 is honest, more is too sure"),
    "coverage": ("Coverage: pixels within 1.96 standard deviations", "share of missing pixels"),
}
BERNOULLI = ("cross_entropy_missing", "log_likelihood_missing", "rmse_missing", "variance_ratio")  # bits have no 95 %
GAUSSIAN = ("rmse_missing", "log_likelihood_missing", "variance_ratio", "coverage")
COLUMNS = {"cross_entropy_missing": "Cross-entropy, nats", "rmse_missing": "RMSE"}


def show(state: Inpainting, shown: Shown) -> None:
    """One section at a time."""
    checkpoint, info = shown.checkpoint, shown.info
    state.section = chosen = frame.sections("Section", SECTIONS, SECTION, state.section)
    x, mask = state.given(checkpoint)
    if chosen == "formula":
        formula(checkpoint, info, x, mask)
        return
    dataset = available(checkpoint, info)
    if chosen == "methods":
        methods(state, checkpoint, dataset, x, mask)
    elif chosen == "chain":
        chain(checkpoint, info, x, mask)
    else:
        curves(state, checkpoint, dataset)


def available(checkpoint: Checkpoint, info: DatasetInfo) -> Dataset | None:
    """The model's data set, if it is on this machine and of the model's shape."""
    try:
        dataset = cache.pictures(checkpoint)
    except DatasetUnavailable:
        return None
    return dataset if tuple(dataset.test.shape) == tuple(checkpoint.model.config.picture_shape) else None


def measures(checkpoint: Checkpoint) -> list[str]:
    """The errors that this model's pixels allow."""
    return list(GAUSSIAN if checkpoint.model.config.likelihood == "gaussian" else BERNOULLI)


def methods(state: Inpainting, checkpoint: Checkpoint, dataset: Dataset | None, x: Tensor, mask: Tensor) -> None:
    """Every method on the hole that is on the screen."""
    if bool(mask.all()):
        st.info("Nothing is hidden, so there is nothing to fill in: paint a hole first.")
        return
    key = measurements.key_of(checkpoint, x, mask)
    rows = measurements.kept("methods", key)
    encoders = inpaint.encoders(checkpoint)
    names = offered(checkpoint, encoders, dataset)
    if dataset is None:
        st.caption("The mean picture and the nearest neighbours need training pictures, which are not on this machine.")

    def do(name: str) -> Iterator[float]:
        rows[name] = measurements.run_method(name, encoders.get(name, checkpoint), dataset, x, mask)
        yield 1.0

    left, right = st.columns([1.25, 1], gap="large")
    with right:
        closer(state, checkpoint, names, rows, do, key)
    with left:
        table(state, checkpoint, rows)
        todo = [name for name in names if name not in rows]
        if todo:
            label = f"Run {'the other ' if rows else ''}{len(todo)} methods on this hole"
            steps = partial(measurements.one_by_one, todo, do, lambda name: f"{TITLES[name]} …")
            work.offer("inpaint_methods", key, label, steps)


def offered(checkpoint: Checkpoint, encoders: dict[str, Checkpoint], dataset: Dataset | None) -> list[str]:
    """The methods that there are models and training pictures for."""
    missing = {"mean", "knn"} if dataset is None else set()
    models = {name: encoders.get(name, checkpoint).model for name in TITLES if name not in missing}
    return [name for name, model in models.items() if refusal(name, model) is None]


def table(state: Inpainting, checkpoint: Checkpoint, rows: dict) -> None:
    """A row a method: mean completion, one sample, spread, time, and the errors once the truth is revealed."""
    most = inpaint.MOST_SPREAD[checkpoint.model.config.likelihood]
    columns = {name: title for name, title in COLUMNS.items() if name in measures(checkpoint)}
    shown = []
    for name in (name for name in TITLES if name in rows):
        row, found = rows[name], rows[name]["completions"]
        line = {
            "Method": titled(name, found),
            "Mean": address(found.mean[0]),
            "One sample": address(found.samples[0, 0]),
            "Spread": address((found.spread[0] / most).clamp(0, 1)),
            "Time, ms": row["milliseconds"],
        }
        if state.truth:
            line |= {title: getattr(row["errors"], error) for error, title in columns.items()}
        shown.append(line)
    pictures = {name: st.column_config.ImageColumn(name, width=86) for name in ("Mean", "One sample", "Spread")}
    numbers = {"Time, ms": st.column_config.NumberColumn(format="%.3g", width=75)}
    for error, title in columns.items():
        numbers[title] = st.column_config.NumberColumn(format="%.3f", help=", ".join(MEASURES[error]))
    described = {"Method": st.column_config.TextColumn(width=172), **pictures, **numbers}
    tables.table(shown, described, row_height=76, height="content", width="content")
    st.caption(
        f"Spread: standard deviation over {measurements.SAMPLES} completions, white is {most}. "
        + (
            "The errors are those of the mean completion on the hidden pixels"
            + ("; grey levels count as probabilities." if "cross_entropy_missing" in measures(checkpoint) else ".")
            if state.truth
            else "Reveal the truth above to see the errors."
        )
    )


def titled(name: str, found: Completions) -> str:
    """A method's name in the table, with the number of neighbours that was chosen."""
    count = found.trace.get("neighbours")
    return TITLES[name] if count is None else f"{int(count)} {TITLES[name]}"


def closer(state: Inpainting, checkpoint: Checkpoint, names: list[str], rows: dict, do: Callable, key: str) -> None:
    """Several completions of one method, which the link remembers; it runs as soon as it is chosen."""
    session = st.session_state
    chosen = state.method if state.method in names else inpaint.METHOD_OF[checkpoint.model.config.completer]
    session["inpaint_method"] = chosen

    def choose() -> None:
        state.method = session["inpaint_method"]

    st.selectbox("Look closer at", names, format_func=TITLES.get, key="inpaint_method", on_change=choose, width=300)
    if chosen not in rows:
        steps = partial(measurements.one_by_one, [chosen], do, lambda name: f"{TITLES[name]} …")
        work.need("inpaint_closer", f"{key} {chosen}", steps)
        return
    samples = rows[chosen]["completions"].samples[:SHOWN, 0]
    with st.container(horizontal=True, gap="xsmall"):
        for number, picture in enumerate(samples, 1):
            st.image(enlarged(picture, SIDE), width=SIDE, alt=f"{TITLES[chosen]}, completion {number}")
    st.caption(about(rows[chosen]["completions"]))


def about(found: Completions) -> str:
    """What a method saw on its way, in a sentence."""
    if "neighbours" in found.trace:
        count = int(found.trace["neighbours"])
        return f"k = {count}: as many neighbours as fill this hole best in training pictures, from the other ones."
    if found.latents is None:
        return "It needs no model: its pixels are those of training pictures."
    caption = "The decoder is the same for every method; they differ in how they find z."
    if "effective_samples" in found.trace:
        caption += f" These are worth {float(found.trace['effective_samples'][0]):.3g} of the {DRAWS} draws weighed."
    if "first_effective" in found.trace:
        worth, temperatures = float(found.trace["first_effective"][0]), len(found.trace["temperatures"])
        caption += (
            f" Its {FIRST_DRAWS:,} first draws are worth {worth:.3g}; particles moved on from there, at {temperatures} "
            f"temperatures. Of p(x observed | z) it takes the power {POWER:g}, chosen on training pictures of MNIST."
        )
    return caption


def curves(state: Inpainting, checkpoint: Checkpoint, dataset: Dataset | None) -> None:
    """Errors over the missing fraction: as shipped, or measured here for one kind of mask."""
    encoders = inpaint.encoders(checkpoint)
    with st.container(horizontal=True):
        kind = st.selectbox(
            "Kind of hole",
            list(inpaint.MASKS),
            index=list(inpaint.MASKS).index(state.hole.kind),
            format_func=inpaint.MASKS.get,
            key="inpaint_curve_kind",
            width=240,
        )
        error = st.selectbox(
            "Measure",
            measures(checkpoint),
            format_func=lambda name: MEASURES[name][0],
            key="inpaint_curve_error",
            width=420,
        )
    rows = measurements.kept("curves", f"{checkpoint.content_hash} {kind}")
    shipped = [row for row in shipped_curves(checkpoint, encoders) if row["mask"] == kind]
    if rows or shipped:
        drawn = list(rows.values()) or shipped
        figure = figures.error_curves(drawn, TITLES, MEASURES[error][1], error)
        st.plotly_chart(legible(figure), key="inpaint_curves")
        here = f"Measured here on the first {drawn[0]['images']} test pictures."
        st.caption(" ".join((here if rows else as_measured(shipped), *about_neighbours(drawn, error))))
    if dataset is None:
        st.caption("Measuring needs the data set's pictures, which are not on this machine.")
        return
    names = st.pills(
        "Methods",
        offered(checkpoint, encoders, dataset),
        selection_mode="multi",
        format_func=TITLES.get,
        key="inpaint_curve_methods",
        default=[name for name in offered(checkpoint, encoders, dataset) if name not in SLOW],
        help="Importance resampling, annealed particles and gradient search take a minute or more.",
    )
    todo = [name for name in names if any((name, fraction) not in rows for fraction in measurements.FEWER_FRACTIONS)]
    if not todo:
        return

    def do(name: str) -> Iterator[float]:
        return measurements.measure_curve(name, kind, encoders.get(name, checkpoint), dataset, rows)

    def title(name: str) -> str:
        return f"{TITLES[name]} at {len(measurements.FEWER_FRACTIONS)} fractions …"

    pictures = min(measurements.PICTURES, len(dataset.test))
    label = f"Measure {len(todo)} method{'s' * (len(todo) > 1)} on {pictures} test pictures"
    steps = partial(measurements.one_by_one, todo, do, title)
    work.offer("inpaint_curves", f"{checkpoint.content_hash} {kind}", label, steps)


def shipped_curves(checkpoint: Checkpoint, encoders: dict[str, Checkpoint]) -> list[dict]:
    """The shipped rows of a model, and those of the other model's encoder."""
    rows = measurements.shipped_curves(checkpoint)
    known = {row["method"] for row in rows}
    for method, other in encoders.items():
        if rows and method not in known:
            rows += [row for row in measurements.shipped_curves(other) if row["method"] == method]
    return rows


def as_measured(rows: list[dict]) -> str:
    """On how many pictures shipped curves were measured, most methods first."""
    counts = Counter(row["images"] for row in rows).most_common()
    caption = f"As measured on {counts[0][0]:,} test pictures"
    for images, _ in counts[1:]:
        few = dict.fromkeys(TITLES[row["method"]] for row in rows if row["images"] == images)
        caption += f", {' and '.join(few)} on {images:,}"
    over = " over groups of pictures that depend on each other" if rows[0].get("groups") else ""
    return f"{caption}; {COMPLETIONS} completions of each, but for mean and neighbours. Bars are standard errors{over}."


def about_neighbours(rows: list[dict], error: str) -> list[str]:
    """Sentences on the nearest neighbours: how many there are at each fraction, and, of the measure that methods are
    compared by, how far the best method is from them over the same pictures."""
    chosen = sorted((row["fraction"], row["neighbours"]) for row in rows if row.get("neighbours"))
    if not chosen:
        return []
    counts = ", ".join(f"{count} at {fraction:.0%}" for fraction, count in chosen)
    sentences = [f"Neighbours, chosen on training pictures: {counts}."]
    sign = -1 if error == "cross_entropy_missing" else 1
    compared = [row for row in rows if row.get("beside_knn")]
    if error != ("log_likelihood_missing" if rows[0]["cross_entropy_missing"] is None else "cross_entropy_missing"):
        return sentences
    gains = []
    for fraction, _ in chosen:
        own = [row for row in compared if row["fraction"] == fraction]
        if own:
            best = max(own, key=lambda row: sign * row["beside_knn"]["difference"])
            gain, spread = sign * best["beside_knn"]["difference"], best["beside_knn"]["standard_error"]
            gains.append(
                f"{fraction:.0%}: {TITLES[best['method']]}, {abs(gain):.4f} {'better' if gain > 0 else 'worse'}"
                + ("" if spread is None else f" (± {spread:.4f})")
            )
    if gains:
        sentences.append(f"The best beside them, in nats over the same pictures: {'; '.join(gains)}.")
    return sentences


def address(picture: Tensor) -> str:
    """A picture (C, H, W) as an address that holds all of it."""
    content = BytesIO()
    Image.fromarray(enlarged(picture, SIDE)).save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def formula(checkpoint: Checkpoint, info: DatasetInfo, x: Tensor, mask: Tensor) -> None:
    """q(z | x observed) against q(z | x): as formula, and as clouds of z for what is on the screen."""
    observed, every = int(mask.sum()), mask.numel()
    st.latex(
        rf"\underbrace{{\color{{{figures.WHOLE}}}q(z \mid x)}}_{{\text{{sees all {every} pixels}}}}"
        r"\quad\text{against}\quad "
        rf"\underbrace{{\color{{{figures.OBSERVED}}}q(z \mid x_{{\text{{observed}}}})}}"
        rf"_{{\text{{sees {observed} of them}}}},"
        r"\qquad p(x_{\text{missing}} \mid x_{\text{observed}}) \approx "
        r"\int \underbrace{p(x_{\text{missing}} \mid z)}_{\text{the decoder, unchanged}}\,"
        rf"{{\color{{{figures.OBSERVED}}}q(z \mid x_{{\text{{observed}}}})}}\,dz"
    )
    model = checkpoint.model
    noise = noise_generator()
    with torch.no_grad():
        whole, rest = model.encode(x), model.encode_observed(x, mask)
        named = {"q(z | x)": whole, "q(z | x observed)": rest}
        clouds = {name: sample(posterior, noise, (CLOUD,))[:, 0] for name, posterior in named.items()}
        widths = [float(q.variance.sqrt().mean()) for q in (whole, rest)]
    left, right = st.columns([1.6, 1], gap="large")
    if model.config.latent_dim > 1:
        place, titles = on_map(checkpoint, info)
        placed = {name: place(z).numpy() for name, z in clouds.items()}
        left.plotly_chart(
            legible(figures.posteriors(placed, place(checkpoint.codes.mean[:BACKGROUND]).numpy(), titles)),
            key="inpaint_posteriors",
        )
    with right:
        st.markdown(
            f"- **x observed** is the left picture without its coloured hole.\n"
            f"- **q(z | x observed)**, by the encoder trained on holes, is a mixture of {model.config.components} "
            "Gaussians; **q(z | x)**, by the plain encoder, is one.\n"
            f"- **p(x missing | z)** decodes each of the {inpaint.ANSWERS} answers' z into the hole.\n"
            f"- Standard deviation of z, averaged over its {model.config.latent_dim} dimensions: "
            f"**{widths[0]:.2f}** with the whole picture, **{widths[1]:.2f}** with what is observed. "
            "The more is hidden, the wider q, and the more the answers differ."
        )
