"""How likely pictures are under a model: the ELBO and importance-sampled estimates of log p(x)."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor
from torch.distributions import Distribution, MixtureSameFamily

from vae_core.analysis.importance_weights import effective
from vae_core.analysis.proposals import can_fit, fitted_proposal, joint, taught_proposal
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import in_closed_form, kl_per_dimension, sample, sample_and_log_prob
from vae_core.models.model import Model

BATCH = 250  # simulated pictures at once
ROWS = 2048  # latents drawn and weighed at once, so that memory stays flat
FEW = 30  # effective samples below which draws are made afresh, from a proposal that the first draws have taught
AGAIN = 4  # times as many draws then
ENOUGH, TEACHINGS = 300, 2  # instead of FEW and once, for the bound that an estimate is checked with
TRUSTED = 10  # effective samples below which an estimate of log p(x) is no more than a lower bound
DRAWN = 10_000_000  # numbers drawn of a proposal at once, before its components
DECODED = 256  # latents decoded at once: their pixels stay in the processor's cache and in memory that is used again


@dataclass(frozen=True)
class LikelihoodEstimate:
    """Estimates for a batch of pictures from K samples of a proposal, in nats per image."""

    log_marginal: Tensor  # (B,) log of the mean of p(x|z) p(z) / q(z|x): a lower bound on log p(x) in expectation
    log_likelihood: Tensor  # (B,) mean over the samples of log p(x|z)
    log_weight_mean: Tensor  # (B,) mean over the samples of log p(x|z) p(z) / q(z|x): the ELBO, by Monte Carlo
    effective_samples: Tensor  # (B,) Kish's effective sample size of the importance weights, 1..K
    samples: int | Tensor  # K, or (B,) where pictures have different numbers of samples

    @property
    def standard_error(self) -> Tensor:
        """Of log_marginal, (B,), by the delta method: the standard error of the mean weight over the mean weight.

        NaN for one sample; an underestimate where one weight outweighs all others (few effective samples).
        """
        samples = torch.as_tensor(self.samples).expand_as(self.log_marginal)
        error = ((samples / self.effective_samples - 1).clamp_min(0) / (samples - 1)).sqrt()
        return torch.where(samples < 2, math.nan, error)

    @property
    def is_bound(self) -> Tensor:
        """(B,) whether so few samples count that log_marginal is a lower bound on log p(x) rather than an estimate."""
        return self.effective_samples < TRUSTED


@dataclass(frozen=True)
class ElboTerms:
    """The ELBO of each picture taken apart, in nats per image."""

    log_likelihood: Tensor  # (B,) E_q[log p(x|z)], mean over the samples
    standard_error: Tensor  # (B,) of log_likelihood and so of the ELBO; NaN for one sample
    kl: Tensor  # (B, D) KL(q(z|x) || p(z)) of each latent dimension; (B, 1), over the samples, where it does not split
    samples: int

    @property
    def elbo(self) -> Tensor:
        """(B,) log_likelihood - KL."""
        return self.log_likelihood - self.kl.sum(-1)


def importance_chunks(
    model: Model,
    x: Tensor,
    samples: int,
    proposal: Distribution | None = None,
    rows: int = ROWS,
    generator: Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Log weights and log-likelihoods of `samples` draws of z for each picture, a chunk at a time.

    x (B, C, H, W) as the model was trained on it. The proposal is q(z|x) unless given. Yields tensors (k, B) of
    log p(x|z) + log p(z) - log q(z|x) and of log p(x|z), with k at most `rows` / B, so that memory does not grow
    with the number of samples. Without a `generator` the same call draws the same numbers each time.
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    posterior, generator = proposal or model.encode(x), generator or noise_generator(device=x.device)
    prior = model.prior
    per_chunk, decoded = max(1, rows // len(x)), max(1, min(DECODED, rows) // len(x))
    for start in range(0, samples, per_chunk):
        z, log_posterior = sample_and_log_prob(posterior, generator, (min(per_chunk, samples - start),))  # (k, B, D)
        log_likelihood = torch.cat([model.decode(some).log_prob(x) for some in z.split(decoded)])  # (k, B)
        yield log_likelihood + prior.log_prob(z) - log_posterior, log_likelihood


def importance_estimate(
    model: Model,
    x: Tensor,
    samples: int,
    proposal: Distribution | None = None,
    rows: int = ROWS,
    generator: Generator | None = None,
) -> LikelihoodEstimate:
    """log p(x) of pictures x (B, C, H, W) by importance sampling, with what the same samples say of the ELBO.

    The bound of Burda, Grosse & Salakhutdinov 2016, equation 8 (https://arxiv.org/abs/1509.00519), evaluated with
    K = `samples` draws of q(z|x) (or of another proposal): it rises to log p(x) as K grows. With the prior as the
    proposal, `model.prior.expand((B,))`, the weights are p(x|z): naive Monte Carlo, of few effective samples.
    """
    for estimate in importance_progress(model, x, samples, proposal, rows, generator):  # noqa: B007 (the last one is wanted)
        pass
    return estimate


@torch.no_grad()
def importance_progress(
    model: Model,
    x: Tensor,
    samples: int,
    proposal: Distribution | None = None,
    rows: int = ROWS,
    generator: Generator | None = None,
) -> Iterator[LikelihoodEstimate]:
    """The estimate of `importance_estimate` as it grows: one after every `rows` / B samples, the last with all.

    Whoever stops listening stops the work. Give a binarised picture: a grey one has no likelihood under a Bernoulli
    decoder (what comes out lies between its ELBO and E_b[log p(b)], see `elbo_terms`).
    """
    log_sum = x.new_full((len(x),), -math.inf)  # log of the sum of the weights
    log_square_sum = log_sum.clone()  # log of the sum of the squared weights
    likelihood_sum = x.new_zeros(len(x))
    weight_sum = x.new_zeros(len(x))
    done = 0
    for log_weights, log_likelihood in importance_chunks(model, x, samples, proposal, rows, generator):
        log_sum = torch.logaddexp(log_sum, log_weights.logsumexp(0))
        log_square_sum = torch.logaddexp(log_square_sum, (2 * log_weights).logsumexp(0))
        likelihood_sum = likelihood_sum + log_likelihood.sum(0)
        weight_sum = weight_sum + log_weights.sum(0)
        done += len(log_weights)
        yield LikelihoodEstimate(
            log_marginal=log_sum - math.log(done),
            log_likelihood=likelihood_sum / done,
            log_weight_mean=weight_sum / done,
            effective_samples=(2 * log_sum - log_square_sum).exp(),
            samples=done,
        )


@dataclass(frozen=True)
class Draws:
    """K draws of a proposal for each of B pictures, weighed."""

    proposal: Distribution  # batch (B,), event (D,)
    z: Tensor  # (K, B, D)
    log_weights: Tensor  # (K, B) log p(x|z) + log p(z) - log of the proposal's density
    log_likelihood: Tensor  # (K, B) log p(x|z)

    @property
    def estimate(self) -> LikelihoodEstimate:
        return LikelihoodEstimate(
            log_marginal=self.log_weights.logsumexp(0) - math.log(len(self.z)),
            log_likelihood=self.log_likelihood.mean(0),
            log_weight_mean=self.log_weights.mean(0),
            effective_samples=effective(self.log_weights),
            samples=torch.full_like(self.log_weights[0], len(self.z)),
        )

    @torch.no_grad()
    def above(self, model: Model, x: Tensor, true_z: Tensor) -> Tensor:
        """(B,) log of the mean weight with the z (B, D) from which the pictures were simulated, one of p(z|x), in the
        place of the first draw, nats: above log p(x) in expectation, unless the draws were kept for their weights."""
        first = joint(model, x, true_z) - self.proposal.log_prob(true_z)
        return torch.cat([first[None], self.log_weights[1:]]).logsumexp(0) - math.log(len(self.z))


@torch.no_grad()
def marginal_estimate(model: Model, x: Tensor, samples: int, generator: Generator | None = None) -> LikelihoodEstimate:
    """log p(x) of pictures x (B, C, H, W) with a proposal fitted to each of them, see `fitted_proposal`; with draws of
    q(z|x) for models whose latents or pixels it does not know, see `can_fit`.

    Where fewer than FEW of the `samples` draws count, AGAIN times as many are made afresh from a proposal that the
    first have taught, and these alone give the estimate: given that proposal it is unbiased for p(x), so that
    log_marginal is below log p(x) in expectation, by about half the squared standard error. Where the first draws are
    kept, it is because enough of them count: over all pictures that leaves a little bias.
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    generator = generator or noise_generator(device=x.device)
    if not can_fit(model):
        return importance_estimate(model, x, samples, generator=generator)  # which keeps no draws
    (_, first), *better = marginal_draws(model, x, samples, generator, FEW, 1)
    found = first.estimate
    for pictures, draws in better:
        fresh = draws.estimate
        merged = {name: getattr(found, name).masked_scatter(pictures, getattr(fresh, name)) for name in vars(found)}
        found = LikelihoodEstimate(**merged)
    return found


@torch.no_grad()
def marginal_draws(
    model: Model, x: Tensor, samples: int, generator: Generator, enough: float, teachings: int
) -> Iterator[tuple[Tensor, Draws]]:
    """The draws behind `marginal_estimate` for pictures (a boolean for each of B): of all of them, and then afresh for
    those where fewer than `enough` count; up to `teachings` times, while it is so."""
    fitted = can_fit(model)
    draws = weighed(model, x, samples, fitted_proposal(model, x) if fitted else model.encode(x), generator)
    drawn = torch.ones_like(draws.log_weights[0], dtype=torch.bool)
    yield drawn, draws
    for _ in range(teachings):
        few = draws.estimate.effective_samples < enough
        if not fitted or not isinstance(draws.proposal, MixtureSameFamily) or not few.any() or samples < 2:
            return
        taught = taught_proposal(draws.z[:, few], draws.log_weights[:, few], draws.proposal, few)
        drawn = drawn.masked_scatter(drawn, few)
        draws = weighed(model, x[drawn], AGAIN * samples, taught, generator)
        yield drawn, draws


def weighed(model: Model, x: Tensor, samples: int, proposal: Distribution, generator: Generator) -> Draws:
    """Draws of a proposal for pictures x (B, C, H, W), weighed a few at a time."""
    prior = model.prior
    most = max(1, DRAWN // (len(x) * prior.event_shape[0]))
    z = torch.cat([sample(proposal, generator, (len(some),)) for some in torch.arange(samples).split(most)])
    at_once = max(1, DECODED // len(x))
    log_likelihood = torch.cat([model.decode(some).log_prob(x) for some in z.split(at_once)])
    few = z.split(max(1, ROWS // len(x)))
    log_prior, log_proposal = (torch.cat([each.log_prob(some) for some in few]) for each in (prior, proposal))
    return Draws(proposal, z, log_likelihood + log_prior - log_proposal, log_likelihood)


@torch.no_grad()
def simulated_gaps(model: Model, pictures: int, samples: int, generator: Generator) -> Tensor:
    """By how much `marginal_estimate` can be below log p(x), nats: of each of `pictures` that the model made itself how
    far the lower and the upper bound on log p(x) are apart, (pictures,); on average that is more than the bias.

    The upper bound has the z that the picture was made from among its draws (Grosse, Ghahramani & Adams 2015,
    https://arxiv.org/abs/1511.02543; Wu et al. 2017, https://arxiv.org/abs/1611.04273, with importance sampling in
    place of annealing). Their proposal was fitted without it, and taught TEACHINGS times, or until ENOUGH draws count;
    they are made once more then: draws that were kept because many of them count tend to be those that missed
    something.
    """
    z = sample(model.prior, generator, (pictures,))
    gaps = []
    for true_z in z.split(BATCH):
        x = sample(model.decode(true_z), generator)
        own = noise_generator(int(torch.randint(2**31, (), generator=generator, device=z.device)), device=x.device)
        for taught, (which, draws) in enumerate(marginal_draws(model, x, samples, own, ENOUGH, TEACHINGS)):
            estimate = draws.estimate
            if taught == 0:
                below, few = estimate.log_marginal, estimate.effective_samples < FEW
                above = torch.empty_like(below)
            if taught == 1:  # as `marginal_estimate` does
                below[which & few] = estimate.log_marginal[few[which]]
            afresh = weighed(model, x[which], samples, draws.proposal, generator)
            above[which] = afresh.above(model, x[which], true_z[which])
        gaps.append(above - below)
    return torch.cat(gaps)


@torch.no_grad()
def elbo_terms(
    model: Model,
    x: Tensor,
    samples: int = 64,
    posterior: Distribution | None = None,
    generator: Generator | None = None,
) -> ElboTerms:
    """The ELBO of pictures x (B, C, H, W), taken apart; `samples` draws of z ~ q(z|x) a picture.

    Of a binarised picture b it is the ELBO of training. A Bernoulli decoder takes a grey picture as well: its
    log-likelihood is linear in x, so that of x is the mean over binarisations b ~ x of log p(b|z), and, with q(z|x)
    held for all of them, the ELBO of a grey picture is a lower bound on E_b[log p(b)]. It is no likelihood of its own,
    but it moves smoothly under a pen and compares with `Codes.elbo`, which is the same quantity of the test pictures;
    not with `metrics.json`, where q has seen the binarised picture. A Gaussian decoder's density is as delicate: codes
    are of (bytes + 1/2) / 256, the mean of the dequantised pictures of training and `metrics.json`; two thousandths
    more or less would be worth 50 nats of an Olivetti face.
    """
    posterior = posterior or model.encode(x)
    chunks = list(importance_chunks(model, x, samples, posterior, generator=generator))
    weights, draws = (torch.cat(parts) for parts in zip(*chunks, strict=True))  # (samples, B)
    closed = in_closed_form(posterior, model.prior)
    spread = draws if closed else weights  # of what is averaged
    return ElboTerms(
        log_likelihood=draws.mean(0),
        standard_error=spread.std(0, correction=1) / math.sqrt(samples) if samples > 1 else draws[0] * math.nan,
        kl=kl_per_dimension(posterior, model.prior) if closed else (draws - weights).mean(0)[:, None],
        samples=samples,
    )


def only_bounded(metrics: Mapping[str, Any]) -> bool:
    """Whether the -log p(x) of a metrics.json is an upper bound: hardly any draw counts at the median picture."""
    return metrics.get("effective_samples", TRUSTED) < TRUSTED


def percentile(value: Tensor | float, reference: Tensor) -> Tensor:
    """Percentage of the reference (N,) below each value (...), equal ones counted half: 0 to 100, (...)."""
    ordered = reference.sort().values
    value = torch.as_tensor(value, dtype=ordered.dtype)
    below, not_above = (torch.searchsorted(ordered, value, right=right) for right in (False, True))
    return 50 * (below + not_above) / len(ordered)


def bits_per_dimension(nats: float, picture_shape: tuple[int, int, int], likelihood: str) -> float:
    """-log p(x) in nats per image as bits per pixel and channel.

    For Gaussian likelihoods, densities over [0, 1] become probabilities of one of 256 grey levels (8 bits more).
    """
    bits = bits_of(nats, picture_shape)
    return bits + 8 if likelihood == "gaussian" else bits


def bits_of(nats: float, picture_shape: tuple[int, int, int]) -> float:
    """Nats per image as bits per pixel and channel, for differences and errors: no grey levels are counted."""
    return nats / (math.prod(picture_shape) * math.log(2))
