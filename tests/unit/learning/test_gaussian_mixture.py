"""EM on mixtures of Gaussians: it never descends, its bound touches, it is scikit-learn's, and online EM comes near."""

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture as OfScikitLearn
from torch.distributions import MultivariateNormal

from vae_core.learning.gaussian_mixture import (
    JITTER,
    GaussianMixture,
    bound,
    drawn,
    e_step,
    em,
    log_likelihood,
    m_step,
    online_em,
    started,
    statistics,
)

TRUTH = GaussianMixture(
    weights=torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64),
    means=torch.tensor([[0.0, 0.0], [4.0, 1.0], [-1.0, 4.0]], dtype=torch.float64),
    covariances=torch.tensor(
        [[[1.0, 0.6], [0.6, 1.0]], [[0.5, 0.0], [0.0, 1.5]], [[0.7, -0.3], [-0.3, 0.4]]], dtype=torch.float64
    ),
)


def points(count=400, seed=0):
    return drawn(TRUTH, count, torch.Generator().manual_seed(seed))[0]


def last(mixtures):
    *_, mixture = mixtures
    return mixture


@pytest.mark.parametrize("seed", range(20))
def test_em_never_makes_the_likelihood_worse(seed):
    data = points(200, seed)
    mixture = started(data, 4, torch.Generator().manual_seed(seed))
    values = [log_likelihood(mixture, data).mean()]
    values += [log_likelihood(each, data).mean() for each in em(mixture, data, 40)]
    gains = torch.stack(values).diff()
    assert (gains > -1e-5).all()  # JITTER costs that much
    assert gains.sum() > 0.1


def test_the_bound_touches_after_the_e_step_and_nowhere_else():
    data = points(50)
    mixture = started(data, 3, torch.Generator().manual_seed(1))
    q, exact = e_step(mixture, data), log_likelihood(mixture, data)
    by_hand = sum(
        weight * MultivariateNormal(mean, covariance).log_prob(data).exp()
        for weight, mean, covariance in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    ).log()
    assert torch.allclose(exact, by_hand)
    assert torch.allclose(bound(mixture, data, q), exact)
    other = (q + 0.1) / (q + 0.1).sum(1, keepdim=True)
    divergence = (other * (other.log() - q.log())).sum(1)
    assert (divergence > 0).all()
    assert torch.allclose(bound(mixture, data, other), exact - divergence)
    certain = torch.eye(3, dtype=torch.float64)[q.argmax(1)]  # q log q is 0 at 0
    assert torch.allclose(bound(mixture, data, certain), exact + q.max(1).values.log())


def test_the_m_step_is_the_maximum_of_the_bound():
    data = points(100)
    q = e_step(started(data, 3, torch.Generator().manual_seed(1)), data)
    best = m_step(statistics(data, q))
    top = bound(best, data, q).mean()
    generator = torch.Generator().manual_seed(2)
    for _ in range(50):
        moved = GaussianMixture(
            (best.weights.log() + 0.1 * torch.randn(3, generator=generator, dtype=torch.float64)).softmax(0),
            best.means + 0.1 * torch.randn(3, 2, generator=generator, dtype=torch.float64),
            best.covariances * (1 + 0.1 * torch.rand(1, generator=generator, dtype=torch.float64)),
        )
        assert bound(moved, data, q).mean() < top


@pytest.mark.parametrize("steps", [1, 2, 30])
def test_it_is_scikit_learns_from_the_same_start(steps):
    data = points()
    start = started(data, 3, torch.Generator().manual_seed(3))
    theirs = OfScikitLearn(
        3,
        max_iter=steps,
        tol=0.0,
        reg_covar=JITTER,
        weights_init=start.weights.numpy(),
        means_init=start.means.numpy(),
        precisions_init=np.linalg.inv(start.covariances.numpy()),
    )
    with pytest.warns(UserWarning, match="converge"):
        theirs.fit(data.numpy())
    ours = last(em(start, data, steps))
    assert np.allclose(ours.weights.numpy(), theirs.weights_, atol=1e-6)
    assert np.allclose(ours.means.numpy(), theirs.means_, atol=1e-6)
    assert np.allclose(ours.covariances.numpy(), theirs.covariances_, atol=1e-6)
    assert log_likelihood(ours, data).mean().item() == pytest.approx(theirs.score(data.numpy()), abs=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_online_em_comes_near_batch_em(seed):
    data = points(1_500, seed)
    ones = torch.eye(2, dtype=torch.float64).expand(3, -1, -1)
    start = GaussianMixture(torch.full_like(TRUTH.weights, 1 / 3), TRUTH.means + 0.7, 1.5 * ones)
    batch = last(em(start, data, 100))
    online = last(online_em(start, data))
    before, best, reached = (log_likelihood(each, data).mean() for each in (start, batch, online))
    assert best - before > 0.2
    assert best - reached < 0.1 * (best - before)
    assert (online.means - batch.means).abs().max() < 0.35


def test_draws_are_the_mixtures():
    data, which = drawn(TRUTH, 50_000, torch.Generator().manual_seed(0))
    assert torch.allclose(which.bincount() / 50_000, TRUTH.weights.float(), atol=0.01)
    for label in range(3):
        own = data[which == label]
        assert torch.allclose(own.mean(0), TRUTH.means[label], atol=0.05)
        assert torch.allclose(own.T.cov(), TRUTH.covariances[label], atol=0.06)


def test_bad_input_is_refused_in_one_sentence():
    data = points(10)
    with pytest.raises(ValueError, match="components must be between 1 and 10, one for each point, got 11"):
        started(data, 11, torch.Generator())
    mixture = started(data, 2, torch.Generator().manual_seed(0))
    for call, message in (
        (
            lambda: list(em(mixture, data[:, :1], 1)),
            r"points must be \(N, 2\), as the mixture's means are, got \(10, 1\)",
        ),
        (lambda: list(em(mixture, data * float("nan"), 1)), "points must be finite numbers, got NaN"),
        (lambda: list(em(mixture, data, 0)), "steps must be at least 1, got 0"),
        (lambda: list(online_em(mixture, data, 0.5)), "power must be above 0.5 and at most 1, got 0.5"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
