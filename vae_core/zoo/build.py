"""Building models: training, then codes, projections and metrics, into a checkpoint folder."""

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.kl_decomposition import decompose_kl
from vae_core.analysis.projection import FEWEST_CODES, project
from vae_core.data.files import write_whole
from vae_core.data.pictures import Dataset
from vae_core.data.registry import load_dataset
from vae_core.learning.objectives import to_json
from vae_core.learning.training import Progress, fit
from vae_core.models.checkpoint import FAMILIES, describe, read_history, round_to_half, write_checkpoint
from vae_core.zoo.recipes import Recipe
from vae_core.zoo.store import ZOO, load

STATE = "training.safetensors"
HISTORY, SNAPSHOTS = "history.json", "snapshots"  # in the folder of the unfinished model
RECORDED = 200  # steps that the history keeps


@dataclass(frozen=True)
class Stage:
    """What `build` is doing: training has `progress`, the other stages count what is done."""

    name: str
    done: int
    total: int
    progress: Progress | None = None


def build(
    recipe: Recipe, folder: Path | None = None, half_precision: bool = True, projected: bool = True
) -> Iterator[Stage]:
    """Train a recipe's model and write its checkpoint folder (`assets/zoo/NAME` unless given), yielding stages.

    Without `projected` it has no PCA and UMAP, the latter of which takes half a minute.

    Interrupted, it goes on where it stopped: the state is kept in `FOLDER.partial` until the checkpoint is whole.
    Raises DatasetUnavailable, TrainingDiverged, or ValueError if the model does not fit the data set.
    """
    folder = folder or ZOO / recipe.name
    dataset = load_dataset(recipe.dataset)
    model = new_model(recipe)
    partial = folder.with_name(folder.name + ".partial")
    for progress in fit(model, dataset.train, recipe.training, recipe.objective, partial / STATE):
        record(partial / HISTORY, progress)
        if any(progress.step == max(1, round(share * progress.steps)) for share in recipe.snapshots):
            take_snapshot(partial, model, recipe, progress)
        yield Stage("training", progress.step, progress.steps, progress)
    yield from finish(model, dataset, recipe, folder, half_precision, projected, partial)
    shutil.rmtree(partial, ignore_errors=True)


def record(path: Path, progress: Progress) -> None:
    """Add a step to the history if it is one of the 200 that are kept; a step that is done again replaces itself."""
    if progress.step % math.ceil(progress.steps / RECORDED) and not progress.finished:
        return
    names = ("step", "bound", "log_likelihood", "kl_per_dimension")
    history = read_history(path) or {name: [] for name in names}
    before = sum(step < progress.step for step in history["step"])
    history = {name: [*history[name][:before], getattr(progress, name)] for name in names}
    write_whole(path, json.dumps(history).encode())


def take_snapshot(partial: Path, model: nn.Module, recipe: Recipe, progress: Progress) -> None:
    """Keep the model as it is now, in half precision."""
    thousandths = round(1000 * progress.step / progress.steps)
    folder = partial / SNAPSHOTS / f"{thousandths:03d}"
    write_checkpoint(folder, model, description_of(model, recipe) | {"step": progress.step}, half_precision=True)


def new_model(recipe: Recipe) -> nn.Module:
    """The recipe's model with its seeded initial weights, and its base's trained ones."""
    model_class, _ = FAMILIES[recipe.model.family]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.training.seed)
        model = model_class(recipe.model)
    if recipe.base:
        model.vae.load_state_dict(load(recipe.base).state_dict())
    return model


def description_of(model: nn.Module, recipe: Recipe) -> dict:
    """What model.json says of a recipe's model."""
    objective = to_json(recipe.objective)
    return describe(
        model,
        name=recipe.name,
        dataset=recipe.dataset,
        objective=objective.pop("name"),
        objective_settings=objective,
        training=recipe.training.to_json(),
        seed=recipe.training.seed,
    )


def finish(
    model: nn.Module,
    dataset: Dataset,
    recipe: Recipe,
    folder: Path,
    half_precision: bool,
    projected: bool,
    partial: Path,
) -> Iterator[Stage]:
    """Measure a trained model and write its checkpoint folder; `partial` has the history and the snapshots."""
    if half_precision:
        round_to_half(model)
    total = 4
    yield Stage("encoding the test split", 0, total)
    codes = encode_split(model, dataset.test)
    projections = {}
    if projected and model.config.latent_dim >= 2 and len(codes.mean) >= FEWEST_CODES:
        for done, method in enumerate(("pca", "umap"), start=1):
            yield Stage(f"projecting with {method}", done, total)
            projections |= project(codes.mean, method)
    yield Stage("evaluating", 3, total)
    evaluation = evaluate(model, dataset, recipe.importance_samples)
    parts = decompose_kl(codes)
    write_checkpoint(
        folder,
        model,
        description_of(model, recipe),
        codes,
        projections,
        {"name": recipe.name, "dataset": recipe.dataset, **evaluation.to_json(), "kl_parts": parts.to_json()},
        half_precision,
        read_history(partial / HISTORY),
        partial / SNAPSHOTS if recipe.snapshots else None,
    )
    yield Stage("written", total, total)
