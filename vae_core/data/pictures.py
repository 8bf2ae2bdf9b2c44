"""What a data set is: a description, and two splits of uint8 pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from torch import Tensor

Likelihood = Literal["bernoulli", "gaussian"]  # of pixels


class UnknownDataset(ValueError):
    """No data set has this name; the message lists those there are."""


class DatasetUnavailable(RuntimeError):
    """The files are missing, broken or cannot be fetched; the message says which, and where they belong."""


class DatasetMissing(DatasetUnavailable):
    """No folder has the files; those of a published set can be fetched."""


@dataclass(frozen=True)
class Turn:
    """How often a factor that goes round in a circle comes back to the same picture in one round.

    `alike` has a number for each value of the factor called `of`: 4 for a square, which looks the same after a quarter.
    """

    of: str
    alike: tuple[int, ...]


@dataclass(frozen=True)
class Factor:
    """One thing that varies between rendered pictures, and how many values it takes."""

    name: str
    size: int
    ordered: bool = True  # whether neighbouring values look alike; False for kinds
    turn: Turn | None = None  # of an angle, whose last value is followed by its first


@dataclass(frozen=True)
class DatasetInfo:
    """Everything about a data set that can be said without opening its files."""

    name: str
    title: str
    description: str
    shape: tuple[int, int, int]  # (C, H, W)
    labels: tuple[str, ...]  # names of the classes; empty where pictures have no label
    factors: tuple[Factor, ...]  # empty unless the pictures are rendered from known factors
    likelihood: Likelihood
    licence: str
    source: str
    splits: str  # one sentence: what is held out, and why so
    train_size: int
    test_size: int


@runtime_checkable
class Pictures(Protocol):
    """One split. `labels` is int64 (N,), or None where there are none."""

    @property
    def shape(self) -> tuple[int, int, int]: ...

    @property
    def labels(self) -> Tensor | None: ...

    def __len__(self) -> int: ...

    def batch(self, indices: Tensor | slice) -> Tensor:
        """Pictures at int64 `indices` (B,), or of a slice, as uint8 (B, C, H, W)."""
        ...


class RenderedPictures(Pictures, Protocol):
    """A split of pictures that are rendered from known factors."""

    def factors(self, indices: Tensor | slice) -> Tensor:
        """Factors int64 (B, F) of the pictures at `indices`."""
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
        _, channels, height, width = self.images.shape
        return channels, height, width

    def batch(self, indices: Tensor | slice) -> Tensor:
        """Pictures at int64 `indices` (B,) as a new uint8 tensor (B, C, H, W); a slice is a view, nothing is copied."""
        if isinstance(indices, slice):
            return self.images[indices]
        return self.images.index_select(0, indices)


MOST_NAMED, LONGEST_NAME = 2, 40  # files that a sentence names, letters of each


@dataclass(frozen=True)
class Skipped:
    """What of a user's folder is not in its data set, kind by kind."""

    broken: tuple[str, ...] = ()  # files named as pictures that cannot be read, relative to the folder
    unread: tuple[tuple[str, int], ...] = ()  # kinds of picture that are not read, and how many of each
    beside: int = 0  # pictures outside the folders that are used
    links: int = 0  # links that lead back, to a folder that is read already, or nowhere
    hidden: int = 0  # hidden files and folders, and those that systems leave behind
    others: int = 0  # files that are not named as pictures
    repeated: int = 0  # test pictures that are among the training pictures, too

    @property
    def total(self) -> int:
        """How many files, links and folders were left out."""
        counts = (self.beside, self.links, self.hidden, self.others, self.repeated)
        return len(self.broken) + sum(count for _, count in self.unread) + sum(counts)

    @property
    def sentence(self) -> str:
        """One sentence for people; empty where nothing was left out."""
        parts = [
            (len(self.broken), "file that cannot be read", "files that cannot be read", named(self.broken)),
            *((count, f"{kind} file", f"{kind} files", " (not a kind that is read)") for kind, count in self.unread),
            (self.beside, "picture beside the folders used", "pictures beside the folders used", ""),
            (self.repeated, "test picture that is trained on, too", "test pictures that are trained on, too", ""),
            (self.links, "link that leads back or nowhere", "links that lead back or nowhere", ""),
            (self.hidden, "hidden or system file", "hidden or system files", ""),
            (self.others, "file that is not named as a picture", "files that are not named as pictures", ""),
        ]
        told = [f"{count:,} {one if count == 1 else many}{more}" for count, one, many, more in parts if count]
        return f"Left out: {joined(told)}." if told else ""


def named(files: Sequence[str]) -> str:
    """ " (a.jpg, b.jpg and 3 more)": the first files by name, each a printable text of at most 40 letters."""
    short = [in_short(file) for file in files[:MOST_NAMED]]
    return f" ({joined([*short, f'{len(files) - MOST_NAMED:,} more'] if len(files) > MOST_NAMED else short)})"


def in_short(text: str) -> str:
    """A text from outside on one line, at most 40 letters long."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return printable if len(printable) <= LONGEST_NAME else f"{printable[: LONGEST_NAME - 1]}…"


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


@dataclass(frozen=True)
class PictureList:
    """Which pictures of the user's a data set holds, in the order of its splits: names relative to their folder, and a
    hash of each file's contents."""

    train: dict[str, str]
    test: dict[str, str]

    @property
    def digest(self) -> str:
        """A hash of the whole set that any other picture, name or place in the split changes."""
        text = "\0".join(f"{split}\0{name}\0{seen}" for split, name, seen in sorted(self._rows()))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _rows(self) -> Iterable[tuple[str, str, str]]:
        for split in ("train", "test"):
            yield from ((split, name, seen) for name, seen in getattr(self, split).items())


@dataclass(frozen=True, eq=False)
class Dataset:
    """A described pair of splits; `folder` is where the files were found, None where there are none.

    `test_groups` (N,) numbers test pictures that are no independent draws of each other: those of one person, those of
    one run of a film; None where each stands for itself.
    Of a user's folder, `skipped` tells what was left out, `notes` what else a person should know of how it was read (a
    sentence each), and `pictures` which pictures there are; None for sets that everyone has alike.
    """

    info: DatasetInfo
    train: Pictures
    test: Pictures
    folder: Path | None = None
    skipped: Skipped = field(default_factory=Skipped)
    notes: tuple[str, ...] = ()
    pictures: PictureList | None = None
    test_groups: Tensor | None = None

    @property
    def notice(self) -> str:
        """What a person should know of how the files were read, for screen and command line; mostly empty."""
        return " ".join(filter(None, (self.skipped.sentence, *self.notes)))
