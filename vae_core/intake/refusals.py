"""The sentences for people whose file cannot be taken."""

READABLE = "PNG, JPEG, WebP, AVIF, BMP, TIFF and GIF pictures can"
DAMAGED = "The picture is damaged or cut short: copy or save it again."
NOT_A_PICTURE = f"This is not a picture that can be read: {READABLE}."
UNKNOWN_TIFF = (
    "The picture is damaged or cut short, or a TIFF of a rare kind (10 bits, half or double precision): "
    "save it as a PNG."
)
TOO_COSTLY = (
    "The picture takes more time or memory to decode than a visitor's may: save it as an ordinary PNG or JPEG first."
)
BUSY = "Other pictures are being read just now: try again in a moment."
NO_READER = "Pictures cannot be read here just now: the program that reads them does not start."


class PictureError(ValueError):
    """A file that cannot be taken; the message is one sentence for the person who brought it."""


def too_many(size: tuple[int, int] | None, most: int) -> str:
    """The sentence for a picture of more than `most` pixels."""
    limit = f"{most / 1e6:g} million"
    if size is None:
        return f"The picture has too many pixels to be decoded: {limit} are the most that is taken."
    return f"The picture has {size[0]:,} x {size[1]:,} pixels, and {limit} in all are the most taken: save it smaller."


def too_few(width: int, height: int, least: int) -> str:
    """The sentence for a picture with less than `least` pixels along a side."""
    return (
        f"The picture has {width} x {height} pixels, too few to show anything: bring one of at least {least} x {least}."
    )
