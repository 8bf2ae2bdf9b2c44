"""Shipped sweeps: what is read is what was measured, and the median seed stands for its setting."""

import csv
import io
import json
import math
import shutil
from dataclasses import replace

import pytest
import torch
from PIL import Image

from vae_core.analysis.disentanglement import factor_codes, higgins_metric, ideal_codes, mutual_information_gap
from vae_core.data.registry import load_dataset
from vae_core.models.checkpoint import CheckpointError, describe, read_checkpoint, write_checkpoint
from vae_core.models.codes import Codes
from vae_core.models.vae import VAE, VAEConfig
from vae_core.studies import shipped as sweeps
from vae_core.studies.spec import read_spec
from vae_core.zoo.recipes import RECIPES
from vae_core.zoo.store import ZOO

CONFIG = VAEConfig((1, 8, 8), 3, hidden=(8,))
SCORES = {"beta1": (0.3, 0.1, 0.2), "beta4": (0.5, 0.9, 0.7), "capacity": (0.4, None, 0.6)}


def write_run(folder, seed: int) -> None:
    torch.manual_seed(seed)
    model, mean = VAE(CONFIG).eval(), torch.randn(20, 3) * torch.tensor([1.0, 0.1, 2.0])
    codes = Codes(mean, torch.full((20, 3), 0.5), torch.arange(20), torch.zeros(20))
    what = describe(model, name=folder.name, dataset="digits", objective="beta", training={}, seed=seed)
    write_checkpoint(folder, model, what, codes)


