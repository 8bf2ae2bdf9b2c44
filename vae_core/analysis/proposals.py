"""Where to draw z from to estimate log p(x): Gaussians fitted to the true posterior of each picture.

An encoder that serves all pictures is far from p(z|x) for many of them: draws of q(z|x) then have a few weights that
outweigh all others, and the estimate is too low by tens of nats. The encoder only says here where to begin to look.
"""

import functools
import math
import threading
import warnings
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
)

from vae_core.analysis.importance_weights import tempered
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import each_dimension, mixes_gaussians, responsibilities, sample, splits
from vae_core.models.model import Model

# torch's forward differentiation loads rules that are written in its own deprecated language.
warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", FutureWarning)

FORWARD = threading.Lock()  # torch differentiates forward in one thread at a time

STEPS = 15  # of Levenberg-Marquardt from each start, at most
ENOUGH = 0.05  # nats: a step that gains less is a picture's last one
STUCK = 1e3  # damping at which no step is left to try
STARTS = 500  # draws of the prior, of which the best is a start
ROWS = 1024  # latents decoded at once
HEAVIER = ((0.0, 0.55), (1.0, 0.35), (3.0, 0.1))  # how much wider, in 1 / sqrt(2 D), and with what weight
ELSEWHERE = 4.0  # standard deviations from the first optimum
WITHIN = 40.0  # nats below it that a start may be and still be worth a climb
BISECTIONS = 12  # of the power to which weights are tempered
LEAST = 0.1  # weight of either of the two optima


@dataclass(frozen=True)
class Gaussians:
    """A Gaussian for each of B pictures: mean (B, D), lower triangular factor of the covariance (B, D, D)."""

    mean: Tensor
    factor: Tensor

    def wider(self, times: float) -> "Gaussians":
        return Gaussians(self.mean, times * self.factor)


