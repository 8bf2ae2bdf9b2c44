"""How sharp a model's pictures are beside the real ones."""

from dataclasses import dataclass

import torch

from vae_core.analysis.evaluation import given_labels, noiseless
from vae_core.analysis.sharpness import feature_error, fine_power, laplacian_variance
from vae_core.data.pictures import Dataset
from vae_core.data.seeds import noise_generator
from vae_core.models.adversarial import Discriminator
from vae_core.models.distributions import sample
from vae_core.models.model import Model

PICTURES = 200


@dataclass(frozen=True)
class Sharpness:
    """Means over pictures."""

    laplacian_variance: float  # squared grey values
    fine_power: float  # share of the power above a quarter of the Nyquist frequency


@dataclass(frozen=True)
class SharpnessOfModel:
    """How sharp a model's pictures are beside the real ones, and what its reconstructions miss."""

    pictures: Sharpness
    reconstructions: Sharpness
    samples: Sharpness
    rmse: float  # of the reconstructions, grey values
    images: int
    feature_error: float | None = None  # of the reconstructions, root mean square; None without a discriminator

    @property
    def samples_exceed_pictures(self) -> bool:
        """Whether samples are sharper than the pictures by both measures, as noise is."""
        samples, pictures = self.samples, self.pictures
        return samples.laplacian_variance > pictures.laplacian_variance and samples.fine_power > pictures.fine_power


@torch.no_grad()
def measure_sharpness(
    model: Model, dataset: Dataset, images: int = PICTURES, seed: int = 0, discriminator: Discriminator | None = None
) -> SharpnessOfModel:
    """Mean pictures decoded from the means of q(z|x) of the first test pictures, and from as many draws of p(z); given
    the pictures' labels, for a model that takes them. The discriminator may be another model's, so that all are judged
    by the same features. Raises ValueError for less than one picture."""
    if images < 1:
        raise ValueError(f"images must be at least 1, got {images}")
    rows = torch.arange(min(images, len(dataset.test)))
    x = noiseless(dataset.test.batch(rows), model.config.likelihood)
    asked = given_labels(model, dataset.test, rows)
    reconstructed = asked.decode(asked.encode(x).mean).mean
    made = asked.decode(sample(asked.prior, noise_generator(seed), (len(rows),))).mean
    real, again, new = (
        Sharpness(laplacian_variance(some).mean().item(), fine_power(some).nanmean().item())
        for some in (x, reconstructed, made)
    )
    rmse = (reconstructed - x).square().mean().sqrt().item()
    features = None if discriminator is None else feature_error(discriminator, x, reconstructed)
    of_features = None if features is None else features.square().mean().sqrt().item()
    return SharpnessOfModel(real, again, new, rmse, len(rows), of_features)
