"""What Side by side and Sharpness say in a real browser: times, units, refusals, and all of it in lecture mode."""

import re

import pytest
from screen import PHONE, Screen

PROJECTOR = {"viewport": {"width": 1280, "height": 720}}
TWO_DIMENSIONS = "digits-iwae-2d,digits-wake-sleep-2d,digits-mixture-2d"
SIDE = {"model": "digits-vae-2d", "models": TWO_DIMENSIONS}
DENSE = {"model": "digits-flow-64d", "models": "digits-vae-gaussian-8d,digits-dis-8d,digits-gan-8d"}
COARSE = "const exact = performance.now.bind(performance); performance.now = () => Math.floor(exact())"  # whole ms
TIMED = "[...root.querySelectorAll('[data-number=time]')].every(({ textContent }) => / ms$/.test(textContent))"
CUT = """(() => {
  const walker = document.createTreeWalker(root.querySelector(".rows"), NodeFilter.SHOW_TEXT), range = new Range();
  const pictures = Array.from(root.querySelectorAll(".rows canvas"), (canvas) => canvas.getBoundingClientRect());
  const cut = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim()) continue;
    range.selectNodeContents(node);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    const { clientWidth, scrollWidth } = node.parentElement;
    const covers = pictures.some((picture) => Math.min(right, picture.right) - Math.max(left, picture.left) > 1
      && Math.min(bottom, picture.bottom) - Math.max(top, picture.top) > 1);
    if (left < 0 || right > innerWidth || covers || (clientWidth && scrollWidth > clientWidth + 1)) cut.push(node.data);
  }
  return cut;
})()"""
COVERED = """(() => {
  const { content, opacity } = getComputedStyle(document.querySelector(".stButtonGroup [role=radiogroup]"), "::after");
  return content !== "none" && opacity !== "0";
})()"""


def times_of(screen: Screen) -> list[str]:
    screen.until(TIMED)
    return screen.live.locator("[data-number=time]").all_inner_texts()


def test_a_time_shorter_than_the_clocks_step_is_told_in_two_digits_and_stays(desktop):
    desktop.page.add_init_script(COARSE)
    times = times_of(desktop.open("models", **SIDE))
    for text in times:
        assert re.fullmatch(r"(0\.0*[1-9]\d|\d\.\d|\d\d+|[\d,]{5,}|< 0\.1) ms", text), text
    desktop.live.locator("[data-role=t]").focus()
    desktop.page.keyboard.press("ArrowRight")
    desktop.quiet()
    assert desktop.read("root.__live.inputs") and times_of(desktop) == times


def refused(screen: Screen, name: str, sentence: str) -> None:
    """A click on this model's chip is answered right below the chips, and moves the rest by one line."""
    chip, alert = screen.live.locator(f".chips [data-model={name}]"), screen.live.locator(".problem")
    below = screen.live.locator(".rows")
    before = below.bounding_box()["y"]
    chip.click()
    alert.wait_for()
    assert sentence in alert.inner_text()
    box, row = alert.bounding_box(), screen.live.locator(".chips").bounding_box()
    assert 0 <= box["y"] - (row["y"] + row["height"]) < 20
    assert 0 < below.bounding_box()["y"] - before < 40


def test_why_the_apps_own_model_stays_is_said_below_the_chips_until_another_one_goes(new_visitor):
    screen = new_visitor(PROJECTOR).open("models", model="digits-gan-8d", section="sharp")
    refused(screen, "digits-gan-8d", "own model stays")
    screen.live.locator(".chips [data-model=digits-dis-8d]").click()
    screen.until("root.querySelector('.problem').hidden && root.__live.rows.size === 2")
    refused(screen, "digits-gan-8d", "own model stays")
    screen.page.go_back()  # to where it stood before
    screen.until("root.querySelector('.problem').hidden && root.__live.rows.size === 3")


def test_why_there_is_no_room_is_said_below_the_chips_until_a_model_goes(new_visitor):
    screen = new_visitor(PROJECTOR).open("models", model="digits-vae-2d")
    names = screen.read("Array.from(root.querySelectorAll('.chips button'), ({ dataset }) => dataset.model)")
    screen.open("models", model=names[0], models=",".join(names[1:8]))
    refused(screen, names[8], "There is room for 8 models")
    screen.live.locator(f".chips [data-model={names[1]}]").click()
    screen.until("root.querySelector('.problem').hidden && root.__live.rows.size === 7")


@pytest.mark.parametrize(("query", "unit"), [(SIDE, "nats"), (DENSE, "bits/dim")], ids=["probabilities", "densities"])
def test_every_number_has_its_unit(desktop, query, unit):
    desktop.open("models", **query)
    own, *others = desktop.live.locator(".row[data-model] .numbers").all()
    assert own.locator("[data-number=beside]").inner_text() == ""
    for numbers in (own, *others):
        assert numbers.locator("[data-number=nll]").inner_text().endswith(f" {unit}")
    for numbers in others:
        assert numbers.locator("[data-number=beside]").inner_text().endswith(f" {unit}")
    assert desktop.live.locator(".head .numbers h2").last.inner_text().endswith("= ELBO, nats")


@pytest.mark.parametrize("query", [SIDE, DENSE], ids=["probabilities", "densities"])
def test_all_of_it_can_be_read_in_lecture_mode_on_a_projector(new_visitor, query):
    screen = new_visitor(PROJECTOR).open("models", **query, lecture="1")
    times_of(screen)
    assert screen.read(CUT) == []
    assert screen.lowest() <= 720
    assert not screen.read(COVERED)
    tabs = screen.page.locator(".stButtonGroup [role=radio]")
    assert all(tab.bounding_box()["x"] + tab.bounding_box()["width"] <= 1280 for tab in tabs.all())
    assert screen.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 1280


@pytest.mark.parametrize("device", [PROJECTOR, PHONE], ids=["projector", "phone"])
@pytest.mark.parametrize("query", [SIDE, DENSE], ids=["probabilities", "densities"])
def test_all_of_it_can_be_read(new_visitor, device, query):
    screen = new_visitor(device).open("models", **query)
    times_of(screen)
    assert screen.read(CUT) == []
    assert screen.read("document.documentElement.scrollWidth <= innerWidth")
