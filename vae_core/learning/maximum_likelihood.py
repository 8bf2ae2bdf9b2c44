"""Maximum likelihood by gradient, for models small enough to know their likelihood.

The page "Learning" computes the same in the browser, in `static/live/math/maximum_likelihood.js`.
"""

from collections.abc import Iterator
from typing import Protocol, TypeVar

import torch
from torch import Tensor

STEPS = 30  # halvings of a step before it is taken for a maximum
SMALL = 1e-4  # half the distance of central differences


class Measured(Protocol):
    """What has a likelihood and parameters that a step can be added to."""

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) of points x (N, ...), nats, (N,)."""

    def moved(self: "M", step: Tensor) -> "M":
        """The model with a step (P,) added to its parameters."""


class Fitted(Measured, Protocol):
    """And whose likelihood has a gradient."""

    def gradient(self, x: Tensor) -> Tensor:
        """Of the mean log p(x) over points x (N, ...) with respect to the parameters, (P,)."""


M = TypeVar("M", bound=Measured)
F = TypeVar("F", bound=Fitted)


def ascent(model: F, points: Tensor, rate: float = 0.1) -> Iterator[F]:
    """Maximum likelihood by gradient: a better model for the points (N, ...) each time, until a step of none of STEPS
    sizes raises the likelihood.

    A step is `rate` times the gradient, halved until it raises the mean log p(x); the next begins with twice the rate
    that did. Raises ValueError without points.
    """
    if len(points) == 0:
        raise ValueError("there must be at least one point to fit")
    value = model.log_density(points).mean()
    while True:
        gradient = model.gradient(points)
        for _ in range(STEPS):
            tried = model.moved(rate * gradient)
            reached = tried.log_density(points).mean()
            if reached > value:
                break
            rate /= 2
        else:
            return
        model, value, rate = tried, reached, 2 * rate
        yield model


def central_differences(model: Measured, points: Tensor, parameters: int) -> Tensor:
    """The gradient of the mean log p(x) over points (N, ...) with respect to that many parameters, (P,), to about
    SMALL^2: for models whose likelihood is quicker to compute than to derive."""
    steps = SMALL * torch.eye(parameters, dtype=points.dtype)
    values = [
        model.moved(step).log_density(points).mean() - model.moved(-step).log_density(points).mean() for step in steps
    ]
    return torch.stack(values) / (2 * SMALL) if values else points.new_zeros(0)
