"""How near importance sampling comes to the speed of the decoder alone."""

import time
from collections.abc import Callable

import torch

from tests.benchmarks.report import Row, at_least, median_ratio, take_turns
from vae_core.analysis.likelihood import DECODED, importance_estimate
from vae_core.models.vae import VAE, VAEConfig

PART = "likelihood"
IMAGES = 100
SAMPLES = 500
MODELS = {
    "MLP 10-500-500-784": VAEConfig((1, 28, 28), 10),
    "convolutional 64x64": VAEConfig((1, 64, 64), 16, network="conv", hidden=(32, 256), likelihood="gaussian"),
}


def measure(quick: bool = False) -> list[Row]:
    """`importance_estimate` beside the decoder's network on as many latents in chunks of the same size."""
    return [compare(name, config, 3 if quick else 9) for name, config in MODELS.items()]


@torch.no_grad()
def compare(name: str, config: VAEConfig, rounds: int) -> Row:
    """Images times samples per second, over the decoder's pictures per second."""
    torch.manual_seed(0)
    model = VAE(config).eval()
    samples = SAMPLES if config.network == "mlp" else SAMPLES // 10
    x = torch.rand(IMAGES, *config.picture_shape).round()
    z = torch.randn(DECODED, config.latent_dim)

    def estimate() -> None:
        importance_estimate(model, x, samples)

    def decode() -> None:
        for start in range(0, IMAGES * samples, DECODED):
            model.decoder(z[: min(DECODED, IMAGES * samples - start)])

    estimate(), decode()
    speeds = take_turns({"estimate": per_second(estimate, samples), "decoder": per_second(decode, samples)}, rounds)
    return at_least(
        PART,
        f"importance-sampled NLL over the bare decoder, {name}",
        0.8,
        median_ratio(speeds["estimate"], speeds["decoder"]),
        "x",
        estimate_per_second=round(max(speeds["estimate"])),
        decoder_per_second=round(max(speeds["decoder"])),
    )


def per_second(work: Callable[[], None], samples: int) -> Callable[[], float]:
    """Latents per second of one call."""

    def timed() -> float:
        began = time.perf_counter()
        work()
        return IMAGES * samples / (time.perf_counter() - began)

    return timed
