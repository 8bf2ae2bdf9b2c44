"""What the KL term of the ELBO pays for: information about the picture, dependence between dimensions, and each
dimension's distance from the prior; and which of these are a property of the model, not of the number of pictures."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import torch
from torch import Tensor

from vae_core.data.seeds import noise_generator
from vae_core.models.codes import Codes

DRAWS = 2_000  # samples of z
CHUNK = 50  # samples compared with all pictures at once: what fits a cache
FEWER = 4  # the parts are estimated again with so many times fewer pictures
TOLERANCE = 0.1 * math.log(FEWER)  # nats, 0.14: a tenth of what I(n; z) gains from N / 4 to N while it equals log N

Holding = Literal["parts", "sum", "kl"]


@dataclass(frozen=True)
class KLDecomposition:
    """The mean KL(q(z|n) || p(z)) over N pictures as a sum of three terms, in nats.

    Each change is what a term gains from a random quarter of the pictures to all N, at the same samples of z: what is
    left once N no longer matters is a property of the model.
    """

    index_code_information: float  # I(n; z), at most log N: what z says of which picture it came from
    total_correlation: float  # KL(q(z) || prod_j q(z_j)): how far dimensions depend on each other
    dimension_wise_kl: float  # sum_j KL(q(z_j) || p(z_j))
    standard_error: float  # of the largest of the three, from the spread over samples of z
    pictures: int
    sum_standard_error: float  # of I(n; z) + TC = E_n KL(q(z|n) || prod_j q(z_j))
    quarter_pictures: int
    total_correlation_change: float
    total_correlation_change_error: float  # standard error, as that of the sum
    sum_change: float
    sum_change_error: float

    @property
    def kl(self) -> float:
        return self.index_code_information + self.total_correlation + self.dimension_wise_kl

    def to_json(self) -> dict:
        return asdict(self)


@torch.no_grad()
def decompose_kl(codes: Codes, draws: int = DRAWS, seed: int = 0) -> KLDecomposition:
    """The three parts for the N pictures of `codes`, with `draws` samples z ~ q(z), each the posterior of one picture.

    Chen, Li, Grosse & Duvenaud 2018, equation 2 (https://arxiv.org/abs/1802.04942). q(z) is the mixture of all N
    posteriors, summed in full, so that nothing but the draw of z is left to chance. The prior is N(0, I). The changes
    are of a quarter as many samples, from the posteriors of a random quarter of the pictures.
    """
    mean, stddev = codes.mean.double(), codes.stddev.double()
    count, dimensions = mean.shape
    generator = noise_generator(seed)

    def samples(among: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """z (S, D), each of the posterior of one of these pictures, and its log density under that posterior (S,)."""
        pictures = among[torch.randint(len(among), (size,), generator=generator)]
        noise = torch.randn(size, dimensions, dtype=torch.float64, generator=generator)
        z = mean[pictures] + stddev[pictures] * noise
        return z, normal_log_density(z, mean[pictures], stddev[pictures]).sum(1)

    z, own = samples(torch.arange(count), draws)
    log_joint, log_product = aggregate_log_densities(z, mean, stddev)
    prior = normal_log_density(z, torch.zeros_like(z), torch.ones_like(z)).sum(1)
    parts = torch.stack([own - log_joint, log_joint - log_product, log_product - prior])  # (3, draws)
    information, correlation, distance = parts.mean(1).tolist()
    quarter = torch.randperm(count, generator=generator)[: max(1, count // FEWER)]
    z, _ = samples(quarter, max(2, draws // FEWER))
    joint, product = aggregate_log_densities(z, mean, stddev)
    quarter_joint, quarter_product = aggregate_log_densities(z, mean[quarter], stddev[quarter])
    correlation_change = (joint - product) - (quarter_joint - quarter_product)
    sum_change = quarter_product - product
    return KLDecomposition(
        index_code_information=information,
        total_correlation=correlation,
        dimension_wise_kl=distance,
        standard_error=(parts.std(1).max() / math.sqrt(draws)).item(),
        pictures=count,
        sum_standard_error=standard_error(parts[0] + parts[1]),
        quarter_pictures=len(quarter),
        total_correlation_change=correlation_change.mean().item(),
        total_correlation_change_error=standard_error(correlation_change),
        sum_change=sum_change.mean().item(),
        sum_change_error=standard_error(sum_change),
    )


def what_holds(parts: Mapping[str, float]) -> Holding:
    """Which terms of a stored decomposition are a property of the model, and not of how many pictures it was asked.

    "parts": all three; "sum": only I(n; z) + TC = E_n KL(q(z|n) || prod_j q(z_j)), and the distance from the prior;
    "kl": only the three together. A term holds where its change from N / 4 to N pictures, and two standard errors more,
    stay within `TOLERANCE`. While z names its picture, I(n; z) = log N gains log 4 = 1.39 nats there and TC loses them,
    for whatever N; the sum of D dimensions saturates only at D log N. An estimate whose error is proportional to 1 / N
    is then wrong by at most a third of the tolerance, 0.05 nats. Where none was stored, nothing is known: "kl".
    """

    def holds(term: str) -> bool:
        change, error = parts.get(f"{term}_change"), parts.get(f"{term}_change_error")
        return change is not None and error is not None and abs(change) + 2 * error <= TOLERANCE

    if not holds("sum"):
        return "kl"
    return "parts" if holds("total_correlation") else "sum"


def information_and_correlation(parts: Mapping[str, float]) -> float:
    """I(n; z) + TC = E_n KL(q(z|n) || prod_j q(z_j)) of a stored decomposition, nats."""
    return parts["index_code_information"] + parts["total_correlation"]


def table_columns(parts: Mapping[str, float]) -> dict[str, float | None]:
    """What a table says of a stored decomposition, nats, and for how many pictures.

    The sum of information and correlation always; the two apart only where `what_holds` says that they are a property
    of the model, None otherwise. All None where nothing was measured.
    """
    apart = what_holds(parts) == "parts"
    return {
        "index_code_information": parts["index_code_information"] if apart else None,
        "total_correlation": parts["total_correlation"] if apart else None,
        "information_and_correlation": information_and_correlation(parts) if parts else None,
        "dimension_wise_kl": parts.get("dimension_wise_kl"),
        "kl_pictures": parts.get("pictures"),
    }


def aggregate_log_densities(z: Tensor, mean: Tensor, stddev: Tensor) -> tuple[Tensor, Tensor]:
    """log q(z) and sum_j log q(z_j) of z (S, D) under the mixture of the posteriors of mean and stddev (N, D): (S,)."""
    count, dimensions = mean.shape
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
    return torch.cat(joint), torch.cat(product)


def standard_error(values: Tensor) -> float:
    """Of the mean of independent values (S,)."""
    return (values.std() / math.sqrt(len(values))).item()


def normal_log_density(value: Tensor, mean: Tensor, stddev: Tensor) -> Tensor:
    """log N(value; mean, stddev^2), element by element."""
    return -0.5 * ((value - mean) / stddev) ** 2 - stddev.log() - 0.5 * math.log(2 * math.pi)
