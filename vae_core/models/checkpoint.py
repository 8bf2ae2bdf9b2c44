"""Checkpoints: a folder of JSON and safetensors that describes a trained model and what was measured on it.

    model.json               schema version, model configuration, objective, training configuration, data set, seed
    model.safetensors        weights
    codes.safetensors        the test split: mean, stddev, labels, indices, reconstruction_error, log_likelihood, cost
    projections.safetensors  two-dimensional projections of the codes' means: pca (with its plane), umap
    metrics.json             what `evaluate` measured
    history.json             how training went: lists of equal length, one entry a recorded step
    pictures.json            of a model of one's own pictures: their names and hashes, to train on and to test on
    snapshots/NNN            the model after NNN thousandths of the training, as a checkpoint of model.json and weights
    training.safetensors     weights and the optimizer's state, from which training can go on; only `train` keeps them

Nothing is ever unpickled. Everything read is checked against what the configuration says it should be.
"""

import contextlib
import errno
import functools
import hashlib
import json
import math
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from vae_core.data import registry
from vae_core.data.files import leftovers, unfinished, write_whole
from vae_core.data.pictures import DatasetInfo, PictureList
from vae_core.models.codes import Codes
from vae_core.models.families import FAMILIES
from vae_core.models.model import Model
from vae_core.models.vector_quantised import QuantisedVAE
from vae_core.outside import has_controls, shown

SCHEMA = 1
WRITING, REPLACED = ".writing", ".replaced"  # endings of the folders that are there while a checkpoint is written
HEADER_ALLOWANCE = 1_000_000  # bytes a safetensors header may take beside the numbers
MOST_JSON = 16_000_000  # bytes of a JSON file: a list of 100,000 pictures fits
MOST_CODES = 500_000_000  # bytes of a safetensors file whose shapes nothing foretells
MOST_DIGITS = 20
MOST_NAME, MOST_PATH = 255, 4200  # letters of a model's name, and of a folder that is a data set
MOST_REASON, MOST_MESSAGE = 160, 1000  # letters of what another library says, and of a whole sentence
MOST_PICTURES, MOST_LABELS = 100_000_000, 1_000_000  # of a folder, which need not be there
MEASURED = ("elbo", "nll", "reconstruction", "kl", "bits_per_dimension")
PERHAPS_MEASURED = ("nll_standard_error", "neighbour_accuracy", "rounding_cost_standard_error")
CHECKED = (
    "effective_samples",
    "few_effective_samples",
    "simulated_bias",
    "simulated_bias_standard_error",
    "rounding_cost",
    "classification_error",
    "cluster_accuracy",
    "kmeans_accuracy",
    "sharpness_of_samples",
    "sharpness_of_samples_standard_error",
    "sharpness_of_reconstructions",
    "sharpness_of_reconstructions_standard_error",
)
COUNTED = ("images", "nll_images", "groups", "importance_samples")
KL_PARTS = {"index_code_information", "total_correlation", "dimension_wise_kl", "standard_error", "pictures"}
DESCRIBED = {"family", "objective", "objective_settings", "latent_dim", "parameters"}  # beside metrics in a listing
TOGETHER = {  # a number of metrics.json, and what is shown beside it
    "nll": ("images", "importance_samples", "nll_standard_error"),
    "kl": ("reconstruction", "elbo", "active_units", "kl_per_dimension", "images"),
}
PICTURES = "pictures.json"
LIKELIHOODS = "likelihoods.safetensors"  # log p(x) of test pictures, by which models are compared picture by picture
ATTEMPTS = 5  # at reading a folder that seems to be missing
WHOLE_NUMBERS = {"labels", "indices"}  # int64; everything else is float16 or float32


class CheckpointError(ValueError):
    """A checkpoint that cannot be read; the message says which file is wrong and what would be right."""

    def __init__(self, message: str):
        super().__init__(shown(message, MOST_MESSAGE))


