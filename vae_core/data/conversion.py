"""Arrays, images and bytes from anywhere as pictures, and as splits to train on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from vae_core.data.decoding import eight_bit
from vae_core.data.images import on_white, planes
from vae_core.data.pictures import InMemoryPictures

COLOURS = {"1": 1, "L": 1, "LA": 1, "La": 1, "I": 1, "F": 1}  # modes of grey images, and I;16 of either kind
Things = Tensor | np.ndarray | Image.Image | Sequence


def pictures_from(things: Things, shape: tuple[int, int, int] | None = None) -> Tensor:
    """Pictures float32 (B, C, H, W) in [0, 1]: what `encode` takes.

    Takes a PIL image, an array or tensor of bytes, of booleans or of floats in [0, 1], or a sequence of those; one
    picture or several, channels first or last, grey without an axis of channels. `shape` (C, H, W), that of a model's
    pictures, settles what would be ambiguous; images are turned grey or coloured as it says, but not resized. Raises
    ValueError for anything else, saying what would be right.
    """
    if isinstance(things, Image.Image):
        return _checked(_from_image(things, shape)[None], shape)
    if isinstance(things, list | tuple):
        if not things:
            raise ValueError("pictures_from takes at least one picture, got none")
        pictures = [pictures_from(thing, shape) for thing in things]
        sizes = sorted({tuple(picture.shape[1:]) for picture in pictures})
        if len(sizes) > 1:
            raise ValueError(f"all pictures must be of one shape, got {sizes[0]} and {sizes[1]}: resize them first")
        return torch.cat(pictures)
    if not isinstance(things, Tensor | np.ndarray):
        raise ValueError(f"pictures_from takes arrays, tensors and PIL images, got {type(things).__name__}")
    try:
        values = things.detach() if isinstance(things, Tensor) else torch.from_numpy(np.array(things, order="C"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"an array of pictures must be of uint8 or of floats, got {things.dtype}") from error
    return _checked(_in_unit_range(_channels_first(values, shape)), shape)


def split_from(
    things: Things, labels: Tensor | None = None, shape: tuple[int, int, int] | None = None
) -> InMemoryPictures:
    """The same as a split to train on (`InMemoryPictures`, bytes): what `fit` takes. `labels` are int64 (B,)."""
    return InMemoryPictures((255 * pictures_from(things, shape)).round().to(torch.uint8), labels)


def _from_image(image: Image.Image, shape: tuple[int, int, int] | None) -> Tensor:
    channels = shape[0] if shape and shape[0] in (1, 3) else COLOURS.get(image.mode.partition(";")[0], 3)
    return torch.from_numpy(planes(on_white(eight_bit(image)[0], channels)).copy()).float() / 255  # (C, H, W)


def _channels_first(values: Tensor, shape: tuple[int, int, int] | None) -> Tensor:
    """Values (B, C, H, W), as their axes allow them to be read in one way only, or as `shape` tells."""
    axes = tuple(values.shape)
    readings = {}  # the commonest first
    if len(axes) == 2:
        readings = {"(H, W)": values[None, None]}
    if len(axes) == 3:
        readings = {"(C, H, W)": values[None], "(H, W, C)": values.permute(2, 0, 1)[None], "(B, H, W)": values[:, None]}
    if len(axes) == 4:
        readings = {"(B, C, H, W)": values, "(B, H, W, C)": values.permute(0, 3, 1, 2)}
    if shape:
        fits = {name: read for name, read in readings.items() if tuple(read.shape[1:]) == tuple(shape)}
    else:
        fits = {name: read for name, read in readings.items() if read.shape[1] in (1, 3)}
        if len(axes) == 3 and (axes[0] == 1 or (axes[0] != 3 and axes[2] in (1, 3))):
            del fits["(B, H, W)"]  # one picture all the same, or a pile of pictures that are 1 or 3 pixels wide
    if not fits:
        right = f"of shape {tuple(shape)}" if shape else "(B, C, H, W) with 1 or 3 channels"
        raise ValueError(f"pictures must be {right}, got an array of {axes}")
    if len(fits) > 1 and not shape:
        raise ValueError(
            f"an array of {axes} may be {' or '.join(fits)}: say which with shape=(C, H, W) of one picture"
        )
    return next(iter(fits.values()))


def _in_unit_range(values: Tensor) -> Tensor:
    """Bytes, booleans or floats in [0, 1] as float32 in [0, 1]."""
    kind = str(values.dtype).removeprefix("torch.")
    if values.dtype == torch.uint8:
        return values.float() / 255
    if values.dtype == torch.bool:
        return values.float()
    if not values.is_floating_point():
        raise ValueError(f"pictures must be uint8, 0 to 255, or floats in [0, 1], got {kind}: convert them to uint8")
    if not values.isfinite().all():
        raise ValueError("pictures must be floats in [0, 1], got NaN or infinite values")
    low, high = (float(bound) for bound in values.aminmax()) if values.numel() else (0.0, 1.0)
    if low < 0 or high > 1:
        right = "divide them by 255" if low >= 0 and high <= 255 else "scale them to [0, 1]"
        raise ValueError(f"floats must lie in [0, 1], got values from {low:.3g} to {high:.3g}: {right}")
    return values.float()


def _checked(pictures: Tensor, shape: tuple[int, int, int] | None) -> Tensor:
    if not pictures.numel():
        raise ValueError(f"pictures_from takes at least one picture, got {tuple(pictures.shape)}")
    if shape and tuple(pictures.shape[1:]) != tuple(shape):
        raise ValueError(
            f"pictures must be of shape {tuple(shape)}, got {tuple(pictures.shape[1:])}: resize them first"
        )
    return pictures.contiguous()
