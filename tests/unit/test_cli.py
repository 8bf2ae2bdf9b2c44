"""The command line: what it prints for machines, and one line and an exit code for everything that can go wrong."""

import json
import math
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import torch
from PIL import Image
from rich.console import Console
from safetensors.torch import load_file

from vae_core import cli, terminal
from vae_core.analysis import disentanglement, inpainting, inpainting_errors, projection
from vae_core.analysis.projection import project
from vae_core.data import DatasetUnavailable, images, names, registry
from vae_core.data.files import alone_in
from vae_core.learning import training
from vae_core.learning.importance_weighted import IWAE
from vae_core.learning.objectives import from_json
from vae_core.models import families
from vae_core.models.checkpoint import describe, read_checkpoint, write_checkpoint
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.vae import VAE, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig
from vae_core.studies import race
from vae_core.studies import run as sweeping
from vae_core.studies import shipped as sweeps
from vae_core.terminal import check_name
from vae_core.zoo import build as building
from vae_core.zoo import store
from vae_core.zoo.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]
EVALUATION = {  # what a training or an evaluation prints
    "name", "dataset", "elbo", "nll", "reconstruction", "kl", "kl_per_dimension", "active_units", "images",
    "importance_samples", "nll_standard_error",
    "effective_samples",
    "few_effective_samples",
    "simulated_bias",
    "simulated_bias_standard_error",
    "nll_images",
    "groups", "bits_per_dimension", "neighbour_accuracy",
    "sharpness_of_samples", "sharpness_of_samples_standard_error",
    "sharpness_of_reconstructions", "sharpness_of_reconstructions_standard_error",
}  # fmt: skip
SMALL = ("--dataset", "digits", "--hidden", "16", "--latent-dim", "2", "--importance-samples", "2")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process; gives exit code, stdout and stderr, with no lines about how far it is."""
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", math.inf)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["vae_core", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        return exit_.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def small_zoo(toy_folder, tmp_path, monkeypatch):
    """A zoo with one model, toy-vae-2d, in the place of the shipped one."""
    shutil.copytree(toy_folder, tmp_path / "zoo" / "toy-vae-2d")
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(store.find, "__defaults__", (tmp_path / "zoo",))
    monkeypatch.setattr(store.entries, "__defaults__", (tmp_path / "zoo",))
    return tmp_path / "zoo"


@pytest.fixture(autouse=True)
def without_umap(monkeypatch):
    """UMAP compiles for 20 s; a PCA plane takes its place here."""

    def instead(means, method, seed=0):
        return {method: project(means, "pca")["pca"]} if method == "umap" else project(means, method, seed)

    monkeypatch.setattr(building, "project", instead)
    monkeypatch.setattr(projection, "project", instead)


def succeeds(result):
    code, out, err = result
    assert code == 0 and err == ""
    return json.loads(out)


def test_train_then_evaluate(run, tmp_path):
    trained = succeeds(run("train", *SMALL, "--epochs", 2, "--out", tmp_path / "runs" / "a", "--json"))
    assert trained.keys() == EVALUATION | {"kl_parts"}  # measured once, at the end of a training
    parts = trained.pop("kl_parts")
    whole = parts["index_code_information"] + parts["total_correlation"] + parts["dimension_wise_kl"]
    assert parts["pictures"] == 360 and whole == pytest.approx(trained["kl"], abs=0.5)
    assert trained["name"] == "a" and trained["dataset"] == "digits"
    assert trained["images"] == 360 and trained["importance_samples"] == 2 and len(trained["kl_per_dimension"]) == 2
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["a"]
    read = read_checkpoint(tmp_path / "runs" / "a")
    assert read.model.config.hidden == (16,) and read.description["training"]["epochs"] == 2
    again = succeeds(run("evaluate", tmp_path / "runs" / "a", "--importance-samples", 2, "--json"))
    assert again == trained
    part = ("--importance-samples", 7, "--limit", 50, "--seed", 1, "--json")
    limited = succeeds(run("evaluate", tmp_path / "runs" / "a", *part))
    assert limited.keys() == EVALUATION
    assert limited["images"] == 50 and limited["importance_samples"] == 7
    assert limited["elbo"] == pytest.approx(limited["reconstruction"] - limited["kl"])
    bounds = [succeeds(run("evaluate", tmp_path / "runs" / "a", *part, "--bound-samples", k)) for k in (1, 5, 50)]
    assert bounds[0].keys() == EVALUATION | {"weighted_bound", "weighted_bound_standard_error", "bound_samples"}
    assert all({name: bound[name] for name in EVALUATION} == limited for bound in bounds)
    values = [bound["weighted_bound"] for bound in bounds]
    assert values[0] == pytest.approx(limited["elbo"], abs=0.3) and values == sorted(values)
    assert values[-1] == pytest.approx(-limited["nll"], abs=0.2) and bounds[1]["bound_samples"] == 5


def test_every_setting_reaches_the_checkpoint(run, tmp_path):
    settings = (
        "--network", "conv", "--hidden", "4,8", "--latent-dim", 3, "--epochs", 1, "--batch-size", 64,
        "--learning-rate", 0.001, "--schedule", "constant", "--precision", "float32", "--pictures-per-epoch", 100,
        "--weight-decay", 0.02, "--importance-samples", 1, "--seed", 5, "--family", "vae",
    )  # fmt: skip
    succeeds(run("train", "--dataset", "digits", *settings, "--out", tmp_path / "a", "--json"))
    description = read_checkpoint(tmp_path / "a").description
    assert description["seed"] == 5 and description["family"] == "vae" and description["objective"] == "elbo"
    assert description["model"] == {
        "picture_shape": [1, 8, 8],
        "latent_dim": 3,
        "network": "conv",
        "hidden": [4, 8],
        "likelihood": "bernoulli",
        "family": "vae",
    }
    assert description["training"] == {
        "epochs": 1,
        "batch_size": 64,
        "learning_rate": 0.001,
        "schedule": "constant",
        "precision": "float32",
        "seed": 5,
        "pictures_per_epoch": 100,
        "weight_decay": 0.02,
    }


@pytest.mark.parametrize(
    ("options", "name", "settings"),
    [
        ((), "elbo", {}),
        (("--objective", "autoencoder"), "autoencoder", {}),
        (("--objective", "beta"), "beta", {"beta": 4.0}),
        (("--objective", "beta", "--beta", 0), "beta", {"beta": 0.0}),
        (("--objective", "beta-tcvae", "--beta", 6), "beta-tcvae", {"beta": 6.0}),
        (
            ("--objective", "capacity", "--capacity", 5, "--gamma", 10),
            "capacity",
            {"nats": 5.0, "gamma": 10.0, "ramp": 0.8},
        ),
    ],
)
def test_objective_and_its_settings_reach_the_recipe(run, tmp_path, monkeypatch, options, name, settings):
    recipes = []
    monkeypatch.setattr(cli, "run_build", lambda recipe, *_, **__: recipes.append(recipe))
    assert run("train", *SMALL, *options, "--out", tmp_path / "a")[0] == 0
    assert recipes[0].objective == from_json({"name": name, **settings})


@pytest.fixture
def sprite_model(tmp_path):
    """A checkpoint folder of an untrained model of sprites."""
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 32, 32), 3, hidden=(8,)))
    description = describe(model, name="s", dataset="sprites", objective="elbo", training={}, seed=0)
    write_checkpoint(tmp_path / "s", model, description)
    return tmp_path / "s"


def test_disentangle(run, sprite_model):
    scores = succeeds(run("disentangle", sprite_model, "--pictures", 1_000, "--json"))
    assert list(scores) == [
        "mig", "sap", "dci_disentanglement", "dci_completeness", "dci_informativeness", "higgins", "factor_vae",
    ]  # fmt: skip
    codes = disentanglement.factor_codes(read_checkpoint(sprite_model).model, registry.load_dataset("sprites"), 1_000)
    assert scores == disentanglement.measure(codes).to_json()


def test_disentanglement_needs_factors_and_pictures(run, small_zoo, sprite_model):
    err = one_line(run("disentangle", "toy-vae-2d"), 2)
    assert err == "error: digits has no known factors: disentanglement is measured on sprites\n"
    err = one_line(run("disentangle", sprite_model, "--pictures", 10), 2)
    assert err == "error: disentanglement needs at least 1000 pictures, got 10\n"


SWEEP = """
dataset = "digits"
importance_samples = 2
model = {latent_dim = 1, hidden = [8]}
training = {epochs = 1, precision = "float32"}
grid = [{objective = "beta", beta = [%s]}]
"""


class OneAfterAnother:
    """A sweep's engine in this process: all runs at the first look."""

    def __init__(self, spec, folder, names, address):
        self.arguments, self.failed = [(spec.to_json(), str(folder), name) for name in names], {}

    def __enter__(self):
        return self

    def settled(self, seconds):
        for arguments in self.arguments:
            try:
                sweeping.run(*arguments, torch.get_num_threads())
            except training.TrainingDiverged as error:
                self.failed[arguments[-1]] = str(error)
        return True

    def failures(self):
        return self.failed

    def __exit__(self, *_):
        pass


