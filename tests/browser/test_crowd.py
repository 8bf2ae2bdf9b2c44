"""Visitors without a browser, who come and go: what they leave behind in memory and on the disk."""

import asyncio
import os
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server import ROOT, UNPREPARED, Server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PAGES = ("", "interpolate", "reconstruct", "beta_sweep", "inpaint", "models", "learning")
VISITORS = 50
TOLERANCE = 15  # MB, of the 850 or so that 50 visitors leave: what the allocator moves to and fro
SETTLED = 2  # seconds from the last one's leaving
PATIENCE = 60  # seconds
HELD = 128  # sessions that Streamlit holds for two minutes, for visitors whose network faltered
OWN = """
import streamlit as st
from pathlib import Path
from ui.browser import publish
publish.GENERATED = Path({folder!r})
publish.publish("decoder-your-digits", ".bin", "key", lambda: b"model")
publish.publish("map-digits", ".bin", "key", lambda: b"map")
"""


SESSIONS = """
import gc
import streamlit as st
from ui import memory
gc.disable()  # Python's own collections, which come by chance
memory.watch_over()
st.text(sum(type(one).__name__ == "AppSession" for one in gc.get_objects()))
"""


def memory(process: int) -> float:
    """Resident memory of a process, MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def door(server: Server) -> connect:
    address = server.address.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(address, subprotocols=["streamlit"], max_size=None, compression=None)


async def open_page(visitor: ClientConnection, page: str = "") -> str:
    """Open a page, until its script has run; one that begins anew comes to its end, too. The last plain text on it."""
    message, answer, text = BackMsg(), ForwardMsg(), ""
    message.rerun_script.page_name = page
    await visitor.send(message.SerializeToString())
    while answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY or answer.WhichOneof("type") != "script_finished":
        answer.ParseFromString(await visitor.recv())
        element = answer.delta.new_element
        assert element.WhichOneof("type") != "exception", element.exception.message
        text = element.text.body or text
    return text


def run(visits: Coroutine) -> None:
    """Visits to their end, in a thread of their own: the browser of other tests has its loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, visits).result()


async def come_and_go(server: Server, page: str) -> None:
    async with door(server) as visitor:
        await open_page(visitor, page)


async def crowd(server: Server) -> None:
    """Fifty visitors, one for each page at a time."""
    for _ in range(VISITORS // len(PAGES)):
        await asyncio.gather(*(come_and_go(server, page) for page in PAGES))
    await asyncio.sleep(SETTLED)


def test_visitors_come_and_go_and_fifty_more_add_nothing(tmp_path):
    with Server(tmp_path / "log") as server:
        for _ in range(2):  # the first ones fill caches, which takes some megabytes of the second crowd, too
            run(crowd(server))
        before = memory(server.process.pid)
        run(crowd(server))
        assert memory(server.process.pid) - before < TOLERANCE


def test_what_a_visitor_trained_is_gone_when_the_page_is_closed(tmp_path):
    folder, script = tmp_path / "generated", tmp_path / "own.py"
    script.write_text(OWN.format(folder=str(folder)))

    def there() -> set[str]:
        return {path.name.rsplit("-", 1)[0] for path in folder.iterdir()}

    async def two_visitors(server: Server) -> None:
        async with door(server) as second:
            async with door(server) as first:
                await open_page(first)
                await open_page(second)
            await asyncio.sleep(1)
            assert there() == {"decoder-your-digits", "map-digits"}  # the second one has the same model
        until = time.monotonic() + PATIENCE
        while "decoder-your-digits" in there() and time.monotonic() < until:
            await asyncio.sleep(0.1)
        assert there() == {"map-digits"}

    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with Server(tmp_path / "log", {"PYTHONPATH": path}, script, UNPREPARED) as server:
        run(two_visitors(server))


def test_the_server_starts_quietly_and_sessions_that_ended_are_collected(tmp_path):
    script, counts = tmp_path / "sessions.py", []
    script.write_text(SESSIONS)

    async def count_after_many(server: Server) -> None:
        for _ in range(10):
            await asyncio.gather(*(come_and_go(server, "") for _ in range(HELD // 5)))
        until = time.monotonic() + PATIENCE
        while (not counts or counts[-1] > HELD + 2) and time.monotonic() < until:
            await asyncio.sleep(0.5)
            async with door(server) as visitor:
                counts.append(int(await open_page(visitor)))

    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with Server(tmp_path / "log", {"PYTHONPATH": path}, script) as server:
        assert " WARNING " not in server.tail() and "ScriptRunContext" not in server.tail()
        run(count_after_many(server))
    assert 1 <= counts[-1] <= HELD + 2, counts
