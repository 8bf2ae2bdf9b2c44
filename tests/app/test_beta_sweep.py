"""The Beta sweep page as Streamlit runs it: its numbers, links, sections, trainings, and the page without a runtime."""

import base64
import csv
import io
import json
import time
from dataclasses import asdict

import numpy as np
import pytest
import torch
from beta_models import BETAS, CODES, MODEL, SAMPLES, TRAINING, write_sweep
from screens import sent_to_browser
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from ui import (
    beta_sweep,
    beta_sweep_factors,
    beta_sweep_fallback,
    beta_sweep_lab,
    beta_sweep_sections,
    live,
    publish,
    trying,
)
from ui import beta_sweep_figures as figures
from ui.beta_sweep import Place
from ui.beta_sweep_lab_figures import apart
from ui.link import text_of
from ui.trying import Slot, Training
from vae_core.analysis.collapse import switch_off
from vae_core.analysis.evaluation import grey
from vae_core.cli import app as command_line
from vae_core.data.registry import load_dataset
from vae_core.learning.objectives import Capacity
from vae_core.models.checkpoint import read_checkpoint
from vae_core.zoo import store, sweeps

PAGE = "pages/beta_sweep.py"
NAMES = [f"digits-beta{beta}-4d" for beta in BETAS]


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    write_sweep(folder)
    return folder


