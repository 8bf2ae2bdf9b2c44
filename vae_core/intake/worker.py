"""The program that decodes one upload: bytes come on stdin, 8-bit pixels or a sentence leave on stdout.

`vae_core.intake.files` starts it and kills it. Whatever is in a file, it costs this process alone, which is bounded
where the system can bound it: MOST_MEMORY on Linux, MOST_CPU_SECONDS wherever there are Unix's timers.
"""

import json
import sys
import warnings
from math import prod

from PIL import AvifImagePlugin, Image, ImageFile

from vae_core.data.containers import pixels_alone
from vae_core.data.decoding import eight_bit, open_image, orientation
from vae_core.intake.refusals import DAMAGED, NOT_A_PICTURE, TOO_COSTLY, UNKNOWN_TIFF, PictureError, too_few, too_many

MOST_MEMORY = 260_000_000  # bytes of data: code and libraries take some 30 MB more
MOST_CPU_SECONDS = 1.8
SMALLEST_SIDE = 4  # pixels: below it there is nothing to see
WORKING_SIDE = 960  # pixels of the longer side that are kept: a digit that fills a tenth of a page still has 96
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
MOST_PIXELS = {"WEBP": 12_500_000, "AVIF": 12_500_000}  # their decoders take 17 bytes a pixel, the others' 4
MOST_KEPT = 200_000_000  # bytes that a JPEG of several scans may keep
MOST_SCANS = 64  # cameras and programs write up to 12
BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")
TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def bound_myself() -> None:
    """Let the system end this process where it takes more time or memory than a picture may."""
    try:
        import resource
        import signal
    except ImportError:  # Windows
        return
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_PROF, MOST_CPU_SECONDS)  # its signal ends the process, in a decoder's loop, too


def decode(data: bytes, max_pixels: int) -> tuple[Image.Image, int, tuple[str, ...]]:
    """The first picture in a file: 8 bits, at most WORKING_SIDE a side; its orientation; notes. Raises PictureError."""
    Image.init()  # without it Pillow knows half of the formats
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    beginning, contents = data[:4], pixels_alone(data)
    del data
    if contents.size is not None and prod(contents.size) > min(max_pixels, MOST_PIXELS["WEBP"]):
        raise PictureError(too_many(contents.size, min(max_pixels, MOST_PIXELS["WEBP"])))
    try:
        image = open_image(contents, FORMATS)
    except Image.DecompressionBombError as error:  # Pillow's own limit, above ours
        raise PictureError(too_many(None, max_pixels)) from error
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises many kinds of error for the many ways in which a file can be broken
        raise unreadable(beginning, opened=False) from error
    width, height = image.size
    most = min(max_pixels, MOST_PIXELS.get(image.format or "", max_pixels))
    if width * height > most:
        raise PictureError(too_many((width, height), most))
    if min(width, height) < SMALLEST_SIDE:
        raise PictureError(too_few(width, height, SMALLEST_SIDE))
    if contents.scans > MOST_SCANS or contents.kept > MOST_KEPT:
        raise PictureError(TOO_COSTLY)
    try:
        moves = contents.moving or several(image)
        kind = image.format
        image.draft(None, (WORKING_SIDE, WORKING_SIDE))  # a JPEG opens at 1/2, 1/4 or 1/8 if that is still enough
        turned = orientation(image)
        small, notes = eight_bit(image, WORKING_SIDE)
    except MemoryError:
        raise
    except Exception as error:
        raise unreadable(beginning, opened=True) from error
    if moves:
        first = "The file has several pages: the first is taken."
        notes = (first if kind == "TIFF" else "The picture moves: its first frame is taken.", *notes)
    return fitted(small), turned, notes


def several(image: Image.Image) -> bool:
    """Whether a file has a second frame or page; they are never counted, which can take minutes."""
    try:
        return bool(getattr(image, "is_animated", False))
    except (OSError, ValueError, SyntaxError):
        return False


def fitted(image: Image.Image) -> Image.Image:
    """The picture with at most WORKING_SIDE pixels a side."""
    scale = WORKING_SIDE / max(image.size)
    width, height = (max(SMALLEST_SIDE, round(length * min(1, scale))) for length in image.size)
    return image if (width, height) == image.size else image.resize((width, height), Image.Resampling.BILINEAR)


def unreadable(beginning: bytes, opened: bool) -> PictureError:
    """The error for a file that could not be opened or decoded, by how it begins."""
    if beginning.startswith(TIFF_BEGINNINGS) and not opened:
        return PictureError(UNKNOWN_TIFF)
    return PictureError(DAMAGED if beginning.startswith((*BEGINNINGS, *TIFF_BEGINNINGS)) else NOT_A_PICTURE)


def main() -> None:
    """Read a file from stdin, write one line of JSON and the pixels to stdout."""
    bound_myself()
    warnings.simplefilter("ignore")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    answer: dict[str, object]
    try:
        image, turned, notes = decode(sys.stdin.buffer.read(), int(sys.argv[1]))
    except PictureError as error:
        answer, pixels = {"sentence": str(error)}, b""
    except MemoryError:
        answer, pixels = {"sentence": TOO_COSTLY}, b""
    else:
        answer = {"mode": image.mode, "size": image.size, "orientation": turned, "notes": notes}
        pixels = image.tobytes()
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pixels)


if __name__ == "__main__":
    main()
