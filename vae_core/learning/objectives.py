"""Objectives: a model and a batch in, per-sample terms out. Only the trainer reduces them.

An objective is a frozen dataclass, its fields are its settings: `to_json` and `from_json` write and read any of them.
"""

import math
from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any, ClassVar, Protocol

import torch
from torch import Generator, Tensor
from torch.distributions import Distribution

from vae_core.data.masks import training_masks
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import each_dimension, kl_per_dimension, kl_terms, sample, splits
from vae_core.models.model import Model


@dataclass(frozen=True)
class Batch:
    """What one training step sees: pictures (B, C, H, W) and, where the data set has them, labels (B,)."""

    x: Tensor
    y: Tensor | None = None
    done: float = 0.0  # share of all training steps that lie behind: schedules go by it
    pictures: int = 1  # in the split that is trained on
    generator: Generator = field(default_factory=noise_generator)  # of the noise, on the pictures' device


@dataclass(frozen=True)
class Terms:
    """Per-sample terms of a bound, in nats."""

    log_likelihood: Tensor  # (B,) log p(x|z), z drawn from q(z|x)
    kl: Tensor  # (B, D) KL(q(z|x) || p(z)) of each latent dimension; (B, 1) where it does not split, see `kl_terms`
    bound: Tensor  # (B,) what training maximises


class Objective(Protocol):
    """What the trainer asks of an objective; `name` is written into checkpoints."""

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __call__(self, model: Model, batch: Batch) -> Terms: ...


@dataclass(frozen=True)
class ELBO:
    """E_q[log p(x|z)] - KL(q(z|x) || p(z)) with one sample of z and the KL in closed form.

    Kingma & Welling 2013, equation 10 (https://arxiv.org/abs/1312.6114).
    """

    name: ClassVar[str] = "elbo"

    def __call__(self, model: Model, batch: Batch) -> Terms:
        _, _, log_likelihood, kl = sampled_terms(model, batch)
        return Terms(log_likelihood, kl, log_likelihood - kl.sum(-1))


@dataclass(frozen=True)
class Autoencoder:
    """log p(x|z) at z = E_q[z]: no noise, no KL. The deterministic autoencoder of the lecture, with the decoder's
    likelihood as its measure of error."""

    name: ClassVar[str] = "autoencoder"

    def __call__(self, model: Model, batch: Batch) -> Terms:
        posterior = model.encode(batch.x)
        log_likelihood = model.decode(posterior.mean).log_prob(batch.x)
        return Terms(log_likelihood, kl_per_dimension(posterior, model.prior), log_likelihood)


@dataclass(frozen=True)
class BetaELBO:
    """E_q[log p(x|z)] - beta KL(q(z|x) || p(z)).

    Higgins et al. 2017, equation 4 (https://openreview.net/forum?id=Sy2fzU9gl). beta = 1 is the ELBO; beta = 0 leaves
    an autoencoder with noise that nothing keeps from vanishing.

    Training may begin with `start` times the weight, which falls to beta evenly in its logarithm during the first
    `ramp` of the steps: few nats are let in at first, so that the strongest factors take a dimension each before
    others can mix with them (the argument of Burgess et al. 2018, section 4, for their capacity).
    """

    name: ClassVar[str] = "beta"
    beta: float = 4.0
    start: float = 1.0
    ramp: float = 0.6

    def __post_init__(self):
        check_not_negative(self)
        check_share("ramp", self.ramp)
        if self.start < 1:
            raise ValueError(f"start must be at least 1, got {self.start}")

    def at(self, done: float) -> float:
        """The weight of the KL when `done` (0 to 1) of the training is over."""
        return self.beta * self.start ** max(0.0, 1 - done / self.ramp)

    def __call__(self, model: Model, batch: Batch) -> Terms:
        _, _, log_likelihood, kl = sampled_terms(model, batch)
        return Terms(log_likelihood, kl, log_likelihood - self.at(batch.done) * kl.sum(-1))


@dataclass(frozen=True)
class Capacity:
    """E_q[log p(x|z)] - gamma |KL - C|, with C raised evenly from 0 to `nats` during the first `ramp` of the steps.

    Burgess et al. 2018, equation 8 (https://arxiv.org/abs/1804.03599); the KL is the batch's mean, so that C is what
    pictures cost on average.
    """

    name: ClassVar[str] = "capacity"
    nats: float = 25.0
    gamma: float = 100.0
    ramp: float = 0.8

    def __post_init__(self):
        check_not_negative(self)
        check_share("ramp", self.ramp)

    def at(self, done: float) -> float:
        """C in nats when `done` (0 to 1) of the training is over."""
        return self.nats * min(1.0, done / self.ramp)

    def __call__(self, model: Model, batch: Batch) -> Terms:
        _, _, log_likelihood, kl = sampled_terms(model, batch)
        distance = (kl.sum(-1).mean() - self.at(batch.done)).abs()
        return Terms(log_likelihood, kl, log_likelihood - self.gamma * distance)


