"""A start at the mean picture: what it sets, what it leaves, and that training goes on from it as from any other."""

from dataclasses import replace
from itertools import islice

import pytest
import torch
from torch import nn

from vae_core.data.pictures import InMemoryPictures
from vae_core.learning.start import begin_at_mean
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.layered import Layered, LayeredConfig
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.vae import VAE, VAEConfig
from vae_core.zoo.build import build
from vae_core.zoo.recipes import RECIPES

CONFIG = VAEConfig((1, 8, 8), 2, hidden=(400,), activation="tanh")
AT_MEAN = TrainingConfig(epochs=1, precision="float32", start="mean")


def begun(model, pictures, seed=0):
    begin_at_mean(model, pictures, torch.Generator().manual_seed(seed))
    return model


def linear(module):
    return [layer for layer in module.modules() if isinstance(layer, nn.Linear)]


def weights(model):
    return torch.cat([value.detach().flatten() for value in model.parameters()])


@pytest.mark.parametrize("model", [VAE(CONFIG), Layered(LayeredConfig(CONFIG, 3, (20,)))], ids=["vae", "layered"])
def test_the_decoder_begins_at_the_mean_and_layers_with_the_variance_of_glorot(digits, model):
    begun(model, digits.train)
    last = linear(model.decoder)[-1]
    grey = digits.train.images.float().mean(0).flatten() / 255
    assert torch.allclose(last.bias.sigmoid(), grey.clamp(0.001, 0.999), atol=1e-6)
    assert grey.min() < 0.001  # a corner that is always black begins at finite log odds
    for layer in linear(model):
        outputs, inputs = layer.weight.shape
        assert float(layer.weight.detach().var()) == pytest.approx(
            2 / (inputs + outputs), rel=8 * (2 / layer.weight.numel()) ** 0.5
        )
        assert layer is last or not layer.bias.any()


def test_a_split_that_is_larger_than_what_is_averaged_is_asked_all_over():
    pictures = InMemoryPictures(torch.cat([torch.zeros(10_000, 1, 4, 4), torch.full((10_000, 1, 4, 4), 255)]).byte())
    model = begun(VAE(VAEConfig((1, 4, 4), 2, hidden=(4,))), pictures)
    assert torch.allclose(linear(model.decoder)[-1].bias, torch.zeros(16), atol=1e-6)


def test_what_is_held_stays_and_a_decoder_that_is_held_cannot_begin(digits):
    completer = MaskedVAE(MaskedConfig(CONFIG))
    before = weights(completer)
    with pytest.raises(ValueError, match="start mean needs a decoder that learns and ends in a fully connected layer"):
        begun(completer, digits.train)
    assert torch.equal(weights(completer), before)
    model = VAE(CONFIG)
    model.encoder.requires_grad_(False)
    kept = weights(model.encoder)
    begun(model, digits.train)
    assert torch.equal(weights(model.encoder), kept)


@pytest.mark.parametrize("network", ["conv", "patch"])
def test_a_decoder_that_ends_in_a_convolution_is_refused(digits, network):
    with pytest.raises(ValueError, match="ends in a fully connected layer, as mlp does"):
        begun(VAE(VAEConfig((1, 8, 8), 2, network, hidden=(4, 8))), digits.train)


def test_training_begins_there_by_its_own_seed_and_a_stopped_one_does_not_begin_again(digits, tmp_path):
    whole, parts, other = VAE(CONFIG), VAE(CONFIG), VAE(CONFIG)
    bounds = [now.bound for now in fit(whole, digits.train, AT_MEAN)]
    stopped = [now.bound for now in islice(fit(parts, digits.train, AT_MEAN, state_file=tmp_path / "state"), 5)]
    again = VAE(CONFIG)
    rest = [now.bound for now in fit(again, digits.train, AT_MEAN, state_file=tmp_path / "state")]
    assert stopped == bounds[:5] and rest == bounds[-len(rest) :] and len(rest) in (7, 8)
    assert torch.equal(weights(again), weights(whole))
    assert next(iter(fit(other, digits.train, replace(AT_MEAN, seed=1)))).bound != bounds[0]
    plain = next(iter(fit(VAE(CONFIG), digits.train, replace(AT_MEAN, start="torch")))).bound
    assert bounds[0] > plain + 5  # nats


def test_it_is_told_where_it_is_not_as_usual():
    assert AT_MEAN.to_json()["start"] == "mean"
    assert "start" not in replace(AT_MEAN, start="torch").to_json()


def test_a_model_that_begins_as_another_keeps_what_that_has_learned(tmp_path):
    recipe = RECIPES["digits-gan-8d"]
    recipe = replace(recipe, training=replace(recipe.training, start="mean"))
    with pytest.raises(ValueError, match="start mean would undo what digits-vae-gaussian-8d has learned: leave one of"):
        next(build(recipe, tmp_path / "model"))
