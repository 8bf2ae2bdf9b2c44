"""The ELBO, one line of its derivation at a time, each a number: a two-dimensional latent space cut into cells.

The page "Learning" computes the same in the browser, in `static/live/math/derivation.js`.
"""

import math
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from vae_core.models.distributions import diagonal_normal, kl_per_dimension, standard_normal

Relation = Literal["", "=", ">="]


@dataclass(frozen=True)
class Line:
    """One line of a derivation."""

    name: str
    relation: Relation  # to the line before; "" of the first
    value: float  # nats


@dataclass(frozen=True)
class Derivation:
    """Both ways from log p(x) to the ELBO, and what the lines are made of; all in nats but `mass`."""

    jensen: tuple[Line, ...]  # by the concavity of the logarithm
    divergence: tuple[Line, ...]  # by KL(q || p(z|x)) >= 0
    log_evidence: float  # log p(x)
    log_likelihood: float  # E_q[log p(x|z)]
    kl_prior: float  # KL(q || p(z)) over the cells
    kl_prior_closed: float  # the same in closed form, of the whole Gaussian
    kl_posterior: float  # KL(q || p(z|x)): the gap
    mass: float  # of the Gaussian q within the cells: far from 1, the cells are too few or elsewhere

    @property
    def elbo(self) -> float:
        """E_q[log p(x|z)] - KL(q || p(z))."""
        return self.log_likelihood - self.kl_prior

    @property
    def gaps(self) -> dict[str, tuple[float, ...]]:
        """How far each line lies below the one before, of each way: 0 at every =, KL(q || p(z|x)) at every >=."""
        return {
            way: tuple(before.value - line.value for before, line in zip(lines[:1] + lines, lines, strict=False))
            for way, lines in (("jensen", self.jensen), ("divergence", self.divergence))
        }


def derivation(log_likelihoods: Tensor, z: Tensor, area: float, mean: Tensor, stddev: Tensor) -> Derivation:
    """Every line between log p(x) and its bound, for one picture and q(z) = N(mean, diag(stddev^2)).

    log_likelihoods (N,) log p(x|z) in the middles z (N, 2) of cells of the same `area`; mean and stddev (2,); the
    prior is N(0, I). Sums over cells stand for integrals, and q is what the Gaussian leaves in each cell, made to sum
    to 1: so each = holds to rounding and each >= holds, whatever the cells. They come near the integrals where they
    are narrower than p(z|x) and q and cover both.

    Jensen's way is equation (8) of Burda, Grosse & Salakhutdinov 2016 with one sample
    (https://arxiv.org/abs/1509.00519); the divergence's way equation 1 of Kingma & Welling 2013
    (https://arxiv.org/abs/1312.6114). Raises ValueError for sizes that do not fit, an area or a stddev that is not
    positive.
    """
    count = len(log_likelihoods)
    if z.shape != (count, 2) or mean.shape != (2,) or stddev.shape != (2,):
        found = ", ".join(str(tuple(each.shape)) for each in (log_likelihoods, z, mean, stddev))
        raise ValueError(f"log_likelihoods, z, mean and stddev must be (N,), (N, 2), (2,) and (2,), got {found}")
    if not (area > 0 and bool((stddev > 0).all())):
        raise ValueError(f"area and stddev must be above 0, got {area} and {stddev.tolist()}")
    log_likelihoods, z, mean, stddev = (each.double() for each in (log_likelihoods, z, mean, stddev))
    gaussian, prior = diagonal_normal(mean, stddev), standard_normal(2, like=mean)
    log_area = math.log(area)
    log_prior = prior.log_prob(z) + log_area  # (N,) log of the prior in each cell
    log_joint = log_likelihoods + log_prior
    log_cells = gaussian.log_prob(z) + log_area
    log_mass = log_cells.logsumexp(0)
    log_q = log_cells - log_mass
    q = log_q.exp()
    log_evidence = log_joint.logsumexp(0)
    log_posterior = log_joint - log_evidence

    def expected(value: Tensor) -> float:
        return float((q * value).sum())

    ratio = log_joint - log_q
    most = log_likelihoods.max()
    bound, log_likelihood = expected(ratio), expected(log_likelihoods)
    kl_prior, kl_posterior = expected(log_q - log_prior), expected(log_q - log_posterior)
    first = Line("log p(x)", "", float(log_evidence))
    last = (
        Line("E_q[log p(x,z)/q(z)]", ">=", bound),
        Line("E_q[log p(x|z)] - KL(q || p(z))", "=", log_likelihood - kl_prior),
    )
    over_prior = (log_prior.exp() * (log_likelihoods - most).exp()).sum().log() + most
    return Derivation(
        jensen=(
            first,
            Line("log E_p(z)[p(x|z)]", "=", float(over_prior)),
            Line("log E_q[p(x,z)/q(z)]", "=", float((log_q + ratio).logsumexp(0))),
            *last,
        ),
        divergence=(
            first,
            Line("E_q[log p(x)]", "=", expected(log_evidence.expand(count))),
            Line("E_q[log p(x,z)/p(z|x)]", "=", expected(log_joint - log_posterior)),
            Line("E_q[log p(x,z)/q(z)] + KL(q || p(z|x))", "=", bound + kl_posterior),
            *last,
        ),
        log_evidence=float(log_evidence),
        log_likelihood=log_likelihood,
        kl_prior=kl_prior,
        kl_prior_closed=float(kl_per_dimension(gaussian, prior).sum()),
        kl_posterior=kl_posterior,
        mass=float(log_mass.exp()),
    )


@dataclass(frozen=True)
class Chord:
    """The logarithm of a mean, and the mean of logarithms, of two values."""

    at: float  # the mean, weight * a + (1 - weight) * b
    curve: float  # log of the mean
    chord: float  # mean of the logs

    @property
    def gap(self) -> float:
        """From the chord up to the curve, in nats: never negative (Jensen)."""
        return self.curve - self.chord


def chord(a: float, b: float, weight: float) -> Chord:
    """log E[w] against E[log w] for w that is a with probability `weight`, and else b. Raises ValueError unless a and
    b are above 0 and weight is between 0 and 1."""
    if not (a > 0 and b > 0 and 0 <= weight <= 1):
        raise ValueError(f"a and b must be above 0 and weight between 0 and 1, got {a}, {b} and {weight}")
    at = weight * a + (1 - weight) * b
    return Chord(at, math.log(at), weight * math.log(a) + (1 - weight) * math.log(b))
