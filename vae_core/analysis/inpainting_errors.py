"""How near completions come to the truth: errors on missing pixels, by method, mask and missing fraction."""

import functools
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import torch
from torch import Tensor
from torch.distributions import Normal

from vae_core.analysis.evaluation import check_same_shape, noiseless
from vae_core.analysis.inpainting import METHODS, Completions, Method, Report, complete, mean_fill, nearest_fill
from vae_core.data.masks import KINDS, draw_masks
from vae_core.data.pictures import Dataset
from vae_core.data.presentation import present
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.masked import Completer
from vae_core.models.model import Model

BATCH = 100  # pictures completed at once
SAMPLES = 50  # completions a picture
BASELINES = ("mean", "knn", "naive")
NAMES = ("mean", "knn", *METHODS)
NEEDED: dict[str, Completer] = {"masked": "mlp", "partial-conv": "partial-conv"}  # a method's kind of encoder
EXAMPLES = {"masked": "mnist-masked-10d", "partial-conv": "mnist-partialconv-10d"}
FRACTIONS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # of single pixels
FEWER_FRACTIONS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95)  # of every other kind of mask


@dataclass(frozen=True)
class InpaintingErrors:
    """How near completions come to the truth, on missing pixels alone, averaged over them."""

    rmse_missing: float  # of the mean completion
    cross_entropy_missing: float | None  # nats a missing pixel, of the mean completion; None for Gaussian pixels
    log_likelihood_missing: float  # nats a missing pixel: of the truth under the mixture of completions, jointly
    coverage: float  # share of missing pixels within 1.96 standard deviations of the mean completion
    variance_ratio: float  # mean squared error over the variance that the completions claim; 1 is honest
    standard_errors: dict[str, float | None]  # of the four above by name, for other pictures; None for one picture


