"""What latent dimensions are worth: switched off, what do the pictures and the bound lose?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.analysis.evaluation import standard_error
from vae_core.data.pictures import Pictures
from vae_core.data.presentation import present
from vae_core.data.seeds import noise_generator
from vae_core.models.distributions import kl_per_dimension, sample
from vae_core.models.model import Model

BATCH = 100  # pictures judged at once
DRAWS = 4  # of z a picture, the same ones whatever is switched off


@dataclass(frozen=True)
class SwitchedOff:
    """What is left with the dimensions `off` at z_j = 0 for every picture; nats a picture, means over `pictures`.

    A decoder that never hears a dimension need not be told of it: `kl` leaves the dimensions out, so that `elbo` is the
    bound of the model without them.
    """

    off: tuple[int, ...]
    reconstruction: float  # E_q[log p(x|z)]
    lost: float  # of the reconstruction, compared with nothing switched off
    lost_standard_error: float | None  # for other pictures; None for one, or one group
    kl: float
    pictures: int

    @property
    def elbo(self) -> float:
        return self.reconstruction - self.kl


@torch.no_grad()
def switch_off(
    model: Model,
    pictures: Pictures,
    choices: Sequence[tuple[int, ...]],
    count: int = 500,
    seed: int = 0,
    groups: Tensor | None = None,
) -> Iterator[list[SwitchedOff]]:
    """Judge the first `count` pictures of a split with nothing switched off and with each of `choices`.

    `groups` numbers pictures that depend on each other, (N,): `Dataset.test_groups`.

    Yields what is known after each batch, nothing switched off first; the seed fixes the draws of z and of the pixels.
    Raises ValueError for a count below 1 or a dimension that the model does not have.
    """
    latent_dim, total = model.config.latent_dim, min(count, len(pictures))
    if total < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    if any(not 0 <= dimension < latent_dim for off in choices for dimension in off):
        raise ValueError(f"dimensions must be 0 to {latent_dim - 1}, got {list(choices)}")
    every = [(), *choices]
    kept = torch.ones(len(every), latent_dim)
    for number, off in enumerate(every):
        kept[number, list(off)] = 0
    likelihoods, costs = [], []
    for start in range(0, total, BATCH):
        generator = noise_generator(seed, start)
        x = present(pictures.batch(slice(start, min(start + BATCH, total))), model.config.likelihood, generator)
        posterior = model.encode(x)
        z = sample(posterior, generator, (DRAWS,))  # (S, B, D)
        costs.append(kl_per_dimension(posterior, model.prior))
        likelihoods.append(torch.stack([log_likelihood(model, z * mask, x) for mask in kept]))  # (choices, B)
        yield summary(every, torch.cat(likelihoods, 1), torch.cat(costs), kept, groups)


def log_likelihood(model: Model, z: Tensor, x: Tensor) -> Tensor:
    """Mean of log p(x|z) over draws z (S, B, D) of pictures x (B, C, H, W): (B,)."""
    return torch.stack([model.decode(draw).log_prob(x) for draw in z]).mean(0)


def summary(
    every: Sequence[tuple[int, ...]], likelihoods: Tensor, costs: Tensor, kept: Tensor, groups: Tensor | None
) -> list[SwitchedOff]:
    """The means of `likelihoods` (choices, N) and of the KL `costs` (N, D) of the `kept` dimensions (choices, D)."""
    lost = likelihoods[:1] - likelihoods
    count = likelihoods.shape[1]
    errors = [standard_error(each, None if groups is None else groups[:count]) for each in lost]
    kl = kept @ costs.mean(0)
    return [
        SwitchedOff(off, reconstruction, less, error, cost, pictures=count)
        for off, reconstruction, less, error, cost in zip(
            every,
            likelihoods.mean(1).tolist(),
            lost.mean(1).tolist(),
            errors,
            kl.tolist(),
            strict=True,
        )
    ]
