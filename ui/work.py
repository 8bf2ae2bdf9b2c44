"""Long work: one queue for the whole process, in which every visitor has a few places.

A job is a generator of steps. One job runs at a time, in a thread of its own and on one core, so that pages go on
answering; whoever asked sees how many are before them, how far theirs is, and can stop it. It is stopped, too, when its
visitor leaves, or asks for something else.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st
import torch
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import cache
from ui.text import plain

MOST_WAITING = 40  # jobs: who comes later is told to try again
EACH = 3  # jobs of one visitor
REFRESH = 0.5  # seconds between two looks at a job
PATIENCE = 10.0  # seconds without a visitor until what they asked for is stopped
NICENESS = 10  # of the thread that works, where the system has it: a click comes first
State = Literal["waiting", "running", "finished", "stopped", "failed"]
Steps = Callable[[], Iterator["Step"]]


@dataclass(frozen=True)
class Step:
    """Where a job stands: the share of it that is done, and what it is doing."""

    share: float
    doing: str


@dataclass(eq=False)
class Job:
    """One piece of long work: its thread writes, pages read."""

    name: str  # one of each name for a visitor
    key: str  # what it is about: another key is other work
    steps: Steps
    owner: str  # the visitor's session
    lasting: bool = False  # goes on while its visitor looks at other pages
    state: State = "waiting"
    step: Step = Step(0.0, "Starting")
    reason: str = ""  # why it failed
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        return self.state in ("finished", "stopped", "failed")

    def run(self, left: Callable[[], bool]) -> None:
        """Do the work, step by step, until it is done, is told to stop, or nobody is there to see it."""
        steps = self.steps()
        try:
            for self.step in steps:
                if self.stopping.is_set() or left():
                    self.state = "stopped"
                    return
            self.state = "finished"
        except Exception as error:  # the thread's last word: nobody else would hear of it
            self.state, self.reason = "failed", f"{type(error).__name__}: {error}"
        finally:
            steps.close()


class Queue:
    """Jobs in the order in which they were asked for; the first one runs."""

    def __init__(self, is_here: Callable[[str], bool]):
        self.is_here = is_here  # whether a session still has a visitor
        self.lock = threading.Lock()
        self.jobs: list[Job] = []

    def ask(self, job: Job) -> bool:
        """Put a job at the end; its owner's other one of that name is stopped. Whether there was room for it."""
        with self.lock:
            own = [other for other in self.jobs if other.owner == job.owner]
            for other in [other for other in own if other.name == job.name]:
                self._stop(other)
            if len(self.jobs) > MOST_WAITING or sum(not other.stopping.is_set() for other in own) >= EACH:
                return False
            self.jobs.append(job)
            if len(self.jobs) == 1:
                self._begin()
            return True

    def stop(self, job: Job) -> None:
        """Take a job out, or tell it to end after its present step."""
        with self.lock:
            self._stop(job)

    def before(self, job: Job) -> int:
        """How many jobs end before this one begins; those of visitors who left are not counted, and go."""
        with self.lock:
            for other in [o for o in self.jobs[1:] if o is not job and not self.is_here(o.owner)]:
                self._stop(other)
            return self.jobs.index(job) if job in self.jobs else 0

    def _stop(self, job: Job) -> None:
        job.stopping.set()
        if job.state == "waiting" and job in self.jobs:
            self.jobs.remove(job)
            job.state = "stopped"

    def _begin(self) -> None:
        job = self.jobs[0]
        job.state = "running"
        threading.Thread(target=self._work, args=(job,), daemon=True, name=f"work-{job.name}").start()

    def _work(self, job: Job) -> None:
        torch.set_num_threads(1)  # of this thread: visitors want the other cores
        with contextlib.suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        try:
            job.run(left=lambda: not self.is_here(job.owner))
        finally:
            with self.lock:
                self.jobs.remove(job)
                while self.jobs and not self.is_here(self.jobs[0].owner):
                    self._stop(self.jobs[0])
                if self.jobs:
                    self._begin()


