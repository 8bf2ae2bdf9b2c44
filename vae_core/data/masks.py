"""Masks: which pixels of a picture are observed. Bool (B, 1, H, W), True = observed, in every function that takes one.

Each kind is drawn from a seed; `fraction` is the share of pixels that are missing, met to
within a row, or a stroke, by shapes; independent pixels meet it on average.
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from vae_core.data.seeds import check_seed

Draw = Callable[[int, int, int, float, Generator], Tensor]  # count, height, width, fraction, generator -> (count, H, W)

STROKE_RADIUS = 0.06  # of the picture's smaller side
STROKE_JOINTS = 12
TRAINING_STROKES = 6  # strokes that hide a picture in training, at most


def draw_masks(kind: str, count: int, shape: tuple[int, int, int], fraction: float = 0.5, seed: int = 0) -> Tensor:
    """`count` masks for pictures of `shape` (C, H, W): bool (count, 1, H, W), True = observed.

    Raises ValueError for an unknown kind or a fraction outside 0 to 1.
    """
    check_seed(seed)
    return draw(kind, count, shape, fraction, torch.Generator().manual_seed(seed))


def draw(kind: str, count: int, shape: tuple[int, int, int], fraction: float, generator: Generator) -> Tensor:
    """`draw_masks` with a generator that goes on."""
    if kind not in KINDS:
        raise ValueError(f"a mask must be one of {', '.join(KINDS)}, got {kind!r}")
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction, the share of missing pixels, must be between 0 and 1, got {fraction}")
    return KINDS[kind](count, shape[1], shape[2], fraction, generator)[:, None]


def pixels(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """Each pixel missing on its own."""
    return torch.rand(count, height, width, generator=generator) >= fraction


def box(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """One rectangle missing, of the picture's proportions, anywhere."""
    return ~rectangles(count, height, width, fraction, generator)