@pytest.fixture
def zoo(swept, published, monkeypatch):
    """The app's zoo is a small sweep on digits; nothing was shipped with seeds."""
    monkeypatch.setattr(store, "ZOO", swept)
    monkeypatch.setattr(publish, "GENERATED", published)
    monkeypatch.setattr(sweeps, "SHIPPED", swept / "nothing")
    return swept


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def numbers(values) -> list[float]:
    """Numbers of a figure, which plotly may have packed."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return values


def words_of(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def metrics_of(zoo, name: str) -> dict:
    return json.loads((zoo / name / "metrics.json").read_text())


def test_every_beta_is_on_the_rail_in_order(zoo, open_page):
    app = open_page(model=NAMES[1])
    assert not app.exception
    data = sent_to_browser(app)
    assert [model["name"] for model in data["models"]] == NAMES
    assert [model["title"] for model in data["models"]] == ["β = 0", "β = 1", "β = 8"]
    assert data["chosen"] == NAMES[1] and data["samples"] == CODES
    for model in data["models"]:
        checkpoint = read_checkpoint(zoo / model["name"])
        kl = checkpoint.codes.kl.mean(0)
        assert model["order"] == kl.argsort(descending=True).tolist()
        assert model["centre"] == pytest.approx(checkpoint.codes.mean.mean(0).tolist())


def test_the_figures_show_what_metrics_and_the_command_line_say(zoo, open_page):
    app = open_page(model=NAMES[0])
    rate_distortion, heat, parts = charts(app)
    points, rows = rate_distortion["data"][0], app.dataframe[0].value
    for place, name in enumerate(NAMES):
        metrics = metrics_of(zoo, name)
        arguments = ["evaluate", str(zoo / name), "--importance-samples", str(SAMPLES), "--json"]
        said = json.loads(CliRunner().invoke(command_line, arguments).stdout)
        who, _, rate, bound, active = points["customdata"][place]
        assert who == name and active == metrics["active_units"] == said["active_units"]
        for number in (metrics, said):
            assert rate == pytest.approx(number["kl"], rel=1e-5)
            assert numbers(points["y"])[place] == pytest.approx(-number["reconstruction"], rel=1e-5)
            assert bound == pytest.approx(number["elbo"], rel=1e-5)
            assert rows["elbo"][place] == pytest.approx(number["elbo"], rel=1e-5)
            assert rows["nll"][place] == pytest.approx(number["nll"], rel=1e-5)
        column = np.array(numbers(heat["data"][0]["z"])).reshape(4, len(NAMES))[:, place]
        assert column == pytest.approx(sorted(metrics["kl_per_dimension"], reverse=True))
        heights = [numbers(bar["y"])[place] for bar in parts["data"]]
        assert heights == pytest.approx([metrics["kl_parts"][part] for part in figures.PARTS])


def test_the_table_is_the_figures_numbers(zoo):
    rail = [beta_sweep.Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    table = list(csv.DictReader(io.StringIO(beta_sweep_sections.as_csv([beta_sweep_sections.row(m) for m in rail]))))
    for line, name in zip(table, NAMES, strict=True):
        metrics = metrics_of(zoo, name)
        assert line["model"] == name
        assert float(line["kl"]) == metrics["kl"] and float(line["reconstruction"]) == metrics["reconstruction"]
        assert [float(line[f"kl_z{j + 1}"]) for j in range(4)] == metrics["kl_per_dimension"]


def test_a_link_restores_the_rail(zoo, open_page):
    words = {"model": NAMES[2], "rail": "picture", "k": "3", "u": "-1.5", "around": "prior", "sample": "17"}
    words |= {"noise": "0.75", "draw": "4"}
    app = open_page(**words, section="collapse")
    place = sent_to_browser(app)["place"]
    where = {"mode": "picture", "k": 3, "u": -1.5, "around": "prior", "row": 17}
    assert place == {**where, "noise": 0.75, "seed": 4, "drawn": None}
    assert words_of(app) == {**words, "section": "collapse"}
    assert app.session_state["beta_sweep_section"] == "collapse"


def test_a_link_restores_what_was_drawn(zoo, open_page):
    content = bytes(range(32))  # two of 64 pixels in each
    words = {"model": NAMES[2], "rail": "picture", "k": "1", "drawn": text_of(content)}
    app = open_page(**words)
    place = sent_to_browser(app)["place"]
    assert place["row"] is None and base64.b64decode(place["drawn"]) == content
    assert words_of(app) == words


@pytest.mark.parametrize(
    "words",
    [
        {"rail": "both"},
        {"k": "9"},
        {"k": "-1"},
        {"u": "nan"},
        {"u": "4"},
        {"around": "x"},
        {"sample": "100000"},
        {"noise": "-1"},
        {"draw": "0"},
        {"drawn": "AAAA"},
        {"drawn": "ä"},
    ],
)
def test_nonsense_in_a_link_is_left_out(zoo, open_page, words):
    app = open_page(model=NAMES[0], **words)
    assert not app.exception
    assert any("was left out" in toast.value for toast in app.toast)
    assert sent_to_browser(app)["place"] == asdict(Place())


def test_what_the_browser_reports_is_checked(zoo):
    rail = [beta_sweep.Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    good = {"mode": "picture", "k": 2, "u": 0.25, "around": "middle", "noise": 1, "seed": 2, "row": None}
    assert beta_sweep.sent(good, rail) == Place("picture", 2, 0.25, "middle", 1.0, 2, None)
    for wrong in ({"k": 5}, {"u": float("inf")}, {"row": CODES}, {"row": "1"}, {"mode": "no"}):
        with pytest.raises(ValueError):
            beta_sweep.sent({**good, **wrong}, rail)


def test_a_data_set_without_betas_says_what_builds_them(stand_ins, zoo, open_page, monkeypatch):
    monkeypatch.setattr(store, "ZOO", stand_ins)
    app = open_page(model="frey-small-3d")
    assert not app.exception
    assert "python -m vae_core zoo build mnist-beta4-10d" in app.info[0].value
    assert not app.get("bidi_component")


def test_a_data_set_without_betas_names_those_that_have_some(zoo):
    said = beta_sweep.missing("frey")
    assert said == "There are no models of Frey Face with different β. There are some of Digits: choose above."


def test_the_seed_that_is_on_the_rail_is_not_another_one(zoo, tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    runs = [sweeps.Run(f"r{s}", "beta", s, beta=4, mig=0.1 * s, kl=5 + s, reconstruction=-9) for s in range(3)]
    runs.append(sweeps.Run("c", "capacity", 0, nats=25, mig=0.2, kl=25, reconstruction=-9))
    (tmp_path / "digits" / "table.csv").write_text(sweeps.to_csv(runs))
    monkeypatch.setattr(sweeps, "SHIPPED", tmp_path)
    assert [point.rate for point in beta_sweep_sections.other_seeds("digits")] == [5, 7, 25]


def test_names_of_dots_do_not_lie_on_each_other():
    assert apart(["a", "b", "c", "d"], np.array([0.1, 0.11, 0.12, 0.3])) == ["a", "b", "", "d"]


@pytest.mark.parametrize("section", ["trade", "capacity", "collapse", "factors", "try"])
def test_every_section_opens(zoo, open_page, section):
    app = open_page(model=NAMES[1], section=section)
    assert not app.exception and not app.error
    assert app.get("plotly_chart") or section in ("factors", "try")


def test_capacity_shows_the_kl_against_c(zoo, open_page):
    app = open_page(model=NAMES[1], section="capacity")
    (figure,) = charts(app)
    history = json.loads((zoo / "digits-capacity-4d" / "history.json").read_text())
    allowed = next(trace for trace in figure["data"] if trace["name"] == "C")
    objective = Capacity(8.0, 10.0)
    expected = [objective.at(step / history["step"][-1]) for step in history["step"]]
    assert numbers(allowed["y"]) == pytest.approx(expected)
    stacked = sum(np.array(numbers(trace["y"])) for trace in figure["data"] if trace["name"] != "C")
    assert stacked == pytest.approx(np.array(history["kl_per_dimension"]).sum(1), rel=1e-5)
    assert len(app.get("image")) == 3  # two snapshots and the finished model


def test_switched_off_dimensions_are_measured(zoo, open_page):
    app = open_page(model=NAMES[0], section="collapse")
    assert not app.exception
    checkpoint = read_checkpoint(zoo / NAMES[0])
    order = live.kl_of(checkpoint).argsort(descending=True, stable=True).tolist()
    pair = (min(order[:2]), max(order[:2]))
    choices = [*((dimension,) for dimension in order), pair]
    *_, results = switch_off(checkpoint.model, load_dataset("digits").test, choices, beta_sweep_lab.JUDGED)
    worth = charts(app)[1]
    assert numbers(worth["data"][0]["y"]) == pytest.approx([result.lost for result in results[1:-1]], abs=1e-3)
    app.pills(key=f"beta_sweep_off_{NAMES[0]}").set_value(list(pair)).run()
    assert not app.exception
    together = figures.digits(results[-1].elbo)
    assert any(f"**{together} nats**" in markdown.value for markdown in app.markdown)


def test_the_rails_picture_stands_out_among_the_posteriors(zoo, open_page):
    checkpoint = read_checkpoint(zoo / NAMES[0])
    order = live.kl_of(checkpoint).argsort(descending=True, stable=True)
    app = open_page(model=NAMES[0], section="collapse", sample="17", rail="picture")
    app.select_slider(key="beta_sweep_threshold").set_value(0.3).run()
    app.button_group(key="beta_sweep_view").set_value("pictures").run()
    assert not app.exception
    everyone, one = charts(app)[0]["data"]
    assert len(numbers(everyone["y"])) == 4 * CODES
    assert numbers(one["y"]) == pytest.approx(checkpoint.codes.mean[17, order].tolist())
    assert numbers(one["error_y"]["array"]) == pytest.approx(checkpoint.codes.stddev[17, order].tolist())


def test_a_drawing_on_the_rail_is_read_by_the_chosen_model(zoo):
    rail = [beta_sweep.Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    pixels = torch.arange(64) % 16
    pairs = bytes((16 * pixels[::2] + pixels[1::2]).tolist())
    place = Place("picture", row=None, drawn=base64.b64encode(pairs).decode())
    x = beta_sweep.drawn_picture(place, rail)
    assert torch.equal(x, (17 * pixels).to(torch.uint8).reshape(1, 1, 8, 8))
    model = rail[1].checkpoint.model
    mean, stddev = beta_sweep_lab.reading(rail[1].checkpoint, rail, place)
    with torch.no_grad():
        posterior = model.encode(grey(x, model.config.likelihood))
    assert torch.equal(mean, posterior.mean[0]) and torch.equal(stddev, posterior.stddev[0])
    assert beta_sweep_lab.reading(rail[1].checkpoint, rail, Place(row=None)) is None


def test_factors_come_from_the_shipped_sweep(zoo, tmp_path, monkeypatch, open_page):
    (tmp_path / "digits").mkdir()
    runs = [
        sweeps.Run(f"beta{b}-seed{s}", "beta", s, beta=b, mig=0.1 * b + 0.01 * s) for b in (1, 4) for s in (0, 1, 2)
    ]
    (tmp_path / "digits" / "table.csv").write_text(sweeps.to_csv(runs))
    (tmp_path / "digits" / "mutual_information.json").write_text(json.dumps({runs[3].run: [[0.5, 0.1], [0.2, 0.3]]}))
    monkeypatch.setattr(sweeps, "SHIPPED", tmp_path)
    app = open_page(model=NAMES[0], section="factors")
    assert not app.exception
    scores, *_ = charts(app)
    assert numbers(scores["data"][-1]["y"]) == pytest.approx([0.11, 0.41])  # medians
    assert [value for trace in scores["data"][:-1] for value in numbers(trace["y"])] == pytest.approx(
        [r.mig for r in runs]
    )


def test_what_was_aimed_at_is_said_with_what_came_of_it():
    runs = [sweeps.Run(str(s), "beta", s, beta=4, active_units=3, mig=0.3 + 0.1 * s, higgins=0.8) for s in range(3)]
    assert beta_sweep_factors.aimed_at(runs, "mig", 5).endswith("a median of 0.35: it is 0.40, met.")
    missed = "a median of 0.86: it is 0.80, missed, with 3 active dimensions for 5 factors."
    assert beta_sweep_factors.aimed_at(runs, "higgins", 5).endswith(missed)
    assert beta_sweep_factors.aimed_at(runs, "sap", 5) == beta_sweep_factors.aimed_at([], "mig", 5) == ""


@pytest.mark.parametrize(
    ("value", "sentence", "cell"),
    [
        (99.6, "99.6", "100"),
        (-106.148, "−106", "0"),
        (27.0, "27.0", "27"),
        (2.96, "2.96", "3.0"),
        (0.0855, "0.0855", "0.086"),
        (10663.2, "10,700", "10,663"),
        (0.0, "0", "0"),
    ],
)
def test_numbers_have_as_many_digits_as_they_need(value, sentence, cell):
    assert figures.digits(value) == sentence and figures.short(value) == cell


def test_a_click_chooses_the_model_for_the_whole_app(zoo, open_page):
    app = open_page(model=NAMES[0])
    app.session_state["frame_model"] = NAMES[2]  # what the callbacks of a click do
    app.run()
    assert sent_to_browser(app)["chosen"] == NAMES[2] and words_of(app)["model"] == NAMES[2]


def test_without_the_runtime_python_decodes_the_same(zoo, not_installed, open_page):
    app = open_page(model=NAMES[1], k="2", u="1.5")
    assert not app.exception
    assert "make live" in app.info[0].value
    assert len(app.get("image")) == len(NAMES)
    app.slider(key="rail_u").set_value(-2.0).run()
    assert not app.exception and words_of(app)["u"] == "-2" and words_of(app)["k"] == "2"
    app.button_group(key="rail_mode").set_value("picture").run()
    assert not app.exception and len(app.get("image")) == len(NAMES) + 1


def test_the_fallbacks_latent_is_the_browsers(zoo):
    member = beta_sweep.Member(NAMES[1], 1.0, read_checkpoint(zoo / NAMES[1]), ())
    told = {"centre": member.checkpoint.codes.mean.mean(0), "spread": beta_sweep.spread(member.checkpoint.codes)}
    order = live.kl_of(member.checkpoint).argsort(descending=True, stable=True).tolist()
    z = beta_sweep_fallback.latent(member, Place(k=2, u=1.5), None)
    expected = told["centre"].clone()
    expected[order[1]] += 1.5 * told["spread"][order[1]]
    assert torch.equal(z, expected)


def test_one_training_at_a_time_ends_on_this_visitors_rail(zoo, open_page, monkeypatch):
    monkeypatch.setattr(trying, "SECONDS", 0.3)
    monkeypatch.setattr(trying, "CALIBRATION", 0.05)
    slot = Slot()
    monkeypatch.setattr(trying, "slot", lambda: slot)
    app = open_page(model=NAMES[0], section="try")
    app.slider(key="beta_sweep_try_beta_digits").set_value(2.0).run()
    app.button[0].click().run()
    training = app.session_state["beta_sweep_training"]
    assert not slot.take(Training("digits", 1.0), load_dataset("digits"))  # somebody else has to wait
    until = time.monotonic() + 60
    while not training.over and time.monotonic() < until:
        time.sleep(0.1)
    assert training.state == "finished", training.reason
    app.run()
    assert not app.exception
    models = sent_to_browser(app)["models"]
    assert models[-1]["title"] == "β = 2" and models[-1]["name"].startswith("your-digits-beta2")
    assert len(sent_to_browser(open_page(model=NAMES[0]))["models"]) == len(NAMES)  # another visitor has no part in it
    assert slot.take(Training("digits", 1.0), load_dataset("digits"))
    slot.training.stopping.set()


def test_a_training_can_be_stopped(monkeypatch):
    monkeypatch.setattr(trying, "CALIBRATION", 0.05)
    training, slot = Training("digits", 4.0), Slot()
    assert slot.take(training, load_dataset("digits"))
    until = time.monotonic() + 60
    while training.latest is None and time.monotonic() < until:
        time.sleep(0.02)
    training.stopping.set()
    while not training.over and time.monotonic() < until:
        time.sleep(0.02)
    assert training.state == "stopped" and training.member is None


def test_a_tried_models_numbers_are_evaluations(zoo):
    dataset = load_dataset("digits")
    recipe = trying.Recipe("yours", "digits", MODEL, TRAINING, trying.BetaELBO(1.0))
    member = trying.measured(trying.new_model(recipe), dataset, recipe)
    expected = trying.evaluate(member.checkpoint.model, dataset, trying.SAMPLES, trying.JUDGED).to_json()
    for name in ("kl", "reconstruction", "elbo", "nll", "active_units"):
        assert member.metrics[name] == pytest.approx(expected[name], rel=1e-5)


def test_points_far_beyond_end_at_the_edge():
    assert figures.end_of_axis([2000, 25, 20, 9]) == 25
    assert figures.end_of_axis([25, 20, 9]) == 25
    near = [figures.Measured(str(i), f"β = {i}", rate, 10.0, 1, (1.0,), {}) for i, rate in enumerate((0.0, 0.01, 9.0))]
    assert figures.labels(near, [False] * 3, 10, 10) == ["β = 0, 1", "", "2"]
    assert figures.nice_levels(80, 140) == pytest.approx([80, 90, 100, 110, 120, 130])


def test_reading_a_picture_in_python_gives_the_models_reconstruction(zoo):
    member = beta_sweep.Member(NAMES[1], 1.0, read_checkpoint(zoo / NAMES[1]), ())
    x = load_dataset("digits").test.batch(slice(5, 6))
    picture, _ = beta_sweep_fallback.decoded(member, Place("picture", row=5), x)
    model = member.checkpoint.model
    with torch.no_grad():
        assert torch.allclose(picture, model.decode(model.encode(grey(x, "bernoulli")).mean).mean[0])
