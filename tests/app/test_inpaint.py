"""The Inpaint page as Streamlit runs it: links, holes, methods, chains, and the page without a runtime."""

import base64
import json

import pytest
import torch
from screens import LIVE, sent_to_browser
from small_models import CODES, DIGITS
from streamlit.testing.v1 import AppTest

from ui import inpaint
from ui import inpaint_sections as sections
from ui.inpaint_visit import METHODS, Hole, read_hole
from vae_core.data.masks import KINDS, draw_masks
from vae_core.models.checkpoint import Codes, describe, write_checkpoint
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.zoo import store

PAGE = "pages/inpaint.py"
NAME = "digits-masked-small"
SHAPE = (1, 8, 8)


@pytest.fixture
def masked_zoo(zoo, tmp_path, monkeypatch):
    """A zoo with an untrained masked model in it."""
    draw = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    model = MaskedVAE(MaskedConfig(DIGITS, completer_hidden=(16,), components=3)).eval()
    mean = torch.randn(CODES, 2, generator=draw)
    codes = Codes(
        mean=mean,
        stddev=torch.full((CODES, 2), 0.5),
        indices=torch.arange(CODES),
        reconstruction_error=torch.rand(CODES, generator=draw),
        labels=torch.arange(CODES) % 10,
    )
    what = describe(model, name=NAME, dataset="digits", objective="masked-posterior", training={}, seed=0)
    projections = {"pca": mean, "pca_components": torch.eye(2), "pca_mean": torch.zeros(2)}
    write_checkpoint(tmp_path / "zoo" / NAME, model, what, codes, projections, {"active_units": 1})
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")


def click(app: AppTest, words: str) -> AppTest:
    (button,) = (button for button in app.button if words in button.label)
    return button.click().run()


def test_it_opens_with_a_picture_and_its_hole(masked_zoo, open_page):
    app = open_page(model=NAME, sample="7", mask="box", fraction="0.3", seed="5")
    assert not app.exception and not app.error and not app.toast
    data = sent_to_browser(app)
    assert data["place"]["kind"] == "sample" and data["place"]["index"] == 7
    assert data["hole"] == {"kind": "box", "fraction": 0.3, "seed": 5, "painted": None}
    assert data["model"]["completer"] and data["model"]["components"] == 3
    bits, size = base64.b64decode(data["masks"]["bits"]), 8
    assert torch.equal(inpaint.unpacked(bits[6 * size : 7 * size], 8, 8), draw_masks("box", 1, SHAPE, 0.3, 5))


def test_without_a_masked_model_it_says_what_to_build(zoo, open_page):
    app = open_page()
    assert not app.exception and "zoo build mnist-masked-10d" in app.warning[0].value


@pytest.mark.parametrize(
    "words",
    [
        {"sample": "4711"},
        {"mask": "circle"},
        {"fraction": "1.5"},
        {"fraction": "nan"},
        {"seed": "-1"},
        {"hole": "!!"},
        {"hole": "AAAA"},
        {"method": "guess"},
    ],
)
def test_a_link_that_says_nonsense_opens_without_it(masked_zoo, open_page, words):
    app = open_page(model=NAME, **words)
    assert not app.exception and len(app.toast) == 1
    hole = sent_to_browser(app)["hole"]
    assert hole == Hole().for_browser()


def test_a_painted_hole_comes_back_from_its_link():
    mask = draw_masks("strokes", 1, SHAPE, 0.4, 3)
    hole = Hole("pixels", 0.25, 12, inpaint.packed(mask))
    again, complaints = read_hole(hole.words(), SHAPE)
    assert again == hole and not complaints
    assert torch.equal(again.mask(SHAPE), mask)


def test_the_page_offers_every_kind_of_mask():
    assert set(inpaint.MASKS) == set(KINDS)


@pytest.mark.parametrize("fraction", ["0.5", "1"])
def test_every_method_fills_the_hole(masked_zoo, open_page, fraction):
    app = click(open_page(model=NAME, fraction=fraction), "methods on this hole")
    assert not app.exception
    (table,) = app.dataframe
    assert list(table.value["Method"]) == [title for name, title in METHODS.items() if name != "partial-conv"]
    assert (table.value["Time, ms"] > 0).all() and "Cross-entropy" not in " ".join(table.value.columns)
    app.session_state["inpaint"].truth = True
    (table,) = app.run().dataframe
    assert (table.value.filter(like="Cross-entropy") > 0).all(axis=None)


