"""Learned priors: mixtures, pseudo-pictures, and what is said of those that cannot be."""

import json
from dataclasses import replace

import pytest
import torch
from torch.distributions import MultivariateNormal

from vae_core.analysis.likelihood import elbo_terms, marginal_estimate
from vae_core.analysis.proposals import prior_slope
from vae_core.learning.objectives import ELBO, Batch
from vae_core.models.networks import parameter_count
from vae_core.models.vae import VAE, VAEConfig

PLAIN = VAEConfig((1, 8, 8), 2, hidden=(12,))
LEARNED = [replace(PLAIN, prior=prior, prior_components=4) for prior in ("mixture", "vamp")]


@pytest.fixture(params=LEARNED, ids=lambda config: config.prior)
def model(request):
    torch.manual_seed(3)
    return VAE(request.param)


@pytest.fixture
def x():
    return (torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.3).float()


@torch.no_grad()
def test_the_prior_is_the_even_mixture_of_the_pseudo_pictures_posteriors(x):
    torch.manual_seed(3)
    model = VAE(LEARNED[1])
    components = model.encode(model.pseudo_pictures())
    z = torch.randn(7, 2)
    by_hand = (
        torch.stack(
            [
                MultivariateNormal(mean, torch.diag(stddev**2)).log_prob(z)
                for mean, stddev in zip(components.mean, components.stddev, strict=True)
            ]
        ).logsumexp(0)
        - torch.tensor(4.0).log()
    )
    assert torch.allclose(model.prior.log_prob(z), by_hand, atol=1e-4)


@torch.no_grad()
def test_it_integrates_to_one(model):
    side = torch.linspace(-12, 12, 1201)
    grid = torch.cartesian_prod(side, side)
    assert model.prior.log_prob(grid).exp().sum() * (24 / 1200) ** 2 == pytest.approx(1, abs=2e-3)


def test_gradients_reach_every_parameter_of_it(model, x):
    (-ELBO()(model, Batch(x)).bound.mean()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


@torch.no_grad()
def test_the_kl_by_draws_is_that_of_quadrature(model, x):
    terms = elbo_terms(model, x, 20_000)
    assert terms.kl.shape == (5, 1)
    side = torch.linspace(-12, 12, 1201)
    grid = torch.cartesian_prod(side, side)[:, None]  # (G, 1, 2)
    q = model.encode(x)
    log_q = q.log_prob(grid)
    kl = (log_q.exp() * (log_q - model.prior.log_prob(grid[:, 0])[:, None])).sum(0) * (24 / 1200) ** 2
    assert torch.allclose(terms.kl[:, 0], kl, atol=0.03)


@torch.no_grad()
def test_log_p_of_x_is_that_of_quadrature(model, x):
    side = torch.linspace(-10, 10, 401)
    grid = torch.cartesian_prod(side, side)
    log_joint = torch.stack([model.decode(grid).log_prob(each) for each in x], 1) + model.prior.log_prob(grid)[:, None]
    truth = log_joint.logsumexp(0) + 2 * torch.tensor(20 / 400).log()
    estimate = marginal_estimate(model, x, 10_000)
    assert torch.allclose(estimate.log_marginal, truth, atol=0.02)
    assert (estimate.effective_samples > 1000).all()


def test_the_slope_of_a_prior_is_that_of_autograd(model):
    z = torch.randn(6, 2, requires_grad=True)
    (gradient,) = torch.autograd.grad(model.prior.log_prob(z).sum(), z)
    with torch.no_grad():
        by_formula, precision = prior_slope(model.prior, z)
    assert torch.allclose(by_formula, gradient, atol=1e-4) and (precision > 0).all()


@pytest.mark.parametrize("config", LEARNED, ids=lambda config: config.prior)
def test_its_numbers_are_counted_and_it_goes_to_json_and_back(config):
    assert config.parameters == parameter_count(VAE(config)) > PLAIN.parameters
    assert VAEConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_a_plain_vae_is_described_as_before_there_were_parts_to_choose():
    assert PLAIN.to_json().keys() == {"picture_shape", "latent_dim", "network", "hidden", "likelihood", "family"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prior": "flat"}, "prior must be one of normal, mixture, vamp, got 'flat'"),
        ({"prior": "vamp"}, "prior_components must be between 2 and 1000 for vamp, got 0"),
        ({"prior": "vamp", "prior_components": 1}, "between 2 and 1000 for vamp, got 1"),
        ({"prior": "mixture", "prior_components": True}, "between 2 and 1000 for mixture, got True"),
        ({"prior_components": 3}, "the prior normal has no components, got 3: leave prior_components out"),
        ({"activation": "gelu"}, "activation must be relu or tanh, got 'gelu'"),
        ({"activation": "tanh", "network": "conv", "hidden": (4, 8)}, "activation is relu in the network conv"),
    ],
)
def test_bad_parts_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(PLAIN, **change)
