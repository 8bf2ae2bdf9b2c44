"""The frame around the pages: the look of the whole app, the logo, and the model picker."""

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ui import cache
from ui.browser import model as live
from ui.browser import networks
from ui.link import left_out
from ui.text import plain
from ui.view import Bounds
from vae_core.analysis.likelihood import bits_of, bits_per_dimension, only_bounded
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.zoo.store import Entry

MOST_NOTES = 3  # models left out that are named one by one
ASSETS = Path(__file__).resolve().parents[1] / "assets"
STYLE = """<style>
.stApp [data-testid="stHeader"] { height: 3rem; min-height: 3rem }
.stApp [data-testid="stMainBlockContainer"] { padding: 3.25rem 1.5rem 1rem; gap: .75rem }
.stApp .st-key-notes { margin: -.5rem 0 } /* the row of models and what it says are one thing */
.st-key-frame [data-testid="stMetric"] { padding: 0 }
.st-key-frame [data-testid="stMetricLabel"] p { font-size: .78rem }
.st-key-frame [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; line-height: 1.5 }
.stApp [data-testid="stCaptionContainer"] { opacity: .75 } /* 0.6 is too faint to read for many */
.lecture { font-size: max(20px, 1.6vw) }
.lecture [data-testid="stHeader"] { visibility: hidden }
.lecture .st-key-frame, .lecture .st-key-notes { display: none }
.lecture .stApp [data-testid="stMainBlockContainer"] { padding-top: 1.9rem }
.lecture .stMain :is(p, li, label, small, button, input, td, th, span):not([data-testid="stIconMaterial"],
  .katex, .katex *) {
  font-size: 1rem !important
}
.lecture .stHorizontalBlock:has(> .stColumn .stPlotlyChart) { flex-wrap: wrap }
.lecture .stHorizontalBlock > .stColumn:has(.stPlotlyChart) { flex: 1 1 100%; min-width: 100% }
.stMain table.plain { border-collapse: collapse; font-variant-numeric: tabular-nums }
.stMain table.plain :is(td, th) { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; text-align: left }
.stMain table.plain img { height: 4.5rem; image-rendering: pixelated; display: block }
.lecture .katex { font-size: 1.5rem !important } /* whose subscripts have 0.7 of it, and theirs no less */
.lecture .katex .reset-size3.size1 { font-size: 1em }
@media (min-width: 761px) {
  .stApp [data-testid="stToolbarActions"] { min-width: 13.5rem } /* the pages' own buttons stand there */
}
@media (max-width: 1000px) {
  .stHorizontalBlock:has(> .stColumn .stPlotlyChart) { flex-wrap: wrap }
  .stHorizontalBlock > .stColumn:has(.stPlotlyChart) { flex: 1 1 100%; min-width: 100% }
}
@media (max-width: 760px) {
  .stApp [data-testid="stMainBlockContainer"] { padding: 3.1rem .75rem 1rem }
  .st-key-frame { gap: .4rem }
  .st-key-frame > .stElementContainer { flex: 1 1 40%; width: auto; min-width: 0 }
  .st-key-frame .stSelectbox { width: 100% }
  .st-key-frame > .stLayoutWrapper { flex: 1 1 100% }
  .st-key-frame .st-key-frame_figures { flex-wrap: nowrap; gap: 1rem; width: 100%; justify-content: space-between }
  .st-key-frame [data-testid="stMetricValue"] { font-size: .95rem }
}
@media (max-width: 760px), (max-width: 1100px) and (max-height: 600px) {
  .st-key-frame_figures > :nth-child(n + 4) { display: none }
}
</style>"""


