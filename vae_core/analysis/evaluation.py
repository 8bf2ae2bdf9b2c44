"""Judging a model on held-out pictures: the numbers that `metrics.json` and the command line report."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Generator, Tensor

from vae_core.analysis.aggregate_posterior import active_dimensions
from vae_core.analysis.likelihood import (
    TRUSTED,
    bits_per_dimension,
    elbo_terms,
    importance_estimate,
    marginal_estimate,
    simulated_gaps,
)
from vae_core.analysis.sharpness import laplacian_variance
from vae_core.data.pictures import Dataset, DatasetInfo, Likelihood, Pictures
from vae_core.data.presentation import present
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.codes import Codes
from vae_core.models.distributions import expectation, sample, splits
from vae_core.models.given import Given
from vae_core.models.model import Classifying, Model

BATCH = 250  # pictures encoded at once
SIMULATED = 100  # pictures that a model makes itself, on which the estimate of log p(x) is checked
BOUND_SAMPLES = 64  # draws of q(z|x) a picture for the ELBO
FEWER_SAMPLES = 16  # where each is asked about with every label
ELBO_SAMPLES = 16  # draws of z a picture: the ELBO's error is then small against its spread over pictures
PRIOR_DRAWS = 1_000  # of p(z), whose sharpness is measured
NEIGHBOURS = 10
NEIGHBOUR_CODES = 60_000  # training pictures among which neighbours are looked for, at most

PERHAPS = (  # numbers that are left out where a model cannot have them
    "effective_samples",
    "few_effective_samples",
    "simulated_bias",
    "simulated_bias_standard_error",
    "active_per_layer",
    "classification_error",
    "sharpness_of_samples",
    "sharpness_of_samples_standard_error",
    "sharpness_of_reconstructions",
    "sharpness_of_reconstructions_standard_error",
)

Share = tuple[float | None, float | None]  # and its standard error
Report = Callable[[int, int], None]  # called with (pictures done, pictures in all)


@dataclass(frozen=True)
class Evaluation:
    """What was measured on a test split; nats per image unless the name says otherwise."""

    elbo: float  # reconstruction - kl
    nll: float  # -log p(x), importance sampled from a proposal fitted to each picture; -elbo of discrete latents
    nll_standard_error: float | None  # of the mean over images, see `standard_error`; None for one image or group
    effective_samples: float | None  # Kish's effective sample size of the importance weights: the median over images
    few_effective_samples: float | None  # share of images with less than 10: their nll is at most what is counted
    simulated_bias: float | None  # nats: on pictures that the model made itself, nll is too high by no more than this
    simulated_bias_standard_error: float | None  # both None of discrete latents, whose nll is a bound
    reconstruction: float  # E_q[log p(x|z)]
    kl: float
    kl_per_dimension: list[float]  # in the latent's own order; one number where the KL does not split over them
    active_units: int  # dimensions whose posterior mean varies over pictures by more than 0.01 (variance), or cells
    # whose code is not the same in all pictures
    active_per_layer: list[int] | None  # of the layers of a chain, the one next to the picture first; else None
    images: int
    nll_images: int  # of them, for which nll is measured
    groups: int  # of these that are independent of each other: as many as there are where each stands for itself
    importance_samples: int  # a picture; four times as many where few of them count; 1 where log p(x) is exact
    bits_per_dimension: float  # of the nll
    neighbour_accuracy: float | None  # labels of test codes from their 10 nearest training codes; None without labels
    log_marginal: Tensor = field(repr=False, compare=False)  # (nll_images,) log p(x), picture by picture
    classification_error: float | None = None  # share of images whose likeliest label is wrong; None without q(y|x)
    sharpness_of_samples: float | None = None  # share of the images' own, see `sharpness`; None of mixed pictures
    sharpness_of_samples_standard_error: float | None = None
    sharpness_of_reconstructions: float | None = None
    sharpness_of_reconstructions_standard_error: float | None = None

    def to_json(self) -> dict:
        """All but `log_marginal`, and what a model cannot have: what is said of estimates where log p(x) is known
        exactly, layers where there is one, an error of classification where there is no q(y|x), sharpness where it
        has none."""
        left_out = {"log_marginal", *(name for name in PERHAPS if getattr(self, name) is None)}
        return {name: value for name, value in vars(self).items() if name not in left_out}


@torch.no_grad()
def evaluate(
    model: Model,
    dataset: Dataset,
    importance_samples: int = 500,
    limit: int | None = None,
    seed: int = 0,
    report: Report = lambda done, total: None,
    likelihood_limit: int | None = None,
) -> Evaluation:
    """Measure a model on the first `limit` test pictures (all of them if None), and log p(x), which takes longest, on
    the first `likelihood_limit` of these.

    Likelihoods are of freshly binarised (or dequantised) pictures, as in training; the seed fixes the draw. log p(x)
    is that of `marginal_estimate`, which is checked on pictures that the model makes itself; where the family knows it
    exactly, one draw of q(z|x) gives it, and nothing is left to check. Raises ValueError for a limit or a number of
    samples below 1, or a data set of another shape than the model's pictures.
    """
    check_same_shape(model, dataset.info)
    check_labels(model, dataset.info)
    check_limits(limit=limit, likelihood_limit=likelihood_limit)
    count = min(limit or len(dataset.test), len(dataset.test))
    estimated = min(likelihood_limit or count, count)
    exact, discrete = families.of(model).exact, families.of(model).latent == "discrete"
    alone = exact or discrete  # one z is all that q(z|x) has
    bound_samples = FEWER_SAMPLES if families.classifies(model) else BOUND_SAMPLES
    if alone:
        importance_samples, bound_samples = 1, 1
    marginals, likelihoods, costs, centres, effective = [], [], [], [], []
    done, seen = 0, []
    for asked, rows in parts(model, dataset.test, count):
        generator = noise_generator(seed, int(rows[0]))
        x = present(dataset.test.batch(rows), model.config.likelihood, generator)
        posterior = asked.encode(x)
        terms = elbo_terms(asked, x, bound_samples, posterior, generator)
        if (measured := rows < estimated).any():
            estimate = marginal_estimate(asked, x[measured], importance_samples, generator)
            marginals.append(estimate.log_marginal)
            effective.append(estimate.effective_samples)
            seen.append(rows[measured])
        likelihoods.append(terms.log_likelihood)
        costs.append(terms.kl)
        centres.append(expectation(posterior, generator, BOUND_SAMPLES))
        done += len(rows)
        report(done, count)
    log_marginal, kl, means, counted = (torch.cat(each) for each in (marginals, costs, centres, effective))
    log_marginal = log_marginal[torch.cat(seen).argsort()]
    reconstruction, nll = torch.cat(likelihoods).mean().item(), -log_marginal.mean().item()
    layers = families.layers(model)
    bias, of_bias = None, None
    if not alone:
        bias, of_bias = simulated_bias(model, dataset.test, count, importance_samples, noise_generator(seed, count))
    groups = of_first(dataset.test_groups, estimated)
    (drawn, of_drawn), (rebuilt, of_rebuilt) = sharpness(model, dataset, count, seed)
    return Evaluation(
        elbo=reconstruction - kl.sum(1).mean().item(),
        nll=nll,
        nll_standard_error=standard_error(log_marginal, groups),
        effective_samples=None if exact else counted.median().item(),
        few_effective_samples=None if exact else (counted < TRUSTED).float().mean().item(),
        simulated_bias=bias,
        simulated_bias_standard_error=of_bias,
        reconstruction=reconstruction,
        kl=kl.sum(1).mean().item(),
        kl_per_dimension=kl.mean(0).tolist(),
        active_units=int((means != means[0]).any(0).sum()) if discrete else active_units(means),
        active_per_layer=[active_units(layer) for layer in means.split(layers, 1)] if len(layers) > 1 else None,
        images=count,
        nll_images=estimated,
        groups=estimated if groups is None else len(groups.unique()),
        importance_samples=importance_samples,
        bits_per_dimension=bits_per_dimension(nll, model.config.picture_shape, model.config.likelihood),
        neighbour_accuracy=neighbour_accuracy(model, dataset, count),
        log_marginal=log_marginal,
        classification_error=classification_error(model, dataset.test, count),
        sharpness_of_samples=drawn,
        sharpness_of_samples_standard_error=of_drawn,
        sharpness_of_reconstructions=rebuilt,
        sharpness_of_reconstructions_standard_error=of_rebuilt,
    )


def check_limits(**limits: int | None) -> None:
    """Raise ValueError for a number of pictures below 1."""
    for name, most in limits.items():
        if most is not None and most < 1:
            raise ValueError(f"{name} must be at least 1, got {most}")


def of_first(groups: Tensor | None, count: int) -> Tensor | None:
    """The groups (numbers) of the first pictures, where there are some."""
    return None if groups is None else groups[:count]


@torch.no_grad()
def weighted_bound(
    model: Model,
    dataset: Dataset,
    samples: int,
    limit: int | None = None,
    seed: int = 0,
    report: Report = lambda done, total: None,
) -> tuple[float, float | None]:
    """The importance-weighted bound on log p(x) of K = `samples` draws of q(z|x), the mean over the first `limit` test
    pictures (all of them if None) in nats, and its standard error.

    Burda, Grosse & Salakhutdinov 2016, equation 8 (https://arxiv.org/abs/1509.00519): the ELBO for K = 1, and no lower
    the more draws there are. Raises ValueError for fewer pictures or draws than one, for a model whose q(z|x) is one z,
    and for a data set of another shape than the model's pictures or without the labels that it takes.
    """
    check_same_shape(model, dataset.info)
    check_labels(model, dataset.info)
    check_limits(limit=limit)
    family = families.of(model)
    if family.exact or family.latent == "discrete":
        raise ValueError(f"a model of the family {family.name} has one z for a picture: every such bound is its ELBO")
    count = min(limit or len(dataset.test), len(dataset.test))
    values, done = torch.empty(count), 0
    for asked, rows in parts(model, dataset.test, count):
        generator = noise_generator(seed, int(rows[0]))
        x = present(dataset.test.batch(rows), model.config.likelihood, generator)
        values[rows] = importance_estimate(asked, x, samples, generator=generator).log_marginal
        done += len(rows)
        report(done, count)
    return values.mean().item(), standard_error(values, of_first(dataset.test_groups, count))


def parts(model: Model, pictures: Pictures, count: int) -> Iterator[tuple[Model, Tensor]]:
    """The first `count` pictures of a split, rows (B,) of at most BATCH at once, and the model to ask about them, see
    `asked_about`."""
    for asked, rows in asked_about(model, pictures, count):
        yield from ((asked, some) for some in rows.split(BATCH))


def asked_about(model: Model, pictures: Pictures, count: int) -> Iterator[tuple[Model, Tensor]]:
    """The first `count` pictures of a split, rows (B,), and the model to ask about them: for one that takes labels
    those of a label together, which it is given. Raises ValueError where labels are needed and there are none."""
    rows = torch.arange(count)
    if not families.of(model).takes_labels:
        yield model, rows
        return
    (labels,) = families.labels_for(model, pictures.labels)
    for label in labels[:count].unique():
        yield Given(model, label), rows[labels[:count] == label]


def simulated_bias(
    model: Model, pictures: Pictures, count: int, samples: int, generator: Generator
) -> tuple[float, float | None]:
    """By how much the estimate of log p(x) can be too low, nats a picture, and the standard error of that: see
    `simulated_gaps`. Of models that take labels, equally many pictures of each that the first `count` of a split
    have."""
    asked = [one for one, _ in asked_about(model, pictures, count)]
    each = math.ceil(SIMULATED / len(asked))
    gaps = torch.cat([simulated_gaps(one, each, samples, generator) for one in asked])
    return gaps.mean().item(), standard_error(gaps)


@torch.no_grad()
def classification_error(model: Model, pictures: Pictures, count: int) -> float | None:
    """Share of the first `count` pictures of a split whose likeliest label under q(y|x) is not theirs, x being the
    picture itself, not a binarised draw of it; None for models that do not classify, and without labels."""
    if not families.classifies(model) or pictures.labels is None:
        return None
    guessed = label_probabilities(model, pictures, torch.arange(count)).argmax(-1)
    return int((guessed != pictures.labels[:count]).sum()) / count


@torch.no_grad()
def sharpness(model: Model, dataset: Dataset, count: int, seed: int = 0) -> tuple[Share, Share]:
    """How sharp a model's samples and its reconstructions are, each as a share of the sharpness of the first `count`
    test pictures (1: as sharp as these), and the standard error of each share.

    Sharpness is the mean over pictures of the variance of the Laplacian, see `laplacian_variance`. Samples are means of
    p(x|z) at PRIOR_DRAWS draws of p(z), reconstructions those at the means of q(z|x) of the test pictures as they are;
    a model that takes labels is given those of the test pictures, in turn. The errors are of ratios of two means, by
    the delta method: independent means for samples, paired ones for reconstructions.

    None where p(x|z) is a mixture over labels, whose mean is no picture but the average of several, for pictures below
    3x3, and where no test picture has any detail.
    """
    if families.of(model).latent == "mixture" or min(model.config.picture_shape[-2:]) < 3:
        return (None, None), (None, None)
    pictures, generator = dataset.test, noise_generator(seed)
    originals, reconstructions, samples = [], [], []
    for rows in torch.arange(count).split(BATCH):
        asked, x = given_labels(model, pictures, rows), noiseless(pictures.batch(rows), model.config.likelihood)
        originals.append(laplacian_variance(x))
        reconstructions.append(laplacian_variance(asked.decode(asked.encode(x).mean).mean))
    for rows in (torch.arange(PRIOR_DRAWS) % count).split(BATCH):
        asked = given_labels(model, pictures, rows)
        z = sample(asked.prior, generator, (len(rows),))  # (B, D)
        samples.append(laplacian_variance(asked.decode(z).mean))
    real, rebuilt, drawn = (torch.cat(each).double() for each in (originals, reconstructions, samples))
    whole, groups = real.mean().item(), of_first(dataset.test_groups, count)
    if whole == 0:
        return (None, None), (None, None)
    of_samples, of_reconstructions = drawn.mean().item() / whole, rebuilt.mean().item() / whole
    own, theirs = standard_error(drawn), standard_error(real, groups)
    paired = standard_error(rebuilt - of_reconstructions * real, groups)
    apart = None if own is None or theirs is None else math.hypot(own, of_samples * theirs)
    return (of_samples, apart and apart / whole), (of_reconstructions, paired and paired / whole)


@torch.no_grad()
def label_probabilities(model: Classifying, pictures: Pictures, indices: Tensor) -> Tensor:
    """q(y|x) of the pictures at `indices` (N,) of a split, of each the picture itself: (N, classes)."""
    batches = (noiseless(pictures.batch(rows), model.config.likelihood) for rows in indices.split(BATCH))
    return torch.cat([model.classify(x).probs for x in batches])


@torch.no_grad()
def bounds(model: Model, pictures: Pictures, count: int, seed: int = 0) -> Tensor:
    """The ELBO of the first `count` pictures of a split by one draw of z each, (N,), nats: of the same pictures and the
    same draws, whatever the model's weights are, so that models of one kind are compared without the draws' noise."""
    values = torch.empty(min(count, len(pictures)))
    for asked, rows in parts(model, pictures, len(values)):
        generator = noise_generator(seed, int(rows[0]))
        x = present(pictures.batch(rows), model.config.likelihood, generator)
        terms = elbo_terms(asked, x, 1, asked.encode(x), generator)
        values[rows] = terms.log_likelihood - terms.kl.sum(1)
    return values


def given_labels(model: Model, pictures: Pictures, rows: Tensor) -> Model:
    """The model to ask about the pictures at rows (B,) of a split all together: given their labels if it takes some."""
    labels = families.labels_for(model, pictures.labels)
    return Given(model, labels[0][rows]) if labels else model


def paired_difference(first: Tensor, second: Tensor, groups: Tensor | None = None) -> tuple[float, float | None]:
    """The mean of `first` - `second` (N,), measured on the same pictures, and its standard error: far smaller than
    those of the two means, which pictures that are hard for both models make."""
    return (first - second).mean().item(), standard_error(first - second, groups)


def standard_error(values: Tensor, groups: Tensor | None = None) -> float | None:
    """Of the mean of values (N,) of which those of one group (numbers (N,)) depend on each other; None for one group.

    sqrt(G / (G - 1) * the sum over G groups of (sum of the group's deviations from the mean)^2) / N: that of G group
    means where groups are equally large (Liang & Zeger 1986, with independence as the working correlation,
    https://doi.org/10.1093/biomet/73.1.13). Without groups it is the usual one.
    """
    error = error_of_sum(values - values.mean(), groups)
    return None if error is None else error / len(values)


def error_of_sum(apart: Tensor, groups: Tensor | None = None) -> float | None:
    """The standard error of a sum over values whose deviations (N,) are given, which add up to 0; see
    `standard_error`."""
    numbers = torch.arange(len(apart)) if groups is None else groups.unique(return_inverse=True)[1]
    count = int(numbers.max()) + 1
    if count < 2:
        return None
    sums = torch.zeros(count, dtype=torch.float64).index_add(0, numbers, apart.double())
    return (sums.square().sum() * count / (count - 1)).sqrt().item()


def check_same_shape(model: Model, info: DatasetInfo) -> None:
    """Raise ValueError unless the data set's pictures are of the shape that the model takes."""
    if tuple(info.shape) != tuple(model.config.picture_shape):
        raise ValueError(
            f"the model takes pictures of shape {tuple(model.config.picture_shape)} (channels, height, width), "
            f"{info.name} has {tuple(info.shape)}: name the data set that the model was trained on"
        )


def check_labels(model: Model, info: DatasetInfo) -> None:
    """Raise ValueError unless the data set has as many labels as a model that knows labels."""
    family = families.of(model)
    if not info.labels or not (family.takes_labels or family.classifies):
        return
    known = cast(Classifying, model).config.classes
    if len(info.labels) != known:
        raise ValueError(
            f"the model knows {known} labels, {info.name} has {len(info.labels)}: name the data set that the model was "
            "trained on"
        )


def active_units(means: Tensor) -> int:
    """How many latent dimensions are in use, by their posterior means (N, D): see `active_dimensions`."""
    return len(active_dimensions(means))


def noiseless(pictures: Tensor, likelihood: Likelihood) -> Tensor:
    """uint8 pictures (..., C, H, W) as floats in [0, 1], with no noise: what codes and reconstructions are made from.

    The mean of what `present` draws in training: byte / 255 for "bernoulli", (byte + 1/2) / 256 for "gaussian".
    """
    return pictures.float() / 255 if likelihood == "bernoulli" else (pictures.float() + 0.5) / 256


@torch.no_grad()
def encode_split(model: Model, pictures: Pictures, indices: Tensor | None = None, seed: int = 0) -> Codes:
    """Codes of a split's pictures (all of them, or those at `indices`), encoded as they are: grey, not binarised.

    The seed fixes the draws of z behind `Codes.log_likelihood`.
    """
    indices = torch.arange(len(pictures)) if indices is None else indices
    means, stddevs, errors, log_likelihoods, costs = [], [], [], [], []
    gaussian = True
    for number, some in enumerate(indices.split(BATCH)):
        seen, x = given_labels(model, pictures, some), noiseless(pictures.batch(some), model.config.likelihood)
        posterior = seen.encode(x)
        means.append(posterior.mean.float())
        stddevs.append(posterior.stddev)
        errors.append(-seen.decode(posterior.mean).log_prob(x))
        terms = elbo_terms(seen, x, ELBO_SAMPLES, posterior, noise_generator(seed, number))
        log_likelihoods.append(terms.log_likelihood)
        costs.append(terms.kl.sum(1))
        gaussian = gaussian and splits(posterior, model.prior)
    return Codes(
        mean=torch.cat(means),
        stddev=torch.cat(stddevs),
        indices=indices,
        reconstruction_error=torch.cat(errors),
        labels=None if pictures.labels is None else pictures.labels[indices],
        log_likelihood=torch.cat(log_likelihoods),
        cost=None if gaussian else torch.cat(costs),
    )


@torch.no_grad()
def posterior_means(model: Model, pictures: Pictures, indices: Tensor) -> Tensor:
    """E_q[z] of the pictures at `indices` of a split, (N, D)."""
    likelihood = model.config.likelihood
    return torch.cat(
        [
            given_labels(model, pictures, some).encode(noiseless(pictures.batch(some), likelihood)).mean
            for some in indices.split(BATCH)
        ]
    )


@torch.no_grad()
def neighbour_accuracy(model: Model, dataset: Dataset, limit: int) -> float | None:
    """Share of test pictures whose label is the commonest among the 10 training codes nearest to theirs.

    The lecture's "automatic clustering", as a number: a model that was told no labels has never seen them. None without
    labels, for latents that have no distances, and for models whose codes are of a picture and its label.
    """
    if not families.of(model).has_distances or families.of(model).takes_labels:
        return None
    if dataset.train.labels is None or dataset.test.labels is None:
        return None
    spread = torch.linspace(0, len(dataset.train) - 1, min(NEIGHBOUR_CODES, len(dataset.train))).long()
    train = posterior_means(model, dataset.train, spread).numpy()
    test = posterior_means(model, dataset.test, torch.arange(limit)).numpy()
    classifier = KNeighborsClassifier(min(NEIGHBOURS, len(train))).fit(train, dataset.train.labels[spread].numpy())
    return float(np.mean(classifier.predict(test) == dataset.test.labels[:limit].numpy()))
