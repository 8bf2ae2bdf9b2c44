"""KL between diagonal Gaussians, against torch and against its own draws."""

import math

import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from vae_core.learning.gaussian_kl import closed_form, log_ratios, running, variance


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def pair(dim: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    return noise(dim, seed=1), (noise(dim, seed=2) / 2).exp(), noise(dim, seed=3), (noise(dim, seed=4) / 2).exp()


@pytest.mark.parametrize("dim", [1, 3, 50])
def test_the_closed_form_and_the_log_ratios_are_those_of_torch(dim):
    four = pair(dim)
    q, p = Independent(Normal(*four[:2]), 1), Independent(Normal(*four[2:]), 1)
    assert closed_form(*four) == pytest.approx(float(kl_divergence(q, p)))
    epsilon = noise(20, dim, seed=5)
    z = four[0] + four[1] * epsilon
    assert torch.allclose(log_ratios(epsilon, *four), q.log_prob(z) - p.log_prob(z))


def test_the_estimate_is_unbiased_and_its_spread_is_what_is_said():
    four, count = pair(4), 200_000
    ratios = log_ratios(noise(count, 4, seed=6), *four)
    spread = math.sqrt(variance(*four))
    assert float(ratios.mean()) == pytest.approx(closed_form(*four), abs=4 * spread / math.sqrt(count))
    assert float(ratios.std()) == pytest.approx(spread, rel=0.02)


def test_it_grows_with_dimensions_and_its_spread_with_their_root():
    one, many = [
        (torch.full((dim,), 0.5).double(), torch.full((dim,), 0.6).double(), torch.zeros(dim), torch.ones(dim))
        for dim in (1, 64)
    ]
    assert closed_form(*many) == pytest.approx(64 * closed_form(*one))
    assert math.sqrt(variance(*many)) == pytest.approx(8 * math.sqrt(variance(*one)))


def test_the_running_mean_and_its_error_are_those_of_each_beginning():
    values = noise(40, seed=7)
    mean, error = running(values)
    assert bool(error[0].isnan())
    for count in (2, 17, 40):
        assert float(mean[count - 1]) == pytest.approx(float(values[:count].mean()))
        assert float(error[count - 1]) == pytest.approx(float(values[:count].std()) / math.sqrt(count))
