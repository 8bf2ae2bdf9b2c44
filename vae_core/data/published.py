"""The published data sets, each through its usual loader: MNIST and its relatives, digits, Frey Face, Olivetti."""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core.data.files import BrokenFile, Received, Source, Splits, download
from vae_core.data.pictures import InMemoryPictures
from vae_core.data.presentation import binarise
from vae_core.data.seeds import noise_generator

# ---- MNIST, Fashion-MNIST, KMNIST: four IDX files, unpacked or as the .gz files that are published ----

IDX_FILES = {  # name: shape of the array in it
    "train-images-idx3-ubyte": (60_000, 28, 28),
    "train-labels-idx1-ubyte": (60_000,),
    "t10k-images-idx3-ubyte": (10_000, 28, 28),
    "t10k-labels-idx1-ubyte": (10_000,),
}
CLASSES = ("MNIST", "FashionMNIST", "KMNIST")  # torchvision's, which name the folders too
PACKED = ".gz"
BINARISED_SEED = 0


def mnist_source(name: str, title: str, class_name: str, megabytes: int) -> Source:
    """The source of a set in MNIST's format; `class_name` is torchvision's, which names the folder too."""
    return Source(
        name=name,
        title=title,
        files=tuple(f"{class_name}/raw/{file}" for file in IDX_FILES),
        belongs=f"put the four files {', '.join(IDX_FILES)}, unpacked or as {PACKED}, into "
        f"{{folder}}/{class_name}/raw, or set LATENT_LAB_DATA to the folder that holds {class_name}/raw",
        read=partial(_read_mnist, class_name=class_name),
        fetch=partial(_fetch_mnist, class_name=class_name),
        megabytes=megabytes,
        find=partial(_find_idx, class_name=class_name),
    )


def _find_idx(folder: Path, file: str, class_name: str) -> Path:
    """Where a file is: in CLASS/raw, or beside it as .gz, or as .gz in the data folder itself if it is this set's."""
    unpacked = folder / file
    packed = unpacked.with_name(unpacked.name + PACKED)
    loose = folder / packed.name
    if not unpacked.is_file() and packed.is_file():
        return packed
    if not unpacked.is_file() and loose.is_file() and _published(loose) == class_name:
        return loose
    return unpacked


def _published(path: Path) -> str | None:
    """The set that a .gz file belongs to, by the published hashes; None for any other file."""
    from torchvision import datasets  # slow to import, and it knows the hashes

    if not os.access(path, os.R_OK):
        return None
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    known = {(file, md5): name for name in CLASSES for file, md5 in getattr(datasets, name).resources}
    return known.get((path.name, digest))


def _read_mnist(folder: Path, class_name: str) -> Splits:
    arrays = []
    for file, shape in IDX_FILES.items():
        path = _find_idx(folder, f"{class_name}/raw/{file}", class_name)
        if path.suffix == PACKED and _published(path) not in (class_name, None):
            raise BrokenFile(f"{path} is that of another set, {_published(path)}")
        arrays.append(_read_idx(path, shape))
    images, labels, test_images, test_labels = arrays
    return (
        InMemoryPictures(images[:, None], labels.long()),  # (60000, 1, 28, 28)
        InMemoryPictures(test_images[:, None], test_labels.long()),
    )


def binarised_source() -> Source:
    """The source of MNIST binarised once, from MNIST's own files."""
    mnist = mnist_source("mnist_binarised", "MNIST binarised once", "MNIST", 11)
    return replace(mnist, read=lambda folder: _binarised(*_read_mnist(folder, "MNIST")))


def _binarised(*splits: InMemoryPictures) -> Splits:
    """Splits of bytes 0 and 255, drawn once with a fixed seed: the first split's pictures first."""
    generator = noise_generator(BINARISED_SEED)
    train, test = (
        InMemoryPictures(binarise(split.images, generator, torch.uint8).mul_(255), split.labels) for split in splits
    )
    return train, test


def _read_idx(path: Path, shape: tuple[int, ...]) -> Tensor:
    """The array of bytes in an IDX file, or in its .gz, of which no more is unpacked than belongs there.

    IDX: two zero bytes, a type (8 = uint8), the number of axes, each axis as a big-endian int32, then the data.
    """
    expected = struct.pack(f">HBB{len(shape)}i", 0, 8, len(shape), *shape)
    right_size = len(expected) + math.prod(shape)
    try:
        with gzip.open(path) if path.suffix == PACKED else open(path, "rb") as file:
            content = bytearray(file.read(right_size + 1))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BrokenFile(f"{path} is damaged or not a gzip file") from error
    if content[: len(expected)] != expected:
        raise BrokenFile(f"{path} is not an IDX file of {' x '.join(map(str, shape))} bytes")
    if len(content) != right_size:
        size = f"{path.stat().st_size:,}" if path.suffix != PACKED else "more" if len(content) > right_size else "fewer"
        raise BrokenFile(f"{path} has {size} bytes instead of {right_size:,}")
    return torch.frombuffer(content, dtype=torch.uint8, offset=len(expected)).reshape(shape)


def _fetch_mnist(folder: Path, class_name: str) -> Iterator[Received]:
    from torchvision import datasets
    from torchvision.datasets.utils import extract_archive

    dataset = getattr(datasets, class_name)
    raw = folder / class_name / "raw"
    for archive, md5 in dataset.resources:
        yield from download([mirror + archive for mirror in dataset.mirrors], raw / archive, "md5", md5)
        extract_archive(str(raw / archive), str(raw))


# ---- digits: comes with scikit-learn ----

DIGITS_TRAIN = 1_437  # of 1,797: four fifths


