"""The encoder of incomplete pictures, and partial convolutions against plain ones."""

import json

import pytest
import torch
from torch.nn.functional import conv2d

from vae_core.data.masks import draw_masks
from vae_core.data.pictures import InMemoryPictures
from vae_core.learning.objectives import Batch, MaskedPosterior
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.checkpoint import describe, read_checkpoint, read_description, write_checkpoint
from vae_core.models.masked import MaskedConfig, MaskedVAE, PartialConv2d
from vae_core.models.vae import VAEConfig
from vae_core.zoo import store

BASE = VAEConfig((1, 12, 8), 3, hidden=(16,))


@pytest.fixture(params=["mlp", "partial-conv"])
def model(request):
    torch.manual_seed(0)
    hidden = (16,) if request.param == "mlp" else (4, 6, 16)
    return MaskedVAE(MaskedConfig(BASE, request.param, hidden, components=4)).eval()


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "size"), [(3, 1, 1, 9), (5, 2, 2, 28), (3, 2, 1, 14), (3, 2, 1, 7)]
)
def test_a_partial_convolution_with_nothing_missing_is_the_plain_one(kernel, stride, padding, size):
    torch.manual_seed(0)
    layer = PartialConv2d(2, 3, kernel, stride=stride, padding=padding)
    x = torch.randn(4, 2, size, size)
    features, mask = layer(x, torch.ones(4, 1, size, size))
    assert torch.allclose(features, conv2d(x, layer.weight, layer.bias, stride, padding), atol=1e-5)
    assert (mask == 1).all()


def test_a_partial_convolution_is_its_definition_window_by_window():
    torch.manual_seed(0)
    layer = PartialConv2d(2, 3, 3)
    x, mask = torch.randn(1, 2, 6, 6), (torch.rand(1, 1, 6, 6) < 0.2).float()
    features, seen = layer(x, mask)
    for i in range(4):
        for j in range(4):
            window = mask[0, :, i : i + 3, j : j + 3]
            if window.sum() == 0:
                assert seen[0, 0, i, j] == 0 and (features[0, :, i, j] == 0).all()
                continue
            dot = (layer.weight * (x[0, :, i : i + 3, j : j + 3] * window)).sum((1, 2, 3))
            assert torch.allclose(features[0, :, i, j], dot * 9 / window.sum() + layer.bias, atol=1e-5)
    assert (seen == 0).any() and (seen == 1).any()


@pytest.mark.parametrize("kind", ["pixels", "box", "half"])
def test_hidden_pixels_have_no_influence(model, kind):
    torch.manual_seed(1)
    mask = draw_masks(kind, 6, (1, 12, 8), 0.6)
    x, z = torch.rand(6, 1, 12, 8), torch.randn(6, 3)
    other = torch.where(mask, x, torch.rand(6, 1, 12, 8) * 100)
    assert torch.equal(model.encode_observed(x, mask).log_prob(z), model.encode_observed(other, mask).log_prob(z))


def test_observed_pixels_and_the_mask_have_influence(model):
    x, z = torch.rand(1, 1, 12, 8), torch.zeros(1, 3)
    mask = torch.ones(1, 1, 12, 8, dtype=torch.bool)
    fewer = draw_masks("half", 1, (1, 12, 8), 0.5)
    assert model.encode_observed(x, mask).log_prob(z) != model.encode_observed(x, fewer).log_prob(z)
    assert model.encode_observed(x, mask).log_prob(z) != model.encode_observed(1 - x, mask).log_prob(z)


def test_nothing_observed_is_a_distribution_too(model):
    q = model.encode_observed(torch.rand(2, 1, 12, 8), torch.zeros(2, 1, 12, 8, dtype=torch.bool))
    assert q.batch_shape == (2,) and q.event_shape == (3,)
    assert q.sample((5,)).shape == (5, 2, 3) and q.log_prob(torch.zeros(2, 3)).isfinite().all()


def test_the_mixture_is_normalised():
    torch.manual_seed(0)
    model = MaskedVAE(MaskedConfig(VAEConfig((1, 8, 8), 1, hidden=(4,)), "mlp", (8,), components=3))
    with torch.no_grad():
        q = model.encode_observed(torch.rand(1, 1, 8, 8), torch.ones(1, 1, 8, 8, dtype=torch.bool))
    z = torch.linspace(-40, 40, 80_001)[:, None, None]
    assert q.log_prob(z).exp().sum() * 0.001 == pytest.approx(1, abs=1e-3)


def test_training_changes_the_new_encoder_alone(model):
    torch.manual_seed(0)
    MaskedPosterior()(model, Batch(torch.rand(8, 1, 12, 8).round())).bound.mean().backward()
    for name, parameter in model.named_parameters():
        if name.startswith("vae."):
            assert not parameter.requires_grad
        else:
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@torch.no_grad()
def learned_posteriors(model, pictures):
    """q(z|x) of the pictures, and q(z | nothing observed)."""
    nothing = torch.zeros(1, 1, 8, 8, dtype=torch.bool)
    return model.encode(pictures), model.encode_observed(torch.zeros(1, 1, 8, 8), nothing)


def test_what_is_learned_is_the_mean_posterior():
    """With nothing observed, the best q(z | nothing) has the mean and the variance of the aggregated posterior."""
    torch.manual_seed(0)
    model = MaskedVAE(MaskedConfig(VAEConfig((1, 8, 8), 1, hidden=(8,)), "mlp", (16,), components=1))
    torch.nn.init.normal_(model.vae.encoder[1].weight, std=0.5)
    data = InMemoryPictures((torch.rand(256, 1, 8, 8).round() * 255).byte())
    for _ in fit(model, data, TrainingConfig(200, 64, 1e-2, precision="float32"), MaskedPosterior()):
        pass
    q, learned = learned_posteriors(model, data.images / 255)
    variance = q.mean.var() + q.variance.mean()
    assert float(learned.mean) == pytest.approx(float(q.mean.mean()), abs=0.25 * float(variance.sqrt()))
    assert float(learned.variance) == pytest.approx(float(variance), rel=0.4)


def test_a_checkpoint_brings_it_back(model, tmp_path):
    assert MaskedConfig.from_json(json.loads(json.dumps(model.config.to_json()))) == model.config
    what = describe(model, name="m", dataset="digits", objective="masked-posterior", training={}, seed=0)
    write_checkpoint(tmp_path / "m", model, what)
    read = read_checkpoint(tmp_path / "m").model
    x, mask, z = torch.rand(2, 1, 12, 8), draw_masks("pixels", 2, (1, 12, 8)), torch.zeros(2, 3)
    assert torch.equal(read.encode_observed(x, mask).log_prob(z), model.encode_observed(x, mask).log_prob(z))
    assert torch.equal(read.decode(z).mean, model.decode(z).mean)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"completer": "rnn"}, "completer must be mlp or partial-conv, got 'rnn'"),
        ({"completer_hidden": (0,)}, "completer_hidden must hold widths between 1 and 8192"),
        ({"completer": "partial-conv", "completer_hidden": (8,)}, r"completer_hidden must be \(channels, ..., units\)"),
        ({"components": 0}, "components must be between 1 and 100, got 0"),
        ({"family": "vae"}, "family must be masked, got 'vae'"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        MaskedConfig(**{"vae": BASE, **change})


@pytest.mark.parametrize("name", ["mnist-masked-10d", "mnist-partialconv-10d", "frey-masked-10d"])
def test_its_configuration_is_written_as_the_shipped_models_have_it(name):
    stored = read_description(store.ZOO / name)["model"]
    assert json.loads(json.dumps(MaskedConfig.from_json(stored).to_json())) == stored
