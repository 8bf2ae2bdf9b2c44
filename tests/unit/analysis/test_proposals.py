"""Proposals fitted to the true posterior, on models whose likelihood is known or integrated on a grid."""

import math
from types import SimpleNamespace

import pytest
import torch
from linear_gaussian import LinearGaussian
from torch.distributions import Categorical, Independent, Laplace, MixtureSameFamily, MultivariateNormal, Normal

from vae_core.analysis import likelihood
from vae_core.analysis.likelihood import (
    importance_estimate,
    marginal_draws,
    marginal_estimate,
    only_bounded,
    simulated_gaps,
)
from vae_core.analysis.proposals import each_pixel, fitted_proposal, slope, taught_proposal
from vae_core.data import present
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import diagonal_normal, picture_normal, sample, standard_normal
from vae_core.models.vae import VAE, VAEConfig
from vae_core.zoo import store


class Square:
    """x = z^2 + noise, one latent, one pixel: the posterior has two humps, of which the encoder knows the left one."""

    config = SimpleNamespace(likelihood="gaussian", family="vae", picture_shape=(1, 1, 1))
    noise = torch.tensor(0.2)

    @property
    def prior(self):
        return standard_normal(1, like=self.noise)

    def encode(self, x):
        return diagonal_normal(-x.flatten(1).clamp_min(0.01).sqrt(), torch.full((len(x), 1), 0.1))

    def decode(self, z):
        return picture_normal((z**2)[..., None, None], self.noise)


@pytest.mark.parametrize(("shift", "widen"), [(0.0, 1.0), (40.0, 0.01), (-7.0, 5.0)])
def test_the_true_posterior_is_found_wherever_the_encoder_points(shift, widen):
    model = LinearGaussian(shift, widen)
    x = model.pictures(9)
    true = LinearGaussian().encode(x)
    proposal = fitted_proposal(model, x)
    fitted = proposal.component_distribution
    assert proposal.batch_shape == (9,) and proposal.event_shape == (2,)
    for k in (0, 3):  # the narrowest around each optimum
        assert ((fitted.loc[:, k] - true.mean).abs() < 0.35 * true.stddev).all()
        assert torch.allclose(fitted.covariance_matrix[:, k], torch.diag_embed(true.variance), atol=1e-6)
    estimate = marginal_estimate(model, x, 400)
    assert ((estimate.log_marginal - model.log_marginal(x)).abs() < 4 * estimate.standard_error).all()
    assert (estimate.effective_samples > 200).all() and (estimate.standard_error < 0.05).all()


def test_both_humps_are_found_and_the_mass_is_whole():
    model, x = Square(), torch.tensor([0.5, 1.5, 3.0]).reshape(3, 1, 1, 1)
    z = torch.linspace(-8, 8, 200_001, dtype=torch.float64)[:, None]
    log_joint = Normal(z**2, 0.2).log_prob(x.flatten().double()) + Normal(0.0, 1.0).log_prob(z)
    truth = log_joint.logsumexp(0) + math.log(16 / 200_000)
    estimate = marginal_estimate(model, x, 2_000)
    assert (estimate.log_marginal - truth).abs().max() < 0.05
    by_encoder = importance_estimate(model, x, 2_000)
    assert (truth - by_encoder.log_marginal > 0.6).all()  # a hump is missed: log 2


def test_slope_and_curvature_are_those_of_the_definition(toy, digits):
    x = present(digits.test.batch(slice(0, 4)), "bernoulli", noise_generator())
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    gradient, curvature = slope(toy, x, z)
    for b in range(4):

        def logits(one):
            return toy.decoder(one[None]).flatten()

        jacobian = torch.autograd.functional.jacobian(logits, z[b])  # (64, 2)
        on = logits(z[b]).sigmoid()
        expected = jacobian.T @ (x[b].flatten() - on) - z[b]
        assert torch.allclose(gradient[b], expected, atol=1e-4)
        fisher = jacobian.T @ torch.diag(on * (1 - on)) @ jacobian + torch.eye(2)
        assert torch.allclose(curvature[b], fisher, atol=1e-4)


def test_an_encoder_gone_wrong_costs_nothing(toy, digits, monkeypatch):
    x = present(digits.test.batch(slice(0, 30)), "bernoulli", noise_generator())
    sound = marginal_estimate(toy, x, 500)
    right = importance_estimate(toy, x, 50_000)
    wrong = VAE(toy.config)
    wrong.load_state_dict(toy.state_dict())
    monkeypatch.setattr(
        wrong, "encode", lambda x: diagonal_normal(torch.full((len(x), 2), 4.0), torch.full((2,), 0.02))
    )
    lost = marginal_estimate(wrong, x, 500)
    for estimate in (sound, lost):
        error = (estimate.standard_error**2 + right.standard_error**2).sqrt()
        assert ((estimate.log_marginal - right.log_marginal).abs() < 5 * error + 0.01).all()
        assert estimate.effective_samples.median() > 100
    assert importance_estimate(wrong, x, 500).log_marginal.mean() < right.log_marginal.mean() - 10


