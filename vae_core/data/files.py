"""Where the files of a data set are looked for, and how they get there."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import platform
import re
import secrets
import stat
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from vae_core.data.pictures import DatasetMissing, DatasetUnavailable, InMemoryPictures

Splits = tuple[InMemoryPictures, InMemoryPictures]

CHUNK = 1 << 16  # bytes between two steps of the progress bar
TIMEOUT = 20.0  # seconds without a byte before a server counts as out of reach
PARTIAL = ".partial"  # ending of a file that is being written
LOCK, OWNER = "lock", "writer"  # in a folder that one process has to itself: its lock, and which process that is
LEFT_SECONDS = 3600.0  # after which something half written is taken for a killed writer's


class BrokenFile(Exception):
    """A file is there but is not what its name says; the message is one sentence without a full stop."""


class DownloadFailed(Exception):
    """A file could not be fetched; the message says from where and why."""


class FolderInUse(OSError):
    """Another process or thread writes to a folder just now; the message says which, and what to do."""


@dataclass(frozen=True)
class Received:
    """How much of a file has come, in bytes; `size` is 0 where its server does not say."""

    file: str
    done: int
    size: int


@dataclass(frozen=True)
class Source:
    """The files of one data set: what they are called, how they are read, and how they are fetched."""

    name: str
    title: str
    files: tuple[str, ...]  # paths relative to a data folder
    belongs: str  # "put the file ... into {folder}, or set ...": what a person without network can do
    read: Callable[[Path], Splits]  # from a data folder; raises BrokenFile
    fetch: Callable[[Path], Iterator[Received]]  # into a data folder, chunk by chunk; raises DownloadFailed
    megabytes: int  # that come over the network, about
    find: Callable[[Path, str], Path] = lambda folder, file: folder / file  # where one of `files` is, or would be


def cache_folder() -> Path:
    """The user's own folder for downloaded data sets."""
    return Path(platformdirs.user_cache_dir("latent-lab"))


def search_folders(data_dir: str | os.PathLike | None = None) -> list[Path]:
    """Data folders in the order in which they are searched: `data_dir`, $LATENT_LAB_DATA, the cache folder."""
    given = [data_dir, os.environ.get("LATENT_LAB_DATA"), cache_folder()]
    return list(dict.fromkeys(Path(folder).expanduser() for folder in given if folder))


def load(source: Source, data_dir: str | os.PathLike | None, download: bool) -> tuple[Path, Splits]:
    """The folder a set was found in and its two splits, downloaded into the cache folder if need be.

    Raises DatasetUnavailable: missing and not to be downloaded, out of reach, or broken.
    """
    folders = search_folders(data_dir)
    belongs = source.belongs.format(folder=next(filter(_can_write, folders), folders[-1]))
    for folder in folders:
        if all(os.path.isfile(source.find(folder, file)) for file in source.files):
            try:
                _check_permission(source, folder)
                return folder, source.read(folder)
            except BrokenFile as broken:
                raise DatasetUnavailable(f"{source.title} cannot be read: {broken}; replace or delete it.") from broken
    if not download:
        command = f"python -m vae_core data fetch {source.name}"
        raise DatasetMissing(f"{source.title} is not on this machine: run `{command}`, or {belongs}.")
    try:
        return cache_folder(), _with_bar(fetch(source))
    except DownloadFailed as failure:
        message = f"{source.title} is not on this machine and could not be downloaded ({failure}): {belongs}."
        raise DatasetMissing(message) from failure


def _can_write(folder: Path) -> bool:
    existing = next(parent for parent in (folder, *folder.absolute().parents) if os.path.exists(parent))
    return os.access(existing, os.W_OK)


def _check_permission(source: Source, folder: Path) -> None:
    for file in source.files:
        path = source.find(folder, file)
        if not os.access(path, os.R_OK):
            raise BrokenFile(f"{path} may not be read by this user")


