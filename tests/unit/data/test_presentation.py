"""The randomness with which pictures are shown to a model."""

import pytest
import torch

from vae_core.data import binarise, dequantise, present

LEVELS = torch.arange(256, dtype=torch.uint8)


def test_a_pixel_is_one_with_the_probability_of_its_grey_level():
    draws = 40_000
    pictures = LEVELS[:, None].expand(256, draws)
    ones = binarise(pictures, generator=torch.Generator().manual_seed(0))
    assert ones.unique().tolist() == [0, 1]
    probability = LEVELS.double() / 255
    error = ones.double().mean(1) - probability
    standard_error = (probability * (1 - probability) / draws).sqrt()
    assert error[0] == 0
    assert error[255].abs() < 5e-4
    score = error[1:-1] / standard_error[1:-1]
    assert score.abs().max() < 4.5  # over 254 levels
    assert 0.7 < score.square().mean() < 1.35


def test_neighbouring_pixels_are_independent():
    half = torch.full((100_000, 4), 128, dtype=torch.uint8)  # four pixels share a random number
    correlation = torch.corrcoef(binarise(half, generator=torch.Generator().manual_seed(0)).T)
    assert (correlation - torch.eye(4)).abs().max() < 0.02


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 1, 7, 9), (0, 1, 4, 4)])
def test_any_shape_will_do(shape):
    pictures = torch.full(shape, 200, dtype=torch.uint8)
    assert binarise(pictures, torch.Generator()).shape == shape
    assert dequantise(pictures, torch.Generator()).shape == shape


def test_non_contiguous_pictures_will_do():
    pictures = torch.zeros(8, 6, dtype=torch.uint8)
    pictures[:4] = 255
    assert torch.equal(binarise(pictures.T, generator=torch.Generator().manual_seed(0)), (pictures.T > 0).float())


def test_dequantised_pixels_fill_their_own_level():
    pictures = LEVELS[:, None].expand(256, 2_000)
    values = dequantise(pictures, generator=torch.Generator().manual_seed(0)).double() * 256
    within = values - LEVELS[:, None]
    assert values.max() <= 256
    assert within.min() >= 0 and within.max() <= 1
    assert (within.mean() - 0.5).abs() < 0.003
    assert (within.var() - 1 / 12).abs() < 0.001


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_seed_fixes_what_is_shown_and_each_showing_differs(likelihood, dtype):
    pictures = torch.randint(1, 255, (4, 1, 28, 28), dtype=torch.uint8)
    untouched = pictures.clone()
    generator = torch.Generator().manual_seed(3)
    first, second = (present(pictures, likelihood, generator, dtype) for _ in range(2))
    torch.rand(5)  # of no importance
    assert first.dtype == dtype
    assert torch.equal(first, present(pictures, likelihood, torch.Generator().manual_seed(3), dtype))
    assert not torch.equal(first, second)
    assert torch.equal(pictures, untouched)


def test_another_likelihood_is_refused():
    with pytest.raises(ValueError, match="'bernoulli' or 'gaussian', got 'poisson'"):
        present(LEVELS, "poisson", torch.Generator())
