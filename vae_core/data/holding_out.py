"""Holding training pictures out: settings are chosen on these, so that the test split is looked at once, at the end."""

from __future__ import annotations

from dataclasses import replace

import torch

from vae_core.data.images import FOLDER
from vae_core.data.pictures import Dataset, InMemoryPictures


def hold_out(dataset: Dataset, count: int) -> Dataset:
    """The data set with its last `count` training pictures in place of the test split, and the others to train on; of a
    folder's pictures, which lie class by class, as many drawn by a fixed seed.

    Raises ValueError for fewer than one, for as many as there are to train on, for pictures that are rendered when
    they are needed, and for those of runs or people, whose last ones are no independent draws.
    """
    train = dataset.train
    if not 1 <= count < len(train):
        raise ValueError(f"held_out must be between 1 and {len(train) - 1:,} of {len(train):,} pictures, got {count:,}")
    if not isinstance(train, InMemoryPictures) or dataset.test_groups is not None:
        why = (
            "its splits are made of whole groups"
            if dataset.test_groups is not None
            else "they are rendered when needed"
        )
        raise ValueError(f"no pictures of {dataset.info.name} can be held out: {why}")
    order = torch.arange(len(train))
    if dataset.info.name.startswith(FOLDER):
        order = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))
    splits = [
        InMemoryPictures(train.images[part], None if train.labels is None else train.labels[part])
        for part in (order[:-count].sort().values, order[-count:].sort().values)
    ]
    info = replace(dataset.info, train_size=len(train) - count, test_size=count)
    return replace(dataset, info=info, train=splits[0], test=splits[1], pictures=None)
