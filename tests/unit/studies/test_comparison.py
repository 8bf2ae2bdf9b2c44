"""The table of our figures beside published ones: what it says is what `evaluate` measures."""

import json
import math
from dataclasses import replace
from itertools import combinations

import pytest
import torch
import typer

from vae_core.analysis.evaluation import classification_error, evaluate, paired_difference, sharpness
from vae_core.analysis.likelihood import bits_per_dimension
from vae_core.cli import app
from vae_core.home import HOME
from vae_core.learning.semi_supervised import M2
from vae_core.learning.training import TrainingConfig
from vae_core.models.checkpoint import CheckpointError, read_checkpoint
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.vae import VAEConfig
from vae_core.studies import comparison
from vae_core.studies.published import COMPARISONS, RACES, Comparison, Line, Published, Raced
from vae_core.studies.race import FILE, SPLITS, Race, known, latents, marks, record
from vae_core.zoo.build import build, ship_metrics
from vae_core.zoo.recipes import RECIPES, Recipe

TOY = Recipe(
    "toy",
    "digits",
    VAEConfig((1, 8, 8), 2, hidden=(8,)),
    TrainingConfig(epochs=1, precision="float32"),
    importance_samples=20,
    likelihood_pictures=100,
    ships="metrics",
)
OTHER = replace(TOY, name="other", training=replace(TOY.training, epochs=3))
PAPER = Published(20.0, "A paper, table 1", "a long schedule", error=0.5, bound=True)
LINES = (
    Line("toy", ("toy",), PAPER, long="toy-long"),
    Line("other", ("other",), beside="toy"),
    Line("both", ("toy", "other")),
    Line("not yet", ("never",)),
)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """Two toys: one stored with its weights, one with its metrics alone."""
    folder = tmp_path_factory.mktemp("assets")
    list(build(TOY, folder / "zoo" / "toy", projected=False))
    list(build(OTHER, folder / "built" / "other", projected=False))
    ship_metrics(folder / "built" / "other", folder / "measured" / "other")
    return folder


@pytest.fixture
def rows(assets, monkeypatch):
    monkeypatch.setattr(comparison, "COMPARISONS", (Comparison("toys", "Toys", "nll", "nats", LINES, also="19.0"),))
    monkeypatch.setattr(comparison, "RACES", ())
    monkeypatch.setattr(
        comparison, "RECIPES", {"toy": TOY, "other": OTHER, "never": replace(TOY, name="never"), **RECIPES}
    )
    return {row.what: row for row in comparison.rows(assets)}


def test_a_row_is_what_evaluate_says(assets, rows, digits):
    model = read_checkpoint(assets / "zoo" / "toy").model
    measured = evaluate(model, digits, 20, likelihood_limit=100)
    row = rows["toy"]
    assert row.ours == pytest.approx(measured.nll, abs=1e-5)
    assert row.standard_error == pytest.approx(measured.nll_standard_error, rel=1e-4)
    assert (row.images, row.importance_samples, row.epochs) == (100, 20, 1)
    assert row.active_units == measured.active_units


def test_the_published_figure_stands_beside_it_with_its_setting(rows):
    row = rows["toy"]
    assert (row.published, row.published_error, row.published_bound) == (20.0, 0.5, True)
    assert (row.source, row.published_setting, row.shortened) == ("A paper, table 1", "a long schedule", "toy-long")
    assert rows["other"].published is None and rows["other"].source == ""
    assert {row.also for row in rows.values()} == {"19.0"}


@pytest.mark.parametrize("what", ["samples", "reconstructions"])
def test_a_row_of_sharpness_is_what_evaluate_says_in_percent(assets, rows, digits, what):
    measured = evaluate(read_checkpoint(assets / "zoo" / "toy").model, digits, 1, likelihood_limit=1).to_json()
    figure = f"sharpness_of_{what}"
    row = comparison.row_of(Comparison("sharp", "Sharp", figure, "%", LINES, 100.0, best=100.0), LINES[0], assets)
    assert row.ours == pytest.approx(100 * measured[figure], rel=1e-4)
    assert row.standard_error == pytest.approx(100 * measured[f"{figure}_standard_error"], rel=1e-3)
    assert (row.images, row.best, row.bound, row.importance_samples) == (360, 100.0, False, None)
    assert rows["toy"].best is None


