"""The Models page as Streamlit runs it: its sections, links, what the browser is told, and what it cannot show."""

import base64
import gzip
import math
import re
import shutil
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from screens import LIVE, explained, query_of, sent_to_browser
from small_models import ADVERSARIAL, CODES, DIGITS, MAPPED, STAND_INS, write_adversarial, write_codes, write_stand_in
from torch.distributions import Normal

from ui.browser import publish
from ui.models import figures, posterior_shape, sections, side_by_side
from ui.models.sections import SECTIONS
from ui.models.side_by_side import MOST, PICTURES
from ui.models.state import Comparison
from vae_core.analysis.posterior_grid import elbo_of_flow
from vae_core.analysis.refinement import refined_flow
from vae_core.data.pictures import DatasetUnavailable
from vae_core.models.checkpoint import LIKELIHOODS, read_checkpoint, read_log_marginal, write_log_marginal
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.distributions import sample
from vae_core.models.families import FAMILIES
from vae_core.models.flow_posterior import FlowConfig
from vae_core.models.layered import LayeredConfig
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.stacked import StackedConfig
from vae_core.names import OBJECTIVES
from vae_core.studies.comparison import Row
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


def idea(entry, family: str = "vae", objective: str = "elbo", config=None, **changes):
    return figures.idea_of(replace(entry, family=family, objective=objective, **changes), config)


@pytest.fixture
def entry(zoo):
    return next(iter(store.entries(zoo)))


def test_every_family_and_every_objective_has_its_drawing_and_formula(entry):
    assert set(figures.GRAPHS) == set(FAMILIES) and set(figures.OBJECTIVES) == set(OBJECTIVES)
    for graph in figures.GRAPHS.values():
        svg = figures.drawing(graph)
        assert svg.count("<circle") == len(graph.nodes) and svg.count("<line") == len(graph.arrows)
        assert svg.count("stroke-dasharray") == sum(inferred for *_, inferred in graph.arrows)
        inferred = {end for _, end, dashed in graph.arrows if dashed}
        assert graph.nodes.keys() - graph.observed == inferred, "q infers whatever is not observed"
    for family, objective, prior in product(FAMILIES, OBJECTIVES, ("normal", *figures.PRIORS)):
        found = idea(entry, family, objective, prior=prior)
        assert found.formula.count("{") == found.formula.count("}"), (family, objective)
        assert found.formula.count(r"\begin") == found.formula.count(r"\end") and "{}" not in found.title
    learned = idea(entry, prior="vamp")
    assert "VampPrior" in learned.title and "u_k" in learned.formula


def test_ideas_are_told_apart_by_their_titles_and_formulas(entry):
    found = [idea(entry, objective=objective) for objective in OBJECTIVES]
    assert len({each.title for each in found}) == len({each.formula for each in found}) == len(OBJECTIVES)
    assert idea(entry, "layered", "iwae").title == "IWAE, two layers"
    assert idea(entry, "flow-model").title == "Flow model"


def test_a_flow_models_formulas_are_of_log_p_of_x_and_name_no_bound(entry):
    for objective in ("elbo", "autoencoder", "beta", "annealed", "capacity", "iwae"):  # those that can train it
        formula = idea(entry, "flow-model", objective).formula
        assert r"\partial z" in formula and "mathbb E" not in formula and "KL" not in formula, objective


def test_gamma_weighs_what_the_decoder_learns_of_features_alone(entry):
    encoder, decoder = idea(entry, "adversarial", "vae-gan").formula.split(r"\\")
    assert "encoder" in encoder and r"\gamma" not in encoder and "KL" in encoder
    assert "decoder" in decoder and r"\gamma" in decoder and "KL" not in decoder and decoder.count(r"\log \mathrm") == 2


