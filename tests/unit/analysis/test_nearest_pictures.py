"""How many neighbours a baseline has, and how far methods are from it."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from vae_core.analysis.inpainting import Completions
from vae_core.analysis.inpainting_errors import (
    MORE_NEIGHBOURS,
    TRAINING,
    choose_neighbours,
    errors,
    measure_completions,
    measure_method,
    method_named,
    paired_difference_per_pixel,
)
from vae_core.analysis.nearest_pictures import held_out
from vae_core.data.masks import draw_masks
from vae_core.data.pictures import InMemoryPictures
from vae_core.data.presentation import present
from vae_core.data.seeds import noise_generator
from vae_core.models.vae import VAE, VAEConfig

SHAPE = (1, 8, 8)
LOWER = draw_masks("lower", 1, SHAPE, 0.5)


class Untouchable(InMemoryPictures):
    def batch(self, indices):
        raise AssertionError("a test picture was looked at")


def groups(digits, size):
    """Two kinds of upper half, `size` pictures of each that are not held out; in one kind's lower half every pixel is
    on in all pictures but one, in the other's in one alone. So k = size predicts exactly what there is to predict."""
    pixel, pictures, draw = torch.arange(32), [], torch.Generator().manual_seed(0)
    for turn in range(size + size // 4 + 1):
        if turn >= size:  # held out: others have other pixels off together
            pixel = torch.randperm(32, generator=draw)
        for kind in (False, True):
            lower = (pixel % size == turn % size) != kind
            pictures.append(torch.cat([torch.full((32,), kind), lower]).reshape(SHAPE))
    images = (255 * torch.stack(pictures[: 2 * size + size // 2])).byte()
    return replace(digits, train=InMemoryPictures(images), test=Untouchable(digits.test.images))


@pytest.mark.parametrize("size", [10, 15, 20])
def test_as_many_neighbours_are_chosen_as_there_is_something_to_learn_from(digits, toy, size):
    data = groups(digits, size)
    library, queries = held_out(data.train)
    assert len(library) + len(queries) == len(data.train) and len(queries) == len(data.train) // 5
    assert torch.equal(queries, torch.arange(len(library), len(data.train)))
    assert choose_neighbours(toy, data, LOWER) == size


def test_faces_choose_by_their_log_likelihood(digits):
    """Against a loop over every k by hand."""
    torch.manual_seed(0)
    model = VAE(VAEConfig(SHAPE, 2, hidden=(8,), likelihood="gaussian"))
    _, queries = held_out(digits.train)
    with torch.no_grad():
        noise = float(model.decode(torch.zeros(1, 2)).base_dist.stddev.flatten()[0])
    asked = present(digits.train.batch(queries), "gaussian", noise_generator(3, TRAINING)).double().flatten(1).numpy()
    kept = (digits.train.images[: -len(queries)].double().flatten(1).numpy() + 0.5) / 256
    kept[:, 32:] = kept[:, 32:].clip(0.005, 0.995)
    losses = dict.fromkeys(MORE_NEIGHBOURS, 0.0)
    for picture in asked:
        order = np.square(kept[:, :32] - picture[:32]).sum(1).argsort(kind="stable")
        each = (
            Normal(0, noise).log_prob(torch.from_numpy(kept[order[: MORE_NEIGHBOURS[-1]], 32:] - picture[32:])).sum(1)
        )
        for k in MORE_NEIGHBOURS:
            losses[k] -= float(each[:k].logsumexp(0)) - math.log(k)
    assert choose_neighbours(model, digits, LOWER, seed=3) == min(losses, key=losses.get)


def test_the_chosen_number_is_told_and_used(digits, toy):
    found = measure_method("knn", toy, digits, "lower", 0.5, limit=20)
    again = method_named("knn", toy, digits, draw_masks("lower", len(held_out(digits.train)[1]), SHAPE, 0.5))
    assert found.neighbours == int(again(toy, torch.zeros(1, *SHAPE), LOWER, 5, torch.Generator()).trace["neighbours"])
    assert found.to_json()["neighbours"] == found.neighbours and found.to_json()["beside_knn"] is None
    assert measure_method("mean", toy, digits, "lower", 0.5, limit=5).neighbours is None
    with pytest.raises(ValueError, match="knn needs masks"):
        method_named("knn", toy, digits)
    with pytest.raises(ValueError, match="takes at least 2 training pictures, got 1"):
        choose_neighbours(toy, replace(digits, train=InMemoryPictures(digits.train.images[:1])), LOWER)


def test_the_paired_error_is_that_of_the_differences():
    draw = torch.Generator().manual_seed(0)
    easy = torch.rand(300, generator=draw).double()
    pixels = torch.full((300,), 40.0).double()
    theirs = {"pixels": pixels, "cross_entropy": 40 * easy}
    ours = {"pixels": pixels, "cross_entropy": 40 * (easy - 0.01 + 0.05 * torch.randn(300, generator=draw).double())}
    found = paired_difference_per_pixel(ours, theirs, "cross_entropy")
    apart = (ours["cross_entropy"] - theirs["cross_entropy"]) / 40
    assert found.difference == pytest.approx(float(apart.mean()))
    assert found.standard_error == pytest.approx(float(apart.std() / math.sqrt(300)))
    assert found.standard_error < 0.2 * float(easy.std() / math.sqrt(300))  # of unpaired ones
    with pytest.raises(ValueError, match="paired over the same holes"):
        paired_difference_per_pixel(ours, {**theirs, "pixels": pixels + 1}, "cross_entropy")


def test_the_paired_error_of_unequal_holes_is_the_bootstraps():
    draw = torch.Generator().manual_seed(0)
    pixels = torch.randint(5, 60, (400,), generator=draw).double()
    theirs = {"pixels": pixels, "cross_entropy": pixels * torch.rand(400, generator=draw)}
    ours = {"pixels": pixels, "cross_entropy": theirs["cross_entropy"] + pixels * torch.randn(400, generator=draw) / 9}
    found, again = paired_difference_per_pixel(ours, theirs, "cross_entropy"), []
    for _ in range(1000):
        drawn = torch.randint(400, (400,), generator=draw)
        both = [{name: value[drawn] for name, value in sums.items()} for sums in (ours, theirs)]
        again.append(paired_difference_per_pixel(*both, "cross_entropy").difference)
    assert found.standard_error == pytest.approx(np.std(again), rel=0.1)


def test_two_methods_are_paired_over_the_same_pictures(digits, toy):
    naive, knn = (measure_method(name, toy, digits, "lower", 0.5, 30, 5) for name in ("naive", "knn"))
    beside = naive.beside(knn, toy).to_json()["beside_knn"]
    plain = naive.errors.cross_entropy_missing - knn.errors.cross_entropy_missing
    assert beside["difference"] == pytest.approx(plain) and beside["standard_error"] > 0


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(0.5, 1.0), (0.7, 1.0), (0.79, 1.0), (0.8, 0.8), (0.97, 0.97), (0.03, 0.97), (0.0, 1.0)],
)
def test_bits_have_the_coverage_that_their_own_probabilities_expect(toy, probability, expected):
    """Both values of a bit lie within 1.96 standard deviations from 1 / (1 + 1.96^2) = 0.207 to 0.793, else one."""
    mask = torch.zeros(2000, 1, 2, 2, dtype=torch.bool)
    mean = torch.full((1, 2000, 1, 2, 2), probability)
    truth = (torch.rand(2000, 1, 2, 2, generator=torch.Generator().manual_seed(0)) < probability).float()
    found = errors(measure_completions(Completions(mean), toy, truth, mask))
    assert found.expected_coverage == pytest.approx(expected, abs=1e-6)
    assert found.coverage == pytest.approx(expected, abs=0.012)  # an honest method gets it


def test_the_share_that_masks_hide_is_measured(digits, toy):
    """Strokes hide more than was asked for."""
    found = measure_method("mean", toy, digits, "strokes", 0.1, limit=40)
    masks = draw_masks("strokes", 40, SHAPE, 0.1)
    assert found.hidden == pytest.approx(float((~masks).double().mean())) and found.hidden > 0.11
    assert found.to_json()["fraction"] == 0.1
