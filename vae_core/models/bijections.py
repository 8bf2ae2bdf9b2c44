"""Bijections z -> z' of latents with the logarithms of their Jacobians' determinants, and what a Gaussian becomes under
them: normalizing flows (Rezende & Mohamed 2015, https://arxiv.org/abs/1505.05770)."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType
from typing import Protocol, cast

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Distribution, Independent

from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import detached, sample, sample_and_log_prob

MOMENT_PAIRS = 32  # of a draw and its opposite, from which means and standard deviations are taken
LEAST_SLOPE = 1e-3  # of a planar flow along its direction: float32 can still undo it
SOLVED = 1e-12  # of the scale of a root: where the search for it ends
MOST_STEPS = 100  # of that search


class Bijection(Protocol):
    """z (..., B, D) <-> z' of the same shape, its parameters being those of B pictures."""

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """z', and log |det dz'/dz|, (..., B)."""
        ...

    def inverse(self, after: Tensor) -> tuple[Tensor, Tensor]:
        """z of a z', and log |det dz'/dz| there, (..., B)."""
        ...


class Affine:
    """z' = mean + stddev z, element by element, with mean and stddev (B, D)."""

    def __init__(self, mean: Tensor, stddev: Tensor):
        self.mean, self.stddev = mean, stddev

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return self.mean + self.stddev * z, self.stddev.log().sum(-1)

    def inverse(self, after: Tensor) -> tuple[Tensor, Tensor]:
        return (after - self.mean) / self.stddev, self.stddev.log().sum(-1)


class Planar:
    """z' = z + u^ tanh(w.z + b), with w and u (B, D) and b (B,): Rezende & Mohamed 2015, equations 10 to 12.

    u^ is u with its part along w made such that w.u^ > -1, their appendix A.1 (here -1 + LEAST_SLOPE, so that float32
    can undo it). There is no inverse in closed form: w.z' = a + w.u^ tanh(a + b) is solved for a = w.z, which rises in
    a, and z = z' - u^ tanh(a + b).
    """

    def __init__(self, w: Tensor, u: Tensor, b: Tensor):
        along = (w * u).sum(-1)
        wanted = nn.functional.softplus(along) - 1 + LEAST_SLOPE
        square = w.square().sum(-1).clamp_min(torch.finfo(w.dtype).tiny)
        self.w, self.b = w, b
        self.u = u + ((wanted - along) / square)[..., None] * w
        self.gain = torch.where(w.any(-1), wanted, 0)  # (B,) w.u^

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        bent = ((z * self.w).sum(-1) + self.b).tanh()  # (..., B)
        return z + bent[..., None] * self.u, self.log_det(bent)

    def inverse(self, after: Tensor) -> tuple[Tensor, Tensor]:
        height = (after * self.w).sum(-1)
        with torch.no_grad():
            found = rising_root(height.double(), self.gain.double(), self.b.double()).to(height.dtype)
            slope = 1 + self.gain * (1 - (found + self.b).tanh().square())
        # a step of Newton's from the root leaves it there and gives it the gradient of an implicit function
        along = found - (found + self.gain * (found + self.b).tanh() - height) / slope
        bent = (along + self.b).tanh()
        return after - bent[..., None] * self.u, self.log_det(bent)

    def log_det(self, bent: Tensor) -> Tensor:
        """Of equation 12, where tanh(w.z + b) is `bent`."""
        return torch.log1p(self.gain * (1 - bent.square()))

    def detached(self) -> Planar:
        """The same with its parameters held."""
        held = copy.copy(self)
        for name in ("w", "b", "u", "gain"):
            setattr(held, name, getattr(self, name).detach())
        return held


def rising_root(height: Tensor, gain: Tensor, b: Tensor) -> Tensor:
    """The a at which a + gain tanh(a + b) = height, for gains above -1: Newton's steps where they stay between the
    bounds and are at most half as long as the step before, bisections elsewhere."""
    reach = gain.abs().expand_as(height)
    low, high = height - reach, height + reach
    a, step = height.clone(), 2 * reach
    for _ in range(MOST_STEPS):
        bent = (a + b).tanh()
        excess = a + gain * bent - height
        if (excess.abs() <= SOLVED * (1 + height.abs())).all():
            break
        low, high = torch.where(excess < 0, a, low), torch.where(excess < 0, high, a)
        newton = -excess / (1 + gain * (1 - bent.square()))
        good = (a + newton >= low) & (a + newton <= high) & (2 * newton.abs() <= step.abs())
        step = torch.where(good, newton, (low + high) / 2 - a)
        a = a + step
    return a


