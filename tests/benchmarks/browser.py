"""What a hand feels: pictures while it drags and hovers, in a real Chromium, beside Streamlit's own slider."""

import asyncio
import json
import re
import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.benchmarks import standins
from tests.benchmarks.gestures import Gesture, Hand, circles, summary, to_and_fro
from tests.benchmarks.report import Row, at_least, at_most, for_comparison, percentile
from tests.benchmarks.serving import Meter, Server, serve
from tests.chromium import launching

PART = "browser"
HERE = Path(__file__).parent
SIZE = {"width": 1400, "height": 900}
SETTLED = 2500  # ms after the map is drawn: traversals and caches are done
KEY_PRESSES = 12
CHANGES = (("colour", "kl"), ("map", "pca"), ("colour", "label"), ("map", "umap"))  # of a map, there and back


def measure(quick: bool = False) -> list[Row]:
    """Everything that needs a browser, against two servers: the app, and a page with Streamlit's slider."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = standins.gather(Path(folder))
        with serve("app.py", Path(folder)) as app, serve("tests/benchmarks/slider_app.py", Path(folder)) as slider:
            return asyncio.run(in_browser(app, slider, kinds, rounds=1 if quick else 5))


@asynccontextmanager
async def chromium():
    """An installed Chromium or Chrome if there is one, else Playwright's."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launching())
        try:
            yield browser
        finally:
            await browser.close()


async def in_browser(app: Server, slider: Server, kinds: dict[str, str], rounds: int) -> list[Row]:
    async with chromium() as browser:
        rows = await visits(browser, app, rounds)
        rows += await gestures(browser, app, slider, kinds, rounds)
        return rows


async def open_page(context: BrowserContext, url: str) -> tuple[Page, Hand]:
    """A page that has painted its first picture and drawn its map."""
    page = await context.new_page()
    hand = await Hand.on(page)
    await page.goto(url)
    await page.wait_for_selector('[data-live][data-ready="1"]', timeout=120_000)
    if await page.locator('[data-role="map"]').count():
        await page.wait_for_selector('[data-role="map"] .nsewdrag', timeout=120_000, state="attached")
    await page.wait_for_timeout(SETTLED)
    return page, hand


async def visits(browser: Browser, app: Server, rounds: int) -> list[Row]:
    """Open the page as a newcomer and again: seconds to the first picture, bytes over the wire, the map's drawing."""
    times: dict[str, list[float]] = {"first": [], "second": []}
    sizes: dict[str, list[float]] = {"first": [], "second": []}
    drawings = []
    with Meter(app.port) as meter:
        for number in range(rounds + 1):
            context = await browser.new_context(viewport=SIZE)
            for visit in times:
                before = meter.bytes
                page, _ = await open_page(context, meter.url)
                if number:  # the very first visit warms the server
                    first_picture = "performance.getEntriesByName('live:decode')[0]"
                    times[visit].append(await page.evaluate(f"{first_picture}.startTime + {first_picture}.duration"))
                    sizes[visit].append((meter.bytes - before) / 1e6)
                    drawings += await page.evaluate("__probe.plots")
                await page.close()
            await context.close()
    return [
        at_most(
            PART,
            "page opened warm, to first decoded picture",
            2.0,
            median(times["second"]) / 1000,
            "s",
            first_visit=median(times["first"]) / 1000,
            slowest=max(times["second"]) / 1000,
        ),
        at_most(PART, "over the wire, first visit", 8, median(sizes["first"]), "MB"),
        at_most(PART, "over the wire, second visit", 1, median(sizes["second"]), "MB"),
        at_most(
            PART, "first drawing of 10,000 points", 1.0, median(drawings) / 1000, "s", slowest=max(drawings) / 1000
        ),
    ]


