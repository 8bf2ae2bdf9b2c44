"""Finding and loading trained models: those shipped in `assets/zoo`, and folders of one's own."""

import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from torch import nn

from vae_core.models.checkpoint import (
    REPLACED,
    WRITING,
    Checkpoint,
    CheckpointError,
    empty_model,
    read_checkpoint,
    read_description,
    read_json,
)
from vae_core.models.networks import parameter_count

ZOO = Path(__file__).resolve().parents[2] / "assets" / "zoo"


class ModelNotFound(ValueError):
    """Neither a model of the zoo nor a checkpoint folder; the message names close matches."""


@dataclass(frozen=True)
class Entry:
    """What is known of a stored model without reading its weights."""

    name: str
    dataset: str
    family: str
    objective: str
    objective_settings: dict
    latent_dim: int
    parameters: int
    picture_shape: tuple[int, int, int]
    folder: Path
    metrics: dict


def entries(zoo: Path = ZOO) -> list[Entry]:
    """The zoo's models, data set by data set in the order of `rank`. Raises CheckpointError for a broken one."""
    return sorted(map(entry, model_folders(zoo)), key=lambda found: (found.dataset, rank(found)))


def rank(entry: Entry) -> tuple:
    """Where a model stands among those of its data set: plain VAEs by latent dimension, then other objectives by their
    settings, then other families."""
    settings = (entry.objective, *entry.objective_settings.values()) if entry.objective != "elbo" else ()
    return entry.family != "vae", entry.family, settings, entry.latent_dim, entry.name


def model_folders(zoo: Path) -> list[Path]:
    """The zoo's checkpoint folders, without those that are being written or replaced."""
    folders = sorted(zoo.iterdir()) if zoo.is_dir() else []
    return [
        folder for folder in folders if (folder / "model.json").exists() and folder.suffix not in (WRITING, REPLACED)
    ]


def entry(folder: Path) -> Entry:
    """The entry of one checkpoint folder. Raises CheckpointError if it is broken."""
    description = read_description(folder)
    model = empty_model(description, folder)
    return Entry(
        name=description["name"],
        dataset=description["dataset"],
        family=description["family"],
        objective=description["objective"],
        objective_settings=description["objective_settings"],
        latent_dim=model.config.latent_dim,
        parameters=parameter_count(model),
        picture_shape=model.config.picture_shape,
        folder=folder,
        metrics=read_json(folder / "metrics.json") if (folder / "metrics.json").exists() else {},
    )


def find(name_or_folder: str | Path, zoo: Path = ZOO) -> Path:
    """The folder of a zoo model, or the checkpoint folder itself. Raises ModelNotFound."""
    name = str(name_or_folder)
    if (zoo / name / "model.json").exists() and Path(name).name == name:
        return zoo / name
    if Path(name).is_dir():
        return Path(name)
    known = [folder.name for folder in model_folders(zoo)]
    close = difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"the zoo has {', '.join(known) or 'no models'}"
    raise ModelNotFound(f"no model or checkpoint folder is called {name!r}: {hint}")


@lru_cache(maxsize=32)
def _read(folder: Path, modified: int) -> Checkpoint:
    return read_checkpoint(folder)


def open_checkpoint(name_or_folder: str | Path) -> Checkpoint:
    """A stored model with its codes, projections and metrics, read once. Raises ModelNotFound, CheckpointError."""
    folder = find(name_or_folder).resolve()
    path = folder / "model.safetensors"
    if not path.exists():
        raise CheckpointError(f"{path} is missing")
    return _read(folder, path.stat().st_mtime_ns)


def load(name_or_folder: str | Path) -> nn.Module:
    """A trained model, ready to use: `load("mnist-vae-2d")`. Raises ModelNotFound, CheckpointError."""
    return open_checkpoint(name_or_folder).model
