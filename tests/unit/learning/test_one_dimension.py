"""The one-dimensional model against SciPy's quadrature, autograd, and the Gaussian that it is when it is linear."""

import itertools
import math

import pytest
import torch
from scipy import stats
from scipy.integrate import quad
from torch import Generator, Tensor
from torch.distributions import Normal, kl_divergence

from vae_core.learning import one_dimension
from vae_core.learning.maximum_likelihood import ascent
from vae_core.learning.one_dimension import OneDimension

MODELS = (
    OneDimension(0.3, 1.0, 0.0, 0.5),
    OneDimension(-1.0, 0.4, 2.0, 0.3),
    OneDimension(0.0, 4.0, 4.0, 0.2),
    OneDimension(2.0, -0.5, 1.0, 1.5),
)
LINEAR = MODELS[0]


def tensor(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def points(model: OneDimension, count: int, seed: int = 0) -> Tensor:
    return model.draw(torch.randn(count, 2, generator=Generator().manual_seed(seed), dtype=torch.float64))


@pytest.mark.parametrize("model", MODELS)
def test_the_density_is_the_integral_over_z(model):
    x = points(model, 8)

    def joint(z: float, at: float) -> float:
        f = model.centre + model.stretch * z + model.split * math.tanh(3 * z)
        return stats.norm.pdf(at, f, model.noise) * stats.norm.pdf(z)

    for at, found in zip(x.tolist(), model.log_density(x).tolist(), strict=True):
        expected = quad(joint, -9, 9, args=(at,), points=[-1, -0.3, 0, 0.3, 1], limit=400)[0]
        assert found == pytest.approx(math.log(expected), abs=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_the_density_integrates_to_one_and_is_that_of_the_draws(model):
    x = torch.linspace(-40, 40, 8001, dtype=torch.float64)
    density = model.log_density(x).exp()
    assert float(density.sum() * (x[1] - x[0])) == pytest.approx(1, abs=1e-9)
    drawn = points(model, 20_000)
    below = torch.cumsum(density, 0) * (x[1] - x[0])
    for at in (drawn.quantile(0.2), drawn.quantile(0.7)):
        share = float((drawn < at).double().mean())
        assert float(below[torch.searchsorted(x, at)]) == pytest.approx(share, abs=0.012)


@pytest.mark.parametrize("model", MODELS)
def test_the_gradient_is_autograd_of_the_quadrature(model):
    x = points(model, 30) + 0.3
    theta = tensor(model.centre, model.stretch, model.split, math.log(model.noise)).requires_grad_()
    z, log_shares = one_dimension.nodes()
    f = theta[0] + theta[1] * z + theta[2] * (3 * z).tanh()
    log_density = (Normal(f, theta[3].exp()).log_prob(x[:, None]) + log_shares).logsumexp(1)
    (expected,) = torch.autograd.grad(log_density.mean(), theta)
    torch.testing.assert_close(model.gradient(x), expected)


def test_a_linear_model_is_a_gaussian():
    x = points(LINEAR, 20)
    torch.testing.assert_close(
        LINEAR.log_density(x), Normal(0.3, math.sqrt(1.25)).log_prob(x).double(), atol=1e-4, rtol=0
    )
    mean, stddev = LINEAR.moments(x)
    torch.testing.assert_close(mean, (x - 0.3) / 1.25, atol=1e-4, rtol=0)
    torch.testing.assert_close(stddev, torch.full_like(x, math.sqrt(0.2)), atol=1e-4, rtol=0)


def test_the_bound_is_tight_for_the_posterior_and_else_short_by_the_divergence():
    x = points(LINEAR, 20)
    mean, stddev = (x - 0.3) / 1.25, torch.full_like(x, math.sqrt(0.2))
    log_density = Normal(0.3, math.sqrt(1.25)).log_prob(x).double()
    for moved, wider in ((0.0, 1.0), (0.7, 1.0), (-0.4, 2.0)):
        gap = kl_divergence(Normal(mean + moved, wider * stddev), Normal(mean, stddev))
        torch.testing.assert_close(LINEAR.elbo(x, mean + moved, wider * stddev), log_density - gap, atol=1e-4, rtol=0)


@pytest.mark.parametrize("model", MODELS[1:])
def test_the_bound_is_one(model):
    x = points(model, 50)
    mean, stddev = model.moments(x)
    assert bool((model.elbo(x, mean, stddev) < model.log_density(x) + 1e-3).all())


def test_the_ascent_never_falls_and_finds_the_gaussian_of_most_likelihood():
    """The maximum likelihood of a Gaussian has the points' mean and variance; the split stays at 0 from 0 on
    symmetric points."""
    half = points(OneDimension(0.0, 1.2, 0.0, 0.8), 60)
    x = torch.cat([half, -half]) + 1.7
    path = list(itertools.islice(ascent(OneDimension(0.0, 0.5, 0.0, 0.5), x), 150))
    values = [float(model.log_density(x).mean()) for model in path]
    assert all(after > before for before, after in itertools.pairwise(values))
    best = Normal(float(x.mean()), float(x.std(correction=0)))
    assert values[-1] >= float(best.log_prob(x).mean()) - 1e-3
    assert path[-1].centre == pytest.approx(float(x.mean()), abs=0.02)


def test_the_ascent_finds_two_humps_and_ends_at_a_maximum():
    truth = OneDimension(0.5, 0.3, 2.0, 0.4)
    train, held_out = points(truth, 150, seed=1), points(truth, 300, seed=2)
    *_, found = itertools.islice(ascent(OneDimension(0.0, 0.8, 0.5, 1.0), train), 150)
    assert found.log_density(train).mean() >= truth.log_density(train).mean()
    assert found.log_density(held_out).mean() > truth.log_density(held_out).mean() - 0.03
    assert float(found.gradient(train).norm()) < 0.02


def test_what_cannot_be_is_refused():
    for refused in (
        lambda: OneDimension(noise=0.01),
        lambda: next(ascent(LINEAR, tensor())),
    ):
        with pytest.raises(ValueError, match="must be"):
            refused()
    assert OneDimension().moved(tensor(0.0, 0.0, 0.0, -99.0)).noise == one_dimension.LEAST_NOISE
