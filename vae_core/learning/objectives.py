"""Objectives: a model and a batch in, per-sample terms out. Only the trainer reduces them.

An objective is a frozen dataclass, its fields are its settings: `to_json` and `from_json` write and read any of them.
"""

import math
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, get_type_hints

import torch

from vae_core.data.masks import training_masks
from vae_core.learning.adversarial import VAEGAN, FeatureLikelihood
from vae_core.learning.importance_weighted import IWAE
from vae_core.learning.monte_carlo_em import MonteCarloEM
from vae_core.learning.quantisation import VectorQuantisation
from vae_core.learning.score_function import ScoreFunction
from vae_core.learning.semi_supervised import M2
from vae_core.learning.terms import (
    Batch,
    Objective,
    Terms,
    averaged,
    check_not_negative,
    check_samples,
    check_share,
    sampled_terms,
)
from vae_core.learning.wake_sleep import WakeSleep
from vae_core.models import families
from vae_core.models.distributions import each_dimension, kl_terms, sample, splits
from vae_core.models.model import LEFT_OUT, Model, settings_of


@dataclass(frozen=True)
class ELBO:
    """E_q[log p(x|z)] - KL(q(z|x) || p(z)) with one sample of z and the KL in closed form, where it has one.

    Kingma & Welling 2013, equation 10 (https://arxiv.org/abs/1312.6114); `samples` is their L: the mean over as many
    draws of z for each picture, the "VAE" with k samples of Burda et al. 2016, table 1
    (https://arxiv.org/abs/1509.00519).
    """

    name: ClassVar[str] = "elbo"
    samples: int = field(default=1, metadata=LEFT_OUT)

    def __post_init__(self):
        check_samples(self.samples)

    def __call__(self, model: Model, batch: Batch) -> Terms:
        _, _, log_likelihood, kl = sampled_terms(model, batch, (self.samples,))  # (K, B), (B, D)
        log_likelihood, kl = log_likelihood.mean(0), averaged(kl)
        return Terms(log_likelihood, kl, log_likelihood - kl.sum(-1))


@dataclass(frozen=True)
class Autoencoder:
    """log p(x|z) at z = E_q[z]: no noise, no KL. The deterministic autoencoder of the lecture, with the decoder's
    likelihood as its measure of error."""

    name: ClassVar[str] = "autoencoder"

    def __call__(self, model: Model, batch: Batch) -> Terms:
        posterior = model.encode(batch.x)
        log_likelihood = model.decode(posterior.mean).log_prob(batch.x)
        return Terms(log_likelihood, kl_terms(posterior, model.prior, posterior.mean), log_likelihood)


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
class Annealed:
    """E_q[t log p(x, z) - log q(z|x)], with the inverse temperature t raised evenly from `start` to 1 during the first
    `ramp` of the steps; the ELBO from there on.

    Rezende & Mohamed 2015, equation 20 (https://arxiv.org/abs/1505.05770): posteriors are broad at first, and flows
    bend them before the decoder has settled on what a Gaussian can do. Theirs is 0.01 at first, and 1 after 10,000
    steps. It is not the warm-up of the KL's weight, which would sharpen posteriors at first.
    """

    name: ClassVar[str] = "annealed"
    start: float = 0.01
    ramp: float = 0.2

    def __post_init__(self):
        check_share("start", self.start)
        check_share("ramp", self.ramp)

    def at(self, done: float) -> float:
        """The inverse temperature when `done` (0 to 1) of the training is over."""
        return self.start + (1 - self.start) * min(1.0, done / self.ramp)

    def __call__(self, model: Model, batch: Batch) -> Terms:
        _, z, log_likelihood, kl = sampled_terms(model, batch)
        inverse = self.at(batch.done)
        bound = inverse * log_likelihood - kl.sum(-1) - (1 - inverse) * model.prior.log_prob(z)
        return Terms(log_likelihood, kl, bound)


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
        if not splits(posterior):
            kind = type(posterior).__name__
            raise ValueError(f"{self.name} needs a q(z|x) of independent dimensions, this one is a {kind}: use elbo")
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
    for objective in (
        ELBO,
        Autoencoder,
        BetaELBO,
        Annealed,
        Capacity,
        BetaTCVAE,
        MaskedPosterior,
        IWAE,
        M2,
        WakeSleep,
        MonteCarloEM,
        VectorQuantisation,
        FeatureLikelihood,
        VAEGAN,
        ScoreFunction,
    )
}


def to_json(objective: Objective) -> dict:
    """{"name": ..., and the objective's settings}."""
    return {"name": objective.name, **settings_of(objective)}


def from_json(settings: dict) -> Objective:
    """The objective that `to_json` described. Raises ValueError for an unknown name or setting, or one that is not of
    its kind."""
    name = settings.get("name")
    if not isinstance(name, str) or name not in OBJECTIVES:
        raise ValueError(f"objective must be one of {', '.join(OBJECTIVES)}, got {name!r}")
    known = {field.name for field in fields(OBJECTIVES[name])}
    given = {key: value for key, value in settings.items() if key != "name"}
    unknown = given.keys() - known
    if unknown:
        has = ", ".join(sorted(known)) or "no settings"
        raise ValueError(f"the objective {name} has no {', '.join(sorted(unknown))}: it has {has}")
    kinds = get_type_hints(OBJECTIVES[name])
    return OBJECTIVES[name](**{key: of_kind(key, value, kinds[key]) for key, value in given.items()})


def of_kind(key: str, value: object, kind: Any) -> float | int | str:
    """A setting from JSON, of the kind that its field is: float, int, or text that the objective itself judges.
    Raises ValueError."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and number:
        return float(value)  # type: ignore[arg-type] # a number
    if kind is int and number and isinstance(value, int):
        return value
    if kind not in (float, int) and isinstance(value, str):
        return value
    wanted = "a number" if kind is float else "a whole number" if kind is int else "text"
    raise ValueError(f"{key} must be {wanted}, got {value!r:.60}")