def test_sweep(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "start_locally", OneAfterAnother)
    (tmp_path / "betas.toml").write_text(SWEEP % "0, 4")
    done = succeeds(run("sweep", tmp_path / "betas.toml", "--json"))
    assert done == {"runs": 2, "table": str(tmp_path / "betas" / "table.csv")}
    lines = Path(done["table"]).read_text().splitlines()
    assert lines[0].startswith("run,objective,beta,start,ramp,seed,elbo,nll,") and len(lines) == 3
    monkeypatch.setattr(sweeping, "start_locally", None)  # a finished sweep starts nothing
    assert succeeds(run("sweep", tmp_path / "betas.toml", "--json")) == done
    code, out, err = run("sweep", tmp_path / "betas.toml", "--out", tmp_path / "betas")
    assert (code, err) == (0, "") and "runs" in out
    monkeypatch.setattr(sweeps, "SHIPPED", tmp_path / "shipped")
    assert succeeds(run("sweep", tmp_path / "betas.toml", "--ship", "--json")) == done | {"shipped": {}}  # no factors
    assert [row.beta for row in sweeps.read_table("digits")] == [0, 4]


def test_a_sweep_with_a_failed_run_gets_one_line_and_code_1(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "start_locally", OneAfterAnother)
    (tmp_path / "betas.toml").write_text(SWEEP % "1, 1e39")
    err = one_line(run("sweep", tmp_path / "betas.toml", "--json"), 1)
    assert err.startswith("error: 1 of 2 runs failed, the first: beta1e+39-seed0: the bound became ")
    assert (tmp_path / "betas" / "runs" / "beta1-seed0" / "model.json").exists()
    assert len((tmp_path / "betas" / "table.csv").read_text().splitlines()) == 2


def test_a_stopped_sweep_says_how_it_goes_on(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "start_locally", lambda *_: signal.raise_signal(signal.SIGINT))
    (tmp_path / "betas.toml").write_text(SWEEP % "1")
    err = one_line(run("sweep", tmp_path / "betas.toml"), 1)
    assert err == f"error: stopped; the same command goes on from {tmp_path / 'betas'}\n"


def test_sweeps_that_cannot_be_run_get_one_line_and_code_2(run, tmp_path, monkeypatch):
    path = tmp_path / "betas.toml"
    path.write_text(SWEEP % "-1")
    assert "beta must be a number from 0 up, got -1.0" in one_line(run("sweep", path), 2)
    path.write_text(SWEEP % "1")
    assert "engine must be local or ray, got 'slurm'" in one_line(run("sweep", path, "--engine", "slurm"), 2)
    assert "address belongs to the engine ray" in one_line(run("sweep", path, "--address", "127.0.0.1:1"), 2)
    monkeypatch.setattr(cli, "find_spec", lambda _: None)
    assert "the engine ray needs the package ray" in one_line(run("sweep", path, "--engine", "ray"), 2)
    assert "cannot be read: No such file" in one_line(run("sweep", tmp_path / "none.toml"), 2)
    (tmp_path / "betas").mkdir()
    (tmp_path / "betas" / "sweep.json").write_text("{}")
    assert "holds another sweep" in one_line(run("sweep", path), 2)


def test_stopped_with_ctrl_c_the_same_command_goes_on(run, tmp_path, monkeypatch):
    command = ("train", *SMALL, "--epochs", 2, "--precision", "float32", "--json", "--out")
    whole = succeeds(run(*command, tmp_path / "whole"))
    present, calls = training.present, []

    def interrupted(*arguments):
        calls.append(None)
        if len(calls) == 8:
            signal.raise_signal(signal.SIGINT)
        return present(*arguments)

    monkeypatch.setattr(training, "present", interrupted)
    code, out, err = run(*command, tmp_path / "parts")
    assert (code, out) == (1, "")
    assert err == f"error: stopped; the same command goes on from {tmp_path / 'parts'}.partial\n"
    parts = succeeds(run(*command, tmp_path / "parts"))
    assert len(calls) == 8 + 24 - 7
    assert parts | {"name": ""} == whole | {"name": ""}
    assert read_checkpoint(tmp_path / "parts").content_hash == read_checkpoint(tmp_path / "whole").content_hash


def test_stopped_before_the_first_step_nothing_is_left(run, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "present", lambda *_: signal.raise_signal(signal.SIGINT))
    code, out, err = run("train", *SMALL, "--out", tmp_path / "a")
    assert (code, out, err) == (1, "", "error: stopped before the first step; nothing was written\n")
    assert not list(tmp_path.iterdir())


