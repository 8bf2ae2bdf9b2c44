"""A flow as a model of pictures: its likelihood against autograd and quadrature, and under every model's contract."""

import json
from dataclasses import replace
from math import log

import pytest
import torch

from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.likelihood import elbo_terms, marginal_estimate
from vae_core.data import present
from vae_core.learning.objectives import ELBO, Batch
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.checkpoint import CheckpointError, check_codes, describe, read_checkpoint, write_checkpoint
from vae_core.models.distributions import sample
from vae_core.models.flow_model import MARGIN, FlowModel, FlowModelConfig, masks
from vae_core.models.networks import parameter_count
from vae_core.zoo.build import build
from vae_core.zoo.recipes import Recipe

TOY = FlowModelConfig((1, 2, 2), layers=4, hidden=(8,))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def bent(config, times=2.0):
    torch.manual_seed(1)
    model = FlowModel(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(times)
    return model


def exact(model, x):
    z, log_det = model.to_latents(x)
    return model.prior.log_prob(z) + log_det


def test_log_p_is_the_change_of_variables_of_autograds_jacobian():
    model = bent(FlowModelConfig((1, 3, 2), layers=7, hidden=(8,))).double()
    x = torch.rand(5, 1, 3, 2, generator=seeded(), dtype=torch.float64)
    for each in x:
        jacobian = torch.autograd.functional.jacobian(lambda x: model.to_latents(x)[0], each).reshape(6, 6)
        z = model.to_latents(each)[0]
        by_hand = -0.5 * z.square().sum() - 3 * log(2 * torch.pi) + torch.linalg.slogdet(jacobian).logabsdet
        assert torch.allclose(exact(model, each), by_hand, atol=1e-9)


@torch.no_grad()
def test_its_density_integrates_to_one():
    """Over pictures of four pixels, as far as the logits w reach, x = (sigmoid(w) - margin) / (1 - 2 margin)."""
    model = bent(TOY).double()
    step = 0.8
    points = torch.arange(-5.2, 5.3, step, dtype=torch.float64)
    total = 0
    for w in torch.cartesian_prod(*[points] * 4).split(20_000):
        x = ((w.sigmoid() - MARGIN) / (1 - 2 * MARGIN)).unflatten(-1, (1, 2, 2))
        stretch = (w.sigmoid() * (1 - w.sigmoid()) / (1 - 2 * MARGIN)).prod(-1)  # dx/dw
        total += (exact(model, x).exp() * stretch).sum() * step**4
    assert total == pytest.approx(1, abs=0.02)


@torch.no_grad()
def test_pictures_and_latents_go_into_each_other():
    model = bent(TOY)
    x = torch.rand(50, 1, 2, 2, generator=seeded())
    z = model.encode(x).mean
    assert torch.allclose(model.to_pictures(z), x, atol=1e-4) and torch.allclose(model.decode(z).mean, x, atol=1e-4)
    assert torch.equal(sample(model.encode(x), seeded(), (3,))[1], z)
    assert torch.equal(sample(model.decode(z), seeded(), (2,))[1], model.decode(z).mean)
    assert (model.encode(x).stddev == 0).all() and (model.decode(z).stddev == 0).all()
    assert torch.allclose(model.decoder(z).sigmoid(), model.decode(z).mean, atol=1e-5)


@torch.no_grad()
def test_every_pixel_depends_on_every_latent_after_enough_layers():
    model = bent(FlowModelConfig((1, 4, 4), layers=12, hidden=(8,)))
    z = torch.randn(16, generator=seeded())
    jacobian = torch.autograd.functional.jacobian(lambda z: model.to_pictures(z).flatten(), z)
    assert (jacobian != 0).float().mean() > 0.95


def test_the_bound_of_one_draw_is_log_p_with_no_gap():
    model, x = bent(TOY), torch.rand(6, 1, 2, 2, generator=seeded())
    terms = ELBO()(model, Batch(x))
    assert terms.kl.shape == (6, 1)
    assert torch.allclose(terms.bound, exact(model, x), atol=1e-4)
    with torch.no_grad():
        assert torch.allclose(elbo_terms(model, x, 3).elbo, exact(model, x), atol=1e-4)
        found = marginal_estimate(model, x, 2)
        assert torch.allclose(found.log_marginal, exact(model, x), atol=1e-4)
        assert torch.allclose(found.standard_error, torch.zeros(6), atol=1e-3)


@torch.no_grad()
def test_a_picture_of_other_latents_is_impossible():
    model, x = bent(TOY), torch.rand(2, 1, 2, 2, generator=seeded())
    z = model.encode(x).mean
    assert torch.equal(model.decode(z).log_prob(x.flip(0)), torch.full((2,), -torch.inf))
    assert torch.equal(model.encode(x).log_prob(z), torch.zeros(2))
    assert torch.equal(model.encode(x).log_prob(z + 1), torch.full((2,), -torch.inf))


def test_gradients_are_those_of_log_p_and_reach_every_parameter():
    model, x = bent(TOY), torch.rand(6, 1, 2, 2, generator=seeded())
    ELBO()(model, Batch(x)).bound.mean().backward()
    found = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    exact(model, x).mean().backward()
    for gradient, parameter in zip(found, model.parameters(), strict=True):
        assert gradient.abs().max() > 0 and torch.allclose(gradient, parameter.grad, atol=1e-5)


def test_couplings_split_pixels_in_every_direction():
    board, other, rows, _, columns, _ = (mask.reshape(1, 4, 3) for mask in masks((1, 4, 3)))
    assert board[0, :2, :2].tolist() == [[True, False], [False, True]] and torch.equal(board, ~other)
    assert rows[0, :, 0].tolist() == [True, False, True, False] and (rows[..., :1] == rows).all()
    assert columns[0, 0].tolist() == [True, False, True] and (columns[:, :1] == columns).all()


@pytest.mark.parametrize("config", [TOY, FlowModelConfig((3, 3, 5), 7, (6, 4)), FlowModelConfig((1, 8, 8), 2)])
@torch.no_grad()
def test_it_is_stored_and_counted(config, tmp_path):
    model = FlowModel(config)
    assert parameter_count(model) == config.parameters
    assert FlowModelConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    about = describe(model, name="m", dataset="digits", objective="elbo", training={}, seed=0)
    write_checkpoint(tmp_path / "m", model, about)
    again = read_checkpoint(tmp_path / "m").model
    assert again.state_dict().keys() == dict(model.named_parameters()).keys()  # no masks
    x = torch.rand(2, *config.picture_shape, generator=seeded())
    assert torch.equal(exact(again, x), exact(model, x))


def test_it_learns_and_is_judged_exactly(digits):
    torch.manual_seed(0)
    model = FlowModel(FlowModelConfig((1, 8, 8), 2, (16,)))
    with torch.no_grad():
        before = -exact(model, present(digits.test.batch(slice(0, 50)), "gaussian", seeded())).mean()
    for _ in fit(model, digits.train, TrainingConfig(epochs=2, precision="float32")):
        pass
    after = evaluate(model, digits, importance_samples=500, limit=50)
    assert after.nll < before - 20
    assert after.nll == pytest.approx(-after.elbo, abs=2.0)  # of two draws of the noise within a grey level
    assert after.importance_samples == 1 and "effective_samples" not in after.to_json()
    assert after.nll_standard_error > 0 and len(after.log_marginal) == 50


def test_it_is_built_whole(tmp_path, digits):
    recipe = Recipe("digits-flow-64d", "digits", FlowModelConfig((1, 8, 8), 2, (8,)), TrainingConfig(epochs=1))
    for _ in build(recipe, tmp_path / "m", projected=False):
        pass
    read = read_checkpoint(tmp_path / "m")
    assert (read.codes.stddev == 0).all() and read.codes.kl.shape == (360, 1)
    assert "kl_parts" not in read.metrics and read.metrics["importance_samples"] == 1
    codes = encode_split(read.model, digits.test, torch.arange(20))
    assert torch.allclose(codes.elbo, read.codes.elbo[:20], atol=0.1)
    with pytest.raises(CheckpointError, match="standard deviations that are not above 0"):
        check_codes(tmp_path, read.codes, {"dataset": "digits"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"picture_shape": (1, 28, 28)}, "from 1x2x2 to 512 numbers, got 1x28x28: use a vae"),
        ({"picture_shape": (1, 1, 8)}, "from 1x2x2 to 512 numbers, got 1x1x8"),
        ({"picture_shape": (8, 8)}, "picture_shape must be"),
        ({"layers": 0}, "layers must be between 1 and 64, got 0"),
        ({"hidden": (0,)}, "hidden must hold widths"),
        ({"family": "flow"}, "family must be flow-model, got 'flow'"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(TOY, **change)
