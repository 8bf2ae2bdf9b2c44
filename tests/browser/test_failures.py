"""What fails on the way to a page is said in one sentence and tried again, by itself and on a button."""

import contextlib
import re
from collections import Counter
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Locator, TimeoutError
from screen import Screen
from server import UNPREPARED, Server

PAGES = {
    "": "digits-vae-2d",
    "interpolate": "digits-vae-2d",
    "reconstruct": "digits-vae-2d",
    "beta_sweep": "mnist-beta1-10d",
    "inpaint": "mnist-masked-10d",
    "models": "digits-vae-2d",
}
EMPTY = "every((value) => value === 0)"  # what an empty pad gives a model
MOVES = {
    "": ("[data-dim='0']", "End", "root.__live.z && Math.abs(root.__live.z[0] - argument) < 1e-3"),
    "interpolate": ("[data-role=t]", "End", "root.__live.lastPicture && root.__live.t === argument"),
    "reconstruct": ("[data-source=blank]", "Enter", f"root.__live.x?.{EMPTY}"),
    "beta_sweep": (
        "[data-do=blank]",
        "Enter",
        f"Array.from(root.__live.cards.values()).every(({{ reader }}) => reader.x?.{EMPTY})",
    ),
    "inpaint": ("[data-source=blank]", "Enter", f"root.__live.bytes?.{EMPTY}"),
    "models": ("[data-role=t]", "End", "root.__live.t === argument && root.__live.pictures > 0"),
}  # by page: a control, what moves it, and what shows that it stayed moved
ONLY_THE_BUTTON = """
const real = window.setTimeout;
window.setTimeout = (run, delay, ...rest) => {
  if (delay !== 1000) return real(run, delay, ...rest);
  window.held = true;
  return 0;
};
"""  # the first try by itself comes after exactly a second


def refuse(screen, files: str, times: int | None = 1) -> Counter:
    """Abort the first `times` requests for each of these files, or all of them; counts those that were aborted."""
    refused = Counter()

    def answer(route):
        path = unquote(urlsplit(route.request.url).path)  # a second try may write the same address otherwise
        if times is not None and refused[path] >= times:
            route.continue_()
            return
        refused[path] += 1
        route.abort()

    screen.page.route(re.compile(files), answer)
    return refused


def forgive(screen) -> None:
    """The browser's own messages about refused requests are no problems; any other one is."""
    assert all("ERR_FAILED" in problem for problem in screen.problems), screen.problems
    screen.problems.clear()


@pytest.fixture
def failed(new_visitor):
    """A new visitor's page, and its sentence about what failed."""
    screen = new_visitor()
    return screen, screen.page.locator(".live-failed")


@pytest.mark.parametrize("path", PAGES)
def test_a_decoder_that_was_refused_once_is_fetched_again_by_itself(failed, path):
    screen, said = failed
    refused = refuse(screen, "/decoder-")
    screen.visit(path, model=PAGES[path])
    said.get_by_text(re.compile(r"The decoder of [a-z0-9.-]+ could not be fetched: the connection failed\.")).wait_for()
    screen.ready()
    said.wait_for(state="detached")
    assert refused.total() >= 1
    forgive(screen)


def press_if_there(button: Locator) -> None:
    """Press a button that what Python says may take away at any moment, as it makes the page try again, too."""
    with contextlib.suppress(TimeoutError):
        button.click(timeout=5_000)


@pytest.mark.parametrize(
    ("path", "files"),
    [*((path, "/decoder-") for path in PAGES), ("interpolate", "/plotly-"), ("reconstruct", "/plotly-")],
)
def test_the_button_tries_again_and_what_was_moved_meanwhile_stays(failed, path, files):
    screen, said = failed
    screen.page.add_init_script(ONLY_THE_BUTTON)
    refuse(screen, files, times=None)
    screen.visit(path, model=PAGES[path])
    said.wait_for()
    screen.page.unroute_all()
    screen.page.wait_for_function("window.held")
    assert said.is_visible()
    control, key, stayed = MOVES[path]
    screen.live.locator(control).press(key)
    before = screen.read("root.querySelector(argument).value", control)
    press_if_there(said.get_by_role("button", name="Try again"))
    screen.ready()
    said.wait_for(state="detached")
    screen.until(stayed, float(before or 0))
    forgive(screen)


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("", "/codes-"),
        ("", "/plotly-"),
        ("", r"/ort-[0-9a-f]+\.mjs"),
        ("", "/ort-wasm-"),
        ("", "/encoder-"),
        ("", r"/kit/kit\.css"),
        ("", r"/explore/page\.js"),
        ("interpolate", r"/interpolate/curves\.js"),  # a module that a module imports
        ("interpolate", r"/interpolate/interpolate\.css"),
        ("reconstruct", r"/engine/worker\.js"),
        ("learning", r"/learning/sections/which_kl/section\.js"),
        ("learning", "/decoder-"),
        ("reconstruct", "/plotly-"),
    ],
)
def test_whatever_else_was_refused_once_is_fetched_again(failed, path, files):
    screen, said = failed
    refused = refuse(screen, files)
    screen.visit(path, model=PAGES.get(path, PAGES[""]))
    if "encoder" in files:
        screen.ready()
        screen.page.mouse.move(200, 300)  # one number needs the encoder: it is fetched once someone moves
    said.wait_for()
    assert refused, "the sentence must be about what was refused"
    screen.ready()
    said.wait_for(state="detached")
    forgive(screen)