def test_stored_sharpness_is_that_of_the_stored_weights(digits):
    compared = {each.figure: each for each in COMPARISONS if each.best is not None}
    of_digits = [line for line in compared["sharpness_of_samples"].lines if line.what.startswith("Digits")]
    assert len(of_digits) == 3
    for line in of_digits:
        model = read_checkpoint(HOME / "assets" / "zoo" / line.recipes[0]).model
        found = sharpness(model, digits, len(digits.test))
        for each, (share, error) in zip(("samples", "reconstructions"), found, strict=True):
            row = comparison.row_of(compared[f"sharpness_of_{each}"], line, HOME / "assets")
            assert row.ours == pytest.approx(100 * share, rel=1e-3)
            assert row.standard_error == pytest.approx(100 * error, rel=1e-2)


def test_twins_are_compared_picture_by_picture(assets, rows, digits):
    both = [
        evaluate(read_checkpoint(folder).model, digits, 20, likelihood_limit=100).log_marginal
        for folder in (assets / "zoo" / "toy", assets / "built" / "other")
    ]
    apart = both[0] - both[1]  # of log p(x): what the other's nll is above the toy's
    row = rows["other"]
    assert row.difference == pytest.approx(apart.mean().item(), abs=1e-4)
    assert row.difference == pytest.approx(row.ours - rows["toy"].ours, abs=1e-4)
    assert row.difference_error == pytest.approx((apart.std() / 10).item(), rel=1e-3)
    assert row.difference_error < row.standard_error


def test_several_recipes_give_a_mean_and_a_spread(rows):
    row = rows["both"]
    values = torch.tensor([rows["toy"].ours, rows["other"].ours], dtype=torch.float64)
    assert row.ours == pytest.approx(values.mean().item()) and row.spread == pytest.approx(values.std().item())
    assert row.standard_error is None and row.measured == 2


def test_what_is_not_trained_yet_has_no_figure(rows):
    row = rows["not yet"]
    assert row.ours is None and row.measured == 0 and row.epochs == 1


def test_every_line_names_recipes_that_there_are():
    for each in COMPARISONS:
        for line in each.lines:
            named = {*line.recipes, *filter(None, (line.beside, line.long))}
            assert named <= RECIPES.keys(), named - RECIPES.keys()
            assert line.published is None or (line.published.source and line.published.setting)


def test_a_race_gives_rows_that_are_compared_on_the_same_pictures(tmp_path):
    raced = Raced(
        "toy", "Toys", "latents", "digits", 200, (("1 latent", 1), ("4 latents", 4), ("9 latents", 9)),
        "A paper, figure 2", "curves", "The same order.", longer=5_000, seen=1_000,
    )  # fmt: skip
    settings = Race("digits", 200, 1_000)
    points = list(latents(settings, (1, 4)))
    (tmp_path / FILE).parent.mkdir()
    record(tmp_path / FILE, "latents", settings, points)
    first, second, never = comparison.race_rows(raced, tmp_path)
    ends = {point.who: point for point in points if (point.seen, point.split) == (1_000, "test")}
    assert [row.ours for row in (first, second, never)] == [-ends[1].bound, -ends[4].bound, None]
    assert (first.standard_error, first.images, first.epochs, first.measured) == (ends[1].standard_error, 200, 5, 1)
    assert first.recipes == ("race --dataset digits --pictures 200 --seen 1000 --latent-dims 1,4,9",)
    assert first.shortened == "race --dataset digits --pictures 200 --seen 5000 --latent-dims 1,4,9"
    assert {row.finding for row in (first, second, never)} == {"The same order."}
    assert (first.beside, second.beside, never.measured, never.difference) == ("", "1 latent", 0, None)
    apart = torch.tensor(ends[1].values) - torch.tensor(ends[4].values)  # of the bounds: what the surprise is above
    assert second.difference == pytest.approx(second.ours - first.ours, abs=1e-3)
    assert second.difference_error == pytest.approx((apart.std() / 200**0.5).item(), rel=1e-4)


