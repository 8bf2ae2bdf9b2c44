"""What every objective is made of: the batch that it sees, the terms that it gives, and their draws."""

from collections.abc import Callable
from dataclasses import Field, dataclass, field
from typing import Any, ClassVar, Protocol

from torch import Generator, Tensor
from torch.distributions import Distribution

from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import kl_terms, sample
from vae_core.models.model import Model


@dataclass(frozen=True)
class Batch:
    """What one training step sees: pictures (B, C, H, W) and, where the data set has them, labels (B,)."""

    x: Tensor
    y: Tensor | None = None
    done: float = 0.0  # share of all training steps that lie behind: schedules go by it
    pictures: int = 1  # in the split that is trained on
    generator: Generator = field(default_factory=noise_generator)  # of the noise, on the pictures' device


@dataclass(frozen=True)
class Terms:
    """Per-sample terms of a bound, in nats."""

    log_likelihood: Tensor  # (B,) log p(x|z), z drawn from q(z|x)
    kl: Tensor  # (B, D) KL(q(z|x) || p(z)) of each latent dimension; (B, 1) where it does not split, see `kl_terms`
    bound: Tensor  # (B,) what training maximises
    update: Callable[[], None] | None = None  # of what changes with every step, but not by a gradient


class Objective(Protocol):
    """What the trainer asks of an objective; `name` is written into checkpoints."""

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __call__(self, model: Model, batch: Batch) -> Terms: ...


def sampled_terms(model: Model, batch: Batch) -> tuple[Distribution, Tensor, Tensor, Tensor]:
    """q(z|x), one z drawn from it (B, D), log p(x|z) (B,) and the KL, see `kl_terms`; all given the labels, for
    families that take them. Raises ValueError for discrete latents: no gradient would reach the encoder."""
    if families.of(model).latent == "discrete":
        raise ValueError("a model with discrete latents is trained with the objective vq")
    given = families.labels_for(model, batch.y)
    posterior = model.encode(batch.x, *given)
    z = sample(posterior, batch.generator)
    return posterior, z, model.decode(z, *given).log_prob(batch.x), kl_terms(posterior, model.prior, z)
