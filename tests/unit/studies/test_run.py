"""Sweeps: what a specification stands for, runs that are trained once, and the table that comes out."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from vae_core.analysis.kl_decomposition import what_holds
from vae_core.data.files import FolderInUse
from vae_core.learning.objectives import BetaELBO, BetaTCVAE, Capacity
from vae_core.models.checkpoint import read_checkpoint
from vae_core.studies import run as sweeping
from vae_core.studies.run import LocalRuns, RunProgress, SweepProgress, run, sweep
from vae_core.studies.spec import SweepSpec, read_spec, run_name
from vae_core.zoo.build import STATE

# One latent dimension: nothing to project, so a run takes a second.
SMALL = {
    "dataset": "digits",
    "model": {"latent_dim": 1, "hidden": [8]},
    "training": {"epochs": 2, "precision": "float32"},
    "importance_samples": 2,
    "grid": [{"objective": "beta", "beta": [0.5, 2]}, {"objective": "elbo"}],
}


@pytest.fixture(autouse=True)
def threads():
    """A run takes one thread; what others had is restored."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


class Inline:
    """An engine without processes: one run at each look."""

    def __init__(self, spec, folder, names, address):
        self.spec, self.folder, self.names, self.failed = spec, folder, list(names), {}
        self.begun = []

    def __enter__(self):
        return self

    def settled(self, seconds):
        if not self.names:
            return True
        name = self.names.pop(0)
        self.begun.append(name)
        try:
            run(self.spec.to_json(), str(self.folder), name)
        except Exception as error:
            self.failed[name] = sweeping.reason(error)
        return False

    def failures(self):
        return dict(self.failed)

    def __exit__(self, *_):
        self.names.clear()


@pytest.fixture
def inline(monkeypatch):
    """The local engine without processes; gives the list of engines that were started."""
    started = []

    def start(*arguments):
        started.append(Inline(*arguments))
        return started[-1]

    monkeypatch.setattr(sweeping, "start_locally", start)
    return started


def table(folder: Path) -> list[dict]:
    with open(folder / "table.csv", newline="") as file:
        return list(csv.DictReader(file))


def times(folder: Path) -> dict:
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"name": "beta", "beta": 4}, "beta4-seed7"),
        ({"name": "beta", "beta": 4.0}, "beta4-seed7"),
        ({"name": "beta", "beta": 0.25}, "beta0.25-seed7"),
        ({"name": "beta"}, "beta-seed7"),
        ({"name": "beta-tcvae", "beta": 6}, "beta-tcvae-beta6-seed7"),
        ({"name": "capacity", "nats": 25, "gamma": 100}, "capacity-nats25-gamma100-seed7"),
        ({"name": "elbo"}, "elbo-seed7"),
        ({}, "elbo-seed7"),
        ({"name": "iwae", "samples": 5, "gradient": "dreg"}, "iwae-samples5-gradientdreg-seed7"),
    ],
)
def test_runs_are_named_by_their_settings(settings, name):
    assert run_name(settings, 7) == name


def test_a_grid_is_every_combination_of_its_lists_with_every_seed():
    spec = SweepSpec.from_json(
        SMALL
        | {
            "grid": [
                {"objective": "beta", "beta": [1, 4]},
                {"objective": "capacity", "nats": [5, 10], "gamma": [10, 100]},
                {"objective": "beta-tcvae", "beta": 6},
            ],
            "seeds": [0, 3],
            "snapshots": [0.5, 1],
        }
    )
    recipes = spec.recipes()
    assert list(recipes) == [
        f"{name}-seed{seed}"
        for name in (
            "beta1", "beta4", "capacity-nats5-gamma10", "capacity-nats5-gamma100", "capacity-nats10-gamma10",
            "capacity-nats10-gamma100", "beta-tcvae-beta6",
        )
        for seed in (0, 3)
    ]  # fmt: skip
    assert recipes["beta4-seed3"].objective == BetaELBO(4.0)
    assert recipes["capacity-nats5-gamma100-seed0"].objective == Capacity(5.0, 100.0)
    assert recipes["beta-tcvae-beta6-seed0"].objective == BetaTCVAE(6.0)
    for name, recipe in recipes.items():
        assert recipe.name == name and name.endswith(f"-seed{recipe.training.seed}")
        assert recipe.training.epochs == 2 and recipe.importance_samples == 2 and recipe.snapshots == (0.5, 1)
        assert recipe.model.picture_shape == (1, 8, 8) and recipe.model.hidden == (8,)
    assert SweepSpec.from_json(spec.to_json()) == spec


