"""Sharpness against closed forms: Laplacians of polynomials, spectra of single waves."""

import math

import pytest
import torch
from torch.nn.functional import avg_pool2d, conv2d

from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.sharpness import feature_error, fine_power, laplacian_variance, power_spectrum
from vae_core.analysis.sharpness_of_models import Sharpness, SharpnessOfModel, measure_sharpness
from vae_core.learning.adversarial import likeness
from vae_core.models.adversarial import Discriminator


def wave(cycles_down, cycles_across, height=32, width=32):
    """A picture of one spatial frequency, in cycles a pixel."""
    y, x = torch.meshgrid(torch.arange(height).double(), torch.arange(width).double(), indexing="ij")
    return (0.5 + 0.4 * torch.cos(2 * math.pi * (cycles_down * y + cycles_across * x) + 0.3))[None, None]


def polynomial(of):
    y, x = torch.meshgrid(torch.arange(9).double(), torch.arange(7).double(), indexing="ij")
    return of(x, y)[None, None]


def test_the_laplacian_of_a_quadratic_is_constant_and_of_a_cubic_linear():
    assert laplacian_variance(polynomial(lambda x, y: 3 + 2 * x - y)).item() == pytest.approx(0, abs=1e-20)
    assert laplacian_variance(polynomial(lambda x, y: x**2 + 5 * y**2 + x * y)).item() == pytest.approx(0, abs=1e-20)
    # of x^3 it is 6 x, at x = 1 ... 5: the variance of five steps of 6
    assert laplacian_variance(polynomial(lambda x, y: x**3)).item() == pytest.approx(36 * 2)


def test_the_laplacian_of_a_wave_is_the_wave_times_its_eigenvalue():
    """2 cos(2 pi f) - 2 along each axis, the discrete one."""
    whole = wave(1 / 8, 1 / 4, 34, 34)
    eigenvalue = (2 * math.cos(math.pi / 4) - 2) + (2 * math.cos(math.pi / 2) - 2)
    assert laplacian_variance(whole).item() == pytest.approx(eigenvalue**2 * 0.4**2 / 2)


def test_channels_are_averaged_and_pictures_kept_apart():
    one, other = torch.rand(2, 3, 12, 10)
    both = laplacian_variance(torch.stack([one, other]))
    assert both.shape == (2,)
    assert both[0].item() == pytest.approx(sum(laplacian_variance(c[None, None]).item() for c in one) / 3, rel=1e-5)
    assert fine_power(torch.stack([one, other]))[1].item() == pytest.approx(fine_power(other[None]).item(), rel=1e-5)


@pytest.mark.parametrize(("down", "across"), [(1 / 8, 0), (0, 1 / 4), (3 / 16, 3 / 16), (0, 3 / 8)])
def test_a_waves_power_lies_at_its_frequency_whatever_its_direction(down, across):
    frequencies, power = power_spectrum(wave(down, across))
    radius = 2 * math.hypot(down, across)  # of Nyquist, half a cycle a pixel
    assert frequencies.tolist() == [(ring + 0.5) / 16 for ring in range(16)]
    total = power[0] * torch.arange(1, 17)  # power in a ring grows with its size
    near = (frequencies - radius).abs() < 1.6 / 16
    assert total[near].sum() / total.sum() > 0.99


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_frequency_on_the_edge_of_a_ring_lies_in_the_ring_above(dtype):
    for cycles in range(1, 10):  # of ten rings, each begins at a frequency of 20 pixels
        power = power_spectrum(wave(0, cycles / 20, 28, 20).to(dtype))[1][0]
        assert power.argmax() == cycles


def test_fine_power_is_what_lies_above_a_quarter_of_nyquist():
    assert fine_power(wave(1 / 32, 0)).item() < 0.01
    assert fine_power(wave(1 / 4, 0)).item() > 0.99
    mixed = wave(1 / 16, 0) + 0.5 * (wave(0, 3 / 8) - 0.5)  # amplitudes 1 and 1/2: powers 4 and 1
    assert fine_power(mixed).item() == pytest.approx(1 / 5, abs=0.01)


def test_neither_contrast_nor_a_shift_of_grey_changes_fine_power_and_one_grey_has_none():
    picture = torch.rand(1, 1, 28, 20, dtype=torch.float64)
    assert fine_power(0.3 * picture + 0.2).item() == pytest.approx(fine_power(picture).item())
    assert laplacian_variance(0.5 * picture + 0.2).item() == pytest.approx(laplacian_variance(picture).item() / 4)
    assert laplacian_variance(torch.full((1, 1, 8, 8), 0.5)).item() == 0


