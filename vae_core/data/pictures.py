"""What a data set is: a description, and two splits of uint8 pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from torch import Tensor


class UnknownDataset(ValueError):
    """No data set has this name; the message lists those there are."""


class DatasetUnavailable(RuntimeError):
    """The files are missing, broken or cannot be fetched; the message says which, and where they belong."""


@dataclass(frozen=True)
class Factor:
    """One thing that varies between rendered pictures, and how many values it takes."""

    name: str
    size: int
    ordered: bool = True  # whether neighbouring values look alike; False for kinds


@dataclass(frozen=True)
class DatasetInfo:
    """Everything about a data set that can be said without opening its files."""

    name: str
    title: str
    description: str
    shape: tuple[int, int, int]  # (C, H, W)
    labels: tuple[str, ...]  # names of the classes; empty where pictures have no label
    factors: tuple[Factor, ...]  # empty unless the pictures are rendered from known factors
    likelihood: Literal["bernoulli", "gaussian"]
    licence: str
    source: str
    splits: str  # one sentence: what is held out, and why so
    train_size: int
    test_size: int


@runtime_checkable
class Pictures(Protocol):
    """One split. `labels` is int64 (N,), or None where there are none."""

    shape: tuple[int, int, int]
    labels: Tensor | None

    def __len__(self) -> int: ...

    def batch(self, indices: Tensor | slice) -> Tensor:
        """Pictures at int64 `indices` (B,), or of a slice, as uint8 (B, C, H, W)."""
        ...


@dataclass(frozen=True, eq=False)
class InMemoryPictures:
    """Pictures that fit in memory: uint8 `images` (N, C, H, W), int64 `labels` (N,) or None."""

    images: Tensor
    labels: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, int, int]:
        return tuple(self.images.shape[1:])

    def batch(self, indices: Tensor | slice) -> Tensor:
        """Pictures at int64 `indices` (B,) as a new uint8 tensor (B, C, H, W); a slice is a view, nothing is copied."""
        if isinstance(indices, slice):
            return self.images[indices]
        return self.images.index_select(0, indices)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A described pair of splits; `folder` is where the files were found, None where there are none.

    `skipped` counts files of a user's folder that could not be read as pictures.
    """

    info: DatasetInfo
    train: Pictures
    test: Pictures
    folder: Path | None = None
    skipped: int = 0
