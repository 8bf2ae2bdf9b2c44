"""Two causes of one effect, and the best posterior that treats them apart.

A burglar and an earthquake each may set off an alarm (Pearl 1988, "Probabilistic Reasoning in Intelligent Systems",
section 2.2). Once it rings, each explains the other away: their posterior is tied, and a factored q(a) q(b) cannot be.
"""

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

SWEEPS = 500  # over both causes, at most
STARTS = ((0.9, 0.1), (0.1, 0.9), (0.5, 0.5))  # of q: probabilities of the two causes
SAME = 1e-3  # two optima that are nearer to each other are one


@dataclass(frozen=True)
class Factored:
    """A local optimum: q's probabilities of the two causes, and KL(q || posterior) in nats."""

    first: float
    second: float
    kl: float


def effect(causes: Tensor, leak: float) -> Tensor:
    """How probable the effect is, (2, 2) over absence and presence of each cause, by a noisy or: each present cause
    (of strength `causes` (2,)) fails to bring it about independently, as does everything else (`leak`) (Pearl 1988,
    section 4.3.2)."""
    absent = 1 - torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64) * causes
    return (1 - (1 - leak) * absent.prod(1)).reshape(2, 2)


def posterior(priors: Tensor, causes: Tensor, leak: float, heard: float) -> Tensor:
    """p(a, b | evidence), (2, 2): the first index is the first cause's absence or presence.

    `heard` is the evidence: 1 where the effect is sure, 0 where it is sure that there is none, 0.5 where nothing is
    known (the likelihood of virtual evidence; Pearl 1988, section 2.2.2). Raises ValueError for probabilities at which
    the evidence is impossible.
    """
    happens = effect(causes, leak)
    first = torch.stack([1 - priors[0], priors[0]])
    second = torch.stack([1 - priors[1], priors[1]])
    joint = first[:, None] * second[None] * (heard * happens + (1 - heard) * (1 - happens))
    if not float(joint.sum()) > 0:
        raise ValueError(f"the evidence {heard} is impossible under these probabilities: let the leak be above 0")
    return joint / joint.sum()


def kl(first: float, second: float, joint: Tensor) -> float:
    """KL(q || joint) in nats of q's probabilities that each cause is present, over the four cases; infinite where q
    holds possible what is not."""
    total = 0.0
    for a, b in itertools.product((0, 1), repeat=2):
        q = (first if a else 1 - first) * (second if b else 1 - second)
        if q > 0:
            p = float(joint[a, b])
            total += q * (math.log(q) - math.log(p)) if p > 0 else math.inf
    return total


def update(joint: Tensor, other: float, cause: int) -> float:
    """The best q of one cause, 0 or 1, while q of the other one stays at `other`: the probability of its presence.

    log q(a) = E_q(b)[log p(a, b)] + constant (Bishop 2006, eq. 10.9; Blei et al. 2017, eq. 17,
    https://arxiv.org/abs/1601.00670). The joint must be above zero everywhere.
    """
    logs = (joint if cause == 0 else joint.T).log()
    absent, present = ((1 - other) * logs[:, 0] + other * logs[:, 1]).tolist()
    return 1 / (1 + math.exp(absent - present))


def optima(joint: Tensor) -> list[Factored]:
    """The optima of KL(q || joint) that coordinate ascent reaches from STARTS, the best one first."""
    found: list[Factored] = []
    for first, second in STARTS:
        for _ in range(SWEEPS):
            before = first, second
            first = update(joint, second, 0)
            second = update(joint, first, 1)
            if abs(first - before[0]) + abs(second - before[1]) < 1e-13:
                break
        if all(abs(first - other.first) + abs(second - other.second) > SAME for other in found):
            found.append(Factored(first, second, kl(first, second, joint)))
    return sorted(found, key=lambda one: one.kl)


def mutual_information(joint: Tensor) -> float:
    """How strongly the two causes are tied: KL(joint || product of its marginals) in nats, 0 where they are not."""
    apart = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    return float(torch.where(joint > 0, joint * (joint / apart).log(), 0).sum())
