"""A model's networks as sections of Models and of Learning need them: numbers, and addresses of what is published."""

from typing import Any

import torch

from ui import cache
from ui.browser import model as live
from ui.browser.publish import are_there
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.distributions import sample
from vae_core.models.stacked import StackedConfig
from vae_core.zoo.store import Entry

DRAWS = 600  # of a prior that the browser cannot draw from


def of(entry: Entry) -> tuple[Checkpoint, dict[str, Any]]:
    """A model, and what the browser needs to encode and decode with it. Raises CheckpointError."""
    checkpoint = cache.checkpoint(entry.folder)
    return checkpoint, model_for_browser(cache.stamp(entry.folder), entry.name, checkpoint)


@cache.kept(entries=64, spinner="Preparing the model for the browser, once on this machine", valid=are_there)
def model_for_browser(version: tuple, name: str, _checkpoint: Checkpoint) -> dict[str, Any]:
    """Addresses of a model's networks, and the form of its pictures and its latents."""
    config, family = _checkpoint.model.config, families.of(_checkpoint.model)
    return {
        "name": name,
        "shape": list(config.picture_shape),
        "latentDim": config.upper_dim if isinstance(config, StackedConfig) else config.latent_dim,
        "classes": config.classes if family.takes_labels or family.classifies else None,
        "codebook": None if family.has_distances else config.codes,
        "noise": live.pixel_noise(_checkpoint),
        "mixture": live.published_mixture(name, _checkpoint),
        "draws": published_draws(name, _checkpoint) if family.latent == "chain" and not family.classifies else None,
        **live.published_networks(name, _checkpoint),
    }


def published_draws(name: str, checkpoint: Checkpoint) -> dict[str, Any]:
    """Draws of a prior that the browser has no form of, the same ones each time."""
    with torch.no_grad():
        draws = sample(checkpoint.model.prior, torch.Generator().manual_seed(0), (DRAWS,))
    return live.published_blocks(f"draws-{name}", {"draws": draws})


@cache.kept(entries=32, valid=are_there)
def labels(version: tuple, name: str, _checkpoint: Checkpoint) -> dict[str, Any]:
    """Address of what the data set says that each test picture is."""
    known = _checkpoint.codes.labels
    of_pictures = torch.zeros(len(_checkpoint.codes.indices)) if known is None else known
    return live.published_blocks(f"labels-{name}", {"labels": of_pictures[:, None]})


def is_flat(entry: Entry) -> bool:
    """Whether a model's posterior can be drawn: two dimensions, one encoder, and no labels to be given."""
    return entry.latent_dim == 2 and entry.can.has_one_posterior and not entry.can.completes_holes