async def gestures(browser: Browser, app: Server, slider: Server, kinds: dict, rounds: int) -> list[Row]:
    """Drag and hover on every kind of page, a round each in turn."""
    context = await browser.new_context(viewport=SIZE)
    address = f"{app.url}?model="
    pages = {name: await open_page(context, address + name) for name in (*standins.WANTED,)}
    together = await open_together(context, app, pages[standins.DEEP][0])
    plain = await open_plain(context, slider)
    work = {
        ("drag", standins.DEEP): lambda: drag(*pages[standins.DEEP]),
        ("drag", standins.CONVOLUTIONAL): lambda: drag(*pages[standins.CONVOLUTIONAL]),
        ("hover", standins.FLAT): lambda: hover(*pages[standins.FLAT]),
        ("hover", standins.DEEP): lambda: hover(*pages[standins.DEEP]),
        ("hover", standins.CROWDED): lambda: hover(*pages[standins.CROWDED]),
        ("drag", "together"): lambda: drag(*together),
        ("drag", "st.slider"): lambda: drag(*plain),
    }
    seen: dict[tuple[str, str], list[Gesture]] = {key: [] for key in work}
    keys: dict[str, list[float]] = {"live": [], "st.slider": []}
    grids, idle, changed, sent = [], [], [], []
    for _ in range(rounds):
        for key, gesture in work.items():
            seen[key].append(await gesture())
        keys["live"] += await key_presses(pages[standins.DEEP][0])
        keys["st.slider"] += await key_presses(plain[0])
        await together[0].bring_to_front()
        grids += [await together[0].evaluate("grid()") for _ in range(5)]
        idle.append(await idle_frames(together[0]))
        times, messages = await changes(*pages[standins.DEEP])
        changed += times
        sent.append(messages)
    await context.close()
    return [
        *follows("slider drag, 10-D MLP", seen["drag", standins.DEEP], kinds[standins.DEEP]),
        *follows(
            "slider drag, 64x64 convolutional", seen["drag", standins.CONVOLUTIONAL], kinds[standins.CONVOLUTIONAL]
        ),
        *follows("hover over the map, 2-D", seen["hover", standins.FLAT], kinds[standins.FLAT]),
        *follows("hover over the map, 10-D", seen["hover", standins.DEEP], kinds[standins.DEEP]),
        *follows("hover over 70,000 points", seen["hover", standins.CROWDED], kinds[standins.CROWDED]),
        *follows("eight models, one z", [eighth(gesture) for gesture in seen["drag", "together"]], "alike"),
        *still("hover over 70,000 points", seen["hover", standins.CROWDED]),
        *redrawn(changed, sent),
        at_most(PART, "20x20 manifold grid, MLP", 50, median(grids), "ms", slowest=max(grids)),
        for_comparison(PART, "frames of an idle page", median(idle), "/s"),
        *beside_slider(seen, keys),
    ]


async def open_together(context: BrowserContext, app: Server, page: Page) -> tuple[Page, Hand]:
    """The page with eight decoders, from the files that the app's page has loaded now or kept from before."""
    kept = "caches.open('latent-lab').then((store) => store.keys()).then((all) => all.map(({ url }) => url))"
    loaded = "performance.getEntriesByType('resource').map(({ name }) => name)"
    addresses = "\n".join(await page.evaluate(kept) + await page.evaluate(loaded))
    patterns = {
        "ort": r"(\S*/ort-\S*\.mjs)",
        "wasm": r"(\S*/ort-wasm-\S*)",
        "decoder": rf"(\S*/decoder-{standins.DEEP}-\S*)",
        "modules": r"(\S*)/engine/decoder\.js",
    }
    found = {name: re.search(app.url + pattern, addresses)[1] for name, pattern in patterns.items()}
    found |= {"modules": "/" + found["modules"], "shape": [1, 28, 28], "dim": 10}
    await context.route(re.compile(r"/together\?"), lambda route: route.fulfill(path=HERE / "together.html"))
    return await open_page(context, f"{app.url}together?with={quote(json.dumps(found))}")


async def open_plain(context: BrowserContext, slider: Server) -> tuple[Page, Hand]:
    """The page with Streamlit's own sliders."""
    page = await context.new_page()
    hand = await Hand.on(page)
    await page.goto(slider.url)
    await page.wait_for_selector("img", timeout=120_000)
    await page.wait_for_timeout(SETTLED)
    return page, hand


async def drag(page: Page, hand: Hand, let_go: bool = True) -> Gesture:
    """Two seconds to and fro on the first slider."""
    await page.bring_to_front()
    await page.wait_for_timeout(600)
    box = await page.locator("input[type=range]").first.evaluate(
        """(slider) => {
          const track = slider.closest("[data-testid=stSlider] [role=group]")?.firstElementChild ?? slider;
          track.scrollIntoView({ block: "nearest" });
          const { left, right, top, bottom } = track.getBoundingClientRect();
          return { left, right, y: (top + bottom) / 2 };
        }"""
    )
    path = to_and_fro(box["left"] + 10, box["right"] - 10, box["y"])
    return await hand.follow(path, pressed=True, let_go=let_go)


async def hover(page: Page, hand: Hand) -> Gesture:
    """Two seconds of circles over the map."""
    await page.bring_to_front()
    await page.wait_for_timeout(600)
    box = await page.locator('[data-role="map"] .nsewdrag').first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return await hand.follow(circles(x, y, min(box["width"], box["height"]) / 2), pressed=False)