_last_here: dict[str, float] = {}


@cache.kept()
def queue() -> Queue:
    """The process's one queue."""
    return Queue(is_here)


def is_here(owner: str) -> bool:
    """Whether a session has a visitor, or had one a moment ago: a network that falters for seconds loses nothing."""
    now = time.monotonic()
    if not Runtime.exists() or Runtime.instance().is_active_session(owner):
        _last_here[owner] = now
        return True
    for other in [other for other, seen in list(_last_here.items()) if now - seen >= PATIENCE]:
        _last_here.pop(other, None)  # whoever left is asked about once more, or never
    return owner in _last_here


def visitor() -> str:
    """This visitor's session."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def job(name: str) -> Job | None:
    """This visitor's latest job of a name."""
    return jobs().get(name)


def jobs() -> dict[str, Job]:
    """This visitor's latest jobs by name."""
    return st.session_state.setdefault("work_jobs", {})


def ask(name: str, key: str, steps: Steps, lasting: bool = False) -> Job | None:
    """Ask for work; None, having said so, where too many others did before."""
    wanted = Job(name, key, steps, visitor(), lasting)
    if not queue().ask(wanted):
        st.toast(
            f"Too much is being computed: {EACH} results for you, or {MOST_WAITING} for others. Try again in a while.",
            icon=":material/hourglass_top:",
        )
        return None
    jobs()[name] = wanted
    return wanted


def is_asked(name: str, key: str) -> bool:
    """Whether this visitor's work of a name is about `key` and not over yet; work about anything else is stopped."""
    found = job(name)
    if found is None or found.over:
        return False
    if found.key != key:
        queue().stop(found)
        return False
    return True


def offer(name: str, key: str, label: str, steps: Steps) -> None:
    """A button that starts work; while it is under way, where it stands and a button that stops it."""
    if is_asked(name, key):
        follow(name)
        return
    st.button(label, icon=":material/play_arrow:", key=f"work_{name}_start", on_click=ask, args=(name, key, steps))
    failed = job(name)
    if failed is not None and failed.key == key and failed.state == "failed":
        st.error(plain(f"This failed: {failed.reason}."))


def need(name: str, key: str, steps: Steps) -> None:
    """Work that a page cannot go on without: it is asked for at once, unless it was stopped or failed."""
    latest = job(name)
    if is_asked(name, key) or ((latest is None or latest.key != key) and ask(name, key, steps) is not None):
        follow(name)
        return
    offer(name, key, "Compute", steps)


def follow(name: str) -> None:
    """Where this visitor's work of a name stands, looked at again until it is over; then the page runs anew."""
    look_at(name)
    st.fragment(_follow, run_every=REFRESH)(name)


def look_at(name: str) -> None:
    """Say that the present page shows a visitor's work."""
    st.session_state.setdefault("work_seen", set()).add(name)


def stop_what_nobody_sees() -> None:
    """Once a page stands: stop this visitor's work that it does not show, unless it is to last."""
    seen = st.session_state.pop("work_seen", set())
    for found in jobs().values():
        if not (found.over or found.lasting or found.name in seen):
            queue().stop(found)


def _follow(name: str) -> None:
    found = job(name)
    if found is None or found.over:
        st.rerun()
    show(found)


def show(job: Job, more: str = "") -> None:
    """A bar that says where a job stands, and the button that stops it; `more` goes on with what it says."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"work_{job.name}"):
        if job.state == "waiting":
            st.progress(0.0, text=f"{queue().before(job)} before you{more}")
        else:
            st.progress(min(1.0, max(0.0, job.step.share)), text=f"{job.step.doing}{more}")
        key = f"work_{job.name}_stop"
        st.button("Stop", icon=":material/stop:", key=key, on_click=queue().stop, args=(job,))
