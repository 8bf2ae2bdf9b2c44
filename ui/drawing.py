"""A drawn picture in a link: its bytes, packed so that nothing needs escaping. What was uploaded never gets there."""

import zlib

from ui.link import bytes_of, text_of

MOST_LETTERS = 1500  # of a link that every browser and messenger takes


def packed(pixels: bytes) -> str:
    """Bytes (C * H * W) of a picture in letters, digits, "-" and "_"."""
    return text_of(zlib.compress(pixels, 9))


def unpacked(text: str, size: int) -> bytes:
    """The bytes of a picture of so many values. Raises ValueError for anything that `packed` does not write."""
    try:
        unpacking = zlib.decompressobj()
        pixels = unpacking.decompress(bytes_of(text) or b"", size + 1)
        whole = unpacking.eof and len(pixels) == size
    except zlib.error:
        whole = False
    if not whole:
        raise ValueError("the drawn picture did not arrive whole, or is another model's")
    return pixels
