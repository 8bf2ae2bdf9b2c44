"""Flows: Jacobians against autograd, inverses there and back, densities that integrate to one."""

import math

import pytest
import torch
from torch import Generator, Tensor

from vae_core.learning.change_of_variables import Bend, Coupling, Couplings, Monotone

LINES = (
    Monotone(0.5, 1.7),
    Monotone(-1.0, 0.3, (Bend(1.5, 4.0, 0.0),)),
    Monotone(0.0, 0.2, (Bend(1.0, 5.0, -0.8), Bend(2.0, 3.0, 0.9), Bend(0.0, 1.0, 0.0))),
)
PLANES = (
    Couplings(()),
    Couplings((Coupling(0.8, 1.5),)),
    Couplings((Coupling(0.5, 1.0), Coupling(-0.7, 1.3), Coupling(0.4, -2.0))),
)


def normals(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("flow", LINES)
def test_on_the_line(flow):
    z = 2 * normals(200)
    x, log_slope = flow.forward(z)
    slopes = torch.autograd.functional.jacobian(lambda each: flow.forward(each)[0].sum(), z)
    torch.testing.assert_close(log_slope, slopes.log())
    torch.testing.assert_close(flow.inverse(x), z, atol=1e-10, rtol=0)
    ends = torch.linspace(-12, 12, 60_001, dtype=torch.float64)
    assert float(flow.log_density(ends).exp().sum() * (ends[1] - ends[0])) == pytest.approx(1, abs=1e-6)


def test_a_line_of_no_bends_is_a_gaussian():
    x = normals(50)
    expected = torch.distributions.Normal(0.5, 1.7).log_prob(x).double()
    torch.testing.assert_close(LINES[0].log_density(x), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("flow", LINES)
def test_the_share_below_is_kept(flow):
    """P(x < f(z)) = P(z < z): the density has the mass that the map moved, not its square or its inverse."""
    z = torch.tensor([-1.0, 0.2, 1.3], dtype=torch.float64)
    grid = torch.linspace(-14, 14, 140_001, dtype=torch.float64)
    below = torch.cumsum(flow.log_density(grid).exp(), 0) * (grid[1] - grid[0])
    found = below[torch.searchsorted(grid, flow.forward(z)[0])]
    torch.testing.assert_close(found, torch.distributions.Normal(0.0, 1.0).cdf(z).double(), atol=2e-3, rtol=0)


@pytest.mark.parametrize("flow", PLANES)
def test_on_the_plane(flow):
    z = 1.5 * normals(100, 2)
    x, log_det = flow.forward(z)
    jacobians = torch.autograd.functional.jacobian(lambda each: flow.forward(each)[0].sum(0), z).transpose(0, 1)
    torch.testing.assert_close(flow.jacobian(z), jacobians)
    torch.testing.assert_close(log_det, jacobians.det().abs().log())
    back, there = flow.inverse(x)
    torch.testing.assert_close(back, z)
    torch.testing.assert_close(there, log_det)


@pytest.mark.parametrize("flow", PLANES)
def test_its_density_integrates_to_one(flow):
    line = torch.linspace(-14, 14, 1401, dtype=torch.float64)
    mass = flow.log_density(torch.cartesian_prod(line, line)).exp().sum() * (line[1] - line[0]) ** 2
    assert float(mass) == pytest.approx(1, abs=1e-3)


def test_what_has_no_inverse_is_refused():
    for refused in (lambda: Monotone(scale=0.0), lambda: Bend(-1.0, 1.0, 0.0), lambda: Bend(1.0, 0.0, 0.0)):
        with pytest.raises(ValueError, match=r"must be|above 0"):
            refused()
    assert math.isfinite(float(LINES[2].log_density(torch.tensor(300.0).double())))
