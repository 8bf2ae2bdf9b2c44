"""Exported networks against PyTorch, at any batch size and in any precision they are stored in."""

import stat

import numpy as np
import onnx
import pytest
import torch

from vae_core.models.checkpoint import round_to_half
from vae_core.models.conditional import ConditionalConfig, ConditionalVAE
from vae_core.models.flow_model import FlowModel, FlowModelConfig
from vae_core.models.flow_posterior import FlowConfig, FlowVAE
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.stacked import Stacked, StackedConfig
from vae_core.models.vae import VAE, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig, QuantisedVAE
from vae_core.zoo.onnx_export import export, export_completer, run

CONFIGS = {
    "mlp": VAEConfig((1, 28, 20), 2, hidden=(40, 30)),
    "conv": VAEConfig((3, 32, 32), 4, "conv", (8, 32)),
    "gaussian": VAEConfig((1, 8, 8), 3, hidden=(16,), likelihood="gaussian"),
}


@pytest.fixture(scope="module", params=CONFIGS.values(), ids=CONFIGS.keys())
def exported(request, tmp_path_factory):
    torch.manual_seed(0)
    model = VAE(request.param).requires_grad_(False)
    return model, export(model, tmp_path_factory.mktemp("onnx") / "new" / "folder")


@pytest.mark.parametrize("batch", [1, 3, 400])
def test_outputs_are_pytorchs_at_any_batch_size(exported, batch):
    model, files = exported
    torch.manual_seed(batch)
    z, x = torch.randn(batch, model.config.latent_dim) * 2, torch.rand(batch, *model.config.picture_shape)
    picture = run(files.decoder, {"z": z})["x"]
    assert picture.shape == (batch, *model.config.picture_shape) and picture.dtype == np.float32
    assert np.abs(picture - model.decode(z).mean.numpy()).max() < 1e-5
    outputs, posterior = run(files.encoder, {"x": x}), model.encode(x)
    assert outputs["mean"].shape == (batch, model.config.latent_dim)
    assert np.abs(outputs["mean"] - posterior.mean.numpy()).max() < 1e-5
    assert np.abs(outputs["stddev"] - posterior.stddev.numpy()).max() < 1e-5


def test_the_difference_is_measured_and_small(exported):
    _, files = exported
    assert 0 <= files.max_abs_difference < 1e-5


def test_files_are_named_and_shaped_as_the_browser_expects(exported):
    _, files = exported
    assert (files.decoder.name, files.encoder.name) == ("decoder.onnx", "encoder.onnx")
    assert sorted(path.name for path in files.decoder.parent.iterdir()) == ["decoder.onnx", "encoder.onnx"]
    for path, inputs, outputs in ((files.decoder, ["z"], ["x"]), (files.encoder, ["x"], ["mean", "stddev"])):
        graph = onnx.load(path).graph
        assert [node.name for node in graph.input] == inputs
        assert [node.name for node in graph.output] == outputs
        assert all(node.type.tensor_type.shape.dim[0].dim_param for node in (*graph.input, *graph.output))
        assert stat.S_IMODE(path.stat().st_mode) & 0o400


def test_nothing_of_the_exporting_machine_is_in_the_files(exported):
    _, files = exported
    for path in (files.decoder, files.encoder):
        contents = path.read_bytes()
        assert b"vae_core" not in contents and b"site-packages" not in contents and b"/" + b"home" not in contents


def weights_by_dtype(path):
    names = {onnx.TensorProto.FLOAT: "single", onnx.TensorProto.FLOAT16: "half"}
    return {
        names[weight.data_type]
        for weight in onnx.load(path).graph.initializer
        if weight.data_type in names and np.prod(weight.dims) >= 64
    }


def test_weights_that_are_half_numbers_are_stored_so_and_change_nothing(tmp_path):
    torch.manual_seed(0)
    config = CONFIGS["conv"]
    model = VAE(config).requires_grad_(False)
    whole = export(model, tmp_path / "whole")
    round_to_half(model)
    half = export(model, tmp_path / "half")
    assert weights_by_dtype(whole.decoder) == {"single"}
    assert weights_by_dtype(half.decoder) == weights_by_dtype(half.encoder) == {"half"}
    assert half.decoder.stat().st_size < 0.65 * whole.decoder.stat().st_size
    z, x = torch.randn(50, config.latent_dim), torch.rand(50, *config.picture_shape)
    assert np.abs(run(half.decoder, {"z": z})["x"] - model.decode(z).mean.numpy()).max() < 1e-5
    assert np.abs(run(half.encoder, {"x": x})["mean"] - model.encode(x).mean.numpy()).max() < 1e-5