def test_an_unfinished_run_of_other_settings_is_not_continued(run, tmp_path, monkeypatch):
    partial = tmp_path / "a.partial"
    monkeypatch.setattr(building, "finish", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("train", *SMALL, "--epochs", 1, "--out", tmp_path / "a")
    code, _, err = run("train", *SMALL, "--epochs", 2, "--seed", 3, "--out", tmp_path / "a")
    assert code == 2
    assert err == (
        f"error: {partial / 'training.safetensors'} is of a run with other settings (seed was 0, is 3 now): "
        "use those, or another folder\n"
    )


def test_a_finished_folder_goes_on_with_more_epochs(run, tmp_path):
    command = ("train", *SMALL, "--schedule", "constant", "--precision", "float32", "--json", "--out")
    whole = succeeds(run(*command, tmp_path / "whole", "--epochs", 3))
    succeeds(run(*command, tmp_path / "parts", "--epochs", 1))
    parts = succeeds(run(*command, tmp_path / "parts", "--epochs", 3))
    assert parts | {"name": ""} == whole | {"name": ""}
    assert read_checkpoint(tmp_path / "parts").content_hash == read_checkpoint(tmp_path / "whole").content_hash
    assert one_line(run(*command, tmp_path / "parts", "--epochs", 3), 2) == (
        f"error: {tmp_path / 'parts'} is trained for 3 epochs already: ask for more, or name another folder\n"
    )
    assert "3 epochs, 2 are fewer: ask for 3 or more" in one_line(run(*command, tmp_path / "parts", "--epochs", 2), 2)
    other = one_line(run(*command, tmp_path / "parts", "--epochs", 4, "--batch-size", 64), 2)
    assert "other settings (batch_size was 128, is 64 now)" in other
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts", "whole"]


def test_a_folder_that_is_trained_into_says_so(run, tmp_path):
    with alone_in(tmp_path / "a.partial", "training"):
        assert one_line(run("train", *SMALL, "--out", tmp_path / "a"), 1) == (
            f"error: another training writes to {tmp_path / 'a.partial'} now (process {os.getpid()} on "
            f"{platform.node()}): wait for its end, stop it, or name another folder\n"
        )
    assert not list(tmp_path.iterdir())


def test_sigterm_saves_as_ctrl_c_does(tmp_path):
    """A process of its own, with Ctrl-C ignored as shells do for background jobs."""
    command = [sys.executable, "-m", "vae_core", "train", *SMALL, "--epochs", "10000", "--out", str(tmp_path / "a")]
    process = subprocess.Popen(
        list(map(str, command)),
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(cli.__file__).parents[1],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        patience = time.monotonic() + 60
        while not (tmp_path / "a.partial" / "history.json").exists():
            assert time.monotonic() < patience and process.poll() is None
            time.sleep(0.05)
        process.terminate()
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1
    assert err.splitlines()[-1] == f"error: stopped; the same command goes on from {tmp_path / 'a'}.partial"
    assert {path.name for path in (tmp_path / "a.partial").iterdir()} == {"history.json", "training.safetensors"}


def test_zoo_list(run, small_zoo, toy):
    (row,) = succeeds(run("zoo", "list", "--json"))
    assert list(row)[:6] == ["name", "dataset", "family", "objective", "latent_dim", "parameters"]
    assert row.keys() == EVALUATION | {"family", "objective", "latent_dim", "parameters", "objective_settings"}
    assert row["name"] == "toy" and row["latent_dim"] == 2
    assert row["parameters"] == sum(parameter.numel() for parameter in toy.parameters())
    code, out, err = run("zoo", "list")
    assert code == 0 and err == "" and "toy" in out and f"{row['nll']:.2f}" in out


def test_zoo_list_says_names_and_numbers_whole_in_80_columns(run, monkeypatch):
    monkeypatch.setattr(cli, "out", Console(width=80))
    code, out, _ = run("zoo", "list")
    assert code == 0 and "…" not in out
    for entry in store.entries():
        (line,) = (line for line in out.splitlines() if line.split()[:1] == [entry.name])
        numbers = [entry.metrics[key] for key in ("nll", "elbo", "bits_per_dimension")]
        shown = [f"{number:.2f}" if abs(number) < 999 else f"{number:.0f}" for number in numbers]
        assert all(number in line for number in shown) and len(line) <= 80


def test_zoo_list_without_metrics(run, small_zoo):
    (small_zoo / "toy-vae-2d" / "metrics.json").unlink()
    (row,) = succeeds(run("zoo", "list", "--json"))
    assert set(row) == {"name", "dataset", "family", "objective", "latent_dim", "parameters", "objective_settings"}
    assert run("zoo", "list")[0] == 0


@pytest.mark.parametrize("command", [("zoo", "build", "digits-vae-2d"), ("sweep", "spec.toml", "--ship")])
def test_an_installed_package_is_not_written_to(run, monkeypatch, command):
    monkeypatch.setattr(cli, "CHECKOUT", False)
    code, _, said = run(*command)
    assert code == 2 and "checkout" in said


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--dataset frey --family conditional", "frey has no labels, which the family conditional needs"),
        ("--dataset frey --family semi-supervised", "frey has no labels, which the family semi-supervised needs"),
        ("--dataset digits --labels 10", "labels are hidden from a model that classifies, vae does not"),
        ("--dataset digits --family semi-supervised --labels 2000", "labels must be between 10, .* got 2,000"),
        ("--dataset digits --family semi-supervised --labels 9", "labels must be between 10, .* got 9"),
        ("--dataset digits --family semi-supervised --label-weight -1", "label_weight must be a number from 0 up"),
        (
            "--dataset digits --family semi-supervised --label-delay 2",
            "label_delay must be a share of the training, 0 to 1",
        ),
        ("--dataset digits --unlabelled-weight 2", "elbo has no unlabelled_weight"),
        (
            "--dataset digits --family stacked --base mnist-vae-2d --blind",
            "blind is of the family conditional and semi-supervised, got stacked",
        ),
    ],
)
def test_labels_that_cannot_be_are_refused(run, tmp_path, options, reason):
    code, _, said = run("train", "--out", tmp_path / "m", *options.split())
    assert code == 2 and re.search(reason, said) and len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("family", ["conditional", "semi-supervised"])
def test_models_with_labels_are_trained_and_measured(run, tmp_path, family):
    options = ["--labels", "50", "--label-weight", "5", "--unlabelled-weight", "0.5", "--label-delay", "0.4"]
    options = [*(options if family == "semi-supervised" else []), "--blind"]
    folder = tmp_path / "m"
    command = ["train", "--dataset", "digits", "--family", family, "--out", folder, "--epochs", "2", "--hidden", "16"]
    measured = succeeds(run(*command, "--latent-dim", "2", "--importance-samples", "2", *options, "--json"))
    assert ("classification_error" in measured) == (family == "semi-supervised")
    read = read_checkpoint(folder)
    assert read.model.config.family == family and len(read.codes.mean) == 360
    given = read.model.config if family == "conditional" else read.model.config.conditional
    assert given.encoder_sees_label is False
    if family == "semi-supervised":
        settings = {"weight": 5.0, "unlabelled_weight": 0.5, "delay": 0.4}
        assert read.description["objective_settings"] == settings
        assert read.description["training"]["labels"] == 50 and read.description["objective"] == "m2"
        assert 0 < measured["classification_error"] < 1


def test_zoo_build(run, tmp_path, monkeypatch):
    recipe = RECIPES["digits-vae-2d"]
    small = replace(recipe, training=training.TrainingConfig(epochs=1), importance_samples=2)
    monkeypatch.setitem(RECIPES, "digits-vae-2d", small)
    built = succeeds(run("zoo", "build", "digits-vae-2d", "--out", tmp_path / "a", "--json"))
    assert built["name"] == "digits-vae-2d" and built["importance_samples"] == 2
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    succeeds(run("zoo", "build", "digits-vae-2d", "--json"))
    assert read_checkpoint(tmp_path / "zoo" / "digits-vae-2d").metrics == built


def test_two_layers_are_trained_by_the_importance_weighted_bound(run, tmp_path):
    options = ("--family", "layered", "--upper-dim", 1, "--objective", "iwae", "--samples", 3, "--gradient", "dreg")
    metrics = succeeds(run("train", *SMALL, *options, "--json", "--out", tmp_path / "a"))
    again = succeeds(run("evaluate", tmp_path / "a", "--importance-samples", 3, "--json"))
    assert metrics["elbo"] == pytest.approx(again["elbo"]) and len(metrics["kl_per_dimension"]) == 1
    description = read_checkpoint(tmp_path / "a").description
    assert description["family"] == "layered" and description["model"]["upper_dim"] == 1
    assert description["objective_settings"] == {"samples": 3, "gradient": "dreg"}
    code, table, _ = run("evaluate", tmp_path / "a", "--importance-samples", 3)
    active = ", ".join(map(str, again["active_per_layer"]))
    assert code == 0 and f"│ active per layer │ {active} " in " ".join(table.split())
    assert "│ sharpness of reconstructions standard error │" in table
    code, _, said = run("export", tmp_path / "a", "--out", tmp_path / "onnx", "--json")
    assert code == 0, said


