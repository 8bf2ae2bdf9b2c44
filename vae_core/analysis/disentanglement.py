"""How well latent dimensions stand for the factors that pictures were made from, by five published definitions.

All of them start from one pool of encoded pictures, drawn evenly from the grid of factors (`factor_codes`): those that
share a value of one factor are then a random draw of all others, which is what the sampling metrics ask for.

A factor that takes one value alone (the colour of grey pictures) has nothing to tell: every score leaves it out, and is
what it is without that factor. Values may be counted from any number.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import cast

import numpy as np
import torch
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from torch import Tensor

from vae_core.analysis import aggregate_posterior
from vae_core.analysis.evaluation import BATCH, Report, noiseless
from vae_core.data.pictures import Dataset, DatasetInfo, Factor, RenderedPictures, Turn
from vae_core.models.model import Model

POOL = 50_000  # pictures encoded
SMALLEST_POOL = 500  # for those that predictors are fitted on
BINS = 100  # of a latent dimension, for its mutual information with a factor
REGRESSION_SIZE = 10_000  # pictures that predictors are fitted on, and as many more that they are judged on
VOTES = 2_000  # sampled comparisons to learn from, and as many to judge by
PICTURES_PER_VOTE = 64  # pairs for Higgins, pictures for FactorVAE
TREES = 40


@dataclass(frozen=True)
class FactorCodes:
    """Posteriors q(z|x) of pictures with known factors."""

    mean: Tensor  # (N, D)
    stddev: Tensor  # (N, D); zeros for a code without noise
    values: Tensor  # (N, F) int64, each factor's from 0, or from any other number
    factors: tuple[Factor, ...]

    def __post_init__(self):
        shapes = tuple(self.mean.shape), tuple(self.stddev.shape), tuple(self.values.shape)
        pictures = len(self.mean)
        if self.mean.ndim != 2 or shapes[0] != shapes[1] or shapes[2] != (pictures, len(self.factors)):
            raise ValueError(
                f"mean and stddev must be (N, D) and values (N, {len(self.factors)}), got {shapes[0]}, {shapes[1]} "
                f"and {shapes[2]}"
            )

    def first(self, count: int, start: int = 0) -> FactorCodes:
        """`count` of the pictures, from `start` on."""
        part = slice(start, start + count)
        return FactorCodes(self.mean[part], self.stddev[part], self.values[part], self.factors)

    def from_zero(self) -> FactorCodes:
        """The same, with the smallest value as 0 of each factor whose values are not below its size as they are.

        Raises ValueError where a factor's values span more than its size.
        """
        if not len(self.values):
            raise ValueError("disentanglement needs pictures, got none")
        low, high = self.values.amin(0), self.values.amax(0)
        for factor, span in zip(self.factors, (high - low).tolist(), strict=True):
            if span >= factor.size:
                raise ValueError(f"{factor.name} takes {factor.size} values, got some that span {span + 1}")
        outside = (low < 0) | (high >= torch.tensor([factor.size for factor in self.factors]))
        return FactorCodes(self.mean, self.stddev, self.values - low * outside, self.factors)

    def varying(self) -> FactorCodes:
        """The same without the factors of one value. Raises ValueError if none is left."""
        codes = self.from_zero()
        kept = (codes.values.amax(0) - codes.values.amin(0)).nonzero().flatten().tolist()
        if not kept:
            names = " and ".join(factor.name for factor in self.factors) or "none"
            raise ValueError(f"disentanglement needs a factor of two values or more, got {names} of one value")
        factors = tuple(codes._alone(self.factors[k], kept) for k in kept)
        return FactorCodes(self.mean, self.stddev, codes.values[:, kept], factors)

    def alike(self, factor: Factor) -> Tensor:
        """How often each picture comes back in one round of an angle, int64 (N,). Raises ValueError for a factor that
        is none, or whose symmetry depends on a factor that is not there."""
        if factor.turn is None:
            raise ValueError(f"{factor.name} is no angle")
        numbers = torch.tensor(factor.turn.alike)
        if len(numbers) == 1:
            return numbers.expand(len(self.values))
        names = [other.name for other in self.factors]
        if factor.turn.of not in names:
            raise ValueError(f"{factor.name} is as symmetric as its {factor.turn.of}, which is not among the factors")
        return numbers[self.values[:, names.index(factor.turn.of)]]

    def _alone(self, factor: Factor, kept: list[int]) -> Factor:
        """An angle that needs no other factor, if that on which its symmetry depends is not kept."""
        if factor.turn is None or len(factor.turn.alike) == 1 or factor.turn.of in (self.factors[k].name for k in kept):
            return factor
        return replace(factor, turn=Turn("", (int(self.alike(factor)[0]),)))


@dataclass(frozen=True)
class Disentanglement:
    """Scores between 0 (no better than chance) and 1 (a dimension for each factor), except `higgins` and `factor_vae`,
    which are accuracies and start at one over the number of factors that vary. Where there is an angle, `mig` ends at
    `ceiling`, and `sap` counts it in full only for a dimension that is a sine of its phase (0.61 for the phase itself).
    """

    mig: float
    sap: float
    dci_disentanglement: float
    dci_completeness: float
    dci_informativeness: float
    higgins: float
    factor_vae: float

    def to_json(self) -> dict[str, float]:
        return asdict(self)


@torch.no_grad()
def factor_codes(
    model: Model,
    dataset: Dataset,
    count: int = POOL,
    seed: int = 0,
    report: Report = lambda done, total: None,
) -> FactorCodes:
    """Codes of `count` pictures drawn from a data set's training split, evenly over its factors.

    Raises ValueError if the data set has no factors, or for fewer than 1,000 pictures.
    """
    if count < 2 * SMALLEST_POOL:
        raise ValueError(f"disentanglement needs at least {2 * SMALLEST_POOL} pictures, got {count}")
    require_factors(dataset.info)
    train = cast(RenderedPictures, dataset.train)  # as its factors say
    drawn = np.random.default_rng(seed).integers(len(train), size=count)
    means, stddevs, values = [], [], []
    for some in torch.from_numpy(drawn).split(BATCH):
        posterior = model.encode(noiseless(train.batch(some), model.config.likelihood))
        means.append(posterior.mean)
        stddevs.append(posterior.stddev)
        values.append(train.factors(some))
        report(sum(map(len, means)), count)
    return FactorCodes(torch.cat(means), torch.cat(stddevs), torch.cat(values), dataset.info.factors)


def require_factors(info: DatasetInfo) -> None:
    """Raise ValueError for a data set without known factors."""
    if not info.factors:
        raise ValueError(f"{info.name} has no known factors: disentanglement is measured on sprites")


def measure(codes: FactorCodes, seed: int = 0) -> Disentanglement:
    """All five metrics; the seed fixes the draws of those that sample. Raises ValueError where no factor varies."""
    disentanglement, completeness, informativeness = dci(codes, seed)
    return Disentanglement(
        mig=mutual_information_gap(codes),
        sap=separated_attribute_predictability(codes, seed),
        dci_disentanglement=disentanglement,
        dci_completeness=completeness,
        dci_informativeness=informativeness,
        higgins=higgins_metric(codes, seed),
        factor_vae=factor_vae_score(codes, seed),
    )


def mutual_information(codes: FactorCodes, bins: int = BINS) -> Tensor:
    """I(z_j; v_k) of every latent dimension and factor, in nats, (D, F).

    z_j is cut into `bins` equal intervals over the range that q(z_j) covers. Each picture spreads its posterior over
    them (the normal distribution function at their edges), so that the noise of q(z|x) is counted in full and without
    sampling: a dimension that stays at the prior carries nothing, however finely its mean may vary.
    """
    codes = codes.from_zero()
    low = (codes.mean - 3 * codes.stddev).amin(0)  # (D,)
    high = (codes.mean + 3 * codes.stddev).amax(0)
    steps = torch.linspace(0, 1, bins + 1)[1:-1]
    edges = low + (high - low).clamp_min(1e-6) * steps[:, None]  # (bins - 1, D)
    information = torch.empty(codes.mean.shape[1], len(codes.factors))
    for j in range(codes.mean.shape[1]):
        distances = edges[:, j] - codes.mean[:, j, None]  # (N, bins - 1)
        below = torch.special.ndtr(distances / codes.stddev[:, j, None].clamp_min(1e-9))
        mass = torch.diff(torch.nn.functional.pad(torch.nn.functional.pad(below, (1, 0)), (0, 1), value=1.0))
        for k, factor in enumerate(codes.factors):
            joint = torch.zeros(factor.size, bins).index_add_(0, codes.values[:, k], mass) / len(mass)
            independent = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
            information[j, k] = torch.special.xlogy(joint, joint / independent.clamp_min(1e-30)).sum()
    return information.clamp_min(0)


def factor_entropy(codes: FactorCodes) -> Tensor:
    """H(v_k) of every factor, in nats, (F,)."""
    codes = codes.from_zero()
    shares = [codes.values[:, k].bincount(minlength=f.size) / len(codes.values) for k, f in enumerate(codes.factors)]
    return torch.stack([-torch.special.xlogy(share, share).sum() for share in shares])


def phase(codes: FactorCodes, factor: Factor) -> Tensor:
    """Cosine and sine of an angle modulo its symmetry, (N, 2): the angle times how often the picture comes back in one
    round. Two pictures that differ in nothing but a symmetry of their shape have the same phase.

    Raises ValueError for a factor that is no angle.
    """
    turned = codes.values[:, codes.factors.index(factor)] * codes.alike(factor)
    angle = 2 * math.pi * turned.remainder(factor.size) / factor.size
    return torch.stack([angle.cos(), angle.sin()], 1)


def knowable(codes: FactorCodes) -> Tensor:
    """I(x; v_k), in nats, (F,): what a picture tells of each factor, which no code of it can exceed.

    All of it but for an angle: an angle and its likes are one picture, so that an even draw of them leaves the
    logarithm of their number open. Pictures that differ otherwise are taken as told apart.
    """
    codes = codes.from_zero()
    known = factor_entropy(codes)
    for k, factor in enumerate(codes.factors):
        if factor.turn is not None:
            known[k] -= codes.alike(factor).double().log().mean()
    return known.clamp_min(0)


def ideal_codes(factors: tuple[Factor, ...], count: int = POOL, seed: int = 0) -> FactorCodes:
    """Codes that hold everything a picture tells, one dimension a factor without noise, of `count` even draws: each
    value as a number of variance 1, an angle as its phase in parts of a round."""
    generator = np.random.default_rng(seed)
    values = torch.from_numpy(np.stack([generator.integers(factor.size, size=count) for factor in factors], 1))
    codes = FactorCodes(torch.zeros(values.shape), torch.zeros(values.shape), values, factors)
    columns = []
    for k, factor in enumerate(factors):
        column = values[:, k] if factor.turn is None else values[:, k] * codes.alike(factor) % factor.size
        columns.append((column - column.double().mean()) / column.double().std().clamp_min(1e-9))
    return replace(codes, mean=torch.stack(columns, 1).float())


def ceiling(codes: FactorCodes) -> float:
    """The most that MIG can be of these pictures, whatever encodes them: the mean share of a factor's entropy that
    a picture tells."""
    codes = codes.varying()
    return float((knowable(codes) / factor_entropy(codes)).mean())


def mutual_information_gap(codes: FactorCodes) -> float:
    """MIG: how much more the best dimension knows of a factor than the second best, as a share of the factor's entropy,
    averaged over factors. At most `ceiling`.

    Chen, Li, Grosse & Duvenaud 2018, equation 6 (https://arxiv.org/abs/1802.04942), which takes the mutual information
    with z ~ q(z|x), not with its mean.
    """
    codes = codes.varying()
    best = mutual_information(codes).topk(min(2, codes.mean.shape[1]), dim=0).values  # (2, F)
    gap = best[0] - best[1] if len(best) > 1 else best[0]
    return float((gap / factor_entropy(codes)).mean())


def separated_attribute_predictability(codes: FactorCodes, seed: int = 0) -> float:
    """SAP: how much better the best single dimension predicts a factor than the second best, averaged over factors.

    Kumar, Sattigeri & Balakrishnan 2018, section 3 (https://arxiv.org/abs/1711.00848): the squared correlation for an
    ordered factor; for one whose values have no order, the balanced accuracy of thresholds on the dimension, one
    fewer than there are values. Of an angle it is the squared multiple correlation with cosine and sine of its phase
    (Mardia & Jupp, Directional Statistics, 2000, section 11.2.1). A dimension that is not active predicts nothing.
    """
    scores = predictability(codes.varying(), seed).topk(min(2, codes.mean.shape[1]), dim=0).values
    return float((scores[0] - scores[1] if len(scores) > 1 else scores[0]).mean())


def predictability(codes: FactorCodes, seed: int = 0) -> Tensor:
    """SAP's matrix of scores, one dimension against one factor, (D, F)."""
    active = active_dimensions(codes)
    scores = torch.zeros(codes.mean.shape[1], len(codes.factors))
    size = min(REGRESSION_SIZE, len(codes.mean) // 2)
    train, test = codes.first(size), codes.first(size, size)
    for k, factor in enumerate(codes.factors):
        for j in active:
            if factor.turn is not None:
                scores[j, k] = circular_correlation(codes.mean[:, j], phase(codes, factor))
            elif factor.ordered:
                correlation = np.corrcoef(codes.mean[:, j].numpy(), codes.values[:, k].numpy())[0, 1]
                scores[j, k] = float(correlation**2)
            else:
                tree = DecisionTreeClassifier(max_leaf_nodes=factor.size, class_weight="balanced", random_state=seed)
                tree.fit(train.mean[:, [j]].numpy(), train.values[:, k].numpy())
                guesses = tree.predict(test.mean[:, [j]].numpy())
                scores[j, k] = float(balanced_accuracy_score(test.values[:, k].numpy(), guesses))
    return scores


def circular_correlation(z: Tensor, circle: Tensor) -> float:
    """Share of the variance of z (N,) that a plane over cosine and sine (N, 2) of an angle explains, from 0 to 1."""
    z, circle = (values.double() - values.double().mean(0) for values in (z, circle))
    fitted = circle @ (torch.linalg.pinv(circle) @ z)
    return float(fitted.square().sum() / z.square().sum())


def dci(codes: FactorCodes, seed: int = 0) -> tuple[float, float, float]:
    """Disentanglement, completeness and informativeness.

    Eastwood & Williams 2018, section 2 (https://openreview.net/forum?id=By-7dz-AZ), with random forests: their impurity
    importances are R. Informativeness, which the paper gives as an error, is how well the forests predict on other
    pictures: R^2 for an ordered factor, accuracy above chance for the others; 1 is perfect, 0 is guessing. Of an angle,
    cosine and sine of its phase are predicted, and their mean R^2 counts.
    """
    importance, informativeness = forest_importance(codes.varying(), seed)
    disentanglement, completeness = disentanglement_and_completeness(importance)
    return disentanglement, completeness, informativeness


def forest_importance(codes: FactorCodes, seed: int = 0) -> tuple[np.ndarray, float]:
    """R (D, F), the importance of each dimension for predicting each factor, and the mean informativeness."""
    size = min(REGRESSION_SIZE, len(codes.mean) // 2)
    train, test = codes.first(size), codes.first(size, size)
    columns, scores = [], []
    for k, factor in enumerate(codes.factors):
        forest_class = RandomForestRegressor if factor.ordered else RandomForestClassifier
        # Every split sees every dimension: forced to do without the best one, it would lend importance to the others.
        forest = forest_class(TREES, min_samples_leaf=5, max_features=1.0, random_state=seed)
        told, asked = (part.values[:, k] if factor.turn is None else phase(part, factor) for part in (train, test))
        forest.fit(train.mean.numpy(), told.numpy())
        columns.append(forest.feature_importances_)
        score = forest.score(test.mean.numpy(), asked.numpy())
        if not factor.ordered:
            chance = 1 / factor.size
            score = (score - chance) / (1 - chance)
        scores.append(max(0.0, score))
    return np.stack(columns, 1), float(np.mean(scores))


def disentanglement_and_completeness(importance: np.ndarray) -> tuple[float, float]:
    """The two scores of a matrix of importances (D, F): one minus the entropy of its rows (weighted by their share of
    all importance) and of its columns. A factor that nothing predicts scores 0."""
    dimensions, factors = importance.shape
    total = importance.sum()
    if total == 0:
        return 0.0, 0.0
    rows = importance / importance.sum(1, keepdims=True).clip(1e-12)
    columns = importance / importance.sum(0, keepdims=True).clip(1e-12)
    of_rows = 1 - entropy(rows, 1) / math.log(factors) if factors > 1 else np.ones(dimensions)
    of_columns = 1 - entropy(columns, 0) / math.log(dimensions) if dimensions > 1 else np.ones(factors)
    of_columns = of_columns * (importance.sum(0) > 0)
    return float((of_rows * importance.sum(1)).sum() / total), float(of_columns.mean())


def entropy(shares: np.ndarray, axis: int) -> np.ndarray:
    """Entropy in nats of probabilities along an axis."""
    return -(shares * np.log(shares.clip(1e-300))).sum(axis)


def higgins_metric(codes: FactorCodes, seed: int = 0) -> float:
    """Accuracy of a linear classifier that says which factor pairs of pictures share, from how their codes differ.

    Higgins et al. 2017, section 3 (https://openreview.net/forum?id=Sy2fzU9gl): each example is the mean of |z_1 - z_2|
    over pairs that agree in one factor, all others being drawn at random; every pair draws the value that it shares
    anew, evenly from the factor's. 1 with one factor alone to choose from.
    """
    groups = pictures_by_value(codes.varying())
    if len(groups) == 1:
        return 1.0
    pools = [np.concatenate(of_factor) for of_factor in groups]
    sizes = [np.array([len(group) for group in of_factor]) for of_factor in groups]
    generator = np.random.default_rng(seed)
    mean = codes.mean.numpy()
    differences, shared = np.empty((2 * VOTES, mean.shape[1])), generator.integers(len(groups), size=2 * VOTES)
    for example, k in enumerate(shared):
        value = generator.integers(len(sizes[k]), size=PICTURES_PER_VOTE)  # (pairs,)
        start = sizes[k].cumsum() - sizes[k]
        chosen = pools[k][start[value] + generator.integers(sizes[k][value], size=(2, PICTURES_PER_VOTE))]
        pairs = mean[chosen]  # (2, pairs, D)
        differences[example] = np.abs(pairs[0] - pairs[1]).mean(0)
    scale = StandardScaler().fit(differences[:VOTES])
    classifier = LogisticRegression(max_iter=1000).fit(scale.transform(differences[:VOTES]), shared[:VOTES])
    return float(classifier.score(scale.transform(differences[VOTES:]), shared[VOTES:]))


def factor_vae_score(codes: FactorCodes, seed: int = 0) -> float:
    """Accuracy of the majority vote that says which factor a set of pictures shares, from the dimension that varies
    least among them.

    Kim & Mnih 2018, section 4 (https://arxiv.org/abs/1802.05983): variances relative to those over all pictures, and
    dimensions that are not active left out. 0 if none is.
    """
    codes = codes.varying()
    active = active_dimensions(codes)
    if not active:
        return 0.0
    groups = pictures_by_value(codes)
    generator = np.random.default_rng(seed)
    mean = codes.mean[:, active].numpy()
    spread = mean.var(0)
    shared = generator.integers(len(groups), size=2 * VOTES)
    steadiest = np.empty(2 * VOTES, dtype=int)
    for example, k in enumerate(shared):
        group = groups[k][generator.integers(len(groups[k]))]
        chosen = mean[generator.choice(group, PICTURES_PER_VOTE)]
        steadiest[example] = np.argmin(chosen.var(0) / spread)
    votes = np.zeros((len(active), len(groups)))
    np.add.at(votes, (steadiest[:VOTES], shared[:VOTES]), 1)
    return float((votes.argmax(1)[steadiest[VOTES:]] == shared[VOTES:]).mean())


def active_dimensions(codes: FactorCodes) -> list[int]:
    """Dimensions whose posterior mean varies over pictures by more than 0.01 (Burda et al.'s active units)."""
    return aggregate_posterior.active_dimensions(codes.mean).tolist()


def pictures_by_value(codes: FactorCodes) -> list[list[np.ndarray]]:
    """For each factor, the pictures of each of its values: positions in the pool, for values that occur at least
    twice. Raises ValueError for a factor without such a value."""
    groups = []
    for k, factor in enumerate(codes.factors):
        column = codes.values[:, k].numpy()
        of_factor = [np.flatnonzero(column == value) for value in range(factor.size)]
        groups.append([group for group in of_factor if len(group) > 1])
        if not groups[-1]:
            raise ValueError(f"no two of {len(column)} pictures share a value of {factor.name}: encode more of them")
    return groups
