"""Wake-sleep: the encoder learns from dreams, the decoder from pictures, and neither from the other's mistakes."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from vae_core.learning.terms import Batch, Terms, check_dense
from vae_core.models.distributions import kl_terms, sample
from vae_core.models.families import labels_for
from vae_core.models.model import Model


@dataclass(frozen=True)
class WakeSleep:
    """log p(x, z) at z ~ q(z|x) + log q(z'|x') at z', x' ~ p, with draws that pass no gradient on.

    Hinton, Dayan, Frey & Neal 1995, equations 4 and 5 (https://doi.org/10.1126/science.7761831). Awake, the decoder
    (and a learned prior) climbs log p(x, z), which the encoder has no part in; asleep, the encoder climbs log q(z'|x')
    of what the model dreams, which the decoder has no part in. The sum is no bound on log p(x), and there is none that
    both climb: asleep it is the other divergence, KL(p(z|x) || q(z|x)), that shrinks, on dreams. With labels, dreams
    are of the labels of the batch.
    """

    name: ClassVar[str] = "wake-sleep"

    def __call__(self, model: Model, batch: Batch) -> Terms:
        check_dense(model, self.name)
        given = labels_for(model, batch.y)
        with torch.no_grad():
            posterior = model.encode(batch.x, *given)
            z = sample(posterior, batch.generator)
            dreamt_z = sample(model.prior, batch.generator, (len(batch.x),))
            dreamt_x = sample(model.decode(dreamt_z, *given), batch.generator)
            kl = kl_terms(posterior, model.prior, z)
        log_likelihood = model.decode(z, *given).log_prob(batch.x)
        awake = log_likelihood + model.prior.log_prob(z)
        asleep = model.encode(dreamt_x, *given).log_prob(dreamt_z)
        return Terms(log_likelihood, kl, awake + asleep)
