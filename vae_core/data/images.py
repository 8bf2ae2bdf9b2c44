"""A folder of the user's own images as a data set."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from rich.console import Console
from rich.progress import track

from vae_core.data.pictures import Dataset, DatasetInfo, DatasetUnavailable, InMemoryPictures

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
IMAGE_SIZES = range(8, 513)  # pixels


def load_folder(path: str | os.PathLike, image_size: int = 64, channels: int = 3) -> Dataset:
    """All images below the folder `path`, centre-cropped to a square and resized to `image_size` pixels.

    `channels` is 3 for colour, 1 for grey. Where every image lies in a subfolder, the subfolders' names are the labels.
    Files that cannot be read are skipped and counted in `Dataset.skipped`.
    Raises ValueError for bad arguments, DatasetUnavailable where there are not at least two readable images.
    """
    if image_size not in IMAGE_SIZES:
        raise ValueError(f"image_size must be between {IMAGE_SIZES[0]} and {IMAGE_SIZES[-1]}, got {image_size}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 (grey) or 3 (colour), got {channels}")
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise DatasetUnavailable(f"{folder} is not a folder: give folder:PATH the path of a folder of images.")

    found, pictures = [], []
    files = image_files(folder)
    for file in track(files, "Reading images", console=Console(stderr=True), transient=True):
        try:
            pictures.append(read_image(file, image_size, channels))
        except Exception:  # Pillow raises many kinds of error for the many ways in which a file can be broken
            continue
        found.append(file)
    skipped = len(files) - len(found)
    if len(found) < 2:
        raise DatasetUnavailable(
            f"{folder} has {len(found)} readable images (of {len(files)} files that look like images), "
            "and at least 2 are needed: PNG, JPEG, WebP, BMP, TIFF or GIF."
        )
    images = torch.from_numpy(np.stack(pictures))  # (N, C, image_size, image_size)
    names, labels = _labels(folder, found)
    order = torch.from_numpy(np.random.RandomState(0).permutation(len(images)))
    train, test = order.split([len(order) - _test_size(len(order)), _test_size(len(order))])
    info = DatasetInfo(
        name=f"folder:{path}",
        title=folder.resolve().name or str(folder),
        description=_description(len(images), skipped, images.shape[1:]),
        shape=tuple(images.shape[1:]),
        labels=names,
        factors=(),
        likelihood="gaussian",
        licence="Your own images",
        source=str(folder),
        splits="Shuffled once with a fixed seed: nine tenths to train on, one tenth to test on.",
        train_size=len(train),
        test_size=len(test),
    )
    splits = [InMemoryPictures(images[part], None if labels is None else labels[part]) for part in (train, test)]
    return Dataset(info, *splits, folder=folder, skipped=skipped)


def image_files(folder: Path) -> list[Path]:
    """Files below `folder` that are named like images, in a fixed order, without hidden files and folders."""
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [
            Path(parent, name) for name in names if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
        ]
    return sorted(files, key=lambda file: file.relative_to(folder).parts)


def read_image(file: Path, image_size: int, channels: int) -> np.ndarray:
    """One image as uint8 (channels, image_size, image_size): upright, centre-cropped, on white where transparent.

    Raises whatever Pillow raises for a file that it cannot read.
    """
    with Image.open(file) as image:
        image.draft("RGB" if channels == 3 else "L", (2 * image_size, 2 * image_size))  # a large JPEG opens small
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):  # 16 bits of grey
            grey = np.asarray(image)
            image = Image.fromarray((grey >> 8 if grey.max() > 255 else grey).astype(np.uint8))
        if image.has_transparency_data:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        image = image.convert("RGB" if channels == 3 else "L")
        image = ImageOps.fit(image, (image_size, image_size))
    pixels = np.asarray(image, dtype=np.uint8)
    return pixels.transpose(2, 0, 1) if channels == 3 else pixels[None]


def _labels(folder: Path, files: list[Path]) -> tuple[tuple[str, ...], torch.Tensor | None]:
    """The names of the subfolders and each file's place among them; nothing if a file lies in `folder` itself."""
    parts = [file.relative_to(folder).parts for file in files]
    if any(len(part) == 1 for part in parts):
        return (), None
    names = tuple(sorted({part[0] for part in parts}))
    return names, torch.tensor([names.index(part[0]) for part in parts], dtype=torch.int64)


def _test_size(total: int) -> int:
    return max(1, round(total / 10))


def _description(total: int, skipped: int, shape: torch.Size) -> str:
    colour = "colour" if shape[0] == 3 else "grey"
    left_out = f"; {skipped:,} {'file' if skipped == 1 else 'files'} could not be read" if skipped else ""
    return f"{total:,} images of your own, {shape[1]}x{shape[2]}, {colour}{left_out}."
