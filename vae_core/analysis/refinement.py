"""q(z|x) of one picture made as good as its kind can be, a diagonal Gaussian or a flow: what an encoder for all
pictures gives away."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Independent

from vae_core.analysis.likelihood import elbo_terms
from vae_core.data.seeds import noise_generator
from vae_core.models.bijections import Flowed
from vae_core.models.distributions import diagonal_normal, kl_per_dimension
from vae_core.models.flow_posterior import FlowVAE
from vae_core.models.model import Model

DRAWS = 64  # of epsilon for one gradient, in mirrored pairs
RATE = 0.05  # of the first steps, in standard deviations of q(z|x), or of what makes a flow; it falls to 0
JUDGES = 2000  # fresh draws that judge a posterior


@dataclass(frozen=True)
class Refined:
    """A diagonal Gaussian posterior of pictures after some steps of ascent, and the ELBO before and now."""

    posterior: Independent  # batch (B,), event (D,)
    before: Tensor  # (B,) nats, with the encoder's q(z|x)
    elbo: Tensor  # (B,) nats
    standard_error: Tensor  # (B,) of `elbo`
    steps: int


def refined(model: Model, x: Tensor, steps: int = 300, every: int = 100) -> Iterator[Refined]:
    """Gradient ascent on the ELBO of pictures x (B, C, H, W) over mean and standard deviation, the decoder untouched.

    What it gains over the encoder's q(z|x) is the amortisation gap; what is still missing to log p(x) is the
    approximation gap, which no diagonal Gaussian closes (Cremer, Li & Duvenaud 2018, https://arxiv.org/abs/1801.03558).
    Yields after every `every` steps, and after the last. Raises ValueError for less than one step.
    """
    if steps < 1 or every < 1:
        raise ValueError(f"steps and every must be at least 1, got {steps} and {every}")
    with torch.no_grad():
        encoded = model.encode(x)
        start, spread = encoded.mean, encoded.stddev
        before = elbo_terms(model, x, JUDGES, generator=noise_generator(1)).elbo
    shift, log_scale = (torch.zeros_like(start, requires_grad=True) for _ in range(2))
    ascent = torch.optim.Adam([shift, log_scale], RATE)
    generator = noise_generator(device=x.device)
    for step in range(1, steps + 1):
        slow_down(ascent, step, steps)
        with torch.enable_grad():
            q = diagonal_normal(start + spread * shift, spread * log_scale.exp())
            half = torch.randn((DRAWS // 2, *start.shape), generator=generator, dtype=x.dtype, device=x.device)
            z = q.mean + q.stddev * torch.cat([half, -half])  # (DRAWS, B, D)
            bound = model.decode(z).log_prob(x).mean(0) - kl_per_dimension(q, model.prior).sum(-1)
            shift.grad, log_scale.grad = torch.autograd.grad(-bound.sum(), [shift, log_scale])
        ascent.step()
        if step % every == 0 or step == steps:
            posterior = diagonal_normal((start + spread * shift).detach(), (spread * log_scale.exp()).detach())
            terms = elbo_terms(model, x, JUDGES, posterior, generator=noise_generator(1))
            yield Refined(posterior, before, terms.elbo, terms.standard_error, step)


@dataclass(frozen=True)
class RefinedFlow:
    """A posterior that a flow has bent, of pictures after an ascent, and what that gained."""

    posterior: Flowed  # batch (B,), event (D,)
    gain: Tensor  # (B,) nats of the ELBO, by the same draws before and after
    standard_error: Tensor  # (B,) of it


def refined_flow(model: FlowVAE, x: Tensor, steps: int = 500) -> RefinedFlow:
    """Gradient ascent on the ELBO of pictures x (B, C, H, W) over what the encoder says of them: the Gaussian's mean
    and standard deviation, and what steers the flow. The decoder is untouched, and splines, which all pictures share.

    The gain is the amortisation gap as far as the ascent has found it, and what then is missing to log p(x) what no
    such flow was found to hold (Cremer, Li & Duvenaud 2018, https://arxiv.org/abs/1801.03558). Pictures that the ascent
    made no better by these draws keep the encoder's q: a gain of the size of its error is too high, on average. Raises
    ValueError for less than one step.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    with torch.no_grad():
        encoded = model.said(x)
    said = encoded.clone().requires_grad_()
    ascent = torch.optim.Adam([said], RATE)
    generator = noise_generator(device=x.device)
    for step in range(1, steps + 1):
        slow_down(ascent, step, steps)
        half = torch.randn(
            (DRAWS // 2, len(x), model.config.latent_dim), generator=generator, dtype=x.dtype, device=x.device
        )
        with torch.enable_grad():
            bound = log_weights(model, x, model.posterior(said), torch.cat([half, -half])).mean(0)
            (said.grad,) = torch.autograd.grad(-bound.sum(), [said])
        ascent.step()
    with torch.no_grad():
        noise = torch.randn(
            (JUDGES, len(x), model.config.latent_dim),
            generator=noise_generator(1, device=x.device),
            dtype=x.dtype,
            device=x.device,
        )
        before, after = (log_weights(model, x, model.posterior(each), noise) for each in (encoded, said))
        gained = after - before
        better = gained.mean(0) > 0
        kept = torch.where(better[:, None], said, encoded)
        gain, error = gained.mean(0), gained.std(0) / math.sqrt(JUDGES)
        return RefinedFlow(model.posterior(kept), torch.where(better, gain, 0), torch.where(better, error, 0))


def log_weights(model: Model, x: Tensor, posterior: Flowed, noise: Tensor) -> Tensor:
    """log p(x, z) - log q(z|x), (N, B) nats, at what a posterior makes of draws of N(0, I), (N, B, D): the ELBO is
    their mean."""
    z, log_posterior = posterior.at(noise)
    return model.decode(z).log_prob(x) + model.prior.log_prob(z) - log_posterior


def slow_down(ascent: torch.optim.Optimizer, step: int, steps: int) -> None:
    """Give an ascent the rate of one of its steps, from 1 on: from RATE down to nothing, by a cosine."""
    for group in ascent.param_groups:
        group["lr"] = RATE * (1 + math.cos(math.pi * (step - 1) / steps)) / 2