def test_an_export_replaces_what_was_there(toy, tmp_path):
    (tmp_path / "decoder.onnx").write_text("something else")
    files = export(toy, tmp_path)
    assert run(files.decoder, {"z": torch.zeros(1, 2)})["x"].shape == (1, 1, 8, 8)


@pytest.mark.parametrize("completer", ["mlp", "partial-conv"])
def test_a_completer_is_pytorchs_whatever_is_observed(tmp_path, completer):
    torch.manual_seed(0)
    model = MaskedVAE(MaskedConfig(CONFIGS["mlp"], completer, components=3)).requires_grad_(False)
    path, difference = export_completer(model, tmp_path / "new")
    assert 0 <= difference < 1e-4
    picture = torch.rand(5, 1, 28, 20)
    for mask in (torch.rand(5, 1, 28, 20) < 0.3, torch.ones(5, 1, 28, 20), torch.zeros(5, 1, 28, 20)):
        outputs = run(path, {"picture": picture, "mask": mask.float()})["outputs"]
        assert outputs.shape == (5, 3 * (1 + 2 * 2))
        assert np.abs(outputs - model.completer(picture, mask.float()).numpy()).max() < 1e-4


def test_a_model_without_a_completer_says_so(tmp_path):
    with pytest.raises(ValueError, match="masked"):
        export_completer(VAE(CONFIGS["mlp"]), tmp_path)


@pytest.mark.parametrize("encoder_sees_label", [True, False])
def test_networks_with_labels_take_them_one_hot(tmp_path, encoder_sees_label):
    torch.manual_seed(0)
    config = ConditionalConfig(CONFIGS["mlp"], 3, encoder_sees_label)
    model = ConditionalVAE(config).requires_grad_(False)
    files = export(model, tmp_path)
    assert files.classifier is None and files.max_abs_difference < 1e-5
    y = torch.tensor([0, 2, 1, 1])
    label = torch.eye(3)[y]
    z, x = torch.randn(4, 2), torch.rand(4, 1, 28, 20)
    assert [node.name for node in onnx.load(files.decoder).graph.input] == ["z", "y"]
    assert np.abs(run(files.decoder, {"z": z, "y": label})["x"] - model.decode(z, y).mean.numpy()).max() < 1e-5
    given = {"x": x} | ({"y": label} if encoder_sees_label else {})
    outputs, posterior = run(files.encoder, given), model.encode(x, y)
    assert np.abs(outputs["mean"] - posterior.mean.numpy()).max() < 1e-5
    assert np.abs(outputs["stddev"] - posterior.stddev.numpy()).max() < 1e-5


def test_a_model_that_classifies_has_a_classifier_as_well(tmp_path):
    torch.manual_seed(0)
    model = SemiSupervised(SemiSupervisedConfig(ConditionalConfig(CONFIGS["mlp"], 3), (9,))).requires_grad_(False)
    files = export(model, tmp_path)
    assert files.max_abs_difference < 1e-5
    x, y, z = torch.rand(5, 1, 28, 20), torch.tensor([0, 1, 2, 0, 1]), torch.randn(5, 2)
    found = run(files.classifier, {"x": x})["probabilities"]
    assert np.abs(found - model.classify(x).probs.numpy()).max() < 1e-5
    decoded = run(files.decoder, {"z": z, "y": torch.eye(3)[y]})["x"]
    assert np.abs(decoded - model.decode(z, y).mean.numpy()).max() < 1e-5


def test_a_model_on_a_vae_gives_its_style_and_its_classifier(tmp_path):
    torch.manual_seed(0)
    model = Stacked(StackedConfig(CONFIGS["mlp"], 3, 4, (6, 5))).requires_grad_(False)
    files = export(model, tmp_path)
    assert files.max_abs_difference < 1e-5
    x, y, z = torch.rand(5, 1, 28, 20), torch.tensor([0, 1, 2, 0, 1]), torch.randn(5, 4)
    assert np.abs(run(files.classifier, {"x": x})["probabilities"] - model.classify(x).probs.numpy()).max() < 1e-5
    style = run(files.encoder, {"x": x, "y": torch.eye(3)[y]})
    chain = model.encode(x, y)  # q(z1|x) q(z2|z1, y)
    assert np.abs(style["mean"] - chain.mean[:, -4:].numpy()).max() < 1e-5
    assert np.abs(style["stddev"] - chain.stddev[:, -4:].numpy()).max() < 1e-5
    decoded = run(files.decoder, {"z": z, "y": torch.eye(3)[y]})["x"]
    below = model.upper.decode(z, y).mean
    latents = torch.cat([below, z], -1)
    assert np.abs(decoded - model.decode(latents, y).mean.numpy()).max() < 1e-5


