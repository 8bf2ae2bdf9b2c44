"""docs/RESULTS.md: what was measured on the shipped models, as Markdown, from the metrics that are stored with them."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from vae_core.analysis.evaluation import paired_difference
from vae_core.analysis.inpainting_errors import HOLES, NAMES, read_rows
from vae_core.analysis.likelihood import TRUSTED, only_bounded
from vae_core.data.registry import describe, test_groups
from vae_core.learning.objectives import OBJECTIVES
from vae_core.models.checkpoint import read_description, read_log_marginal
from vae_core.studies import shipped
from vae_core.studies.comparison import network_of
from vae_core.zoo import store
from vae_core.zoo.store import Entry

TEMPLATE = Path(__file__).with_name("results.md")
BIASES = (("simulated_bias", 2), ("rounding_cost", 4))  # and their decimals


def markdown(assets: Path) -> str:
    """The whole page, from `assets` with its folders zoo, sweeps and inpainting.

    Raises CheckpointError or ValueError for files that cannot be read.
    """
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        text = text.replace(f"{{{name}}}", "\n".join(make(assets)))
    return text.rstrip() + "\n"


def models_table(assets: Path) -> Iterable[str]:
    """Every model of the zoo, data set by data set."""
    entries = store.entries(assets / "zoo")
    for dataset in dict.fromkeys(entry.dataset for entry in entries):
        yield from (f"### {describe(dataset).title}", "")
        members = [entry for entry in entries if entry.dataset == dataset]
        beside: dict[str, str] = {}
        for likelihood in dict.fromkeys(entry.likelihood for entry in members):  # bits and densities are not compared
            alike = [entry for entry in members if entry.likelihood == likelihood and not entry.can.takes_labels]
            beside |= beside_the_best(alike)
        rows = [model_row(entry, beside.get(entry.name, "")) for entry in members]
        titles = ["name", "network", "objective", "test −log p(x), nats", "beside the best, nats", "draws (effective)",
                  "bits/dim", "ELBO, nats", "KL, nats", "active units", "labels from 10 nearest codes"]  # fmt: skip
        if describe(dataset).likelihood == "gaussian":  # a density: bits/dim first
            for cells in (titles, *rows):
                cells.insert(3, cells.pop(6))
        yield from table(titles, rows)
        yield ""


def beside_the_best(entries: Sequence[Entry]) -> dict[str, str]:
    """By a model's name, by how much more its -log p(x) is than that of the best of them, over the same pictures, ± the
    standard error of the difference; empty for the best, and for models of which only a bound is known."""
    kept = {
        entry.name: values
        for entry in entries
        if (values := read_log_marginal(entry.folder)) is not None and not only_bounded(entry.metrics)
    }
    if len(kept) < 2:
        return {}
    best = max(kept, key=lambda name: kept[name].mean().item())
    groups = test_groups(entries[0].dataset, len(kept[best]))
    return {
        name: with_error(*paired_difference(kept[best], values, groups))
        for name, values in kept.items()
        if len(values) == len(kept[best]) and not torch.equal(values, kept[best])
    }


def model_row(entry: Entry, beside: str) -> list[str]:
    """A model's cells: what it is, then what was measured, empty where nothing was."""
    measured = entry.metrics
    given = entry.can.takes_labels
    accuracy = None if given else measured.get("neighbour_accuracy")
    return [
        f"`{entry.name}`",
        trained_as(read_description(entry.folder)),
        objective_of(entry),
        likelihood_of(measured) + ", given y" * given,
        beside,
        draws_of(measured),
        number(measured.get("bits_per_dimension")),
        number(measured.get("elbo")),
        number(measured.get("kl")),
        f"{measured['active_units']} of {entry.latent_dim}" if "active_units" in measured else "",
        "" if accuracy is None else f"{accuracy:.1%}".replace("%", " %"),
    ]


def likelihood_of(measured: dict) -> str:
    """-log p(x) ± its standard error, or as a bound where hardly any draw counts."""
    if only_bounded(measured):
        return f"≤ {number(measured['nll'])}"
    return with_error(measured.get("nll"), measured.get("nll_standard_error"))


def draws_of(measured: dict) -> str:
    """Draws a picture, how many of them count at the median, and the share of pictures for which fewer than 10 do."""
    if "effective_samples" not in measured or measured["importance_samples"] == 1:  # one z is all that q(z|x) has
        return str(measured.get("importance_samples", ""))
    few = measured["few_effective_samples"]
    return f"{measured['importance_samples']} ({measured['effective_samples']:.0f}" + (
        f"; below {TRUSTED}: {few:.1%})".replace("%)", " %)") if few else ")"
    )


def trained_as(description: dict) -> str:
    """A model's network and how long it was trained: "MLP 500-500, 300 epochs"."""
    training = description["training"]
    parts = [network_of(description["model"]), f"{training.get('epochs')} epochs"]
    if training.get("weight_decay"):
        parts.append(f"weight decay {training['weight_decay']:g}")
    return ", ".join(parts)


def objective_of(entry: Entry) -> str:
    """An objective with its first setting and those that are not as usual: "beta 4, start 20, ramp 0.5"."""
    known = OBJECTIVES.get(entry.objective)
    usual = {field.name: field.default for field in fields(known)} if known else {}
    given = entry.objective_settings
    told = [key for number, key in enumerate(given) if number == 0 or given[key] != usual.get(key)]
    if "start" in given and given["start"] == 1:
        told = [key for key in told if key != "ramp"]  # without a start there is nothing to ramp down from
    name = [] if told[:1] == [entry.objective] else [entry.objective]
    return ", ".join(
        [*name, *(f"{key} {given[key]}" if isinstance(given[key], str) else f"{key} {given[key]:g}" for key in told)]
    )


