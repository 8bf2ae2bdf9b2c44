"""Points of a density, and what is left of a KL to them, against scipy and a grid of Gaussians."""

import math

import pytest
import torch
from scipy.special import ndtri
from torch.distributions import Normal

from vae_core.learning.data_points import likeliest, negative_log_likelihood, points_of
from vae_core.learning.divergences import grid, kl, log_gaussian

X = grid()
POINTS = torch.tensor([-1.0, 0.5, 0.7, 4.0], dtype=torch.float64)


def test_points_lie_at_the_quantiles():
    points = points_of(log_gaussian(X, 1.0, 2.0), X, 9)
    assert points.tolist() == pytest.approx([1 + 2 * ndtri((k + 0.5) / 9) for k in range(9)], abs=0.01)


def test_the_likelihood_is_that_of_torch_and_its_best_gaussian_the_best_of_a_grid():
    assert negative_log_likelihood(POINTS, 0.3, 1.7) == pytest.approx(-float(Normal(0.3, 1.7).log_prob(POINTS).mean()))
    mu, sigma = likeliest(POINTS)
    least = negative_log_likelihood(POINTS, mu, sigma)
    for across in torch.linspace(-0.5, 0.5, 21).tolist():
        for along in torch.linspace(-0.5, 0.5, 21).tolist():
            assert least <= negative_log_likelihood(POINTS, mu + across, sigma * math.exp(along)) + 1e-12


def test_kl_of_ever_narrower_humps_around_the_points_has_no_end_and_differs_by_the_same_between_two_gaussians():
    """KL(p || q) grows as the humps narrow, but what tells two q apart is the likelihood alone."""
    fine = grid(12.0, 24_001)
    gaussians = (0.3, 1.7), (1.0, 2.0)
    lefts = [negative_log_likelihood(POINTS, *q) for q in gaussians]
    values = []
    for width in (0.1, 0.03, 0.01):
        each = torch.stack([log_gaussian(fine, float(point), width) for point in POINTS])
        log_p = torch.logsumexp(each, 0) - math.log(len(POINTS))
        values.append([kl(log_p, log_gaussian(fine, *q), fine) for q in gaussians])
    assert values[0][0] + 1 < values[1][0] < values[2][0] - 1
    assert values[2][0] - values[2][1] == pytest.approx(lefts[0] - lefts[1], abs=1e-4)
