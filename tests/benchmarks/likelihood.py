"""How near importance sampling comes to the speed of the decoder alone, and what fitted proposals cost."""

import time
from collections.abc import Callable

import torch

from tests.benchmarks.report import Row, at_least, at_most, median_ratio, take_turns
from vae_core.analysis.likelihood import DECODED, importance_estimate, marginal_estimate
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import sample
from vae_core.models.vae import VAE, VAEConfig
from vae_core.zoo import store

PART = "likelihood"
IMAGES = 100
SAMPLES = 500
SHIPPED = ("mnist-vae-2d", "mnist-vae-10d", "mnist-vae-20d")
MODELS = {
    "MLP 10-500-500-784": VAEConfig((1, 28, 28), 10),
    "convolutional 64x64": VAEConfig((1, 64, 64), 16, network="conv", hidden=(32, 256), likelihood="gaussian"),
}


def measure(quick: bool = False) -> list[Row]:
    """`importance_estimate` beside the decoder's network on as many latents in chunks of the same size."""
    rounds = 3 if quick else 9
    speeds = [compare(name, config, rounds) for name, config in MODELS.items()]
    return speeds + [fitting(name, 1 if quick else 3) for name in SHIPPED]


@torch.no_grad()
def fitting(name: str, rounds: int) -> Row:
    """The time of `marginal_estimate` over that of as many draws of q(z|x), on pictures that a shipped model makes."""
    model = store.open_checkpoint(name).model
    generator = noise_generator()
    x = sample(model.decode(sample(model.prior, generator, (IMAGES,))), generator)

    def timed(estimate: Callable) -> Callable[[], float]:
        def seconds() -> float:
            began = time.perf_counter()
            estimate(model, x, SAMPLES)
            return time.perf_counter() - began

        return seconds

    times = take_turns({"fitted": timed(marginal_estimate), "encoder": timed(importance_estimate)}, rounds)
    cost = median_ratio(times["fitted"], times["encoder"])
    return at_most(PART, f"log p(x) with fitted proposals over draws of q(z|x), {name}", 5, cost, "x")


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
