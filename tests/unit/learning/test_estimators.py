"""Estimators against what they estimate: Gaussians, whose likelihoods, bounds and variances have closed forms."""

import itertools
import math

import pytest
import torch
from linear_gaussian import LinearGaussian
from torch import Generator, Tensor
from torch.distributions import Normal

from vae_core.analysis.importance_weights import effective
from vae_core.analysis.likelihood import importance_estimate
from vae_core.learning import estimators
from vae_core.learning.estimators import Quadratic

KINDS = ("none", "mean", "best")


def normals(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


def weights(draws: int, mean: Tensor, stddev: Tensor, seed: int = 0) -> tuple[Tensor, float]:
    """Log weights of a proposal for one picture of the linear-Gaussian model, and its log p(x)."""
    model = LinearGaussian()
    x = model.pictures(1)
    z = mean + stddev * normals(draws, 2, seed=seed)
    return estimators.log_weights(model.decode(z).log_prob(x), z, mean, stddev), float(model.log_marginal(x))


def wide_posterior(shift: float, widen: float) -> tuple[Tensor, Tensor]:
    q = LinearGaussian(shift, widen).encode(LinearGaussian().pictures(1))
    return q.mean[0], q.stddev[0]


def test_weights_of_the_prior_are_likelihoods_and_those_of_the_posterior_are_all_p_of_x():
    model = LinearGaussian()
    x, z = model.pictures(1), normals(10, 2, seed=1)
    likelihoods = model.decode(z).log_prob(x)
    zero, one = torch.zeros(2).double(), torch.ones(2).double()
    torch.testing.assert_close(estimators.log_weights(likelihoods, z, zero, one), likelihoods)
    found, evidence = weights(10, *wide_posterior(0, 1))
    torch.testing.assert_close(found, torch.full((10,), evidence).double())


def test_the_mean_weight_is_unbiased_for_every_proposal():
    """The mean of exp(estimate) over seeds is p(x) within its standard error, and the error itself is honest."""
    for mean, stddev in (
        wide_posterior(0.5, 1.3),
        wide_posterior(0, 2),
        (torch.zeros(2).double(), torch.ones(2).double()),
    ):
        all_weights, evidence = weights(400 * 500, mean, stddev, seed=2)
        each = (all_weights - evidence).exp().reshape(400, 500)
        means = each.mean(1)
        error = float(means.std() / math.sqrt(len(means)))
        assert abs(float(means.mean()) - 1) < 3.5 * error


def test_growth_is_that_of_the_first_draws_alone():
    found, evidence = weights(5000, *wide_posterior(0.5, 1.4))
    counts = [1, 2, 10, 333, 5000]
    grown = estimators.growth(found, counts)
    for i, count in enumerate(counts):
        some = found[:count]
        assert float(grown.estimate[i]) == pytest.approx(math.log(float((some - evidence).exp().mean())) + evidence)
        assert float(grown.effective[i]) == pytest.approx(float(effective(some[:, None])[0]))
        if count > 1:
            relative = (some - evidence).exp()
            error = float(relative.std(correction=0) / relative.mean()) / math.sqrt(count - 1)
            assert float(grown.standard_error[i]) == pytest.approx(error)
    assert math.isnan(float(grown.standard_error[0]))


def test_growth_agrees_with_the_estimate_of_whole_models():
    model = LinearGaussian(0.4, 1.3)
    x = model.pictures(1)
    theirs = importance_estimate(model, x, 300, generator=Generator().manual_seed(5))
    z = model.encode(x).mean[0] + model.encode(x).stddev[0] * torch.empty(300, 2).double().normal_(
        generator=Generator().manual_seed(5)
    )
    q = model.encode(x)
    grown = estimators.growth(estimators.log_weights(model.decode(z).log_prob(x), z, q.mean[0], q.stddev[0]), [300])
    torch.testing.assert_close(grown.estimate, theirs.log_marginal)
    torch.testing.assert_close(grown.standard_error, theirs.standard_error)
    torch.testing.assert_close(grown.effective, theirs.effective_samples)


def test_the_standard_error_is_the_spread_over_seeds():
    found, _ = weights(300 * 1000, *wide_posterior(0.5, 1.3), seed=3)
    groups = found.reshape(300, 1000)
    estimates = groups.logsumexp(1) - math.log(1000)
    claimed = torch.stack([estimators.growth(group, [1000]).standard_error[0] for group in groups[:50]]).mean()
    assert float(estimates.std()) == pytest.approx(float(claimed), rel=0.15)


@pytest.mark.parametrize(("shift", "widen"), [(0.0, 1.5), (0.6, 1.2), (0.4, 1.0)])
def test_the_share_of_draws_that_count_is_its_closed_form(shift, widen):
    posterior, proposal = wide_posterior(0, 1), wide_posterior(shift, widen)
    expected = estimators.effective_share(*posterior, *proposal)
    found, _ = weights(400_000, *proposal)
    assert float(effective(found[:, None])[0]) / len(found) == pytest.approx(expected, rel=0.02)


def test_proposals_that_are_too_narrow_have_weights_without_variance():
    one = torch.ones(1).double()
    assert estimators.effective_share(0 * one, one, 0 * one, 0.7 * one) == 0
    assert estimators.effective_share(0 * one, one, 0 * one, 0.72 * one) > 0
    assert estimators.effective_share(0 * one, one, 0 * one, one) == pytest.approx(1)


def test_the_bound_is_the_elbo_for_one_sample_rises_and_closes_on_the_likelihood():
    model = LinearGaussian(0.8, 1.2)
    proposal = wide_posterior(0.8, 1.2)
    found, evidence = weights(400_000, *proposal)
    bounds = [estimators.multi_sample_bound(found, k) for k in (1, 2, 5, 20, 100, 1000)]
    first = bounds[0]
    assert abs(first.value - float(model.elbo(model.pictures(1)))) < 4 * first.standard_error
    for lower, higher in itertools.pairwise(bounds):
        assert higher.value - lower.value > -3 * math.hypot(lower.standard_error, higher.standard_error)
    for lower, higher in itertools.pairwise(bounds[:5]):
        assert higher.value - lower.value > 3 * math.hypot(lower.standard_error, higher.standard_error)
    share = estimators.effective_share(*wide_posterior(0, 1), *proposal)
    bound = bounds[4]  # K = 100: what is missing is Var(w) / (2 K E[w]^2)
    assert evidence - bound.value == pytest.approx((1 / share - 1) / 200, abs=4 * bound.standard_error)
    assert abs(bounds[-1].value - evidence) < 4 * bounds[-1].standard_error + 0.001


def test_a_bound_over_groups_is_the_mean_of_their_logarithms():
    found = torch.tensor([0.0, 1.0, 2.0, -1.0, 0.5, 9.0, 7.0]).double()
    each = [math.log(sum(math.exp(w) for w in found[i : i + 3].tolist()) / 3) for i in (0, 3)]
    bound = estimators.multi_sample_bound(found, 3)
    assert bound.value == pytest.approx(sum(each) / 2) and bound.groups == 2
    assert bound.standard_error == pytest.approx(abs(each[0] - each[1]) / 2)
    assert math.isnan(estimators.multi_sample_bound(found, 7).standard_error)


def test_draws_that_count():
    log = torch.tensor([0.5, 0.3, 0.1, 0.06, 0.04]).double().log()[torch.tensor([3, 0, 4, 1, 2])]
    assert [estimators.draws_that_count(log, share) for share in (0.4, 0.7, 0.85, 0.95, 1.0)] == [1, 2, 3, 4, 5]
    prior = weights(10_000, torch.zeros(2).double(), torch.ones(2).double())[0]
    assert (
        estimators.draws_that_count(prior)
        < 2000
        < 8000
        < estimators.draws_that_count(weights(10_000, *wide_posterior(0.1, 1))[0])
    )


@pytest.mark.parametrize(
    ("distance", "sigma", "dimensions"), [(0.0, 1.0, 1), (1.5, 0.7, 1), (-0.8, 0.5, 4), (2.0, 1.3, 10)]
)
def test_gradients_are_unbiased_and_as_spread_as_their_formulas_say(distance, sigma, dimensions):
    """The formulas hold for each component; the mean's own standard error and the variance's judge the draws."""
    toy, draws = Quadratic(distance, sigma, dimensions), 400_000
    epsilon = normals(draws, dimensions, seed=dimensions)
    for estimator, kinds in (("score", KINDS), ("reparametrised", ("none",))):
        for kind in kinds:
            gradient = toy.gradients(epsilon, estimator, kind)[:, 0]
            expected = toy.variance(estimator, kind)
            centred = (gradient - distance).square()
            assert abs(float(gradient.mean()) - distance) < 4 * math.sqrt(expected / draws)
            assert abs(float(centred.mean()) - expected) < 4 * float(centred.std()) / math.sqrt(draws)


def test_the_variance_is_the_integral_of_its_definition():
    """By quadrature in one dimension, to rounding; every baseline, and none is better than the best."""
    toy = Quadratic(1.2, 0.6, 1)
    epsilon = torch.linspace(-12, 12, 4801, dtype=torch.float64)
    shares = Normal(0.0, 1.0).log_prob(epsilon).softmax(0)
    for kind in KINDS:
        gradient = toy.gradients(epsilon[:, None], "score", kind)[:, 0]
        mean = float(shares @ gradient)
        assert mean == pytest.approx(toy.distance, abs=1e-10)
        assert float(shares @ (gradient - mean).square()) == pytest.approx(toy.variance("score", kind), rel=1e-10)
    variances = {}
    for extra in (-0.01, 0, 0.01):
        gradient = estimators.gradients(
            toy.distance + toy.sigma * epsilon[:, None],
            epsilon[:, None],
            toy.sigma,
            "score",
            toy.baseline("best") + extra,
        )[:, 0]
        variances[extra] = float(shares @ gradient.square())
    assert variances[0] < min(variances[-0.01], variances[0.01])


def test_the_score_function_loses_with_dimension_and_distance():
    ratio = {
        (distance, dimensions): Quadratic(distance, 0.5, dimensions).variance("score", "best") / 0.25
        for distance in (0.0, 3.0)
        for dimensions in (1, 100)
    }
    assert ratio[0.0, 1] == pytest.approx(1.5)  # (D + 2) / 2
    assert ratio[3.0, 100] == pytest.approx((101 * 9 + 102 * 0.125) / 0.25)
    assert ratio[0.0, 1] < ratio[0.0, 100] < ratio[3.0, 100]


def test_the_reparametrised_gradient_is_autograd_of_the_sample():
    mu = torch.tensor([0.3, -1.0], dtype=torch.float64, requires_grad=True)
    a, sigma, epsilon = torch.tensor([1.0, 2.0]).double(), 0.4, normals(5, 2, seed=8)
    values = ((mu + sigma * epsilon - a) ** 2).sum(1) / 2
    by_hand = estimators.gradients(mu.detach() + sigma * epsilon - a, epsilon, sigma, "reparametrised")
    for value, expected in zip(values, by_hand, strict=True):
        torch.testing.assert_close(torch.autograd.grad(value, mu, retain_graph=True)[0], expected)


def test_the_score_gradient_is_the_value_times_autograd_of_the_log_density():
    mu = torch.tensor([0.3, -1.0], dtype=torch.float64, requires_grad=True)
    a, sigma, epsilon = torch.tensor([1.0, 2.0]).double(), 0.4, normals(5, 2, seed=8)
    z = (mu + sigma * epsilon).detach()
    by_hand = estimators.gradients(z - a, epsilon, sigma, "score", 0.7)
    for some, expected in zip(z, by_hand, strict=True):
        (score,) = torch.autograd.grad(Normal(mu, sigma).log_prob(some).sum(), mu)
        torch.testing.assert_close(((some - a).square().sum() / 2 - 0.7) * score, expected)


def test_the_mean_of_the_others():
    values = torch.tensor([1.0, 2.0, 6.0]).double()
    torch.testing.assert_close(estimators.leave_one_out(values), torch.tensor([4.0, 3.5, 1.5]).double())


def test_the_mean_of_the_others_keeps_the_gradient_unbiased():
    """And the mean of all does not: it shrinks the gradient by 1 - 1 / N."""
    toy, samples, draws = Quadratic(1.0, 1.0, 1), 3, 200_000
    epsilon = normals(draws, samples, seed=4)
    values = (toy.distance + toy.sigma * epsilon).square() / 2
    others = torch.stack([estimators.leave_one_out(each) for each in values[:100]])
    torch.testing.assert_close(others, (values.sum(1, keepdim=True) - values)[:100] / 2)
    others = (values.sum(1, keepdim=True) - values) / 2
    for baseline, expected in ((others, 1.0), (values.mean(1, keepdim=True), 2 / 3)):
        gradient = ((values - baseline) * epsilon / toy.sigma).mean(1)
        assert abs(float(gradient.mean()) - expected) < 4 * float(gradient.std()) / math.sqrt(draws)


def test_descent_is_the_exact_one_on_average_and_much_wilder_by_score():
    steps, runs = 20, 2000
    epsilon = normals(steps, 1, runs, seed=6)  # one sample a step; each dimension reparametrised is a run of its own
    path = estimators.descent(2.0, 0.5, 0.1, epsilon, "reparametrised")
    exact = 2.0 * 0.9 ** torch.arange(steps + 1, dtype=torch.float64)
    assert path.shape == (steps + 1, runs)
    assert float((path.mean(1) - exact).abs().max()) < 4 * 0.1 * 0.5 * math.sqrt(steps / runs)
    ends = {
        kind: torch.stack(
            [estimators.descent(2.0, 0.5, 0.05, normals(40, 4, 2, seed=seed), *kind)[-1] for seed in range(60)]
        ).std()
        for kind in (("score", "none"), ("score", "best"), ("reparametrised", "none"))
    }
    assert ends["reparametrised", "none"] < ends["score", "best"] < ends["score", "none"]


def test_a_step_of_descent_is_the_mean_gradient_times_the_rate():
    toy, epsilon = Quadratic(1.5, 0.7, 3), normals(1, 6, 3, seed=9)
    for estimator, kind in (("score", "best"), ("score", "mean"), ("score", "none"), ("reparametrised", "none")):
        path = estimators.descent(1.5, 0.7, 0.2, epsilon, estimator, kind)
        torch.testing.assert_close(path[1], 1.5 - 0.2 * toy.gradients(epsilon[0], estimator, kind).mean(0))


def test_what_cannot_be_is_refused():
    draws = torch.zeros(5)
    for refused in (
        lambda: estimators.growth(draws, [0]),
        lambda: estimators.growth(draws, [6]),
        lambda: estimators.growth(draws, []),
        lambda: estimators.multi_sample_bound(draws, 0),
        lambda: estimators.multi_sample_bound(draws, 6),
        lambda: Quadratic(1.0, 0.0, 1),
        lambda: Quadratic(1.0, 1.0, 0),
        lambda: estimators.descent(1.0, 1.0, 2.0, torch.zeros(1, 1, 1), "score"),
    ):
        with pytest.raises(ValueError, match=r"must (be|lie)"):
            refused()
