"""The coin against SciPy's Beta and against counting."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.integrate import quad

from vae_core.learning.coin import Coin, log_likelihood


@pytest.mark.parametrize(("prior", "heads", "tails"), [(Coin(), 0, 0), (Coin(), 7, 3), (Coin(0.5, 2.5), 0, 4)])
def test_the_posterior_is_bayes_rule(prior, heads, tails):
    posterior, z = prior.after(heads, tails), torch.linspace(0.01, 0.99, 25, dtype=torch.float64)
    bayes = prior.log_density(z) + log_likelihood(z, heads, tails) - prior.log_evidence(heads, tails)
    torch.testing.assert_close(posterior.log_density(z), bayes)
    theirs = stats.beta(prior.heads + heads, prior.tails + tails)
    np.testing.assert_allclose(posterior.log_density(z), theirs.logpdf(z.numpy()), rtol=1e-10, atol=1e-10)
    assert posterior.mean == pytest.approx(theirs.mean()) and posterior.stddev == pytest.approx(theirs.std())


def test_the_evidence_is_the_integral_of_likelihood_times_prior():
    prior = Coin(2.5, 1.5)
    integral, _ = quad(lambda z: z**6 * (1 - z) ** 3 * stats.beta(2.5, 1.5).pdf(z), 0, 1)
    assert prior.log_evidence(6, 3) == pytest.approx(math.log(integral))


def test_the_evidence_of_all_sequences_adds_up_and_is_that_of_one_toss_after_another():
    prior = Coin(0.7, 2.0)
    total = 0.0
    for tosses in itertools.product((0, 1), repeat=5):
        coin, one_by_one = prior, 0.0
        for toss in tosses:
            one_by_one += math.log(coin.mean if toss else 1 - coin.mean)
            coin = coin.after(toss, 1 - toss)
        evidence = prior.log_evidence(sum(tosses), 5 - sum(tosses))
        assert evidence == pytest.approx(one_by_one)
        total += math.exp(evidence)
    assert total == pytest.approx(1)


def test_the_likelihood_at_its_ends():
    ends = log_likelihood(torch.tensor([0.0, 1.0]).double(), 0, 3)
    assert ends.tolist() == [0.0, -math.inf]
    z = torch.linspace(0, 1, 101).double()
    assert float(z[log_likelihood(z, 7, 3).argmax()]) == pytest.approx(0.7)


def test_what_cannot_be_is_refused():
    for refused in (lambda: Coin(0.0, 1.0), lambda: Coin(1.0, math.inf), lambda: Coin().after(-1, 0)):
        with pytest.raises(ValueError, match=r"above 0|fewer than 0"):
            refused()
