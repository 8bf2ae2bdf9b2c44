"""Sweeps: a grid of settings times seeds, as data; every run is trained and measured once, wherever it runs.

A sweep lives in a folder that all its workers see:

    sweep.json            the specification
    runs/NAME/            a finished run: its checkpoint folder, with disentanglement.json where factors are known
    runs/NAME.partial/    an unfinished one, which goes on where it stopped
    runs/NAME.progress.json   where it stands
    table.csv             one line a finished run
"""

import contextlib
import json
import logging
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as connections_ready
from pathlib import Path
from typing import Any, Literal

import torch

from vae_core.analysis import disentanglement
from vae_core.analysis.kl_decomposition import table_columns
from vae_core.data import registry
from vae_core.data.files import alone_in, write_whole
from vae_core.learning import objectives
from vae_core.models.checkpoint import CheckpointError, read_checkpoint, read_json
from vae_core.outside import csv_text
from vae_core.studies.spec import TRAINING, SweepSpec
from vae_core.zoo.build import build
from vae_core.zoo.recipes import Recipe

Engine = Literal["local", "ray"]

SPECIFICATION, TABLE, RUNS = "sweep.json", "table.csv", "runs"
SCORES = "disentanglement.json"
PROGRESS = "progress.json"
REPORT_SECONDS = 1.0  # between a run's reports, and between looks at them
ATTEMPTS = 3  # at a run whose process or node is lost
LOST_SECONDS = 120.0  # that a run waits for a process elsewhere that may still be at it


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

    "local" trains in as many processes as there are cores, one core each; a run whose process is killed is tried again,
    twice at most, while the others go on. "ray" runs the same function on a Ray cluster
    (`address`, or the one that Ray finds; without any, one on this machine); a run whose node is lost is started again
    on another one and goes on from what the lost one last wrote. Leaving the loop stops the runs; they go on next time.

    Raises ValueError if the folder holds another sweep, FolderInUse if another process runs one there, and
    ModuleNotFoundError if ray is asked for and not installed.
    """
    recipes = spec.recipes()
    failures: dict[str, str] = {}
    engines: dict[str, Callable[..., LocalRuns | RayRuns]] = {"local": start_locally, "ray": start_on_ray}
    with alone_in(folder, "sweep"):
        claim(folder, spec)
        if waiting := [name for name in recipes if not is_finished(folder, name)]:
            with engines[engine](spec, folder, waiting, address) as runs:
                while not runs.settled(REPORT_SECONDS):
                    yield look(recipes, folder, runs.failures())
                failures = runs.failures()
        write_table(spec, folder)
        last = look(recipes, folder, failures)
    yield last


def claim(folder: Path, spec: SweepSpec) -> None:
    """Make the folder this sweep's own. Raises ValueError if it is another's, or may be."""
    path = folder / SPECIFICATION
    text = json.dumps(spec.to_json(), indent=2)
    try:
        known = read_json(path) if path.exists() else json.loads(text)
    except CheckpointError as error:
        raise ValueError(f"{error}: delete it if {folder} holds this sweep, or name another folder") from error
    if known != json.loads(text):
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
        for stage in build(recipe, target, projected=False, patience=LOST_SECONDS):
            if time.monotonic() - told > REPORT_SECONDS:
                told = time.monotonic()
                trained = stage.progress is not None
                tell(root, name, 0.9 * stage.done / stage.total if trained else 0.9, stage.name)
    tell(root, name, 0.95, "measuring disentanglement")
    checkpoint = read_checkpoint(target)
    dataset = registry.load_dataset(spec.dataset)
    scores: dict[str, Any] = {}
    if dataset.info.factors:
        codes = disentanglement.factor_codes(checkpoint.model, dataset)
        information = disentanglement.mutual_information(codes).tolist()
        scores = {**disentanglement.measure(codes).to_json(), "mutual_information": information}
    write_whole(target / SCORES, (json.dumps(scores) + "\n").encode())
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
            told = read_json(folder / RUNS / f"{name}.{PROGRESS}")
            told = {"done": float(told["done"]), "doing": str(told["doing"])}
        except (CheckpointError, OSError, KeyError, TypeError, ValueError):  # none yet, or damaged
            told = {"done": 0.0, "doing": "waiting"}
        found.append(RunProgress(name, told["done"], told["doing"], failed=failures.get(name, "")))
    return SweepProgress(tuple(found))


def work(connection: Connection) -> None:
    """A process that does one run after another: told to stop, or left alone, it writes its state and is gone."""
    # As Ctrl-C, which training holds back while a step is half done, and which a shell's background jobs ignore.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    follow_parent()
    try:
        while True:
            settings, folder, name, threads = connection.recv()
            try:
                run(settings, folder, name, threads)
                connection.send("")
            except Exception as error:
                connection.send(reason(error))
    except (KeyboardInterrupt, EOFError, BrokenPipeError):
        os._exit(130)


def follow_parent() -> None:
    """Be told to stop when the process that began this one is gone: a sweep that was killed leaves no runs behind."""

    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class Worker:
    """A process of this machine, and the run that it is at."""

    def __init__(self):
        # Fresh interpreters: a forked torch may hang on the threads of its parent.
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()  # the process has the only one: when it is gone, its end is seen here
        self.name = ""


class LocalRuns:
    """Runs in processes of this machine, a core each. One that is killed costs the others nothing; its run is tried
    again, and goes on from what it last wrote."""

    def __init__(self, spec: SweepSpec, folder: Path, names: list[str]):
        self.settings, self.folder = spec.to_json(), str(folder)
        self.waiting, self.attempts = deque(names), Counter[str]()
        self.failed: dict[str, str] = {}
        count = max(1, min(len(names), os.cpu_count() or 1))
        self.threads = max(1, (os.cpu_count() or 1) // count)
        self.workers = [Worker() for _ in range(count)]
        for worker in self.workers:
            self.occupy(worker)

    def __enter__(self) -> "LocalRuns":
        return self

    def occupy(self, worker: Worker) -> None:
        """Give a worker the next run, if one is left."""
        worker.name = self.waiting.popleft() if self.waiting else ""
        if worker.name:
            self.attempts[worker.name] += 1
            with contextlib.suppress(BrokenPipeError):  # killed meanwhile: its end is heard next
                worker.connection.send((self.settings, self.folder, worker.name, self.threads))

    def settled(self, seconds: float) -> bool:
        """Whether no run goes on, after waiting for a change or so many seconds."""
        ready = connections_ready([worker.connection for worker in self.workers if worker.name], seconds)
        for place in [place for place, worker in enumerate(self.workers) if worker.connection in ready]:
            self.hear(place)
        return not any(worker.name for worker in self.workers)

    def hear(self, place: int) -> None:
        """What a worker says of its run, or that it is gone."""
        worker = self.workers[place]
        try:
            if failure := worker.connection.recv():
                self.failed[worker.name] = failure
        except (EOFError, ConnectionResetError):
            worker.connection.close()
            worker.process.join()
            if self.attempts[worker.name] < ATTEMPTS:
                self.waiting.append(worker.name)
            else:
                self.failed[worker.name] = ending(worker.process.exitcode or 0)
            if self.waiting:
                worker = self.workers[place] = Worker()
        self.occupy(worker)

    def failures(self) -> dict[str, str]:
        """Why runs failed, by their names."""
        return dict(self.failed)

    def __exit__(self, *_) -> None:
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join()
            worker.connection.close()


def ending(code: int) -> str:
    """How a run's process ended each time that it was tried, in one line."""
    if code < 0:
        hint = ": is there memory enough for so many at once?" if code == -signal.SIGKILL else ""
        return f"its process was killed by {signal.Signals(-code).name}, {ATTEMPTS} times{hint}"
    return f"its process ended with code {code}, {ATTEMPTS} times"


