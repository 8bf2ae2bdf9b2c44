"""The app, served for tests: a process of its own on a free port of this machine alone."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = {"server.address": "127.0.0.1", "server.headless": "true"}  # nothing else: tests see what is shipped
UNPREPARED = "from ui import prepare; prepare.main = lambda: None"  # a `first`: for what no model's speed matters to
START = 120  # seconds that importing everything may take on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Visit(Protocol):
    """A page that is open on a server."""

    def leave(self) -> None:
        """Close the page, whatever it shows."""


class Server:
    """What `make run` starts, from entering to leaving; `address` is where, `log` is what it said.

    `first` is Python that its process does before anything else: to set what no visitor can set. `visits` are the
    pages open on it: they leave before it stops, for one that outlives it says in its console that nobody answers.
    """

    def __init__(
        self,
        log: Path,
        environment: dict[str, str] | None = None,
        script: Path = ROOT / "app.py",
        first: str = "pass",
        port: int | None = None,
    ):
        self.log = log
        self.first = first
        self.script = script
        self.environment = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.visits: list[Visit] = []

    def __enter__(self) -> "Server":
        options = [f"--{name}={value}" for name, value in {**OPTIONS, "server.port": self.port}.items()]
        command = [
            sys.executable,
            "-c",
            f"import sys\n{self.first}\nfrom ui import serve\nserve.main(sys.argv[2:], sys.argv[1])",
            str(self.script),
            *options,
        ]
        self.output = self.log.open("wb")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop it themselves
        )
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self) -> None:
        """Until it answers. Raises RuntimeError with its log if it does not."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        until = time.monotonic() + START
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if direct.open(f"{self.address}/_stcore/health", timeout=5).status == 200:
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"the app did not start within {START} s:\n{self.tail()}")

    def __exit__(self, *_) -> None:
        for visit in tuple(self.visits):
            visit.leave()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()

    def tail(self, lines: int = 60) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