def test_objectives_may_be_a_list_too():
    spec = SweepSpec.from_json(SMALL | {"grid": [{"objective": ["beta", "beta-tcvae"], "beta": [2]}]})
    assert list(spec.recipes()) == ["beta2-seed0", "beta-tcvae-beta2-seed0"]


BAD = {
    "unknown key": ({"betas": [1]}, "a sweep has no betas: it has dataset, grid, seeds, model, training"),
    "grid is no list": ({"grid": {"beta": 1}}, "grid must be a list, got {'beta': 1}"),
    "seeds is no list": ({"seeds": 3}, "seeds must be a list, got 3"),
    "empty grid": ({"grid": []}, "a sweep needs at least one table in grid and one seed"),
    "no seed": ({"seeds": []}, "a sweep needs at least one table in grid and one seed"),
    "a grid of numbers": ({"grid": [1, 4]}, "grid must hold tables of settings, got 1"),
    "no such data set": ({"dataset": "digitz"}, "there is no data set 'digitz': did you mean 'digits'?"),
    "data set is a number": ({"dataset": 5}, "dataset must be a name, got 5"),
    "model setting": ({"model": {"latent_dim": 0}}, "latent_dim must be between 1 and 512, got 0"),
    "unknown model setting": ({"model": {"depth": 3}}, "the sweep cannot be run: "),
    "model is no table": ({"model": "mlp"}, "model must be a table, got 'mlp'"),
    "network without room": ({"model": {"network": "patch"}, "dataset": "mnist"}, "multiples of 8 pixels, got 28x28"),
    "another shape": ({"model": {"picture_shape": [1, 9, 9]}}, "model must not hold picture_shape: it comes from dat"),
    "training setting": ({"training": {"epochs": 0}}, "epochs must be above 0, got 0"),
    "training in words": ({"training": {"epochs": "many"}}, "the sweep cannot be run: "),
    "unknown training setting": ({"training": {"epoch": 3}}, "the sweep cannot be run: "),
    "seed in training": ({"training": {"seed": 3}}, "training must not hold seed: it comes from seeds"),
    "seed": ({"seeds": [-1]}, "seed must be between 0 and 2147483647, got -1"),
    "objective": ({"grid": [{"objective": "gan"}]}, "objective must be one of elbo, "),
    "objective's setting": ({"grid": [{"beta": 2}]}, "the objective elbo has no beta: it has samples"),
    "value": ({"grid": [{"objective": "beta", "beta": [1, -4]}]}, "beta must be a number from 0 up, got -4.0"),
    "text": ({"grid": [{"objective": "beta", "beta": "4"}]}, "beta must be a number, got '4'"),
    "nearly equal": (
        {"grid": [{"objective": "beta", "beta": [1, 1.0000001]}]},
        "two runs would be called beta1-seed0: let their settings differ by more",
    ),
    "samples": ({"importance_samples": 0}, "importance_samples must be between 1 and 1000000, got 0"),
    "epochs of a table": ({"grid": [{"epochs": [2, 0]}]}, "epochs must be above 0, got 0"),
    "epochs in words": ({"grid": [{"epochs": "many"}]}, "the sweep cannot be run: "),
    "schedule in the grid": ({"grid": [{"schedule": "constant"}]}, "the objective elbo has no schedule"),
    "held out": ({"held_out": -1}, "held_out must be a number of training pictures, 0 or more, got -1"),
    "snapshots": ({"snapshots": [0.5, 2]}, "snapshots must be shares of the training, above 0 and at most 1, got 2"),
}


@pytest.mark.parametrize(("change", "message"), BAD.values(), ids=BAD.keys())
def test_bad_specifications_are_refused_in_one_sentence(change, message):
    with pytest.raises(ValueError) as refused:
        SweepSpec.from_json(SMALL | change)
    assert message in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("missing", [("grid",), ("dataset",), ("dataset", "grid")])
