"""The data sets by name: what each is, and how to load it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor

from vae_core.data import files, published, sprites
from vae_core.data.images import FOLDER, load_folder
from vae_core.data.pictures import (
    Dataset,
    DatasetInfo,
    DatasetMissing,
    DatasetUnavailable,
    Likelihood,
    Pictures,
    UnknownDataset,
)
from vae_core.outside import MOST_SHOWN, shown

__all__ = ["DatasetUnavailable", "UnknownDataset", "describe", "fetch", "load_dataset", "names"]

MNIST_SPLITS = "The published split: 60,000 pictures to train on, 10,000 to test on."
DIGIT_NAMES = tuple("0123456789")
SPRITES_SPLITS = (
    "10,000 pictures drawn once with a fixed seed are to test on, all others to train on; turned squares and ellipses "
    "repeat, so a test picture can have an equal among the others."
)

INFOS = (
    DatasetInfo(
        name="mnist",
        title="MNIST",
        description="70,000 handwritten digits, 28x28, grey.",
        shape=(1, 28, 28),
        labels=DIGIT_NAMES,
        factors=(),
        likelihood="bernoulli",
        licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
        source="http://yann.lecun.com/exdb/mnist/, through torchvision",
        splits=MNIST_SPLITS,
        train_size=60_000,
        test_size=10_000,
    ),
    DatasetInfo(
        name="mnist_binarised",
        title="MNIST binarised once",
        description="MNIST's 70,000 digits, 28x28, each pixel made black or white once and for all; the draw is ours, "
        "not the one that Larochelle & Murray 2011 published.",
        shape=(1, 28, 28),
        labels=DIGIT_NAMES,
        factors=(),
        likelihood="bernoulli",
        licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
        source="http://yann.lecun.com/exdb/mnist/, through torchvision; drawn by this project with a fixed seed",
        splits=MNIST_SPLITS,
        train_size=60_000,
        test_size=10_000,
    ),
    DatasetInfo(
        name="fashion_mnist",
        title="Fashion-MNIST",
        description="70,000 pictures of clothes and shoes from a shop's catalogue, 28x28, grey.",
        shape=(1, 28, 28),
        labels=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        factors=(),
        likelihood="bernoulli",
        licence="MIT, Zalando SE",
        source="https://github.com/zalandoresearch/fashion-mnist, through torchvision",
        splits=MNIST_SPLITS,
        train_size=60_000,
        test_size=10_000,
    ),
    DatasetInfo(
        name="kmnist",
        title="Kuzushiji-MNIST",
        description="70,000 handwritten characters from old Japanese books, ten kinds, 28x28, grey.",
        shape=(1, 28, 28),
        labels=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        factors=(),
        likelihood="bernoulli",
        licence="CC BY-SA 4.0, KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset "
        "(created by NIJL and others), doi:10.20676/00000341",
        source="http://codh.rois.ac.jp/kmnist/, through torchvision",
        splits=MNIST_SPLITS,
        train_size=60_000,
        test_size=10_000,
    ),
    DatasetInfo(
        name="digits",
        title="Digits",
        description="1,797 handwritten digits, 8x8, grey; comes with scikit-learn, so it is always there.",
        shape=(1, 8, 8),
        labels=DIGIT_NAMES,
        factors=(),
        likelihood="bernoulli",
        licence="CC BY 4.0, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository",
        source="The test part of UCI's Optical Recognition of Handwritten Digits, through scikit-learn",
        splits="Shuffled once with a fixed seed: 1,437 pictures to train on, the other 360 to test on.",
        train_size=1_437,
        test_size=360,
    ),
    DatasetInfo(
        name="sprites",
        title="Sprites",
        description="737,280 white shapes on black in every combination of dSprites' five factors, 32x32, grey; "
        "rendered here, so they are always there.",
        shape=(1, 32, 32),
        labels=sprites.SHAPES,
        factors=sprites.factors_of(colour=False),
        likelihood="bernoulli",
        licence="That of this project, which renders them",
        source="Rendered by this project on the factor grid of https://github.com/google-deepmind/dsprites-dataset",
        splits=SPRITES_SPLITS,
        train_size=sprites.count(colour=False) - sprites.TEST_SIZE,
        test_size=sprites.TEST_SIZE,
    ),
    DatasetInfo(
        name="sprites_colour",
        title="Sprites in colour",
        description="4,423,680 shapes on black: those of Sprites in six colours that everyone can tell apart, 32x32; "
        "rendered here, so they are always there.",
        shape=(3, 32, 32),
        labels=sprites.SHAPES,
        factors=sprites.factors_of(colour=True),
        likelihood="bernoulli",
        licence="That of this project, which renders them",
        source="Rendered by this project on the factor grid of https://github.com/google-deepmind/dsprites-dataset",
        splits=SPRITES_SPLITS,
        train_size=sprites.count(colour=True) - sprites.TEST_SIZE,
        test_size=sprites.TEST_SIZE,
    ),
    DatasetInfo(
        name="frey",
        title="Frey Face",
        description="1,965 frames of a film of one man making faces, 28x20, grey.",
        shape=(1, 28, 20),
        labels=(),
        factors=(),
        likelihood="gaussian",
        licence="None stated; Brendan Frey's pictures, published by Sam Roweis for research",
        source="https://cs.nyu.edu/~roweis/data.html",
        splits="Neighbouring frames look alike, so the 200 test pictures are 8 runs of 25 consecutive frames spread "
        "evenly over the film; the ten frames before and after each run are left out, the other 1,605 are to train on.",
        train_size=1_605,
        test_size=200,
    ),
    DatasetInfo(
        name="olivetti",
        title="Olivetti faces",
        description="400 portraits, ten each of 40 people, 64x64, grey.",
        shape=(1, 64, 64),
        labels=tuple(f"person {number}" for number in range(1, published.OLIVETTI_PEOPLE + 1)),
        factors=(),
        likelihood="gaussian",
        licence="None stated; photographed at AT&T Laboratories Cambridge, which asks to be credited",
        source="AT&T's Database of Faces in Sam Roweis's 64x64 version, through scikit-learn",
        splits="The last two of each person's ten pictures are to test on (80), the first eight to train on (320).",
        train_size=320,
        test_size=80,
    ),
)

SOURCES = {
    "mnist": published.mnist_source("mnist", "MNIST", "MNIST", 11),
    "mnist_binarised": published.binarised_source(),
    "fashion_mnist": published.mnist_source("fashion_mnist", "Fashion-MNIST", "FashionMNIST", 30),
    "kmnist": published.mnist_source("kmnist", "Kuzushiji-MNIST", "KMNIST", 21),
    "frey": published.frey_source(),
    "olivetti": published.olivetti_source(),
}
MADE_HERE: dict[str, Callable[[], tuple[Pictures, Pictures]]] = {  # no file to look for
    "digits": published.load_digits,
    "sprites": lambda: sprites.splits(colour=False),
    "sprites_colour": lambda: sprites.splits(colour=True),
}

GROUPS: dict[str, Callable[[], Tensor]] = {  # of test pictures: those of a run, those of a person
    "frey": published.frey_test_runs,
    "olivetti": published.olivetti_test_people,
}


def names() -> tuple[str, ...]:
    """The names that `load_dataset` knows, besides folder:PATH."""
    return tuple(info.name for info in INFOS)


def describe(name: str, **options) -> DatasetInfo:
    """What the data set `name` is, without opening its files (those of a folder are read, once, with `options`).

    Raises UnknownDataset, ValueError for options of `load_dataset` that are for folders alone, DatasetUnavailable for a
    folder that cannot be read.
    """
    if name.startswith(FOLDER):
        return load_dataset(name, **options).info
    found = next((info for info in INFOS if info.name == name), None)
    if found is None:
        close = difflib.get_close_matches(name[:MOST_SHOWN].lower().replace("-", "_"), names(), n=1)
        guess = f": did you mean '{close[0]}'?" if close else "."
        raise UnknownDataset(
            f"there is no data set '{shown(name)}'{guess} There are {', '.join(names())}, and folder:PATH."
        )
    if options:
        is_ = f"{' x '.join(map(str, found.shape))} with a {found.likelihood} likelihood"
        raise ValueError(f"{' and '.join(options)} can be chosen for folder:PATH alone: {name} is {is_}")
    return found


def load_dataset(
    name: str,
    *,
    data_dir: str | os.PathLike | None = None,
    download: bool = True,
    image_size: int | None = None,
    channels: int | None = None,
    likelihood: Likelihood | None = None,
) -> Dataset:
    """Loads a data set by name, or a folder of images by folder:PATH.

    Files are looked for in `data_dir`, $LATENT_LAB_DATA and the user's cache folder, then downloaded into the last.
    `image_size` (64 unless given), `channels` (3 unless given, or 1) and `likelihood` ("gaussian" unless given, or
    "bernoulli") are for a folder of images alone.
    Raises UnknownDataset, ValueError for bad options, DatasetUnavailable where files are missing or broken.
    """
    given = {"image_size": image_size, "channels": channels, "likelihood": likelihood}
    options: dict[str, Any] = {option: value for option, value in given.items() if value is not None}
    if name.startswith(FOLDER):
        return load_folder(name.removeprefix(FOLDER), **options)
    info = describe(name, **options)
    if name in MADE_HERE:
        train, test = MADE_HERE[name]()
        return Dataset(info, train, test)
    folder, (train, test) = files.load(SOURCES[name], data_dir, download)
    return Dataset(info, train, test, folder=folder, test_groups=test_groups(name))


def test_groups(name: str, count: int | None = None) -> Tensor | None:
    """The group of each of the first `count` test pictures (all if None) of a data set, (N,): pictures of one run or of
    one person are no independent draws; None where each stands for itself."""
    return GROUPS[name]()[:count] if name in GROUPS else None


def fetch(name: str) -> Iterator[float]:
    """Fetch a published set's files into the user's cache folder, unless they are on this machine: how many megabytes
    have come, chunk by chunk.

    Raises files.DownloadFailed, DatasetUnavailable where what is there is broken, KeyError for a set without files.
    """
    try:
        load_dataset(name, download=False)
        return
    except DatasetMissing:
        pass
    received: dict[str, int] = {}
    for chunk in files.fetch(SOURCES[name]):
        received[chunk.file] = chunk.done
        yield sum(received.values()) / 1e6
