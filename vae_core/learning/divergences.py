"""One Gaussian q fitted to a density p on a line: by KL(q || p), by KL(p || q), and by what lies between them.

All integrals are sums over an even grid (the trapezoid rule, which is exact to machine precision for densities as
smooth as these that vanish at the grid's ends), so a fit is the optimum of the definition itself and of no bound on it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

NARROWEST, WIDEST = 0.1, 12.0  # standard deviations that a fit may have
STEPS = 60  # of Newton's method, at most
SETTLED = 1e-15  # nats that another step could still gain
SAME = 1e-3  # two optima that are nearer to each other are one


@dataclass(frozen=True)
class Fit:
    """A local optimum: its Gaussian, its divergence in nats, and the number of the start that led to it first."""

    mu: float
    sigma: float
    divergence: float
    start: int


def grid(reach: float = 25.0, points: int = 501) -> Tensor:
    """An even grid from -reach to reach, (points,), in double precision."""
    return torch.linspace(-reach, reach, points, dtype=torch.float64)


def log_humps(
    x: Tensor,
    positions: Sequence[float],
    widths: Sequence[float],
    weights: Sequence[float],
    gap: tuple[float, float] | None = None,
) -> Tensor:
    """The log-density of a mixture of Gaussians on the grid x (N,), which integrates to one there.

    `gap` is an interval in which the density is zero (log-density minus infinity). Raises ValueError where no hump has
    a weight above 0.
    """
    if not max(weights) > 0:
        raise ValueError(f"at least one weight must be above 0, got {list(weights)}")
    each = [
        math.log(weight) + log_gaussian(x, position, width)
        for position, width, weight in zip(positions, widths, weights, strict=True)
        if weight > 0
    ]
    log_p = torch.logsumexp(torch.stack(each), 0)
    if gap is not None:
        log_p = torch.where((x >= gap[0]) & (x <= gap[1]), -math.inf, log_p)
    return log_p - torch.logsumexp(log_p, 0) - math.log(_step(x))


def log_gaussian(x: Tensor, mu: float, sigma: float) -> Tensor:
    """The log-density of N(mu, sigma^2) on the grid x (N,)."""
    return -0.5 * ((x - mu) / sigma) ** 2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)


def kl(log_a: Tensor, log_b: Tensor, x: Tensor) -> float:
    """KL(a || b) = E_a[log a - log b] in nats, by its definition on the grid x (N,); infinite where b is zero and a is
    not (Kullback and Leibler 1951, eq. 2.2, https://doi.org/10.1214/aoms/1177729694)."""
    there = log_a > -math.inf
    if bool((log_b[there] == -math.inf).any()):
        return math.inf
    return float((log_a[there].exp() * (log_a[there] - log_b[there])).sum() * _step(x))


def alpha_divergence(log_p: Tensor, log_q: Tensor, alpha: float, x: Tensor) -> float:
    """(1 - integral of p^alpha q^(1 - alpha)) / (alpha (1 - alpha)) in nats: KL(q || p) at alpha = 0 and KL(p || q) at
    alpha = 1, its limits (Minka 2005, "Divergence measures and message passing", eq. 4,
    https://www.microsoft.com/en-us/research/publication/divergence-measures-and-message-passing/).

    Raises ValueError for an alpha outside 0 to 1.
    """
    _check(alpha)
    if alpha == 0:
        return kl(log_q, log_p, x)
    if alpha == 1:
        return kl(log_p, log_q, x)
    overlap = float((alpha * log_p + (1 - alpha) * log_q).exp().sum() * _step(x))
    return (1 - overlap) / (alpha * (1 - alpha))


def moments(log_p: Tensor, x: Tensor) -> tuple[float, float]:
    """Mean and standard deviation of p: what minimises KL(p || q) over all Gaussians q, exactly (Bishop 2006, eq.
    10.187)."""
    p = log_p.exp() * _step(x)
    mean = float((p * x).sum())
    return mean, math.sqrt(float((p * (x - mean) ** 2).sum()))


def fits(log_p: Tensor, alpha: float, starts: Sequence[tuple[float, float]], x: Tensor) -> list[Fit]:
    """The local optima over all Gaussians that Newton's method reaches from `starts` (mu, sigma), the best one first.

    At alpha = 1 there is one optimum, by its moments. At alpha = 0 there is none where p is zero anywhere: every
    Gaussian's divergence is infinite, and the list is empty. Raises ValueError for an alpha outside 0 to 1.
    """
    _check(alpha)
    if alpha == 1:
        mu, sigma = moments(log_p, x)
        return [Fit(mu, sigma, kl(log_p, log_gaussian(x, mu, sigma), x), 0)]
    if alpha == 0 and bool((log_p == -math.inf).any()):
        return []
    found: list[Fit] = []
    for number, (mu, sigma) in enumerate(starts):
        fit = _newton(log_p, alpha, mu, sigma, x, number)
        if fit and all(abs(fit.mu - other.mu) + abs(fit.sigma - other.sigma) > SAME for other in found):
            found.append(fit)
    return sorted(found, key=lambda fit: fit.divergence)


def _newton(log_p: Tensor, alpha: float, mu: float, sigma: float, x: Tensor, start: int) -> Fit | None:
    """Newton's method in (mu, log sigma), along the natural gradient where the surface is not convex; None where it
    ends at a saddle."""
    log_sigma = math.log(sigma)
    value, slope, bend = _surface(log_p, alpha, mu, log_sigma, x)
    for _ in range(STEPS):
        determinant = bend[0] * bend[2] - bend[1] ** 2
        if bend[0] > 0 and determinant > 0:
            across = (bend[1] * slope[1] - bend[2] * slope[0]) / determinant
            along = (bend[1] * slope[0] - bend[0] * slope[1]) / determinant
        else:
            across, along = -math.exp(2 * log_sigma) * slope[0], -slope[1] / 2
        longest = max(1.0, abs(across) / math.exp(log_sigma), abs(along))
        across, along = across / longest, along / longest
        gain = -(across * slope[0] + along * slope[1])
        share = 1.0
        while True:
            place = mu + share * across, min(math.log(WIDEST), max(math.log(NARROWEST), log_sigma + share * along))
            there = _surface(log_p, alpha, *place, x)
            if there[0] <= value - 1e-4 * share * gain or share < 1e-6:
                break
            share /= 2
        if there[0] <= value:
            (mu, log_sigma), (value, slope, bend) = place, there
        if gain < SETTLED or share < 1e-6:
            break
    convex = bend[0] > 0 and bend[0] * bend[2] > bend[1] ** 2
    return Fit(mu, math.exp(log_sigma), value, start) if convex else None


def _surface(
    log_p: Tensor, alpha: float, mu: float, log_sigma: float, x: Tensor
) -> tuple[float, tuple[float, float], tuple[float, float, float]]:
    """The alpha-divergence as a function of (mu, log sigma): its value, gradient, and second derivatives.

    With t = log p - log q, w = (exp(alpha t) - 1) / alpha (t itself at alpha = 0) and the scores s of q, the gradient
    is -E_q[w s].
    """
    sigma, step = math.exp(log_sigma), _step(x)
    u = (x - mu) / sigma
    log_q = log_gaussian(x, mu, sigma)
    q = log_q.exp() * step
    if alpha == 0:
        tilted, weighted = q, q * (log_p - log_q)
        value = -float(weighted.sum())
    else:
        tilted = (alpha * log_p + (1 - alpha) * log_q).exp() * step
        weighted = (tilted - q) / alpha
        value = (1 - float(tilted.sum())) / (alpha * (1 - alpha))
    score = u / sigma, u * u - 1
    slope = -float((weighted * score[0]).sum()), -float((weighted * score[1]).sum())
    bend = (
        float((tilted * score[0] ** 2 - weighted * (score[0] ** 2 - 1 / sigma**2)).sum()),
        float((tilted * score[0] * score[1] - weighted * (score[0] * score[1] - 2 * u / sigma)).sum()),
        float((tilted * score[1] ** 2 - weighted * (score[1] ** 2 - 2 * u * u)).sum()),
    )
    return value, slope, bend


def _check(alpha: float) -> None:
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be between 0 and 1, got {alpha}")


def _step(x: Tensor) -> float:
    return float(x[1] - x[0])
