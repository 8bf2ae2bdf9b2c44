"""Conditional on the Models page as Streamlit runs it: models with labels, their links, and where there are none."""

import shutil

import pytest
from screens import LIVE, explained, query_of, sent_to_browser
from small_models import CODES, CONDITIONAL, write_conditional
from test_models import DEEP, FACES, FLAT, choose_section, said

from vae_core.zoo import store

PAGE = "pages/models.py"
HERE = {"model": CONDITIONAL, "section": "conditional"}


@pytest.fixture(scope="module")
def given(stand_ins, tmp_path_factory):
    """The stand-ins, and a model with labels."""
    folder = tmp_path_factory.mktemp("labelled") / "zoo"
    shutil.copytree(stand_ins, folder)
    write_conditional(folder / CONDITIONAL)
    return folder


@pytest.fixture
def labelled(zoo, given, monkeypatch):
    monkeypatch.setattr(store, "ZOO", given)
    return given


def test_it_opens_with_a_draw_every_label_and_sliders(labelled, open_page):
    app = open_page(**HERE)
    assert not app.exception and not app.error
    data = sent_to_browser(app)
    assert data["section"] == "conditional" and data["labels"] == [str(y) for y in range(10)] and data["classes"] == 10
    assert data["place"] == {"z": None, "seed": 1, "row": 0, "drawn": None, "label": None}
    assert sorted(each["index"] for each in data["dimensions"]) == [0, 1, 2]
    assert data["network"]["latentDim"] == 3 and data["said"]["count"] == CODES
    assert app.selectbox(key="frame_model").options == [CONDITIONAL], "others are given no labels"
    assert any("q(z|x, y)" in latex.value for latex in app.latex)
    assert "Test −log p(x | y)" in {metric.label for metric in app.metric}
    assert "Nearest codes agree" not in {metric.label for metric in app.metric}


def test_a_link_says_the_style_the_picture_and_its_label(labelled, open_page):
    query = {**HERE, "z": "0.5,-1,2", "draw": "7", "sample": "5", "label": "8"}
    data = sent_to_browser(open_page(**query))
    assert data["place"] == {"z": [0.5, -1, 2], "seed": 7, "row": 5, "drawn": None, "label": 8}
    assert sent_to_browser(open_page(**HERE, z="picture"))["place"]["z"] == "picture"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"label": "10"}, "'label' was left out: it may be 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got '10'"),
        ({"label": ""}, "'label' was left out"),
        ({"z": "0,0"}, "'z' was left out: it is 'picture', or 3 numbers between -20 and 20"),
        ({"z": "0,0,21"}, "'z' was left out"),
        ({"z": "0,nan,0"}, "'z' was left out"),
        ({"draw": "0"}, "'draw' was left out: it may be 1 to 1000000"),
        ({"sample": "99999"}, "there is no code of test picture '99999'"),
        ({"drawn": "AAAA"}, "it is not a picture of 8 x 8 pixels"),
    ],
)
def test_nonsense_is_left_out_with_a_sentence(labelled, open_page, query, sentence):
    app = open_page(**HERE, **query)
    assert not app.exception and sentence in said(app).replace("\\", "").replace("\u2060", "")
    assert sent_to_browser(app)["section"] == "conditional"


def test_pictures_without_labels_say_why_and_where_there_are_some(labelled, open_page):
    app = open_page(model=FACES, section="conditional")
    assert not app.exception and not app.get(LIVE)
    assert "the pictures of Frey Face have none: choose Digits above" in said(app)


def test_without_any_such_model_the_command_is_named(zoo, open_page):
    app = open_page(model=FLAT, section="conditional")
    assert not app.exception and not app.get(LIVE)
    assert "zoo build digits-conditional-4d" in said(app).replace("\\", "").replace("\u2060", "")


def test_other_sections_and_pages_offer_what_they_can_show_and_say_so(labelled, open_page, open_app):
    app = choose_section(open_page(**HERE), "side")
    assert not app.exception and not app.error
    assert app.selectbox(key="frame_model").value == CONDITIONAL == sent_to_browser(app)["chosen"]
    app = choose_section(app, "conditional")
    assert sent_to_browser(app)["chosen"] == CONDITIONAL and query_of(app)["section"] == "conditional"
    app = open_app(model=CONDITIONAL)
    assert not app.exception and not app.error and app.selectbox(key="frame_model").value == FLAT
    why = f"{CONDITIONAL} needs a label beside the picture, and none is given here: Models, Conditional shows it"
    assert f"{why}, and {FLAT} stands in here." in explained(app) and not app.toast
    app = app.run()
    assert why in explained(app), "it stays"
    app.selectbox(key="frame_model").set_value(DEEP).run()
    assert why not in explained(app), "until another one is picked"
