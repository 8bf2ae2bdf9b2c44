"""Sliders, buttons, keys, traversals, the grid and the model picker."""

import numpy as np
import pytest
import torch
from explore_map import drawn

from ui.browser import model as python_side

FLAT, DEEP, WIDE, MIXTURE = "mnist-vae-2d", "mnist-vae-10d", "mnist-vae-20d", "digits-mixture-2d"
ORIGIN = "0,0"
COLUMNS = 11  # of the traversals
SIDE = 15  # of the grid
SHEET = "Array.from(root.querySelector(`{canvas}`).getContext('2d').getImageData({x}, {y}, {w}, {h}).data)"


def shows(screen, canvas: str, row: int, column: int, picture: np.ndarray) -> None:
    """Wait until one cell of a sheet shows a picture (H, W), 0 to 255."""
    height, width = picture.shape
    place = SHEET.format(canvas=canvas, x=column * width, y=row * height, w=width, h=height)
    screen.until(
        f"{place}.filter((_, i) => i % 4 === 0).every((value, i) => Math.abs(value - argument[i]) <= 0.6)",
        picture.ravel().tolist(),
    )


def slider(screen, dimension: int):
    return screen.live.locator(f"input[data-dim='{dimension}']")


def test_arrow_keys_step_and_one_message_follows_a_run_of_them(desktop, shipped):
    shipped(FLAT)
    desktop.open(model=FLAT, z=ORIGIN)
    drawn(desktop)
    low, high = (float(slider(desktop, 0).get_attribute(end)) for end in ("min", "max"))
    step = (high - low) / 50
    slider(desktop, 0).focus()
    desktop.count_frames()
    for _ in range(3):
        desktop.page.keyboard.press("ArrowRight")
    desktop.reach([3 * step, 0])
    desktop.page.keyboard.press("ArrowDown")
    desktop.reach([2 * step, 0])
    desktop.page.keyboard.press("PageUp")
    desktop.reach([12 * step, 0])
    desktop.page.keyboard.press("Home")
    desktop.reach([low, 0])
    desktop.page.keyboard.press("ArrowLeft")
    desktop.reach([low, 0])
    desktop.page.keyboard.press("End")
    desktop.reach([high, 0])
    desktop.page.wait_for_url(f"**z={high:g}*")
    assert desktop.counted()["messages"] <= 3  # one, or a few where the machine was slower than the pause between two
    assert slider(desktop, 0).locator("..").locator("output").inner_text() == f"{high:.2f}"


def test_buttons_and_keys_lead_to_the_origin_the_prior_and_the_pin(desktop, shipped):
    codes = shipped(DEEP).codes
    pinned = codes.mean[5].tolist()
    desktop.open(model=DEEP, point="5", z=",".join(f"{value:.4f}" for value in pinned))
    desktop.reach(pinned, within=1e-3)
    desktop.until("root.dataset.pinned === '5'")
    for origin, prior, back in (
        [lambda key=key: desktop.page.keyboard.press(key) for key in "0zp"],
        [desktop.live.get_by_role("button", name=name).click for name in ("Origin", "Sample", "Back to pin")],
    ):
        origin()
        desktop.reach([0.0] * 10)
        prior()
        desktop.until("root.__live.z.some((value) => value !== 0)")
        first = desktop.z
        assert all(abs(value) < 6 for value in first)
        prior()
        desktop.until("root.__live.z[0] !== argument", first[0])
        back()
        desktop.reach(pinned, within=1e-3)


def test_question_mark_shows_the_keys_and_they_do_what_they_say(desktop, shipped):
    shipped(FLAT)
    desktop.open(model=FLAT, z=ORIGIN)
    card = desktop.live.locator("dialog.keys")
    desktop.page.keyboard.press("?")
    card.wait_for(state="visible")
    listed = card.locator("kbd").all_inner_texts()
    assert {"0", "z", "p", "s", "k", "l", "?"} <= set(listed)
    desktop.page.keyboard.press("z")
    desktop.settle()
    assert desktop.z == [0, 0], "the card is in front: keys of the page wait"
    desktop.page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    desktop.page.keyboard.press("?")
    card.wait_for(state="visible")
    desktop.page.keyboard.press("?")
    card.wait_for(state="hidden")
    desktop.live.locator("[data-do='keys']").click()
    card.wait_for(state="visible")
    desktop.page.keyboard.press("Escape")
    rendering = "getComputedStyle(root.querySelector(`canvas[data-role='decoded']`)).imageRendering"
    assert desktop.read(rendering) == "pixelated"
    desktop.page.keyboard.press("s")
    assert desktop.read(rendering) == "auto"
    desktop.page.keyboard.press("s")
    assert desktop.read(rendering) == "pixelated"

    # lecture mode: things grow, the frame folds away
    letters = "parseFloat(getComputedStyle(root.querySelector('.slider label')).fontSize)"
    before = desktop.read(letters)
    picker = desktop.page.locator(".st-key-frame")
    assert picker.is_visible()
    desktop.page.keyboard.press("l")
    desktop.until(f"{letters} > argument", before)
    assert not picker.is_visible()
    assert desktop.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desktop.page.keyboard.press("l")
    desktop.until(f"{letters} === argument", before)
    assert picker.is_visible()