@dataclass(frozen=True)
class Checkpoint:
    """A trained model with everything that was stored beside it."""

    model: Model
    description: dict
    folder: Path
    content_hash: str  # SHA-256 of the weights: caches are keyed by it
    codes: Codes | None = None
    projections: dict[str, Tensor] = field(default_factory=dict)
    metrics: dict = field(default_factory=dict)
    history: dict = field(default_factory=dict)
    pictures: PictureList | None = None  # which pictures of one's own it was trained and is tested on

    def snapshots(self) -> list[Path]:
        """Checkpoint folders of the model at earlier times, the earliest first."""
        found = [path.parent for path in self.folder.glob("snapshots/*/model.json")]
        return sorted(found, key=lambda path: (len(path.name), path.name))  # 1000 comes after 250


def describe(
    model: Model,
    *,
    name: str,
    dataset: str,
    objective: str,
    training: dict,
    seed: int,
    objective_settings: dict | None = None,
    dataset_options: dict | None = None,
    dataset_info: DatasetInfo | None = None,
) -> dict:
    """The contents of model.json.

    `dataset_options` are what `load_dataset` is given beside the name, `dataset_info` is what is known of the data set:
    for a user's folder, which may not be there when the model is looked at.
    """
    own = {} if dataset_info is None else {"dataset_info": asdict(dataset_info)}
    return {
        "schema": SCHEMA,
        "name": name,
        "dataset": dataset,
        "family": model.config.family,
        "objective": objective,
        "objective_settings": objective_settings or {},
        "seed": seed,
        "model": model.config.to_json(),
        "training": training,
        **({"dataset_options": dataset_options} if dataset_options else {}),
        **own,
    }


def write_checkpoint(
    folder: Path,
    model: Model,
    description: dict,
    codes: Codes | None = None,
    projections: dict[str, Tensor] | None = None,
    metrics: dict | None = None,
    half_precision: bool = False,
    history: dict[str, list] | None = None,
    snapshots: Path | None = None,
    state: Path | None = None,
    pictures: PictureList | None = None,
    log_marginal: Tensor | None = None,
) -> None:
    """Write a checkpoint folder: it appears whole or not at all, and replaces what was there. `state` is a file of
    training's state that is kept in it, `log_marginal` (N,) is log p(x) of the first test pictures in nats.

    `half_precision` stores weights and codes as float16 (half the size); round the model itself first
    (`round_to_half`), so that what is measured is what is stored. Nats per image stay float32: those of large pictures
    are beyond float16's 65,504. Raises OSError if the folder cannot be written.
    """
    if folder.is_symlink():
        folder = folder.resolve()  # what it leads to is replaced, not the link
    writing = unfinished(folder, WRITING)
    writing.mkdir(parents=True)
    try:
        dtype = torch.float16 if half_precision else torch.float32
        weights = {name: tensor.detach().cpu().to(dtype).contiguous() for name, tensor in model.state_dict().items()}
        (writing / "model.safetensors").write_bytes(save(weights))
        (writing / "model.json").write_text(json.dumps(description, indent=2) + "\n")
        if codes is not None:
            tensors = {name: tensor for name, tensor in vars(codes).items() if tensor is not None}
            narrowed = () if isinstance(model, QuantisedVAE) else ("mean", "stddev")  # float16 has no 2,049
            narrow = {name: t.to(dtype) if name in narrowed else t for name, t in tensors.items()}
            (writing / "codes.safetensors").write_bytes(save({name: t.contiguous() for name, t in narrow.items()}))
        if projections:
            points = {name: tensor.float().contiguous() for name, tensor in projections.items()}
            (writing / "projections.safetensors").write_bytes(save(points))
        if metrics is not None:
            (writing / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
        if history is not None:
            (writing / "history.json").write_text(json.dumps(history) + "\n")
        if pictures is not None:
            listed = {"digest": pictures.digest, "train": pictures.train, "test": pictures.test}
            (writing / PICTURES).write_text(json.dumps(listed) + "\n")
        if log_marginal is not None:
            write_log_marginal(writing, log_marginal)
        if snapshots is not None:
            shutil.copytree(snapshots, writing / "snapshots")
        if state is not None:
            shutil.copyfile(state, writing / state.name)
        put_in_place(writing, folder)
    except BaseException:
        shutil.rmtree(writing, ignore_errors=True)
        raise


def put_in_place(writing: Path, folder: Path) -> None:
    """Let a whole folder take the place of what is there. A writer that is killed between the two renames leaves the
    old one to `restore`; what killed writers left is removed after an hour."""
    moved = []
    while True:
        moved.append(unfinished(folder, REPLACED))
        with contextlib.suppress(FileNotFoundError):
            os.replace(folder, moved[-1])
        try:
            os.replace(writing, folder)
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) and not folder.is_dir():
                raise
            # another writer, or a reader that restored the old one, came between: once more
    for old in (*moved, *leftovers(folder, REPLACED)):
        removed = unfinished(folder, WRITING)
        with contextlib.suppress(FileNotFoundError):
            os.replace(old, removed)  # what is half removed must not be restored
        shutil.rmtree(removed, ignore_errors=True)
    for left in leftovers(folder, WRITING):
        shutil.rmtree(left, ignore_errors=True)


