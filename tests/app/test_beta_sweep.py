"""The Beta sweep page as Streamlit runs it: its numbers, links, sections, trainings, and the page without a runtime."""

import base64
import csv
import io
import json
import shutil
from dataclasses import asdict, replace
from decimal import Decimal

import numpy as np
import pytest
import torch
from beta_models import BETAS, CODES, MODEL, SAMPLES, TRAINING, write_sweep
from screens import query_of, sent_to_browser, settled
from small_models import write_stand_in
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from ui import originals
from ui.beta_sweep import capacity, disentanglement, figures, training
from ui.beta_sweep import sections as beta_sweep_sections
from ui.beta_sweep import state as beta_sweep
from ui.beta_sweep.capacity_figures import apart
from ui.beta_sweep.members import Member, members, missing
from ui.beta_sweep.state import Choice
from ui.browser import model as live
from ui.browser import publish
from ui.link import text_of
from vae_core.analysis.collapse import switch_off
from vae_core.analysis.evaluation import noiseless
from vae_core.cli import app as command_line
from vae_core.data.registry import describe, load_dataset
from vae_core.learning.objectives import Capacity
from vae_core.models.checkpoint import read_checkpoint
from vae_core.models.vae import VAEConfig
from vae_core.studies import shipped as sweeps
from vae_core.zoo import store

PAGE = "pages/beta_sweep.py"
THREE = ("index_code_information", "total_correlation", "dimension_wise_kl")
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