def test_sliders_stand_in_the_order_of_their_kl_and_the_rest_folds_away(desktop, shipped):
    expected = python_side.sliders(shipped(WIDE))
    desktop.open(model=WIDE)
    inputs = desktop.live.locator("input[data-dim]")
    shown = desktop.read("Array.from(root.querySelectorAll('input[data-dim]'), (input) => Number(input.dataset.dim))")
    assert shown == [dimension["index"] for dimension in expected]
    for dimension in expected[:10]:
        said = slider(desktop, dimension["index"]).locator("..").locator(".kl b").inner_text()
        assert float(said) == pytest.approx(dimension["kl"], rel=0.06, abs=0.01)
    assert sum(inputs.nth(i).is_visible() for i in range(len(shown))) == 10
    summary = desktop.live.locator("details summary")
    assert summary.inner_text().startswith(f"{len(shown) - 10} more")
    collapsed = sum(dimension["kl"] < 0.01 for dimension in expected[10:])
    assert not collapsed or f"{collapsed} of them collapsed" in summary.inner_text()
    summary.click()
    desktop.until("root.querySelector('.sliders').scrollTop > 0")  # what unfolded is seen
    inputs.last.scroll_into_view_if_needed()
    inputs.last.press("End")
    desktop.until("root.__live.z[argument] >= 2", int(inputs.last.get_attribute("data-dim")))


def decoded(checkpoint, z) -> np.ndarray:
    with torch.no_grad():
        return checkpoint.model.decode(torch.tensor([list(z)], dtype=torch.float32)).mean[0, 0].numpy() * 255


def test_traversals_and_samples_are_pytorchs_and_a_click_goes_there(desktop, shipped):
    checkpoint = shipped(DEEP)
    ranges, shape = python_side.sliders(checkpoint), checkpoint.model.config.picture_shape
    z = [0.25] * 10
    desktop.open(model=DEEP, z=",".join(map(str, z)))

    def at(row: int, column: int) -> list[float]:
        dimension = ranges[row]
        value = dimension["low"] + (dimension["high"] - dimension["low"]) * column / (COLUMNS - 1)
        return [value if d == dimension["index"] else own for d, own in enumerate(z)]

    desktop.until("root.querySelector('.matrix canvas').width === argument", COLUMNS * shape[2])
    for row, column in ((0, 0), (3, 10), (9, 5)):
        shows(desktop, ".matrix canvas", row, column, decoded(checkpoint, at(row, column)))
    desktop.live.locator("[data-role='traversal'][data-row='3'][data-column='10']").click()
    z = at(3, 10)
    desktop.reach(z)
    desktop.until("root.querySelector(`[data-row='3'][data-column='10']`).matches('.present')")
    shows(desktop, ".matrix canvas", 0, 10, decoded(checkpoint, at(0, 10)))  # the other rows walk around the new z
    desktop.live.locator("[data-row='3'][data-column='10']").focus()
    for key in ("ArrowLeft", "ArrowUp", "Enter"):
        desktop.page.keyboard.press(key)
    z = at(2, 9)
    desktop.reach(z)
    slider(desktop, ranges[0]["index"]).press("End")
    z = at(0, 10)
    desktop.reach(z)
    shows(desktop, ".matrix canvas", 1, 0, decoded(checkpoint, at(1, 0)))

    assert not desktop.live.locator("canvas[data-role='manifold']").is_visible(), "the grid is for two dimensions"
    samples = desktop.live.locator("canvas[data-role='samples']")
    box = samples.bounding_box()
    samples.click(position={"x": box["width"] * 2.5 / 8, "y": box["height"] * 1.5 / 4})
    desktop.until("root.__live.z.every((value, d) => value !== argument[d])", z)
    shows(desktop, "canvas[data-role='samples']", 1, 2, decoded(checkpoint, desktop.z))


def quantile(i: int) -> float:
    return float(torch.distributions.Normal(0, 1).icdf(torch.tensor((i + 0.5) / SIDE, dtype=torch.float64)))


