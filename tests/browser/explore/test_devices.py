"""Explore in the dark, on a phone, by keyboard alone, in one screen, and on a machine without data sets."""

import re

import pytest
from explore_map import drawn
from screen import DARK, PATIENCE

FLAT, DEEP = "mnist-vae-2d", "mnist-vae-10d"
COLOURS = """(() => {
  const style = getComputedStyle(root);
  const plotly = root.querySelector(".map .plot")._fullLayout;
  return { ink: style.color, ground: getComputedStyle(document.querySelector(".stApp")).backgroundColor,
           caption: getComputedStyle(root.querySelector("figcaption")).color,
           plotly: plotly.font.color, axis: plotly.xaxis.color };
})()"""


def numbers(colour: str) -> list[float]:
    """Red, green and blue, 0 to 1, of a CSS colour."""
    if colour.startswith("#"):
        return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    found = [float(number) for number in re.findall(r"[\d.]+", colour.removeprefix("color(srgb"))][:3]
    return found if colour.startswith("color(srgb") else [value / 255 for value in found]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in numbers(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colours: dict[str, str]) -> bool:
    return all(contrast(colours[name], colours["ground"]) >= 4.5 for name in ("ink", "caption", "plotly", "axis"))


def test_light_and_dark_are_both_readable_also_when_they_change(new_visitor, shipped):
    shipped(FLAT)
    screen = new_visitor(DARK)
    drawn(screen.open(model=FLAT))
    night = screen.read(COLOURS)
    assert luminance(night["ground"]) < 0.05
    assert readable(night), night
    screen.page.emulate_media(color_scheme="light")
    screen.page.wait_for_function(
        "(before) => getComputedStyle(document.querySelector('.stApp')).backgroundColor !== before", arg=night["ground"]
    )
    ink = "getComputedStyle(root).getPropertyValue('--st-text-color').trim()"
    screen.until(f"root.querySelector('.map .plot')._fullLayout.font.color === {ink}")
    light = screen.read(COLOURS)
    assert luminance(light["ground"]) > 0.8
    assert readable(light), light


@pytest.mark.parametrize("name", [FLAT, DEEP])
def test_all_of_it_is_on_one_screen(desktop, shipped, name):
    shipped(name)
    drawn(desktop.open(model=name))
    desktop.settle()
    picture = desktop.live.locator("canvas[data-role='decoded']").bounding_box()
    assert min(picture["width"], picture["height"]) >= 320
    inputs = desktop.live.locator("input[data-dim]")
    parts = [".map", "canvas[data-role='decoded']", ".matrix", ".buttons"]
    boxes = [desktop.live.locator(part).bounding_box() for part in parts]
    boxes.append(desktop.live.locator("canvas[data-role='original']").bounding_box())
    boxes += [inputs.nth(i).bounding_box() for i in range(inputs.count())]
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= 900 for box in boxes)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 1400 for box in boxes)
    assert desktop.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight + 1")


@pytest.mark.parametrize("name", [FLAT, DEEP])
def test_on_a_phone_the_picture_and_its_slider_are_seen_together(phone, shipped, name):
    shipped(name)
    drawn(phone.open(model=name))
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert phone.live.locator(".original").bounding_box()["width"] >= 100
    tools = phone.live.locator(".map .modebar-group").first.bounding_box()
    names = phone.live.locator(".map .legend .traces")
    assert all(box["x"] + box["width"] <= tools["x"] for box in (name.bounding_box() for name in names.all()))
    inputs = phone.live.locator("input[data-dim]")
    for i in range(inputs.count()):
        inputs.nth(i).scroll_into_view_if_needed()
        phone.settle()
        slider = inputs.nth(i).bounding_box()
        picture = phone.live.locator("canvas[data-role='decoded']").bounding_box()
        for box in (slider, picture):
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390
            assert box["y"] >= 0 and box["y"] + box["height"] <= 844
        covered = phone.page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.matches('input[data-dim]')",
            [slider["x"] + slider["width"] / 2, slider["y"] + slider["height"] / 2],
        )
        assert covered, f"slider {i} lies under something"