@torch.no_grad()
def measure_completions(completions: Completions, model: Model, truth: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """Sums (B,) over each picture's missing pixels of what `InpaintingErrors` averages, and their numbers (B,);
    concatenate batches, then `errors`."""
    missing = ~mask.expand_as(truth)
    mean = completions.mean
    gaussian = model.config.likelihood == "gaussian"
    if gaussian:
        noise = model.decode(torch.zeros(1, model.config.latent_dim)).base_dist.stddev.flatten()[0]
        variance = completions.spread.square() + noise.square()
    else:
        variance = mean * (1 - mean)
    squared = (truth - mean).square()
    found = {
        "pixels": missing,
        "squared": squared * missing,
        "variance": variance * missing,
        "covered": (squared <= 1.96**2 * variance) & missing,
    }
    if gaussian:
        log_pixels = Normal(completions.samples, noise, validate_args=False).log_prob(truth)
    else:
        held = mean.clamp(1e-6, 1 - 1e-6)
        each = -(truth * held.log() + (1 - truth) * (1 - held).log())
        found["cross_entropy"] = each * missing
        some = completions.samples.clamp(1e-6, 1 - 1e-6)
        log_pixels = truth * some.log() + (1 - truth) * (1 - some).log()
    log_each = (log_pixels * missing).sum((-3, -2, -1))  # (S, B)
    found = {name: value.sum((-3, -2, -1)) for name, value in found.items()}
    return {**found, "log_likelihood": log_each.logsumexp(0) - math.log(len(log_each))}


def errors(sums: dict[str, Tensor]) -> InpaintingErrors:
    """The averages of what `measure_completions` gave, and their standard errors: those of a ratio of sums over
    pictures, by the delta method. Raises ValueError where no pixel is missing."""
    pixels = sums["pixels"].double()
    pictures, total = len(pixels), float(pixels.sum())
    if total == 0:
        raise ValueError("nothing is missing: there is nothing to measure")
    each = {name: float(value.double().sum()) / total for name, value in sums.items()}

    def standard_error(name: str) -> float | None:
        if pictures < 2 or name not in sums:
            return None
        apart = sums[name].double() - each[name] * pixels
        return math.sqrt(pictures / (pictures - 1) * float(apart.square().sum())) / total

    rmse = math.sqrt(each["squared"])
    of_square = standard_error("squared")
    return InpaintingErrors(
        rmse_missing=rmse,
        cross_entropy_missing=each.get("cross_entropy"),
        log_likelihood_missing=each["log_likelihood"],
        coverage=each["covered"],
        variance_ratio=each["squared"] / max(each["variance"], 1e-12),
        standard_errors={
            "rmse_missing": of_square / (2 * rmse) if of_square is not None and rmse > 0 else None,
            "cross_entropy_missing": standard_error("cross_entropy"),
            "log_likelihood_missing": standard_error("log_likelihood"),
            "coverage": standard_error("covered"),
        },
    )


@dataclass(frozen=True)
class Measured:
    """One method on one kind of mask."""

    method: str
    mask: str
    fraction: float
    errors: InpaintingErrors
    seconds_per_image: float
    images: int

    def to_json(self) -> dict:
        return {**{key: value for key, value in vars(self).items() if key != "errors"}, **asdict(self.errors)}


def completer_of(model: Model) -> Completer | None:
    """The kind of a model's encoder for what is left of a picture, or None where it has none."""
    return model.config.completer if families.completes_holes(model) else None


def method_named(name: str, model: Model, dataset: Dataset) -> str | Method:
    """A method of `complete`; the baselines "mean" and "knn" are made from the training split.

    Raises ValueError for any other name, or if the model was not trained for the method.
    """
    if name not in NAMES:
        raise ValueError(f"method must be one of {', '.join(NAMES)}, got {name!r}")
    completer = completer_of(model)
    for method, needed in NEEDED.items():
        if name == method and completer != needed:
            raise ValueError(f"{method} needs a model with that encoder, such as {EXAMPLES[method]}")
    values = functools.partial(noiseless, likelihood=model.config.likelihood)
    if name == "mean":
        return mean_fill(dataset.train, values)
    if name == "knn":
        return nearest_fill(dataset.train, values)
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

    Every method sees the same pictures and masks, which the seed fixes.
    Raises ValueError for an unknown method or mask, a limit below 1, or pictures of another shape than the model's.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    check_same_shape(model, dataset.info)
    method = method_named(name, model, dataset)
    count = min(limit or len(dataset.test), len(dataset.test))
    masks = draw_masks(mask, count, model.config.picture_shape, fraction, seed)
    parts: list[dict[str, Tensor]] = []
    seconds = 0.0
    for start in range(0, count, BATCH):
        report(start, count)
        some = slice(start, min(start + BATCH, count))
        truth = present(dataset.test.batch(some), model.config.likelihood, noise_generator(seed, start))
        began = time.perf_counter()
        completions = complete(method, model, truth, masks[some], samples, seed + 1)
        seconds += time.perf_counter() - began
        parts.append(measure_completions(completions, model, truth, masks[some]))
    sums = {key: torch.cat([part[key] for part in parts]) for key in parts[0]}
    report(count, count)
    return Measured(name, mask, fraction, errors(sums), seconds / count, count)


def compared_methods(model: Model) -> tuple[str, ...]:
    """The methods that a model's curves compare: the baselines, its own encoder, and what needs any encoder."""
    own = tuple(method for method, needed in NEEDED.items() if needed == completer_of(model))
    return (*BASELINES, *own, "pseudo-gibbs", "metropolis", "importance", "gradient")


def measure_curves(model: Model, dataset: Dataset, limit: int, known: Iterable[dict] = ()) -> Iterator[list[dict]]:
    """Every method at every kind of mask and fraction, on the first `limit` test pictures: all rows so far, after each.

    A row is `Measured.to_json`; those that are `known` are taken over.
    """
    rows = {(row["method"], row["mask"], row["fraction"]): row for row in known if row["images"] == limit}
    for mask in KINDS:
        for fraction in FRACTIONS if mask == "pixels" else FEWER_FRACTIONS:
            for method in compared_methods(model):
                if (method, mask, fraction) not in rows:
                    measured = measure_method(method, model, dataset, mask, fraction, limit)
                    rows[method, mask, fraction] = measured.to_json()
                yield list(rows.values())


def curve_points(model: Model) -> int:
    """How many rows `measure_curves` comes to."""
    return len(compared_methods(model)) * (len(FRACTIONS) + (len(KINDS) - 1) * len(FEWER_FRACTIONS))