def test_the_grid_shows_the_prior_and_a_click_goes_there(desktop, shipped):
    checkpoint = shipped(FLAT)
    shape = checkpoint.model.config.picture_shape
    desktop.open(model=FLAT)
    desktop.until("root.querySelector(`canvas[data-role='manifold']`).width === argument", SIDE * shape[2])
    for row, column in ((0, 0), (7, 12), (14, 3), (10, 14)):
        z = [quantile(column), quantile(SIDE - 1 - row)]
        shows(desktop, "canvas[data-role='manifold']", row, column, decoded(checkpoint, z))
    grid = desktop.live.locator("canvas[data-role='manifold']")
    box = grid.bounding_box()
    assert box["width"] > 200 and box["width"] / box["height"] == pytest.approx(shape[2] / shape[1], rel=0.02)
    grid.click(position={"x": box["width"] * 12.5 / SIDE, "y": box["height"] * 7.5 / SIDE})
    there = [quantile(12), quantile(7)]
    desktop.reach(there)
    mark = desktop.live.locator(".manifold .here").bounding_box()
    assert mark["x"] + mark["width"] / 2 == pytest.approx(box["x"] + box["width"] * 12.5 / SIDE, abs=2)
    assert mark["y"] + mark["height"] / 2 == pytest.approx(box["y"] + box["height"] * 7.5 / SIDE, abs=2)
    grid.focus()
    desktop.page.keyboard.press("ArrowRight")
    desktop.reach([quantile(13), quantile(7)])
    desktop.page.keyboard.press("ArrowUp")
    desktop.reach([quantile(13), quantile(8)])


def pick(screen, label: str, option: str) -> None:
    """Choose in the frame's picker."""
    screen.page.get_by_role("combobox", name=label).click()
    screen.page.get_by_role("option", name=option, exact=True).click()


def test_the_picker_changes_model_and_data_set(desktop, shipped):
    codes = [shipped(name).codes.mean for name in (FLAT, DEEP, "digits-vae-2d")]
    drawn(desktop.open(model=FLAT, point="5", z="1,1"))
    desktop.reach([1, 1])
    pick(desktop, "Model", DEEP)
    desktop.reach(codes[1][5].tolist())  # the pinned picture is the same
    desktop.until("root.dataset.pinned === '5'")
    desktop.page.wait_for_url(f"**model={DEEP}*")
    assert desktop.live.locator("input[data-dim]").count() == 10
    assert desktop.page.get_by_text("of 10").is_visible()
    pick(desktop, "Data set", "Digits")
    desktop.until("root.__live.lastPicture.length === 64")
    desktop.page.wait_for_url("**model=digits-vae-2d*")
    drawn(desktop)
    desktop.until("root.querySelectorAll('.map .annotation').length >= 8")
    desktop.reach(codes[2][0].tolist())


def test_a_hand_that_does_not_wait_for_the_next_model_breaks_nothing(desktop, shipped):
    shipped(FLAT), shipped(DEEP)
    drawn(desktop.open(model=FLAT))
    arrived = []
    desktop.page.evaluate("caches.delete('latent-lab')")
    desktop.page.route(f"**/decoder-{DEEP}-*", lambda route: arrived.append(route))
    pick(desktop, "Model", DEEP)
    desktop.until("root.querySelectorAll('input[data-dim]').length === 10")
    for dimension in range(3):
        slider(desktop, dimension).press("End")
    desktop.page.keyboard.press("z")
    desktop.live.locator(".map").hover()
    desktop.page.mouse.move(5, 5)
    slider(desktop, 4).press("Home")
    desktop.settle()
    while not arrived:
        desktop.page.wait_for_timeout(100)
    for route in arrived:
        route.continue_()
    desktop.until("root.__live.z.length === 10")
    low = float(slider(desktop, 4).get_attribute("min"))
    desktop.until("Math.abs(root.__live.z[4] - argument) < 1e-4", low)
    assert len(desktop.picture) == 28 * 28


def test_a_learned_prior_is_drawn_on_the_map_and_sampled_as_it_is(desktop, shipped):
    prior, far = shipped(MIXTURE).model.prior, 9.21  # of N(0, I) a hundredth is as far from 0, squared
    desktop.open(model=MIXTURE)
    assert desktop.live.locator("small.measure").inner_text() == "variance"
    desktop.until("root.querySelector('.selection').textContent.startsWith('Ellipses')")
    desktop.until("root.querySelector('[data-evidence=rarity]').textContent.includes('rarer')")
    assert "beyond" not in desktop.live.locator("[data-role='readout']").inner_text()
    assert not desktop.live.locator("canvas[data-role='manifold']").is_visible(), "the grid is of N(0, I)'s quantiles"
    squares = []
    for _ in range(100):
        before = desktop.z[0]
        desktop.page.keyboard.press("z")
        desktop.until("root.__live.z[0] !== argument", before)
        squares.append(sum(value * value for value in desktop.z))
    share = float((prior.sample((20_000,)).square().sum(1) > far).double().mean())
    assert share == pytest.approx(0.19, abs=0.02)
    assert 6 < np.sum(np.array(squares) > far) < 35, "of N(0, I) one would be"
    desktop.live.locator("select[data-choice='map']").select_option("pca")
    desktop.until("root.querySelector('.selection').textContent === ''")
