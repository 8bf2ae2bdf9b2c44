"""Pictures as data: a test picture, one that is shown enlarged, and a drawn one in a link.

A drawn picture's bytes are packed so that nothing needs escaping. What was uploaded never gets into a link.
"""

import base64
import math
import zlib
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ui import cache, originals
from ui.link import bytes_of, text_of, whole
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.intake import strokes
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.codes import Codes

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


def sixteen_greys(text: str, shape: tuple[int, int, int]) -> str:
    """A drawn picture of a link, two pixels of 16 greys in a byte, as the browser takes it. Raises ValueError for what
    is no picture of this shape."""
    content = bytes_of(text)
    if content is None or len(content) != -(-math.prod(shape) // 2):
        raise ValueError(f"it is not a picture of {shape[2]} x {shape[1]} pixels")
    return base64.b64encode(content).decode()


def written_drawing(state: Any, _: object) -> str | None:
    """How a link says the drawing of a state that has one in `drawn`, as `sixteen_greys` reads it."""
    return None if state.drawn is None else text_of(bytes_of(state.drawn) or b"")


def sample(checkpoint: Checkpoint, info: DatasetInfo, index: int) -> tuple[np.ndarray, str]:
    """A test picture (C, H, W) uint8 and what it is; where the data set's files are missing what stands in for it: one
    of our own, or a blank picture. What a model decodes is no x."""
    codes = checkpoint.codes
    row = row_of(codes, index)
    label = f", label {info.labels[codes.labels[row]]}" if info.labels and codes.labels is not None else ""
    try:
        picture = cache.pictures(checkpoint).test.batch(torch.tensor([index]))[0]
        return picture.numpy(), f"Test picture {index}{label}"
    except DatasetUnavailable:
        shape = tuple(checkpoint.model.config.picture_shape)
        if not originals.stands_in(info, shape):
            return np.zeros(shape, np.uint8), f"Test picture {index} is not here"
        own = strokes.own_digits()
        number = strokes.stand_in(None if codes.labels is None else int(codes.labels[row]), index)
        return own.images[number].numpy(), originals.called(int(own.labels[number]))


def are_here(checkpoint: Checkpoint) -> bool:
    """Whether the pictures behind a model's codes are on this machine."""
    try:
        cache.pictures(checkpoint)
    except DatasetUnavailable:
        return False
    return True


def row_of(codes: Codes, index: int) -> int | None:
    """The row of the code of a test picture; None where it has none."""
    rows = (codes.indices == index).nonzero()
    return int(rows[0]) if len(rows) else None


def has_code(checkpoint: Checkpoint, index: int) -> bool:
    """Whether a picture of the test split has a code."""
    return row_of(checkpoint.codes, index) is not None


def coded(text: str, checkpoint: Checkpoint) -> int:
    """The test picture that a link's text names. Raises ValueError where it has no code."""
    if not has_code(checkpoint, whole(text)):
        raise ValueError(f"there is no code of test picture {text[:20]!r}")
    return whole(text)


def enlarged(picture: Tensor, width: int) -> np.ndarray:
    """A picture (C, H, W) in [0, 1] as bytes (h, w, C), or (h, w) if grey: every pixel a crisp square, about `width`
    wide in all."""
    times = max(1, width // picture.shape[2])
    large = picture.repeat_interleave(times, 1).repeat_interleave(times, 2)
    return (large.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).squeeze(2 if len(picture) == 1 else ()).numpy()
