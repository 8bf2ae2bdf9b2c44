"""The true posterior p(z|x) of one picture over two latent dimensions, by quadrature on a grid; the same as
static/live/math/grid.js and static/live/math/gaussian_fit.js.

A grid is where log p(x, z) is known: at the middles of equal cells of a box, z1 running fastest. Everything in nats.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.analysis.refinement import log_weights
from vae_core.models.bijections import Flowed
from vae_core.models.codes import Codes
from vae_core.models.model import Model

Box = tuple[tuple[float, float], tuple[float, float]]  # its lower left and its upper right corner

PRIOR = 4.5  # standard deviations around 0: all but e^-10 of N(0, I)
ROOM = 0.5  # beyond the farthest codes
COARSE, FINE = 24, 64  # cells along a side while the mass is looked for, and once it is found
FIRST, THEN = 60.0, 14.0  # nats below the best cell that are kept at first, when it may lie between cells, and then
SMALLER = 0.5  # a box that shrinks less than this is near enough to the mass
MOST_STEPS = 6
WIDER = 1.5  # than the mass is the last grid, for Gaussians that reach beyond it
TOGETHER = 1024  # latents decoded at once
BENT, BENT_REACH = 40, 5.0  # of the grid over what a flow bends, as `static/live/engine/jobs/bent.js` has
REACH = 4.5  # standard deviations of a Gaussian that a grid must hold for its ELBO
FIRST_STEP, LAST_STEP = 0.5, 1e-4  # of the search, in standard deviations
MOST_TURNS = 2000
ASCENT_RATE = 0.25  # of the first step of an ascent
SMALL, HALVINGS = 1e-4, 30  # of its central differences, and of a step before q is taken for an optimum


@dataclass(frozen=True)
class Grid:
    """A box and the cells along each of its sides."""

    box: Box
    side: int

    @property
    def axes(self) -> tuple[Tensor, Tensor]:
        """The cells' middles along z1 and along z2, each (side,)."""
        (left, bottom), (right, top) = self.box
        middles = (torch.arange(self.side, dtype=torch.float64) + 0.5) / self.side
        return left + middles * (right - left), bottom + middles * (top - bottom)

    @property
    def z(self) -> Tensor:
        """All middles, (side * side, 2)."""
        first, second = self.axes
        return torch.stack([first.repeat(self.side), second.repeat_interleave(self.side)], 1)

    @property
    def cell(self) -> float:
        """The area of a cell."""
        (left, bottom), (right, top) = self.box
        return (right - left) * (top - bottom) / self.side**2


@dataclass(frozen=True)
class Gaussian:
    """q(z) = N(mean, diag(stddev^2)) over two dimensions, and its ELBO in nats."""

    mean: tuple[float, float]
    stddev: tuple[float, float]
    elbo: float


@dataclass(frozen=True)
class PosteriorShape:
    """What a picture's posterior is, and what a Gaussian in its place costs; nats.

    log p(x) = ELBO of the encoder's q + amortisation + shape (Cremer, Li & Duvenaud 2018,
    https://arxiv.org/abs/1801.03558, equation 5): what one encoder for all pictures gives away, and what no diagonal
    Gaussian can hold.
    """

    grid: Grid
    log_joint: Tensor  # log p(x, z), (side * side,)
    mass: Tensor  # of each cell under p(z|x), (side * side,); sums to 1
    log_evidence: float  # log p(x)
    error: float  # of it, nats, at most: large where the grid is too coarse for this posterior
    encoder: Gaussian
    best: Gaussian

    @property
    def amortisation(self) -> float:
        return self.best.elbo - self.encoder.elbo

    @property
    def shape(self) -> float:
        return self.log_evidence - self.best.elbo


def region_of(codes: Tensor) -> tuple[list[float], list[float]]:
    """Where posteriors may lie: the prior and all codes' means (N, 2). Its lower left and upper right corner."""
    low, high = codes.min(0).values - ROOM, codes.max(0).values + ROOM
    return low.clamp(max=-PRIOR).tolist(), high.clamp(min=PRIOR).tolist()


@torch.no_grad()
def log_joint_on(model: Model, x: Tensor, grid: Grid) -> Tensor:
    """log p(x, z) of one picture (1, C, H, W) at the middles of a grid's cells, (side * side,) float64."""
    z = grid.z.to(x.dtype)
    blocks = [
        model.decode(some).log_prob(x).double() + model.prior.log_prob(some).double() for some in z.split(TOGETHER)
    ]
    return torch.cat(blocks)


def normalised(log_joint: Tensor, grid: Grid) -> tuple[float, Tensor]:
    """log p(x), and the mass of each cell under p(z|x), which sums to 1."""
    total = log_joint.logsumexp(0)
    return float(total) + math.log(grid.cell), (log_joint - total).exp()


