"""The distributions that models return: event shapes are fixed here, so that every estimator is written once."""

import functools
import math

import torch
from torch import Generator, Size, Tensor
from torch.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    kl_divergence,
)


def standard_normal(dimensions: int, like: Tensor) -> Independent:
    """The prior N(0, I) over latents, event (D,), on the device and with the dtype of `like`."""
    zeros = torch.zeros(dimensions, device=like.device, dtype=like.dtype)
    return diagonal_normal(zeros, torch.ones_like(zeros))


def diagonal_normal(mean: Tensor, stddev: Tensor) -> Independent:
    """N(mean, diag(stddev^2)) over latents: batch (...,), event (D,)."""
    return Independent(Normal(mean, stddev, validate_args=False), 1, validate_args=False)


MOST_HALVES = 112  # factors of 1/2 or more whose product is a normal float32, with a margin


@functools.cache
def most_together(pixels: int) -> int:
    """The largest divisor of a number of pixels that is at most MOST_HALVES."""
    return max(divisor for divisor in range(1, MOST_HALVES + 1) if pixels % divisor == 0)


class BernoulliLogProb(torch.autograd.Function):
    """The sum over the last three dimensions of x * logit - log(1 + exp(logit)).

    That is (x - 1/2) * logit - |logit| / 2 + log sigmoid(|logit|). The sigmoids lie between 1/2 and 1: as many as fit
    above the smallest float32 are multiplied before a logarithm is taken, and no softplus is written out. On CPUs
    PyTorch's own goes through a serial log1p, 10 ns a pixel, where all of this takes 1.
    """

    @staticmethod
    def forward(ctx, logits: Tensor, value: Tensor) -> Tensor:
        ctx.save_for_backward(logits, value)
        count = math.prod(logits.shape[-3:])
        together = most_together(count)
        log_prob = ((value - 0.5) * logits).sum((-3, -2, -1))
        size = logits.abs()
        log_prob.sub_(size.sum((-3, -2, -1)), alpha=0.5)
        products = size.sigmoid_().reshape(*logits.shape[:-3], together, count // together).prod(-2)
        return log_prob.add_(products.log_().sum(-1))

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor | None]:
        logits, value = ctx.saved_tensors
        gradient = gradient[..., None, None, None]
        of_value = (gradient * logits).sum_to_size(value.shape) if ctx.needs_input_grad[1] else None
        return ((value - logits.sigmoid()) * gradient).sum_to_size(logits.shape), of_value


class PictureBernoulli(Independent):
    """Independent pixels that are on with probability sigmoid(logits), logits (..., C, H, W).

    `log_prob` broadcasts the picture over leading sample dimensions without copying it. Pixels are 0 or 1; of a grey
    picture it is the mean over its binarisations.
    """

    def __init__(self, logits: Tensor):
        super().__init__(Bernoulli(logits=logits, validate_args=False), 3, validate_args=False)

    def log_prob(self, value: Tensor) -> Tensor:
        return BernoulliLogProb.apply(self.base_dist.logits, value)


def picture_normal(mean: Tensor, stddev: Tensor) -> Independent:
    """Independent Gaussian pixels with a shared standard deviation: batch (...,), event (C, H, W)."""
    return Independent(Normal(mean, stddev.expand_as(mean), validate_args=False), 3, validate_args=False)


def each_dimension(latents: Distribution) -> Distribution:
    """The distributions of each dimension of factorised latents: batch (..., D), no event. Raises TypeError for latents
    whose dimensions depend on each other."""
    if not isinstance(latents, Independent):
        raise TypeError(f"only a factorised distribution has one for each dimension, got {type(latents).__name__}")
    return latents.base_dist


@functools.singledispatch
def kl_per_dimension(posterior: Distribution, prior: Distribution) -> Tensor:
    """KL(posterior || prior) of two factorised distributions, split over latent dimensions.

    Returns nats, (B, D): summed over D this is the closed-form KL of Kingma & Welling 2013, appendix B. Other kinds of
    latents register a rule of their own, and one of `in_closed_form`.
    """
    return kl_divergence(each_dimension(posterior), each_dimension(prior))


def splits(*latents: Distribution) -> bool:
    """Whether distributions of latents are factorised Gaussians: their KL is a sum over dimensions, in closed form."""
    return all(isinstance(each, Independent) and isinstance(each.base_dist, Normal) for each in latents)


def mixes_gaussians(latents: Distribution) -> bool:
    """Whether a distribution of latents is a mixture of factorised Gaussians."""
    return isinstance(latents, MixtureSameFamily) and splits(latents.component_distribution)


def responsibilities(mixture: MixtureSameFamily, z: Tensor) -> Tensor:
    """p(k|z) of latents z (..., D) under a mixture of K components: (..., K)."""
    log_joint = mixture.component_distribution.log_prob(z[..., None, :]) + mixture.mixture_distribution.logits
    return log_joint.softmax(-1)


@functools.singledispatch
def in_closed_form(posterior: Distribution, prior: Distribution) -> bool:
    """Whether `kl_per_dimension` knows the KL of a posterior to a prior."""
    return splits(posterior, prior)