async def key_presses(page: Page) -> list[float]:
    """Milliseconds from each press of an arrow key to the picture it brings."""
    await page.bring_to_front()
    await page.locator("input[type=range]").first.focus()
    taken = []
    for _ in range(KEY_PRESSES):
        await page.evaluate("__probe.start()")
        await page.keyboard.press("ArrowRight")
        await page.wait_for_function("__probe.moves.length && __probe.pictures.at(-1)?.[1] > __probe.moves[0][0]")
        seen = await page.evaluate("__probe.stop()")
        pressed = seen["moves"][0][0]
        taken.append(min(end for _, end in seen["pictures"] if end > pressed) - pressed)
        await page.wait_for_timeout(400)
    return taken


async def changes(page: Page, hand: Hand) -> tuple[list[dict], int]:
    """Choose other maps and colourings of 10,000 codes: frames until each is drawn, milliseconds until it is seen, and
    the messages that all of them sent."""
    await page.bring_to_front()
    await page.evaluate("__probe.changes = []")
    before = len(hand.sent)
    for number, (choice, value) in enumerate(CHANGES, 1):
        await page.select_option(f"select[data-choice={choice}]", value)
        await page.wait_for_function(f"__probe.changes.length === {number}")
        await page.wait_for_timeout(SETTLED)
    return await page.evaluate("__probe.changes"), len(hand.sent) - before


async def idle_frames(page: Page) -> float:
    """Frames a second while nothing happens: what the browser can give on this machine."""
    await page.evaluate("__probe.start()")
    await page.wait_for_timeout(1000)
    frames = (await page.evaluate("__probe.stop()"))["frames"]
    return 1000 * (len(frames) - 1) / (frames[-1] - frames[0])


def eighth(gesture: Gesture) -> Gesture:
    """Eight decoders painted: a picture is there when all eight are, and is late when the last one is."""
    whole = gesture.pictures // 8
    return replace(
        gesture,
        pictures=whole,
        latencies=[max(gesture.latencies[8 * i : 8 * i + 8]) for i in range(whole)],
        since_event=[max(gesture.since_event[8 * i : 8 * i + 8]) for i in range(whole)],
    )


def follows(what: str, seen: list[Gesture], model: str) -> list[Row]:
    """The three budgets of whatever follows a hand."""
    latencies = [value for gesture in seen for value in gesture.latencies]
    speed = median(gesture.pictures_per_second for gesture in seen)
    messages = sum(gesture.messages for gesture in seen)
    return [
        at_least(PART, f"{what}: pictures", 55, speed, "/s", model=model, **summary(seen)),
        at_most(
            PART, f"{what}: p95 input to paint", 16, percentile(latencies, 95), "ms", slowest=max(latencies, default=0)
        ),
        at_most(PART, f"{what}: messages to the server", 0, messages, ""),
    ]


def redrawn(changed: list[dict], sent: list[int]) -> list[Row]:
    """Another map or colouring is drawn in the frame in which it was chosen, and tells Python the link alone."""
    times = [one["milliseconds"] for one in changed]
    frames = max(one["frames"] for one in changed)
    return [
        at_most(PART, "another map or colouring of 10,000 points: frames until it is drawn", 0, frames, ""),
        at_most(PART, "another map or colouring: messages to the server", 1, max(sent) / len(CHANGES), ""),
        for_comparison(PART, "another map or colouring: until it is seen", median(times), "ms", slowest=max(times)),
    ]


def still(what: str, seen: list[Gesture]) -> list[Row]:
    """Following the hand draws no point again."""
    frames = median(gesture.frames / gesture.seconds for gesture in seen)
    return [
        at_most(PART, f"{what}: WebGL draws", 0, sum(gesture.draws for gesture in seen), ""),
        at_least(PART, f"{what}: frames", 55, frames, "/s"),
    ]


def beside_slider(seen: dict, keys: dict[str, list[float]]) -> list[Row]:
    """What Streamlit's own slider does in the same run."""
    plain = seen["drag", "st.slider"]
    return [
        for_comparison(
            PART,
            "st.slider, decoding in Python: pictures during a drag",
            median(gesture.pictures_per_second for gesture in plain),
            "/s",
            messages=sum(gesture.messages for gesture in plain),
            inputs_per_second=median(gesture.inputs / gesture.seconds for gesture in plain),
        ),
        for_comparison(
            PART, "st.slider: key press to picture", median(keys["st.slider"]), "ms", live=median(keys["live"])
        ),
    ]
