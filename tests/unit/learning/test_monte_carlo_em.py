"""Hamiltonian Monte Carlo against the posterior of a linear-Gaussian model, which has a closed form; Monte Carlo EM."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian

from vae_core.learning.monte_carlo_em import MonteCarloEM, hamiltonian_move, posterior_draws
from vae_core.learning.objectives import Batch, from_json, to_json
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.vae import VAE, VAEConfig


def log_joint_of(model, x):
    return lambda z: model.decode(z).log_prob(x) + model.prior.log_prob(z)


@pytest.mark.parametrize("step_size", [0.05, 0.6])
def test_draws_have_the_posteriors_mean_and_variance(step_size):
    model, count = LinearGaussian(), 8_000
    x = model.pictures(1)
    chains = x.expand(count, -1, -1, -1)
    start = torch.randn(count, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    draws = posterior_draws(log_joint_of(model, chains), start, 30, 10, step_size, torch.Generator().manual_seed(1))
    truth = model.encode(x)
    error = truth.stddev[0] / math.sqrt(count)
    assert ((draws.z.mean(0) - truth.mean[0]).abs() < 4 * error).all()
    variance = truth.variance[0]
    assert ((draws.z.var(0) - variance).abs() < 4 * variance * math.sqrt(2 / count)).all()
    assert draws.acceptance == pytest.approx(0.9, abs=0.06)


def test_moves_without_acceptance_would_miss_the_variance():
    """At a step size at which many moves are refused the law still stays: the refusals are what keeps it."""
    model, count = LinearGaussian(), 8_000
    x = model.pictures(1).expand(count, -1, -1, -1)
    generator, truth = torch.Generator().manual_seed(2), model.encode(model.pictures(1))
    z = truth.mean + truth.stddev * torch.randn(count, 2, generator=generator, dtype=torch.float64)
    probabilities = []
    for _ in range(10):
        z, probability = hamiltonian_move(log_joint_of(model, x), z, 3, 0.45, generator)
        probabilities.append(probability.mean().item())
    assert min(probabilities) > 0.1 and max(probabilities) < 0.97
    variance = truth.variance[0]
    assert ((z.var(0) - variance).abs() < 4 * variance * math.sqrt(2 / count)).all()


def test_the_decoder_learns_from_the_draws_and_the_encoder_beside_it():
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(6,)))
    x = (torch.rand(7, 1, 8, 8) < 0.5).float()
    objective = MonteCarloEM(moves=4, leapfrog=3)
    terms = objective(model, Batch(x, generator=torch.Generator().manual_seed(1)))
    assert terms.bound.shape == (7,) and terms.kl.shape == (7, 2) and not terms.kl.requires_grad
    (-terms.bound.mean()).backward()
    found = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}

    generator = torch.Generator().manual_seed(1)
    start = torch.empty(7, 2).normal_(generator=generator)
    z = posterior_draws(log_joint_of(model, x), start, 4, 3, 0.1, generator).z
    assert not z.requires_grad
    model.zero_grad()
    (-(model.decode(z).log_prob(x) + model.encode(x).log_prob(z)).mean()).backward()
    for name, parameter in model.named_parameters():
        assert torch.allclose(parameter.grad, found[name], atol=1e-5) and found[name].abs().max() > 0, name


def test_it_trains_a_model(digits):
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(32,)))
    config = TrainingConfig(epochs=4, learning_rate=1e-2, precision="float32", schedule="constant")
    steps = list(fit(model, digits.train, config, MonteCarloEM(moves=4, leapfrog=5)))
    assert steps[-1].log_likelihood > steps[0].log_likelihood + 10


def test_settings_go_to_json_and_back_and_bad_ones_are_refused():
    objective = MonteCarloEM(moves=3, leapfrog=7, step_size=0.2)
    assert from_json(to_json(objective)) == objective
    for settings, message in (
        ({"moves": 0}, "moves must be a whole number from 1 to 10,000, got 0"),
        ({"leapfrog": 2.5}, "leapfrog must be a whole number, got 2.5"),
        ({"step_size": 0}, "step_size must be a finite number above 0, got 0.0"),
        ({"step_size": "big"}, "step_size must be a number, got 'big'"),
    ):
        with pytest.raises(ValueError, match=message):
            from_json({"name": "mcem", **settings})
