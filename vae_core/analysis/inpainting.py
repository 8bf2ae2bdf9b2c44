"""Filling in what is missing: samples of p(x missing | x observed) by ten methods with one interface.

A method takes a model, pictures x (B, C, H, W), a mask (B, 1, H, W) (bool, True = observed), a number of samples and a
generator of random numbers, and gives `Completions`.
What x holds where the mask is False is never looked at: `complete` blanks it first.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor
from torch.distributions import Distribution, Independent

from vae_core.data.pictures import Pictures
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import sample
from vae_core.models.model import Model

ROWS = 2048  # latents decoded at once
PIXEL_FLOOR = 0.005  # nearest neighbours may all agree and all be wrong: their probabilities keep this far from 0 and 1
NEIGHBOURS = 5
DRAWS = 500  # of the proposal, for importance resampling
CHAINS = 10  # independent ones of each picture: one alone stays with the first answer that it finds
BURN_IN = 50  # steps of a chain before it is listened to
WARM_UP = 25  # of them without a test, for a chain that has one
WALK = 0.5  # standard deviations of q(z|x) of its random walk
GRADIENT_STEPS, GRADIENT_RATE = 150, 0.1

Report = Callable[[int, int], None]  # called with (steps done, steps in all)


@dataclass(frozen=True)
class Completions:
    """S completions of each picture; observed pixels are the given ones, missing ones the decoder's mean."""

    samples: Tensor  # (S, B, C, H, W)
    latents: Tensor | None = None  # (S, B, D); None for methods without a model
    trace: dict[str, Tensor] = field(default_factory=dict)  # what the method saw on its way, see each

    @property
    def mean(self) -> Tensor:
        """(B, C, H, W): the mean completion."""
        return self.samples.mean(0)

    @property
    def spread(self) -> Tensor:
        """(B, C, H, W): standard deviation over the completions."""
        return self.samples.std(0, correction=0)


Method = Callable[[Model, Tensor, Tensor, int, Generator], Completions]


@torch.no_grad()
def complete(
    method: str | Method, model: Model, x: Tensor, mask: Tensor, samples: int = 50, seed: int = 0
) -> Completions:
    """`samples` completions of pictures x (B, C, H, W) of which mask (B, 1, H, W) is observed.

    Raises ValueError for an unknown method, a mask of another size, or a method that the model was not trained for.
    """
    check_mask(x, mask)
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    if isinstance(method, str):
        if method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
        method = METHODS[method]
    return method(model, torch.where(mask, x, 0), mask, samples, noise_generator(seed, device=x.device))


def check_mask(x: Tensor, mask: Tensor) -> None:
    """Raise ValueError unless the mask is bool and of the pictures' size."""
    expected = (len(x), 1, *x.shape[-2:])
    if mask.dtype != torch.bool or tuple(mask.shape) != expected:
        raise ValueError(f"a mask must be bool {expected}, True = observed, got {mask.dtype} {tuple(mask.shape)}")