def restore(folder: Path) -> None:
    """Bring back the newest checkpoint that a writer had moved aside, where nothing has taken its place: the writer was
    killed there, or is about to go on, and then replaces it all the same."""
    if os.path.lexists(folder):
        return
    with contextlib.suppress(OSError, ValueError):  # nothing above it, or nothing that may be looked into
        moved = leftovers(folder, REPLACED, age=-math.inf)
        if moved:
            os.replace(max(moved, key=lambda old: old.stat().st_mtime_ns), folder)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[int | None]:
    """Keep a folder open, so that no other one is given its number while it is read: gives its handle."""
    try:
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except (OSError, ValueError):  # it is not there, or the system opens no folders
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)


def read_again_if_replaced(read: Callable[[Path], "Checkpoint"]) -> Callable[[str | os.PathLike], "Checkpoint"]:
    """The same reader, which begins again if the folder was replaced while it read: never half of two checkpoints."""

    def identity(folder: Path | int) -> tuple | None:
        try:
            found = os.stat(folder)
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns

    @functools.wraps(read)
    def read_whole(folder: str | os.PathLike) -> Checkpoint:
        folder = Path(folder)
        attempt = 0
        while True:
            attempt += 1
            restore(folder)
            with held(folder) as handle:
                # of the folder that is held: what has its place a moment later may be gone before it is read
                before = identity(folder if handle is None else handle)
                try:
                    found = read(folder)
                except (CheckpointError, OSError):
                    # a folder that is missing now and then again may have come and gone between
                    if identity(folder) == before and (before is not None or attempt == ATTEMPTS):
                        raise
                    continue
                if identity(folder) == before:
                    return found

    return read_whole


@torch.no_grad()
def round_to_half(model: Model) -> None:
    """Round every weight to the nearest float16 number, in place (it stays a float32 tensor)."""
    for parameter in model.parameters():
        parameter.copy_(parameter.half().float())


@read_again_if_replaced
def read_checkpoint(folder: str | os.PathLike) -> Checkpoint:
    """Read and check a checkpoint folder; the model comes back in evaluation mode.

    Raises CheckpointError, in one sentence, if a file is missing, damaged, of the wrong size, or does not fit the
    configuration in model.json.
    """
    folder = Path(folder)
    description = read_description(folder)
    model = empty_model(description, folder)
    path = folder / "model.safetensors"
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    model.load_state_dict(
        {name: tensor.float() for name, tensor in read_tensors(path, expected).items()}, assign=True, strict=True
    )
    codes = read_codes(folder / "codes.safetensors", model.config.latent_dim)
    family = FAMILIES[description["family"]]
    points = family.exact or family.latent == "discrete"
    check_codes(folder / "codes.safetensors", codes, description, points)
    if isinstance(model, QuantisedVAE):
        check_whole(folder / "codes.safetensors", codes, model.config.codes)
    return Checkpoint(
        model=model.eval().requires_grad_(False),
        description=description,
        folder=folder,
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        codes=codes,
        projections=read_projections(folder / "projections.safetensors", codes),
        metrics=read_metrics(folder / "metrics.json", model.config.latent_dim),
        history=check_history(folder / "history.json", model.config.latent_dim),
        pictures=read_picture_list(folder / PICTURES),
    )


