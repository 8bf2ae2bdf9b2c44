"""Taking a walk along: its filmstrip as PNG, its animation as GIF, its codes as CSV. Made when asked for, in memory."""

import csv
import io

import numpy as np
import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from ui import cache, interpolate
from ui.walk import End, Walk, decoded_paths
from vae_core.analysis import traversal
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.models.checkpoint import Checkpoint

SMALLEST = 112  # pixels of a filmstrip's picture; those of an animation have twice as many
GIF_FRAMES = 36  # one way
GIF_MILLISECONDS = 50  # a frame
FINE = 201  # samples that a path's length is added up from


def row(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, walk: Walk) -> None:
    """The three downloads, side by side."""
    name = f"{checkpoint.description['name']}-{walk.mode}"
    makers = (
        ("Filmstrip, PNG", "png", "image/png", filmstrip, "The rows of the strip, each picture enlarged."),
        ("Animation, GIF", "gif", "image/gif", animation, "The chosen path, forth and back."),
        ("Codes, CSV", "csv", "text/csv", codes, "The chosen path's t, latents and evidence, one line a frame."),
    )
    for title, suffix, mime, make, help_text in makers:
        st.download_button(
            title,
            data=lambda make=make: make(version, checkpoint, info, walk),
            file_name=f"{name}.{suffix}",
            mime=mime,
            key=f"interpolate_{suffix}",
            on_click="ignore",
            help=help_text,
            icon=":material/download:",
            type="tertiary",
        )


def filmstrip(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, walk: Walk) -> bytes:
    """Every row of the strip as one PNG."""
    return written(image_of(enlarged(sheet(version, checkpoint, info, walk), SMALLEST, checkpoint)), "PNG")


@torch.no_grad()
def sheet(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, walk: Walk) -> Tensor:
    """The strip as one picture (C, rows H, frames W): every path, then the pixels' own sum."""
    t = interpolate.times(walk, walk.frames)
    rows = [decode(checkpoint, interpolate.latents(version, checkpoint, path, t)) for path in decoded_paths(walk)]
    if walk.mode != "direction":
        rows.append(mixture(checkpoint, info, walk, t))
    return torch.cat([torch.cat(list(pictures), dim=2) for pictures in rows], dim=1)


@torch.no_grad()
def animation(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, walk: Walk) -> bytes:
    """The chosen path forth and back as a GIF that repeats."""
    z = interpolate.latents(version, checkpoint, walk, interpolate.times(walk, GIF_FRAMES))
    frames = [image_of(enlarged(picture, 2 * SMALLEST, checkpoint)) for picture in decode(checkpoint, z)]
    frames += frames[-2:0:-1]
    options = {"save_all": True, "append_images": frames[1:], "duration": GIF_MILLISECONDS, "loop": 0}
    return written(frames[0], "GIF", **options)


@torch.no_grad()
def codes(version: tuple, checkpoint: Checkpoint, info: DatasetInfo, walk: Walk) -> bytes:
    """The chosen path's frames as a table: t, z, and the evidence for each."""
    t = interpolate.times(walk, walk.frames)
    z = interpolate.latents(version, checkpoint, walk, t)
    known = evidence(version, checkpoint, walk, t)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["t", *(f"z{d + 1}" for d in range(z.shape[1])), *known])
    for i in range(len(t)):
        numbers = [f"{value:.6g}" for value in (t[i], *z[i], *(column[i] for column in known.values()))]
        table.writerow(numbers)
    return text.getvalue().encode()


@torch.no_grad()
def evidence(version: tuple, checkpoint: Checkpoint, walk: Walk, t: Tensor) -> dict[str, Tensor]:
    """What vouches for a walk's places at t (T,) over its whole range: each (T,), named with its unit."""
    z, model = interpolate.latents(version, checkpoint, walk, t), checkpoint.model
    radius = traversal.neighbour_radius(checkpoint.codes.mean)
    fine = interpolate.times(walk, FINE)
    lengths = traversal.path_length(model, interpolate.latents(version, checkpoint, walk, fine))
    return {
        "norm": z.norm(dim=1),
        "prior_percentile": traversal.prior_norm_percentile(z),
        f"codes_within_{radius:.3g}": traversal.codes_within(z, checkpoint.codes.mean, radius),
        "cycle_error": traversal.cycle_error(model, z),
        "path_length": torch.from_numpy(np.interp(t, fine, lengths)),
    }


def mixture(checkpoint: Checkpoint, info: DatasetInfo, walk: Walk, t: Tensor) -> Tensor:
    """The same walk on the pixels of its pictures, (T, C, H, W)."""
    pictures = torch.stack([picture_of(end, checkpoint, info) for end in walk.ends])  # (M, C, H, W)
    if walk.mode == "arithmetic":
        a, b, c = pictures
        return (c + t[:, None, None, None] * (a - b)).clamp(0, 1)
    return traversal.walk(pictures, t)


def picture_of(end: End, checkpoint: Checkpoint, info: DatasetInfo) -> Tensor:
    """The real picture of an end, (C, H, W); what is decoded from its code where there is none."""
    if end.picture is not None:
        return interpolate.picture_from_text(end.picture, checkpoint)
    if end.row is not None:
        index = checkpoint.codes.indices[end.row : end.row + 1]
        try:
            pictures = cache.dataset(info.name).test
            if pictures.shape == tuple(checkpoint.model.config.picture_shape) and int(index) < len(pictures):
                return pictures.batch(index)[0].float() / 255
        except DatasetUnavailable:
            pass
    return decode(checkpoint, interpolate.latent_of(end, checkpoint)[None])[0]


@torch.no_grad()
def decode(checkpoint: Checkpoint, z: Tensor) -> Tensor:
    """Pictures (T, C, H, W) of latents (T, D)."""
    return checkpoint.model.decode(z).mean


def enlarged(picture: Tensor, side: int, checkpoint: Checkpoint) -> Tensor:
    """A picture or a sheet of them, every pixel a square, so that each picture is at least `side` wide."""
    times = -(-side // checkpoint.model.config.picture_shape[2])
    return picture.repeat_interleave(times, 1).repeat_interleave(times, 2)


def image_of(picture: Tensor) -> Image.Image:
    """A picture (C, H, W) in [0, 1] as Pillow knows it."""
    values = (picture.clamp(0, 1) * 255).round().byte().permute(1, 2, 0)
    return Image.fromarray(values.squeeze(2).numpy() if values.shape[2] == 1 else values.numpy())


def written(image: Image.Image, form: str, **options) -> bytes:
    """An image as a file's contents."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
