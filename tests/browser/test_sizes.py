"""What one sees is large, stays where it is while it loads, and grows with the window; nothing lies over anything."""

import re
from dataclasses import dataclass, field

import pytest
from screen import PATIENCE, Screen

PROJECTOR = {"width": 1280, "height": 720}
LARGE = {"width": 1920, "height": 1080}
ZOOMED = {"width": 853, "height": 480}  # a projector at 150 %
PHONE = {"width": 390, "height": 844}
FETCHED = re.compile("/generated/(?!live-)")  # models, codes, pictures, libraries, but not the pages' own modules
TEXTS = """(() => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), range = document.createRange(), texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement;
    if (!node.data.trim() || !owner.checkVisibility() || owner.closest("select, button, .annotation")) continue;
    range.selectNodeContents(node);
    const { left, top, right, bottom, width } = range.getBoundingClientRect(), clip = owner.closest("section, label");
    if (width && (!clip || top < clip.getBoundingClientRect().bottom))
      texts.push({ text: node.data.trim(), left, top, right, bottom });
  }
  return texts.flatMap((a, i) => texts.slice(i + 1)
    .filter((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
    .map((b) => `${a.text} / ${b.text}`));
})()"""


@dataclass(frozen=True)
class Page:
    """A page, the boxes that keep their places, and how wide some of them are at least on a projector."""

    path: str
    query: dict[str, str]
    boxes: list[str]
    least: dict[str, float] = field(default_factory=dict)


EXPLORE = [".hero canvas", ".original canvas", ".map", ".sliders", ".buttons", ".matrix"]
PAGES = {
    "explore, 10 dimensions": Page(
        "", {"model": "mnist-vae-10d", "point": "5"}, [*EXPLORE, ".samples"], {".hero canvas": 320, ".samples": 8 * 40}
    ),
    "explore, 2 dimensions": Page(
        "",
        {"model": "mnist-vae-2d", "point": "5"},
        [*EXPLORE, ".manifold"],
        {".hero canvas": 320, ".manifold": 15 * 28},
    ),
    "explore, digits": Page(
        "",
        {"model": "digits-vae-2d", "point": "5"},
        [*EXPLORE, ".manifold"],
        {".hero canvas": 320, ".manifold": 15 * 28},
    ),
    "interpolate": Page(
        "interpolate",
        {"model": "mnist-vae-10d"},
        [".hero canvas", ".choice", ".map", ".drive", ".film", ".evidence"],
        {".hero canvas": 320, ".film": 15 * 46, ".map": 480},
    ),
    "inpaint": Page(
        "inpaint",
        {"model": "mnist-masked-10d", "sample": "4"},
        ["[data-role=observed]", "[data-role=decoded]", "[data-role=spread]", ".sheet", ".aside"],
        {"[data-role=observed]": 300, "[data-role=decoded]": 300, "[data-role=spread]": 300},
    ),
    "models, side by side": Page(
        "models",
        {"model": "mnist-vae-2d"},
        [".inputs", "[data-role=decoded]", "[data-role=reconstructions]", "[data-role=samples]", ".walker"],
    ),
    "beta sweep": Page("beta_sweep", {"model": "mnist-beta1-10d"}, [".source canvas", ".cards", ".tools"]),
}


def boxes(screen: Screen, selectors: list[str]) -> dict[str, list[float]]:
    """Left, top, width and height of each."""
    return screen.read(
        """Object.fromEntries(argument.map((selector) => {
          const { left, top, width, height } = root.querySelector(selector).getBoundingClientRect();
          return [selector, [left, top, width, height]];
        }))""",
        selectors,
    )


def resized(screen: Screen, size: dict[str, int]) -> None:
    screen.page.set_viewport_size(size)
    screen.settle(6)


@pytest.mark.parametrize("name", PAGES)
def test_what_one_sees_is_large_and_keeps_its_place(new_visitor, name):
    page, held, holding = PAGES[name], [], True
    screen = new_visitor({"viewport": PROJECTOR})
    screen.page.route(FETCHED, lambda route: held.append(route) if holding else route.continue_())
    screen.visit(page.path, **page.query)
    screen.page.locator("[data-live] canvas.skeleton").first.wait_for(timeout=PATIENCE)
    screen.settle()
    early = boxes(screen, page.boxes)
    motion = "getComputedStyle(root.querySelector('.skeleton')).animationName"
    assert screen.read(motion) == "gleam"
    screen.page.emulate_media(reduced_motion="reduce")
    assert screen.read(motion) == "none"
    holding = False
    for route in held:
        route.continue_()
    screen.ready()
    screen.until("![...root.querySelectorAll('.skeleton')].some((part) => part.checkVisibility())")

    late = boxes(screen, page.boxes)
    for selector, box in early.items():
        assert late[selector] == pytest.approx(box, abs=2), selector
    for selector, least in page.least.items():
        assert late[selector][2] >= least, selector

    resized(screen, LARGE)
    large = boxes(screen, page.boxes)
    for selector in page.least:
        assert large[selector][2] >= 1.3 * late[selector][2], selector
    for size in (PROJECTOR, LARGE, ZOOMED, PHONE):
        resized(screen, size)
        assert screen.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= size["width"]
        assert screen.read(TEXTS) == [], size


def test_ten_sliders_are_there_without_scrolling_and_high_enough_for_a_finger(new_visitor):
    screen = new_visitor({"viewport": PROJECTOR}).open("", model="mnist-vae-10d", point="5")
    sliders = screen.read(
        """Array.from(root.querySelectorAll("input[data-dim]"), (input) => {
          const { top, bottom, height, left, width } = input.getBoundingClientRect();
          return [bottom, height, document.elementFromPoint(left + width / 2, (top + bottom) / 2) === input];
        })"""
    )
    assert len(sliders) == 10
    assert all(bottom <= 720 and height >= 24 and seen for bottom, height, seen in sliders), sliders


def test_the_map_of_a_path_has_twice_the_room_it_had(new_visitor):
    screen = new_visitor({"viewport": PROJECTOR}).open("interpolate", model="mnist-vae-10d")
    screen.until("root.querySelector('.map .plot')?._fullLayout")
    room = screen.read("(({ _size: { w, h } }) => w * h)(root.querySelector('.map .plot')._fullLayout)")
    assert room >= 2 * 255 * 132