def test_a_recipe_that_ships_metrics_alone_keeps_them_without_the_model(run, tmp_path, monkeypatch):
    small = replace(
        RECIPES["digits-vae-2d"],
        training=training.TrainingConfig(epochs=1, schedule="stages"),
        objective=IWAE(2),
        importance_samples=2,
        ships="metrics",
    )
    monkeypatch.setitem(RECIPES, "digits-vae-2d", small)
    monkeypatch.setattr(store, "MEASURED", tmp_path / "measured")
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    monkeypatch.chdir(tmp_path)
    built = succeeds(run("zoo", "build", "digits-vae-2d", "--json"))
    kept = tmp_path / "measured" / "digits-vae-2d"
    assert {path.name for path in kept.iterdir()} == {"model.json", "metrics.json", "likelihoods.safetensors"}
    assert store.measured(tmp_path / "measured") == {"digits-vae-2d": built}
    whole = read_checkpoint(tmp_path / "runs" / "digits-vae-2d")
    assert whole.metrics == built and not whole.projections and not (tmp_path / "zoo").exists()
    assert whole.description["objective_settings"] == {"samples": 2, "gradient": "plain"}
    code, _, said = run("zoo", "build", "digits-vae-2d")
    assert code != 0 and "runs/digits-vae-2d" in said


def test_export(run, small_zoo, tmp_path):
    exported = succeeds(run("export", "toy-vae-2d", "--out", tmp_path / "onnx", "--json"))
    assert exported.keys() == {"decoder", "encoder", "max_abs_difference"}
    assert exported["decoder"] == str(tmp_path / "onnx" / "decoder.onnx") and Path(exported["encoder"]).exists()
    assert exported["max_abs_difference"] < 1e-5


@pytest.mark.parametrize(("method", "keys"), [("pca", {"pca", "pca_components", "pca_mean"}), ("umap", {"umap"})])
def test_project(run, small_zoo, tmp_path, method, keys):
    file = tmp_path / "new" / "points.safetensors"
    result = succeeds(run("project", "toy-vae-2d", "--method", method, "--out", file, "--json"))
    assert result == {"file": str(file), "method": method, "points": 360}
    points = load_file(file)
    assert points.keys() == keys and points[method].shape == (360, 2)
    succeeds(run("project", "toy-vae-2d", "--method", method, "--out", file, "--json"))  # a file may be replaced


def test_data_list(run):
    infos = succeeds(run("data", "list", "--json"))
    assert [info["name"] for info in infos] == list(names())
    found = {info["name"]: info for info in infos}
    assert found["digits"]["shape"] == [1, 8, 8]
    assert found["sprites"]["factors"][0].keys() == {"name", "size", "ordered", "turn"}
    code, out, err = run("data", "list")
    assert code == 0 and err == ""
    told = " ".join(out.split())
    for info in infos:
        assert all(info[key] in told for key in ("name", "description", "splits", "licence", "source"))
    assert "orientation (40)" in told and "person 1 to person 40" in told


def test_data_fetch(run):
    code, out, err = run("data", "fetch", "digits")
    assert (code, err) == (0, "")
    assert "Digits: 1437 training and 360 test pictures, made by the program itself" in " ".join(out.split())


def test_tables_for_people(run, small_zoo):
    code, out, err = run("evaluate", "toy-vae-2d", "--limit", 1, "--importance-samples", 1)
    assert code == 0 and err == ""
    assert "kl per dimension" in out and "nats" not in err


def test_help_is_no_error(run):
    for arguments in (("--help",), ("train", "--help"), ("zoo", "--help")):
        code, out, _ = run(*arguments)
        assert code == 0 and "Usage" in out


OWN = ("--hidden", "8", "--latent-dim", "2", "--importance-samples", "2", "--epochs", "1", "--json")


