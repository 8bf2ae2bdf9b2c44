"""From the picture that a visitor brings to one that a model was trained on, in steps that can each be switched.

opened = open_picture(data)                                  # raises PictureError: one sentence
intake = prepare(opened, info.shape, style_of(info.name), IntakeOptions(invert=False))
intake.picture                                               # uint8 (C, H, W)
for step in intake.steps: step.name, step.title, step.sentence, step.picture, step.applied, step.switchable
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from vae_core.data.pictures import DatasetInfo
from vae_core.intake import paper
from vae_core.intake.files import MAX_BYTES, Opened, PictureError, open_picture

__all__ = [
    "MAX_BYTES",
    "Intake",
    "IntakeOptions",
    "Opened",
    "PictureError",
    "Step",
    "Style",
    "digit_box",
    "open_picture",
    "prepare",
    "style_of",
]

PREVIEW = 160  # pixels of the longer side of a step's picture
INK_SIDE = 480  # pixels of the longer side at which writing is looked for
LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601, as Pillow's


@dataclass(frozen=True)
class Style:
    """What a data set's pictures look like, and so what must happen to others."""

    content: Literal["strokes", "shapes", "scene"]  # bright strokes or shapes on black; or a whole picture as it is
    box: float = 1.0  # share of the picture that content fills
    centre: Literal["mass", "middle"] | None = None  # where content stands; None: anywhere, as it was brought
    least_stroke: float = 0.0  # of strokes, shares of the content's longer side: thinner ones are made ...
    usual_stroke: float = 0.0  # ... this broad


STYLES = {
    "mnist": Style("strokes", box=20 / 28, centre="mass", least_stroke=0.07, usual_stroke=0.12),
    "mnist_binarised": Style("strokes", box=20 / 28, centre="mass", least_stroke=0.07, usual_stroke=0.12),
    "kmnist": Style("strokes", box=26 / 28, centre="middle"),
    "digits": Style("strokes", centre="middle", least_stroke=0.1, usual_stroke=0.2),
    "fashion_mnist": Style("shapes", centre="middle"),
    "sprites": Style("shapes"),
    "sprites_colour": Style("shapes"),
}
SCENE = Style("scene")


def style_of(dataset: str) -> Style:
    """The style of a data set by its name; of faces and of a folder of one's own pictures, a scene."""
    return STYLES.get(dataset, SCENE)


def digit_box(info: DatasetInfo) -> int | None:
    """Pixels of the box that a digit is fitted into before it is centred by mass; None where digits are not."""
    style = style_of(info.name)
    return round(style.box * info.shape[1]) if style.centre == "mass" else None


@dataclass(frozen=True)
class IntakeOptions:
    """Which steps are done; None leaves it to the picture and to what the data set needs."""

    orientation: bool | None = None
    transparency: bool | None = None
    grey: bool | None = None
    invert: bool | None = None
    contrast: bool | None = None
    crop: bool | None = None
    stroke: bool | None = None
    centre: bool | None = None
    ground: Literal["auto", "white", "black"] = "auto"  # below what is transparent


@dataclass(frozen=True)
class Step:
    """One step on the way, done or not."""

    name: str
    title: str
    sentence: str  # what was done, or why nothing was
    picture: np.ndarray  # uint8 (h, w) or (h, w, 3): a small view of how things stand after it
    on: bool  # what its switch shows
    applied: bool  # whether it changed anything: strokes that are broad enough stay, though the step is on
    switchable: bool


@dataclass(frozen=True)
class Intake:
    """A picture as a model takes it, how it came about, and what the visitor should know."""

    picture: Tensor  # uint8 (C, H, W)
    steps: tuple[Step, ...]
    notes: tuple[str, ...]


