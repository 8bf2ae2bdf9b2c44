"""Divergences from data points against closed forms, and what becomes of them as the points grow narrow."""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vae_core.learning.one_dimension import OneDimension
from vae_core.learning.point_divergences import divergences

LINEAR = OneDimension(0.3, 1.0, 0.0, 0.5)


def test_divergences_of_one_point_are_those_of_gaussians():
    model, width = Normal(0.3, math.sqrt(1.25)), 0.4
    point = Normal(1.1, width)
    found = divergences(LINEAR, torch.tensor([1.1]).double(), width)
    assert found.model_from_points == pytest.approx(float(kl_divergence(model, point)), abs=2e-3)
    assert found.points_from_model == pytest.approx(float(kl_divergence(point, model)), abs=1e-4)
    assert found.entropy == pytest.approx(float(point.entropy()), abs=1e-4)


def test_of_both_divergences_what_is_left_of_narrow_points_is_the_likelihood():
    model, x = OneDimension(-1.0, 0.4, 2.0, 0.3), torch.linspace(-3, 2, 20, dtype=torch.float64)
    wide, narrow, narrower = (divergences(model, x, width) for width in (0.1, 1e-3, 1e-4))
    assert narrower.model_from_points / narrow.model_from_points == pytest.approx(100, rel=1e-3)
    assert narrower.points_from_model - narrow.points_from_model == pytest.approx(math.log(10), abs=1e-3)
    assert narrower.cross_entropy == pytest.approx(-float(model.log_density(x).mean()), abs=1e-3)
    assert narrower.entropy == pytest.approx(float(Normal(0.0, 1e-4).entropy()) + math.log(20), abs=1e-3)
    assert wide.points_from_model > 0 and wide.model_from_points > 0
    other = OneDimension(0.0, 1.0, 1.0, 0.5)  # differs by the likelihoods alone
    difference = divergences(other, x, 1e-4).points_from_model - narrower.points_from_model
    expected = float((model.log_density(x) - other.log_density(x)).mean())
    assert difference == pytest.approx(expected, abs=1e-3)


def test_points_without_a_width_are_refused():
    with pytest.raises(ValueError, match="width must be above 0"):
        divergences(LINEAR, torch.zeros(1).double(), 0.0)
