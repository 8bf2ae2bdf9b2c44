"""What goes from `static/generated/`, and when: a visitor's own models with their visit, the rest once it is too much.

A file's time of access says when it was last handed to a browser, whichever process did so; it is set here, since many
disks do not keep it. What was removed is published anew when somebody asks for it again.
"""

import contextlib
import os
import re
import shutil
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ui import cache, work
from vae_core.outside import file_stem
from vae_core.zoo import store

MOST = 400_000_000  # bytes
IN_USE = 3600.0  # seconds since something was handed to a browser
NOTED = 60.0  # seconds that this may be told too early
OWN = "your-"  # how the names of models begin that a visitor trained
OWN_FILE = re.compile(rf"(decoder|encoder|opening)-{OWN}.*")
PARTIAL = ".partial"  # how the names of files end that are being written, or never were to their end
VERSION = re.compile(r"(?P<stem>.+)-[0-9a-f]{12}(\..*)?")
KINDS = ("decoder", "encoder", "prior", "codes", "latents", "labels", "completer", "opening")  # of the files of a model
LASTING = {"live"}  # stems of code and runtime: the version in use stays
_visits: dict[str, set[Path]] = {}  # what each session was handed
_tidying = threading.Lock()


@dataclass(frozen=True)
class Found:
    """A file, or a folder of modules, that is published."""

    path: Path
    used: float  # seconds since 1970
    size: int  # bytes

    @property
    def stem(self) -> str:
        """Its name without its version."""
        version = VERSION.fullmatch(self.path.name)
        return version["stem"] if version else self.path.name


def are_there(paths: Iterable[Path]) -> bool:
    """Whether all of these are there; they are in use from now on, at least while this visit lasts."""
    paths = list(paths)
    if work.visitor():
        session = _visit()
        with _tidying:
            _visits.setdefault(session, set()).update(paths)
    return all([note_use(path) for path in paths])


def note_use(path: Path) -> bool:
    """Note that something is used now; False if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return False
    now = time.time()
    if now - found.st_atime > NOTED:
        with contextlib.suppress(OSError):  # where nothing may be written, nothing is removed either
            os.utime(path, (now, found.st_mtime))
    return True


def leave(session: str) -> None:
    """A visit is over: the models that it trained go, unless somebody else has the very same."""
    with _tidying:
        _forget(session)


@cache.kept_for_visit(leave)
def _visit() -> str:
    """This visitor's session; Streamlit releases it when the visitor leaves."""
    return work.visitor()


def _forget(session: str) -> None:
    handed = _visits.pop(session, set())
    for path in handed.difference(*_visits.values()):
        if OWN_FILE.fullmatch(path.name):
            remove(path)


def tidy(folder: Path) -> None:
    """Remove what nobody uses: what visitors before left behind and, beyond `MOST` bytes, the least recently used.

    The code, the runtime and the zoo's models stay in their newest version; nothing goes that a visitor still has or
    that was handed out within the last `IN_USE` seconds.
    """
    with _tidying:
        for session in [session for session in _visits if not work.is_here(session)]:
            _forget(session)
        in_use = set().union(*_visits.values())
        found = sorted(published(folder), key=lambda each: each.used)
        newest = {each.stem: each.path for each in found}
        lasting = {newest.get(stem) for stem in (*LASTING, *stems_of_the_zoo())}
        too_much = sum(each.size for each in found) - MOST
        for each in idle(found, in_use):
            left_behind = each.path.suffix == PARTIAL or OWN_FILE.fullmatch(each.path.name)
            if left_behind or (too_much > 0 and each.path not in lasting):
                remove(each.path)
                too_much -= each.size


def idle(found: Iterable[Found], in_use: Collection[Path]) -> Iterator[Found]:
    """Those that nobody has and nobody was handed for a while."""
    now = time.time()
    return (each for each in found if each.path not in in_use and now - each.used > IN_USE)


def published(folder: Path) -> Iterator[Found]:
    """What stands in the folder; a folder of modules counts as one, but for what is partial in it."""
    for path in (*folder.glob("*"), *folder.glob(f"*/**/*{PARTIAL}")):
        with contextlib.suppress(OSError):  # another process tidies, too
            status = path.stat()
            size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else status.st_size
            yield Found(path, status.st_atime, size)


def stems_of_the_zoo() -> set[str]:
    """The stems of what the models that come with the app publish."""
    return {file_stem(f"{kind}-{folder.name}") for folder in store.models_in(store.ZOO) for kind in KINDS}


def remove(path: Path) -> None:
    """Remove a file, or a folder, which is never seen in part."""
    with contextlib.suppress(OSError):  # it is gone, or may not be removed, or a browser on Windows just reads it
        if path.is_dir():
            path = path.rename(path.with_name(path.name.removesuffix(PARTIAL) + PARTIAL))
            shutil.rmtree(path)
        else:
            path.unlink()


def addresses_in(value: Any) -> Iterator[str]:
    """The texts in what a component is sent, but not those among numbers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from addresses_in(each)
    elif isinstance(value, list) and value and isinstance(value[0], str):
        yield from value
