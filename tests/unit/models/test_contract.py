"""One contract for every family, network, likelihood and picture shape; and what is said of configurations that cannot
be."""

import json
from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import nn
from torch.distributions import Normal

from vae_core.learning.objectives import ELBO, OBJECTIVES, Batch
from vae_core.models import families, networks
from vae_core.models.adversarial import AdversarialConfig
from vae_core.models.checkpoint import describe, read_checkpoint, write_checkpoint
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.distributions import sample
from vae_core.models.families import FAMILIES
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.flow_posterior import FlowConfig
from vae_core.models.layered import Chain, LayeredConfig
from vae_core.models.masked import MaskedConfig
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.stacked import StackedConfig
from vae_core.models.vae import SMALLEST_NOISE, SMALLEST_STDDEV, VAE, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig
from vae_core.zoo import configurations, store

SIDES = ((8, 8), (28, 28), (28, 20), (32, 32), (64, 64))
HIDDEN = {"mlp": (24, 16), "conv": (4, 16), "patch": (4, 16)}
LATENT_DIM = 3
CONFIGS = [
    VAEConfig((channels, *sides), LATENT_DIM, network, HIDDEN[network], likelihood)
    for network, likelihood, sides, channels in product(HIDDEN, ("bernoulli", "gaussian"), SIDES, (1, 3))
    if network != "patch" or all(side % 8 == 0 for side in sides)
]


def title(config: VAEConfig) -> str:
    return f"{config.network}-{config.likelihood}-{'x'.join(map(str, config.picture_shape))}"


@pytest.fixture(params=CONFIGS, ids=title)
def model(request):
    torch.manual_seed(0)
    return VAE(request.param)


@pytest.fixture
def x(model):
    return (torch.rand(4, *model.config.picture_shape) < 0.5).float()


def test_distributions_have_the_contracts_shapes(model, x):
    prior, posterior = model.prior, model.encode(x)
    assert prior.batch_shape == () and prior.event_shape == (LATENT_DIM,)
    assert posterior.batch_shape == (4,) and posterior.event_shape == (LATENT_DIM,)
    assert (posterior.stddev >= SMALLEST_STDDEV).all()
    decoded = model.decode(posterior.rsample())
    assert decoded.batch_shape == (4,) and decoded.event_shape == model.config.picture_shape
    assert decoded.log_prob(x).shape == (4,)


@torch.no_grad()
def test_decoding_broadcasts_over_leading_samples(model, x):
    z = model.encode(x).sample((2, 5))  # (2, 5, B, D)
    log_likelihood = model.decode(z).log_prob(x)
    assert log_likelihood.shape == (2, 5, 4)
    one_by_one = torch.stack([model.decode(some).log_prob(x) for some in z.flatten(0, 1)]).reshape(2, 5, 4)
    assert torch.allclose(log_likelihood, one_by_one, rtol=1e-5)
    single = model.decode(z[0, 0, 0])
    assert single.batch_shape == ()
    assert torch.allclose(single.mean, model.decode(z[0, 0]).mean[0], atol=1e-6)


@torch.no_grad()
def test_pictures_lie_between_black_and_white(model):
    for scale in (0, 1, 100, 1e6):
        mean = model.decode(torch.randn(8, LATENT_DIM) * scale).mean
        assert mean.min() >= 0 and mean.max() <= 1


def test_gradients_reach_every_parameter(model, x):
    (-ELBO()(model, Batch(x)).bound.mean()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


@torch.no_grad()
def test_evaluation_agrees_with_training(model, x):
    training = model.train().encode(x).mean, model.decode(torch.ones(1, LATENT_DIM)).mean
    judging = model.eval().encode(x).mean, model.decode(torch.ones(1, LATENT_DIM)).mean
    assert all(torch.equal(one, other) for one, other in zip(training, judging, strict=True))


@torch.no_grad()
def test_saved_and_loaded_it_gives_equal_outputs(model, x, tmp_path):
    description = describe(model, name="m", dataset="digits", objective="elbo", training={}, seed=0)
    write_checkpoint(tmp_path / "m", model, description)
    again = read_checkpoint(tmp_path / "m").model
    assert again.config == model.config
    assert torch.equal(again.encode(x).mean, model.encode(x).mean)
    assert torch.equal(again.encode(x).stddev, model.encode(x).stddev)
    z = torch.randn(5, LATENT_DIM)
    assert torch.equal(again.decode(z).mean, model.decode(z).mean)
    assert torch.equal(again.decode(z[:4]).log_prob(x), model.decode(z[:4]).log_prob(x))


@pytest.mark.parametrize("config", CONFIGS, ids=title)
def test_configuration_goes_to_json_and_back(config):
    assert VAEConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize("network", HIDDEN)
@pytest.mark.parametrize("latent_dim", [1, 2, 64])
@torch.no_grad()
def test_any_number_of_latent_dimensions(network, latent_dim):
    model = VAE(VAEConfig((1, 8, 8), latent_dim, network, HIDDEN[network]))
    assert model.encode(torch.zeros(2, 1, 8, 8)).sample().shape == (2, latent_dim)
    assert model.decode(model.prior.sample((6,))).mean.shape == (6, 1, 8, 8)


@torch.no_grad()
def test_the_posterior_stays_proper_at_the_extremes():
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(4,)))
    nn.init.constant_(model.encoder[-1].bias, -1e4)
    stddev = model.encode(torch.zeros(1, 1, 8, 8)).stddev
    assert torch.equal(stddev, torch.full((1, 2), SMALLEST_STDDEV))


