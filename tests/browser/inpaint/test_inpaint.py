"""Inpaint in a real browser: a hole is painted, what is observed stays, the completion is PyTorch's."""

import numpy as np
import pytest
import torch

from ui.inpaint import component as inpaint
from vae_core.data.masks import draw_masks

NAME = "mnist-masked-10d"
READ = """(() => { const { bytes, mask, z, lastPicture, mixture } = root.__live;
  const canvas = root.querySelector("[data-role=decoded]");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return { bytes: Array.from(bytes), mask: Array.from(mask), z: Array.from(z), picture: Array.from(lastPicture),
    mean: Array.from(mixture.mean), stddev: Array.from(mixture.stddev), weights: Array.from(mixture.weights),
    canvas: Array.from(pixels).filter((_, i) => i % 4 === 0) }; })()"""
HIDDEN = "root.__live.mask.reduce((count, observed) => count + 1 - observed, 0)"


@pytest.fixture
def page(desktop, shipped):
    """The page with a shipped model, a picture and a hole, and that model."""
    checkpoint = shipped(NAME)
    desktop.open("inpaint", model=NAME, sample="4", mask="box", fraction="0.2", seed="3")
    desktop.until("root.__live.bytes")
    desktop.quiet()
    return desktop, checkpoint


def read(screen) -> dict[str, np.ndarray]:
    screen.settle()
    return {name: np.array(value) for name, value in screen.read(READ).items()}


def corner(screen) -> tuple[float, float, float]:
    box = screen.live.locator(".stack").bounding_box()
    return box["x"], box["y"], box["width"]


def paint(screen, moves: int = 20) -> None:
    """One stroke from the upper left towards the lower right, the button still down."""
    x, y, side = corner(screen)
    screen.page.mouse.move(x + 0.3 * side, y + 0.2 * side)
    screen.page.mouse.down()
    for step in range(1, moves + 1):
        screen.page.mouse.move(x + (0.3 + 0.4 * step / moves) * side, y + (0.2 + 0.6 * step / moves) * side)


@torch.no_grad()
def check(shown: dict, checkpoint) -> None:
    """Mixture and picture are PyTorch's; observed pixels are exactly the given ones, on the canvas, too."""
    model = checkpoint.model
    shape = tuple(model.config.picture_shape)
    x = torch.tensor(shown["bytes"], dtype=torch.float32).reshape(1, *shape) / 255
    mask = torch.tensor(shown["mask"]).reshape(1, 1, *shape[1:]) == 1
    mixture = model.encode_observed(x, mask)
    parts = mixture.component_distribution
    assert np.abs(shown["mean"] - parts.mean.flatten().numpy()).max() <= 1e-3
    assert np.abs(shown["stddev"] - parts.stddev.flatten().numpy()).max() <= 1e-3
    assert np.abs(shown["weights"] - mixture.mixture_distribution.probs.flatten().numpy()).max() <= 1e-3
    made = model.decode(torch.tensor(shown["z"], dtype=torch.float32)[None]).mean.flatten().numpy()
    assert np.abs(shown["picture"] - made).max() <= 1e-4
    observed = shown["mask"] == 1
    assert (shown["canvas"][observed] == shown["bytes"][observed]).all()
    assert np.abs(shown["canvas"][~observed] - 255 * made[~observed]).max(initial=0) <= 0.6


def test_a_painted_hole_is_filled_and_the_rest_is_kept_exactly(page):
    screen, checkpoint = page
    before = screen.read(HIDDEN)
    paint(screen)
    screen.page.mouse.up()
    shown = read(screen)
    assert (shown["mask"] == 0).sum() > before + 20
    check(shown, checkpoint)


def test_the_completion_follows_the_brush_and_sends_nothing(page):
    screen, _ = page
    screen.count_frames()
    before = screen.read(HIDDEN)
    paint(screen, 30)
    screen.settle()
    counted = screen.counted()
    assert counted["messages"] == 0 and counted["pictures"] >= 3
    assert screen.read(HIDDEN) > before
    screen.page.mouse.up()


