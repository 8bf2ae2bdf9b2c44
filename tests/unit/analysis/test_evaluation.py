"""What is measured on a test split, on models and codes whose figures are known."""

import json
import math
from dataclasses import replace

import pytest
import torch
from linear_gaussian import PICTURE, LinearGaussian
from scipy.ndimage import laplace

from vae_core.analysis import evaluation
from vae_core.analysis.evaluation import (
    active_units,
    encode_split,
    evaluate,
    neighbour_accuracy,
    noiseless,
    paired_difference,
    sharpness,
    simulated_bias,
    standard_error,
)
from vae_core.data import Dataset, InMemoryPictures, describe, load_dataset
from vae_core.data.presentation import present
from vae_core.models.conditional import ConditionalConfig, ConditionalVAE
from vae_core.models.distributions import diagonal_normal, kl_per_dimension
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.vae import VAE, VAEConfig

KEYS = {
    "elbo",
    "nll",
    "nll_standard_error",
    "effective_samples",
    "few_effective_samples",
    "simulated_bias",
    "simulated_bias_standard_error",
    "reconstruction",
    "kl",
    "kl_per_dimension",
    "active_units",
    "images",
    "nll_images",
    "groups",
    "importance_samples",
    "bits_per_dimension",
    "neighbour_accuracy",
    "sharpness_of_samples",
    "sharpness_of_samples_standard_error",
    "sharpness_of_reconstructions",
    "sharpness_of_reconstructions_standard_error",
}


@pytest.fixture(scope="module")
def measured(toy, digits):
    return evaluate(toy, digits, importance_samples=100)


def test_the_figures_hang_together(measured):
    assert measured.to_json().keys() == KEYS
    assert json.loads(json.dumps(measured.to_json(), allow_nan=False)) == measured.to_json()
    assert measured.elbo == pytest.approx(measured.reconstruction - measured.kl)
    assert measured.kl == pytest.approx(sum(measured.kl_per_dimension), rel=1e-5)
    assert measured.elbo < -measured.nll < 0
    assert measured.bits_per_dimension == pytest.approx(measured.nll / (64 * math.log(2)))
    assert 0 < measured.nll_standard_error < 2
    assert measured.images == measured.nll_images == measured.groups == 360 and measured.importance_samples == 100
    assert 20 < measured.effective_samples <= 100 and measured.few_effective_samples == 0
    assert abs(measured.simulated_bias) < 0.1 and 0 < measured.simulated_bias_standard_error < 0.05
    assert measured.nll == pytest.approx(-measured.log_marginal.mean().item())
    assert measured.active_units == 2
    assert 0.2 < measured.neighbour_accuracy <= 1


def test_the_seed_fixes_the_figures_and_the_global_random_state_is_left_alone(toy, digits, measured):
    before = torch.get_rng_state()
    assert evaluate(toy, digits, importance_samples=100) == measured
    assert torch.equal(torch.get_rng_state(), before)
    assert evaluate(toy, digits, importance_samples=100, seed=1).nll != measured.nll


def test_the_estimate_is_checked_on_as_many_pictures_of_every_label(digits, monkeypatch):
    model = ConditionalVAE(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(4,)), 10))
    asked = {}

    def gaps(given, pictures, samples, generator):
        asked[int(given.labels)] = pictures
        return torch.full((pictures,), float(given.labels))

    monkeypatch.setattr(evaluation, "simulated_gaps", gaps)
    mean, error = simulated_bias(model, digits.test, 360, 20, torch.Generator())
    assert asked == dict.fromkeys(range(10), 10)
    assert mean == pytest.approx(4.5) and error == pytest.approx(2.8868 / 10, rel=1e-3)
    asked.clear()
    simulated_bias(model, digits.test, 3, 20, torch.Generator())
    assert sorted(asked) == sorted(set(digits.test.labels[:3].tolist()))


@pytest.mark.parametrize("classes", [9, 11])
def test_labels_that_a_model_does_not_know_are_refused_before_anything_is_measured(digits, classes):
    vae = VAEConfig((1, 8, 8), 2, hidden=(4,))
    given = ConditionalVAE(ConditionalConfig(vae, classes))
    guessing = SemiSupervised(SemiSupervisedConfig(given.config, (4,)))
    for model in (given, guessing):
        with pytest.raises(ValueError, match=f"the model knows {classes} labels, digits has 10: name the data set"):
            evaluate(model, digits, importance_samples=1)


