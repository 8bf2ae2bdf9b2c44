"""What strangers wrote is read as text: never as Markdown, HTML, a symbol, a formula or an address."""

import json
import re

import numpy as np
import pytest
import streamlit as st

from ui.beta_sweep import capacity_figures, disentanglement_figures
from ui.beta_sweep import figures as trade
from ui.beta_sweep.figures import PARTS, Measured
from ui.explore import component
from ui.inpaint import figures as inpaint_figures
from ui.text import OUR_OWN, for_plotly, plain

MARKDOWN = re.compile(r"(?<!\\)([`*_\[\]<>~$]|:(?=\S))|^([-+#=]|\d+[.)])")
REPLACED = re.compile(
    r":(?=[\w+-]+:)|:material/|(?i:https?://|www\.|\w@)|(?:^|\s)(?:<?->|<-|--|[<>~]=)(?:\s|$)"
)  # after Markdown was read
HOSTILE = [
    "![x](http://elsewhere.example/p.png)",
    "[click](javascript:alert)",
    "<img src=x onerror=alert(1)>",
    "**bold** _thin_ ~~gone~~ `code`",
    ":material/warning: :red[danger]",
    "$\\frac{1}{2}$",
    "http://elsewhere.example www.elsewhere.example me@elsewhere.example",
    "`python -m other`",
    "line\n# heading",
    ":smile: :+1: :material_home: ::leaf :streamlit:",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "_www.elsewhere.example",
    "`python -m vae_core zoo list\n\n# heading\n\n`",
    *("1. one", "12) twelve", "- one", "+ one", "* one", "# one", "> one", "= one", "--- one", "::leaf"),
]
TAG = re.compile(r"<(?!/?(?:br|b|extra)>)|&(?!(?:lt|gt|amp);)")  # but those that our own templates have


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_left_that_markdown_reads(text):
    shown = plain(f"The link's map was left out: got '{text}'.")
    assert not MARKDOWN.search(OUR_OWN.sub("", shown)) and "\n" not in shown
    for address in ("http://", "www.", "me@"):
        assert address not in shown.replace("\\", "")
    unescaped = re.sub(r"\\(.)", r"\1", shown).replace("\u2060", "")
    assert " ".join(text.split()).replace("\\", "") in unescaped.replace("\\", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_left_that_is_replaced_afterwards(text):
    seen = re.sub(r"\\(?=[^a-zA-Z0-9\s])", "", OUR_OWN.sub("", plain(text)))
    assert not REPLACED.search(seen) and not MARKDOWN.search(OUR_OWN.sub("", plain(text)))
    assert seen.replace("\u2060", "").split() == OUR_OWN.sub("", " ".join(text.split())).split() or "\\" in text


def test_a_command_can_be_copied():
    assert plain("run npm ci --prefix static") == "run npm ci --prefix static"


def test_our_own_commands_stay_code():
    assert plain("Run `python -m vae_core zoo list` now.") == "Run `python -m vae_core zoo list` now."


def test_a_links_model_reaches_the_toast_as_text(zoo, open_app):
    app = open_app(model="![x](http://elsewhere.example/p.png)")
    (toast,) = app.toast
    assert not app.exception and not MARKDOWN.search(toast.value) and "http://" not in toast.value


def test_what_is_noted_by_a_run_that_begins_anew_is_said_once(zoo, open_app, monkeypatch):
    show, begun = component.show, []

    def show_and_begin_anew(*what):
        show(*what)
        if not begun:
            begun.append(True)
            st.rerun()

    monkeypatch.setattr(component, "show", show_and_begin_anew)
    (toast,) = open_app(model="nobody").toast
    assert begun and "nobody" in toast.value


NAMES = ["<b>x</b>", "<a href='https://elsewhere.example'>y</a>", "R&lt;D", "z" * 60]


def figures_of(names):
    """Every figure that Python builds, with names from outside wherever it takes a name."""
    two, square = np.array([0.2, 0.7]), np.array([[0.1, 0.2], [0.3, 0.4]])
    models = [
        Measured(name, name, rate, 5.0 + rate, 1, (0.5, 0.1), {"standard_error": 0.1, **dict.fromkeys(PARTS, 0.2)})
        for rate, name in enumerate(names)
    ]
    yield trade.rate_distortion(models, names[0], [Measured(names[1], "", 1.5, 6.0, 1, (), {})])
    yield trade.kl_by_dimension(models)
    yield trade.kl_decomposition(models)
    runs = [(name, name, 0.5) for name in names]
    yield disentanglement_figures.scores(names, runs, names[0])
    yield disentanglement_figures.information(square, names[:2], names[2:])
    yield capacity_figures.posteriors(square, square, names[:2])
    yield capacity_figures.worth(names[:2], two, two)
    yield inpaint_figures.posteriors({names[0]: square, names[1]: square}, square, (names[2], names[3]))
    row = {"method": "mean", "fraction": 0.5, "rmse": 1.0, "standard_errors": {"rmse": 0.1}}
    yield inpaint_figures.error_curves([row], {"mean": names[0]}, names[1], "rmse")


def texts_of(value):
    """Every text of a figure as Plotly gets it, but what a click brings back: the first of a point's `customdata`."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from texts_of([row[1:] for row in part if isinstance(row, list)] if name == "customdata" else part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("turn", range(4))
def test_no_figure_reads_a_name_as_markup(turn):
    names = NAMES[turn:] + NAMES[:turn]
    shown = [for_plotly(name) for name in names]
    for figure in figures_of(names):
        texts = list(texts_of(json.loads(figure.update_layout(template=None).to_json())))
        assert not [text for text in texts if TAG.search(text) or "z" * 60 in text]
        assert any(name in text for name in shown for text in texts)


def test_a_name_in_a_figure_reads_as_itself():
    assert for_plotly("R&D <b>x</b>") == "R&amp;D &lt;b&gt;x&lt;/b&gt;"
    assert for_plotly("z" * 60) == "z" * 39 + "…"
