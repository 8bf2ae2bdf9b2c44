"""The small model's bounds by sampling, against quadrature, autograd and what they are known to lead to."""

import math

import pytest
import torch
from torch import Generator, Tensor
from torch.distributions import Normal

from vae_core.learning.one_dimension import OneDimension
from vae_core.learning.sampled_fit import sampled_bound, trained

MODEL = OneDimension(-0.5, 0.6, 1.5, 0.4)


def normals(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


X = MODEL.draw(normals(6, 2, seed=0))


def proposal_of(proposal: str) -> tuple[Tensor, Tensor]:
    return MODEL.moments(X) if proposal == "posterior" else (torch.zeros_like(X), torch.ones_like(X))


@pytest.mark.parametrize("proposal", ["prior", "posterior"])
def test_one_draw_is_the_elbo_and_many_are_the_likelihood(proposal):
    draws = 3000
    single = sampled_bound(MODEL, X.repeat(draws), normals(draws * 6, 1, seed=1), proposal).value.reshape(draws, 6)
    error = single.std(0) / math.sqrt(draws)
    assert bool(((single.mean(0) - MODEL.elbo(X, *proposal_of(proposal))).abs() < 4 * error).all())
    many = sampled_bound(MODEL, X, normals(6, 40_000, seed=2), proposal).value
    torch.testing.assert_close(many, MODEL.log_density(X), atol=0.05, rtol=0)


def test_the_bound_rises_with_the_draws_and_faster_from_the_posterior():
    means = {
        (proposal, k): float(sampled_bound(MODEL, X.repeat(500), normals(3000, k, seed=3), proposal).value.mean())
        for proposal in ("prior", "posterior")
        for k in (1, 5, 50)
    }
    for proposal in ("prior", "posterior"):
        assert means[proposal, 1] < means[proposal, 5] < means[proposal, 50] < float(MODEL.log_density(X).mean())
    assert means["prior", 50] < means["posterior", 5]


@pytest.mark.parametrize("proposal", ["prior", "posterior"])
@pytest.mark.parametrize("k", [1, 7])
def test_the_gradient_is_autograd_of_the_bound_at_fixed_draws(proposal, k):
    epsilon = normals(6, k, seed=4)
    mean, stddev = proposal_of(proposal)
    z = mean[:, None] + stddev[:, None] * epsilon
    theta = torch.tensor([-0.5, 0.6, 1.5, math.log(0.4)], dtype=torch.float64, requires_grad=True)
    f = theta[0] + theta[1] * z + theta[2] * (3 * z).tanh()
    log_weights = Normal(f, theta[3].exp()).log_prob(X[:, None]) + Normal(0.0, 1.0).log_prob(z)
    log_weights = log_weights - Normal(mean[:, None], stddev[:, None]).log_prob(z)
    bound = log_weights.logsumexp(1) - math.log(k)
    found = sampled_bound(MODEL, X, epsilon, proposal)
    torch.testing.assert_close(found.value, bound.detach(), atol=1e-6, rtol=0)
    (expected,) = torch.autograd.grad(bound.mean(), theta)
    torch.testing.assert_close(found.gradient, expected)


def test_one_draw_of_the_prior_teaches_the_model_to_ignore_z():
    """The maximum of E_p(z)[log p(x|z)] is a constant f at the points' mean, with all of their spread as noise. One
    draw near the posterior finds humps, too wide by what the Gaussian misses, and a few draws close the rest."""
    truth = OneDimension(0.0, 0.3, 2.0, 0.4)
    points = truth.draw(normals(150, 2, seed=5))
    start = OneDimension(0.0, 0.8, 0.5, 1.0)

    def after(proposal: str, k: int) -> OneDimension:
        *_, model = trained(start, points, normals(250, 150, k, seed=6), 0.05, proposal)
        return model

    blind, single, few = after("prior", 1), after("posterior", 1), after("posterior", 5)
    z = torch.linspace(-2, 2, 41, dtype=torch.float64)
    assert float(blind.decode(z).std()) < 0.25 and float(single.decode(z).std()) > 1.5
    assert blind.noise == pytest.approx(float(points.std()), rel=0.05)
    likelihoods = [float(model.log_density(points).mean()) for model in (blind, single, few, truth)]
    assert likelihoods[0] + 0.1 < likelihoods[1] < likelihoods[2] - 0.1
    assert likelihoods[2] == pytest.approx(likelihoods[3], abs=0.02)


def test_a_wild_step_stays_a_model():
    wild = OneDimension(noise=0.2).moved(torch.tensor([0.0, 0.0, 0.0, 1e6]).double())
    assert wild.noise == 5.0
