"""Flows small enough to draw: x = f(z) with z ~ N(0, I) and f a bijection, so that log p(x) is exact.

    log p(x) = log p(z) - log |det df/dz|,  z = f^-1(x)

(Rezende & Mohamed 2015, equation 5, https://arxiv.org/abs/1505.05770). The page "Learning" computes the same in the
browser, in `static/live/math/change_of_variables.js`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.learning.maximum_likelihood import central_differences

BISECTIONS = 60
LOG_TWO_PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class Bend:
    """A step of a monotone map: height * tanh(steepness * (z - at))."""

    height: float
    steepness: float
    at: float

    def __post_init__(self):
        if not (self.height >= 0 and self.steepness > 0):
            raise ValueError(
                f"a bend's height must be at least 0 and its steepness above 0, got {self.height} and {self.steepness}"
            )


@dataclass(frozen=True)
class Monotone:
    """f(z) = shift + scale z + sum of bends: it rises everywhere, so that it is a bijection of the line.

    Wherever f is steep, p(x) is thin: two humps are one steep step of f.
    """

    shift: float = 0.0
    scale: float = 1.0
    bends: tuple[Bend, ...] = ()

    def __post_init__(self):
        if not self.scale > 0:
            raise ValueError(f"scale must be above 0, else the map has no inverse, got {self.scale}")

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """f(z) and log f'(z), of the shape of z."""
        x, slope = self.shift + self.scale * z, torch.full_like(z, self.scale)
        for bend in self.bends:
            step = (bend.steepness * (z - bend.at)).tanh()
            x = x + bend.height * step
            slope = slope + bend.height * bend.steepness * (1 - step.square())
        return x, slope.log()

    def inverse(self, x: Tensor) -> Tensor:
        """f^-1(x), of the shape of x, by bisection: f lies within the sum of all heights of its straight line."""
        middle, reach = (x - self.shift) / self.scale, sum(bend.height for bend in self.bends) / self.scale
        low, high = middle - reach, middle + reach
        for _ in range(BISECTIONS):
            z = (low + high) / 2
            below = self.forward(z)[0] < x
            low, high = torch.where(below, z, low), torch.where(below, high, z)
        return (low + high) / 2

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x), nats, of the shape of x."""
        z = self.inverse(x)
        return -0.5 * (z.square() + LOG_TWO_PI) - self.forward(z)[1]

    def moved(self, step: Tensor) -> "Monotone":
        """The flow with a step added to shift, log scale, and each bend's height (0 at least) and place, (2 + 2 K,)."""
        shift, log_scale, *bends = step.tolist()
        changes = zip(self.bends, bends[::2], bends[1::2], strict=True)
        return Monotone(
            self.shift + shift,
            self.scale * math.exp(log_scale),
            tuple(Bend(max(0.0, bend.height + up), bend.steepness, bend.at + along) for bend, up, along in changes),
        )

    def gradient(self, x: Tensor) -> Tensor:
        """Of the mean log p(x) over points x (N,), with respect to what `moved` changes, by central differences."""
        return central_differences(self, x, 2 + 2 * len(self.bends))


@dataclass(frozen=True)
class Coupling:
    """One coordinate u is kept, the other becomes v exp(stretch tanh u) + bend cos u.

    The affine coupling of Dinh, Sohl-Dickstein & Bengio 2017, equations 4 and 5 (https://arxiv.org/abs/1605.08803),
    with two numbers in place of two networks. Its Jacobian is triangular: the log-determinant is stretch tanh u.
    """

    stretch: float
    bend: float


@dataclass(frozen=True)
class Couplings:
    """A bijection of the plane: couplings in turn, the first keeps the first coordinate, the next the second, ..."""

    layers: tuple[Coupling, ...]

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """f(z) (N, 2) and log |det df/dz| (N,) of z (N, 2)."""
        coordinates, log_det = list(z.unbind(-1)), torch.zeros_like(z[..., 0])
        for number, layer in enumerate(self.layers):
            kept, moved = number % 2, 1 - number % 2
            u = coordinates[kept]
            log_scale = layer.stretch * u.tanh()
            coordinates[moved] = coordinates[moved] * log_scale.exp() + layer.bend * u.cos()
            log_det = log_det + log_scale
        return torch.stack(coordinates, -1), log_det

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """f^-1(x) (N, 2) and log |det df/dz| there (N,), of x (N, 2)."""
        coordinates, log_det = list(x.unbind(-1)), torch.zeros_like(x[..., 0])
        for number, layer in reversed(list(enumerate(self.layers))):
            kept, moved = number % 2, 1 - number % 2
            u = coordinates[kept]
            log_scale = layer.stretch * u.tanh()
            coordinates[moved] = (coordinates[moved] - layer.bend * u.cos()) * (-log_scale).exp()
            log_det = log_det + log_scale
        return torch.stack(coordinates, -1), log_det

    def jacobian(self, z: Tensor) -> Tensor:
        """df/dz (N, 2, 2), rows x: the product of the layers' triangular matrices."""
        product = torch.eye(2, dtype=z.dtype).expand(len(z), 2, 2)
        for number, layer in enumerate(self.layers):
            kept, moved = number % 2, 1 - number % 2
            u, v = z[:, kept], z[:, moved]
            scale = (layer.stretch * u.tanh()).exp()
            own = torch.eye(2, dtype=z.dtype).repeat(len(z), 1, 1)
            own[:, moved, moved] = scale
            own[:, moved, kept] = v * scale * layer.stretch * (1 - u.tanh().square()) - layer.bend * u.sin()
            product = own @ product
            columns = [z[:, 0], z[:, 1]]
            columns[moved] = v * scale + layer.bend * u.cos()
            z = torch.stack(columns, -1)
        return product

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x), nats, (N,) of x (N, 2)."""
        z, log_det = self.inverse(x)
        return -0.5 * z.square().sum(-1) - LOG_TWO_PI - log_det

    def moved(self, step: Tensor) -> "Couplings":
        """The flow with a step added to the stretch and the bend of each layer, (2 L,)."""
        changes = zip(self.layers, step[::2].tolist(), step[1::2].tolist(), strict=True)
        return Couplings(tuple(Coupling(layer.stretch + more, layer.bend + along) for layer, more, along in changes))

    def gradient(self, x: Tensor) -> Tensor:
        """Of the mean log p(x) over points x (N, 2), with respect to what `moved` changes, by central differences."""
        return central_differences(self, x, 2 * len(self.layers))