def load_digits() -> Splits:
    """scikit-learn's 8x8 digits, shuffled once with a fixed seed and cut at 1,437."""
    from sklearn.datasets import load_digits as sklearn_digits

    digits = sklearn_digits()
    images = torch.from_numpy(np.rint(digits.images * (255 / 16)).astype(np.uint8))[:, None]  # (1797, 1, 8, 8)
    labels = torch.from_numpy(digits.target).long()
    order = torch.from_numpy(np.random.RandomState(0).permutation(len(images)))  # RandomState's stream never changes
    return _split(images, labels, train=order[:DIGITS_TRAIN], test=order[DIGITS_TRAIN:])


# ---- Frey Face: one MATLAB file ----

FREY_FILE = "frey_rawface.mat"
FREY_URL = "https://cs.nyu.edu/~roweis/data/frey_rawface.mat"
FREY_FRAMES, FREY_RUNS, FREY_RUN_LENGTH = 1_965, 8, 25
FREY_MARGIN = 10  # frames before and after each run of test frames that are left out


def frey_source() -> Source:
    """The source of Frey Face."""
    return Source(
        name="frey",
        title="Frey Face",
        files=(FREY_FILE,),
        belongs=f"put the file {FREY_FILE} into {{folder}}, or set LATENT_LAB_DATA to the folder that holds it",
        read=_read_frey,
        fetch=lambda folder: download([FREY_URL], folder / FREY_FILE),
        megabytes=1,
    )


def frey_test_frames() -> Tensor:
    """Indices of the 200 test frames: 8 runs of 25 consecutive frames whose middles are evenly spread over the film."""
    runs = torch.arange(FREY_RUNS)
    starts = ((2 * runs + 1) * FREY_FRAMES) // (2 * FREY_RUNS) - FREY_RUN_LENGTH // 2  # (8,)
    return (starts[:, None] + torch.arange(FREY_RUN_LENGTH)).flatten()  # (200,)


def frey_test_runs() -> Tensor:
    """The number of the run that each of the test frames is of: (200,)."""
    return torch.arange(FREY_RUNS).repeat_interleave(FREY_RUN_LENGTH)


def _read_frey(folder: Path) -> Splits:
    from scipy.io import loadmat

    path = folder / FREY_FILE
    try:
        frames = loadmat(path)["ff"]  # (560, 1965), a column a frame
    except Exception as error:  # scipy raises a different error for each way in which a file can be broken
        raise BrokenFile(f"{path} is damaged or not a MATLAB file with the array 'ff'") from error
    if frames.shape != (28 * 20, FREY_FRAMES):
        raise BrokenFile(f"{path} holds an array of {frames.shape} instead of {(28 * 20, FREY_FRAMES)}")
    images = torch.from_numpy(np.ascontiguousarray(frames.T, dtype=np.uint8)).view(-1, 1, 28, 20)
    test = frey_test_frames()
    beside = (test[:, None] + torch.arange(-FREY_MARGIN, FREY_MARGIN + 1)).flatten()
    is_train = torch.ones(FREY_FRAMES, dtype=torch.bool).index_fill(0, beside, False)
    return _split(images, None, train=is_train.nonzero().flatten(), test=test)


# ---- Olivetti: scikit-learn's fetcher ----

OLIVETTI_FILE = "olivetti_py3.pkz"
OLIVETTI_PEOPLE, OLIVETTI_EACH, OLIVETTI_TEST_EACH = 40, 10, 2


def olivetti_source() -> Source:
    """The source of the Olivetti faces."""
    return Source(
        name="olivetti",
        title="Olivetti",
        files=(OLIVETTI_FILE,),
        belongs=f"put the file {OLIVETTI_FILE} (scikit-learn's fetch_olivetti_faces writes it) into {{folder}}, "
        "or set LATENT_LAB_DATA to the folder that holds it",
        read=_read_olivetti,
        fetch=_fetch_olivetti,
        megabytes=4,
    )


def olivetti_test_people() -> Tensor:
    """The person on each of the test pictures: (80,)."""
    return torch.arange(OLIVETTI_PEOPLE).repeat_interleave(OLIVETTI_TEST_EACH)


def _read_olivetti(folder: Path) -> Splits:
    from sklearn.datasets import fetch_olivetti_faces

    path = folder / OLIVETTI_FILE
    try:
        faces = fetch_olivetti_faces(data_home=str(folder), download_if_missing=False)
        images = np.rint(faces.images * 255).astype(np.uint8)  # (400, 64, 64); the fetcher stretches grey to [0, 1]
    except Exception as error:  # joblib, zlib, pickle and numpy each have their own
        raise BrokenFile(f"{path} is damaged or not the file that scikit-learn writes") from error
    place = torch.arange(len(images)) % OLIVETTI_EACH  # 0..9 within each person
    held_out = place >= OLIVETTI_EACH - OLIVETTI_TEST_EACH
    return _split(
        torch.from_numpy(images)[:, None],  # (400, 1, 64, 64)
        torch.from_numpy(faces.target).long(),
        train=(~held_out).nonzero().flatten(),
        test=held_out.nonzero().flatten(),
    )


def _fetch_olivetti(folder: Path) -> Iterator[Received]:
    from sklearn.datasets import _olivetti_faces, fetch_olivetti_faces

    faces = _olivetti_faces.FACES  # fetched by us for the progress and the time limit; scikit-learn then finds it
    yield from download([faces.url], folder / faces.filename, "sha256", faces.checksum)
    fetch_olivetti_faces(data_home=str(folder))


def _split(images: Tensor, labels: Tensor | None, train: Tensor, test: Tensor) -> Splits:
    def part(rows: Tensor) -> InMemoryPictures:
        return InMemoryPictures(images.index_select(0, rows), None if labels is None else labels.index_select(0, rows))

    return part(train), part(test)
