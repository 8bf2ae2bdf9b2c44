"""The other way to the encoder's gradient: by the score of q, without a path through the draw."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from vae_core.learning.terms import Batch, Terms
from vae_core.models import families
from vae_core.models.distributions import kl_terms, sample, splits
from vae_core.models.model import Model


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
