"""The queue of long work: one job at a time, fair, told apart by visitors, and stopped when they leave."""

import threading
import time

import pytest
import torch

from ui.work import EACH, MOST_WAITING, Job, Queue, Step

PATIENCE = 20  # seconds


def wait(condition) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture
def gone() -> set[str]:
    """Visitors who left."""
    return set()


@pytest.fixture
def queue(gone) -> Queue:
    return Queue(lambda owner: owner not in gone)


class Held:
    """Steps that go on until they are let go."""

    def __init__(self):
        self.free, self.running, self.threads = threading.Event(), False, None

    def __call__(self):
        self.running, self.threads = True, torch.get_num_threads()
        try:
            while not self.free.wait(0.005):
                yield Step(0.5, "Holding")
        finally:
            self.running = False


def test_one_job_runs_and_the_others_know_how_many_are_before_them(queue):
    work = [Held() for _ in range(3)]
    jobs = [Job("curves", "", steps, f"visitor {number}") for number, steps in enumerate(work)]
    assert all(queue.ask(job) for job in jobs)
    wait(lambda: work[0].running)
    assert [queue.before(job) for job in jobs] == [0, 1, 2]
    assert not work[1].running and work[0].threads == 1  # the other cores are for visitors
    for number, steps in enumerate(work):
        wait(lambda steps=steps: steps.running)
        assert sum(each.running for each in work) == 1
        steps.free.set()
        wait(lambda number=number: jobs[number].state == "finished")


def test_whoever_leaves_is_not_waited_for(queue, gone):
    work = [Held() for _ in range(3)]
    jobs = [Job("curves", "", steps, f"visitor {number}") for number, steps in enumerate(work)]
    for job in jobs:
        queue.ask(job)
    wait(lambda: work[0].running)
    gone.update({"visitor 0", "visitor 1"})
    wait(lambda: work[2].running)
    assert jobs[0].state == jobs[1].state == "stopped" and not work[0].running
    assert queue.before(jobs[2]) == 0
    work[2].free.set()


def test_who_leaves_while_waiting_is_not_counted(queue, gone):
    work = [Held() for _ in range(3)]
    jobs = [Job("curves", "", steps, f"visitor {number}") for number, steps in enumerate(work)]
    for job in jobs:
        queue.ask(job)
    gone.add("visitor 1")
    assert queue.before(jobs[2]) == 1 and jobs[1].state == "stopped"
    for steps in work:
        steps.free.set()
    wait(lambda: jobs[2].state == "finished")


def test_a_visitor_has_one_job_of_a_name_and_few_in_all(queue):
    held = Held()
    assert queue.ask(Job("first", "", held, "other"))
    old, new = (Job("curves", key, Held(), "me") for key in ("old", "new"))
    assert queue.ask(old) and queue.ask(new)
    assert old.state == "stopped" and queue.before(new) == 1
    rest = [queue.ask(Job(f"more {number}", "", Held(), "me")) for number in range(EACH)]
    assert rest == [True] * (EACH - 1) + [False]
    held.free.set()


def test_a_full_queue_takes_no_more(queue):
    work = [Held() for _ in range(MOST_WAITING + 2)]
    taken = [queue.ask(Job("curves", "", steps, f"visitor {number}")) for number, steps in enumerate(work)]
    assert taken == [True] * (MOST_WAITING + 1) + [False]
    for steps in work:
        steps.free.set()


def test_a_failure_has_its_reason_and_the_next_one_begins(queue):
    def broken():
        yield Step(0.0, "Starting")
        raise ValueError("the picture is too small")

    held = Held()
    failed, after = Job("curves", "", broken, "a"), Job("curves", "", held, "b")
    queue.ask(failed)
    queue.ask(after)
    wait(lambda: held.running)
    assert failed.state == "failed" and failed.reason == "ValueError: the picture is too small"
    queue.stop(after)
    wait(lambda: after.state == "stopped" and not queue.jobs)
