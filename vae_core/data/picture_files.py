"""Any file that a visitor brings, as an 8-bit picture of moderate size; or one sentence on why not.

Everything that a header tells is checked before a pixel is decoded, and nothing is ever written to disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

MAX_BYTES = 25_000_000
MAX_PIXELS = 50_000_000  # a phone's largest everyday picture, and 200 MB at most while it is decoded
SMALLEST_SIDE = 4  # pixels: below it there is nothing to see
WORKING_SIDE = 960  # pixels of the longer side that are kept: a digit that fills a tenth of a page still has 96
ORIENTATION = 0x0112  # EXIF
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
READABLE = "PNG, JPEG, WebP, AVIF, BMP, TIFF and GIF pictures can"
BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
MOVING = ("GIF", "PNG", "WEBP", "AVIF")


class PictureError(ValueError):
    """A file that cannot be taken; the message is one sentence for the person who brought it."""


@dataclass(frozen=True)
class Opened:
    """A visitor's picture: 8 bits a channel (mode L, RGB or RGBA), at most `WORKING_SIDE` pixels a side, not yet turned
    upright; and sentences about what was left behind."""

    image: Image.Image
    orientation: int = 1  # EXIF: 1 upright, 2 to 8 mirrored or turned
    notes: tuple[str, ...] = ()


def open_picture(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Opened:
    """The picture in a file's contents: the first frame where there are several, 16 bits scaled to 8.

    A large JPEG is decoded at a fraction of its size, which takes a fraction of the time. Raises PictureError.
    """
    check_beginning(data, max_bytes)
    Image.init()  # without it Pillow knows half of the formats
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:  # Pillow's own limit, above ours
        raise PictureError(
            f"The picture has too many pixels to be decoded: {max_pixels / 1e6:.0f} million are the most that is taken."
        ) from error
    except Exception as error:  # Pillow raises many kinds of error for the many ways in which a file can be broken
        raise unreadable(data) from error
    width, height = image.size
    if width * height > max_pixels:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels, and {max_pixels / 1e6:.0f} million in all are the most "
            "that is taken: save it smaller."
        )
    if min(width, height) < SMALLEST_SIDE:
        raise PictureError(
            f"The picture has {width} x {height} pixels, too few to show anything: "
            f"bring one of at least {SMALLEST_SIDE} x {SMALLEST_SIDE}."
        )
    try:
        frames = getattr(image, "n_frames", 1)
        image.draft(None, (WORKING_SIDE, WORKING_SIDE))  # a JPEG opens at 1/2, 1/4 or 1/8 if that is still enough
        image.load()
        orientation = image.getexif().get(ORIENTATION, 1)
        eight_bit, notes = to_eight_bit(image)
    except Exception as error:
        raise unreadable(data) from error
    if frames > 1 and image.format in MOVING:
        notes = (f"The picture moves: the first of its {frames} frames is taken.", *notes)
    elif frames > 1 and image.format == "TIFF":
        notes = (f"The file has {frames} pages: the first is taken.", *notes)
    return Opened(smaller(eight_bit), orientation if orientation in range(1, 9) else 1, notes)


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


def unreadable(data: bytes) -> PictureError:
    """The error for a file that could not be decoded, by how it begins."""
    if data.startswith(BEGINNINGS):
        return PictureError("The picture is damaged or cut short: copy or save it again.")
    return PictureError(f"This is not a picture that can be read: {READABLE}.")


def to_eight_bit(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """A decoded picture of any mode as L, RGB or RGBA, with sentences about what that took."""
    if image.mode in ("L", "RGB", "RGBA") and not image.has_transparency_data:
        return image, ()
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return deep_to_eight_bit(block_means(np.asarray(image)))
    if image.has_transparency_data:
        return image.convert("RGBA"), ()
    if image.mode == "CMYK":
        return image.convert("RGB"), (
            "The picture has the four colours of print: they are turned into red, green, blue.",
        )
    return image.convert("L" if image.mode == "1" else "RGB"), ()


def block_means(values: np.ndarray) -> np.ndarray:
    """Values (H, W) of a large picture, averaged over squares so that the longer side keeps `WORKING_SIDE` or more."""
    step = max(1, max(values.shape) // WORKING_SIDE)
    height, width = (max(1, length // step) for length in values.shape)
    step_down, step_across = (min(step, length) for length in values.shape)
    blocks = values[: height * step_down, : width * step_across].reshape(height, step_down, width, step_across)
    return blocks.mean((1, 3), dtype=np.float32)


def deep_to_eight_bit(values: np.ndarray) -> tuple[Image.Image, tuple[str, ...]]:
    """Grey values of 16 or 32 bits (H, W) as 8: all of the range that they can take, or that they do take.

    Whole numbers up to 255 are 8 bits in a wide file, up to 65,535 they are 16 bits; fractions up to 1 are shares of
    white. Anything else is stretched from its least to its greatest value.
    """
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1 and (values % 1).any():
        scale, note = 255.0, ()
    elif low >= 0 and high <= 255:
        scale, note = 1.0, ()
    elif low >= 0 and high <= 65_535:
        scale, note = 255 / 65_535, ("The picture's 16 bits of grey are reduced to 8.",)
    else:
        values, scale = values - low, 255 / (high - low)
        note = (f"The picture's values from {low:,.4g} to {high:,.4g} are stretched from black to white.",)
    return Image.fromarray((values * scale).round().astype(np.uint8)), note


def smaller(image: Image.Image) -> Image.Image:
    """The picture with at most `WORKING_SIDE` pixels a side; a copy that is independent of the file."""
    side = max(image.size)
    if side <= WORKING_SIDE:
        return image.copy()
    if side >= 2 * WORKING_SIDE:
        image = image.reduce(side // WORKING_SIDE)  # means of whole squares: fast, and enough before the last step
    scale = WORKING_SIDE / max(image.size)
    size = tuple(max(SMALLEST_SIDE, round(length * scale)) for length in image.size)
    return image.resize(size, Image.Resampling.BILINEAR) if scale < 1 else image
