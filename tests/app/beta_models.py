"""A small sweep of real, barely trained models on digits: several betas and a capacity model, made in seconds."""

from pathlib import Path

import torch

from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.kl_decomposition import decompose_kl
from vae_core.data.registry import load_dataset
from vae_core.learning.objectives import BetaELBO, Capacity
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.checkpoint import read_history, round_to_half, write_checkpoint
from vae_core.models.vae import VAEConfig
from vae_core.zoo.build import description_of, new_model, record, take_snapshot
from vae_core.zoo.recipes import Recipe

BETAS = (0, 1, 8)
SAMPLES = 3  # of the importance-sampled likelihood
CODES = 120
MODEL, TRAINING = VAEConfig((1, 8, 8), 4, hidden=(16,)), TrainingConfig(epochs=3)
RECIPES = [
    *(Recipe(f"digits-beta{beta}-4d", "digits", MODEL, TRAINING, BetaELBO(beta)) for beta in BETAS),
    Recipe("digits-capacity-4d", "digits", MODEL, TRAINING, Capacity(8.0, 10.0), snapshots=(0.25, 0.5)),
]


def write_sweep(zoo: Path) -> None:
    """Train the models, measure them as the zoo's are, and write their folders."""
    dataset = load_dataset("digits")
    for recipe in RECIPES:
        model, partial = new_model(recipe), zoo / f"{recipe.name}.partial"
        for progress in fit(model, dataset.train, recipe.training, recipe.objective):
            record(partial / "history.json", progress)
            if progress.step in [round(share * progress.steps) for share in recipe.snapshots]:
                take_snapshot(partial, model, recipe, dataset, progress)
        round_to_half(model)
        codes = encode_split(model, dataset.test, torch.arange(CODES))
        metrics = {"name": recipe.name, **evaluate(model, dataset, SAMPLES).to_json()}
        write_checkpoint(
            zoo / recipe.name,
            model,
            description_of(model, recipe, dataset),
            codes,
            metrics={**metrics, "kl_parts": decompose_kl(codes, 100).to_json()},
            half_precision=True,
            history=read_history(partial / "history.json"),
            snapshots=partial / "snapshots" if recipe.snapshots else None,
        )
