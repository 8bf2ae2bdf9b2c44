"""What sessions leave behind: objects that refer to each other, which only a full collection finds.

Streamlit would collect after every run, and every session would wait for a look at the objects of all. Python itself
looks when there are a quarter more of them; the rest is collected here, once visitors have left.
"""

import gc
import threading
import time

from ui import cache

PAUSE = 1.0  # seconds from a visitor's leaving, in which others may leave too
SHARE = 0.05  # of the time that collecting may take
_left = threading.Event()


def settle() -> None:
    """Before anybody is here: collect, and never look again at what stays for good, code and models."""
    gc.collect()
    gc.freeze()


@cache.kept_for_visit(lambda _: _left.set())
def _visit() -> object:
    return object()


@cache.kept()
def _collector() -> threading.Thread:
    thread = threading.Thread(target=_collect_when_they_left, daemon=True, name="memory")
    thread.start()
    return thread


def watch_over() -> None:
    """Once a page stands: collect what its visitor leaves behind."""
    _collector()
    _visit()


def _collect_when_they_left() -> None:
    pause = PAUSE
    while _left.wait():
        time.sleep(pause)
        _left.clear()
        began = time.perf_counter()
        gc.collect()
        pause = max(PAUSE, (time.perf_counter() - began) / SHARE)
