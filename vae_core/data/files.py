"""Where the files of a data set are looked for, and how they get there."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from vae_core.data.pictures import DatasetUnavailable, InMemoryPictures

Splits = tuple[InMemoryPictures, InMemoryPictures]

CHUNK = 1 << 16  # bytes between two steps of the progress bar
TIMEOUT = 20.0  # seconds without a byte before a server counts as out of reach


class BrokenFile(Exception):
    """A file is there but is not what its name says; the message is one sentence without a full stop."""


class DownloadFailed(Exception):
    """A file could not be fetched; the message says from where and why."""


@dataclass(frozen=True)
class Source:
    """The files of one data set: what they are called, how they are read, and how they are fetched."""

    name: str
    title: str
    files: tuple[str, ...]  # paths relative to a data folder
    belongs: str  # "put the file ... into {folder}, or set ...": what a person without network can do
    read: Callable[[Path], Splits]  # from a data folder; raises BrokenFile
    fetch: Callable[[Path], None]  # into a data folder; raises DownloadFailed


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
        if all(os.path.isfile(folder / file) for file in source.files):
            try:
                _check_permission(source, folder)
                return folder, source.read(folder)
            except BrokenFile as broken:
                raise DatasetUnavailable(f"{source.title} cannot be read: {broken}; replace or delete it.") from broken
    if not download:
        command = f"python -m vae_core data fetch {source.name}"
        raise DatasetUnavailable(f"{source.title} is not on this machine: run `{command}`, or {belongs}.")
    try:
        return cache_folder(), _download_all(source, cache_folder())
    except DownloadFailed as failure:
        message = f"{source.title} is not on this machine and could not be downloaded ({failure}): {belongs}."
        raise DatasetUnavailable(message) from failure


def _can_write(folder: Path) -> bool:
    existing = next(parent for parent in (folder, *folder.absolute().parents) if os.path.exists(parent))
    return os.access(existing, os.W_OK)


def _check_permission(source: Source, folder: Path) -> None:
    for file in source.files:
        if not os.access(folder / file, os.R_OK):
            raise BrokenFile(f"{folder / file} may not be read by this user")


def _download_all(source: Source, folder: Path) -> Splits:
    """Fetches beside the final place and moves only what could be read, so that no half-written file is ever found."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{source.name}-") as name:
            staging = Path(name)
            source.fetch(staging)
            splits = source.read(staging)
            for file in source.files:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / file, folder / file)
            return splits
    except BrokenFile as broken:
        raise DownloadFailed("the server sent something else") from broken
    except OSError as error:
        raise DownloadFailed(f"{folder} cannot be written: {error.strerror or error}") from error


def download(urls: list[str], target: Path, algorithm: str = "", digest: str = "") -> None:
    """Fetches the first of `urls` that answers into the file `target`, with a progress bar on stderr.

    `digest` is the expected hash by `algorithm` ("md5", "sha256"); empty where none is published.
    Raises DownloadFailed when no address gives the file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    problem = ""
    for url in urls:
        try:
            seen = _stream(url, target, algorithm or "sha256")
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            problem = problem or f"{url}: {reason}"
            continue
        if not digest or seen == digest:
            return
        problem = problem or f"{url}: the file is not the published one"
    target.unlink(missing_ok=True)
    raise DownloadFailed(problem)


def _stream(url: str, target: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm)
    columns = (TextColumn("Downloading {task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    request = urllib.request.Request(url, headers={"User-Agent": "latent-lab"})
    with (
        urllib.request.urlopen(request, timeout=TIMEOUT) as response,
        open(target, "wb") as file,
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        size = int(response.headers.get("Content-Length") or 0)
        task = progress.add_task(url.rsplit("/", 1)[-1], total=size or None)
        while chunk := response.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            progress.advance(task, len(chunk))
    if size and target.stat().st_size != size:
        raise OSError(f"the connection broke after {target.stat().st_size:,} of {size:,} bytes")
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is the old one or the new one whenever it is read, never half of one; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    os.replace(partial, path)