class Zuko:
    """A transform of the library zuko, in float32 whatever else is computed in."""

    def __init__(self, transform: torch.distributions.Transform):
        self.transform = transform

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast(z.device.type, enabled=False):
            return self.transform.call_and_ladj(z)  # type: ignore[attr-defined] # which zuko gives every transform

    def inverse(self, after: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast(after.device.type, enabled=False):
            z = self.transform.inv(after)
            return z, self.transform.call_and_ladj(z)[1]  # type: ignore[attr-defined]


@functools.cache
def zuko() -> ModuleType:
    """The library, https://zuko.readthedocs.io. Importing it turns off the checks of all of torch's distributions,
    which are put back as they were."""
    before = Distribution._validate_args, Distribution.arg_constraints
    import zuko

    Distribution._validate_args, Distribution.arg_constraints = before  # type: ignore[method-assign]
    return zuko


SPLINE_BINS, SPLINE_WIDTHS, LEAST_SPLINE_SLOPE = 8, (64, 64), 1e-3


class Splines(nn.Module):
    """Autoregressive rational-quadratic splines (Durkan et al. 2019, https://arxiv.org/abs/1906.04032), in ascending
    and descending order by turns, on [-5, 5] and given C numbers a picture: zuko's.

    z' is made of z in one pass, as in an inverse autoregressive flow (Kingma et al. 2016,
    https://arxiv.org/abs/1606.04934): draws and their own density are cheap, that of other values takes D passes.
    """

    def __init__(self, dimensions: int, context: int, layers: int):
        super().__init__()
        library = zuko()
        univariate = functools.partial(library.transforms.MonotonicRQSTransform, slope=LEAST_SPLINE_SLOPE)
        shapes = [(SPLINE_BINS,), (SPLINE_BINS,), (SPLINE_BINS - 1,)]
        upwards = torch.arange(dimensions, device="cpu")
        with torch.device("cpu"):  # it computes its masks, which the meta device of an empty model cannot
            self.layers = nn.ModuleList(
                library.flows.autoregressive.MaskedAutoregressiveTransform(
                    dimensions,
                    context,
                    order=upwards if number % 2 == 0 else upwards.flip(0),
                    univariate=univariate,
                    shapes=shapes,
                    hidden_features=SPLINE_WIDTHS,
                )
                for number in range(layers)
            )
        forget_buffers(self)

    @property
    def last(self) -> list[nn.Module]:
        """What gives the splines their bins and slopes, layer by layer."""
        return [cast(nn.Sequential, layer.hyper)[-1] for layer in self.layers]

    def forward(self, context: Tensor) -> list[Bijection]:
        """The bijections given numbers (B, C)."""
        return [Zuko(layer(context)) for layer in self.layers]


def forget_buffers(module: nn.Module) -> None:
    """Leave masks and orders out of what is stored: the configuration gives them, and no file may change them."""
    for part in module.modules():
        for name, buffer in list(part.named_buffers(recurse=False)):
            part.register_buffer(name, buffer, persistent=False)


def spline_parameters(dimensions: int, context: int, layers: int) -> int:
    """Number of learned numbers in `Splines`."""
    each = 3 * SPLINE_BINS - 1
    inputs = context + (dimensions if dimensions > 1 else 0)
    return layers * sum((m + 1) * n for m, n in pairwise((inputs, *SPLINE_WIDTHS, each * dimensions)))


class Flowed(Distribution):
    """What a factorised Gaussian becomes under bijections, the first one first: batch (B,), event (D,).

    `log_prob` is right for any value, by undoing the bijections; `sample_and_log_prob` needs no inverse.
    """

    def __init__(self, base: Independent, bijections: Sequence[Bijection]):
        super().__init__(base.batch_shape, base.event_shape, validate_args=False)
        self.base, self.bijections = base, tuple(bijections)

    def log_prob(self, value: Tensor) -> Tensor:
        """Rezende & Mohamed 2015, equation 7, from the last bijection back to the first."""
        log_det = value.new_zeros(())
        for bijection in reversed(self.bijections):
            value, more = bijection.inverse(value)
            log_det = log_det + more
        return self.base.log_prob(value) - log_det

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """z (..., B, D) of the Gaussian, after the bijections, and the sum of their log determinants (..., B)."""
        log_det = z.new_zeros(())
        for bijection in self.bijections:
            z, more = bijection.forward(z)
            log_det = log_det + more
        return z, log_det

    def at(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """What draws of N(0, I), (..., B, D), become, and the log density there, (..., B)."""
        start = self.base.mean + self.base.stddev * noise
        z, log_det = self.forward(start)
        return z, self.base.log_prob(start) - log_det

    @functools.cached_property
    def moments(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation, (B, D), of 64 fixed draws: pairs of opposites whose squares have the mean 1, so
        that both are exact where nothing bends."""
        return self.moments_over(moment_draws(self.event_shape[0], self.base.mean))

    def moments_over(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation, (B, D), over draws of N(0, I), (N, D)."""
        z, _ = self.forward(self.base.mean + self.base.stddev * noise[:, None])  # (N, B, D)
        return z.mean(0), z.std(0, correction=0)

    @property
    def mean(self) -> Tensor:
        return self.moments[0]

    @property
    def stddev(self) -> Tensor:
        return self.moments[1]

    @property
    def variance(self) -> Tensor:
        return self.stddev.square()


def moment_draws(dimensions: int, like: Tensor) -> Tensor:
    """The draws of N(0, I) that `moments` is taken of, (64, D), in the precision and on the device of a tensor."""
    noise = torch.empty(MOMENT_PAIRS, dimensions, dtype=like.dtype, device=like.device)
    noise.normal_(generator=noise_generator(device=like.device))
    noise = noise / noise.square().mean(0).sqrt()
    return torch.cat([noise, -noise])


@sample.register
def _(distribution: Flowed, generator: Generator, shape: tuple[int, ...] = ()) -> Tensor:
    return distribution.forward(sample(distribution.base, generator, shape))[0]


@sample_and_log_prob.register
def _(distribution: Flowed, generator: Generator, shape: tuple[int, ...] = ()) -> tuple[Tensor, Tensor]:
    z = sample(distribution.base, generator, shape)
    after, log_det = distribution.forward(z)
    return after, distribution.base.log_prob(z) - log_det


@detached.register
def _(distribution: Flowed) -> Flowed:
    planar = [bijection.detached() for bijection in distribution.bijections if isinstance(bijection, Planar)]
    if len(planar) < len(distribution.bijections):
        raise ValueError("no way is known to hold the parameters of splines: use the gradient plain, or planar layers")
    return Flowed(cast(Independent, detached(distribution.base)), planar)
