"""Sweeps: a grid of settings times seeds, as data; every run is trained and measured once, wherever it runs.

A sweep lives in a folder that all its workers see:

    sweep.json            the specification
    runs/NAME/            a finished run: its checkpoint folder, with disentanglement.json where factors are known
    runs/NAME.partial/    an unfinished one, which goes on where it stopped
    runs/NAME.progress.json   where it stands
    table.csv             one line a finished run
"""

import csv
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Literal

import torch

from vae_core.analysis import disentanglement
from vae_core.data import registry
from vae_core.data.files import write_whole
from vae_core.learning import objectives
from vae_core.learning.sweep_spec import SweepSpec
from vae_core.models.checkpoint import read_checkpoint, read_json
from vae_core.zoo.build import build
from vae_core.zoo.recipes import Recipe

Engine = Literal["local", "ray"]

SPECIFICATION, TABLE, RUNS = "sweep.json", "table.csv", "runs"
SCORES = "disentanglement.json"
PROGRESS = "progress.json"
REPORT_SECONDS = 1.0  # between a run's reports, and between looks at them


@dataclass(frozen=True)
class RunProgress:
    """Where one run stands: `done` of 1, and what it is doing."""

    name: str
    done: float
    doing: str
    finished: bool = False
    failed: str = ""  # why, in one sentence


@dataclass(frozen=True)
class SweepProgress:
    """Where the sweep stands."""

    runs: tuple[RunProgress, ...]

    @property
    def done(self) -> float:
        return sum(run.done for run in self.runs) / len(self.runs)


def sweep(
    spec: SweepSpec, folder: Path, engine: Engine = "local", address: str | None = None
) -> Iterator[SweepProgress]:
    """Run what is not finished yet, yielding progress about once a second, and write the table.

    "local" trains in as many processes as there are cores, one core each. "ray" runs the same function on a Ray cluster
    (`address`, or the one that Ray finds; without any, one on this machine); a run whose node is lost is started again
    on another one and goes on from what the lost one last wrote. Leaving the loop stops the runs; they go on next time.

    Raises ValueError if the folder holds another sweep, ModuleNotFoundError if ray is asked for and not installed.
    """
    recipes = spec.recipes()
    claim(folder, spec)
    waiting = [name for name in recipes if not is_finished(folder, name)]
    start = {"local": start_locally, "ray": start_on_ray}[engine]
    if waiting:
        with start(spec, folder, waiting, address) as runs:
            while not runs.settled(REPORT_SECONDS):
                yield look(recipes, folder, runs.failures())
            failures = runs.failures()
    else:
        failures = {}
    write_table(spec, folder)
    yield look(recipes, folder, failures)


def claim(folder: Path, spec: SweepSpec) -> None:
    """Make the folder this sweep's own. Raises ValueError if it is another's."""
    path = folder / SPECIFICATION
    text = json.dumps(spec.to_json(), indent=2)
    if path.exists() and json.loads(path.read_text()) != json.loads(text):
        raise ValueError(f"{folder} holds another sweep, that of {path}: name another folder")
    write_whole(path, f"{text}\n".encode())


def run_folder(folder: Path, name: str) -> Path:
    """Where a run's checkpoint is, or will be."""
    return folder / RUNS / name


def is_finished(folder: Path, name: str) -> bool:
    """Whether a run is trained and measured."""
    return (run_folder(folder, name) / PROGRESS).exists()


def run(settings: dict, folder: str, name: str, threads: int = 1) -> None:
    """Train and measure one run of a sweep; what both engines call. A finished run is left alone."""
    torch.set_num_threads(threads)
    spec, root = SweepSpec.from_json(settings), Path(folder)
    if is_finished(root, name):
        return
    recipe, target = spec.recipes()[name], run_folder(root, name)
    told = 0.0
    if not (target / "model.json").exists():
        for stage in build(recipe, target, projected=False):
            if time.monotonic() - told > REPORT_SECONDS:
                told = time.monotonic()
                trained = stage.progress is not None
                tell(root, name, 0.9 * stage.done / stage.total if trained else 0.9, stage.name)
    tell(root, name, 0.95, "measuring disentanglement")
    checkpoint = read_checkpoint(target)
    dataset = registry.load_dataset(spec.dataset)
    scores = {}
    if dataset.info.factors:
        codes = disentanglement.factor_codes(checkpoint.model, dataset)
        scores = disentanglement.measure(codes).to_json()
        scores["mutual_information"] = disentanglement.mutual_information(codes).tolist()
    (target / SCORES).write_text(json.dumps(scores) + "\n")
    write_whole(target / PROGRESS, json.dumps({"done": 1.0, "doing": "finished"}).encode())


def tell(root: Path, name: str, done: float, doing: str) -> None:
    """Write where a run stands for whoever looks on."""
    write_whole(root / RUNS / f"{name}.{PROGRESS}", json.dumps({"done": done, "doing": doing}).encode())


