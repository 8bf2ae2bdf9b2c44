"""M1+M2: its densities by hand and on a grid, its bound by enumeration and quadrature, and what it leaves as it is."""

import json
import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import Normal

from vae_core.analysis.evaluation import evaluate
from vae_core.analysis.likelihood import marginal_estimate
from vae_core.learning.objectives import Batch
from vae_core.learning.semi_supervised import M2
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.distributions import sample
from vae_core.models.stacked import Stacked, StackedConfig
from vae_core.models.vae import VAEConfig
from vae_core.zoo import configurations

VAE = VAEConfig((1, 8, 8), 2, hidden=(6,))
CONFIG = StackedConfig(VAE, classes=3, upper_dim=2, upper_hidden=(5, 4), dropout=0.0)
TOY = replace(CONFIG, vae=replace(VAE, latent_dim=1), upper_dim=1)
UNKNOWN = torch.full((4,), -1)


def new_model(config=CONFIG, spread=3.0):
    torch.manual_seed(2)
    model = Stacked(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(spread)  # untrained parts would hardly depend on each other
        model.upper.down.of_label.weight.mul_(4)
    return model


@pytest.fixture
def x():
    return (torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.4).float()


def gaussian(network, given, label):
    """The conditional Normal of an MLP whose first layer sees a label too, by hand."""
    first, *others = network.network
    hidden = first(given) + network.of_label.weight[:, label]
    for layer in others:
        hidden = layer(hidden)
    mean, raw = hidden.chunk(2, -1)
    return Normal(mean, torch.log1p(raw.exp()) + 1e-4)


@torch.no_grad()
def test_log_densities_sum_over_the_labels(x):
    model, z = new_model(), torch.randn(7, 4, 4, generator=torch.Generator().manual_seed(3))
    upper, (lower, above) = model.upper, z.split(2, -1)
    each = [gaussian(upper.down, above, label).log_prob(lower).sum(-1) for label in range(3)]
    prior = Normal(0.0, 1.0).log_prob(above).sum(-1) + torch.stack(each).logsumexp(0) - math.log(3)
    assert torch.allclose(model.prior.log_prob(z), prior, rtol=1e-4, atol=1e-4)
    guessed = upper.classifier(lower.flatten(0, 1)).unflatten(0, (7, 4)).log_softmax(-1)
    each = [gaussian(upper.up, lower, label).log_prob(above).sum(-1) + guessed[..., label] for label in range(3)]
    posterior = model.vae.encode(x).log_prob(lower) + torch.stack(each).logsumexp(0)
    assert torch.allclose(model.encode(x).log_prob(z), posterior, rtol=1e-3, atol=1e-3)
    y = torch.tensor([2, 0, 1, 2])
    known = torch.stack([gaussian(upper.up, lower[:, row], y[row]).log_prob(above[:, row]).sum(-1) for row in range(4)])
    given = model.encode(x, y).log_prob(z)
    assert torch.allclose(given, model.vae.encode(x).log_prob(lower) + known.T, rtol=1e-4, atol=1e-4)
    every = model.encode_with_each_label(x)
    for label in range(3):
        alone = model.encode(x, torch.full((4,), label)).log_prob(z)
        assert torch.allclose(every.log_prob(z[:, None])[:, label], alone, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_what_is_decoded_is_the_vaes_whatever_the_label():
    model, z = new_model(), torch.randn(3, 4)
    assert torch.equal(model.decode(z).mean, model.vae.decode(z[:, :2]).mean)
    assert torch.equal(model.decode(z, torch.tensor([0, 1, 2])).mean, model.decode(z).mean)
    assert torch.equal(model.decoder(z), model.vae.decoder(z[:, :2]))


GRID = torch.linspace(-9, 9, 601)


@torch.no_grad()
def test_densities_integrate_to_one_and_the_likelihood_is_that_of_quadrature(x):
    model = new_model(TOY, spread=2.0)
    z, area = torch.cartesian_prod(GRID, GRID), (18 / 600) ** 2
    assert model.prior.log_prob(z).exp().sum() * area == pytest.approx(1, abs=2e-3)
    truth = (model.decode(z[:, None]).log_prob(x) + model.prior.log_prob(z)[:, None]).logsumexp(0) + math.log(area)
    found = marginal_estimate(model, x, 20_000, torch.Generator().manual_seed(0))
    assert torch.allclose(found.log_marginal, truth, atol=0.05)


@torch.no_grad()
def test_the_bound_of_an_unlabelled_picture_is_the_sum_over_labels_by_hand(x):
    model = new_model(spread=1.5)
    terms = M2()(model, Batch(x, UNKNOWN, generator=torch.Generator().manual_seed(5)))
    generator = torch.Generator().manual_seed(5)
    posterior = model.vae.encode(x)
    z1 = sample(posterior, generator)
    noise = torch.empty(4, 2).normal_(generator=generator)
    for row in range(4):
        q, total = model.upper.classify(z1).probs[row], 0.0
        for label in range(3):
            above = gaussian(model.upper.up, z1[row], label)
            z2 = above.mean + above.stddev * noise[row]
            explained = gaussian(model.upper.down, z2, label).log_prob(z1[row]).sum()
            kl = 0.5 * (above.mean**2 + above.stddev**2 - 1 - 2 * above.stddev.log()).sum()
            total += q[label] * (explained - kl + math.log(1 / 3))
        total -= (q * q.log()).sum()
        total += model.vae.decode(z1).log_prob(x)[row] - posterior.log_prob(z1)[row]
        assert terms.bound[row].item() == pytest.approx(total.item(), abs=2e-3)
    entropy = -(model.upper.classify(z1).probs * model.upper.classify(z1).logits).sum(-1)
    told = terms.log_likelihood - terms.kl.sum(-1) + entropy - math.log(3)
    assert torch.allclose(told, terms.bound, atol=2e-3)


@torch.no_grad()
def test_the_bound_stays_below_the_likelihood_and_a_label_costs_its_surprise(x):
    model = new_model(TOY, spread=2.0)
    z, area = torch.cartesian_prod(GRID, GRID), (18 / 600) ** 2
    log_pixels = model.decode(z[:, None]).log_prob(x)
    whole = (log_pixels + model.prior.log_prob(z)[:, None]).logsumexp(0) + math.log(area)
    y = torch.tensor([0, 1, 2, 1])
    joint = torch.stack(
        [
            (log_pixels[:, row] + gaussian(model.upper.down, z[:, 1:], y[row]).log_prob(z[:, :1]).sum(-1)
             + Normal(0.0, 1.0).log_prob(z[:, 1])).logsumexp(0) + math.log(area / 3)
            for row in range(4)
        ]
    )  # fmt: skip
    draws = 4_000
    for labels, truth in ((UNKNOWN, whole), (y, joint)):
        batch = Batch(x.repeat(draws, 1, 1, 1), labels.repeat(draws), generator=torch.Generator().manual_seed(3))
        bound = M2(weight=0.0)(model, batch).bound.reshape(draws, 4)
        assert (bound.mean(0) < truth + 4 * bound.std(0) / math.sqrt(draws)).all()
    assert (joint < whole).all()


def test_the_vae_stays_as_it_is_and_all_else_is_learned(digits):
    model = new_model(replace(CONFIG, classes=10), spread=1.0)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    config = TrainingConfig(epochs=1, batch_size=200, labels=50, precision="float32")
    for _ in fit(model, digits.train, config, M2()):
        pass
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]) == name.startswith("vae."), name


