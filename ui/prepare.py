"""Publish what the browser needs of every shipped model before anybody opens the app: `python -m ui.prepare`.

Without it the first visitor to open a model waits some seconds while its decoder is exported.
"""

import contextlib
import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import streamlit.logger

from vae_core.zoo import store

PAGES = ("explore", "interpolate", "reconstruct", "beta_sweep", "inpaint", "models", "learning")
PROMPT = 10.0  # seconds: who waits longer is told how far it is
BETWEEN = 5.0  # seconds between two such lines


def main() -> None:
    """Import all that pages run, install the browser's runtime where it is missing, read every model and publish its
    networks and codes; what is there already is left alone. Says in plain lines what takes its time."""
    streamlit.logger.set_log_level("error")  # it warns of every cache that there is no session, which is so
    began = said = time.monotonic()
    from ui import cache, memory
    from ui.browser import install
    from ui.browser import model as live
    from ui.frame import has_a_map

    for page in PAGES:
        for part in ("component", "sections", "figures"):
            if importlib.util.find_spec(f"ui.{page}.{part}"):
                importlib.import_module(f"ui.{page}.{part}")
    from ui.beta_sweep import component as beta_sweep
    from ui.beta_sweep.members import members
    from ui.browser import networks
    from ui.inpaint import component as inpaint

    if not install.installed():
        say("Installing what the browser decodes with, once on this machine (about ten seconds)")
    try:
        install.install()
    except install.NotInstalled as problem:
        sys.exit(str(problem))
    live.files()
    live.modules()
    entries = list(cache.zoo().values())
    for done, entry in enumerate(entries):
        now = time.monotonic()
        if now - said > BETWEEN and now - began > PROMPT:
            say(f"Preparing the models, once on this machine (about two minutes): {done}/{len(entries)}")
            said = now
        with own_may_fail(entry.folder):
            if not has_a_map(entry):
                networks.of(entry)
                continue
            checkpoint, version, info = cache.checkpoint(entry.folder), cache.stamp(entry.folder), entry.info
            bounds = live.bounds(version, checkpoint, info)
            prepare = inpaint.model_for_browser if entry.can.completes_holes else live.model_for_browser
            prepare(version, entry.name, checkpoint, info, bounds)
    for dataset in dict.fromkeys(entry.dataset for entry in entries):
        for member in members(dataset):
            with own_may_fail(Path(member.version[0])):
                beta_sweep.model_for_browser(member.version, member.name, member)
    memory.settle()


@contextlib.contextmanager
def own_may_fail(folder: Path) -> Iterator[None]:
    """A visitor's own model that cannot be shown keeps nobody from the app, which says so where it is chosen."""
    try:
        yield
    except Exception:
        if folder.is_relative_to(store.ZOO):
            raise


def say(line: str) -> None:
    """One line for who started this."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
