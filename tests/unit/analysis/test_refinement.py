"""q(z|x) of one picture, refined: on a model whose posterior is a diagonal Gaussian it reaches that; a flow gains."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian

from vae_core.analysis.posterior_grid import elbo_of_flow, posterior_shape
from vae_core.analysis.refinement import refined, refined_flow
from vae_core.data.presentation import present
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import sample_and_log_prob
from vae_core.models.flow_posterior import FlowConfig, FlowVAE
from vae_core.models.vae import SMALLEST_STDDEV, VAEConfig
from vae_core.zoo import store


def test_it_reaches_the_analytic_posterior():
    model = LinearGaussian(shift=1.5, widen=2.0)
    x, truth = model.pictures(3), LinearGaussian().encode(model.pictures(3))
    steps = list(refined(model, x))
    last = steps[-1]
    assert [step.steps for step in steps] == [100, 200, 300]
    assert ((last.posterior.mean - truth.mean) / truth.stddev).abs().max() < 0.05
    assert (last.posterior.stddev / truth.stddev).log().abs().max() < 0.05
    assert ((model.log_marginal(x) - last.elbo).abs() < 4 * last.standard_error + 0.005).all()  # no gap is left
    assert (last.before - model.elbo(x)).abs().max() < 0.3


def test_the_decoder_stays_as_it_is_and_gradients_do_not_leak(toy, digits):
    x = digits.test.batch(slice(0, 2)).float() / 255
    toy.zero_grad()
    before = [value.clone() for value in toy.parameters()]
    last = list(refined(toy, x, steps=20, every=20))[-1]
    assert all(torch.equal(a, b) and b.grad is None for a, b in zip(before, toy.parameters(), strict=True))
    assert not last.posterior.mean.requires_grad and not last.elbo.requires_grad
    with pytest.raises(ValueError, match="steps and every must be at least 1"):
        next(refined(toy, x, steps=0))


def test_a_flow_is_made_better_for_each_picture_and_never_above_log_p_of_x(digits):
    checkpoint = store.open_checkpoint(store.ZOO / "digits-flow-2d")
    model = checkpoint.model
    x = present(digits.test.batch(slice(0, 3)), "bernoulli", noise_generator(0))
    before = [value.clone() for value in model.parameters()]
    found = refined_flow(model, x, steps=150)
    assert (found.gain > 3 * found.standard_error).all() and (found.gain > 0.03).all()
    for picture, gain, error in zip(x, found.gain, found.standard_error, strict=True):
        evidence = posterior_shape(model, picture[None], checkpoint.codes).log_evidence
        assert gain < evidence - elbo_of(model, picture[None], model.encode(picture[None])) + 4 * error + 0.02
    own = sum(elbo_of(model, x, posterior) * sign for posterior, sign in ((found.posterior, 1), (model.encode(x), -1)))
    assert ((own - found.gain).abs() < 4 * found.standard_error + 0.02).all()  # by other draws
    assert all(torch.equal(a, b) and b.grad is None for a, b in zip(before, model.parameters(), strict=True))
    with pytest.raises(ValueError, match="steps must be at least 1"):
        refined_flow(model, x, 0)


@torch.no_grad()
def elbo_of(model, x, posterior) -> torch.Tensor:
    z, log_posterior = sample_and_log_prob(posterior, noise_generator(5), (20_000,))
    terms = [model.decode(some).log_prob(x) + model.prior.log_prob(some) for some in z.split(2_000)]
    return (torch.cat(terms) - log_posterior).mean(0)


def test_a_flow_that_an_ascent_makes_no_better_stays_the_encoders(digits):
    torch.manual_seed(0)
    model = FlowVAE(FlowConfig(VAEConfig((1, 8, 8), 2, hidden=(8,)), "planar", 1))
    with torch.no_grad():
        for parameter in (
            *model.vae.decoder.parameters(),
            *model.flow.parameters(),
            *model.vae.encoder[-1].parameters(),
        ):
            parameter.zero_()  # p(x|z) does not depend on z, and the flow bends nothing
        model.vae.encoder[-1].bias[2:] = math.log(math.expm1(1 - SMALLEST_STDDEV))  # q(z|x) = N(0, I), the posterior
    x = present(digits.test.batch(slice(0, 2)), "bernoulli", noise_generator(0))
    found = refined_flow(model, x, steps=30)
    assert found.gain.tolist() == found.standard_error.tolist() == [0, 0]
    own = model.encode(x)
    assert torch.equal(found.posterior.base.mean, own.base.mean) and torch.equal(found.posterior.mean, own.mean)


def test_splines_gain_too(digits):
    torch.manual_seed(0)
    model = FlowVAE(FlowConfig(VAEConfig((1, 8, 8), 2, hidden=(8,), prior="mixture", prior_components=3), "spline", 2))
    x = present(digits.test.batch(slice(0, 2)), "bernoulli", noise_generator(0))
    found = refined_flow(model, x, steps=100)
    own = elbo_of(model, x, found.posterior) - elbo_of(model, x, model.encode(x))
    assert (found.gain > 0.01).all() and ((own - found.gain).abs() < 4 * found.standard_error + 0.01).all()
    assert not found.posterior.base.mean.requires_grad


def test_quadrature_over_what_a_flow_bends_is_the_mean_over_its_draws(digits):
    model = store.open_checkpoint(store.ZOO / "digits-flow-2d").model
    x = present(digits.test.batch(slice(3, 4)), "bernoulli", noise_generator(0))
    posterior = model.encode(x)
    assert elbo_of_flow(model, x, posterior) == pytest.approx(float(elbo_of(model, x, posterior)), abs=0.03)