def through_router() -> None:
    """Every page calls this first: a page that was opened before app.py ever ran goes through app.py after all.

    Until `st.navigation` has run once in a server, Streamlit takes a folder called `pages` for an app without a router
    and runs the page that a link names by itself, without the frame.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def dress() -> None:
    """What every page wears: wide, no white space at the top, the logo."""
    st.set_page_config(page_title="Latent Lab", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.html(STYLE)
    st.logo(str(ASSETS / "logo.svg"), size="medium")  # it knows both themes itself


def picked(before: str) -> bool:
    """Whether someone just chose another model than `before` in the picker."""
    models, state = cache.zoo(), st.session_state
    before_dataset = models[before].dataset if before in models else None
    return state.get("frame_model", before) != before or state.get("frame_dataset", before_dataset) != before_dataset


def model_picked() -> str | None:
    """The model that the picker says."""
    return st.session_state.get("frame_model")


def is_plain(entry: Entry) -> bool:
    """Whether q(z|x) is a Gaussian and p(z) is N(0, I), so that what lies between them has a closed form."""
    return entry.can.plain and entry.prior == "normal"


def has_a_map(entry: Entry) -> bool:
    """Whether a map and sliders can show a model."""
    return entry.can.has_one_posterior and entry.latent_dim > 1


def has_a_gaussian(entry: Entry) -> bool:
    """Whether a map can show a model, and q(z|x) on it is a Gaussian, under whichever prior."""
    return has_a_map(entry) and entry.can.plain


def fitting(shows: Callable[[Entry], bool], entries: list[Entry]) -> tuple[list[Entry], Entry]:
    """Of a data set's models those that a page can show, and the first of them to open with; all of them where there
    are none."""
    found = list(filter(shows, entries)) or entries
    return found, found[0]


def mapped(entries: list[Entry]) -> tuple[list[Entry], Entry]:
    """Of a data set's models those that a map and sliders can show, and the first."""
    return fitting(has_a_map, entries)


def any_model(_: Entry) -> bool:
    """What a page shows that can show all."""
    return True


def apart(entry: Entry) -> str:
    """What a model has in place of what pages need that others are on: what comes after its name."""
    can = entry.can
    if can.takes_labels:
        return "needs a label beside the picture, and none is given here"
    if can.classifies:
        return "finds the label first, and one q(z|x) for all labels is needed here"
    if can.latent == "discrete":
        return "has codes of a codebook for latents, and latents that lie in a space are needed here"
    if can.latent == "chain":
        return "has several layers of latents, and a single one is needed here"
    if can.exact:
        return "is a flow, whose z is the picture itself in other coordinates, and a q(z|x) is needed here"
    if entry.latent_dim < 2:
        return "has one latent dimension, and a map needs two"
    if can.bends_posterior:
        return "bends its q(z|x) by a flow, and a Gaussian one is needed here"
    return "has learned its prior p(z), and N(0, I) is needed here, from which the KL splits over the dimensions"


def choose_model(
    linked: str | None,
    offered: Callable[[list[Entry]], tuple[list[Entry], Entry]],
    shows: Callable[[Entry], bool],
) -> Entry | None:
    """The row with data set, model and the model's figures.

    `linked` is the model a link asks for ("" for the latest, or the first), None where the picker says it. Of a data
    set's models the page shows those that are `offered`, and the one that opens it wherever another model is asked
    for: it stands in only where the other one is not offered, until one is picked, and a sentence says why where the
    page never `shows` what was asked for. Returns None, and says what to do, where there are no models.
    """
    models, state, why = cache.zoo(), st.session_state, None
    if not models:
        st.warning("There are no trained models yet. Build one with `python -m vae_core zoo build mnist-vae-2d`.")
        return None
    if linked is not None:
        if linked and linked not in models:
            close = difflib.get_close_matches(linked, models, n=3) or list(models)[:3]
            note(left_out("model", f"there is no {linked[:60]!r}, but {', '.join(close)}"))
        latest = state.get("frame_latest")  # on whatever page
        name = linked if linked in models else latest if latest in models else next(iter(models))
        state.update(frame_dataset=models[name].dataset, frame_model=name, frame_latest=name)
    elif state.get("frame_model") == state.get("frame_stand_in") is not None:
        state["frame_model"] = state["frame_latest"]  # another section of the page may offer it
    compact = {"label_visibility": "collapsed", "width": 190}
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="small"):
        datasets = list(dict.fromkeys(entry.dataset for entry in models.values()))
        if state.get("frame_dataset") not in datasets:
            state["frame_dataset"] = datasets[0]
        dataset = st.selectbox("Data set", datasets, format_func=title, key="frame_dataset", **compact)
        entries, opening = offered([entry for entry in models.values() if entry.dataset == dataset])
        names = [entry.name for entry in entries]
        if state.get("frame_model") not in names:
            latest = models.get(state.get("frame_latest"))
            why = stands_in(models.get(state.get("frame_model")), opening, shows)
            state["frame_stand_in"] = opening.name if latest and latest.dataset == dataset else None
            state["frame_model"] = opening.name
        chosen = models[st.selectbox("Model", names, key="frame_model", **compact)]
        figures(chosen)
    explain(why)
    if chosen.name != state.get("frame_stand_in"):
        state.update(frame_latest=chosen.name, frame_stand_in=None)
    return chosen


