"""Three trainers of one generative model, side by side: the experiment of figure 3 of Kingma & Welling 2013
(https://arxiv.org/abs/1312.6114), which asks how likely pictures become as training sees more of them."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import torch
from torch import Tensor

from vae_core.analysis.likelihood import marginal_estimate
from vae_core.data.files import write_whole
from vae_core.data.pictures import Dataset, InMemoryPictures, Pictures
from vae_core.data.presentation import present
from vae_core.data.registry import load_dataset
from vae_core.data.seeds import drawing_from, noise_generator
from vae_core.learning.objectives import ELBO, MonteCarloEM, Objective, WakeSleep
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.vae import VAE, VAEConfig

TRAINERS: dict[str, Objective] = {"aevb": ELBO(), "wake-sleep": WakeSleep(), "mcem": MonteCarloEM()}
JUDGED_AT_ONCE = 100  # pictures


@dataclass(frozen=True)
class Race:
    """Settings of the experiment: the paper's, with Adam in Adagrad's place."""

    dataset: str = "mnist"
    pictures: int = 1_000  # to train on; the paper has 1,000 and 50,000
    seen: int = 1_000_000  # pictures that each trainer sees, those that come again counted again
    latent_dim: int = 3
    hidden: tuple[int, ...] = (100,)
    batch_size: int = 100
    learning_rate: float = 1e-3
    judged: int = 200  # pictures of either split whose likelihood is estimated
    importance_samples: int = 200
    seed: int = 0

    def __post_init__(self):
        for name in ("pictures", "seen", "judged", "importance_samples"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True)
class Point:
    """How far a trainer has come."""

    trainer: str
    seen: int  # pictures
    split: str  # train or test
    log_marginal: float  # log p(x), mean over the pictures, nats
    standard_error: float


def race(settings: Race, trainers: tuple[str, ...] = tuple(TRAINERS), file: Path | None = None) -> Iterator[Point]:
    """Train by one trainer after the other, from the same first weights, and yield a point for either split whenever
    1, 2 or 5 times a power of ten pictures are seen. All points so far are written to a JSON `file` with the settings.

    Raises ValueError for an unknown trainer, or more pictures than the data set has.
    """
    unknown = set(trainers) - TRAINERS.keys()
    if unknown:
        raise ValueError(f"trainers are {', '.join(TRAINERS)}, got {', '.join(sorted(unknown))}")
    dataset = load_dataset(settings.dataset)
    for name, wanted, split in (
        ("pictures", settings.pictures, dataset.train),
        ("judged", settings.judged, dataset.test),
        ("judged", settings.judged, range(settings.pictures)),
    ):
        if wanted > len(split):
            raise ValueError(f"{name} must be at most {len(split):,}, got {wanted:,}")
    points: list[Point] = []
    for trainer in trainers:
        for point in ran(settings, trainer, dataset):
            points.append(point)
            if file is not None:
                told = {"settings": asdict(settings), "points": [asdict(each) for each in points]}
                write_whole(file, (json.dumps(told) + "\n").encode())
            yield point


def ran(settings: Race, trainer: str, dataset: Dataset) -> Iterator[Point]:
    """The points of one trainer."""
    train = InMemoryPictures(dataset.train.batch(slice(0, settings.pictures)))
    with drawing_from(torch.Generator().manual_seed(settings.seed)):
        model = VAE(
            VAEConfig(
                dataset.info.shape,
                settings.latent_dim,
                hidden=settings.hidden,
                likelihood=dataset.info.likelihood,
                activation="tanh",
            )
        )
    config = TrainingConfig(
        epochs=math.ceil(settings.seen / settings.pictures),
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        schedule="constant",
        precision="float32",
        seed=settings.seed,
    )
    wanted = marks(settings.batch_size, settings.seen)
    per_epoch = math.ceil(settings.pictures / settings.batch_size)
    for progress in fit(model, train, config, TRAINERS[trainer]):
        epochs, steps = divmod(progress.step, per_epoch)
        seen = epochs * settings.pictures + steps * settings.batch_size
        if not wanted:
            return
        if seen < wanted[0]:
            continue
        wanted = [mark for mark in wanted if mark > seen]
        for split, pictures in (("train", train), ("test", dataset.test)):
            values = judge(model, pictures, settings)
            error = (values.std() / math.sqrt(len(values))).item()
            yield Point(trainer, seen, split, values.mean().item(), error)


def marks(first: int, last: int) -> list[int]:
    """1, 2 and 5 times the powers of ten from `first` to `last`."""
    every = [digit * 10**power for power, digit in product(range(len(str(last))), (1, 2, 5))]
    return [mark for mark in every if first <= mark <= last]


def judge(model: VAE, pictures: Pictures, settings: Race) -> Tensor:
    """log p(x) of the first pictures of a split, nats, (judged,); the same draws each time it is asked."""
    found = []
    for rows in torch.arange(settings.judged).split(JUDGED_AT_ONCE):
        generator = noise_generator(settings.seed, int(rows[0]))
        x = present(pictures.batch(rows), model.config.likelihood, generator)
        found.append(marginal_estimate(model, x, settings.importance_samples, generator).log_marginal)
    return torch.cat(found)
