"""What every objective is made of: the batch that it sees, the terms that it gives, and their draws."""

import math
from collections.abc import Callable
from dataclasses import Field, asdict, dataclass, field
from typing import Any, ClassVar, Protocol

import torch
from torch import Generator, Tensor
from torch.distributions import Distribution

from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import sample_with_kl
from vae_core.models.model import Model

MOST_SAMPLES = 10_000  # of z for a picture of a batch


@dataclass(frozen=True)
class Batch:
    """What one training step sees: pictures (B, C, H, W) and, where the data set has them, labels (B,)."""

    x: Tensor
    y: Tensor | None = None  # -1 for a picture whose label is not known
    done: float = 0.0  # share of all training steps that lie behind: schedules go by it
    pictures: int = 1  # in the split that is trained on
    generator: Generator = field(default_factory=noise_generator)  # of the noise, on the pictures' device


@dataclass(frozen=True)
class Terms:
    """Per-sample terms of a bound, in nats."""

    log_likelihood: Tensor  # (B,) log p(x|z), z drawn from q(z|x); the mean over draws where there are several
    kl: Tensor  # (B, D) KL(q(z|x) || p(z)) of each latent dimension; (B, 1) where it does not split, see `kl_terms`
    bound: Tensor  # (B,) what training maximises
    update: Callable[[], None] | None = None  # of what changes with every step, but not by a gradient


class Objective(Protocol):
    """What the trainer asks of an objective; `name` is written into checkpoints."""

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __call__(self, model: Model, batch: Batch) -> Terms: ...


def sampled_terms(
    model: Model, batch: Batch, shape: tuple[int, ...] = ()
) -> tuple[Distribution, Tensor, Tensor, Tensor]:
    """q(z|x), draws of it (*shape, B, D), log p(x|z) (*shape, B) and the KL, see `sample_with_kl`; all given the
    labels, for families that take them. Raises ValueError for discrete latents, and for draws that no gradient passes
    through: none would reach the encoder.
    """
    if families.of(model).latent == "discrete":
        raise ValueError("a model with discrete latents is trained with the objective vq")
    given = families.labels_for(model, batch.y)
    posterior = model.encode(batch.x, *given)
    z, kl = sample_with_kl(posterior, model.prior, batch.generator, shape)
    if torch.is_grad_enabled() and not z.requires_grad and posterior.log_prob(z).requires_grad:
        kind = type(posterior).__name__
        raise ValueError(f"draws of q(z|x) must let gradients pass, those of {kind} do not: use m2, or score-function")
    decoded = model.decode(z, *(labels.expand(*shape, len(labels)) for labels in given))
    return posterior, z, decoded.log_prob(batch.x), kl


def check_dense(model: Model, objective: str) -> None:
    """Raise ValueError for latents that an objective cannot dream of and climb: codes, and those that a picture has
    exactly."""
    family = families.of(model)
    if family.latent == "discrete" or family.exact:
        raise ValueError(f"{objective} trains models whose q(z|x) and p(z) are densities, not the family {family.name}")


def averaged(kl: Tensor) -> Tensor:
    """The KL over the draws that it was computed of, if any, (K, B, 1): (B, 1); (B, D) in closed form as it is."""
    return kl.mean(0) if kl.dim() > 2 else kl


def check_samples(value: object) -> None:
    """Raise ValueError unless `samples` is a number of draws of z for each picture of a batch."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SAMPLES:
        raise ValueError(f"samples must be a whole number from 1 to {MOST_SAMPLES:,}, got {value!r}")


def check_not_negative(objective: Objective) -> None:
    """Raise ValueError unless every setting is a finite number from 0 up."""
    for key, value in asdict(objective).items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{key} must be a number from 0 up, got {value}")


def check_share(name: str, value: float) -> None:
    """Raise ValueError unless a setting is a share of the training, above 0 and at most 1."""
    if not 0 < value <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1, got {value}")