def touch(screen, kind: str, x: float, y: float) -> None:
    points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
    screen.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_moves_sliders_and_decodes_on_the_map(phone, shipped):
    shipped(FLAT)
    axes = drawn(phone.open(model=FLAT))
    phone.cdp = phone.context.new_cdp_session(phone.page)
    slider = phone.live.locator("input[data-dim='0']")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    phone.count_frames()
    touch(phone, "touchStart", middle, y)
    for step in range(1, 13):
        touch(phone, "touchMove", middle + step * box["width"] / 30, y)
        phone.settle(1)
    assert phone.counted()["messages"] == 0
    assert phone.z[0] > 0.5
    touch(phone, "touchEnd", 0, 0)
    phone.page.wait_for_url("**z=*")

    phone.live.locator(".map").scroll_into_view_if_needed()
    axes = drawn(phone)
    pixel = axes.spot(0.5, 0.6)
    before = phone.z
    touch(phone, "touchStart", *pixel)
    for step in range(1, 7):
        touch(phone, "touchMove", pixel[0], pixel[1] - 15 * step)
        phone.settle(1)
    touch(phone, "touchEnd", 0, 0)
    phone.until("root.querySelector('.map').getBoundingClientRect().top < argument", axes.top - 60)
    assert phone.z == before, "a swipe scrolls, and moves nothing"
    axes = drawn(phone)
    pixel = axes.spot(0.5, 0.6)
    phone.page.touchscreen.tap(*pixel)
    phone.until("root.querySelector('.map').dataset.touch === 'taken'")
    assert phone.z == before
    touch(phone, "touchStart", *pixel)
    touch(phone, "touchMove", pixel[0] + 20, pixel[1] + 5)
    touch(phone, "touchMove", pixel[0] + 40, pixel[1] + 10)
    phone.reach(axes.units((pixel[0] + 40, pixel[1] + 10)), within=2 * axes.units_per_pixel)
    touch(phone, "touchEnd", 0, 0)
    phone.quiet()  # sooner it would be a double tap, which resets the axes
    phone.page.touchscreen.tap(*pixel)
    phone.until("root.dataset.pinned")
    phone.live.locator("select[data-choice='cursor']").tap()
    assert phone.read("root.querySelector('.map').dataset.touch") == "taken", "its tools belong to it"
    phone.page.touchscreen.tap(200, 20)
    phone.until("root.querySelector('.map').dataset.touch === 'waiting'")


def test_everything_is_reached_by_tab_with_its_focus_seen(desktop, shipped):
    shipped(FLAT)
    drawn(desktop.open(model=FLAT))
    wanted = {
        "map",
        "colour",
        "cursor",
        "0",
        "1",
        "origin",
        "prior",
        "pin",
        "link",
        "lecture",
        "keys",
        "traversal",
        "manifold",
    }
    reached, unseen = [], []
    for _ in range(80):
        desktop.page.keyboard.press("Tab")
        focus = desktop.page.evaluate(
            """() => {
              const element = document.activeElement, root = document.querySelector("[data-live]");
              if (!root.contains(element)) return null;
              const { choice, dim, do: button, role } = element.dataset, style = getComputedStyle(element);
              const seen = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
              return [choice ?? dim ?? button ?? role ?? element.tagName, seen];
            }"""
        )
        if focus:
            reached.append(focus[0])
            if not focus[1]:
                unseen.append(focus[0])
    assert wanted <= set(reached), wanted - set(reached)
    assert not unseen
    order = desktop.read("Array.from(root.querySelectorAll('input[data-dim]'), (input) => input.dataset.dim)")
    assert [name for name in dict.fromkeys(reached) if name in order] == order


# Twice in some thirty runs on a busy machine the sentence did not come in time; why is not found yet.
def test_without_data_sets_it_opens_all_the_same_and_says_how_to_get_the_originals(without_data, shipped):
    checkpoint = shipped(FLAT)
    axes = drawn(without_data.open())
    assert without_data.page.get_by_role("combobox", name="Model").is_visible()
    assert len(without_data.z) == 2
    button = without_data.live.get_by_role("button", name="Get the originals (11 MB)")
    button.wait_for(timeout=PATIENCE)  # found out after the first picture
    row = 100
    pixel = tuple(axes.pixels(checkpoint.codes.mean[row : row + 1].numpy())[0].round().astype(int).tolist())
    without_data.page.mouse.click(*pixel)
    without_data.page.mouse.move(5, 5)
    without_data.until("/^[1-9][0-9]*$/.test(root.dataset.pinned)")  # it opened at 0
    without_data.page.wait_for_url("**point=*")
    row = int(without_data.live.get_attribute("data-pinned"))
    without_data.reach(checkpoint.codes.mean[row].tolist())
    assert button.is_visible()
    assert "not here yet" in without_data.live.locator(".original figcaption").inner_text()
    without_data.live.locator("select[data-choice='cursor']").select_option("sample")
    without_data.page.mouse.move(*axes.spot(0.5, 0.5))
    without_data.until("root.querySelector('.hero figcaption').textContent.includes('decoded from its code')")


def test_without_data_sets_those_that_need_no_files_have_their_originals(without_data, shipped):
    codes = shipped("digits-vae-2d").codes
    without_data.open(model="digits-vae-2d", point="3")
    text = f"Test picture {int(codes.indices[3])}, label {int(codes.labels[3])}"
    without_data.until("root.querySelector('.original figcaption').textContent === argument", text)
    assert without_data.live.locator(".original[data-empty]").count() == 0