def laplacians(pictures):
    """The variance of the Laplacian inside each of the pictures (B, 1, H, W), as another library filters them."""
    return torch.tensor([laplace(one[0].double().numpy())[1:-1, 1:-1].var() for one in pictures])


def resampled(model, digits):
    """Shares of samples and of reconstructions: means, and standard deviations over bootstrap samples of pictures and
    draws."""
    generator = torch.Generator().manual_seed(7)
    x = digits.test.batch(slice(0, 360)).float() / 255
    drawn = laplacians(model.decode(torch.randn(4_000, 2, generator=generator)).mean)
    real, rebuilt = laplacians(x), laplacians(model.decode(model.encode(x).mean).mean)
    shares = []
    for _ in range(2_000):
        rows = torch.randint(360, (360,), generator=generator)
        some = torch.randint(4_000, (1_000,), generator=generator)
        shares.append([drawn[some].mean() / real[rows].mean(), rebuilt[rows].mean() / real[rows].mean()])
    means = drawn.mean() / real.mean(), rebuilt.mean() / real.mean()
    return torch.tensor(means).tolist(), torch.tensor(shares).std(0).tolist()


def test_sharpness_is_the_share_of_the_test_pictures_own(toy, digits, measured):
    (of_samples, of_reconstructions), (error, paired) = resampled(toy, digits)
    assert measured.sharpness_of_reconstructions == pytest.approx(of_reconstructions, rel=1e-5)
    assert measured.sharpness_of_samples == pytest.approx(of_samples, abs=3 * error) and 0.1 < of_samples < 0.9
    assert measured.sharpness_of_samples_standard_error == pytest.approx(error, rel=0.1)
    assert measured.sharpness_of_reconstructions_standard_error == pytest.approx(paired, rel=0.1)
    assert sharpness(toy, digits, 360)[0][0] == measured.sharpness_of_samples != sharpness(toy, digits, 360, 1)[0][0]


def test_the_error_of_sharpness_is_that_of_independent_pictures(toy, digits):
    rows = torch.arange(36).repeat_interleave(10)
    test = InMemoryPictures(digits.test.batch(rows))
    copies = replace(digits, test=test, test_groups=rows)
    alone = sharpness(toy, replace(digits, test=InMemoryPictures(digits.test.batch(torch.arange(36)))), 36)
    for (share, error), (same, whole) in zip(sharpness(toy, copies, 360), alone, strict=True):
        assert share == pytest.approx(same, rel=1e-5) and error == pytest.approx(whole, rel=1e-3)
    of_one_group = sharpness(toy, replace(copies, test_groups=torch.zeros(360).long()), 360)
    assert [error for _, error in of_one_group] == [None, None]


class Inked(ConditionalVAE):
    """Paints checkerboards of the contrast that the label says, whatever the latents are."""

    def decode(self, z, y=None):
        board = torch.arange(8)[:, None].add(torch.arange(8)).remainder(2) - 0.5
        return diagonal_normal(0.5 + y[:, None, None, None] / 10 * board, torch.ones(()))


def test_a_model_that_takes_labels_is_as_sharp_as_with_those_of_the_test_pictures(digits):
    model = Inked(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(4,)), 10))
    labels = digits.test.labels.double()
    own = (labels / 10 * 4).square().mean() / laplacians(digits.test.batch(slice(0, 360)).float() / 255).mean()
    turns = labels[torch.arange(1_000) % 360]
    (of_samples, _), (of_reconstructions, _) = sharpness(model, digits, 360)
    assert of_reconstructions == pytest.approx(own.item(), rel=1e-5)
    assert of_samples / of_reconstructions == pytest.approx((turns.square().mean() / labels.square().mean()).item())


def test_what_has_no_sharpness_has_no_figure_of_it(toy, digits):
    nothing = ((None, None), (None, None))
    flat = replace(digits, test=InMemoryPictures(torch.full((5, 1, 8, 8), 9, dtype=torch.uint8)))
    assert sharpness(toy, flat, 5) == nothing
    tiny = VAE(VAEConfig((1, 2, 8), 2, hidden=(4,)))
    assert sharpness(tiny, replace(digits, test=InMemoryPictures(torch.zeros(5, 1, 2, 8).byte())), 5) == nothing
    mixing = SemiSupervised(SemiSupervisedConfig(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(4,)), 10), (4,)))
    assert sharpness(mixing, digits, 360) == nothing
    assert not any(name.startswith("sharpness") for name in evaluate(mixing, digits, 1, limit=5).to_json())


def test_more_samples_find_a_higher_likelihood(toy, digits, measured):
    assert evaluate(toy, digits, importance_samples=2).nll > measured.nll


