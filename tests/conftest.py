"""What tests of all kinds share: the shipped models, as PyTorch sees them, and the app in a browser.

Browser tests and looks stand on the app served on a free port, one Chromium, and pages opened in it.

    def test_something(desktop):                 # or phone, dark; without_data is an app whose data sets are missing
        desktop.open("", model="mnist-vae-2d")   # path and parameters of the link; waits for the first finished picture
        desktop.live.locator("[data-dim='0']").press("End")

A test fails if its page wrote an error to the console. After a failure the end of the server's log is printed.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from screen import DARK, DESKTOP, PHONE, Screen
from server import UNPREPARED, Server

from tests.chromium import launching
from tests.reruns import pytest_sessionfinish, pytest_terminal_summary
from vae_core.data import DatasetUnavailable, load_dataset
from vae_core.data.pictures import Dataset
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo import store

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary"]  # hooks that pytest finds here

BROWSER = Path(__file__).with_name("browser")
SCREENS = pytest.StashKey[list[Screen]]()


def pytest_addoption(parser):
    parser.addoption("--write-looks", action="store_true", help="tests/looks keeps what the pages look like now")


def pytest_collection_modifyitems(items):
    """A browser on a busy machine loses a click now and then: its tests are tried twice, within what tests/reruns.py
    allows in one run."""
    for item in items:
        if item.path.is_relative_to(BROWSER):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Checkpoint]:
    """`shipped("mnist-vae-2d")`: that model of the zoo."""
    return store.open_checkpoint


@pytest.fixture(scope="session")
def present() -> Callable[[str], Dataset]:
    """`present("mnist")`: that data set; where its files are not on this machine, the test is left out."""

    def read(name: str) -> Dataset:
        try:
            return load_dataset(name, download=False)
        except DatasetUnavailable as error:
            pytest.skip(str(error))

    return read


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    """The app as it is, with whatever data sets this machine has."""
    with Server(tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def server_without_data(tmp_path_factory) -> Iterator[Server]:
    """The app on a machine that has no data set but those that need no files."""
    empty = tmp_path_factory.mktemp("empty")
    nowhere = dict.fromkeys(("LATENT_LAB_DATA", "XDG_CACHE_HOME", "HOME"), str(empty))
    with Server(tmp_path_factory.mktemp("server_without_data") / "log", nowhere, first=UNPREPARED) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """An installed Chromium or Chrome if there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(**launching())
        yield running
        running.close()


@pytest.fixture(scope="session")
def visitor(browser) -> Iterator[BrowserContext]:
    """One visitor for the whole session: what was fetched once is kept, so that opening a page takes little."""
    context = browser.new_context(**DESKTOP)
    yield context
    context.close()


@pytest.fixture
def desktop(visitor, server, request) -> Iterator[Screen]:
    """A page of 1400 x 900 pixels; its browser has been here before."""
    with Screen(visitor, server) as screen:
        request.node.stash[SCREENS] = [screen]
        yield screen


@pytest.fixture
def new_visitor(browser, server, request) -> Iterator[Callable[..., Screen]]:
    """Makes pages of visitors who were never here: `new_visitor(DARK)`, `new_visitor(server=other)`."""
    screens = request.node.stash[SCREENS] = []

    def arrive(device: dict = DESKTOP, server: Server = server) -> Screen:
        screens.append(Screen(browser.new_context(**device), server))
        return screens[-1]

    yield arrive
    try:
        for screen in screens:
            screen.close()
    finally:
        for screen in screens:
            screen.context.close()


@pytest.fixture
def phone(new_visitor) -> Screen:
    """A page of 390 x 844 pixels under a finger."""
    return new_visitor(PHONE)


@pytest.fixture
def dark(new_visitor) -> Screen:
    """A page for someone who likes it dark."""
    return new_visitor(DARK)


@pytest.fixture
def without_data(new_visitor, server_without_data) -> Screen:
    """A page of an app whose data sets are not on its machine."""
    return new_visitor(server=server_without_data)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What the servers said and what the pages showed belongs to a failure."""
    report = yield
    if report.failed:
        for screen in item.stash.get(SCREENS, []):
            name = re.sub(r"[^\w.-]+", "-", item.name)
            picture = screen.server.log.with_name(f"{name}.png")
            if screen.photograph(picture):
                report.sections.append(("screenshot", str(picture)))
            report.sections.append(("end of the server's log", screen.server.tail()))
    return report
