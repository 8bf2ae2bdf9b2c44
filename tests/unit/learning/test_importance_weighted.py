"""The importance-weighted bound against its definition, the ELBO, the analytic likelihood, and its two gradients."""

import json
import math
from dataclasses import replace

import pytest
import torch
from linear_gaussian import LinearGaussian
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal

from vae_core.learning.importance_weighted import IWAE
from vae_core.learning.objectives import ELBO, Autoencoder, Batch, BetaELBO, BetaTCVAE, from_json, to_json
from vae_core.models import families
from vae_core.models.bijections import Affine, Flowed
from vae_core.models.distributions import detached, diagonal_normal
from vae_core.models.flow_posterior import FlowConfig
from vae_core.models.layered import LayeredConfig
from vae_core.models.vae import VAE, VAEConfig

SMALL = VAEConfig((1, 8, 8), 3, hidden=(8,), activation="tanh")
MODELS = {
    "normal": SMALL,
    "mixture": replace(SMALL, prior="mixture", prior_components=3),
    "vamp": replace(SMALL, prior="vamp", prior_components=3),
    "layered": LayeredConfig(replace(SMALL, latent_dim=2), 1, (4,)),
    "planar": FlowConfig(SMALL, "planar", 2),
}


@pytest.fixture(params=MODELS)
def model(request):
    return new_model(request.param)


def new_model(name):
    torch.manual_seed(0)
    config = MODELS[name]
    return families.of(config).model(config)


@pytest.fixture
def x():
    return (torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.4).float()


def with_noise(objective, model, x, seed=3):
    return objective(model, Batch(x, generator=torch.Generator().manual_seed(seed)))


def by_hand(model, x, samples, seed=3):
    """The definition, picture by picture and draw by draw; q is torch's own Normal, and so is p(z) of `normal`."""
    posterior = model.encode(x)
    noise = torch.empty(samples, *posterior.mean.shape, dtype=x.dtype)
    noise.normal_(generator=torch.Generator().manual_seed(seed))
    bounds = []
    for b in range(len(x)):
        weights = []
        for k in range(samples):
            q = Normal(posterior.mean[b], posterior.stddev[b])
            z = q.loc + q.scale * noise[k, b]
            logits = model.decoder(z[None])[0]
            on = logits.sigmoid()
            likelihood = torch.where(x[b] == 1, on, 1 - on).log().sum()
            prior = Normal(0.0, 1.0).log_prob(z).sum() if model.config.prior == "normal" else model.prior.log_prob(z)
            weights.append((likelihood + prior - q.log_prob(z).sum()).exp())
        bounds.append((sum(weights) / samples).log())
    return torch.stack(bounds)


def gradients(model, bound):
    model.zero_grad()
    bound.backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


@pytest.mark.parametrize("name", ["normal", "mixture", "vamp"])
@pytest.mark.parametrize("samples", [1, 4])
def test_value_and_plain_gradient_are_those_of_the_definition(name, samples, x):
    model = new_model(name)
    bound = with_noise(IWAE(samples), model, x).bound
    expected = by_hand(model, x, samples)
    assert torch.allclose(bound, expected, rtol=1e-5)
    ours, theirs = gradients(model, bound.mean()), gradients(model, expected.mean())
    assert all(torch.allclose(ours[name], theirs[name], rtol=1e-3, atol=1e-5) for name in theirs)


def test_one_sample_is_the_single_sample_bound_of_the_same_noise(model, x):
    terms = with_noise(IWAE(1), model, x)
    posterior, elbo = model.encode(x), with_noise(ELBO(), model, x)
    assert torch.equal(terms.log_likelihood, elbo.log_likelihood) and torch.equal(terms.kl, elbo.kl)
    if model.config.family in ("layered", "flow"):  # where the ELBO's KL is by the same draw, they are the same
        assert torch.allclose(terms.bound, elbo.bound)
    elif model.config.prior == "normal":
        noise = torch.empty(4, 3, dtype=x.dtype).normal_(generator=torch.Generator().manual_seed(3))
        z = posterior.mean + posterior.stddev * noise
        single = model.decode(z).log_prob(x) + model.prior.log_prob(z) - posterior.log_prob(z)
        assert torch.allclose(terms.bound, single)


@pytest.mark.parametrize(("shift", "widen"), [(0.0, 1.0), (0.8, 1.0), (0.3, 0.5), (-0.5, 2.0)])
@torch.no_grad()
def test_one_sample_is_the_elbo_on_average(shift, widen):
    model = LinearGaussian(shift, widen)
    x = model.pictures(1).expand(20_000, -1, -1, -1)
    bound = IWAE(1)(model, Batch(x)).bound
    error = bound.std() / math.sqrt(len(bound))
    assert (bound.mean() - model.elbo(x[:1])).abs() < 4.5 * error + 1e-9


