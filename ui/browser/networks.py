"""A model's networks as sections of Models and of Learning need them: numbers, and addresses of what is published."""

from typing import Any

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
        "mixture": live.published_mixture(name, _checkpoint),
        **live.published_networks(name, _checkpoint),
    }


def is_flat(entry: Entry) -> bool:
    """Whether a model's posterior can be drawn: two dimensions, one encoder, and no labels to be given."""
    return entry.latent_dim == 2 and entry.can.has_one_posterior and not entry.can.completes_holes