def of_encoder(model, x) -> MixtureSameFamily:
    """Draws of q(z|x) as a fitted proposal would be given."""
    posterior = model.encode(x)
    gaussians = MultivariateNormal(posterior.mean[:, None], scale_tril=torch.diag_embed(posterior.stddev)[:, None])
    return MixtureSameFamily(Categorical(torch.ones(len(x), 1)), gaussians)


def test_bounds_from_below_and_above_hold_the_truth_between_them(monkeypatch):
    """A proposal three times too narrow: the estimate is too low, with the true z among the draws too high."""
    model, generator = LinearGaussian(widen=0.3), noise_generator(3)
    z = sample(model.prior, generator, (4_000,))
    x = sample(model.decode(z), generator)
    monkeypatch.setattr(likelihood, "fitted_proposal", of_encoder)
    monkeypatch.setattr(likelihood, "FEW", 0)
    below = marginal_estimate(model, x, 20, noise_generator(4)).log_marginal - model.log_marginal(x)
    ((_, draws),) = marginal_draws(model, x, 20, noise_generator(4), likelihood.FEW, 1)
    above = draws.above(model, x, z) - model.log_marginal(x)
    error = 4 / math.sqrt(len(x))
    assert below.mean() < -error * below.std() and above.mean() > error * above.std()
    monkeypatch.setattr(likelihood, "ENOUGH", 0)
    gaps = simulated_gaps(model, 500, 20, noise_generator(5))
    assert abs(gaps.mean() - (above - below).mean()) < 5 * gaps.std() / math.sqrt(len(gaps))


def test_the_bound_from_above_stays_above_where_draws_are_made_afresh(monkeypatch):
    """What the draws have taught must not know the z that the picture was made from."""
    model, generator = LinearGaussian(shift=6.0, widen=0.3), noise_generator(3)
    z = sample(model.prior, generator, (4_000,))
    x = sample(model.decode(z), generator)
    monkeypatch.setattr(likelihood, "fitted_proposal", of_encoder)
    monkeypatch.setattr(likelihood, "FEW", math.inf)
    _, (pictures, draws) = marginal_draws(model, x, 20, noise_generator(4), likelihood.FEW, 1)
    assert pictures.all() and len(draws.z) == 80
    truth = model.log_marginal(x)
    above, below = draws.above(model, x, z) - truth, draws.estimate.log_marginal - truth
    assert below.mean() < -1
    assert above.mean() > 1
    monkeypatch.setattr(likelihood, "ENOUGH", math.inf)
    monkeypatch.setattr(likelihood, "TEACHINGS", 1)
    gaps = simulated_gaps(model, 500, 20, noise_generator(5))
    assert abs(gaps.mean() - (above - below).mean()) < 0.2 * gaps.mean()


def test_a_check_that_is_taught_more_often_is_sharper_and_holds_still(monkeypatch):
    model = LinearGaussian(shift=3.0, widen=0.5)
    monkeypatch.setattr(likelihood, "fitted_proposal", of_encoder)
    monkeypatch.setattr(likelihood, "TEACHINGS", 1)
    once = simulated_gaps(model, 2_000, 20, noise_generator(5))
    monkeypatch.setattr(likelihood, "TEACHINGS", 4)
    often = simulated_gaps(model, 2_000, 20, noise_generator(5))
    x = model.pictures(2_000, seed=7)
    bias = model.log_marginal(x) - marginal_estimate(model, x, 20, noise_generator(6)).log_marginal
    error = math.hypot(often.std(), bias.std()) / math.sqrt(len(x))
    assert bias.mean() - 3 * error < often.mean() < 0.7 * once.mean()


def test_draws_that_were_kept_because_they_count_do_not_hide_what_they_missed(monkeypatch):
    """A proposal that nearly always is too narrow: the few pictures that notice are the ones that are drawn afresh."""
    model = LinearGaussian()

    def narrow(model, x) -> MixtureSameFamily:
        posterior = model.encode(x)
        factors = [torch.diag_embed(times * posterior.stddev) for times in (0.6, 1.3)]
        gaussians = MultivariateNormal(posterior.mean[:, None].expand(-1, 2, -1), scale_tril=torch.stack(factors, 1))
        return MixtureSameFamily(Categorical(torch.tensor([0.999, 0.001]).expand(len(x), 2)), gaussians)

    monkeypatch.setattr(likelihood, "fitted_proposal", narrow)
    x = model.pictures(3_000, seed=7)
    estimate = marginal_estimate(model, x, 100, noise_generator(6))
    assert 0.02 < (estimate.samples > 100).double().mean() < 0.98
    bias = model.log_marginal(x) - estimate.log_marginal
    gaps = simulated_gaps(model, 3_000, 100, noise_generator(5))
    error = math.hypot(gaps.std(), bias.std()) / math.sqrt(len(x))
    assert gaps.mean() > bias.mean() - 2 * error