@torch.no_grad()
def test_gaussian_noise_is_learned_and_at_least_a_grey_level():
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(4,), likelihood="gaussian"))
    assert "log_noise" in dict(model.named_parameters())
    model.log_noise.fill_(-1e3)
    assert (model.decode(torch.zeros(1, 2)).stddev == SMALLEST_NOISE).all()


def test_the_lectures_network_has_its_size():
    model = VAE(VAEConfig((1, 28, 28), 10))
    encoder = 784 * 500 + 500 + 500 * 500 + 500 + 500 * 20 + 20
    decoder = 10 * 500 + 500 + 500 * 500 + 500 + 500 * 784 + 784
    assert networks.parameter_count(model) == encoder + decoder


@pytest.mark.parametrize(
    ("sides", "expected"),
    [((8, 8), 1), ((28, 28), 2), ((28, 20), 2), ((32, 32), 3), ((64, 64), 4), ((7, 8), 0), ((6, 6), 0), ((12, 8), 1)],
)
def test_pictures_are_halved_while_they_can_be(sides, expected):
    assert networks.halvings(*sides) == expected


def test_feature_maps_shrink_to_the_smallest_and_grow_back():
    shape = (3, 28, 20)
    channels = networks.conv_channels(shape, 8)
    assert channels == (3, 8, 16)
    assert networks.smallest_feature_map(shape, channels[-1]) == (16, 7, 5)
    encoder, decoder = networks.ConvEncoder(shape, (8, 32), 6), networks.ConvDecoder(shape, (8, 32), 6)
    inside = nn.Sequential(*list(encoder)[:4])(torch.zeros(2, *shape))
    assert inside.shape == (2, 16, 7, 5)
    assert decoder(torch.zeros(2, 6)).shape == (2, *shape)


def test_a_patch_networks_feature_maps():
    shape = (3, 32, 24)
    encoder, decoder = networks.PatchEncoder(shape, (8, 32), 6), networks.PatchDecoder(shape, (8, 32), 6)
    x = torch.rand(2, *shape)
    assert nn.Sequential(*list(encoder)[:3])(x).shape == (2, 8, 8, 6)  # a vector for each 4x4 patch
    assert nn.Sequential(*list(encoder)[:5])(x).shape == (2, *networks.patch_feature_map(shape, 8)) == (2, 8, 4, 3)
    assert decoder(torch.zeros(2, 6)).shape == (2, *shape)


@torch.no_grad()
def test_a_patch_is_seen_by_its_own_vector_alone():
    encoder = networks.PatchEncoder((1, 16, 16), (8, 32), 6)
    x = torch.rand(1, 1, 16, 16)
    other = x.clone()
    other[0, 0, 4:8, 8:12] += 1  # the patch in row 1, column 2
    patches = nn.Sequential(*list(encoder)[:2])
    changed = (patches(x) != patches(other)).any(1)[0]
    assert changed.nonzero().tolist() == [[1, 2]]


