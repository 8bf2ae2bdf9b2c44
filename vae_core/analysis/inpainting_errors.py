"""How near completions come to the truth: errors on missing pixels, by method, mask and missing fraction."""

from __future__ import annotations

import functools
import json
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.analysis.evaluation import check_same_shape, error_of_sum, given_labels, noiseless
from vae_core.analysis.inpainting import METHODS, Completions, Method, Report, complete, refusal
from vae_core.analysis.nearest_pictures import filled_from, held_out, mean_fill, nearest, nearest_fill
from vae_core.data.masks import KINDS, draw_masks
from vae_core.data.pictures import Dataset
from vae_core.data.presentation import present
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.given import Given
from vae_core.models.model import Model

WIDTH = 1.96  # standard deviations around the mean in which a Gaussian has 95 %
BATCH = 100  # pictures completed at once
SAMPLES = 50  # completions a picture
BASELINES = ("mean", "knn", "naive")
NAMES = ("mean", "knn", *METHODS)
COMPARED = (*BASELINES, "masked", "partial-conv", "pseudo-gibbs", "metropolis", "importance", "annealed", "gradient")
FRACTIONS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # of single pixels
FEWER_FRACTIONS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95)  # of every other kind of mask
HOLES = {  # that the tables compare, by name: the kind of mask and its fraction
    "30 % of the pixels": ("pixels", 0.3),
    "50 %": ("pixels", 0.5),
    "70 %": ("pixels", 0.7),
    "90 %": ("pixels", 0.9),
    "lower half": ("lower", 0.5),
    "middle quarter": ("centre", 0.25),
    "a quarter anywhere": ("box", 0.25),
}
IDENTITY = {"method", "mask", "fraction", "images"}  # what tells a row of a curve from others
TRAINING = 1_000_000  # what is drawn for training pictures has seeds of its own
NEIGHBOURS = (1, 2, 5, 10, 15, 20, 30, 50, 100, 200)  # of which the baseline's are chosen
MORE_NEIGHBOURS = (*NEIGHBOURS, 500)  # of faces: one neighbour more costs a mixture little, where a mean is blurred


@dataclass(frozen=True)
class InpaintingErrors:
    """How near completions come to the truth, on missing pixels alone, averaged over them."""

    rmse_missing: float  # of the mean completion
    cross_entropy_missing: float | None  # nats a missing pixel, of the mean completion; None for Gaussian pixels
    log_likelihood_missing: float  # nats a missing pixel: of the truth under the mixture of completions, jointly
    coverage: float  # share of missing pixels within 1.96 standard deviations of the mean completion
    expected_coverage: float  # what the completions themselves expect of it: 0.95 for a Gaussian alone, never for bits
    variance_ratio: float  # mean squared error over the variance that the completions claim; 1 is honest
    standard_errors: dict[str, float | None]  # of those above by name, for other pictures; None for one, or one group