def fetch(source: Source) -> Generator[Received, None, Splits]:
    """Fetches a set into the cache folder, chunk by chunk; returns its two splits.

    It comes beside its final place, and only what could be read is moved there: no half-written file is ever found,
    and whoever stops on the way leaves nothing. Raises DownloadFailed.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{source.name}-") as name:
            staging = Path(name)
            yield from source.fetch(staging)
            splits = source.read(staging)
            for file in source.files:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / file, folder / file)
            return splits
    except BrokenFile as broken:
        raise DownloadFailed("the server sent something else") from broken
    except OSError as error:
        raise DownloadFailed(f"{folder} cannot be written: {error.strerror or error}") from error


def _with_bar(steps: Generator[Received, None, Splits]) -> Splits:
    """What a download returns, with a progress bar on stderr for each of its files."""
    columns = (TextColumn("Downloading {task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}
        while True:
            try:
                received = next(steps)
            except StopIteration as end:
                return end.value
            if received.file not in tasks:
                tasks[received.file] = progress.add_task(received.file, total=received.size or None)
            progress.update(tasks[received.file], completed=received.done)


def download(urls: list[str], target: Path, algorithm: str = "", digest: str = "") -> Iterator[Received]:
    """Fetches the first of `urls` that answers into the file `target`, chunk by chunk.

    `digest` is the expected hash by `algorithm` ("md5", "sha256"); empty where none is published.
    Raises DownloadFailed when no address gives the file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    problem = ""
    for url in urls:
        try:
            seen = yield from _stream(url, target, algorithm or "sha256")
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            problem = problem or f"{url}: {reason}"
            continue
        if not digest or seen == digest:
            return
        problem = problem or f"{url}: the file is not the published one"
    target.unlink(missing_ok=True)
    raise DownloadFailed(problem)


def _stream(url: str, target: Path, algorithm: str) -> Generator[Received, None, str]:
    digest = hashlib.new(algorithm)
    name = url.rsplit("/", 1)[-1]
    request = urllib.request.Request(url, headers={"User-Agent": "latent-lab"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response, open(target, "wb") as file:
        size = int(response.headers.get("Content-Length") or 0)
        while chunk := response.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            yield Received(name, file.tell(), size)
    if size and target.stat().st_size != size:
        raise OSError(f"the connection broke after {target.stat().st_size:,} of {size:,} bytes")
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is the old one or the new one whenever it is read, never half of one; its folder is made.

    Each writer has a name of its own for what is not whole yet: of two at once, the later one's content stays. What
    killed writers left of this file is removed after an hour.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = unfinished(path, PARTIAL)
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    for left in leftovers(path, PARTIAL):
        left.unlink(missing_ok=True)


def unfinished(path: Path, ending: str) -> Path:
    """A name beside `path` that no other writer has."""
    return path.with_name(f"{path.name}.{secrets.token_hex(4)}{ending}")


def leftovers(path: Path, ending: str, age: float = LEFT_SECONDS) -> list[Path]:
    """What writers of `path` left under names of `unfinished` that has not changed for `age` seconds."""
    name = re.compile(re.escape(path.name) + r"\.[0-9a-f]{8}" + re.escape(ending))
    found = []
    with os.scandir(path.parent) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                if name.fullmatch(entry.name) and time.time() - entry.stat().st_mtime >= age:
                    found.append(Path(entry.path))
    return found


@contextlib.contextmanager
def alone_in(folder: Path, what: str, patience: float = 0.0) -> Iterator[None]:
    """Have a folder to oneself: whoever asks for it meanwhile, in any process or thread, is refused.

    `what` ("training", "sweep") is what the sentence calls the other. The folder is made, and removed at the end if
    nothing was left in it; the lock goes with its process, however that ends. Raises FolderInUse after `patience`
    seconds.
    """
    until = time.monotonic() + patience
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:  # a file; or a folder that was removed before it was looked at
            with contextlib.suppress(FileNotFoundError):
                if not stat.S_ISDIR(folder.lstat().st_mode):
                    raise
            continue
        lock = FileLock(folder / LOCK, thread_local=False)  # a generator may be closed by another thread
        try:
            lock.acquire(timeout=max(0.0, until - time.monotonic()), poll_interval=0.2)
            break
        except FileNotFoundError:  # whoever had it has just removed the folder
            continue
        except Timeout:
            try:
                owner = (folder / OWNER).read_text(encoding="utf-8")
            except OSError:
                owner = "it has just begun"
            raise FolderInUse(
                f"another {what} writes to {folder} now ({owner}): wait for its end, stop it, or name another folder"
            ) from None
    try:
        (folder / OWNER).write_text(f"process {os.getpid()} on {platform.node()}", encoding="utf-8")
        yield
    finally:
        for file in (folder / OWNER, folder / LOCK):
            with contextlib.suppress(OSError):  # Windows removes the lock when it is released
                file.unlink()
        lock.release()
        with contextlib.suppress(OSError):
            folder.rmdir()
