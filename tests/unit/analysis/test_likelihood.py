"""Estimates of log p(x) against a model where it is known, and against quadrature where it is not."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian

from vae_core.analysis.likelihood import (
    DECODED,
    ROWS,
    bits_per_dimension,
    elbo_terms,
    importance_chunks,
    importance_estimate,
)
from vae_core.data import present
from vae_core.data.seeds import noise_generator


def test_with_the_true_posterior_one_sample_is_enough():
    model = LinearGaussian()
    x = model.pictures(20)
    for samples in (1, 3, 50):
        estimate = importance_estimate(model, x, samples)
        assert torch.allclose(estimate.log_marginal, model.log_marginal(x), rtol=1e-10)
        assert torch.allclose(estimate.log_weight_mean, model.log_marginal(x), rtol=1e-10)
        assert torch.allclose(estimate.effective_samples, torch.full((20,), samples, dtype=torch.float64))


def test_a_wrong_posterior_still_finds_the_likelihood():
    model = LinearGaussian(shift=0.5, widen=1.5)
    x = model.pictures(20)
    estimate = importance_estimate(model, x, 20_000)
    assert (estimate.log_marginal - model.log_marginal(x)).abs().max() < 0.05
    assert (estimate.log_weight_mean - model.elbo(x)).abs().max() < 0.08
    assert (estimate.effective_samples > 5_000).all() and (estimate.effective_samples < 20_000).all()


def test_any_proposal_may_draw_the_samples():
    model = LinearGaussian()
    x = model.pictures(3)
    estimate = importance_estimate(model, x, 100_000, proposal=model.prior.expand((3,)))
    assert (estimate.log_marginal - model.log_marginal(x)).abs().max() < 0.15


def test_draws_of_the_prior_are_worth_what_naive_monte_carlo_says():
    """Effective samples over samples: p(x)^2 / E_p(z)[p(x|z)^2], where p(x|z)^2 is a Gaussian of half the variance."""
    model, narrow = LinearGaussian(), LinearGaussian()
    narrow.noise = model.noise / math.sqrt(2)
    x, samples = model.pictures(3), 100_000
    estimate = importance_estimate(model, x, samples, proposal=model.prior.expand((3,)))
    log_square = narrow.log_marginal(x) - 3 * torch.log(4 * math.pi * model.noise**2)  # of 6 pixels
    share = (2 * model.log_marginal(x) - log_square).exp()
    assert (share < 0.3).all()
    assert estimate.effective_samples / samples == pytest.approx(share, rel=0.1)


def test_the_bound_rises_with_the_number_of_samples():
    model = LinearGaussian(shift=1.0, widen=1.2)
    x = model.pictures(1).expand(10_000, -1, -1, -1)  # one picture, estimated 10,000 times
    noise, numbers = noise_generator(), (1, 2, 4, 8, 16, 64)
    bounds = [importance_estimate(model, x, k, rows=20_000, generator=noise).log_marginal for k in numbers]
    means = torch.stack([bound.mean() for bound in bounds])
    errors = torch.stack([bound.std() / math.sqrt(len(bound)) for bound in bounds])
    truth = model.log_marginal(x[:1])
    assert (means.diff() > 3 * errors[1:]).all()
    assert (means < truth + 4 * errors).all()
    assert (means[0] - model.elbo(x[:1])).abs() < 4.5 * errors[0]  # one sample: the ELBO
    assert truth - means[-1] < 0.1 < 1 < truth - means[0]


@pytest.fixture(scope="module")
def quadrature(toy, digits):
    """Binarised digits and their log p(x) under the toy model, integrated over a fine grid of latents."""
    x = present(digits.test.batch(slice(0, 12)), "bernoulli", noise_generator())
    ticks = torch.linspace(-6, 6, 401, dtype=torch.float64)
    logs = []
    for rows in ticks.split(100):
        z = torch.cartesian_prod(rows, ticks).float()  # (100 * 401, 2)
        logits = toy.decoder(z).flatten(1).double()  # (n, 64), the network alone
        pixels = x.flatten(1).double()  # (12, 64)
        log_likelihood = pixels @ logits.T - torch.nn.functional.softplus(logits).sum(1)  # (12, n)
        log_prior = -(z.double() ** 2).sum(1) / 2 - math.log(2 * math.pi)
        logs.append((log_likelihood + log_prior).logsumexp(1))
    return x, torch.stack(logs).logsumexp(0) + 2 * math.log(12 / 400)


def test_importance_sampling_agrees_with_quadrature(toy, quadrature):
    x, truth = quadrature
    estimate = importance_estimate(toy, x, 20_000, generator=noise_generator(1))
    error = 1 / (estimate.effective_samples.sqrt())  # of log_marginal, to first order
    assert estimate.effective_samples.min() > 100
    assert ((estimate.log_marginal - truth).abs() < 5 * error + 1e-3).all()
    assert (estimate.log_marginal - truth).abs().max() < 0.2


def test_the_elbo_is_never_above_the_likelihood(toy, quadrature):
    x, truth = quadrature
    terms = elbo_terms(toy, x, 4_000, generator=noise_generator(2))
    assert (terms.elbo < truth + 4 * terms.standard_error).all()
    assert (truth - terms.elbo > 0.05).any()  # a Gaussian posterior is not the true one
    kl_by_samples = importance_estimate(toy, x, 4_000)
    assert (kl_by_samples.log_weight_mean - terms.elbo).abs().max() < 0.3


def test_estimates_are_what_the_samples_say(toy, quadrature):
    x, _ = quadrature
    estimate = importance_estimate(toy, x, 700)
    chunks = list(importance_chunks(toy, x, 700))
    log_weights, log_likelihoods = (torch.cat(parts).double() for parts in zip(*chunks, strict=True))
    weights = (log_weights - log_weights.max(0).values).exp()
    assert log_weights.shape == (700, 12)
    assert torch.allclose(estimate.log_marginal.double(), log_weights.logsumexp(0) - math.log(700), atol=1e-3)
    assert torch.allclose(estimate.log_likelihood.double(), log_likelihoods.mean(0), atol=1e-3)
    assert torch.allclose(estimate.log_weight_mean.double(), log_weights.mean(0), atol=1e-3)
    kish = weights.sum(0) ** 2 / (weights**2).sum(0)
    assert torch.allclose(estimate.effective_samples.double(), kish, rtol=1e-2)
    assert estimate.samples == 700


@pytest.mark.parametrize(("pictures", "samples"), [(1, 5000), (7, 1000), (500, 9), (3000, 3)])
def test_memory_stays_flat(pictures, samples):
    model = LinearGaussian()
    x = model.pictures(pictures)
    sizes = [(len(weights), weights.shape[1]) for weights, _ in importance_chunks(model, x, samples)]
    assert sum(drawn for drawn, _ in sizes) == samples
    assert {batch for _, batch in sizes} == {pictures}
    assert max(drawn * batch for drawn, batch in sizes) <= max(ROWS, pictures)
    assert max(model.decoded) <= max(DECODED, pictures)
    before = len(model.decoded)
    importance_estimate(model, x, samples, rows=64)
    assert max(model.decoded[before:]) <= max(64, pictures)


def test_elbo_terms_are_taken_apart_as_they_should():
    model = LinearGaussian(shift=0.3, widen=1.2)
    x = model.pictures(6)
    terms = elbo_terms(model, x, 20_000)
    assert terms.kl.shape == (6, 2) and terms.samples == 20_000
    assert torch.allclose(terms.elbo, terms.log_likelihood - terms.kl.sum(1))
    assert ((terms.elbo - model.elbo(x)).abs() < 4.5 * terms.standard_error).all()
    assert elbo_terms(model, x, 1).standard_error.isnan().all()


@pytest.mark.parametrize("samples", [0, -3])
def test_too_few_samples_are_refused(samples):
    model = LinearGaussian()
    with pytest.raises(ValueError, match=f"samples must be at least 1, got {samples}"):
        importance_estimate(model, model.pictures(2), samples)


def test_bits_per_dimension():
    assert bits_per_dimension(784 * math.log(2), (1, 28, 28), "bernoulli") == pytest.approx(1)
    uniform = 0.0  # nats of the uniform density over [0, 1]: 256 grey levels are 8 bits
    assert bits_per_dimension(uniform, (3, 64, 64), "gaussian") == pytest.approx(8)