def test_a_blurred_picture_is_less_sharp_by_both():
    pictures = torch.rand(3, 1, 32, 24)
    blurred = avg_pool2d(pictures, 3, stride=1, padding=1)
    assert (laplacian_variance(blurred) < laplacian_variance(pictures) / 5).all()
    assert (fine_power(blurred) < fine_power(pictures)).all()


def test_pictures_that_are_too_small_are_refused():
    with pytest.raises(ValueError, match="a Laplacian needs pictures of at least 3x3, got 2x8"):
        laplacian_variance(torch.zeros(1, 1, 2, 8))


def test_a_models_pictures_beside_the_real_ones(toy, digits):
    found = measure_sharpness(toy, digits, images=20)
    x = digits.test.batch(slice(0, 20)).float() / 255
    assert found.images == 20
    assert found.pictures.laplacian_variance == pytest.approx(laplacian_variance(x).mean().item())
    with torch.no_grad():
        reconstructed = toy.decode(toy.encode(x).mean).mean
    assert found.reconstructions.fine_power == pytest.approx(fine_power(reconstructed).mean().item())
    assert found.rmse == pytest.approx((reconstructed - x).square().mean().sqrt().item())
    assert found.samples != found.reconstructions and measure_sharpness(toy, digits, images=20) == found
    with pytest.raises(ValueError, match="images must be at least 1, got 0"):
        measure_sharpness(toy, digits, images=0)


def test_samples_exceed_pictures_that_they_are_sharper_than_by_both_measures():
    real, blurred = Sharpness(0.1, 0.5), Sharpness(0.05, 0.4)
    sharper, finer, noise = Sharpness(0.2, 0.4), Sharpness(0.05, 0.7), Sharpness(0.2, 0.7)
    exceeding = [SharpnessOfModel(real, blurred, some, 0.1, 9).samples_exceed_pictures for some in (sharper, finer)]
    assert exceeding == [False, False]
    assert SharpnessOfModel(real, blurred, noise, 0.1, 9).samples_exceed_pictures


def told_by():
    """A discriminator of digits whose scales are not those that it begins with."""
    torch.manual_seed(0)
    judge = Discriminator((1, 8, 8), (4, 8), 1).requires_grad_(False)
    for _, normalised in judge.stages:
        normalised.weight.uniform_(0.5, 2)
        normalised.bias.uniform_(-1, 1)
    return judge


def test_the_feature_error_is_that_of_convolutions_normalised_over_pictures_and_what_was_made_of_them():
    judge, x, made = told_by(), torch.rand(5, 1, 8, 8), torch.rand(5, 1, 8, 8)
    convolution, scale = judge.stages[0]
    filtered = conv2d(torch.cat([x, made]), convolution.weight, convolution.bias, stride=2, padding=1)
    variance, mean = torch.var_mean(filtered, (0, 2, 3), correction=0, keepdim=True)
    features = (filtered - mean) / (variance + scale.eps).sqrt() * scale.weight[:, None, None]
    expected = (features[:5] - features[5:]).square().mean((1, 2, 3)).sqrt()
    assert feature_error(judge, x, made).tolist() == pytest.approx(expected.tolist(), rel=1e-5)
    assert feature_error(judge, x, x).tolist() == [0] * 5


def test_the_feature_error_is_what_the_objective_maximises_the_likelihood_of():
    judge, x, made = told_by(), torch.rand(5, 1, 8, 8), torch.rand(5, 1, 8, 8)
    features, again = judge(torch.cat([x, made]))[0].chunk(2)
    expected = -features.shape[1] / 2 * feature_error(judge, x, made).square()
    assert likeness(features, again).tolist() == pytest.approx(expected.tolist(), rel=1e-5)


def test_a_model_is_judged_by_the_features_that_one_names(toy, digits):
    judge, x = told_by(), noiseless(digits.test.batch(slice(0, 20)), toy.config.likelihood)
    found = measure_sharpness(toy, digits, images=20, discriminator=judge)
    with torch.no_grad():
        each = feature_error(judge, x, toy.decode(toy.encode(x).mean).mean)
    assert found.feature_error == pytest.approx(each.square().mean().sqrt().item())
    assert measure_sharpness(toy, digits, images=20).feature_error is None
