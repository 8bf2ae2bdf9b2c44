"""How far a one-dimensional model and data points are from each other, and why likelihood is what is left of it.

The page "Learning" computes the same in the browser, in `static/live/math/point_divergences.js`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.learning.one_dimension import NODES, OneDimension, log_normal, nodes

FEW = slice(12, NODES, 25)  # of the nodes, 20: enough around each of many points
CELLS = 300  # of the quadrature over x


@dataclass(frozen=True)
class Divergences:
    """Between a model and data points that are each a Gaussian of some width, in nats."""

    model_from_points: float  # KL(model || points)
    points_from_model: float  # KL(points || model) = cross_entropy - entropy
    cross_entropy: float  # -E_points[log p(x)]: what is left when the width goes to 0 is minus the log-likelihood
    entropy: float  # of the points: no model changes it, and it falls without end as the width goes to 0


def divergences(model: OneDimension, points: Tensor, width: float) -> Divergences:
    """Both KLs between the model and the points (N,), each point widened to N(point, width^2), by quadrature.

    At width 0 the points have no density: KL(model || points) grows as 1 / width^2, since the model gives mass to
    where no point is, and KL(points || model) as -log width. Only the entropy in the latter does: it depends on no
    parameter, so the least KL(points || model) is, in the limit, the greatest likelihood.
    Raises ValueError unless width is above 0.
    """
    if not width > 0:
        raise ValueError(f"width must be above 0, where points have a density, got {width}")
    z, log_shares = nodes()
    f = model.decode(z)
    low, high = float(f.min()) - 6 * model.noise, float(f.max()) + 6 * model.noise
    x = low + (torch.arange(CELLS, dtype=torch.float64) + 0.5) * ((high - low) / CELLS)
    log_model = model.log_density(x)
    shares = log_model.softmax(0)
    model_from_points = float((shares * (log_model - log_points(x, points, width))).sum())
    offsets, weights = z[FEW], log_shares[FEW].softmax(0)
    spread = (points[:, None] + width * offsets).flatten()  # (N * 20,)

    def expected(log_density: Tensor) -> float:
        return float((log_density.unflatten(0, (len(points), -1)) @ weights).mean())

    entropy, cross_entropy = -expected(log_points(spread, points, width)), -expected(model.log_density(spread))
    return Divergences(model_from_points, cross_entropy - entropy, cross_entropy, entropy)


def log_points(x: Tensor, points: Tensor, width: float) -> Tensor:
    """log density at x (M,) of the even mixture of N(point, width^2), (M,)."""
    return log_normal(x[:, None], points, width).logsumexp(1) - math.log(len(points))