def stands_in(asked: Entry | None, opening: Entry, shows: Callable[[Entry], bool]) -> str | None:
    """Of a model that is asked for, why another one of its data set stands in, where its kind is the reason."""
    if asked is None or asked.dataset != opening.dataset or shows(asked) or not shows(opening):
        return None
    return f"{asked.name} {apart(asked)}: {elsewhere(asked)}, and {opening.name} stands in here."


def explain(sentence: str | None) -> None:
    """Why another model is shown than the one that was asked for: it stays below the row as long as that is so."""
    if sentence is not None:
        with st.container(key="notes"):
            st.caption(f":material/info: {plain(sentence)}")


def elsewhere(entry: Entry) -> str:
    """Where a model is to be seen that a page does not show."""
    can = entry.can
    places = {
        "Models, Conditional": can.takes_labels,
        "Models, Semi-supervised": can.classifies,
        "Models, Discrete latents": can.latent == "discrete",
        "Explore": has_a_map(entry),
        "Models, Posterior shape": networks.is_flat(entry) and can.bends_posterior,
    }
    found = [name for name, shown in places.items() if shown] or ["Models, Side by side"]
    return f"{' and '.join(found)} {'shows' if len(found) == 1 else 'show'} it"


def choose(entry: Entry) -> None:
    """Make a model the one that the whole app shows; to be called before the picker is drawn."""
    st.session_state.update(frame_dataset=entry.dataset, frame_model=entry.name, frame_stand_in=None)


@dataclass(frozen=True)
class Shown:
    """The model that a page shows, with everything that the page stands on."""

    entry: Entry
    checkpoint: Checkpoint
    version: tuple  # changes with the model's files
    bounds: Bounds  # what it allows

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def info(self) -> DatasetInfo:
        return self.entry.info


def open_model(
    linked: str | None,
    choose: Callable[[str | None], Entry | None] | None = None,
    shows: Callable[[Entry], bool] = has_a_map,
) -> Shown | None:
    """The row with the models, and the one that is chosen; None, having said why, where none can be shown.

    `choose` is the page's own picker in place of `choose_model`, `shows` says which models the page can show.
    """
    entry = (choose or partial(choose_model, offered=partial(fitting, shows), shows=shows))(linked)
    checkpoint = None if entry is None else readable(entry, shows)
    if checkpoint is None:
        return None
    version = cache.stamp(entry.folder)
    return Shown(entry, checkpoint, version, live.bounds(version, checkpoint, entry.info))


def readable(entry: Entry, shows: Callable[[Entry], bool]) -> Checkpoint | None:
    """The model with the codes that every page stands on; None, having said why, where it cannot be shown."""
    try:
        checkpoint = cache.checkpoint(entry.folder)
    except CheckpointError as error:
        st.error(plain(f"This model cannot be read: {error}"))
        return None
    if not shows(entry):
        st.error(plain(f"The model {entry.name} {apart(entry)}, which keeps it from this page: {elsewhere(entry)}."))
        return None
    if checkpoint.codes is None:
        st.error(plain(f"The model {entry.name} has no codes of test pictures: build or train it again."))
        return None
    if has_a_map(entry) and not is_plain(entry) and checkpoint.codes.cost is None:
        st.error(plain(f"The model {entry.name} has codes without their KL: build or train it again."))
        return None
    if about := cache.about_pictures(checkpoint):
        st.caption(plain(about))
    return checkpoint