class Way:
    """The picture (h, w, k), float32 in [0, 1], on its way through the steps: k is 4 with transparency, 3 or 1."""

    def __init__(self, opened: Opened, shape: tuple[int, int, int], style: Style, options: IntakeOptions):
        self.opened, self.shape, self.style, self.options = opened, shape, style, options
        self.steps: list[Step] = []
        self.notes = list(opened.notes)
        image = opened.image if opened.image.mode in ("L", "RGB", "RGBA") else opened.image.convert("RGB")
        pixels = np.asarray(image, dtype=np.float32) / 255
        self.picture = pixels[..., None] if pixels.ndim == 2 else pixels
        self.blank = False
        self.cropped = False

    def wanted(self, name: str, otherwise: bool) -> bool:
        """What the visitor chose for a step, or else what is sensible."""
        choice = getattr(self.options, name)
        return otherwise if choice is None else choice

    def note(
        self, name: str, title: str, sentence: str, on: bool, switchable: bool = True, applied: bool | None = None
    ) -> None:
        """Write down a step as things stand now; a step that is on has changed something unless `applied` says no."""
        applied = on if applied is None else applied
        self.steps.append(Step(name, title, sentence, preview(self.picture), on, applied, switchable))

    @property
    def plane(self) -> np.ndarray:
        """The picture's luminance (h, w)."""
        return luminance(self.picture)


def prepare(
    opened: Opened, shape: tuple[int, int, int], style: Style = SCENE, options: IntakeOptions | None = None
) -> Intake:
    """A visitor's picture as uint8 (C, H, W) of `shape`, with every step on the way.

    A picture that is there already needs no file: `Opened(Image.fromarray(pixels))`. Raises ValueError for a shape that
    has neither 1 nor 3 channels.
    """
    if shape[0] not in (1, 3):
        raise ValueError(f"pictures are prepared for 1 or 3 channels, got a shape of {shape}")
    way = Way(opened, shape, style, options or IntakeOptions())
    for step in (turn_upright, fill_transparency, take_colour_out, invert, clear_ground, crop, thicken, centre, resize):
        step(way)
    pixels = np.broadcast_to(way.picture, (*shape[1:], shape[0])).transpose(2, 0, 1)  # (C, H, W)
    return Intake(to_bytes(torch.from_numpy(pixels.copy())), tuple(way.steps), tuple(dict.fromkeys(way.notes)))


def turn_upright(way: Way) -> None:
    """Mirror and turn as EXIF says."""
    orientation = way.opened.orientation
    done = orientation != 1 and way.wanted("orientation", True)
    if done:
        way.picture = TURNS[orientation](way.picture)
    sentence = (
        "The camera was turned or mirrored: the picture is set upright."
        if done
        else (
            "The file says that it is upright, or nothing."
            if orientation == 1
            else "The picture stays as the camera saw it."
        )
    )
    way.note("orientation", "Upright", sentence, done, orientation != 1)


TURNS = {  # EXIF's orientations: what brings the picture (h, w, k) back
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: np.rot90(p, -1),
    7: lambda p: np.rot90(p)[:, ::-1],
    8: lambda p: np.rot90(p),
}


def fill_transparency(way: Way) -> None:
    """Put what is transparent onto white or black, whichever what is drawn differs more from."""
    clear = way.picture.shape[2] == 4 and bool((way.picture[..., 3] < 1).any())
    done = clear and way.wanted("transparency", True)
    sentence = (
        "Nothing is transparent." if not clear else "What is transparent shows the colour that the file hides there."
    )
    if way.picture.shape[2] == 4:
        colour, alpha = way.picture[..., :3], way.picture[..., 3:]
        if done:
            ground = way.options.ground
            if ground == "auto":
                weight = alpha[..., 0]
                ground = "black" if (luminance(colour) * weight).sum() >= 0.5 * weight.sum() else "white"
            colour = colour * alpha + (1 - alpha) * (ground == "white")
            sentence = f"What is transparent is put onto {ground}."
        way.picture = colour
    way.note("transparency", "Fill transparency", sentence, done, clear)


