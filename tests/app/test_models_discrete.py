"""The section Discrete latents as Streamlit runs it: the models it offers, its links, what the browser is told."""

import pytest
import torch
from screens import LIVE, explained, query_of, sent_to_browser
from small_models import CODES

from ui.models.discrete import MOST_DRAWS
from vae_core.analysis.evaluation import encode_split
from vae_core.data import load_dataset
from vae_core.models.checkpoint import describe, write_checkpoint
from vae_core.models.vector_quantised import QuantisedConfig, QuantisedVAE
from vae_core.zoo import store

PAGE = "pages/models.py"
NAME, FLAT, FACES = "digits-codes-20d", "digits-small-2d", "frey-small-3d"
CELLS, SIZE = 20, 6


@pytest.fixture
def codes(zoo, tmp_path, monkeypatch):
    """An untrained model with two grids of codes, in a folder of one's own beside the zoo."""
    torch.manual_seed(0)
    config = QuantisedConfig((1, 8, 8), SIZE, 4, 8, halvings=1, levels=2, prior_width=16, prior_layers=1)
    model = QuantisedVAE(config).requires_grad_(False).eval()
    found = encode_split(model, load_dataset("digits").test, torch.arange(CODES))
    what = describe(model, name=NAME, dataset="digits", objective="vq", training={}, seed=0)
    write_checkpoint(tmp_path / "runs" / NAME, model, what | {"objective_settings": {"commitment": 0.25}}, found)
    monkeypatch.setenv(store.MODELS, str(tmp_path / "runs"))
    return store.open_checkpoint(tmp_path / "runs" / NAME)


def said(app) -> str:
    return " ".join(element.value for kind in (app.info, app.toast, app.error) for element in kind)


def test_the_browser_is_told_of_the_grids_and_of_how_each_codebook_is_used(codes, open_page):
    app = open_page(model=NAME, section="codes")
    assert not app.exception and not said(app)
    data = sent_to_browser(app)
    assert data["chosen"] == NAME and data["grids"] == [[2, 2], [4, 4]] and data["size"] == SIZE
    assert {"decoder", "encoder", "prior"} <= set(data["network"]) and data["samples"] == CODES
    coarse, fine = data["usage"]
    assert sum(coarse["counts"]) == 4 * CODES and sum(fine["counts"]) == 16 * CODES
    assert coarse["dead"] == coarse["counts"].count(0)
    assert fine["counts"] == torch.bincount(codes.codes.mean[:, 4:].long().flatten(), minlength=SIZE).tolist()
    assert data["stored"]["blocks"] == [["codes", CELLS]] and data["stored"]["count"] == CODES
    assert data["place"]["changed"] == [] and data["place"]["step"] is None


def test_a_link_says_everything(codes, open_page):
    query = {"codes": "19~5,0~2", "cell": "3", "cells": "20", "draw": "7", "sample": "4"}
    app = open_page(model=NAME, section="codes", **query)
    place = {"row": 4, "drawn": None, "changed": [[0, 2], [19, 5]], "cell": 3, "step": 20, "seed": 7}
    assert sent_to_browser(app)["place"] == place and not said(app)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"codes": "0~6"}, "'codes' was left out: it is a cell, 0 to 19, and its code, 0 to 5, as in 0~3, got '0~6'"),
        ({"codes": "20~1"}, "'codes' was left out"),
        ({"codes": "1~2,3"}, "got '3'"),
        ({"codes": "-1~2"}, "'codes' was left out"),
        ({"cell": "20"}, "'cell' was left out: it may be 0 to 19, got '20'"),
        ({"cells": "21"}, "'cells' was left out: it may be 0 to 20, got '21'"),
        ({"draw": "0"}, f"'draw' was left out: it may be 1 to {MOST_DRAWS}"),
        ({"sample": "99999"}, "there is no code of test picture '99999'"),
        ({"drawn": "AAAA"}, "it is not a picture of 8 x 8 pixels"),
    ],
)
def test_nonsense_in_a_link_is_left_out_and_nothing_else_is_lost(codes, open_page, query, sentence):
    app = open_page(**({"model": NAME, "section": "codes", "cell": "2"} | query))
    assert not app.exception and sentence in said(app).replace("\\", "").replace("\u2060", "")
    data = sent_to_browser(app)
    assert data["section"] == "codes" and ("cell" in query or data["place"]["cell"] == 2)


def test_models_of_other_families_are_not_offered_and_a_data_set_without_one_says_so(codes, open_page):
    app = open_page(model=FLAT, section="codes")
    assert app.selectbox(key="frame_model").options == [NAME] and sent_to_browser(app)["chosen"] == NAME
    app = open_page(model=FACES, section="codes")
    assert not app.exception and not app.get(LIVE)
    assert "No model of Frey Face has discrete latents yet: choose Digits above." in said(app)


def test_without_any_such_model_a_command_builds_one(zoo, open_page):
    app = open_page(model=FLAT, section="codes")
    assert not app.exception and "zoo build digits-vq-4d" in said(app)


def test_a_section_without_discrete_latents_does_not_offer_it_and_says_where_it_is_shown(codes, open_page):
    app = open_page(model=NAME, section="shape")
    data = sent_to_browser(app)
    assert data["section"] == "shape" and data["chosen"] == FLAT
    assert NAME not in app.selectbox(key="frame_model").options
    assert "Models, Discrete latents shows it" in explained(app)
    app.segmented_control(key="models_section").set_value("codes").run()
    assert not app.exception and sent_to_browser(app)["chosen"] == NAME
    assert query_of(app)["section"] == "codes"


def test_codes_that_the_codebook_does_not_have_are_no_checkpoint(codes, tmp_path):
    folder = tmp_path / "wrong"
    beyond = type(codes.codes)(**{**vars(codes.codes), "mean": codes.codes.mean + SIZE})
    write_checkpoint(folder, codes.model, codes.description, beyond)
    with pytest.raises(ValueError, match=f"holds codes that are not whole numbers from 0 to {SIZE - 1}"):
        store.open_checkpoint(folder)
