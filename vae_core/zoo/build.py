"""Building models: training, then codes, projections and metrics, into a checkpoint folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.projection import FEWEST_CODES, project
from vae_core.data.pictures import Dataset
from vae_core.data.registry import load_dataset
from vae_core.learning.training import Progress, fit
from vae_core.models.checkpoint import FAMILIES, describe, round_to_half, write_checkpoint
from vae_core.zoo.recipes import Recipe
from vae_core.zoo.store import ZOO

STATE = "training.safetensors"


@dataclass(frozen=True)
class Stage:
    """What `build` is doing: training has `progress`, the other stages count what is done."""

    name: str
    done: int
    total: int
    progress: Progress | None = None


def build(recipe: Recipe, folder: Path | None = None, half_precision: bool = True) -> Iterator[Stage]:
    """Train a recipe's model and write its checkpoint folder (`assets/zoo/NAME` unless given), yielding stages.

    Interrupted, it goes on where it stopped: the state is kept in `FOLDER.partial` until the checkpoint is whole.
    Raises DatasetUnavailable, TrainingDiverged, or ValueError if the model does not fit the data set.
    """
    folder = folder or ZOO / recipe.name
    dataset = load_dataset(recipe.dataset)
    model = new_model(recipe)
    partial = folder.with_name(folder.name + ".partial")
    for progress in fit(model, dataset.train, recipe.training, recipe.objective, partial / STATE):
        yield Stage("training", progress.step, progress.steps, progress)
    yield from finish(model, dataset, recipe, folder, half_precision)
    (partial / STATE).unlink(missing_ok=True)
    partial.rmdir()


def new_model(recipe: Recipe) -> nn.Module:
    """The recipe's model with its seeded initial weights."""
    model_class, _ = FAMILIES[recipe.model.family]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.training.seed)
        return model_class(recipe.model)


def finish(model: nn.Module, dataset: Dataset, recipe: Recipe, folder: Path, half_precision: bool) -> Iterator[Stage]:
    """Measure a trained model and write its checkpoint folder."""
    if half_precision:
        round_to_half(model)
    total = 4
    yield Stage("encoding the test split", 0, total)
    codes = encode_split(model, dataset.test)
    projections = {}
    if model.config.latent_dim >= 2 and len(codes.mean) >= FEWEST_CODES:
        for done, method in enumerate(("pca", "umap"), start=1):
            yield Stage(f"projecting with {method}", done, total)
            projections |= project(codes.mean, method)
    yield Stage("evaluating", 3, total)
    evaluation = evaluate(model, dataset, recipe.importance_samples)
    write_checkpoint(
        folder,
        model,
        describe(
            model,
            name=recipe.name,
            dataset=recipe.dataset,
            objective=recipe.objective.name,
            training=recipe.training.to_json(),
            seed=recipe.training.seed,
        ),
        codes,
        projections,
        {"name": recipe.name, "dataset": recipe.dataset, **evaluation.to_json()},
        half_precision,
    )
    yield Stage("written", total, total)
