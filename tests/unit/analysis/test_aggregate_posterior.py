"""The aggregate posterior against torch's own mixture, and what it says of draws of every shipped model."""

import math

import pytest
import torch
from scipy.special import gammaincinv
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae_core.analysis.aggregate_posterior import (
    MOST,
    TRUSTED,
    active_dimensions,
    aggregate_posterior,
    components,
)
from vae_core.analysis.evaluation import noiseless
from vae_core.data.registry import load_dataset
from vae_core.models.checkpoint import read_checkpoint
from vae_core.models.codes import Codes
from vae_core.models.distributions import sample
from vae_core.zoo.store import ZOO, entries

ASKED = 1_000


def codes_of(mean, stddev):
    return Codes(mean, stddev, torch.arange(len(mean)), torch.zeros(len(mean)))


def some_codes(count, dimensions, narrow=0.1):
    generator = torch.Generator().manual_seed(count)
    mean = torch.randn(count, dimensions, generator=generator)
    return codes_of(mean, narrow * (1 + torch.rand(count, dimensions, generator=generator)))


def draws(codes, generator, count=ASKED):
    rows = torch.randint(len(codes.mean), (count,), generator=generator)
    noise = torch.randn(count, codes.mean.shape[1], generator=generator)
    return codes.mean[rows] + codes.stddev[rows] * noise


def part(codes, rows):
    return codes_of(codes.mean[rows], codes.stddev[rows])


@pytest.mark.parametrize("narrow", [1e-4, 0.1, 1.0])
def test_the_density_is_that_of_the_mixture(narrow):
    codes = some_codes(300, 4, narrow)
    each = Independent(Normal(codes.mean.double(), codes.stddev.double()), 1)
    mixed = MixtureSameFamily(Categorical(logits=torch.zeros(300)), each)
    z = torch.cat([codes.mean[:20], 3 * torch.randn(20, 4, generator=torch.Generator().manual_seed(1))])
    found = aggregate_posterior(codes).surprisal(z)
    assert torch.allclose(found, -mixed.log_prob(z.double()), rtol=1e-9, atol=1e-5)


def test_a_draw_does_not_meet_its_own_component():
    """Of two posteriors far apart, each draw is judged by the other one: -log N(z; other) with nothing added."""
    mean = torch.tensor([[0.0], [100.0]])
    reference = aggregate_posterior(codes_of(mean, torch.ones(2, 1))).reference
    assert len(reference) >= 2_000
    away = (2 * (reference - 0.5 * math.log(2 * math.pi))).sqrt()  # distances from the other mean
    assert float(away.mean()) == pytest.approx(100, abs=0.1) and float(away.std()) == pytest.approx(1, abs=0.06)


def test_draws_of_pictures_that_it_was_not_made_of_are_trusted_in_95_percent():
    codes, generator = some_codes(4_000, 6), torch.Generator().manual_seed(2)
    known = aggregate_posterior(part(codes, slice(0, None, 2)))
    share = (known.rarity(draws(part(codes, slice(1, None, 2)), generator, 4_000)) <= TRUSTED).double().mean()
    assert float(share) == pytest.approx(0.95, abs=0.02)
    with_own = (known.rarity(draws(part(codes, slice(0, None, 2)), generator)) <= TRUSTED).double().mean()
    assert with_own > 0.99  # narrow posteriors: their own component alone vouches for them


def test_a_collapsed_dimension_makes_no_draw_suspicious():
    """All posterior means of two dimensions are 0, where draws fill the prior: no code is near them, q(z) is."""
    codes = some_codes(1_000, 5)
    codes.mean[:, 3:], codes.stddev[:, 3:] = 0, 1
    z = draws(codes, torch.Generator().manual_seed(3))
    whole = aggregate_posterior(codes)
    assert (whole.rarity(z) <= TRUSTED).double().mean() > 0.93
    assert (torch.cdist(z, codes.mean).min(1).values > 0.5).double().mean() > 0.8
    assert active_dimensions(codes.mean).tolist() == [0, 1, 2]


def test_components_are_spread_evenly():
    assert components(5).tolist() == [0, 1, 2, 3, 4]
    assert components(2 * MOST).tolist() == list(range(0, 2 * MOST, 2))
    assert len(components(10_001)) == MOST and components(10_001)[-1] < 10_001
    with pytest.raises(ValueError, match="at least 2 codes, got 1"):
        aggregate_posterior(some_codes(1, 3))


def test_codes_that_are_points_have_no_density():
    codes = some_codes(20, 3)
    codes.stddev[4, 1] = 0
    with pytest.raises(ValueError, match="needs codes with a spread, got a standard deviation of 0"):
        aggregate_posterior(codes)


@pytest.mark.parametrize(
    "folder",
    [entry.folder for entry in entries(ZOO) if entry.can.has_distances and not entry.can.exact],
    ids=lambda folder: folder.name,
)
def test_what_every_shipped_model_says_of_its_draws(folder):
    """Draws of q(z|x) read as trusted in 95 %, those of pictures that q(z) was not made of too; z that lie three times
    as far out as 95 % of a normal distribution of q(z)'s own spread do not."""
    codes, generator = read_checkpoint(folder).codes, torch.Generator().manual_seed(1)
    count, dimensions = codes.mean.shape
    whole = aggregate_posterior(codes)

    def trusted(posterior, z):
        return float((posterior.rarity(z) <= TRUSTED).double().mean())

    mixed = torch.randperm(count, generator=generator)
    half = aggregate_posterior(part(codes, mixed[: count // 2]))
    held_out = trusted(half, draws(part(codes, mixed[count // 2 :]), generator))
    # pictures, not draws, are the sample: a share p of N / 2 of them is known to sqrt(p (1 - p) / (N / 2))
    error = math.sqrt(0.95 * 0.05 * (1 / ASKED + 4 / min(count, 2 * MOST)))
    assert abs(held_out - 0.95) < 4 * error
    assert trusted(whole, draws(codes, generator)) > 0.93
    active = active_dimensions(codes.mean)
    spread = (codes.mean.var(0) + codes.stddev.square().mean(0)).sqrt()[active]
    way = torch.nn.functional.normalize(torch.randn(ASKED, len(active), generator=generator), dim=1)
    far = torch.randn(ASKED, dimensions, generator=generator)
    norm = math.sqrt(2 * gammaincinv(len(active) / 2, 0.95))
    far[:, active] = codes.mean.mean(0)[active] + 3 * norm * spread * way
    assert trusted(whole, far) < 0.05


def test_draws_of_a_bent_posterior_are_trusted_by_gaussians_of_its_moments():
    """q(z) of a flow counts each posterior as a Gaussian; of the flow's draws for pictures that q(z) was not made of,
    95 % are trusted still."""
    checkpoint = read_checkpoint(ZOO / "digits-flow-2d")
    pictures = load_dataset("digits").train
    x = noiseless(pictures.batch(torch.arange(len(pictures))), "bernoulli")
    with torch.no_grad():
        z = sample(checkpoint.model.encode(x), torch.Generator().manual_seed(1))
    trusted = aggregate_posterior(checkpoint.codes).rarity(z) <= TRUSTED
    assert float(trusted.double().mean()) == pytest.approx(0.95, abs=0.025)