def test_an_encoder_that_is_not_given_labels_is_not_drawn_as_if_it_were(entry):
    for sees in (True, False):
        given = ConditionalConfig(replace(DIGITS, latent_dim=3), 10, encoder_sees_label=sees)
        for family, config, objective in (
            ("conditional", given, "elbo"),
            ("conditional", given, "iwae"),
            ("conditional", given, "mcem"),
            ("semi-supervised", SemiSupervisedConfig(given), "m2"),
        ):
            found = idea(entry, family, objective, config)
            assert (("y", "z", True) in found.graph.arrows) == sees
            assert ("x and y" in found.graph.sentence) == sees
            assert bool(re.search(r"q\(z(_k)?\|x, y\)", found.formula)) == sees
            assert "|y" in found.formula, "the decoder is given it"
    assert "both networks" in idea(entry, "conditional").change


LABELLED = replace(DIGITS, latent_dim=3)


@pytest.mark.parametrize(
    ("config", "section", "told"),
    [
        (ConditionalConfig(LABELLED, 10), "conditional", {"seesLabel": True}),
        (ConditionalConfig(LABELLED, 10, encoder_sees_label=False), "conditional", {"seesLabel": False}),
        (
            SemiSupervisedConfig(ConditionalConfig(LABELLED, 10, encoder_sees_label=False), (16,)),
            "labels",
            {"seesLabel": False, "stacked": False},
        ),
        (StackedConfig(LABELLED, 10, 2, (16,)), "labels", {"seesLabel": True, "stacked": True}),
    ],
    ids=["conditional", "blind", "blind M2", "M1+M2"],
)
def test_the_browser_is_told_what_z_is_inferred_from(tmp_path, zoo, open_page, monkeypatch, config, section, told):
    objective = "elbo" if section == "conditional" else "m2"
    write_stand_in(tmp_path / "digits-labels-3d", "digits", config, objective, {"labels": 20})
    monkeypatch.setattr(store, "ZOO", tmp_path)
    app = open_page(model="digits-labels-3d", section=section)
    assert not app.exception and not app.error
    data = sent_to_browser(app)
    assert {name: data[name] for name in told} == told
    if "stacked" not in told:
        assert any("q(z|x, y)" in latex.value for latex in app.latex) == told["seesLabel"]


def test_models_with_a_density_do_not_stand_beside_those_with_a_probability(tmp_path, zoo, open_page, monkeypatch):
    shutil.copytree(zoo, tmp_path / "zoo")
    write_adversarial(tmp_path / "zoo")
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    dense = next(iter(ADVERSARIAL))
    assert sent_to_browser(open_page(model=FLAT))["siblings"] == [FLAT, DEEP]
    data = sent_to_browser(open_page(model=dense))
    assert set(data["siblings"]) == set(ADVERSARIAL) == {model["name"] for model in data["models"]}
    app = open_page(model=FLAT, models=dense)
    sentence = said(app).replace("\\", "").replace("\u2060", "")
    assert f"'models' was left out: it may be {FLAT}, {DEEP}, got '{dense}'" in sentence


def beside(zoo, name: str, own: str) -> str | None:
    entries = {entry.name: entry for entry in store.entries(zoo)}
    return side_by_side.apart(entries[name], entries[own])


def number_of(text: str, unit: str = "nats") -> tuple[float, float]:
    value, error = re.fullmatch(rf"beside [\w-]+: ([+−][\d.]+) ± ([\d.]+) {unit}", text).groups()
    return float(value.replace("−", "-")), float(error)


@pytest.fixture
def measured(tmp_path, zoo):
    """Stand-ins of which log p(x) of each test picture was kept, pictures that are hard for one hard for all."""
    shutil.copytree(zoo, tmp_path / "zoo")
    write_stand_in(tmp_path / "zoo" / "frey-other-3d", *STAND_INS[FACES])
    draw = torch.Generator().manual_seed(1)
    for names, count in (((FLAT, DEEP), 360), ((FACES, "frey-other-3d"), 200)):
        hard = 30 * torch.randn(count, generator=draw)
        for name, more in zip(names, (0.0, 0.4), strict=True):
            own = torch.randn(count, generator=draw)
            write_log_marginal(tmp_path / "zoo" / name, hard + own - 100 + more)
    return tmp_path / "zoo"


def kept(zoo, name: str) -> np.ndarray:
    return read_log_marginal(zoo / name).numpy().astype(float)