def test_every_race_that_the_table_names_has_been_run():
    for raced in RACES:
        first, *others = comparison.race_rows(raced, HOME / "assets")
        assert first.ours is not None and all(row.difference_error is not None for row in others)


def test_longer_races_are_commands_with_a_mark_at_their_end():
    for raced in RACES:
        name, *words = raced.long.split()
        command = typer.main.get_command(app).commands[name]
        given = command.make_context(name, [*words, "--out", "race.json"]).params
        assert (given["dataset"], given["pictures"]) == (raced.dataset, raced.pictures)
        assert given["seen"] > raced.seen and marks(100, given["seen"])[-1] == given["seen"]


def points_of(raced: Raced, split: str, seen: int) -> dict:
    """Of a race as it is stored, by trainer or number of latents: what pictures came to."""
    points = known(HOME / "assets" / FILE, raced.kind, Race(raced.dataset, raced.pictures, raced.seen))
    return {point.who: point for point in points if (point.split, point.seen) == (split, seen)}


@pytest.mark.parametrize("raced", [raced for raced in RACES if raced.kind == "trainers"], ids=lambda raced: raced.name)
def test_what_is_said_of_the_three_trainers_is_so(raced):
    def lead(seen: int) -> float:
        ends = points_of(raced, "test", seen)
        return ends["aevb"].value - ends["wake-sleep"].value

    assert all(lead(seen) > 0 for seen in (200, 500, 1_000, 2_000, 5_000))
    assert all(lead(seen) < 0 for seen in (10_000, 20_000, 50_000))
    assert "up to 5,000 pictures seen" in raced.finding and "from 10,000 to 50,000" in raced.finding
    values = {who: torch.tensor(point.values) for who, point in points_of(raced, "test", raced.seen).items()}
    apart = {
        (one, other): paired_difference(values[one], values[other]) for one, other in combinations(sorted(values), 2)
    }
    clear = {pair: told for pair, told in apart.items() if abs(told[0]) > 2 * told[1]}
    if raced.pictures == 1_000:
        assert not clear and "no two trainers are two paired standard errors apart" in raced.finding
    else:
        ((pair, (difference, error)),) = clear.items()
        assert pair == ("mcem", "wake-sleep") and difference > 0, "Monte Carlo EM is ahead"
        assert "only Monte Carlo EM and wake-sleep" in raced.finding
        assert f"{difference:.2f} ± {error:.2f} nats" in raced.finding


def test_what_is_said_of_numbers_of_latents_is_so():
    mnist, frey = (raced for raced in RACES if raced.kind == "latents")
    ends = {(raced.dataset, split): points_of(raced, split, raced.seen) for raced in (mnist, frey) for split in SPLITS}
    above = [ends["mnist", "train"][dim].value - point.value for dim, point in ends["mnist", "test"].items()]
    assert f"at most {max(above):.1f} nats above" in mnist.finding and "2 latents in place of 3" in mnist.setting
    _, *more = comparison.race_rows(frey, HOME / "assets")
    assert all(0 < row.difference < 2 * row.difference_error for row in more) and "Order reversed" in frey.finding
    trained = [point.value for _, point in sorted(ends["frey", "train"].items())]
    assert min(trained[1:]) > trained[0] and "better on training pictures" in frey.finding