def test_the_fraction_moves_the_drawn_mask_without_the_server(page):
    screen, checkpoint = page
    slider = screen.live.locator("[data-tool=fraction]")
    assert slider.get_attribute("max") == str(inpaint.STEPS)
    screen.count_frames()
    slider.evaluate("(slider) => { slider.value = 12; slider.dispatchEvent(new Event('input')) }")
    screen.settle()
    assert screen.counted()["messages"] == 0
    shape = tuple(checkpoint.model.config.picture_shape)
    shown = read(screen)
    assert (shown["mask"] == draw_masks("box", 1, shape, 0.6, 3).flatten().numpy()).all()
    check(shown, checkpoint)


@pytest.mark.parametrize("step", [0, 20])
def test_nothing_hidden_and_nothing_observed_are_sensible(page, step):
    screen, checkpoint = page
    slider = screen.live.locator("[data-tool=fraction]")
    slider.evaluate(f"(slider) => {{ slider.value = {step}; slider.dispatchEvent(new Event('input')) }}")
    screen.until(f"{HIDDEN} === argument", 0 if step == 0 else 784)
    check(read(screen), checkpoint)


def test_painting_off_the_picture_changes_nothing(page):
    screen, _ = page
    before = read(screen)["mask"]
    x, y, side = corner(screen)
    screen.page.mouse.move(x + side + 8, y + side / 2)
    screen.page.mouse.down()
    screen.page.mouse.move(x + side + 12, y + side / 2 + 40)
    screen.page.mouse.up()
    assert (read(screen)["mask"] == before).all()


def test_a_stroke_can_be_taken_back(page):
    screen, _ = page
    before = screen.read(HIDDEN)
    paint(screen)
    screen.page.mouse.up()
    screen.page.keyboard.press("u")
    screen.until(f"{HIDDEN} === argument", before)


def test_whoever_wants_to_paint_begins_with_nothing_hidden(page):
    screen, _ = page
    kind = screen.live.locator("[data-tool=kind]")
    kind.select_option("painted")
    screen.until(f"{HIDDEN} === 0")
    assert kind.input_value() == "painted"
    screen.page.wait_for_url("**hole=*")
    kind.select_option("box")
    screen.until(f"{HIDDEN} > 0")


def test_a_link_brings_picture_and_painted_hole_back(page):
    screen, _ = page
    paint(screen)
    screen.page.mouse.up()
    screen.page.wait_for_url("**hole=*")
    query, mask = screen.query, read(screen)["mask"]
    assert query["sample"] == "4" and query["mask"] == "box" and query["seed"] == "3"
    screen.page.reload()
    screen.ready()
    screen.until("root.__live.bytes && root.__live.gallery.votes")
    assert (read(screen)["mask"] == mask).all() and screen.query == query
    assert sum(screen.read("root.__live.gallery.votes")) == 24


def test_another_mask_has_another_seed_and_back_returns(page):
    screen, checkpoint = page
    shape = tuple(checkpoint.model.config.picture_shape)
    screen.live.locator("[data-do=another]").click()
    screen.page.wait_for_url("**seed=4*")
    expected = draw_masks("box", 1, shape, 0.2, 4).flatten().tolist()
    screen.until("argument.every((observed, i) => Number(observed) === root.__live.mask[i])", expected)
    screen.page.go_back()
    screen.page.wait_for_url("**seed=3*")
    expected = draw_masks("box", 1, shape, 0.2, 3).flatten().tolist()
    screen.until("argument.every((observed, i) => Number(observed) === root.__live.mask[i])", expected)


def test_after_the_last_seed_comes_the_first(desktop, shipped):
    shipped(NAME)
    desktop.open("inpaint", model=NAME, mask="box", fraction="0.2", seed=str(inpaint.SEEDS - 1))
    desktop.until("root.__live.bytes")
    desktop.quiet()
    desktop.live.locator("[data-do=another]").click()
    desktop.page.wait_for_url("**seed=0*")


