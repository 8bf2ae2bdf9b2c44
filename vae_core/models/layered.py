"""Two stochastic layers: a VAE whose prior p(z1) is the marginal of a second layer's p(z1|z2) p(z2).

Burda, Grosse & Salakhutdinov 2016, section 5 and figure 1 (https://arxiv.org/abs/1509.00519).
"""

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Size, Tensor, nn
from torch.distributions import Distribution, Independent
from torch.func import functional_call

from vae_core.models import networks
from vae_core.models.around import AroundConfig
from vae_core.models.distributions import detached, diagonal_normal, expectation, sample, standard_normal
from vae_core.models.inputs import check_latents, check_no_labels
from vae_core.models.vae import SMALLEST_STDDEV, VAE, VAEConfig, check_parameters, check_widths, whole_number
from vae_core.outside import shown


class TwoLayersConfig(AroundConfig):
    """The part of a configuration that is two layers of latents: z = (z1, z2), those of the VAE and those above them.
    Where among its fields `upper_dim` stands is each configuration's own."""

    upper_dim: int

    def check_layers(self) -> None:
        """Raise ValueError unless the upper layer can be the VAE's prior."""
        if self.vae.prior != "normal":
            raise ValueError(f"vae must have the prior normal, the upper layer is a prior, got {self.vae.prior!r}")
        if not whole_number(self.upper_dim, 512 - self.vae.latent_dim):
            most = 512 - self.vae.latent_dim
            raise ValueError(f"upper_dim must be between 1 and {most}, 512 in both layers, got {shown(self.upper_dim)}")

    @property
    def layers(self) -> tuple[int, int]:
        """(D1, D2): dimensions of z1 and of z2."""
        return self.vae.latent_dim, self.upper_dim

    @property
    def latent_dim(self) -> int:
        """D1 + D2."""
        return sum(self.layers)


@dataclass(frozen=True)
class LayeredConfig(TwoLayersConfig):
    """Everything that rebuilds the model's shape; JSON through `to_json` and `LayeredConfig.from_json`.

    Latents are one vector z = (z1, z2): those of the VAE, which the picture is decoded from, then those above them.
    """

    vae: VAEConfig  # x -> z1 and z1 -> x
    upper_dim: int = 50  # of z2
    upper_hidden: tuple[int, ...] = (
        100,
        100,
    )  # widths of the MLPs z1 -> z2 and z2 -> z1; their activation is the VAE's
    family: Literal["layered"] = field(default="layered", kw_only=True)

    def __post_init__(self):
        if self.family != "layered":
            raise ValueError(f"family must be layered, got {shown(self.family)!r}")
        self.check_layers()
        check_widths("upper_hidden", self.upper_hidden)
        check_parameters(self.parameters)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        lower, upper = self.layers
        up = networks.mlp_parameters((lower, *self.upper_hidden, 2 * upper))
        return self.vae.parameters + up + networks.mlp_parameters((upper, *self.upper_hidden[::-1], 2 * lower))


