"""Three trainers of one generative model, side by side, and one of them with more and more latents: figures 3 and 2 of
Kingma & Welling 2013 (https://arxiv.org/abs/1312.6114). How likely do pictures become as training sees more of them?"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from vae_core.analysis.evaluation import standard_error
from vae_core.analysis.likelihood import marginal_estimate
from vae_core.data.files import write_whole
from vae_core.data.pictures import Dataset, InMemoryPictures, Pictures
from vae_core.data.presentation import present
from vae_core.data.registry import load_dataset, test_groups
from vae_core.data.seeds import drawing_from, noise_generator
from vae_core.learning.objectives import ELBO, MonteCarloEM, Objective, WakeSleep
from vae_core.learning.terms import Batch
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.vae import VAE, VAEConfig

TRAINERS: dict[str, Objective] = {"aevb": ELBO(), "wake-sleep": WakeSleep(), "mcem": MonteCarloEM()}
SPLITS = ("train", "test")
JUDGED_AT_ONCE = 100  # pictures
FILE = Path("learning") / "race.json"  # among the assets: what the page Learning and `zoo table` show
FEWEST_JUDGED = 2  # one has no standard error


@dataclass(frozen=True)
class Race:
    """Settings of the experiment: those of the paper's figure 3, with Adam in Adagrad's place."""

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
        least = {"pictures": 1, "seen": 1, "judged": FEWEST_JUDGED, "importance_samples": 1}
        for name, fewest in least.items():
            if getattr(self, name) < fewest:
                raise ValueError(f"{name} must be at least {fewest}, got {getattr(self, name)}")
        if self.seen < self.batch_size:
            raise ValueError(f"seen must be at least {self.batch_size}, a batch, got {self.seen}")


@dataclass(frozen=True)
class Point:
    """How far a trainer has come."""

    trainer: str
    seen: int  # pictures
    split: str  # train or test
    log_marginal: float  # log p(x), mean over the pictures, nats
    standard_error: float
    values: list[float] | None = None  # of each test picture, at the end of the race: for paired differences

    @property
    def who(self) -> str:
        return self.trainer

    @property
    def value(self) -> float:
        return self.log_marginal


@dataclass(frozen=True)
class Bound:
    """What AEVB with some number of latents has come to."""

    latent_dim: int
    seen: int  # pictures
    split: str  # train or test
    bound: float  # the ELBO, mean over the pictures, nats
    standard_error: float
    values: list[float] | None = None  # of each test picture, at the end of the race: for paired differences

    @property
    def who(self) -> int:
        return self.latent_dim

    @property
    def value(self) -> float:
        return self.bound


KINDS: dict[str, type[Point] | type[Bound]] = {"trainers": Point, "latents": Bound}


def race(settings: Race, trainers: tuple[str, ...] = tuple(TRAINERS), known: Sequence[Point] = ()) -> Iterator[Point]:
    """Train by one trainer after the other, from the same first weights, and yield a point for either split whenever
    1, 2 or 5 times a power of ten pictures are seen. Trainers that `known` has all points of are not run again.

    Raises ValueError for an unknown trainer, or more pictures than the data set has.
    """
    unknown = set(trainers) - TRAINERS.keys()
    if unknown:
        raise ValueError(f"trainers are {', '.join(TRAINERS)}, got {', '.join(sorted(unknown))}")
    dataset = checked(settings)
    for trainer in trainers:
        own = [point for point in known if point.trainer == trainer]
        yield from own if whole(settings, own) else ran(settings, trainer, dataset)


def latents(settings: Race, dims: tuple[int, ...], known: Sequence[Bound] = ()) -> Iterator[Bound]:
    """Train by AEVB with each number of latents, and yield the bound for either split at the marks of `race`: figure 2,
    which finds that more latents do not overfit. What `known` has whole is not run again. Raises ValueError as `race`
    does, and for a number of latents that no VAE has."""
    dataset = checked(settings)
    for dim in dims:
        VAEConfig(dataset.info.shape, dim)  # before the first has trained for hours
    for dim in dims:
        own = [bound for bound in known if bound.latent_dim == dim]
        yield from own if whole(settings, own) else bounded(replace(settings, latent_dim=dim), dataset)


def checked(settings: Race) -> Dataset:
    """The data set, if it has as many pictures as the settings ask for. Raises ValueError."""
    dataset = load_dataset(settings.dataset)
    for name, wanted, split in (
        ("pictures", settings.pictures, dataset.train),
        ("judged", settings.judged, dataset.test),
        ("judged", settings.judged, range(settings.pictures)),
    ):
        if wanted > len(split):
            raise ValueError(f"{name} must be at most {len(split):,}, got {wanted:,}")
    groups = test_groups(settings.dataset, settings.judged)
    if groups is not None and len(groups.unique()) < 2:
        raise ValueError(
            f"the first {settings.judged} test pictures of {settings.dataset} depend on each other, and their mean has "
            "no error that could be told: judge more"
        )
    return dataset


def whole(settings: Race, points: Sequence[Point | Bound]) -> bool:
    """Whether there is a point at every mark up to what the settings have seen, for either split, and what is kept of
    single pictures at the last."""
    *_, last = wanted = marks(settings.batch_size, settings.seen)

    def reached(mark: int, some: Sequence[Point | Bound]) -> bool:  # by whole batches
        return any(mark <= point.seen < mark + settings.batch_size for point in some)

    splits = [[point for point in points if point.split == split] for split in SPLITS]
    kept = [point for point in points if point.values is not None]
    return reached(last, kept) and all(reached(mark, own) for mark, own in product(wanted, splits))


def ran(settings: Race, trainer: str, dataset: Dataset) -> Iterator[Point]:
    """The points of one trainer."""
    for seen, model, splits in stages(settings, trainer, dataset):
        for split, pictures in splits.items():
            values = judge(model, pictures, settings)
            kept = kept_at(seen, split, settings, values)
            yield Point(trainer, seen, split, values.mean().item(), error_of(values, split, settings), kept)


def bounded(settings: Race, dataset: Dataset) -> Iterator[Bound]:
    """The bounds of one number of latents."""
    for seen, model, splits in stages(settings, "aevb", dataset):
        for split, pictures in splits.items():
            values = bounds(model, pictures, settings)
            kept = kept_at(seen, split, settings, values)
            yield Bound(settings.latent_dim, seen, split, values.mean().item(), error_of(values, split, settings), kept)


def kept_at(seen: int, split: str, settings: Race, values: Tensor) -> list[float] | None:
    """What is kept of the values of single pictures: those of test pictures at the last mark, to a thousandth."""
    last = marks(settings.batch_size, settings.seen)[-1]
    return [round(value, 3) for value in values.tolist()] if seen >= last and split == "test" else None


def error_of(values: Tensor, split: str, settings: Race) -> float:
    """The standard error of the mean of values (N,): over the groups of pictures that depend on each other, where the
    data set has such. Training pictures, whose groups are not told, are taken to come in runs as long as those."""
    groups = test_groups(settings.dataset, len(values))
    if groups is not None and split == "train":
        groups = torch.arange(len(values)) * int(groups.max() + 1) // len(values)
    return cast(float, standard_error(values, groups))  # `checked` has seen to it that there are two groups


def stages(settings: Race, trainer: str, dataset: Dataset) -> Iterator[tuple[int, VAE, dict[str, Pictures]]]:
    """How many pictures were seen, and the model, at every mark; with the pictures of either split, of which the first
    are judged."""
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
        yield seen, model, {"train": train, "test": dataset.test}


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


@torch.no_grad()
def bounds(model: VAE, pictures: Pictures, settings: Race) -> Tensor:
    """The ELBO of the first pictures of a split, nats, (judged,), over as many draws of z as the likelihood takes; the
    same draws each time it is asked."""
    found = []
    for rows in torch.arange(settings.judged).split(JUDGED_AT_ONCE):
        generator = noise_generator(settings.seed, int(rows[0]))
        x = present(pictures.batch(rows), model.config.likelihood, generator)
        found.append(ELBO(settings.importance_samples)(model, Batch(x, generator=generator)).bound)
    return torch.cat(found)


def measured(file: Path) -> dict[str, list[dict]]:
    """What a file of races holds: {"trainers": ..., "latents": ...}, each a list of {"settings", "points"}; empty where
    there is none. Raises ValueError for a file of something else."""
    if not file.exists():
        return {kind: [] for kind in KINDS}
    try:
        told = json.loads(file.read_text("utf-8"))
        return {
            kind: [{"settings": dict(one["settings"]), "points": one["points"]} for one in told[kind]] for kind in KINDS
        }
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{file} does not hold races: name another file, or a new one") from None


def known(file: Path, kind: str, settings: Race) -> list[Any]:
    """The points (Bounds of latents) that a file holds of a race with these settings, however many pictures it saw."""
    form = KINDS[kind]
    return [form(**point) for one in measured(file)[kind] if same(one["settings"], settings) for point in one["points"]]


def record(file: Path, kind: str, settings: Race, points: Sequence[Point | Bound]) -> None:
    """Write points of a race into a file, in place of what it held of the same trainers, or numbers of latents."""
    told = measured(file)
    others = [one for one in told[kind] if not same(one["settings"], settings)]
    new = {point.who for point in points}
    before = [point for point in known(file, kind, settings) if point.who not in new]
    told[kind] = [
        *others,
        {"settings": asdict(settings), "points": [told_of(point) for point in (*before, *points)]},
    ]
    write_whole(file, (json.dumps(told) + "\n").encode())


def told_of(point: Point | Bound) -> dict:
    """A point as a file has it: without what it does not have."""
    return {name: value for name, value in asdict(point).items() if value is not None}


def same(told: dict, settings: Race) -> bool:
    """Whether settings in a file are these, but for how many pictures were seen."""
    return told | {"seen": 0} == json.loads(json.dumps(asdict(settings))) | {"seen": 0}
