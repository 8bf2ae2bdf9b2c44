"""Objectives: a model and a batch in, per-sample terms out. Only the trainer reduces them."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor, nn

from vae_core.models.distributions import kl_per_dimension


@dataclass(frozen=True)
class Batch:
    """What one training step sees: pictures (B, C, H, W) and, where the data set has them, labels (B,)."""

    x: Tensor
    y: Tensor | None = None


@dataclass(frozen=True)
class Terms:
    """Per-sample terms of a bound, in nats."""

    log_likelihood: Tensor  # (B,) log p(x|z), z drawn from q(z|x)
    kl: Tensor  # (B, D) KL(q(z|x) || p(z)) of each latent dimension
    bound: Tensor  # (B,) what training maximises


class Objective(Protocol):
    """What the trainer asks of an objective; `name` is written into checkpoints."""

    name: ClassVar[str]

    def __call__(self, model: nn.Module, batch: Batch) -> Terms: ...


@dataclass(frozen=True)
class ELBO:
    """E_q[log p(x|z)] - KL(q(z|x) || p(z)) with one sample of z and the KL in closed form.

    Kingma & Welling 2013, equation 10 (https://arxiv.org/abs/1312.6114).
    """

    name: ClassVar[str] = "elbo"

    def __call__(self, model: nn.Module, batch: Batch) -> Terms:
        posterior = model.encode(batch.x)
        log_likelihood = model.decode(posterior.rsample()).log_prob(batch.x)  # (B,)
        kl = kl_per_dimension(posterior, model.prior)  # (B, D)
        return Terms(log_likelihood, kl, log_likelihood - kl.sum(-1))


OBJECTIVES: dict[str, type[Objective]] = {ELBO.name: ELBO}
