"""What models refuse because they would misread it, and that they take all that is right."""

from itertools import product

import pytest
import torch

from vae_core.data import InMemoryPictures
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.vae import VAE, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig, QuantisedVAE

SHAPE = (3, 8, 6)
MODELS = {
    "bernoulli": lambda: VAE(VAEConfig(SHAPE, 2, hidden=(8,))),
    "gaussian": lambda: VAE(VAEConfig(SHAPE, 2, hidden=(8,), likelihood="gaussian")),
    "masked": lambda: MaskedVAE(MaskedConfig(VAEConfig(SHAPE, 2, hidden=(8,)), "mlp", (8,))),
}
X = torch.rand(4, *SHAPE, generator=torch.Generator().manual_seed(0))
BAD_PICTURES = {
    "bytes": ((255 * X).byte(), r"floats \(B, 3, 8, 6\) in \[0, 1\], got uint8: vae_core.pictures_from makes such"),
    "floats to 255": (255 * X, "got values from .* divide them by 255"),
    "scaled to -1..1": (4 * X - 2, "got values from -2 to 2: undo the scaling"),
    "NaN": (torch.where(X > 0.5, X, torch.nan), "got NaN or infinite values"),
    "infinite": (X / 0, "got NaN or infinite values"),
    "channels last": (X.permute(0, 2, 3, 1), r"got channels last, \(4, 8, 6, 3\): vae_core.pictures_from"),
    "one picture": (X[0], r"got \(3, 8, 6\)"),
    "flat": (X.flatten(1), r"got \(4, 144\)"),
    "grey": (X[:, :1], r"got \(4, 1, 8, 6\)"),
    "doubles": (X.double(), "of float32, as the model's weights are, got float64"),
}
BAD_LATENTS = {
    "one more": (torch.zeros(4, 3), r"latents must be \(\.\.\., 2\), this model's latent_dim, got \(4, 3\)"),
    "a number": (torch.tensor(1.0), r"got \(\)"),
    "whole numbers": (torch.zeros(4, 2, dtype=torch.int64), "latents must be float32, .* got int64"),
    "doubles": (torch.zeros(4, 2).double(), "latents must be float32, as the model's weights are, got float64"),
    "NaN": (torch.full((4, 2), torch.nan), "latents must be numbers, got NaN"),
}


@pytest.mark.parametrize(("model", "case"), product(MODELS, BAD_PICTURES))
def test_encode_refuses(model, case):
    x, message = BAD_PICTURES[case]
    with pytest.raises(ValueError, match=message):
        MODELS[model]().encode(x)


@pytest.mark.parametrize(("model", "case"), product(MODELS, BAD_LATENTS))
def test_decode_refuses(model, case):
    z, message = BAD_LATENTS[case]
    with pytest.raises(ValueError, match=message):
        MODELS[model]().decode(z)


def test_encode_observed_refuses_other_shapes():
    mask = torch.ones(4, 1, 8, 6, dtype=torch.bool)
    with pytest.raises(ValueError, match="channels last"):
        MODELS["masked"]().encode_observed(X.permute(0, 2, 3, 1), mask)


@pytest.mark.parametrize("model", MODELS)
@torch.no_grad()
def test_what_is_right_is_taken(model):
    torch.manual_seed(0)
    network = MODELS[model]()
    assert network.encode(X).mean.shape == (4, 2)
    assert network.encode((X > 0.5).float()).mean.shape == (4, 2)
    assert network.encode(X[:0]).mean.shape == (0, 2)
    assert network.double().encode(X.double()).mean.shape == (4, 2)
    with torch.autocast("cpu", torch.bfloat16):
        assert network.float().encode(X.bfloat16()).mean.shape == (4, 2)


@torch.no_grad()
def test_samples_of_gaussian_pixels_are_taken():
    network = MODELS["gaussian"]()
    samples = network.decode(torch.zeros(4000, 2)).sample()
    assert samples.min() < -0.1
    assert network.encode(samples).mean.shape == (4000, 2)


BAD_SPLITS = {
    "floats to 1": (InMemoryPictures(X), r"must be bytes \(uint8, 0 to 255\), got float32: vae_core.split_from makes"),
    "floats to 255": (InMemoryPictures(255 * X), "got float32"),
    "channels last": (InMemoryPictures((255 * X).byte().permute(0, 2, 3, 1)), r"got \(8, 6, 3\) with channels last"),
    "another shape": (
        InMemoryPictures((255 * X[:, :1]).byte()),
        r"takes pictures of shape \(3, 8, 6\).*got \(1, 8, 6\)",
    ),
    "a tensor": ((255 * X).byte(), "takes a split of a data set, dataset.train, got a Tensor: vae_core.split_from"),
    "nothing": (InMemoryPictures((255 * X[:0]).byte()), "at least one picture"),
}


@pytest.mark.parametrize("case", BAD_SPLITS)
def test_fit_refuses(case):
    pictures, message = BAD_SPLITS[case]
    with pytest.raises(ValueError, match=message):
        next(fit(MODELS["bernoulli"](), pictures, TrainingConfig(epochs=1)))


@pytest.mark.parametrize("family", ["vae", "vector-quantised"])
def test_a_model_reads_what_it_draws_however_little_noise_it_has(family):
    """The noise of a pixel is at least 1/256, whatever its logarithm was trained to."""
    torch.manual_seed(0)
    if family == "vae":
        model = VAE(VAEConfig((1, 8, 8), 2, hidden=(8,), likelihood="gaussian"))
        z = torch.zeros(64, 2)
    else:
        model = QuantisedVAE(QuantisedConfig((1, 8, 8), codes=4, code_dim=4, prior_width=8, likelihood="gaussian"))
        z = torch.zeros(64, model.config.latent_dim, dtype=torch.int64)
    with torch.no_grad():
        model.eval().log_noise.fill_(-8.0)
        drawn = model.decode(z).base_dist
        dark = torch.distributions.Normal(torch.zeros_like(drawn.mean), drawn.stddev).sample((20,)).flatten(0, 1)
        assert dark.min() < -0.012
        model.encode(dark)
