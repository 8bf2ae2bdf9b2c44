"""What torch and vae_core give for the tests of the VAE that the browser trains."""

import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy_with_logits, linear, softplus

from vae_core.data.presentation import binarise
from vae_core.data.registry import load_dataset
from vae_core.data.seeds import drawing_from, noise_generator
from vae_core.home import HOME
from vae_core.learning.objectives import BetaELBO
from vae_core.learning.score_function import ScoreFunction
from vae_core.learning.terms import Batch
from vae_core.models.vae import SMALLEST_STDDEV, VAE, VAEConfig
from vae_core.studies.race import measured

RATE, STEPS, BATCH = 0.005, 20, 64


def races() -> dict:
    """The races that are shipped."""
    told = measured(HOME / "assets" / "learning" / "race.json")
    return {kind: told[kind][0]["points"] for kind in told}


def model() -> VAE:
    with drawing_from(torch.Generator().manual_seed(4)):
        return VAE(VAEConfig((1, 8, 8), latent_dim=2, hidden=(16,)))


def digits(step: int, rows: int) -> tuple[Tensor, Tensor]:
    """Bits (B, 64) and noise (B, 2): that which vae_core draws of `noise_generator(1, step)`."""
    bytes_ = load_dataset("digits").train.batch(slice(rows * step, rows * (step + 1)))
    noise = torch.empty(rows, 2).normal_(generator=noise_generator(1, step))
    return binarise(bytes_, noise_generator(2, step)).flatten(1), noise


def terms(parameters: list[Tensor], x: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """mu, log p(x|z) and the KL in double precision, from the formulas of the paper alone."""
    hidden = linear(x, *parameters[:2]).relu()
    mean, raw = linear(hidden, *parameters[2:4]).chunk(2, 1)
    stddev = softplus(raw) + SMALLEST_STDDEV
    logits = linear(linear(mean + stddev * epsilon, *parameters[4:6]).relu(), *parameters[6:])
    kl = (mean.square() + stddev.square() - 1 - 2 * stddev.log()).sum(1) / 2
    return mean, -binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1), kl


def doubles() -> list[Tensor]:
    return [parameter.detach().double().requires_grad_() for parameter in model().parameters()]


def small_vae() -> dict:
    cases, z = [], torch.linspace(-3, 3, 10, dtype=torch.float64).reshape(5, 2)
    for rows, weight in ((7, 1.0), (1, 0.0), (8, 3.5)):
        parameters, (x, epsilon) = doubles(), digits(0, rows)
        mean, log_likelihood, kl = terms(parameters, x.double(), epsilon.double())
        loss = (weight * kl - log_likelihood).mean()
        gradient = torch.autograd.grad(loss, parameters)
        cases.append(
            {
                "x": x.flatten(),
                "epsilon": epsilon.flatten(),
                "weight": weight,
                "mean": mean.flatten(),
                "logLikelihood": log_likelihood,
                "kl": kl,
                "loss": loss.item(),
                "gradient": flat(gradient),
            }
        )
    parameters = doubles()
    decoded = linear(linear(z, *parameters[4:6]).relu(), *parameters[6:]).sigmoid()
    return {
        "sizes": {"pixels": 64, "hidden": 16, "latent": 2},
        "parameters": flat(parameters),
        "cases": cases,
        "z": z.flatten(),
        "decoded": decoded.flatten(),
        "scores": score_functions(),
        "adam": adam(),
        "training": training(),
    }


def score_functions() -> list[dict]:
    """The gradient of the score function's loss: by autograd of its definition in double precision, and by vae_core's
    objective, from the same noise."""
    cases, rows = [], 6
    for share in (0.0, 1.0):
        parameters, own = doubles(), model()
        x, _ = digits(0, rows)
        epsilon = torch.empty(2, rows, 2).normal_(generator=noise_generator(1, 0))
        twice = x.double().repeat(2, 1)
        mean, raw = linear(linear(twice, *parameters[:2]).relu(), *parameters[2:4]).chunk(2, 1)
        q = Normal(mean, softplus(raw) + SMALLEST_STDDEV)
        z = (q.mean + q.stddev * epsilon.double().flatten(0, 1)).detach()
        logits = linear(linear(z, *parameters[4:6]).relu(), *parameters[6:])
        log_likelihood = -binary_cross_entropy_with_logits(logits, twice, reduction="none").sum(1)
        gain = (log_likelihood - share * log_likelihood.roll(rows)).detach()
        kl = kl_divergence(q, Normal(0.0, 1.0)).sum(1)
        loss = (kl - log_likelihood - gain * q.log_prob(z).sum(1)).mean()
        batch = Batch(x.reshape(-1, 1, 8, 8), generator=noise_generator(1, 0))
        (-ScoreFunction(share)(own, batch).bound.mean()).backward()
        cases.append(
            {
                "share": share,
                "x": twice.flatten(),
                "epsilon": epsilon.flatten(),
                "gradient": flat(torch.autograd.grad(loss, parameters)),
                "own": flat([parameter.grad for parameter in own.parameters()]),
            }
        )
    return cases


def flat(tensors: list[Tensor] | tuple[Tensor, ...]) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def adam() -> dict:
    gradients = torch.randn(6, 5, generator=torch.Generator().manual_seed(8), dtype=torch.float64)
    gradients[:, 1] *= 1e-7
    gradients[3:, 2] = 0
    start = torch.ones(5, dtype=torch.float64)
    parameter = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([parameter], lr=0.03)
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
    return {"start": start, "gradients": gradients, "rate": 0.03, "end": parameter.detach()}


def training() -> dict:
    """The losses and the weights of twenty steps, in double precision and by vae_core, which computes in single."""
    parameters, own = doubles(), model()
    optimizers = torch.optim.Adam(parameters, lr=RATE), torch.optim.Adam(own.parameters(), lr=RATE)
    batches, losses, own_losses = [], [], []
    for step in range(STEPS):
        x, epsilon = digits(step, BATCH)
        weight = min(1.0, step / 10)
        _, log_likelihood, kl = terms(parameters, x.double(), epsilon.double())
        batch = Batch(x.reshape(-1, 1, 8, 8), generator=noise_generator(1, step))
        both = (weight * kl - log_likelihood).mean(), -BetaELBO(weight)(own, batch).bound.mean()
        for optimizer, loss in zip(optimizers, both, strict=True):
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        batches.append({"x": x.flatten(), "epsilon": epsilon.flatten(), "weight": weight})
        losses.append(both[0].item())
        own_losses.append(both[1].item())
    return {
        "rate": RATE,
        "batches": batches,
        "losses": losses,
        "end": flat(parameters),
        "ownLosses": own_losses,
        "ownEnd": flat(list(own.parameters())),
    }
