"""Untrained models of a few neurons as checkpoint folders: a zoo for tests, made in a moment."""

import dataclasses
from pathlib import Path

import torch

from vae_core.analysis.evaluation import encode_split
from vae_core.data import load_dataset
from vae_core.models import families
from vae_core.models.adversarial import AdversarialConfig
from vae_core.models.checkpoint import describe, write_checkpoint
from vae_core.models.codes import Codes
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.flow_posterior import FlowConfig
from vae_core.models.model import Config
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.vae import VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig, QuantisedVAE

CODES = 60

DIGITS = VAEConfig((1, 8, 8), latent_dim=2, hidden=(16, 16))
STAND_INS = {  # name: data set, model; with labels and without, many sliders and few, with UMAP and without
    "digits-small-2d": ("digits", DIGITS),
    "digits-small-14d": ("digits", dataclasses.replace(DIGITS, latent_dim=14)),
    "frey-small-3d": ("frey", VAEConfig((1, 28, 20), latent_dim=3, hidden=(16, 16), likelihood="gaussian")),
}


CONDITIONAL = "digits-given-3d"  # a model with labels, for those that ask for one
SEMI_SUPERVISED, LABELS = "digits-m2-3d", 20  # one that was told so many, and classifies


def write_conditional(folder: Path) -> None:
    """An untrained model of digits that is given their labels."""
    write_stand_in(folder, "digits", ConditionalConfig(dataclasses.replace(DIGITS, latent_dim=3), 10))


# a VAE with Gaussian pixels, and its twins with a discriminator: their objectives by name
ADVERSARIAL = {"digits-gaussian-3d": "elbo", "digits-features-3d": "feature-likelihood", "digits-fooled-3d": "vae-gan"}


def write_adversarial(zoo: Path, latent_dim: int = 3) -> None:
    """Those untrained models of digits, in one folder; of other latent dimensions, their names say which."""
    vae = dataclasses.replace(DIGITS, latent_dim=latent_dim, likelihood="gaussian")
    for name, objective in ADVERSARIAL.items():
        config = vae if objective == "elbo" else AdversarialConfig(vae, (4, 8), layer=1)
        settings = {"gamma": 1.0} if objective == "vae-gan" else {}
        write_stand_in(zoo / name.replace("3d", f"{latent_dim}d"), "digits", config, objective, settings=settings)


MAPPED = {  # models with a map whose KL has no closed form: name, configuration
    "digits-bent-2d": FlowConfig(DIGITS, "planar", 2),
    "digits-learned-2d": dataclasses.replace(DIGITS, prior="mixture", prior_components=4),
    "digits-both-2d": FlowConfig(dataclasses.replace(DIGITS, prior="mixture", prior_components=4), "planar", 2),
    "digits-vamp-3d": dataclasses.replace(DIGITS, latent_dim=3, prior="vamp", prior_components=4),
    "digits-learned-3d": dataclasses.replace(DIGITS, latent_dim=3, prior="mixture", prior_components=4),
}


def closed_form(config: Config) -> bool:
    """Whether a model's KL is one of two Gaussians."""
    return getattr(config, "prior", "normal") == "normal" and config.family != "flow"


def write_mapped(zoo: Path) -> None:
    """Those untrained models of digits, in one folder."""
    for name, config in MAPPED.items():
        write_stand_in(zoo / name, "digits", config)


def write_semi_supervised(folder: Path) -> None:
    """An untrained model of digits that says how likely each label is."""
    given = ConditionalConfig(dataclasses.replace(DIGITS, latent_dim=3), 10)
    config = SemiSupervisedConfig(given, (16,))
    write_stand_in(folder, "digits", config, "m2", {"labels": LABELS}, {"classification_error": 0.25})


def write_codes(folder: Path) -> None:
    """An untrained model of digits with a code for each of four cells."""
    torch.manual_seed(0)
    config = QuantisedConfig((1, 8, 8), codes=6, code_dim=4, channels=8, prior_width=16, prior_layers=1)
    model = QuantisedVAE(config).requires_grad_(False).eval()
    codes = encode_split(model, load_dataset("digits").test, torch.arange(CODES))
    what = describe(model, name=folder.name, dataset="digits", objective="vq", training={}, seed=0)
    settings = {"objective_settings": {"commitment": 0.25}}
    metrics = {"nll": 123.4, "nll_standard_error": 0.5, "images": CODES, "importance_samples": 1, "active_units": 4}
    write_checkpoint(folder, model, what | settings, codes, {}, metrics)


def write_stand_in(
    folder: Path,
    dataset: str,
    config: Config,
    objective: str = "elbo",
    training: dict | None = None,
    measured: dict | None = None,
    settings: dict | None = None,
) -> None:
    """An untrained model as a checkpoint folder, its codes drawn at random, its name the folder's; its description and
    its metrics may say more than they would otherwise."""
    draw = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = families.of(config).model(config).eval()
    dim = config.latent_dim
    mean = torch.randn(CODES, dim, generator=draw) * torch.linspace(1, 0.1, dim)
    codes = Codes(
        mean=mean,
        stddev=torch.full((CODES, dim), 0.5),
        indices=torch.arange(CODES),
        reconstruction_error=torch.rand(CODES, generator=draw) * 100,
        labels=torch.arange(CODES) % 10 if dataset == "digits" else None,
        cost=None if closed_form(config) else torch.rand(CODES, generator=draw),
    )
    projections = {"pca": mean[:, :2], "pca_components": torch.eye(2, dim), "pca_mean": torch.zeros(dim)}
    if dim > 3:
        projections["umap"] = torch.randn(CODES, 2, generator=draw)
    metrics = {"nll": 123.4, "nll_standard_error": 0.5, "images": CODES, "importance_samples": 5, "active_units": 1}
    told = {"objective": objective, "objective_settings": settings, "training": training or {}, "seed": 0}
    what = describe(model, name=folder.name, dataset=dataset, **told)
    write_checkpoint(folder, model, what, codes, projections, metrics | (measured or {}))
