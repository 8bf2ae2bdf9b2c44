"""Taking a route along: a filmstrip as PNG, an animation as GIF, its codes as CSV. Made when asked for, in memory."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ui import cache
from ui.interpolate import paths
from ui.interpolate.route import End, Route, decoded_paths
from vae_core.analysis import filmstrip, traversal
from vae_core.analysis.aggregate_posterior import active_dimensions, aggregate_posterior
from vae_core.analysis.evaluation import noiseless
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint
from vae_core.outside import file_stem

SMALLEST = 112  # pixels of a filmstrip's picture; those of an animation have twice as many
GIF_FRAMES = 36  # one way
GIF_MILLISECONDS = 50  # a frame
FINE = 201  # samples that a path's length is added up from


def row(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, route: Route) -> None:
    """The three downloads, side by side."""
    name = f"{file_stem(checkpoint.description['name'])}-{route.mode}"
    makers = (
        ("Filmstrip, PNG", "png", "image/png", strip, "The rows of the strip, each picture enlarged."),
        ("Animation, GIF", "gif", "image/gif", animation, "The chosen path, forth and back."),
        ("Codes, CSV", "csv", "text/csv", codes, "The chosen path's t, latents and evidence, one line a frame."),
    )
    for title, suffix, mime, make, help_text in makers:
        st.download_button(
            title,
            data=lambda make=make: make(version, checkpoint, info, route),
            file_name=f"{name}.{suffix}",
            mime=mime,
            key=f"interpolate_{suffix}",
            on_click="ignore",
            help=help_text,
            icon=":material/download:",
            type="tertiary",
        )


def strip(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, route: Route) -> bytes:
    """Every row of the filmstrip as one PNG."""
    return filmstrip.filmstrip(rows(version, checkpoint, info, route), scale=scale(checkpoint, SMALLEST))


def rows(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, route: Route) -> list[Tensor]:
    """The rows of the strip, each (T, C, H, W): every path, then the pixels' own sum."""
    t = paths.times(route, route.frames)
    decoded = [decode(checkpoint, paths.latents(version, checkpoint, path, t)) for path in decoded_paths(route)]
    return decoded if route.mode == "direction" else [*decoded, mixture(checkpoint, info, route, t)]


def animation(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, route: Route) -> bytes:
    """The chosen path forth and back as a GIF that repeats."""
    z = paths.latents(version, checkpoint, route, paths.times(route, GIF_FRAMES))
    pictures = decode(checkpoint, z)
    return filmstrip.animation(pictures, GIF_MILLISECONDS, scale=scale(checkpoint, 2 * SMALLEST))


def codes(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, route: Route) -> bytes:
    """The chosen path's frames as a table: t, z, and the evidence for each."""
    t = paths.times(route, route.frames)
    z = paths.latents(version, checkpoint, route, t)
    return filmstrip.table({"t": t, "z": z, **evidence(version, checkpoint, route, t)})


def scale(checkpoint: Checkpoint, side: int) -> int:
    """How many screen pixels a pixel takes so that a picture is at least `side` wide."""
    return -(-side // checkpoint.model.config.picture_shape[2])


@torch.no_grad()
def evidence(version: tuple, checkpoint: Checkpoint, route: Route, t: Tensor) -> dict[str, Tensor]:
    """What vouches for a route's places at t (T,) over its whole range: each (T,), named with its unit."""
    z, model = paths.latents(version, checkpoint, route, t), checkpoint.model
    active = active_dimensions(checkpoint.codes.mean)
    fine = paths.times(route, FINE)
    lengths = traversal.path_length(model, paths.latents(version, checkpoint, route, fine))
    norms = {"active_norm": z[:, active].norm(dim=1)}
    if families.prior_of(model) == "normal":
        norms["prior_percentile"] = traversal.prior_norm_percentile(z[:, active])
    return norms | {
        "rarer_than_percent_of_aggregate_posterior": aggregate_posterior(checkpoint.codes).rarity(z),
        "active_cycle_error": traversal.cycle_error(model, z, active),
        "path_length": torch.from_numpy(np.interp(t, fine, lengths)),
    }


def mixture(checkpoint: Checkpoint, info: DatasetInfo, route: Route, t: Tensor) -> Tensor:
    """The same route on the pixels of its pictures, (T, C, H, W)."""
    pictures = torch.stack([picture_of(end, checkpoint, info) for end in route.ends])  # (M, C, H, W)
    if route.mode == "arithmetic":
        a, b, c = pictures
        return (c + t[:, None, None, None] * (a - b)).clamp(0, 1)
    return traversal.walk(pictures, t)


def picture_of(end: End, checkpoint: Checkpoint, info: DatasetInfo) -> Tensor:
    """The real picture of an end, (C, H, W); what is decoded from its code where there is none."""
    if end.picture is not None:
        return paths.picture_from_text(end.picture, checkpoint)
    if end.row is not None:
        index = checkpoint.codes.indices[end.row : end.row + 1]
        try:
            pictures = cache.pictures(checkpoint).test
            if pictures.shape == tuple(checkpoint.model.config.picture_shape) and int(index) < len(pictures):
                return noiseless(pictures.batch(index)[0], checkpoint.model.config.likelihood)
        except DatasetUnavailable:
            pass
    return decode(checkpoint, paths.latent_of(end, checkpoint)[None])[0]


@torch.no_grad()
def decode(checkpoint: Checkpoint, z: Tensor) -> Tensor:
    """Pictures (T, C, H, W) of latents (T, D)."""
    return checkpoint.model.decode(z).mean
