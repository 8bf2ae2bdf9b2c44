"""In class: lecture mode is in the link and can be read from the back row, a clicker works on every page, the corner's
buttons stand in the same place, the next group gets a fresh page, and phones get a QR code."""

import pytest
from screen import Screen

PAGES = {
    "": {"model": "digits-vae-2d", "point": "5"},
    "interpolate": {"model": "digits-vae-2d", "ends": "3~8"},
    "reconstruct": {"model": "mnist-vae-10d", "sample": "5"},
    "beta_sweep": {"model": "mnist-beta1-10d", "section": "trade"},
    "inpaint": {"model": "mnist-masked-10d", "sample": "4", "section": "formula"},
    "models": {"model": "mnist-vae-2d", "sample": "0"},
    "learning": {"section": "which_kl"},
}
NAMES = ["Explore", "Interpolate", "Reconstruct", "Beta sweep", "Inpaint", "Models", "Learning"]
STEPPED = {  # what a clicker steps, as the address bar has it
    "": ("point", "5", "6"),
    "interpolate": ("t", "0", "0.0714"),
    "reconstruct": ("sample", "5", "6"),
    "beta_sweep": ("sample", "0", "1"),
    "inpaint": ("sample", "4", "5"),
    "models": ("sample", "0", "8"),
    "learning": ("section", "which_kl", "reparametrisation"),
}
TOOLS = ["Smooth", "Copy link", "QR code", "Lecture mode", "Keys", "Fresh page"]
PROJECTOR = {"width": 1280, "height": 720}
SMALLEST = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), sizes = {};
  while (walker.nextNode()) {
    const { currentNode: text, currentNode: { parentElement: element } } = walker, range = document.createRange();
    range.selectNodeContents(text);
    if (!text.textContent.trim() || !range.getBoundingClientRect().width) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest(".symbol, [data-testid=stIconMaterial], .katex-mathml")) continue;
    sizes[parseFloat(getComputedStyle(element).fontSize)] = text.textContent.trim().slice(0, 40);
  }
  return Object.entries(sizes).filter(([size]) => Number(size) < 20);
}"""
IN_LECTURE = "document.documentElement.classList.contains('lecture')"
PLACES = """Array.from(root.querySelectorAll(".page-tools button"), (button) => {
  const { left, top, width } = button.getBoundingClientRect();
  return [button.ariaLabel, left, top, width];
})"""


def written(screen: Screen, name: str, text: str | None) -> None:
    """Wait until the address bar says so."""
    screen.page.wait_for_function(
        "([name, text]) => new URLSearchParams(location.search).get(name) === text", arg=[name, text]
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_clicker_drives_every_page_and_the_back_row_reads_it(desktop, path):
    screen, keys = desktop, desktop.page.keyboard
    screen.page.set_viewport_size(PROJECTOR)
    screen.open(path, **PAGES[path], lecture="1")
    screen.until(IN_LECTURE)
    screen.quiet()
    assert screen.page.evaluate(SMALLEST) == []
    name, before, after = STEPPED[path]
    for key, text in (("PageDown", after), ("PageUp", before), ("ArrowRight", after)):
        keys.press(key)
        written(screen, name, text)
    for key in "b.":
        keys.press(key)
        assert screen.read("root.querySelector('.curtain').open")
        assert screen.read("document.elementFromPoint(640, 360).className") == "curtain"
        keys.press("PageUp")
        assert not screen.read("root.querySelector('.curtain').open")
    screen.quiet()
    assert screen.query[name] == after, "the key that brings the page back does nothing else"
    keys.press("Escape")
    written(screen, "lecture", None)
    assert not screen.read(IN_LECTURE)
    places = screen.read(PLACES)
    assert [label for label, *_ in places] == TOOLS
    assert [left for _, left, *_ in places] == sorted(left for _, left, *_ in places)
    last = max(left + width for _, left, _, width in places)
    assert [top for _, _, top, _ in places] == [pytest.approx(8, abs=1)] * len(TOOLS)
    assert last == pytest.approx(1229, abs=3)


def test_lecture_mode_is_in_the_link_and_goes_along_from_page_to_page(desktop):
    screen, keys = desktop.open("", **PAGES[""]), desktop.page.keyboard
    for number, name in enumerate(NAMES, 1):
        assert screen.page.get_by_test_id("stTopNavLink").nth(number - 1).inner_text().endswith(name)
    keys.press("l")
    written(screen, "lecture", "1")
    keys.press("2")
    screen.page.wait_for_url("**/interpolate?**lecture=1**")
    screen.ready()
    assert screen.read(IN_LECTURE)
    screen.page.reload()
    screen.ready()
    screen.until(IN_LECTURE)
    keys.press("1")
    screen.page.wait_for_function("location.pathname === '/'")
    screen.ready()
    screen.live.locator("[data-do=lecture]").click()
    written(screen, "lecture", None)


def test_a_qr_code_holds_the_address_that_phones_reach_or_says_what_to_start(desktop):
    screen = desktop.open("", **PAGES[""])
    fetched = "performance.getEntriesByType('resource').map(({ name }) => name)"
    card, ask = screen.live.locator("dialog.qr"), screen.live.locator("[data-do=qr]")
    ask.click()
    assert "make run ADDRESS=0.0.0.0" in card.inner_text() and card.locator("svg").count() == 0
    screen.page.keyboard.press("Escape")
    assert not any("/qrcode-" in name for name in screen.read(fetched))
    screen.page.evaluate(
        f"""async () => {{
          const frame = await import({fetched}.find((name) => name.endsWith("/kit/frame.js")));
          const files = {{ qrcode: frame.qrcodeModule() }};
          frame.follow({{ lecture: false, lan: "192.0.2.7", files }}, () => {{}});
        }}"""
    )
    screen.page.keyboard.press("q")
    assert card.locator("svg").bounding_box()["width"] > 400
    assert card.locator("a").inner_text() == screen.page.url.replace("127.0.0.1", "192.0.2.7")
    assert screen.lowest() <= screen.page.viewport_size["height"]


def test_the_next_group_gets_a_fresh_page_and_back_leads_to_what_was(desktop):
    screen = desktop.open("inpaint", **PAGES["inpaint"], mask="box", seed="7")
    before = screen.page.url
    screen.live.locator("[data-do=reset]").click()
    screen.page.wait_for_url("**/inpaint")
    screen.ready()
    assert screen.page.get_by_role("radio", name="Method against method").is_checked()
    screen.page.go_back()
    screen.page.wait_for_url(before)
    screen.ready()
    assert screen.page.get_by_role("radio", name="The formula").is_checked()


def test_reconstructs_tab_is_in_the_link(desktop):
    screen = desktop.open("reconstruct", **PAGES["reconstruct"], tab="compare", compared="mnist-vae-2d,mnist-vae-10d")
    cards = screen.live.locator(".compare figure[data-model]")
    cards.nth(1).wait_for()
    assert cards.count() == 2
    screen.live.locator("[data-tab=elbo]").click()
    written(screen, "tab", None)
    screen.live.locator("[data-tab=compare]").click()
    written(screen, "compared", "mnist-vae-10d,mnist-vae-2d")
