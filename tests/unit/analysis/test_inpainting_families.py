"""Every family of models with every method: valid completions, or one sentence before anything is computed."""

import math
from dataclasses import replace

import pytest
import torch

from vae_core.analysis import inpainting
from vae_core.analysis.inpainting import METHODS, complete, decoded, refusal
from vae_core.analysis.inpainting_errors import (
    compared_methods,
    errors,
    measure_completions,
    measure_curves,
    measure_method,
    pixel_noise,
)
from vae_core.models.adversarial import AdversarialConfig
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.families import FAMILIES
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.flow_posterior import FlowConfig
from vae_core.models.given import Given
from vae_core.models.layered import LayeredConfig
from vae_core.models.masked import MaskedConfig
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.stacked import StackedConfig
from vae_core.models.vae import VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig

SHAPE = (1, 8, 8)
SMALL = VAEConfig(SHAPE, 2, hidden=(6,))
TOYS = {
    "vae": SMALL,
    "masked": MaskedConfig(SMALL, "mlp", (6,), components=2),
    "layered": LayeredConfig(SMALL, 1, (5,)),
    "flow": FlowConfig(SMALL, "planar", layers=2),
    "flow-model": FlowModelConfig(SHAPE, layers=6, hidden=(6,)),
    "conditional": ConditionalConfig(SMALL, classes=10),
    "semi-supervised": SemiSupervisedConfig(ConditionalConfig(SMALL, classes=10), (7,)),
    "stacked": StackedConfig(SMALL, 10, 1, (5,)),
    "vector-quantised": QuantisedConfig(SHAPE, 4, 2, 4, halvings=2, prior_width=8, prior_layers=1),
    "adversarial": AdversarialConfig(SMALL, (4, 6), layer=1),
}
FACES = replace(SMALL, likelihood="gaussian")
MORE = {  # what a family may be made of beside
    "gaussian vae": FACES,
    "mixture": replace(SMALL, prior="mixture", prior_components=3),
    "vamp": replace(SMALL, prior="vamp", prior_components=3),
    "partial-conv": MaskedConfig(SMALL, "partial-conv", (4, 6), components=2),
    "gaussian conditional": ConditionalConfig(FACES, classes=10),
    "gaussian semi-supervised": SemiSupervisedConfig(ConditionalConfig(FACES, classes=10), (7,)),
    "gaussian vector-quantised": replace(TOYS["vector-quantised"], likelihood="gaussian"),
}
HOLES = {"masked", "partial-conv"}
REFUSED = {name: HOLES for name in (*TOYS, *MORE)} | {
    "masked": {"partial-conv"},
    "partial-conv": {"masked"},
    "flow-model": set(METHODS),
    "vector-quantised": {*HOLES, "metropolis", "importance", "annealed", "gradient"},
    "gaussian vector-quantised": {*HOLES, "metropolis", "importance", "annealed", "gradient"},
}
LABELS = torch.tensor([3, 0, 7])


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Enough to go through everything once."""
    for name, count in (("DRAWS", 40), ("FIRST_DRAWS", 40), ("GRADIENT_STEPS", 3), ("BURN_IN", 4), ("WARM_UP", 2)):
        monkeypatch.setattr(inpainting, name, count)


def made(config):
    torch.manual_seed(0)
    return FAMILIES[config.family].model(config).eval()


def pictures(shape=SHAPE):
    draw = torch.Generator().manual_seed(1)
    return (torch.rand(3, *shape, generator=draw) < 0.5).float(), torch.rand(3, 1, *shape[1:], generator=draw) < 0.5


def test_every_family_is_here():
    assert TOYS.keys() == FAMILIES.keys()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*TOYS, *MORE])
def test_a_method_fills_holes_or_says_what_it_needs(name, method, monkeypatch):
    config = {**TOYS, **MORE}[name]
    model, (x, mask) = made(config), pictures()
    labelled = FAMILIES[config.family].takes_labels
    if labelled:
        told = "needs a model that takes no labels, .*: as vae_core.models.given.Given.model, labels. it can do naive, "
        with pytest.raises(ValueError, match=f"^{method} {told}"):
            complete(method, model, x, mask)
        assert (refusal(method, model, labelled=True) is None) == (method not in HOLES)
        model = Given(model, LABELS)
    if method in REFUSED[name]:
        monkeypatch.setattr(type(model), "encode", None)
        monkeypatch.setattr(type(model), "decode", None)
        with pytest.raises(ValueError, match=f"^({method}|every method) needs a model .*, such as mnist-") as told:
            complete(method, model, x, mask)
        assert f"and this one, of the family {config.family}, " in str(told.value) and "\n" not in str(told.value)
        able = str(told.value).partition(": it can do ")[2].replace(" or ", ", ").split(", ")
        assert set(filter(None, able)) == {*METHODS} - REFUSED[name]
        return
    found = complete(method, model, x, mask, samples=12)
    assert found.samples.shape == (12, 3, *SHAPE) and found.latents.shape == (12, 3, config.latent_dim)
    assert torch.equal(found.samples[:, mask.expand_as(x)], x[mask.expand_as(x)].expand(12, -1))
    assert found.samples.min() >= 0 and found.samples.max() <= 1
    assert torch.equal(found.samples, complete(method, model, torch.where(mask, x, 1 - x), mask, samples=12).samples)
    if not FAMILIES[config.family].classifies or config.family == "stacked":
        labels = (LABELS.expand(12, 3),) * labelled
        with torch.no_grad():  # of each picture's own label, where there are labels
            pixels = (model.model if labelled else model).decode(found.latents, *labels)
        assert torch.allclose(found.samples, torch.where(mask, x, pixels.mean), atol=1e-6)
    measured = errors(measure_completions(found, model, x, mask))
    assert math.isfinite(measured.rmse_missing) and math.isfinite(measured.log_likelihood_missing)


@pytest.mark.parametrize("name", [name for name in MORE if name.startswith("gaussian")])
def test_the_noise_of_pixels_is_the_decoders(name):
    model = made(MORE[name])
    (log_noise,) = (value for key, value in model.named_parameters() if key.endswith("log_noise"))
    with torch.no_grad():
        log_noise.fill_(-1.2)
        found = pixel_noise(Given(model, LABELS) if name == "gaussian conditional" else model)
    assert float(found) == pytest.approx(math.exp(-1.2), abs=0.01)


TINY = (1, 3, 3)


@pytest.fixture
def labelled_model():
    """A model of labels nobody knows whose pictures depend on label and z."""
    torch.manual_seed(3)
    config = SemiSupervisedConfig(ConditionalConfig(VAEConfig(TINY, 1, hidden=(12,)), classes=4), (7,))
    model = SemiSupervised(config).eval().requires_grad_(False)
    model.conditional.vae.decoder[-2].weight.mul_(4)
    model.conditional.label_in_decoder.weight.mul_(6)
    return model


def by_quadrature(model, x, mask):
    """Weights (N, K, B) of a fine grid of z (N, 1) and labels given what is observed, and each's mean (N, K, C, H, W),
    by Bayes' rule."""
    z = torch.linspace(-6, 6, 601)[:, None]
    each = torch.stack([model.decode(z, torch.full((len(z),), label)).mean for label in range(4)], 1)
    right = torch.where(x[:, None, None] == 1, each, 1 - each)  # (B, N, K, C, H, W)
    log_joint = right.where(mask[:, None, None], 1).log().sum((-3, -2, -1)) - z.square() / 2  # (B, N, K)
    return log_joint.flatten(1).softmax(1).reshape(log_joint.shape), each


