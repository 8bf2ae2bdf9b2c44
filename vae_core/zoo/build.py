"""Building models: training, then codes, projections and metrics, into a checkpoint folder."""

import json
import logging
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vae_core.analysis.clusters import find_clusters
from vae_core.analysis.evaluation import Report, bounds, encode_split, evaluate, noiseless, paired_difference
from vae_core.analysis.kl_decomposition import decompose_kl
from vae_core.analysis.projection import FEWEST_CODES, Projection, project
from vae_core.data.files import alone_in, write_whole
from vae_core.data.holding_out import hold_out
from vae_core.data.images import FOLDER
from vae_core.data.pictures import Dataset, Pictures
from vae_core.data.registry import load_dataset
from vae_core.data.seeds import drawing_from
from vae_core.learning.objectives import to_json
from vae_core.learning.training import Progress, fit
from vae_core.models import families
from vae_core.models.checkpoint import (
    LIKELIHOODS,
    CheckpointError,
    describe,
    read_history,
    read_log_marginal,
    round_to_half,
    write_checkpoint,
)
from vae_core.models.codes import Codes
from vae_core.models.model import Model
from vae_core.models.vae import VAE
from vae_core.zoo.recipes import Recipe
from vae_core.zoo.store import ZOO, load, open_checkpoint

BASE = "base"  # in a folder of an unfinished training: which weights its base has
STATE = "training.safetensors"  # in the folder of the unfinished model, and in that of one that can be trained on
HISTORY, SNAPSHOTS = "history.json", "snapshots"  # in the folder of the unfinished model
ROUNDING = ("rounding_cost", "rounding_cost_standard_error")  # in metrics.json, nats: of weights in 16 bits
ROUNDED_ON = 2_000  # test pictures
RECORDED = 200  # steps that the history keeps
SERIES = ("step", "bound", "log_likelihood", "kl_per_dimension")  # of the history

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stage:
    """What `build` is doing: training has `progress`, the other stages count what is done."""

    name: str
    done: int
    total: int
    progress: Progress | None = None


def build(
    recipe: Recipe,
    folder: Path | None = None,
    half_precision: bool = True,
    projected: bool = True,
    resumable: bool = False,
    patience: float = 0.0,
    report: Report = lambda done, total: None,
) -> Iterator[Stage]:
    """Train a recipe's model and write its checkpoint folder (`assets/zoo/NAME` unless given), yielding stages.

    Without `projected` it has no PCA and UMAP, the latter of which takes half a minute; nor has a recipe that ships
    metrics alone. `report` is told how many test pictures are evaluated, which takes longer than any other stage but
    training.

    Interrupted, it goes on where it stopped: the state is kept in `FOLDER.partial` until the checkpoint is whole.
    `resumable` keeps it in the checkpoint as well (12 bytes a parameter, three times the weights): the same recipe with
    more epochs then goes on from there, as `fit` says. Raises DatasetUnavailable, TrainingDiverged, FolderInUse if
    somebody else has trained into the folder for `patience` seconds, or ValueError if the model does not fit the data
    set or what is in the folder is of another run, or finished.
    """
    if recipe.base and recipe.training.start != "torch":
        raise ValueError(
            f"start {recipe.training.start} would undo what {recipe.base} has learned: leave one of them out"
        )
    folder = folder or ZOO / recipe.name
    dataset = load_dataset(recipe.dataset, **recipe.dataset_options)
    if recipe.held_out != 0:
        dataset = hold_out(dataset, recipe.held_out)
    partial = folder.with_name(folder.name + ".partial")
    with alone_in(partial, "training", patience):
        check_base(partial, recipe)
        model = new_model(recipe)
        begin_pseudo_pictures(model, dataset.train, recipe.training.seed, bool(recipe.base))
        earlier = folder / STATE if resumable and (folder / STATE).exists() else None
        going_on = earlier is not None and not (partial / STATE).exists()
        for progress in fit(model, dataset.train, recipe.training, recipe.objective, partial / STATE, earlier):
            if going_on:
                write_whole(partial / HISTORY, json.dumps(known_history(folder / HISTORY)).encode())
                going_on = False
            record(partial / HISTORY, progress)
            record_base(partial, recipe)
            if any(progress.step == max(1, round(share * progress.steps)) for share in recipe.snapshots):
                take_snapshot(partial, model, recipe, dataset, progress)
            yield Stage("training", progress.step, progress.steps, progress)
        if going_on:
            epochs = recipe.training.epochs
            raise ValueError(f"{folder} is trained for {epochs} epochs already: ask for more, or name another folder")
        state = partial / STATE if resumable else None
        yield from finish(model, dataset, recipe, folder, half_precision, projected, partial, state, report)
        shutil.rmtree(partial, ignore_errors=True)