@torch.no_grad()
def measure_completions(completions: Completions, model: Model, truth: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """Sums (B,) over each picture's missing pixels of what `InpaintingErrors` averages, and their numbers (B,);
    concatenate batches, then `errors`."""
    missing = ~mask.expand_as(truth)
    mean, gaussian = completions.mean, model.config.likelihood == "gaussian"
    noise = pixel_noise(model) if gaussian else None
    variance = mean * (1 - mean) if noise is None else completions.spread.square() + noise.square()
    squared = (truth - mean).square()
    found = {
        "pixels": missing,
        "squared": squared * missing,
        "variance": variance * missing,
        "covered": (squared <= WIDTH**2 * variance) & missing,
        "expected_covered": chance_within(completions, variance, noise) * missing,
    }
    found = {name: value.sum((-3, -2, -1)) for name, value in found.items()}
    if not gaussian:
        found["cross_entropy"] = cross_entropy(mean, truth, missing)
    return {**found, "log_likelihood": log_likelihood(completions.samples, truth, missing, noise)}


def pixel_noise(model: Model) -> Tensor:
    """The standard deviation () of a Gaussian decoder's pixels, which is the same for every z and every label."""
    asked = model.model if isinstance(model, Given) else model
    can, zeros = families.of(asked), torch.zeros(1, dtype=torch.int64)
    z = torch.zeros(1, model.config.latent_dim, dtype=torch.int64 if can.latent == "discrete" else torch.float32)
    return asked.decode(z, zeros if can.takes_labels or can.classifies else None).base_dist.stddev.flatten()[0]


def cross_entropy(mean: Tensor, truth: Tensor, missing: Tensor) -> Tensor:
    """Nats (..., B) of a picture's missing pixels under probabilities `mean` (..., B, C, H, W)."""
    held = mean.clamp(1e-6, 1 - 1e-6)
    return (-(truth * held.log() + (1 - truth) * (1 - held).log()) * missing).sum((-3, -2, -1))


def log_likelihood(samples: Tensor, truth: Tensor, missing: Tensor, noise: Tensor | None) -> Tensor:
    """Nats (B,) of the missing pixels, jointly, under the mixture of completions (S, B, C, H, W): Bernoulli, or
    Gaussian with standard deviation `noise`."""
    if noise is None:
        log_each = -cross_entropy(samples, truth, missing)  # (S, B)
    else:
        log_each = (Normal(samples, noise, validate_args=False).log_prob(truth) * missing).sum((-3, -2, -1))
    return log_each.logsumexp(0) - math.log(len(log_each))


def chance_within(completions: Completions, variance: Tensor, noise: Tensor | None) -> Tensor:
    """Probability (B, C, H, W), under the completions themselves, that a pixel lies within WIDTH standard deviations of
    their mean: for bits the share of the values 0 and 1 that do, else of the mixture of Gaussians."""
    mean, reach = completions.mean, WIDTH * variance.sqrt()
    if noise is None:
        return mean * (1 - mean <= reach) + (1 - mean) * (mean <= reach)
    each = Normal(completions.samples, noise, validate_args=False)
    return (each.cdf(mean + reach) - each.cdf(mean - reach)).mean(0)


def errors(sums: dict[str, Tensor], groups: Tensor | None = None) -> InpaintingErrors:
    """The averages of what `measure_completions` gave, and their standard errors: those of a ratio of sums over
    pictures, or over groups (numbers (N,)) of pictures that depend on each other, by the delta method. Raises
    ValueError where no pixel is missing."""
    pixels = sums["pixels"].double()
    total = float(pixels.sum())
    if total == 0:
        raise ValueError("nothing is missing: there is nothing to measure")
    each = {name: float(value.double().sum()) / total for name, value in sums.items()}

    def standard_error(name: str) -> float | None:
        return ratio_error(sums[name], sums["pixels"], groups) if name in sums else None

    rmse = math.sqrt(each["squared"])
    of_square = standard_error("squared")
    return InpaintingErrors(
        rmse_missing=rmse,
        cross_entropy_missing=each.get("cross_entropy"),
        log_likelihood_missing=each["log_likelihood"],
        coverage=each["covered"],
        expected_coverage=each["expected_covered"],
        variance_ratio=each["squared"] / max(each["variance"], 1e-12),
        standard_errors={
            "rmse_missing": of_square / (2 * rmse) if of_square is not None and rmse > 0 else None,
            "cross_entropy_missing": standard_error("cross_entropy"),
            "log_likelihood_missing": standard_error("log_likelihood"),
            "coverage": standard_error("covered"),
            "variance_ratio": ratio_error(sums["squared"], sums["variance"], groups),
        },
    )


def ratio_error(above: Tensor, below: Tensor, groups: Tensor | None = None) -> float | None:
    """The standard error of sum(above) / sum(below) of pictures (N,), by the delta method, with the sums of each group
    where there are groups; None for one picture, or one group."""
    above, below = above.double(), below.double()
    total = max(float(below.sum()), 1e-12)
    error = error_of_sum(above - float(above.sum()) / total * below, groups)
    return None if error is None else error / total


@dataclass(frozen=True)
class Difference:
    """How much one method's measure is above another's, nats a missing pixel, over the same pictures and masks."""

    difference: float
    standard_error: float | None  # for other pictures; None for one, or one group


def measure_of(model: Model) -> str:
    """The sum in `measure_completions` that methods are compared by: cross-entropy, or log-likelihood of faces."""
    return "log_likelihood" if model.config.likelihood == "gaussian" else "cross_entropy"


def paired_difference_per_pixel(
    ours: dict[str, Tensor], theirs: dict[str, Tensor], measure: str, groups: Tensor | None = None
) -> Difference:
    """Of two methods' sums over the same pictures; `groups` as in `errors`. Raises ValueError where they are of
    different holes."""
    if not torch.equal(ours["pixels"], theirs["pixels"]):
        raise ValueError("two methods can only be paired over the same holes")
    apart = ours[measure].double() - theirs[measure].double()
    pixels = ours["pixels"].double()
    return Difference(float(apart.sum() / pixels.sum()), ratio_error(apart, pixels, groups))


@dataclass(frozen=True)
class Measured:
    """One method on one kind of mask."""

    method: str
    mask: str
    fraction: float  # that was asked for
    hidden: float  # share of the pixels that the masks do hide
    errors: InpaintingErrors
    seconds_per_image: float
    images: int
    neighbours: int | None = None  # of the baseline "knn": as many as were best for such holes in training pictures
    beside_knn: Difference | None = None  # paired, see `measure_of`
    groups: Tensor | None = field(default=None, repr=False, compare=False)  # (images,): `Dataset.test_groups`
    sums: dict[str, Tensor] = field(default_factory=dict, repr=False, compare=False)  # of `measure_completions`

    def to_json(self) -> dict:
        own = ("errors", "sums", "beside_knn", "groups")
        given = {key: value for key, value in vars(self).items() if key not in own}
        groups = {} if self.groups is None else {"groups": len(self.groups.unique())}
        return {**given, **groups, **asdict(self.errors), "beside_knn": self.beside_knn and asdict(self.beside_knn)}

    def beside(self, knn: Measured, model: Model) -> Measured:
        """The same with its paired difference from the nearest neighbours, measured on the same pictures."""
        found = paired_difference_per_pixel(self.sums, knn.sums, measure_of(model), self.groups)
        return replace(self, beside_knn=found)


@torch.no_grad()
def choose_neighbours(model: Model, dataset: Dataset, masks: Tensor, seed: int = 0) -> int:
    """How many nearest pictures complete training pictures best, of NEIGHBOURS (MORE_NEIGHBOURS of
    faces): held-out ones, from the others.

    By `measure_of`. masks (Q, 1, H, W), as many as there are held-out pictures, or one for all; test pictures are never
    looked at. Raises ValueError where there is only one training picture.
    """
    library, queries = held_out(dataset.train)
    likelihood = model.config.likelihood
    values = functools.partial(noiseless, likelihood=likelihood)
    truth = present(dataset.train.batch(queries), likelihood, noise_generator(seed, TRAINING))
    masks = masks.expand(len(truth), *masks.shape[1:])
    tried = NEIGHBOURS if likelihood == "bernoulli" else MORE_NEIGHBOURS
    grid = [count for count in tried if count <= len(library)]
    noise = pixel_noise(model) if likelihood == "gaussian" else None
    lost = torch.zeros(len(grid), dtype=torch.float64)
    found = nearest(library, values, torch.where(masks, truth, 0), masks, grid[-1])  # (Q, k)
    for some in torch.arange(len(truth)).split(BATCH):
        samples = filled_from(library, values, truth[some], masks[some], found[some])
        missing = ~masks[some].expand_as(truth[some])
        for number, count in enumerate(grid):
            if noise is None:
                each = cross_entropy(samples[:count].mean(0), truth[some], missing)
            else:
                each = -log_likelihood(samples[:count], truth[some], missing, noise)
            lost[number] += each.double().sum()
    return grid[int(lost.argmin())]


def training_masks_like(mask: str, fraction: float, dataset: Dataset, seed: int) -> Tensor:
    """Masks (Q, 1, H, W) of a kind for the held-out training pictures."""
    _, queries = held_out(dataset.train)
    return draw_masks(mask, len(queries), dataset.info.shape, fraction, seed + TRAINING)


def check_method(name: str, model: Model) -> None:
    """Raise ValueError unless a method or a baseline can be measured with a model, which is given the pictures' labels
    if it takes some."""
    if name not in NAMES:
        raise ValueError(f"method must be one of {', '.join(NAMES)}, got {name!r}")
    if why := refusal(name, model, labelled=True):
        raise ValueError(why)


def method_named(name: str, model: Model, dataset: Dataset, masks: Tensor | None = None, seed: int = 0) -> str | Method:
    """A method of `complete`; the baselines "mean" and "knn" are made from the training split, the latter with as many
    neighbours as are best under `masks`, see `choose_neighbours`.

    Raises ValueError for any other name, for a method that the model cannot do, or for "knn" without masks.
    """
    check_method(name, model)
    values = functools.partial(noiseless, likelihood=model.config.likelihood)
    if name == "mean":
        return mean_fill(dataset.train, values)
    if name == "knn":
        if masks is None:
            raise ValueError("knn needs masks, by which the number of neighbours is chosen on training pictures")
        return nearest_fill(dataset.train, values, choose_neighbours(model, dataset, masks, seed))
    return name


def measure_method(
    name: str,
    model: Model,
    dataset: Dataset,
    mask: str = "pixels",
    fraction: float = 0.5,
    limit: int | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    report: Report = lambda done, total: None,
) -> Measured:
    """A method's errors on the first `limit` test pictures, as the model was trained on them (binarised, dequantised).

    Every method sees the same pictures and masks, which the seed fixes; a model that takes labels is given theirs.
    Raises ValueError for an unknown method or mask, a method that the model cannot do, a limit below 1, or pictures of
    another shape than the model's, or without the labels that it takes.
    """
    check_method(name, model)
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    check_same_shape(model, dataset.info)
    like = training_masks_like(mask, fraction, dataset, seed) if name == "knn" else None
    method = method_named(name, model, dataset, like, seed)
    count = min(limit or len(dataset.test), len(dataset.test))
    masks = draw_masks(mask, count, model.config.picture_shape, fraction, seed)
    parts: list[dict[str, Tensor]] = []
    seconds, neighbours = 0.0, None
    for start in range(0, count, BATCH):
        report(start, count)
        some = slice(start, min(start + BATCH, count))
        truth = present(dataset.test.batch(some), model.config.likelihood, noise_generator(seed, start))
        asked = given_labels(model, dataset.test, torch.arange(some.start, some.stop))
        began = time.perf_counter()
        completions = complete(method, asked, truth, masks[some], samples, seed + 1)
        seconds += time.perf_counter() - began
        parts.append(measure_completions(completions, model, truth, masks[some]))
        neighbours = int(completions.trace["neighbours"]) if name == "knn" else None
    sums = {key: torch.cat([part[key] for part in parts]) for key in parts[0]}
    report(count, count)
    hidden = float((~masks).double().mean())
    groups = None if dataset.test_groups is None else dataset.test_groups[:count]
    found = errors(sums, groups)
    return Measured(name, mask, fraction, hidden, found, seconds / count, count, neighbours, groups=groups, sums=sums)


def compared_methods(model: Model) -> tuple[str, ...]:
    """The methods that a model's curves compare: of COMPARED those that it can do."""
    return tuple(name for name in COMPARED if refusal(name, model, labelled=True) is None)


def curve_holes() -> list[tuple[str, float]]:
    """The kinds of mask and fractions of a model's curves: those of HOLES first."""
    curves = [(mask, fraction) for mask in KINDS for fraction in (FRACTIONS if mask == "pixels" else FEWER_FRACTIONS)]
    return list(dict.fromkeys([*HOLES.values(), *curves]))


def weights_of(checkpoint: Checkpoint) -> str:
    """What a curve's rows say of the weights that they were measured with: 12 hex digits."""
    return checkpoint.content_hash[:12]


def measure_curves(
    checkpoint: Checkpoint, dataset: Dataset, limit: int, known: Iterable[dict] = ()
) -> Iterator[list[dict]]:
    """Every method at every kind of mask and fraction, on the first `limit` test pictures: all rows so far, after each.

    A row is `Measured.to_json` and the `weights` that it was measured with; those that are `known` of the same weights,
    as many pictures and as many groups of them are taken over, and others stay until the same is measured anew. Raises
    ValueError for a model that can do no method.
    """
    check_method("naive", checkpoint.model)
    model, weights, limit = checkpoint.model, weights_of(checkpoint), min(limit, len(dataset.test))
    groups = None if dataset.test_groups is None else len(dataset.test_groups[:limit].unique())
    rows = {(row.get("weights"), row["method"], row["mask"], row["fraction"]): row for row in known}
    fresh = {
        key
        for key, row in rows.items()
        if row["images"] == limit and row.get("weights") == weights and row.get("groups") == groups
    }
    for mask, fraction in curve_holes():
        knn: Measured | None = None
        for method in ("knn", *(name for name in compared_methods(model) if name != "knn")):
            key = (weights, method, mask, fraction)
            if key not in fresh:
                if knn is None:
                    knn = measure_method("knn", model, dataset, mask, fraction, limit)
                measured = knn if method == "knn" else measure_method(method, model, dataset, mask, fraction, limit)
                if method != "knn":
                    measured = measured.beside(knn, model)
                rows[key] = {**measured.to_json(), "weights": weights}
            yield list(rows.values())


def read_rows(path: Path) -> list[dict]:
    """The rows of a file that `measure_curves` filled; none where there is no such file. Raises ValueError for another
    file."""
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        whole = isinstance(rows, list) and all(row.keys() >= IDENTITY for row in rows)
    except (ValueError, AttributeError):
        whole = False
    if not whole:
        raise ValueError(f"{path} holds no points of curves: name a new file, or one that inpaint-curves has written")
    return rows


def curve_points(model: Model) -> int:
    """How many rows `measure_curves` comes to."""
    return len(compared_methods(model)) * len(curve_holes())
