"""What the browser decodes is what PyTorch decodes, and it comes as fast as the hand moves."""

import math
import time

import numpy as np
import pytest
import torch
from explore_map import drawn
from screen import SOON

from vae_core.zoo import store

PICTURE = (
    "Array.from(root.querySelector(`canvas[data-role='decoded']`).getContext('2d').getImageData(0, 0, {w}, {h}).data)"
)
TURN = 2.0  # seconds in which the hand goes along its whole path
MOVED = 30  # animation frames with input

# An MLP with two dimensions, one with more, and a convolutional network for 64x64 pictures.
MODELS = ("mnist-vae-2d", "mnist-vae-10d", "olivetti-vae-16d")


@torch.no_grad()
def decoded(checkpoint, z: list[float]) -> np.ndarray:
    return checkpoint.model.decode(torch.tensor([z], dtype=torch.float32)).mean[0].numpy()


def check_picture(screen, checkpoint) -> None:
    """The tensor and the pixels on the screen are PyTorch's picture at the z on the screen."""
    z, picture = screen.read("[Array.from(root.__live.z), Array.from(root.__live.lastPicture)]")
    expected = decoded(checkpoint, z)
    assert np.abs(np.array(picture) - expected.ravel()).max() <= 1e-4
    channels, height, width = expected.shape
    shown = np.array(screen.read(PICTURE.format(w=width, h=height))).reshape(height, width, 4)
    pixels = expected.repeat(3 // channels, axis=0).transpose(1, 2, 0) * 255
    assert np.abs(shown[..., :3] - pixels).max() <= 0.53  # rounded to a whole number
    assert (shown[..., 3] == 255).all()


WATCH = """(() => {
  const seen = window.__seen = { frames: 0, moved: 0, fresh: false };
  root.addEventListener(argument, () => { seen.fresh = true }, true);
  const next = () => { seen.frames += 1; seen.moved += seen.fresh; seen.fresh = false; requestAnimationFrame(next) };
  requestAnimationFrame(next);
})()"""


def while_moving(screen, event: str, path) -> dict[str, int]:
    """Move the mouse along `path(share of the way)` until it was seen in enough frames; what was counted meanwhile.

    `moved` counts the animation frames that had input since the one before: on a busy machine some have none.
    """
    screen.read(WATCH, event)
    screen.count_frames()
    begun = time.monotonic()
    while screen.read("window.__seen.moved") < MOVED:
        passed = time.monotonic() - begun
        assert passed < SOON / 1000, "the page should draw frames while the hand moves"
        for _ in range(10):
            screen.page.mouse.move(*path((time.monotonic() - begun) / TURN))
    screen.settle(2)
    return {**screen.counted(), "moved": screen.read("window.__seen.moved")}


def check_counts(counted: dict[str, int]) -> None:
    assert counted["messages"] == 0, f"the server was asked while the hand moved: {counted}"
    assert counted["pictures"] >= 0.95 * counted["moved"] - 1, f"frames without a picture: {counted}"
    assert counted["pictures"] <= counted["frames"] + 2, f"more than one picture in a frame: {counted}"


@pytest.mark.parametrize("name", MODELS)
def test_the_picture_is_pytorchs_and_a_drag_gives_one_in_every_frame(desktop, shipped, name):
    checkpoint = shipped(name)
    dim = checkpoint.model.config.latent_dim
    linked = [round(1.5 * math.sin(3 * d + 1), 4) for d in range(dim)]
    drawn(desktop.open(model=name, z=",".join(map(str, linked))))
    desktop.reach(linked)
    check_picture(desktop, checkpoint)
    for _ in range(3):
        before = desktop.z[0]
        desktop.page.keyboard.press("z")
        desktop.until("root.__live.z[0] !== argument", before)
        check_picture(desktop, checkpoint)
    desktop.page.keyboard.press("0")
    desktop.reach([0.0] * dim)
    check_picture(desktop, checkpoint)

    desktop.quiet()
    box = desktop.live.locator("input[data-dim]").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    desktop.page.mouse.move(box["x"] + box["width"] / 2, middle)
    desktop.page.mouse.down()
    counted = while_moving(
        desktop, "input", lambda share: (box["x"] + box["width"] * (0.5 + 0.45 * math.sin(40 * share)), middle)
    )
    check_counts(counted)
    check_picture(desktop, checkpoint)
    desktop.page.mouse.up()
    desktop.page.wait_for_url("**z=*")  # the message that ends the drag


def test_hovering_gives_a_picture_in_every_frame_and_each_is_measured(desktop, shipped):
    shipped("mnist-vae-2d")
    axes = drawn(desktop.open(model="mnist-vae-2d"))
    desktop.quiet()
    desktop.page.evaluate("performance.clearMeasures()")
    counted = while_moving(
        desktop,
        "pointermove",
        lambda share: axes.spot(0.5 + 0.4 * math.sin(31 * share), 0.5 + 0.4 * math.cos(23 * share)),
    )
    check_counts(counted)
    measures = desktop.page.evaluate("performance.getEntriesByName('live:decode').map(({ duration }) => duration)")
    assert len(measures) == counted["pictures"]
    assert all(duration > 0 for duration in measures)


def test_models_of_every_form_show_a_picture(desktop):
    """The first model of each data set: grey and colour, square and not."""
    first = {entry.dataset: entry for entry in reversed(store.entries()) if entry.name not in MODELS}
    for entry in first.values():
        desktop.open(model=entry.name)
        channels, height, width = entry.picture_shape
        assert len(desktop.picture) == channels * height * width
        box = desktop.live.locator("canvas[data-role='decoded']").bounding_box()
        assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.02)
        assert box["height"] >= 318
