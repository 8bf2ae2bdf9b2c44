"""Sprites: a square, an ellipse or a heart on black, rendered from the factor grid of dSprites, grey or in colour.

The grid is that of Matthey, Higgins, Hassabis and Lerchner, "dSprites: Disentanglement testing Sprites dataset" (2017),
https://github.com/google-deepmind/dsprites-dataset. The pictures are drawn by us: edges are smooth, and the 40
orientations are 9 degrees apart all around, where dSprites shows the first one twice.

A shape in each of its sizes and orientations is drawn once, with 8x8 samples a pixel, into a stamp of 33x33 pixels; a
picture is a stamp put in its place. The 32 places along each axis are one pixel of the 64x64 picture apart, so that
every shape stays inside; the 32x32 picture is the 64x64 one averaged over 2x2 pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vae_core.data.pictures import Factor, Turn

SHAPES = ("square", "ellipse", "heart")
SYMMETRY = Turn("shape", (4, 2, 1))  # a quarter turn of a square is the same picture, and half a turn of an ellipse
SCALES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
HUES = {  # told apart with any colour vision: Okabe and Ito, "Color Universal Design" (2008)
    "vermilion": (213, 94, 0),
    "yellow": (240, 228, 66),
    "green": (0, 158, 115),
    "sky blue": (86, 180, 233),
    "blue": (0, 114, 178),
    "purple": (204, 121, 167),
}
HUE = Factor("hue", len(HUES), ordered=False)
FACTORS = (  # the last one varies fastest
    Factor("shape", len(SHAPES), ordered=False),
    Factor("scale", len(SCALES)),
    Factor("orientation", 40, turn=SYMMETRY),
    Factor("position x", 32),
    Factor("position y", 32),
)
SIZES = (32, 64)  # pixels
TEST_SIZE = 10_000

STAMP = 33  # pixels of the 64x64 picture; 33 + 31 places = 64
SAMPLES = 8  # along each side of a pixel

# Each shape at scale 1, in pixels of the 64x64 picture from its centroid, y upwards; none reaches beyond 16.
HEART_UNIT, HEART_CENTROID = 12.3, 0.2935


def _in_square(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(x.abs(), y.abs()) <= 11.3


def _in_ellipse(x: Tensor, y: Tensor) -> Tensor:
    return (x / 16) ** 2 + (y / 9) ** 2 <= 1


def _in_heart(x: Tensor, y: Tensor) -> Tensor:
    x, y = x / HEART_UNIT, y / HEART_UNIT + HEART_CENTROID
    return (x**2 + y**2 - 1) ** 3 <= x**2 * y**3


INSIDE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "square": _in_square,
    "ellipse": _in_ellipse,
    "heart": _in_heart,
}


def factors_of(colour: bool = False) -> tuple[Factor, ...]:
    """The factors of a picture, in the order of the columns of `render`; colour puts the hue in front."""
    return (HUE, *FACTORS) if colour else FACTORS


def count(colour: bool = False) -> int:
    """How many pictures the grid has: 737,280, and six times as many in colour."""
    return math.prod(factor.size for factor in factors_of(colour))


def index_to_factors(indices: Tensor, colour: bool = False) -> Tensor:
    """Factors (B, F) int64 of the pictures with these int64 `indices` (B,) in the whole grid."""
    columns = []
    for factor in reversed(factors_of(colour)):
        columns.append(indices % factor.size)
        indices = indices // factor.size
    return torch.stack(columns[::-1], dim=1)  # (B, F)


def factors_to_index(factors: Tensor, colour: bool = False) -> Tensor:
    """Indices (B,) int64 in the whole grid of the pictures with these int64 `factors` (B, F)."""
    index = torch.zeros(len(factors), dtype=torch.int64)
    for column, factor in enumerate(factors_of(colour)):
        index = index * factor.size + factors[:, column]
    return index


def render(factors: Tensor, size: int = 32, colour: bool = False) -> Tensor:
    """Pictures uint8 (B, C, size, size) of int64 `factors` (B, F); C is 3 in colour, else 1.

    The columns are those of `factors_of(colour)`. A higher position x is further right, a higher position y further
    down, a higher orientation further counter-clockwise.
    Raises ValueError for a size other than 32 and 64, or factors outside the grid.
    """
    if size not in SIZES:
        raise ValueError(f"size must be 32 or 64, got {size}")
    factors = _checked(factors, colour)
    shape, scale, orientation, x, y = factors[:, -len(FACTORS) :].unbind(1)
    kind = (shape * len(SCALES) + scale) * FACTORS[2].size + orientation
    if size == 64:
        stamps, row, column = _stamps_64()[kind], y, x  # (B, 33, 33)
    else:
        stamps, row, column = _stamps_32()[kind, y % 2, x % 2], y // 2, x // 2  # (B, 17, 17)
    side = stamps.shape[-1]
    stamps = _painted(stamps, factors[:, 0]) if colour else stamps[:, None]  # (B, C, side, side)

    batch, channels = stamps.shape[:2]
    planes = torch.arange(batch * channels).view(batch, channels) * size**2  # where each plane begins in memory
    corners = planes + (row * size + column)[:, None]  # (B, C)
    window = torch.arange(side)[:, None] * size + torch.arange(side)  # (side, side)
    pictures = torch.zeros(batch, channels, size, size, dtype=torch.uint8)
    pictures.view(-1).scatter_(0, (corners[..., None, None] + window).view(-1), stamps.reshape(-1))
    return pictures


def _checked(factors: Tensor, colour: bool) -> Tensor:
    expected = factors_of(colour)
    if factors.ndim != 2 or factors.shape[1] != len(expected):
        names = ", ".join(factor.name for factor in expected)
        raise ValueError(f"factors must be (B, {len(expected)}): {names}; got {tuple(factors.shape)}")
    factors = factors.to("cpu", torch.int64)
    sizes = torch.tensor([factor.size for factor in expected])
    outside = ((factors < 0) | (factors >= sizes)).nonzero()
    if len(outside):
        row, column = outside[0].tolist()
        factor = expected[column]
        raise ValueError(f"{factor.name} must be between 0 and {factor.size - 1}, got {factors[row, column].item()}")
    return factors


@cache
def _stamps_64() -> Tensor:
    """All 720 stamps, uint8 (720, 33, 33), in the order of shape, scale, orientation."""
    along = (torch.arange(STAMP * SAMPLES) + 0.5) / SAMPLES - STAMP / 2  # pixels from the stamp's middle
    x, y = along[None, :], -along[:, None]
    stamps = torch.empty(len(SHAPES), len(SCALES), FACTORS[2].size, STAMP, STAMP, dtype=torch.uint8)
    for orientation in range(FACTORS[2].size):
        angle = 2 * math.pi * orientation / FACTORS[2].size
        turned_x = x * math.cos(angle) + y * math.sin(angle)
        turned_y = y * math.cos(angle) - x * math.sin(angle)
        for i, shape in enumerate(SHAPES):
            for j, scale in enumerate(SCALES):
                inside = INSIDE[shape](turned_x / scale, turned_y / scale).float()
                coverage = F.avg_pool2d(inside[None], SAMPLES)[0]  # (33, 33)
                stamps[i, j, orientation] = (coverage * 255).round()
    return stamps.flatten(0, 2)


@cache
def _stamps_32() -> Tensor:
    """The stamps at half size, uint8 (720, 2, 2, 17, 17): for even and odd places down, then across."""
    stamps = _stamps_64().int()
    shifted = [F.pad(stamps, (across, 1 - across, down, 1 - down)) for down in (0, 1) for across in (0, 1)]
    fours = torch.stack(shifted, dim=1).unflatten(-2, (17, 2)).unflatten(-1, (17, 2))  # (720, 4, 17, 2, 17, 2)
    return ((fours.sum((-3, -1)) + 2) // 4).to(torch.uint8).unflatten(1, (2, 2))


@cache
def _paint() -> Tensor:
    """What each grey value becomes in each hue, uint8 (6, 256, 3)."""
    return (torch.tensor(list(HUES.values()))[:, None] * torch.arange(256)[:, None] / 255).round().to(torch.uint8)


def _painted(stamps: Tensor, hue: Tensor) -> Tensor:
    return _paint()[hue[:, None, None], stamps.long()].permute(0, 3, 1, 2)  # (B, 3, side, side)


class SpritePictures:
    """One split of the grid, rendered when asked for: the `held_out` indices, or all others to `train` on."""

    def __init__(self, held_out: Tensor, train: bool, colour: bool, size: int = 32):
        self.shape = (3 if colour else 1, size, size)
        self._held_out = held_out
        self._train = train
        self._colour = colour
        # The i-th of the indices that are left is i plus the number of held-out ones before it.
        self._gaps = held_out.sort().values - torch.arange(len(held_out))

    def __len__(self) -> int:
        return count(self._colour) - len(self._held_out) if self._train else len(self._held_out)

    @cached_property
    def labels(self) -> Tensor:
        """The shape of each picture, int64 (N,)."""
        pictures_each = math.prod(factor.size for factor in FACTORS[1:])
        return self._in_grid(slice(None)) // pictures_each % len(SHAPES)

    def factors(self, indices: Tensor | slice) -> Tensor:
        """Factors int64 (B, F) of the pictures at `indices` of this split."""
        return index_to_factors(self._in_grid(indices), self._colour)

    def batch(self, indices: Tensor | slice) -> Tensor:
        """Renders the pictures at `indices` of this split, uint8 (B, C, size, size)."""
        return render(self.factors(indices), self.shape[1], self._colour)

    def _in_grid(self, indices: Tensor | slice) -> Tensor:
        if isinstance(indices, slice):
            indices = torch.arange(*indices.indices(len(self)))
        elif len(indices) and not 0 <= int(indices.min()) <= int(indices.max()) < len(self):
            raise IndexError(f"indices must be between 0 and {len(self) - 1}")
        if not self._train:
            return self._held_out[indices]
        return indices + torch.searchsorted(self._gaps, indices, right=True)


def splits(colour: bool = False) -> tuple[SpritePictures, SpritePictures]:
    """Train and test: 10,000 indices drawn once with a fixed seed to test on, all others to train on."""
    drawn = np.random.RandomState(0).choice(count(colour), TEST_SIZE, replace=False)  # its stream never changes
    held_out = torch.from_numpy(drawn)
    return SpritePictures(held_out, True, colour), SpritePictures(held_out, False, colour)
