"""Where p is a handful of points, KL has no finite value in either direction; what is left of it is the likelihood.

KL(p || q) is the mean of log p(x) - log q(x) over the points: their density is infinite, but only the second term knows
q. Its optimum over q is maximum likelihood (Bishop 2006, section 1.6.1).
"""

import math

import torch
from torch import Tensor


def points_of(log_p: Tensor, x: Tensor, count: int) -> Tensor:
    """The quantiles of p at the shares (k + 1/2) / count, (count,): points that lie as p does. `log_p` and the even
    grid x are (N,)."""
    mass = log_p.exp() * (x[1] - x[0])
    below = mass.cumsum(0)
    shares = (torch.arange(count, dtype=x.dtype) + 0.5) / count
    at = torch.searchsorted(below, shares).clamp(max=len(x) - 1)
    inside = (shares - (below[at] - mass[at])) / mass[at]
    return x[at] + (inside - 0.5) * (x[1] - x[0])


def negative_log_likelihood(points: Tensor, mu: float, sigma: float) -> float:
    """The mean of -log q(x) over the points (n,), in nats, for q = N(mu, sigma^2)."""
    return float((0.5 * ((points - mu) / sigma) ** 2).mean()) + math.log(sigma) + 0.5 * math.log(2 * math.pi)


def likeliest(points: Tensor) -> tuple[float, float]:
    """The Gaussian of the highest likelihood: the points' mean, and their standard deviation over n (not n - 1)."""
    return float(points.mean()), float(points.std(correction=0))
