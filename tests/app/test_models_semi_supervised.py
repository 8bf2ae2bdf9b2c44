"""Semi-supervised on the Models page as Streamlit runs it: models that classify, and what labels buy."""

import shutil

import pytest
import torch
from screens import LIVE, explained, query_of, sent_to_browser
from small_models import CODES, CONDITIONAL, LABELS, SEMI_SUPERVISED, write_conditional, write_semi_supervised
from test_models import FACES, FLAT, choose_section, said

from ui import cache, link
from ui.models import figures, semi_supervised
from ui.models.labels_figure import error_over_labels
from vae_core.analysis.evaluation import noiseless
from vae_core.data import load_dataset
from vae_core.data.pictures import DatasetMissing
from vae_core.studies.comparison import Draws
from vae_core.studies.published import Published
from vae_core.zoo import store

PAGE = "pages/models.py"
HERE = {"model": SEMI_SUPERVISED, "section": "labels"}
PAPER = Published(11.97, "A paper, table 1", "M2", 1.71)
FEW = Draws("M2, 20 labels", 20, ("a-0", "a-1", "a-2"), (10.0, 14.0, None), 15, PAPER)
MORE = Draws("M2, 100 labels", 100, ("b-0",), (4.0,), 15)
NEVER = Draws("M2, 1,000 labels", 1000, ("c-0", "c-1"), (None, None), 15, Published(3.6, "A paper, table 1", "M2"))


@pytest.fixture(scope="module")
def given(stand_ins, tmp_path_factory):
    """The stand-ins, a model with labels, and one that classifies."""
    folder = tmp_path_factory.mktemp("classifying") / "zoo"
    shutil.copytree(stand_ins, folder)
    write_conditional(folder / CONDITIONAL)
    write_semi_supervised(folder / SEMI_SUPERVISED)
    return folder


@pytest.fixture
def classifying(zoo, given, monkeypatch):
    monkeypatch.setattr(store, "ZOO", given)
    monkeypatch.setattr(semi_supervised, "draws", lambda dataset: [FEW, MORE, NEVER] if dataset == "digits" else [])
    return given


@torch.no_grad()
def probabilities(folder):
    """q(y|x) of the test pictures that have codes, and their labels."""
    checkpoint = store.open_checkpoint(folder / SEMI_SUPERVISED)
    test = load_dataset("digits").test
    x = noiseless(test.batch(checkpoint.codes.indices), "bernoulli")
    return checkpoint.model.classify(x).probs, test.labels[checkpoint.codes.indices]


def test_it_opens_with_the_mistake_that_the_model_is_the_least_sure_of(classifying, open_page):
    app = open_page(**HERE)
    assert not app.exception and not app.error and not said(app)
    data = sent_to_browser(app)
    assert data["section"] == "labels" and data["labels"] == [str(y) for y in range(10)] and data["classes"] == 10
    assert data["network"]["latentDim"] == 3 and "classifier" in data["network"]["classifier"]
    assert data["said"]["count"] == data["samples"] == CODES
    assert app.selectbox(key="frame_model").options == [SEMI_SUPERVISED], "others do not classify"
    q, labels = probabilities(classifying)
    sure, guess = q.max(1)
    wrong = (guess != labels).nonzero()[:, 0]
    assert data["place"] == {"row": int(wrong[sure[wrong].argmin()]), "drawn": None}


def test_mistakes_are_those_of_the_model_the_surest_first(classifying, open_page):
    wrong = sent_to_browser(open_page(**HERE))["wrong"]
    q, labels = probabilities(classifying)
    missed = [row for row in range(CODES) if int(q[row].argmax()) != int(labels[row])]
    assert (wrong["of"], wrong["count"]) == (CODES, len(missed))
    assert sorted(wrong["rows"]) == missed and len(wrong["sheets"]) == 1
    for row, label, guess, sure in zip(
        *(wrong[key] for key in ("rows", "labels", "guessed", "probability")), strict=True
    ):
        assert (label, guess) == (int(labels[row]), int(q[row].argmax()))
        assert sure == pytest.approx(q[row, guess].item(), abs=1e-4)
    assert wrong["probability"] == sorted(wrong["probability"], reverse=True)


