"""What is written on paper, a board or a screen: where the ground is, how the light falls, what stands out from it.

Pictures are float arrays (H, W), 0 black to 1 white. Ground and light are judged on a sketch of 64 pixels.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

SKETCH = 64  # pixels of the longer side
STROKE = 17  # pixels of the sketch: what is narrower lies on the ground, what is broader is ground
DISC = np.hypot(*np.mgrid[-(STROKE // 2) : STROKE // 2 + 1, -(STROKE // 2) : STROKE // 2 + 1]) <= STROKE / 2
PENUMBRA = 5  # pixels of the sketch
LEAST_CONTRAST = 0.08  # of the range: less is a blank page
NOISES = 5  # standard deviations of the ground's noise that ink must stand out to be seen
FAINTEST = 0.1  # of full ink: where content ends
FINE = 200  # pixels of the longer side at which strokes are measured and thickened


def resized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """A picture (h, w) at another size, antialiased where it shrinks."""
    if picture.shape == (height, width):
        return picture
    image = Image.fromarray(np.ascontiguousarray(picture, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC)).clip(0, 1)


def with_longer_side(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture (h, w) whose longer side has so many pixels."""
    scale = side / max(picture.shape)
    return resized(picture, *(max(1, round(length * scale)) for length in picture.shape))


def ground_is_bright(picture: np.ndarray) -> bool:
    """Whether dark things lie on bright ground, by two votes that seldom err together.

    The border is mostly ground, unless the picture is a page on a dark table. Against the medians around them, strokes
    stand out to one side more than to the other, unless they are as broad as what is between them.
    """
    sketch = with_longer_side(picture, SKETCH)
    low, high = np.quantile(sketch, (0.01, 0.99))
    if high - low < 1 / 255:  # of one grey
        return bool(low > 0.5)
    vote_of_border = 2 * (np.median(border(sketch)) - (low + high) / 2) / (high - low)
    stands_out = sketch - ndimage.median_filter(sketch, 25)
    darker, brighter = -np.quantile(stands_out, 0.02), np.quantile(stands_out, 0.98)
    vote_of_strokes = (darker - brighter) / (abs(darker) + abs(brighter) + 1e-6)
    return bool(vote_of_border + vote_of_strokes > 0)


def border(picture: np.ndarray) -> np.ndarray:
    """The pixels of a frame of 6 % of the shorter side."""
    wide = max(1, round(0.06 * min(picture.shape)))
    inner = np.ones(picture.shape, dtype=bool)
    inner[wide:-wide, wide:-wide] = False
    return picture[inner]


def ink_of_strokes(picture: np.ndarray) -> np.ndarray | None:
    """How much ink is where, 0 to 1, in a picture of bright strokes on dark ground; None for a blank page.

    Ink is measured as a share of the light that its ground reflects, so that gradients and shadows go.
    """
    paper = 1 - picture
    return stretched(1 - paper / resized(light(paper), *picture.shape).clip(0.05))


def light(paper: np.ndarray) -> np.ndarray:
    """How bright the ground (h, w) of dark strokes on paper (H, W) is: what is left when strokes are closed over.

    A disc closes them: it follows the edge of a shadow however that runs. On a slope it fills the dark side of the
    picture too far, with the slope taken out it may do so in a shadow's corner: the darker of both is right. Around an
    edge the darker side counts, or the penumbra would be ink.
    """
    sketch = with_longer_side(paper, SKETCH)
    closed = ndimage.grey_closing(sketch, footprint=DISC)
    slope = smooth_surface(closed)
    closed = np.minimum(closed, slope * ndimage.grey_closing(sketch / slope, footprint=DISC))
    return ndimage.gaussian_filter(ndimage.grey_erosion(closed, PENUMBRA), 1).clip(0, 1)


def smooth_surface(values: np.ndarray) -> np.ndarray:
    """The polynomial of second degree that fits values (H, W) best, at least 0.05."""
    down, across = np.mgrid[-1 : 1 : values.shape[0] * 1j, -1 : 1 : values.shape[1] * 1j]
    terms = np.stack([down**0, down, across, down**2, down * across, across**2], axis=2).reshape(-1, 6)
    weights, *_ = np.linalg.lstsq(terms, values.ravel(), rcond=None)
    return (terms @ weights).reshape(values.shape).clip(0.05)


def ink_of_shapes(picture: np.ndarray) -> np.ndarray | None:
    """The same for bright shapes that may be as broad as the picture: the ground is what the border has."""
    ground = float(np.median(border(picture)))
    return stretched((picture - ground) / max(1 - ground, 0.05))


def ink_of_coloured_shapes(picture: np.ndarray) -> np.ndarray | None:
    """The same for shapes (H, W, 3) on a ground of any colour: how far each pixel is from what the border has."""
    ground = np.stack([np.median(border(picture[..., channel])) for channel in range(3)])
    return stretched(np.abs(picture - ground).max(axis=2))