def test_few_effective_samples_are_drawn_again_from_what_they_taught(monkeypatch):
    model = LinearGaussian(shift=2.0, widen=0.7)
    x = model.pictures(6)
    wide = lambda model, x: MixtureSameFamily(  # noqa: E731
        Categorical(torch.ones(len(x), 1)),
        MultivariateNormal(torch.zeros(len(x), 1, 2).double(), scale_tril=(3 * torch.eye(2)).double()),
    )
    monkeypatch.setattr(likelihood, "fitted_proposal", wide)
    monkeypatch.setattr(likelihood, "FEW", 0)
    once = marginal_estimate(model, x, 300)
    monkeypatch.setattr(likelihood, "FEW", float(once.effective_samples.median()))
    again = marginal_estimate(model, x, 300)
    few = once.effective_samples < likelihood.FEW
    assert 0 < few.sum() < 6
    assert torch.equal(again.log_marginal[~few], once.log_marginal[~few])
    assert (again.effective_samples[few] > 10 * once.effective_samples[few]).all()
    assert again.samples[few].unique().tolist() == [1200] and again.samples[~few].unique().tolist() == [300]
    assert ((again.log_marginal - model.log_marginal(x)).abs() < 5 * again.standard_error).all()


def test_a_taught_proposal_has_the_weighted_moments():
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(5_000, 2, 3, generator=generator, dtype=torch.float64)
    log_weights = torch.stack([z[:, 0, 0], -z[:, 1, 1]], 1)  # tilts of a standard normal: means move by one
    first = MixtureSameFamily(
        Categorical(torch.ones(2, 1).double()),
        MultivariateNormal(torch.zeros(2, 1, 3).double(), scale_tril=torch.eye(3).double().expand(2, 1, 3, 3)),
    )
    taught = taught_proposal(z, log_weights, first, torch.tensor([True, True])).component_distribution
    assert torch.allclose(taught.loc[:, 0], torch.tensor([[1.0, 0, 0], [0, -1, 0]]).double(), atol=0.12)
    assert torch.allclose(taught.covariance_matrix[:, 0], torch.eye(3).double().expand(2, 3, 3), atol=0.15)
    only = taught_proposal(z[:, 1:], log_weights[:, 1:], first, torch.tensor([False, True])).component_distribution
    assert torch.allclose(only.loc[0], taught.loc[1])


def test_what_cannot_be_fitted_is_refused(toy):
    with pytest.raises(TypeError, match="no Fisher information is known of Laplace"):
        each_pixel(Independent(Laplace(torch.zeros(1, 1, 1), 1.0), 3))
    with pytest.raises(ValueError, match="starts and steps must be at least 1, got 0 and 15"):
        fitted_proposal(toy, torch.zeros(1, 1, 8, 8), starts=0)


def test_gradients_and_random_numbers_are_left_alone(toy, digits):
    x = present(digits.test.batch(slice(0, 3)), "bernoulli", noise_generator())
    before = torch.get_rng_state()
    first, second = (marginal_estimate(toy, x, 50) for _ in range(2))
    assert torch.equal(first.log_marginal, second.log_marginal)
    assert torch.equal(torch.get_rng_state(), before)
    assert not first.log_marginal.requires_grad


def test_a_convolutional_decoder_and_colour_are_fitted_too():
    torch.manual_seed(0)
    model = VAE(VAEConfig((3, 16, 16), 4, "conv", (8, 32), "gaussian")).eval()
    estimate = marginal_estimate(model, torch.rand(3, 3, 16, 16), 40)
    assert estimate.log_marginal.isfinite().all() and estimate.log_marginal.shape == (3,)


MNIST = [each.name for each in store.entries() if each.dataset == "mnist" and not only_bounded(each.metrics)]


@pytest.mark.parametrize("name", MNIST)
def test_of_shipped_mnist_models_the_estimate_is_off_by_less_than_a_tenth_of_a_nat(name):
    metrics = next(entry for entry in store.entries() if entry.name == name).metrics
    bias, error = metrics["simulated_bias"], metrics["simulated_bias_standard_error"]
    assert -3 * error < bias < 0.1 and error < 0.05
    assert metrics["effective_samples"] > 30 and metrics["few_effective_samples"] < 0.1


@torch.no_grad()
def test_a_decoder_that_stands_still_leaves_the_prior_and_one_that_lets_no_derivative_through_is_refused():
    x, z = torch.zeros(3, 1, 8, 8), torch.randn(3, 2)
    still = VAE(VAEConfig((1, 8, 8), 2, hidden=(4,)))
    for parameter in still.decoder.parameters():
        parameter.zero_()
    gradient, curvature = slope(still, x, z)
    assert torch.allclose(gradient, -z) and torch.allclose(curvature, torch.eye(2).expand(3, 2, 2))

    class Blocking(VAE):
        def decode(self, z, y=None):
            return super().decode(z.detach(), y)

    with pytest.raises(TypeError, match="the decoder does not pass derivatives on"):
        slope(Blocking(still.config), x, z)