def take_colour_out(way: Way) -> None:
    """To grey, where the model has one channel or the visitor wants it."""
    coloured = way.picture.shape[2] == 3 and bool(np.ptp(way.picture, axis=2).max() > 1 / 255)
    must = way.shape[0] == 1
    done = coloured and (must or way.wanted("grey", False))
    if done or must:
        way.picture = way.plane[..., None]
    sentence = "The model sees brightness alone." if must else "Colour is taken out." if done else "Colours stay."
    way.note("grey", "Grey", "The picture is grey already." if not coloured else sentence, done, coloured and not must)


def invert(way: Way) -> None:
    """Bright on dark, as the data set has it."""
    bright = paper.ground_is_bright(way.plane)
    found = "The ground is bright" if bright else "The ground is dark"
    automatic = bright and way.style.content != "scene" and way.picture.shape[2] == 1
    done = way.wanted("invert", automatic)
    if done:
        way.picture = 1 - way.picture
    if way.style.content == "scene":
        sentence = "The data set shows things as they are."
    elif way.picture.shape[2] == 3:
        sentence = "Colours stay as they are."
    else:
        sentence = (
            f"{found}, and the data set's is dark: black and white change places." if bright else f"{found} already."
        )
    if done != automatic:
        sentence = "Black and white change places, as chosen." if done else f"{found}; it stays, as chosen."
    way.note("invert", "Invert", sentence, done)


def clear_ground(way: Way) -> None:
    """Ground to black, ink to white or to its colour, whatever the light."""
    possible = way.style.content != "scene"
    done = possible and way.wanted("contrast", True)
    sentence = "Light and contrast stay as they are."
    if done:
        if max(way.picture.shape) > INK_SIDE:
            way.picture = each_channel(way.picture, lambda channel: paper.with_longer_side(channel, INK_SIDE))
        colour: np.ndarray | int
        if way.picture.shape[2] == 3:
            ink, colour = paper.ink_of_coloured_shapes(way.picture), way.picture
        else:
            find = paper.ink_of_strokes if way.style.content == "strokes" else paper.ink_of_shapes
            ink, colour = find(way.plane), 1
        way.blank = ink is None
        way.picture = np.zeros_like(way.picture) if ink is None else ink[..., None] * colour
        sentence = "Uneven light and the ground's grain are taken away: the ground becomes black."
        if way.blank:
            sentence = "Nothing stands out from the ground: the picture is empty."
            way.notes.append(sentence)
    way.note("contrast", "Clear the ground", sentence, done, possible)


def crop(way: Way) -> None:
    """To what stands out from the ground; of a scene, to the proportions of the model's picture."""
    if way.style.content == "scene":
        return crop_scene(way)
    done = way.wanted("crop", way.style.centre is not None) and not way.blank
    sentence = "There is nothing to crop to." if way.blank else "All of the picture is kept."
    if done:
        where, left_out = paper.content(way.plane)
        done = bool(where.any())
        if done:
            way.picture = each_channel(way.picture, lambda channel: paper.cropped(channel, where))
            way.cropped = True
            sentence = "The margin is cut off."
        if left_out:
            if way.picture.shape[2] == 1:
                way.picture = paper.full_strength(way.picture)
            sentence = "The margin is cut off, and what reaches in from the edge or lies apart is left out."
            way.notes.append("What lies at the edge of the picture or apart from the writing was left out.")
    way.note("crop", "Crop to content", sentence, done, not way.blank)


def crop_scene(way: Way) -> None:
    """The largest part in the middle with the proportions of the model's picture."""
    (height, width), (_, high, wide) = way.picture.shape[:2], way.shape
    scale = min(height / high, width / wide)
    part = max(1, round(high * scale)), max(1, round(wide * scale))
    fits = part == (height, width)
    done = not fits and way.wanted("crop", True)
    if done:
        top, left = (height - part[0]) // 2, (width - part[1]) // 2
        way.picture = way.picture[top : top + part[0], left : left + part[1]]
    sentence = "The middle is kept, in the model's proportions." if done else "The whole picture is kept, with bars."
    way.note("crop", "Crop to shape", "The proportions are right." if fits else sentence, done, not fits)