def test_data_set_and_grid_are_needed(missing):
    settings = {key: value for key, value in SMALL.items() if key not in missing}
    with pytest.raises(ValueError, match=f"a sweep needs {' and '.join(missing)}"):
        SweepSpec.from_json(settings)


def test_specifications_are_read_from_toml_and_json(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(SMALL))
    (tmp_path / "a.toml").write_text(
        'dataset = "digits"\nimportance_samples = 2\n'
        "[model]\nlatent_dim = 1\nhidden = [8]\n"
        '[training]\nepochs = 2\nprecision = "float32"\n'
        '[[grid]]\nobjective = "beta"\nbeta = [0.5, 2]\n[[grid]]\nobjective = "elbo"\n'
    )
    assert read_spec(tmp_path / "a.json") == read_spec(tmp_path / "a.toml") == SweepSpec.from_json(SMALL)


@pytest.mark.parametrize(
    ("name", "contents", "message"),
    [
        ("a.json", b"{", "a.json is not readable as JSON"),
        ("a.toml", b"dataset = ", "a.toml is not readable as TOML"),
        ("a.json", b"\xff\xfe\x00", "a.json is not readable as JSON"),
        ("a.json", b"[1]", "a.json must hold a table of settings"),
        ("missing.toml", None, "missing.toml cannot be read: No such file"),
        (".", None, "cannot be read: Is a directory"),
    ],
)
def test_files_that_hold_no_specification_are_refused(tmp_path, name, contents, message):
    if contents is not None:
        (tmp_path / name).write_bytes(contents)
    with pytest.raises(ValueError) as refused:
        read_spec(tmp_path / name)
    assert message in str(refused.value) and "\n" not in str(refused.value)


def test_every_run_is_trained_measured_and_in_the_table(tmp_path, inline):
    spec = SweepSpec.from_json(SMALL)
    reports = list(sweep(spec, tmp_path / "sweep"))
    assert all(isinstance(report, SweepProgress) for report in reports)
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[-1].done == 1
    assert reports[-1].runs == tuple(
        RunProgress(name, 1.0, "finished", finished=True) for name in ("beta0.5-seed0", "beta2-seed0", "elbo-seed0")
    )
    assert json.loads((tmp_path / "sweep" / "sweep.json").read_text()) == spec.to_json()
    rows = table(tmp_path / "sweep")
    assert [row["run"] for row in rows] == ["beta0.5-seed0", "beta2-seed0", "elbo-seed0"]
    assert [(row["objective"], row["beta"], row["seed"]) for row in rows] == [
        ("beta", "0.5", "0"),
        ("beta", "2.0", "0"),
        ("elbo", "", "0"),
    ]
    for row in rows:
        read = read_checkpoint(tmp_path / "sweep" / "runs" / row["run"])
        assert read.description["name"] == row["run"] and read.description["objective"] == row["objective"]
        parts = read.metrics["kl_parts"]
        both = parts["index_code_information"] + parts["total_correlation"]
        measured = {
            **read.metrics, "information_and_correlation": both, "dimension_wise_kl": parts["dimension_wise_kl"],
            "kl_pictures": parts["pictures"],
        }  # fmt: skip
        apart = {"index_code_information", "total_correlation"}
        columns = {key for key in row if key not in ("run", "objective", "beta", "start", "ramp", "seed")} - apart
        assert columns == measured.keys() - {"name", "dataset", "kl_per_dimension", "kl_parts"}
        held = [row[part] for part in sorted(apart)]
        assert held == ([str(parts[part]) for part in sorted(apart)] if what_holds(parts) == "parts" else ["", ""])
        assert {key: float(row[key]) for key in columns} == pytest.approx({key: measured[key] for key in columns})


