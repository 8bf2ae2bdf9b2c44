"""`zoo table`: what was measured on our models beside published figures, setting by setting."""

from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev

import torch

from vae_core.analysis.evaluation import paired_difference
from vae_core.analysis.likelihood import bits_of, only_bounded
from vae_core.data.registry import describe, test_groups
from vae_core.models.checkpoint import CheckpointError, read_log_marginal
from vae_core.models.model import settings_of
from vae_core.studies.published import COMPARISONS, RACES, Comparison, Line, Published, Raced
from vae_core.studies.race import FILE, Race, known
from vae_core.zoo import store
from vae_core.zoo.recipes import RECIPES, Recipe
from vae_core.zoo.store import Entry


@dataclass(frozen=True)
class Row:
    """One line of the table, for machines and people; None where nothing is known."""

    comparison: str
    what: str
    figure: str
    unit: str
    recipes: tuple[str, ...]
    measured: int  # of the recipes
    ours: float | None = None  # their mean
    standard_error: float | None = None  # over test pictures, of one recipe
    spread: float | None = None  # standard deviation over several recipes
    bound: bool = False  # ours is at most the true one
    images: int | None = None
    importance_samples: int | None = None
    effective_samples: float | None = None  # how many of these count, at the median picture
    epochs: int | None = None
    setting: str = ""  # of ours: network, batches, and what it was measured with
    shortened: str = ""  # the recipe, or the command, of a longer schedule, the source's where there is one
    published: float | None = None
    published_error: float | None = None
    published_bound: bool = False
    published_setting: str = ""
    source: str = ""
    also: str = ""  # what else was published, of settings that no row of the comparison has
    finding: str = ""  # what the source of a race finds, and whether ours agrees
    beside: str = ""  # the recipe, or the runner of a race, that it is compared with
    difference: float | None = None  # from that one, over the same pictures
    difference_error: float | None = None
    active_units: int | None = None
    best: float | None = None  # of the figure; where there is none, less is better

    def to_json(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Draws:
    """One setting of a comparison over numbers of labels, draw by draw."""

    what: str
    labels: int  # that are known
    recipes: tuple[str, ...]  # one for each draw of the labels
    values: tuple[float | None, ...]  # the figure of each, in the comparison's unit; None where it was not trained yet
    epochs: int | None
    published: Published | None = None

    @property
    def kind(self) -> str:
        """What its other numbers of labels share: "M2"."""
        return self.what.partition(",")[0]

    @property
    def known(self) -> list[float]:
        """What was measured."""
        return [value for value in self.values if value is not None]


OF_LIKELIHOOD = ("nll", "bits_per_dimension")  # figures that are of as many pictures and draws as log p(x)
NETWORKS = {"mlp": "MLP", "conv": "convolutional", "patch": "patches", None: "MLP"}


def network_of(model: dict) -> str:
    """The network of a configuration as JSON holds it: "MLP 500-500"."""
    inner = model.get("conditional", model)
    inner = inner.get("vae", inner)
    if "codes" in inner:
        parts = [f"convolutional {inner['channels']}, {inner['codes']} codes"]
    else:
        network = inner.get("network")
        parts = [f"{NETWORKS.get(network, network)} {'-'.join(map(str, inner['hidden']))}"]
    if "upper_hidden" in model:
        parts.append(f"between layers {'-'.join(map(str, model['upper_hidden']))}")
    if "completer" in model:
        parts.append(f"encoder of holes {model['completer']} {'-'.join(map(str, model['completer_hidden']))}")
    return ", ".join(parts)


def setting_of(recipe: Recipe, images: int | None) -> str:
    """Of a recipe's model: its network and batches, and the pictures that it was measured on."""
    parts = [network_of(settings_of(recipe.model)), f"batches of {recipe.training.batch_size}"]
    if images is not None:
        parts.append(f"{images:,} test pictures")
    return ", ".join(parts)


def entry_of(recipe: str, assets: Path) -> Entry | None:
    """What is stored of a recipe, with its weights or without; None where it was not trained yet."""
    for folder in (assets / "zoo" / recipe, assets / store.MEASURED.name / recipe):
        if (folder / "metrics.json").exists():
            return store.entry(folder)
    return None


def rows(assets: Path) -> list[Row]:
    """The whole table. Raises CheckpointError for a stored model, or races, that cannot be read."""
    of_recipes = [row_of(comparison, line, assets) for comparison in COMPARISONS for line in comparison.lines]
    return [*of_recipes, *(row for raced in RACES for row in race_rows(raced, assets))]


def race_rows(raced: Raced, assets: Path) -> list[Row]:
    """The rows of one race, as its file has them at the end: the surprise of a trainer by log p(x), of so many latents
    by the ELBO; in nats, and of pictures whose pixels have a density in bits a dimension."""
    settings = Race(raced.dataset, raced.pictures, raced.seen)
    try:
        points = known(assets / FILE, raced.kind, settings)
    except ValueError as error:
        raise CheckpointError(str(error)) from None
    ends = {point.who: point for point in points if (point.seen, point.split) == (raced.seen, "test")}
    (first, first_who), *_ = raced.runners
    info = describe(raced.dataset)
    dense = info.likelihood == "gaussian"
    scale = bits_of(1.0, info.shape) if dense else 1.0
    return [
        Row(
            raced.title,
            what,
            "nll" if raced.kind == "trainers" else "bound",
            "bits a dimension" if dense else "nats",
            (raced.command,),
            int(who in ends),
            ours=8 * dense - scale * ends[who].value if who in ends else None,  # 8 bits: of 256 grey levels
            standard_error=scale * ends[who].standard_error if who in ends else None,
            images=settings.judged,
            importance_samples=settings.importance_samples,
            epochs=raced.seen // raced.pictures,
            setting=f"{'-'.join(map(str, settings.hidden))} hidden units, batches of {settings.batch_size}, "
            f"{raced.seen:,} pictures seen, {settings.importance_samples:,} draws of z, {settings.judged:,} test "
            "pictures",
            shortened=raced.long,
            published_setting=raced.setting,
            source=raced.source,
            finding=raced.finding,
            **({} if who == first_who else {"beside": first} | raced_difference(raced, ends, who, scale)),
        )
        for what, who in raced.runners
    ]


def raced_difference(raced: Raced, ends: dict, who: str | int, scale: float) -> dict:
    """By how much one surprise is above the first runner's at the end of their race, over the same pictures."""
    values = [ends[one].values if one in ends else None for one in (raced.runners[0][1], who)]
    theirs, ours = values
    if theirs is None or ours is None:
        return {}
    theirs, ours = (scale * torch.tensor(values, dtype=torch.float64) for values in (theirs, ours))
    difference, error = paired_difference(theirs, ours, test_groups(raced.dataset, len(ours)))
    return {"difference": difference, "difference_error": error}


def row_of(comparison: Comparison, line: Line, assets: Path) -> Row:
    """A line with what is stored of its recipes."""
    found = [entry for recipe in line.recipes if (entry := entry_of(recipe, assets)) is not None]
    known = [entry for entry in found if comparison.figure in entry.metrics]
    values = [comparison.scale * entry.metrics[comparison.figure] for entry in known]
    given = line.published
    told: dict = {} if given is None else {
        "published": given.value, "published_error": given.error, "published_bound": given.bound,
        "published_setting": given.setting, "source": given.source,
    }  # fmt: skip
    first = known[0].metrics if known else {}
    if len(values) == 1 and comparison.figure in OF_LIKELIHOOD:
        error = first.get("nll_standard_error")
        told |= {"standard_error": error and error * per_nat(comparison), "bound": only_bounded(first)}
    elif len(values) == 1:
        error = first.get(f"{comparison.figure}_standard_error")
        told |= {"standard_error": error and error * comparison.scale}
    if len(values) > 1:
        told["spread"] = stdev(values)
    images: int | None = first.get("images")
    drawn: dict = {}
    if comparison.figure in OF_LIKELIHOOD:
        images = first.get("nll_images", images)
        drawn = {name: first.get(name) for name in ("importance_samples", "effective_samples", "active_units")}
    return Row(
        comparison.title,
        line.what
        if len(known) in (0, len(line.recipes))
        else f"{line.what} ({len(known)} of {len(line.recipes)} draws)",
        comparison.figure,
        comparison.unit,
        line.recipes,
        len(known),
        ours=fmean(values) if values else None,
        images=images,
        epochs=RECIPES[line.recipes[0]].training.epochs,
        setting=setting_of(RECIPES[line.recipes[0]], images),
        shortened=line.long,
        also=comparison.also,
        best=comparison.best,
        **drawn,
        **told,
        **difference_of(line, assets, per_nat(comparison)),
    )


def per_nat(comparison: Comparison) -> float:
    """A nat of a picture in the comparison's unit."""
    if comparison.figure != "bits_per_dimension":
        return 1.0
    (dataset,) = datasets_of(comparison)
    return bits_of(1.0, describe(dataset).shape)


def datasets_of(comparison: Comparison) -> set[str]:
    """The data sets of a comparison's recipes."""
    return {RECIPES[recipe].dataset for line in comparison.lines for recipe in line.recipes}


def draws_of(comparison: Comparison, assets: Path) -> list[Draws]:
    """Every draw of the labels behind the means that the table has, those with the fewest labels first. Lines whose
    recipes hide no labels are left out. Raises CheckpointError for a stored model that cannot be read."""
    found = []
    for line in comparison.lines:
        training = RECIPES[line.recipes[0]].training
        if training.labels is None:
            continue
        entries = [entry_of(recipe, assets) for recipe in line.recipes]
        figures = [None if entry is None else entry.metrics.get(comparison.figure) for entry in entries]
        values = tuple(None if figure is None else comparison.scale * figure for figure in figures)
        found.append(Draws(line.what, training.labels, line.recipes, values, training.epochs, line.published))
    return sorted(found, key=lambda draws: draws.labels)


def label_draws(dataset: str, assets: Path) -> list[Draws]:
    """The error of classification over the number of labels of a data set, draw by draw; none where no comparison is of
    it alone. Raises CheckpointError."""
    own = (each for each in COMPARISONS if each.figure == "classification_error" and datasets_of(each) == {dataset})
    return [draws for each in own for draws in draws_of(each, assets)]


def difference_of(line: Line, assets: Path, scale: float) -> dict:
    """How far a line's -log p(x) is from that of the one beside it, over the same pictures, nats times `scale`; nothing
    where either is not stored."""
    if not line.beside:
        return {}
    ours, theirs = (entry_of(recipe, assets) for recipe in (line.recipes[0], line.beside))
    found = None if ours is None or theirs is None else surprise_apart(ours, theirs)
    if found is None:
        return {"beside": line.beside}
    difference, error = found
    return {
        "beside": line.beside,
        "difference": scale * difference,
        "difference_error": None if error is None else scale * error,
    }


def surprise_apart(entry: Entry, other: Entry) -> tuple[float, float | None] | None:
    """By how many nats -log p(x) of a test picture is more than another model's, over the same pictures, and the
    standard error of that; None where it was not kept of both, or is of other pictures. Raises CheckpointError."""
    if entry.metrics.get("held_out") != other.metrics.get("held_out"):
        return None
    ours, theirs = (read_log_marginal(each.folder) for each in (entry, other))
    if ours is None or theirs is None:
        return None
    count = min(len(ours), len(theirs))
    return paired_difference(theirs[:count], ours[:count], test_groups(other.dataset, count))
