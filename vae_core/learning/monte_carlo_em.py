"""Monte Carlo EM: the decoder learns from draws of the true posterior, made by Hamiltonian Monte Carlo."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from vae_core.learning.terms import Batch, Terms, check_dense
from vae_core.models.distributions import kl_terms, sample
from vae_core.models.families import labels_for
from vae_core.models.model import Model

ACCEPTANCE = 0.9  # that the step size is led to, as in appendix E of Kingma & Welling 2013
ADAPTED = 0.5  # share of the moves after which the step size stays: moves that go on changing it have no fixed law
BOLDNESS = 0.7  # by how much the first move can change the logarithm of the step size; later ones by less
MOST_MOVES = 10_000


@dataclass(frozen=True)
class MonteCarloEM:
    """log p(x, z) + log q(z|x) at z ~ p(z|x), drawn by Hamiltonian Monte Carlo; the draws pass no gradient on.

    The Monte Carlo EM of Kingma & Welling 2013, appendix E (https://arxiv.org/abs/1312.6114): the E step draws, the M
    step is one of gradient ascent. Chains begin at draws of the prior, afresh in every step of training, and make
    `moves` moves of `leapfrog` steps; the step size begins at `step_size` and is led to the paper's acceptance. EM has
    no encoder; this one learns from the same draws, without a part in them, so that the model can be looked at.
    """

    name: ClassVar[str] = "mcem"
    moves: int = 10
    leapfrog: int = 10
    step_size: float = 0.1

    def __post_init__(self):
        for name in ("moves", "leapfrog"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_MOVES:
                raise ValueError(f"{name} must be a whole number from 1 to {MOST_MOVES:,}, got {value!r}")
        if not (math.isfinite(self.step_size) and self.step_size > 0):
            raise ValueError(f"step_size must be a finite number above 0, got {self.step_size}")

    def __call__(self, model: Model, batch: Batch) -> Terms:
        check_dense(model, self.name)
        given = labels_for(model, batch.y)

        def log_joint(z: Tensor) -> Tensor:
            return model.decode(z, *given).log_prob(batch.x) + model.prior.log_prob(z)

        with torch.no_grad():
            start = sample(model.prior, batch.generator, (len(batch.x),))
        z = posterior_draws(log_joint, start, self.moves, self.leapfrog, self.step_size, batch.generator).z
        posterior, log_likelihood = model.encode(batch.x, *given), model.decode(z, *given).log_prob(batch.x)
        bound = log_likelihood + model.prior.log_prob(z) + posterior.log_prob(z)
        with torch.no_grad():
            kl = kl_terms(posterior, model.prior, sample(posterior, batch.generator))
        return Terms(log_likelihood, kl, bound)


@dataclass(frozen=True)
class Draws:
    """Where Hamiltonian Monte Carlo has come to."""

    z: Tensor  # (B, D), the last state of each chain
    acceptance: float  # mean probability with which the moves after adaptation were accepted
    step_size: float  # with which they were made


def posterior_draws(
    log_density: Callable[[Tensor], Tensor],
    start: Tensor,
    moves: int,
    leapfrog: int,
    step_size: float,
    generator: Generator,
) -> Draws:
    """The last states of chains from `start` (B, D), each on its own under log_density (B, D) -> (B,), which needs no
    normalisation. During the first half of the moves the step size, one for all chains, is led to ACCEPTANCE."""
    z, rates = start, []
    adapting = int(moves * ADAPTED)
    for number in range(moves):
        z, accepted = hamiltonian_move(log_density, z, leapfrog, step_size, generator)
        rate = accepted.mean().item()
        if number < adapting:
            missed = (rate - ACCEPTANCE) / (1 - ACCEPTANCE if rate > ACCEPTANCE else ACCEPTANCE)  # -1 to 1
            step_size *= math.exp(BOLDNESS * missed / math.sqrt(number + 1))
        else:
            rates.append(rate)
    return Draws(z, sum(rates) / len(rates), step_size)


def hamiltonian_move(
    log_density: Callable[[Tensor], Tensor], z: Tensor, leapfrog: int, step_size: float, generator: Generator
) -> tuple[Tensor, Tensor]:
    """One move of chains at z (B, D): where they are then, and the probability (B,) with which each was to go there.

    Leapfrog steps with momentum N(0, I) and the acceptance that makes them exact: Neal 2011, section 3.3
    (https://arxiv.org/abs/1206.1901).
    """
    momentum = torch.empty_like(z).normal_(generator=generator)
    height, slope = value_and_slope(log_density, z)
    energy = height - momentum.square().sum(-1) / 2
    there, push = z, momentum
    for _ in range(leapfrog):
        push = push + step_size / 2 * slope
        there = there + step_size * push
        height, slope = value_and_slope(log_density, there)
        push = push + step_size / 2 * slope
    gained = height - push.square().sum(-1) / 2 - energy
    probability = torch.nan_to_num(gained, nan=-math.inf).clamp_max(0).exp()
    taken = torch.empty_like(probability).uniform_(generator=generator) < probability
    return torch.where(taken[:, None], there, z), probability


def value_and_slope(log_density: Callable[[Tensor], Tensor], z: Tensor) -> tuple[Tensor, Tensor]:
    """log_density at z (B, D), (B,), and its gradient, (B, D): nothing else gets any."""
    with torch.enable_grad():
        there = z.detach().requires_grad_()
        height = log_density(there)
        (slope,) = torch.autograd.grad(height.sum(), there)
    return height.detach(), slope
