"""What the KL term of the ELBO pays for: information about the picture, dependence between dimensions, and each
dimension's distance from the prior."""

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from vae_core.data.seeds import noise_generator
from vae_core.models.codes import Codes

DRAWS = 2_000  # samples of z
CHUNK = 250  # samples compared with all pictures at once


@dataclass(frozen=True)
class KLDecomposition:
    """The mean KL(q(z|n) || p(z)) over N pictures as a sum of three terms, in nats."""

    index_code_information: float  # I(n; z), at most log N: what z says of which picture it came from
    total_correlation: float  # KL(q(z) || prod_j q(z_j)): how far dimensions depend on each other
    dimension_wise_kl: float  # sum_j KL(q(z_j) || p(z_j))
    standard_error: float  # of the largest of the three, from the spread over samples of z
    pictures: int

    @property
    def kl(self) -> float:
        return self.index_code_information + self.total_correlation + self.dimension_wise_kl

    def to_json(self) -> dict:
        return asdict(self)


@torch.no_grad()
def decompose_kl(codes: Codes, draws: int = DRAWS, seed: int = 0) -> KLDecomposition:
    """The three parts for the N pictures of `codes`, with `draws` samples z ~ q(z), each the posterior of one picture.

    Chen, Li, Grosse & Duvenaud 2018, equation 2 (https://arxiv.org/abs/1802.04942). q(z) is the mixture of all N
    posteriors, summed in full, so that nothing but the draw of z is left to chance. The prior is N(0, I).
    """
    mean, stddev = codes.mean.double(), codes.stddev.double()
    count, dimensions = mean.shape
    generator = noise_generator(seed)
    pictures = torch.randint(count, (draws,), generator=generator)
    noise = torch.randn(draws, dimensions, dtype=torch.float64, generator=generator)
    z = mean[pictures] + stddev[pictures] * noise
    own = normal_log_density(z, mean[pictures], stddev[pictures]).sum(1)
    prior = normal_log_density(z, torch.zeros_like(z), torch.ones_like(z)).sum(1)
    joint, product = [], []
    for some in z.split(CHUNK):
        log_joint = torch.zeros(len(some), count, dtype=torch.float64)
        log_product = torch.zeros(len(some), dtype=torch.float64)
        for j in range(dimensions):
            log_each = normal_log_density(some[:, None, j], mean[:, j], stddev[:, j])  # (CHUNK, N)
            log_joint += log_each
            log_product += log_each.logsumexp(1) - math.log(count)
        joint.append(log_joint.logsumexp(1) - math.log(count))
        product.append(log_product)
    log_joint, log_product = torch.cat(joint), torch.cat(product)
    parts = torch.stack([own - log_joint, log_joint - log_product, log_product - prior])  # (3, draws)
    information, correlation, distance = parts.mean(1).tolist()
    return KLDecomposition(
        index_code_information=information,
        total_correlation=correlation,
        dimension_wise_kl=distance,
        standard_error=(parts.std(1).max() / math.sqrt(draws)).item(),
        pictures=count,
    )


def normal_log_density(value: Tensor, mean: Tensor, stddev: Tensor) -> Tensor:
    """log N(value; mean, stddev^2), element by element."""
    return -0.5 * ((value - mean) / stddev) ** 2 - stddev.log() - 0.5 * math.log(2 * math.pi)
