"""A model whose likelihood is known: z ~ N(0, I), x = W z + b + noise. Everything about it has a closed form."""

import math
from types import SimpleNamespace

import torch
from torch import Tensor
from torch.distributions import Distribution, MultivariateNormal

from vae_core.models.distributions import diagonal_normal, picture_normal, standard_normal

PICTURE = (1, 2, 3)


class LinearGaussian:
    """p(x|z) = N(W z + b, noise^2 I) with orthogonal columns in W, so that p(z|x) is a diagonal Gaussian.

    `encode` returns the true posterior, moved and widened by `shift` and `widen` (0 and 1: exactly the true one).
    """

    config = SimpleNamespace(likelihood="gaussian", family="vae")

    def __init__(self, shift: float = 0.0, widen: float = 1.0):
        generator = torch.Generator().manual_seed(0)
        orthogonal, _ = torch.linalg.qr(torch.randn(6, 2, generator=generator, dtype=torch.float64))
        self.weight = orthogonal * torch.tensor([1.5, 0.7], dtype=torch.float64)  # (6, 2)
        self.bias = torch.randn(6, generator=generator, dtype=torch.float64)
        self.noise = torch.tensor(0.4, dtype=torch.float64)
        self.shift, self.widen = shift, widen
        self.decoded = []  # how many latents each call of decode got

    @property
    def prior(self) -> Distribution:
        return standard_normal(2, like=self.bias)

    def encode(self, x: Tensor) -> Distribution:
        """Bayes' theorem: precision I + W'W / noise^2, which is diagonal here."""
        precision = 1 + self.weight.square().sum(0) / self.noise**2  # (2,)
        mean = (x.flatten(1) - self.bias) @ self.weight / self.noise**2 / precision  # (B, 2)
        stddev = precision.rsqrt().expand_as(mean)
        return diagonal_normal(mean + self.shift * stddev, stddev * self.widen)

    def decode(self, z: Tensor) -> Distribution:
        self.decoded.append(math.prod(z.shape[:-1]))
        return picture_normal((z @ self.weight.T + self.bias).unflatten(-1, PICTURE), self.noise)

    def log_marginal(self, x: Tensor) -> Tensor:
        """log N(x; b, W W' + noise^2 I), (B,)."""
        covariance = self.weight @ self.weight.T + self.noise**2 * torch.eye(6, dtype=torch.float64)
        return MultivariateNormal(self.bias, covariance).log_prob(x.flatten(1))

    def elbo(self, x: Tensor) -> Tensor:
        """log p(x) - KL(q || p(z|x)), (B,): q differs from the true posterior by `shift` and `widen` alone."""
        kl = 2 * (self.shift**2 + self.widen**2 - 1 - 2 * math.log(self.widen)) / 2
        return self.log_marginal(x) - kl

    def pictures(self, count: int, seed: int = 1) -> Tensor:
        """Pictures drawn from the model, float64 (count, 1, 2, 3)."""
        generator = torch.Generator().manual_seed(seed)
        z, noise = torch.randn(count, 8, generator=generator, dtype=torch.float64).split([2, 6], dim=1)
        return (z @ self.weight.T + self.bias + self.noise * noise).unflatten(1, PICTURE)
