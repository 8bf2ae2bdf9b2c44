"""One picture a page, light and dark, on a desk and on a phone: whoever changes what is seen owns up to it.

`python -m pytest tests/looks --write-looks` keeps the pages as they look now. They are those of a machine without data
files, and what the browser draws at random comes from a fixed seed, so every machine sees the same.
"""

import io
import json
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from screen import DESKTOP, PHONE, SOON, Screen

from tests.looks.likeness import Kept

TIMES = "[data-number=time] { visibility: hidden }"
PICTURES = Path(__file__).parent / "pictures"
DEVICES = {"desktop": DESKTOP, "phone": PHONE}
JUDGED = "root.dataset.judged === String(root.__live.pictures)"
MAP = "root.querySelector('.plot')?._fullLayout && root.querySelector('.plot').data.length > 0"
SEEDED = """(() => {
  let state = 1;
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
})()"""
PANELS = """[...document.querySelectorAll("section, canvas, .plot, .stPlotlyChart")].map((panel) => {
  const { left, top, right, bottom } = panel.getBoundingClientRect();
  const ends = [Math.min(right, innerWidth), Math.min(bottom, innerHeight)];
  return [Math.max(left, 0), Math.max(top, 0), ...ends].map(Math.round);
}).filter(([left, top, right, bottom]) => right - left >= 64 && bottom - top >= 64)"""
ALIKE = 4  # pictures one after the other that show a page at rest
BETWEEN = 250  # ms


@dataclass(frozen=True)
class Look:
    """A link, and what its page has once it is complete: `(root) => complete`."""

    path: str
    words: dict[str, str]
    complete: str


LOOKS = {
    "explore": Look("", {"model": "digits-vae-2d", "point": "5"}, MAP),
    "interpolate": Look(
        "interpolate",
        {"model": "digits-vae-2d", "ends": "3~8", "t": "0.4"},
        f"root.__live.evidence?.length != null && {MAP}",
    ),
    "reconstruct": Look("reconstruct", {"model": "mnist-vae-10d", "sample": "5"}, JUDGED),
    "beta_sweep": Look(
        "beta_sweep", {"model": "mnist-beta1-10d"}, "document.querySelectorAll('.stPlotlyChart .main-svg').length > 0"
    ),
    "inpaint": Look(
        "inpaint",
        {"model": "mnist-masked-10d", "sample": "4", "mask": "box", "fraction": "0.2", "seed": "3"},
        "root.__live.bytes",
    ),
    "models": Look("models", {"model": "mnist-vae-2d"}, "root.__live.pictures > 0"),
    "models_shape": Look(
        "models",
        {"model": "digits-vae-2d", "section": "shape", "sample": "5"},
        "root.__live.truth && root.__live.elbo !== null && !root.querySelector('.skeleton')",
    ),
    "learning": Look("learning", {"section": "which_kl"}, "root.__live.pictures > 0"),
}


@pytest.fixture(scope="module")
def opened(browser, server_without_data):
    """`opened("explore", "phone")`: that page at rest on that device, light; each is opened once."""
    contexts = {device: browser.new_context(**settings) for device, settings in DEVICES.items()}
    screens: dict[tuple[str, str], Screen] = {}

    def open_page(name: str, device: str) -> Screen:
        for key in [key for key in screens if key != (name, device)]:
            screens.pop(key).close()
        if (name, device) not in screens:
            screen = screens[name, device] = Screen(contexts[device], server_without_data)
            screen.page.add_init_script(SEEDED)
            screen.open(LOOKS[name].path, **LOOKS[name].words)
            screen.until(LOOKS[name].complete)
        return screens[name, device]

    yield open_page
    for screen in screens.values():
        screen.close()
    for context in contexts.values():
        context.close()


def shot(screen: Screen) -> bytes:
    """What is on the screen, as a PNG of the window's own pixels, without times, which are never the same."""
    return screen.page.screenshot(animations="disabled", caret="hide", scale="css", style=TIMES)


def at_rest(screen: Screen) -> Image.Image:
    """The page once several pictures of it are alike."""
    last, alike = shot(screen), 0
    until = time.monotonic() + SOON / 1000
    while alike < ALIKE and time.monotonic() < until:
        screen.page.wait_for_timeout(BETWEEN)
        before, last = last, shot(screen)
        alike = alike + 1 if last == before else 0
    return Image.open(io.BytesIO(last)).convert("RGB")


def keep(picture: Image.Image, file: Path, panels: list[list[int]]) -> None:
    """Write a picture in 256 colours, and where its panels lie."""
    file.parent.mkdir(exist_ok=True)
    picture.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    index = file.parent / "panels.json"
    known = json.loads(index.read_text("utf-8")) if index.exists() else {}
    known[file.stem] = panels
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
    index.write_text(f"{{\n{lines}\n}}\n", "utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", LOOKS)
def test_a_page_looks_as_it_did(opened, name, device, scheme, pytestconfig, tmp_path):
    file = PICTURES / f"{name}-{device}-{scheme}.png"
    screen = opened(name, device)
    screen.page.emulate_media(color_scheme=scheme)
    if pytestconfig.getoption("--write-looks"):
        keep(at_rest(screen), file, screen.page.evaluate(PANELS))
        return
    kept = Kept(Image.open(file))
    until = time.monotonic() + SOON / 1000
    while (different := kept.difference(now := Image.open(io.BytesIO(shot(screen))))) and time.monotonic() < until:
        screen.page.wait_for_timeout(BETWEEN)
    now.save(tmp_path / file.name)
    assert not different, f"{different} Compare {tmp_path / file.name} with {file}."
