"""The distributions that models return, against torch's own and against Monte Carlo."""

import math

import pytest
import torch
from torch.distributions import (
    Bernoulli,
    Categorical,
    Gumbel,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
)

from vae_core.models.distributions import (
    BernoulliLogProb,
    PictureBernoulli,
    diagonal_normal,
    each_dimension,
    kl_per_dimension,
    picture_normal,
    sample,
    standard_normal,
)


@pytest.fixture
def posterior():
    torch.manual_seed(0)
    return diagonal_normal(torch.randn(3, 4, dtype=torch.float64), torch.rand(3, 4, dtype=torch.float64) * 2 + 0.05)


def test_kl_is_the_closed_form_of_kingma_and_welling(posterior):
    kl = kl_per_dimension(posterior, standard_normal(4, like=posterior.mean))
    mean, variance = posterior.mean, posterior.variance
    assert kl.shape == (3, 4)
    assert torch.allclose(kl, (mean**2 + variance - 1 - variance.log()) / 2, rtol=1e-12)


def test_kl_agrees_with_monte_carlo(posterior):
    torch.manual_seed(0)
    prior = standard_normal(4, like=posterior.mean)
    z = posterior.sample((50_000,))
    draws = posterior.log_prob(z) - prior.log_prob(z)  # (K, B)
    standard_error = draws.std(0) / math.sqrt(len(draws))
    assert ((draws.mean(0) - kl_per_dimension(posterior, prior).sum(1)).abs() < 4.5 * standard_error).all()


def test_kl_of_the_prior_from_itself_is_nothing():
    prior = standard_normal(5, like=torch.zeros(1))
    assert torch.equal(kl_per_dimension(prior, prior), torch.zeros(5))


def test_the_prior_follows_dtype():
    assert standard_normal(3, like=torch.zeros(1, dtype=torch.float64)).sample().dtype == torch.float64
    assert standard_normal(3, like=torch.zeros(1)).event_shape == (3,)


EXTREMES = (0.0, -0.0, 1e-8, 20.0, -20.0, 88.0, -88.0, 100.0, -100.0, 1e4, -1e4, 1e30, -1e30)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 5), (3, 8, 8), (1, 28, 20)])
def test_bernoulli_log_likelihood_is_torchs_in_float64(shape):
    torch.manual_seed(0)
    x = (torch.rand(6, *shape) < 0.5).double()
    ours = (torch.randn(6, *shape, dtype=torch.float64) * 20).requires_grad_()
    theirs = ours.detach().clone().requires_grad_()
    value, expected = PictureBernoulli(ours).log_prob(x), Independent(Bernoulli(logits=theirs), 3).log_prob(x)
    assert torch.allclose(value, expected, rtol=1e-12)
    weight = torch.randn(6, dtype=torch.float64)
    (weight * value).sum().backward()
    (weight * expected).sum().backward()
    assert torch.allclose(ours.grad, theirs.grad, rtol=1e-10, atol=1e-15)


def test_bernoulli_log_likelihood_of_extreme_logits():
    logits = torch.tensor(EXTREMES).reshape(1, 1, -1)
    for x in (torch.zeros_like(logits), torch.ones_like(logits)):
        expected = x * logits.double() - torch.nn.functional.softplus(logits.double(), threshold=40)
        value = PictureBernoulli(logits[..., None]).log_prob(x[..., None])  # (1, 1): one pixel column
        assert torch.allclose(value.double().sum(), expected.sum(), rtol=1e-6)
    assert PictureBernoulli(torch.full((1, 2, 2), math.nan)).log_prob(torch.zeros(1, 2, 2)).isnan()


def test_a_confident_picture_keeps_its_digits_in_float32():
    """Hundreds of nearly certain pixels must not drown the nats of the uncertain ones."""
    torch.manual_seed(0)
    x = (torch.rand(50, 1, 28, 28) < 0.2).float()
    logits = torch.where(x.bool(), 1, -1) * (10 + 10 * torch.rand(50, 1, 28, 28))
    exact = Independent(Bernoulli(logits=logits.double()), 3).log_prob(x.double())
    assert (PictureBernoulli(logits).log_prob(x).double() - exact).abs().max() < 1e-4


