"""One page of the app in a browser, and what tests ask of it again and again."""

from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, TimeoutError, WebSocket
from server import Server

PATIENCE = 150_000  # ms for a page to open: the first visitor to a model may wait for its export, on a busy machine
SOON = 30_000  # ms for anything else

DESKTOP = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DARK = {**DESKTOP, "color_scheme": "dark"}


class Screen:
    """A page of `context` on `server`; leaving it fails if the page wrote errors to the console."""

    def __init__(self, context: BrowserContext, server: Server):
        self.context, self.server = context, server
        self.problems: list[str] = []
        self.messages_sent = 0  # to the server, over the page's web sockets
        context.set_default_timeout(SOON)
        self.page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        self.answered = True  # the server has said something since the last message
        self.page.on("websocket", self._socket_opened)
        server.visits.append(self)

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and "/_stcore/" not in url:  # Streamlit asks below a page's path first
            self.problems.append(f"{message.text} ({url})")

    def _socket_opened(self, socket: WebSocket) -> None:
        socket.on("framesent", self._frame_sent)
        socket.on("framereceived", self._frame_received)

    def _frame_sent(self, _: Any) -> None:
        self.messages_sent += 1
        self.answered = False

    def _frame_received(self, _: Any) -> None:
        self.answered = True

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, kind: type | None, *_: Any) -> None:
        self.close(quietly=kind is not None)

    def leave(self) -> None:
        """Close the page, whatever it shows: what it wrote to the console is for `close` to judge."""
        if self in self.server.visits:
            self.server.visits.remove(self)
            self.page.close()

    def close(self, quietly: bool = False) -> None:
        """Close the page; AssertionError if it had errors, unless `quietly`."""
        self.leave()
        assert quietly or not self.problems, f"the page had errors: {self.problems}"

    # Opening and waiting

    def open(self, path: str = "", /, **query: str) -> "Screen":
        """Go to a page of the app ("" is the first) with these parameters in its link; wait for its first picture."""
        self.visit(path, **query)
        return self.ready()

    def visit(self, path: str = "", /, **query: str) -> "Screen":
        """Go there without waiting for a picture: for pages that have none, or links that say nonsense."""
        text = "?" + urlencode(query, quote_via=quote) if query else ""
        self.page.goto(f"{self.server.address}/{path}{text}", timeout=PATIENCE)
        return self

    def ready(self) -> "Screen":
        """Wait until the page's live part has shown a finished picture."""
        self.page.locator('[data-live][data-ready="1"]').first.wait_for(timeout=PATIENCE)
        return self

    def until(self, expression: str, argument: Any = None, timeout: int = SOON) -> Any:
        """Wait until `(root, argument) => expression` is true of the live part's root; returns its value.

        For example `until("root.__live.z[0] > argument", 0.5)`.
        """
        script = f"(argument) => {{ const root = {ROOT_OF_LIVE}; return root && ({expression}) }}"
        return self.page.wait_for_function(script, arg=argument, timeout=timeout).json_value()

    def reach(self, z: list[float], within: float = 1e-4) -> None:
        """Wait until the picture on the screen is that of z; AssertionError with where it is instead."""
        try:
            self.until(
                "root.__live.z?.length === argument.z.length"
                " && argument.z.every((value, d) => Math.abs(value - root.__live.z[d]) <= argument.within)",
                {"z": [float(value) for value in z], "within": within},
            )
        except TimeoutError:
            raise AssertionError(f"the picture should be that of {z}, but is that of {self.z}") from None

    def settle(self, frames: int = 3) -> None:
        """Let some animation frames pass: what follows the hand has followed then."""
        self.page.evaluate(
            "(n) => new Promise((done) => {"
            " const next = () => n-- > 0 ? requestAnimationFrame(next) : done();"
            " next(); })",
            frames,
        )

    def quiet(self, seconds: float = 0.7) -> None:
        """Wait until nothing was sent to the server for a while, and it is done with what was: what earlier moves had
        to say has been said, and stands in the link."""
        seen, deadline = -1, monotonic() + PATIENCE / 1000
        while (seen != self.messages_sent or not self.answered) and monotonic() < deadline:
            seen = self.messages_sent
            self.page.wait_for_timeout(1000 * seconds)
            self.page.locator(DONE).wait_for(state="attached", timeout=PATIENCE)

    # Looking

    @property
    def live(self) -> Locator:
        """The root of the page's live part."""
        return self.page.locator("[data-live]").first

    def read(self, expression: str, argument: Any = None) -> Any:
        """The value of `(root, argument) => expression` now: `read("Array.from(root.__live.lastPicture)")`."""
        return self.page.evaluate(f"(argument) => {{ const root = {ROOT_OF_LIVE}; return ({expression}) }}", argument)

    @property
    def z(self) -> list[float]:
        """The z of the picture on the screen."""
        return self.read("Array.from(root.__live.z)")

    @property
    def picture(self) -> list[float]:
        """The picture on the screen as the decoder gave it, (C * H * W) numbers in [0, 1]."""
        return self.read("Array.from(root.__live.lastPicture)")

    def lowest(self) -> float:
        """How far down the live part reaches, in pixels of the window."""
        return max(
            self.read(
                "Array.from(root.querySelectorAll('*')).filter((e) => e.checkVisibility())"
                ".map((e) => e.getBoundingClientRect().bottom)"
            )
        )

    def cut_off(self) -> list[str]:
        """The classes of sections whose contents are higher than they are."""
        return self.read(
            "Array.from(root.querySelectorAll('section, header'))"
            ".filter((e) => e.scrollHeight > e.clientHeight + 1).map((e) => e.className)"
        )

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the link in the address bar."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def photograph(self, path: Path) -> bool:
        """Keep what is on the screen, if there still is a screen."""
        try:
            self.page.screenshot(path=path)
        except Error:
            return False
        return True

    # Counting

    def count_frames(self) -> None:
        """From now on count animation frames, pictures, inputs and messages; `counted` returns them."""
        self.read(
            """(() => {
              const { pictures, inputs } = root.__live, count = window.__count = { frames: 0, pictures, inputs };
              const next = () => { count.frames += 1; count.next = requestAnimationFrame(next) };
              count.next = requestAnimationFrame(next);
            })()"""
        )
        self.messages_sent = 0

    def counted(self) -> dict[str, int]:
        """Animation `frames`, `pictures` painted, `inputs` and `messages` to the server since `count_frames`."""
        counts = self.read(
            """(() => {
              const { pictures, inputs } = root.__live, { frames, next, ...before } = window.__count;
              cancelAnimationFrame(next);
              return { frames, pictures: pictures - before.pictures, inputs: inputs - before.inputs };
            })()"""
        )
        return {**counts, "messages": self.messages_sent}


DONE = ".stApp[data-test-script-state=notRunning]"
ROOT_OF_LIVE = 'document.querySelector("[data-live]")'
