"""What a hand feels in each section of Learning: pictures while it drags the first slider, in a real Chromium."""

import asyncio
from statistics import median

from tests.benchmarks.browser import SIZE, chromium, drag, open_page
from tests.benchmarks.gestures import Gesture, summary
from tests.benchmarks.report import Row, at_least
from tests.benchmarks.serving import Server, serve
from ui.learning.sections import SECTIONS
from vae_core.zoo.store import ZOO

PART = "learning"


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
                gestures.append(await drag(page, hand))
                await page.close()
    return [
        at_least(
            PART,
            f"{section.title}: pictures while a slider is dragged",
            55,
            median(gesture.pictures_per_second for gesture in seen[section.name]),
            "/s",
            **summary(seen[section.name]),
        )
        for section in SECTIONS
    ]