@pytest.fixture
def own_pictures(tmp_path):
    """A folder of 40 pictures of one's own, a file that is broken, and one that is no picture."""
    folder = tmp_path / "my pictures #1"
    for number in range(40):
        (folder / "ab"[number % 2]).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (30, 20), (number, 255 - number, 9)).save(folder / "ab"[number % 2] / f"{number:02}.png")
    (folder / "cut.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("notes")
    return folder


def test_train_on_pictures_of_ones_own_and_evaluate(run, own_pictures, tmp_path, monkeypatch):
    read, read_image = [], images.read_image
    monkeypatch.setattr(images, "read_image", lambda *given: read.append(given) or read_image(*given))
    monkeypatch.chdir(tmp_path)
    options = ("--image-size", 16, "--channels", 1, "--likelihood", "bernoulli")
    command = ("train", "--dataset", "folder:my pictures #1", *options, *OWN, "--out", "runs/a #1?%20é")
    code, out, err = run(*command)
    left_out = "note: Left out: 1 file that cannot be read (cut.jpg) and 1 file that is not named as a picture.\n"
    assert code == 0 and err == left_out
    assert len(read) == 41  # once, and once only
    out_folder = tmp_path / "runs" / "a #1?%20é"
    checkpoint = read_checkpoint(out_folder)
    assert checkpoint.description["dataset"] == f"folder:{own_pictures}" == json.loads(out)["dataset"]
    assert checkpoint.description["name"] == "a #1?%20é" == json.loads(out)["name"]
    assert checkpoint.model.config.picture_shape == (1, 16, 16) and checkpoint.model.config.likelihood == "bernoulli"
    assert checkpoint.description["dataset_options"] == {"image_size": 16, "channels": 1, "likelihood": "bernoulli"}
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["a #1?%20é"]
    monkeypatch.chdir("/")
    evaluation = ("evaluate", out_folder, "--importance-samples", 2, "--json")
    code, again, err = run(*evaluation)
    assert code == 0 and err == left_out
    assert json.loads(again) == {key: value for key, value in json.loads(out).items() if key != "kl_parts"}
    for number in range(100, 130):
        Image.new("RGB", (30, 20), (number, 255 - number, 9)).save(own_pictures / "a" / f"{number}.png")
    code, more, err = run(*evaluation)
    assert code == 0 and "are not those that the model was trained on: 30 added." in " ".join(err.split())
    assert json.loads(more)["images"] > json.loads(again)["images"]
    (own_pictures / "a" / "00.png").rename(tmp_path / "00.png")
    shutil.rmtree(own_pictures)
    assert "is not a folder: give folder:PATH" in one_line(run(*evaluation), 1)


def test_evaluate_on_another_folder_takes_the_models_size_and_nothing_it_was_trained_on(run, own_pictures, tmp_path):
    out_folder = tmp_path / "a"
    assert run("train", "--dataset", f"folder:{own_pictures}", "--image-size", 8, *OWN, "--out", out_folder)[0] == 0
    pictures = read_checkpoint(out_folder).pictures
    copy = tmp_path / "copy"
    for split, names_ in (("train", list(pictures.test)[:1]), ("test", [*list(pictures.test)[1:3], *pictures.train])):
        (copy / split).mkdir(parents=True)
        for name in names_:
            shutil.copy(own_pictures / name, copy / split / Path(name).name)
    code, out, err = run("evaluate", out_folder, "--dataset", f"folder:{copy}", "--importance-samples", 2, "--json")
    assert code == 0 and json.loads(out)["images"] == 2
    assert f"Left out of the test: {len(pictures.train)} pictures that the model was trained on." in " ".join(
        err.split()
    )


def test_an_unfinished_run_on_other_pictures_is_not_continued(run, own_pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(building, "finish", lambda *_: 1 / 0)
    command = ("train", "--dataset", f"folder:{own_pictures}", *OWN, "--out", tmp_path / "a")
    with pytest.raises(ZeroDivisionError):
        run(*command)
    for number in range(100, 140):
        Image.new("RGB", (30, 20), (number, 255 - number, 9)).save(own_pictures / "a" / f"{number}.png")
    code, _, err = run(*command)
    assert code == 2
    assert " is of a run on other pictures (28 of them, 59 now): use the same data set, or another folder" in " ".join(
        err.split()
    )


def test_data_fetch_tells_what_a_folder_holds(run, own_pictures):
    code, out, err = run("data", "fetch", f"folder:{own_pictures}")
    assert code == 0 and "my pictures #1: " in out and "training and" in out
    assert "1 file that cannot be read (cut.jpg)" in err


BAD_NAMES = {
    "CON": "cannot be used on Windows",
    "nul.v2": "cannot be used on Windows",
    "lpt1": "cannot be used on Windows",
    "model.": "cannot be used on Windows",
    "model ": "cannot be used on Windows",
    "a\nb": "holds letters that cannot be printed",
    "a\x1b[2J": "holds letters that cannot be printed",
    "a\udcff": "holds letters that cannot be printed",
    "é" * 119: "is too long: at most 237 bytes, got 238",
    "..": "needs a name of its own",
    "": "needs a name of its own",
    "a.partial": "ends as folders do that are being written",
    "a.Writing": "ends as folders do that are being written",
}


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_cannot_serve_everywhere_are_refused(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    err = one_line(run("train", *SMALL, "--out", name), 2)
    assert BAD_NAMES[name] in err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a b", "#1?%", "ü€漢", "-o", "'\"&<>", "x" * 237, "CONSOLE", "a..b", ".a", "[b]"])
def test_any_other_name_serves(run, tmp_path, name):
    succeeds(run("train", *SMALL, "--epochs", 1, "--json", f"--out={tmp_path / 'runs' / name}"))
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [name]
    assert read_checkpoint(tmp_path / "runs" / name).description["name"] == name


def test_what_windows_does_not_allow_is_refused_there():
    with pytest.raises(ValueError, match=r"holds \* \?, which Windows does not allow"):
        check_name("a?*", windows=True)
    check_name("a?*", windows=False)


BAD_ARGUMENTS = {
    "size of MNIST": (
        ("train", "--dataset", "mnist", "--image-size", 16, "--channels", 1),
        "image_size and channels can be chosen for folder:PATH alone: mnist is 1 x 28 x 28 with a bernoulli likelihood",
    ),
    "likelihood of digits": (("train", *SMALL, "--likelihood", "gaussian"), "likelihood can be chosen for folder:PATH"),
    "empty folder": (("train", "--dataset", "folder:"), "folder: names no folder: give folder:PATH"),
    "latent dimension 0": (("train", *SMALL[:4], "--latent-dim", 0), "latent_dim must be between 1 and 512, got 0"),
    "unknown data set": (("train", "--dataset", "digitz"), "there is no data set 'digitz': did you mean 'digits'?"),
    "no such folder": (("train", "--dataset", "folder:/nowhere"), "/nowhere is not a folder: give folder:PATH"),
    "unknown family": (("train", *SMALL, "--family", "gan"), "family must be one of vae, masked, layered, "),
    "unknown network": (("train", *SMALL, "--network", "rnn"), "network must be mlp, conv or patch, got 'rnn'"),
    "widths": (("train", *SMALL[:2], "--hidden", "a,b"), "hidden must be whole numbers with commas between them"),
    "unknown objective": (
        ("train", *SMALL, "--objective", "gan"),
        "objective must be one of elbo, autoencoder, beta, ",
    ),
    "negative beta": (
        ("train", *SMALL, "--objective", "beta", "--beta", -1),
        "beta must be a number from 0 up, got -1",
    ),
    "beta of the ELBO": (("train", *SMALL, "--beta", 4), "the objective elbo has no beta: it has samples"),
    "capacity of beta": (
        ("train", *SMALL, "--objective", "beta", "--capacity", 4, "--gamma", 1),
        "the objective beta has no gamma, nats: it has beta",
    ),
    "endless gamma": (
        ("train", *SMALL, "--objective", "capacity", "--gamma", "inf"),
        "gamma must be a number from 0 up, got inf",
    ),
    "no epochs": (("train", *SMALL, "--epochs", 0), "epochs must be above 0, got 0"),
    "unknown start": (("train", *SMALL, "--start", "zero"), "start must be one of torch, mean, got 'zero'"),
    "no layer for a mean": (
        ("train", *SMALL, "--network", "conv", "--hidden", "4,8", "--start", "mean"),
        "start mean needs a decoder that learns and ends in a fully connected layer, as mlp does",
    ),
    "negative rate": (("train", *SMALL, "--learning-rate", -1), "learning_rate must be above 0, got -1.0"),
    "endless rate": (("train", *SMALL, "--learning-rate", "inf"), "learning_rate must be a finite number, got inf"),
    "rate beyond floats": (
        ("train", *SMALL, "--learning-rate", "1e400"),
        "learning_rate must be a finite number, got inf",
    ),
    "rate without a value": (("train", *SMALL, "--learning-rate", "nan"), "learning_rate must be above 0, got nan"),
    "endless decay": (("train", *SMALL, "--weight-decay", "inf"), "weight_decay must be at least 0 and below 1"),
    "decay without a value": (
        ("train", *SMALL, "--weight-decay", "nan"),
        "weight_decay must be at least 0 and below 1",
    ),
    "endless capacity": (
        ("train", *SMALL, "--objective", "capacity", "--capacity", "inf"),
        "capacity must be a number from 0 up, got inf",
    ),
    "negative capacity": (
        ("train", *SMALL, "--objective", "capacity", "--capacity", -1),
        "capacity must be a number from 0 up, got -1",
    ),
    "beta without a value": (
        ("train", *SMALL, "--objective", "beta", "--beta", "nan"),
        "beta must be a number from 0 up, got nan",
    ),
    "countless epochs": (("train", *SMALL, "--epochs", 10**30), "epochs must be a whole number of at most 10,000,000"),
    "countless batch": (("train", *SMALL, "--batch-size", 10**30), "batch_size must be a whole number of at most"),
    "countless pictures": (
        ("train", *SMALL, "--pictures-per-epoch", 10**30),
        "pictures_per_epoch must be a whole number of at most 10,000,000",
    ),
    "countless dimensions": (("train", *SMALL[:4], "--latent-dim", 10**30), "latent_dim must be between 1 and 512"),
    "countless samples": (
        ("evaluate", "toy-vae-2d", "--importance-samples", 10**30),
        "importance_samples must be at most 1,000,000, got 1000",
    ),
    "countless pictures to encode": (
        ("disentangle", "toy-vae-2d", "--pictures", 10**30),
        "pictures must be at most 1,000,000, got 1000",
    ),
    "countless completions": (
        ("inpaint", "toy-vae-2d", "--samples", 10**30),
        "samples must be at most 1,000,000, got 1000",
    ),
    "fraction without a value": (
        ("inpaint", "toy-vae-2d", "--fraction", "nan"),
        "fraction, the share of missing pixels, must be between 0 and 1, got nan",
    ),
    "endless fraction": (
        ("inpaint", "toy-vae-2d", "--fraction", "inf"),
        "fraction, the share of missing pixels, must be between 0 and 1, got inf",
    ),
    "port": (("run", "--port", 0), "port must be between 1 and 65535, got 0"),
    "k of 0": (
        ("train", *SMALL, "--objective", "iwae", "--samples", 0),
        "samples must be a whole number from 1 to 10,000, got 0",
    ),
    "gradient": (
        ("train", *SMALL, "--objective", "iwae", "--gradient", "up"),
        "gradient must be plain or dreg, got 'up'",
    ),
    "samples of beta": (("train", *SMALL, "--objective", "beta", "--samples", 2), "the objective beta has no samples"),
    "upper layer of one": (("train", *SMALL, "--upper-dim", 2), "upper_dim is of the family layered and stacked"),
    "upper layer of none": (
        ("train", *SMALL, "--family", "layered", "--upper-dim", 0),
        "upper_dim must be between 1 and",
    ),
    "schedule": (
        ("train", *SMALL, "--schedule", "up"),
        "schedule must be one of one_cycle, constant, stages, got 'up'",
    ),
    "precision": (("train", *SMALL, "--precision", "int8"), "precision must be one of auto, float32, bfloat16"),
    "seed": (("train", *SMALL, "--seed", 10**12), "seed must be between 0 and 2147483647, got 1000000000000"),
    "samples": (("train", *SMALL[:2], "--importance-samples", 0), "importance_samples must be at least 1, got 0"),
    "conv without room": (
        ("train", "--dataset", "digits", "--network", "conv", "--hidden", "8"),
        "hidden must be (channels, units) for a convolutional network, got (8,)",
    ),
    "not a number": (("train", *SMALL, "--epochs", "many"), "Invalid value for '--epochs'"),
    "missing argument": (("evaluate",), "Missing argument 'NAME_OR_FOLDER'"),
    "missing option": (("export", "toy-vae-2d"), "Missing option '--out'"),
    "unknown option": (("zoo", "list", "--yaml"), "No such option: --yaml"),
    "unknown command": (("paint",), "No such command 'paint'"),
    "no command": ((), "Missing command"),
    "unknown model": (("evaluate", "toy-vae-3d"), "is called 'toy-vae-3d': did you mean toy-vae-2d?"),
    "unknown model to export": (("export", "nothing"), "did you mean toy-vae-2d?"),
    "other data set": (
        ("evaluate", "toy-vae-2d", "--dataset", "sprites"),
        "the model takes pictures of shape (1, 8, 8) (channels, height, width), sprites has (1, 32, 32)",
    ),
    "a codebook of one": (
        ("train", "--dataset", "digits", "--family", "vector-quantised", "--codebook", 1),
        "codes of a codebook must be between 2 and 4096, got 1",
    ),
    "no draws for the bound": (
        ("train", *SMALL, "--objective", "iwae", "--samples", 0),
        "samples must be a whole number from 1 to 10,000, got 0",
    ),
    "more labels than pictures": (
        ("train", "--dataset", "digits", "--family", "semi-supervised", "--labels", 2000),
        "labels must be between 10, one of each class, and 1,437, one for each picture, got 2,000",
    ),
    "more labels than pictures, above a trained model": (
        ("train", "--dataset", "digits", "--family", "stacked", "--base", "toy-vae-2d", "--labels", 2000),
        "labels must be between 10, one of each class, and 1,437, one for each picture, got 2,000",
    ),
    "unknown data set to judge on": (("evaluate", "toy-vae-2d", "--dataset", "x"), "there is no data set 'x'"),
    "limit 0": (("evaluate", "toy-vae-2d", "--limit", 0), "limit must be at least 1, got 0"),
    "no pictures of a bound": (
        ("evaluate", "toy-vae-2d", "--bound-samples", 5, "--limit", -5),
        "limit must be at least 1, got -5",
    ),
    "no samples of a bound": (
        ("evaluate", "toy-vae-2d", "--bound-samples", 0),
        "bound_samples must be at least 1, got 0",
    ),
    "no samples": (("evaluate", "toy-vae-2d", "--importance-samples", 0), "samples must be at least 1, got 0"),
    "negative seed": (("evaluate", "toy-vae-2d", "--seed", -1), "seed must be between 0 and 2147483647, got -1"),
    "unknown method": (("project", "toy-vae-2d", "--method", "mds"), "method must be one of pca, umap, tsne"),
    "unknown recipe": (
        ("zoo", "build", "mnist-vae-3d"),
        "there is no recipe 'mnist-vae-3d': the nearest are mnist-vae-",
    ),
    "unknown recipe's nearest": (
        ("zoo", "build", "olivetti-vae-15d"),
        "there is no recipe 'olivetti-vae-15d': the nearest are olivetti-vae-16d, ",
    ),
    "a model's name that steers a terminal": (("evaluate", "a\x1b[2J\u202eb"), "is called 'a [2J b': did you mean"),
    "a data set's name of 5,000 letters": (("data", "fetch", "x" * 5000), f"no data set '{'x' * 39}…'."),
    "unknown data set to fetch": (("data", "fetch", "imagenet"), "there is no data set 'imagenet'"),
}


def one_line(result, code):
    actual, out, err = result
    assert (actual, out) == (code, "")
    assert err.startswith("error: ") and err.count("\n") == 1 and err.endswith("\n")
    return err


@pytest.mark.parametrize(("arguments", "message"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS.keys())
def test_bad_arguments_get_one_line_and_code_2(run, small_zoo, tmp_path, arguments, message):
    needs_out = arguments[:1] in (("train",), ("project",)) or "nothing" in arguments
    before = sorted(tmp_path.rglob("*"))
    err = one_line(run(*arguments, *(("--out", tmp_path / "out") if needs_out else ())), 2)
    assert message in err
    assert sorted(tmp_path.rglob("*")) == before  # nothing is left behind


def test_places_that_cannot_be_written_get_one_line_and_code_2(run, small_zoo, tmp_path):
    (tmp_path / "file").write_text("kept")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    for command in (("train", *SMALL), ("zoo", "build", "digits-vae-2d")):
        for out in (tmp_path / "file" / "a", "/proc/nothing/a"):
            assert "is not a folder that you may write to" in one_line(run(*command, "--out", out), 2)
        assert "exists and is not empty: name a new folder" in one_line(run(*command, "--out", tmp_path / "full"), 2)
        assert "is a file: name a new folder" in one_line(run(*command, "--out", tmp_path / "file"), 2)
    for command in (("export", "toy-vae-2d"), ("project", "toy-vae-2d", "--method", "pca")):
        for out in (tmp_path / "file" / "a", "/proc/nothing/a"):
            assert "is not a folder that you may write to" in one_line(run(*command, "--out", out), 2)
    assert "is a folder: name the file to write" in one_line(run("project", "toy-vae-2d", "--out", tmp_path), 2)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_discriminator_needs_pictures_that_can_be_halved(run, tmp_path):
    for number in range(3):
        (tmp_path / "dots").mkdir(exist_ok=True)
        Image.new("L", (1, 1), 80 * number).save(tmp_path / "dots" / f"{number}.png")
    command = ("train", "--dataset", f"folder:{tmp_path / 'dots'}", "--family", "adversarial", "--latent-dim", 2)
    for size, message in (
        (1, "image_size must be between 8 and 512, got 1"),
        (9, "a discriminator needs pictures of even size from 8x8 up, got 9x9"),
    ):
        assert message in one_line(run(*command, "--image-size", size, "--out", tmp_path / "m"), 2)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dots"]


def test_labels_that_a_model_does_not_know_are_refused(run, small_zoo, tmp_path):
    pictures = tmp_path / "pictures"
    for label in "abc":
        (pictures / label).mkdir(parents=True)
        for number in range(4):
            Image.new("L", (8, 8), 60 * number).save(pictures / label / f"{number}.png")
    folder = untrained(GIVEN, tmp_path / "given")
    err = one_line(run("evaluate", folder, "--dataset", f"folder:{pictures}"), 2)
    assert "the model knows 10 labels, " in err and "has 3: name the data set that the model was trained on" in err


def test_an_empty_folder_may_be_filled(run, tmp_path):
    (tmp_path / "a").mkdir()
    succeeds(run("train", *SMALL, "--epochs", 1, "--out", tmp_path / "a", "--json"))


def test_a_projection_needs_codes(run, small_zoo, tmp_path):
    for name in ("codes", "projections"):
        (small_zoo / "toy-vae-2d" / f"{name}.safetensors").unlink()
    assert "has no codes.safetensors" in one_line(run("project", "toy-vae-2d", "--out", tmp_path / "points"), 2)


def test_broken_checkpoints_get_one_line_and_code_1(run, small_zoo, tmp_path):
    (small_zoo / "toy-vae-2d" / "model.json").write_text("{")
    for command in (("evaluate", "toy-vae-2d"), ("export", "toy-vae-2d", "--out", tmp_path / "o")):
        assert "model.json is not readable as JSON" in one_line(run(*command), 1)
    code, out, err = run("zoo", "list", "--json")
    assert (code, json.loads(out)) == (0, []) and "'toy-vae-2d' is left out: " in err and "not readable as JSON" in err
    (tmp_path / "empty").mkdir()
    assert "model.safetensors is missing" in one_line(run("evaluate", tmp_path / "empty"), 1)


@pytest.mark.parametrize(
    "name", ["[/b]", "[red]x", "[link=https://example.org]x[/link]", "a" * 250, "=1+1", "x/../../y"]
)
def test_a_models_name_is_text_in_the_listing(run, small_zoo, name):
    path = small_zoo / "toy-vae-2d" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": name}))
    code, out, err = run("zoo", "list")
    assert (code, err) == (0, "") and name[:30] in out and "a" * 41 not in out


def test_missing_data_get_one_line_and_code_1(run, small_zoo, tmp_path, monkeypatch):
    def unavailable(name, **_):
        raise DatasetUnavailable("digits cannot be had:\nput the file there")

    monkeypatch.setattr(registry, "load_dataset", unavailable)
    assert one_line(run("evaluate", "toy-vae-2d"), 1) == "error: digits cannot be had: put the file there\n"
    assert "cannot be had" in one_line(run("data", "fetch", "digits"), 1)


def test_divergence_gets_one_line_and_code_1(run, tmp_path):
    settings = ("--epochs", 3, "--learning-rate", 1e9, "--schedule", "constant", "--out", tmp_path / "a")
    assert "lower the learning rate" in one_line(run("train", *SMALL, *settings), 1)


def test_markup_in_a_message_is_printed_as_it_is(run, small_zoo):
    assert "'[bold]x[/bold]'" in one_line(run("evaluate", "[bold]x[/bold]"), 2)


def test_as_a_program_of_its_own(toy_folder):
    """Stdout holds the JSON and nothing else; exit codes reach the shell."""
    command = [sys.executable, "-m", "vae_core", "evaluate", str(toy_folder), "--limit", "20", "--json"]
    good = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["images"] == 20
    bad = subprocess.run([*command, "--limit", "0"], cwd=ROOT, capture_output=True, text=True)
    assert (bad.returncode, bad.stdout, bad.stderr) == (2, "", "error: limit must be at least 1, got 0\n")


def test_inpaint(run, small_zoo):
    options = ("--mask", "lower", "--fraction", "0.5", "--limit", "60", "--samples", "5", "--json")
    found = succeeds(run("inpaint", "toy-vae-2d", "--method", "importance", *options))
    measured = {"rmse_missing", "cross_entropy_missing", "log_likelihood_missing", "coverage", "variance_ratio"}
    measured |= {"standard_errors", "expected_coverage"}
    assert found.keys() >= measured | {"name", "method", "mask", "fraction", "images", "baselines", "seconds_per_image"}
    assert found["images"] == 60 and found["method"] == "importance" and found["hidden"] == 0.5
    apart = found["cross_entropy_missing"] - found["baselines"]["knn"]["cross_entropy_missing"]
    assert found["beside_knn"]["difference"] == pytest.approx(apart)
    assert found["neighbours"] in inpainting_errors.NEIGHBOURS
    assert found["baselines"].keys() == {"mean", "knn", "naive"}
    assert all(baseline.keys() == measured for baseline in found["baselines"].values())
    naive = succeeds(run("inpaint", "toy-vae-2d", "--method", "naive", *options))
    assert {key: naive[key] for key in measured} == naive["baselines"]["naive"] == found["baselines"]["naive"]
    code, out, err = run("inpaint", "toy-vae-2d", "--limit", "10", "--samples", "2")
    assert code == 0 and err == "" and "cross-entropy" in out and re.search(r"knn +0\.\d{3} ± 0\.\d{3}", out)
    assert "95 %" not in out and "neighbours, chosen on training pictures" in " ".join(out.split())


GIVEN = ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(8,)), classes=10)
HIDDEN_LABELS = SemiSupervisedConfig(GIVEN, (8,))
CODES = QuantisedConfig((1, 8, 8), 4, 2, 4, halvings=2, prior_width=8, prior_layers=1)
FLOW = FlowModelConfig((1, 8, 8), layers=2, hidden=(8,))


def untrained(config, folder):
    """The checkpoint folder of an untrained model of digits."""
    model = families.of(config).model(config)
    write_checkpoint(folder, model, describe(model, name="m", dataset="digits", objective="elbo", training={}, seed=0))
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--mask", "hole"), "a mask must be one of pixels"),
        (("--fraction", "2"), "fraction, the share of missing pixels, must be between 0 and 1, got 2.0"),
        (("--method", "magic"), "method must be one of mean, knn, naive"),
        (("--limit", "0"), "limit must be at least 1, got 0"),
        (("--method", "masked"), "masked needs a model with that encoder, such as mnist-masked-10d"),
        (("--fraction", "0"), "nothing is missing"),
        (("--samples", "0"), "samples must be at least 1"),
    ],
)
def test_inpaint_says_what_is_wrong(run, small_zoo, arguments, message):
    code, out, err = run("inpaint", "toy-vae-2d", "--limit", "5", *arguments)
    assert code == 2 and out == "" and message in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("config", "method", "message"),
    [
        (
            CODES,
            "metropolis",
            "metropolis needs a model whose q(z|x) has a density, such as mnist-vae-10d, and this one, of the family "
            "vector-quantised, is sure of one z: it can do naive, pseudo-gibbs or prior",
        ),
        (
            CODES,
            "gradient",
            "gradient needs a model whose latents lie in a space, such as mnist-vae-10d, and this one, of the family "
            "vector-quantised, has codes of a codebook: it can do naive, pseudo-gibbs or prior",
        ),
        (
            GIVEN,
            "partial-conv",
            "partial-conv needs a model with that encoder, such as mnist-partialconv-10d, and this one, of the family "
            "conditional, has no encoder of that kind, trained on holes: it can do naive, pseudo-gibbs, metropolis, "
            "importance, prior, annealed or gradient",
        ),
        (
            FLOW,
            "knn",
            "every method needs a model whose z leaves pixels open, such as mnist-vae-10d, and this one, of the family "
            "flow-model, has all of the picture in z",
        ),
    ],
)
def test_what_a_model_cannot_do_is_told_before_its_pictures_are_loaded(
    run, tmp_path, monkeypatch, config, method, message
):
    folder = untrained(config, tmp_path / "m")
    monkeypatch.setattr(cli, "own_data", None)
    assert one_line(run("inpaint", folder, "--method", method), 2) == f"error: {message}\n"
    if config is FLOW:
        assert one_line(run("inpaint-curves", folder, "--out", tmp_path / "c.json"), 2) == f"error: {message}\n"


