"""Pages keep nobody out: axe-core finds nothing serious, light and dark, on a desk and on a phone; a window zoomed to
150 % has the picture and the first slider on one screen; what a finger presses is large enough for it."""

from pathlib import Path

import pytest
from screen import DESKTOP, DONE, PHONE, Screen

AXE = Path(__file__).parents[1] / "javascript/node_modules/axe-core/axe.min.js"
SIZES = {"desktop": {"width": 1280, "height": 720}, "phone": {"width": 390, "height": 844}}
PAGES = {
    "": {"model": "digits-vae-2d", "point": "5"},
    "interpolate": {"model": "digits-vae-2d", "ends": "3~8"},
    "reconstruct": {"model": "mnist-vae-10d", "sample": "5"},
    "beta_sweep": {"model": "mnist-beta1-10d"},
    "inpaint": {"model": "mnist-masked-10d", "sample": "4"},
    "models": {"model": "mnist-vae-2d"},
    "learning": {"section": "which_kl"},
}
NOT_OURS = {  # Streamlit's own markup, and why it stays
    "[data-testid=stSidebarNavItems]": "its list of pages for narrow windows has groups between list and items",
    ".katex-display": "its formulas scroll without being focusable where they are broader than a phone",
}
GROUNDS = {"light": "rgb(252, 252, 251)", "dark": "rgb(16, 20, 21)"}
AT_REST = (
    f"(ground) => document.querySelector('{DONE}')"
    + """
  && getComputedStyle(document.querySelector(".stApp")).backgroundColor === ground
  && !document.getAnimations().some(({ timeline, playState }) =>
    timeline instanceof DocumentTimeline && playState === "running")"""
)
FOUND = """async (excluded) => {
  const { violations } = await axe.run({ exclude: excluded }, { resultTypes: ["violations"] });
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.flatMap(({ id, nodes }) => nodes.map(({ target, html, any }) =>
    `${id}: ${target.join(" ")} ${any.map(({ message }) => message).join(" ")} ${html.slice(0, 160)}`));
}"""


ZOOMED = {"width": 853, "height": 480}  # 1280 x 720 at 150 %
BELOW = """[root.querySelector("canvas:is([data-role=decoded], [data-role=figure])"),
  [...root.querySelectorAll("input[type=range]")].find((input) => input.checkVisibility())]
  .map((part) => part.getBoundingClientRect().bottom)"""
SMALL = """Array.from(root.querySelectorAll("button, select, summary, input, a"), (target) => {
  const { width, height } = (target.matches("[type=checkbox]") && target.closest("label") || target)
    .getBoundingClientRect();
  return [target.outerHTML.slice(0, 120), width, height];
}).filter(([, width, height]) => width && height && (width < 24 || height < 24))"""


def seriously(screen: Screen, scheme: str) -> list[str]:
    """What axe finds on a page at rest: what was still fading in at the first look is gone at the second."""
    for _ in range(2):
        screen.page.wait_for_function(AT_REST, arg=GROUNDS[scheme])
        if not (found := screen.page.evaluate(FOUND, [[name] for name in NOT_OURS])):
            break
        screen.quiet()
    return found


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious_keeps_anybody_out(browser, server_without_data, path):
    with Screen(browser.new_context(**DESKTOP), server_without_data) as screen:
        screen.open(path, **PAGES[path])
        screen.page.add_script_tag(path=AXE)
        found = {}
        for device, size in SIZES.items():
            screen.page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                screen.page.emulate_media(color_scheme=scheme)
                found[f"{device}, {scheme}"] = seriously(screen, scheme)
        screen.page.set_viewport_size(ZOOMED)
        screen.settle()
        below = screen.read(BELOW)
        screen.context.close()
    assert not any(found.values()), found
    assert max(below) <= ZOOMED["height"]


@pytest.mark.parametrize("path", PAGES)
def test_what_a_finger_presses_is_24_pixels_at_least(new_visitor, server_without_data, path):
    phone = new_visitor(PHONE, server_without_data).open(path, **PAGES[path])
    assert phone.read(SMALL) == []


def test_a_pad_is_drawn_on_with_the_keyboard_and_the_picture_says_what_it_is(without_data):
    screen = without_data.open("reconstruct", **PAGES["reconstruct"])
    screen.live.locator("[data-do=clear], [data-tool=clear]").first.click()
    screen.until("root.__live.x.every((value) => value === 0)")
    pad, keys = screen.live.locator("[data-role=pad]"), screen.page.keyboard
    pad.focus()
    for key in ("ArrowLeft", "Shift+ArrowUp", "Space", *8 * ("ArrowDown",), "Space", "ArrowRight"):
        keys.press(key)
    lit = "Array.from(root.__live.x.keys()).filter((i) => root.__live.x[i] > 0.9)"
    seen = screen.until(f"new Set({lit}.map((i) => Math.floor(i / 28))).size >= 8 && {lit}")
    assert len({i % 28 for i in seen}) <= 4, "one upright stroke"
    named = "root.querySelector('[data-role=decoded]').ariaLabel"
    screen.until(f"{named}.includes('at z') && {named}.includes('nearest code is of label')")
    keys.press("Control+z")
    screen.until("root.__live.x.every((value) => value === 0)")


def test_who_asks_for_less_motion_gets_steps(desktop):
    desktop.page.emulate_media(reduced_motion="reduce")
    desktop.open("interpolate", **PAGES["interpolate"], t="0.2")
    desktop.until("root.__live.paths !== null && root.__live.evidence")
    desktop.live.locator("[data-do=play]").click()
    assert desktop.read("[root.dataset.playing, root.__live.t]") == ["0", pytest.approx(0.3)]


def test_the_third_identical_complaint_is_heard(desktop):
    desktop.open("interpolate", **PAGES["interpolate"])
    toast = desktop.page.get_by_test_id("stToast")
    for _ in range(3):
        desktop.live.locator("input[type=file]").set_input_files(
            {"name": "bad.png", "mimeType": "image/png", "buffer": b"\x89PNG nothing more"}
        )
        toast.first.wait_for()
        toast.get_by_label("Close").first.click()
        toast.wait_for(state="detached")


def test_a_sentence_that_stands_there_is_said_again(without_data):
    screen = without_data.open("reconstruct", **PAGES["reconstruct"])
    index, alert = screen.live.locator("[data-source=index]"), "root.querySelector('.problem')"
    for _ in range(3):
        screen.read(f"{alert}.firstChild && ({alert}.firstChild.seen = true)")
        index.fill("99999")
        index.dispatch_event("change")
        screen.until(f"{alert}.textContent && !{alert}.hidden && !{alert}.firstChild.seen")
