"""One Gaussian fitted to humps, against the optimum of a grid over all Gaussians."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vae_core.learning.divergences import (
    Fit,
    alpha_divergence,
    fits,
    grid,
    kl,
    log_gaussian,
    log_humps,
    moments,
)

X = grid()
HUMPS = ((-2.4, 2.2), (0.6, 0.9), (0.55, 0.45))
LOG_P = log_humps(X, *HUMPS)
GAP = log_humps(X, *HUMPS, (-0.5, 0.5))
STARTS = [(-2.4, 0.6), (2.2, 0.9), moments(LOG_P, X)]


def divergence(alpha: float, mu: float, sigma: float, log_p: torch.Tensor = LOG_P) -> float:
    return alpha_divergence(log_p, log_gaussian(X, mu, sigma), alpha, X)


def test_humps_are_the_mixture_that_they_name():
    mixture = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(torch.tensor(HUMPS[2], dtype=torch.float64)),
        Normal(torch.tensor(HUMPS[0], dtype=torch.float64), torch.tensor(HUMPS[1], dtype=torch.float64)),
    )
    assert torch.allclose(LOG_P, mixture.log_prob(X), atol=1e-9)
    assert moments(LOG_P, X) == pytest.approx((float(mixture.mean), float(mixture.variance.sqrt())), abs=1e-10)


@pytest.mark.parametrize(("a", "b"), [((0.0, 1.0), (1.0, 0.5)), ((-2.0, 0.3), (0.5, 2.0))])
def test_kl_of_gaussians_is_the_closed_form_in_both_directions(a, b):
    forth, back = (kl(log_gaussian(X, *one), log_gaussian(X, *other), X) for one, other in ((a, b), (b, a)))
    assert forth == pytest.approx(float(kl_divergence(Normal(*map(torch.tensor, a)), Normal(*map(torch.tensor, b)))))
    assert forth > 0 and back > 0 and abs(forth - back) > 0.1, "it is no distance: it has a direction"
    assert kl(log_gaussian(X, *a), log_gaussian(X, *a), X) == pytest.approx(0, abs=1e-12)


def test_alpha_leads_from_one_kl_to_the_other():
    q = log_gaussian(X, 0.3, 1.7)
    reverse, forward = kl(q, LOG_P, X), kl(LOG_P, q, X)
    assert alpha_divergence(LOG_P, q, 0, X) == reverse and alpha_divergence(LOG_P, q, 1, X) == forward
    assert alpha_divergence(LOG_P, q, 1e-6, X) == pytest.approx(reverse, rel=1e-4)
    assert alpha_divergence(LOG_P, q, 1 - 1e-6, X) == pytest.approx(forward, rel=1e-4)
    hellinger = float(((0.5 * LOG_P).exp() - (0.5 * q).exp()).square().sum() * (X[1] - X[0]))
    assert alpha_divergence(LOG_P, q, 0.5, X) == pytest.approx(2 * hellinger, abs=1e-9)


@pytest.mark.parametrize("alpha", [0, 0.05, 0.3, 0.5, 0.8, 0.99, 1])
def test_the_best_fit_is_the_optimum_of_a_grid_over_all_gaussians(alpha):
    best = fits(LOG_P, alpha, STARTS, X)[0]
    every = [
        (divergence(alpha, mu, math.exp(log_sigma)), mu, math.exp(log_sigma))
        for mu in torch.linspace(-4, 4, 41).tolist()
        for log_sigma in torch.linspace(-1.2, 1.6, 36).tolist()
    ]
    least, mu, sigma = min(every)
    assert best.divergence <= least
    assert least - best.divergence < 0.02 and abs(best.mu - mu) < 0.2 and abs(best.sigma - sigma) < 0.15 * sigma
    assert best.divergence == pytest.approx(divergence(alpha, best.mu, best.sigma), abs=1e-9)


@pytest.mark.parametrize("alpha", [0, 0.05, 0.3, 0.99])
def test_every_optimum_is_a_minimum_with_no_slope(alpha):
    for fit in fits(LOG_P, alpha, STARTS, X):
        for mu, sigma in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
            there = divergence(alpha, fit.mu + mu, fit.sigma + sigma)
            assert fit.divergence < there < fit.divergence + 1e-4


def test_reverse_kl_seeks_a_mode_and_has_others_to_be_caught_in():
    found = fits(LOG_P, 0, STARTS, X)
    assert (found[0].mu, found[0].sigma) == pytest.approx((-2.4, 0.6), abs=0.01)
    assert [fit.start for fit in found[:2]] == [0, 1], "each hump leads to its own"
    assert found[1].mu == pytest.approx(2.2, abs=0.05) and found[1].divergence > found[0].divergence
    assert found[0].divergence == pytest.approx(-math.log(0.55), abs=0.02), "the weight that it leaves out"


def test_forward_kl_is_moment_matching_exactly():
    mean, variance = 0.55 * -2.4 + 0.45 * 2.2, 0.55 * (0.36 + 2.4**2) + 0.45 * (0.81 + 2.2**2)
    (fit,) = fits(LOG_P, 1, STARTS, X)
    assert (fit.mu, fit.sigma) == pytest.approx((mean, math.sqrt(variance - mean**2)), abs=1e-10)


def test_where_p_is_zero_reverse_kl_is_infinite_and_nothing_else_is():
    q = log_gaussian(X, 0, 1)
    assert kl(q, GAP, X) == math.inf and kl(log_gaussian(X, 9, 0.3), GAP, X) == math.inf, "however far away"
    assert math.isfinite(kl(GAP, q, X)) and math.isfinite(alpha_divergence(GAP, q, 0.01, X))
    assert fits(GAP, 0, STARTS, X) == [] and len(fits(GAP, 0.5, STARTS, X)) > 0
    assert float(GAP.exp().sum() * (X[1] - X[0])) == pytest.approx(1)


def test_a_fit_of_a_gaussian_is_itself():
    one = log_humps(X, (1.3,), (0.7,), (1.0,))
    for alpha in (0, 0.4, 1):
        (fit,) = fits(one, alpha, [(-2.0, 2.0)], X)
        assert fit == Fit(pytest.approx(1.3), pytest.approx(0.7), pytest.approx(0, abs=1e-9), 0)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match=r"alpha must be between 0 and 1, got 1\.5"):
        fits(LOG_P, 1.5, STARTS, X)
    with pytest.raises(ValueError, match="at least one weight must be above 0"):
        log_humps(X, (0.0,), (1.0,), (0.0,))
