"""Files for the browser: written once under `static/generated/`, the hash of their content in their name.

Streamlit serves them at `app/static/generated/NAME`. It sends no Cache-Control header and would compress a file anew
for every visitor, so what is large is stored compressed (`.gz`, which it leaves alone and the browser unpacks), and
every file is dated long ago, which lets any browser's cache keep it without asking again.
"""

import gzip
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ui.browser import tidy
from vae_core.outside import file_stem

STATIC = Path(__file__).resolve().parents[2] / "static"
GENERATED = STATIC / "generated"
ADDRESS = "app/static/generated"
LEVEL = 6  # of compression: 9 takes three times as long for a hundredth of the size
LONG_AGO = 946_684_800  # the year 2000: browsers keep a file for a tenth of its age
HASH_LENGTH = 12  # `static/live/engine/files.js` knows it, too


def digest(*parts: bytes | str) -> str:
    """A short hash of texts and bytes, for names."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() if isinstance(part, str) else part)
        whole.update(b"\0")
    return whole.hexdigest()[:HASH_LENGTH]


def publish(stem: str, suffix: str, key: str, make: Callable[[], bytes]) -> str:
    """The address of a file that depends on `key` alone; `make` is called only if it is not there yet.

    `stem` says what it is ("decoder-mnist-vae-2d"), whatever is in the names that it is made of: `file_stem` makes one
    safe name of it. A browser keeps one version of each stem. A suffix that ends in ".gz" is compressed here, one that
    ends in ".planes.gz" as what it is: numbers of four bytes. Raises OSError if `static/generated/` cannot be written.
    """
    path = GENERATED / f"{file_stem(stem)}-{digest(key)}{suffix}"
    if not tidy.are_there([path]):
        content = planes(make()) if suffix.endswith(".planes.gz") else make()
        write(path, gzip.compress(content, LEVEL, mtime=0) if suffix.endswith(".gz") else content)
    return f"{ADDRESS}/{path.name}"


def planes(content: bytes) -> bytes:
    """The first bytes of all numbers of four bytes, then all second ones, and so on; what is left over comes last.

    Exponents and mantissas then stand among their like, which takes up to a seventh off a compressed file.
    """
    whole = len(content) // 4 * 4
    return np.frombuffer(content[:whole], np.uint8).reshape(-1, 4).T.tobytes() + content[whole:]


def publish_folder(stem: str, folder: Path) -> str:
    """The address of a copy of a folder of modules that import each other, with its sub-folders: all of one version,
    never a mixture."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    copy = GENERATED / f"{file_stem(stem)}-{digest(*contents, *contents.values())}"
    for name, content in contents.items():
        if not (copy / name).exists():
            write(copy / name, content)
    tidy.are_there([copy])
    return f"{ADDRESS}/{copy.name}"


def are_there(value: Any) -> bool:
    """Whether all files whose addresses are in `value` are there; they are then in use. `validate` of caches."""
    names = (text.removeprefix(f"{ADDRESS}/") for text in tidy.addresses_in(value) if text.startswith(f"{ADDRESS}/"))
    return tidy.are_there(GENERATED / name for name in names)


def tidy_up() -> None:
    """Remove what earlier processes left behind, and what is too much."""
    tidy.tidy(GENERATED)


def write(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, dated long ago; what nobody needs any longer makes room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=tidy.PARTIAL)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(partial, 0o644)
    os.utime(partial, (time.time(), LONG_AGO))
    os.replace(partial, path)
    tidy_up()
