"""The command line: what it prints for machines, and one line and an exit code for everything that can go wrong."""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from vae_core import cli
from vae_core.analysis.projection import project
from vae_core.data import DatasetUnavailable, names, registry
from vae_core.learning import training
from vae_core.models.checkpoint import read_checkpoint
from vae_core.zoo import build as building
from vae_core.zoo import store
from vae_core.zoo.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]
EVALUATION = {  # what DESIGN.md lists, and what else is measured
    "name", "dataset", "elbo", "nll", "reconstruction", "kl", "kl_per_dimension", "active_units", "images",
    "importance_samples", "nll_standard_error", "bits_per_dimension", "neighbour_accuracy",
}  # fmt: skip
SMALL = ("--dataset", "digits", "--hidden", "16", "--latent-dim", "2", "--importance-samples", "2")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process; gives exit code, stdout and stderr."""

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
    monkeypatch.setattr(cli, "project", instead)


def succeeds(result):
    code, out, err = result
    assert code == 0 and err == ""
    return json.loads(out)


def test_train_then_evaluate(run, tmp_path):
    trained = succeeds(run("train", *SMALL, "--epochs", 2, "--out", tmp_path / "runs" / "a", "--json"))
    assert trained.keys() == EVALUATION
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


def test_every_setting_reaches_the_checkpoint(run, tmp_path):
    settings = (
        "--network", "conv", "--hidden", "4,8", "--latent-dim", 3, "--epochs", 1, "--batch-size", 64,
        "--learning-rate", 0.001, "--schedule", "constant", "--precision", "float32", "--pictures-per-epoch", 100,
        "--importance-samples", 1, "--seed", 5, "--family", "vae",
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
    }


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
    code, _, err = run("train", *SMALL, "--epochs", 2, "--out", tmp_path / "a")
    assert code == 2
    assert err == (
        f"error: {partial / 'training.safetensors'} is of a run with other settings: use those, or another folder\n"
    )


def test_zoo_list(run, small_zoo, toy):
    (row,) = succeeds(run("zoo", "list", "--json"))
    assert list(row)[:6] == ["name", "dataset", "family", "objective", "latent_dim", "parameters"]
    assert row.keys() == EVALUATION | {"family", "objective", "latent_dim", "parameters"}
    assert row["name"] == "toy" and row["latent_dim"] == 2
    assert row["parameters"] == sum(parameter.numel() for parameter in toy.parameters())
    code, out, err = run("zoo", "list")
    assert code == 0 and err == "" and "toy" in out and f"{row['nll']:.2f}" in out


def test_zoo_list_without_metrics(run, small_zoo):
    (small_zoo / "toy-vae-2d" / "metrics.json").unlink()
    (row,) = succeeds(run("zoo", "list", "--json"))
    assert set(row) == {"name", "dataset", "family", "objective", "latent_dim", "parameters"}
    assert run("zoo", "list")[0] == 0


def test_zoo_build(run, tmp_path, monkeypatch):
    recipe = RECIPES["digits-vae-2d"]
    small = replace(recipe, training=training.TrainingConfig(epochs=1), importance_samples=2)
    monkeypatch.setitem(RECIPES, "digits-vae-2d", small)
    built = succeeds(run("zoo", "build", "digits-vae-2d", "--out", tmp_path / "a", "--json"))
    assert built["name"] == "digits-vae-2d" and built["importance_samples"] == 2
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    succeeds(run("zoo", "build", "digits-vae-2d", "--json"))
    assert read_checkpoint(tmp_path / "zoo" / "digits-vae-2d").metrics == built


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
    assert infos[3]["shape"] == [1, 8, 8] and infos[4]["factors"][0].keys() == {"name", "size"}
    code, out, err = run("data", "list")
    assert code == 0 and err == "" and "digits" in out


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


BAD_ARGUMENTS = {
    "latent dimension 0": (("train", *SMALL[:4], "--latent-dim", 0), "latent_dim must be between 1 and 512, got 0"),
    "unknown data set": (("train", "--dataset", "digitz"), "there is no data set 'digitz': did you mean 'digits'?"),
    "unknown family": (("train", *SMALL, "--family", "gan"), "family must be one of vae, got 'gan'"),
    "unknown network": (("train", *SMALL, "--network", "rnn"), "network must be mlp or conv, got 'rnn'"),
    "widths": (("train", *SMALL[:2], "--hidden", "a,b"), "hidden must be whole numbers with commas between them"),
    "no epochs": (("train", *SMALL, "--epochs", 0), "epochs must be above 0, got 0"),
    "negative rate": (("train", *SMALL, "--learning-rate", -1), "learning_rate must be above 0, got -1.0"),
    "schedule": (("train", *SMALL, "--schedule", "up"), "schedule must be one of one_cycle, constant, got 'up'"),
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
    "unknown model to export": (("export", "nothing"), "the zoo has toy-vae-2d"),
    "other data set": (
        ("evaluate", "toy-vae-2d", "--dataset", "sprites"),
        "the model takes pictures of shape (1, 8, 8) (channels, height, width), sprites has (1, 32, 32)",
    ),
    "unknown data set to judge on": (("evaluate", "toy-vae-2d", "--dataset", "x"), "there is no data set 'x'"),
    "limit 0": (("evaluate", "toy-vae-2d", "--limit", 0), "limit must be at least 1, got 0"),
    "no samples": (("evaluate", "toy-vae-2d", "--importance-samples", 0), "samples must be at least 1, got 0"),
    "negative seed": (("evaluate", "toy-vae-2d", "--seed", -1), "seed must be between 0 and 2147483647, got -1"),
    "unknown method": (("project", "toy-vae-2d", "--method", "mds"), "method must be one of pca, umap, tsne"),
    "unknown recipe": (("zoo", "build", "mnist-vae-3d"), "there is no recipe 'mnist-vae-3d': choose one of mnist-vae-"),
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


def test_an_empty_folder_may_be_filled(run, tmp_path):
    (tmp_path / "a").mkdir()
    succeeds(run("train", *SMALL, "--epochs", 1, "--out", tmp_path / "a", "--json"))


def test_a_projection_needs_codes(run, small_zoo, tmp_path):
    for name in ("codes", "projections"):
        (small_zoo / "toy-vae-2d" / f"{name}.safetensors").unlink()
    assert "has no codes.safetensors" in one_line(run("project", "toy-vae-2d", "--out", tmp_path / "points"), 2)


def test_broken_checkpoints_get_one_line_and_code_1(run, small_zoo, tmp_path):
    (small_zoo / "toy-vae-2d" / "model.json").write_text("{")
    for command in (("evaluate", "toy-vae-2d"), ("zoo", "list"), ("export", "toy-vae-2d", "--out", tmp_path / "o")):
        assert "model.json is not readable as JSON" in one_line(run(*command), 1)
    (tmp_path / "empty").mkdir()
    assert "model.safetensors is missing" in one_line(run("evaluate", tmp_path / "empty"), 1)


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
