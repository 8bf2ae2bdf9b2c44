"""Files for the browser: written once under `static/generated/`, the hash of their content in their name.

Streamlit serves them at `app/static/generated/NAME`. It sends no Cache-Control header and would compress a file anew
for every visitor, so what is large is stored compressed (`.gz`, which it leaves alone and the browser unpacks), and
every file is dated long ago, which lets any browser's cache keep it without asking again.
"""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

STATIC = Path(__file__).resolve().parents[1] / "static"
GENERATED = STATIC / "generated"
ADDRESS = "app/static/generated"
LEVEL = 6  # of compression: 9 takes three times as long for a hundredth of the size
LONG_AGO = 946_684_800  # the year 2000: browsers keep a file for a tenth of its age
HASH_LENGTH = 12  # `static/live/runtime.js` knows it, too


def digest(*parts: bytes | str) -> str:
    """A short hash of texts and bytes, for names."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() if isinstance(part, str) else part)
        whole.update(b"\0")
    return whole.hexdigest()[:HASH_LENGTH]


def publish(stem: str, suffix: str, key: str, make: Callable[[], bytes]) -> str:
    """The address of a file that depends on `key` alone; `make` is called only if it is not there yet.

    `stem` says what it is ("decoder-mnist-vae-2d"): a browser keeps one version of each stem. A suffix that ends in
    ".gz" is compressed here, one that ends in ".planes.gz" as what it is: numbers of four bytes. Raises OSError if
    `static/generated/` cannot be written.
    """
    path = GENERATED / f"{stem}-{digest(key)}{suffix}"
    if not path.exists():
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
    """The address of a copy of a folder of modules that import each other: all of one version, never a mixture."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    contents = {path.name: path.read_bytes() for path in files}
    copy = GENERATED / f"{stem}-{digest(*contents, *contents.values())}"
    for name, content in contents.items():
        if not (copy / name).exists():
            write(copy / name, content)
    return f"{ADDRESS}/{copy.name}"


def write(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, dated long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".partial")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(partial, 0o644)
    os.utime(partial, (LONG_AGO, LONG_AGO))
    os.replace(partial, path)