@pytest.mark.parametrize("method", ["metropolis", "importance", "prior", "annealed"])
def test_labels_that_nobody_knows_are_inferred_from_what_is_observed(method, labelled_model, monkeypatch):
    settings = {"DRAWS": 4000, "FIRST_DRAWS": 4000, "BURN_IN": 50, "WARM_UP": 5, "POWER": 1.0}
    for name, value in settings.items():
        monkeypatch.setattr(inpainting, name, value)
    x, mask = pictures(TINY)
    weights, each = by_quadrature(labelled_model, x, mask)
    exact = torch.einsum("bnk,nkchw->bchw", weights, each)
    found = complete(method, labelled_model, x, mask, samples=1000).mean
    assert ((found - exact).abs() * ~mask).max() < 0.04
    blend = torch.einsum("bnk,nchw->bchw", weights, each.mean(1))  # labels drawn by p(y)
    assert ((blend - exact).abs() * ~mask).max() > 0.4


def test_a_completion_has_one_label(labelled_model):
    """Missing pixels depend on each other by the label: the mean of their products is not that of a blend."""
    x, mask = pictures(TINY)
    z = torch.full((20_000, 3, 1), 0.3)
    found = decoded(labelled_model, x, mask, z, torch.Generator().manual_seed(0)).samples.flatten(2)
    each = torch.stack([labelled_model.decode(z[:1, :1], torch.full((1, 1), y)).mean.flatten() for y in range(4)])
    bits = torch.where(x.flatten(1)[:, None] == 1, each, 1 - each).log() * mask.flatten(1)[:, None]
    shares = bits.sum(-1).softmax(1)  # (B, K)
    both = (~mask.flatten(1))[:, None] & (~mask.flatten(1))[..., None]
    exact = torch.einsum("bk,kp,kq->bpq", shares, each, each)
    products = torch.einsum("sbp,sbq->bpq", found, found) / len(found)
    assert ((products - exact).abs() * both).max() < 0.01
    blend = torch.einsum("bk,kp->bp", shares, each)
    assert ((blend[:, None] * blend[..., None] - exact).abs() * both).max() > 0.05