def test_bernoulli_log_likelihood_has_the_gradients_of_its_values():
    torch.manual_seed(0)
    logits = torch.randn(3, 2, 1, 2, 4, dtype=torch.float64, requires_grad=True)
    x = torch.rand(2, 1, 2, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(BernoulliLogProb.apply, (logits, x))
    assert torch.autograd.gradgradcheck(BernoulliLogProb.apply, (logits, x))


def test_bernoulli_pixels_are_torchs():
    torch.manual_seed(0)
    logits = torch.randn(5, 2, 3, 4, dtype=torch.float64) * 10
    x = (torch.rand(5, 2, 3, 4) < 0.5).double()
    ours, theirs = PictureBernoulli(logits), Independent(Bernoulli(logits=logits), 3)
    assert ours.batch_shape == (5,) and ours.event_shape == (2, 3, 4)
    assert torch.allclose(ours.log_prob(x), theirs.log_prob(x), rtol=1e-12)
    assert torch.equal(ours.mean, logits.sigmoid())
    assert ours.sample().unique().tolist() == [0, 1]


def test_bernoulli_log_likelihood_of_grey_is_the_mean_over_binarisations():
    torch.manual_seed(0)
    logits, grey = torch.randn(1, 1, 1, 3, dtype=torch.float64), torch.rand(1, 1, 3, dtype=torch.float64)
    bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * 3).reshape(8, 1, 1, 3)
    probability = Independent(Bernoulli(grey), 3).log_prob(bits).exp()  # (8,)
    mean = (probability * PictureBernoulli(logits).log_prob(bits)).sum()
    assert torch.allclose(PictureBernoulli(logits).log_prob(grey), mean)


def test_pixels_broadcast_over_leading_samples():
    logits, x = torch.randn(7, 5, 1, 2, 2), torch.ones(5, 1, 2, 2)
    assert PictureBernoulli(logits).log_prob(x).shape == (7, 5)
    assert picture_normal(logits, torch.tensor(0.3)).log_prob(x).shape == (7, 5)


def test_gaussian_pixels_share_one_scale():
    torch.manual_seed(0)
    mean, x = torch.rand(2, 5, 3, 4, 4, dtype=torch.float64)
    stddev = torch.tensor(0.2, dtype=torch.float64)
    expected = -((x - mean) ** 2).sum((1, 2, 3)) / (2 * 0.04) - 48 * math.log(0.2 * math.sqrt(2 * math.pi))
    density = picture_normal(mean, stddev)
    assert torch.allclose(density.log_prob(x), expected)
    assert torch.equal(density.mean, mean)
    assert torch.equal(density.stddev, stddev.expand(5, 3, 4, 4))


def test_latents_are_one_event():
    q = diagonal_normal(torch.zeros(6, 3), torch.ones(6, 3))
    assert q.batch_shape == (6,) and q.event_shape == (3,)
    assert torch.allclose(q.log_prob(torch.ones(6, 3)), Normal(0, 1).log_prob(torch.ones(6, 3)).sum(1))


def mixture(batch, components, event):
    """A mixture of diagonal Gaussians of random weights, means and deviations."""
    parts = diagonal_normal(torch.randn(*batch, components, event), torch.rand(*batch, components, event) + 0.1)
    return MixtureSameFamily(Categorical(logits=torch.randn(*batch, components)), parts)


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3)], ids=str)
@pytest.mark.parametrize(
    "make",
    [
        lambda: diagonal_normal(torch.randn(3, 4), torch.rand(3, 4) + 0.1),
        lambda: diagonal_normal(torch.randn(30, 40), torch.rand(30, 40) + 0.1),  # another algorithm from 16 on
        lambda: standard_normal(4, like=torch.zeros(())).expand((6,)),
        lambda: picture_normal(torch.rand(3, 1, 4, 4), torch.tensor(0.2)),
        lambda: PictureBernoulli(torch.randn(3, 1, 4, 4)),
        lambda: Categorical(logits=torch.randn(3, 5)),
        lambda: mixture((6,), 3, 2),
        lambda: mixture((), 3, 2),
    ],
)
def test_samples_are_torchs_own_with_a_generator(make, shape):
    torch.manual_seed(1)
    distribution = make()
    torch.manual_seed(7)
    expected = distribution.sample(shape)
    before = torch.get_rng_state()
    drawn = sample(distribution, torch.Generator().manual_seed(7), shape)
    assert drawn.dtype == expected.dtype and torch.equal(drawn, expected)
    assert torch.equal(torch.get_rng_state(), before)


def test_samples_of_gaussians_carry_gradients():
    """z = mean + stddev * noise: by the mean the derivative is 1, by the deviation the noise."""
    mean, stddev = torch.zeros(3, 4, requires_grad=True), torch.ones(3, 4, requires_grad=True)
    z = sample(diagonal_normal(mean, stddev), torch.Generator().manual_seed(0))
    z.sum().backward()
    assert torch.equal(mean.grad, torch.ones(3, 4)) and torch.equal(stddev.grad, z.detach())


def test_a_distribution_without_a_rule_is_refused():
    with pytest.raises(TypeError, match="no way is known to sample Gumbel: register one with"):
        sample(Gumbel(0.0, 1.0), torch.Generator())


def test_only_factorised_latents_have_a_distribution_for_each_dimension(posterior):
    assert each_dimension(posterior).batch_shape == (3, 4) and each_dimension(posterior).event_shape == ()
    with pytest.raises(TypeError, match=r"only a factorised distribution .* got MultivariateNormal"):
        each_dimension(MultivariateNormal(torch.zeros(2), torch.eye(2)))
