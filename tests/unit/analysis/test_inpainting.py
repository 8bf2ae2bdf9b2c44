"""Completions against quadrature over the latent plane, and what every method must keep."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from vae_core.analysis import inpainting
from vae_core.analysis.importance_weights import tempered
from vae_core.analysis.inpainting import METHODS, Completions, complete, decoded
from vae_core.analysis.inpainting_errors import errors, measure_completions, measure_method
from vae_core.analysis.nearest_pictures import mean_fill, nearest_fill
from vae_core.data.masks import draw_masks
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.vae import VAE, VAEConfig

SHAPE = (1, 8, 8)


def grey(pictures):
    return pictures.float() / 255


@pytest.fixture
def x(digits):
    return (grey(digits.test.images[:6]) > 0.5).float()


@pytest.fixture
def mask():
    return draw_masks("lower", 6, SHAPE, 0.5)


@pytest.fixture(params=[*(name for name in METHODS if name != "partial-conv"), "mean", "knn"])
def method(request, digits):
    made = {"mean": lambda: mean_fill(digits.train, grey), "knn": lambda: nearest_fill(digits.train, grey, 5)}
    return made[request.param]() if request.param in made else request.param


@pytest.fixture
def model(toy):
    """The toy with an untrained encoder of incomplete pictures."""
    torch.manual_seed(0)
    masked = MaskedVAE(MaskedConfig(toy.config, "mlp", (16,), components=3)).eval()
    masked.vae.load_state_dict(toy.state_dict())
    return masked


@torch.no_grad()
def exact_completion(model, x, mask, power=1.0):
    """E[x missing | x observed] by quadrature over the plane of z, of p(x observed | z)^power p(z)."""
    side = torch.linspace(-5, 5, 161)
    z = torch.cartesian_prod(side, side)
    pixels = model.decode(z)
    probability = pixels.mean  # (N, C, H, W)
    means = []
    for picture, observed in zip(x, mask, strict=True):
        log_each = picture * probability.log() + (1 - picture) * (1 - probability).log()
        weight = (power * (log_each * observed).sum((1, 2, 3)) - z.square().sum(1) / 2).softmax(0)
        means.append((weight[:, None, None, None] * probability).sum(0))
    return torch.where(mask, x, torch.stack(means))


def test_observed_pixels_are_kept_exactly(method, model, x, mask):
    completions = complete(method, model, x, mask, samples=4)
    assert completions.samples.shape[1:] == x.shape
    kept = mask.expand_as(x)
    assert all(torch.equal(sample[kept], x[kept]) for sample in completions.samples)
    assert completions.samples.min() >= 0 and completions.samples.max() <= 1


def test_hidden_pixels_are_never_looked_at(method, model, x, mask):
    other = torch.where(mask, x, 1 - x)
    first, second = (complete(method, model, pictures, mask, samples=4, seed=3) for pictures in (x, other))
    assert torch.equal(first.samples, second.samples)


@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_nothing_missing_and_nothing_observed_are_no_trouble(method, model, x, fraction):
    mask = draw_masks("pixels", 6, SHAPE, fraction)
    samples = complete(method, model, x, mask, samples=3).samples
    assert samples.isfinite().all()
    if fraction == 0:
        assert torch.equal(samples, x.expand_as(samples))


def test_a_seed_fixes_the_completions(model, x, mask):
    first, again, other = (complete("metropolis", model, x, mask, 5, seed) for seed in (1, 1, 2))
    assert torch.equal(first.samples, again.samples) and not torch.equal(first.samples, other.samples)


def test_importance_resampling_is_quadrature(toy, x, mask, monkeypatch):
    monkeypatch.setattr(inpainting, "DRAWS", 20_000)
    found = complete("prior", toy, x, mask, samples=20_000)
    assert (found.mean - exact_completion(toy, x, mask)).abs().max() < 0.05
    assert (found.trace["effective_samples"] > 1).all() and (found.trace["effective_samples"] <= 20_000).all()


def test_the_corrected_chain_is_quadrature(toy, x, mask):
    """Mattei and Frellsen's chain has the right limit; its traces say how it went."""
    found = complete("metropolis", toy, x, mask, samples=6000)
    assert (found.mean - exact_completion(toy, x, mask)).abs().mean() < 0.03
    steps, chains = 6000 // inpainting.CHAINS + inpainting.BURN_IN, inpainting.CHAINS
    assert found.trace["z"].shape == (steps, chains, 6, 2)
    assert found.trace["bound"].shape == found.trace["accepted"].shape == (steps, chains, 6)
    share = found.trace["accepted"].float().mean()
    assert 0.02 < share < 1