def test_it_is_measured_as_every_model(digits):
    model = new_model(replace(CONFIG, classes=10), spread=1.0)
    measured = evaluate(model, digits, importance_samples=3, limit=40)
    pictures = digits.test.batch(slice(0, 40)).float() / 255
    wrong = (model.classify(pictures).probs.argmax(1) != digits.test.labels[:40]).float().mean()
    assert measured.classification_error == pytest.approx(wrong.item())
    assert measured.active_per_layer is not None and len(measured.active_per_layer) == 2


def test_its_configuration_goes_to_json_and_back():
    assert StackedConfig.from_json(json.loads(json.dumps(CONFIG.to_json()))) == CONFIG


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": 1}, "classes must be between 2 and 1000, got 1"),
        ({"classes": "ten"}, "classes must be between 2 and 1000, got ten"),
        ({"upper_dim": 0}, "upper_dim must be between 1 and 510, 512 in both layers, got 0"),
        ({"upper_dim": 511}, "upper_dim must be between 1 and 510"),
        ({"upper_hidden": (0,)}, "upper_hidden must hold widths"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
        ({"vae": replace(VAE, prior="mixture", prior_components=2)}, "prior normal, the upper layer is a prior"),
        ({"vae": None}, "vae must be a configuration of the family vae, got None"),
        ({"family": "vae"}, "family must be stacked, got 'vae'"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **change)


def test_labels_that_there_are_not_are_refused(x):
    model = new_model()
    for call in (lambda y: model.encode(x, y), lambda y: model.decode(torch.zeros(4, 4), y)):
        with pytest.raises(ValueError, match="labels must be int64"):
            call(torch.tensor([0, 1, 2, 3]))


def test_it_needs_a_base_and_labels(digits):
    with pytest.raises(ValueError, match="base names the trained model that the family masked or stacked stands on"):
        configurations.configuration(configurations.Asked("stacked"), digits.info)
    unlabelled = replace(digits.info, labels=())
    with pytest.raises(ValueError, match="has no labels, which the family stacked needs"):
        configurations.configuration(configurations.Asked("stacked", base="digits-vae-2d"), unlabelled)
    config = configurations.configuration(configurations.Asked("stacked", base="digits-vae-2d"), digits.info)
    assert isinstance(config, StackedConfig) and config.layers == (2, 50) and config.classes == 10