def test_models_compare_by_the_difference_over_the_same_pictures(measured, open_page, monkeypatch):
    monkeypatch.setattr(store, "ZOO", measured)
    rows = {model["name"]: model["numbers"]["beside"] for model in sent_to_browser(open_page(model=FLAT))["models"]}
    assert rows[FLAT] is None and rows[DEEP].startswith("beside small-2d: −")
    more = kept(measured, FLAT) - kept(measured, DEEP)  # -log p(x) of the deep one, less that of the flat one
    assert number_of(rows[DEEP]) == pytest.approx((more.mean(), more.std(ddof=1) / 360**0.5), abs=0.006)
    assert number_of(beside(measured, FLAT, DEEP)) == pytest.approx(
        (-more.mean(), more.std(ddof=1) / 360**0.5), abs=0.006
    )


def test_densities_compare_in_bits_and_frames_of_a_run_count_as_one(measured):
    text = beside(measured, "frey-other-3d", FACES)
    assert text.startswith(f"beside {FACES.removeprefix('frey-')}: ")
    more = (kept(measured, FACES) - kept(measured, "frey-other-3d")) / (28 * 20 * math.log(2))
    runs = more.reshape(8, 25).mean(1)
    assert number_of(text, "bits/dim") == pytest.approx((more.mean(), runs.std(ddof=1) / 8**0.5), abs=6e-5)


def test_what_is_not_known_of_the_same_pictures_is_not_compared(measured):
    entries = {entry.name: entry for entry in store.entries(measured)}
    deep, flat = entries[DEEP], entries[FLAT]
    assert side_by_side.apart(deep, flat)
    bounded = replace(deep, metrics=deep.metrics | {"effective_samples": 2.0})
    assert side_by_side.apart(bounded, flat) is None and side_by_side.apart(flat, bounded) is None
    side_by_side.difference.clear()
    held_out = replace(deep, metrics=deep.metrics | {"held_out": 100})
    assert side_by_side.apart(held_out, flat) is None
    (measured / DEEP / LIKELIHOODS).write_bytes(b"nonsense")
    assert beside(measured, DEEP, FLAT) is None
    (measured / DEEP / LIKELIHOODS).unlink()
    assert beside(measured, DEEP, FLAT) is None


@pytest.mark.parametrize("name", MAPPED)
def test_every_section_opens_with_a_model_whose_kl_has_no_closed_form(mapped, open_page, name):
    for section in sections.SECTIONS:
        app = open_page(model=name, section=section)
        assert not app.exception and not app.error, section
        if section in ("side", "table") or (section == "shape" and name.endswith("2d")):
            assert app.selectbox(key="frame_model").value == name and app.get(LIVE)


def test_a_flow_is_made_better_for_the_picture_that_is_asked_for_and_for_no_strangers(mapped, open_page, monkeypatch):
    monkeypatch.setattr(posterior_shape, "STEPS", 3)
    name = "digits-bent-2d"
    entry = next(entry for entry in store.entries(mapped) if entry.name == name)
    shown = SimpleNamespace(name=name, entry=entry, version=("now",), checkpoint=store.open_checkpoint(mapped / name))
    picture = bytes([0, 255] * 32)
    asked = {"model": name, "x": base64.b64encode(picture).decode()}
    found = posterior_shape.better_flow(asked, shown)
    model, x = shown.checkpoint.model, torch.tensor(list(picture)).reshape(1, 1, 8, 8) / 255
    with torch.no_grad():
        own = elbo_of_flow(model, x, model.encode(x))
        expected = elbo_of_flow(model, x, refined_flow(model, x, 3).posterior)
    assert found["x"] == asked["x"] and found["gain"] == pytest.approx(max(0, expected - own), abs=1e-5)
    assert [len(ring) for ring in found["rings"]] == [240, 240]
    for change in ({"model": "digits-both-2d"}, {"x": "AAAA"}, {"x": "!" * 88}, {"x": asked["x"] * 10**5}):
        assert posterior_shape.better_flow(asked | change, shown) is None
    flat = next(entry for entry in store.entries(mapped) if entry.name == "digits-learned-2d")
    assert posterior_shape.better_flow(asked, SimpleNamespace(name=name, entry=flat)) is None


