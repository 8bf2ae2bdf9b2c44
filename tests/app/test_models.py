"""The Models page as Streamlit runs it: its sections, links, what the browser is told, and what it cannot show."""

import gzip
from dataclasses import replace

import numpy as np
import pytest
import torch
from screens import LIVE, query_of, sent_to_browser
from small_models import CODES, DIGITS, MAPPED, write_stand_in
from torch.distributions import Normal

from ui.browser import publish
from ui.models import figures, sections, side_by_side
from ui.models.sections import SECTIONS
from ui.models.side_by_side import MOST, PICTURES
from vae_core.data.pictures import DatasetUnavailable
from vae_core.models.checkpoint import read_checkpoint
from vae_core.models.families import FAMILIES
from vae_core.names import OBJECTIVES
from vae_core.zoo import store

PAGE = "pages/models.py"
FLAT, DEEP, FACES = "digits-small-2d", "digits-small-14d", "frey-small-3d"


def said(app) -> str:
    return " ".join(element.value for kind in (app.info, app.toast) for element in kind)


def choose_section(app, name: str):
    return app.segmented_control(key="models_section").set_value(name).run()


def test_the_page_opens_side_by_side_with_models_of_one_data_set(zoo, open_page):
    app = open_page(model=FLAT)
    assert not app.exception and app.segmented_control(key="models_section").options == [
        section.title for section in SECTIONS.values()
    ]
    data = sent_to_browser(app)
    assert data["section"] == "side" and data["chosen"] == FLAT
    assert [model["name"] for model in data["models"]] == [FLAT, DEEP] == data["siblings"]
    assert data["models"][1]["latentDim"] == 14 and data["models"][0]["shape"] == [1, 8, 8]
    assert data["samples"] == CODES and data["limits"]["pictures"] == PICTURES
    assert data["originals"]["sheets"]
    assert query_of(app) == {"model": FLAT}, "a link that was followed stays as it was typed"


def test_a_link_says_which_models_stand_beside_the_apps_own(zoo, open_page):
    query = {"model": DEEP, "models": FLAT, "sample": "7", "ends": "2~5", "t": "0.25", "draw": "3"}
    app = open_page(**query)
    data = sent_to_browser(app)
    assert [model["name"] for model in data["models"]] == [DEEP, FLAT]
    place = {"models": [FLAT], "row": 7, "ends": [2, 5], "t": 0.25, "seed": 3}
    assert data["place"] == place and not said(app)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"models": "nobody"}, "'models' was left out: it may be digits-small-2d, digits-small-14d, got 'nobody'"),
        ({"models": FACES}, "'models' was left out"),
        ({"ends": "0~8"}, "'ends' was left out: it may be 0 to 7, got '8'"),
        ({"ends": "3"}, "it is two pictures, 0 to 7, as in 0~3"),
        ({"t": "2"}, "'t' was left out: it may be 0 to 1, got '2'"),
        ({"sample": "99999"}, "there is no code of test picture '99999'"),
        ({"section": "nowhere"}, "'section' was left out: it may be side, "),
        ({"section": "shape", "q": "0,0,1"}, "'q' was left out: it is two means"),
        ({"section": "shape", "q": "0,0,1,0"}, "'q' was left out"),
        ({"section": "shape", "q": "0,99,1,1"}, "'q' was left out"),
        ({"section": "shape", "q": "nan,0,1,1"}, "'q' was left out"),
        ({"section": "shape", "drawn": "AAAA"}, "it is not a picture of 8 x 8 pixels"),
    ],
)
def test_nonsense_in_a_link_is_left_out_with_a_sentence(zoo, open_page, query, sentence):
    app = open_page(model=FLAT, **query)
    assert not app.exception and sentence in said(app).replace("\\", "").replace("\u2060", "")
    assert sent_to_browser(app)["section"] in SECTIONS


def test_there_is_room_for_eight_models(tmp_path, zoo, open_page, monkeypatch):
    names = [f"digits-{number}-2d" for number in range(MOST + 2)]
    for name in names:
        write_stand_in(tmp_path / name, "digits", DIGITS)
    monkeypatch.setattr(store, "ZOO", tmp_path)
    app = open_page(model=names[0], models=",".join(names))
    assert f"there may be {MOST} models, got {MOST + 2}" in said(app)
    app = open_page(model=names[0], models=",".join(names[1 : MOST + 1]))
    assert [model["name"] for model in sent_to_browser(app)["models"]] == names[:MOST]


def test_another_section_keeps_each_ones_place_and_is_in_the_link(zoo, open_page):
    app = open_page(model=FLAT, section="shape", sample="5", q="0.5,-0.25,0.1,0.002")
    data = sent_to_browser(app)
    assert data["section"] == "shape" and data["place"] == {"row": 5, "drawn": None, "q": [0.5, -0.25, 0.1, 0.002]}
    assert data["network"]["latentDim"] == 2
    low, high = data["region"]["low"], data["region"]["high"]
    assert max(low) <= -4.5 and min(high) >= 4.5
    app = choose_section(app, "side")
    assert sent_to_browser(app)["section"] == "side" and "section" not in query_of(app)
    app = choose_section(app, "shape")
    assert sent_to_browser(app)["place"]["q"] == [0.5, -0.25, 0.1, 0.002]
    assert query_of(app)["section"] == "shape" and query_of(app)["q"] == "0.5,-0.25,0.1,0.002"