def quadrature_error(log_density: Tensor, side: int) -> float:
    """How far the sums over every second cell along both sides are from that over all, nats of the log of the integral.
    A sum over all errs by less, so a density that falls between the cells gives itself away. `side` is even."""
    every = log_density.reshape(side // 2, 2, side // 2, 2).permute(1, 3, 0, 2).reshape(4, -1)
    sums = every.logsumexp(1)
    return float((sums - (sums.logsumexp(0) - math.log(4))).abs().max())


def box_of_mass(seen: Sequence[tuple[Tensor, Grid]], within: float) -> Box:
    """The piece of the plane where a density, seen on one grid or several, is within so many nats of its largest value,
    and one cell more around: a hump that falls between the cells of one grid may lie on those of another."""
    most = max(float(log_density.max()) for log_density, _ in seen)
    ends = []
    for log_density, grid in seen:
        kept = grid.z[log_density >= most - within]
        (left, bottom), (right, top) = grid.box
        room = 1.5 * torch.tensor([right - left, top - bottom], dtype=torch.float64) / grid.side
        ends += [kept - room, kept + room]
    low, high = torch.cat(ends).min(0).values, torch.cat(ends).max(0).values
    return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))


def elbo_on(log_joint: Tensor, grid: Grid, mean: Sequence[float], stddev: Sequence[float]) -> float:
    """E_q[log p(x, z)] + H(q) of q = N(mean, diag(stddev^2)) by quadrature; -inf where the grid is too coarse for q or
    does not hold it."""
    weights = []
    for d, axis in enumerate(grid.axes):
        low, high = grid.box[0][d], grid.box[1][d]
        if (
            stddev[d] < (high - low) / grid.side
            or mean[d] - REACH * stddev[d] < low
            or mean[d] + REACH * stddev[d] > high
        ):
            return -math.inf
        weight = (-0.5 * ((axis - mean[d]) / stddev[d]) ** 2).exp()
        weights.append(weight / weight.sum())
    across, up = weights
    entropy = 1 + math.log(2 * math.pi) + math.log(stddev[0]) + math.log(stddev[1])
    return float(up @ log_joint.reshape(grid.side, grid.side) @ across) + entropy


@torch.no_grad()
def elbo_of_flow(model: Model, x: Tensor, posterior: Flowed) -> float:
    """The ELBO, nats, of one picture's q(z|x) (batch (1,), event (2,)) that a flow has bent, by quadrature over the
    standard normal that it is made from, on BENT x BENT places up to BENT_REACH standard deviations."""
    grid = Grid(((-BENT_REACH, -BENT_REACH), (BENT_REACH, BENT_REACH)), BENT)
    terms = log_weights(model, x, posterior, grid.z.to(x.dtype)[:, None])  # (BENT * BENT, 1)
    shares = (-0.5 * grid.z.square().sum(1)).softmax(0)
    return float(shares @ terms[:, 0].double())


def elbo_on_cells(log_joint: Tensor, grid: Grid, mean: Sequence[float], stddev: Sequence[float]) -> float:
    """The ELBO of the share that each cell has of N(mean, diag(stddev^2)), nats: at most log p(x) of the same cells,
    wherever the Gaussian is."""
    weights = [(-0.5 * ((axis - mean[d]) / stddev[d]) ** 2).softmax(0) for d, axis in enumerate(grid.axes)]
    across, up = weights
    entropy = math.log(grid.cell) - sum(float(torch.xlogy(weight, weight).sum()) for weight in weights)
    return float(up @ log_joint.reshape(grid.side, grid.side) @ across) + entropy


def ascent(log_joint: Tensor, grid: Grid, q: Gaussian, rate: float = ASCENT_RATE) -> Iterator[Gaussian]:
    """A better q each time, until no step raises `elbo_on_cells`: the natural gradient in the mean and the logarithm of
    the standard deviation (Hoffman, Blei, Wang & Paisley 2013, section 2.3, https://arxiv.org/abs/1206.7051), its rate
    halved until it does and doubled for the next. What one encoder for all pictures spares: refining q for each."""

    def at(step: Sequence[float]) -> Gaussian:
        mean, stddev = (
            (q.mean[0] + step[0] * q.stddev[0], q.mean[1] + step[1] * q.stddev[1]),
            (q.stddev[0] * math.exp(step[2]), q.stddev[1] * math.exp(step[3])),
        )
        return Gaussian(mean, stddev, elbo_on_cells(log_joint, grid, mean, stddev))

    q = at((0, 0, 0, 0))
    while True:
        ends = [[at([sign * SMALL * (i == d) for i in range(4)]).elbo for sign in (1, -1)] for d in range(4)]
        slopes = [(up - down) / (2 * SMALL) for up, down in ends]
        for _ in range(HALVINGS):
            tried = at([rate * slope / (1 if d < 2 else 2) for d, slope in enumerate(slopes)])
            if tried.elbo > q.elbo:
                break
            rate /= 2
        else:
            return
        q, rate = tried, 2 * rate
        yield q