@pytest.fixture
def finished(tmp_path):
    """A finished sweep's folder: three settings, three seeds each, one of them without a score."""
    folder, lines = tmp_path / "sweep", []
    for setting, scores in SCORES.items():
        for seed, mig in enumerate(scores):
            name = f"{setting}-seed{seed}"
            write_run(folder / "runs" / name, seed)
            matrix = None if mig is None else [[mig, 0.0], [0.0, 0.1], [0.2, 0.3]]
            scored = {"mig": mig, "mutual_information": matrix} if matrix else {}
            (folder / "runs" / name / "disentanglement.json").write_text(json.dumps(scored))
            kind = "capacity" if setting == "capacity" else "beta"
            value = {"nats": 25.0, "gamma": 100.0} if kind == "capacity" else {"beta": float(setting[4:])}
            lines.append({"run": name, "objective": kind, "seed": seed, "kl": 10.0 + seed, "mig": mig, **value})
    columns = list(dict.fromkeys(key for line in lines for key in line))
    with open(folder / "table.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(lines)
    return folder


def test_shipping_names_the_median_seed_of_each_setting(finished, tmp_path):
    assert sweeps.ship(finished, "digits", tmp_path / "shipped") == {
        "digits-beta1-3d": "beta1-seed2",
        "digits-beta4-3d": "beta4-seed2",
        "digits-capacity-3d": "capacity-seed0",
    }


@pytest.mark.parametrize("objective", ["beta", "capacity"])
def test_a_run_is_adopted_with_its_numbers_and_a_map(finished, tmp_path, objective):
    run = finished / "runs" / f"{objective}{'4' if objective == 'beta' else ''}-seed1"
    description = json.loads((run / "model.json").read_text()) | {"objective": objective}
    (run / "model.json").write_text(json.dumps(description))
    shutil.copytree(run, run / "snapshots" / "500")
    sweeps.adopt(run, "digits-adopted-3d", tmp_path / "zoo" / "digits-adopted-3d")
    before, after = read_checkpoint(run), read_checkpoint(tmp_path / "zoo" / "digits-adopted-3d")
    assert after.description == before.description | {"name": "digits-adopted-3d"}
    assert torch.allclose(after.codes.mean, before.codes.mean, atol=2e-3)
    assert after.projections.keys() == {"pca", "pca_components", "pca_mean", "umap"}
    assert after.metrics == before.metrics | {"name": "digits-adopted-3d"}
    assert len(after.snapshots()) == (objective == "capacity")


def test_the_zoos_sprites_are_the_median_seeds_of_the_shipped_sweep():
    runs = sweeps.read_table("sprites")
    recipes = read_spec(sweeps.SHIPPED / "sprites.toml").recipes()
    assert len(runs) == len(recipes) == 35
    for setting in sweeps.settings(runs):
        median = sweeps.median_run([run for run in runs if run.setting == setting])
        name = f"sprites-{'capacity' if median.objective == 'capacity' else f'beta{median.beta:g}'}-10d"
        recipe, swept = RECIPES[name], recipes[median.run]
        assert replace(recipe, name=median.run, snapshots=swept.snapshots) == swept
        metrics = read_checkpoint(ZOO / name).metrics
        assert metrics["elbo"] == median.elbo and metrics["kl"] == median.kl


def test_the_pages_scores_are_those_of_the_command_line():
    """The whole pool of `python -m vae_core disentangle sprites-beta1-10d`: there it matters what pairs share."""
    median = sweeps.median_run([run for run in sweeps.read_table("sprites") if run.setting == "β = 1"])
    codes = factor_codes(read_checkpoint(ZOO / "sprites-beta1-10d").model, load_dataset("sprites"))
    assert mutual_information_gap(codes) == pytest.approx(median.mig, abs=1e-4)
    assert higgins_metric(codes) == pytest.approx(median.higgins, abs=0.002)


def test_scores_of_angles_and_pairs_are_of_all_seeds_or_of_the_shipped_ones():
    """A score that was defined otherwise when the other seeds were measured is shown of none of them."""
    runs = sweeps.read_table("sprites")
    medians = {sweeps.median_run([r for r in runs if r.setting == name]).run for name in sweeps.settings(runs)}
    for score in ("sap", "dci_disentanglement", "dci_completeness", "dci_informativeness", "higgins"):
        assert {run.run for run in runs if getattr(run, score) is not None} in (medians, {run.run for run in runs})


def test_what_misses_nothing_is_shipped_with_the_sweep(tmp_path):
    shipped, factors = sweeps.ideal("sprites"), load_dataset("sprites").info.factors
    codes = ideal_codes(factors)
    assert shipped["mig"] == pytest.approx(mutual_information_gap(codes), abs=1e-4)
    assert shipped["higgins"] == pytest.approx(higgins_metric(codes), abs=1e-3)
    assert shipped[sweeps.CEILING] == pytest.approx(1 - math.log(2) / math.log(40) / 5, abs=1e-3)
    sweeps.write_ideal("digits", tmp_path)  # of which no factors are known
    assert sweeps.ideal("digits", tmp_path) == {} == sweeps.ideal("mnist")


def test_what_was_shipped_is_read_again(finished, tmp_path):
    sweeps.ship(finished, "digits", tmp_path / "shipped")
    runs = sweeps.read_table("digits", tmp_path / "shipped")
    assert [run.setting for run in runs][::3] == ["β = 1", "β = 4", "C = 25 nats"]
    assert runs[0] == sweeps.Run("beta1-seed0", "beta", 0, beta=1.0, kl=10.0, mig=0.3)
    assert runs[7].mig is None and runs[7].beta is None and runs[7].nats == 25
    assert sweeps.mutual_information("digits", tmp_path / "shipped")["beta4-seed1"].tolist()[0] == pytest.approx(
        [0.9, 0]
    )
    header = (tmp_path / "shipped" / "digits" / "table.csv").read_text().splitlines()[0]
    assert header.startswith("run,objective,seed,beta,nats,elbo") and "gamma" not in header
    again = tmp_path / "again" / "digits"
    again.mkdir(parents=True)
    (again / "table.csv").write_text(sweeps.to_csv(runs))
    assert sweeps.read_table("digits", tmp_path / "again") == runs


def test_the_best_and_the_worst_seed_are_drawn_by_kl(finished, tmp_path):
    sweeps.ship(finished, "digits", tmp_path / "shipped")
    drawn = {path.stem for path in (tmp_path / "shipped" / "digits" / "traversals").iterdir()}
    assert drawn == {f"beta{b}-seed{s}" for b, s in ((1, 0), (1, 1), (4, 0), (4, 1))} | {
        "capacity-seed0",
        "capacity-seed2",
    }
    picture = Image.open(sweeps.traversal_picture("digits", "beta1-seed0", tmp_path / "shipped"))
    assert picture.mode == "L" and picture.size == (9 * 8 + 8, 3 * 8 + 2)
    assert sweeps.traversal_picture("digits", "beta1-seed2", tmp_path / "shipped") is None
    assert sweeps.extremes(sweeps.read_table("digits", tmp_path / "shipped"))["β = 4"][0].run == "beta4-seed1"


def test_a_traversal_starts_and_ends_where_the_codes_do(finished):
    checkpoint = sweeps.read_checkpoint(finished / "runs" / "beta1-seed0")
    codes, model = checkpoint.codes, checkpoint.model
    spread = (codes.mean.var(0, correction=0) + codes.stddev.square().mean(0)).sqrt()
    widest = int(codes.kl.mean(0).argmax())
    z = codes.mean.mean(0).clone()
    z[widest] -= sweeps.REACH * spread[widest]
    expected = (model.decode(z[None]).mean[0, 0] * 255).round().byte()
    strip = Image.open(io.BytesIO(sweeps.traversals(checkpoint)))
    assert torch.tensor(list(strip.crop((0, 0, 8, 8)).getdata())).reshape(8, 8).tolist() == expected.tolist()


def test_a_data_set_without_a_sweep_has_nothing(tmp_path):
    assert sweeps.read_table("mnist", tmp_path) == [] and sweeps.mutual_information("mnist", tmp_path) == {}
    assert sweeps.traversal_picture("mnist", "beta1-seed0", tmp_path) is None


def test_a_table_that_cannot_be_read_says_which_line(tmp_path):
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "table.csv").write_text("run,objective,seed,mig\na,beta,0,0.5\nb,beta,1,high\n")
    with pytest.raises(ValueError, match=r"table\.csv, line 3: .*high"):
        sweeps.read_table("digits", tmp_path)


def test_an_unfinished_sweep_is_not_shipped(tmp_path):
    with pytest.raises(ValueError, match="run the sweep to its end"):
        sweeps.ship(tmp_path, "digits", tmp_path / "shipped")


def test_a_run_without_codes_is_not_adopted(finished, tmp_path):
    run = finished / "runs" / "beta4-seed1"
    (run / "codes.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"has no codes\.safetensors: train the run anew"):
        sweeps.adopt(run, "digits-adopted-3d", tmp_path / "zoo" / "digits-adopted-3d")