def boxes(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """Several rectangles missing, an eighth of `fraction` each, added until it is reached."""
    missing = torch.zeros(count, height, width, dtype=torch.bool)
    if fraction == 1:
        return missing
    while (short := missing.float().mean((1, 2)) < fraction - 1e-6).any():
        more = rectangles(count, height, width, max(fraction / 8, 1 / (height * width)), generator)
        missing |= more & short[:, None, None]
    return ~missing


def centre(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """The middle rectangle missing."""
    return ~block(count, height, width, fraction, 0.5, 0.5)


def patch(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """Everything missing but one rectangle, anywhere."""
    return rectangles(count, height, width, 1 - fraction, generator)


def half(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """All that lies on one side of a straight line of any direction."""
    angle = 2 * math.pi * torch.rand(count, generator=generator)
    return half_plane(height, width, angle, fraction)


def lower(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """The lower rows missing."""
    rows = torch.arange(height) < round(height * (1 - fraction))
    return rows[:, None].expand(count, height, width).clone()


def stripes(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """Four or so stripes of rows or of columns missing, from a random one on."""
    across = torch.rand(count, generator=generator) < 0.5
    offset = torch.randint(max(height, width), (count,), generator=generator)
    rows = ~striped(height, fraction, offset, min(height, width) // 4)[:, :, None]
    columns = ~striped(width, fraction, offset, min(height, width) // 4)[:, None, :]
    return torch.where(across[:, None, None], rows, columns)


def striped(side: int, fraction: float, offset: Tensor, period: int) -> Tensor:
    """True for the `fraction` of `side` places that come first in their period of places, (B, side)."""
    phase = (torch.arange(side) + offset[:, None]) % max(2, period)
    return phase.argsort(dim=1, stable=True).argsort(dim=1) < round(side * fraction)


def strokes(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """Free-form strokes of a round brush missing, added until `fraction` is reached."""
    missing = torch.zeros(count, height, width, dtype=torch.bool)
    if fraction == 1:
        return missing
    while (short := missing.float().mean((1, 2)) < fraction - 1e-6).any():
        missing |= stroke(count, height, width, generator) & short[:, None, None]
    return ~missing


def stroke(count: int, height: int, width: int, generator: Generator) -> Tensor:
    """True under one walk of a round brush a picture, which turns a little at every joint and comes in again at the
    other side where it leaves the picture."""
    radius = max(0.6, STROKE_RADIUS * min(height, width))
    start = torch.rand(count, 1, 2, generator=generator) * torch.tensor([height, width])
    turns = (torch.rand(count, STROKE_JOINTS, generator=generator) - 0.5) * 1.6
    heading = 2 * math.pi * torch.rand(count, 1, generator=generator) + turns.cumsum(1)
    places = start + radius * torch.stack([heading.sin(), heading.cos()], 2).cumsum(1)  # (count, joints, 2)
    down = (torch.arange(height) + 0.5 - places[..., :1] % height) ** 2  # (count, joints, H)
    across = (torch.arange(width) + 0.5 - places[..., 1:] % width) ** 2  # (count, joints, W)
    return (down[..., :, None] + across[..., None, :] <= radius**2).any(1)


KINDS: dict[str, Draw] = {
    "pixels": pixels,
    "box": box,
    "boxes": boxes,
    "centre": centre,
    "half": half,
    "lower": lower,
    "stripes": stripes,
    "strokes": strokes,
    "patch": patch,
}


def rectangles(count: int, height: int, width: int, fraction: float, generator: Generator) -> Tensor:
    """True inside one rectangle a picture, of `fraction` of its pixels, anywhere."""
    return blocks(height, width, torch.full((count,), fraction), *torch.rand(2, count, generator=generator))


def block(count: int, height: int, width: int, fraction: float, down: float, across: float) -> Tensor:
    """True inside a rectangle of the picture's proportions; `down` and `across` (0 to 1) say where it lies."""
    return blocks(height, width, *torch.tensor([[fraction], [down], [across]]).expand(3, count))


def half_plane(height: int, width: int, angle: Tensor, fraction: float) -> Tensor:
    """True on the observed side: the `fraction` of pixels that lie furthest in the direction of `angle` (B,), in
    radians, are missing."""
    y, x = torch.meshgrid(torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2, indexing="ij")
    along = x * angle.cos()[:, None, None] + y * angle.sin()[:, None, None]  # (B, H, W)
    order = along.flatten(1).argsort(dim=1, stable=True).argsort(dim=1)
    return (order < round(height * width * (1 - fraction))).view_as(along)


def training_masks(count: int, shape: tuple[int, int, int], source: Generator) -> Tensor:
    """Masks to train an encoder with, bool (count, 1, H, W), from one random number of `source`.

    40 % independent pixels, 20 % boxes, 20 % half-planes (half of them along the picture's sides), 10 % patches, each
    with its own fraction between 0 and 1, and 10 % strokes.
    """
    height, width = shape[1:]
    generator = torch.Generator().manual_seed(int(torch.randint(2**31, (), generator=source, device=source.device)))
    kind = torch.rand(count, generator=generator)
    fraction = torch.rand(count, generator=generator)
    noise = torch.rand(count, height, width, generator=generator) >= fraction[:, None, None]
    down, across = torch.rand(2, count, generator=generator)
    inside = blocks(height, width, fraction, down, across)
    angle = 2 * math.pi * torch.rand(count, generator=generator)
    right_angles = torch.rand(count, generator=generator) < 0.5
    angle = torch.where(right_angles, (angle / (math.pi / 2)).floor() * (math.pi / 2), angle)
    plane = half_plane_each(height, width, angle, fraction)
    masks = torch.where((kind < 0.4)[:, None, None], noise, plane)
    masks = torch.where(((kind >= 0.4) & (kind < 0.6))[:, None, None], ~inside, masks)
    masks[kind >= 0.9] = True
    masks = torch.where(((kind >= 0.8) & (kind < 0.9))[:, None, None], inside, masks)
    walked = (kind >= 0.9).nonzero().flatten()
    if len(walked):
        for _ in range(1 + int(TRAINING_STROKES * fraction[walked[0]])):
            masks[walked] &= ~stroke(len(walked), height, width, generator)
    return masks[:, None]


def blocks(height: int, width: int, fraction: Tensor, down: Tensor, across: Tensor) -> Tensor:
    """`block` with a fraction and a place for each picture, each (B,)."""
    tall, wide = (height * fraction.sqrt()).round(), (width * fraction.sqrt()).round()
    tall, wide = (
        tall.where(wide == 0, tall.clamp_min(1)),
        wide.where(tall == 0, wide.clamp_min(1)),
    )  # not a line of none
    top, left = (down * (height - tall + 1)).floor(), (across * (width - wide + 1)).floor()
    rows, columns = torch.arange(height)[None], torch.arange(width)[None]
    inside_rows = (rows >= top[:, None]) & (rows < (top + tall)[:, None])
    inside_columns = (columns >= left[:, None]) & (columns < (left + wide)[:, None])
    return inside_rows[:, :, None] & inside_columns[:, None]


def half_plane_each(height: int, width: int, angle: Tensor, fraction: Tensor) -> Tensor:
    """`half_plane` with a fraction for each picture, of the line's way across the picture instead of its pixels."""
    y, x = torch.meshgrid(torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2, indexing="ij")
    along = x * angle.cos()[:, None, None] + y * angle.sin()[:, None, None]
    low, high = along.amin((1, 2)), along.amax((1, 2))
    return along <= (low + (high - low) * (1 - fraction))[:, None, None]
