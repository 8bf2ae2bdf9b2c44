"""A hand on a mouse: real input events at 125 Hz, and what the page made of them."""

import asyncio
import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.async_api import CDPSession, Page

from tests.benchmarks.report import percentile

RATE = 125  # moves a second, an ordinary mouse
SECONDS = 2.0
PROBE = Path(__file__).with_name("probe.js").read_text()
Path2D = Callable[[float], tuple[float, float]]  # seconds -> pixels of the page


@dataclass(frozen=True)
class Gesture:
    """What came of one drag or hover; times in milliseconds."""

    seconds: float
    moves: int  # sent by the mouse
    inputs: int  # that reached the component: the browser hands over one a frame
    frames: int
    pictures: int
    frames_with_picture: int
    messages: int  # to the server
    draws: int  # WebGL calls
    latencies: list[float]  # from input to paint, as the page measures it
    since_event: list[float]  # from the event's own time stamp to paint
    long_tasks: list[float]

    @property
    def pictures_per_second(self) -> float:
        return self.pictures / self.seconds

    @property
    def share_of_frames(self) -> float:
        return self.frames_with_picture / max(1, self.frames)

    @property
    def pictures_per_input(self) -> float:
        return self.pictures / max(1, self.inputs)


class Hand:
    """Moves the mouse of one page without waiting for the page to keep up."""

    def __init__(self, page: Page, devtools: CDPSession):
        self.page, self.devtools = page, devtools
        self.sent: list[int] = []  # bytes of each message that the page sent to the server
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: self.sent.append(len(frame))))

    @classmethod
    async def on(cls, page: Page) -> "Hand":
        """A hand on a page that was not opened yet."""
        await page.add_init_script(PROBE)
        return cls(page, await page.context.new_cdp_session(page))

    async def mouse(self, kind: str, x: float, y: float, pressed: bool = False) -> None:
        button = {"button": "left", "buttons": 1, "clickCount": 1} if pressed else {}
        await self.devtools.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **button})

    async def follow(self, path: Path2D, pressed: bool, let_go: bool = True) -> Gesture:
        """Move along a path for two seconds, 125 times a second, dragging if the button is pressed."""
        loop, x, y = asyncio.get_running_loop(), *path(0)
        await self.mouse("mouseMoved", x, y)
        if pressed:
            await self.mouse("mousePressed", x, y, True)
        await self.page.evaluate("__probe.start()")
        messages, began, moves = len(self.sent), loop.time(), []
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(max(0.0, began + number / RATE - loop.time()))
            moves.append(asyncio.create_task(self.mouse("mouseMoved", *path(loop.time() - began), pressed)))
        await asyncio.gather(*moves)
        seen = await self.page.evaluate("__probe.stop()")
        messages = len(self.sent) - messages
        if pressed and let_go:
            await self.mouse("mouseReleased", *path(SECONDS), True)
        return understand(seen, len(moves), messages)


def understand(seen: dict, moves: int, messages: int) -> Gesture:
    """A gesture from what the probe wrote down."""
    frames, pictures = seen["frames"], seen["pictures"]
    ends = [end for _, end in pictures]
    painted_in = {bisect_right(frames, end) for end in ends}
    handled = [at for _, at in seen["moves"]]
    since = []
    for start, end in pictures:
        move = bisect_right(handled, start + 0.1) - 1
        if move >= 0:
            since.append(end - seen["moves"][move][0])
    return Gesture(
        seconds=(frames[-1] - frames[0]) / 1000,
        moves=moves,
        inputs=seen["inputs"] or len(handled),
        frames=len(frames) - 1,
        pictures=len(pictures),
        frames_with_picture=len(painted_in & set(range(1, len(frames)))),
        messages=messages,
        draws=seen["draws"],
        latencies=[end - start for start, end in pictures],
        since_event=since,
        long_tasks=[duration for _, duration in seen["long"]],
    )


def to_and_fro(left: float, right: float, y: float) -> Path2D:
    """Along a slider and back, a sweep a second; no two moves end on the same spot."""
    return lambda seconds: (left + (right - left) * (0.5 - 0.45 * math.cos(math.tau * seconds)), y)


def circles(x: float, y: float, radius: float) -> Path2D:
    """Around a spot, a round a second, out and in."""
    reach = lambda seconds: radius * (0.55 + 0.4 * math.sin(2.2 * seconds))  # noqa: E731
    return lambda seconds: (
        x + reach(seconds) * math.cos(math.tau * seconds),
        y + reach(seconds) * math.sin(math.tau * seconds),
    )


def summary(gestures: list[Gesture]) -> dict:
    """Medians over the rounds, for a row's details."""
    latencies = [value for gesture in gestures for value in gesture.latencies]
    since = [value for gesture in gestures for value in gesture.since_event]
    return {
        "pictures_per_frame": median(gesture.share_of_frames for gesture in gestures),
        "pictures_per_input": median(gesture.pictures_per_input for gesture in gestures),
        "inputs_per_second": median(gesture.inputs / gesture.seconds for gesture in gestures),
        "frames_per_second": median(gesture.frames / gesture.seconds for gesture in gestures),
        "median_ms": percentile(latencies, 50),
        "p95_since_event_ms": percentile(since, 95),
        "long_tasks_ms": sum(value for gesture in gestures for value in gesture.long_tasks) / len(gestures),
        "rounds": len(gestures),
    }
