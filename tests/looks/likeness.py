"""Whether two pictures of a page look the same to a person, whatever rasterised their letters.

Both are averaged over cells of 8 x 8 pixels. A cell differs where a channel of its mean lies more than `CONTRAST`
beyond what the kept picture has there, moved by up to two pixels: letters that another machine draws bolder, softer or
a pixel beside stay within. The pictures differ where more than `SPREAD` of all cells do, or more than `DENSE` of some
block of 8 x 8 cells: a panel that is missing, a column that moved by 20 pixels, colours that changed places, letters as
pale as their ground.
"""

import numpy as np
from PIL import Image

CELL = 8  # pixels
BLOCK = 8  # cells
NEAR = 2  # pixels
CONTRAST = 20  # of 255
SPREAD = 0.03
DENSE = 0.18


def cells(picture: Image.Image, near: int = 0) -> np.ndarray:
    """The mean colours (moves, H / 8, W / 8, 3), 0 to 255, of 8 x 8 pixels each, for moves by up to `near` pixels."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.int32)
    high, wide = (-(-length // CELL) * CELL for length in pixels.shape[:2])
    beyond = [(near, near + whole - length) for whole, length in zip((high, wide), pixels.shape[:2], strict=True)]
    sums = np.pad(pixels, [*beyond, (0, 0)], mode="edge").cumsum(0, np.int32).cumsum(1, np.int32)
    sums = np.pad(sums, [(1, 0), (1, 0), (0, 0)])
    moves = range(2 * near + 1)
    corners = [
        sums[down : down + high + 1 : CELL, right : right + wide + 1 : CELL] for down in moves for right in moves
    ]
    return np.diff(np.diff(corners, axis=1), axis=2) / CELL**2


def density(differ: np.ndarray) -> np.ndarray:
    """The share of differing cells in the block that begins at each cell, as far as blocks fit in."""
    sums = np.pad(differ.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    inside = sums[BLOCK:, BLOCK:] - sums[:-BLOCK, BLOCK:] - sums[BLOCK:, :-BLOCK] + sums[:-BLOCK, :-BLOCK]
    return inside / BLOCK**2


class Kept:
    """A picture of a page that others are compared with."""

    def __init__(self, picture: Image.Image):
        self.picture = picture
        moved = cells(picture, NEAR)
        self.least, self.most = moved.min(axis=0), moved.max(axis=0)

    def differing(self, now: Image.Image) -> np.ndarray:
        """Which cells differ, (H / 8, W / 8)."""
        found = cells(now)[0]
        return np.maximum(self.least - found, found - self.most).max(axis=2) > CONTRAST

    def difference(self, now: Image.Image) -> str | None:
        """What is different, in one sentence; None where the two look the same."""
        before = self.picture
        if before.size != now.size:
            return f"The picture is {now.width} x {now.height} pixels and was {before.width} x {before.height}."
        differ = self.differing(now)
        dense = density(differ)
        if dense.max() > DENSE:
            row, column = np.unravel_index(dense.argmax(), dense.shape)
            place = f"the {CELL * BLOCK} x {CELL * BLOCK} pixels from ({CELL * column}, {CELL * row}) on"
            return f"Of {place}, {dense.max():.0%} differ; at most {DENSE:.0%} may."
        if differ.mean() > SPREAD:
            return f"Of the whole picture, {differ.mean():.1%} differ; at most {SPREAD:.1%} may."
        return None