def test_pseudo_gibbs_is_near_it(toy, x, mask):
    found = complete("pseudo-gibbs", toy, x, mask, samples=3000)
    assert (found.mean - exact_completion(toy, x, mask)).abs().mean() < 0.1
    kept = found.trace["z"][inpainting.BURN_IN :]  # (T, chains, B, D)
    assert torch.equal(found.latents, kept.flatten(0, 1))
    assert not torch.equal(kept[-1, 0], kept[-1, 1])  # every chain goes its own way
    assert complete("pseudo-gibbs", toy, x, mask, samples=3).latents.shape == (3, 6, 2)
    assert complete("pseudo-gibbs", toy, x, mask, samples=13).latents.shape == (13, 6, 2)


@pytest.mark.parametrize("power", [1.0, 0.4])
def test_the_annealed_particles_are_quadrature(model, x, mask, monkeypatch, power):
    monkeypatch.setattr(inpainting, "POWER", power)
    monkeypatch.setattr(inpainting, "FIRST_DRAWS", 8000)
    found = complete("annealed", model, x, mask, samples=4000)
    assert (found.mean - exact_completion(model, x, mask, power)).abs().max() < 0.03
    assert (exact_completion(model, x, mask, 1.0) - exact_completion(model, x, mask, 0.4)).abs().max() > 0.1
    path = found.trace["temperatures"]
    assert (path[-1] == 1).all() and (path.diff(dim=0) >= 0).all()
    assert ((found.trace["first_effective"] >= 1) & (found.trace["first_effective"] <= 8000)).all()
    assert ((found.trace["accepted"] > 0.1) & (found.trace["accepted"] < 0.9)).all()
    assert complete("annealed", model, x, mask, samples=7).latents.shape == (7, 6, 2)


def test_annealing_steps_as_far_as_the_weights_allow():
    log_ratio = 5 * torch.randn(400, 3, generator=torch.Generator().manual_seed(0))
    log_ratio[:, 2] = 0  # all the same: nothing holds it back
    step = tempered(log_ratio, torch.tensor([1.0, 0.8, 0.7]), 200, inpainting.BISECTIONS)
    worth = 1 / (step * log_ratio).softmax(0).square().sum(0)
    assert worth[:2] == pytest.approx(200, rel=1e-3) and step[2] == pytest.approx(0.7)
    weights = log_ratio.mul(0.2).softmax(0)
    chosen = inpainting.systematic(weights, 90, torch.Generator().manual_seed(0))
    for column, share in zip(chosen.T, weights.T, strict=True):
        times = column.bincount(minlength=400)
        assert len(column) == 90 and ((times - 90 * share).abs() < 1 + 1e-3).all()