def test_nothing_hidden_is_said(masked_zoo, open_page):
    app = open_page(model=NAME, fraction="0")
    assert not app.exception and "Nothing is hidden" in app.info[0].value


def test_both_chains_are_played(masked_zoo, open_page):
    app = open_page(model=NAME)
    app.session_state["inpaint_section"] = "chain"
    app = click(app.run(), "both chains")
    assert not app.exception
    played = json.loads(app.get(LIVE)[1].proto.json)
    assert [chain["name"] for chain in played["chains"]] == ["Pseudo-Gibbs", "Metropolis-within-Gibbs"]
    for chain in played["chains"]:
        assert len(chain["path"]) == len(chain["bounds"]) == 100
        assert len(base64.b64decode(chain["pictures"])) == 100 * 64


def test_the_method_looked_at_is_in_the_link_and_comes_back_from_it(masked_zoo, open_page):
    app = open_page(model=NAME)
    app.selectbox(key="inpaint_method").select("gradient").run()
    assert app.query_params["method"] in ("gradient", ["gradient"])
    app = open_page(model=NAME, method="importance")
    assert app.selectbox(key="inpaint_method").value == "importance"
    (table,) = app.dataframe
    assert list(table.value["Method"]) == [METHODS["importance"]]


def test_another_models_partial_convolutions_stand_beside_if_the_decoder_is_the_same(masked_zoo, open_page, tmp_path):
    zoo = tmp_path / "zoo"
    first = store.open_checkpoint(zoo / NAME)
    for name in ("digits-partialconv-other", "digits-partialconv-same"):
        other = MaskedVAE(MaskedConfig(DIGITS, completer="partial-conv", completer_hidden=(4, 8), components=3)).eval()
        if name.endswith("same"):
            other.vae.load_state_dict(first.model.vae.state_dict())
        what = describe(other, name=name, dataset="digits", objective="masked-posterior", training={}, seed=0)
        write_checkpoint(zoo / name, other, what, first.codes, first.projections, {"active_units": 1})
    assert set(inpaint.encoders(first)) == {"masked", "partial-conv"}
    assert set(inpaint.encoders(store.open_checkpoint(zoo / "digits-partialconv-other"))) == {"partial-conv"}
    app = click(open_page(model=NAME), "methods on this hole")
    assert not app.exception and list(app.dataframe[0].value["Method"]) == list(METHODS.values())


@pytest.mark.parametrize("section", ["curves", "formula"])
def test_every_section_opens(masked_zoo, open_page, section):
    app = open_page(model=NAME)
    app.session_state["inpaint_section"] = section
    app.run()
    assert not app.exception and app.get("plotly_chart" if section == "formula" else "button_group")


@pytest.mark.parametrize("name", ["mnist-masked-10d", "frey-masked-10d"])
def test_shipped_curves_have_every_measure_that_the_pixels_allow(shipped, open_page, name):
    allowed = sections.measures(shipped(name))
    app = open_page(model=name)
    app.session_state["inpaint_section"] = "curves"
    app.run()
    for measure in allowed:
        app.selectbox(key="inpaint_curve_error").select(measure).run()
        figure = json.loads(app.get("plotly_chart")[0].proto.spec)
        assert not app.exception and len(figure["data"]) >= 8
        assert figure["layout"]["yaxis"]["title"]["text"] == sections.MEASURES[measure][1]
    assert ("cross_entropy_missing" in allowed) == (name == "mnist-masked-10d")


def test_without_the_runtime_python_completes(masked_zoo, open_page, not_installed):
    app = open_page(model=NAME, sample="3", mask="centre")
    assert not app.exception and not app.get(LIVE) and "make live" in app.info[0].value
    app.selectbox(key="inpaint_kind").select("lower").run()
    app.button(key="inpaint_seed").click().run()
    assert not app.exception
    (bars,) = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    assert bars["x"] == [str(label) for label in range(10)] and len(bars["text"]) == 10
    assert app.query_params["mask"] in ("lower", ["lower"]) and app.query_params["seed"] in ("2", ["2"])