def test_the_shape_section_offers_models_of_two_dimensions_alone(zoo, open_page):
    app = open_page(model=DEEP, section="shape")
    assert app.selectbox(key="frame_model").options == [FLAT]
    assert sent_to_browser(app)["chosen"] == FLAT


def test_a_data_set_without_such_a_model_says_where_there_is_one(zoo, open_page):
    app = open_page(model=FACES, section="shape")
    assert not app.exception and not app.get(LIVE)
    assert "no model of Frey Face has two: choose Digits above" in said(app)
    app.selectbox(key="frame_dataset").set_value("digits").run()
    assert not app.exception and sent_to_browser(app)["section"] == "shape"


def test_without_pictures_the_models_decode_their_stored_codes(zoo, open_page, monkeypatch):
    def unavailable(*_):
        raise DatasetUnavailable("Frey Face is not here")

    monkeypatch.setattr("ui.cache.pictures", unavailable)
    app = open_page(model=FACES, sample="3")
    assert not app.exception
    (model,) = sent_to_browser(app)["models"]
    codes = store.open_checkpoint(zoo / FACES).codes.mean
    assert torch.tensor(model["codes"]).shape == (PICTURES, 3)
    assert model["codes"][0] == pytest.approx(codes[3].tolist())
    assert sent_to_browser(app)["originals"]["missing"]


def test_numbers_add_up_as_they_stand(zoo):
    entry = next(iter(store.entries(zoo)))
    metrics = {"reconstruction": -91.05, "kl": 20.05, "nll": 100.0, "nll_standard_error": 0.5}
    written = side_by_side.numbers(_with(entry, metrics))
    values = {name: float(text.replace("−", "-")) for name, text in written.items() if name != "nll"}
    assert values["elbo"] == pytest.approx(values["reconstruction"] - values["kl"])
    assert written["nll"].endswith("nats") and side_by_side.numbers(_with(entry, {}))["elbo"] is None


def _with(entry, metrics):
    return replace(entry, metrics={"images": 10, "importance_samples": 5, **metrics})


def test_every_family_and_objective_that_ships_has_its_drawing_and_formula():
    shipped = store.entries()
    assert shipped and all(figures.idea_of(entry) for entry in shipped)
    assert set(figures.GRAPHS) <= set(FAMILIES) and set(figures.OBJECTIVES) <= set(OBJECTIVES)
    for graph in figures.GRAPHS.values():
        svg = figures.drawing(graph)
        assert svg.count("<circle") == len(graph.nodes) and svg.count("<line") == len(graph.arrows)
        assert svg.count("stroke-dasharray") == sum(inferred for *_, inferred in graph.arrows)
    learned = figures.idea_of(replace(shipped[0], prior="vamp"))
    assert "VampPrior" in learned.title and "u_k" in learned.formula


@pytest.mark.parametrize("name", MAPPED)
def test_every_section_opens_with_a_model_whose_kl_has_no_closed_form(mapped, open_page, name):
    for section in sections.SECTIONS:
        app = open_page(model=name, section=section)
        assert not app.exception and not app.error, section
        if section in ("side", "table") or (section == "shape" and name.endswith("2d")):
            assert app.selectbox(key="frame_model").value == name and app.get(LIVE)


def test_samples_of_a_learned_prior_are_drawn_from_its_mixture(tmp_path, zoo, open_page, monkeypatch):
    learned = replace(DIGITS, latent_dim=3, prior="mixture", prior_components=4)
    write_stand_in(tmp_path / FLAT, "digits", DIGITS)
    write_stand_in(tmp_path / "digits-learned-3d", "digits", learned)
    monkeypatch.setattr(store, "ZOO", tmp_path)
    plain, mixed = sent_to_browser(open_page(model=FLAT, models="digits-learned-3d"))["models"]
    assert plain["mixture"] is None
    assert mixed["mixture"]["count"] == 4 and mixed["mixture"]["blocks"] == [["weight", 1], ["mean", 3], ["stddev", 3]]
    packed = gzip.decompress((publish.GENERATED / mixed["mixture"]["url"].rsplit("/", 1)[1]).read_bytes())
    numbers = np.frombuffer(packed, np.uint8).reshape(4, -1).T.copy().view("<f4").flatten()
    weights, means, stddevs = (torch.tensor(part) for part in np.split(numbers, [4, 16]))
    model = read_checkpoint(tmp_path / "digits-learned-3d").model
    z = torch.tensor([[0.3, -1.0, 0.5]])
    parts = Normal(means.reshape(4, 3), stddevs.reshape(4, 3))
    density = (weights.log() + parts.log_prob(z[:, None]).sum(-1)).logsumexp(-1)
    assert model.prior.log_prob(z).item() == pytest.approx(density.item(), abs=1e-4)