def figures(entry: Entry) -> None:
    """The model's figures, each with its unit and one sentence of help."""
    metrics, number = entry.metrics, lambda key: entry.metrics.get(key)
    with st.container(key="frame_figures", horizontal=True, gap="medium", width="content"):
        if number("nll") is not None:
            st.metric(
                "Test −log p(x | y)" if entry.can.takes_labels else "Test −log p(x)",
                surprise(entry),
                help="How surprised the model is by a test picture"
                + (" whose label y it is told" if entry.can.takes_labels else "")
                + ", less is better. "
                + estimated(entry)
                + (
                    " Its pixels have a density, whose nats can be negative: these are the bits that a number of the "
                    "picture costs, in 256 grey levels."
                    if entry.likelihood == "gaussian"
                    else " A nat is 1.44 bits."
                ),
                width="content",
            )
        if number("active_units") is not None:
            st.metric(
                "Active units",
                f"{number('active_units')} of {entry.latent_dim}",
                help=(
                    "Cells whose code is not the same in all test pictures"
                    if entry.can.latent == "discrete"
                    else "Latent dimensions whose posterior mean varies over the test set (variance above 0.01)"
                )
                + "; the others carry nothing.",
                width="content",
            )
        st.metric(
            "Size",
            f"{entry.parameters / 1e6:.2f} M" if entry.parameters >= 1e5 else f"{entry.parameters / 1e3:.1f} k",
            help=f"Parameters of the whole model, with what it has beside encoder and decoder: {entry.parameters:,}.",
            width="content",
        )
        if number("classification_error") is not None:
            st.metric(
                "Test error",
                f"{number('classification_error'):.1%}",
                help="How many test pictures the model names wrong: the likeliest label under q(y|x) is not theirs.",
                width="content",
            )
        elif number("neighbour_accuracy") is not None and not (entry.can.takes_labels or entry.can.classifies):
            st.metric(
                "Nearest codes agree",
                f"{number('neighbour_accuracy'):.1%}",
                help="How many test pictures have the label that most of the training pictures with the nearest codes "
                "have: the labels were never shown to the model.",
                width="content",
            )
        if number("cluster_accuracy") is not None:
            st.metric(
                "Clusters agree",
                f"{number('cluster_accuracy'):.1%}",
                help="How many test pictures have the label that most training pictures of their cluster have; a "
                "picture's cluster is the likeliest Gaussian of p(z), and the labels were never shown to the model. As "
                f"many clusters that k-means finds in the same codes: {metrics.get('kmeans_accuracy', math.nan):.1%}.",
                width="content",
            )
        if entry.layers is not None:
            st.metric(
                "Layers",
                entry.layers,
                help="The kind of network, and how wide each layer between picture and "
                f"{'z₁' if entry.can.latent == 'chain' else 'z'} is in the encoder; the decoder has them backwards.",
                width="content",
            )


def estimated(entry: Entry) -> str:
    """How -log p(x) was measured, and how far it can be trusted."""
    metrics = entry.metrics
    pictures, groups = (int(metrics.get(key, metrics["images"])) for key in ("nll_images", "groups"))
    among = f"{pictures:,} pictures" + (f" in {groups:,} groups" if groups < metrics.get("nll_images", 0) else "")
    if entry.can.exact:
        return f"Exact, on {among}: nothing is sampled. ± is one standard error."
    if entry.can.latent == "discrete":
        return f"An upper bound, on {among}: −log p(x, z) of the codes z that the encoder chooses; nothing is sampled."
    text = f"Importance-sampled with {metrics['importance_samples']:,} draws a picture on {among}"
    if "effective_samples" not in metrics:
        return f"{text}, ± one standard error."
    text += f"; the draws are worth {metrics['effective_samples']:.0f} independent ones (median)"
    if only_bounded(metrics):
        return f"{text}: too few for more than an upper bound."
    bias, error = metrics["simulated_bias"], metrics["simulated_bias_standard_error"]
    return (
        f"{text}. ± is one standard error over the {'groups' if groups < pictures else 'pictures'}. On pictures that "
        f"the model made itself it is too high by at most about {max(bias, 0):.2f} ± {error:.2f} nats on average."
    )


