"""A folder of the user's own images as a data set."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from rich.console import Console
from rich.progress import track

from vae_core.data.containers import pixels_alone
from vae_core.data.decoding import eight_bit, open_image, orientation, upright
from vae_core.data.listing import Found, Listing, list_folder
from vae_core.data.pictures import (
    Dataset,
    DatasetInfo,
    DatasetUnavailable,
    InMemoryPictures,
    Likelihood,
    PictureList,
    Skipped,
)
from vae_core.data.splitting import HASH_LETTERS, Arrangement, arrange
from vae_core.outside import has_controls, shown

FOLDER = "folder:"  # followed by a path: the name of such a data set

IMAGE_SIZES = range(8, 513)  # pixels
LIKELIHOODS = ("bernoulli", "gaussian")
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "DIB", "TIFF", "PPM")  # no other program is started
READERS = 4  # files read at once, at most
REMEMBERED, MOST_BYTES = 4, 500_000_000  # data sets kept in memory, and how large they may be together


@dataclass(frozen=True)
class Picture:
    """One file that was read."""

    name: str  # relative to the folder
    content: str  # hash of the file's bytes
    pixels: np.ndarray  # uint8 (C, image_size, image_size)


def load_folder(
    path: str | os.PathLike, image_size: int = 64, channels: int = 3, likelihood: Likelihood = "gaussian"
) -> Dataset:
    """All images below the folder `path`, centre-cropped to a square and resized to `image_size` pixels.

    `channels` is 3 for colour, 1 for grey; `likelihood` is "gaussian" or "bernoulli". Folders called train and test (or
    val) at the top are the split; otherwise a hash of each file's contents decides. Where the pictures lie in two or
    more folders, their names are the labels. What is left out is told in `Dataset.skipped` and `Dataset.notes`.
    A folder that did not change since it was read in this process is not read again.
    Raises ValueError for bad arguments, DatasetUnavailable where there are not at least two readable images.
    """
    if image_size not in IMAGE_SIZES:
        raise ValueError(f"image_size must be between {IMAGE_SIZES[0]} and {IMAGE_SIZES[-1]}, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 (grey) or 3 (colour), got {channels}")
    if likelihood not in LIKELIHOODS:
        raise ValueError(f"likelihood must be bernoulli or gaussian, got {likelihood!r}")
    folder = absolute(path)
    if has_controls(str(folder)):
        raise ValueError(f"{shown(str(folder))!r} has characters that a model cannot name its pictures by: rename it")
    if not os.path.isdir(folder):
        raise DatasetUnavailable(f"{folder} is not a folder: give folder:PATH the path of a folder of images.")
    listing = list_folder(folder)
    dataset = remembered((listing, image_size, channels), partial(read_folder, listing, image_size, channels))
    return replace(dataset, info=replace(dataset.info, likelihood=likelihood))


def absolute(path: str | os.PathLike) -> Path:
    """The path of a folder wherever the program is started. Raises ValueError where it is empty."""
    if not str(path).strip():
        raise ValueError("folder: names no folder: give folder:PATH the path of a folder of images")
    return Path(os.path.abspath(os.path.expanduser(path)))


_kept: OrderedDict[tuple, Dataset] = OrderedDict()  # the least recently used first
_reading: dict[tuple, threading.Lock] = {}
_guard = threading.Lock()


def remembered(key: tuple, read: Callable[[], Dataset]) -> Dataset:
    """The data set of a listing and its options: read once, whoever asks, while it is among the last few used."""
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        lock = _reading.setdefault(key, threading.Lock())
    with lock:
        with _guard:
            if key in _kept:  # read while this one waited
                return _kept[key]
        try:
            dataset = read()
            with _guard:
                _kept[key] = dataset
                while len(_kept) > 1 and (len(_kept) > REMEMBERED or sum(map(size_of, _kept.values())) > MOST_BYTES):
                    _kept.popitem(last=False)
            return dataset
        finally:
            with _guard:
                _reading.pop(key, None)


def size_of(dataset: Dataset) -> int:
    """Bytes of a data set's pictures."""
    splits = (dataset.train, dataset.test)
    return sum(split.images.nbytes for split in splits if isinstance(split, InMemoryPictures))