def read_description(folder: Path) -> dict:
    """The checked contents of model.json, without reading any weights."""
    if not os.path.isdir(folder):
        raise CheckpointError(f"{folder} is not a checkpoint folder: it must hold model.json and model.safetensors")
    path = folder / "model.json"
    description = read_json(path)
    if description.get("schema") != SCHEMA:
        raise CheckpointError(
            f"{path} has schema version {shown(description.get('schema'))}, this program reads version {SCHEMA}"
        )
    missing = {"name", "dataset", "family", "objective", "seed", "model", "training"} - description.keys()
    if missing:
        raise CheckpointError(f"{path} lacks {', '.join(sorted(missing))}")
    for name in ("name", "dataset", "family", "objective"):
        if not isinstance(description[name], str):
            raise CheckpointError(f"{path} must have text as {name}, got {shown(description[name])}")
    if not 1 <= len(description["name"]) <= MOST_NAME or has_controls(description["name"]):
        raise CheckpointError(f"{path} must have a name of 1 to {MOST_NAME} letters without control characters")
    if not whole(description["seed"]):
        raise CheckpointError(f"{path} must have a whole number as seed, got {shown(description['seed'])}")
    if not isinstance(description["training"], dict):
        raise CheckpointError(f"{path} must have a JSON object as training, got {shown(description['training'])}")
    settings = description.setdefault("objective_settings", {})
    if not isinstance(settings, dict) or not all(number(each) or isinstance(each, str) for each in settings.values()):
        raise CheckpointError(
            f"{path} must have a JSON object of numbers and texts as objective_settings, got {shown(settings)}"
        )
    if description["family"] not in FAMILIES:
        raise CheckpointError(
            f"{path} is of the unknown family {shown(description['family'])!r}, known: {', '.join(FAMILIES)}"
        )
    check_dataset_name(path, description["dataset"])
    return description


def check_dataset_name(path: Path, name: str) -> None:
    """Raise CheckpointError unless a name is that of a data set, or a folder's."""
    folder = name.removeprefix(registry.FOLDER)
    if name not in registry.names() and (folder == name or not folder or has_controls(name) or len(name) > MOST_PATH):
        known = ", ".join(registry.names())
        raise CheckpointError(f"{path} names the unknown data set {shown(name)!r}, known: {known}, and folder:PATH")


def number(value: object) -> bool:
    """Whether a value of a JSON file is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: object, least: int = 0, most: int = 2**63 - 1) -> bool:
    """Whether a value of a JSON file is a whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def empty_model(description: dict, folder: Path) -> Model:
    """The model that model.json describes, without weights (on the meta device)."""
    family = FAMILIES[description["family"]]
    try:
        config = family.config.from_json(description["model"])
    except (TypeError, ValueError, AttributeError) as error:
        reason = shown(str(error), MOST_REASON)
        raise CheckpointError(
            f"{folder / 'model.json'} has a model configuration that cannot be used: {reason}"
        ) from error
    with torch.device("meta"):
        return family.model(config)


def read_json(path: Path, whole_characters: bool = True) -> dict:
    """A JSON object from a file: finite numbers of moderate length, each name once, and text of whole characters unless
    names of files are in it, which may be of any bytes."""
    size = file_size(path)
    if size > MOST_JSON:
        raise CheckpointError(f"{path} has {size / 1e6:.1f} MB, at most {MOST_JSON / 1e6:.0f} MB are read")
    try:
        contents = json.loads(
            path.read_bytes().decode(),
            object_pairs_hook=once_each,
            parse_constant=finite,
            parse_float=finite,
            parse_int=moderate,
        )
        if whole_characters:
            json.dumps(contents, ensure_ascii=False).encode()  # half characters cannot be written
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise CheckpointError(f"{path} is not readable as JSON: its lists lie too deep inside each other") from error
    except ValueError as error:
        raise CheckpointError(f"{path} is not readable as JSON: {shown(str(error), MOST_REASON)}") from error
    if not isinstance(contents, dict):
        raise CheckpointError(f"{path} must hold a JSON object, got {type(contents).__name__}")
    return contents