def test_the_likelihood_may_be_measured_on_fewer_pictures(toy, digits, measured):
    some = evaluate(toy, digits, 100, likelihood_limit=50)
    assert some.nll_images == some.groups == 50 and some.images == 360 and len(some.log_marginal) == 50
    assert some.elbo == pytest.approx(measured.elbo, abs=0.05)
    assert some.nll == pytest.approx(-measured.log_marginal[:50].mean().item(), abs=0.2)


def test_pictures_of_one_group_are_no_independent_draws(toy, digits):
    groups = torch.arange(8).repeat_interleave(45)
    grouped = evaluate(toy, replace(digits, test_groups=groups), 20)
    means = grouped.log_marginal.reshape(8, 45).mean(1)
    assert grouped.groups == 8
    assert grouped.nll_standard_error == pytest.approx((means.std() / 8**0.5).item(), rel=1e-4)
    one = evaluate(toy, replace(digits, test_groups=torch.zeros(360).long()), 2, likelihood_limit=20)
    assert one.nll_standard_error is None


def test_copies_of_one_value_count_once():
    """Ten copies of each of a hundred values: the errors are those of the values, not of the copies."""
    values = torch.randn(100, generator=torch.Generator().manual_seed(0))
    copies = values.repeat_interleave(10)
    groups = torch.arange(100).repeat_interleave(10)
    assert standard_error(copies, groups) == pytest.approx(standard_error(values), rel=1e-5)
    assert standard_error(values) == pytest.approx((values.std() / 10).item(), rel=1e-5)
    assert standard_error(copies) < standard_error(values) / 3


def test_models_compare_by_paired_differences():
    generator = torch.Generator().manual_seed(0)
    hard = 30 * torch.randn(500, generator=generator)
    first, second = hard + torch.randn(500, generator=generator), hard + 1 + torch.randn(500, generator=generator)
    difference, error = paired_difference(second, first)
    assert difference == pytest.approx(1, abs=4 * error) and error == pytest.approx((2 / 500) ** 0.5, rel=0.15)


@pytest.mark.parametrize("limit", [1, 7, 360, 10_000])
def test_a_limit_takes_the_first_pictures(toy, digits, limit):
    done = []
    few = evaluate(toy, digits, 2, limit, report=lambda *progress: done.append(progress))
    count = min(limit, 360)
    assert few.images == count
    assert done[-1] == (count, count)
    assert (few.nll_standard_error is None) == (count == 1)
    json.dumps(few.to_json(), allow_nan=False)


def test_many_pictures_are_measured_in_parts(toy, digits, monkeypatch):
    monkeypatch.setattr(evaluation, "BATCH", 100)
    done = []
    evaluate(toy, digits, 1, report=lambda *progress: done.append(progress))
    assert done == [(100, 360), (200, 360), (300, 360), (360, 360)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": 0}, "limit must be at least 1, got 0"),
        ({"importance_samples": 0}, "samples must be at least 1, got 0"),
        ({"seed": -1}, "seed must be between 0 and 2147483647, got -1"),
    ],
)
def test_bad_arguments_are_refused(toy, digits, arguments, message):
    with pytest.raises(ValueError, match=message):
        evaluate(toy, digits, **arguments)


def test_pictures_of_another_shape_are_refused(toy):
    with pytest.raises(ValueError, match=r"pictures of shape \(1, 8, 8\) .* sprites has \(1, 32, 32\): name the data"):
        evaluate(toy, load_dataset("sprites"))


def test_active_units_are_counted_by_the_variance_of_their_means():
    torch.manual_seed(0)
    spread = torch.tensor([1.0, 0.11, 0.09, 0.0])  # standard deviations; 0.1 is the threshold
    means = torch.randn(10_000, 4)
    means = (means - means.mean(0)) / means.std(0, correction=0) * spread + torch.tensor([5.0, -3.0, 100.0, 1.0])
    assert active_units(means) == 2
    assert active_units(torch.ones(3, 5)) == 0


class Placing(torch.nn.Module):
    """Encodes a picture at the place that its first two pixels name, and decodes all latents to grey."""

    config = VAEConfig((1, 1, 2), 2)

    def encode(self, x):
        return diagonal_normal(x.flatten(1), torch.ones(len(x), 2))


def pictures_at(places, labels):
    images = torch.tensor(places, dtype=torch.uint8).reshape(-1, 1, 1, 2)
    return InMemoryPictures(images, None if labels is None else torch.tensor(labels))