@pytest.mark.parametrize("config", [CODES, FLOW], ids=["codes", "flow"])
def test_a_model_with_one_z_for_a_picture_has_no_bound_of_several(run, tmp_path, config):
    folder = untrained(config, tmp_path / "m")
    sentence = f"error: a model of the family {config.family} has one z for a picture: every such bound is its ELBO\n"
    assert one_line(run("evaluate", folder, "--limit", 5, "--bound-samples", 5), 2) == sentence


@pytest.mark.parametrize("method", ["gradient", "annealed", "pseudo-gibbs"])
@pytest.mark.parametrize("config", [GIVEN, HIDDEN_LABELS], ids=["conditional", "semi-supervised"])
def test_inpaint_with_labels_known_and_unknown(run, tmp_path, monkeypatch, config, method):
    monkeypatch.setattr(inpainting, "GRADIENT_STEPS", 2)
    folder = untrained(config, tmp_path / "m")
    found = succeeds(run("inpaint", folder, "--method", method, "--limit", "5", "--samples", "3", "--json"))
    assert found["method"] == method and found["images"] == 5 and found["cross_entropy_missing"] > 0


def test_inpaint_curves_measure_what_is_not_known_yet(run, small_zoo, tmp_path, monkeypatch):
    monkeypatch.setattr(inpainting_errors, "FRACTIONS", (0.5, 0.9))
    monkeypatch.setattr(inpainting_errors, "FEWER_FRACTIONS", ())
    monkeypatch.setattr(inpainting_errors, "HOLES", {"50 %": ("pixels", 0.5)})
    out, options = tmp_path / "curves.json", ("toy-vae-2d", "--limit", "10")
    done = succeeds(run("inpaint-curves", *options, "--out", out, "--json"))
    rows = json.loads(out.read_text())
    methods = {"mean", "knn", "naive", "pseudo-gibbs", "metropolis", "importance", "annealed", "gradient"}
    assert done == {"rows": len(rows), "file": str(out)}
    assert sorted((row["method"], row["fraction"]) for row in rows) == sorted(product(methods, (0.5, 0.9)))
    alone = succeeds(run("inpaint", *options, "--method", "knn", "--fraction", "0.9", "--json"))
    knn = next(row for row in rows if row["method"] == "knn" and row["fraction"] == 0.9)
    assert knn["cross_entropy_missing"] == alone["cross_entropy_missing"] and knn["mask"] == "pixels"
    assert knn["neighbours"] == alone["neighbours"] and knn["beside_knn"] is None
    assert all(row["beside_knn"]["standard_error"] >= 0 for row in rows if row["method"] != "knn")
    monkeypatch.setattr(inpainting_errors, "measure_method", None)
    assert succeeds(run("inpaint-curves", *options, "--out", out, "--json")) == done
    assert json.loads(out.read_text()) == rows
    for nonsense in ("no JSON", "[1]", '[{"method": "knn"}]'):
        out.write_text(nonsense)
        code, _, err = run("inpaint-curves", *options, "--out", out)
        assert code == 2 and err.startswith(f"error: {out} holds no points of curves: name a new file")
    out.write_text(json.dumps([{**row, "weights": "0" * 12} for row in rows]))  # of another training
    with pytest.raises(TypeError, match="NoneType"):  # they would be measured anew
        run("inpaint-curves", *options, "--out", out)


