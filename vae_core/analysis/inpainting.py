"""Filling in what is missing: samples of p(x missing | x observed) by several methods with one interface.

A method takes a model, pictures x (B, C, H, W), a mask (B, 1, H, W) (bool, True = observed), a number of samples and a
generator of random numbers, and gives `Completions`. `refusal` says which methods a model can do.
What x holds where the mask is False is never looked at: `complete` blanks it first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Generator, Tensor
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily

from vae_core.analysis.importance_weights import effective, tempered
from vae_core.data.seeds import noise_generator
from vae_core.models import families
from vae_core.models.distributions import PictureBernoulli, sample
from vae_core.models.families import Family, OfAFamily
from vae_core.models.given import Given
from vae_core.models.masked import Completer
from vae_core.models.model import Model

ROWS = 2048  # latents decoded at once
DRAWS = 500  # of the proposal, for importance resampling
FIRST_DRAWS = 1000  # of the annealed sampler, from its proposal
PRIOR_SHARE = 0.25  # of the proposal that is the prior: no z of the prior is then out of reach
PARTICLES = 50  # that are annealed, at least
MOVES = 3  # Metropolis steps of each particle at each temperature
BISECTIONS = 20  # of each step in temperature
MOST_TEMPERATURES = 200  # particles whose weights are farther apart than those can mend are weighed as they are
LEAST_EFFECTIVE = 0.5  # share of the particles that a temperature's weights must be worth
POWER = 0.8  # of p(x observed | z): the decoder asks for too much trust; see docs/NOTES.md for the choice
CHAINS = 10  # independent ones of each picture: one alone stays with the first answer that it finds
BURN_IN = 50  # steps of a chain before it is listened to
WARM_UP = 25  # of them without a test, for a chain that has one
WALK = 0.5  # standard deviations of q(z|x) of its random walk
GRADIENT_STEPS, GRADIENT_RATE = 150, 0.1

Report = Callable[[int, int], None]  # called with (steps done, steps in all)


@dataclass(frozen=True)
class Completions:
    """S completions of each picture; observed pixels are the given ones, missing ones the decoder's mean (of one label,
    where it mixes over labels that nobody knows)."""

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

    Raises ValueError for an unknown method, a mask of another size, or a method that the model cannot do, see
    `refusal`.
    """
    check_mask(x, mask)
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    if isinstance(method, str):
        if method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
        if why := refusal(method, model):
            raise ValueError(why)
        method = METHODS[method]
    return method(model, torch.where(mask, x, 0), mask, samples, noise_generator(seed, device=x.device))


def check_mask(x: Tensor, mask: Tensor) -> None:
    """Raise ValueError unless the mask is bool and of the pictures' size."""
    expected = (len(x), 1, *x.shape[-2:])
    if mask.dtype != torch.bool or tuple(mask.shape) != expected:
        raise ValueError(f"a mask must be bool {expected}, True = observed, got {mask.dtype} {tuple(mask.shape)}")