@torch.no_grad()
def test_the_bound_rises_with_k_and_closes_on_the_likelihood():
    model = LinearGaussian(shift=1.0, widen=1.3)
    x = model.pictures(1).expand(4_000, -1, -1, -1)
    truth = model.log_marginal(x[:1]).item()
    means, errors = [], []
    for samples in (1, 2, 5, 20, 100, 500):
        bound = IWAE(samples)(model, Batch(x)).bound
        means.append(bound.mean().item())
        errors.append(bound.std().item() / math.sqrt(len(bound)))
    assert all(later - earlier > 3 * error for earlier, later, error in zip(means, means[1:], errors, strict=False))
    assert truth - means[0] > 0.5 and abs(truth - means[-1]) < 0.01


@pytest.mark.parametrize("samples", [1, 2, 5])
@torch.no_grad()
def test_with_the_true_posterior_every_number_of_samples_is_the_likelihood(samples):
    model = LinearGaussian()
    x = model.pictures(6)
    assert torch.allclose(IWAE(samples)(model, Batch(x)).bound, model.log_marginal(x))


def test_the_doubly_reparametrised_bound_has_the_same_value(model, x):
    plain, doubly = (with_noise(IWAE(5, gradient), model, x) for gradient in ("plain", "dreg"))
    assert torch.allclose(plain.bound, doubly.bound, rtol=1e-6)


def tucker(model, x, samples, seed=3):
    """Equation 8 of Tucker et al. for the encoder, from pieces: d log weight / d z by autograd at a leaf, then
    w^2 times it through the draw."""
    with torch.no_grad():
        held = model.encode(x)
        mean, stddev = held.mean.clone(), held.stddev.clone()
    posterior = model.encode(x)
    noise = torch.empty(samples, *mean.shape, dtype=x.dtype)
    noise.normal_(generator=torch.Generator().manual_seed(seed))
    z = posterior.mean + posterior.stddev * noise
    leaf = z.detach().requires_grad_()
    log_q = Normal(mean, stddev).log_prob(leaf).sum(-1)
    log_weights = model.decode(leaf).log_prob(x) + Normal(0.0, 1.0).log_prob(leaf).sum(-1) - log_q
    (slope,) = torch.autograd.grad(log_weights.sum(), leaf)
    shares = log_weights.detach().softmax(0)[..., None]
    (shares**2 * slope * z).sum().div(len(x)).backward()


def test_the_encoders_gradient_is_equation_8(x):
    model = new_model("normal")
    ours = gradients(model, with_noise(IWAE(4, "dreg"), model, x).bound.mean())
    plain = gradients(model, with_noise(IWAE(4), model, x).bound.mean())
    model.zero_grad()
    tucker(model, x, 4)
    for name, parameter in model.encoder.named_parameters():
        assert torch.allclose(ours[f"encoder.{name}"], parameter.grad, rtol=1e-3, atol=1e-5), name
        assert not torch.allclose(ours[f"encoder.{name}"], plain[f"encoder.{name}"], rtol=1e-2), name
    for name in plain:
        if name.startswith("decoder"):
            assert torch.allclose(ours[name], plain[name], rtol=1e-4, atol=1e-6), name


ENCODERS = ("encoder.", "vae.encoder.", "up.")


@pytest.mark.parametrize(("name", "samples"), [("normal", 1), *((name, 8) for name in MODELS)])
def test_both_gradients_have_the_same_mean_and_the_doubly_reparametrised_one_less_noise(name, samples, x):
    seeds, model, found = 150, new_model(name), {}
    many = x[:2].repeat(64, 1, 1, 1)  # 64 draws for each of two pictures in every step
    for number, gradient in enumerate(("plain", "dreg")):
        steps = range(number * seeds, (number + 1) * seeds)
        rows = [gradients(model, with_noise(IWAE(samples, gradient), model, many, seed).bound.mean()) for seed in steps]
        found[gradient] = {name: torch.stack([row[name].flatten() for row in rows]) for name in rows[0]}
    for part, plain in found["plain"].items():
        doubly = found["dreg"][part]
        error = ((plain.var(0) + doubly.var(0)) / seeds).sqrt() + 1e-6
        assert ((plain.mean(0) - doubly.mean(0)) / error).abs().max() < 5, part
        if part.startswith(ENCODERS) and name in ("normal", "layered"):  # an untrained mixture is too near to q
            assert doubly.var(0).sum() < plain.var(0).sum(), part


