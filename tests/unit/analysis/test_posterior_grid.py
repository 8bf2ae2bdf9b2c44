"""The posterior on a grid: against the closed form of a linear-Gaussian model, and against importance sampling."""

import math

import pytest
import torch
from linear_gaussian import LinearGaussian
from torch.distributions import MultivariateNormal, kl_divergence

from vae_core.analysis import posterior_grid
from vae_core.analysis.likelihood import elbo_terms, importance_progress
from vae_core.analysis.posterior_grid import (
    Gaussian,
    Grid,
    best_gaussian,
    box_of_mass,
    elbo_on,
    log_joint_on,
    normalised,
    posterior_shape,
    quadrature_error,
)
from vae_core.analysis.refinement import refined
from vae_core.models.codes import Codes
from vae_core.models.distributions import diagonal_normal
from vae_core.models.vae import VAE, VAEConfig

TURN = 0.6  # radians


class Tilted(LinearGaussian):
    """The same model in turned latents: p(z|x) is a Gaussian whose dimensions are tied, and q is not quite it."""

    def __init__(self):
        super().__init__()
        turned = [[math.cos(TURN), -math.sin(TURN)], [math.sin(TURN), math.cos(TURN)]]
        self.weight = self.weight @ torch.tensor(turned, dtype=torch.float64)

    def posterior(self, x: torch.Tensor) -> MultivariateNormal:
        precision = torch.eye(2) + self.weight.T @ self.weight / self.noise**2
        mean = torch.linalg.solve(precision, ((x.flatten(1) - self.bias) @ self.weight / self.noise**2)[0])
        return MultivariateNormal(mean, precision_matrix=precision)

    def encode(self, x: torch.Tensor):
        p = self.posterior(x)
        return diagonal_normal((p.mean + 0.1)[None], 1.3 * p.stddev[None])


def as_full(q) -> MultivariateNormal:
    return MultivariateNormal(q.mean[0], torch.diag(q.variance[0]))


@pytest.fixture(scope="module")
def tilted():
    model = Tilted()
    x = model.pictures(1)
    codes = Codes(torch.randn(50, 2), torch.ones(50, 2), torch.arange(50), torch.zeros(50))
    return model, x, posterior_shape(model, x, codes)


def test_log_p_of_x_and_the_posteriors_moments_are_those_of_bayes_theorem(tilted):
    model, x, found = tilted
    p = model.posterior(x)
    assert found.log_evidence == pytest.approx(model.log_marginal(x).item(), abs=1e-6)
    z = found.grid.z
    mean = found.mass @ z
    assert mean.tolist() == pytest.approx(p.mean.tolist(), abs=1e-6)
    centred = z - mean
    covariance = (found.mass[:, None] * centred).T @ centred
    assert covariance.flatten().tolist() == pytest.approx(p.covariance_matrix.flatten().tolist(), abs=1e-5)


def test_elbo_and_divergence_add_up_to_log_p_of_x(tilted):
    model, x, found = tilted
    p, q = model.posterior(x), model.encode(x)
    divergence = kl_divergence(as_full(q), p).item()
    assert found.log_evidence - found.encoder.elbo == pytest.approx(divergence, abs=1e-5)
    on_the_same_grid = elbo_on(found.log_joint, found.grid, q.mean[0].tolist(), q.stddev[0].tolist())
    assert on_the_same_grid == pytest.approx(found.encoder.elbo, abs=1e-5)


def test_the_best_gaussian_has_the_posteriors_mean_and_the_precisions_diagonal(tilted):
    """Bishop 2006, section 10.1.2: reverse KL is too narrow, 1 / P_ii and not the marginal variance."""
    model, x, found = tilted
    p = model.posterior(x)
    expected = p.precision_matrix.diagonal().rsqrt()
    assert found.best.mean == pytest.approx(p.mean.tolist(), abs=1e-3)
    assert found.best.stddev == pytest.approx(expected.tolist(), rel=1e-3)
    assert (p.stddev - expected).min() > 0.01, "the marginal variances are others"
    gap = kl_divergence(MultivariateNormal(p.mean, torch.diag(expected.square())), p).item()
    assert found.shape == pytest.approx(gap, abs=1e-5)
    assert found.amortisation + found.shape == pytest.approx(found.log_evidence - found.encoder.elbo, abs=1e-9)


