"""Maps of a latent space, and the way back from a point of the map."""

import pytest
import torch

from vae_core.analysis.projection import PROJECTIONS, nearest_codes_inverse, on_plane, plane_inverse, project


@pytest.fixture
def codes():
    torch.manual_seed(0)
    return torch.randn(300, 6) * torch.tensor([3.0, 2.0, 1.0, 0.5, 0.2, 0.1])


def test_pca_finds_the_plane_of_most_variance(codes):
    projected = project(codes, "pca")
    _, _, right = torch.linalg.svd(codes - codes.mean(0), full_matrices=False)
    components = projected["pca_components"]
    assert torch.allclose(components @ components.T, torch.eye(2), atol=1e-5)
    assert torch.allclose((components @ right[:2].T).abs(), torch.eye(2), atol=1e-4)
    assert torch.allclose(projected["pca_mean"], codes.mean(0), atol=1e-6)
    assert torch.allclose(projected["pca"], (codes - codes.mean(0)) @ components.T, atol=1e-4)
    assert {name: tuple(tensor.shape) for name, tensor in projected.items()} == {
        "pca": (300, 2),
        "pca_components": (2, 6),
        "pca_mean": (6,),
    }


def test_the_plane_has_an_exact_inverse(codes):
    projected = project(codes, "pca")
    points = torch.randn(50, 2) * 5
    z = plane_inverse(points, projected["pca_components"], projected["pca_mean"])
    assert z.shape == (50, 6)
    returned = (z - projected["pca_mean"]) @ projected["pca_components"].T
    assert torch.allclose(returned, points, atol=1e-5)
    assert torch.equal(on_plane(z, projected["pca_components"], projected["pca_mean"]), returned)


def test_two_dimensions_are_turned_not_reduced():
    codes = torch.randn(100, 2) @ torch.tensor([[2.0, 1.0], [0.0, 0.5]])
    projected = project(codes, "pca")
    z = plane_inverse(projected["pca"], projected["pca_components"], projected["pca_mean"])
    assert torch.allclose(z, codes, atol=1e-5)


@pytest.fixture
def umap_like():
    """A map that turns and stretches a grid of latents, so that neighbours stay neighbours."""
    latents = torch.cartesian_prod(torch.linspace(-2, 2, 41), torch.linspace(-2, 2, 41))  # (1681, 2)
    turn = torch.tensor([[0.0, 5.0], [-5.0, 0.0]])
    return latents @ turn + 40, latents, turn


def test_at_a_code_the_inverse_gives_that_code(codes):
    torch.manual_seed(1)
    projected = torch.randn(300, 2) * 10 + 100  # far from the origin, where distances lose their last digits
    z, round_trip, *_ = nearest_codes_inverse(projected, projected, codes)
    assert z.shape == (300, 6) and round_trip.shape == (300,)
    assert (z - codes).abs().max() < 0.01
    assert round_trip.max() < 0.1


def test_between_codes_a_faithful_map_is_inverted(umap_like):
    projected, latents, turn = umap_like
    torch.manual_seed(0)
    wanted = torch.rand(200, 2) * 3.8 - 1.9
    z, round_trip, *_ = nearest_codes_inverse(wanted @ turn + 40, projected, latents)
    assert (z - wanted).norm(dim=1).max() < 0.1  # the grid's spacing
    assert round_trip.max() < 0.5  # the spacing on the map


def test_the_round_trip_tells_where_the_map_is_torn():
    """Two far regions of the latent space lie side by side on the map: between them is nothing."""
    torch.manual_seed(0)
    latents = torch.cat([torch.randn(200, 3) - 20, torch.randn(200, 3) + 20, torch.randn(200, 3)])
    projected = torch.cat([torch.randn(200, 2) * 0.1 + x for x in (-1.0, 1.0, 50.0)])
    _, inside, *_ = nearest_codes_inverse(torch.tensor([[-1.0, -1.0]]), projected, latents)
    _, torn, *_ = nearest_codes_inverse(torch.tensor([[0.0, 0.0]]), projected, latents, neighbours=400)
    assert inside < 0.2
    assert torn > 20


