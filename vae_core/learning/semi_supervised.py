"""The objective of a model of pictures of which only some have labels."""

import math
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import torch
from torch import Generator, Tensor
from torch.distributions import Categorical, Distribution

from vae_core.learning.terms import Batch, Terms, check_not_negative
from vae_core.models.distributions import kl_terms, sample
from vae_core.models.families import classifies
from vae_core.models.model import LEFT_OUT, Model
from vae_core.models.stacked import Stacked


class Labelled(Protocol):
    """What the objective asks: of pictures, or of the latents of a VAE."""

    @property
    def prior(self) -> Distribution: ...

    def classify(self, x: Tensor, dropped_by: Generator | None = None) -> Categorical: ...

    def encode(self, x: Tensor, y: Tensor, /) -> Distribution: ...

    def encode_with_each_label(self, x: Tensor, /) -> Distribution: ...

    def decode(self, z: Tensor, y: Tensor, /) -> Distribution: ...


@dataclass(frozen=True)
class M2:
    """L(x, y) + alpha log q(y|x) of pictures with a label, beta U(x) of those without.

    Kingma, Rezende, Mohamed & Welling 2014 (https://arxiv.org/abs/1406.5298): L, their equation 6 (with its sign
    turned), is E_q(z|x, y)[log p(x|y, z)] + log p(y) - KL(q(z|x, y) || p(z)); U, equation 7, is
    sum_y q(y|x) L(x, y) + H(q(y|x)), the sum being over all labels, none of them drawn; the whole is equation 9. One
    draw of z for each label, of one noise for all labels, so that labels are compared at the same style.

    `weight` is alpha in nats of the whole batch: alpha = weight times the pictures in the batch over the labelled among
    them, so that the mean over the batch has `weight` times the labelled pictures' mean of log q(y|x): the paper's
    alpha = 0.1 N is a weight of 0.1. Both bounds count as the batch has them: with a share of labelled pictures in each
    batch (`TrainingConfig.labelled_share`) L weighs more than in equation 9, which has one of each picture.

    Of a model that stands on a VAE (M1+M2) x is a draw z1 of q(z1|x) there; what its bound adds, log p(x|z1) - log
    q(z1|x), is no function of what is learned.

    During the first `delay` of the steps q(y|x) is held in U, and learns from labels alone: before the decoder knows
    what a label looks like, U draws q(y|x) to labels that mean something else.
    """

    name: ClassVar[str] = "m2"
    weight: float = 0.1
    unlabelled_weight: float = 1.0  # beta
    delay: float = field(default=0.0, metadata=LEFT_OUT)

    def __post_init__(self):
        check_not_negative(self)
        if self.delay > 1:
            raise ValueError(f"delay must be a share of the training, 0 to 1, got {self.delay}")

    def __call__(self, model: Model, batch: Batch) -> Terms:
        if not classifies(model):
            raise ValueError(f"{self.name} trains a model that classifies, this one is {model.config.family}")
        if batch.y is None:
            raise ValueError(f"{self.name} needs labels of some pictures, and these have none")
        known = batch.y >= 0
        x, beneath = batch.x, None
        of_labels: Labelled = model
        if isinstance(model, Stacked):
            x, *beneath = model.beneath(batch.x, batch.generator)
            of_labels = model.upper
        log_label = of_labels.classify(x, dropped_by=batch.generator).logits  # (B, classes), log q(y|x)
        labelled = with_label(of_labels, x[known], batch.y[known], batch.generator)
        every = with_each_label(of_labels, x[~known], batch.generator)  # (classes, B'), (classes, B', D)
        guessed = log_label[~known].T  # (classes, B')
        if batch.done < self.delay:
            guessed = guessed.detach()
        share = guessed.exp()
        entropy = -(share * guessed).sum(0)
        expected = Parts((share * every.log_likelihood).sum(0), (share[..., None] * every.kl).sum(0))
        right = log_label[known].gather(1, batch.y[known, None])[:, 0]
        alpha = self.weight * len(known) / max(1, int(known.sum()))
        log_prior = -math.log(log_label.shape[1])
        bound = batch.x.new_empty(len(known), dtype=log_label.dtype)
        log_likelihood, kl = bound.clone(), bound.new_empty(len(known), labelled.kl.shape[-1])
        bound[known] = labelled.bound + log_prior + alpha * right
        bound[~known] = self.unlabelled_weight * (expected.bound + log_prior + entropy)
        log_likelihood[known], log_likelihood[~known] = labelled.log_likelihood, expected.log_likelihood
        kl[known], kl[~known] = labelled.kl, expected.kl
        if beneath is not None:
            log_pixels, log_posterior = beneath
            kl = (log_posterior - log_likelihood + kl.sum(-1))[:, None]  # of z1 and z2 together
            log_likelihood, bound = log_pixels, bound + log_pixels - log_posterior
        return Terms(log_likelihood, kl, bound)


@dataclass(frozen=True)
class Parts:
    """E_q(z|x, y)[log p(x|y, z)], (...,), and KL(q(z|x, y) || p(z)), (..., D), by one draw of z; nats."""

    log_likelihood: Tensor
    kl: Tensor

    @property
    def bound(self) -> Tensor:
        """(...,) on log p(x|y)."""
        return self.log_likelihood - self.kl.sum(-1)


def with_label(model: Labelled, x: Tensor, y: Tensor, generator: Generator) -> Parts:
    """Of pictures x (B, C, H, W) with labels y (B,): (B,) and (B, D)."""
    posterior = model.encode(x, y)
    z = sample(posterior, generator)
    return Parts(model.decode(z, y).log_prob(x), kl_terms(posterior, model.prior, z))


def with_each_label(model: Labelled, x: Tensor, generator: Generator) -> Parts:
    """Of pictures x (B, C, H, W) with every label: (classes, B) and (classes, B, D)."""
    posterior = model.encode_with_each_label(x)
    noise = torch.empty_like(posterior.mean[0]).normal_(generator=generator)
    z = posterior.mean + posterior.stddev * noise  # (classes, B, D)
    labels = torch.arange(len(z), device=x.device)[:, None].expand(z.shape[:-1])
    return Parts(model.decode(z, labels).log_prob(x), kl_terms(posterior, model.prior, z))
