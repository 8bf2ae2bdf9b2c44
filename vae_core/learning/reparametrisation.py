"""z = mu + sigma epsilon, seen at one function whose expectation is known: f(z) = cos 2z - z^2 / 4.

A draw from N(mu, sigma^2) is a function of mu and sigma once its noise is fixed, so the gradient of an expectation is
the expectation of a gradient (Kingma and Welling 2014, section 2.4, https://arxiv.org/abs/1312.6114).
"""

import torch
from torch import Tensor

CURVATURE, HEIGHT, RATE = -0.25, 1.0, 2.0  # of the hill, and of the waves on it


def function(z: Tensor) -> Tensor:
    """f(z), of the shape of z."""
    return CURVATURE * z**2 + HEIGHT * torch.cos(RATE * z)


def slope(z: Tensor) -> Tensor:
    """f'(z), of the shape of z."""
    return 2 * CURVATURE * z - HEIGHT * RATE * torch.sin(RATE * z)


def draws(mu: float, sigma: float, epsilon: Tensor) -> Tensor:
    """z = mu + sigma epsilon, (N,); dz/dmu is 1 and dz/dsigma is epsilon."""
    return mu + sigma * epsilon


def gradients(mu: float, sigma: float, epsilon: Tensor) -> Tensor:
    """What each draw says of the gradient of E[f(z)]: f'(z) dz/dmu and f'(z) dz/dsigma, (N, 2); their mean over draws
    estimates it without bias."""
    downstream = slope(draws(mu, sigma, epsilon))
    return torch.stack([downstream, downstream * epsilon], -1)


def expectation(mu: Tensor, sigma: Tensor) -> Tensor:
    """E[f(z)] under N(mu, sigma^2) in closed form: sigma washes the waves out, as E cos(kz) = exp(-k^2 sigma^2 / 2)
    cos(k mu)."""
    waves = HEIGHT * torch.exp(-((RATE * sigma) ** 2) / 2)
    return CURVATURE * (mu**2 + sigma**2) + waves * torch.cos(RATE * mu)


def expected_gradient(mu: float, sigma: float) -> tuple[float, float]:
    """The derivatives of E[f(z)] by mu and by sigma, in closed form."""
    at = torch.tensor([mu, sigma], dtype=torch.float64)
    waves = HEIGHT * torch.exp(-((RATE * at[1]) ** 2) / 2)
    by_mu = 2 * CURVATURE * at[0] - RATE * waves * torch.sin(RATE * at[0])
    by_sigma = 2 * CURVATURE * at[1] - RATE**2 * at[1] * waves * torch.cos(RATE * at[0])
    return float(by_mu), float(by_sigma)
