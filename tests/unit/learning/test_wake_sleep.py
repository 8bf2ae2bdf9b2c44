"""Wake-sleep's gradients against the two definitions: the decoder's from pictures, the encoder's from dreams."""

import pytest
import torch

from vae_core.learning.objectives import Batch, MonteCarloEM, WakeSleep
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models import families
from vae_core.models.conditional import ConditionalConfig, ConditionalVAE
from vae_core.models.distributions import sample
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.vae import VAE, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig


def gradients(model, value):
    """By parameter; None where nothing arrives."""
    named = dict(model.named_parameters())
    return dict(zip(named, torch.autograd.grad(value, list(named.values()), allow_unused=True), strict=True))


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_gradients_are_those_of_the_two_phases_and_nothing_else(likelihood):
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(6,), likelihood=likelihood))
    x = (torch.rand(7, 1, 8, 8) < 0.5).float()
    found = gradients(model, WakeSleep()(model, Batch(x, generator=torch.Generator().manual_seed(1))).bound.mean())

    generator = torch.Generator().manual_seed(1)
    z = sample(model.encode(x), generator).detach()
    dreamt_z = sample(model.prior, generator, (7,)).detach()
    dreamt_x = sample(model.decode(dreamt_z), generator).detach()
    awake = gradients(model, model.decode(z).log_prob(x).mean())
    asleep = gradients(model, model.encode(dreamt_x).log_prob(dreamt_z).mean())
    for name in found:
        mine = awake if name.startswith("decoder") or name == "log_noise" else asleep
        other = asleep if mine is awake else awake
        assert other[name] is None, name
        assert torch.allclose(found[name], mine[name], atol=1e-6) and found[name].abs().max() > 0, name


def test_a_learned_prior_learns_awake():
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 8, 8), 2, hidden=(6,), prior="mixture", prior_components=3))
    x = (torch.rand(7, 1, 8, 8) < 0.5).float()
    found = gradients(model, WakeSleep()(model, Batch(x, generator=torch.Generator().manual_seed(1))).bound.mean())
    z = sample(model.encode(x), torch.Generator().manual_seed(1)).detach()
    awake = gradients(model, model.prior.log_prob(z).mean())
    assert torch.allclose(found["mixture.means"], awake["mixture.means"], atol=1e-6)


def test_it_trains_a_model_and_one_with_labels(digits):
    config = TrainingConfig(epochs=15, learning_rate=5e-3, precision="float32")
    for model in (
        VAE(VAEConfig((1, 8, 8), 2, hidden=(32,))),
        ConditionalVAE(ConditionalConfig(VAEConfig((1, 8, 8), 2, hidden=(32,)), 10)),
    ):
        steps = list(fit(model, digits.train, config, WakeSleep()))
        assert steps[-1].log_likelihood > steps[0].log_likelihood + 5


@pytest.mark.parametrize("objective", [WakeSleep(), MonteCarloEM()])
@pytest.mark.parametrize(
    "config", [FlowModelConfig((1, 8, 8), layers=2, hidden=(8,)), QuantisedConfig((1, 8, 8), codes=4, code_dim=4)]
)
def test_latents_without_a_density_to_dream_of_are_refused(objective, config):
    model = families.of(config).model(config)
    refusal = f"{objective.name} trains models whose .* densities, not the family {config.family}"
    with pytest.raises(ValueError, match=refusal):
        objective(model, Batch(torch.rand(4, 1, 8, 8)))