def naive(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """z ~ q(z|x) of the picture with zeros in its holes: what an encoder does that was never told of any."""
    return decoded(model, x, mask, sample(model.encode(x), generator, (samples,)), generator)


def masked(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """z ~ q(z | x observed), by an encoder that was trained with random masks."""
    return decoded(model, x, mask, sample(proposal(model, x, mask), generator, (samples,)), generator)


def pseudo_gibbs(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """In turn z ~ q(z | x completed) and missing pixels ~ p(x | z, x observed), from the naive encoding (or that of the
    masked encoder, where there is one) on: the last steps of CHAINS chains.

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
    trace = chain(repeated(model, chains), pictures, masks, BURN_IN + kept, generator, corrected)
    trace = {name: value.unflatten(1, (chains, len(x))) for name, value in trace.items()}
    return decoded(model, x, mask, trace["z"][-kept:].flatten(0, 1)[:samples], generator, trace)


@torch.no_grad()
def chain(
    model: Model, x: Tensor, mask: Tensor, steps: int, generator: Generator, corrected: bool
) -> dict[str, Tensor]:
    """One chain of each picture x (B, C, H, W): the traces of `pseudo_gibbs`, or of `metropolis` where it is
    `corrected`, without the dimension of chains."""
    z = sample(proposal(model, x, mask), generator)
    completed = torch.where(mask, x, sample(pixels_given(model, x, mask, z, generator), generator))
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
        completed = torch.where(mask, x, sample(pixels_given(model, x, mask, z, generator), generator))
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
    source = proposal(model, x, mask)
    z = sample(source, generator, (DRAWS,))
    log_weights = observed_likelihood(model, x, mask, z) + model.prior.log_prob(z) - source.log_prob(z)
    return resampled(model, x, mask, samples, generator, z, log_weights)


def importance_from_prior(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """Importance resampling with the prior as proposal: it needs no encoder, and finds little."""
    at_once = torch.arange(DRAWS).split(max(1, ROWS // len(x)))
    z = torch.cat([sample(model.prior, generator, (len(some), len(x))) for some in at_once])
    return resampled(model, x, mask, samples, generator, z, observed_likelihood(model, x, mask, z))


def resampled(
    model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator, z: Tensor, log_weights: Tensor
) -> Completions:
    """`samples` of the draws z (K, B, D) of a proposal, by importance resampling with weights (K, B)."""
    weights = log_weights.softmax(0)
    chosen = torch.multinomial(weights.T, samples, replacement=True, generator=generator).T  # (S, B)
    kept = z.gather(0, chosen[..., None].expand(*chosen.shape, z.shape[-1]))
    return decoded(model, x, mask, kept, generator, {"effective_samples": 1 / weights.square().sum(0)})


@dataclass(frozen=True)
class Particles:
    """Particles of an annealed sampler, and the log-densities that their weights are made of."""

    z: Tensor  # (N, B, D)
    source: Tensor  # (N, B): log of the proposal
    target: Tensor  # (N, B): POWER log p(x observed | z) + log p(z)

    @property
    def log_ratio(self) -> Tensor:
        return self.target - self.source

    def at(self, temperature: Tensor) -> Tensor:
        """(N, B): log-density at temperatures (B,): 0 is the proposal, 1 the target."""
        return self.source + temperature * self.log_ratio

    def __getitem__(self, index: Tensor) -> Particles:
        """Those at `index` (M, B), picture by picture."""
        z = self.z.gather(0, index[..., None].expand(*index.shape, self.z.shape[-1]))
        return Particles(z, self.source.gather(0, index), self.target.gather(0, index))


def annealed(model: Model, x: Tensor, mask: Tensor, samples: int, generator: Generator) -> Completions:
    """A sequential Monte Carlo sampler: FIRST_DRAWS of a defensive mixture of the proposal and the prior, weighed,
    resampled and moved by Metropolis steps at temperatures that lead to p(x observed | z)^POWER p(z).

    Del Moral, Doucet & Jasra 2006 (https://doi.org/10.1111/j.1467-9868.2006.00553.x); each picture's next temperature
    is the highest at which the weights are worth LEAST_EFFECTIVE of its particles, as in Jasra et al. 2011
    (https://doi.org/10.1111/j.1467-9469.2010.00723.x). Steps are scaled by the particles' own covariance.
    Trace: `temperatures` (T, B), 1 at the end; `accepted` (B,), the share of moves that were, of all that were tried;
    `first_effective` (B,), how many of FIRST_DRAWS their whole weights would be worth.
    """
    source = proposal(model, x, mask)

    def weighed(z: Tensor) -> Particles:
        prior = model.prior.log_prob(z)
        mixed = torch.logaddexp(source.log_prob(z) + math.log(1 - PRIOR_SHARE), prior + math.log(PRIOR_SHARE))
        return Particles(z, mixed, POWER * observed_likelihood(model, x, mask, z) + prior)

    count, from_prior = max(PARTICLES, samples), round(PRIOR_SHARE * FIRST_DRAWS)
    shapes = (FIRST_DRAWS - from_prior,), (from_prior, len(x))
    first = sample(source, generator, shapes[0]), sample(model.prior, generator, shapes[1])
    particles = weighed(torch.cat(first))
    first_effective = effective(particles.log_ratio)
    temperature = torch.zeros(len(x))
    path: list[Tensor] = []
    tried, accepted = torch.zeros(len(x)), torch.zeros(len(x))
    while not path or bool((temperature < 1).any()):
        worth = LEAST_EFFECTIVE * count if path else count
        step = tempered(particles.log_ratio, 1 - temperature, worth, BISECTIONS)
        chosen = systematic((step * particles.log_ratio).softmax(0), count, generator)
        last = (step == 1 - temperature) | (len(path) + 1 >= MOST_TEMPERATURES)
        particles, temperature = particles[chosen], torch.where(last, 1.0, temperature + step)
        path.append(temperature)
        moving = (step > 0) | (temperature == 1)
        for root in roots(particles.z):
            noise = torch.randn(particles.z.shape, generator=generator, device=x.device)
            moved = weighed(particles.z + torch.einsum("bde,nbe->nbd", root, noise))
            odds = moved.at(temperature) - particles.at(temperature)
            yes = torch.rand(odds.shape, generator=generator, device=x.device).log() < odds
            particles = Particles(
                torch.where(yes[..., None], moved.z, particles.z),
                torch.where(yes, moved.source, particles.source),
                torch.where(yes, moved.target, particles.target),
            )
            tried, accepted = tried + count * moving, accepted + yes.sum(0) * moving
    kept = torch.randperm(count, generator=generator, device=x.device)[:samples]
    trace = {"temperatures": torch.stack(path), "accepted": accepted / tried, "first_effective": first_effective}
    return decoded(model, x, mask, particles.z[kept], generator, trace)


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
    return decoded(model, x, mask, kept, generator, {"objective": torch.stack(trace)})


METHODS: dict[str, Method] = {
    "naive": naive,
    "masked": masked,
    "partial-conv": masked,
    "pseudo-gibbs": pseudo_gibbs,
    "metropolis": metropolis,
    "importance": importance,
    "prior": importance_from_prior,
    "annealed": annealed,
    "gradient": gradient,
}


@dataclass(frozen=True)
class Need:
    """What a method needs of a model."""

    model: str  # that has it
    such_as: str
    others: str  # what they have instead
    met: Callable[[Family, Completer | None], bool]  # by a family, and the kind of encoder for holes where it is known


PLAIN = "mnist-vae-10d"
LABELS = Need("that takes no labels", PLAIN, "takes them", lambda can, kind: not can.takes_labels)
OPEN = Need("whose z leaves pixels open", PLAIN, "has all of the picture in z", lambda can, kind: not can.exact)
SPREAD = Need("whose q(z|x) has a density", PLAIN, "is sure of one z", lambda can, kind: can.latent != "discrete")
SPACE = Need("whose latents lie in a space", PLAIN, "has codes of a codebook", lambda can, kind: can.has_distances)


def encoder_for_holes(wanted: Completer, such_as: str) -> Need:
    """The need of a method that is an encoder of that kind."""
    return Need(
        "with that encoder",
        such_as,
        "has no encoder of that kind, trained on holes",
        lambda can, kind: can.completes_holes and kind in (wanted, None),
    )


NEEDS = {  # of single methods; all have LABELS and OPEN
    "masked": encoder_for_holes("mlp", "mnist-masked-10d"),
    "partial-conv": encoder_for_holes("partial-conv", "mnist-partialconv-10d"),
    "metropolis": SPREAD,
    "importance": SPREAD,
    "annealed": SPACE,
    "gradient": SPACE,
}


def unmet(method: str, model: Model | OfAFamily, labelled: bool) -> Need | None:
    """The first of a method's needs that a model does not meet."""
    can, kind = families.of(model), getattr(getattr(model, "config", None), "completer", None)
    needs = [None if labelled else LABELS, OPEN, NEEDS.get(method)]
    return next((need for need in needs if need is not None and not need.met(can, kind)), None)


def refusal(method: str, model: Model | OfAFamily, labelled: bool = False) -> str | None:
    """Why a method cannot be done with a model, and what can be, in one sentence; None where it can be done.

    `labelled`: its pictures have labels, which it is given if it takes some. An entry of the zoo does not say of which
    kind its encoder for holes is: it may then be either.
    """
    need = unmet(method, model, labelled)
    if need is None:
        return None
    *others, last = [name for name in METHODS if unmet(name, model, labelled=True) is None] or [""]
    able = f"{', '.join(others)} or {last}" if others else last
    told = "as vae_core.models.given.Given(model, labels) it" if need is LABELS else "it"
    subject, instead = (method, f": {told} can do {able}") if able else ("every method", "")
    lacking = f"this one, of the family {families.of(model).name}, {need.others}"
    return f"{subject} needs a model {need.model}, such as {need.such_as}, and {lacking}{instead}"


def repeated(model: Model, times: int) -> Model:
    """The model to ask about pictures that are all repeated so many times: each label that it is given is, too."""
    return Given(model.model, model.labels.repeat(times)) if isinstance(model, Given) and model.labels.ndim else model


def proposal(model: Model, x: Tensor, mask: Tensor) -> Distribution:
    """q(z | x observed) where the model has it, else q(z|x) of the zero-filled picture."""
    return model.encode_observed(x, mask) if families.completes_holes(model) else model.encode(x)


def systematic(weights: Tensor, count: int, generator: Generator) -> Tensor:
    """Indices (count, B) drawn by weights (N, B) that add up to 1, each as often as its share to within one."""
    shifts = torch.rand(weights.shape[1], 1, generator=generator, device=weights.device)
    places = (torch.arange(count, device=weights.device) + shifts) / count  # (B, count)
    return torch.searchsorted(weights.T.cumsum(1), places).clamp(max=len(weights) - 1).T


def roots(z: Tensor) -> list[Tensor]:
    """For each of MOVES steps, the root (B, D, D) of the covariance of its proposals: that of particles z (N, B, D),
    scaled by (2 / sqrt D)^2 and, every second time, by a quarter of it."""
    apart = z - z.mean(0)
    covariance = torch.einsum("nbd,nbe->bde", apart, apart) / len(z)
    root = torch.linalg.cholesky(covariance + 1e-4 * torch.eye(z.shape[-1], device=z.device))
    return [root * (2 / math.sqrt(z.shape[-1]) / (1 + step % 2)) for step in range(MOVES)]


def joint(model: Model, x: Tensor, z: Tensor) -> Tensor:
    """log p(x, z) of whole pictures, (B,)."""
    return model.decode(z).log_prob(x) + model.prior.log_prob(z)


def observed_likelihood(model: Model, x: Tensor, mask: Tensor, z: Tensor) -> Tensor:
    """log p(x observed | z) of z (K, B, D): (K, B)."""
    return torch.cat([pixel_likelihood(model.decode(some), x, mask) for some in z.split(max(1, ROWS // len(x)))])


def pixel_likelihood(pixels: Independent, x: Tensor, where: Tensor) -> Tensor:
    """log p of the pixels of x (B, C, H, W) at which `where` (B, 1, H, W) is True, under p(x|z) (..., B): (..., B)."""
    if isinstance(pixels, PictureBernoulli):  # a pixel whose logit and value are 0 is log(1/2): several times faster
        kept = PictureBernoulli(pixels.base_dist.logits * where).log_prob(x * where)
        return kept + (~where).sum((-3, -2, -1)) * (x.shape[-3] * math.log(2))
    if isinstance(pixels.base_dist, MixtureSameFamily):
        return with_each_label(pixels.base_dist, x, where).logsumexp(-1)
    return (pixels.base_dist.log_prob(x) * where).sum((-3, -2, -1))


def with_each_label(pixels: MixtureSameFamily, x: Tensor, where: Tensor) -> Tensor:
    """log p(y) + log p(x at `where` | y, z) of pixels that mix over K labels, p(x|z) (..., B): (..., B, K)."""
    each_label = cast(Independent, pixels.component_distribution)
    each = pixel_likelihood(each_label, x[:, None], where[:, None])
    return pixels.mixture_distribution.logits + each


def pixels_given(model: Model, x: Tensor, mask: Tensor, z: Tensor, generator: Generator) -> Independent:
    """p(x missing | z, x observed) of z (..., B, D), whose pixels are independent: p(x|z), of a label that is drawn by
    p(y | z, x observed) where it mixes over labels."""
    pixels = model.decode(z)
    if not isinstance(pixels.base_dist, MixtureSameFamily):
        return pixels
    labels = Categorical(logits=with_each_label(pixels.base_dist, x, mask), validate_args=False)
    return model.decode(z, sample(labels, generator))


def decoded(
    model: Model, x: Tensor, mask: Tensor, z: Tensor, generator: Generator, trace: dict | None = None
) -> Completions:
    """Completions from latents z (S, B, D)."""
    parts = z.split(max(1, ROWS // len(x)))
    filled = [torch.where(mask, x, pixels_given(model, x, mask, some, generator).mean) for some in parts]
    return Completions(torch.cat(filled), z, trace or {})