class Layered(nn.Module):
    """p(z) = p(z2) p(z1|z2), q(z|x) = q(z1|x) q(z2|z1), p(x|z) = p(x|z1); z = (z1, z2), all conditionals Gaussian."""

    def __init__(self, config: LayeredConfig):
        super().__init__()
        self.config = config
        (lower, upper), hidden, activation = config.layers, config.upper_hidden, config.vae.activation
        self.vae = VAE(config.vae)
        self.up = ConditionalGaussian((lower, *hidden, 2 * upper), activation)  # q(z2|z1)
        self.down = ConditionalGaussian((upper, *hidden[::-1], 2 * lower), activation)  # p(z1|z2)

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights, and so of pictures and latents."""
        return self.vae.dtype

    @property
    def decoder(self) -> nn.Module:
        return nn.Sequential(First(self.config.vae.latent_dim), self.vae.decoder)

    @property
    def prior(self) -> "Chain":
        """p(z): event (D,)."""
        lower, upper = self.config.layers
        return Chain(standard_normal(upper, like=next(self.parameters())), self.down, lower, root_last=True)

    def encode(self, x: Tensor, y: Tensor | None = None) -> "Chain":
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]: batch (B,), event (D,). Raises ValueError for others,
        and for labels y: it takes none."""
        return Chain(self.vae.encode(x, y), self.up, self.config.upper_dim)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of latents z (..., D), which is p(x|z1): batch (...,), event (C, H, W); its `.mean` is the picture.

        Raises ValueError for latents of another dimension or dtype, for NaN, and for labels y: it takes none.
        """
        check_no_labels(y)
        if not torch.compiler.is_compiling():
            check_latents(z, self.config.latent_dim, self.dtype)
        return self.vae.decode(z[..., : self.config.vae.latent_dim])


class ConditionalGaussian(nn.Module):
    """A Gaussian over one layer's latents given another's: (..., sizes[0]) -> batch (...,), event (sizes[-1] / 2,)."""

    def __init__(self, sizes: tuple[int, ...], activation: networks.Activation):
        super().__init__()
        self.layers = networks.mlp(sizes, activation)

    def forward(self, given: Tensor) -> Independent:
        mean, raw_scale = networks.split_mean_and_raw_scale(self.layers(given).float())
        return diagonal_normal(mean, nn.functional.softplus(raw_scale) + SMALLEST_STDDEV)


class First(nn.Module):
    """The first of the latents: (..., D) -> (..., dimensions)."""

    def __init__(self, dimensions: int):
        super().__init__()
        self.dimensions = dimensions

    def forward(self, z: Tensor) -> Tensor:
        return z[..., : self.dimensions]


class Held(nn.Module):
    """A conditional Gaussian with its parameters held: gradients reach what is given alone."""

    def __init__(self, conditional: nn.Module):
        super().__init__()
        self.conditional = [conditional]  # in a list, so that its parameters are not this module's

    def forward(self, given: Tensor) -> Independent:
        (conditional,) = self.conditional
        parameters = {name: parameter.detach() for name, parameter in conditional.named_parameters()}
        return functional_call(conditional, parameters, (given,))


class Chain(Distribution):
    """Two layers of latents together, one drawn and the other drawn given it: batch (...,), event (D,).

    The root is the first of the latents, or the last if `root_last`. The other layer's marginal has no closed form:
    `mean` and `stddev` are the root's, and those that the other layer has given the root at its mean; `expectation`
    averages over draws of the root.
    """

    arg_constraints: dict = {}  # noqa: RUF012 (as torch's own are)

    def __init__(self, root: Distribution, other: nn.Module, other_dim: int, root_last: bool = False):
        self.root, self.other, self.other_dim, self.root_last = root, other, other_dim, root_last
        super().__init__(root.batch_shape, Size((root.event_shape[0] + other_dim,)), validate_args=False)

    def expand(self, batch_shape, _instance=None) -> "Chain":
        return Chain(self.root.expand(batch_shape), self.other, self.other_dim, self.root_last)

    @property
    def mean(self) -> Tensor:
        return self.joined(self.root.mean, self.other(self.root.mean).mean)

    @property
    def variance(self) -> Tensor:
        return self.joined(self.root.variance, self.other(self.root.mean).variance)

    def log_prob(self, value: Tensor) -> Tensor:
        """Of values (..., D), by the chain rule: log of the root's density, and of the other's given the root."""
        sizes = [value.shape[-1] - self.other_dim, self.other_dim]
        parts = value.split(sizes[::-1] if self.root_last else sizes, -1)
        root, other = parts[::-1] if self.root_last else parts
        return self.root.log_prob(root) + self.other(root).log_prob(other)

    def joined(self, root: Tensor, other: Tensor) -> Tensor:
        """(..., D) of the root's part and the other's."""
        return torch.cat([other, root] if self.root_last else [root, other], -1)


@sample.register
def _(distribution: Chain, generator: torch.Generator, shape: tuple[int, ...] = ()) -> Tensor:
    root = sample(distribution.root, generator, shape)
    return distribution.joined(root, sample(distribution.other(root), generator))


@detached.register
def _(distribution: Chain) -> Chain:
    root = detached(distribution.root)
    return Chain(root, Held(distribution.other), distribution.other_dim, distribution.root_last)


@expectation.register
def _(distribution: Chain, generator: torch.Generator, draws: int) -> Tensor:
    means = [distribution.other(sample(distribution.root, generator)).mean for _ in range(draws)]
    return distribution.joined(distribution.root.mean, torch.stack(means).mean(0))