def test_a_grid_judges_no_gaussian_that_it_cannot_hold():
    grid = Grid(((-1.0, -1.0), (1.0, 1.0)), 20)
    flat = torch.zeros(400, dtype=torch.float64)
    assert elbo_on(flat, grid, (0, 0), (0.2, 0.2)) == pytest.approx(1 + math.log(2 * math.pi) + 2 * math.log(0.2))
    for mean, stddev in (((0.5, 0), (0.2, 0.2)), ((0, 0), (0.3, 0.2)), ((0, 0), (0.2, 0.09))):
        assert elbo_on(flat, grid, mean, stddev) == -math.inf
    with pytest.raises(ValueError, match="must hold one of the starts"):
        best_gaussian(flat, grid, [((3, 3), (1, 1))])


@pytest.mark.parametrize(
    ("width", "least", "most"), [(0.5, 0, 1e-6), (0.12, 1e-3, 0.2), (0.05, 0.5, 10), (0.02, 10, 200)]
)
def test_a_grid_says_by_how_much_it_errs_where_a_posterior_is_narrower_than_its_cells(width, least, most):
    grid = Grid(((-4.0, -4.0), (4.0, 4.0)), 64)  # cells of 0.125
    hump = MultivariateNormal(torch.tensor([0.013, -0.029]).double(), width**2 * torch.eye(2).double())
    log_joint = hump.log_prob(grid.z)
    error = quadrature_error(log_joint, grid.side)
    assert abs(normalised(log_joint, grid)[0]) <= error + 1e-9 and least <= error <= most


def test_a_hump_between_the_cells_of_one_grid_is_in_the_box_if_another_saw_it():
    whole, close = Grid(((-4.0, -4.0), (4.0, 4.0)), 8), Grid(((2.9, 2.9), (3.1, 3.1)), 16)
    places = ((-2.0, 0.5), (3.0, 0.02))  # mean and width, in both dimensions
    parts = [
        MultivariateNormal(torch.full((2,), at).double(), width**2 * torch.eye(2).double()) for at, width in places
    ]
    seen = [(torch.stack([hump.log_prob(grid.z) for hump in parts]).logsumexp(0), grid) for grid in (whole, close)]
    assert box_of_mass(seen[:1], 10)[1] < (1.5, 1.5)
    box = box_of_mass(seen, 10)
    assert box[0] < (-3.0, -3.0) and box[1] > (3.08, 3.08)


def test_a_gaussian_on_two_humps_takes_one():
    grid = Grid(((-6.0, -6.0), (6.0, 6.0)), 96)
    humps = [MultivariateNormal(torch.tensor([at, 0.0]).double(), 0.25 * torch.eye(2).double()) for at in (-2.0, 2.0)]
    log_joint = torch.logsumexp(torch.stack([hump.log_prob(grid.z) for hump in humps]), 0) - math.log(2)
    assert normalised(log_joint, grid)[0] == pytest.approx(0, abs=1e-9)
    best = best_gaussian(log_joint, grid, [((0.0, 0.0), (1.4, 0.5)), ((1.0, 0.5), (0.5, 0.5))])
    assert abs(best.mean[0]) == pytest.approx(2, abs=0.01) and best.elbo == pytest.approx(-math.log(2), abs=1e-3)