def check_base(partial: Path, recipe: Recipe) -> None:
    """Raise ValueError where a training that was stopped stands on another base than this one."""
    if not recipe.base:
        return
    path = partial / BASE
    if path.exists() and path.read_text() != open_checkpoint(recipe.base).content_hash:
        raise ValueError(f"{partial} was begun with another base than {recipe.base}: name that one, or another folder")


def record_base(partial: Path, recipe: Recipe) -> None:
    """Say which base a training has begun with."""
    path = partial / BASE
    if recipe.base and not path.exists():
        write_whole(path, open_checkpoint(recipe.base).content_hash.encode())


def record(path: Path, progress: Progress) -> None:
    """Add a step to the history if it is one of the 200 that are kept (a training that is gone on with keeps those of
    before as well); a step that is done again replaces itself."""
    if progress.step % math.ceil(progress.steps / RECORDED) and not progress.finished:
        return
    history = known_history(path)
    before = sum(step < progress.step for step in history["step"])
    history = {name: [*history[name][:before], getattr(progress, name)] for name in SERIES}
    write_whole(path, json.dumps(history).encode())


def known_history(path: Path) -> dict[str, list]:
    """The history so far; without entries where there is none, or where it is damaged, which the log says."""
    try:
        history = read_history(path)
        if not history:
            return {name: [] for name in SERIES}
        if set(history) != set(SERIES) or not all(type(step) is int for step in history["step"]):
            raise CheckpointError(f"{path} must hold the lists {', '.join(SERIES)}, the first one of whole numbers")
    except (CheckpointError, OSError) as error:
        logger.warning("%s: the history begins anew, training goes on", error)
        return {name: [] for name in SERIES}
    return history


def take_snapshot(partial: Path, model: Model, recipe: Recipe, dataset: Dataset, progress: Progress) -> None:
    """Keep the model as it is now, in half precision."""
    thousandths = round(1000 * progress.step / progress.steps)
    folder = partial / SNAPSHOTS / f"{thousandths:03d}"
    description = description_of(model, recipe, dataset) | {"step": progress.step}
    write_checkpoint(folder, model, description, half_precision=True)


def new_model(recipe: Recipe) -> Model:
    """The recipe's model with its seeded initial weights, and its base's trained ones where it has one."""
    with drawing_from(torch.Generator().manual_seed(recipe.training.seed)):
        model = families.of(recipe.model).model(recipe.model)
    if recipe.base:
        inside = model.vae if families.made_around_a_vae(model) else model
        inside.load_state_dict(load(recipe.base).state_dict())
    return model


def begin_pseudo_pictures(model: Model, pictures: Pictures, seed: int, based: bool = False) -> None:
    """Let a VampPrior's pseudo-pictures begin as random training pictures: from noise they were behind by half a nat on
    `digits` after 100 epochs. Other models stay as they are, and so do those that are `based` on a trained one."""
    inside = model if isinstance(model, VAE) else getattr(model, "vae", None)
    if not isinstance(inside, VAE) or inside.config.prior != "vamp" or based:
        return
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(pictures), generator=generator)
    rows = order[torch.arange(inside.config.prior_components) % len(order)]  # again where there are fewer pictures
    inside.pseudo_pictures.begin_at(noiseless(pictures.batch(rows), model.config.likelihood), generator)


def description_of(model: Model, recipe: Recipe, dataset: Dataset) -> dict:
    """What model.json says of a recipe's model, and of a data set that is the user's own."""
    objective = to_json(recipe.objective)
    return describe(
        model,
        name=recipe.name,
        dataset=dataset.info.name,
        objective=objective.pop("name"),
        objective_settings=objective,
        training=recipe.training.to_json(),
        seed=recipe.training.seed,
        dataset_options=recipe.dataset_options,
        dataset_info=dataset.info if recipe.dataset.startswith(FOLDER) else None,
    )


