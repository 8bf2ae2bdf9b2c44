"""What a stored model knows of the pictures it was trained on, and how those that there are now compare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from vae_core.data import registry
from vae_core.data.images import FOLDER
from vae_core.data.pictures import Dataset, DatasetInfo, DatasetUnavailable, InMemoryPictures, PictureList, Pictures
from vae_core.models.checkpoint import Checkpoint, CheckpointError

OPTIONS = {"image_size": int, "channels": int, "likelihood": str}  # of `load_dataset`, as model.json holds them
LISTS = {"shape": int, "labels": str}  # of a DatasetInfo
NUMBERS = ("train_size", "test_size")


def info_of(description: dict) -> DatasetInfo:
    """The data set of a model, without its files: from the registry, or as model.json tells it of a user's folder.

    Raises CheckpointError where neither knows it.
    """
    name = description["dataset"]
    if name in registry.names():
        return registry.describe(name)
    stored = description.get("dataset_info")
    if stored is None:
        return _info_from_folder(name)
    try:
        return _info_from_json(stored)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"model.json does not describe its data set as it should ({error!r}): train anew"
        ) from error


def options_of(description: dict) -> dict:
    """What `load_dataset` is to be given beside the data set's name. Raises CheckpointError for anything else."""
    options = description.get("dataset_options", {})
    if not isinstance(options, dict) or not all(
        key in OPTIONS and isinstance(value, OPTIONS[key]) and not isinstance(value, bool)
        for key, value in options.items()
    ):
        raise CheckpointError(f"dataset_options in model.json must be some of {', '.join(OPTIONS)}")
    return options


def load_for(description: dict, download: bool = True) -> Dataset:
    """The data set of a model, read as it was for its training.

    Raises CheckpointError, UnknownDataset, DatasetUnavailable.
    """
    options = options_of(description)
    try:
        return registry.load_dataset(description["dataset"], download=download, **options)
    except registry.UnknownDataset:
        raise
    except ValueError as error:
        raise CheckpointError(f"model.json names a data set that cannot be loaded: {error}") from error


def other_pictures(checkpoint: Checkpoint, dataset: Dataset) -> str | None:
    """One sentence if the pictures are not those that the model was trained and tested on, else None.

    None, too, for data sets that everyone has alike, and for models stored without a list of their pictures.
    """
    before, now = checkpoint.pictures, dataset.pictures
    if before is None or now is None or before.digest == now.digest:
        return None
    was, is_ = {**before.train, **before.test}, {**now.train, **now.test}
    changed = sum(was[name] != is_[name] for name in was.keys() & is_.keys())
    moved = sum((name in before.train) != (name in now.train) for name in was.keys() & is_.keys())
    counts = {
        "added": len(is_.keys() - was.keys()),
        "gone": len(was.keys() - is_.keys()),
        "changed": changed,
        "on the other side of the split": moved,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"The pictures in {dataset.folder} are not those that the model was trained on: {told}."


def unseen(checkpoint: Checkpoint, dataset: Dataset) -> tuple[Dataset, str]:
    """A data set whose test split holds no picture that the model was trained on, and one sentence if that took some
    away, or if it cannot be known; empty where there is nothing to say.

    Raises ValueError if no test picture is left.
    """
    if dataset.pictures is None:
        return dataset, ""
    if checkpoint.pictures is None:
        return (
            dataset,
            "The model does not tell which pictures it was trained on: some may be among these test pictures.",
        )
    trained = set(checkpoint.pictures.train.values())
    rows = [row for row, seen in enumerate(dataset.pictures.test.values()) if seen not in trained]
    away = len(dataset.test) - len(rows)
    own_test = set(checkpoint.pictures.test.values())
    if not away or set(dataset.pictures.test.values()) <= own_test:  # as at its training, which told of it
        return dataset, ""
    if not rows:
        raise ValueError(f"the model was trained on every test picture in {dataset.folder}: give it other pictures")
    names = [list(dataset.pictures.test)[row] for row in rows]
    test = {name: dataset.pictures.test[name] for name in names}
    pictures = PictureList(dataset.pictures.train, test)
    info = replace(dataset.info, test_size=len(rows))
    left = replace(dataset, info=info, test=_rows(dataset.test, rows), pictures=pictures)
    return (
        left,
        f"Left out of the test: {away:,} {'picture' if away == 1 else 'pictures'} that the model was trained on.",
    )


def as_trained(checkpoint: Checkpoint, dataset: Dataset) -> Dataset:
    """The data set with the very splits that the model had, in their order, found by their contents: what the indices
    in its codes point to, whatever pictures came since, and whatever they are called now.

    Raises DatasetUnavailable where a picture of its test split is gone or changed.
    """
    before, now = checkpoint.pictures, dataset.pictures
    if before is None or now is None or before.digest == now.digest:
        return dataset
    seen = [*now.train.values(), *now.test.values()]
    place = {content: row for row, content in reversed(list(enumerate(seen)))}
    gone = sum(content not in place for content in before.test.values())
    if gone:
        raise DatasetUnavailable(
            f"{gone:,} of the {len(before.test):,} test pictures of the model are not in {dataset.folder} any more: "
            "put them back, or train anew."
        )
    both = _joined(dataset)
    train = {name: content for name, content in before.train.items() if content in place}
    splits = [_rows(both, [place[content] for content in part.values()]) for part in (train, before.test)]
    info = replace(dataset.info, train_size=len(train), test_size=len(before.test))
    return replace(dataset, info=info, train=splits[0], test=splits[1], pictures=PictureList(train, before.test))


def _joined(dataset: Dataset) -> InMemoryPictures:
    splits = dataset.train, dataset.test
    labels = [split.labels for split in splits if split.labels is not None]
    images = torch.cat([split.batch(slice(None)) for split in splits])
    return InMemoryPictures(images, torch.cat(labels) if labels else None)


def _rows(pictures: Pictures, rows: list[int]) -> InMemoryPictures:
    places = torch.tensor(rows, dtype=torch.int64)
    return InMemoryPictures(pictures.batch(places), None if pictures.labels is None else pictures.labels[places])


def _info_from_folder(name: str) -> DatasetInfo:
    """For models stored without a description of their folder."""
    try:
        return registry.describe(name)
    except (registry.UnknownDataset, DatasetUnavailable) as error:
        raise CheckpointError(f"the model's data set is not known: {error}") from error


def _info_from_json(stored: dict) -> DatasetInfo:
    """The DatasetInfo that `asdict` gave. Raises KeyError, TypeError or ValueError on anything else."""
    texts = {key: stored[key] for key in ("name", "title", "description", "licence", "source", "splits")}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["name"].startswith(FOLDER):
        raise ValueError("texts")
    if not all(isinstance(stored[key], list | tuple) for key in LISTS):
        raise TypeError("shape and labels are lists")
    lists: dict[str, Any] = {key: tuple(stored[key]) for key in LISTS}
    if len(lists["shape"]) != 3 or not all(
        type(each) is LISTS[key] for key, values in lists.items() for each in values
    ):
        raise ValueError("shape or labels")
    sizes = {key: stored[key] for key in NUMBERS}
    if not all(type(size) is int and size >= 1 for size in (*sizes.values(), *lists["shape"])):
        raise ValueError("sizes")
    if stored["likelihood"] not in ("bernoulli", "gaussian"):
        raise ValueError("likelihood")
    return DatasetInfo(**texts, **lists, **sizes, likelihood=stored["likelihood"], factors=())
