"""What many people cost one server: sessions that click, and sessions that drag, which it never hears of."""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.benchmarks import browser, standins
from tests.benchmarks.report import Row, at_most, for_comparison, percentile
from tests.benchmarks.serving import Server, serve
from tests.benchmarks.session import Visitor

PART = "server"
CLICKERS = 16
CROWD = 200
HALL, WITHIN = 300, 10.0  # sessions that open the link, in so many seconds
PAUSE = 1.0  # seconds between one person's clicks, more or less
LATENT = standins.WANTED[standins.DEEP][1].latent_dim
MEASURABLE = 0.02  # cores: the clock tick of one process over the time that is watched


def measure(quick: bool = False) -> list[Row]:
    """Clicks of one and of sixteen sessions; then two hundred that are there, and a real browser's drag among them."""
    with tempfile.TemporaryDirectory() as folder:
        standins.gather(Path(folder))
        with serve("app.py", Path(folder)) as app:
            rows = asyncio.run(at_the_server(app, seconds=5 if quick else 20, crowd=20 if quick else CROWD))
        with serve("app.py", Path(folder)) as app:
            rows.append(asyncio.run(hall(app, count=30 if quick else HALL, within=1.0 if quick else WITHIN)))
        with serve("app.py", Path(folder), busy=True) as app:
            return [*rows, asyncio.run(while_busy(app, seconds=5 if quick else 20))]


async def hall(app: Server, count: int, within: float) -> Row:
    """A lecture hall opens the link: every first run, from the request to the script's end."""

    async def open_link(visitor: Visitor, delay: float) -> float:
        await asyncio.sleep(delay)
        return await visitor.arrive()

    visitors = [Visitor(app, standins.DEEP, LATENT) for _ in range(count)]
    taken = await asyncio.gather(*(open_link(one, n * within / count) for n, one in enumerate(visitors)))
    for visitor in visitors:
        await visitor.leave()
    what = f"{count} sessions opening the link within {within:g} s: slowest first run"
    return at_most(PART, what, 10_000, max(taken), "ms", median=median(taken))


async def while_busy(app: Server, seconds: float) -> Row:
    """Clicks of one session while another's training runs and the queue behind it is full."""
    visitors = await arrive(app, 1)
    await clicking(visitors, 10)  # the trainings have begun
    answers, _ = await clicking(visitors, seconds)
    for visitor in visitors:
        await visitor.leave()
    what = "a click that needs Python while the queue of long work is full: median"
    return at_most(PART, what, 150, median(answers), "ms", p95=percentile(answers, 95))


async def at_the_server(app: Server, seconds: float, crowd: int) -> list[Row]:
    first = await arrive(app, 1)
    await clicking(first, 3)  # warm
    alone, _ = await clicking(first, seconds / 2)
    others = await arrive(app, CLICKERS - 1)
    before = app.processor_seconds()
    together, lasted = await clicking(first + others, seconds)
    spent = None if before is None else 1000 * (app.processor_seconds() - before) / len(together)
    throughput = await without_pause(first + others, seconds / 2)
    visitors = first + others + await arrive(app, crowd - CLICKERS)
    idle = await cores_used(app, seconds / 2)
    dragging, messages = await drags(app, seconds / 2)
    for visitor in visitors:
        await visitor.leave()
    return [
        at_most(
            PART,
            f"a click that needs Python, {CLICKERS} sessions clicking every {PAUSE:g} s: median",
            50,
            median(together),
            "ms",
            p95=percentile(together, 95),
            alone=median(alone),
            processor_ms_each=spent,
            clicks_per_second=len(together) / lasted,
        ),
        for_comparison(PART, f"clicks answered, {CLICKERS} sessions without a pause", throughput, "/s"),
        at_most(PART, f"{crowd} sessions connected, at rest: processor", MEASURABLE, idle, "cores"),
        at_most(
            PART,
            f"a browser dragging among {crowd} sessions: processor",
            MEASURABLE,
            dragging,
            "cores",
            messages_of_the_drags=messages,
        ),
        at_most(PART, "messages that a drag sends; 200 dragging are 200 at rest", 0, messages, ""),
    ]


async def arrive(app: Server, count: int) -> list[Visitor]:
    """So many visitors, one after the other."""
    visitors = [Visitor(app, standins.DEEP, LATENT) for _ in range(count)]
    for visitor in visitors:
        await visitor.arrive()
    return visitors


async def clicking(visitors: list[Visitor], seconds: float) -> tuple[list[float], float]:
    """Everybody clicks now and then; milliseconds of each answer, and how long it all took."""
    began = time.perf_counter()

    async def clicks(visitor: Visitor) -> list[float]:
        taken = []
        await asyncio.sleep(random.uniform(0, PAUSE))
        while time.perf_counter() - began < seconds:
            taken.append(await visitor.click())
            await asyncio.sleep(max(0.0, random.uniform(0.5, 1.5) * PAUSE - taken[-1] / 1000))
        return taken

    answers = await asyncio.gather(*map(clicks, visitors))
    return [value for taken in answers for value in taken], time.perf_counter() - began


async def without_pause(visitors: list[Visitor], seconds: float) -> float:
    """Clicks a second when everybody clicks again as soon as the answer is there."""
    began = time.perf_counter()

    async def clicks(visitor: Visitor) -> int:
        count = 0
        while time.perf_counter() - began < seconds:
            await visitor.click()
            count += 1
        return count

    counts = await asyncio.gather(*map(clicks, visitors))
    return sum(counts) / (time.perf_counter() - began)


async def cores_used(app: Server, seconds: float) -> float | None:
    """Cores that the server keeps busy while nothing is asked of it."""
    await asyncio.sleep(2)
    before = app.processor_seconds()
    if before is None:
        return None
    await asyncio.sleep(seconds)
    return (app.processor_seconds() - before) / seconds


async def drags(app: Server, seconds: float) -> tuple[float | None, int]:
    """Cores that the server keeps busy while a browser drags, and the messages that the drags sent."""
    async with browser.chromium() as chromium:
        context = await chromium.new_context(viewport=browser.SIZE)
        page, hand = await browser.open_page(context, f"{app.url}?model={standins.DEEP}")
        spent, lasted, messages = 0.0, 0.0, 0
        while lasted < seconds:
            await page.wait_for_timeout(1000)  # letting go is a message: its answer is not the drag's
            before, began = app.processor_seconds(), time.perf_counter()
            gesture = await browser.drag(page, hand, let_go=False)
            if before is not None:
                spent += app.processor_seconds() - before
            lasted += time.perf_counter() - began
            messages += gesture.messages
            await page.mouse.up()
        await context.close()
    return (None if before is None else spent / lasted), messages