def test_a_model_that_takes_labels_is_measured_with_the_pictures_own(digits):
    model = made(TOYS["conditional"])
    found = measure_method("metropolis", model, digits, "lower", 0.5, limit=5, samples=3)
    given = measure_method("metropolis", Given(model, digits.test.labels[:5]), digits, "lower", 0.5, limit=5, samples=3)
    other = measure_method("metropolis", Given(model, torch.tensor(0)), digits, "lower", 0.5, limit=5, samples=3)
    assert found.errors == given.errors != other.errors
    assert measure_method("knn", model, digits, "lower", 0.5, limit=5).neighbours
    unlabelled = replace(digits, test=replace(digits.test, labels=None))
    with pytest.raises(ValueError, match="of the family conditional needs labels, and these pictures have none"):
        measure_method("naive", model, unlabelled, limit=5)


@pytest.mark.parametrize("name", TOYS)
def test_curves_compare_what_a_model_can_do(name):
    methods = ["naive", "masked", "partial-conv", "pseudo-gibbs", "metropolis", "importance", "annealed", "gradient"]
    able = [method for method in methods if method not in REFUSED[name]]
    assert compared_methods(made(TOYS[name])) == (("mean", "knn", *able) if able else ())


@pytest.mark.parametrize("method", ["mean", "knn", "naive"])
def test_a_model_that_can_do_nothing_is_refused_before_the_pictures_are_looked_at(method, tmp_path):
    model = made(TOYS["flow-model"])
    told = "every method needs a model whose z leaves pixels open, .* of the family flow-model, has all of the picture"
    with pytest.raises(ValueError, match=told):
        measure_method(method, model, dataset=None)
    with pytest.raises(ValueError, match=told):
        next(measure_curves(Checkpoint(model, {}, tmp_path, "0" * 64), None, limit=1))


def test_an_entry_of_the_zoo_is_asked_like_its_model():
    class Entry:
        family = "masked"

    assert refusal("masked", Entry()) is refusal("partial-conv", Entry()) is None
    Entry.family = "vector-quantised"
    assert refusal("gradient", Entry()) == refusal("gradient", made(TOYS["vector-quantised"]))