def test_the_likelihood_of_bits_is_that_of_the_observed_pixels(model, x, mask):
    z = torch.randn(5, 6, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = inpainting.observed_likelihood(model, x, mask, z)
        each = torch.distributions.Bernoulli(model.decode(z).mean).log_prob(x)
    assert torch.allclose(found, (each * mask).sum((-3, -2, -1)), atol=1e-3)


def test_the_gradient_climbs_to_the_best_z(toy, x, mask):
    found = complete("gradient", toy, x, mask, samples=8)
    path = found.trace["objective"]
    assert path.shape == (inpainting.GRADIENT_STEPS, 6) and (path[-1] >= path[0]).all()
    side = torch.linspace(-4, 4, 201)
    z = torch.cartesian_prod(side, side)[:, None].expand(-1, 6, -1)
    best = (inpainting.observed_likelihood(toy, x, mask, z) + toy.prior.log_prob(z)).amax(0)
    assert (path[-1] > best - 0.3).float().mean() >= 0.8  # an optimum for nearly all of the pictures


def test_nearest_neighbours_are_scikit_learns(digits, toy, x, mask):
    found = complete(nearest_fill(digits.train, grey, 5), toy, x, mask)
    seen = mask[0, 0].flatten().numpy()
    train = grey(digits.train.images).flatten(1).numpy()
    nearest = NearestNeighbors(n_neighbors=5).fit(train[:, seen]).kneighbors(x.flatten(1).numpy()[:, seen])[1]
    mean = torch.from_numpy(np.clip(train[nearest], 0.005, 0.995).mean(1)).reshape(6, *SHAPE)
    assert torch.allclose(found.mean, torch.where(mask, x, mean), atol=1e-5)


def test_the_mean_fill_is_the_mean(digits, toy, x, mask):
    found = complete(mean_fill(digits.train, grey), toy, x, mask)
    assert torch.allclose(found.mean, torch.where(mask, x, grey(digits.train.images).mean(0)), atol=1e-6)


def test_errors_are_of_missing_pixels_alone(toy):
    truth = torch.tensor([1.0, 0.0, 1.0, 1.0]).reshape(1, 1, 2, 2)
    mask = torch.tensor([True, True, False, False]).reshape(1, 1, 2, 2)
    two = torch.tensor([[1.0, 0.0, 0.9, 0.5], [1.0, 0.0, 0.7, 0.1]]).reshape(2, 1, 1, 2, 2)
    found = errors(measure_completions(Completions(two), toy, truth, mask))
    assert found.rmse_missing == pytest.approx(math.sqrt((0.2**2 + 0.7**2) / 2))
    assert found.cross_entropy_missing == pytest.approx(-(math.log(0.8) + math.log(0.3)) / 2)
    assert found.log_likelihood_missing == pytest.approx(math.log((0.9 * 0.5 + 0.7 * 0.1) / 2) / 2)
    assert found.variance_ratio == pytest.approx((0.04 + 0.49) / (0.16 + 0.21))
    assert found.coverage == 1.0 and found.expected_coverage == pytest.approx((0.8 + 1.0) / 2)  # 0.8 has only 1
    assert set(found.standard_errors.values()) == {None}  # of one picture
    with pytest.raises(ValueError, match="nothing is missing"):
        errors(measure_completions(Completions(two), toy, truth, torch.ones_like(mask)))


def test_standard_errors_are_those_of_drawing_other_pictures():
    """Against the bootstrap, with holes of different sizes."""
    torch.manual_seed(0)
    pixels = torch.randint(5, 60, (400,)).double()
    sums = {name: pixels * (rate + 0.1 * torch.randn(400)) for name, rate in (("squared", 0.3), ("cross_entropy", 0.2))}
    sums |= {"variance": pixels * (0.25 + 0.05 * torch.randn(400)), "expected_covered": pixels}
    sums |= {"pixels": pixels, "covered": 0.9 * pixels, "log_likelihood": -sums["cross_entropy"]}
    found = errors(sums)
    again = []
    for _ in range(1000):
        drawn = torch.randint(400, (400,))
        again.append(errors({name: value[drawn] for name, value in sums.items()}))
    for name in ("rmse_missing", "cross_entropy_missing", "log_likelihood_missing", "variance_ratio"):
        expected = np.std([getattr(one, name) for one in again])
        assert found.standard_errors[name] == pytest.approx(expected, rel=0.1)
    assert found.standard_errors["coverage"] == pytest.approx(0, abs=1e-12)


def test_pictures_of_one_group_count_as_one():
    """With groups an error is that of the groups' own sums, whatever their pictures are."""
    draw = torch.Generator().manual_seed(0)
    pixels = torch.randint(5, 60, (30,), generator=draw).double()
    names = ("squared", "variance", "covered", "expected_covered", "cross_entropy", "log_likelihood")
    sums = {"pixels": pixels} | {name: pixels * torch.rand(30, generator=draw).double() for name in names}
    groups = torch.randint(0, 6, (30,), generator=draw) * 10
    joined = {name: torch.stack([value[groups == g].sum() for g in groups.unique()]) for name, value in sums.items()}
    found, expected = errors(sums, groups), errors(joined)
    assert found.standard_errors == pytest.approx(expected.standard_errors)
    assert found.rmse_missing == pytest.approx(expected.rmse_missing)
    assert all(found.standard_errors[name] != value for name, value in errors(sums).standard_errors.items())
    assert set(errors(sums, torch.zeros(30)).standard_errors.values()) == {None}


def test_frames_of_a_film_are_measured_by_runs(digits, toy, tmp_path):
    runs = torch.arange(30) // 6
    film = replace(digits, test_groups=runs)
    knn, naive = (measure_method(name, toy, film, "lower", 0.5, 30, 5) for name in ("knn", "naive"))
    plain = measure_method("naive", toy, digits, "lower", 0.5, 30, 5)
    row = naive.beside(knn, toy).to_json()
    assert row["groups"] == 5 and "groups" not in plain.to_json()
    assert row["standard_errors"]["coverage"] != plain.errors.standard_errors["coverage"]
    apart = naive.sums["cross_entropy"].double() - knn.sums["cross_entropy"].double()
    by_run = torch.stack([apart[runs == run].sum() for run in runs.unique()]) / naive.sums["pixels"].sum()
    expected = math.sqrt(5 / 4 * float((by_run - by_run.mean()).square().sum()))  # runs of as many pixels each
    assert row["beside_knn"]["standard_error"] == pytest.approx(expected, rel=1e-6)


def test_faces_have_no_cross_entropy():
    torch.manual_seed(0)
    model = VAE(VAEConfig(SHAPE, 2, hidden=(8,), likelihood="gaussian"))
    x, mask = torch.rand(3, *SHAPE), draw_masks("pixels", 3, SHAPE)
    for method in ("naive", "pseudo-gibbs", "metropolis", "importance", "gradient"):
        found = errors(measure_completions(complete(method, model, x, mask, 5), model, x, mask))
        assert found.cross_entropy_missing is None and math.isfinite(found.rmse_missing)


def test_faces_log_likelihood_is_that_of_the_decoders_gaussians():
    torch.manual_seed(0)
    model = VAE(VAEConfig(SHAPE, 2, hidden=(8,), likelihood="gaussian"))
    x, mask, z = torch.rand(1, *SHAPE), draw_masks("pixels", 1, SHAPE), torch.randn(3, 1, 2)
    noise = torch.Generator()
    with torch.no_grad():
        each = [model.decode(some).base_dist.log_prob(x)[~mask.expand_as(x)].sum() for some in z]
        found = errors(measure_completions(decoded(model, x, mask, z, noise), model, x, mask))
        one = errors(measure_completions(decoded(model, x, mask, z[:1], noise), model, x, mask))
    assert one.expected_coverage == pytest.approx(0.95, abs=1e-4)  # of one Gaussian
    expected = (torch.stack(each).logsumexp(0) - math.log(3)) / (~mask).sum()
    assert found.log_likelihood_missing == pytest.approx(float(expected), rel=1e-4)


def test_a_method_is_measured_on_the_test_split(digits, toy):
    naive, mean = (measure_method(name, toy, digits, "pixels", 0.5, limit=150, samples=5) for name in ("naive", "mean"))
    assert naive.images == 150 and naive.seconds_per_image > 0
    assert naive.to_json().keys() >= {"method", "mask", "fraction", "rmse_missing", "cross_entropy_missing"}
    again = measure_method("naive", toy, digits, "pixels", 0.5, limit=150, samples=5)
    assert again.errors == naive.errors
    assert 0 < mean.errors.cross_entropy_missing < 1


def test_bad_arguments_are_told(digits, toy, x, mask):
    with pytest.raises(
        ValueError, match=r"a mask must be bool \(6, 1, 8, 8\), True = observed, got torch.bool \(6, 8, 8\)"
    ):
        complete("naive", toy, x, mask[:, 0])
    with pytest.raises(ValueError, match=r"a mask must be bool .* got torch.float32"):
        complete("naive", toy, x, mask.float())
    with pytest.raises(ValueError, match=r"method must be one of naive, .*, got 'magic'"):
        complete("magic", toy, x, mask)
    with pytest.raises(ValueError, match=r"samples must be at least 1, got 0"):
        complete("naive", toy, x, mask, 0)
    with pytest.raises(
        ValueError, match=r"partial-conv needs a model with that encoder, such as mnist-partialconv-10d"
    ):
        measure_method("partial-conv", toy, digits, limit=2)
