"""Walks through a latent space: paths between latents, what vouches for each frame, and directions with a meaning.

Everything that a frame needs is a closed formula of z, the codes or the decoder's pictures, so that a browser computes
the same numbers while a hand moves; what needs all codes at once (the path along the data, `neighbour_graph`) comes
back as stops, which `walk` joins by straight lines.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.models.model import Model

PARALLEL = 1e-3  # sine of the angle below which the great circle is a straight line, or has no plane
DECODED = 256  # latents decoded at once

Interpolation = Callable[[Tensor, Tensor, Tensor], Tensor]


def linear(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """(1 - t) a + t b; a and b of one shape (..., D), t of a shape that broadcasts to (..., 1), or a number."""
    return (1 - t) * a + t * b


def spherical(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """Along the great circle: the angle from a to b grows evenly with t, and so does the norm from |a| to |b|.

    Shapes as in `linear`. Between ends of equal norm the norm stays, where a straight line would cut through the middle
    of the prior, which is nearly empty in many dimensions. Shoemake 1985, https://doi.org/10.1145/325334.325242, on
    directions; White 2016, https://arxiv.org/abs/1609.04468, for latents. Ends that point the same way, opposite ways
    or nowhere have no great circle of their own: between those the walk is straight.
    """
    norm_a, norm_b = a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True)
    smallest = torch.finfo(a.dtype).tiny
    towards_a, towards_b = a / norm_a.clamp_min(smallest), b / norm_b.clamp_min(smallest)
    apart, together = (towards_a - towards_b).norm(dim=-1), (towards_a + towards_b).norm(dim=-1)
    angle = 2 * torch.atan2(apart, together)[..., None]  # precise near 0 and pi, where the arc cosine is not
    sine = angle.sin()
    arc = (((1 - t) * angle).sin() * towards_a + (t * angle).sin() * towards_b) / sine
    curved = linear(norm_a, norm_b, t) * arc
    straight = (sine < PARALLEL) | (norm_a < smallest) | (norm_b < smallest)
    return torch.where(straight, linear(a, b, t), curved)


def walk(stops: Tensor, t: Tensor, between: Interpolation = linear) -> Tensor:
    """Places (T, ...) at t (T,) in [0, 1] on the path through `stops` (M, ...), each leg an equal share of t.

    t outside [0, 1] stays at the ends. Stops may be latents, or pictures: then it is the plain cross-fade. Raises
    ValueError without a stop.
    """
    if len(stops) == 0:
        raise ValueError("a walk needs at least 1 stop, got none")
    if len(stops) == 1:
        return stops.expand(len(t), *stops.shape[1:])
    at = t.clamp(0, 1) * (len(stops) - 1)
    leg = at.long().clamp(max=len(stops) - 2)  # (T,)
    share = (at - leg).view(-1, *[1] * (stops.ndim - 1))
    return between(stops[leg], stops[leg + 1], share)


def prior_norm_percentile(z: Tensor) -> Tensor:
    """Percentage of the prior N(0, I) that lies nearer to the middle than z (..., D): 0 to 100, (...).

    The norm follows a chi distribution with D degrees of freedom, whose distribution function at r is the regularised
    incomplete gamma function P(D / 2, r^2 / 2). Near 0 or 100 the prior hardly ever goes.
    """
    half_square = z.square().sum(-1) / 2
    return 100 * torch.special.gammainc(torch.full_like(half_square, z.shape[-1] / 2), half_square)


@torch.no_grad()
def cycle_error(model: Model, z: Tensor, dimensions: Tensor | None = None) -> Tensor:
    """Distance from z (T, D) to where the encoder's mean puts the picture decoded there: (T,), in these dimensions.

    Where decoder and encoder disagree, the picture is not one that the model would have given that latent. What the
    decoder ignores cannot come back: of a model with collapsed dimensions the active ones (`active_dimensions`) are
    asked; all of them unless told.
    """
    kept = slice(None) if dimensions is None else dimensions
    away = [model.encode(model.decode(some).mean).mean - some for some in z.split(DECODED)]
    return torch.cat(away)[:, kept].norm(dim=-1)


@torch.no_grad()
def path_length(model: Model, z: Tensor) -> Tensor:
    """Length in pixel space of the decoder's pictures along latents z (T, D), up to each of them: (T,), from 0.

    The sum of Euclidean distances between neighbouring mean pictures, in grey levels of 0 to 1 over all pixels: of a
    finely sampled path, the length of the curve under the decoder's pull-back metric (Arvanitidis, Hansen & Hauberg
    2018, https://arxiv.org/abs/1710.11379, equation 3).
    """
    pictures = torch.cat([model.decode(some).mean for some in z.split(DECODED)]).flatten(1)  # (T, C H W)
    steps = (pictures[1:] - pictures[:-1]).norm(dim=1)
    return torch.cat([steps.new_zeros(1), steps.cumsum(0)])


@dataclass(frozen=True)
class Direction:
    """The way from one group of codes to another, and how well it tells them apart on codes that it has not seen."""

    vector: Tensor  # (D,) the mean of the second group minus the mean of the first
    cohens_d: float  # of the held-out projections; positive if the second group lies further along
    accuracy: float  # share of held-out codes on their group's side, mean of both groups: 0.5 is chance
    held_out: int  # codes behind the two numbers; 0 and NaN where a group has fewer than 4


def direction(codes: Tensor, first: Tensor, second: Tensor, seed: int = 0) -> Direction:
    """The difference of the mean codes of two groups, with its evidence.

    codes (N, D); `first` and `second` are the groups' int64 rows. `vector` is of all codes of both groups. The evidence
    is of a random half of each group: the axis and the best threshold on it come from the other half. Raises ValueError
    for an empty group, or two groups that share a code.
    """
    for rows, which in ((first, "first"), (second, "second")):
        if len(rows) == 0:
            raise ValueError(f"the {which} group has no codes: choose at least 1, and 4 to see how well it separates")
    shared = int(torch.isin(first, second).sum())
    if shared:
        raise ValueError(f"the two groups share {shared} {'code' if shared == 1 else 'codes'}: each may be in one only")
    vector = codes[second].mean(0) - codes[first].mean(0)
    if min(len(first), len(second)) < 4:
        return Direction(vector, math.nan, math.nan, 0)
    generator = torch.Generator().manual_seed(seed)
    halves = []  # fitted and held out, of each group
    for rows in (first, second):
        shuffled = codes[rows[torch.randperm(len(rows), generator=generator)]]
        halves.append(shuffled.split([len(rows) // 2, len(rows) - len(rows) // 2]))
    (fit_first, held_first), (fit_second, held_second) = halves
    axis = fit_second.mean(0) - fit_first.mean(0)
    threshold = best_threshold(fit_first @ axis, fit_second @ axis)
    below, above = held_first @ axis, held_second @ axis
    return Direction(
        vector=vector,
        cohens_d=cohens_d(below, above),
        accuracy=float(((below <= threshold).double().mean() + (above > threshold).double().mean()) / 2),
        held_out=len(below) + len(above),
    )


def cohens_d(first: Tensor, second: Tensor) -> float:
    """Difference of two samples' means in units of their pooled standard deviation; NaN if neither varies.

    first (N,), second (M,). Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, section 2.5.
    """
    freedom = len(first) + len(second) - 2
    squares = (first - first.mean()).square().sum() + (second - second.mean()).square().sum()
    spread = (squares / freedom).sqrt()
    return float((second.mean() - first.mean()) / spread) if spread > 0 else math.nan


def best_threshold(first: Tensor, second: Tensor) -> float:
    """The value that best separates first (N,) from second (M,), the second above it: both groups count the same."""
    values, order = torch.cat([first, second]).sort()
    share = torch.cat([torch.full_like(first, 1 / len(first)), torch.full_like(second, -1 / len(second))])[order]
    gain = share.cumsum(0)  # rate of first at or below minus rate of second at or below
    gain[:-1][values[1:] == values[:-1]] = -math.inf  # equal values fall on one side
    best = int(gain.argmax())
    return float((values[best] + values[min(best + 1, len(values) - 1)]) / 2)


def analogy(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """a - b + c, all (..., D): what tells a from b, added to c."""
    return a - b + c
