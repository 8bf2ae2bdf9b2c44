"""Objectives of a VAE with a discriminator: each term trains what algorithm 1 of Larsen et al. 2016 names and nothing
else (https://arxiv.org/abs/1512.09300), although one step of one optimiser serves all of them: what a term must not
train is held where the term is computed.

Their sum is no bound on log p(x). `Terms.log_likelihood` is that of the pixels, from which the ELBO can be read off.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.distributions import Independent, Normal
from torch.func import functional_call
from torch.nn.functional import logsigmoid

from vae_core.learning.terms import Batch, Terms
from vae_core.models.adversarial import AdversarialVAE, held
from vae_core.models.distributions import PictureBernoulli, kl_terms, picture_normal, sample
from vae_core.models.model import Model


@dataclass(frozen=True)
class Parts:
    """The terms for one batch, each (B,), and the KL, and what they train."""

    log_pixels: Tensor  # log p(x|z) of the mean picture as it is: the pixels' noise
    kl: Tensor  # (B, D) or (B, 1), see `kl_terms`: the encoder, and a prior that is learned
    of_encoder: Tensor  # log p(Dis_l(x) | z) but for a constant: the encoder
    of_decoder: Tensor  # the same number: the decoder
    fooled: Tensor  # log Dis of the reconstruction and of a draw of the prior: the decoder
    told_apart: Tensor  # log Dis of the picture, log(1 - Dis) of the two made ones: the discriminator


def adversarial_parts(name: str, model: Model, batch: Batch) -> Parts:
    """The terms for one batch. Raises ValueError for a model without a discriminator.

    The decoder is passed twice: with its weights held, for the encoder, and with z held, for itself.
    """
    if not isinstance(model, AdversarialVAE):
        raise ValueError(f"{name} trains a model with a discriminator, this one is {model.config.family}")
    x, discriminator = batch.x, model.discriminator
    posterior = model.encode(x)
    z = sample(posterior, batch.generator)
    imagined = sample(model.prior, batch.generator, (len(x),))
    of_z = functional_call(model.decoder, held(model.decoder), (z,)).float().sigmoid()
    pixels = model.decode(torch.cat([z, imagined]).detach())
    reconstructions, draws = pixels.mean.chunk(2)

    def judged(reconstructions: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
        """log p(Dis_l(x) | z) and log Dis of both made pictures, by the discriminator as it is."""
        features, odds = functional_call(discriminator, held(discriminator), (torch.cat([x, reconstructions, draws]),))
        real, again, _ = features.float().chunk(3)
        _, of_reconstructions, of_draws = logsigmoid(odds.float()).chunk(3)
        return likeness(real, again), of_reconstructions + of_draws

    of_decoder, fooled = judged(reconstructions, draws)
    odds = discriminator(torch.cat([x, reconstructions, draws]).detach())[1].float().chunk(3)
    return Parts(
        log_pixels=mean_held(pixels, len(x)).log_prob(x),
        kl=kl_terms(posterior, model.prior, z),
        of_encoder=judged(of_z, draws.detach())[0],
        of_decoder=of_decoder,
        fooled=fooled,
        told_apart=logsigmoid(odds[0]) + logsigmoid(-odds[1]) + logsigmoid(-odds[2]),
    )


def mean_held(pixels: Independent, count: int) -> Independent:
    """The first `count` of pixels' distributions, through which gradients reach their noise alone."""
    base = pixels.base_dist
    if isinstance(base, Normal):
        return picture_normal(base.mean[:count].detach(), base.stddev[:count])
    return PictureBernoulli(base.logits[:count].detach())


def likeness(features: Tensor, of_reconstruction: Tensor) -> Tensor:
    """log N(features; of_reconstruction, I) of features (B, F), but for a constant: (B,). Larsen et al., equation 8."""
    return -0.5 * (features - of_reconstruction).square().sum(-1)


@dataclass(frozen=True)
class FeatureLikelihood:
    """E_q[log p(Dis_l(x) | z)] - KL(q(z|x) || p(z)): VAE_Dis_l, a VAE whose pictures are compared by features.

    Larsen et al. 2016, equations 7 and 8 and section 4.1. The discriminator learns beside it to tell pictures from what
    the VAE makes, which the decoder is not told.
    """

    name: ClassVar[str] = "feature-likelihood"

    def __call__(self, model: Model, batch: Batch) -> Terms:
        parts = adversarial_parts(self.name, model, batch)
        of_vae = parts.of_encoder + parts.of_decoder - parts.kl.sum(-1)
        return Terms(parts.log_pixels, parts.kl, of_vae + parts.told_apart + parts.log_pixels)


@dataclass(frozen=True)
class VAEGAN:
    """The same for the encoder; the decoder weighs its features' likelihood with gamma, and fools the discriminator.

    Larsen et al. 2016, algorithm 1. The decoder maximises log Dis of what it makes in place of minimising
    log(1 - Dis), whose gradient vanishes while the discriminator is right (Goodfellow et al. 2014, section 3,
    https://arxiv.org/abs/1406.2661).
    """

    name: ClassVar[str] = "vae-gan"
    gamma: float = 1.0

    def __post_init__(self):
        if not (math.isfinite(self.gamma) and self.gamma >= 0):
            raise ValueError(f"gamma must be a number from 0 up, got {self.gamma}")

    def __call__(self, model: Model, batch: Batch) -> Terms:
        parts = adversarial_parts(self.name, model, batch)
        of_vae = parts.of_encoder - parts.kl.sum(-1) + self.gamma * parts.of_decoder + parts.fooled
        return Terms(parts.log_pixels, parts.kl, of_vae + parts.told_apart + parts.log_pixels)