@torch.no_grad()
def fitted_proposal(model: Model, x: Tensor, starts: int = STARTS, steps: int = STEPS) -> MixtureSameFamily:
    """A mixture of Gaussians that covers the true posterior p(z|x) of pictures x (B, C, H, W): batch (B,), event (D,).

    From the encoder's mean Levenberg-Marquardt steps climb to an optimum of log p(x, z), and to another one from the
    best of some draws of the prior that lie elsewhere, unless it is hopelessly worse: an encoder can send an odd
    picture to the wrong hump of its posterior, and knows one hump alone. Around each lie Gaussians with the covariance
    of Laplace's approximation, curvature measured by Fisher's information of the pixels (Gauss-Newton: positive
    definite, from first derivatives), and wider ones with part of the weight, so that importance weights stay bounded
    where the posterior has heavier tails. Any such mixture gives an unbiased estimate of p(x); a good one gives it with
    few draws.

    The prior must be a factorised Gaussian or a mixture of such, and pixels Bernoulli or Gaussian; raises TypeError
    for others, ValueError for less than one start or step.
    """
    if starts < 1 or steps < 1:
        raise ValueError(f"starts and steps must be at least 1, got {starts} and {steps}")
    encoded = model.encode(x).mean
    dimensions = encoded.shape[-1]
    at_once = max(1, ROWS // dimensions)
    pieces = []
    drawn = sample(model.prior, noise_generator(device=x.device), (starts,))  # (starts, D)
    for start, pictures in zip(encoded.split(at_once), x.split(at_once), strict=True):
        first, evidence = climb(model, pictures, start, steps)
        means, factors, evidences = (
            part[:, None].repeat_interleave(2, 1) for part in (first.mean, first.factor, evidence)
        )
        other, height = likeliest_elsewhere(model, pictures, drawn, first)
        worth = height > joint(model, pictures, first.mean) - WITHIN
        if worth.any():
            second, evidences[worth, 1] = climb(model, pictures[worth], other[worth], steps)
            means[worth, 1], factors[worth, 1] = second.mean, second.factor
        pieces.append((means, factors, evidences.softmax(1).clamp(LEAST, 1 - LEAST)))
    means, factors, shares = (torch.cat(parts) for parts in zip(*pieces, strict=True))  # of either optimum: (B, 2, ...)
    spread = [
        (Gaussians(means[:, k], factors[:, k]).wider(1 + more / math.sqrt(2 * dimensions)), weight * shares[:, k])
        for k in range(2)
        for more, weight in HEAVIER
    ]
    return mixture([gaussians for gaussians, _ in spread], torch.stack([weight for _, weight in spread], 1))


def mixture(components: list[Gaussians], weights: Tensor) -> MixtureSameFamily:
    """The mixture of K Gaussians a picture, with weights (B, K) that need not add up to 1."""
    means = torch.stack([component.mean for component in components], 1)  # (B, K, D)
    factors = torch.stack([component.factor for component in components], 1)  # (B, K, D, D)
    return MixtureSameFamily(
        Categorical(probs=weights, validate_args=False),
        MultivariateNormal(means, scale_tril=factors, validate_args=False),
        validate_args=False,
    )


def joint(model: Model, x: Tensor, z: Tensor) -> Tensor:
    """log p(x, z) of pictures (B, C, H, W) with latents (B, D): (B,)."""
    return model.decode(z).log_prob(x) + model.prior.log_prob(z)


def likeliest_elsewhere(model: Model, x: Tensor, drawn: Tensor, known: Gaussians) -> tuple[Tensor, Tensor]:
    """Of latents (N, D), apart from those where a known Gaussian of each picture (B, C, H, W) lies, the one of highest
    log p(x, z): (B, D), and its log p(x, z), (B,)."""
    at_once = max(1, ROWS // len(x))
    heights = torch.cat([model.decode(some[:, None]).log_prob(x) for some in drawn.split(at_once)])  # (N, B)
    heights = heights + model.prior.log_prob(drawn)[:, None]
    away = (drawn[:, None] - known.mean)[..., None]  # (N, B, D, 1)
    distance = torch.linalg.solve_triangular(known.factor, away, upper=False).squeeze(-1).norm(dim=-1)  # (N, B)
    height, best = heights.where(distance > ELSEWHERE, -math.inf).max(0)
    return drawn[best], height


def climb(model: Model, x: Tensor, z: Tensor, steps: int) -> tuple[Gaussians, Tensor]:
    """Levenberg-Marquardt on log p(x, z) from z (B, D), and Laplace's approximation there, with its evidence (B,) but
    for a constant. A step that does not climb is not taken; damping goes by Marquardt's rule, picture by picture."""
    z = z.clone()
    height, damping = joint(model, x, z), torch.ones_like(z[:, 0])
    climbing = torch.arange(len(z), device=z.device)  # pictures that are not at their optimum yet
    for _ in range(steps):
        here, seen = z[climbing], x[climbing]
        gradient, curvature = slope(model, seen, here)
        steepness = torch.diag_embed(curvature.diagonal(dim1=-2, dim2=-1))
        tried = here + torch.linalg.solve(curvature + damping[climbing, None, None] * steepness, gradient)
        gain = joint(model, seen, tried) - height[climbing]
        climbs = gain > 0
        z[climbing] = torch.where(climbs[:, None], tried, here)
        height[climbing] += gain.clamp_min(0)
        damping[climbing] *= torch.where(climbs, 1 / 4, 4)
        climbing = climbing[(gain > ENOUGH) | (~climbs & (damping[climbing] < STUCK))]
        if not len(climbing):
            break
    _, curvature = slope(model, x, z)
    factor = torch.linalg.cholesky(torch.linalg.inv(curvature))
    return Gaussians(z, factor), height + factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def slope(model: Model, x: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of log p(x, z) over z, (B, D), and minus its Hessian in the Gauss-Newton approximation, (B, D, D)."""
    count, dimensions = z.shape
    of_prior, precision = prior_slope(model.prior, z)

    def parameter(z: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        pixels = each_pixel(model.decode(z))
        if forward_ad.unpack_dual(pixels.parameter).tangent is None:
            raise TypeError("the decoder does not pass derivatives on: log p(x) needs them to find where to draw z")
        return pixels.parameter, () if pixels.stddev is None else (pixels.stddev,)

    def along(direction: Tensor) -> tuple:
        return torch.func.jvp(parameter, (z,), (direction,), has_aux=True)

    directions = torch.eye(dimensions, dtype=z.dtype, device=z.device)[:, None].expand(-1, count, -1)
    with FORWARD:  # the latents go through the decoder once, all directions with them
        # vmap's hint knows no None inside a tuple
        value, jacobian, noise = torch.func.vmap(along, out_dims=(None, 0, None))(directions)  # type: ignore[arg-type]
    score, information = Pixels(value, *noise).fisher(x)
    jacobian, score, information = (part.flatten(-3) for part in (jacobian, score, information))
    gradient = torch.einsum("dbp,bp->bd", jacobian, score) + of_prior
    curvature = torch.einsum("dbp,ebp->bde", jacobian * information, jacobian)
    return gradient, curvature + torch.diag_embed(precision)


def prior_slope(prior: Distribution, z: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of log p(z) at latents z (B, D), (B, D), and the precision of the Gaussian that p(z) is around each of
    them, (B, D): of a mixture, the mean of its components' by their share in p(z). Raises TypeError for others."""
    if mixes_gaussians(prior):
        assert isinstance(prior, MixtureSameFamily)
        components = each_dimension(prior.component_distribution)
        shares = responsibilities(prior, z)[..., None]  # (B, K, 1)
        towards = (components.mean - z[:, None]) / components.variance  # (B, K, D)
        return (shares * towards).sum(1), (shares / components.variance).sum(1)
    if not splits(prior):
        raise TypeError(f"the prior must be a factorised Gaussian or a mixture of such, got {type(prior).__name__}")
    one = each_dimension(prior)
    return (one.mean - z) / one.variance, (1 / one.variance).expand_as(z)


def can_fit(model: Model) -> bool:
    """Whether `fitted_proposal` knows a model's prior, a factorised Gaussian or a mixture of such, and its pixels, not
    those of a mixture over labels, and has something to look for: not where q(z|x) is the one z that a picture can
    have."""
    if families.of(model).classifies:
        return False
    prior = model.prior
    return not families.of(model).exact and (splits(prior) or mixes_gaussians(prior))


@dataclass(frozen=True)
class Pixels:
    """The natural parameter of every pixel, (..., C, H, W), that moves with z."""

    parameter: Tensor
    stddev: Tensor | None = None  # of Gaussian pixels; None for bits, whose parameter is the logit

    def fisher(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The derivative of log p(x|z) by the parameter, and Fisher's information about it."""
        if self.stddev is None:
            on = self.parameter.sigmoid()
            return x - on, on * (1 - on)
        precision = self.stddev.pow(-2).expand_as(self.parameter)
        return (x - self.parameter) * precision, precision


@functools.singledispatch
def each_pixel(pixels: Distribution) -> Pixels:
    """What pixels depend on. Raises TypeError for pixels that no rule is registered for."""
    raise TypeError(f"no Fisher information is known of {type(pixels).__name__}: register one with each_pixel.register")


@each_pixel.register
def _(pixels: Independent) -> Pixels:
    return each_pixel(pixels.base_dist)


@each_pixel.register
def _(pixels: Bernoulli) -> Pixels:
    return Pixels(pixels.logits)


@each_pixel.register
def _(pixels: Normal) -> Pixels:
    return Pixels(pixels.loc, pixels.scale)


@torch.no_grad()
def taught_proposal(z: Tensor, log_weights: Tensor, first: MixtureSameFamily, pictures: Tensor) -> MixtureSameFamily:
    """A better proposal from draws z (K, B, D) of `first` and their log importance weights (K, B), for those
    `pictures` of the first (a boolean for each of its batch, B of them true).

    A Gaussian with the weighted mean and covariance of the draws takes most of the weight (adaptive importance
    sampling, Cappé et al. 2004, https://doi.org/10.1198/106186004X12803). Where few draws carry all the weight, weights
    are tempered until 3 D of them count, so that the covariance has full rank.
    """
    dimensions = z.shape[-1]
    wanted = min(3.0 * dimensions, len(z) / 2)
    power = tempered(log_weights, torch.ones_like(log_weights[0]), wanted, BISECTIONS)
    weights = (power * log_weights).softmax(0)
    mean = (weights[..., None] * z).sum(0)
    covariance = torch.einsum("kb,kbi,kbj->bij", weights, z - mean, z - mean)
    variances = torch.diag_embed(covariance.diagonal(dim1=-2, dim2=-1))
    learnt = Gaussians(mean, torch.linalg.cholesky(0.95 * covariance + 0.05 * variances + 1e-10 * variances.amax()))
    before = first.component_distribution
    assert isinstance(before, MultivariateNormal)
    components = [learnt, learnt.wider(1 + 1 / math.sqrt(2 * dimensions))]
    components += [
        Gaussians(before.loc[pictures, k], before.scale_tril[pictures, k]) for k in range(before.loc.shape[1])
    ]
    shares = first.mixture_distribution.probs[pictures]
    own = torch.tensor([0.5, 0.2], dtype=shares.dtype, device=shares.device).expand(len(shares), -1)
    return mixture(components, torch.cat([own, 0.3 * shares], 1))
