"""The published data sets, each through its usual loader: MNIST and its relatives, digits, Frey Face, Olivetti."""

from __future__ import annotations

import struct
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core.data.files import BrokenFile, Source, Splits, download
from vae_core.data.pictures import InMemoryPictures

# ---- MNIST, Fashion-MNIST, KMNIST: four IDX files, read by torchvision ----

IDX_FILES = {  # name: shape of the array in it
    "train-images-idx3-ubyte": (60_000, 28, 28),
    "train-labels-idx1-ubyte": (60_000,),
    "t10k-images-idx3-ubyte": (10_000, 28, 28),
    "t10k-labels-idx1-ubyte": (10_000,),
}


def mnist_source(name: str, title: str, class_name: str) -> Source:
    """The source of a set in MNIST's format; `class_name` is torchvision's, which names the folder too."""
    return Source(
        name=name,
        title=title,
        files=tuple(f"{class_name}/raw/{file}" for file in IDX_FILES),
        belongs=f"put the four files {', '.join(IDX_FILES)} into {{folder}}/{class_name}/raw, "
        f"or set LATENT_LAB_DATA to the folder that holds {class_name}/raw",
        read=partial(_read_mnist, class_name=class_name),
        fetch=partial(_fetch_mnist, class_name=class_name),
    )


def _read_mnist(folder: Path, class_name: str) -> Splits:
    from torchvision import datasets  # slow to import, and only these sets need it

    for file, shape in IDX_FILES.items():
        _check_idx(folder / class_name / "raw" / file, shape)
    dataset = getattr(datasets, class_name)
    splits = [dataset(str(folder), train=train, download=False) for train in (True, False)]
    return tuple(InMemoryPictures(split.data[:, None], split.targets.long()) for split in splits)  # (N, 1, 28, 28)


def _check_idx(path: Path, shape: tuple[int, ...]) -> None:
    """IDX: two zero bytes, a type (8 = uint8), the number of axes, each axis as a big-endian int32, then the data."""
    expected = struct.pack(f">HBB{len(shape)}i", 0, 8, len(shape), *shape)
    with open(path, "rb") as file:
        header = file.read(len(expected))
    size, right_size = path.stat().st_size, len(expected) + int(np.prod(shape))
    if header == expected and size != right_size:
        raise BrokenFile(f"{path} has {size:,} bytes instead of {right_size:,}")
    if header != expected:
        raise BrokenFile(f"{path} is not an IDX file of {' x '.join(map(str, shape))} bytes")


def _fetch_mnist(folder: Path, class_name: str) -> None:
    from torchvision import datasets
    from torchvision.datasets.utils import extract_archive

    dataset = getattr(datasets, class_name)
    raw = folder / class_name / "raw"
    for archive, md5 in dataset.resources:
        download([mirror + archive for mirror in dataset.mirrors], raw / archive, "md5", md5)
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


def frey_source() -> Source:
    """The source of Frey Face."""
    return Source(
        name="frey",
        title="Frey Face",
        files=(FREY_FILE,),
        belongs=f"put the file {FREY_FILE} into {{folder}}, or set LATENT_LAB_DATA to the folder that holds it",
        read=_read_frey,
        fetch=lambda folder: download([FREY_URL], folder / FREY_FILE),
    )


def frey_test_frames() -> Tensor:
    """Indices of the 200 test frames: 8 runs of 25 consecutive frames whose middles are evenly spread over the film."""
    runs = torch.arange(FREY_RUNS)
    starts = ((2 * runs + 1) * FREY_FRAMES) // (2 * FREY_RUNS) - FREY_RUN_LENGTH // 2  # (8,)
    return (starts[:, None] + torch.arange(FREY_RUN_LENGTH)).flatten()  # (200,)


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
    is_train = torch.ones(FREY_FRAMES, dtype=torch.bool).index_fill(0, test, False)
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
    )


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


def _fetch_olivetti(folder: Path) -> None:
    from sklearn.datasets import _olivetti_faces, fetch_olivetti_faces

    faces = _olivetti_faces.FACES  # fetched by us for the progress bar and the time limit; scikit-learn then finds it
    download([faces.url], folder / faces.filename, "sha256", faces.checksum)
    fetch_olivetti_faces(data_home=str(folder))


def _split(images: Tensor, labels: Tensor | None, train: Tensor, test: Tensor) -> Splits:
    return tuple(
        InMemoryPictures(images.index_select(0, part), None if labels is None else labels.index_select(0, part))
        for part in (train, test)
    )