@pytest.mark.parametrize("name", [NAME, "frey-masked-10d"])
@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1280, 720)])
def test_the_live_part_is_seen_without_scrolling(new_visitor, shipped, name, width, height):
    shipped(name)
    screen = new_visitor({"viewport": {"width": width, "height": height}})
    screen.open("inpaint", model=name)
    screen.settle()
    assert screen.lowest() <= height and not screen.cut_off()


def test_both_chains_play_and_can_be_stepped(page):
    screen, _ = page
    screen.page.get_by_text("The chain", exact=True).click()
    screen.page.get_by_role("button", name="both chains").click()
    chains = screen.page.locator("[data-live=inpaint-chain][data-ready='1']")
    chains.wait_for()
    step = "() => document.querySelector('.chains').__chains.step"
    chains.get_by_label("Play").click()
    screen.page.wait_for_function(f"({step})() >= 2")
    chains.get_by_label("Pause").click()
    before = screen.page.evaluate(step)
    chains.get_by_label("One step on").click()
    assert screen.page.evaluate(step) == before + 1
    chains.get_by_label("Step of the chains").press("Home")
    assert screen.page.evaluate(step) == 0
    first = chains.locator(".picture").first
    shown = first.evaluate(
        "(canvas) => Array.from(canvas.getContext('2d').getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0)"
    )
    mask, x = (np.array(screen.read(f"Array.from(root.__live.{name})")) for name in ("mask", "bytes"))
    assert (np.array(shown)[mask == 1] == x[mask == 1]).all()


def test_a_finger_paints_on_a_phone_without_scrolling_while_it_fills_in(phone, shipped):
    shipped(NAME)
    phone.open("inpaint", model=NAME, sample="4", mask="box", fraction="0.2", seed="3")
    phone.until("root.__live.bytes")
    phone.quiet()
    before = phone.read(HIDDEN)
    x, y, side = corner(phone)
    phone.page.touchscreen.tap(x + side / 2, y + side / 2)
    phone.until("root.querySelector('.stack').dataset.touch === 'taken'")
    assert phone.read(HIDDEN) == before
    touch = phone.context.new_cdp_session(phone.page)

    def finger(kind: str, *places: float) -> None:
        points = [{"x": x + place * side, "y": y + place * side} for place in places]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 0.3)
    for step in range(1, 20):
        finger("touchMove", 0.3 + 0.02 * step)
    finger("touchEnd")
    phone.until(f"{HIDDEN} > argument", before + 10)
    assert corner(phone) == (x, y, side)
    for role in ("observed", "decoded"):
        box = phone.live.locator(f"[data-role={role}]").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    slider = phone.live.locator("[data-tool=fraction]").bounding_box()
    assert slider["y"] + slider["height"] <= 844
    assert phone.read("document.documentElement.scrollWidth") <= 390


def test_the_question_mark_reveals_the_truth(page):
    screen, _ = page
    screen.live.locator(".hidden-truth").click()
    truth = screen.live.locator("[data-role=truth]")
    truth.wait_for()
    shown = truth.evaluate(
        "(canvas) => Array.from(canvas.getContext('2d').getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0)"
    )
    assert shown == screen.read("Array.from(root.__live.bytes)")


def test_every_answer_can_be_picked_however_they_stand(new_visitor, shipped):
    shipped(NAME)
    screen = new_visitor({"viewport": {"width": 1280, "height": 720}})
    screen.open("inpaint", model=NAME)
    screen.until("root.__live.gallery.votes")
    sheet = screen.live.locator("[data-role=gallery]")
    for columns, (width, height) in ((24, (1280, 720)), (12, (1400, 900)), (6, (700, 900))):
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.until("root.__live.gallery.columns === argument", columns)
        box = sheet.bounding_box()
        place = {"x": box["width"] * (columns - 0.5) / columns, "y": box["height"] * (1 - columns / 48)}
        sheet.click(position=place)
        screen.until("root.__live.chosen === 23 && root.__live.gallery.chosen === 23")
        sheet.press("ArrowRight")
        screen.until("root.__live.chosen === 0")