def test_runs_may_differ_in_their_schedule_and_be_judged_on_held_out_training_pictures(tmp_path, inline):
    grid = [{"objective": "beta", "beta": 2, "epochs": [1, 2], "weight_decay": 0.1}]
    spec = SweepSpec.from_json(SMALL | {"grid": grid, "held_out": 100})
    recipes = spec.recipes()
    assert [(recipe.training.epochs, recipe.training.weight_decay) for recipe in recipes.values()] == [
        (1, 0.1),
        (2, 0.1),
    ]
    assert SweepSpec.from_json(spec.to_json()) == spec
    list(sweep(spec, tmp_path / "sweep"))
    rows = table(tmp_path / "sweep")
    assert [(row["run"], row["epochs"], row["weight_decay"], row["held_out"], row["images"]) for row in rows] == [
        ("beta2-epochs1-weight_decay0.1-seed0", "1", "0.1", "100", "100"),
        ("beta2-epochs2-weight_decay0.1-seed0", "2", "0.1", "100", "100"),
    ]


def test_finished_runs_are_never_run_again(tmp_path, inline):
    """Left after the first run, then gone on with: the same table as without a break, nothing done twice."""
    spec = SweepSpec.from_json(SMALL)
    list(sweep(spec, tmp_path / "whole"))
    reports = sweep(spec, tmp_path / "parts")
    first = next(reports)
    reports.close()
    assert [run.finished for run in first.runs] == [True, False, False]
    assert [run.doing for run in first.runs] == ["finished", "waiting", "waiting"]
    before = times(tmp_path / "parts" / "runs" / "beta0.5-seed0")
    last = list(sweep(spec, tmp_path / "parts"))[-1]
    assert last.done == 1
    assert times(tmp_path / "parts" / "runs" / "beta0.5-seed0") == before
    assert [engine.begun for engine in inline[1:]] == [["beta0.5-seed0"], ["beta2-seed0", "elbo-seed0"]]
    assert (tmp_path / "parts" / "table.csv").read_text() == (tmp_path / "whole" / "table.csv").read_text()
    before = times(tmp_path / "parts" / "runs")
    (again,) = sweep(spec, tmp_path / "parts")  # no engine is started for it
    assert again == last and len(inline) == 3 and times(tmp_path / "parts" / "runs") == before
    run(spec.to_json(), str(tmp_path / "parts"), "elbo-seed0")
    assert times(tmp_path / "parts" / "runs") == before


