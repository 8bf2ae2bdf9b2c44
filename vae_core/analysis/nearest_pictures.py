"""The baselines that need no model: the mean training picture, and those nearest to what is observed."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from vae_core.analysis.inpainting import Completions, Method
from vae_core.data.pictures import Pictures
from vae_core.models.model import Model

PIXEL_FLOOR = 0.005  # nearest neighbours may all agree and all be wrong: their probabilities keep this far from 0 and 1
QUERIES = 250  # training pictures that are completed from the others, at most
SHARE = 5  # at most one training picture of so many is completed
LOADED = 10_000  # pictures at once

Values = Callable[[Tensor], Tensor]  # bytes as floats in [0, 1]


class FirstPictures:
    """The first `count` pictures of a split, as a split."""

    def __init__(self, pictures: Pictures, count: int):
        self.pictures, self.count = pictures, count

    def __len__(self) -> int:
        return self.count

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.pictures.shape

    @property
    def labels(self) -> Tensor | None:
        labels = self.pictures.labels
        return None if labels is None else labels[: self.count]

    def batch(self, indices: Tensor | slice) -> Tensor:
        """Pictures at `indices` as uint8 (B, C, H, W)."""
        return self.pictures.batch(torch.arange(self.count)[indices])


def held_out(train: Pictures) -> tuple[Pictures, Tensor]:
    """All but the last training pictures, and the numbers (Q,) of those last ones: at most QUERIES, one in SHARE.

    Raises ValueError where there is only one picture.
    """
    if len(train) < 2:
        raise ValueError(f"choosing neighbours takes at least 2 training pictures, got {len(train)}")
    count = max(1, min(QUERIES, len(train) // SHARE))
    return FirstPictures(train, len(train) - count), torch.arange(len(train) - count, len(train))


def mean_fill(train: Pictures, values: Values) -> Method:
    """The baseline that fills every hole from the mean training picture."""
    total, count = torch.zeros(train.shape, dtype=torch.float64), 0
    for some in torch.arange(len(train)).split(4096):
        total, count = total + values(train.batch(some)).double().sum(0), count + len(some)
    picture = (total / count).float()

    def fill(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
        return Completions(torch.where(mask, x, picture)[None])

    return fill


def nearest_fill(train: Pictures, values: Values, neighbours: int) -> Method:
    """The baseline that fills a hole from the training pictures nearest to x on the observed pixels (squared error);
    its samples are those neighbours, nearest first, held PIXEL_FLOOR away from 0 and 1.

    Trace: `neighbours`, how many there are.
    """
    neighbours = min(neighbours, len(train))

    def fill(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
        filled = filled_from(train, values, x, mask, nearest(train, values, x, mask, neighbours))
        return Completions(filled, trace={"neighbours": torch.tensor(neighbours)})

    return fill


def filled_from(train: Pictures, values: Values, x: Tensor, mask: Tensor, numbers: Tensor) -> Tensor:
    """(k, B, C, H, W): x (B, C, H, W) filled from the training pictures of these numbers (B, k)."""
    pictures = torch.stack([values(train.batch(column)) for column in numbers.T])
    return torch.where(mask, x, pictures.clamp(PIXEL_FLOOR, 1 - PIXEL_FLOOR))


def nearest(train: Pictures, values: Values, x: Tensor, mask: Tensor, neighbours: int) -> Tensor:
    """Numbers (B, k) of the training pictures nearest to x (B, C, H, W) where mask (B, 1, H, W) is True, nearest
    first."""
    observed = mask.expand_as(x).float().flatten(1)  # (B, P)
    picture = x.flatten(1) * observed
    best = torch.full((len(x), neighbours), math.inf)
    found = torch.zeros(len(x), neighbours, dtype=torch.int64)
    for some in torch.arange(len(train)).split(LOADED):
        candidates = values(train.batch(some)).flatten(1)  # (N, P)
        distance = observed @ candidates.square().T - 2 * picture @ candidates.T  # (B, N), but for |x|^2
        both = torch.cat([best, distance], 1).topk(neighbours, largest=False)
        numbers = torch.cat([found, some.expand(len(x), -1)], 1)
        best, found = both.values, numbers.gather(1, both.indices)
    return found
