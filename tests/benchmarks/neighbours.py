"""How much of the processor others took while something was measured."""

import threading
import time

import psutil

PAUSE = 0.5  # seconds between two looks


class Neighbours(threading.Thread):
    """`with Neighbours() as others: ...`, then `others.share`: of all cores, what neither this process nor any that
    descends from it used. A process that lives for less than half a second counts as another's."""

    def __init__(self):
        super().__init__(daemon=True)
        self.share = 0.0
        self.ended = threading.Event()
        self.own: dict[tuple[int, float], float] = {}  # process -> the seconds that it had used when last seen

    def __enter__(self) -> "Neighbours":
        self.began, self.busy_before = time.perf_counter(), busy_seconds()
        self.look()
        self.own_before = sum(self.own.values())
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        self.join()
        self.look()
        lasted = time.perf_counter() - self.began
        others = busy_seconds() - self.busy_before - (sum(self.own.values()) - self.own_before)
        self.share = max(0.0, others / lasted / psutil.cpu_count())

    def run(self) -> None:
        while not self.ended.wait(PAUSE):
            self.look()

    def look(self) -> None:
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            try:
                times, born = process.cpu_times(), process.create_time()
            except psutil.Error:
                continue  # it has ended since
            self.own[process.pid, born] = times.user + times.system


def busy_seconds() -> float:
    """Processor seconds that all processes of this machine have used since it started."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system if hasattr(times, "nice") else times.user + times.system
