"""Each term of algorithm 1 of Larsen et al. 2016 reaches exactly the parameters that it names."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import logsigmoid

from vae_core.learning.adversarial import VAEGAN, FeatureLikelihood, adversarial_parts
from vae_core.learning.objectives import ELBO, Batch, from_json, to_json
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.adversarial import AdversarialConfig, AdversarialVAE
from vae_core.models.distributions import kl_per_dimension, sample
from vae_core.models.networks import parameter_count
from vae_core.models.vae import VAE, VAEConfig

CONFIGS = {
    "gaussian": AdversarialConfig(VAEConfig((1, 16, 8), 2, hidden=(6,), likelihood="gaussian"), (4, 5), layer=1),
    "bernoulli": AdversarialConfig(VAEConfig((3, 16, 16), 2, "conv", (4, 6)), (4, 5)),
}
TRAINED_BY = {
    "log_pixels": {"noise"},
    "kl": {"encoder"},
    "of_encoder": {"encoder"},
    "of_decoder": {"decoder"},
    "fooled": {"decoder"},
    "told_apart": {"discriminator"},
}


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def model(request):
    torch.manual_seed(0)
    return AdversarialVAE(request.param)


@pytest.fixture
def x(model):
    return torch.rand(6, *model.config.picture_shape, generator=torch.Generator().manual_seed(1))


def batch(x):
    return Batch(x, generator=torch.Generator().manual_seed(2))


def part_of(name):
    return name.split(".")[0] if name.startswith("disc") else "noise" if "log_noise" in name else name.split(".")[1]


def gradients(model, value):
    """By part and name, of the parameters that it reaches at all."""
    model.zero_grad()
    if value.requires_grad:
        value.backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None and p.grad.abs().max() > 0}


@pytest.mark.parametrize("term", TRAINED_BY)
def test_a_term_reaches_what_the_algorithm_names_and_nothing_else(model, x, term):
    parts = adversarial_parts("vae-gan", model, batch(x))
    reached = {part_of(name) for name in gradients(model, getattr(parts, term).sum())}
    wanted = TRAINED_BY[term] - (set() if model.config.likelihood == "gaussian" else {"noise"})
    assert reached == wanted


def plainly(model, x):
    """The terms without any routing, from the definition, at the same draws."""
    generator = torch.Generator().manual_seed(2)
    posterior = model.encode(x)
    z = sample(posterior, generator)
    made = model.decode(z).mean, model.decode(sample(model.prior, generator, (len(x),))).mean
    all_features, all_odds = model.discriminator(torch.cat([x, *made]))
    (real, again, _), (odds, *others) = all_features.split(len(x)), all_odds.split(len(x))
    features = -0.5 * (real - again).square().sum(1)
    fooled = sum(logsigmoid(each) for each in others)
    told_apart = logsigmoid(odds) + sum((1 - each.sigmoid()).log() for each in others)
    kl = kl_per_dimension(posterior, model.prior).sum(1)
    return model.decode(z).log_prob(x), kl, features, fooled, told_apart


GAMMA = 0.3


@pytest.mark.parametrize(
    ("objective", "decoders"),
    [
        (VAEGAN(GAMMA), lambda features, fooled: GAMMA * features + fooled),
        (FeatureLikelihood(), lambda features, fooled: features),
    ],
    ids=["vae-gan", "feature-likelihood"],
)
def test_the_gradient_is_that_of_the_definition_part_by_part(model, x, objective, decoders):
    found = gradients(model, objective(model, batch(x)).bound.sum())
    log_pixels, kl, features, fooled, told_apart = plainly(model, x)
    wanted = {
        "encoder": features - kl,
        "decoder": decoders(features, fooled),
        "discriminator": told_apart,
        "noise": log_pixels,
    }
    parameters = dict(model.named_parameters())
    assert found.keys() == parameters.keys()
    for part, value in wanted.items():
        names = [name for name in parameters if part_of(name) == part]
        if not names:
            continue
        expected = torch.autograd.grad(value.sum(), [parameters[name] for name in names], retain_graph=True)
        for name, gradient in zip(names, expected, strict=True):
            assert torch.allclose(found[name], gradient, rtol=1e-3, atol=1e-5), name


def test_the_likelihood_it_tells_is_that_of_the_pixels(model, x):
    log_pixels, kl, *_ = plainly(model, x)
    for objective in (VAEGAN(), FeatureLikelihood()):
        terms = objective(model, batch(x))
        assert torch.allclose(terms.log_likelihood, log_pixels, rtol=1e-4, atol=1e-3)
        assert torch.allclose(terms.kl.sum(1), kl, rtol=1e-5)
        assert terms.bound.shape == (6,)


@torch.no_grad()
def test_features_are_those_of_the_layer_that_was_asked_for_and_know_contrast(x, model):
    features, odds = model.discriminator(x)
    channels, sides = model.discriminator.stages[model.config.layer - 1][0].out_channels, model.config.picture_shape[1:]
    scale = 2**model.config.layer
    assert odds.shape == (6,)
    assert features.shape == (6, channels * (sides[0] // scale) * (sides[1] // scale))
    each = features.unflatten(1, (channels, -1))
    assert each.mean((0, 2)).abs().max() < 1e-5 and (each.var((0, 2)) - 1).abs().max() < 0.05  # over the batch
    paler = torch.cat([x, 0.5 + 0.5 * (x - 0.5)])
    of_all = model.discriminator(paler)[0]
    assert (of_all[:6] - of_all[6:]).square().sum(1).min() > 0.05 * features.shape[1]


def test_an_interrupted_training_goes_on_to_the_same_numbers(digits, tmp_path):
    config = AdversarialConfig(VAEConfig((1, 8, 8), 2, hidden=(6,)), (4, 6), layer=1)
    training = TrainingConfig(epochs=1, batch_size=256, precision="float32")

    def trained(state, stop=None):
        for _ in range(1 if stop is None else 2):
            torch.manual_seed(0)
            model = AdversarialVAE(config)
            for progress in fit(model, digits.train, training, VAEGAN(), state):
                if progress.step == stop:
                    break
        return model.state_dict()

    whole, resumed = trained(None), trained(tmp_path / "state", stop=2)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert config.parameters == parameter_count(AdversarialVAE(config))


def test_models_without_a_discriminator_are_refused():
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(4,)))
    for objective in (VAEGAN(), FeatureLikelihood()):
        with pytest.raises(ValueError, match=f"{objective.name} trains a model with a discriminator, this one is vae"):
            objective(model, Batch(torch.zeros(2, 1, 8, 8)))


def test_settings_go_to_json_and_back_and_are_checked():
    assert from_json(to_json(VAEGAN(0.5))) == VAEGAN(0.5) and from_json({"name": "vae-gan"}) == VAEGAN()
    with pytest.raises(ValueError, match="gamma must be a number from 0 up, got -1"):
        VAEGAN(-1)
    with pytest.raises(ValueError, match="the objective feature-likelihood has no gamma"):
        from_json({"name": "feature-likelihood", "gamma": 1})


GOOD = CONFIGS["gaussian"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vae": VAEConfig((1, 1, 1), 2)}, "a discriminator needs pictures of even size from 8x8 up, got 1x1"),
        ({"vae": {}}, "vae must be the configuration of a VAE"),
        ({"discriminator": (4,)}, r"discriminator must be \(channels, units\), got \(4,\)"),
        ({"discriminator": (4, 0)}, "discriminator must hold widths between"),
        ({"layer": 2}, "layer must be between 1 and 1, the discriminator's last, got 2"),
        ({"layer": 0}, "layer must be between 1 and 1, the discriminator's last, got 0"),
        ({"family": "vae"}, "family must be adversarial, got 'vae'"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(GOOD, **change)


def test_it_is_the_same_vae_to_whoever_judges_it(x, model):
    terms = ELBO()(model, batch(x))
    assert torch.equal(terms.bound, ELBO()(model.vae, batch(x)).bound)
