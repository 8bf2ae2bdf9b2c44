"""Paths, the evidence beside them and directions, against closed forms and Monte Carlo."""

import math

import pytest
import torch
from torch import nn

from vae_core.analysis.neighbour_graph import NeighbourGraph
from vae_core.analysis.traversal import (
    analogy,
    best_threshold,
    cohens_d,
    cycle_error,
    direction,
    linear,
    path_length,
    prior_norm_percentile,
    spherical,
    walk,
)
from vae_core.models.distributions import diagonal_normal, picture_normal

TIMES = torch.linspace(0, 1, 21)


class LinearModel(nn.Module):
    """Decodes z to a picture that is linear in z, and encodes it back with a constant offset."""

    def __init__(self, latent_dim: int = 3, offset: float = 0.25):
        super().__init__()
        torch.manual_seed(0)
        self.matrix = torch.linalg.qr(torch.randn(16, latent_dim))[0] * 2  # orthogonal columns of length 2
        self.offset = offset

    def decode(self, z):
        return picture_normal((z @ self.matrix.T).unflatten(-1, (1, 4, 4)), torch.tensor(1.0))

    def encode(self, x):
        mean = x.flatten(1) @ self.matrix / 4 + self.offset
        return diagonal_normal(mean, torch.ones_like(mean))


def ring(count: int = 600, spread: float = 0.04) -> torch.Tensor:
    torch.manual_seed(0)
    angle, radius = torch.rand(count) * 2 * math.pi, 1 + spread * torch.randn(count)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)


@pytest.mark.parametrize("dimensions", [2, 10, 50])
def test_the_sphere_keeps_the_norm_between_equal_norms(dimensions):
    torch.manual_seed(0)
    a, b = torch.nn.functional.normalize(torch.randn(2, 40, dimensions), dim=-1) * 3
    for t in TIMES:
        assert torch.allclose(spherical(a, b, t).norm(dim=-1), torch.full((40,), 3.0), atol=1e-5)
    assert (linear(a, b, 0.5).norm(dim=-1) < 3).all()


def test_the_sphere_turns_evenly_and_interpolates_unequal_norms():
    a, b = torch.tensor([2.0, 0.0, 0.0]), torch.tensor([0.0, 5.0, 0.0])
    path = spherical(a, b, TIMES[:, None])  # (21, 3)
    assert torch.allclose(path.norm(dim=1), 2 + 3 * TIMES, atol=1e-5)
    assert torch.allclose(torch.atan2(path[:, 1], path[:, 0]), TIMES * math.pi / 2, atol=1e-5)
    assert torch.allclose(path[[0, -1]], torch.stack([a, b]), atol=1e-6)


def test_the_sphere_is_straight_where_it_has_no_circle():
    a = torch.tensor([1.0, 2.0])
    for b in (3 * a, a, -a, torch.zeros(2), a + 1e-5):
        assert torch.allclose(spherical(a, b, 0.3), linear(a, b, 0.3), atol=1e-5)
    assert torch.equal(spherical(torch.zeros(2), torch.zeros(2), 0.3), torch.zeros(2))
    one_dimensional = torch.tensor([[1.0], [-2.0]])
    assert torch.allclose(spherical(*one_dimensional, 0.5), torch.tensor([-0.5]))


def test_the_sphere_is_continuous_where_it_turns_straight():
    a = torch.tensor([1.0, 0.0])
    for angle in (0.9e-3, 1.1e-3):
        b = torch.tensor([math.cos(angle), math.sin(angle)])
        assert torch.allclose(spherical(a, b, 0.37), linear(a, b, 0.37), atol=1e-6)


@pytest.mark.parametrize("between", [linear, spherical])
def test_a_walk_meets_its_stops_in_order(between):
    torch.manual_seed(0)
    stops = torch.randn(5, 4)
    assert torch.allclose(walk(stops, torch.linspace(0, 1, 5), between), stops, atol=1e-5)
    half = walk(stops, torch.tensor([0.125, 0.875]), between)  # the middles of the first and the last leg
    assert torch.allclose(half, between(stops[[0, 3]], stops[[1, 4]], 0.5), atol=1e-5)
    assert torch.allclose(walk(stops, torch.tensor([-1.0, 2.0]), between), stops[[0, 4]], atol=1e-6)


