"""Any file that a visitor brings, as an 8-bit picture of moderate size; or one sentence on why not.

A file is decoded in a process of its own, one at a time: what it may cost in memory and time is then a matter of that
process, whatever the format and its decoder. Nothing is ever written to disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from vae_core.intake.refusals import BUSY, DAMAGED, NO_READER, NOT_A_PICTURE, TOO_COSTLY, PictureError
from vae_core.intake.worker import BEGINNINGS, TIFF_BEGINNINGS, WORKING_SIDE

__all__ = ["MAX_BYTES", "MAX_PIXELS", "WORKING_SIDE", "Opened", "PictureError", "open_picture"]

MAX_BYTES = 25_000_000
MAX_PIXELS = 50_000_000  # a phone's largest everyday picture, and 200 MB at most while it is decoded
MOST_SECONDS = 4.0  # that a picture may take by the clock, on a busy machine too; the process's own limit is half of it
MOST_WAIT = 20.0  # seconds in which others' pictures must be done
ROOT = Path(__file__).resolve().parents[2]
# Empty packages in place of ours: the worker's modules then load without PyTorch, in 0.1 s instead of 2.
LAUNCH = """
import runpy, sys, types
root, pixels, sys.path[:] = sys.argv[1], sys.argv[2], sys.argv[3:]
for name in ("vae_core", "vae_core.data", "vae_core.intake"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = ["/".join([root, *name.split(".")])]
sys.argv = ["worker", pixels]
runpy.run_module("vae_core.intake.worker", run_name="__main__")
"""

WORKER_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}

one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Opened:
    """A visitor's picture: 8 bits a channel (mode L, RGB or RGBA), at most `WORKING_SIDE` pixels a side, not yet turned
    upright; and sentences about what was left behind."""

    image: Image.Image
    orientation: int = 1  # EXIF: 1 upright, 2 to 8 mirrored or turned
    notes: tuple[str, ...] = ()


def open_picture(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Opened:
    """The picture in a file's contents: the first frame where there are several, more than 8 bits scaled to 8.

    A large JPEG is decoded at a fraction of its size, which takes a fraction of the time. Raises PictureError.
    """
    check_beginning(data, max_bytes)
    answer, _, pixels = decoded_elsewhere(data, max_pixels).partition(b"\n")
    answer = json.loads(answer)
    if "sentence" in answer:
        raise PictureError(answer["sentence"])
    image = Image.frombytes(answer["mode"], tuple(answer["size"]), pixels)
    return Opened(image, answer["orientation"], tuple(answer["notes"]))


def worker_command(max_pixels: int) -> list[str]:
    """The command that starts the worker."""
    return [sys.executable, "-I", "-S", "-c", LAUNCH, str(ROOT), str(max_pixels), *sys.path]


def decoded_elsewhere(data: bytes, max_pixels: int) -> bytes:
    """What the worker writes for a file. Raises PictureError if it is killed, or would have to wait for too long."""
    if not one_at_a_time.acquire(timeout=MOST_WAIT):
        raise PictureError(BUSY)
    try:
        done = subprocess.run(
            worker_command(max_pixels),
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MOST_SECONDS,
            env={**os.environ, **WORKER_ENVIRONMENT},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise PictureError(TOO_COSTLY) from error
    except OSError as error:
        raise PictureError(NO_READER) from error
    finally:
        one_at_a_time.release()
    if done.returncode < 0:  # killed by the system: its limit on time, or a decoder that fell over its limit on memory
        raise PictureError(TOO_COSTLY)
    if done.returncode > 0 or not done.stdout:
        raise PictureError(DAMAGED if data.startswith((*BEGINNINGS, *TIFF_BEGINNINGS)) else NOT_A_PICTURE)
    return done.stdout


def check_beginning(data: bytes, max_bytes: int) -> None:
    """Raise PictureError for what the size and the first bytes rule out."""
    if not data:
        raise PictureError("The file is empty: it has 0 bytes.")
    if len(data) > max_bytes:
        raise PictureError(
            f"The file has {len(data) / 1e6:.1f} MB, and {max_bytes / 1e6:.0f} MB are the most that is taken: "
            "save the picture smaller."
        )
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in data[:4096].lower():
        raise PictureError("This is an SVG drawing, whatever its name says: save it as a PNG first.")
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"):
        raise PictureError("This is a HEIC photo, as some phones keep them: share or save it as JPEG first.")
    if start.startswith(b"%pdf"):
        raise PictureError("This is a PDF document: save the page as a PNG first.")