TOYS = {  # a small configuration of every family
    "vae": VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6,)),
    "masked": MaskedConfig(VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6,)), "mlp", (6,), components=2),
    "layered": LayeredConfig(VAEConfig((1, 8, 8), LATENT_DIM - 1, hidden=(6,), activation="tanh"), 1, (5, 4)),
    "flow": FlowConfig(VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6,)), "planar", layers=2),
    "flow-model": FlowModelConfig((1, 8, 8), layers=6, hidden=(6,)),
    "conditional": ConditionalConfig(VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6, 5)), classes=10),
    "semi-supervised": SemiSupervisedConfig(
        ConditionalConfig(VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6,)), classes=10), (7,)
    ),
    "stacked": StackedConfig(VAEConfig((1, 8, 8), LATENT_DIM - 1, hidden=(6,)), 10, 1, (5,)),
    "vector-quantised": QuantisedConfig((1, 8, 24), 4, 2, 4, halvings=3, prior_width=8, prior_layers=1),  # 3 cells
    "adversarial": AdversarialConfig(VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6,)), (4, 6), layer=1),
}


SMALL = VAEConfig((1, 8, 8), LATENT_DIM, hidden=(6,))
LEARNED = replace(SMALL, prior="mixture", prior_components=2)
VARIANTS = {  # other members of the same families
    "gaussian pixels": replace(SMALL, likelihood="gaussian"),
    "mixture": LEARNED,
    "vamp": replace(SMALL, prior="vamp", prior_components=2),
    "partial convolutions": MaskedConfig(SMALL, "partial-conv", (4, 6)),
    "splines": FlowConfig(SMALL, "spline", layers=2),
    "splines under a mixture": FlowConfig(LEARNED, "spline", layers=2),
    "given labels, blind": ConditionalConfig(LEARNED, classes=10, encoder_sees_label=False),
    "some labels, blind": SemiSupervisedConfig(ConditionalConfig(SMALL, classes=10, encoder_sees_label=False), (7,)),
    "two grids": QuantisedConfig((1, 8, 8), 4, 2, 8, halvings=1, levels=2, prior_width=8, prior_layers=1),
    "a discriminator beside a mixture": AdversarialConfig(LEARNED, (4, 6), layer=1),
}


@pytest.fixture(params=FAMILIES)
def family(request):
    assert request.param in TOYS, f"the family {request.param} needs a small configuration in TOYS"
    return FAMILIES[request.param]


@pytest.mark.parametrize("config", [*TOYS.values(), *VARIANTS.values()], ids=[*TOYS, *VARIANTS])
def test_every_family_keeps_the_contract(config, tmp_path):
    torch.manual_seed(0)
    family = FAMILIES[config.family]
    assert isinstance(config, family.config) and config.family == family.name
    assert family.config.from_json(json.loads(json.dumps(config.to_json()))) == config
    model = family.model(config)
    assert model.config == config and config.parameters == networks.parameter_count(model)
    for one in (model, config):
        assert families.of(one) is family

    x = (torch.rand(4, *config.picture_shape) < 0.5).float()
    labels = (torch.arange(4) % 2,) if family.takes_labels else ()
    posterior = model.encode(x, *labels)
    assert posterior.batch_shape == (4,) and posterior.event_shape == model.prior.event_shape == (config.latent_dim,)
    z = sample(posterior, torch.Generator().manual_seed(0), (2,))
    pixels = model.decode(z, *(each.expand(2, 4) for each in labels))
    assert pixels.batch_shape == (2, 4) and pixels.event_shape == config.picture_shape
    assert pixels.log_prob(x).shape == model.prior.log_prob(z).shape == (2, 4)
    assert pixels.mean.min() >= 0 and pixels.mean.max() <= 1
    assert sample(model.prior, torch.Generator().manual_seed(0), (5,)).shape == (5, config.latent_dim)

    description = describe(model, name="m", dataset="digits", objective="elbo", training={}, seed=0)
    write_checkpoint(tmp_path / "m", model, description)
    again = read_checkpoint(tmp_path / "m").model
    assert type(again) is type(model) and again.config == config
    assert torch.equal(again.encode(x, *labels).mean, posterior.mean)
    assert store.entry(tmp_path / "m").can is family