def sections(label: str, titles: Mapping[str, str], key: str, chosen: str) -> str:
    """A row of sections, of which one is shown below; `chosen` until the visitor or a link chooses another.

    The row says which one is chosen in every run: the message that a link's session state makes may be overtaken.
    """
    return st.segmented_control(
        label,
        list(titles),
        default=st.session_state.get(key, chosen),
        format_func=titles.get,
        required=True,
        key=key,
        label_visibility="collapsed",
    )


def surprise(entry: Entry) -> str:
    """-log p(x) of a test picture with its unit: nats, or bits a number where the pixels have a density."""
    value, spread = entry.metrics["nll"], entry.metrics.get("nll_standard_error")
    most, spread = ("≤ ", None) if only_bounded(entry.metrics) else ("", spread)
    if entry.likelihood != "gaussian":
        return f"{most}{estimate(value, spread)} nats"
    ends = (value, value + (spread or 0))
    bits, more = (bits_per_dimension(nats, entry.picture_shape, entry.likelihood) for nats in ends)
    return f"{most}{estimate(bits, more - bits, 4)} bits/dim"


def beside(entry: Entry, nats: float, standard_error: float | None) -> str:
    """By how much -log p(x) of a test picture is more than another model's of the same pixels, in `surprise`'s unit."""
    sign = "+" if nats > 0 else ""
    if entry.likelihood != "gaussian":
        return f"{sign}{estimate(nats, standard_error)} nats"
    bits, spread = (bits_of(each, entry.picture_shape) for each in (nats, standard_error or 0))
    return f"{sign}{estimate(bits, spread, 4)} bits/dim"


def estimate(value: float, standard_error: float | None, most: int = 2) -> str:
    """A number with its standard error, written to the digits that the error leaves sure, at `most` decimals."""
    decimals = 1 if not standard_error else max(0, min(most, 1 - math.ceil(math.log10(standard_error))))
    text = f"{value:.{decimals}f}" + (f" ± {standard_error:.{decimals}f}" if standard_error else "")
    return text.replace("-", "−")


def title(dataset: str) -> str:
    """A data set's name as people write it."""
    return next((entry.info.title for entry in cache.zoo().values() if entry.dataset == dataset), dataset)


def note(sentence: str) -> None:
    """One sentence about something that went wrong, while the page goes on, for `show_notes`. It is shown as it is,
    whatever it quotes, and once: a run that is begun anew follows its link again."""
    notes: list[str] = st.session_state.setdefault("frame_notes", [])
    if plain(sentence) not in notes:
        notes.append(plain(sentence))


def note_models_left_out() -> None:
    """Note once in a visit which models cannot be used, and why."""
    shown: set[str] = st.session_state.setdefault("frame_noted", set())
    fresh = [sentence for sentence in cache.left_out() if sentence not in shown]
    shown.update(fresh)
    for sentence in fresh[:MOST_NOTES]:
        note(sentence)
    if len(fresh) > MOST_NOTES:
        note(f"{len(fresh) - MOST_NOTES} more models are left out: `python -m vae_core zoo list` says which and why.")


def show_notes() -> None:
    """Show what was noted, once the page stands: of a run that is begun anew before, nobody would see it."""
    for sentence in st.session_state.pop("frame_notes", []):
        st.toast(sentence, icon=":material/info:", duration="long")
