"""What the command line prints for people: each function returns a table that fits a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from vae_core.outside import shown
from vae_core.rounding import WHOLE_FROM, adding_up

if TYPE_CHECKING:
    from vae_core.data.pictures import DatasetInfo
    from vae_core.studies.comparison import Row

SHORTENED = "Where ours has a short schedule NAME-long is the recipe of a longer one, the source's where there is one."
FIGURES = {  # of a comparison, as people write them
    "nll": "-log p(x)",
    "bound": "-ELBO",
    "classification_error": "test error",
    "bits_per_dimension": "-log₂ p(x)",
    "sharpness_of_samples": "sharpness of samples",
    "sharpness_of_reconstructions": "sharpness of reconstructions",
}
MOST_LETTERS = 4000  # of a path in a table
MOST_LABELS = 12  # more than these are not all named
UNITS = {  # of the numbers that a command measures; the others are counts, shares or scores from 0 to 1
    **dict.fromkeys(("elbo", "nll", "nll_standard_error", "reconstruction", "kl", "kl_per_dimension"), "nats"),
    **dict.fromkeys(("index_code_information", "total_correlation", "dimension_wise_kl", "standard_error"), "nats"),
    **dict.fromkeys(("sum_standard_error", "total_correlation_change", "total_correlation_change_error"), "nats"),
    **dict.fromkeys(("sum_change", "sum_change_error", "weighted_bound", "weighted_bound_standard_error"), "nats"),
    "bits_per_dimension": "bits",
}


def plain(text: str) -> str:
    """A name from outside as a cell that says it, whatever is in it."""
    return escape(shown(text))


def of_models(rows: Sequence[dict]) -> Table:
    """The zoo, one line a model: `rows` as `zoo list --json` prints them. Nats of faces are densities: their bits a
    dimension compare. ≤ is a bound: few draws count at the median picture."""
    from vae_core.analysis.likelihood import only_bounded

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("name", "data set"):
        table.add_column(title, no_wrap=True)
    for title in ("dims", "-log p(x)\nnats", "ELBO\nnats", "bits\na dim", "active\nunits"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        measured = [one_number(row[key]) if key in row else "-" for key in ("nll", "elbo", "bits_per_dimension")]
        measured[0] = "≤ " * only_bounded(row) + measured[0]
        active = str(row.get("active_units", "-"))
        table.add_row(
            plain(row["name"]),
            plain(row["dataset"]),
            str(row["latent_dim"]),
            *measured,
            active,
        )
    return table


def of_comparison(rows: Sequence[Row]) -> Group:
    """Our figures beside published ones, a table for each comparison: `rows` of vae_core.studies.comparison."""
    tables = []
    for title in dict.fromkeys(row.comparison for row in rows):
        own = [row for row in rows if row.comparison == title]
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title=title, title_justify="left")
        columns = {
            "ours": [ours_of(row) for row in own],
            "count of\ndraws": [counting(row) for row in own],
            "active\nunits": ["" if row.active_units is None else str(row.active_units) for row in own],
            "epochs": [str(row.epochs) for row in own],
            "beside\npaired": [beside_of(row) for row in own],
            "published": [published_of(row) for row in own],
        }
        columns = {heading: cells for heading, cells in columns.items() if any(cells)}
        table.add_column(f"{FIGURES.get(own[0].figure, own[0].figure)}\n{own[0].unit}")
        for heading in columns:
            table.add_column(heading, justify="right", no_wrap=True)
        for row, *cells in zip(own, *columns.values(), strict=True):
            table.add_row(row.what, *cells)
        notes = [
            *sources_of(own),
            *dict.fromkeys(f"Ours: {row.setting}" for row in own if row.measured),
            *aims_of(own),
            *findings_of(own),
            *longer_of(own),
        ]
        table.caption = "\n".join(notes) or None
        table.caption_justify = "left"
        tables.append(table)
    return Group(*tables)


def sources_of(rows: Sequence[Row]) -> list[str]:
    """Whose the published figures of a comparison are, with which settings, and what else was published."""
    also = dict.fromkeys(f"Also published: {row.also}" for row in rows if row.also)
    return [*dict.fromkeys(f"{row.source}: {row.published_setting}" for row in rows if row.source), *also]


def aims_of(rows: Sequence[Row]) -> list[str]:
    """Where the figure of a comparison is best, unless less of it is better."""
    best = dict.fromkeys(row.best for row in rows if row.best is not None)
    return [f"{each:g} is best: that of the pictures themselves. More is worse, too: noise is sharp." for each in best]


def findings_of(rows: Sequence[Row]) -> list[str]:
    """What the source of a race finds, and whether ours agrees; nothing where ours was not run."""
    return list(dict.fromkeys(row.finding for row in rows if row.finding and row.measured))


def longer_of(rows: Sequence[Row]) -> list[str]:
    """How to measure with a longer schedule what has a short one: by a recipe's name, or by the command of a race."""
    longer = dict.fromkeys(row.shortened for row in rows if row.shortened and row.measured)
    races = [each for each in longer if each.startswith("race ")]
    return [
        *([SHORTENED] * (len(races) < len(longer))),
        *(f"A longer race: `python -m vae_core {each} --out FILE`." for each in races),
    ]


def ours_of(row: Row) -> str:
    """Our figure with its error, or the spread over several; "-" where nothing was measured."""
    if row.ours is None:
        return "-"
    return "≤ " * row.bound + with_spread(row.ours, error_of(row))


def error_of(row: Row) -> float | None:
    """The spread over several of ours, or the standard error of one; None for what is only a bound."""
    return None if row.bound else row.standard_error if row.spread is None else row.spread