def test_races_of_pictures_whose_pixels_have_a_density_are_in_bits_a_dimension():
    (raced,) = (raced for raced in RACES if raced.dataset == "frey")
    two, *_, twenty = comparison.race_rows(raced, HOME / "assets")
    bounds = {
        point.who: point
        for point in known(HOME / "assets" / FILE, "latents", Race("frey", 1_000, 200_000))
        if (point.seen, point.split) == (200_000, "test")
    }
    shape = (1, 28, 20)
    assert two.unit == "bits a dimension"
    assert two.ours == pytest.approx(bits_per_dimension(-bounds[2].bound, shape, "gaussian"))
    assert twenty.difference == pytest.approx(twenty.ours - two.ours, abs=1e-4)
    means = (torch.tensor(bounds[2].values) - torch.tensor(bounds[20].values)).view(8, 25).mean(1)  # a run of film each
    assert twenty.difference_error == pytest.approx(means.std().item() / 8**0.5 / (560 * math.log(2)), rel=1e-3)


def test_races_that_cannot_be_read_are_said_to_be_so(tmp_path):
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text('{"trainers": [{"settings": 5, "points": []}], "latents": []}')
    with pytest.raises(CheckpointError, match=r"race.json does not hold races"):
        comparison.race_rows(RACES[0], tmp_path)


FEW = Recipe(
    "few-0",
    "digits",
    SemiSupervisedConfig(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(8,)), 10), (8,)),
    TrainingConfig(epochs=1, precision="float32", labels=20),
    M2(),
    importance_samples=5,
    likelihood_pictures=50,
)
MORE = replace(FEW, name="more-0", training=replace(FEW.training, labels=100))
DRAWS = Comparison(
    "few",
    "Few",
    "classification_error",
    "%",
    (Line("100", ("more-0",), PAPER), Line("20", ("few-0", "few-1")), Line("all", ("toy",))),
    scale=100.0,
)


@pytest.fixture
def drawn(assets, digits, monkeypatch):
    """One of two draws of 20 labels is trained, and none of 100."""
    recipes = {"few-0": FEW, "few-1": replace(FEW, name="few-1"), "more-0": MORE, "toy": TOY}
    monkeypatch.setattr(comparison, "RECIPES", {**RECIPES, **recipes})
    folder = assets / "zoo" / "few-0"
    if not folder.exists():
        list(build(FEW, folder, projected=False))
    return folder


def test_every_draw_has_its_own_figure(assets, drawn, digits):
    few, more = comparison.draws_of(DRAWS, assets)
    assert (few.labels, few.what, few.recipes, few.epochs) == (20, "20", ("few-0", "few-1"), 1)
    wrong = classification_error(read_checkpoint(drawn).model, digits.test, len(digits.test))
    assert few.values == (pytest.approx(100 * wrong), None) and few.known == [few.values[0]]
    row = comparison.row_of(DRAWS, DRAWS.lines[1], assets)
    assert row.ours == pytest.approx(few.values[0]) and row.measured == 1
    assert (more.labels, more.values, more.known, more.published) == (100, (None,), [], PAPER)


def test_draws_are_found_by_the_data_set_of_their_recipes(assets, drawn, monkeypatch):
    nll = Comparison("nll", "Toys", "nll", "nats", LINES[:1])
    mnist = next(each for each in COMPARISONS if each.name == "few-labels")
    monkeypatch.setattr(comparison, "COMPARISONS", (nll, mnist, DRAWS))
    assert comparison.datasets_of(DRAWS) == {"digits"} and comparison.datasets_of(mnist) == {"mnist"}
    assert [draws.labels for draws in comparison.label_draws("digits", assets)] == [20, 100]
    assert [draws.labels for draws in comparison.label_draws("mnist", assets)] == [
        100,
        100,
        600,
        600,
        1000,
        1000,
        3000,
        3000,
    ]
    assert {draws.kind for draws in comparison.label_draws("mnist", assets)} == {"M2", "M1+M2"}
    assert comparison.label_draws("frey", assets) == []


def test_rows_go_to_json(rows):
    for row in rows.values():
        assert json.loads(json.dumps(row.to_json()))["what"] == row.what
