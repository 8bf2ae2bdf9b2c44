"""A walk to take along: its pictures as a strip (PNG) or a film (GIF), its numbers as a table (CSV)."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
from PIL import Image
from torch import Tensor

from vae_core.outside import csv_text

GROUND = (255, 255, 255)


def filmstrip(rows: Sequence[Tensor], scale: int = 4, gap: int = 4) -> bytes:
    """Rows of pictures (T, C, H, W) in [0, 1] as one PNG: a row each, `scale` screen pixels a pixel, on white.

    Raises ValueError without pictures, or with rows of pictures of different shapes.
    """
    shapes = {tuple(row.shape[1:]) for row in rows if len(row)}
    if len(shapes) != 1:
        raise ValueError(f"a filmstrip needs pictures of one shape, got {sorted(shapes) or 'none'}")
    _, height, width = shapes.pop()
    high, wide, columns = height * scale, width * scale, max(map(len, rows))
    size = (columns * (wide + gap) - gap, len(rows) * (high + gap) - gap)
    strip = Image.new("RGB", size, GROUND)
    for down, row in enumerate(rows):
        for across, picture in enumerate(images(row, scale)):
            strip.paste(picture, (across * (wide + gap), down * (high + gap)))
    return saved(strip, "PNG", optimize=True)


def animation(pictures: Tensor, milliseconds: int = 80, scale: int = 8, there_and_back: bool = True) -> bytes:
    """Pictures (T, C, H, W) in [0, 1] as a GIF that repeats for ever, each shown so long (browsers: at least 20 ms).

    `there_and_back` plays it backwards, too, so that it never jumps. Raises ValueError without pictures.
    """
    if len(pictures) == 0:
        raise ValueError("an animation needs at least 1 picture, got none")
    frames = images(pictures, scale)
    if there_and_back:
        frames += frames[-2:0:-1]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)


def table(columns: Mapping[str, Tensor]) -> bytes:
    """Columns of T numbers as CSV, six significant digits; a tensor (T, D) becomes the columns name_1 ... name_D.

    Raises ValueError if the columns are not equally long.
    """
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"the columns of a table must be equally long, got {lengths}")
    names: list[str] = []
    for name, values in columns.items():
        names += [name] if values.ndim == 1 else [f"{name}_{number}" for number in range(1, values.shape[1] + 1)]
    lines = zip(*(values.reshape(len(values), -1).tolist() for values in columns.values()), strict=True)
    numbers = ([f"{value:.6g}" for part in line for value in part] for line in lines)
    return csv_text([dict(zip(names, row, strict=True)) for row in numbers], names).encode()


def images(pictures: Tensor, scale: int) -> list[Image.Image]:
    """Pictures (T, C, H, W) in [0, 1] as images of crisp pixels, grey or RGB."""
    values = (pictures.detach().cpu().clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()  # (T, H, W, C)
    values = values[..., 0] if values.shape[-1] == 1 else values
    size = (pictures.shape[3] * scale, pictures.shape[2] * scale)
    return [Image.fromarray(np.ascontiguousarray(v)).resize(size, Image.Resampling.NEAREST) for v in values]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as the contents of a file."""
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()
