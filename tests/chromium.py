"""The browser of tests and benchmarks: an installed Chromium or Chrome if there is one, else Playwright's own."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launching() -> dict:
    """What Playwright's `chromium.launch` is given."""
    return {"executable_path": next(filter(None, map(shutil.which, NAMES)), None), "args": FLAGS}
