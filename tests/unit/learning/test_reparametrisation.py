"""Gradients through z = mu + sigma epsilon, against autograd and quadrature."""

import math

import pytest
import torch

from vae_core.learning.reparametrisation import draws, expectation, expected_gradient, function, gradients, slope

PLACES = [(0.0, 1.0), (1.6, 0.5), (-2.3, 1.8)]


def leaf(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(("mu", "sigma"), PLACES)
def test_what_each_draw_says_is_its_gradient_by_autograd(mu, sigma):
    epsilon = torch.randn(30, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for noise, ours in zip(epsilon, gradients(mu, sigma, epsilon), strict=True):
        both = leaf(mu), leaf(sigma)
        assert torch.allclose(torch.stack(torch.autograd.grad(function(both[0] + both[1] * noise), both)), ours)
    z = leaf(mu)
    assert torch.autograd.grad(function(z), z)[0] == pytest.approx(float(slope(torch.tensor(mu).double())))


@pytest.mark.parametrize(("mu", "sigma"), PLACES)
def test_the_expectation_is_that_of_quadrature_and_its_gradient_that_of_autograd(mu, sigma):
    epsilon = torch.linspace(-10, 10, 4001, dtype=torch.float64)
    weights = torch.exp(-0.5 * epsilon**2) / math.sqrt(2 * math.pi) * (epsilon[1] - epsilon[0])
    both = leaf(mu), leaf(sigma)
    value = expectation(*both)
    assert float((weights * function(draws(mu, sigma, epsilon))).sum()) == pytest.approx(value.item(), abs=1e-9)
    assert torch.stack(torch.autograd.grad(value, both)).tolist() == pytest.approx(expected_gradient(mu, sigma))
    assert (weights[:, None] * gradients(mu, sigma, epsilon)).sum(0).tolist() == pytest.approx(
        expected_gradient(mu, sigma), abs=1e-9
    )


def test_it_is_unbiased_within_the_standard_error():
    mu, sigma = 1.6, 0.5
    estimates = torch.stack(
        [
            gradients(
                mu, sigma, torch.randn(16, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
            ).mean(0)
            for seed in range(2000)
        ]
    )
    error = estimates.std(0) / math.sqrt(len(estimates))
    assert bool(((estimates.mean(0) - torch.tensor(expected_gradient(mu, sigma))).abs() < 4 * error).all())
