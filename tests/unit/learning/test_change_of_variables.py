"""Flows: Jacobians against autograd, inverses there and back, densities that integrate to one."""

import itertools
import math

import pytest
import torch
from torch import Generator, Tensor

from vae_core.learning.change_of_variables import Bend, Coupling, Couplings, Monotone
from vae_core.learning.maximum_likelihood import ascent, central_differences

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
    ends = torch.linspace(-12, 12, 12_001, dtype=torch.float64)
    assert float(flow.log_density(ends).exp().sum() * (ends[1] - ends[0])) == pytest.approx(1, abs=1e-6)


def test_a_line_of_no_bends_is_a_gaussian():
    x = normals(50)
    expected = torch.distributions.Normal(0.5, 1.7).log_prob(x).double()
    torch.testing.assert_close(LINES[0].log_density(x), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("flow", LINES)
def test_the_share_below_is_kept(flow):
    """P(x < f(z)) = P(z < z): the density has the mass that the map moved, not its square or its inverse."""
    z = torch.tensor([-1.0, 0.2, 1.3], dtype=torch.float64)
    grid = torch.linspace(-14, 14, 28_001, dtype=torch.float64)
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
    line = torch.linspace(-14, 14, 701, dtype=torch.float64)
    mass = flow.log_density(torch.cartesian_prod(line, line)).exp().sum() * (line[1] - line[0]) ** 2
    assert float(mass) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("flow", PLANES)
def test_the_gradient_is_autograd_of_the_inverse(flow):
    x = normals(40, 2, seed=3)
    numbers = torch.tensor([[layer.stretch, layer.bend] for layer in flow.layers], dtype=torch.float64).reshape(-1, 2)
    numbers.requires_grad_()
    tracked = Couplings(tuple(Coupling(*row) for row in numbers))
    mean = tracked.log_density(x).mean()
    expected = torch.autograd.grad(mean, numbers)[0].flatten() if flow.layers else torch.zeros(0).double()
    torch.testing.assert_close(flow.gradient(x), expected, atol=1e-6, rtol=1e-6)


def test_the_gradient_on_the_line_is_that_of_its_definition():
    """By the implicit function: dz/dtheta = -(df/dtheta) / f'(z) at fixed x."""
    flow, x = LINES[2], normals(40, seed=4)
    z = flow.inverse(x).detach()
    for place, name in ((0, "shift"), (2, "height"), (5, "at")):
        value = torch.zeros((), dtype=torch.float64, requires_grad=True)
        bends = [[bend.height, bend.steepness, bend.at] for bend in flow.bends]
        if name != "shift":
            bends[(place - 2) // 2][0 if name == "height" else 2] += value
        at = z.clone().requires_grad_()

        def mapped(z, bends=bends, shift=value if name == "shift" else 0.0):
            return flow.shift + shift + flow.scale * z + sum(h * (s * (z - a)).tanh() for h, s, a in bends)

        (slope,) = torch.autograd.grad(mapped(at).sum(), at, create_graph=True)
        (curve,) = torch.autograd.grad(slope.log().sum(), at, retain_graph=True)  # d log f' / dz
        total = 0.0
        for i in range(len(z)):  # of each point: through z, then at fixed z
            (f_theta,) = torch.autograd.grad(mapped(at)[i], value, retain_graph=True)
            (log_slope,) = torch.autograd.grad(slope[i].log(), value, retain_graph=True, allow_unused=True)
            through = (-z[i] - curve[i]) * (-f_theta / slope[i].detach())
            total += float(through - (0 if log_slope is None else log_slope)) / len(z)
        assert float(flow.gradient(x)[place]) == pytest.approx(total, abs=1e-6), name


def test_the_ascent_finds_the_gaussian_and_then_more():
    """A line of no bends fits mean and standard deviation; with one bend it beats that on points in two heaps."""
    x = torch.cat([normals(100, seed=5) * 0.4 - 1.5, normals(100, seed=6) * 0.4 + 1.5])
    *_, straight = itertools.islice(ascent(Monotone(0.5, 1.0), x), 30)
    assert straight.shift == pytest.approx(float(x.mean()), abs=1e-4)
    assert straight.scale == pytest.approx(float(x.std(correction=0)), abs=1e-4)
    *_, bent = itertools.islice(ascent(Monotone(0.0, 1.0, (Bend(0.5, 3.0, 0.3),)), x), 30)
    assert bent.log_density(x).mean() > straight.log_density(x).mean() + 0.3


def test_the_ascent_on_the_plane_never_falls_and_reaches_what_made_the_points():
    truth = Couplings((Coupling(0.5, 1.5),))
    x = truth.forward(normals(400, 2, seed=7))[0]
    path = list(itertools.islice(ascent(Couplings((Coupling(0.0, 0.0),)), x), 60))
    values = [float(flow.log_density(x).mean()) for flow in path]
    assert all(after > before for before, after in itertools.pairwise(values))
    assert values[-1] >= float(truth.log_density(x).mean())
    assert path[-1].layers[0].bend == pytest.approx(1.5, abs=0.15)
    assert len(central_differences(Couplings(()), x, 0)) == 0


def test_what_has_no_inverse_is_refused():
    for refused in (lambda: Monotone(scale=0.0), lambda: Bend(-1.0, 1.0, 0.0), lambda: Bend(1.0, 0.0, 0.0)):
        with pytest.raises(ValueError, match=r"must be|above 0"):
            refused()
    assert math.isfinite(float(LINES[2].log_density(torch.tensor(300.0).double())))