def test_what_another_gesture_has_ended_is_made_better_in_the_next_run(monkeypatch):
    state = Comparison(section="shape", at=("shape", "m"))
    shown, answers = SimpleNamespace(version=1), [RuntimeError("rerun"), {"gain": 1.0}]

    def better_flow(asked, _):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer | asked

    events = iter([{"x": "a"}, None, None])
    monkeypatch.setattr("ui.models.state.report.asked", lambda *_: next(events))
    monkeypatch.setattr(posterior_shape, "better_flow", better_flow)
    with pytest.raises(RuntimeError):
        state.refine("key", shown)
    state.refine("key", shown)
    assert state.better == {"gain": 1.0, "x": "a"}
    state.refine("key", SimpleNamespace(version=2))
    assert state.better is None, "the model was made anew"


def test_samples_of_a_learned_prior_are_drawn_from_its_mixture(tmp_path, zoo, open_page, monkeypatch):
    learned = replace(DIGITS, latent_dim=3, prior="mixture", prior_components=4)
    write_stand_in(tmp_path / FLAT, "digits", DIGITS)
    write_stand_in(tmp_path / "digits-learned-3d", "digits", learned)
    monkeypatch.setattr(store, "ZOO", tmp_path)
    plain, mixed = sent_to_browser(open_page(model=FLAT, models="digits-learned-3d"))["models"]
    assert plain["mixture"] is None
    assert mixed["mixture"]["count"] == 4 and mixed["mixture"]["blocks"] == [["weight", 1], ["mean", 3], ["stddev", 3]]
    numbers = floats_of(mixed["mixture"])
    weights, means, stddevs = (torch.tensor(part) for part in np.split(numbers, [4, 16]))
    model = read_checkpoint(tmp_path / "digits-learned-3d").model
    z = torch.tensor([[0.3, -1.0, 0.5]])
    parts = Normal(means.reshape(4, 3), stddevs.reshape(4, 3))
    density = (weights.log() + parts.log_prob(z[:, None]).sum(-1)).logsumexp(-1)
    assert model.prior.log_prob(z).item() == pytest.approx(density.item(), abs=1e-4)


OTHERS = {  # models of digits that are no plain VAEs: name, configuration, objective, what the browser is told of z
    "digits-given-3d": (ConditionalConfig(LABELLED, 10), "elbo", {"latentDim": 3, "classes": 10}),
    "digits-some-3d": (SemiSupervisedConfig(ConditionalConfig(LABELLED, 10), (16,)), "m2", {"classes": 10}),
    "digits-stacked-5d": (StackedConfig(LABELLED, 10, 2, (16,)), "m2", {"latentDim": 2, "classes": 10}),
    "digits-layers-5d": (LayeredConfig(LABELLED, 2, (16,)), "elbo", {"latentDim": 5, "classes": None}),
}


@pytest.fixture
def unlike(tmp_path, zoo, monkeypatch):
    write_stand_in(tmp_path / FLAT, "digits", DIGITS)
    for name, (config, objective, _) in OTHERS.items():
        write_stand_in(tmp_path / name, "digits", config, objective, {"labels": 20} if objective == "m2" else None)
    monkeypatch.setattr(store, "ZOO", tmp_path)
    return tmp_path


def floats_of(block: dict) -> np.ndarray:
    packed = gzip.decompress((publish.GENERATED / block["url"].rsplit("/", 1)[1]).read_bytes())
    return np.frombuffer(packed, np.uint8).reshape(4, -1).T.copy().view("<f4").flatten()