def test_a_race_is_measured_once(run, tmp_path, monkeypatch):
    out = tmp_path / "race.json"
    options = (
        "--dataset",
        "digits",
        "--pictures",
        "200",
        "--seen",
        "200",
        "--judged",
        "5",
        "--importance-samples",
        "2",
    )
    done = succeeds(run("race", *options, "--out", out, "--json"))
    assert done == {"points": 12, "file": str(out)}
    assert succeeds(run("race", *options, "--latent-dims", "1,2", "--out", out, "--json"))["points"] == 8
    told = json.loads(out.read_text())
    assert {point["trainer"] for point in told["trainers"][0]["points"]} == {"aevb", "wake-sleep", "mcem"}
    assert [point["latent_dim"] for point in told["latents"][0]["points"]] == [1] * 4 + [2] * 4
    monkeypatch.setattr(race, "stages", None)
    assert succeeds(run("race", *options, "--out", out, "--json")) == done
    assert json.loads(out.read_text()) == told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--pictures", "0"), "pictures must be at least 1, got 0"),
        (("--pictures", "2000"), "pictures must be at most 1,437, got 2,000"),
        (("--judged", "1"), "judged must be at least 2, got 1"),
        (("--judged", "1438"), "judged must be at most 360, got 1,438"),
        (("--dataset", "folder:/nowhere"), "/nowhere is not a folder"),
        (("--latent-dims", "2;5"), "latent-dims must be whole numbers with commas between them, as 2,5,10, got '2;5'"),
        (("--latent-dims", "0"), "latent_dim must be between 1 and 512, got 0"),
        (("--seen", "99"), "seen must be at least 100, a batch, got 99"),
    ],
)
def test_a_race_says_what_is_wrong(run, tmp_path, arguments, message):
    code, out, err = run("race", "--dataset", "digits", "--seen", "100", "--out", tmp_path / "race.json", *arguments)
    assert code == 2 and out == "" and message in err and err.count("\n") == 1


