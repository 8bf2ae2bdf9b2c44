"""Digits of our own, drawn as strokes: they stand in for MNIST's where its files are not on this machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from vae_core.data.pictures import DatasetInfo, InMemoryPictures
from vae_core.home import HOME
from vae_core.intake import paper

DIGITS = HOME / "assets" / "digits.json"  # a label and strokes each, points (x, y) in pixels of a 28 x 28 picture
SHAPE = (1, 28, 28)
FINE = 11  # pixels of the pad in one of the picture, across and down
BRUSH = 2.2  # width of the pad's pen, in pixels of the picture

Stroke = Sequence[tuple[float, float]]


@cache
def own_digits() -> InMemoryPictures:
    """The forty digits, four of each label, as the pad would make them: uint8 (40, 1, 28, 28)."""
    digits = json.loads(DIGITS.read_text("utf-8"))
    images = torch.stack([drawn(digit["strokes"]) for digit in digits])
    return InMemoryPictures(images, torch.tensor([digit["label"] for digit in digits]))


def can_stand_in(info: DatasetInfo) -> bool:
    """Whether our own digits can stand in for a data set's pictures."""
    return info.name == "mnist"


def stand_in(label: int | None, number: int) -> int:
    """Which of our digits stands in for test picture `number` of that label, if it has one: the same one each time."""
    rows = [row for row, own in enumerate(own_labels()) if label is None or own == label]
    return rows[number % len(rows)]


def own_labels() -> list[int]:
    """The labels of our own digits."""
    return own_digits().labels.tolist()  # type: ignore[union-attr]


def drawn(strokes: Sequence[Stroke]) -> Tensor:
    """What the pad makes of strokes, uint8 (1, 28, 28): a round pen on fine pixels, the mean of each square of them,
    and the centre of mass in the middle."""
    _, height, width = SHAPE
    radius = BRUSH * FINE / 2
    ink = np.zeros((height * FINE, width * FINE))
    for stroke in strokes:
        points = np.array(stroke) * FINE
        for start, end in pairwise(points):
            low = np.floor(np.minimum(start, end) - radius - 1).astype(int).clip(0)
            high = np.ceil(np.maximum(start, end) + radius + 1).astype(int)
            part = ink[low[1] : high[1], low[0] : high[0]]  # all that this piece touches
            down, across = np.indices(part.shape) + 0.5 + low[::-1, None, None] - start[::-1, None, None]
            along = end - start
            t = ((across * along[0] + down * along[1]) / max(along @ along, 1e-9)).clip(0, 1)
            far = np.hypot(across - t * along[0], down - t * along[1])
            np.maximum(part, (radius + 0.5 - far).clip(0, 1), out=part)  # the pen's edge is one fine pixel soft
    ink = ink.reshape(height, FINE, width, FINE).mean((1, 3))
    rows, columns = ink.any(1).nonzero()[0], ink.any(0).nonzero()[0]
    content = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    centred = paper.centred_by_mass(content, height, width)
    return torch.from_numpy((255 * centred).round().astype(np.uint8))[None]
