"""The smallest latent-variable model whose fit can be seen: one latent, one number observed, integrals by quadrature.

The page "Learning" computes the same in the browser, in `static/live/math/one_dimension.js`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

STEEP = 3.0  # of the step that splits the density
NODES, REACH = 500, 5.0  # of the quadrature over z: the middles of cells between -REACH and REACH
LEAST_NOISE, MOST_NOISE = 0.2, 5.0  # below, the cells over z would show in the density
LOG_TWO_PI = math.log(2 * math.pi)


def nodes() -> tuple[Tensor, Tensor]:
    """Where a standard normal is evaluated, float64 (NODES,), and the log of each node's share, which sum to 1."""
    z = (torch.arange(NODES, dtype=torch.float64) + 0.5) * (2 * REACH / NODES) - REACH
    return z, (-z.square() / 2).log_softmax(0)


def log_normal(x: Tensor, mean: Tensor | float, stddev: float) -> Tensor:
    """log N(x; mean, stddev^2)."""
    return -0.5 * ((x - mean) / stddev).square() - math.log(stddev) - 0.5 * LOG_TWO_PI


@dataclass(frozen=True)
class OneDimension:
    """z ~ N(0, 1) and x ~ N(f(z), noise^2) with f(z) = centre + stretch z + split tanh(3 z): one hump or two.

    p(x) is a sum over NODES values of z. It agrees with the integral to 1e-3 nats while |stretch| and |split| stay
    below 4. All tensors are float64, all logarithms in nats.
    """

    centre: float = 0.0
    stretch: float = 1.0
    split: float = 0.0
    noise: float = 0.5

    def __post_init__(self):
        if not LEAST_NOISE <= self.noise <= MOST_NOISE:
            raise ValueError(f"noise must be between {LEAST_NOISE} and {MOST_NOISE}, got {self.noise}")

    def decode(self, z: Tensor) -> Tensor:
        """f(z), of any shape."""
        return self.centre + self.stretch * z + self.split * (STEEP * z).tanh()

    def draw(self, noise: Tensor) -> Tensor:
        """x (N,) from standard normal noise (N, 2): z, and what is added to f(z)."""
        return self.decode(noise[:, 0]) + self.noise * noise[:, 1]

    def log_joint(self, x: Tensor) -> Tensor:
        """log p(x, z) of x (M,) at each node, weights included: (M, NODES)."""
        z, log_shares = nodes()
        return log_normal(x[:, None], self.decode(z), self.noise) + log_shares

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x), (M,)."""
        return self.log_joint(x).logsumexp(1)

    def posterior(self, x: Tensor) -> Tensor:
        """p(z|x) of x (M,): the share of each node, (M, NODES)."""
        return self.log_joint(x).softmax(1)

    def gradient(self, x: Tensor) -> Tensor:
        """Of the mean log p(x) over points x (N,), with respect to centre, stretch, split and log noise, (4,).

        By formula, Fisher's identity: the gradient of log p(x) is E_p(z|x) of the gradient of log p(x, z), which is
        exact for the sum over nodes too.
        """
        z, _ = nodes()
        pull = (x[:, None] - self.decode(z)) / self.noise  # (N, NODES)
        posterior = self.posterior(x)
        along = (posterior * pull / self.noise).mean(0)  # (NODES,) towards larger f
        wider = (posterior * (pull.square() - 1)).sum(1).mean()
        return torch.stack([along.sum(), along @ z, along @ (STEEP * z).tanh(), wider])

    def moved(self, step: Tensor) -> "OneDimension":
        """The model with a step (4,) added to centre, stretch, split and log noise, the noise kept within its range."""
        centre, stretch, split = step[:3].tolist()
        noise = min(max(self.noise * float(step[3].exp()), LEAST_NOISE), MOST_NOISE)
        return OneDimension(self.centre + centre, self.stretch + stretch, self.split + split, noise)

    def moments(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of p(z|x) of x (M,), each (M,)."""
        z, _ = nodes()
        posterior = self.posterior(x)
        mean = posterior @ z
        return mean, (posterior * (z - mean[:, None]).square()).sum(1).sqrt()

    def elbo(self, x: Tensor, mean: Tensor, stddev: Tensor) -> Tensor:
        """E_q[log p(x|z)] - KL(q || p(z)) of x (M,) with q = N(mean, stddev^2) for each, (M,): at most log p(x)."""
        z, log_shares = nodes()
        decoded = self.decode(mean[:, None] + stddev[:, None] * z)  # (M, NODES)
        expected = log_normal(x[:, None], decoded, self.noise) @ log_shares.exp()
        return expected - ((mean.square() + stddev.square() - 1) / 2 - stddev.log())