def once_each(pairs: list[tuple[str, object]]) -> dict:
    """A JSON object whose names are all different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shown(twice)} is there twice")
    return found


def finite(text: str) -> float:
    """A number of a JSON file. Raises ValueError for one that is none, or is too large for a float."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{shown(text)} is not a finite number")
    return value


def moderate(text: str) -> int:
    """A whole number of a JSON file. Raises ValueError beyond 20 digits."""
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a whole number has {len(text):,} digits, at most {MOST_DIGITS} are read")
    return int(text)


def file_size(path: Path) -> int:
    """Bytes of a file that can be opened without waiting for anything. Raises CheckpointError for anything else."""
    try:
        about = path.stat()
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is missing") from error
    except OSError as error:  # a loop of links, a folder that may not be entered
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(about.st_mode):
        raise CheckpointError(f"{path} is not a file")
    if not os.access(path, os.R_OK):
        raise CheckpointError(f"{path} cannot be read: this user may not")
    return about.st_size


def write_log_marginal(folder: Path, log_marginal: Tensor) -> None:
    """Keep log p(x) of the first N test pictures, (N,) in nats, in a checkpoint's folder."""
    write_whole(folder / LIKELIHOODS, save({"log_marginal": log_marginal.float().contiguous()}))


def read_log_marginal(folder: Path) -> Tensor | None:
    """log p(x) of the first N test pictures, (N,) in nats; None where it was not kept. Raises CheckpointError."""
    path = folder / LIKELIHOODS
    if not path.exists():
        return None
    tensors = read_tensors(path)
    if tensors.keys() != {"log_marginal"} or tensors["log_marginal"].dim() != 1:
        raise CheckpointError(f"{path} must hold the numbers log_marginal, one for each picture")
    return tensors["log_marginal"]


def read_metrics(path: Path, latent_dim: int) -> dict:
    """What was measured, or nothing where nothing was: each number of its kind, and what belongs together is there.

    Raises CheckpointError.
    """
    if not os.path.lexists(path):
        return {}
    metrics = read_json(path)
    kinds = {name: (number, "a number") for name in (*MEASURED, *CHECKED)}
    kinds |= {name: (lambda value: value is None or number(value), "a number or null") for name in PERHAPS_MEASURED}
    kinds |= {name: (lambda value: whole(value, 1), "a whole number from 1 up") for name in COUNTED}
    kinds |= {name: (lambda value: isinstance(value, str), "text") for name in ("name", "dataset")}
    kinds["active_units"] = (lambda value: whole(value, 0, latent_dim), f"a whole number up to {latent_dim}")
    kinds["kl_per_dimension"] = (lambda value: each_kl(value, latent_dim), f"a list of {latent_dim} numbers")
    kinds["active_per_layer"] = (
        lambda value: isinstance(value, list) and all(whole(each, 0, latent_dim) for each in value),
        f"a list of whole numbers up to {latent_dim}",
    )
    kinds["kl_parts"] = (
        lambda value: isinstance(value, dict) and value.keys() >= KL_PARTS and all(map(number, value.values())),
        f"a JSON object of the numbers {', '.join(sorted(KL_PARTS))}",
    )
    for name, value in metrics.items():
        fits, what = kinds.get(name, (lambda value: not isinstance(value, dict | list), "a number, text or null"))
        if name in DESCRIBED:
            raise CheckpointError(f"{path} must not hold {name}: that is in model.json")
        if not fits(value):
            raise CheckpointError(f"{path} must have {what} as {shown(name)}, got {shown(value)}")
    for name, others in TOGETHER.items():
        missing = [other for other in others if other not in metrics]
        if name in metrics and missing:
            raise CheckpointError(f"{path} has {name}, but lacks {', '.join(missing)}")
    return metrics


def numbers(values: object, count: int) -> bool:
    """Whether a value of a JSON file is a list of so many numbers."""
    return isinstance(values, list) and len(values) == count and all(map(number, values))


