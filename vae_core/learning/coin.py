"""A Bayesian's coin: what tosses say of a hidden probability, in closed form.

The page "Learning" computes the same in the browser, in `static/live/math/coin.js`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Coin:
    """Beta(heads, tails) over the probability z of heads; tosses add to its two numbers (Gelman et al., Bayesian Data
    Analysis, 3rd edition, section 2.4)."""

    heads: float = 1.0
    tails: float = 1.0

    def __post_init__(self):
        if not (0 < self.heads < math.inf and 0 < self.tails < math.inf):
            raise ValueError(f"heads and tails of a Beta must be above 0, got {self.heads} and {self.tails}")

    def after(self, heads: int, tails: int) -> "Coin":
        """p(z | tosses). Raises ValueError for fewer than no tosses."""
        if heads < 0 or tails < 0:
            raise ValueError(f"there cannot be fewer than 0 heads or tails, got {heads} and {tails}")
        return Coin(self.heads + heads, self.tails + tails)

    @property
    def mean(self) -> float:
        """E[z]: also the probability that the next toss is heads."""
        return self.heads / (self.heads + self.tails)

    @property
    def stddev(self) -> float:
        """Of z."""
        return math.sqrt(self.mean * (1 - self.mean) / (self.heads + self.tails + 1))

    @property
    def log_beta(self) -> float:
        """log B(heads, tails), what normalises the density."""
        return math.lgamma(self.heads) + math.lgamma(self.tails) - math.lgamma(self.heads + self.tails)

    def log_density(self, z: Tensor) -> Tensor:
        """log p(z) of probabilities z, between 0 and 1 without these, of any shape."""
        return (self.heads - 1) * z.log() + (self.tails - 1) * torch.log1p(-z) - self.log_beta

    def log_evidence(self, heads: int, tails: int) -> float:
        """log p(tosses), the integral of z^heads (1 - z)^tails over this prior: nats, of one order of the tosses."""
        return self.after(heads, tails).log_beta - self.log_beta


def log_likelihood(z: Tensor, heads: int, tails: int) -> Tensor:
    """log p(tosses | z), nats, of one order of the tosses; its maximum is z = heads / (heads + tails)."""
    return torch.special.xlogy(torch.as_tensor(float(heads)), z) + torch.special.xlog1py(
        torch.as_tensor(float(tails)), -z
    )