def test_the_figure_has_every_draw_their_mean_the_paper_and_a_ring(classifying, open_page):
    app = open_page(**HERE)
    assert len(app.get("plotly_chart")) == 1
    captions = " ".join(caption.value for caption in app.caption).replace("\\", "").replace("\u2060", "")
    assert "○ A paper, table 1: M2." in captions and "2 of 3 with 20 labels" in captions
    figure = error_over_labels([FEW, MORE, NEVER], (SEMI_SUPERVISED, LABELS, 25.0))
    published, means, dots, ring = figure.data
    assert list(published.y) == [11.97, 3.6] and list(published.error_y.array) == [1.71, 0]
    assert published.marker.color == "rgba(0,0,0,0)"
    assert list(zip(dots.x, dots.y, strict=True)) == [(20, 10.0), (20, 14.0), (100, 4.0)]
    assert list(means.y) == [12.0, 4.0] and list(means.error_y.array) == pytest.approx([8**0.5, 0])
    assert (ring.x, ring.y, ring.name) == ((LABELS,), (25.0,), "this model")
    assert figure.layout.xaxis.type == "log" and list(figure.layout.xaxis.tickvals) == [20, 100, 1000]
    (never,) = figure.layout.annotations
    assert "not trained" in never.text and 10**never.x == pytest.approx(1000)


def test_the_model_on_the_screen_is_ringed_where_it_stands(classifying, open_page, monkeypatch):
    seen = []

    def watched(settings, here):
        seen.append(here)
        return error_over_labels(settings, here)

    monkeypatch.setattr(semi_supervised, "error_over_labels", watched)
    open_page(**HERE)
    assert seen[-1] == (SEMI_SUPERVISED, LABELS, 25.0)


def test_a_figure_without_any_draw_is_a_figure_all_the_same():
    figure = error_over_labels([NEVER], None)
    assert len(figure.data) == 3 and len(figure.layout.annotations) == 1


def test_without_a_comparison_of_the_data_set_there_is_no_figure(classifying, open_page, monkeypatch):
    monkeypatch.setattr(semi_supervised, "draws", lambda dataset: [])
    app = open_page(**HERE)
    assert not app.exception and not app.get("plotly_chart") and sent_to_browser(app)["wrong"]


def test_graph_and_objective_stand_below(classifying, open_page):
    app = open_page(**HERE)
    assert any(r"\mathcal U(x)" in latex.value and r"\sum_y q(y|x)" in latex.value for latex in app.latex)
    svg = figures.drawing(figures.GRAPHS["semi-supervised"])
    assert svg.count("<path") == 1, "y is observed for some pictures"
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Test error"] == "25.0%" and "Nearest codes agree" not in metrics


def test_a_link_says_the_picture(classifying, open_page):
    assert sent_to_browser(open_page(**HERE, sample="5"))["place"] == {"row": 5, "drawn": None}
    drawn = sent_to_browser(open_page(**HERE, drawn=link.text_of(bytes(range(32)))))["place"]
    assert drawn["row"] is None and drawn["drawn"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"sample": "99999"}, "there is no code of test picture '99999'"),
        ({"drawn": "AAAA"}, "it is not a picture of 8 x 8 pixels"),
    ],
)
def test_nonsense_is_left_out_with_a_sentence(classifying, open_page, query, sentence):
    app = open_page(**HERE, **query)
    assert not app.exception and sentence in said(app).replace("\\", "").replace("\u2060", "")


def test_without_pictures_the_measured_error_is_said(classifying, open_page, monkeypatch):
    def unavailable(*_):
        raise DatasetMissing("Digits are not here")

    monkeypatch.setattr(cache, "pictures", unavailable)
    app = open_page(**HERE)
    assert not app.exception
    data = sent_to_browser(app)
    assert data["wrong"] is None and data["place"]["row"] == 0
    assert data["noWrong"].startswith("25.0 % of the test pictures are named wrong.") and "Digits" in data["noWrong"]


def test_pictures_without_labels_say_why_and_where_there_are_some(classifying, open_page):
    app = open_page(model=FACES, section="labels")
    assert not app.exception and not app.get(LIVE)
    assert "the pictures of Frey Face have none: choose Digits above" in said(app)


def test_without_any_such_model_the_command_is_named(zoo, open_page):
    app = open_page(model=FLAT, section="labels")
    assert not app.exception and not app.get(LIVE)
    assert "python -m vae_core zoo build digits-m2-100-labels-0-4d" in said(app)


def test_other_sections_and_pages_offer_what_they_can_show_and_say_so(classifying, open_page, open_app):
    app = choose_section(open_page(**HERE), "side")
    assert not app.exception and not app.error
    assert app.selectbox(key="frame_model").value == SEMI_SUPERVISED in sent_to_browser(app)["siblings"]
    app = choose_section(app, "labels")
    assert sent_to_browser(app)["chosen"] == SEMI_SUPERVISED and query_of(app)["section"] == "labels"
    app = open_app(model=SEMI_SUPERVISED)
    assert not app.exception and not app.error and app.selectbox(key="frame_model").value == FLAT
    assert "Models, Semi-supervised shows it" in explained(app)
