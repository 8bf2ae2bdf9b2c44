"""How the command line talks: results on stdout, progress and errors on stderr, paths checked first."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vae_core import tables
from vae_core.learning.sweep import SweepProgress

out = Console()
err = Console(stderr=True, soft_wrap=True, highlight=False)


def print_result(result: dict, as_json: bool, table: Callable[[dict], Table] = tables.of_result) -> None:
    """A result as JSON, or as a table."""
    if as_json:
        print(json.dumps(result))
        return
    out.print(table(result))


def fail(message: str, code: int) -> int:
    """Print one line on stderr and return the exit code."""
    err.print(f"error: {' '.join(message.split())}", markup=False)
    return code


def progress(quiet: bool) -> Progress:
    """Bars that vanish when they are done; none where nobody looks."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    return Progress(*columns, console=err, disable=quiet or not sys.stderr.isatty(), transient=True)


class progress_bar:
    """A progress bar on stderr; inside the block, call it with (done, total) and perhaps a text."""

    def __init__(self, text: str, quiet: bool):
        self.progress = progress(quiet)
        self.text = text

    def __enter__(self):
        self.progress.start()
        self.task = self.progress.add_task(self.text, total=None)
        return lambda done, total, text=None: self.progress.update(
            self.task, completed=done, total=total, description=text or self.text
        )

    def __exit__(self, *_):
        self.progress.stop()


class sweep_bars:
    """A bar for the sweep and one for each run that goes on, on stderr; inside the block, call it with the progress."""

    def __init__(self, quiet: bool):
        self.progress = progress(quiet)
        self.runs: dict = {}

    def __enter__(self):
        self.progress.start()
        self.whole = self.progress.add_task("sweep", total=1.0)
        return self.show

    def show(self, now: SweepProgress) -> None:
        finished = sum(run.finished for run in now.runs)
        self.progress.update(self.whole, completed=now.done, description=f"{finished} of {len(now.runs)} runs")
        for run in now.runs:
            if run.done > 0 and not run.finished and run.name not in self.runs:
                self.runs[run.name] = self.progress.add_task(run.name, total=1.0)
            if run.name in self.runs:
                done = run.finished or bool(run.failed)
                self.progress.update(
                    self.runs[run.name],
                    completed=run.done,
                    description=f"{run.name}  {run.doing}",
                    visible=not done,
                )

    def __exit__(self, *_):
        self.progress.stop()


def check_new_folder(path: Path) -> None:
    """Raise ValueError unless `path` can be created as a folder, or is an empty one."""
    if path.is_file():
        raise ValueError(f"{path} is a file: name a new folder")
    if path.is_dir() and any(path.iterdir()):
        raise ValueError(f"{path} exists and is not empty: name a new folder")
    check_writable(path)


def check_writable(path: Path) -> None:
    """Raise ValueError unless a file or folder can be created at `path`; the folders above it are created."""
    path = path.absolute()
    nearest = next(folder for folder in path.parents if os.path.exists(folder))  # Path.exists may raise
    probe = path.with_name(f".{path.name}.probe")
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError:
        raise ValueError(f"{path} cannot be written: {nearest} is not a folder that you may write to") from None


def check_file(path: Path) -> None:
    """Raise ValueError unless a file can be written at `path`."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder: name the file to write")
    check_writable(path)
