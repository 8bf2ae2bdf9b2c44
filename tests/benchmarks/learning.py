"""What a hand feels in each section of Learning, in a real Chromium: pictures while it drags what is on the picture, or
the first slider where nothing is."""

import asyncio
from statistics import median

from playwright.async_api import Page

from tests.benchmarks.browser import SIZE, chromium, drag, open_page
from tests.benchmarks.gestures import Gesture, Hand, summary, to_and_fro
from tests.benchmarks.report import Row, at_least
from tests.benchmarks.serving import Server, serve
from ui.learning.sections import SECTIONS
from vae_core.zoo.store import ZOO

PART = "learning"
REACH = 140  # pixels that a handle is taken to the right


def measure(quick: bool = False) -> list[Row]:
    """A row a section."""
    with serve("app.py", ZOO) as app:
        return asyncio.run(in_browser(app, rounds=1 if quick else 3))


async def in_browser(app: Server, rounds: int) -> list[Row]:
    """Every section once, then all of them again: a busy moment of the machine is not one section's alone."""
    seen: dict[str, list[Gesture]] = {section.name: [] for section in SECTIONS}
    async with chromium() as browser:
        context = await browser.new_context(viewport=SIZE)
        for _ in range(rounds):
            for name, gestures in seen.items():
                page, hand = await open_page(context, f"{app.url}learning?section={name}")
                gestures.append(await drag_picture(page, hand))
                await page.close()
    return [
        at_least(
            PART,
            f"{section.title}: pictures while it is dragged",
            55,
            median(gesture.pictures_per_second for gesture in seen[section.name]),
            "/s",
            **summary(seen[section.name]),
        )
        for section in SECTIONS
    ]


async def drag_picture(page: Page, hand: Hand) -> Gesture:
    """Two seconds to and fro with the first handle of the picture; with the first slider where there is none."""
    handles = page.locator("[data-handle]:not([data-handle=plane]):visible")  # a plane is clicked
    if not await handles.count():
        return await drag(page, hand)
    await page.bring_to_front()
    await page.wait_for_timeout(600)
    box = await handles.first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return await hand.follow(to_and_fro(x - 0.05 * REACH, x + 0.95 * REACH, y), pressed=True)