def stretched(ink: np.ndarray) -> np.ndarray | None:
    """Ink (H, W) with the ground's noise at 0 and full ink at 1; None where nothing stands out from the noise."""
    if (ink >= LEAST_CONTRAST).all():
        return None
    ground = float(np.median(ink[ink < LEAST_CONTRAST]))
    below = ground - ink[ink < ground]  # ink lies above the ground only, noise on both sides
    noise = 1.4826 * float(np.median(below)) if below.size else 0.0
    strokes = ink[ink > ground + max(NOISES * noise, LEAST_CONTRAST)]
    if strokes.size < max(4, 1e-4 * ink.size):
        return None
    full = float(np.quantile(strokes, 0.9))
    low = min(ground + 3 * noise, (ground + full) / 2)
    return ((ink - low) / (full - low)).clip(0, 1)


def content(ink: np.ndarray) -> tuple[np.ndarray, bool]:
    """Where content is (H, W), and whether something was left out: specks, and what reaches in from the edge.

    A piece along much of the edge is a table or a shadow, unless there is nothing else. One that touches the edge is
    content only where what lies inside is small against it.
    """
    pieces, count = ndimage.label(ink > FAINTEST, structure=np.ones((3, 3)))
    if count < 2:
        return pieces > 0, False
    mass = ndimage.sum_labels(ink, pieces, np.arange(1, count + 1))
    extent = np.array([max(side.stop - side.start for side in box) for box in ndimage.find_objects(pieces)])
    edge = np.concatenate([pieces[0], pieces[-1], pieces[1:-1, 0], pieces[1:-1, -1]])
    touches = np.bincount(edge, minlength=count + 1)[1:] / edge.size  # share of the edge
    seen = (mass > 0.005 * mass.sum()) & (extent > 0.06 * max(ink.shape))  # no speck
    inside, free = seen & (touches == 0), seen & (touches < 0.15)
    if mass[inside].max(initial=0) >= 0.25 * mass[free].max(initial=1e-9):
        allowed = touches == 0
    else:
        allowed = touches < 0.15 if free.any() else np.ones(count, dtype=bool)
    kept = allowed & (mass >= 0.02 * mass[allowed].max())
    left_out = bool((mass[~kept] > 0.02 * mass[kept].max()).any())
    return np.concatenate([[False], kept])[pieces], left_out


def cropped(ink: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The part of a picture that content fills, without what lies beside it."""
    rows, columns = np.flatnonzero(where.any(1)), np.flatnonzero(where.any(0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    return np.where(ndimage.binary_dilation(where[box], iterations=2), ink[box], 0)


def full_strength(ink: np.ndarray) -> np.ndarray:
    """Cropped ink whose darkest tenth is full ink: what was left out may have been darker."""
    return (ink / max(float(np.quantile(ink[ink > FAINTEST], 0.9)), FAINTEST)).clip(0, 1)


def stroke_width(ink: np.ndarray) -> float:
    """Mean width of the strokes of cropped content, as a share of its longer side; 0 without any.

    Four times the mean distance of a stroke's pixels from its edge: exact for long straight strokes.
    """
    inked = with_longer_side(ink, FINE) > 0.5
    return 4 * float(ndimage.distance_transform_edt(inked)[inked].mean()) / FINE if inked.any() else 0.0


def thickened(ink: np.ndarray, wanted: float) -> np.ndarray:
    """Cropped content whose strokes are grown to a width, a share of its longer side; broader ones are left alone."""
    grown = (wanted - stroke_width(ink)) / 2 * FINE
    if grown <= 0:
        return ink
    fine = np.pad(with_longer_side(ink, FINE), int(np.ceil(grown)) + 1)
    distance = ndimage.distance_transform_edt(fine <= 0.5)
    return np.maximum(fine, (grown + 0.5 - distance).clip(0, 1))


def fitted(ink: np.ndarray, box: int) -> np.ndarray:
    """Content whose longer side fills a box of so many pixels, its proportions kept."""
    return with_longer_side(ink, box)


def centred_by_mass(ink: np.ndarray, height: int, width: int) -> np.ndarray:
    """Content in the middle of a dark picture (height, width), moved by whole pixels.

    As in MNIST the centre of mass comes to rest on the pixel right below the middle (row 14 and column 14 of 28), or at
    most half a pixel from it. Content never leaves the picture.
    """
    mass = max(float(ink.sum()), 1e-9)
    down = float((ink.sum(1) * np.arange(ink.shape[0])).sum()) / mass
    across = float((ink.sum(0) * np.arange(ink.shape[1])).sum()) / mass
    return placed(ink, round(height / 2 - down), round(width / 2 - across), height, width)


def in_the_middle(ink: np.ndarray, height: int, width: int) -> np.ndarray:
    """Content in the middle of a dark picture (height, width)."""
    return placed(ink, (height - ink.shape[0]) // 2, (width - ink.shape[1]) // 2, height, width)


def placed(ink: np.ndarray, top: int, left: int, height: int, width: int) -> np.ndarray:
    """Content at a place of a dark picture (height, width), moved in if it would reach out."""
    top = min(max(top, 0), max(height - ink.shape[0], 0))
    left = min(max(left, 0), max(width - ink.shape[1], 0))
    picture = np.zeros((height, width), dtype=np.float32)
    part = ink[:height, :width]
    picture[top : top + part.shape[0], left : left + part.shape[1]] = part
    return picture
