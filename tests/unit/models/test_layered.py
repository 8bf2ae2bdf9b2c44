"""Two stochastic layers against torch's own Normals, quadrature, and what each layer's name promises."""

import json
import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import Normal

from vae_core.analysis.evaluation import evaluate
from vae_core.analysis.likelihood import FEW, elbo_terms, importance_estimate, marginal_draws, marginal_estimate
from vae_core.learning.importance_weighted import IWAE
from vae_core.learning.objectives import ELBO, Batch
from vae_core.models.distributions import detached, expectation, sample
from vae_core.models.layered import Layered, LayeredConfig
from vae_core.models.vae import VAEConfig

VAE = VAEConfig((1, 8, 8), 3, hidden=(6,), activation="tanh")
CONFIG = LayeredConfig(VAE, 2, (5, 4))
BURDA = LayeredConfig(VAEConfig((1, 28, 28), 100, hidden=(200, 200), activation="tanh"))


def new_model(config=CONFIG, spread=1.0):
    torch.manual_seed(2)
    model = Layered(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(spread)  # untrained layers would hardly depend on each other
    return model


@pytest.fixture
def x():
    return (torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.4).float()


def gaussian(layers, given):
    """The conditional Normal of an MLP's outputs, by hand."""
    mean, raw = layers(given).chunk(2, -1)
    return Normal(mean, torch.log1p(raw.exp()) + 1e-4)


@torch.no_grad()
def test_log_densities_are_those_of_torchs_normals(x):
    model, z = new_model(spread=3.0), torch.randn(7, 4, 5)
    lower, upper = z[..., :3], z[..., 3:]
    posterior = gaussian(model.vae.encoder, x).log_prob(lower).sum(-1)
    posterior = posterior + gaussian(model.up.layers, lower).log_prob(upper).sum(-1)
    assert torch.allclose(model.encode(x).log_prob(z), posterior, rtol=1e-4, atol=1e-4)
    prior = Normal(0.0, 1.0).log_prob(upper).sum(-1) + gaussian(model.down.layers, upper).log_prob(lower).sum(-1)
    assert torch.allclose(model.prior.log_prob(z), prior, rtol=1e-4, atol=1e-4)
    assert torch.equal(model.decode(z).mean, model.vae.decode(lower).mean)
    assert torch.equal(model.decode(z[0]).base_dist.logits, model.decoder(z[0]))


@torch.no_grad()
def test_draws_are_the_lower_layers_and_the_uppers_given_them(x):
    model = new_model(spread=3.0)
    z = sample(model.encode(x), torch.Generator().manual_seed(5), (2,))
    generator = torch.Generator().manual_seed(5)
    noise = [torch.empty(2, 4, size).normal_(generator=generator) for size in (3, 2)]
    first = gaussian(model.vae.encoder, x)
    lower = first.mean + first.stddev * noise[0]
    second = gaussian(model.up.layers, lower)
    assert torch.allclose(z, torch.cat([lower, second.mean + second.stddev * noise[1]], -1), atol=1e-5)
    drawn = sample(model.prior, torch.Generator().manual_seed(5), (50_000,))
    assert torch.allclose(drawn[:, 3:].mean(0), torch.zeros(2), atol=0.03)
    assert torch.allclose(drawn[:, 3:].std(0), torch.ones(2), atol=0.03)
    expected = gaussian(model.down.layers, drawn[:, 3:])
    scores = (drawn[:, :3] - expected.mean) / expected.stddev
    assert scores.mean(0).abs().max() < 0.03 and (scores.std(0) - 1).abs().max() < 0.03


@torch.no_grad()
def test_mean_and_deviation_are_those_of_the_other_layer_at_the_roots_mean(x):
    model = new_model(spread=3.0)
    first = gaussian(model.vae.encoder, x)
    second = gaussian(model.up.layers, first.mean)
    posterior = model.encode(x)
    assert torch.allclose(posterior.mean, torch.cat([first.mean, second.mean], -1), atol=1e-5)
    assert torch.allclose(posterior.stddev, torch.cat([first.stddev, second.stddev], -1), atol=1e-5)


@torch.no_grad()
def test_expectations_are_those_of_many_draws(x):
    model = new_model(spread=4.0)
    posterior = model.encode(x)
    z = sample(posterior, torch.Generator().manual_seed(1), (40_000,))
    error = z.std(0) / 200
    found = expectation(posterior, torch.Generator().manual_seed(2), 4_000)
    assert ((found - z.mean(0)).abs() < 6 * error).all()
    assert torch.equal(found[:, :3], posterior.mean[:, :3])
    assert ((posterior.mean - z.mean(0))[:, 3:].abs() > 6 * error[:, 3:]).any()  # the point at the mean is not E[z2]
    plain = model.vae.encode(x)
    assert torch.equal(expectation(plain, torch.Generator(), 1), plain.mean)


def test_active_units_are_counted_layer_by_layer(digits):
    """Of the first layer all are in use, of the second one alone, which copies a dimension of the first."""
    model = Layered(LayeredConfig(replace(VAE, activation="relu"), 2, (4,)))
    with torch.no_grad():
        model.vae.encoder[-1].weight[:3].mul_(20)
        for layer in (model.up.layers[0], model.up.layers[2]):
            layer.weight.zero_()
            layer.bias.zero_()
        model.up.layers[0].weight[0, 0], model.up.layers[0].weight[1, 0] = 1, -1
        model.up.layers[2].weight[0, 0], model.up.layers[2].weight[0, 1] = 1, -1
    measured = evaluate(model, digits, importance_samples=2, limit=60)
    assert measured.active_per_layer == [3, 1] and measured.active_units == 4
    assert measured.to_json()["active_per_layer"] == [3, 1] and len(measured.kl_per_dimension) == 1


TOY = LayeredConfig(replace(VAE, latent_dim=1), 1, (5,))


@pytest.fixture(scope="module")
def toy():
    """A model of one dimension a layer, trained a little: its layers depend on each other, its posteriors are off."""
    model = new_model(TOY, spread=2.0)
    pictures = (torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.4).float()
    generator, optimizer = torch.Generator().manual_seed(0), torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        (-IWAE(5)(model, Batch(pictures, generator=generator)).bound.mean()).backward()
        optimizer.step()
    return model.eval()


GRID = torch.linspace(-9, 9, 601)


@pytest.fixture(scope="module")
def grid():
    return torch.cartesian_prod(GRID, GRID), (18 / 600) ** 2


@torch.no_grad()
def test_densities_integrate_to_one(toy, grid, x):
    z, area = grid
    assert toy.prior.log_prob(z).exp().sum() * area == pytest.approx(1, abs=1e-3)
    for log_density in toy.encode(x).log_prob(z[:, None]).T:
        assert log_density.exp().sum() * area == pytest.approx(1, abs=1e-3)


@torch.no_grad()
def test_the_likelihood_is_that_of_quadrature(toy, grid, x):
    z, area = grid
    log_joint = toy.decode(z[:, None]).log_prob(x) + toy.prior.log_prob(z)[:, None]
    truth = log_joint.logsumexp(0) + math.log(area)
    for estimate in (importance_estimate(toy, x, 20_000), marginal_estimate(toy, x, 20_000)):
        assert ((estimate.log_marginal - truth).abs() < 5 * estimate.standard_error + 1e-3).all()
        assert (estimate.standard_error < 0.05).all()
    elbo = elbo_terms(toy, x, 20_000)
    assert (elbo.elbo < truth).all()
    density = toy.encode(x).log_prob(z[:, None])
    exact = (density.exp() * (log_joint - density)).sum(0) * area  # of E_q[log p(x, z) - log q(z|x)]
    assert ((elbo.elbo - exact).abs() < 5 * elbo.standard_error + 2e-3).all()


@torch.no_grad()
def test_with_a_simulated_z_the_likelihood_is_bounded_from_above(toy, grid, x):
    true_z = sample(toy.prior, torch.Generator().manual_seed(1), (4,))
    pictures = sample(toy.decode(true_z), torch.Generator().manual_seed(2))
    ((_, draws),) = marginal_draws(toy, pictures, 200, torch.Generator().manual_seed(3), FEW, 1)
    z, area = grid
    truth = (toy.decode(z[:, None]).log_prob(pictures) + toy.prior.log_prob(z)[:, None]).logsumexp(0) + math.log(area)
    assert (draws.above(toy, pictures, true_z) - truth).abs().max() < 0.5


@pytest.mark.parametrize("objective", [ELBO(), ELBO(3), IWAE(4), IWAE(4, "dreg")], ids=str)
def test_gradients_reach_every_parameter(objective, x):
    model = new_model(spread=2.0)
    (-objective(model, Batch(x)).bound.mean()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all() and parameter.grad.any(), name


def test_a_held_chain_has_gradients_by_the_value_alone(x):
    model = new_model(spread=3.0)
    free, z = model.encode(x), torch.randn(4, 5, requires_grad=True)
    held = detached(free)
    assert torch.equal(held.log_prob(z), free.log_prob(z))
    (expected,) = torch.autograd.grad(free.log_prob(z).sum(), z)
    held.log_prob(z).sum().backward()
    assert torch.allclose(z.grad, expected, atol=1e-6)
    assert expected[:, :3].any() and all(parameter.grad is None for parameter in model.parameters())


def test_burdas_two_layers_have_their_sizes():
    assert BURDA.layers == (100, 50) and BURDA.latent_dim == 150
    picture = 784 * 200 + 200 + 200 * 200 + 200
    ends = 200 * 200 + 200 + 100 * 200 + 200 + 200 * 200 + 200 + 200 * 784 + 784
    up = 100 * 100 + 100 + 100 * 100 + 100 + 100 * 100 + 100
    down = 50 * 100 + 100 + 100 * 100 + 100 + 100 * 200 + 200
    assert BURDA.parameters == picture + ends + up + down


@torch.no_grad()
def test_a_batch_of_the_prior_may_propose(toy, x):
    naive = importance_estimate(toy, x, 20_000, toy.prior.expand((4,)))
    assert torch.allclose(naive.log_marginal, marginal_estimate(toy, x, 20_000).log_marginal, atol=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "vae"}, "family must be layered, got 'vae'"),
        ({"upper_dim": 0}, "upper_dim must be between 1 and 509, 512 in both layers, got 0"),
        ({"upper_dim": 510}, "upper_dim must be between 1 and 509, 512 in both layers, got 510"),
        ({"upper_dim": 1.5}, "upper_dim must be between 1 and 509, 512 in both layers, got 1.5"),
        ({"upper_hidden": ()}, "upper_hidden must hold 1 to 16 widths, got 0"),
        ({"upper_hidden": (0,)}, "upper_hidden must hold widths between 1 and 8192"),
        (
            {"vae": replace(VAE, prior="mixture", prior_components=2)},
            "vae must have the prior normal, .* got 'mixture'",
        ),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **change)


def test_strange_json_is_refused():
    good = json.loads(json.dumps(CONFIG.to_json()))
    assert LayeredConfig.from_json(good) == CONFIG
    for change in ({"vae": 3}, {"vae": {}}, {"colour": "blue"}, {"upper_hidden": "no"}, {"vae": {"family": "masked"}}):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            LayeredConfig.from_json({**good, **change})
