"""What every objective is made of: the batch that it sees, the terms that it gives, and their draws."""

from dataclasses import Field, dataclass, field
from typing import Any, ClassVar, Protocol

from torch import Generator, Tensor
from torch.distributions import Distribution

from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import kl_terms, sample
from vae_core.models.model import Model

MOST_SAMPLES = 10_000  # of z for a picture of a batch


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

    log_likelihood: Tensor  # (B,) log p(x|z), z drawn from q(z|x); the mean over draws where there are several
    kl: Tensor  # (B, D) KL(q(z|x) || p(z)) of each latent dimension; (B, 1) where it does not split, see `kl_terms`
    bound: Tensor  # (B,) what training maximises


class Objective(Protocol):
    """What the trainer asks of an objective; `name` is written into checkpoints."""

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __call__(self, model: Model, batch: Batch) -> Terms: ...


def drawn(model: Model, batch: Batch, shape: tuple[int, ...] = ()) -> tuple[Distribution, Tensor, Tensor]:
    """q(z|x), draws of it (*shape, B, D), and log p(x|z), (*shape, B); given the labels, for families with labels."""
    given = families.labels_for(model, batch.y)
    posterior = model.encode(batch.x, *given)
    z = sample(posterior, batch.generator, shape)
    decoded = model.decode(z, *(labels.expand(*shape, len(labels)) for labels in given))
    return posterior, z, decoded.log_prob(batch.x)


def sampled_terms(model: Model, batch: Batch) -> tuple[Distribution, Tensor, Tensor, Tensor]:
    """q(z|x), one z drawn from it (B, D), log p(x|z) (B,) and the KL, see `kl_terms`; all given the labels, for
    families that take them."""
    posterior, z, log_likelihood = drawn(model, batch)
    return posterior, z, log_likelihood, kl_terms(posterior, model.prior, z)


def averaged_kl(posterior: Distribution, prior: Distribution, z: Tensor) -> Tensor:
    """`kl_terms` by draws z (K, B, D): (B, D) in closed form, or (B, 1), the mean over the draws."""
    kl = kl_terms(posterior, prior, z)
    return kl.mean(0) if kl.dim() > 2 else kl


def check_samples(value: object) -> None:
    """Raise ValueError unless `samples` is a number of draws of z for each picture of a batch."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SAMPLES:
        raise ValueError(f"samples must be a whole number from 1 to {MOST_SAMPLES:,}, got {value!r}")