def test_a_walk_crosses_pictures_and_stays_at_a_single_stop():
    pictures = torch.rand(2, 1, 4, 4)
    assert torch.allclose(walk(pictures, torch.tensor([0.25]))[0], 0.75 * pictures[0] + 0.25 * pictures[1])
    assert torch.equal(walk(pictures[:1], TIMES), pictures[:1].expand(21, 1, 4, 4))
    with pytest.raises(ValueError, match="at least 1 stop"):
        walk(pictures[:0], TIMES)


def test_the_graph_follows_a_ring_where_the_straight_line_does_not():
    codes = ring()
    graph = NeighbourGraph(codes)
    a, b = torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 0.02])  # not codes themselves
    path = graph.shortest_path(a, b, 33)
    assert torch.equal(path[[0, -1]], torch.stack([a, b]))
    assert ((path.norm(dim=1) - 1).abs() < 0.12).all()
    assert walk(torch.stack([a, b]), TIMES).norm(dim=1).min() < 0.1
    assert torch.cdist(path, codes).min(1).values.max() < 0.15
    assert torch.cdist(walk(torch.stack([a, b]), TIMES), codes).min(1).values.max() > 0.7
    steps = (path[1:] - path[:-1]).norm(dim=1)
    assert steps.max() < 1.1 * steps.min()  # even pace
    turns = torch.nn.functional.cosine_similarity(path[1:-1] - path[:-2], path[2:] - path[1:-1])
    assert turns.min() > 0.9  # no corners: the angle between steps is that of the ring, 5 degrees, and some
    visited = graph.visited(a, b)
    assert visited.dtype == torch.int64 and len(visited) > 10
    assert (codes[visited].norm(dim=1) - 1).abs().max() < 0.2


def test_the_graph_bridges_what_falls_apart():
    torch.manual_seed(0)
    islands = [torch.randn(size, 3) + 100 * place for place, size in enumerate((40, 7, 25))]
    codes = torch.cat(islands)
    graph = NeighbourGraph(codes, neighbours=3)
    visited = graph.visited(codes[0], codes[-1])
    assert visited[0] == 0 and visited[-1] == len(codes) - 1
    crossed = [int(visited[visited >= start][0]) for start in (40, 47)]
    apart = torch.cdist(islands[0], islands[1])
    shortest = divmod(int(apart.argmin()), 7)
    assert shortest[0] in visited and 40 + shortest[1] == crossed[0]


def test_the_graph_stands_equal_codes_few_codes_and_equal_ends():
    same = NeighbourGraph(torch.ones(30, 2), neighbours=3)
    assert torch.equal(same.shortest_path(torch.ones(2), torch.ones(2), 5), torch.ones(5, 2))
    two = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    path = NeighbourGraph(two).shortest_path(two[0], two[1], 5)
    assert torch.allclose(path[:, 0], torch.linspace(0, 1, 5), atol=1e-2) and path.dtype == two.dtype
    for bad in (lambda: NeighbourGraph(two[:1]), lambda: NeighbourGraph(two, 0)):
        with pytest.raises(ValueError, match="at least 2 codes and 1 neighbour"):
            bad()
    with pytest.raises(ValueError, match="at least 2 stops"):
        NeighbourGraph(two).shortest_path(two[0], two[1], 1)


@pytest.mark.parametrize("dimensions", [1, 2, 7, 50])
def test_norm_percentiles_are_those_of_the_prior(dimensions):
    torch.manual_seed(0)
    drawn = torch.randn(200_000, dimensions).norm(dim=1)
    direction_of_z = torch.nn.functional.normalize(torch.randn(5, dimensions), dim=1)
    norms = torch.quantile(drawn[:100_000], torch.tensor([0.01, 0.25, 0.5, 0.9, 0.999]))
    found = prior_norm_percentile(direction_of_z * norms[:, None])
    expected = 100 * (drawn[None] < norms[:, None]).double().mean(1)
    assert torch.allclose(found.double(), expected, atol=0.4)
    assert prior_norm_percentile(torch.zeros(dimensions)) == 0
    assert prior_norm_percentile(torch.full((dimensions,), 20.0)) == 100