def test_fewer_codes_than_neighbours_will_do():
    latents, projected = torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    z, *_ = nearest_codes_inverse(torch.tensor([[0.5, 0.0], [0.25, 0.0]]), projected, latents)
    assert torch.allclose(z, torch.tensor([[1.0], [0.5]]))


def test_umap_maps_what_it_is_given(codes):
    """The one test that pays for UMAP's compilation."""
    groups = torch.cat([codes[:100] - 30, codes[100:200], codes[200:] + 30])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    projected = project(groups, "umap")
    assert torch.get_num_threads() == 1  # numba's own habit is to take all
    torch.set_num_threads(threads)
    assert projected.keys() == {"umap"}
    points = projected["umap"]
    assert points.shape == (300, 2) and points.dtype == torch.float32 and points.isfinite().all()
    assert torch.equal(points, project(groups, "umap")["umap"])  # seeded
    nearest = torch.cdist(points, points).fill_diagonal_(torch.inf).argmin(1)
    assert (nearest // 100 == torch.arange(300) // 100).all()  # groups stay together
    for few in (groups[:5], torch.ones(20, 3)):
        assert project(few, "umap")["umap"].isfinite().all()


def test_tsne_maps_what_it_is_given(codes):
    groups = torch.cat([codes[:40] - 30, codes[40:80] + 30])
    projected = project(groups, "tsne")
    assert projected.keys() == {"tsne"}
    points = projected["tsne"]
    assert points.shape == (80, 2) and points.dtype == torch.float32
    assert torch.equal(points, project(groups, "tsne")["tsne"])
    nearest = torch.cdist(points, points).fill_diagonal_(torch.inf).argmin(1)
    assert (nearest // 40 == torch.arange(80) // 40).all()
    assert project(codes[:5], "tsne")["tsne"].isfinite().all()


@pytest.mark.filterwarnings("ignore:invalid value encountered")
@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("spread", [0, 1e-7])
def test_a_collapsed_posterior_is_mapped_too(method, spread):
    codes = torch.ones(50, 3)
    codes[0, 0] += spread
    assert all(tensor.isfinite().all() for tensor in project(codes, method).values())


@pytest.mark.parametrize("method", PROJECTIONS)
def test_too_little_is_refused(method):
    with pytest.raises(ValueError, match="a projection needs at least 5 codes, got 4"):
        project(torch.randn(4, 3), method)
    with pytest.raises(ValueError, match="needs at least 2 latent dimensions, got 1"):
        project(torch.randn(50, 1), method)


def test_another_method_is_refused():
    with pytest.raises(ValueError, match="method must be one of pca, umap, tsne, got 'isomap'"):
        project(torch.randn(50, 3), "isomap")


def test_a_mean_of_codes_that_lie_apart_is_shorter_than_they_are_though_its_round_trip_is_perfect():
    """Eight codes on a sphere, drawn in one place: the point there is their mean, by hand."""
    generator = torch.Generator().manual_seed(0)
    around = torch.nn.functional.normalize(torch.randn(8, 6, generator=generator), dim=1) * 3
    far = 50 + torch.randn(20, 6, generator=generator)
    places = torch.cat([torch.tensor([[1.0, 0.0], [-1.0, 0.0]]).repeat(4, 1), torch.full((20, 2), 90.0)])
    inverse = nearest_codes_inverse(torch.zeros(1, 2), places, torch.cat([around, far]))
    mean = around.mean(0)
    assert torch.allclose(inverse.z[0], mean, atol=1e-6) and inverse.norm.item() == pytest.approx(3)
    assert inverse.away.item() == pytest.approx(min(float((code - mean).norm()) for code in around), rel=1e-5)
    assert inverse.z.norm() < 0.75 * inverse.norm and inverse.away > 1
    assert inverse.round_trip < 1
    at_code = nearest_codes_inverse(places[-1:], places, torch.cat([around, far[:1].repeat(20, 1)]))
    assert at_code.away.item() == pytest.approx(0, abs=1e-3)
    assert at_code.norm.item() == pytest.approx(far[0].norm().item(), rel=1e-5)
