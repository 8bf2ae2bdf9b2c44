"""What Explore shows of a model until it runs in the browser: pictures in one small file, and the z that they belong
to."""

import io

import numpy as np
import torch
from PIL import Image
from scipy.special import ndtri
from torch import Tensor

from ui.browser.publish import publish
from ui.view import Place
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.model import Model

VERSION = 1  # grows when the file takes another form
ROWS, COLUMNS = 12, 11  # traversals of the most used dimensions, so many pictures each
SIDE = 15  # of the prior's grid, where z has two dimensions
STEP = 8  # grey levels between those that the traversals and the grid are stored in, which halves the file

Box = list[int]  # left, top, width, height in pixels


def published_opening(name: str, checkpoint: Checkpoint, place: Place, dimensions: list[dict]) -> dict:
    """The file's address, the z of its picture and its traversals, and where they and the grid stand in it.

    `dimensions` are the sliders', the most used first. `grid` belongs to every z; None where z has not two dimensions,
    or a prior that was learned and has no such quantiles.
    """
    shown = dimensions[:ROWS]
    key = f"{checkpoint.content_hash} {place.z} {shown} {VERSION}"
    height, width = checkpoint.model.config.picture_shape[1:]
    below = len(shown) * height
    return {
        "url": publish(f"opening-{name}", ".webp", key, lambda: opening_file(checkpoint, place, shown)),
        "z": list(place.z),
        "picture": [COLUMNS * width, 0, width, height],
        "traversals": [0, 0, COLUMNS * width, below],
        "grid": [0, below, SIDE * width, SIDE * height] if has_grid(checkpoint.model) else None,
    }


def has_grid(model: Model) -> bool:
    """Whether the prior's quantiles are places of a plane."""
    return model.config.latent_dim == 2 and families.prior_of(model) == "normal"


@torch.no_grad()
def opening_file(checkpoint: Checkpoint, place: Place, dimensions: list[dict]) -> bytes:
    """The traversals, the picture to the right of them, and below them the grid, without loss but for `STEP`."""
    model, z = checkpoint.model.eval(), torch.tensor(place.z)
    traversals = coarse(sheet(model.decode(traversed(z, dimensions)).mean, COLUMNS))
    picture = sheet(model.decode(z[None]).mean, 1)
    grid = coarse(sheet(model.decode(quantile_grid()).mean, SIDE)) if has_grid(model) else None
    top, right = traversals.shape[0], traversals.shape[1] + picture.shape[1]
    below, wide = (0, right) if grid is None else (grid.shape[0], max(right, grid.shape[1]))
    whole = np.zeros((top + below, wide, picture.shape[2]), np.uint8)
    whole[:top, : traversals.shape[1]] = traversals
    whole[: picture.shape[0], traversals.shape[1] : right] = picture
    if grid is not None:
        whole[top:, : grid.shape[1]] = grid
    written = io.BytesIO()
    Image.fromarray(whole if whole.shape[2] == 3 else whole[..., 0]).save(written, "WEBP", lossless=True, quality=100)
    return written.getvalue()


def traversed(z: Tensor, dimensions: list[dict]) -> Tensor:
    """The traversals around z (D,), row by row, (len(dimensions) * COLUMNS, D)."""
    rows = z.repeat(len(dimensions), COLUMNS, 1)
    for row, dimension in zip(rows, dimensions, strict=True):
        row[:, dimension["index"]] = torch.linspace(dimension["low"], dimension["high"], COLUMNS)
    return rows.flatten(0, 1)


def quantile_grid() -> Tensor:
    """The latents (SIDE * SIDE, 2) of the grid: the middles of cells of the same share of the prior, z2 upwards."""
    quantiles = torch.from_numpy(ndtri((np.arange(SIDE) + 0.5) / SIDE)).float()
    second, first = torch.meshgrid(quantiles.flip(0), quantiles, indexing="ij")
    return torch.stack([first, second], -1).flatten(0, 1)


def sheet(pictures: Tensor, columns: int) -> np.ndarray:
    """Pictures (B, C, H, W) in [0, 1] laid out row by row, as bytes (h, w, C)."""
    channels, height, width = pictures.shape[1:]
    laid = pictures.reshape(-1, columns, channels, height, width).permute(0, 3, 1, 4, 2)
    return (laid.reshape(-1, columns * width, channels) * 255).round().byte().numpy()


def coarse(levels: np.ndarray) -> np.ndarray:
    """Bytes to the nearest multiples of `STEP`; white stays white."""
    return np.minimum(255, np.round(levels / STEP) * STEP).astype(np.uint8)
