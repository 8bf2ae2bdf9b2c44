"""A VAE whose decoder's mean is a flow: x = f(z) + noise with z ~ N(0, I). The flow's exact log p(x) stands beside
the bound that a VAE with the same f has to do with.

The page "Learning" computes the same in the browser, in `static/live/math/noisy_flow.js`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.learning.change_of_variables import Couplings, Monotone

REACH = 5.0  # standard deviations, to each side, that sums cover
LINE_NODES, PLANE_NODES = 61, 17  # along a dimension of q,
AROUND_NODES = 65  # and of the plane around x: a flow's density may be much narrower than the noise
WIDTHS = [2 ** (-k / 2) for k in range(6)]  # of q that are tried, times that of the straight f
LOG_TWO_PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class Judged:
    """What a VAE makes of one x; nats."""

    elbo: float
    log_evidence: float  # log p(x) of the VAE, which its noise makes another than the flow's
    mean: Tensor  # (D,) of q(z)
    covariance: Tensor  # (D, D) of q(z)


def judged(flow: Monotone | Couplings, x: Tensor, noise: float) -> Judged:
    """The VAE p(z) = N(0, I), p(x|z) = N(f(z), noise^2 I) at x (D,) float64, D = 1 on the line and 2 in the plane.

    q is the posterior of f made straight at f^-1(x) by its Jacobian J there: its precision is I + J'J / noise^2, its
    mean Sigma J'J f^-1(x) / noise^2 (Bishop 2006, equations 2.116 and 2.117); of the WIDTHS it has the best. Where f is
    straight it is the true posterior and the bound touches; as the noise goes to 0 the bound comes to the flow's
    log p(x). The bound is a sum over nodes of q; log p(x), the flow's density blurred by the noise, one over nodes
    around x. Raises ValueError unless the noise is above 0.
    """
    if not noise > 0:
        raise ValueError(f"noise must be above 0, got {noise}")
    on_line = isinstance(flow, Monotone)
    if isinstance(flow, Monotone):
        start = flow.inverse(x)
        jacobian = flow.forward(start)[1].exp()[None]
    else:
        start = flow.inverse(x[None])[0][0]
        jacobian = flow.jacobian(start[None])[0]
    covariance = torch.linalg.inv(torch.eye(len(x), dtype=x.dtype) + jacobian.T @ jacobian / noise**2)
    mean, factor = start - covariance @ start, torch.linalg.cholesky(covariance)

    def decode(z: Tensor) -> Tensor:
        return flow.forward(z.squeeze(1) if on_line else z)[0].reshape(-1, len(x))

    bounds = [_bound(decode, x, noise, mean, width * factor) for width in WIDTHS]
    u, weights = _nodes(x, LINE_NODES if on_line else AROUND_NODES)
    around = x + noise * u
    blurred = flow.log_density(around.squeeze(1) if on_line else around)
    return Judged(
        elbo=max(bounds),
        log_evidence=float((weights * blurred.exp()).sum().log()),
        mean=mean,
        covariance=WIDTHS[bounds.index(max(bounds))] ** 2 * covariance,
    )


def _bound(decode: Callable[[Tensor], Tensor], x: Tensor, noise: float, mean: Tensor, factor: Tensor) -> float:
    """The ELBO of q = N(mean, factor factor') at x (D,)."""
    u, weights = _nodes(x, LINE_NODES if len(x) == 1 else PLANE_NODES)
    z = mean + u @ factor.T  # (N, D)
    squares = z.square() + ((x - decode(z)) / noise).square() - u.square()
    log_ratios = -0.5 * (squares + LOG_TWO_PI).sum(1) - len(x) * math.log(noise) + factor.diagonal().log().sum()
    return float((weights * log_ratios).sum())


def _nodes(x: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Where a standard normal over x's D dimensions is evaluated, (count^D, D), and each node's share."""
    axis = torch.linspace(-REACH, REACH, count, dtype=x.dtype)
    u = torch.cartesian_prod(*[axis] * len(x)).reshape(-1, len(x))
    return u, (-0.5 * u.square().sum(1)).softmax(0)