def kl_terms(posterior: Distribution, prior: Distribution, z: Tensor) -> Tensor:
    """KL(posterior || prior) in nats: (B, D) in closed form where it splits over dimensions, else log q(z|x) - log p(z)
    at a draw z (B, D) of the posterior, (B, 1), which has the KL as its mean."""
    if in_closed_form(posterior, prior):
        return kl_per_dimension(posterior, prior)
    return (posterior.log_prob(z) - prior.log_prob(z))[..., None]


def sample_with_kl(
    posterior: Distribution, prior: Distribution, generator: Generator, shape: tuple[int, ...] = ()
) -> tuple[Tensor, Tensor]:
    """Draws z (*shape, B, D) of the posterior, and the KL as `kl_terms` gives it of them: (B, D) in closed form, or
    (*shape, B, 1)."""
    if splits(posterior, prior):
        return sample(posterior, generator, shape), kl_per_dimension(posterior, prior)
    z, log_posterior = sample_and_log_prob(posterior, generator, shape)
    return z, (log_posterior - prior.log_prob(z))[..., None]


@functools.singledispatch
def sample_and_log_prob(
    distribution: Distribution, generator: Generator, shape: tuple[int, ...] = ()
) -> tuple[Tensor, Tensor]:
    """Draws as `sample` makes them, (*shape, *batch, *event), and their log densities, (*shape, *batch): together,
    because some distributions know the density of their own draws at less cost than that of other values."""
    drawn = sample(distribution, generator, shape)
    return drawn, distribution.log_prob(drawn)


@functools.singledispatch
def sample(distribution: Distribution, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    """Draws of a distribution, (*shape, *batch, *event), from a generator on its device: `Distribution.rsample` and
    `Distribution.sample` know torch's global one alone.

    Gradients reach the mean and the standard deviation of Gaussians (Kingma & Welling 2013, section 2.4); nothing else
    has any. Raises TypeError for a distribution that no rule is registered for.
    """
    raise TypeError(f"no way is known to sample {type(distribution).__name__}: register one with sample.register")


@sample.register
def _(distribution: Normal, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    mean, stddev = distribution.loc, distribution.scale
    noise = torch.empty((*shape, *mean.shape), dtype=mean.dtype, device=mean.device).normal_(generator=generator)
    return mean + noise * stddev


@sample.register
def _(distribution: MultivariateNormal, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    mean, factor = distribution.loc, distribution.scale_tril
    noise = torch.empty((*shape, *mean.shape), dtype=mean.dtype, device=mean.device).normal_(generator=generator)
    columns = noise.reshape(-1, *mean.shape).movedim(0, -1)  # (*batch, D, N): a factor for each draw would fill memory
    return mean + (factor @ columns).movedim(-1, 0).reshape(noise.shape)


@sample.register
def _(distribution: Bernoulli, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    probability = distribution.probs.detach()
    return torch.bernoulli(probability.expand(*shape, *probability.shape), generator=generator)


@sample.register
def _(distribution: Categorical, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    probability = distribution.probs.detach()
    rows = probability.reshape(-1, probability.shape[-1])
    drawn = torch.multinomial(rows, Size(shape).numel(), replacement=True, generator=generator)
    return drawn.T.reshape((*shape, *probability.shape[:-1]))


@sample.register
def _(distribution: Independent, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    return sample(distribution.base_dist, generator, shape)


@sample.register
@torch.no_grad()
def _(distribution: MixtureSameFamily, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    which = sample(distribution.mixture_distribution, generator, shape)  # (*shape, *batch)
    every = sample(distribution.component_distribution, generator, shape)  # (*shape, *batch, K, *event)
    event = distribution.event_shape
    index = which.reshape(*which.shape, 1, *(1 for _ in event)).expand(*which.shape, 1, *event)
    return every.gather(which.ndim, index).squeeze(which.ndim)


@functools.singledispatch
def expectation(distribution: Distribution, generator: Generator, draws: int) -> Tensor:
    """E[z] of latents, (*batch, *event): their mean, or for those whose `mean` is no more than a point that stands for
    them an average over draws."""
    return distribution.mean


@functools.singledispatch
def detached(distribution: Distribution) -> Distribution:
    """The distribution with its parameters held: log densities under it have a gradient by the value alone. Raises
    ValueError for a distribution that no rule is registered for."""
    kind = type(distribution).__name__
    raise ValueError(f"no way is known to hold the parameters of {kind}: use the gradient plain, or detached.register")


@detached.register
def _(distribution: Normal) -> Normal:
    return Normal(distribution.loc.detach(), distribution.scale.detach(), validate_args=False)


@detached.register
def _(distribution: MultivariateNormal) -> MultivariateNormal:
    factor = distribution.scale_tril.detach()
    return MultivariateNormal(distribution.loc.detach(), scale_tril=factor, validate_args=False)


@detached.register
def _(distribution: Independent) -> Independent:
    held = detached(distribution.base_dist)
    return Independent(held, distribution.reinterpreted_batch_ndims, validate_args=False)