def each_kl(values: object, latent_dim: int) -> bool:
    """Whether a value of a JSON file is a list of numbers: one a dimension, or one where the KL does not split."""
    return numbers(values, latent_dim) or numbers(values, 1)


def check_history(path: Path, latent_dim: int) -> dict[str, list]:
    """The history of a model of `latent_dim` dimensions, every entry of its kind. Raises CheckpointError."""
    history = read_history(path)
    if not history:
        return {}
    missing = {"step", "bound", "log_likelihood", "kl_per_dimension"} - history.keys()
    if missing:
        raise CheckpointError(f"{path} lacks {', '.join(sorted(missing))}")
    steps = history["step"]
    if not steps or not all(whole(step, 1) for step in steps) or any(b <= a for a, b in pairwise(steps)):
        raise CheckpointError(f"{path} must have rising whole numbers from 1 up as step")
    if not all(each_kl(values, latent_dim) for values in history["kl_per_dimension"]):
        raise CheckpointError(f"{path} must have lists of {latent_dim} numbers as kl_per_dimension")
    for name in history.keys() - {"kl_per_dimension"}:
        if not all(map(number, history[name])):
            raise CheckpointError(f"{path} must have numbers as {shown(name)}")
    return history


def read_history(path: Path) -> dict[str, list]:
    """How training went, or nothing where it was not recorded."""
    if not os.path.lexists(path):
        return {}
    history = read_json(path)
    lengths = {len(values) if isinstance(values, list) else None for values in history.values()}
    if len(lengths) > 1 or None in lengths:
        raise CheckpointError(f"{path} must hold lists of equal length")
    return history


def read_picture_list(path: Path) -> PictureList | None:
    """Which pictures of one's own a model was trained and is tested on, or None where that was not recorded."""
    if not path.exists():
        return None
    listed = read_json(path, whole_characters=False)
    for split in ("train", "test"):
        rows = listed.get(split)
        if not isinstance(rows, dict) or not all(isinstance(seen, str) for seen in rows.values()):
            raise CheckpointError(f"{path} must hold names and hashes of pictures as {split}")
    pictures = PictureList(listed["train"], listed["test"])
    if listed.get("digest") != pictures.digest:
        raise CheckpointError(f"{path} was changed: its digest is not that of the pictures it lists")
    return pictures


def read_tensors(path: Path, expected: dict[str, tuple[int, ...]] | None = None) -> dict[str, Tensor]:
    """Finite tensors from a safetensors file, their names, dtypes and shapes checked before any number is read."""
    size = file_size(path)
    if expected is not None:
        limit = sum(4 * torch.Size(shape).numel() for shape in expected.values()) + HEADER_ALLOWANCE
        if size > limit:
            raise CheckpointError(
                f"{path} has {size / 1e6:.1f} MB, this model needs at most {limit / 1e6:.1f} MB: it is of another model"
            )
    elif size > MOST_CODES:
        raise CheckpointError(f"{path} has {size / 1e6:.1f} MB, at most {MOST_CODES / 1e6:.0f} MB are read")
    try:
        with safe_open(path, "pt") as file:
            shapes = {}
            for name in file.keys():  # noqa: SIM118 (not a mapping)
                part = file.get_slice(name)
                allowed = ("I64",) if name in WHOLE_NUMBERS else ("F16", "F32")
                if part.get_dtype() not in allowed:
                    raise CheckpointError(
                        f"{path} holds {shown(name)} as {part.get_dtype()}, not as {' or '.join(allowed)}"
                    )
                shapes[name] = tuple(part.get_shape())
            if expected is not None:
                check_shapes(path, shapes, expected)
            tensors = {name: file.get_tensor(name) for name in shapes}
    except (SafetensorError, OSError, ValueError, RuntimeError, OverflowError) as error:
        if isinstance(error, CheckpointError):
            raise
        reason = shown(str(error), MOST_REASON)
        raise CheckpointError(f"{path} is damaged or cut short ({reason}): copy it again") from error
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise CheckpointError(
                f"{path} holds infinite or NaN numbers in {shown(name)}: build or train the model anew"
            )
    return tensors


