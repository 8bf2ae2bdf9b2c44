"""docs/RESULTS.md says what is stored in assets/, and nothing else."""

import json
import shutil
from dataclasses import replace

import pytest
import torch

from vae_core.home import HOME
from vae_core.models.checkpoint import write_log_marginal
from vae_core.studies import results
from vae_core.zoo.store import entries, entry


def test_the_page_is_what_the_command_writes():
    written = (HOME / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert written == results.markdown(HOME / "assets"), "run python -m vae_core zoo results"


@pytest.fixture
def assets(tmp_path, toy_folder):
    """Assets with one model, one sweep of two seeds and one measurement of holes."""
    shutil.copytree(toy_folder, tmp_path / "zoo" / "toy-vae-2d")
    measured = {"nll": 22.456, "nll_standard_error": 0.204, "elbo": -23.111, "kl": 3.0, "active_units": 2}
    measured |= {"bits_per_dimension": 0.514, "neighbour_accuracy": None, "importance_samples": 7}
    measured |= {"reconstruction": -20.1, "kl_per_dimension": [1.0, 2.0], "images": 360}
    (tmp_path / "zoo" / "toy-vae-2d" / "metrics.json").write_text(json.dumps(measured))
    (tmp_path / "sweeps" / "digits").mkdir(parents=True)
    rows = ("beta4-seed0,beta,0,4,-50.04,0.10", "beta4-seed1,beta,1,4,-52.06,0.30", "beta4-seed2,beta,2,4,-51,")
    table = "\n".join(("run,objective,seed,beta,elbo,mig", *rows))
    (tmp_path / "sweeps" / "digits" / "table.csv").write_text(table)
    (tmp_path / "inpainting").mkdir()
    holes = (*results.HOLES.values(), ("pixels", 0.1))
    values = {"mean": lambda fraction: 0.25, "naive": lambda fraction: fraction / 3, "knn": lambda fraction: 0.26}
    points = [
        {"mask": mask, "fraction": fraction, "method": method, "images": 9, "cross_entropy_missing": value(fraction)}
        for mask, fraction in holes
        for method, value in values.items()
    ]
    points[2] |= {"neighbours": 20, "beside_knn": None}
    points[1] |= {"beside_knn": {"difference": -0.16, "standard_error": 0.00123}}
    (tmp_path / "inpainting" / "toy.json").write_text(json.dumps(points))
    return tmp_path


def test_sixteen_bits_cost_what_the_page_says_they_do():
    costs = {entry.name: entry.metrics.get("rounding_cost") for entry in entries(HOME / "assets" / "zoo")}
    known = {name: abs(cost) for name, cost in costs.items() if cost is not None}
    assert len(known) >= 20
    assert {name for name, cost in known.items() if cost >= 0.01} == {
        "digits-dis-8d",
        "digits-gan-8d",
        "frey-dis-10d",
        "frey-gan-10d",
        "frey-vq-35d",
        "olivetti-vq-80d",
        "sprites-beta0-10d",
    }


def test_every_number_is_the_stored_one(assets):
    page = results.markdown(assets)
    model = next(line for line in page.splitlines() if line.startswith("| `toy` |"))
    cells = [cell.strip() for cell in model.split("|")[1:-1]]
    assert cells[3:] == ["22.46 ± 0.20", "", "7", "0.51", "−23.11", "3.00", "2 of 2", ""]
    assert "| β = 4 | 3 | −51.0 (−52.1 to −50.0) |  |  | 0.20 (0.10 to 0.30) |  |  |" in page
    assert "| 30 % of the pixels | 0.250 | 0.260 | **0.100** | 20 | naive −0.1600 ± 0.0012 |" in page
    assert "| 90 % | **0.250** | 0.260 | 0.300 |  |  |" in page and "| 10 %" not in page
    assert "{" not in page


def test_a_model_without_metrics_has_empty_cells(assets):
    (assets / "zoo" / "toy-vae-2d" / "metrics.json").unlink()
    cells = results.model_row(entry(assets / "zoo" / "toy-vae-2d"), "")
    assert cells[0] == "`toy`" and set(cells[3:]) == {""}


def test_few_effective_samples_make_a_bound_of_an_estimate(assets):
    path = assets / "zoo" / "toy-vae-2d" / "metrics.json"
    known = json.loads(path.read_text()) | {"importance_samples": 500, "few_effective_samples": 0.125}
    for effective, likelihood, draws in [(9.4, "≤ 22.46", "500 (9; below 10: 12.5 %)"),
                                         (80.0, "22.46 ± 0.20", "500 (80; below 10: 12.5 %)")]:  # fmt: skip
        path.write_text(json.dumps(known | {"effective_samples": effective}))
        cells = results.model_row(entry(path.parent), "0.10 ± 0.02")
        assert cells[3:6] == [likelihood, "0.10 ± 0.02", draws]


def test_models_stand_beside_the_best_of_their_data_set(assets):
    folder = assets / "zoo" / "toy-vae-2d"
    values = torch.linspace(-30, -20, 50)
    for name, log_marginal in (("toy", values), ("other", values - torch.tensor([1.0, 2.0]).repeat(25))):
        shutil.copytree(folder, target := assets / "zoo" / f"{name}-vae-3d")
        described = json.loads((target / "model.json").read_text()) | {"name": name}
        (target / "model.json").write_text(json.dumps(described))
        write_log_marginal(target, log_marginal)
    shutil.rmtree(folder)
    entries = [entry(assets / "zoo" / f"{name}-vae-3d") for name in ("toy", "other")]
    assert results.beside_the_best(entries) == {"other": "1.50 ± 0.07"}  # 0.505 / sqrt(50)


@pytest.mark.parametrize(
    ("objective", "settings", "text"),
    [
        ("elbo", {}, "elbo"),
        ("beta", {"beta": 4.0, "start": 1.0, "ramp": 0.5}, "beta 4"),
        ("beta", {"beta": 4.0, "start": 20.0, "ramp": 0.5}, "beta 4, start 20, ramp 0.5"),
        ("capacity", {"nats": 25.0, "gamma": 100.0, "ramp": 0.8}, "capacity, nats 25"),
        ("capacity", {"nats": 25.0, "gamma": 10.0, "ramp": 0.8}, "capacity, nats 25, gamma 10"),
    ],
)
def test_an_objective_in_words(assets, objective, settings, text):
    toy = entry(assets / "zoo" / "toy-vae-2d")
    assert results.objective_of(replace(toy, objective=objective, objective_settings=settings)) == text
