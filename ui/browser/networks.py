"""A model's networks as sections of Models and of Learning need them: numbers, and addresses of what is published."""

from typing import Any

import torch

from ui import cache
from ui.browser import model as live
from ui.browser.publish import are_there
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo.store import Entry


def of(entry: Entry) -> tuple[Checkpoint, dict[str, Any]]:
    """A model, and what the browser needs to encode and decode with it. Raises CheckpointError."""
    checkpoint = cache.checkpoint(entry.folder)
    return checkpoint, model_for_browser(cache.stamp(entry.folder), entry.name, checkpoint)


@cache.kept(entries=64, spinner="Preparing the model for the browser, once on this machine", valid=are_there)
def model_for_browser(version: tuple, name: str, _checkpoint: Checkpoint) -> dict[str, Any]:
    """Addresses of a model's networks, and the form of its pictures and its latents."""
    config = _checkpoint.model.config
    return {
        "name": name,
        "shape": list(config.picture_shape),
        "latentDim": config.latent_dim,
        "noise": live.pixel_noise(_checkpoint),
        "mixture": published_mixture(name, _checkpoint),
        **live.published_networks(name, _checkpoint),
    }


def published_mixture(name: str, checkpoint: Checkpoint) -> dict[str, Any] | None:
    """The Gaussians of a prior that was learned, with their weights; None where it is N(0, I)."""
    if has_normal_prior(checkpoint):
        return None
    with torch.no_grad():
        prior = checkpoint.model.prior
        weights, parts = prior.mixture_distribution.probs, prior.component_distribution.base_dist
        blocks = {"weight": weights[:, None], "mean": parts.mean, "stddev": parts.stddev}
        return live.published_blocks(f"prior-{name}", blocks)


def is_flat(entry: Entry) -> bool:
    """Whether a model's posterior can be drawn: two dimensions, one encoder, and no labels to be given."""
    return entry.latent_dim == 2 and has_one_posterior(entry) and not entry.can.completes_holes


def has_one_posterior(entry: Entry) -> bool:
    """Whether the picture alone decides a model's q(z|x), a Gaussian or one that a flow has bent."""
    return entry.can.plain or entry.can.bends_posterior


def has_normal_prior(checkpoint: Checkpoint) -> bool:
    """Whether a model's prior is N(0, I), or one of codes, and no learned mixture."""
    return getattr(checkpoint.model.config, "prior", "normal") == "normal"