@dataclass(frozen=True)
class ScoreFunction:
    """The ELBO with an encoder that learns of log p(x|z) by the score function instead of by reparametrisation: two
    draws of z a picture, whose gradient is (log p(x|z) - b) d log q(z|x); the KL's is exact.

    Williams 1992 (https://doi.org/10.1007/BF00992696); Paisley, Blei & Jordan 2012, equation 4
    (https://arxiv.org/abs/1206.6430). b is `baseline` (0 to 1) times log p(x|z') of the other draw, which leaves the
    gradient unbiased: the leave-one-out baseline of Mnih & Rezende 2016 (https://arxiv.org/abs/1602.06725). It is here
    to be compared with: with a baseline it learns slowly, without one hardly.
    """

    name: ClassVar[str] = "score-function"
    baseline: float = 1.0

    def __post_init__(self):
        if not 0 <= self.baseline <= 1:
            raise ValueError(f"baseline must be between 0 and 1, got {self.baseline}")

    def __call__(self, model: Model, batch: Batch) -> Terms:
        given = families.labels_for(model, batch.y)
        posterior = model.encode(batch.x, *given)
        if not splits(posterior, model.prior):
            raise ValueError(f"{self.name} trains models with Gaussian q(z|x) and p(z), whose KL has a closed form")
        z = sample(posterior, batch.generator, (2,)).detach()  # (2, B, D): no gradient passes through the draw
        draws = torch.stack([model.decode(each, *given).log_prob(batch.x) for each in z])  # (2, B)
        log_likelihood, kl = draws.mean(0), kl_terms(posterior, model.prior, z[0])
        gain = (draws - self.baseline * draws.flip(0)).detach()
        score = (gain * posterior.log_prob(z)).mean(0)
        return Terms(log_likelihood, kl, log_likelihood - kl.sum(-1) + score - score.detach())


@dataclass(frozen=True)
class BetaTCVAE:
    """E_q[log p(x|z)] - I(n; z) - beta TC(z) - sum_j KL(q(z_j) || p(z_j)): only the total correlation is weighed.

    Chen, Li, Grosse & Duvenaud 2018, equation 4 with alpha = gamma = 1 (https://arxiv.org/abs/1802.04942). q(z) is
    estimated from the batch by minibatch-weighted sampling, their appendix C.1.
    """

    name: ClassVar[str] = "beta-tcvae"
    beta: float = 4.0

    def __post_init__(self):
        check_not_negative(self)

    def __call__(self, model: Model, batch: Batch) -> Terms:
        posterior, z, log_likelihood, kl = sampled_terms(model, batch)
        # log q(z_i,d | n_j) for every sample i and picture j of the batch: (B, B, D)
        log_each = each_dimension(posterior).log_prob(z[:, None])
        log_weight = math.log(len(z) * batch.pictures)
        log_joint = log_each.sum(-1).logsumexp(1) - log_weight  # (B,) log q(z)
        log_product = (log_each.logsumexp(1) - log_weight).sum(-1)  # (B,) log prod_d q(z_d)
        information = posterior.log_prob(z) - log_joint
        total_correlation = log_joint - log_product
        dimension_wise = log_product - model.prior.log_prob(z)
        penalty = information + self.beta * total_correlation + dimension_wise
        return Terms(log_likelihood, kl, log_likelihood - penalty)


@dataclass(frozen=True)
class MaskedPosterior:
    """log q(z | x observed) of z ~ q(z|x), under a random mask: its maximum over all encoders is the mean of q(z|x)
    over the pictures that agree with what is observed.

    The forward KL of Paige & Wood 2016, equation 3 (https://arxiv.org/abs/1602.06701), with pictures of the data set
    and the whole picture's posterior in place of samples of the model. It covers every hump, where an ELBO of the
    observed pixels would settle on one.
    """

    name: ClassVar[str] = "masked-posterior"

    def __call__(self, model: Model, batch: Batch) -> Terms:
        if not families.completes_holes(model):
            raise ValueError(f"{self.name} trains a model that completes holes, this one is {model.config.family}")
        with torch.no_grad():
            z = sample(model.encode(batch.x), batch.generator)
        masks = training_masks(len(batch.x), model.config.picture_shape, batch.generator).to(batch.x.device)
        bound = model.encode_observed(batch.x, masks).log_prob(z)
        return Terms(bound, torch.zeros_like(z), bound)


OBJECTIVES: dict[str, type[Objective]] = {
    objective.name: objective
    for objective in (ELBO, Autoencoder, BetaELBO, Capacity, BetaTCVAE, MaskedPosterior, ScoreFunction)
}


def sampled_terms(model: Model, batch: Batch) -> tuple[Distribution, Tensor, Tensor, Tensor]:
    """q(z|x), one z drawn from it (B, D), log p(x|z) (B,) and the KL, see `kl_terms`; all given the labels, for
    families that take them."""
    given = families.labels_for(model, batch.y)
    posterior = model.encode(batch.x, *given)
    z = sample(posterior, batch.generator)
    return posterior, z, model.decode(z, *given).log_prob(batch.x), kl_terms(posterior, model.prior, z)


def to_json(objective: Objective) -> dict:
    """{"name": ..., and the objective's settings}."""
    return {"name": objective.name, **asdict(objective)}


def from_json(settings: dict) -> Objective:
    """The objective that `to_json` described. Raises ValueError for an unknown name or setting."""
    name = settings.get("name")
    if not isinstance(name, str) or name not in OBJECTIVES:
        raise ValueError(f"objective must be one of {', '.join(OBJECTIVES)}, got {name!r}")
    known = {field.name for field in fields(OBJECTIVES[name])}
    given = {key: value for key, value in settings.items() if key != "name"}
    unknown = given.keys() - known
    if unknown:
        has = ", ".join(sorted(known)) or "no settings"
        raise ValueError(f"the objective {name} has no {', '.join(sorted(unknown))}: it has {has}")
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{key} must be a number, got {value!r}")
    return OBJECTIVES[name](**{key: float(value) for key, value in given.items()})


def check_not_negative(objective: Objective) -> None:
    """Raise ValueError unless every setting is a finite number from 0 up."""
    for key, value in asdict(objective).items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{key} must be a number from 0 up, got {value}")


def check_share(name: str, value: float) -> None:
    """Raise ValueError unless a setting is a share of the training, above 0 and at most 1."""
    if not 0 < value <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1, got {value}")
