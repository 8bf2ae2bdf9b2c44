"""A set of test pictures in a link: the steps from each index to the next, packed so that nothing needs escaping."""

import base64
import itertools
import zlib
from collections.abc import Iterable, Iterator


def packed(indices: Iterable[int]) -> str:
    """Indices, each at least 0, in letters, digits, "-" and "_"."""
    steps = b"".join(_bytes(b - a) for a, b in itertools.pairwise([0, *sorted(indices)]))
    return base64.urlsafe_b64encode(zlib.compress(steps, 9)).decode().rstrip("=")


def unpacked(text: str, most: int) -> list[int]:
    """At most so many indices, rising. Raises ValueError for anything that `packed` does not write."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        steps = unpacking.decompress(content, 4 * most)
        whole = unpacking.eof and not steps[-1:] > b"\x7f"
    except (ValueError, zlib.error):
        whole = False
    if not whole:
        raise ValueError("a lassoed group did not arrive whole")
    return list(itertools.accumulate(_numbers(steps)))


def _bytes(number: int) -> bytes:
    """A number below 2^7 in one byte, larger ones in more: seven bits each, the lowest first."""
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + _bytes(rest) if rest else bytes([low])


def _numbers(steps: bytes) -> Iterator[int]:
    number = place = 0
    for byte in steps:
        number |= (byte & 127) << place
        place = min(place + 7, 63) if byte & 128 else 0  # nonsense stays small
        if not place:
            yield number
            number = 0
