"""Mixed precision: layers compute with copies, and nobody outside a step can tell."""

import pytest
import torch
from torch import nn

from vae_core.learning.objectives import ELBO, Batch
from vae_core.learning.precision import BFloat16Layers, uses_bfloat16
from vae_core.models.vae import VAE, VAEConfig

CONFIGS = [
    VAEConfig((1, 8, 8), 3, hidden=(16,)),
    VAEConfig((1, 8, 8), 3, hidden=(16,), likelihood="gaussian"),  # its noise is a weight of no layer
    VAEConfig((1, 16, 16), 3, network="conv", hidden=(4, 16)),
]


def backward(model, x):
    """Gradients of the bound under autocast, from noise that is the same each time."""
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        bound = ELBO()(model, Batch(x)).bound.mean()
    bound.backward()


@pytest.mark.parametrize("config", CONFIGS, ids=["mlp", "gaussian", "conv"])
def test_gradients_are_those_of_autocast(config):
    torch.manual_seed(0)
    model, x = VAE(config), torch.rand(32, *config.picture_shape).round()
    backward(model, x)
    expected = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    layers = BFloat16Layers(model)
    for _ in range(2):  # the second time into memory that holds the first's
        with layers:
            backward(model, x)
        for name, parameter in model.named_parameters():
            assert parameter.dtype == parameter.grad.dtype == torch.float32
            assert torch.allclose(parameter.grad, expected[name], rtol=1e-5, atol=1e-7), name
        model.zero_grad()


def test_weights_are_as_they_were_whatever_happens_inside():
    model = VAE(CONFIGS[1])
    before = {name: (parameter.data_ptr(), parameter.detach().clone()) for name, parameter in model.named_parameters()}
    with pytest.raises(KeyboardInterrupt), BFloat16Layers(model):
        inside = {name: parameter.dtype for name, parameter in model.named_parameters()}
        raise KeyboardInterrupt
    assert inside.pop("log_noise") == torch.float32
    assert set(inside.values()) == {torch.bfloat16}
    for name, parameter in model.named_parameters():
        address, weight = before[name]
        assert parameter.data_ptr() == address and torch.equal(parameter, weight)


def test_what_is_not_learned_or_not_reached_is_left_alone():
    model = nn.Sequential(nn.Linear(4, 4).requires_grad_(False), nn.Linear(4, 4), nn.BatchNorm1d(4))
    with BFloat16Layers(model):
        halves = [all(p.dtype == torch.bfloat16 for p in layer.parameters()) for layer in model]
    assert halves == [False, True, False]
    assert all(parameter.grad is None for parameter in model.parameters())


def test_precision_is_the_processors_unless_asked_for(monkeypatch):
    cpu = torch.device("cpu")
    for native in (True, False):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda native=native: {"avx512_bf16": native})
        assert uses_bfloat16("auto", cpu) == native
        assert uses_bfloat16("bfloat16", cpu)
        assert not uses_bfloat16("float32", cpu)