def finish(
    model: Model,
    dataset: Dataset,
    recipe: Recipe,
    folder: Path,
    half_precision: bool,
    projected: bool,
    partial: Path,
    state: Path | None,
    report: Report,
) -> Iterator[Stage]:
    """Measure a trained model and write its checkpoint folder; `partial` has the history and the snapshots, `state` is
    the file of training's state that is to be kept."""
    rounding = round_to_half_at_a_cost(model, dataset) if half_precision else {}
    total = 4
    yield Stage("encoding the test split", 0, total)
    codes = encode_split(model, dataset.test)
    projections: dict[str, Tensor] = {}
    methods: tuple[Projection, ...] = ("pca", "umap")
    shown = projected and recipe.ships == "model" and model.config.latent_dim >= 2 and not recipe.held_out
    if families.of(model).has_distances and shown and len(codes.mean) >= FEWEST_CODES:
        for done, method in enumerate(methods, start=1):
            yield Stage(f"projecting with {method}", done, total)
            projections |= project(codes.mean, method)
    yield Stage("evaluating", 3, total)
    measured, log_marginal = measure(model, dataset, recipe, codes, report)
    history = known_history(partial / HISTORY)
    write_checkpoint(
        folder,
        model,
        description_of(model, recipe, dataset),
        None if recipe.held_out else codes,  # which would be taken for those of the test split
        projections,
        measured | {name: value for name, value in rounding.items() if name not in measured},
        half_precision,
        history if history["step"] else {},
        partial / SNAPSHOTS if recipe.snapshots else None,
        state,
        dataset.pictures,
        log_marginal,
    )
    yield Stage("written", total, total)


def round_to_half_at_a_cost(model: Model, dataset: Dataset) -> dict[str, float | None]:
    """Round a model's weights to 16 bits, in place: what metrics.json says of the ELBO that this costs, nats a picture,
    on the same test pictures with the same draws of z."""
    before = bounds(model, dataset.test, ROUNDED_ON)
    round_to_half(model)
    groups = None if dataset.test_groups is None else dataset.test_groups[: len(before)]
    cost, error = paired_difference(before, bounds(model, dataset.test, ROUNDED_ON), groups)
    return dict(zip(ROUNDING, (cost, error), strict=True))


def measure(
    model: Model, dataset: Dataset, recipe: Recipe, codes: Codes, report: Report = lambda done, total: None
) -> tuple[dict[str, Any], Tensor]:
    """What metrics.json says of a recipe's model, of which `codes` are those of the test split, and log p(x)
    of each test picture that it was measured on. A completer's are its base's, which it is without holes."""
    named: dict[str, Any] = {"name": recipe.name, "dataset": dataset.info.name}
    if recipe.held_out:
        named |= {"held_out": recipe.held_out}
    if recipe.base and (known := measured_already(model, recipe)) is not None:
        return known[0] | named, known[1]
    evaluation = evaluate(
        model, dataset, recipe.importance_samples, report=report, likelihood_limit=recipe.likelihood_pictures
    )
    parts: dict[str, Any] = {}
    if codes.kl_splits:  # Gaussians, under N(0, I)
        parts = {"kl_parts": decompose_kl(codes).to_json()}
    elif has_clusters(model) and dataset.test.labels is not None:
        found = find_clusters(model, dataset)
        parts = {"cluster_accuracy": found.accuracy, "kmeans_accuracy": found.kmeans_accuracy}
    return named | evaluation.to_json() | parts, evaluation.log_marginal


def has_clusters(model: Model) -> bool:
    """Whether a model's prior is a mixture that nobody told labels."""
    return families.prior_of(model) == "mixture" and families.of(model).has_one_posterior


def measured_already(model: Model, recipe: Recipe) -> tuple[dict[str, Any], Tensor] | None:
    """What was measured of a completer's base, with log p(x) of each picture; None where that was measured otherwise,
    or is not the model that the completer has in it."""
    base = open_checkpoint(recipe.base)
    log_marginal = read_log_marginal(base.folder)
    asked = {"importance_samples": recipe.importance_samples, "held_out": recipe.held_out}
    other = any(base.metrics.get(name, 0) != value for name, value in asked.items())
    if other or log_marginal is None or not families.completes_holes(model):
        return None
    inside, alone = model.vae.state_dict(), base.model.state_dict()
    same = inside.keys() == alone.keys() and all(torch.equal(inside[name], alone[name]) for name in inside)
    return (base.metrics, log_marginal) if same else None


def ship_metrics(built: Path, folder: Path) -> None:
    """Keep what was measured of a built checkpoint, and what it was measured of, without weights and codes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("metrics.json", LIKELIHOODS, "model.json"):
        write_whole(folder / name, (built / name).read_bytes())
