"""How sharp pictures are: a VAE's are blurred where it is unsure, which no likelihood of theirs says."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from vae_core.models.adversarial import Discriminator

LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))
FINE = 0.25  # of the Nyquist frequency: above it lie fine details
ROUNDING = 1e-9  # of a frequency: none that lies on the edge of a ring falls to its other side


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
    ring = (radius * rings + ROUNDING).floor().long().flatten()  # of each coefficient
    inside = (ring < rings) & (radius.flatten() > 0)
    counts = torch.bincount(ring[inside], minlength=rings).clamp_min(1)
    sums = squared.new_zeros(len(pictures), rings).index_add_(1, ring[inside], squared.flatten(1)[:, inside])
    middles = (torch.arange(rings, dtype=squared.dtype, device=squared.device) + 0.5) / rings
    return middles, sums / counts


def fine_power(pictures: Tensor) -> Tensor:
    """The share of the power of pictures (B, C, H, W), their mean grey left out, that lies above FINE of the Nyquist
    frequency: (B,), 0 to 1; NaN for a picture of one grey."""
    squared, radius = windowed_power(pictures)
    return (squared * (radius > FINE + ROUNDING)).sum((1, 2)) / squared.sum((1, 2))


def windowed_power(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Squared Fourier coefficients of pictures (B, C, H, W), the mean over channels, (B, H, W), and how far each is
    from zero frequency in units of the Nyquist frequency, (H, W)."""
    height, width = pictures.shape[-2:]
    window = torch.hann_window(height).to(pictures)[:, None] * torch.hann_window(width).to(pictures)
    mean = (pictures * window).sum((-2, -1), keepdim=True) / window.sum()
    squared = torch.fft.fft2((pictures - mean) * window).abs().square().mean(1)
    down, across = (
        2 * torch.fft.fftfreq(side, dtype=torch.float64, device=pictures.device) for side in (height, width)
    )
    return squared, (down[:, None].square() + across.square()).sqrt()


@torch.no_grad()
def feature_error(discriminator: Discriminator, pictures: Tensor, made: Tensor) -> Tensor:
    """How far the features of pictures (B, C, H, W) are from those of what was made of them, `made` (B, C, H, W): the
    root mean square of Dis_l(x) - Dis_l(x made) over the F features, (B,), in the features' own unit.

    -F / 2 of its square is log p(Dis_l(x) | z) but for a constant: Larsen et al. 2016, equation 8
    (https://arxiv.org/abs/1512.09300). The features are normalised over both batches together, as in training.
    """
    features, again = discriminator(torch.cat([pictures, made]))[0].chunk(2)  # (B, F) each
    return (features - again).square().mean(1).sqrt()