def thicken(way: Way) -> None:
    """Broader strokes, where a pen's would vanish among the model's few pixels."""
    if not way.style.least_stroke:
        return
    possible = way.cropped and way.picture.shape[2] == 1
    on = possible and way.wanted("stroke", True)
    thin = on and 0 < paper.stroke_width(way.plane) < way.style.least_stroke
    sentence = "The strokes stay as they are."
    if on:
        sentence = "The strokes are broad enough."
    if thin:
        way.picture = paper.thickened(way.plane, way.style.usual_stroke)[..., None]
        sentence = "The strokes are thinner than the data set's: they are broadened."
    way.note("stroke", "Broaden strokes", sentence, on, possible, applied=thin)


def centre(way: Way) -> None:
    """Content into the data set's box, by its mass or in the middle; the picture then has its final size."""
    kind = way.style.centre
    if kind is None:
        return
    _, height, width = way.shape
    done = way.wanted("centre", True) and not way.blank
    title, sentence = "Centre", "It stays where it is."
    if done:
        box = round(way.style.box * min(height, width))
        place = paper.centred_by_mass if kind == "mass" else paper.in_the_middle
        way.picture = each_channel(way.picture, lambda channel: place(paper.fitted(channel, box), height, width))
        where = "its centre of mass in the middle, as MNIST's makers did" if kind == "mass" else "in the middle"
        sentence = f"It is fitted into {box} pixels, {where}."
    if kind == "mass":
        title = "Centre by mass"
    way.note("centre", title, sentence, done, not way.blank)


def resize(way: Way) -> None:
    """To the model's size, all of the picture, with black bars where the proportions differ."""
    _, height, width = way.shape
    before = way.picture.shape[:2]
    done = before != (height, width)
    if done:
        scale = min(height / before[0], width / before[1])
        size = max(1, round(before[0] * scale)), max(1, round(before[1] * scale))
        way.picture = each_channel(
            way.picture, lambda channel: paper.in_the_middle(paper.resized(channel, *size), height, width)
        )
    sentence = (
        f"The picture has {width} x {height} pixels now." if done else f"It has {width} x {height} pixels already."
    )
    way.note("resize", "Resize", sentence, done, switchable=False)


def each_channel(picture: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """A picture (h, w, k) with each of its channels changed."""
    return np.stack([change(picture[..., channel]) for channel in range(picture.shape[2])], axis=2)


def luminance(picture: np.ndarray) -> np.ndarray:
    """Brightness (h, w) of a picture (h, w, k)."""
    return picture[..., 0] if picture.shape[2] == 1 else picture[..., :3] @ LUMINANCE


def to_bytes(values: Tensor) -> Tensor:
    """Values in [0, 1] as uint8."""
    return (values.clamp(0, 1) * 255).round().byte()


def preview(picture: np.ndarray) -> np.ndarray:
    """A picture (h, w, k) as uint8 (h', w') or (h', w', 3) of at most `PREVIEW` pixels a side, on white."""
    step = max(1, max(picture.shape[:2]) // (2 * PREVIEW))  # a coarse grid: it is only looked at
    picture = picture[::step, ::step]
    if picture.shape[2] == 4:
        picture = picture[..., :3] * picture[..., 3:] + 1 - picture[..., 3:]
    values = (picture.clip(0, 1) * 255).round().astype(np.uint8)
    image = Image.fromarray(values[..., 0] if values.shape[2] == 1 else np.ascontiguousarray(values))
    image.thumbnail((PREVIEW, PREVIEW), Image.Resampling.BOX)
    return np.asarray(image)