def test_models_of_other_families_stand_beside_a_vae_and_are_told_apart(unlike, open_page):
    app = open_page(model=FLAT, models=",".join(OTHERS))
    assert not app.exception and not app.error and not said(app)
    data = sent_to_browser(app)
    rows = {row["name"]: row for row in data["models"]}
    assert set(rows) == {FLAT, *OTHERS} == set(data["siblings"])
    for name, (*_, told) in OTHERS.items():
        assert {key: rows[name][key] for key in told} == told and rows[name]["codebook"] is None
    assert floats_of(data["said"])[:12].tolist() == [*range(10), 0, 1], "what the data set says of each test picture"
    captions = " ".join(element.value for element in app.caption)
    assert "read each picture with its label" in captions and "with its likeliest y" in captions
    assert sent_to_browser(open_page(model=FLAT, models="digits-some-3d"))["said"] is None, "nobody is told"


@pytest.mark.parametrize("name", [*OTHERS, "digits-codes-4d", "digits-bent-3d"])
def test_every_model_may_be_the_one_that_others_stand_beside(unlike, open_page, name):
    write_stand_in(unlike / "digits-bent-3d", "digits", FlowConfig(LABELLED, "planar", 2))
    write_codes(unlike / "digits-codes-4d")
    app = open_page(model=name, models=FLAT, sample="2")
    assert not app.exception and not app.error and not said(app) and not explained(app)
    data = sent_to_browser(app)
    assert data["chosen"] == name == app.selectbox(key="frame_model").value
    assert [row["name"] for row in data["models"]] == [name, FLAT] and data["place"]["row"] == 2
    assert set(data["siblings"]) == {FLAT, *OTHERS, "digits-bent-3d", "digits-codes-4d"}
    assert (data["said"] is not None) == (name == "digits-given-3d")
    opened = sent_to_browser(open_page(model=name))
    assert opened["models"][0]["name"] == name and len(opened["models"]) == side_by_side.AT_FIRST
    app = choose_section(app, "table")
    assert app.selectbox(key="frame_model").value == name and not explained(app)


def test_a_model_comes_back_from_a_section_that_has_not_shown_it(unlike, open_page):
    app = choose_section(open_page(model="digits-layers-5d"), "shape")
    assert sent_to_browser(app)["chosen"] == FLAT
    assert explained(app).startswith("digits-layers-5d has several layers of latents")
    assert "Models, Side by side shows it" in explained(app)
    app = choose_section(app, "side")
    assert sent_to_browser(app)["chosen"] == "digits-layers-5d" and not explained(app)


def test_one_that_knows_other_labels_than_the_pictures_have_says_so(unlike, open_page):
    write_stand_in(unlike / "digits-two-3d", "digits", ConditionalConfig(LABELLED, 2))
    app = open_page(model="digits-two-3d")
    assert not app.exception and not app.get(LIVE)
    assert "digits-two-3d knows 2 labels, and the pictures have 10: choose another one above." in said(app)


def test_differences_that_are_not_shown_and_models_that_are_not_offered_are_told(unlike):
    entries = {entry.name: entry for entry in store.entries(unlike)}
    given, flat = entries["digits-given-3d"], entries[FLAT]
    told = side_by_side.how_compared
    assert told([flat, entries["digits-layers-5d"]], flat) == [] == told([given], given)
    assert "no differences from models that are not given y" in " ".join(told([given, flat], given))
    bounded = replace(flat, metrics=flat.metrics | {"effective_samples": 2.0})
    assert told([bounded], bounded) == []
    assert told([bounded, given], bounded) == [
        f"−log p(x) of {FLAT} is only bounded: no differences from it are shown."
    ]
    write_adversarial(unlike)
    (sentence,) = told([flat], flat)
    assert sentence.startswith("Models whose pixels have a density stand beside one of their own kind")
    dense = next(entry for entry in store.entries(unlike) if entry.likelihood == "gaussian")
    assert told([dense], dense)[0].startswith("Models whose pixels have a probability")


def test_given_y_and_not_given_it_do_not_compare(unlike):
    for name in (FLAT, "digits-given-3d", "digits-layers-5d"):
        write_log_marginal(unlike / name, torch.arange(60.0) / (2 + len(name)) - 100)
    assert beside(unlike, "digits-layers-5d", FLAT)
    assert beside(unlike, "digits-given-3d", FLAT) is None and beside(unlike, FLAT, "digits-given-3d") is None


