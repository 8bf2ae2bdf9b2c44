"""A VAE whose decoder is a flow: its evidence against a convolution, its bound, and both where the noise goes to 0."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal

from vae_core.learning.change_of_variables import Bend, Coupling, Couplings, Monotone
from vae_core.learning.noisy_flow import judged

HUMPS = Monotone(0.0, 0.35, (Bend(1.5, 3.0, 0.2),))
TWISTED = Couplings((Coupling(0.8, 1.0), Coupling(-0.6, 1.0)))


def points(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("noise", [0.1, 0.5])
@pytest.mark.parametrize("x", [-1.6, 0.1, 1.9])
def test_on_the_line_the_evidence_is_the_integral_over_z(noise, x):
    z = torch.linspace(-7, 7, 140_001, dtype=torch.float64)
    joint = Normal(0.0, 1.0).log_prob(z).double() + Normal(HUMPS.forward(z)[0], noise).log_prob(torch.tensor(x))
    found = judged(HUMPS, torch.tensor([x], dtype=torch.float64), noise)
    assert found.log_evidence == pytest.approx(float(joint.logsumexp(0)) + math.log(14 / 140_000), abs=1e-6)
    assert found.elbo < found.log_evidence


@pytest.mark.parametrize("x", points(4, 2))
def test_in_the_plane_the_evidence_is_the_integral_over_z(x):
    axis = torch.linspace(-6, 6, 1201, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    joint = -0.5 * z.square().sum(1) - math.log(2 * math.pi)
    joint += Normal(TWISTED.forward(z)[0], 0.3).log_prob(x).sum(1)
    found = judged(TWISTED, x, 0.3)
    assert found.log_evidence == pytest.approx(float(joint.logsumexp(0)) + 2 * math.log(12 / 1200), abs=1e-4)
    assert found.elbo < found.log_evidence


@pytest.mark.parametrize("seed", range(6))
def test_where_a_flow_is_narrow_the_evidence_is_that_integral_too(seed):
    drawn = 2 * torch.rand(6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) - 1
    flow = Couplings((Coupling(1.5 * float(drawn[0]), 2 * float(drawn[1])), Coupling(1.5 * float(drawn[2]), 2.0)))
    x = 2 * drawn[4:]
    axis = torch.linspace(-6, 6, 1201, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    joint = -0.5 * z.square().sum(1) - math.log(2 * math.pi) + Normal(flow.forward(z)[0], 1.0).log_prob(x).sum(1)
    expected = float(joint.logsumexp(0)) + 2 * math.log(12 / 1200)
    assert judged(flow, x, 1.0).log_evidence == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("x", points(4, 2))
def test_the_bound_is_below_the_evidence_by_the_kl_of_q(x):
    axis = torch.linspace(-6, 6, 1201, dtype=torch.float64)
    z, found = torch.cartesian_prod(axis, axis), judged(TWISTED, x, 0.3)
    log_q = MultivariateNormal(found.mean, found.covariance).log_prob(z)
    joint = -0.5 * z.square().sum(1) - math.log(2 * math.pi)
    joint += Normal(TWISTED.forward(z)[0], 0.3).log_prob(x).sum(1)
    divergence = float((log_q.exp() * (log_q - joint + found.log_evidence)).sum() * (12 / 1200) ** 2)
    assert found.log_evidence - found.elbo == pytest.approx(divergence, abs=1e-3)


def test_of_a_straight_flow_the_bound_touches():
    flow = Monotone(0.4, 1.5)
    for x in points(5, 1):
        found = judged(flow, x, 0.7)
        exact = float(Normal(0.4, math.hypot(1.5, 0.7)).log_prob(x))
        assert found.elbo == pytest.approx(exact, abs=1e-6) and found.log_evidence == pytest.approx(exact, abs=1e-6)


def test_without_noise_the_bound_is_the_flows_log_density():
    for flow, xs in ((HUMPS, points(5, 1)), (TWISTED, points(5, 2))):
        for x in xs:
            exact = float(flow.log_density(x if flow is HUMPS else x[None]))
            gaps = [abs(judged(flow, x, noise).elbo - exact) for noise in (0.02, 0.002)]
            assert gaps[1] < max(gaps[0], 1e-5) and gaps[1] < 1e-3


def test_noise_is_above_zero():
    with pytest.raises(ValueError, match="noise must be above 0, got 0"):
        judged(HUMPS, points(1), 0)