@pytest.mark.parametrize("config", [*TOYS.values(), *VARIANTS.values()], ids=[*TOYS, *VARIANTS])
def test_gradients_reach_every_learned_parameter_of_every_family(config):
    torch.manual_seed(0)
    objective = OBJECTIVES[configurations.OBJECTIVES.get(config.family, "elbo")]()
    model = FAMILIES[config.family].model(config)
    x, y = (torch.rand(12, *model.config.picture_shape) < 0.5).float(), torch.arange(12) % 10
    (-objective(model, Batch(x, y)).bound.mean()).backward()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_every_family_can_do_what_it_says(family):
    model = family.model(TOYS[family.name])
    x, mask = torch.zeros(2, *model.config.picture_shape), torch.ones(2, 1, *model.config.picture_shape[1:]).bool()
    labels = (torch.tensor([1, 0]),) if family.takes_labels else ()
    if family.latent == "gaussian":
        assert all(isinstance(each.base_dist, Normal) for each in (model.prior, model.encode(x, *labels)))
    if family.latent == "chain":
        assert all(isinstance(each, Chain) for each in (model.prior, model.encode(x)))
    if family.takes_labels:
        for call, given in ((model.encode, x), (model.decode, torch.zeros(2, LATENT_DIM))):
            for wrong, reason in (
                (None, "none: this model needs them"),
                (torch.tensor([0, 10]), "10"),
                (torch.tensor([-1, 3]), "-1"),
                (torch.zeros(3, dtype=torch.int64), r"int64 \(3,\)"),
                (torch.zeros(2), r"float32 \(2,\)"),
            ):
                with pytest.raises(ValueError, match=rf"labels must be int64 \(2,\) from 0 to 9, got {reason}$"):
                    call(given, wrong)
    if not family.takes_labels and not family.classifies:
        for call, given in ((model.encode, x), (model.decode, torch.zeros(2, model.config.latent_dim))):
            with pytest.raises(ValueError, match=r"takes no labels, got \(2,\): leave them out"):
                call(given, torch.zeros(2, dtype=torch.int64))
    assert families.classifies(model) == hasattr(model, "classify") == family.classifies
    if family.classifies:
        y = torch.tensor([1, 0])
        assert model.classify(x).probs.shape == (2, 10) and model.encode_with_each_label(x).batch_shape == (10, 2)
        assert model.encode(x, y).batch_shape == model.decode(torch.zeros(2, LATENT_DIM), y).batch_shape == (2,)
    assert families.completes_holes(model) == hasattr(model, "encode_observed") == family.completes_holes
    if family.completes_holes:
        observed = model.encode_observed(x, mask)
        assert observed.batch_shape == (2,) and observed.event_shape == (LATENT_DIM,)


GOOD = VAEConfig((1, 8, 8), 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latent_dim": 0}, "latent_dim must be between 1 and 512, got 0"),
        ({"latent_dim": 513}, "latent_dim must be between 1 and 512, got 513"),
        ({"latent_dim": 2.5}, "latent_dim must be between 1 and 512, got 2.5"),
        ({"latent_dim": "2"}, "latent_dim must be between 1 and 512, got 2"),
        ({"picture_shape": (8, 8)}, r"picture_shape must be \(channels, height, width\) of 1 to 1024, got \(8, 8\)"),
        ({"picture_shape": (1, 0, 8)}, "picture_shape must be .* got"),
        ({"picture_shape": (1, 8.0, 8)}, "picture_shape must be .* got"),
        ({"picture_shape": (1, 8, 2000)}, "picture_shape must be .* got"),
        ({"hidden": (500, 0)}, "hidden must hold widths between 1 and 8192"),
        ({"hidden": (500, 99_999)}, "hidden must hold widths between 1 and 8192"),
        ({"hidden": (5.5,)}, "hidden must hold widths between 1 and 8192"),
        ({"network": "transformer"}, "network must be mlp, conv or patch, got 'transformer'"),
        ({"likelihood": "poisson"}, "likelihood must be bernoulli or gaussian, got 'poisson'"),
        ({"family": "gan"}, "family must be vae, got 'gan'"),
        ({"network": "conv", "hidden": (32,)}, r"hidden must be \(channels, units\)"),
        ({"network": "conv", "hidden": (32, 64, 256)}, r"hidden must be \(channels, units\)"),
        ({"network": "patch", "hidden": (32,)}, r"hidden must be \(channels, units\)"),
        ({"network": "patch", "picture_shape": (1, 28, 28)}, "multiples of 8 pixels, got 28x28: use conv or mlp"),
        ({"network": "patch", "picture_shape": (1, 32, 20)}, "multiples of 8 pixels, got 32x20: use conv or mlp"),
        ({"network": "conv", "picture_shape": (1, 9, 8)}, "even size from 8x8 up, got 9x8: use mlp"),
        ({"network": "conv", "picture_shape": (1, 6, 6)}, "even size from 8x8 up, got 6x6: use mlp"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(GOOD, **change)


def test_configuration_from_strange_json_is_refused():
    for settings in ({}, {"picture_shape": [1, 8, 8], "colour": "blue"}, {"picture_shape": None}):
        with pytest.raises((TypeError, ValueError)):
            VAEConfig.from_json(settings)