class RayRuns:
    """Runs as tasks of a Ray cluster."""

    def __init__(self, spec: SweepSpec, folder: Path, names: list[str], address: str | None):
        import ray  # optional: only this engine needs it

        self.ray = ray
        self.joined = not ray.is_initialized()
        if self.joined:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # of a cluster that is started here
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        task = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1)(run)
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
    """One flat row for every finished run: settings, seed, metrics, disentanglement, what holds of the KL's parts."""
    found = []
    varied = TRAINING & {key for table in spec.grid for key in table}
    for name, recipe in spec.recipes().items():
        if not is_finished(folder, name):
            continue
        target = run_folder(folder, name)
        metrics, scores = read_json(target / "metrics.json"), read_json(target / SCORES)
        parts = metrics.pop("kl_parts", {})
        objective = objectives.to_json(recipe.objective)
        found.append(
            {"run": name, "objective": objective.pop("name"), **objective, "seed": recipe.training.seed}
            | {key: getattr(recipe.training, key) for key in sorted(varied)}
            | {key: value for key, value in metrics.items() if key not in ("name", "dataset", "kl_per_dimension")}
            | {key: value for key, value in scores.items() if key != "mutual_information"}
            | table_columns(parts)
        )
    return found


def write_table(spec: SweepSpec, folder: Path) -> Path:
    """Write table.csv: a column for every setting and every metric, empty where a run has none."""
    found = rows(spec, folder)
    path = folder / TABLE
    write_whole(path, csv_text(found).encode())
    return path