def test_the_length_of_a_linear_decoders_path_is_the_chord():
    model = LinearModel()
    a, b = torch.tensor([1.0, 2.0, -1.0]), torch.tensor([-2.0, 0.5, 3.0])
    lengths = path_length(model, walk(torch.stack([a, b]), TIMES))
    chord = (model.matrix @ (a - b)).norm()
    assert lengths[0] == 0 and torch.allclose(lengths[-1], chord, rtol=1e-5)
    assert torch.allclose(lengths, TIMES * chord, atol=1e-4)
    circle = torch.tensor([[math.cos(w), math.sin(w), 0.0] for w in torch.linspace(0, 2 * math.pi, 600)])
    assert abs(path_length(model, circle)[-1] - 2 * 2 * math.pi) < 1e-3  # radius 1, stretched by 2
    assert path_length(model, a[None]).tolist() == [0.0]


def test_the_cycle_error_is_what_the_encoder_misses_by():
    z = torch.randn(300, 3, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(cycle_error(LinearModel(), z), torch.full((300,), 0.25 * math.sqrt(3)), atol=1e-5)
    assert cycle_error(LinearModel(offset=0), z).max() < 1e-5
    some = cycle_error(LinearModel(), z, torch.tensor([0, 2]))
    assert torch.allclose(some, torch.full((300,), 0.25 * math.sqrt(2)), atol=1e-5)
    assert torch.equal(cycle_error(LinearModel(), z, torch.zeros(0, dtype=torch.int64)), torch.zeros(300))


def test_cohens_d_is_its_formula():
    torch.manual_seed(0)
    first, second = torch.randn(30).double() * 2, torch.randn(45).double() + 1
    pooled = math.sqrt((29 * first.var() + 44 * second.var()) / 73)
    assert cohens_d(first, second) == pytest.approx(float(second.mean() - first.mean()) / pooled, rel=1e-12)
    assert math.isnan(cohens_d(torch.ones(3), torch.ones(3)))


def test_a_direction_finds_what_separates_two_groups():
    torch.manual_seed(0)
    codes = torch.randn(4000, 6)
    codes[1000:, 2] += 3.0  # d = 3 along one axis; unequal groups
    first, second = torch.arange(1000), torch.arange(1000, 4000)
    found = direction(codes, first, second)
    assert torch.allclose(found.vector, codes[1000:].mean(0) - codes[:1000].mean(0), atol=1e-6)
    assert found.cohens_d == pytest.approx(3.0, abs=0.25)  # its standard error is 0.07
    assert found.accuracy == pytest.approx(0.5 + 0.5 * math.erf(1.5 / math.sqrt(2)), abs=0.03)  # Phi(d / 2)
    assert found.held_out == 2000
    assert direction(codes, first, second).accuracy == found.accuracy  # the halves are drawn with a fixed seed


def test_a_direction_between_equals_promises_nothing():
    torch.manual_seed(0)
    codes = torch.randn(200, 50)  # many dimensions: on the codes it was fitted to, the axis would look good
    found = direction(codes, torch.arange(100), torch.arange(100, 200))
    assert abs(found.cohens_d) < 0.5 and abs(found.accuracy - 0.5) < 0.12


def test_small_empty_and_overlapping_groups():
    codes = torch.randn(10, 2, generator=torch.Generator().manual_seed(0))
    few = direction(codes, torch.tensor([0]), torch.tensor([1, 2, 3, 4, 5]))
    assert math.isnan(few.cohens_d) and math.isnan(few.accuracy) and few.held_out == 0
    assert torch.allclose(few.vector, codes[1:6].mean(0) - codes[0])
    with pytest.raises(ValueError, match="first group has no codes"):
        direction(codes, torch.tensor([], dtype=torch.int64), torch.tensor([1]))
    with pytest.raises(ValueError, match="share 1 code:"):
        direction(codes, torch.tensor([0, 1]), torch.tensor([1, 2]))


def test_the_best_threshold_separates_best():
    assert best_threshold(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([3.0, 4.0])) == 2.5
    assert best_threshold(torch.tensor([0.0, 0.0, 5.0]), torch.tensor([0.0, 4.0, 4.0])) == 2.0
    torch.manual_seed(0)
    first, second = torch.randn(60), torch.randn(20) + 1
    found = best_threshold(first, second)

    def balanced(threshold):
        return float((first <= threshold).double().mean() + (second > threshold).double().mean())

    assert balanced(found) == pytest.approx(max(map(balanced, torch.cat([first, second]))))


def test_analogies_add_what_tells_two_codes_apart():
    a, b, c = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(analogy(a, b, c), a - b + c)
    assert torch.allclose(analogy(a, b, b), a, atol=1e-6)
