"""The conditional VAE: against a network that is given pixels and label side by side, and log p(x|y) by quadrature."""

import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import Bernoulli

from vae_core.analysis.likelihood import elbo_terms, marginal_estimate
from vae_core.learning.objectives import ELBO, Batch
from vae_core.models.conditional import ConditionalConfig, ConditionalVAE
from vae_core.models.given import Given
from vae_core.models.networks import parameter_count
from vae_core.models.vae import VAEConfig

CONFIG = ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(12, 7)), classes=3)
PARTS = {
    "one layer": replace(CONFIG, vae=VAEConfig((1, 8, 8), 2, hidden=(9,), activation="tanh")),
    "conv": replace(CONFIG, vae=VAEConfig((1, 8, 8), 2, "conv", hidden=(4, 16))),
    "patch": replace(CONFIG, vae=VAEConfig((1, 8, 8), 2, "patch", hidden=(4, 16))),
    "gaussian": replace(CONFIG, vae=VAEConfig((1, 8, 8), 2, hidden=(9,), likelihood="gaussian")),
    "mixture": replace(CONFIG, vae=VAEConfig((1, 8, 8), 2, hidden=(9,), prior="mixture", prior_components=3)),
    "blind encoder": replace(CONFIG, encoder_sees_label=False),
}


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = ConditionalVAE(CONFIG)
    with torch.no_grad():  # labels that matter
        model.label_in_decoder.weight.mul_(8)
        model.label_in_encoder.weight.mul_(8)
        model.vae.decoder[0].weight.mul_(3)
    return model


@pytest.fixture
def x():
    return (torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.4).float()


Y = torch.tensor([0, 1, 2, 2, 0, 1])


@torch.no_grad()
def test_the_first_layers_see_pixels_and_label_side_by_side(model, x):
    """The layers by hand, with one matrix over the concatenated input."""
    label = torch.eye(3)[Y]

    def by_hand(network, given, of_label):
        layers = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
        wide = torch.cat([layers[0].weight, of_label.weight], 1)
        hidden = torch.cat([given, label], 1) @ wide.T + layers[0].bias
        for layer in layers[1:]:
            hidden = hidden.relu() @ layer.weight.T + layer.bias
        return hidden

    outputs = by_hand(model.vae.encoder, x.flatten(1), model.label_in_encoder)
    assert torch.allclose(model.encode(x, Y).mean, outputs[:, :2], atol=1e-5)
    z = torch.randn(6, 2)
    logits = by_hand(model.vae.decoder, z, model.label_in_decoder)
    expected = Bernoulli(logits=logits).log_prob(x.flatten(1)).sum(1)
    assert torch.allclose(model.decode(z, Y).log_prob(x), expected, atol=1e-3)


@torch.no_grad()
def test_the_posterior_with_each_label_is_that_with_one(model, x):
    every = model.encode_with_each_label(x)
    assert every.batch_shape == (3, 6)
    for label in range(3):
        one = model.encode(x, torch.full((6,), label))
        assert torch.allclose(every.mean[label], one.mean, atol=1e-6)
        assert torch.allclose(every.stddev[label], one.stddev, atol=1e-6)


@torch.no_grad()
def test_log_p_of_x_given_y_is_that_of_quadrature(model, x):
    side = torch.linspace(-7, 7, 401)
    grid = torch.cartesian_prod(side, side)
    log_prior = model.prior.log_prob(grid)
    found = []
    for label in range(3):
        given = Given(model, torch.tensor(label))
        log_joint = torch.stack([given.decode(grid).log_prob(one) for one in x], 1) + log_prior[:, None]
        truth = log_joint.logsumexp(0) + 2 * math.log(14 / 400)
        assert torch.allclose(marginal_estimate(given, x, 4_000).log_marginal, truth, atol=0.02)
        terms = elbo_terms(given, x, 2_000)
        assert (terms.elbo - 4 * terms.standard_error <= truth).all()
        found.append(truth)
    assert (found[0] - found[1]).abs().min() > 0.1  # another label is another likelihood


@torch.no_grad()
def test_the_elbo_is_that_of_the_model_with_its_labels_given(model, x):
    one = ELBO()(model, Batch(x, Y, generator=torch.Generator().manual_seed(5)))
    given = ELBO()(Given(model, Y), Batch(x, generator=torch.Generator().manual_seed(5)))
    assert torch.equal(one.bound, given.bound)


@pytest.mark.parametrize("config", PARTS.values(), ids=PARTS.keys())
def test_any_parts_of_a_vae_take_labels(config, x):
    torch.manual_seed(0)
    model = ConditionalVAE(config)
    assert config.parameters == parameter_count(model)
    assert ConditionalConfig.from_json(config.to_json()) == config
    (-ELBO()(model, Batch(x, Y)).bound.mean()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_a_blind_encoder_does_not_see_the_label(x):
    torch.manual_seed(0)
    model = ConditionalVAE(replace(CONFIG, encoder_sees_label=False))
    assert torch.equal(model.encode(x, Y).mean, model.encode(x, Y.roll(1)).mean)
    assert model.encode_with_each_label(x).batch_shape == (3, 6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": 1}, "classes must be between 2 and 1000, got 1"),
        ({"classes": True}, "classes must be between 2 and 1000, got True"),
        ({"family": "vae"}, "family must be conditional, got 'vae'"),
        ({"encoder_sees_label": 1}, "encoder_sees_label must be true or false, got 1"),
        ({"vae": None}, "vae must be a configuration of the family vae, got None"),
        ({"vae": VAEConfig((1, 8, 8), 2, prior="vamp", prior_components=4)}, "vamp has no labels for its pseudo"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **change)


def test_pictures_without_labels_are_refused_in_one_sentence(model, x):
    with pytest.raises(
        ValueError, match="a model of the family conditional needs labels, and these pictures have none"
    ):
        ELBO()(model, Batch(x))
