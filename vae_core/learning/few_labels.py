"""Training with the labels of a few pictures: which keep theirs, and how often those are seen."""

import math

import torch
from torch import Tensor

from vae_core.data.seeds import noise_generator

UNKNOWN = -1  # in the place of a label that is hidden
APART = 2**31  # between the steps' noise and the draws of labelled pictures


def known_labels(labels: Tensor | None, count: int, seed: int) -> Tensor:
    """Labels (N,) of which only `count` are left, the same number of each class (or one more, of classes drawn like the
    pictures by the seed), and UNKNOWN in the place of the others. Raises ValueError for more labels than pictures, or
    than a class has pictures, for fewer than classes, and for pictures that have none."""
    if labels is None:
        raise ValueError("labels says how many pictures keep theirs, and these have none: leave it out")
    classes = labels.unique()
    if not len(classes) <= count <= len(labels):
        raise ValueError(
            f"labels must be between {len(classes)}, one of each class, and {len(labels):,}, one for each picture, "
            f"got {count:,}"
        )
    generator = torch.Generator().manual_seed(seed)
    more = classes[torch.randperm(len(classes), generator=generator)[: count % len(classes)]]
    known = torch.full_like(labels, UNKNOWN)
    for label in classes:
        places = (labels == label).nonzero()[:, 0]
        wanted = count // len(classes) + int(label in more)
        if wanted > len(places):
            raise ValueError(
                f"{count:,} labels are {wanted:,} of each class, and class {int(label)} has {len(places):,} pictures: "
                "ask for fewer"
            )
        known[places[torch.randperm(len(places), generator=generator)[:wanted]]] = label
    return known


def labelled_in_batch(batch_size: int, share: float) -> int:
    """How many pictures of a batch are drawn from those with labels: a share of it, at least one and not all."""
    return min(batch_size - 1, max(1, round(share * batch_size)))


def drawn_labelled(known: Tensor, count: int, seed: int, step: int) -> Tensor:
    """Indices (count,) of pictures whose label is known (N,), drawn for a step: none twice before all were once."""
    labelled = (known != UNKNOWN).nonzero()[:, 0]
    generator = noise_generator(seed, APART + step)
    rounds = [torch.randperm(len(labelled), generator=generator) for _ in range(math.ceil(count / len(labelled)))]
    return labelled[torch.cat(rounds)[:count]]
