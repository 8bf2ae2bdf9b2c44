"""A single picture's likelihood: the estimate as it grows, its error, its place among others, and grey pictures."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian

from vae_core.analysis.evaluation import encode_split, noiseless
from vae_core.analysis.likelihood import elbo_terms, importance_estimate, importance_progress, percentile
from vae_core.data import present
from vae_core.data.seeds import noise_generator


def test_progress_ends_where_the_estimate_is(toy, digits):
    x = present(digits.test.batch(slice(0, 1)), "bernoulli", noise_generator())
    steps = list(importance_progress(toy, x, 1000, rows=250))
    whole = importance_estimate(toy, x, 1000, rows=250)
    assert [step.samples for step in steps] == [250, 500, 750, 1000]
    assert torch.equal(steps[-1].log_marginal, whole.log_marginal)
    assert all(not step.log_marginal.requires_grad for step in steps)
    with pytest.raises(ValueError, match="samples must be at least 1"):
        next(importance_progress(toy, x, 0))


def test_progress_can_be_stopped_and_leaves_gradients_alone(toy, digits):
    x = noiseless(digits.test.batch(slice(0, 1)), "bernoulli")
    stream = importance_progress(toy, x, 5000, rows=10)
    assert next(stream).samples == 10
    assert torch.is_grad_enabled()
    stream.close()
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("samples", [20, 400])
def test_the_standard_error_is_the_estimates_spread(samples):
    model = LinearGaussian(shift=0.3, widen=1.3)
    x = model.pictures(1).expand(3000, -1, -1, -1)  # one picture, estimated 3,000 times
    estimate = importance_estimate(model, x, samples, rows=3000)
    spread = estimate.log_marginal.std()
    assert estimate.standard_error.square().mean().sqrt() == pytest.approx(
        float(spread), rel=0.25 if samples < 100 else 0.1
    )
    assert importance_estimate(model, x[:2], 1).standard_error.isnan().all()


def test_the_true_posterior_has_no_error():
    model = LinearGaussian()
    estimate = importance_estimate(model, model.pictures(5), 50)
    assert estimate.standard_error.max() < 1e-5


def test_a_grey_pictures_elbo_is_the_mean_of_its_binarisations(toy, digits):
    pictures = digits.test.batch(slice(0, 4))
    x = noiseless(pictures, "bernoulli")
    posterior = toy.encode(x)
    terms = elbo_terms(toy, x, 2000, posterior)
    noise = noise_generator(1)
    draws = 300
    binary = torch.stack([present(pictures, "bernoulli", noise) for _ in range(draws)])  # (draws, 4, 1, 8, 8)
    held = [elbo_terms(toy, b, 50, posterior, noise).elbo for b in binary]  # q of the grey picture for all of them
    mean, error = torch.stack(held).mean(0), torch.stack(held).std(0) / math.sqrt(draws)
    assert ((terms.elbo - mean).abs() < 4 * (error + terms.standard_error)).all()
    # and so a bound on the mean of their likelihoods, with the importance-sampled grey picture in between
    likelihoods = torch.stack([importance_estimate(toy, b, 500, generator=noise).log_marginal for b in binary[:100]])
    likelihoods = likelihoods.mean(0)
    between = importance_estimate(toy, x, 5000)
    assert (terms.elbo < between.log_marginal + 4 * terms.standard_error).all()
    assert (between.log_marginal < likelihoods + 0.5).all()


def test_codes_hold_the_terms_of_every_test_picture(toy, digits):
    codes = encode_split(toy, digits.test)
    assert torch.equal(codes.log_likelihood, encode_split(toy, digits.test).log_likelihood)  # seeded
    terms = elbo_terms(toy, noiseless(digits.test.batch(slice(0, 50)), "bernoulli"), 500, generator=noise_generator(5))
    assert torch.allclose(codes.kl[:50], terms.kl, atol=1e-5)
    assert (codes.log_likelihood[:50] - terms.log_likelihood).abs().mean() < 0.5
    assert torch.allclose(codes.elbo, codes.log_likelihood - codes.kl.sum(1))
    assert codes.log_likelihood.mean() < -codes.reconstruction_error.mean()  # noise in z costs something


def test_percentiles_count_what_is_below():
    reference = torch.tensor([3.0, 1.0, 2.0, 2.0])
    values = torch.tensor([0.0, 1.0, 1.5, 2.0, 3.0, 9.0])
    assert percentile(values, reference).tolist() == [0.0, 12.5, 25.0, 50.0, 87.5, 100.0]
    assert float(percentile(2.0, reference)) == 50.0
    torch.manual_seed(0)
    assert percentile(0.0, torch.randn(100_000)) == pytest.approx(50, abs=0.5)