@pytest.mark.parametrize("flow", ["planar", "spline"])
def test_a_flow_gives_draws_of_its_posterior_and_their_density(tmp_path, flow):
    torch.manual_seed(0)
    config = FlowConfig(VAEConfig((1, 8, 8), 2, hidden=(16, 12)), flow, layers=3)
    model = FlowVAE(config).requires_grad_(False)
    files = export(model, tmp_path)
    assert files.posterior == tmp_path / "posterior.onnx" and files.max_abs_difference < 1e-4
    x, noise = torch.rand(1, 1, 8, 8), 2 * torch.randn(333, 2)
    found = run(files.posterior, {"x": x, "noise": noise})
    z, log_density = torch.tensor(found["z"]), torch.tensor(found["log_density"])
    assert z.shape == (333, 2) and log_density.shape == (333,)
    posterior = model.encode(x)
    assert log_density.numpy() == pytest.approx(posterior.log_prob(z[:, None])[:, 0].numpy(), abs=2e-3)  # by undoing it
    start = z[:, None]
    for bijection in reversed(posterior.bijections):
        start, _ = bijection.inverse(start)
    undone = (start - posterior.base.mean) / posterior.base.stddev
    assert undone[:, 0].numpy() == pytest.approx(noise.numpy(), abs=2e-3)
    assert run(files.encoder, {"x": x})["mean"] == pytest.approx(posterior.mean.numpy(), abs=1e-5)


def test_a_flow_model_gives_the_one_z_of_a_picture_and_that_picture_back(tmp_path):
    torch.manual_seed(0)
    model = FlowModel(FlowModelConfig((1, 3, 4), layers=1, hidden=(8,)))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.5)  # far from the identity
    files = export(model.requires_grad_(False), tmp_path)
    assert files.max_abs_difference < 1e-4
    x = torch.rand(5, 1, 3, 4)
    x[0, 0, 0, :2] = torch.tensor([0.0, 1.0])
    found = run(files.encoder, {"x": x})
    z, _ = model.to_latents(x)
    assert found["mean"] == pytest.approx(z.numpy(), abs=1e-4) and not found["stddev"].any()
    assert (z - (0.05 + 0.9 * x).flatten(1).logit()).abs().max() > 0.5  # the couplings do something
    assert run(files.decoder, {"z": torch.tensor(found["mean"])})["x"] == pytest.approx(x.numpy(), abs=1e-3)


@pytest.mark.parametrize("levels", [1, 2])
def test_networks_of_discrete_latents_take_and_give_codes_at_any_batch_size(tmp_path, levels):
    torch.manual_seed(0)
    config = QuantisedConfig((1, 8, 12), 7, 4, 8, halvings=1, levels=levels, prior_width=16, prior_layers=1)
    model = QuantisedVAE(config).requires_grad_(False)
    files = export(model, tmp_path)
    assert files.classifier is None and files.max_abs_difference < 1e-5
    for batch in (1, 5):
        x, z = torch.rand(batch, 1, 8, 12), torch.randint(7, (batch, config.latent_dim))
        codes = run(files.encoder, {"x": x})["codes"]
        assert codes.dtype == np.int64 and np.array_equal(codes, model.encode(x).codes.numpy())
        assert np.abs(run(files.decoder, {"z": z})["x"] - model.decode(z).mean.numpy()).max() < 1e-5
        logits = run(files.prior, {"z": z})["logits"]
        assert logits.shape == (batch, config.latent_dim, 7)
        assert np.abs(logits - model.code_prior(z).numpy()).max() < 1e-5
        each = torch.tensor(logits).log_softmax(-1).gather(-1, z[..., None])[..., 0]
        assert each.sum(-1).tolist() == pytest.approx(model.prior.log_prob(z).tolist(), abs=1e-4)


def test_the_exported_prior_does_not_see_a_cells_own_code_nor_later_ones(tmp_path):
    torch.manual_seed(0)
    model = QuantisedVAE(QuantisedConfig((1, 8, 8), 5, 4, 8, halvings=1, prior_width=16, prior_layers=1))
    files = export(model.requires_grad_(False), tmp_path)
    z = torch.randint(5, (1, 16))
    other = z.clone()
    other[:, 6:] = (other[:, 6:] + 1) % 5
    before, after = (run(files.prior, {"z": codes})["logits"] for codes in (z, other))
    assert np.abs(before[:, :7] - after[:, :7]).max() < 1e-6 < 1e-3 < np.abs(before[:, 7:] - after[:, 7:]).max()
