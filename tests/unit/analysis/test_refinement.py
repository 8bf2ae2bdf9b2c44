"""q(z|x) of one picture, refined: on a model whose posterior is a diagonal Gaussian it reaches that."""

import pytest
import torch
from linear_gaussian import LinearGaussian

from vae_core.analysis.refinement import refined


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