def best_gaussian(log_joint: Tensor, grid: Grid, starts: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Gaussian:
    """The diagonal Gaussian with the highest ELBO, by a search from each start (mean, stddev): steps of one parameter,
    which halve where none of them is better. Raises ValueError where the grid holds none of the starts."""
    found = [_climbed(log_joint, grid, (*mean, *map(math.log, stddev))) for mean, stddev in starts]
    best = max(found, key=lambda one: one.elbo)
    if best.elbo == -math.inf:
        raise ValueError(f"the grid must hold one of the starts, {REACH:g} standard deviations to each side")
    return best


def _climbed(log_joint: Tensor, grid: Grid, start: tuple[float, ...]) -> Gaussian:
    def judged(place: Sequence[float]) -> float:
        return elbo_on(log_joint, grid, place[:2], (math.exp(place[2]), math.exp(place[3])))

    place, step = list(start), FIRST_STEP
    bound = judged(place)
    for _ in range(MOST_TURNS):
        if step < LAST_STEP:
            break
        scale = (math.exp(place[2]), math.exp(place[3]), 1.0, 1.0)
        moves = [[*place[:d], place[d] + way * step * scale[d], *place[d + 1 :]] for d in range(4) for way in (1, -1)]
        bounds = [judged(move) for move in moves]
        if max(bounds) > bound:
            bound = max(bounds)
            place = moves[bounds.index(bound)]
        else:
            step /= 2
    return Gaussian((place[0], place[1]), (math.exp(place[2]), math.exp(place[3])), bound)


@torch.no_grad()
def posterior_shape(model: Model, x: Tensor, codes: Codes) -> PosteriorShape:
    """The posterior of one picture x (1, C, H, W) of a model of two latent dimensions, on grids that close in on its
    mass from where the model's codes and its prior lie. Raises ValueError for other models and for several pictures."""
    q = model.encode(x)
    if tuple(q.mean.shape) != (1, 2):
        raise ValueError(
            f"a posterior is drawn of one picture over two dimensions, got {len(x)} over {q.mean.shape[-1]}"
        )
    mean, stddev = q.mean[0].double().tolist(), q.stddev[0].double().tolist()
    low, high = region_of(codes.mean)
    around_q = Grid(_around(mean, stddev), COARSE)
    of_q = log_joint_on(model, x, around_q), around_q
    grid = Grid(((low[0], low[1]), (high[0], high[1])), COARSE)
    grid = Grid(box_of_mass([of_q, (log_joint_on(model, x, grid), grid)], FIRST), COARSE)
    for _ in range(MOST_STEPS):
        smaller = Grid(box_of_mass([of_q, (log_joint_on(model, x, grid), grid)], THEN), COARSE)
        near = smaller.cell > SMALLER * grid.cell
        grid = smaller
        if near:
            break
    grid = Grid(wider(grid.box, WIDER), FINE)
    log_joint = log_joint_on(model, x, grid)
    log_evidence, mass = normalised(log_joint, grid)
    bound = elbo_on(*of_q, mean, stddev)
    error = max(quadrature_error(log_joint, FINE), bound - log_evidence)  # log p(x) is no less than the ELBO
    encoder = Gaussian((mean[0], mean[1]), (stddev[0], stddev[1]), bound)
    best = best_gaussian(log_joint, grid, [moments(mass, grid), (mean, stddev)])
    return PosteriorShape(grid, log_joint, mass, log_evidence, error, encoder, best if best.elbo > bound else encoder)


def moments(mass: Tensor, grid: Grid) -> tuple[list[float], list[float]]:
    """Mean and standard deviations of a density on a grid."""
    mean = mass @ grid.z
    return mean.tolist(), (mass @ (grid.z - mean).square()).sqrt().tolist()


def wider(box: Box, times: float) -> Box:
    """A box around the same middle, so many times as wide and high."""
    (left, bottom), (right, top) = box
    across, up = (times - 1) * (right - left) / 2, (times - 1) * (top - bottom) / 2
    return (left - across, bottom - up), (right + across, top + up)


def _around(mean: Sequence[float], stddev: Sequence[float]) -> Box:
    reach = REACH + 1.5
    return (mean[0] - reach * stddev[0], mean[1] - reach * stddev[1]), (
        mean[0] + reach * stddev[0],
        mean[1] + reach * stddev[1],
    )
