"""On kept pictures of every page: what a person sees is a difference, what another machine does to letters is none."""

import json

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.looks.likeness import Kept
from tests.looks.test_pages import DEVICES, LOOKS, PICTURES

NAMES = [f"{name}-{device}-{scheme}" for name in LOOKS for device in DEVICES for scheme in ("light", "dark")]
JUDGED_ON = [name for name in NAMES if name.endswith(("desktop-light", "phone-dark"))]
MOST_BYTES = 100_000
FAR = 20  # pixels
FAINT, SPARSE = 30, 0.04  # of 255, share of pixels: a panel with fewer that are stronger is almost the ground


def ground(picture: Image.Image) -> tuple[int, ...]:
    """The colour that most of the page has."""
    colours = picture.getcolors(picture.width * picture.height)
    return max(colours)[1]


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=np.float64)


def picture_of(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def beside(picture: Image.Image) -> Image.Image:
    """All of it a pixel to the right and down."""
    return picture_of(np.roll(pixels(picture), (1, 1), (0, 1)))


def bolder(picture: Image.Image) -> Image.Image:
    return Image.blend(picture, picture.filter(ImageFilter.MinFilter(3)), 0.3)


def softer(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def column_moved(picture: Image.Image) -> Image.Image:
    """The right half further to the right."""
    left, right = np.split(pixels(picture), [picture.width // 2], axis=1)
    return picture_of(np.concatenate([left, np.roll(right, FAR, axis=1)], axis=1))


def row_moved(picture: Image.Image) -> Image.Image:
    """The lower half further down."""
    upper, lower = np.split(pixels(picture), [picture.height // 2])
    return picture_of(np.concatenate([upper, np.roll(lower, FAR, axis=0)]))


def colours_swapped(picture: Image.Image) -> Image.Image:
    red, green, blue = picture.split()
    return Image.merge("RGB", (blue, green, red))


def pale(picture: Image.Image) -> Image.Image:
    """Nothing stands out from the ground by more than a seventh of what it did."""
    plain = np.array(ground(picture))
    return picture_of(plain + (pixels(picture) - plain) / 7)


@pytest.fixture(scope="module", params=JUDGED_ON)
def kept(request) -> tuple[str, Kept]:
    """A kept picture of each page on each device, and its name."""
    with Image.open(PICTURES / f"{request.param}.png") as picture:
        return request.param, Kept(picture.convert("RGB"))


def test_there_is_one_small_picture_for_every_look():
    files = sorted(PICTURES.glob("*.png"))
    assert sorted(file.stem for file in files) == sorted(NAMES)
    assert all(file.stat().st_size < MOST_BYTES for file in files)


@pytest.mark.parametrize("noise", [beside, bolder, softer])
def test_letters_of_another_machine_are_no_difference(kept, noise):
    _, before = kept
    assert before.difference(noise(before.picture)) is None


@pytest.mark.parametrize("mistake", [column_moved, row_moved, colours_swapped, pale])
def test_a_mistake_is_seen(kept, mistake):
    _, before = kept
    assert before.difference(mistake(before.picture))


def test_every_panel_with_something_in_it_is_missed(kept):
    name, before = kept
    picture, plain = before.picture, ground(before.picture)
    panels = json.loads((PICTURES / "panels.json").read_text("utf-8"))[name]
    assert len(panels) >= (1 if "-phone-" in name else 2)  # a phone shows the rest further down
    for left, top, right, bottom in panels:
        inside = pixels(picture)[top:bottom, left:right]
        if (np.abs(inside - plain).max(axis=2) > FAINT).mean() < SPARSE:
            continue
        without = picture.copy()
        without.paste(plain, (left, top, right, bottom))
        assert before.difference(without), f"the panel at {left, top, right, bottom} of {name}"


def test_the_other_theme_is_another_look(kept):
    name, before = kept
    other = name.replace("light", "dark") if name.endswith("light") else name.replace("dark", "light")
    with Image.open(PICTURES / f"{other}.png") as dark:
        assert before.difference(dark)


def test_another_size_is_said():
    small, large = Image.new("RGB", (390, 844)), Image.new("RGB", (1400, 900))
    assert Kept(small).difference(large) == "The picture is 1400 x 900 pixels and was 390 x 844."
