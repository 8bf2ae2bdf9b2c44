"""A first visit on a phone: ten megabits a second, a processor throttled four times, a browser that was never here."""

import asyncio
import tempfile
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, Page

from tests.benchmarks import standins
from tests.benchmarks.browser import chromium
from tests.benchmarks.report import Row, at_most, for_comparison
from tests.benchmarks.serving import Meter, serve

PART = "phone"
DEVICE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LATENCY = 40  # ms
BYTES_PER_SECOND = 10e6 / 8
SLOWER = 4
SETTLED = 4000  # ms: the map and what stands around it have come
PICTURE = "performance.getEntriesByName('live:stored')[0] ?? performance.getEntriesByName('live:decode')[0]"
LIVE = "performance.getEntriesByName('live:decode')[0]"
PATIENCE = 120_000  # ms


def measure(quick: bool = False) -> list[Row]:
    """Seconds until the first picture is seen and until it follows a hand, and what was fetched for it."""
    with tempfile.TemporaryDirectory() as folder:
        standins.gather(Path(folder))
        with serve("app.py", Path(folder)) as app, Meter(app.port) as meter:
            return asyncio.run(visits(meter, rounds=1 if quick else 3))


async def visits(meter: Meter, rounds: int) -> list[Row]:
    async with chromium() as browser:
        seen = [await visit(browser, meter) for _ in range(rounds + 1)][1:]  # the very first one warms the server
    pictures, drags, sizes, requests = map(list, zip(*seen, strict=True))
    return [
        at_most(PART, "first visit, to the first picture", 4, median(pictures), "s", slowest=max(pictures)),
        at_most(PART, "first visit, until a drag moves the picture", 8, median(drags), "s", slowest=max(drags)),
        for_comparison(PART, "first visit, over the wire, with the encoder that a drag asks for", median(sizes), "MB"),
        for_comparison(PART, "first visit, requests", median(requests), ""),
    ]


async def visit(browser: Browser, meter: Meter) -> tuple[float, float, float, int]:
    """Seconds to the first picture and to the first that a dragging hand moved, megabytes, and requests."""
    context = await browser.new_context(**DEVICE)
    page = await context.new_page()
    before, requests = meter.bytes, []
    page.on("request", lambda request: requests.append(request.url))
    await throttle(page)
    await page.goto(f"{meter.url}?model={standins.FLAT}")
    await page.wait_for_function(PICTURE, timeout=PATIENCE)
    await drag_until_it_lives(page)
    picture, live = await page.evaluate(f"[({PICTURE}).startTime, {LIVE}.startTime + {LIVE}.duration]")
    await page.wait_for_selector('[data-role="map"] .nsewdrag', timeout=PATIENCE, state="attached")
    await page.wait_for_timeout(SETTLED)
    await context.close()
    fetched = [url for url in requests if url.startswith("http")]
    return picture / 1000, live / 1000, (meter.bytes - before) / 1e6, len(fetched)


async def throttle(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY, **speed})
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


async def drag_until_it_lives(page: Page) -> None:
    """A hand that does not wait: the first live picture is one that it moved."""
    box = await page.locator("input[data-dim]").first.bounding_box()
    middle, step = box["y"] + box["height"] / 2, 0
    await page.mouse.move(box["x"] + box["width"] / 2, middle)
    await page.mouse.down()
    while not await page.evaluate(f"Boolean({LIVE})"):
        step += 1
        await page.mouse.move(box["x"] + box["width"] * (0.5 + 0.02 * (step % 20)), middle)
        await page.wait_for_timeout(50)
    await page.mouse.up()
