"""One small model trained with each bound: one draw or many, of the prior or near the posterior.

The page "Learning" computes the same in the browser, in `static/live/math/sampled_fit.js`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from vae_core.learning.one_dimension import STEEP, OneDimension, log_normal

Proposal = Literal["prior", "posterior"]


@dataclass(frozen=True)
class SampledBound:
    """The K-sample bound of each point from one set of draws, and its gradient."""

    value: Tensor  # (N,) log of the mean weight, nats: below log p(x) in expectation
    gradient: Tensor  # (4,) of the mean value, with respect to centre, stretch, split and log noise


def sampled_bound(model: OneDimension, x: Tensor, epsilon: Tensor, proposal: Proposal) -> SampledBound:
    """log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k) of points x (N,), z_k from noise epsilon (N, K).

    Of the "prior" the weights are p(x|z), and K = 1 is the bound E_p(z)[log p(x|z)], weak because most z explain
    nothing. "posterior" is the Gaussian with mean and standard deviation of p(z|x) as the model stands: what is best
    for KL(p(z|x) || q), so that it covers both humps where there are two. With it K = 1 is an ELBO, and more draws the
    bound of Burda, Grosse & Salakhutdinov 2016, equation 8 (https://arxiv.org/abs/1509.00519). The gradient is their
    equation 14 with the draws held fixed: each draw's gradient of log p(x|z), weighed by its share of the weight.
    """
    one = torch.ones_like(x)
    mean, stddev = model.moments(x) if proposal == "posterior" else (0 * one, one)
    z = mean[:, None] + stddev[:, None] * epsilon  # (N, K)
    log_ratio = stddev.log()[:, None] + (epsilon.square() - z.square()) / 2  # log p(z) - log q(z)
    log_weights = log_normal(x[:, None], model.decode(z), model.noise) + log_ratio
    shares = log_weights.softmax(1)
    pull = (x[:, None] - model.decode(z)) / model.noise
    along = shares * pull / model.noise
    parts = along, along * z, along * (STEEP * z).tanh(), shares * (pull.square() - 1)
    value = log_weights.logsumexp(1) - math.log(epsilon.shape[1])
    return SampledBound(value, torch.stack([part.sum(1).mean() for part in parts]))


def trained(
    model: OneDimension, points: Tensor, epsilon: Tensor, rate: float, proposal: Proposal
) -> Iterator[OneDimension]:
    """Stochastic gradient ascent on the mean bound of points (N,) with fresh noise in each of T steps, epsilon
    (T, N, K): the model after each."""
    for noise in epsilon:
        model = model.moved(rate * sampled_bound(model, points, noise, proposal).gradient)
        yield model
