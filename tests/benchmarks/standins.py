"""The models that the app is measured with: the zoo's own where they are there, else untrained ones of the same shape.

How long a network takes does not depend on what it has learned, so the budgets can be measured before the zoo is built.
"""

import json
from pathlib import Path

import torch

from vae_core.analysis.projection import project
from vae_core.data.registry import describe as describe_dataset
from vae_core.models.checkpoint import describe, round_to_half, write_checkpoint
from vae_core.models.codes import Codes
from vae_core.models.vae import VAE, VAEConfig
from vae_core.zoo.store import ZOO

FLAT = "mnist-vae-2d"
DEEP = "mnist-vae-10d"
CONVOLUTIONAL = "olivetti-vae-16d"
CROWDED = "benchmark-70000"  # as many points as MNIST has pictures
WANTED = {
    FLAT: ("mnist", VAEConfig((1, 28, 28), 2), 10_000),
    DEEP: ("mnist", VAEConfig((1, 28, 28), 10), 10_000),
    CONVOLUTIONAL: (
        "olivetti",
        VAEConfig((1, 64, 64), 16, network="conv", hidden=(32, 256), likelihood="gaussian"),
        80,
    ),
    CROWDED: ("mnist", VAEConfig((1, 28, 28), 10), 70_000),
}


def gather(folder: Path) -> dict[str, str]:
    """Put a zoo into an empty folder; what each of its models is: "zoo" or "untrained"."""
    kinds = {}
    for name, (dataset, config, codes) in WANTED.items():
        if (ZOO / name / "metrics.json").exists():
            (folder / name).symlink_to(ZOO / name, target_is_directory=True)
            kinds[name] = "zoo"
        else:
            untrained(folder / name, name, dataset, config, codes)
            kinds[name] = "untrained"
    return kinds


def untrained(folder: Path, name: str, dataset: str, config: VAEConfig, count: int) -> None:
    """Write a model with random weights, with as many codes drawn at random around ten centres."""
    torch.manual_seed(0)
    model = VAE(config).eval()
    round_to_half(model)
    labels = torch.arange(count) % 10
    mean = torch.randn(10, config.latent_dim)[labels] * 1.5 + 0.5 * torch.randn(count, config.latent_dim)
    codes = Codes(
        mean=mean.half().float(),
        stddev=torch.full_like(mean, 0.2),
        indices=torch.arange(count) % describe_dataset(dataset).test_size,
        reconstruction_error=100 + 10 * torch.randn(count),
        labels=labels if dataset == "mnist" else None,
    )
    projections = project(codes.mean, "pca")
    projections["umap"] = 3 * projections["pca"] + torch.randn(
        count, 2
    )  # as many neighbours to look for as in a real one
    description = describe(model, name=name, dataset=dataset, objective="elbo", training={}, seed=0)
    write_checkpoint(folder, model, description, codes, projections, metrics(name, dataset), half_precision=True)


def metrics(name: str, dataset: str) -> dict:
    """Numbers for the frame to show: nothing was measured, and nothing is."""
    whole = {"name": name, "dataset": dataset, "nll": None, "active_units": None, "images": 0, "importance_samples": 0}
    return json.loads(json.dumps(whole))