def test_a_run_that_was_trained_but_not_measured_is_only_measured(tmp_path, monkeypatch):
    spec = SweepSpec.from_json(SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "read_checkpoint", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(spec.to_json(), str(tmp_path), "elbo-seed0")
    assert not sweeping.is_finished(tmp_path, "elbo-seed0")
    progress = sweeping.look(spec.recipes(), tmp_path, {}).runs[2]
    assert (progress.done, progress.doing) == (0.95, "measuring disentanglement")
    before = (tmp_path / "runs" / "elbo-seed0" / "model.safetensors").stat().st_mtime_ns
    run(spec.to_json(), str(tmp_path), "elbo-seed0")
    assert sweeping.is_finished(tmp_path, "elbo-seed0")
    assert (tmp_path / "runs" / "elbo-seed0" / "model.safetensors").stat().st_mtime_ns == before


def test_sprites_are_judged_by_their_factors(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping.disentanglement.factor_codes, "__defaults__", (1_000, 0))
    settings = {
        "dataset": "sprites",
        "model": {"latent_dim": 1, "hidden": [4]},
        "training": {"epochs": 1, "pictures_per_epoch": 256, "precision": "float32"},
        "importance_samples": 1,
        "grid": [{"objective": "elbo"}],
    }
    spec = SweepSpec.from_json(settings)
    run(spec.to_json(), str(tmp_path), "elbo-seed0")
    (row,) = sweeping.rows(spec, tmp_path)
    scores = json.loads((tmp_path / "runs" / "elbo-seed0" / "disentanglement.json").read_text())
    names = {"mig", "sap", "dci_disentanglement", "dci_completeness", "dci_informativeness", "higgins", "factor_vae"}
    assert scores.keys() == names | {"mutual_information"}
    assert len(scores["mutual_information"]) == 1 and len(scores["mutual_information"][0]) == 5
    assert {name: row[name] for name in names} == {name: scores[name] for name in names}


def test_another_sweep_in_the_same_folder_is_refused(tmp_path, inline):
    list(sweep(SweepSpec.from_json(SMALL | {"grid": [{}]}), tmp_path))
    before = times(tmp_path)
    with pytest.raises(ValueError, match=r"holds another sweep, that of .*: name another folder"):
        list(sweep(SweepSpec.from_json(SMALL), tmp_path))
    assert times(tmp_path) == before


def test_the_local_engine_has_no_address(tmp_path):
    with pytest.raises(ValueError, match="address belongs to the engine ray; the local one has none"):
        list(sweep(SweepSpec.from_json(SMALL), tmp_path, "local", "127.0.0.1:6379"))


def test_processes_stopped_in_the_middle_go_on_and_a_failure_is_told_by_name(tmp_path, monkeypatch):
    """Real processes: one run is finished beforehand, one is stopped while it trains, one can never be trained."""
    monkeypatch.setattr(sweeping, "REPORT_SECONDS", 0.1)
    grid = [{"objective": "beta", "beta": [0.5, 1, 1e39]}]
    spec = SweepSpec.from_json(SMALL | {"grid": grid, "training": {"epochs": 60, "precision": "float32"}})
    folder, parts = tmp_path / "sweep", tmp_path / "sweep" / "runs" / "beta1-seed0.partial"
    run(spec.to_json(), str(folder), "beta0.5-seed0")
    before = times(folder / "runs" / "beta0.5-seed0")
    for report in sweep(spec, folder):
        if 0 < report.runs[1].done < 1:
            break
    del report
    assert (parts / STATE).exists()
    last = list(sweep(spec, folder))[-1]
    assert [run.finished for run in last.runs] == [True, True, False]
    failed = last.runs[2]
    assert failed.name == "beta1e+39-seed0"
    assert failed.failed.startswith("TrainingDiverged: the bound became ")
    assert failed.failed.endswith(": lower the learning rate")
    assert not parts.exists()
    assert times(folder / "runs" / "beta0.5-seed0") == before
    run(spec.to_json(), str(tmp_path / "whole"), "beta1-seed0")
    whole, stopped = (read_checkpoint(path / "runs" / "beta1-seed0") for path in (tmp_path / "whole", folder))
    assert stopped.content_hash == whole.content_hash and stopped.metrics == whole.metrics
    assert stopped.history == whole.history
    assert [row["run"] for row in table(folder)] == ["beta0.5-seed0", "beta1-seed0"]


def test_a_sweep_that_is_killed_takes_its_processes_with_it(tmp_path):
    """They write their state as they go: without one, the file would come after a minute."""
    spec = SMALL | {"grid": [{"objective": "elbo"}], "training": {"epochs": 10_000, "precision": "float32"}}
    code = (
        "import json, sys; from pathlib import Path; from vae_core.studies.run import sweep\n"
        "from vae_core.studies.spec import SweepSpec\n"
        "if __name__ == '__main__': list(sweep(SweepSpec.from_json(json.loads(sys.argv[1])), Path(sys.argv[2])))"
    )
    script = tmp_path / "sweep.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(sweeping.__file__).parents[2])}
    killed = subprocess.Popen(
        [sys.executable, script, json.dumps(spec), str(tmp_path / "sweep")],
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # as a shell starts background jobs
    )
    parts, told = tmp_path / "sweep" / "runs" / "elbo-seed0.partial", tmp_path / "sweep" / "runs"
    wait_for(lambda: list(told.glob("*.progress.json")), 40)
    killed.kill()
    killed.wait()
    wait_for((parts / STATE).exists, 20)


def kill_at_work(runs: LocalRuns, name: str) -> bool:
    """Kill the process that is at a run, once it has begun to train; whether it was killed."""
    progress = Path(runs.folder) / "runs" / f"{name}.progress.json"
    for worker in runs.workers:
        if worker.name == name and progress.exists():
            progress.unlink()
            os.kill(worker.process.pid, signal.SIGKILL)
            return True
    return False


FOUR = SMALL | {"grid": [{"objective": "beta", "beta": [0.5, 1, 2, 4]}], "training": {"epochs": 20}}


def test_a_killed_process_costs_nobody_anything(tmp_path, monkeypatch):
    """The others go on, and the lost run is tried again, to the numbers that it has undisturbed."""
    monkeypatch.setattr(sweeping, "REPORT_SECONDS", 0.1)
    started, start = [], sweeping.start_locally
    monkeypatch.setattr(sweeping, "start_locally", lambda *given: started.append(start(*given)) or started[-1])
    spec, killed, last = SweepSpec.from_json(FOUR), [], None
    for last in sweep(spec, tmp_path / "sweep"):
        if len(killed) < 2 and kill_at_work(started[0], "beta1-seed0"):
            killed.append(last)
    assert len(killed) == 2 and started[0].attempts["beta1-seed0"] == 3
    assert all(run.finished and not run.failed for run in last.runs)
    assert [row["run"] for row in table(tmp_path / "sweep")] == [run.name for run in last.runs]
    assert [started[0].attempts[run.name] for run in last.runs] == [1, 3, 1, 1]
    run(spec.to_json(), str(tmp_path / "whole"), "beta1-seed0")
    whole, parts = (read_checkpoint(path / "runs" / "beta1-seed0") for path in (tmp_path / "whole", tmp_path / "sweep"))
    assert parts.content_hash == whole.content_hash and parts.metrics == whole.metrics


def test_a_run_that_is_lost_each_time_is_reported_with_its_reason(tmp_path):
    spec, lost = SweepSpec.from_json(FOUR | {"training": {"epochs": 60}}), 0
    with LocalRuns(spec, tmp_path, ["beta0.5-seed0", "beta1-seed0"]) as runs:
        while not runs.settled(0.02):
            lost += kill_at_work(runs, "beta1-seed0")
    reason = "its process was killed by SIGKILL, 3 times: is there memory enough for so many at once?"
    assert lost == 3 and runs.failures() == {"beta1-seed0": reason}
    assert sweeping.is_finished(tmp_path, "beta0.5-seed0")
    assert not any(worker.process.is_alive() for worker in runs.workers)
    assert sweeping.ending(-signal.SIGSEGV) == "its process was killed by SIGSEGV, 3 times"
    assert sweeping.ending(1) == "its process ended with code 1, 3 times"


def test_two_sweeps_in_one_folder_do_not_meet(tmp_path, inline):
    spec = SweepSpec.from_json(SMALL)
    first = sweep(spec, tmp_path / "sweep")
    next(first)
    with pytest.raises(
        FolderInUse, match=r"another sweep writes to .*sweep now \(process \d+ on .*\): wait for its end"
    ):
        next(sweep(spec, tmp_path / "sweep"))
    assert list(first)[-1].done == 1 and len(inline) == 1
    assert sorted(path.name for path in (tmp_path / "sweep").iterdir()) == ["runs", "sweep.json", "table.csv"]


def test_a_table_is_the_old_one_or_the_new_one(tmp_path, inline, monkeypatch):
    spec = SweepSpec.from_json(SMALL)
    list(sweep(spec, tmp_path))
    before = (tmp_path / "table.csv").read_bytes()

    def full(path, content):
        path.open("wb").write(content[:100])
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        sweeping.write_table(spec, tmp_path)
    assert (tmp_path / "table.csv").read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff", b'{"done": []}'])
def test_damaged_files_are_passed_over_or_told(tmp_path, inline, damage):
    spec = SweepSpec.from_json(SMALL)
    list(sweep(spec, tmp_path))
    (tmp_path / "runs" / "elbo-seed0" / "progress.json").unlink()
    (tmp_path / "runs" / "elbo-seed0.progress.json").write_bytes(damage)
    assert sweeping.look(spec.recipes(), tmp_path, {}).runs[2] == RunProgress("elbo-seed0", 0.0, "waiting")
    (tmp_path / "sweep.json").write_bytes(damage)
    with pytest.raises(ValueError, match=r"sweep\.json.*(delete it if .* holds this sweep|name) .*another folder"):
        list(sweep(spec, tmp_path))


def wait_for(condition, seconds: float) -> None:
    """Look until something holds; fail if it does not in so many seconds."""
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "it never came"
        time.sleep(0.1)