def test_a_networks_posterior_agrees_with_importance_sampling_and_with_gradient_ascent():
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 4, 4), latent_dim=2, hidden=(16,))).eval()
    for layer in model.decoder.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.weight.data *= 3
    generator = torch.Generator().manual_seed(2)
    x = (torch.rand(1, 1, 4, 4, generator=generator) < 0.5).float()
    with torch.no_grad():
        codes = Codes(model.encode(x).mean, torch.ones(1, 2), torch.arange(1), torch.zeros(1))
        found = posterior_shape(model, x, codes)
        *_, sampled = importance_progress(model, x, 20_000, model.prior.expand((1,)), rows=5000)
    assert found.log_evidence == pytest.approx(float(sampled.log_marginal), abs=4 * float(sampled.standard_error))
    *_, ascended = refined(model, x, 300)
    drawn = elbo_terms(model, x, 20_000, generator=torch.Generator().manual_seed(3))
    assert found.encoder.elbo == pytest.approx(float(drawn.elbo), abs=4 * float(drawn.standard_error))
    assert found.best.elbo == pytest.approx(float(ascended.elbo), abs=4 * float(ascended.standard_error) + 0.005)
    assert 0 <= found.error < 0.01


def test_no_picture_of_a_shipped_model_is_less_likely_than_its_elbo_says(shipped, present):
    checkpoint, pictures = shipped("mnist-vae-2d"), present("mnist").test
    generator = torch.Generator().manual_seed(0)
    for row in range(12):
        x = torch.bernoulli(pictures.batch(torch.tensor([row])).float() / 255, generator=generator)
        found = posterior_shape(checkpoint.model, x, checkpoint.codes)
        assert found.log_evidence >= found.encoder.elbo - found.error, row


def test_cells_are_laid_as_the_browser_lays_them():
    grid = Grid(((0.0, 10.0), (4.0, 30.0)), 2)
    assert grid.z.tolist() == [[1, 15], [3, 15], [1, 25], [3, 25]] and grid.cell == 20


@pytest.mark.parametrize("count", [0, 2])
def test_several_pictures_are_refused(count):
    model = LinearGaussian()
    with pytest.raises(ValueError, match=f"of one picture over two dimensions, got {count} over 2"):
        posterior_shape(model, model.pictures(count), Codes(torch.zeros(1, 2), *[torch.zeros(1)] * 3))


def test_what_is_known_of_a_grid_is_log_p_of_x_and_z():
    model = LinearGaussian()
    x, grid = model.pictures(1), Grid(posterior_grid.wider(((0.0, 0.0), (1.0, 1.0)), 2), 3)
    assert grid.box == ((-0.5, -0.5), (1.5, 1.5))
    joint = model.decode(grid.z).log_prob(x) + model.prior.log_prob(grid.z)
    assert log_joint_on(model, x, grid).tolist() == pytest.approx(joint.tolist())


def test_on_cells_the_bound_of_any_gaussian_is_below_their_log_p_of_x_by_a_kl(tilted):
    _, _, found = tilted
    for mean, stddev in (((0.0, 0.0), (1.0, 1.0)), (found.best.mean, found.best.stddev), ((30.0, -2.0), (0.3, 2.0))):
        shares = (-0.5 * ((found.grid.z - torch.tensor(mean)) / torch.tensor(stddev)).square()).sum(1).softmax(0)
        divergence = torch.xlogy(shares, shares).sum() - (shares * found.mass.log()).sum()
        bound = posterior_grid.elbo_on_cells(found.log_joint, found.grid, mean, stddev)
        assert bound == pytest.approx(found.log_evidence - float(divergence), rel=1e-9)
    assert posterior_grid.elbo_on_cells(found.log_joint, found.grid, found.best.mean, found.best.stddev) == (
        pytest.approx(found.best.elbo, abs=1e-4)
    )


def test_an_ascent_never_falls_and_ends_at_the_best_gaussian(tilted):
    _, _, found = tilted
    path = list(posterior_grid.ascent(found.log_joint, found.grid, found.encoder))
    bounds = [q.elbo for q in path]
    assert bounds == sorted(bounds) and len(path) > 3
    assert bounds[-1] == pytest.approx(found.best.elbo, abs=1e-4)
    assert path[-1].mean == pytest.approx(found.best.mean, abs=1e-2)
    far = Gaussian((found.best.mean[0] + 1, found.best.mean[1] - 1), (0.2, 1.0), 0.0)
    *_, last = posterior_grid.ascent(found.log_joint, found.grid, far)
    assert last.elbo == pytest.approx(bounds[-1], abs=1e-4)