def read_folder(listing: Listing, image_size: int, channels: int) -> Dataset:
    """The data set of a folder's files, decoded."""
    folder = listing.folder
    read = partial(read_file, folder, image_size=image_size, channels=channels)
    console = Console(stderr=True)
    with ThreadPoolExecutor(min(READERS, os.cpu_count() or 1)) as readers:
        tracked = track(
            readers.map(read, listing.files),
            "Reading images",
            len(listing.files),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        decoded = list(tracked)
    broken = [file.name for file, picture in zip(listing.files, decoded, strict=True) if picture is None]
    pictures = [picture for picture in decoded if picture is not None]
    skipped = Skipped(
        broken=(*listing.closed, *broken),
        unread=listing.unread,
        links=listing.links,
        hidden=listing.hidden,
        others=listing.others,
    )
    if len(pictures) < 2:
        readable = f"{len(pictures)} readable {'image' if len(pictures) == 1 else 'images'}"
        raise DatasetUnavailable(
            f"{folder} has {readable}, and at least 2 are needed: PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF or PPM. "
            f"{skipped.sentence}".strip()
        )
    arranged = arrange({picture.name: picture.content for picture in pictures})
    for label in filter(has_controls, arranged.label_names):
        raise ValueError(f"{shown(label)!r}, a folder of pictures, has characters that no label can have: rename it")
    found = {picture.name: picture for picture in pictures}
    train, test = (as_split([found[name] for name in part], arranged) for part in (arranged.train, arranged.test))
    total, colour = len(arranged.train) + len(arranged.test), "colour" if channels == 3 else "grey"
    info = DatasetInfo(
        name=f"{FOLDER}{folder}",
        title=folder.name or str(folder),
        description=f"{total:,} images of your own, {image_size}x{image_size}, {colour}.",
        shape=train.shape,
        labels=arranged.label_names,
        factors=(),
        likelihood="gaussian",
        licence="Your own images",
        source=str(folder),
        splits=arranged.how,
        train_size=len(arranged.train),
        test_size=len(arranged.test),
    )
    contents = [{name: found[name].content for name in part} for part in (arranged.train, arranged.test)]
    return Dataset(
        info,
        train,
        test,
        folder=folder,
        skipped=replace(skipped, beside=arranged.beside, repeated=arranged.repeated),
        notes=arranged.notes,
        pictures=PictureList(*contents),
    )


def as_split(pictures: list[Picture], arranged: Arrangement) -> InMemoryPictures:
    """Some of the pictures, with the places of their labels among all labels."""
    numbers = {name: number for number, name in enumerate(arranged.label_names)}
    labels = [numbers[arranged.labels[picture.name]] for picture in pictures] if numbers else None
    images = torch.from_numpy(np.stack([picture.pixels for picture in pictures]))  # (N, C, image_size, image_size)
    return InMemoryPictures(images, None if labels is None else torch.tensor(labels, dtype=torch.int64))


def read_file(folder: Path, file: Found, image_size: int, channels: int) -> Picture | None:
    """One file of a folder, or None where it cannot be read."""
    if not file.stamp:
        return None
    try:
        content = (folder / file.name).read_bytes()
        pixels = read_image(BytesIO(content), image_size, channels)
    except Exception:  # Pillow raises many kinds of error for the many ways in which a file can be broken
        return None
    return Picture(file.name, hashlib.sha256(content).hexdigest()[:HASH_LETTERS], pixels)


def read_image(file: str | os.PathLike | BytesIO, image_size: int, channels: int) -> np.ndarray:
    """One image as uint8 (channels, image_size, image_size): upright, centre-cropped, on white where transparent.

    Raises whatever Pillow raises for a file that it cannot read.
    """
    data = file.read() if isinstance(file, BytesIO) else Path(file).read_bytes()
    with open_image(pixels_alone(data), FORMATS) as image:
        image.draft("RGB" if channels == 3 else "L", (2 * image_size, 2 * image_size))  # a large JPEG opens small
        turned = orientation(image)
        image = on_white(upright(eight_bit(image)[0], turned), channels)
        return planes(ImageOps.fit(image, (image_size, image_size)))


def on_white(image: Image.Image, channels: int) -> Image.Image:
    """An image of 8 bits as grey (1 channel) or RGB (3), on white where it is transparent."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB" if channels == 3 else "L")


def planes(image: Image.Image) -> np.ndarray:
    """The pixels of a grey or RGB image: uint8 (C, H, W)."""
    pixels = np.asarray(image, dtype=np.uint8)
    return pixels.transpose(2, 0, 1) if pixels.ndim == 3 else pixels[None]
