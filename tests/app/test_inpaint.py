"""The Inpaint page as Streamlit runs it: links, holes, methods, chains, and the page without a runtime."""

import base64
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from screens import LIVE, explained, query_of, sent_to_browser, settled
from small_models import CODES, DIGITS, write_conditional, write_stand_in
from streamlit.testing.v1 import AppTest

from ui import link
from ui.inpaint import component as inpaint
from ui.inpaint import measurements, sections
from ui.inpaint.state import HOLE, TITLES, Hole, read_hole
from vae_core.analysis.inpainting import Completions
from vae_core.analysis.inpainting_errors import NEIGHBOURS
from vae_core.data.masks import KINDS, draw_masks
from vae_core.intake.steps import MAX_BYTES
from vae_core.models.checkpoint import describe, write_checkpoint
from vae_core.models.codes import Codes
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.zoo import store

PAGE = "pages/inpaint.py"
NAME = "digits-masked-small"
SHAPE = (1, 8, 8)
MODULES = Path(__file__).resolve().parents[2] / "static" / "live" / "inpaint"


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
    return settled(button.click().run())


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
    "query",
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
def test_a_link_that_says_nonsense_opens_without_it(masked_zoo, open_page, query):
    app = open_page(model=NAME, **query)
    assert not app.exception and len(app.toast) == 1
    hole = sent_to_browser(app)["hole"]
    assert hole == Hole().for_browser()


def others(zoo: Path) -> None:
    """Models beside the masked one: plain, with labels, and one that fills in nothing."""
    write_stand_in(zoo / "digits-plain-2d", "digits", DIGITS)
    write_conditional(zoo / "digits-given-3d")
    write_stand_in(zoo / "digits-flow-model", "digits", FlowModelConfig(SHAPE, layers=2, hidden=(8,)))


LACKS = "has no encoder trained on holes, which fills them in here"


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("digits-plain-2d", "`python -m vae_core inpaint digits-plain-2d` measures what it can do"),
        ("digits-given-3d", "`python -m vae_core inpaint digits-given-3d` measures what it can do"),
        ("digits-flow-model", "Models, Side by side shows it"),
    ],
)
def test_a_link_to_another_model_is_told_what_the_page_needs(masked_zoo, open_page, name, where):
    others(store.ZOO)
    app = open_page(model=name)
    assert not app.exception and sent_to_browser(app)["model"]["name"] == NAME and not app.toast
    assert explained(app) == f"{name} {LACKS}: {where}, and {NAME} stands in here." == explained(app.run())


def test_a_link_to_no_model_is_told_the_nearest(masked_zoo, open_page):
    (told,) = open_page(model="digits-masked-smal").toast
    assert told.value == f"The link's part 'model' was left out: there is no 'digits-masked-smal', but {NAME}."


def test_who_comes_from_another_page_is_told_that_the_model_was_replaced(masked_zoo, open_app):
    others(store.ZOO)
    app = open_app(model="digits-plain-2d").switch_page(PAGE)
    app.query_params.clear()
    app.run()
    assert sent_to_browser(app)["model"]["name"] == NAME
    assert explained(app).startswith(f"digits-plain-2d {LACKS}: ")


def test_a_masked_model_of_another_page_stays(masked_zoo, open_app):
    other = shutil.copytree(store.ZOO / NAME, store.ZOO / "a-masked-one")  # which the picker begins with
    what = json.loads((other / "model.json").read_text())
    (other / "model.json").write_text(json.dumps({**what, "name": other.name}))
    app = open_app(model=NAME).switch_page(PAGE)
    app.query_params.clear()
    app.run()
    assert sent_to_browser(app)["model"]["name"] == NAME and not app.toast


def test_a_masked_model_under_a_prior_that_was_learned_is_shown_too(zoo, open_page, tmp_path, monkeypatch):
    learned = replace(DIGITS, prior="mixture", prior_components=4)
    config = MaskedConfig(learned, completer_hidden=(16,), components=3)
    write_stand_in(tmp_path / "digits-masked-learned", "digits", config, "masked-posterior")
    monkeypatch.setattr(store, "ZOO", tmp_path)
    app = open_page(model="digits-masked-learned")
    assert not app.exception and not app.error and not explained(app)
    assert sent_to_browser(app)["model"]["mixture"]["count"] == 4


def test_a_painted_hole_comes_back_from_its_link():
    mask = draw_masks("strokes", 1, SHAPE, 0.4, 3)
    hole = Hole("pixels", 0.25, 12, inpaint.packed(mask))
    again, problems = read_hole(link.write(HOLE, hole, SHAPE), SHAPE)
    assert again == hole and not problems
    assert torch.equal(again.mask(SHAPE), mask)


def test_the_page_offers_every_kind_of_mask():
    assert set(inpaint.MASKS) == set(KINDS)


def test_the_browser_is_sent_the_numbers_that_python_holds_it_to(masked_zoo, open_page):
    data = sent_to_browser(open_page(model=NAME))
    limits = data["limits"]
    assert limits == {"mostBytes": MAX_BYTES, "steps": 20, "seeds": 10_000, "answers": 24, "neighbours": 10}
    assert dict(data["kinds"]).keys() == set(KINDS)
    masks = inpaint.masks_for_browser("half", SHAPE, 1)
    assert len(base64.b64decode(masks["bits"])) == 8 * (limits["steps"] + 1)
    assert not read_hole({"seed": str(limits["seeds"] - 1)}, SHAPE)[1]
    assert len(read_hole({"seed": str(limits["seeds"])}, SHAPE)[1]) == 1
    assert read_hole({"fraction": "0.06"}, SHAPE)[0].fraction == 1 / limits["steps"]


