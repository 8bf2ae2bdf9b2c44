"""Sharpness on the Models page as Streamlit runs it: which models it compares, both errors, and what it needs."""

import shutil
from dataclasses import replace

import pytest
import torch
from screens import LIVE, query_of, sent_to_browser
from small_models import ADVERSARIAL, CODES, write_adversarial
from test_links_fuzz import VALUES
from test_models import DEEP, FACES, FLAT, choose_section, said

from ui import cache, frame, link, tables
from ui.models import sharpness
from vae_core.analysis.sharpness import feature_error
from vae_core.analysis.sharpness_of_models import Sharpness
from vae_core.data import load_dataset
from vae_core.data.pictures import DatasetUnavailable
from vae_core.zoo import store

PAGE = "pages/models.py"
PLAIN, FEATURES, GAN = ADVERSARIAL
HERE = {"model": GAN, "section": "sharp"}


@pytest.fixture(scope="module")
def given(stand_ins, tmp_path_factory):
    """The stand-ins, and models with a discriminator beside their twin."""
    folder = tmp_path_factory.mktemp("adversarial") / "zoo"
    shutil.copytree(stand_ins, folder)
    write_adversarial(folder)
    return folder


@pytest.fixture
def judged(zoo, given, monkeypatch):
    monkeypatch.setattr(store, "ZOO", given)
    return given


@pytest.fixture
def table(monkeypatch):
    """The rows of the last table that was shown."""
    rows = []
    monkeypatch.setattr(tables, "table", lambda given, *_, **__: rows.__setitem__(slice(None), given))
    return rows


def test_it_opens_with_one_model_of_each_kind_on_the_same_pictures(judged, open_page):
    app = open_page(**HERE)
    assert not app.exception and not app.error
    data = sent_to_browser(app)
    assert [model["name"] for model in data["models"]] == [PLAIN, FEATURES, GAN] == data["siblings"]
    assert [model["note"] for model in data["models"]] == ["VAE", "VAE_Disₗ", "VAE/GAN"]
    assert data["place"] == {"models": [PLAIN, FEATURES, GAN], "row": 0, "show": "reconstructions", "seed": 1}
    assert len(set(data["colours"].values())) == 3 and set(data["colours"]) == set(data["siblings"])
    assert data["samples"] == CODES and data["limits"] == {"most": 4, "pictures": 8, "draws": 1_000_000}
    assert app.selectbox(key="frame_model").options == [PLAIN, FEATURES, GAN], "others have Bernoulli pixels"
    formulas = [latex.value for latex in app.latex]
    assert len(formulas) == 3 and r"\log \mathrm{Dis}(x_p)" in formulas[2] and r"\mathrm{Dis}_l(x)" in formulas[1]


def test_a_link_says_models_pictures_and_what_is_drawn(judged, open_page):
    app = open_page(**HERE, models=PLAIN, sample="7", show="samples", draw="3")
    data = sent_to_browser(app)
    assert [model["name"] for model in data["models"]] == [PLAIN, GAN]
    assert data["place"] == {"models": [PLAIN], "row": 7, "show": "samples", "seed": 3}
    assert [model["name"] for model in sent_to_browser(open_page(**HERE, models=""))["models"]] == [GAN]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"show": "both"}, "'show' was left out: it may be reconstructions, samples, got 'both'"),
        ({"models": FLAT}, f"'models' was left out: it may be {PLAIN}, {FEATURES}, {GAN}, got '{FLAT}'"),
        ({"draw": "0"}, "'draw' was left out: it may be 1 to 1000000"),
        ({"sample": "99999"}, "there is no code of test picture '99999'"),
    ],
)
def test_nonsense_is_left_out_with_a_sentence(judged, open_page, query, sentence):
    app = open_page(**HERE, **query)
    assert not app.exception and sentence in said(app).replace("\\", "").replace("\u2060", "")
    assert sent_to_browser(app)["section"] == "sharp"


