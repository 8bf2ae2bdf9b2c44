"""Two causes of one effect: the posterior against enumeration by hand, the factored q against a grid of all."""

import math

import pytest
import torch

from vae_core.learning.mean_field import effect, kl, mutual_information, optima, posterior, update

PRIORS, CAUSES, LEAK = torch.tensor([0.05, 0.2]).double(), torch.tensor([0.9, 0.7]).double(), 0.01
RINGS = posterior(PRIORS, CAUSES, LEAK, 1.0)


def test_the_effect_fails_only_where_everything_fails():
    expected = [[0.01, 1 - 0.99 * 0.3], [1 - 0.99 * 0.1, 1 - 0.99 * 0.1 * 0.3]]
    assert effect(CAUSES, LEAK).tolist() == [pytest.approx(row) for row in expected]


def test_the_posterior_is_bayes_rule():
    joint = {
        (0, 0): 0.95 * 0.8 * 0.01,
        (0, 1): 0.95 * 0.2 * (1 - 0.99 * 0.3),
        (1, 0): 0.05 * 0.8 * (1 - 0.99 * 0.1),
        (1, 1): 0.05 * 0.2 * (1 - 0.99 * 0.1 * 0.3),
    }
    total = sum(joint.values())
    assert all(float(RINGS[case]) == pytest.approx(value / total) for case, value in joint.items())


def test_one_cause_explains_the_other_away():
    burglar = float(RINGS[1].sum())
    with_earthquake = float(RINGS[1, 1] / RINGS[:, 1].sum())
    without = float(RINGS[1, 0] / RINGS[:, 0].sum())
    assert float(PRIORS[0]) < with_earthquake < 0.1 < burglar < without


@pytest.mark.parametrize("heard", [0.0, 0.5])
def test_causes_are_tied_only_once_the_effect_is_seen(heard):
    apart = posterior(PRIORS, CAUSES, LEAK, heard)
    assert mutual_information(apart) == pytest.approx(0, abs=1e-12)
    assert optima(apart)[0].kl == pytest.approx(0, abs=1e-12)
    assert mutual_information(RINGS) > 0.1
    if heard == 0.5:
        assert apart.sum(1).tolist() == pytest.approx([0.95, 0.05]), "nothing was learnt"


def test_an_update_is_the_best_q_of_one_cause():
    shares = torch.linspace(0.0005, 0.9995, 2000).tolist()
    for other in (0.1, 0.8):
        assert update(RINGS, other, 0) == pytest.approx(min(shares, key=lambda q: kl(q, other, RINGS)), abs=5e-4)
        assert update(RINGS, other, 1) == pytest.approx(min(shares, key=lambda q: kl(other, q, RINGS)), abs=5e-4)


def test_the_best_q_is_the_best_of_a_grid_and_never_right():
    shares = torch.linspace(0.001, 0.999, 250).tolist()
    least = min(kl(first, second, RINGS) for first in shares for second in shares)
    found = optima(RINGS)
    assert found[0].kl <= least < found[0].kl + 1e-4 and found[0].kl > 0.01
    assert all(one.kl == pytest.approx(kl(one.first, one.second, RINGS)) for one in found)


def test_two_equal_stories_are_two_optima():
    even = posterior(torch.tensor([0.05, 0.05]).double(), torch.tensor([0.9, 0.9]).double(), 0.002, 1.0)
    first, second = optima(even)
    assert (first.first, first.second) == pytest.approx((second.second, second.first), abs=1e-6)
    assert first.kl == pytest.approx(second.kl) and abs(first.first - first.second) > 0.8
    assert kl(0.5, 0.5, even) > first.kl + 0.1, "what treats both alike is worse than either"


def test_what_is_impossible_is_said():
    sure = torch.tensor([1.0, 1.0]).double()
    with pytest.raises(ValueError, match="let the leak be above 0"):
        posterior(torch.tensor([0.0, 0.0]).double(), sure, 0.0, 1.0)
    assert kl(0.5, 0.5, posterior(PRIORS, CAUSES, 0.0, 1.0)) == math.inf
