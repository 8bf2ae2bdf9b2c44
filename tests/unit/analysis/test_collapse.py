"""Dimensions switched off, against an independent computation and against what must hold."""

import pytest
import torch

from vae_core.analysis.collapse import DRAWS, switch_off
from vae_core.data.presentation import present
from vae_core.data.registry import load_dataset
from vae_core.data.seeds import noise_generator
from vae_core.models.vae import VAE, VAEConfig


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    return VAE(VAEConfig((1, 8, 8), 4, hidden=(16,))).eval()


def test_switching_off_is_decoding_from_zero(model):
    pictures = load_dataset("digits").test
    *_, (whole, one, two) = switch_off(model, pictures, [(1,), (0, 3)], count=40, seed=5)
    with torch.no_grad():
        noise = noise_generator(5)
        x = present(pictures.batch(slice(0, 40)), "bernoulli", noise)
        posterior = model.encode(x)
        z = posterior.mean + posterior.stddev * torch.randn(DRAWS, 40, 4, generator=noise)
        expected = {}
        for off in ((), (1,), (0, 3)):
            changed = z.clone()
            changed[..., list(off)] = 0
            expected[off] = torch.stack([model.decode(draw).log_prob(x) for draw in changed]).mean().item()
    mean, variance = posterior.mean, posterior.stddev.square()
    kl = 0.5 * (mean.square() + variance - 1 - variance.log()).mean(0)
    for result in (whole, one, two):
        assert result.reconstruction == pytest.approx(expected[result.off], rel=1e-5)
        assert result.lost == pytest.approx(expected[()] - expected[result.off], abs=1e-3)
        kept = [j for j in range(4) if j not in result.off]
        assert result.kl == pytest.approx(kl[kept].sum().item(), rel=1e-4)
        assert result.elbo == result.reconstruction - result.kl and result.pictures == 40


def test_the_error_of_a_loss_is_over_groups_where_pictures_depend_on_each_other(model):
    pictures = load_dataset("digits").test
    runs = torch.arange(len(pictures)) // 10
    *_, (_, each) = switch_off(model, pictures, [(1,)], count=40, seed=5, groups=runs)
    *_, (_, plain) = switch_off(model, pictures, [(1,)], count=40, seed=5)
    assert each.lost == plain.lost and each.lost_standard_error != pytest.approx(plain.lost_standard_error)
    *_, (_, one) = switch_off(model, pictures, [(1,)], count=10, seed=5, groups=runs)
    assert one.lost_standard_error is None


def test_progress_grows_to_all_pictures(model):
    pictures = load_dataset("digits").test
    done = [results[0].pictures for results in switch_off(model, pictures, [], count=250)]
    assert done == [100, 200, 250]


def test_a_dimension_that_the_decoder_does_not_hear_costs_nothing(model):
    with torch.no_grad():
        first = next(layer for layer in model.decoder.modules() if isinstance(layer, torch.nn.Linear))
        before, first.weight[:, 2] = first.weight[:, 2].clone(), 0
    *_, (_, deaf, heard) = switch_off(model, load_dataset("digits").test, [(2,), (0,)], count=50)
    assert deaf.lost == pytest.approx(0, abs=1e-6) and heard.lost != 0
    with torch.no_grad():
        first.weight[:, 2] = before


@pytest.mark.parametrize(("choices", "count"), [([(4,)], 10), ([(-1,)], 10), ([], 0)])
def test_nonsense_is_refused(model, choices, count):
    with pytest.raises(ValueError, match=r"must be"):
        list(switch_off(model, load_dataset("digits").test, choices, count))