def sweeps_table(assets: Path) -> Iterable[str]:
    """Every shipped sweep: a row a setting, the median over its seeds with the lowest and the highest."""
    for folder in sorted(path.parent for path in (assets / "sweeps").glob(f"*/{shipped.TABLE}")):
        runs = shipped.read_table(folder.name, assets / "sweeps")
        yield from (f"### {describe(folder.name).title}", "")
        columns = {
            "ELBO, nats": ("elbo", 1),
            "KL, nats": ("kl", 1),
            "active units": ("active_units", 0),
            "MIG": ("mig", 2),
            "Higgins": ("higgins", 2),
            "FactorVAE": ("factor_vae", 2),
        }
        rows = []
        for setting in shipped.settings(runs):
            seeds = [run for run in runs if run.setting == setting]
            cells = [
                spread([value for run in seeds if (value := getattr(run, key)) is not None], decimals)
                for key, decimals in columns.values()
            ]
            rows.append([setting, str(len(seeds)), *cells])
        if best := shipped.ideal(folder.name, assets / "sweeps"):
            rows.append(["a dimension for each factor", "", *(number(best.get(key), d) for key, d in columns.values())])
        yield from table(("setting", "seeds", *columns), rows)
        yield ""
        if best:
            yield from (f"No code of these pictures can have a MIG above {number(best[shipped.CEILING])}.", "")
        for title, (key, _) in columns.items():
            count = sum(getattr(run, key) is not None for run in runs)
            if count < len(runs):
                yield from (
                    f"{title} was measured on {count} of the {len(runs)} runs, one seed where no range stands.",
                    "",
                )


def inpainting_table(assets: Path) -> Iterable[str]:
    """Every model's errors on the holes that the tables compare, method by method."""
    for path in sorted((assets / "inpainting").glob("*.json")):
        names = {hole: name for name, hole in HOLES.items()}
        rows = [row for row in read_rows(path) if (row["mask"], row["fraction"]) in names]
        key = "cross_entropy_missing" if rows[0]["cross_entropy_missing"] is not None else "log_likelihood_missing"
        what = "cross-entropy" if key == "cross_entropy_missing" else "log-likelihood"
        yield from (f"### `{path.stem}`, {what} in nats a missing pixel, {rows[0]['images']} test pictures", "")
        found = {(row["method"], row["mask"], row["fraction"]): row for row in rows}
        methods = [name for name in NAMES if any(row["method"] == name for row in rows)]
        best = min if key == "cross_entropy_missing" else max
        lines = []
        for (mask, fraction), name in names.items():
            own = {method: found.get((method, mask, fraction)) for method in methods}
            values = [row[key] for row in own.values() if row]
            if values:
                first = best(values)
                cells = ["" if row is None else bold(row[key], row[key] == first) for row in own.values()]
                lines.append([name, *cells, *beside_neighbours(own, key, best)])
        yield from table(("hidden", *methods, "k of knn", "best other − knn, paired"), lines)
        yield ""


def beside_neighbours(rows: dict[str, dict | None], key: str, best: Callable) -> tuple[str, str]:
    """How many neighbours there were, and how far the best method measured together with them is from them; empty where
    none is stored."""
    neighbours = str((rows.get("knn") or {}).get("neighbours") or "")
    paired = {name: row for name, row in rows.items() if row and row.get("beside_knn")}
    if not paired:
        return neighbours, ""
    winner = best(paired, key=lambda name: paired[name][key])
    apart = paired[winner]["beside_knn"]
    error = "" if apart["standard_error"] is None else f" ± {number(apart['standard_error'], 4)}"
    return neighbours, f"{winner} {number(apart['difference'], 4)}{error}"


def bias_table(assets: Path) -> Iterable[str]:
    """How far the estimate of log p(x) can be off, on pictures that each model made itself, and what 16 bits cost."""
    entries = store.entries(assets / "zoo")
    rows = [
        [f"`{e.name}`", *(measured(e.metrics, name, decimals) or "not measured" for name, decimals in BIASES)]
        for e in entries
    ]
    titles = ["name", "−log p(x) of its own pictures is too high by at most, nats", "its weights in 16 bits cost, nats"]
    yield from table(titles, rows)
    yield ""


TABLES: dict[str, Callable[[Path], Iterable[str]]] = {
    "models": models_table,
    "bias": bias_table,
    "sweeps": sweeps_table,
    "inpainting": inpainting_table,
}


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [f"| {' | '.join(cells)} |" for cells in (titles, ["---"] * len(titles), *rows)]


def number(value: float | None, decimals: int = 2) -> str:
    """A number with a true minus; empty where nothing was measured."""
    return "" if value is None else f"{value:.{decimals}f}".replace("-", "−")


def with_error(value: float | None, standard_error: float | None, decimals: int = 2) -> str:
    """A number ± its standard error."""
    return number(value, decimals) + ("" if standard_error is None else f" ± {number(standard_error, decimals)}")


def measured(metrics: Mapping[str, Any], name: str, decimals: int) -> str:
    """A number of metrics.json ± its standard error."""
    return with_error(metrics.get(name), metrics.get(f"{name}_standard_error"), decimals)


def spread(values: Sequence[float], decimals: int) -> str:
    """The median, and the lowest and the highest where they differ as written."""
    if not values:
        return ""
    middle, low, high = (number(value, decimals) for value in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def bold(value: float, best: bool) -> str:
    """A number, in bold if it is the best of its row."""
    return f"**{number(value, 3)}**" if best else number(value, 3)
