"""`python -m tests.benchmarks [PART ...]`: measure, print the table of budgets, write it as JSON."""

import argparse
import importlib
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.neighbours import Neighbours
from tests.benchmarks.report import Row

PARTS = ("training", "likelihood", "browser", "learning", "phone", "server")
QUIET = 0.1  # of all cores: what others may take while a part is measured
TRIES = 3


def main() -> None:
    """Run the named parts, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Measure the budgets of docs/BUDGETS.md."
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all of them unless named)")
    parser.add_argument("--quick", action="store_true", help="a short run that shows whether everything works")
    parser.add_argument("--out", type=Path, default=Path("build/benchmarks.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    about, rows = report.machine(), []
    for name in arguments.parts or PARTS:
        found, about["others"][name] = measured(name, arguments.quick)
        report.show(found, about)
        rows += found
        report.write(rows, about, arguments.out)  # after every part: a later one that fails takes nothing away
    if len(arguments.parts) != 1:
        report.show(rows, about)
    print(f"written to {arguments.out}")


def measured(name: str, quick: bool) -> tuple[list[Row], float]:
    """A part's rows, and the share of all cores that others took meanwhile: of up to `TRIES` runs, the first that was
    quiet, or the quietest."""
    part = importlib.import_module(f"tests.benchmarks.{name}")
    runs = []
    for number in range(1, TRIES + 1):
        with Neighbours() as others:
            runs.append((part.measure(quick=quick), others))
        if others.share <= QUIET:
            break
        again = "it is measured again" if number < TRIES else "the quietest of its runs counts"
        print(f"{name}: others took {others.share:.0%} of the processor meanwhile; {again}.")
    rows, others = min(runs, key=lambda run: run[1].share)
    return rows, round(others.share, 3)


if __name__ == "__main__":
    main()