def test_inpaint_curves_need_a_file(run, small_zoo, tmp_path):
    code, out, err = run("inpaint-curves", "toy-vae-2d", "--out", tmp_path)
    assert code == 2 and out == "" and err == f"error: {tmp_path} is a folder: name the file to write\n"


def test_train_a_masked_model(run, small_zoo, tmp_path):
    out = tmp_path / "masked"
    options = (
        "--dataset",
        "digits",
        "--epochs",
        "1",
        "--importance-samples",
        "2",
        "--hidden",
        "8",
        "--out",
        out,
        "--json",
    )
    succeeds(run("train", "--family", "masked", "--base", "toy-vae-2d", *options))
    read = read_checkpoint(out)
    assert read.description["family"] == "masked" and read.description["objective"] == "masked-posterior"
    succeeds(run("inpaint", out, "--method", "masked", "--limit", "5", "--samples", "2", "--json"))
    code, _, err = run("train", "--family", "masked", *options)
    assert code == 2 and "give both, or neither" in err
    code, _, err = run("train", "--family", "masked", "--base", out, *options)
    assert code == 2 and err == f"error: base must be a model of the family vae, {out} is of the family masked\n"


def test_sigterm_stops_a_sweep_and_its_processes_which_save(tmp_path):
    spec = tmp_path / "betas.toml"
    spec.write_text((SWEEP % "1, 2").replace("epochs = 1", "epochs = 10000"))
    process = subprocess.Popen(
        [sys.executable, "-m", "vae_core", "sweep", str(spec)], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        patience, runs = time.monotonic() + 60, tmp_path / "betas" / "runs"
        while not list(runs.glob("*.partial/history.json")):
            assert time.monotonic() < patience and process.poll() is None
            time.sleep(0.05)
        process.terminate()
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1
    assert err.endswith(f"error: stopped; the same command goes on from {tmp_path / 'betas'}\n")
    begun = list(runs.glob("*.partial"))
    assert begun and all((path / "training.safetensors").exists() for path in begun)
    with alone_in(tmp_path / "betas", "sweep"):
        pass


def test_zoo_table_says_our_figures_beside_published_ones(run, monkeypatch):
    monkeypatch.setattr(cli, "out", Console(width=80))
    code, out, _ = run("zoo", "table")
    assert code == 0 and "…" not in out and all(len(line) <= 80 for line in out.splitlines())
    rows = succeeds(run("zoo", "table", "--json"))
    ladder = {row["what"]: row for row in rows}
    assert ladder["IWAE, K = 5"]["published"] == 85.54 and "Burda" in ladder["IWAE, K = 5"]["source"]
    assert ladder["VAE, two layers, K = 1"]["recipes"] == ["mnist-layered-vae-150d-k1"]
    assert ladder["IWAE, two layers, K = 5"]["recipes"] == ["mnist-layered-iwae-150d-k5"]
    text = " ".join(out.split())
    for row in (ladder["IWAE, K = 5"], ladder["M1+M2, 100 labels"], ladder["40 planar layers"], ladder["p(x | y)"]):
        assert row["also"] and f"Also published: {row['also']}" in text
    frey = next(row for row in rows if "Frey" in row["comparison"] and row["figure"] == "bound")
    assert "Order reversed" in frey["finding"] and frey["finding"] in text
    assert f"A longer race: `python -m vae_core {frey['shortened']} --out FILE`." in text
    sharp = next(row for row in rows if row["recipes"] == ["digits-gan-8d"] and row["figure"] == "sharpness_of_samples")
    assert (sharp["best"], sharp["published"], frey["best"]) == (100.0, None, None)
    assert f"Digits, VAE/GAN {sharp['ours']:.2f} ± {sharp['standard_error']:.2f}" in text
    assert text.count("100 is best: that of the pictures themselves.") == 2
    given = store.entry(store.ZOO / "mnist-conditional-10d").metrics
    assert ladder["p(x | y)"]["ours"] == given["nll"] and f"{given['nll']:.2f}" in out
