"""What models refuse at their front door, because they would misread it: each sentence says what would be right."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core.data.pictures import Pictures

TOLERANCE = 1e-3  # by which rounding may leave [0, 1]
MOST_DEVIATIONS = 8  # of a Gaussian pixel's noise, within which a model's own samples lie
MAKE_PICTURES = "vae_core.pictures_from makes such pictures of arrays, images and bytes"
MAKE_SPLIT = "vae_core.split_from makes a split of arrays, images and floats in [0, 1]"


def check_pictures(x: Tensor, shape: tuple[int, int, int], dtype: torch.dtype) -> None:
    """Raise ValueError unless x is of floats (B, C, H, W) of a model's picture shape and dtype."""
    if x.shape[1:] == shape and x.ndim == 4 and (x.dtype == dtype or torch.is_autocast_enabled(x.device.type)):
        return
    wanted = f"pictures must be floats (B, {', '.join(map(str, shape))}) in [0, 1]"
    if x.ndim == 4 and tuple(x.shape[1:]) == (*shape[1:], shape[0]) and x.shape[1:] != shape:
        raise ValueError(f"{wanted}, got channels last, {tuple(x.shape)}: {MAKE_PICTURES}")
    if x.ndim != 4 or x.shape[1:] != shape:
        raise ValueError(f"{wanted}, got {tuple(x.shape)}: {MAKE_PICTURES}")
    kind = str(x.dtype).removeprefix("torch.")
    if not x.is_floating_point():
        raise ValueError(f"{wanted}, got {kind}: {MAKE_PICTURES}")
    raise ValueError(f"{wanted} of {str(dtype).removeprefix('torch.')}, as the model's weights are, got {kind}")


def check_range(x: Tensor, deviation: float = 0.0) -> None:
    """Raise ValueError unless pictures lie in [0, 1], up to rounding and to noise of the given standard deviation."""
    low, high = (bound.item() for bound in x.aminmax()) if x.numel() else (0.0, 1.0)
    margin = TOLERANCE + MOST_DEVIATIONS * deviation
    if low >= -margin and high <= 1 + margin:
        return
    if not x.isfinite().all():
        raise ValueError("pictures must be floats in [0, 1], got NaN or infinite values")
    as_bytes = low >= 0 and 1 < high <= 255
    right = "divide them by 255" if as_bytes else "undo the scaling that put them there"
    raise ValueError(f"pictures must be floats in [0, 1], got values from {low:.3g} to {high:.3g}: {right}")


def check_split(pictures: object, shape: tuple[int, int, int]) -> None:
    """Raise ValueError unless a split to train on holds bytes (N, C, H, W) of a model's picture shape."""
    if not isinstance(pictures, Pictures):
        got = type(pictures).__name__
        raise ValueError(f"training takes a split of a data set, dataset.train, got a {got}: {MAKE_SPLIT}")
    if not len(pictures):
        raise ValueError("training takes at least one picture, got a split of none")
    some = pictures.batch(slice(0, 1))
    kind = str(some.dtype).removeprefix("torch.")
    if some.dtype != torch.uint8:
        raise ValueError(f"pictures to train on must be bytes (uint8, 0 to 255), got {kind}: {MAKE_SPLIT}")
    if tuple(some.shape[1:]) != tuple(shape):
        last = " with channels last" if tuple(some.shape[1:]) == (*shape[1:], shape[0]) else ""
        raise ValueError(
            f"the model takes pictures of shape {tuple(shape)} (channels, height, width), got "
            f"{tuple(some.shape[1:])}{last}: {MAKE_SPLIT}"
        )


def check_latents(z: Tensor, latent_dim: int, dtype: torch.dtype) -> None:
    """Raise ValueError unless z is of floats (..., D), without NaN unless training made it."""
    if not z.ndim or z.shape[-1] != latent_dim:
        raise ValueError(f"latents must be (..., {latent_dim}), this model's latent_dim, got {tuple(z.shape)}")
    if z.dtype != dtype and not (z.is_floating_point() and torch.is_autocast_enabled(z.device.type)):
        names = [str(each).removeprefix("torch.") for each in (dtype, z.dtype)]
        raise ValueError(f"latents must be {names[0]}, as the model's weights are, got {names[1]}")
    if not z.requires_grad and z.isnan().any():
        raise ValueError("latents must be numbers, got NaN")


def check_codes(z: Tensor, cells: int, codes: int) -> None:
    """Raise ValueError unless z is of codes (..., cells), int64 from 0 to `codes` - 1."""
    if not z.ndim or z.shape[-1] != cells:
        raise ValueError(f"codes must be (..., {cells}), one for each cell of this model, got {tuple(z.shape)}")
    if z.dtype != torch.int64:
        raise ValueError(f"codes must be whole numbers (int64), got {str(z.dtype).removeprefix('torch.')}")
    low, high = (bound.item() for bound in z.aminmax()) if z.numel() else (0, 0)
    if low < 0 or high >= codes:
        raise ValueError(f"codes must be from 0 to {codes - 1}, got values from {low} to {high}")


def check_no_labels(y: Tensor | None) -> None:
    """Raise ValueError for labels that are given to a model of a family that takes none."""
    if y is not None:
        raise ValueError(f"this model takes no labels, got {tuple(y.shape)}: leave them out")


def check_labels(y: Tensor | None, shape: tuple[int, ...], classes: int) -> Tensor:
    """The labels, int64 of a shape, one of `classes` numbers each. Raises ValueError for others, and where there are
    none."""
    wanted = f"labels must be int64 {tuple(shape)} from 0 to {classes - 1}"
    if y is None:
        raise ValueError(f"{wanted}, got none: this model needs them")
    if tuple(y.shape) != tuple(shape) or y.dtype != torch.int64:
        raise ValueError(f"{wanted}, got {str(y.dtype).removeprefix('torch.')} {tuple(y.shape)}")
    if torch.compiler.is_compiling() or (y.is_cuda and torch.is_grad_enabled()):  # a GPU would wait for it
        return y
    low, high = (bound.item() for bound in y.aminmax()) if y.numel() else (0, 0)
    if low < 0 or high >= classes:
        raise ValueError(f"{wanted}, got {low if low < 0 else high}")
    return y
