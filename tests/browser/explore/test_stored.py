"""What Explore shows before the model runs in the browser: stored pictures of the opening place, and of no other."""

import numpy as np
import pytest

PIXELS = """(() => {
  const canvas = root.querySelector(argument);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, Array.from(data)];
})()"""
CANVASES = {  # and by how many levels of 255 the stored one may be off
    "canvas[data-role=decoded]": 1,
    ".matrix canvas": 5,
    "canvas[data-role=manifold]": 5,
}
MODEL = "mnist-vae-2d"


def pixels(screen, canvas: str) -> np.ndarray:
    width, height, values = screen.read(PIXELS, canvas)
    return np.array(values).reshape(height, width, 4)


@pytest.fixture
def held(new_visitor):
    """A new visitor whose runtime does not come, and what lets it come."""
    screen, waiting = new_visitor(), []
    screen.page.route("**/ort-wasm-*", lambda route: waiting.append(route))

    def release() -> None:
        for route in waiting:
            route.continue_()

    return screen, release


def test_stored_pictures_stand_until_the_live_ones_which_are_the_same(held):
    screen, release = held
    screen.visit(model=MODEL)
    screen.until("root.dataset.stored === '1'")
    assert screen.live.get_attribute("data-ready") is None
    stored = {canvas: pixels(screen, canvas) for canvas in CANVASES}
    release()
    screen.ready()
    screen.until("root.dataset.stored === undefined")
    screen.until("root.querySelector('.map .plot')?.data?.length > 0")
    screen.quiet()
    for canvas, off in CANVASES.items():
        live = pixels(screen, canvas)
        assert live.shape == stored[canvas].shape and live.std() > 10
        assert np.abs(live - stored[canvas]).max() <= off


def test_the_stored_picture_stands_for_no_other_place(held):
    screen, release = held
    screen.visit(model=MODEL, z="0.5,0.5")
    screen.until("root.dataset.stored === '0'")
    hero, matrix, grid = CANVASES
    assert not pixels(screen, hero).any() and not pixels(screen, matrix).any()
    assert pixels(screen, grid).any()  # which belongs to any z
    release()
    screen.ready()
    screen.reach([0.5, 0.5])
    assert pixels(screen, hero).any()


def test_the_stored_picture_goes_when_a_hand_moves_first(held):
    screen, release = held
    screen.visit(model=MODEL)
    screen.until("root.dataset.stored === '1'")
    screen.live.locator("input[data-dim]").first.press("End")
    screen.until("root.dataset.stored === '0'")
    assert not pixels(screen, "canvas[data-role=decoded]").any()
    release()
    screen.ready()
    assert pixels(screen, "canvas[data-role=decoded]").any()
