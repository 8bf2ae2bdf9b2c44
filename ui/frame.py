"""The frame around the pages: the look of the whole app, the logo, and the model picker."""

import difflib
import math
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ui import cache
from vae_core.data.pictures import UnknownDataset
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.zoo.store import Entry

ASSETS = Path(__file__).resolve().parents[1] / "assets"
STYLE = """<style>
.stApp [data-testid="stHeader"] { height: 3rem; min-height: 3rem }
.stApp [data-testid="stMainBlockContainer"] { padding: 3.25rem 1.5rem 1rem; gap: .75rem }
.st-key-frame [data-testid="stMetric"] { padding: 0 }
.st-key-frame [data-testid="stMetricLabel"] p { font-size: .78rem }
.st-key-frame [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; line-height: 1.5 }
.lecture { font-size: clamp(18px, 1.45vw, 28px) }
.lecture [data-testid="stHeader"], .lecture .st-key-frame, .lecture .st-key-notes { display: none }
.lecture .stApp [data-testid="stMainBlockContainer"] { padding-top: .75rem }
@media (max-width: 760px) {
  .stApp [data-testid="stMainBlockContainer"] { padding: 3.1rem .75rem 1rem }
  .st-key-frame { gap: .4rem }
  .st-key-frame > .stElementContainer { flex: 1 1 40%; width: auto; min-width: 0 }
  .st-key-frame .stSelectbox { width: 100% }
  .st-key-frame > .stLayoutWrapper { flex: 1 1 100% }
  .st-key-frame .st-key-frame_figures { flex-wrap: nowrap; gap: 1rem; width: 100%; justify-content: space-between }
  .st-key-frame [data-testid="stMetricValue"] { font-size: .95rem }
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


def choose_model(linked: str | None) -> Entry | None:
    """The row with data set, model and the model's figures.

    `linked` is the model a link asks for ("" for the latest, or the first), None where no link was followed. Returns
    None, and says what to do, where there are no models.
    """
    models = cache.zoo()
    if not models:
        st.warning("There are no trained models yet. Build one with `python -m vae_core zoo build mnist-vae-2d`.")
        return None
    if linked is not None:
        if linked and linked not in models:
            close = difflib.get_close_matches(linked, models, n=3) or list(models)[:3]
            note(f"The link's model was left out: there is no {linked[:60]!r}, but {', '.join(close)}.")
        latest = st.session_state.get("frame_latest")  # on whatever page
        name = linked if linked in models else latest if latest in models else next(iter(models))
        st.session_state.update(frame_dataset=models[name].dataset, frame_model=name)
    compact = {"label_visibility": "collapsed", "width": 190}
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="small"):
        datasets = list(dict.fromkeys(entry.dataset for entry in models.values()))
        if st.session_state.get("frame_dataset") not in datasets:
            st.session_state["frame_dataset"] = datasets[0]
        dataset = st.selectbox("Data set", datasets, format_func=title, key="frame_dataset", **compact)
        names = [name for name, entry in models.items() if entry.dataset == dataset]
        if st.session_state.get("frame_model") not in names:
            st.session_state["frame_model"] = names[0]
        chosen = models[st.selectbox("Model", names, key="frame_model", **compact)]
        figures(chosen)
    st.session_state["frame_latest"] = chosen.name
    return chosen


def readable(entry: Entry) -> Checkpoint | None:
    """The model with the codes that every page stands on; None, having said why, where it cannot be shown."""
    try:
        checkpoint = cache.checkpoint(entry.folder)
    except CheckpointError as error:
        st.error(f"This model cannot be read: {error}")
        return None
    if checkpoint.codes is None:
        st.error(f"This model has no codes of test pictures: run `python -m vae_core zoo build {entry.name}` again.")
        return None
    if entry.latent_dim < 2:
        st.error("This model has one latent dimension; a map needs two.")
        return None
    return checkpoint


def figures(entry: Entry) -> None:
    """The model's figures, each with its unit and one sentence of help."""
    metrics, number = entry.metrics, lambda key: entry.metrics.get(key)
    with st.container(key="frame_figures", horizontal=True, gap="medium", width="content"):
        if number("nll") is not None:
            spread = number("nll_standard_error")
            st.metric(
                "Test −log p(x)",
                f"{estimate(number('nll'), spread)} nats",
                help=f"How surprised the model is by a test picture, less is better: importance-sampled with "
                f"{metrics['importance_samples']:,} samples on {metrics['images']:,} pictures, ± one standard error.",
                width="content",
            )
        if number("active_units") is not None:
            st.metric(
                "Active units",
                f"{number('active_units')} of {entry.latent_dim}",
                help="Latent dimensions whose posterior mean varies over the test set (variance above 0.01); "
                "the others carry nothing.",
                width="content",
            )
        st.metric(
            "Size",
            f"{entry.parameters / 1e6:.2f} M" if entry.parameters >= 1e5 else f"{entry.parameters / 1e3:.1f} k",
            help=f"Parameters of encoder and decoder together: {entry.parameters:,}.",
            width="content",
        )


def estimate(value: float, standard_error: float | None) -> str:
    """A number with its standard error, written to the digits that the error leaves sure."""
    decimals = 1 if not standard_error else max(0, min(2, 1 - math.ceil(math.log10(standard_error))))
    text = f"{value:.{decimals}f}" + (f" ± {standard_error:.{decimals}f}" if standard_error else "")
    return text.replace("-", "−")


def title(dataset: str) -> str:
    """A data set's name as people write it."""
    try:
        return cache.dataset_info(dataset).title
    except UnknownDataset:
        return dataset


def note(sentence: str) -> None:
    """One sentence about something that went wrong, while the page goes on; `say_notes` says it."""
    st.session_state.setdefault("frame_notes", []).append(sentence)


def say_notes() -> None:
    """Say what was noted, once the page stands: of a run that is begun anew before, nobody would see it."""
    for sentence in st.session_state.pop("frame_notes", []):
        st.toast(sentence, icon=":material/info:", duration="long")