def look(recipes: dict[str, Recipe], folder: Path, failures: dict[str, str]) -> SweepProgress:
    """Where every run stands."""
    found = []
    for name in recipes:
        if is_finished(folder, name):
            found.append(RunProgress(name, 1.0, "finished", finished=True))
            continue
        try:
            told = json.loads((folder / RUNS / f"{name}.{PROGRESS}").read_text())
        except FileNotFoundError:
            told = {"done": 0.0, "doing": "waiting"}
        found.append(RunProgress(name, told["done"], told["doing"], failed=failures.get(name, "")))
    return SweepProgress(tuple(found))


def run_here(settings: dict, folder: str, name: str, threads: int) -> None:
    """`run` in a process of its own: told to stop, or left alone, it writes its state and is gone."""
    # As Ctrl-C, which training holds back while a step is half done, and which a shell's background jobs ignore.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        run(settings, folder, name, threads)
    except KeyboardInterrupt:
        os._exit(130)  # the pool would hand the next run to it
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def follow_parent() -> None:
    """Be told to stop when the process that began this one is gone: a sweep that was killed leaves no runs behind."""

    def watch() -> None:
        parent_process().join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class LocalRuns:
    """Runs in processes of this machine, a core each."""

    def __init__(self, spec: SweepSpec, folder: Path, names: list[str]):
        processes = max(1, min(len(names), os.cpu_count() or 1))
        threads = max(1, (os.cpu_count() or 1) // processes)
        # Fresh interpreters: a forked torch may hang on the threads of its parent.
        self.pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=follow_parent)
        self.futures: dict[Future, str] = {
            self.pool.submit(run_here, spec.to_json(), str(folder), name, threads): name for name in names
        }

    def __enter__(self) -> "LocalRuns":
        return self

    def settled(self, seconds: float) -> bool:
        """Whether no run goes on, after waiting for a change or so many seconds."""
        pending = {future for future in self.futures if not future.done()}
        return not pending or not wait(pending, seconds, FIRST_COMPLETED).not_done

    def failures(self) -> dict[str, str]:
        """Why runs failed, by their names."""
        ended = [future for future in self.futures if future.done() and not future.cancelled()]
        return {self.futures[f]: reason(error) for f in ended if (error := f.exception()) is not None}

    def __exit__(self, *_) -> None:
        processes = list(getattr(self.pool, "_processes", {}).values())
        self.pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


class RayRuns:
    """Runs as tasks of a Ray cluster."""

    def __init__(self, spec: SweepSpec, folder: Path, names: list[str], address: str | None):
        import ray  # optional: only this engine needs it

        self.ray = ray
        self.joined = not ray.is_initialized()
        if self.joined:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # of a cluster that is started here
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        task = ray.remote(num_cpus=1, max_retries=-1)(run)
        self.tasks = {task.remote(spec.to_json(), str(folder.resolve()), name): name for name in names}
        self.failed: dict[str, str] = {}

    def __enter__(self) -> "RayRuns":
        return self

    def settled(self, seconds: float) -> bool:
        """Whether no run goes on, after waiting for a change or so many seconds."""
        ended, pending = self.ray.wait(list(self.tasks), num_returns=len(self.tasks), timeout=seconds)
        for task in ended:
            name = self.tasks.pop(task)
            try:
                self.ray.get(task)
            except self.ray.exceptions.RayError as error:
                self.failed[name] = reason(getattr(error, "cause", None) or error)
        return not pending

    def failures(self) -> dict[str, str]:
        """Why runs failed, by their names."""
        return dict(self.failed)

    def __exit__(self, *_) -> None:
        for task in self.tasks:
            self.ray.cancel(task, force=True)
        if self.joined:
            self.ray.shutdown()


def start_locally(spec: SweepSpec, folder: Path, names: list[str], address: str | None) -> LocalRuns:
    if address is not None:
        raise ValueError("address belongs to the engine ray; the local one has none")
    return LocalRuns(spec, folder, names)


def start_on_ray(spec: SweepSpec, folder: Path, names: list[str], address: str | None) -> RayRuns:
    return RayRuns(spec, folder, names, address)


def reason(error: BaseException) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def rows(spec: SweepSpec, folder: Path) -> list[dict]:
    """One flat row for every finished run: settings, seed, metrics, disentanglement, decomposition of the KL."""
    found = []
    for name, recipe in spec.recipes().items():
        if not is_finished(folder, name):
            continue
        target = run_folder(folder, name)
        metrics, scores = read_json(target / "metrics.json"), read_json(target / SCORES)
        parts = metrics.pop("kl_parts")
        objective = objectives.to_json(recipe.objective)
        found.append(
            {"run": name, "objective": objective.pop("name"), **objective, "seed": recipe.training.seed}
            | {key: value for key, value in metrics.items() if key not in ("name", "dataset", "kl_per_dimension")}
            | {key: value for key, value in scores.items() if key != "mutual_information"}
            | {key: value for key, value in parts.items() if key not in ("standard_error", "pictures")}
        )
    return found


def write_table(spec: SweepSpec, folder: Path) -> Path:
    """Write table.csv: a column for every setting and every metric, empty where a run has none."""
    found = rows(spec, folder)
    columns = list(dict.fromkeys(key for row in found for key in row))
    path = folder / TABLE
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(found)
    return path
