"""How fast `fit` trains beside a bare PyTorch loop and pythae, and whether it learns as much from as many pictures."""

import json
import subprocess
import sys
from importlib.util import find_spec
from statistics import median

import torch

from tests.benchmarks.contenders import BATCH, COUNT
from tests.benchmarks.report import Row, at_least, at_most, for_comparison, median_ratio, percentile

PART = "training"
TURN = 60  # steps: about a second
LOSS_APART = 1.0  # nats per image that test losses may differ by and still be called equal: what another seed changes


class Contender:
    """A training loop in a process of its own."""

    def __init__(self, name: str, epochs: int, threads: int):
        command = [sys.executable, "-m", "tests.benchmarks.contenders", name, str(epochs), str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = name

    def turn(self, steps: int) -> dict:
        """Let it do so many steps; what it says when it has done them, or at its end."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the contender {self.name!r} stopped with exit code {self.process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()


def measure(quick: bool = False) -> list[Row]:
    """Race the loops, with all cores and with one."""
    cores = torch.get_num_threads()
    rows = race(cores, epochs=1 if quick else 3)
    if cores > 1 and not quick:
        rows += race(1, epochs=1)
    return rows


def race(threads: int, epochs: int) -> list[Row]:
    """All contenders through the same number of pictures, a turn each in turn."""
    names = ["ours", "bare", "ours in float32", *(["pythae"] if find_spec("pythae") else [])]
    total = epochs * -(-COUNT // BATCH)
    contenders = [Contender(name, epochs, threads) for name in names]
    speeds: dict[str, list[float]] = {name: [] for name in names}
    losses, pictures = {}, ""
    try:
        for _ in range((total - 1) // TURN):  # a loop's first step is before its first turn
            for contender in contenders:
                heard = contender.turn(TURN)
                speeds[contender.name].append(heard["images"] / heard["seconds"])
        for contender in contenders:
            while "test_loss" not in (heard := contender.turn(10**9)):
                pass
            losses[contender.name], pictures = heard["test_loss"], heard["pictures"]
    finally:
        for contender in contenders:
            contender.close()
    return rows(speeds, losses, threads, epochs, pictures)


def rows(speeds: dict, losses: dict, threads: int, epochs: int, pictures: str) -> list[Row]:
    """The budgets of one race."""
    how = f"{threads} thread{'s' if threads > 1 else ''}"
    per_second = {name: round(median(values)) for name, values in speeds.items()}
    found = []
    for rival, limit in (("bare", 1.7), ("pythae", 2.0)):
        if rival not in speeds:
            found.append(at_least(PART, f"{how}: speed over {rival}, which is not installed", limit, None, "x"))
            continue
        each = [a / b for a, b in zip(speeds["ours"], speeds[rival], strict=True)]
        found.append(
            at_least(
                PART,
                f"{how}: speed over {rival}",
                limit,
                median_ratio(speeds["ours"], speeds[rival]),
                "x",
                quartiles=[percentile(each, 25), percentile(each, 75)],
                images_per_second={"ours": per_second["ours"], rival: per_second[rival]},
                turns=len(each),
            )
        )
    rivals = [losses[name] for name in ("bare", "pythae") if name in losses]
    found.append(
        at_most(
            PART,
            f"{how}: test loss above the best rival's after {epochs} epochs of {pictures}",
            LOSS_APART,
            losses["ours"] - min(rivals),
            "nats",
            **{name.replace(" ", "_"): value for name, value in losses.items()},
        )
    )
    float32 = median_ratio(speeds["ours in float32"], speeds["bare"])
    found.append(for_comparison(PART, f"{how}: fit in float32 over bare", float32, "x"))
    return found
