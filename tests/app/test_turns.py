"""From model to model, page to page and back: what was chosen stays chosen, and what was shown stays shown."""

import dataclasses
import shutil

import pytest
from screens import LIVE, explained, query_of, sent_to_browser
from small_models import DIGITS, write_stand_in
from streamlit.testing.v1 import AppTest

from ui.inpaint.state import Inpainting
from vae_core.zoo import store

FLAT, DEEP, LINE, BARE = "digits-small-2d", "digits-small-14d", "digits-small-1d", "digits-small-3d"


@pytest.fixture
def zoo_with_others(zoo, tmp_path, monkeypatch):
    """The stand-ins beside a model of one dimension, which has no map, and one without codes, which no page shows."""
    shutil.copytree(zoo, tmp_path / "zoo")
    write_stand_in(tmp_path / "zoo" / LINE, "digits", dataclasses.replace(DIGITS, latent_dim=1))
    write_stand_in(tmp_path / "zoo" / BARE, "digits", dataclasses.replace(DIGITS, latent_dim=3))
    (tmp_path / "zoo" / BARE / "codes.safetensors").unlink()
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")


def go(app: AppTest, page: str, **query: str) -> AppTest:
    """Another page by the menu, or by a link."""
    app.switch_page(f"pages/{page}.py")
    app.query_params.clear()
    app.query_params.update(query)
    return app.run()


def pick(app: AppTest, name: str) -> AppTest:
    return app.selectbox(key="frame_model").set_value(name).run()


@pytest.mark.parametrize("page", ["explore", "interpolate", "reconstruct"])
def test_for_a_model_without_a_map_another_one_stands_in_and_it_is_said_why(zoo_with_others, open_app, page):
    app = go(open_app(model=LINE), page)
    assert not app.error and not app.exception and sent_to_browser(app)["model"]["name"] == FLAT
    assert "has one latent dimension, and a map needs two" in explained(app)


@pytest.mark.parametrize("page", ["explore", "interpolate", "reconstruct"])
def test_a_model_that_cannot_be_shown_is_left_by_the_picker(zoo_with_others, open_app, page):
    app = go(open_app(model=BARE), page)
    assert app.error and not app.get(LIVE)
    app = pick(app, DEEP)
    assert not app.error and not app.exception
    assert sent_to_browser(app)["model"]["name"] == DEEP == query_of(app)["model"]


def test_it_is_left_by_the_picker_of_another_page_that_showed_one_before(zoo_with_others, open_app):
    app = go(go(open_app(model=FLAT), "interpolate"), "explore")
    assert pick(app, BARE).error
    app = go(app, "interpolate")
    assert app.error
    app = pick(app, DEEP)
    assert not app.error and sent_to_browser(app)["model"]["name"] == DEEP


@pytest.mark.parametrize("other", ["interpolate", "reconstruct", "beta_sweep", "learning"])
def test_back_from_another_page_leads_to_the_model_and_the_place_that_the_link_says(zoo, open_app, other):
    app = open_app(model=DEEP, colour="kl")
    place = query_of(app)
    assert not go(app, other).exception
    app = go(app, "explore", **place)
    assert not app.exception and not app.error and not app.toast
    assert app.selectbox(key="frame_model").value == sent_to_browser(app)["model"]["name"] == DEEP
    assert query_of(app) == place


def test_a_test_picture_stays_while_models_of_its_data_set_change(zoo, open_app):
    app = go(open_app(), "reconstruct", model=FLAT, sample="7")
    assert sent_to_browser(app)["place"]["index"] == 7
    for name in (DEEP, FLAT):
        app = pick(app, name)
        assert sent_to_browser(app)["place"]["index"] == 7 and query_of(app)["sample"] == "7"
    app = app.selectbox(key="frame_dataset").set_value("frey").run()
    assert sent_to_browser(app)["place"]["index"] == 0


def test_the_same_bad_file_is_a_new_problem_each_time():
    state, numbers = Inpainting(), []
    for _ in range(4):
        state.show_problem("This is no picture.")
        numbers.append(state.problem["number"])
    assert len(set(numbers)) == 4