def test_a_held_distribution_has_gradients_by_the_value_alone():
    mean, stddev = torch.randn(3, 2, requires_grad=True), torch.rand(3, 2).add(0.5).requires_grad_()
    value = torch.randn(3, 2, requires_grad=True)
    for free in (
        Normal(mean, stddev),
        diagonal_normal(mean, stddev),
        MultivariateNormal(mean, scale_tril=torch.diag_embed(stddev)),
    ):
        held = detached(free)
        assert type(held) is type(free) and held.batch_shape == free.batch_shape
        assert torch.equal(held.log_prob(value), free.log_prob(value))
        of_value, of_mean, of_stddev = torch.autograd.grad(
            held.log_prob(value).sum(), (value, mean, stddev), allow_unused=True
        )
        assert of_mean is None and of_stddev is None
        assert torch.equal(of_value, torch.autograd.grad(free.log_prob(value).sum(), value)[0])
    with pytest.raises(ValueError, match="to hold the parameters of splines: use the gradient plain"):
        detached(Flowed(diagonal_normal(mean, stddev), [Affine(mean, stddev)]))
    with pytest.raises(ValueError, match="to hold the parameters of Categorical: use the gradient plain"):
        detached(Categorical(torch.ones(2)))


@pytest.mark.parametrize("objective", [IWAE(), IWAE(gradient="dreg"), ELBO(), BetaELBO(4.0), BetaTCVAE()])
def test_a_posterior_without_gradients_is_refused(x, objective):
    class Mixed(VAE):
        def encode(self, x, y=None):
            posterior = super().encode(x)
            stacked = diagonal_normal(posterior.mean[:, None], posterior.stddev[:, None])
            return MixtureSameFamily(Categorical(torch.ones(len(x), 1)), stacked, validate_args=False)

    with pytest.raises(ValueError, match=r"must let gradients pass, those of MixtureSameFamily do not: use m2"):
        objective(Mixed(SMALL), Batch(x))


def test_objectives_of_one_layer_say_so_or_fit_two(x):
    model = new_model("layered")
    with pytest.raises(
        ValueError, match=r"beta-tcvae needs a q\(z\|x\) of independent dimensions, this one is a Chain"
    ):
        BetaTCVAE()(model, Batch(x))
    mean = model.encode(x).mean
    terms = Autoencoder()(model, Batch(x))
    assert terms.kl.shape == (4, 1) and torch.equal(terms.bound, model.decode(mean).log_prob(x))


@torch.no_grad()
def test_several_draws_of_the_elbo_are_averaged():
    model = LinearGaussian(0.5, 1.4)
    x = model.pictures(1).expand(4_000, -1, -1, -1)
    one, five = (ELBO(samples)(model, Batch(x)) for samples in (1, 5))
    assert one.kl.shape == five.kl.shape == (4_000, 2)
    assert five.log_likelihood.var() == pytest.approx(one.log_likelihood.var().item() / 5, rel=0.1)
    error = five.bound.std() / math.sqrt(4_000)
    assert (five.bound.mean() - model.elbo(x[:1])).abs() < 4.5 * error


def test_several_draws_are_averaged_where_the_kl_has_no_closed_form(model, x):
    terms = with_noise(ELBO(3), model, x)
    closed_form = isinstance(model, VAE) and model.config.prior == "normal"
    assert terms.kl.shape == ((4, 3) if closed_form else (4, 1))
    assert torch.allclose(terms.bound, terms.log_likelihood - terms.kl.sum(1))


@pytest.mark.parametrize("objective", [IWAE(), IWAE(50), IWAE(2, "dreg"), ELBO(5), ELBO()])
def test_settings_go_to_json_and_back(objective):
    settings = json.loads(json.dumps(to_json(objective)))
    again = from_json(settings)
    assert again == objective and type(again.samples) is int


def test_what_was_stored_before_stays_as_it_was():
    assert to_json(ELBO()) == {"name": "elbo"} and to_json(ELBO(5)) == {"name": "elbo", "samples": 5}
    assert to_json(Autoencoder()) == {"name": "autoencoder"}
    assert to_json(BetaELBO()) == {"name": "beta", "beta": 4.0, "start": 1.0, "ramp": 0.6}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"samples": 0}, "samples must be a whole number from 1 to 10,000, got 0"),
        ({"samples": 10_001}, "samples must be a whole number from 1 to 10,000, got 10001"),
        ({"samples": 2.5}, "samples must be a whole number, got 2.5"),
        ({"samples": True}, "samples must be a whole number, got True"),
        ({"samples": "5"}, "samples must be a whole number, got '5'"),
        ({"gradient": 1}, "gradient must be text, got 1"),
        ({"gradient": "doubly"}, "gradient must be plain or dreg, got 'doubly'"),
        ({"gradient": "x" * 10_000}, "gradient must be plain or dreg, got 'x{59}$"),
        ({"beta": 1}, "the objective iwae has no beta: it has gradient, samples"),
    ],
)
def test_bad_settings_say_what_would_be_right(settings, message):
    with pytest.raises(ValueError, match=message):
        from_json({"name": "iwae", **settings})
    with pytest.raises(ValueError, match="samples must be"):
        ELBO(0)
