"""The smallest latent-variable model: a mixture of Gaussians, whose latent is which of them a point came from, fitted
by EM (Dempster, Laird & Rubin 1977, https://doi.org/10.1111/j.2517-6161.1977.tb01600.x; Bishop 2006, section 9.2.2).

What a VAE approximates is exact here: the E step is the true posterior p(k|x), and the bound then touches log p(x).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.distributions import MultivariateNormal

JITTER = 1e-6  # added to the diagonal of every covariance: keeps a component from shrinking to a point
START_COUNTS = 100  # points that online EM takes its start for: at the rates of the first few, components collapse


@dataclass(frozen=True)
class GaussianMixture:
    """p(x) = sum_k weights_k N(x; means_k, covariances_k) of K components in D dimensions."""

    weights: Tensor  # (K,), positive, adding up to 1
    means: Tensor  # (K, D)
    covariances: Tensor  # (K, D, D)


@dataclass(frozen=True)
class Statistics:
    """What the M step needs of points, each the mean over them."""

    share: Tensor  # (K,) of q(k)
    first: Tensor  # (K, D) of q(k) x
    second: Tensor  # (K, D, D) of q(k) x x'


def log_joint(mixture: GaussianMixture, points: Tensor) -> Tensor:
    """log p(x, k) of points (N, D), nats: (N, K)."""
    components = MultivariateNormal(mixture.means, mixture.covariances, validate_args=False)
    return components.log_prob(points[:, None]) + mixture.weights.log()


def log_likelihood(mixture: GaussianMixture, points: Tensor) -> Tensor:
    """log p(x) of points (N, D), nats: (N,)."""
    return log_joint(mixture, points).logsumexp(1)


def e_step(mixture: GaussianMixture, points: Tensor) -> Tensor:
    """p(k|x) of points (N, D), (N, K): the q that makes `bound` touch log p(x)."""
    return log_joint(mixture, points).softmax(1)


def bound(mixture: GaussianMixture, points: Tensor, q: Tensor) -> Tensor:
    """E_q[log p(x, k)] + H(q) of points (N, D) under any q(k) for each of them, (N, K); nats, (N,).

    Below log p(x) by KL(q || p(k|x)): Neal & Hinton 1998, theorem 2 (https://doi.org/10.1007/978-94-011-5014-9_12).
    """
    return (q * log_joint(mixture, points)).sum(1) - torch.xlogy(q, q).sum(1)


def statistics(points: Tensor, q: Tensor) -> Statistics:
    """Of points (N, D) under q(k), (N, K)."""
    count = len(points)
    return Statistics(
        share=q.mean(0),
        first=q.T @ points / count,
        second=torch.einsum("nk,nd,ne->kde", q, points, points) / count,
    )


def m_step(found: Statistics) -> GaussianMixture:
    """The mixture that maximises the mean of `bound` at a fixed q, of which it needs the statistics alone: Bishop 2006,
    equations 9.24 to 9.27. A component that no point belongs to is left at 0 with next to no weight."""
    share = found.share.clamp_min(torch.finfo(found.share.dtype).tiny)
    means = found.first / share[:, None]
    covariances = found.second / share[:, None, None] - means[:, :, None] * means[:, None]
    covariances = (covariances + covariances.mT) / 2
    floor = JITTER * torch.eye(means.shape[1], dtype=means.dtype, device=means.device)
    return GaussianMixture(share / share.sum(), means, covariances + floor)


def em(mixture: GaussianMixture, points: Tensor, steps: int) -> Iterator[GaussianMixture]:
    """The mixtures after each of so many EM steps on points (N, D). Raises ValueError for less than one step, and for
    points of another dimension."""
    check(mixture, points)
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    for _ in range(steps):
        mixture = m_step(statistics(points, e_step(mixture, points)))
        yield mixture


def online_em(mixture: GaussianMixture, points: Tensor, power: float = 0.6) -> Iterator[GaussianMixture]:
    """The mixtures after each of points (N, D), seen once, in their order: Cappé & Moulines 2009, equation 13
    (https://arxiv.org/abs/0712.4273).

    The statistics, at first the mixture's own, move towards each point's by gamma_n = (n + START_COUNTS)^-power, and
    the M step is that of `em`. Raises ValueError unless the power is above 1/2 and at most 1, as convergence asks.
    """
    check(mixture, points)
    if not 0.5 < power <= 1:
        raise ValueError(f"power must be above 0.5 and at most 1, got {power}")
    seen = Statistics(
        share=mixture.weights,
        first=mixture.weights[:, None] * mixture.means,
        second=mixture.weights[:, None, None]
        * (mixture.covariances + mixture.means[:, :, None] * mixture.means[:, None]),
    )
    for number, point in enumerate(points.split(1), start=1):
        rate = (number + START_COUNTS) ** -power
        new = statistics(point, e_step(mixture, point))
        seen = Statistics(
            *((1 - rate) * getattr(seen, name) + rate * getattr(new, name) for name in ("share", "first", "second"))
        )
        mixture = m_step(seen)
        yield mixture


def started(points: Tensor, components: int, generator: Generator) -> GaussianMixture:
    """A mixture to begin with: means at points (N, D) drawn without repeating, see `started_at`. Raises ValueError for
    more components than points, and for none."""
    if not 1 <= components <= len(points):
        raise ValueError(f"components must be between 1 and {len(points):,}, one for each point, got {components}")
    return started_at(points, points[torch.randperm(len(points), generator=generator)[:components]])


def started_at(points: Tensor, means: Tensor) -> GaussianMixture:
    """A mixture with these means (K, D), the covariance of all points (N, D) for each, and equal weights."""
    components, dimensions = means.shape
    covariance = torch.cov(points.T, correction=0).reshape(dimensions, dimensions)
    floor = JITTER * torch.eye(dimensions, dtype=points.dtype)
    weights = torch.full((components,), 1 / components, dtype=points.dtype)
    return GaussianMixture(weights, means, (covariance + floor).expand(components, -1, -1))


def drawn(mixture: GaussianMixture, count: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Points (count, D) of a mixture, and which component each is of, int64 (count,)."""
    which = torch.multinomial(mixture.weights, count, replacement=True, generator=generator)
    noise = torch.empty(count, mixture.means.shape[1], dtype=mixture.means.dtype).normal_(generator=generator)
    factors = torch.linalg.cholesky(mixture.covariances)[which]
    return mixture.means[which] + (factors @ noise[..., None])[..., 0], which


def check(mixture: GaussianMixture, points: Tensor) -> None:
    """Raise ValueError unless points are finite numbers (N, D) of the mixture's D."""
    dimensions = mixture.means.shape[1]
    if points.ndim != 2 or points.shape[1] != dimensions:
        raise ValueError(f"points must be (N, {dimensions}), as the mixture's means are, got {tuple(points.shape)}")
    if not math.isfinite(points.abs().sum().item()):
        raise ValueError("points must be finite numbers, got NaN or infinite values")
