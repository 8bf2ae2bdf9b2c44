"""Finding and loading trained models: those shipped in `assets/zoo`, and folders of one's own."""

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vae_core.data.pictures import DatasetInfo
from vae_core.home import HOME
from vae_core.learning import objectives
from vae_core.models import families
from vae_core.models.checkpoint import (
    REPLACED,
    WRITING,
    Checkpoint,
    CheckpointError,
    empty_model,
    file_size,
    read_checkpoint,
    read_description,
    read_metrics,
    restore,
)
from vae_core.models.families import Family
from vae_core.models.model import Config, Model
from vae_core.models.networks import parameter_count
from vae_core.models.priors import Prior
from vae_core.models.trained_on import info_of
from vae_core.models.vae import VAEConfig
from vae_core.outside import shown

ZOO = HOME / "assets" / "zoo"
MEASURED = HOME / "assets" / "measured"  # of recipes that ship metrics alone: a folder each, without weights
MODELS = "LATENT_LAB_MODELS"  # further folders that the app shows, separated as in PATH
NEAREST = 3  # names that are offered for one that is unknown
MOST_COMPARED = 100  # letters
NEEDED = {
    "beta": ("beta",),
    "beta-tcvae": ("beta",),
    "capacity": ("nats", "gamma", "ramp"),
    "iwae": ("samples",),
    "vae-gan": ("gamma",),
}


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
    likelihood: str
    prior: Prior  # how p(z) was learned; "normal" where it was not
    layers: str | None  # "MLP 500-500": what its encoder and its decoder are made of
    folder: Path
    metrics: dict
    info: DatasetInfo  # of its data set, whether that is on this machine or not

    @property
    def can(self) -> Family:
        """What models of its family can do."""
        return families.of(self)


def entries(zoo: Path = ZOO) -> list[Entry]:
    """The zoo's models, data set by data set in the order of `rank`; broken ones are left out, see `survey`."""
    return survey(model_folders(zoo))[0]


def survey(folders: Iterable[Path]) -> tuple[list[Entry], list[str]]:
    """The models of checkpoint folders, data set by data set in the order of `rank`, and one sentence for each folder
    that cannot be used, with its name and why."""
    found, problems = [], []
    for folder in folders:
        try:
            found.append(entry(folder))
        except CheckpointError as error:
            problems.append(f"The model in {shown(folder.name)!r} is left out: {error}.")
    return sorted(found, key=lambda each: (each.dataset, rank(each))), problems


def rank(entry: Entry) -> tuple:
    """Where a model stands among those of its data set: plain VAEs by latent dimension, then other objectives by their
    settings, then other priors, then other families in the order of their registry."""
    settings = (entry.objective, *sorted(entry.objective_settings.items())) if entry.objective != "elbo" else ()
    return list(families.FAMILIES).index(entry.family), entry.prior != "normal", settings, entry.latent_dim, entry.name


def model_folders(zoo: Path) -> list[Path]:
    """The zoo's checkpoint folders, without those that are being written or replaced; none where it cannot be read."""
    try:
        for moved in zoo.glob(f"*.*{REPLACED}"):
            restore(moved.with_suffix("").with_suffix(""))
        folders = sorted(zoo.iterdir())
    except OSError:
        return []
    return [
        folder
        for folder in folders
        if os.path.lexists(folder / "model.json") and folder.suffix not in (WRITING, REPLACED)
    ]


def measured(folder: Path = MEASURED) -> dict[str, dict]:
    """What was measured by recipes that ship metrics alone, by their names. Raises CheckpointError."""
    return {
        each.name: read_metrics(each / "metrics.json", empty_model(read_description(each), each).config.latent_dim)
        for each in model_folders(folder)
    }


def folders_to_show() -> list[Path]:
    """What the app shows models of: the zoo, then the folders of $LATENT_LAB_MODELS."""
    given = [part for part in os.environ.get(MODELS, "").split(os.pathsep) if part]
    return list(dict.fromkeys([ZOO, *(Path(part).expanduser().absolute() for part in given)]))


def models_in(folder: Path) -> list[Path]:
    """The checkpoint folders that a folder stands for: itself, or those in it."""
    return [folder] if os.path.lexists(folder / "model.json") else model_folders(folder)


def entry(folder: Path) -> Entry:
    """The entry of one checkpoint folder. Raises CheckpointError if it is broken."""
    description = read_description(folder)
    try:
        check_settings({**description["objective_settings"], "name": description["objective"]})
    except ValueError as error:
        raise CheckpointError(f"{folder / 'model.json'}: {error}") from error
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
        likelihood=model.config.likelihood,
        prior=families.prior_of(model),
        layers=layers(model.config),
        folder=folder,
        metrics=read_metrics(folder / "metrics.json", model.config.latent_dim),
        info=info_of(description),
    )


def layers(config: Config) -> str | None:
    """A configuration's kind of network and its widths, as a line for people: "MLP 500-500"; None where it has none."""
    vae = getattr(config, "vae", config)  # of a model that stands on another one, that one's
    if not isinstance(vae, VAEConfig):
        return None
    return f"{vae.network.upper() if vae.network == 'mlp' else vae.network} {'-'.join(map(str, vae.hidden))}"


def check_settings(settings: dict) -> None:
    """Raise ValueError unless these are an objective's name and settings, with those that tell its models apart."""
    objective = objectives.from_json(settings)
    missing = [name for name in NEEDED.get(objective.name, ()) if name not in settings]
    if missing:
        raise ValueError(f"objective_settings lack {', '.join(missing)}, which {objective.name} needs")


def find(name_or_folder: str | Path, zoo: Path = ZOO) -> Path:
    """The folder of a zoo model, or the checkpoint folder itself. Raises ModelNotFound."""
    name = str(name_or_folder)
    restore(zoo / name if Path(name).name == name else Path(name))
    if Path(name).name == name and os.path.lexists(zoo / name / "model.json"):
        return zoo / name
    if os.path.isdir(name):
        return Path(name)
    known = [folder.name for folder in model_folders(zoo)]
    close = difflib.get_close_matches(name[-MOST_COMPARED:], known, n=NEAREST, cutoff=0)
    hint = f"did you mean {' or '.join(map(shown, close))}?" if close else "the zoo has no models"
    raise ModelNotFound(f"no model or checkpoint folder is called {shown(name)!r}: {hint}")


@lru_cache(maxsize=32)
def _read(folder: Path, modified: int) -> Checkpoint:
    return read_checkpoint(folder)


def open_checkpoint(name_or_folder: str | Path) -> Checkpoint:
    """A stored model with its codes, projections and metrics, read once. Raises ModelNotFound, CheckpointError."""
    folder = find(name_or_folder).resolve()
    path = folder / "model.safetensors"
    file_size(path)
    return _read(folder, path.stat().st_mtime_ns)


def load(name_or_folder: str | Path) -> Model:
    """A trained model, ready to use: `load("mnist-vae-2d")`. Raises ModelNotFound, CheckpointError."""
    return open_checkpoint(name_or_folder).model
