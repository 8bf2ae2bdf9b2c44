"""The importance-weighted bound, and the gradient of it that does not drown in noise as samples are added."""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from vae_core.learning.terms import Batch, Terms, averaged, check_samples, sampled_terms
from vae_core.models.distributions import detached
from vae_core.models.model import Model

Gradient = Literal["plain", "dreg"]


@dataclass(frozen=True)
class IWAE:
    """log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k|x), with K = `samples` draws z_k of q(z|x) for each picture.

    Burda, Grosse & Salakhutdinov 2016, equation 8 (https://arxiv.org/abs/1509.00519): the ELBO, by the density of the
    draw, for K = 1; log p(x) as K grows.

    The gradient is "plain", that of the definition, or "dreg", doubly reparametrised: Tucker, Lawson, Gu & Maddison
    2018, equation 8 (https://arxiv.org/abs/1810.04152). With the weights normalised to w_k, the encoder then gets
    sum_k w_k^2 (d log weight_k / d z_k) (d z_k / d phi), without the score of q, and what p(x|z) and p(z) are made of
    the usual sum_k w_k d log weight_k / d theta. Its mean is the same; its noise for the encoder is less, and does not
    outgrow the signal as K rises (a VampPrior, through which the encoder is in p(z), too, takes the gain back: there
    the scores that it leaves out had cancelled). The terms' log-likelihood is there to be looked at: its gradient
    carries the weights of the bound.
    """

    name: ClassVar[str] = "iwae"
    samples: int = 5
    gradient: Gradient = "plain"

    def __post_init__(self):
        check_samples(self.samples)
        if self.gradient not in ("plain", "dreg"):
            raise ValueError(f"gradient must be plain or dreg, got {self.gradient!r:.60}")

    def __call__(self, model: Model, batch: Batch) -> Terms:
        posterior, z, log_likelihood, kl = sampled_terms(model, batch, (self.samples,))  # (K, B, D), (K, B)
        if self.gradient == "plain" and kl.dim() > 2:
            log_weights = log_likelihood - kl.squeeze(-1)  # (K, B)
        else:
            proposal = posterior if self.gradient == "plain" else detached(posterior)
            log_weights = log_likelihood + model.prior.log_prob(z) - proposal.log_prob(z)
        if self.gradient == "dreg" and z.requires_grad:
            # the bound's gradient brings each draw its weight once, here it is given it a second time
            shares = log_weights.detach().softmax(0)[..., None]
            z.register_hook(lambda slope: shares * slope)
        bound = log_weights.logsumexp(0) - math.log(self.samples)
        return Terms(log_likelihood.mean(0), averaged(kl), bound)