def test_an_encoder_that_does_not_see_y_is_drawn_as_such_beside_one_that_does(unlike, open_page):
    blind = SemiSupervisedConfig(ConditionalConfig(LABELLED, 10, encoder_sees_label=False), (16,))
    write_stand_in(unlike / "digits-blind-3d", "digits", blind, "m2", {"labels": 20})
    app = open_page(model=FLAT, models="digits-some-3d,digits-blind-3d")
    formulas = [latex.value for latex in app.latex]
    assert sum("q(z|x, y)" in formula for formula in formulas) == 1 and len(formulas) == 3


def test_a_model_that_knows_other_labels_than_the_pictures_have_is_left_out(unlike, open_page):
    write_stand_in(unlike / "digits-two-3d", "digits", ConditionalConfig(LABELLED, 2))
    app = open_page(model=FLAT, models="digits-two-3d,digits-given-3d")
    assert not app.exception
    assert "digits-two-3d knows 2 labels, and the pictures have 10: left out" in said(app).replace("\\", "")
    assert [row["name"] for row in sent_to_browser(app)["models"]] == [FLAT, "digits-given-3d"]
    app = open_page(model=FLAT, models="digits-two-3d")
    assert not any("read each picture with its label" in element.value for element in app.caption)


def test_what_cannot_be_drawn_in_the_browser_is_drawn_from_the_models_own_prior(unlike, open_page):
    rows = {row["name"]: row for row in sent_to_browser(open_page(model=FLAT, models=",".join(OTHERS)))["models"]}
    assert [name for name, row in rows.items() if row["draws"]] == ["digits-layers-5d"]
    draws = torch.tensor(floats_of(rows["digits-layers-5d"]["draws"])).reshape(-1, 5).double()
    prior = read_checkpoint(unlike / "digits-layers-5d").model.prior
    known = sample(prior, torch.Generator().manual_seed(7), (200_000,)).double()
    error = known.std(0) / len(draws) ** 0.5
    assert ((draws.mean(0) - known.mean(0)).abs() < 4.5 * error).all()
    assert torch.allclose(draws.std(0), known.std(0), rtol=0.15)


def test_stored_codes_of_a_model_with_labels_have_them_and_those_of_one_that_finds_them_are_none(unlike):
    checkpoints = {name: store.open_checkpoint(unlike / name) for name in OTHERS}
    shown = SimpleNamespace(checkpoint=store.open_checkpoint(unlike / FLAT))
    given = checkpoints["digits-given-3d"]
    found = torch.tensor(side_by_side.codes(given, CODES - 2, shown))  # round and round
    rows = (torch.arange(PICTURES) + CODES - 2) % CODES
    assert torch.allclose(found[:, :3], given.codes.mean[rows], atol=1e-6)
    assert torch.equal(found[:, 3:].argmax(1), rows % 10) and found[:, 3:].sum() == PICTURES
    assert side_by_side.codes(checkpoints["digits-some-3d"], 0, shown) is None
    assert side_by_side.codes(checkpoints["digits-stacked-5d"], 0, shown) is None
    assert torch.tensor(side_by_side.codes(checkpoints["digits-layers-5d"], 0, shown)).shape == (PICTURES, 5)


def test_the_rows_that_the_table_has_of_the_models_stand_below_them(unlike, open_page, monkeypatch):
    row = Row("Latent dimensions", "5", "nll", "nats", ("digits-layers-5d",), 1, 90.5, 0.25, epochs=7)
    other = replace(row, recipes=("digits-nobody-2d",))
    monkeypatch.setattr("ui.models.table.rows", lambda: [row, other])
    app = open_page(model=FLAT, models="digits-layers-5d")
    (expander,) = (each for each in app.expander if each.label == "Their rows of the table")
    (cells,) = expander.dataframe[0].value.to_dict("records")
    assert (cells["figure"], cells["ours"], cells["epochs"]) == ("−log p(x), nats", "90.50 ± 0.25", "7")
    assert (cells["comparison"], cells["recipe"]) == ("Latent dimensions", "digits-layers-5d")
    assert not open_page(model=FLAT, models="digits-given-3d").expander