@pytest.mark.parametrize(
    ("lacking", "word"), [("WebAssembly", "Lockdown"), ("DecompressionStream", "Firefox from 113")]
)
def test_a_browser_that_lacks_what_pages_need_is_told_so(failed, lacking, word):
    screen, said = failed
    screen.page.add_init_script(f"delete window.{lacking}")
    screen.visit(model=PAGES[""])
    said.get_by_text(word).wait_for()
    assert said.get_by_role("button").count() == 0, "trying again would not help"


def test_without_https_the_camera_button_says_so_and_offers_the_upload(failed):
    screen, _ = failed
    screen.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    screen.open("reconstruct", model=PAGES["reconstruct"])
    screen.live.locator("[data-source=camera]").click()
    screen.live.get_by_text("The camera needs https").wait_for()
    assert screen.page.evaluate("document.activeElement.dataset.source") == "file"


@pytest.mark.parametrize("path", ["", "interpolate", "reconstruct", "inpaint"])
def test_originals_that_were_refused_once_are_said_and_fetched_again(failed, path):
    screen, said = failed
    refused = refuse(screen, "/originals-")
    query = {"sample": "3"} if path in ("reconstruct", "inpaint") else {}
    screen.visit(path, model="mnist-masked-10d" if path == "inpaint" else "digits-vae-2d", **query)
    said.get_by_text(
        re.compile(r"The originals of [a-z0-9.-]+ could not be fetched: the connection failed\.")
    ).wait_for()
    said.wait_for(state="detached")
    screen.ready()
    assert refused.total() >= 1
    if not path:
        screen.until("root.querySelector('.original').dataset.empty !== '1'")
    forgive(screen)


def test_a_server_that_is_lost_covers_nothing_and_learns_what_was_moved_meanwhile(browser, tmp_path):
    with Server(tmp_path / "log", first=UNPREPARED) as server, Screen(browser.new_context(), server) as screen:
        refuse(screen, "/codes-", None)  # the page is not complete when its server is lost
        screen.open("", model="digits-vae-2d", z="0,0")
        slider, line = screen.live.locator("[data-dim='0']"), screen.page.locator(".lost-line")
        server.process.kill()
        server.process.wait()
        line.wait_for()
        assert "Drawing and sliders go on" in line.inner_text() and line.bounding_box()["height"] < 32
        screen.page.locator("[data-testid=stConnectionStatus]").wait_for()
        slider.press("End")
        farthest = float(slider.get_attribute("max"))
        screen.until("Math.abs(root.__live.z[0] - argument) < 1e-3", farthest)
        screen.page.wait_for_timeout(3000)  # Streamlit's dialog comes some seconds after the line
        assert not screen.page.get_by_role("dialog").filter(visible=True).count()
        with Server(tmp_path / "again", first=UNPREPARED, port=server.port):
            line.wait_for(state="detached")
            screen.page.get_by_role("button", name="Try again").click()  # with what the old server said
            screen.page.wait_for_function(
                "(z) => Math.abs(parseFloat(new URL(location.href).searchParams.get('z')) - z) < 1e-3",
                arg=farthest,
                timeout=60_000,
            )
            screen.page.unroute_all()
            press_if_there(screen.page.get_by_role("button", name="Try again"))
            screen.until("root.querySelector('.map .plot')?.data?.length > 0")
            assert screen.read("root.__live.z[0]") == pytest.approx(farthest, abs=1e-3)
            assert (
                not line.count() and not screen.page.locator("[data-testid=stSidebarNav]").filter(visible=True).count()
            )
            screen.problems.clear()  # the browser's own words about a server that was not there
            screen.page.close()  # before this one goes, too