def one_number(value: float) -> str:
    """Two decimals, and none from a thousand on, where they are noise."""
    return f"{value:.2f}" if abs(value) < WHOLE_FROM else f"{value:.0f}"


def with_spread(value: float, spread: float | None) -> str:
    """A figure ± its spread: two decimals, and none where the spread has two digits before them."""
    decimals = 0 if spread is not None and spread >= 9.995 else 2
    return f"{value:,.{decimals}f}" + ("" if spread is None else f" ± {spread:,.{decimals}f}")


def counting(row: Row) -> str:
    """How many of the draws of z behind our figure count: "158/500"; nothing where none were needed."""
    if row.effective_samples is None or row.importance_samples in (None, 1):
        return ""
    return f"{row.effective_samples:.0f}/{row.importance_samples}"


def beside_of(row: Row) -> str:
    """By how much our figure is above that of the row's twin, over the same pictures; ≤ where ours is a bound."""
    if row.difference is None:
        return ""
    if row.bound:
        return f"≤ {row.difference:+.2f}"
    return f"{row.difference:+.2f}" + ("" if row.difference_error is None else f" ± {row.difference_error:.2f}")


def published_of(row: Row) -> str:
    """The published figure as its source gives it."""
    if row.published is None:
        return ""
    return "≤ " * row.published_bound + with_spread(row.published, row.published_error)


def of_datasets(infos: Sequence[DatasetInfo]) -> Table:
    """All that is known of each data set, a few lines each."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for info in infos:
        table.add_row(info.name, f"{info.title}: {info.description}")
        table.add_row("  shape", " x ".join(map(str, info.shape)))
        if info.labels:
            many = len(info.labels) > MOST_LABELS
            named = f"{info.labels[0]} to {info.labels[-1]}" if many else ", ".join(info.labels)
            table.add_row("  labels", named)
        if info.factors:
            table.add_row("  factors", ", ".join(f"{factor.name} ({factor.size})" for factor in info.factors))
        table.add_row("  split", info.splits)
        table.add_row("  licence", info.licence)
        table.add_row("  source", info.source, end_section=True)
    return table


def of_result(result: dict) -> Table:
    """Names, values and units; tables inside the result are spread out. ≤ is a bound: few draws count at the median
    picture."""
    table, bound = Table(show_header=False), False
    if "nll" in result:  # torch is loaded already by whoever measured it
        from vae_core.analysis.likelihood import only_bounded

        bound = only_bounded(result)
    for name, value in flat(together(result)).items():
        if bound and name == "nll_standard_error":
            continue
        text = shown(value, MOST_LETTERS)
        if isinstance(value, list):
            text = ", ".join(str(number) if isinstance(number, int) else f"{number:.2f}" for number in value)
        elif isinstance(value, float):
            text = "≤ " * (bound and name == "nll") + (f"{value:.4g}" if abs(value) < 1 else f"{value:.2f}")
        words = shown(name.replace("_", " "), MOST_LETTERS)
        table.add_row(escape(words), escape(text), UNITS.get(name.split()[-1], ""))
    return table


def together(result: dict) -> dict:
    """The same with ELBO = reconstruction - KL, and the KL of its dimensions, to the hundredths that add up."""
    keys = ("elbo", "reconstruction", "kl")
    if not all(isinstance(result.get(key), float) for key in keys):
        return result
    reconstruction, negative = adding_up([result["reconstruction"], -result["kl"]], 2, result["elbo"])
    same: dict = {"elbo": adding_up([result["elbo"]], 2)[0], "reconstruction": reconstruction, "kl": -negative}
    if each := result.get("kl_per_dimension"):
        same["kl_per_dimension"] = adding_up(each, 2, -negative)
    return result | same


def of_inpainting(result: dict) -> Table:
    """Errors on missing pixels with their standard errors: the method, then the baselines; as `inpaint --json`."""
    about = f"{plain(result['name'])}, {result['mask']} {result['hidden']:.1%} hidden, {result['images']} test pictures"
    took = (
        f"Errors on missing pixels alone; {result['method']}: {result['seconds_per_image']:.3g} s a picture. "
        f"knn: {result['neighbours']} neighbours, chosen on training pictures. Expected: the coverage of a method that "
        "is as sure as it should be"
    )
    if (beside := result["beside_knn"]) is not None:
        spread = "" if beside["standard_error"] is None else f" ± {beside['standard_error']:.4f}"
        took += f". {result['method']} minus knn: {beside['difference']:+.4f}{spread} nats a pixel, paired"
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title=about, caption=took)
    table.add_column("method", no_wrap=True)
    columns = {
        "cross_entropy_missing": "cross-entropy\nnats a pixel",
        "rmse_missing": "RMSE\ngrey 0 to 1",
        "log_likelihood_missing": "log-likelihood\nnats a pixel",
        "coverage": "coverage\n(expected)",
    }
    for title in columns.values():
        table.add_column(title, justify="right", no_wrap=True)

    def cell(errors: dict, key: str) -> str:
        value, spread = errors[key], errors["standard_errors"][key]
        if key == "coverage":
            return f"{value:.3f} ({errors['expected_coverage']:.3f})"
        return "-" if value is None else f"{value:.3f}" + ("" if spread is None else f" ± {spread:.3f}")

    for name, errors in {result["method"]: result, **result["baselines"]}.items():
        table.add_row(name, *(cell(errors, key) for key in columns))
    return table


def flat(result: dict) -> dict:
    """A result with its tables inside tables spread out: {"a": {"b": 1}} becomes {"a b": 1}."""
    spread: dict = {}
    for name, value in result.items():
        inner = {f"{name} {key}": each for key, each in flat(value).items()} if isinstance(value, dict) else None
        spread |= {name: value} if inner is None else inner
    return spread
