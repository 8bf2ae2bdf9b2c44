"""The app on a port of its own for as long as it is measured: `with serve("app.py", zoo) as server: ...`.

`python -m tests.benchmarks.serving SCRIPT ZOO PORT [busy]` is the process behind it: Streamlit with another zoo, and if
it is to be busy with a queue of long work that is full of trainings.
"""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
OPTIONS = {"server.address": "127.0.0.1", "server.headless": "true"}  # nothing else: what is shipped is measured


@dataclass(frozen=True)
class Server:
    """A running Streamlit."""

    port: int
    process: subprocess.Popen

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def processor_seconds(self) -> float | None:
        """What the server has cost the processor since it started; None where the system does not tell."""
        path = Path(f"/proc/{self.process.pid}/stat")
        if not path.exists():
            return None
        user, system = path.read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(script: str, zoo: Path, busy: bool = False) -> Iterator[Server]:
    """Start Streamlit on a free port and stop it at the end. Raises RuntimeError if it does not come up."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.serving", script, str(zoo), str(port), *["busy"] * busy]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    server = Server(port, process)
    try:
        wait_for(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(server: Server) -> None:
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server stopped with exit code {server.process.returncode}")
        with suppress(OSError), urllib.request.urlopen(server.url + "_stcore/health", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {START_SECONDS} s")


class Meter:
    """A door in front of a server that counts what goes through to the browser: every byte, whatever carries it."""

    def __init__(self, port: int):
        self.behind = port
        self.bytes = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "Meter":
        self.thread.start()
        opening = asyncio.start_server(self.connected, "127.0.0.1", 0)
        self.door = asyncio.run_coroutine_threadsafe(opening, self.loop).result()
        self.url = f"http://127.0.0.1:{self.door.sockets[0].getsockname()[1]}/"
        return self

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def close(self) -> None:
        self.door.close()
        going_on = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in going_on:
            task.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", self.behind)
        both = self.pass_on(reader, behind_writer, False), self.pass_on(behind_reader, writer, True)
        with suppress(asyncio.CancelledError):  # `close` ends connections that browsers still hold
            await asyncio.gather(*both)

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: bool) -> None:
        with suppress(OSError):
            while part := await reader.read(1 << 16):
                self.bytes += len(part) * counted
                writer.write(part)
                await writer.drain()
            writer.close()


def fill_queue() -> None:
    """Ask for as many trainings of sprites as the queue takes, for visitors who stay."""
    from ui import work
    from ui.beta_sweep.training import Training
    from vae_core.data import load_dataset

    dataset, queue = load_dataset("sprites"), work.queue()
    stays = queue.is_here
    queue.is_here = lambda owner: owner.startswith("busy") or stays(owner)
    for number in range(work.MOST_WAITING + 1):
        queue.ask(work.Job("training", "", partial(Training("sprites", 3.0).work, dataset), f"busy {number}"))


def main() -> None:
    """Be the server."""
    script, zoo, port = sys.argv[1:4]
    from ui import serve as app
    from vae_core.zoo import store

    store.ZOO = Path(zoo)
    if sys.argv[4:] == ["busy"]:
        fill_queue()
    app.main([f"--{name}={value}" for name, value in {**OPTIONS, "server.port": port}.items()], script)


if __name__ == "__main__":
    main()