def test_neighbours_tell_separate_labels_apart(digits):
    left, right = [(x, 10) for x in range(20)], [(200 + x, 10) for x in range(20)]
    train = pictures_at(left + right, [0] * 20 + [1] * 20)
    test = pictures_at([(5, 12), (10, 8), (210, 10), (205, 11)], [0, 0, 1, 0])
    dataset = Dataset(digits.info, train, test)
    assert neighbour_accuracy(Placing(), dataset, 4) == 0.75
    assert neighbour_accuracy(Placing(), dataset, 3) == 1.0


def test_a_few_training_codes_are_all_neighbours(digits):
    dataset = Dataset(digits.info, pictures_at([(0, 0), (9, 9), (8, 9)], [0, 1, 1]), pictures_at([(0, 0)], [1]))
    assert neighbour_accuracy(Placing(), dataset, 1) == 1.0


def test_training_codes_are_spread_over_the_split(digits, monkeypatch):
    monkeypatch.setattr(evaluation, "NEIGHBOUR_CODES", 20)
    places = [(0, 0)] * 50 + [(200, 200)] * 50  # sorted by label: the first 20 are all of one kind
    dataset = Dataset(digits.info, pictures_at(places, [0] * 50 + [1] * 50), pictures_at([(200, 200)], [1]))
    assert neighbour_accuracy(Placing(), dataset, 1) == 1.0


def test_without_labels_there_is_no_accuracy(digits):
    unlabelled = Dataset(digits.info, pictures_at([(0, 0)], None), pictures_at([(0, 0)], None))
    assert neighbour_accuracy(Placing(), unlabelled, 1) is None


def test_codes_are_of_the_grey_pictures(toy, digits):
    codes = encode_split(toy, digits.test)
    x = digits.test.batch(slice(0, 5)).float() / 255
    posterior = toy.encode(x)
    assert torch.allclose(codes.mean[:5], posterior.mean, atol=1e-6)
    assert torch.allclose(codes.stddev[:5], posterior.stddev, atol=1e-6)
    error = -toy.decode(posterior.mean).log_prob(x)
    assert torch.allclose(codes.reconstruction_error[:5], error, rtol=1e-5)
    assert torch.equal(codes.labels, digits.test.labels)
    assert torch.equal(codes.indices, torch.arange(360))
    assert torch.allclose(codes.kl[:5], kl_per_dimension(posterior, toy.prior), atol=1e-5)


def test_faces_are_encoded_at_the_mean_of_what_training_shows():
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(8,), likelihood="gaussian")).eval()
    images = torch.randint(0, 256, (20, 1, 8, 8), dtype=torch.uint8)
    noise = torch.Generator().manual_seed(1)
    shown = torch.stack([present(images, "gaussian", noise) for _ in range(500)]).mean(0)
    assert (shown - noiseless(images, "gaussian")).abs().max() < 5 / 256 / math.sqrt(12 * 500)
    codes = encode_split(model, InMemoryPictures(images))
    assert torch.allclose(codes.mean, model.encode((images + 0.5) / 256).mean, atol=1e-6)


def test_codes_of_some_pictures_keep_their_places(toy, digits):
    some = torch.tensor([300, 4, 17])
    codes = encode_split(toy, digits.test, some)
    assert torch.equal(codes.indices, some)
    assert torch.equal(codes.labels, digits.test.labels[some])
    assert torch.allclose(codes.mean, encode_split(toy, digits.test).mean[some], atol=1e-6)


def test_the_elbo_of_codes_is_the_models():
    model = LinearGaussian(shift=0.2)
    pictures = InMemoryPictures(torch.randint(0, 256, (2_000, *PICTURE), dtype=torch.uint8))
    codes = encode_split(model, pictures)
    difference = codes.elbo - model.elbo((pictures.images.double() + 0.5) / 256)  # (N,): 16 draws of z each
    assert difference.mean().abs() < 4.5 * difference.std() / math.sqrt(2_000)
    assert codes.labels is None


def test_colour_and_gaussian_pictures_are_measured():
    torch.manual_seed(0)
    pictures = InMemoryPictures(torch.randint(0, 256, (30, 3, 8, 8), dtype=torch.uint8))
    dataset = Dataset(replace(describe("digits"), shape=(3, 8, 8), likelihood="gaussian"), pictures, pictures)
    measured = evaluate(VAE(VAEConfig((3, 8, 8), 4, hidden=(8,), likelihood="gaussian")), dataset, 5)
    assert measured.neighbour_accuracy is None
    assert measured.bits_per_dimension == pytest.approx(measured.nll / (192 * math.log(2)) + 8)
