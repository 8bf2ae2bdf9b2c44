"""How far a latent can be trusted: where its density under the aggregate posterior stands among that posterior's draws.

A decoder learns from draws of q(z|x), so what it knows is q(z), the mixture of the posteriors over pictures, and not
their means: where a dimension has collapsed, draws fill the prior and the means stay at 0.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.analysis.likelihood import percentile
from vae_core.data.seeds import noise_generator
from vae_core.models.codes import Codes

MOST = 2_000  # components: what a browser sums in every frame
DRAWS = 2_000  # of the reference, at least
TRUSTED = 95.0  # percent: a z that is rarer than so many of the draws is unlike them
ACTIVE_VARIANCE = 0.01  # Burda et al. 2016, appendix C
CHUNK = 200  # draws compared with all components at once


@dataclass(frozen=True)
class AggregatePosterior:
    """q(z) = (1/M) sum_m q(z|x_m) over M pictures (Hoffman & Johnson 2016, "ELBO surgery"; Tomczak & Welling 2018,
    https://arxiv.org/abs/1705.07120), and the surprisal of its own draws."""

    mean: Tensor  # (M, D) float64
    stddev: Tensor  # (M, D) float64
    reference: Tensor  # (R,) float64, ascending: -log q(z) of draws, each without the component that it came from

    def surprisal(self, z: Tensor) -> Tensor:
        """-log q(z) of each z (T, D), nats, (T,)."""
        log_sums = [self.log_each(some).logsumexp(1) for some in z.double().split(CHUNK)]
        return math.log(len(self.mean)) - torch.cat(log_sums)

    def rarity(self, z: Tensor) -> Tensor:
        """Percentage of draws from q(z) with a higher density than each z (T, D): 0 to 100, (T,); trusted up to 95.

        A draw of the posterior of a picture that q(z) was not made of is rarer than 95 % of the draws in 5 % of cases.
        """
        return percentile(self.surprisal(z), self.reference)

    def log_each(self, z: Tensor) -> Tensor:
        """log q(z|x_m) of each z (T, D) float64, (T, M): the square multiplied out leaves two matrix products."""
        precision = self.stddev.pow(-2)  # (M, D)
        linear = self.mean * precision
        constant = -(0.5 * self.mean * linear + self.stddev.log() + 0.5 * math.log(2 * math.pi)).sum(1)
        return z @ linear.T - 0.5 * z.square() @ precision.T + constant


def components(count: int) -> Tensor:
    """The rows of `count` codes that make up q(z), evenly spread: all of them, or 2,000."""
    size = min(MOST, count)
    return torch.arange(size) * count // size


@torch.no_grad()
def aggregate_posterior(codes: Codes, seed: int = 0) -> AggregatePosterior:
    """The aggregate posterior of codes. Raises ValueError for fewer than 2 and for codes that are points (stddev 0).

    A draw of its reference does not meet the component that it came from: neither does a z that is no code's own, nor
    the draw of another picture. With it, where posteriors are narrow, a draw's density would be its own component's
    alone, and every other z, however near to the data, would seem unlike the draws.
    """
    if len(codes.mean) < 2:
        raise ValueError(f"an aggregate posterior needs at least 2 codes, got {len(codes.mean)}")
    if not codes.stddev.all():
        raise ValueError("an aggregate posterior needs codes with a spread, got a standard deviation of 0")
    rows = components(len(codes.mean))
    mean, stddev = codes.mean[rows].double(), codes.stddev[rows].double()
    whole = AggregatePosterior(mean, stddev, torch.zeros(0, dtype=torch.float64))
    own = torch.arange(len(rows)).repeat(-(-DRAWS // len(rows)))
    noise = torch.randn(len(own), mean.shape[1], dtype=torch.float64, generator=noise_generator(seed))
    surprisals = []
    for some in torch.arange(len(own)).split(CHUNK):
        log_each = whole.log_each(mean[own[some]] + stddev[own[some]] * noise[some])  # (CHUNK, M)
        log_each[torch.arange(len(some)), own[some]] = -math.inf
        surprisals.append(math.log(len(rows) - 1) - log_each.logsumexp(1))
    return AggregatePosterior(mean, stddev, torch.cat(surprisals).sort().values)


def active_dimensions(mean: Tensor) -> Tensor:
    """The dimensions that are in use, int64 (A,), ascending: the variance over pictures of E_q[z] (N, D) exceeds 0.01.

    Burda, Grosse & Salakhutdinov 2016, section 5.2 (https://arxiv.org/abs/1509.00519).
    """
    return (mean.var(0, correction=0) > ACTIVE_VARIANCE).nonzero().flatten()
