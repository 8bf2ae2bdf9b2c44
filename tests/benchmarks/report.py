"""What a benchmark found, as a table to read and as JSON to keep."""

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One budget: what was measured, in which unit, and whether that is good enough (None: shown for comparison)."""

    part: str
    what: str
    budget: str
    measured: float | None
    unit: str
    met: bool | None = None
    detail: dict = field(default_factory=dict)


def at_most(part: str, what: str, limit: float, measured: float | None, unit: str, **detail) -> Row:
    """A budget that must not be exceeded; what could not be measured is not met."""
    met = measured is not None and measured <= limit
    return Row(part, what, f"<= {limit:g} {unit}".strip(), measured, unit, met, detail)


def at_least(part: str, what: str, limit: float, measured: float | None, unit: str, **detail) -> Row:
    """A budget that must be reached; what could not be measured is not met."""
    met = measured is not None and measured >= limit
    return Row(part, what, f">= {limit:g} {unit}".strip(), measured, unit, met, detail)


def for_comparison(part: str, what: str, measured: float | None, unit: str, **detail) -> Row:
    """A number without a budget, which another is read beside."""
    return Row(part, what, "", measured, unit, None, detail)


def percentile(values: list[float], share: int) -> float | None:
    """The value below which `share` per cent lie; None of nothing."""
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[share - 1]


def take_turns(contenders: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Call every contender once a round, in turn, and collect what each returns."""
    results: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measure in contenders.items():
            results[name].append(measure())
    return results


def median_ratio(above: list[float], below: list[float]) -> float:
    """The median over rounds of one contender's number over the other's in the same round."""
    return median(a / b for a, b in zip(above, below, strict=True))


def machine() -> dict:
    """What the numbers were measured on, and how many processes wanted its cores when the run began."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processor_name(),
        "cores": cores,
        "load": load,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "others": {},  # part -> share of all cores that others took while it was measured
    }


def processor_name() -> str:
    """The processor's name where the system tells it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def show(rows: list[Row], about: dict) -> None:
    """Print the table of budgets."""
    console = Console(width=None if Console().is_terminal else 160)
    load = "unknown" if about["load"] is None else f"{about['load']:.1f}"
    title = f"{about['processor']}, {about['cores']} cores, load {load} at the start, torch {about['torch']}"
    table = Table("part", "what", "budget", "measured", "verdict", "beside it", title=title, title_justify="left")
    for row in rows:
        measured = "not measured" if row.measured is None else f"{row.measured:,.4g} {row.unit}".strip()
        verdict = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[row.met]
        shown = ", ".join(f"{key.replace('_', ' ')} {brief(value)}" for key, value in row.detail.items())
        table.add_row(row.part, row.what, row.budget, measured, verdict, shown)
    console.print(table)
    taken = ", ".join(f"{about['others'][part]:.0%} during {part}" for part in dict.fromkeys(row.part for row in rows))
    console.print(f"Of the processor others took {taken}.")


def brief(value) -> str:
    """A number, a text or a list of them in a table's cell."""
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, list | tuple):
        return "[" + " ".join(brief(item) for item in value) + "]"
    return str(value)


def write(rows: list[Row], about: dict, path: Path) -> None:
    """Write the same as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": about, "rows": [asdict(row) for row in rows]}, indent=2) + "\n")
