"""`python -m tests.benchmarks [PART ...]`: measure, print the table of budgets, write it as JSON."""

import argparse
import importlib
from pathlib import Path

from tests.benchmarks import report

PARTS = ("training", "likelihood", "browser", "server")


def main() -> None:
    """Run the named parts, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure the budgets of DESIGN.md.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all of them unless named)")
    parser.add_argument("--quick", action="store_true", help="a short run that shows whether everything works")
    parser.add_argument("--out", type=Path, default=Path("build/benchmarks.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    about, rows = report.machine(), []
    for name in arguments.parts or PARTS:
        part = importlib.import_module(f"tests.benchmarks.{name}")
        found = part.measure(quick=arguments.quick)
        report.show(found, about)
        rows += found
        report.write(rows, about, arguments.out)  # after every part: a later one that fails takes nothing away
    if len(arguments.parts) != 1:
        report.show(rows, about)
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    main()