def check_shapes(path: Path, shapes: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]]) -> None:
    """Raise CheckpointError unless the names and shapes are the expected ones."""
    for difference, verb in (
        (expected.keys() - shapes.keys(), "lacks"),
        (shapes.keys() - expected.keys(), "also holds"),
    ):
        if difference:
            names = ", ".join(map(shown, sorted(difference)[:3]))
            raise CheckpointError(f"{path} does not fit model.json: it {verb} {names}")
    for name, shape in shapes.items():
        if shape != expected[name]:
            raise CheckpointError(
                f"{path} does not fit model.json: {name} has shape {shape}, should be {expected[name]}"
            )


def read_codes(path: Path, latent_dim: int) -> Codes | None:
    """Stored codes, or None where none were stored."""
    if not os.path.lexists(path):
        return None
    tensors = read_tensors(path)
    indices = tensors.get("indices", torch.zeros(0))
    count = len(indices) if indices.ndim else 0
    expected = {
        "mean": (count, latent_dim),
        "stddev": (count, latent_dim),
        "indices": (count,),
        "reconstruction_error": (count,),
    }
    expected |= {name: (count,) for name in ("labels", "log_likelihood", "cost") if name in tensors}
    check_shapes(path, {name: tuple(tensor.shape) for name, tensor in tensors.items()}, expected)
    return Codes(**{name: t.float() if t.is_floating_point() else t for name, t in tensors.items()})


def check_whole(path: Path, codes: Codes | None, size: int) -> None:
    """Raise CheckpointError for discrete latents that a codebook of so many codes does not have."""
    if codes is not None and not ((codes.mean == codes.mean.round()) & (codes.mean >= 0) & (codes.mean < size)).all():
        raise CheckpointError(f"{path} holds codes that are not whole numbers from 0 to {size - 1}")


def check_codes(path: Path, codes: Codes | None, description: dict, points: bool = False) -> None:
    """Raise CheckpointError for codes that cannot be of a data set's test split; `points` have no spread."""
    dataset = description["dataset"]
    if codes is None:
        return
    if len(codes.mean) == 0:
        raise CheckpointError(f"{path} holds no codes: delete it, or build or train the model anew")
    if not (codes.stddev > 0).all() and not (points and (codes.stddev == 0).all()):
        raise CheckpointError(f"{path} holds standard deviations that are not above 0")
    info = registry.describe(dataset) if dataset in registry.names() else None
    pictures = MOST_PICTURES if info is None else info.test_size
    if codes.indices.min() < 0 or codes.indices.max() >= pictures:
        raise CheckpointError(f"{path} holds indices beyond the {pictures:,} test pictures of {shown(dataset)}")
    told = (description.get("dataset_info") or {}).get("labels")  # of a folder
    labels = len(info.labels) if info is not None else MOST_LABELS if told is None else len(told)
    if codes.labels is not None and (codes.labels.min() < 0 or codes.labels.max() >= labels):
        raise CheckpointError(f"{path} holds labels beyond the {labels:,} that {shown(dataset)} has")


def read_projections(path: Path, codes: Codes | None) -> dict[str, Tensor]:
    """Stored projections, which need the codes they are projections of."""
    if not os.path.lexists(path):
        return {}
    if codes is None:
        raise CheckpointError(f"{path} has projections, but codes.safetensors beside it is missing")
    tensors = read_tensors(path)
    dimensions = codes.mean.shape[1]
    known = {"pca_components": (2, dimensions), "pca_mean": (dimensions,)}
    for name, tensor in tensors.items():
        if not name.isidentifier() or not name.isascii() or len(name) > MOST_NAME:
            raise CheckpointError(f"{path} has a projection called {shown(name)!r}: small letters and _ make a name")
        shape = known.get(name, (len(codes.mean), 2))
        if tuple(tensor.shape) != shape:
            raise CheckpointError(f"{path}: {name} has shape {tuple(tensor.shape)}, should be {shape}")
    return tensors
