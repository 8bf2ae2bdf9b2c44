"""Priors that are learned: p(z) that comes nearer to the aggregate posterior than N(0, I) does."""

from math import prod
from typing import Literal

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Categorical, Independent, MixtureSameFamily

from vae_core.models.distributions import diagonal_normal

Prior = Literal["normal", "mixture", "vamp"]
PRIORS = ("normal", "mixture", "vamp")
MOST_COMPONENTS = 1000
SPREAD = 1.0  # standard deviation of the first means of a mixture
SMALLEST_STDDEV = 1e-2  # of a component: keeps one from shrinking to a point

NEARLY_BLACK = 0.05  # where a pseudo-picture of black pixels begins: gradients vanish at 0


class MixturePrior(nn.Module):
    """p(z) = sum_k pi_k N(m_k, diag s_k^2), all learned."""

    def __init__(self, components: int, latent_dim: int):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(components))
        self.means = nn.Parameter(nn.init.normal_(torch.empty(components, latent_dim), std=SPREAD))
        self.raw_scales = nn.Parameter(torch.full((components, latent_dim), 0.5413))  # softplus of it is 1

    def forward(self) -> MixtureSameFamily:
        """p(z): event (D,)."""
        scales = nn.functional.softplus(self.raw_scales) + SMALLEST_STDDEV
        weights = Categorical(logits=self.logits, validate_args=False)
        return MixtureSameFamily(weights, diagonal_normal(self.means, scales), validate_args=False)


class PseudoPictures(nn.Module):
    """Learned inputs of the encoder, whose posteriors, evenly mixed, are the prior: the VampPrior of Tomczak & Welling
    2018, equation 9 (https://arxiv.org/abs/1705.07120)."""

    def __init__(self, components: int, picture_shape: tuple[int, int, int]):
        super().__init__()
        self.logits = nn.Parameter(nn.init.normal_(torch.empty(components, *picture_shape), mean=-1, std=0.1))

    def forward(self) -> Tensor:
        """(K, C, H, W), between 0 and 1."""
        return self.logits.sigmoid()

    @torch.no_grad()
    def begin_at(self, x: Tensor, generator: Generator) -> None:
        """Take pictures x (K, C, H, W), in [0, 1], for a start, each number with a little noise of its own."""
        noise = torch.empty_like(x).normal_(generator=generator)
        self.logits.copy_(x.clamp(NEARLY_BLACK, 1 - NEARLY_BLACK).logit() + 0.1 * noise)


def evenly_mixed(components: Independent) -> MixtureSameFamily:
    """The mixture, with equal weights, of the K distributions of a batch (K,)."""
    count = components.batch_shape[0]
    weights = Categorical(logits=components.mean.new_zeros(count), validate_args=False)
    return MixtureSameFamily(weights, components, validate_args=False)


def prior_parameters(prior: Prior, components: int, latent_dim: int, picture_shape: tuple[int, int, int]) -> int:
    """Number of learned numbers of a prior."""
    each = {"normal": 0, "mixture": 1 + 2 * latent_dim, "vamp": prod(picture_shape)}
    return components * each[prior]


def check_prior(prior: object, components: object) -> None:
    """Raise ValueError unless a prior is one that there is, with components if it is learned and none if not."""
    if not isinstance(prior, str) or prior not in PRIORS:
        raise ValueError(f"prior must be one of {', '.join(PRIORS)}, got {prior!r}")
    counted = isinstance(components, int) and not isinstance(components, bool)
    if prior == "normal" and components != 0:
        raise ValueError(f"the prior normal has no components, got {components!r}: leave prior_components out")
    if prior != "normal" and not (counted and 2 <= components <= MOST_COMPONENTS):  # type: ignore[operator] # an int
        raise ValueError(f"prior_components must be between 2 and {MOST_COMPONENTS} for {prior}, got {components!r}")
