"""How sharp pictures are: a VAE's are blurred where it is unsure, which no likelihood of theirs says."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from vae_core.analysis.evaluation import given_labels, noiseless
from vae_core.data.pictures import Dataset
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import sample
from vae_core.models.model import Model

LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))
FINE = 0.25  # of the Nyquist frequency: above it lie fine details
PICTURES = 200


def laplacian_variance(pictures: Tensor) -> Tensor:
    """The variance over pixels, edges left out, of the discrete Laplacian of pictures (B, C, H, W), the mean over
    channels: (B,), in squared grey values.

    Pech-Pacheco et al. 2000, section 2 (https://doi.org/10.1109/ICPR.2000.903548). Raises ValueError for pictures below
    3x3.
    """
    if min(pictures.shape[-2:]) < 3:
        raise ValueError(f"a Laplacian needs pictures of at least 3x3, got {'x'.join(map(str, pictures.shape[-2:]))}")
    kernel = torch.tensor(LAPLACIAN, dtype=pictures.dtype, device=pictures.device)
    filtered = conv2d(pictures.flatten(0, 1)[:, None], kernel[None, None])  # (B C, 1, H - 2, W - 2)
    return filtered.flatten(1).var(1, correction=0).unflatten(0, pictures.shape[:2]).mean(1)


def power_spectrum(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The power of pictures (B, C, H, W) at each spatial frequency, averaged over directions and channels.

    Returns frequencies (F,), in units of the Nyquist frequency of half a cycle a pixel, the middles of F rings of equal
    width as far as the shorter side resolves them, and the mean squared Fourier coefficient in each (B, F). The mean
    grey is left out, and a Hann window keeps the picture's edges from counting as details.
    """
    height, width = pictures.shape[-2:]
    squared, radius = windowed_power(pictures)
    rings = min(height, width) // 2
    ring = (radius * rings).floor().long().flatten()  # of each coefficient
    inside = (ring < rings) & (radius.flatten() > 0)
    counts = torch.bincount(ring[inside], minlength=rings).clamp_min(1)
    sums = squared.new_zeros(len(pictures), rings).index_add_(1, ring[inside], squared.flatten(1)[:, inside])
    middles = (torch.arange(rings, dtype=squared.dtype, device=squared.device) + 0.5) / rings
    return middles, sums / counts


def fine_power(pictures: Tensor) -> Tensor:
    """The share of the power of pictures (B, C, H, W), their mean grey left out, that lies above FINE of the Nyquist
    frequency: (B,), 0 to 1; NaN for a picture of one grey."""
    squared, radius = windowed_power(pictures)
    return (squared * (radius > FINE)).sum((1, 2)) / squared.sum((1, 2))


def windowed_power(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Squared Fourier coefficients of pictures (B, C, H, W), the mean over channels, (B, H, W), and how far each is
    from zero frequency in units of the Nyquist frequency, (H, W)."""
    height, width = pictures.shape[-2:]
    window = torch.hann_window(height).to(pictures)[:, None] * torch.hann_window(width).to(pictures)
    mean = (pictures * window).sum((-2, -1), keepdim=True) / window.sum()
    squared = torch.fft.fft2((pictures - mean) * window).abs().square().mean(1)
    down, across = (2 * torch.fft.fftfreq(side).to(pictures) for side in (height, width))
    return squared, (down[:, None].square() + across.square()).sqrt()


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


@torch.no_grad()
def measure_sharpness(model: Model, dataset: Dataset, images: int = PICTURES, seed: int = 0) -> SharpnessOfModel:
    """Mean pictures decoded from the means of q(z|x) of the first test pictures, and from as many draws of p(z); given
    the pictures' labels, for a model that takes them. Raises ValueError for less than one picture."""
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
    return SharpnessOfModel(real, again, new, rmse, len(rows))
