"""Any picture that Pillow opens as 8 bits a channel: black comes out black and white white, or a note says how not.

It needs Pillow alone, and NumPy for pictures of more than 8 bits: the program that decodes uploads starts with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageCms

from vae_core.data.containers import Contents

if TYPE_CHECKING:
    import numpy as np

ORIENTATION = 0x0112  # EXIF
BITS, PHOTOMETRIC, MOST_SAMPLE, SAMPLE_FORMAT = 258, 262, 281, 339  # TIFF tags
WHITE_IS_ZERO, SIGNED = 0, 2
DEPTHS = (1, 4, 8, 10, 12, 14, 16)  # bits that whole numbers may have, whatever they are stored in
DARK = 16  # of 255 levels: what is read as 8 bits and stays below is black to the eye
BAND = 250_000  # pixels that are turned into 8 bits at once
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Greys:
    """Which values are black and white, of a picture that has more of them than 256."""

    black: float
    white: float
    unsigned: bool = False  # 32 bits that Pillow reads as if they had a sign


def open_image(contents: Contents, formats: tuple[str, ...] | None = None) -> Image.Image:
    """A picture file, opened by Pillow but not decoded yet. Raises whatever Pillow raises for what it cannot read."""
    return Image.open(BytesIO(contents.data), formats=formats)


def orientation(image: Image.Image) -> int:
    """How the camera was held, 1 (upright) to 8, as EXIF has it; 1 where nothing can be read."""
    try:
        turned = image.getexif().get(ORIENTATION, 1)
    except Exception:  # Pillow raises many kinds of error for the many ways in which metadata can be broken
        return 1
    return turned if turned in range(1, 9) else 1


def upright(image: Image.Image, turned: int) -> Image.Image:
    """A picture set upright, from what `orientation` said of it."""
    return image.transpose(TURNED[turned]) if turned in TURNED else image


def eight_bit(image: Image.Image, side: int | None = None) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture as L, RGB or RGBA, and sentences about what that took.

    A picture whose longer side is at least twice `side` becomes smaller by a whole factor, a band at a time, so that it
    needs little memory beside its own. Raises whatever Pillow raises for pixels that it cannot decode.
    """
    deep_colour = any(";16" in str(tile) for tile in getattr(image, "tile", ()))
    image.load()
    greys: Greys | None = None
    notes: tuple[str, ...] = ()
    if image.mode.startswith("I") or image.mode == "F":
        greys, notes = depth(image)
    elif image.mode == "L" and tag(image, SAMPLE_FORMAT) == SIGNED:
        image, notes = unsigned(image)
    elif image.mode == "CMYK":
        notes = ("The picture has the four colours of print: they are turned into red, green, blue.",)
    step = 1 if side is None else max(1, max(image.size) // side)
    small = reduced(image, greys, step)
    if deep_colour and small.mode in ("RGB", "RGBA"):
        small, notes = brightened(small)
    return small, notes


def reduced(image: Image.Image, greys: Greys | None, step: int) -> Image.Image:
    """A picture of 8 bits with means of `step` x `step` pixels of a decoded picture as its own."""
    if step == 1:
        return converted(image, greys)
    small: Image.Image | None = None
    for top, band in bands(image, step):
        part = converted(band, greys).reduce(step)
        if small is None:
            small = Image.new(part.mode, (part.width, -(-image.height // step)))
        small.paste(part, (0, top // step))
    return cast(Image.Image, small)  # a picture has a row


def bands(image: Image.Image, step: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """A picture in bands of whole rows, a multiple of `step` of them, with the row that each begins at."""
    rows = max(1, BAND // (image.width * step)) * step
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def converted(image: Image.Image, greys: Greys | None) -> Image.Image:
    """A decoded picture of any mode as L, RGB or RGBA."""
    if greys is not None:
        import numpy as np

        values = numbers(image, greys.unsigned)
        exact = np.float32 if values.itemsize < 4 else np.float64  # which holds 32 bits exactly
        levels: np.ndarray = values.astype(exact)
        levels = ((levels - greys.black) * (255 / (greys.white - greys.black))).clip(0, 255).round()
        return Image.fromarray(np.nan_to_num(levels, nan=0).astype(np.uint8))
    if image.mode in ("La", "RGBa"):
        image = image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "LAB":
        srgb = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), srgb, outputMode="RGB")
        return cast(Image.Image, turned)  # there is none only where it replaces the picture
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def numbers(image: Image.Image, is_unsigned: bool) -> np.ndarray:
    """The values (H, W) of a grey picture, as they are."""
    import numpy as np  # not above: it takes longer to import than most pictures to decode

    values = np.asarray(image)
    return values.view(np.uint32) if is_unsigned else values


def depth(image: Image.Image) -> tuple[Greys, tuple[str, ...]]:
    """What is black and what is white among the values of a picture of 12, 16 or 32 bits, with a note about it.

    Whole numbers have as many bits as the largest of them needs, or as the file says; fractions up to 1 are shares of
    white. Anything else is stretched from its least to its greatest value.
    """
    import numpy as np

    bits = tag(image, BITS)
    is_unsigned = image.mode == "I" and bits == 32 and tag(image, SAMPLE_FORMAT) != SIGNED
    low, high, whole, missing = np.inf, -np.inf, True, False
    for _, band in bands(image):
        values = numbers(band, is_unsigned)
        if image.mode == "F":
            missing = missing or bool(np.isnan(values).any())
            values = values[np.isfinite(values)]
            whole = whole and bool((values % 1 == 0).all())
        if values.size:
            low, high = min(low, values.min()), max(high, values.max())
    notes = ("Pixels that have no number (NaN) are black.",) if missing else ()
    low, high = (float(low), float(high)) if low <= high else (0.0, 0.0)
    black, white, note = range_of(low, high, whole, image.mode == "F", bits, tag(image, MOST_SAMPLE))
    if tag(image, PHOTOMETRIC) == WHITE_IS_ZERO:
        black, white = white, black
    return Greys(black, white, is_unsigned), (*note, *notes)


def range_of(
    low: float, high: float, whole: bool, floating: bool, bits: int | None, most: int | None
) -> tuple[float, float, tuple[str, ...]]:
    """Which values are black and white, with a note where that had to be guessed: see `depth`."""
    if most and whole and 0 <= low <= high <= most and DARK * high >= most:
        return 0.0, float(most), (f"The picture's greys from 0 to {most:,} are reduced to 256.",)
    if whole and 0 <= low <= high < 2 ** DEPTHS[-1]:
        fitting = bits if bits == 12 else next(depth for depth in DEPTHS if high < 2**depth)
        if fitting == 8 or high == 0:
            return 0.0, 255.0, ()
        if floating and fitting == 1:
            return 0.0, 1.0, ()
        note = "reduced to 8" if fitting in (12, 16) else f"read, as they reach {high:,.0f} and no more"
        return 0.0, 2.0**fitting - 1, (f"The picture's {fitting} bits of grey are {note}.",)
    if low >= 0 and 1 / DARK <= high <= 1:
        return 0.0, 1.0, ()
    if low >= 0 and 128 <= high <= 255:
        return 0.0, 255.0, ("The picture's fractions are read as grey levels from 0 to 255.",)
    if low == high:
        return (0.0, high, ()) if high > 0 else (low, low + 1, ())
    return low, high, (f"The picture's values from {low:,.4g} to {high:,.4g} are stretched from black to white.",)


def unsigned(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """Grey levels from -128 to 127, which Pillow reads as if they were from 0 to 255."""
    negative = any(image.histogram()[128:])
    table = [value ^ 128 if negative else min(255, round(value * 255 / 127)) for value in range(256)]
    least = -128 if negative else 0
    return image.point(table), (f"The picture's values from {least} to 127 are stretched from black to white.",)


def brightened(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """A colour picture that had 16 bits a channel, made brighter if it used so few of them that it would be black."""
    channels = cast(tuple[tuple[int, int], ...], image.getextrema())
    most = max(high for _, high in channels[:3])
    if not 0 < most < DARK:
        return image, ()
    table = [min(255, round(value * 255 / most)) for value in range(256)]
    alpha = list(range(256)) if image.mode == "RGBA" else []
    note = f"The picture uses less than a {256 // (most + 1)}th of its 16 bits a colour: it is made brighter."
    return image.point(table * 3 + alpha), (note,)


def tag(image: Image.Image, number: int) -> int | None:
    """The first value of a TIFF's tag; None where there is none."""
    value = getattr(image, "tag_v2", {}).get(number)
    value = value[0] if isinstance(value, tuple) and value else value
    return value if isinstance(value, int) else None