def test_all_are_judged_by_the_features_of_the_vae_gan(judged, open_page, table):
    app = open_page(**{**HERE, "model": PLAIN})
    assert not app.exception
    assert [row["model"] for row in table] == ["real pictures", PLAIN, FEATURES, GAN]
    assert table[0]["pixel error"] == "–" and table[0]["sharpness, samples"] == "100 %"
    discriminator = store.open_checkpoint(judged / GAN).model.discriminator
    x = (load_dataset("digits").test.batch(slice(0, 200)).float() + 0.5) / 256
    for row in table[1:]:
        model = store.open_checkpoint(judged / row["model"]).model
        with torch.no_grad():
            again = model.decode(model.encode(x).mean).mean
        error = feature_error(discriminator, x, again).square().mean().sqrt()
        assert row["feature error"] == f"{error:.3f}"
        assert row["pixel error"] == f"{255 * (again - x).square().mean().sqrt():.1f}"
    assert any(f"the discriminator of {GAN} for every model" in caption.value for caption in app.caption)


def test_samples_that_are_sharper_than_the_pictures_are_told(judged, open_page, monkeypatch):
    def noisy(*given):
        found = measured(*given)
        if given[2].description["objective"] == "elbo":
            return found
        real = found.pictures
        return replace(found, samples=Sharpness(24.39 * real.laplacian_variance, 1.1 * real.fine_power))

    def told():
        return " ".join(caption.value for caption in open_page(**HERE).caption)

    measured = sharpness.measured
    assert "noise is sharp" not in told()
    monkeypatch.setattr(sharpness, "measured", noisy)
    assert f"samples of {FEATURES} (24.4 times as sharp), {GAN} (24.4 times as sharp): noise is sharp, too." in told()


def test_without_the_pictures_codes_are_decoded_and_the_errors_say_why_they_are_missing(judged, open_page, monkeypatch):
    def unavailable(*_):
        raise DatasetUnavailable("Digits are not here.")

    monkeypatch.setattr("ui.cache.pictures", unavailable)
    app = open_page(**HERE, sample="3")
    assert not app.exception and "Digits are not here. Without them the errors cannot be measured" in said(app)
    for model in sent_to_browser(app)["models"]:
        codes = store.open_checkpoint(judged / model["name"]).codes.mean
        assert model["codes"][0] == pytest.approx(codes[3].tolist())


def test_a_data_set_without_such_a_model_says_where_there_is_one(judged, open_page):
    app = open_page(model=FACES, section="sharp")
    assert not app.exception and not app.get(LIVE)
    assert "No model of Frey Face has a discriminator" in said(app) and "choose Digits above." in said(app)


def test_without_any_such_model_the_command_is_named(zoo, open_page):
    app = open_page(model=FLAT, section="sharp")
    assert not app.exception and not app.get(LIVE)
    assert "zoo build digits-gan-8d` builds one of Digits" in said(app).replace("\\", "").replace("\u2060", "")


def test_another_section_and_back_keeps_the_models(judged, open_page):
    app = choose_section(open_page(**HERE, models=PLAIN, show="samples"), "side")
    assert not app.exception and not app.error
    assert {FLAT, DEEP, PLAIN, GAN} <= set(app.selectbox(key="frame_model").options)
    app = choose_section(app, "sharp")
    assert query_of(app)["models"] == PLAIN and query_of(app)["show"] == "samples"


def test_the_model_that_is_most_like_the_apps_own_stands_for_its_kind(judged, open_page):
    write_adversarial(judged, latent_dim=5)
    try:
        data = sent_to_browser(open_page(**{**HERE, "model": GAN.replace("3d", "5d")}))
        assert [model["name"] for model in data["models"]] == [name.replace("3d", "5d") for name in ADVERSARIAL]
        assert sharpness.MOST == 4 and len(data["siblings"]) == 6
    finally:
        for name in ADVERSARIAL:
            shutil.rmtree(judged / name.replace("3d", "5d"))


@pytest.mark.parametrize("name", ["row", "models", "sample", "show", "draw"])
def test_whatever_is_reported_is_taken_or_refused_and_what_is_taken_can_be_linked_to(judged, name):
    entry = cache.zoo()[GAN]
    shown = frame.Shown(entry, cache.checkpoint(entry.folder), (GAN,), None)
    opening = sharpness.opening(shown)
    for text in [*VALUES, PLAIN, f"{PLAIN},{GAN}", ",".join([PLAIN] * 9), "samples", "59", "60"]:
        try:
            state = link.checked({name: text}, sharpness.SECTION.fields, opening, shown)
        except ValueError as error:
            assert len(str(error)) < 300
            continue
        written = link.write(sharpness.SECTION.fields, state, shown)
        assert link.checked(written, sharpness.SECTION.fields, opening, shown) == state
