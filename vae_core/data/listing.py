"""What lies in a folder of the user's own pictures, found without opening a file."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from vae_core.data.pictures import DatasetUnavailable

SUFFIXES = {
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".avif", ".gif", ".bmp", ".dib", ".tif",
    ".tiff", ".pbm", ".pgm", ".ppm", ".pnm",
}  # fmt: skip
UNREAD = {  # pictures, too, but of kinds that Pillow does not read, or not without running other programs
    ".heic", ".heif", ".hif", ".jxl", ".jp2", ".j2k", ".jpx", ".pcx", ".psd", ".psb", ".xcf", ".svg", ".svgz", ".eps",
    ".ai", ".wmf", ".emf", ".tga", ".ico", ".cur", ".icns", ".exr", ".hdr", ".dds", ".qoi", ".ras", ".sgi", ".pfm",
    ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".fits", ".fit", ".dcm",
}  # fmt: skip
SYSTEM = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}
MOST_FILES = 1_000_000


@dataclass(frozen=True)
class Found:
    """One file that is named as a picture; its stamp changes whenever it is written anew."""

    name: str  # relative to the folder, with "/" between the parts
    stamp: tuple[int, ...]  # size, times of change in nanoseconds, inode; empty if it is no regular file

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("/"))


@dataclass(frozen=True)
class Listing:
    """A folder's pictures in a fixed order, and what else there is: equal listings are of the same files."""

    folder: Path
    files: tuple[Found, ...]
    unread: tuple[tuple[str, int], ...]
    links: int
    hidden: int
    others: int
    closed: tuple[str, ...]  # folders in it that may not be read


def list_folder(folder: Path) -> Listing:
    """Everything below a folder; linked folders are followed, each folder is read once.

    Raises DatasetUnavailable where the folder may not be read, or holds more than a million files.
    """
    files, closed, links, hidden, others = [], [], 0, 0, 0
    unread: dict[str, int] = {}
    home, seen = os.path.realpath(folder), set()
    folders, linked = deque([""]), deque[str]()
    while folders or linked:
        place = (folders or linked).popleft()  # links last: a folder is known by its own name where it has one
        real = os.path.realpath(folder / place)
        if real in seen or (place and (home + os.sep).startswith(real.rstrip(os.sep) + os.sep)):
            links += 1
            continue
        seen.add(real)
        try:
            inside = sorted(os.scandir(folder / place), key=lambda entry: entry.name)
        except OSError as error:
            if not place:
                raise DatasetUnavailable(f"{folder} cannot be read ({error.strerror or error}).") from error
            closed.append(place)
            continue
        for entry in inside:
            name, suffix = f"{place}{entry.name}", os.path.splitext(entry.name)[1].lower()
            if entry.name.startswith(".") or entry.name.lower() in SYSTEM:
                hidden += 1
            elif os.path.isdir(entry.path):
                (linked if entry.is_symlink() else folders).append(f"{name}/")
            elif entry.is_symlink() and not os.path.exists(entry.path):
                links += 1
            elif suffix in SUFFIXES:
                files.append(Found(name, stamp_of(entry)))
            elif suffix in UNREAD:
                unread[suffix[1:].upper()] = unread.get(suffix[1:].upper(), 0) + 1
            else:
                others += 1
            if len(files) + others + hidden > MOST_FILES:
                raise DatasetUnavailable(f"{folder} holds more than {MOST_FILES:,} files: name a smaller folder.")
    files.sort(key=lambda file: file.parts)
    return Listing(folder, tuple(files), tuple(sorted(unread.items())), links, hidden, others, tuple(closed))


def stamp_of(entry: os.DirEntry) -> tuple[int, ...]:
    """What changes when a file is written anew; empty for a pipe or a device, which must not be opened."""
    try:
        stat = entry.stat()
    except OSError:
        return ()
    return (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino) if S_ISREG(stat.st_mode) else ()
