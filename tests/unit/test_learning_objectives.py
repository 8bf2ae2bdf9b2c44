"""The ELBO that is maximised, against the closed form of a linear-Gaussian model."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian

from vae_core.learning.objectives import ELBO, OBJECTIVES, Batch
from vae_core.models.vae import VAE, VAEConfig


@pytest.mark.parametrize(("shift", "widen"), [(0.0, 1.0), (0.8, 1.0), (0.3, 0.5), (-0.5, 2.0)])
def test_the_bound_is_the_elbo_on_average(shift, widen):
    model = LinearGaussian(shift, widen)
    x = model.pictures(1).expand(20_000, -1, -1, -1)
    torch.manual_seed(0)
    bound = ELBO()(model, Batch(x)).bound
    error = bound.std() / math.sqrt(len(bound))
    assert (bound.mean() - model.elbo(x[:1])).abs() < 4.5 * error


def test_terms_are_per_sample_and_per_dimension():
    torch.manual_seed(0)
    model, x = VAE(VAEConfig((3, 8, 8), 5, hidden=(16,))), (torch.rand(7, 3, 8, 8) < 0.5).float()
    terms = ELBO()(model, Batch(x))
    assert terms.log_likelihood.shape == (7,) and terms.kl.shape == (7, 5) and terms.bound.shape == (7,)
    assert torch.equal(terms.bound, terms.log_likelihood - terms.kl.sum(1))
    assert (terms.kl >= 0).all() and (terms.log_likelihood <= 0).all()


def test_pictures_do_not_disturb_each_other():
    torch.manual_seed(0)
    model, x = VAE(VAEConfig((1, 8, 8), 2, hidden=(16,))), torch.rand(6, 1, 8, 8)
    alone = ELBO()(model, Batch(x[:1])).kl
    assert torch.allclose(ELBO()(model, Batch(x)).kl[:1], alone, rtol=1e-5)


def test_the_gradient_is_that_of_the_elbo():
    """By reparameterisation: d ELBO / d shift of the linear-Gaussian model is -2 shift (two dimensions)."""
    model = LinearGaussian()
    model.shift = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    x = model.pictures(1).expand(50_000, -1, -1, -1)
    torch.manual_seed(0)
    ELBO()(model, Batch(x)).bound.mean().backward()
    assert model.shift.grad.item() == pytest.approx(-2 * 0.7, abs=0.04)


def test_objectives_are_known_by_the_name_that_checkpoints_hold():
    assert all(objective.name == name for name, objective in OBJECTIVES.items())
    assert isinstance(OBJECTIVES["elbo"](), ELBO)