def naive(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """z ~ q(z|x) of the picture with zeros in its holes: what an encoder does that was never told of any."""
    return decoded(model, x, mask, sample(model.encode(x), generator, (samples,)))


def masked(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """z ~ q(z | x observed), by an encoder that was trained with random masks."""
    return decoded(model, x, mask, sample(proposal(model, x, mask), generator, (samples,)))


def pseudo_gibbs(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """In turn z ~ q(z | x completed) and missing pixels ~ p(x|z), from the naive encoding (or that of the masked
    encoder, where there is one) on: the last steps of CHAINS chains.

    Rezende, Mohamed & Wierstra 2014, appendix F (https://arxiv.org/abs/1401.4082). Trace: `z` (T, CHAINS, B, D),
    `bound` (T, CHAINS, B).
    """
    return several_chains(model, x, mask, samples, generator, corrected=False)


def metropolis(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """Metropolis-within-Gibbs: pseudo-Gibbs whose step in z is accepted or refused, so that the chain's limit is
    p(z, x missing | x observed) itself.

    Mattei & Frellsen 2018, algorithm 1 (https://arxiv.org/abs/1802.04826), after WARM_UP steps of pseudo-Gibbs. Their
    proposal q(z|x) alone is stuck for long where z lies in its thin tail; a random walk of WALK of its standard
    deviations after each, accepted or refused by the same rule, leaves the limit as it is and moves on from there.
    Trace: as `pseudo_gibbs`, and `accepted` (T, CHAINS, B), which of the proposals of q(z|x) were.
    """
    return several_chains(model, x, mask, samples, generator, corrected=True)


def several_chains(
    model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator, corrected: bool
) -> Completions:
    """The two Gibbs samplers: BURN_IN steps of each chain, and then as many as are needed of all together."""
    chains = min(CHAINS, samples)
    kept = math.ceil(samples / chains)
    pictures, masks = (given.repeat(chains, 1, 1, 1) for given in (x, mask))
    trace = chain(model, pictures, masks, BURN_IN + kept, generator, corrected)
    trace = {name: value.unflatten(1, (chains, len(x))) for name, value in trace.items()}
    return decoded(model, x, mask, trace["z"][-kept:].flatten(0, 1)[:samples], trace)


@torch.no_grad()
def chain(
    model: Model, x: Tensor, mask: Tensor, steps: int, generator: Generator, corrected: bool
) -> dict[str, Tensor]:
    """One chain of each picture x (B, C, H, W): the traces of `pseudo_gibbs`, or of `metropolis` where it is
    `corrected`, without the dimension of chains."""
    z = sample(proposal(model, x, mask), generator)
    completed = torch.where(mask, x, sample(model.decode(z), generator))
    path, bounds, accepted = [], [], []
    for step in range(steps):
        posterior = model.encode(completed)
        proposed = sample(posterior, generator)
        density = joint(model, completed, proposed)
        accept = torch.ones(len(x), dtype=torch.bool)
        if corrected and step >= WARM_UP:
            before = joint(model, completed, z)
            odds = density - posterior.log_prob(proposed) - before + posterior.log_prob(z)
            accept = torch.rand(len(x), generator=generator, device=x.device).log() < odds
            density = torch.where(accept, density, before)
        z = torch.where(accept[:, None], proposed, z)
        if corrected and step >= WARM_UP:
            z, density = walk(model, completed, z, density, WALK * posterior.stddev, generator)
        bounds.append(density - posterior.log_prob(z))
        completed = torch.where(mask, x, sample(model.decode(z), generator))
        path.append(z)
        accepted.append(accept)
    trace = {"z": torch.stack(path), "bound": torch.stack(bounds)}
    if corrected:
        trace["accepted"] = torch.stack(accepted)
    return trace


def walk(
    model: Model, x: Tensor, z: Tensor, density: Tensor, stddev: Tensor, generator: Generator
) -> tuple[Tensor, Tensor]:
    """One Metropolis step from z (B, D), whose log p(x, z) (B,) is `density`: the z and the density after it."""
    proposed = z + stddev * torch.randn(z.shape, generator=generator, device=z.device)
    after = joint(model, x, proposed)
    accept = torch.rand(len(x), generator=generator, device=x.device).log() < after - density
    return torch.where(accept[:, None], proposed, z), torch.where(accept, after, density)


def importance(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """DRAWS of a proposal, resampled by their weights p(x observed | z) p(z) / q(z): the masked encoder is the proposal
    where there is one, else the posterior of the zero-filled picture.

    Trace: `effective_samples` (B,), Kish's, of DRAWS.
    """
    return resampled(model, x, mask, samples, generator, proposal(model, x, mask))


def importance_from_prior(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """Importance resampling with the prior as proposal: it needs no encoder, and finds little."""
    return resampled(model, x, mask, samples, generator, model.prior.expand((len(x),)))


def resampled(
    model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator, source: Distribution
) -> Completions:
    """`samples` of DRAWS of z ~ `source`, by importance resampling."""
    z = sample(source, generator, (DRAWS,))  # (K, B, D)
    log_weights = observed_likelihood(model, x, mask, z) + model.prior.log_prob(z) - source.log_prob(z)  # (K, B)
    weights = log_weights.softmax(0)
    chosen = torch.multinomial(weights.T, samples, replacement=True, generator=generator).T  # (S, B)
    kept = z.gather(0, chosen[..., None].expand(*chosen.shape, z.shape[-1]))
    return decoded(model, x, mask, kept, {"effective_samples": 1 / weights.square().sum(0)})


def gradient(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """The z of greatest p(x observed | z) p(z), by Adam from several starts; where they end, drawn by that density.

    Trace: `objective` (T, B), the best start's log p(x observed, z).
    """
    starts = min(samples, 8)
    drawn = sample(proposal(model, x, mask), generator, (starts - 1,))
    z = torch.cat([drawn, torch.zeros(1, len(x), model.config.latent_dim)])
    trace = []
    with torch.enable_grad():
        z = z.requires_grad_()
        optimizer = torch.optim.Adam([z], lr=GRADIENT_RATE)
        for _ in range(GRADIENT_STEPS):
            optimizer.zero_grad()
            objective = observed_likelihood(model, x, mask, z) + model.prior.log_prob(z)  # (starts, B)
            (-objective.sum()).backward()
            optimizer.step()
            trace.append(objective.detach().amax(0))
    z = z.detach()
    objective = observed_likelihood(model, x, mask, z) + model.prior.log_prob(z)
    chosen = torch.multinomial(objective.softmax(0).T, samples, replacement=True, generator=generator).T  # (S, B)
    kept = z.gather(0, chosen[..., None].expand(*chosen.shape, z.shape[-1]))
    return decoded(model, x, mask, kept, {"objective": torch.stack(trace)})


METHODS: dict[str, Method] = {
    "naive": naive,
    "masked": masked,
    "partial-conv": masked,
    "pseudo-gibbs": pseudo_gibbs,
    "metropolis": metropolis,
    "importance": importance,
    "prior": importance_from_prior,
    "gradient": gradient,
}


def mean_fill(train: Pictures, values: Callable[[Tensor], Tensor]) -> Method:
    """The baseline that fills every hole from the mean training picture; `values` makes bytes floats in [0, 1]."""
    total, count = torch.zeros(train.shape, dtype=torch.float64), 0
    for some in torch.arange(len(train)).split(4096):
        total, count = total + values(train.batch(some)).double().sum(0), count + len(some)
    picture = (total / count).float()

    def fill(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
        return Completions(torch.where(mask, x, picture)[None])

    return fill


def nearest_fill(train: Pictures, values: Callable[[Tensor], Tensor], neighbours: int = NEIGHBOURS) -> Method:
    """The baseline that fills a hole from the training pictures nearest to x on the observed pixels (squared error);
    its samples are those neighbours, held PIXEL_FLOOR away from 0 and 1."""

    def fill(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
        observed = mask.expand_as(x).float().flatten(1)  # (B, P)
        picture = x.flatten(1) * observed
        best = torch.full((len(x), neighbours), math.inf)
        found = torch.zeros(len(x), neighbours, dtype=torch.int64)
        for some in torch.arange(len(train)).split(10_000):
            candidates = values(train.batch(some)).flatten(1)  # (N, P)
            distance = observed @ candidates.square().T - 2 * picture @ candidates.T  # (B, N), but for |x|^2
            both = torch.cat([best, distance], 1).topk(neighbours, largest=False)
            numbers = torch.cat([found, some.expand(len(x), -1)], 1)
            best, found = both.values, numbers.gather(1, both.indices)
        pictures = torch.stack([values(train.batch(column)) for column in found.T])  # (k, B, C, H, W)
        return Completions(torch.where(mask, x, pictures.clamp(PIXEL_FLOOR, 1 - PIXEL_FLOOR)))

    return fill


def proposal(model: Model, x: Tensor, mask: Tensor) -> Distribution:
    """q(z | x observed) where the model has it, else q(z|x) of the zero-filled picture."""
    return model.encode_observed(x, mask) if families.completes_holes(model) else model.encode(x)


def joint(model: Model, x: Tensor, z: Tensor) -> Tensor:
    """log p(x, z) of whole pictures, (B,)."""
    return model.decode(z).log_prob(x) + model.prior.log_prob(z)


def observed_likelihood(model: Model, x: Tensor, mask: Tensor, z: Tensor) -> Tensor:
    """log p(x observed | z) of z (K, B, D): (K, B)."""
    return torch.cat([pixel_likelihood(model.decode(some), x, mask) for some in z.split(max(1, ROWS // len(x)))])


def pixel_likelihood(pixels: Independent, x: Tensor, where: Tensor) -> Tensor:
    """log p of the pixels of x (B, C, H, W) at which `where` (B, 1, H, W) is True, under p(x|z) (..., B): (..., B)."""
    return (pixels.base_dist.log_prob(x) * where).sum((-3, -2, -1))


def decoded(model: Model, x: Tensor, mask: Tensor, z: Tensor, trace: dict | None = None) -> Completions:
    """Completions from latents z (S, B, D)."""
    parts = [torch.where(mask, x, model.decode(some).mean) for some in z.split(max(1, ROWS // len(x)))]
    return Completions(torch.cat(parts), z, trace or {})
