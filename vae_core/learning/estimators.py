"""Estimators of log p(x) and of gradients, as functions of the noise that they are given.

The page "Learning" computes the same in the browser, in `static/live/math/estimators.js`; whole data sets and models
are for `vae_core.analysis.likelihood`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from vae_core.models.distributions import diagonal_normal, standard_normal


def log_weights(log_likelihoods: Tensor, z: Tensor, mean: Tensor, stddev: Tensor) -> Tensor:
    """log p(x|z) + log p(z) - log q(z) of draws z (N, D) of a proposal q = N(mean, diag(stddev^2)), (N,).

    The prior is N(0, I): with mean 0 and stddev 1 the weights are p(x|z), which is naive Monte Carlo.
    """
    return log_likelihoods + standard_normal(len(mean), like=z).log_prob(z) - diagonal_normal(mean, stddev).log_prob(z)


@dataclass(frozen=True)
class Growth:
    """An importance-sampled estimate of log p(x) after the first n draws, for several n."""

    samples: Tensor  # (M,) n
    estimate: Tensor  # (M,) log of the mean weight, nats
    standard_error: Tensor  # (M,) of the estimate by the delta method, nats; NaN for one draw
    effective: Tensor  # (M,) Kish's effective number of draws, from 1 to n


def growth(log_weights: Tensor, samples: Sequence[int]) -> Growth:
    """The estimate of log p(x) as it grows from log weights (N,), after each of `samples` draws, 1 to N.

    Kish's effective number is (sum w)^2 / sum w^2. The standard error is that of the mean weight over the mean weight:
    too small while the draws have not met the weights that count. Raises ValueError for a number of draws that there
    is not.
    """
    if not samples or min(samples) < 1 or max(samples) > len(log_weights):
        raise ValueError(f"samples must lie between 1 and {len(log_weights)}, got {list(samples)}")
    at = torch.as_tensor(samples)
    count = at.to(log_weights)
    log_sums = log_weights.logcumsumexp(0)[at - 1]
    log_squares = (2 * log_weights).logcumsumexp(0)[at - 1]
    effective = (2 * log_sums - log_squares).exp()
    error = ((count / effective - 1).clamp_min(0) / (count - 1)).sqrt()
    return Growth(at, log_sums - count.log(), torch.where(at < 2, math.nan, error), effective)


def draws_that_count(log_weights: Tensor, share: float = 0.9) -> int:
    """The fewest of N draws with log weights (N,) that hold this share (0 to 1) of all weight together."""
    held = log_weights.softmax(0).sort(descending=True).values.cumsum(0)
    return min(len(held), int((held < share).sum()) + 1)


@dataclass(frozen=True)
class Bound:
    """The K-sample bound on log p(x) by Monte Carlo."""

    k: int
    value: float  # nats
    standard_error: float  # nats; NaN for one group
    groups: int


def multi_sample_bound(log_weights: Tensor, k: int) -> Bound:
    """E[log (1/K) sum_k w_k]: the mean over as many groups of `k` as the log weights (N,) of independent draws fill.

    Burda, Grosse & Salakhutdinov 2016, equation 8 (https://arxiv.org/abs/1509.00519). It is the ELBO for K = 1, rises
    with K, and closes on log p(x) by Var(w) / (2 K E[w]^2) to first order. Raises ValueError unless 1 <= k <= N.
    """
    if not 1 <= k <= len(log_weights):
        raise ValueError(f"k must be between 1 and {len(log_weights)}, the draws that there are, got {k}")
    groups = len(log_weights) // k
    each = log_weights[: groups * k].reshape(groups, k).logsumexp(1) - math.log(k)
    error = float(each.std() / math.sqrt(groups)) if groups > 1 else math.nan
    return Bound(k, float(each.mean()), error, groups)


def effective_share(mean: Tensor, stddev: Tensor, proposal_mean: Tensor, proposal_stddev: Tensor) -> float:
    """What share of the draws of a Gaussian proposal count for a Gaussian posterior, both diagonal, (D,): the limit of
    Kish's effective number over the number of draws, E_q[w]^2 / E_q[w^2].

    With v and V the variances of posterior and proposal and d the distance of their means, in each dimension
    E[w]^2 / E[w^2] = sqrt(v (2 V - v)) / V * exp(-d^2 / (2 V - v)), which is 0 where 2 V <= v: the weights of a
    proposal that is too narrow have no variance.
    """
    v, wide = stddev.square(), proposal_stddev.square()
    room = 2 * wide - v
    if bool((room <= 0).any()):
        return 0.0
    shares = (v * room).sqrt() / wide * (-(mean - proposal_mean).square() / room).exp()
    return float(shares.prod())


Baseline = Literal["none", "mean", "best"]
Estimator = Literal["score", "reparametrised"]


@dataclass(frozen=True)
class Quadratic:
    """E[f(z)] with f(z) = |z - a|^2 / 2 over z ~ N(mu, sigma^2 I), D dimensions, every mu_d - a_d the same `distance`.

    Its gradient with respect to mu_d is `distance`. Both estimators of it are unbiased; with epsilon = (z - mu) / sigma

    - reparametrised: z_d - a_d = distance + sigma epsilon_d, of variance sigma^2 (Kingma & Welling 2013, section 2.3);
    - score function: (f(z) - b) epsilon_d / sigma, for any baseline b (Williams 1992,
      https://doi.org/10.1007/BF00992696).

    The score function's variance: f - b = c + u + r, with c = D distance^2 / 2 - b, u = distance sigma epsilon_d +
    sigma^2 epsilon_d^2 / 2 and r the sum of the same over the other D - 1 dimensions, independent of epsilon_d. With
    E[epsilon^2, epsilon^4, epsilon^6] = 1, 3, 15 the second moment E[(c + u + r)^2 epsilon_d^2] / sigma^2 becomes

        variance(b) = (D + 1) distance^2 + (D + 2) sigma^2 / 2 + (b - best)^2 / sigma^2,
        best = E[f epsilon_d^2] / E[epsilon_d^2] = (D distance^2 + (D + 2) sigma^2) / 2 = E[f] + sigma^2.

    It grows with the dimension and the distance however good the baseline; the reparametrised one does not.
    """

    distance: float  # mu_d - a_d
    sigma: float
    dimensions: int

    def __post_init__(self):
        if not (self.sigma > 0 and self.dimensions >= 1):
            raise ValueError(f"sigma must be above 0 and dimensions at least 1, got {self.sigma} and {self.dimensions}")

    @property
    def expectation(self) -> float:
        """E[f(z)]."""
        return self.dimensions * (self.distance**2 + self.sigma**2) / 2

    def baseline(self, kind: Baseline) -> float:
        """b: nothing, E[f], or the constant of least variance."""
        return baseline(kind, self.expectation, self.sigma)

    def variance(self, estimator: Estimator, baseline: Baseline = "none") -> float:
        """Of one sample of one component of the gradient."""
        if estimator == "reparametrised":
            return self.sigma**2
        least = (self.dimensions + 1) * self.distance**2 + (self.dimensions + 2) * self.sigma**2 / 2
        return least + (self.baseline(baseline) - self.baseline("best")) ** 2 / self.sigma**2

    def gradients(self, epsilon: Tensor, estimator: Estimator, baseline: Baseline = "none") -> Tensor:
        """One estimate of the gradient (N, D) from each row of noise epsilon (N, D)."""
        return gradients(self.distance + self.sigma * epsilon, epsilon, self.sigma, estimator, self.baseline(baseline))


def baseline(kind: Baseline, expectation: float, sigma: float) -> float:
    """b of the score function for |z - a|^2 / 2: nothing, its expectation, or the constant of least variance."""
    return {"none": 0.0, "mean": expectation, "best": expectation + sigma**2}[kind]


def gradients(away: Tensor, epsilon: Tensor, sigma: float, estimator: Estimator, baseline: float = 0.0) -> Tensor:
    """Estimates of the gradient of E[|z - a|^2 / 2] with respect to mu, from `away` = z - a and noise (N, D)."""
    if estimator == "reparametrised":
        return away
    value = away.square().sum(-1, keepdim=True) / 2  # (N, 1) f(z)
    return (value - baseline) * epsilon / sigma


def leave_one_out(values: Tensor) -> Tensor:
    """For each of N > 1 values (N,) the mean of the others: a baseline that needs no knowledge and keeps the score
    function unbiased (Mnih & Rezende 2016, https://arxiv.org/abs/1602.06725)."""
    return (values.sum() - values) / (len(values) - 1)


def descent(
    start: float, sigma: float, rate: float, epsilon: Tensor, estimator: Estimator, kind: Baseline = "none"
) -> Tensor:
    """Gradient descent on E[|z - a|^2 / 2] by estimated gradients: mu - a before the first and after every step,
    (T + 1, D).

    All dimensions begin at `start`; epsilon (T, N, D) holds the noise of the N samples that a step averages over.
    Without noise mu - a would shrink by 1 - rate in each step. The baseline, of this kind, is that of where mu
    stands. Raises ValueError for a rate that is not between 0 and 2, beyond which even the exact
    gradient leads away.
    """
    if not 0 < rate < 2:
        raise ValueError(f"rate must be above 0 and below 2, got {rate}")
    steps, _, dimensions = epsilon.shape
    path = epsilon.new_full((steps + 1, dimensions), start)
    for step, noise in enumerate(epsilon):
        at = path[step]
        expectation = float(at.square().sum() + dimensions * sigma**2) / 2
        shift = baseline(kind, expectation, sigma)
        path[step + 1] = at - rate * gradients(at + sigma * noise, noise, sigma, estimator, shift).mean(0)
    return path
