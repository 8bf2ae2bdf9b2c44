"""How the command line talks: results on stdout, progress and errors on stderr, paths checked first."""

from __future__ import annotations

import codecs
import json
import os
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vae_core import tables
from vae_core.outside import shown

if TYPE_CHECKING:
    from vae_core.studies.run import SweepProgress

MOST_LETTERS = 2000  # of an error

out = Console()
err = Console(stderr=True, soft_wrap=True, highlight=False)

SECONDS_BETWEEN_LINES = 10.0  # of progress, where no terminal shows a bar
PLAIN = {  # what stands for a character that a code page lacks; letters lose their accents, others become "?"
    "±": "+-", "−": "-", "–": "-", "—": "-", "…": "...", "×": "x", "·": ".", "•": "*", "≥": ">=", "≤": "<=",
    "β": "beta", "γ": "gamma", "μ": "mu", "σ": "sigma", "‘": "'", "’": "'", "“": '"', "”": '"', "→": "->",
}  # fmt: skip
BOX_DRAWING = range(0x2500, 0x2580)


def plain(error: UnicodeError) -> tuple[str, int]:
    """The error handler of streams in a code page that lacks a character: the nearest that it has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain_character, error.object[error.start : error.end])), error.end


def plain_character(character: str) -> str:
    """ASCII in place of a character."""
    if character in PLAIN:
        return PLAIN[character]
    if ord(character) in BOX_DRAWING:
        return {"─": "-", "━": "-", "═": "-", "│": "|", "┃": "|", "║": "|"}.get(character, "+")
    decomposed = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return decomposed or "?"


codecs.register_error("latent-lab-plain", plain)


def speak_any_code_page() -> None:
    """Let stdout and stderr take any text, whatever their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="latent-lab-plain")


def print_result(result: dict, as_json: bool, table: Callable[[dict], Table] = tables.of_result) -> None:
    """A result as JSON, or as a table."""
    if as_json:
        print(json.dumps(result))
        return
    out.print(table(result))


def fail(message: str, code: int) -> int:
    """Print one line on stderr and return the exit code."""
    err.print(f"error: {shown(message, MOST_LETTERS)}", markup=False)
    return code


def note(sentence: str) -> None:
    """One line on stderr that a person should read, if there is anything to say."""
    if sentence:
        err.print(f"note: {' '.join(sentence.split())}", markup=False)


def bars() -> Progress:
    """Bars that vanish when they are done; none where no terminal shows them."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn()
    return Progress(*columns, console=err, disable=not sys.stderr.isatty(), transient=True)


class now_and_then:
    """Lines on stderr in the place of a bar where no terminal shows one: at most one in ten seconds."""

    def __init__(self):
        self.quiet = sys.stderr.isatty()
        self.last = time.monotonic()

    def line(self, text: str, done: float, total: float | None) -> None:
        """Print how far the work is, unless that was just done; `done` and `total` are in any unit."""
        now = time.monotonic()
        if self.quiet or now - self.last < SECONDS_BETWEEN_LINES:
            return
        self.last = now
        share = f": {done / total:.0%}" if total else ""
        err.print(f"{text}{share}", markup=False)


class progress_bar:
    """A progress bar on stderr; inside the block, call it with (done, total) and perhaps a text in the place of its
    own, which is followed by how many of how many."""

    def __init__(self, text: str):
        self.progress, self.lines = bars(), now_and_then()
        self.text = text

    def __enter__(self):
        self.progress.start()
        self.task = self.progress.add_task(self.text, total=None)
        return self.show

    def show(self, done: int, total: int, text: str | None = None) -> None:
        described = text or f"{self.text} {done:,} of {total:,}"
        self.progress.update(self.task, completed=done, total=total, description=described)
        self.lines.line(described, done, total)

    def __exit__(self, *_):
        self.progress.stop()


class sweep_bars:
    """A bar for the sweep and one for each run that goes on, on stderr; inside the block, call it with the progress."""

    def __init__(self):
        self.progress, self.lines = bars(), now_and_then()
        self.runs: dict = {}

    def __enter__(self):
        self.progress.start()
        self.whole = self.progress.add_task("sweep", total=1.0)
        return self.show

    def show(self, now: SweepProgress) -> None:
        finished = sum(run.finished for run in now.runs)
        described = f"{finished} of {len(now.runs)} runs"
        self.progress.update(self.whole, completed=now.done, description=described)
        self.lines.line(described, now.done, 1.0)
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
    """Raise ValueError unless `path` can be created as a folder, or is an empty one, and its name serves anywhere."""
    check_name(path.name)
    if path.is_file():
        raise ValueError(f"{path} is a file: name a new folder")
    if path.is_dir() and any(path.iterdir()):
        raise ValueError(f"{path} exists and is not empty: name a new folder")
    check_writable(path)


RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
ENDINGS = (".partial", ".writing", ".replaced")  # of the folders that stand beside a model's while it is written
LONGEST_NAME = 255 - len(".01234567") - len(max(ENDINGS, key=len))  # bytes: a writer's own number stands between
NOT_ON_WINDOWS = '<>:"|?*\\'


def check_name(name: str, windows: bool = os.name == "nt") -> None:
    """Raise ValueError unless a folder of this name can be made, and be copied to any system."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)[:60]
    if not name or name in (".", ".."):
        raise ValueError("the folder to write needs a name of its own: name a new folder, as runs/a")
    if not all(letter.isprintable() for letter in name):
        raise ValueError(f"the name {shown!r} holds letters that cannot be printed: name another folder")
    if len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"the name {shown!r}... is too long: at most {LONGEST_NAME} bytes, got {len(name.encode())}")
    if name.endswith((".", " ")) or name.split(".")[0].strip().upper() in RESERVED:
        raise ValueError(f"the name {shown!r} cannot be used on Windows: name another folder")
    if windows and (found := sorted(set(name) & set(NOT_ON_WINDOWS))):
        raise ValueError(f"the name {shown!r} holds {' '.join(found)}, which Windows does not allow: leave them out")
    if name.lower().endswith(ENDINGS):
        raise ValueError(f"the name {shown!r} ends as folders do that are being written: name another folder")


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
