"""Flow posteriors: bijections against autograd, densities against quadrature and against their own draws."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from torch.distributions import Normal

from vae_core.analysis.likelihood import elbo_terms
from vae_core.learning.objectives import ELBO, Batch
from vae_core.models.bijections import LEAST_SLOPE, Affine, Flowed, Planar, Splines, rising_root
from vae_core.models.checkpoint import describe, read_checkpoint, write_checkpoint
from vae_core.models.distributions import diagonal_normal, kl_terms, sample, sample_and_log_prob, sample_with_kl
from vae_core.models.flow_posterior import FlowConfig, FlowVAE, planar_layers
from vae_core.models.networks import parameter_count
from vae_core.models.vae import VAE, VAEConfig

PLAIN = VAEConfig((1, 8, 8), 2, hidden=(12,))
CONFIGS = [FlowConfig(PLAIN, "planar", 6), FlowConfig(PLAIN, "spline", 2)]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module", params=CONFIGS, ids=lambda config: config.flow)
def model(request):
    """Of parameters large enough to bend."""
    torch.manual_seed(3)
    model = FlowVAE(request.param)
    with torch.no_grad():
        model.flow.weight.mul_(6 if request.param.flow == "planar" else 1)
        for name, parameter in model.named_parameters():
            if name.startswith("splines"):
                parameter.mul_(1.7)
    return model


@pytest.mark.parametrize("flow", ["planar", "spline"])
@torch.no_grad()
def test_a_flow_whose_weights_begin_small_begins_as_a_gaussian(flow, x):
    bent = []
    for first in (1.0, 1e-3):
        torch.manual_seed(3)
        q = FlowVAE(FlowConfig(PLAIN, flow, 4, first=first)).encode(x)
        draws = torch.randn(400, 1, 2, generator=seeded(4)) * 2
        z = q.at(draws.expand(-1, len(x), -1))[0][:, 0]  # of the first picture
        inputs = torch.cat([draws[:, 0], torch.ones(400, 1)], 1)
        best = inputs @ torch.linalg.lstsq(inputs, z).solution  # the nearest affine map
        bent.append(float((z - best).norm() / z.norm()))
    assert bent[1] < 0.005 < bent[0], bent


def test_only_a_share_of_the_usual_weights_is_told():
    assert "first" not in FlowConfig(PLAIN).to_json()
    config = FlowConfig(PLAIN, first=0.01)
    assert config.to_json()["first"] == 0.01 and FlowConfig.from_json(config.to_json()) == config
    for wrong in (0, 1.5, -1, True, "1", None, float("nan")):
        with pytest.raises(ValueError, match="first must be above 0 and at most 1, got"):
            FlowConfig(PLAIN, first=wrong)


@pytest.fixture(scope="module")
def x():
    return (torch.rand(3, 1, 8, 8, generator=seeded(1)) < 0.3).float()


def bijections(dimensions):
    """Several of each kind, for 4 pictures, in float64."""
    draws = torch.randn(4, 3 * (2 * dimensions + 1), generator=seeded(2), dtype=torch.float64)
    torch.manual_seed(5)
    splines = Splines(dimensions, 7, 2).double()
    for parameter in splines.parameters():
        parameter.data.mul_(2)
    mean, stddev = torch.randn(2, 4, dimensions, generator=seeded(3), dtype=torch.float64)
    return {
        "planar": planar_layers(2 * draws, 3),
        "splines": splines(torch.randn(4, 7, generator=seeded(4), dtype=torch.float64)),
        "affine": [Affine(mean, stddev.exp())],
    }


@pytest.mark.parametrize("dimensions", [1, 2, 5])
@pytest.mark.parametrize("kind", ["planar", "splines", "affine"])
def test_log_determinants_are_those_of_autograds_jacobian(kind, dimensions):
    z = torch.randn(4, dimensions, generator=seeded(), dtype=torch.float64)
    for bijection in bijections(dimensions)[kind]:
        after, log_det = bijection.forward(z)
        every = torch.autograd.functional.jacobian(lambda z, f=bijection: f.forward(z)[0], z)  # (4, D, 4, D)
        jacobians = torch.stack([every[picture, :, picture] for picture in range(4)])
        assert torch.allclose(log_det, torch.linalg.slogdet(jacobians).logabsdet, atol=1e-10)
        back, undone = bijection.inverse(after)
        assert torch.allclose(back, z, atol=1e-8) and torch.allclose(undone, log_det, atol=1e-8)


def test_a_planar_layer_is_equation_10_with_the_direction_of_appendix_a_1():
    w, u, b = torch.randn(3, 5, 4, generator=seeded(), dtype=torch.float64)
    b, z = b[:, 0], torch.randn(5, 4, generator=seeded(1), dtype=torch.float64)
    layer = Planar(w, u, b)
    for row in range(5):
        product = w[row] @ u[row]
        wanted = -1 + torch.log(1 + product.exp()) + LEAST_SLOPE
        direction = u[row] + (wanted - product) * w[row] / w[row].norm() ** 2
        assert torch.allclose(layer.u[row], direction)
        by_hand = z[row] + direction * torch.tanh(w[row] @ z[row] + b[row])
        assert torch.allclose(layer.forward(z)[0][row], by_hand)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_planar_layers_can_be_undone_however_u_points(dtype):
    w = 3 * torch.randn(200, 3, generator=seeded(), dtype=dtype)
    layer = Planar(w, -9 * w, torch.randn(200, generator=seeded(1), dtype=dtype))  # w.u far below -1
    assert (layer.gain > -1).all() and torch.allclose((layer.u * w).sum(-1), layer.gain, atol=1e-3)
    z = 3 * torch.randn(50, 200, 3, generator=seeded(2), dtype=dtype)
    after, log_det = layer.forward(z)
    assert log_det.isfinite().all()
    again = layer.forward(layer.inverse(after)[0])[0]
    assert torch.allclose(again, after, atol=1e-4 if dtype == torch.float32 else 1e-9)


def test_the_root_is_found_where_newtons_steps_leave():
    a = torch.linspace(-30, 30, 2001, dtype=torch.float64)
    for gain in (-0.999, -0.5, 0.0, 3.0, 200.0):
        for b in (-20.0, 0.0, 5.0):
            gain_, b_ = torch.tensor(gain, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
            height = a + gain_ * (a + b_).tanh()
            assert torch.allclose(rising_root(height, gain_, b_), a, atol=1e-7), (gain, b)


def test_a_layer_without_w_moves_nothing_to_infinity():
    layer = Planar(torch.zeros(2, 3), torch.ones(2, 3), torch.ones(2))
    z = torch.randn(2, 3, generator=seeded())
    after, _ = layer.forward(z)
    assert after.isfinite().all() and torch.allclose(layer.inverse(after)[0], z, atol=1e-5)


def test_the_inverse_has_the_gradients_of_an_implicit_function():
    w, u, after = torch.randn(3, 2, 3, generator=seeded(), dtype=torch.float64).unbind()
    b = torch.randn(2, generator=seeded(1), dtype=torch.float64)
    given = [part.requires_grad_() for part in (w, u, b, after)]
    assert torch.autograd.gradcheck(lambda w, u, b, after: Planar(w, u, b).inverse(after), given)


GRID = torch.cartesian_prod(*[torch.linspace(-9, 9, 301)] * 2)
CELL = (18 / 300) ** 2


@pytest.fixture(scope="module")
@torch.no_grad()
def log_q(model, x):
    """Of the three posteriors at every point of the grid, (G, 3)."""
    return model.encode(x).log_prob(GRID[:, None])


@torch.no_grad()
def test_the_density_integrates_to_one_and_is_that_of_the_draws(model, x, log_q):
    shares = log_q.exp() * CELL
    assert torch.allclose(shares.sum(0), torch.ones(3), atol=3e-3)
    z = sample(model.encode(x), seeded(7), (40_000,))
    for picture in range(3):
        middle = z[:, picture].median(0).values
        for right, up in ((0, 0), (0, 1), (1, 0), (1, 1)):  # the quarters around the draws' median
            flags = torch.tensor([right, up]).bool()
            truth = shares[((middle < GRID) == flags).all(1), picture].sum()
            share = ((z[:, picture] > middle) == flags).all(1).float().mean()
            assert abs(truth - share) < 0.02
        inside = (z[:, picture] - middle).norm(dim=1) < (z[:, picture] - middle).norm(dim=1).quantile(0.3)
        radius = (z[inside, picture] - middle).norm(dim=1).max()
        assert abs(shares[(GRID - middle).norm(dim=1) < radius, picture].sum() - 0.3) < 0.015


@torch.no_grad()
def test_it_is_no_gaussian_and_draws_know_their_own_density(model, x):
    posterior = model.encode(x)
    z, log_prob = sample_and_log_prob(posterior, seeded(), (500,))
    assert torch.equal(z, sample(posterior, seeded(), (500,)))
    assert torch.allclose(log_prob, posterior.log_prob(z), atol=2e-3)
    gaussian = Normal(z.mean(0), z.std(0)).log_prob(z).sum(-1)
    assert (log_prob - gaussian).abs().mean() > 0.05


@torch.no_grad()
def test_moments_are_those_of_the_density(model, x, log_q):
    posterior, shares = model.encode(x), log_q.exp() * CELL
    mean = (shares[..., None] * GRID[:, None]).sum(0)
    stddev = (shares[..., None] * (GRID[:, None] - mean) ** 2).sum(0).sqrt()
    assert torch.allclose(posterior.mean, mean, atol=0.35 * stddev.max().item())
    assert torch.allclose(posterior.stddev, stddev, rtol=0.3)
    assert torch.equal(posterior.mean, model.encode(x).mean)


def test_without_layers_it_is_the_gaussian():
    base = diagonal_normal(torch.randn(4, 3, generator=seeded()), torch.rand(4, 3, generator=seeded(1)) + 0.1)
    z = torch.randn(5, 4, 3, generator=seeded(2))
    for nothing in ([], [Affine(torch.zeros(4, 3), torch.ones(4, 3))]):
        flowed = Flowed(base, nothing)
        assert torch.allclose(flowed.log_prob(z), base.log_prob(z))
        assert torch.equal(sample(flowed, seeded(), (2,)), sample(base, seeded(), (2,)))
        assert torch.allclose(flowed.mean, base.mean, atol=1e-6)
        assert torch.allclose(flowed.stddev, base.stddev, rtol=1e-5)


@torch.no_grad()
def test_layers_that_do_nothing_leave_the_plain_vaes_bound(x):
    """With w.u^ = 0 and u along w a planar layer is the identity."""
    torch.manual_seed(0)
    model = FlowVAE(CONFIGS[0])
    twin = VAE(PLAIN)
    twin.load_state_dict(model.vae.state_dict())
    model.flow.weight.zero_()
    along = torch.tensor(1 - LEAST_SLOPE).expm1().log()  # softplus of it is 1 - LEAST_SLOPE
    model.flow.bias.copy_(torch.tensor([1.0, 0, along, 0, 0]).repeat(6))
    assert torch.allclose(model.encode(x).mean, twin.encode(x).mean, atol=1e-5)
    flowed, plain = (elbo_terms(each, x, 4000) for each in (model, twin))
    assert torch.allclose(flowed.kl.sum(1), plain.kl.sum(1), atol=0.06)
    assert torch.allclose(flowed.log_likelihood, plain.log_likelihood, atol=1e-3)


@torch.no_grad()
def test_the_kl_is_that_of_quadrature(model, x, log_q):
    posterior, log_prior = model.encode(x), model.prior.log_prob(GRID)[:, None]
    truth = (log_q.exp() * (log_q - log_prior)).sum(0) * CELL
    terms = elbo_terms(model, x, 8000)
    assert terms.kl.shape == (3, 1)
    assert torch.allclose(terms.kl[:, 0], truth, atol=0.06)
    z, kl = sample_with_kl(posterior, model.prior, seeded())
    assert torch.allclose(kl, kl_terms(posterior, model.prior, z), atol=2e-3)


def test_gradients_reach_every_parameter(model, x):
    (-ELBO()(model, Batch(x)).bound.mean()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all() and parameter.grad.abs().max() > 0, name


def test_bfloat16_reaches_the_networks_alone(model, x):
    with torch.autocast("cpu", torch.bfloat16):
        posterior = model.encode(x)
        z, log_prob = sample_and_log_prob(posterior, seeded(), (200,))
    assert z.dtype == log_prob.dtype == torch.float32
    assert torch.allclose(log_prob, posterior.log_prob(z), atol=2e-3)


@pytest.mark.parametrize("config", [*CONFIGS, *(replace(c, vae=replace(PLAIN, latent_dim=1)) for c in CONFIGS)])
@torch.no_grad()
def test_it_is_stored_and_counted(config, x, tmp_path):
    model = FlowVAE(config)
    assert parameter_count(model) == config.parameters
    assert FlowConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    write_checkpoint(
        tmp_path / "m", model, describe(model, name="m", dataset="digits", objective="elbo", training={}, seed=0)
    )
    again = read_checkpoint(tmp_path / "m").model
    assert again.state_dict().keys() == dict(model.named_parameters()).keys()  # no masks
    z = torch.randn(3, config.latent_dim)
    assert torch.equal(again.encode(x).mean, model.encode(x).mean)
    assert torch.equal(again.encode(x).log_prob(z), model.encode(x).log_prob(z))


@torch.no_grad()
def test_convolutions_can_steer_a_flow():
    for network, flow in (("conv", "planar"), ("patch", "spline")):
        model = FlowVAE(FlowConfig(VAEConfig((1, 8, 8), 3, network, (4, 16)), flow, 2))
        assert parameter_count(model) == model.config.parameters
        assert sample(model.encode(torch.zeros(2, 1, 8, 8)), seeded(), (5,)).shape == (5, 2, 3)


def test_importing_zuko_leaves_torchs_checks_on():
    code = (
        "import sys, vae_core.models.families as f, torch\n"
        "assert 'zuko' not in sys.modules\n"
        "from vae_core.models.bijections import zuko; zuko()\n"
        "from torch.distributions import Distribution, Normal\n"
        "assert Distribution._validate_args\n"
        "try: Normal(0.0, -1.0)\n"
        "except ValueError: print('checked')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "checked\n", done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"flow": "glow"}, "flow must be planar or spline, got 'glow'"),
        ({"flow": ["planar"]}, "flow must be planar or spline, got "),
        ({"layers": 0}, "layers must be between 1 and 100, got 0"),
        ({"layers": True}, "layers must be between 1 and 100, got True"),
        ({"layers": 101}, "layers must be between 1 and 100, got 101"),
        ({"family": "vae"}, "family must be flow, got 'vae'"),
        ({"vae": replace(PLAIN, prior="vamp", prior_components=3)}, "use normal or mixture"),
    ],
)
def test_bad_configurations_say_what_would_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIGS[0], **change)


def test_configuration_from_strange_json_is_refused():
    for settings in ({}, {"vae": {"picture_shape": [1, 8, 8]}, "depth": 3}, {"vae": 3}):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            FlowConfig.from_json(settings)