def test_the_browsers_modules_do_not_write_those_numbers_again():
    source = "".join(path.read_text(encoding="utf-8") for path in MODULES.glob("*.js"))
    assert not re.findall(r"\b(?:25e6|25_?000_?000|10_?000)\b|[*/] ?20\b|\b20 ?\*|max=\"20\"|\b24\b", source)
    used = set(re.findall(r"\b(?:mostBytes|steps|seeds|answers|neighbours)\b", source))
    assert used == set(inpaint.LIMITS)
    assert not [kind for kind in KINDS if f'"{kind}"' in source]


@pytest.mark.parametrize("fraction", ["0.5", "1"])
def test_every_method_fills_the_hole(masked_zoo, open_page, fraction):
    app = click(open_page(model=NAME, fraction=fraction), "methods on this hole")
    assert not app.exception
    (table,) = app.dataframe
    shown = [re.sub(r"^\d+ (nearest neighbours)$", r"\1", title) for title in table.value["Method"]]
    assert shown == [title for name, title in TITLES.items() if name != "partial-conv"]
    (told,) = (title for title in table.value["Method"] if title.endswith("nearest neighbours"))
    assert int(told.split()[0]) in NEIGHBOURS
    assert (table.value["Time, ms"] > 0).all() and "Cross-entropy" not in " ".join(table.value.columns)
    app.session_state["inpaint"].truth = True
    (table,) = app.run().dataframe
    assert (table.value.filter(like="Cross-entropy") > 0).all(axis=None)


def test_what_a_method_saw_is_told():
    samples, latents = torch.zeros(2, 1, *SHAPE), torch.zeros(2, 1, 2)
    trace = {"temperatures": torch.ones(4, 1), "first_effective": torch.tensor([12.34])}
    told = sections.about(Completions(samples, latents, trace))
    assert "1,000 first draws are worth 12.3" in told and "at 4 temperatures" in told and "the power 0.8" in told
    assert sections.about(Completions(samples, trace={"neighbours": torch.tensor(20)})).startswith("k = 20: ")


def test_the_best_beside_the_neighbours_is_told():
    def row(method, fraction, error, **more):
        return {"method": method, "fraction": fraction, "cross_entropy_missing": error, **more}

    apart = {"difference": -0.0291, "standard_error": 0.0077}
    rows = [
        row("knn", 0.25, 0.437, neighbours=15, beside_knn=None),
        row("annealed", 0.25, 0.407, beside_knn=apart),
        row("importance", 0.25, 0.450, beside_knn={**apart, "difference": 0.013}),
        row("knn", 0.5, 0.173, neighbours=20),
        row("masked", 0.5, 0.176, beside_knn={**apart, "difference": 0.003}),
    ]
    chosen, beside = sections.about_neighbours(rows, "cross_entropy_missing")
    assert chosen == "Neighbours, chosen on training pictures: 15 at 25%, 20 at 50%."
    assert "25%: annealed particles, 0.0291 better (± 0.0077)" in beside
    assert "50%: encoder trained on holes, 0.0030 worse (± 0.0077)" in beside
    assert sections.about_neighbours(rows, "rmse_missing") == [chosen]
    assert sections.about_neighbours(rows[1:3], "cross_entropy_missing") == []


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
    app = settled(open_page(model=NAME, method="importance"))
    assert app.selectbox(key="inpaint_method").value == "importance"
    (table,) = app.dataframe
    assert list(table.value["Method"]) == [TITLES["importance"]]


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
    shown = list(app.dataframe[0].value["Method"])
    assert not app.exception and len(shown) == len(TITLES) and TITLES["partial-conv"] in shown


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
        lines = [shape["y0"] for shape in figure["layout"].get("shapes", [])]
        assert lines == {"coverage": [0.95], "variance_ratio": [1.0]}.get(measure, [])
        assert figure["layout"]["yaxis"]["title"]["text"] == sections.MEASURES[measure][1]
    assert ("coverage" in allowed) == (name == "frey-masked-10d")  # bits have no 95 %
    assert ("cross_entropy_missing" in allowed) == (name == "mnist-masked-10d")


@pytest.mark.parametrize("path", sorted(measurements.SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_shipped_curves_were_measured_with_the_shipped_weights(shipped, path):
    rows = json.loads(path.read_text())
    assert len(measurements.shipped_curves(shipped(path.stem))) == len(rows) > 0


def test_back_from_another_page_leads_to_the_model_picture_and_hole_that_were_there(masked_zoo, open_page):
    other = shutil.copytree(store.ZOO / NAME, store.ZOO / "a-masked-one")  # which the picker begins with
    what = json.loads((other / "model.json").read_text())
    (other / "model.json").write_text(json.dumps({**what, "name": other.name}))
    app = open_page(model=NAME, sample="7", mask="box", fraction="0.3", seed="5")
    place = query_of(app)
    app.switch_page("pages/explore.py")
    app.query_params.clear()
    app.run()
    app.switch_page(PAGE)
    app.query_params.clear()
    app.query_params.update(place)
    app.run()
    data = sent_to_browser(app)
    assert not app.exception and data["model"]["name"] == NAME and data["place"]["index"] == 7
    assert data["hole"] == {"kind": "box", "fraction": 0.3, "seed": 5, "painted": None}