def test_the_browser_is_held_to_what_a_link_may_say(zoo, open_page):
    limits = sent_to_browser(open_page(model=NAMES[0]))["limits"]
    rail = [Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    for name, most in (("u", limits["farthest"]), ("noise", limits["noisiest"]), ("draw", limits["draws"])):
        assert not beta_sweep.read({name: f"{most:g}" if name != "draw" else str(most)}, rail)[1]
        assert len(beta_sweep.read({name: str(most + 1)}, rail)[1]) == 1


def test_the_figures_show_what_metrics_and_the_command_line_say(zoo, open_page):
    app = open_page(model=NAMES[0])
    rate_distortion, heat, parts = charts(app)
    points, rows = rate_distortion["data"][0], app.dataframe[0].value
    for place, name in enumerate(NAMES):
        metrics = metrics_of(zoo, name)
        arguments = ["evaluate", str(zoo / name), "--importance-samples", str(SAMPLES), "--json"]
        said = json.loads(CliRunner().invoke(command_line, arguments).stdout)
        who, _, *texts, active, _ = points["customdata"][place]
        rate, distortion, bound = (Decimal(text.replace(",", "").replace("−", "-")) for text in texts)
        assert bound == -(rate + distortion)
        assert who == name and active == metrics["active_units"] == said["active_units"]
        for number in (metrics, said):
            assert float(rate) == pytest.approx(number["kl"], abs=0.1)
            assert numbers(points["y"])[place] == pytest.approx(-number["reconstruction"], rel=1e-5)
            assert float(bound) == pytest.approx(number["elbo"], abs=0.051)
            assert rows["elbo"][place] == pytest.approx(number["elbo"], rel=1e-5)
            assert rows["nll"][place] == pytest.approx(number["nll"], rel=1e-5)
        column = np.array(numbers(heat["data"][0]["z"])).reshape(4, len(NAMES))[:, place]
        assert column == pytest.approx(sorted(metrics["kl_per_dimension"], reverse=True))
        heights = [height for bar in parts["data"] if (height := numbers(bar["y"])[place]) is not None]
        shown = figures.shown_parts(metrics["kl_parts"])
        assert sorted(heights) == pytest.approx(sorted(shown.values()))
        whole = sum(metrics["kl_parts"][part] for part in THREE)
        assert sum(heights) == pytest.approx(whole)


def test_the_chart_of_the_kl_shows_what_is_a_property_of_the_model_and_what_sigma_takes():
    parts = {
        "index_code_information": 9.0, "total_correlation": 5.0, "dimension_wise_kl": 1.0, "standard_error": 0.1,
        "sum_standard_error": 0.2, "pictures": 10_000, "sum_change": 0.0, "sum_change_error": 0.0,
        "total_correlation_change": 0.0, "total_correlation_change_error": 0.0,
    }  # fmt: skip
    kinds = [{}, {"total_correlation_change": -1.3}, {"total_correlation_change": 7.0, "sum_change": 8.0}]
    models = [
        figures.Measured(f"m{beta}", f"β = {beta}", 15.0, 60.0, 10, (1.5,), parts | kind)
        for beta, kind in zip((16, 1, 0), kinds, strict=True)
    ]
    sigma = replace(models[2], unpaid_sigma=(92.08, 10))
    bars = {bar.name.split(":")[0]: list(bar.y) for bar in figures.kl_decomposition(models).data}
    assert bars == {
        "I(n; z)": [9, None, None],
        "TC(z)": [5, None, None],
        "I + TC": [None, 14, None],
        "Σ KL(q(zⱼ) ‖ p(zⱼ))": [1, 1, None],
        "KL alone": [None, None, 15],
    }
    said = [note.text for note in figures.kl_decomposition([*models[:2], sigma]).layout.annotations]
    assert said == [
        "β = 0: 92.1 nats are −Σ log σ, as<br>no KL in the loss keeps σ<br>above the smallest allowed, 0.0001"
    ]
    assert "smallest" not in figures.sigma_sentence(replace(sigma, unpaid_sigma=(40.0, 10)))
    assert figures.sigma_sentence(models[0]) == ""


def test_the_table_is_the_figures_numbers(zoo):
    rail = [Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    table = list(csv.DictReader(io.StringIO(beta_sweep_sections.as_csv([beta_sweep_sections.row(m) for m in rail]))))
    for line, name in zip(table, NAMES, strict=True):
        metrics = metrics_of(zoo, name)
        assert line["model"] == name
        assert float(line["kl"]) == metrics["kl"] and float(line["reconstruction"]) == metrics["reconstruction"]
        assert [float(line[f"kl_z{j + 1}"]) for j in range(4)] == metrics["kl_per_dimension"]
        parts = [float(line[f"{part}_noiseless"]) for part in ("information_and_correlation", "dimension_wise_kl")]
        known = metrics["kl_parts"]
        assert parts == [known["index_code_information"] + known["total_correlation"], known["dimension_wise_kl"]]
        assert float(line["kl_noiseless"]) == pytest.approx(sum(parts), abs=5 * known["standard_error"])


def test_a_link_restores_the_rail(zoo, open_page):
    query = {"model": NAMES[2], "rail": "picture", "k": "3", "u": "-1.5", "around": "prior", "sample": "17"}
    query |= {"noise": "0.75", "draw": "4"}
    app = open_page(**query, section="collapse")
    place = sent_to_browser(app)["place"]
    where = {"mode": "picture", "k": 3, "u": -1.5, "around": "prior", "row": 17}
    assert place == {**where, "noise": 0.75, "seed": 4, "drawn": None}
    assert query_of(app) == {**query, "section": "collapse"}
    assert app.session_state["beta_sweep_section"] == "collapse"


def test_a_link_restores_what_was_drawn(zoo, open_page):
    content = bytes(range(32))  # two of 64 pixels in each
    query = {"model": NAMES[2], "rail": "picture", "k": "1", "drawn": text_of(content)}
    app = open_page(**query)
    place = sent_to_browser(app)["place"]
    assert place["row"] is None and base64.b64decode(place["drawn"]) == content
    assert query_of(app) == query


def test_a_link_without_a_section_means_the_first_one(zoo, open_page):
    app = open_page(model=NAMES[0], section="capacity")
    assert app.session_state["beta_sweep_section"] == "capacity"
    app.query_params.clear()
    app.query_params.update({"model": NAMES[0], "rail": "slider", "k": "1"})
    app.run()
    assert app.session_state["beta_sweep_section"] == "trade" and "section" not in app.query_params


@pytest.mark.parametrize(
    "query",
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
        {"section": "cellar"},
    ],
)
def test_nonsense_in_a_link_is_left_out(zoo, open_page, query):
    app = open_page(model=NAMES[0], **query)
    assert not app.exception
    assert any("was left out" in toast.value for toast in app.toast)
    assert sent_to_browser(app)["place"] == asdict(Choice())


def test_what_the_browser_reports_is_checked(zoo):
    rail = [Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    good = {"mode": "picture", "k": 2, "u": 0.25, "around": "middle", "noise": 1, "seed": 2, "row": None}
    assert beta_sweep.sent(good, rail) == Choice("picture", 2, 0.25, "middle", 1.0, 2, None)
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
    said = missing(describe("frey"))
    assert said == "There are no models of Frey Face with different β. There are some of Digits: choose above."


def test_other_seeds_are_those_of_beta_that_are_not_on_the_rail(zoo, tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    runs = [sweeps.Run(f"r{s}", "beta", s, beta=4, mig=0.1 * s, kl=5 + s, reconstruction=-9) for s in range(3)]
    runs.append(sweeps.Run("c", "capacity", 0, nats=25, mig=0.2, kl=25, reconstruction=-9))
    (tmp_path / "digits" / "table.csv").write_text(sweeps.to_csv(runs))
    monkeypatch.setattr(sweeps, "SHIPPED", tmp_path)
    assert [point.rate for point in beta_sweep_sections.other_seeds("digits")] == [5, 7]


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
    app = settled(open_page(model=NAMES[0], section="collapse"))
    assert not app.exception
    checkpoint = read_checkpoint(zoo / NAMES[0])
    order = live.kl_of(checkpoint).argsort(descending=True, stable=True).tolist()
    pair = (min(order[:2]), max(order[:2]))
    choices = [*((dimension,) for dimension in order), pair]
    *_, results = switch_off(checkpoint.model, load_dataset("digits").test, choices, capacity.JUDGED)
    worth = charts(app)[1]
    assert numbers(worth["data"][0]["y"]) == pytest.approx([result.lost for result in results[1:-1]], abs=1e-3)
    settled(app.pills(key=f"beta_sweep_off_{NAMES[0]}").set_value(list(pair)).run())
    assert not app.exception
    together = figures.digits(results[-1].elbo)
    assert any(f"**{together} nats**" in markdown.value for markdown in app.markdown)


def test_models_of_one_beta_keep_columns_of_their_own():
    parts = dict.fromkeys(("index_code_information", "total_correlation", "dimension_wise_kl"), 1.0)
    parts |= dict.fromkeys(("standard_error", "sum_standard_error", "sum_change", "sum_change_error"), 0.0)
    parts |= dict.fromkeys(("total_correlation_change", "total_correlation_change_error", "pictures"), 0.0)
    twins = [figures.Measured(name, "β = 4", 3.0, 60.0, 2, (2.0, 1.0), parts) for name in ("one", "other")]
    for figure in (figures.kl_by_dimension(twins), figures.kl_decomposition(twins)):
        assert list(figure.data[0].x) == [0, 1] and list(figure.layout.xaxis.ticktext) == ["4", "4"]


def test_densities_and_bits_do_not_share_a_rail(tmp_path, monkeypatch):
    for name, likelihood in (
        ("digits-b1-2d", "bernoulli"),
        ("digits-b2-2d", "gaussian"),
        ("digits-b4-2d", "bernoulli"),
    ):
        beta = float(name.split("-")[1][1:])
        config = VAEConfig((1, 8, 8), 2, hidden=(16,), likelihood=likelihood)
        write_stand_in(tmp_path / name, "digits", config, "beta", settings={"beta": beta, "start": 1.0, "ramp": 0.6})
    monkeypatch.setattr(store, "ZOO", tmp_path)
    assert [member.name for member in members("digits")] == ["digits-b1-2d", "digits-b4-2d"]


def test_dimensions_of_a_model_that_is_not_plain_are_refused_in_a_sentence(mapped, open_page):
    app = open_page(model="digits-small-2d", section="collapse")
    assert not app.exception
    for entry in store.entries(mapped):
        if entry.dataset == "digits" and entry.name != "digits-bent-2d":
            shutil.rmtree(entry.folder)
    app = open_page(model="digits-bent-2d", section="collapse")
    assert not app.exception and any("its dimensions cannot be told apart here" in info.value for info in app.info)


def test_what_a_data_set_lacks_is_shown_of_another(zoo, tmp_path, open_page, monkeypatch):
    """Sprites have a sweep, the digits a model of rising capacity: each section shows what there is, and of what."""
    models, shipped = tmp_path / "zoo", tmp_path / "sweeps"
    shutil.copytree(zoo, models)
    write_stand_in(models / "sprites-small-3d", "sprites", VAEConfig((1, 32, 32), latent_dim=3, hidden=(16, 16)))
    runs = [sweeps.Run(f"beta4-seed{s}", "beta", s, beta=4, mig=0.1 * s) for s in range(3)]
    (shipped / "sprites").mkdir(parents=True)
    (shipped / "sprites" / "table.csv").write_text(sweeps.to_csv(runs))
    monkeypatch.setattr(store, "ZOO", models)
    monkeypatch.setattr(sweeps, "SHIPPED", shipped)
    for model, section, said in (
        (NAMES[0], "factors", "Below is the sweep of Sprites."),
        ("sprites-small-3d", "capacity", "Below is one of Digits."),
    ):
        app = open_page(model=model, section=section)
        assert not app.exception and len(charts(app)) == 1
        assert app.caption[0].value.endswith(said)


def test_one_picture_goes_through_all_models_first(zoo, open_page, monkeypatch):
    place = sent_to_browser(open_page(model=NAMES[0]))["place"]
    assert place["mode"] == "picture" and place["row"] == 0
    for own, mode in ((None, "slider"), ({"labels": []}, "picture")):
        missing = {"missing": "not on this machine", "standIns": own}
        monkeypatch.setattr(originals, "for_browser", lambda *_, missing=missing, **__: missing)
        assert sent_to_browser(open_page(model=NAMES[0]))["place"]["mode"] == mode


def test_the_header_speaks_of_a_card(zoo, open_page):
    """For a model that is not on the rail the VAE stands in, here alone; one that is picked is the whole app's."""
    app = open_page(model="digits-capacity-4d")
    assert sent_to_browser(app)["chosen"] == app.selectbox(key="frame_model").value == NAMES[1]
    assert app.metric[0].value.startswith(f"≤ {metrics_of(zoo, NAMES[1])['nll']:.1f}")  # few draws: a bound
    assert app.session_state["frame_latest"] == "digits-capacity-4d"
    app.selectbox(key="frame_model").select(NAMES[2]).run()
    assert app.session_state["frame_latest"] == sent_to_browser(app)["chosen"] == NAMES[2]


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
    rail = [Member(n, 0.0, read_checkpoint(zoo / n), ()) for n in NAMES]
    pixels = torch.arange(64) % 16
    pairs = bytes((16 * pixels[::2] + pixels[1::2]).tolist())
    choice = Choice("picture", row=None, drawn=base64.b64encode(pairs).decode())
    x = beta_sweep.drawn_picture(choice, rail)
    assert torch.equal(x, (17 * pixels).to(torch.uint8).reshape(1, 1, 8, 8))
    model = rail[1].checkpoint.model
    mean, stddev = capacity.reading(rail[1].checkpoint, rail, choice)
    with torch.no_grad():
        posterior = model.encode(noiseless(x, model.config.likelihood))
    assert torch.equal(mean, posterior.mean[0]) and torch.equal(stddev, posterior.stddev[0])
    assert capacity.reading(rail[1].checkpoint, rail, Choice(row=None)) is None


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
    assert disentanglement.aimed_at(runs, "mig", 5).endswith("a median of 0.35: it is 0.40, met.")
    missed = "a median of 0.86: it is 0.80, missed, with 3 active dimensions for 5 factors."
    assert disentanglement.aimed_at(runs, "higgins", 5).endswith(missed)
    assert "it is 0.80 for one seed, missed" in disentanglement.aimed_at(runs[:1], "higgins", 5)
    ideal = {"mig": 0.854, "higgins": 1.0, "mig_ceiling": 0.962}
    assert disentanglement.at_best(ideal, "higgins") == " A dimension for each factor scores 1.00."
    most = " A dimension for each factor scores 0.85, no code more than 0.96: a square"
    assert disentanglement.at_best(ideal, "mig").startswith(most)
    assert disentanglement.at_best({}, "mig") == disentanglement.at_best(ideal, "sap") == ""
    assert disentanglement.aimed_at(runs, "sap", 5) == disentanglement.aimed_at([], "mig", 5) == ""


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
    assert sent_to_browser(app)["chosen"] == NAMES[2] and query_of(app)["model"] == NAMES[2]


def test_a_training_ends_on_this_visitors_rail(zoo, open_page, monkeypatch):
    monkeypatch.setattr(training, "SECONDS", 0.3)
    monkeypatch.setattr(training, "CALIBRATION", 0.05)
    app = open_page(model=NAMES[0], section="try")
    app.slider(key="beta_sweep_try_beta_digits").set_value(2.0).run()
    app = settled(app.button[0].click().run())
    assert not app.exception and app.session_state["work_jobs"]["training"].state == "finished"
    models = sent_to_browser(app)["models"]
    assert models[-1]["title"] == "β = 2" and models[-1]["name"].startswith("your-digits-beta2")
    assert len(sent_to_browser(open_page(model=NAMES[0]))["models"]) == len(NAMES)  # another visitor has no part in it


def test_a_training_can_be_stopped(zoo, open_page, monkeypatch):
    monkeypatch.setattr(training, "CALIBRATION", 0.05)
    app = open_page(model=NAMES[0], section="try")
    app.button[0].click().run()
    app = settled(app.button(key="work_training_stop").click().run())
    assert not app.exception and app.session_state["beta_sweep_training"].member is None
    assert any("was not finished" in caption.value for caption in app.caption)


def test_a_training_that_diverges_says_so(zoo, open_page, monkeypatch):
    monkeypatch.setitem(training.MODELS, "digits", (training.MODELS["digits"][0], 128, 1e9))
    app = open_page(model=NAMES[0], section="try")
    app = settled(app.button[0].click().run())
    assert not app.exception and "The training failed: TrainingDiverged" in app.error[0].value


def test_a_tried_models_numbers_are_evaluations(zoo):
    dataset = load_dataset("digits")
    recipe = training.Recipe("yours", "digits", MODEL, TRAINING, training.BetaELBO(1.0))
    member = training.measured(training.new_model(recipe), dataset, recipe)
    expected = training.evaluate(member.checkpoint.model, dataset, training.SAMPLES, training.JUDGED).to_json()
    for name in ("kl", "reconstruction", "elbo", "nll", "active_units"):
        assert member.metrics[name] == pytest.approx(expected[name], rel=1e-5)


def test_points_far_beyond_end_at_the_edge():
    assert figures.end_of_axis([2000, 25, 20, 9]) == 25
    assert figures.end_of_axis([25, 20, 9]) == 25
    near = [figures.Measured(str(i), f"β = {i}", rate, 10.0, 1, (1.0,), {}) for i, rate in enumerate((0.0, 0.01, 9.0))]
    assert figures.labels(near, [False] * 3, 10, 10) == ["β = 0, 1", "", "2"]
    assert figures.nice_levels(80, 140) == pytest.approx([80, 90, 100, 110, 120, 130])
