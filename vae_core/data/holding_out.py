"""Holding training pictures out: settings are chosen on these, so that the test split is looked at once, at the end."""

from __future__ import annotations

from dataclasses import replace

from vae_core.data.pictures import Dataset, InMemoryPictures


def hold_out(dataset: Dataset, count: int) -> Dataset:
    """The data set with its last `count` training pictures in place of the test split, and the others to train on.

    Raises ValueError for fewer than one, for as many as there are to train on, for pictures that are rendered when
    they are needed, and for those of runs or people, whose last ones are no independent draws.
    """
    train = dataset.train
    if not 1 <= count < len(train):
        raise ValueError(f"held_out must be between 1 and {len(train) - 1:,} of {len(train):,} pictures, got {count:,}")
    if not isinstance(train, InMemoryPictures) or dataset.test_groups is not None:
        raise ValueError(f"no pictures of {dataset.info.name} can be held out: its splits are made of whole groups")
    splits = [
        InMemoryPictures(train.images[part], None if train.labels is None else train.labels[part])
        for part in (slice(None, -count), slice(-count, None))
    ]
    info = replace(dataset.info, train_size=len(train) - count, test_size=count)
    return replace(dataset, info=info, train=splits[0], test=splits[1], pictures=None)
