"""Checkpoints: a folder of JSON and safetensors that describes a trained model and what was measured on it.

    model.json               schema version, model configuration, objective, training configuration, data set, seed
    model.safetensors        weights
    codes.safetensors        the test split: mean, stddev, labels, indices, reconstruction_error, log_likelihood
    projections.safetensors  two-dimensional projections of the codes' means: pca (with its plane), umap
    metrics.json             what `evaluate` measured
    history.json             how training went: lists of equal length, one entry a recorded step
    snapshots/NNN            the model after NNN thousandths of the training, as a checkpoint of model.json and weights

Nothing is ever unpickled. Everything read is checked against what the configuration says it should be.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from vae_core.models.distributions import diagonal_normal, kl_per_dimension, standard_normal
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.vae import VAE, VAEConfig

SCHEMA = 1
FAMILIES = {"vae": (VAE, VAEConfig), "masked": (MaskedVAE, MaskedConfig)}
WRITING, REPLACED = ".writing", ".replaced"  # endings of the folders that are there while a checkpoint is written
HEADER_ALLOWANCE = 1_000_000  # bytes a safetensors header may take beside the numbers
WHOLE_NUMBERS = {"labels", "indices"}  # int64; everything else is float16 or float32


class CheckpointError(ValueError):
    """A checkpoint that cannot be read; the message says which file is wrong and what would be right."""


@dataclass(frozen=True)
class Codes:
    """The posterior q(z|x) of each test picture (the picture itself, not a binarised draw of it)."""

    mean: Tensor  # (N, D)
    stddev: Tensor  # (N, D)
    indices: Tensor  # (N,) int64, into the test split
    reconstruction_error: Tensor  # (N,) -log p(x|z = mean), nats per image
    labels: Tensor | None = None  # (N,) int64
    log_likelihood: Tensor | None = None  # (N,) E_q[log p(x|z)], nats per image; None in folders written without it

    @property
    def elbo(self) -> Tensor | None:
        """The bound of each picture, nats, (N,): what an unusual picture is compared with."""
        return None if self.log_likelihood is None else self.log_likelihood - self.kl.sum(1)

    @property
    def kl(self) -> Tensor:
        """KL(q(z|x) || N(0, I)) of each picture and dimension, nats, (N, D)."""
        return kl_per_dimension(
            diagonal_normal(self.mean, self.stddev), standard_normal(self.mean.shape[1], like=self.mean)
        )


@dataclass(frozen=True)
class Checkpoint:
    """A trained model with everything that was stored beside it."""

    model: nn.Module
    description: dict
    folder: Path
    content_hash: str  # SHA-256 of the weights: caches are keyed by it
    codes: Codes | None = None
    projections: dict[str, Tensor] = field(default_factory=dict)
    metrics: dict = field(default_factory=dict)
    history: dict = field(default_factory=dict)

    def snapshots(self) -> list[Path]:
        """Checkpoint folders of the model at earlier times, the earliest first."""
        found = [path.parent for path in self.folder.glob("snapshots/*/model.json")]
        return sorted(found, key=lambda path: (len(path.name), path.name))  # 1000 comes after 250


def describe(
    model: nn.Module,
    *,
    name: str,
    dataset: str,
    objective: str,
    training: dict,
    seed: int,
    objective_settings: dict | None = None,
) -> dict:
    """The contents of model.json."""
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
    }


def write_checkpoint(
    folder: Path,
    model: nn.Module,
    description: dict,
    codes: Codes | None = None,
    projections: dict[str, Tensor] | None = None,
    metrics: dict | None = None,
    half_precision: bool = False,
    history: dict[str, list] | None = None,
    snapshots: Path | None = None,
) -> None:
    """Write a checkpoint folder: it appears whole or not at all, and replaces what was there.

    `half_precision` stores weights and codes as float16 (half the size); round the model itself first
    (`round_to_half`), so that what is measured is what is stored. Nats per image stay float32: those of large pictures
    are beyond float16's 65,504. Raises OSError if the folder cannot be written.
    """
    writing = folder.with_name(folder.name + WRITING)
    shutil.rmtree(writing, ignore_errors=True)
    writing.mkdir(parents=True)
    dtype = torch.float16 if half_precision else torch.float32
    weights = {name: tensor.detach().cpu().to(dtype).contiguous() for name, tensor in model.state_dict().items()}
    (writing / "model.safetensors").write_bytes(save(weights))
    (writing / "model.json").write_text(json.dumps(description, indent=2) + "\n")
    if codes is not None:
        tensors = {name: tensor for name, tensor in vars(codes).items() if tensor is not None}
        narrow = {name: t.to(dtype) if name in ("mean", "stddev") else t for name, t in tensors.items()}
        (writing / "codes.safetensors").write_bytes(save({name: t.contiguous() for name, t in narrow.items()}))
    if projections:
        points = {name: tensor.float().contiguous() for name, tensor in projections.items()}
        (writing / "projections.safetensors").write_bytes(save(points))
    if metrics is not None:
        (writing / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    if history is not None:
        (writing / "history.json").write_text(json.dumps(history) + "\n")
    if snapshots is not None:
        shutil.copytree(snapshots, writing / "snapshots")
    replaced = folder.with_name(folder.name + REPLACED)
    shutil.rmtree(replaced, ignore_errors=True)
    if folder.exists():
        os.replace(folder, replaced)
    os.replace(writing, folder)
    shutil.rmtree(replaced, ignore_errors=True)


@torch.no_grad()
def round_to_half(model: nn.Module) -> None:
    """Round every weight to the nearest float16 number, in place (it stays a float32 tensor)."""
    for parameter in model.parameters():
        parameter.copy_(parameter.half().float())


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
    return Checkpoint(
        model=model.eval().requires_grad_(False),
        description=description,
        folder=folder,
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        codes=codes,
        projections=read_projections(folder / "projections.safetensors", codes),
        metrics=read_json(folder / "metrics.json") if (folder / "metrics.json").exists() else {},
        history=read_history(folder / "history.json"),
    )


def read_description(folder: Path) -> dict:
    """The checked contents of model.json, without reading any weights."""
    if not folder.is_dir():
        raise CheckpointError(f"{folder} is not a checkpoint folder: it must hold model.json and model.safetensors")
    path = folder / "model.json"
    description = read_json(path)
    if description.get("schema") != SCHEMA:
        raise CheckpointError(
            f"{path} has schema version {description.get('schema')!r}, this program reads version {SCHEMA}"
        )
    missing = {"name", "dataset", "family", "objective", "seed", "model", "training"} - description.keys()
    if missing:
        raise CheckpointError(f"{path} lacks {', '.join(sorted(missing))}")
    for name in ("name", "dataset", "family", "objective"):
        if not isinstance(description[name], str):
            raise CheckpointError(f"{path} must have text as {name}, got {description[name]!r}")
    if not isinstance(description.setdefault("objective_settings", {}), dict):
        raise CheckpointError(f"{path} must have a JSON object as objective_settings")
    if description["family"] not in FAMILIES:
        raise CheckpointError(
            f"{path} is of the unknown family {description['family']!r}, known: {', '.join(FAMILIES)}"
        )
    return description


def empty_model(description: dict, folder: Path) -> nn.Module:
    """The model that model.json describes, without weights (on the meta device)."""
    model_class, config_class = FAMILIES[description["family"]]
    try:
        config = config_class.from_json(description["model"])
    except (TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{folder / 'model.json'} has a model configuration that cannot be used: {error}"
        ) from error
    with torch.device("meta"):
        return model_class(config)


def read_json(path: Path) -> dict:
    """A JSON object from a file."""
    try:
        contents = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is missing") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path} is not readable as JSON: {error}") from error
    if not isinstance(contents, dict):
        raise CheckpointError(f"{path} must hold a JSON object, got {type(contents).__name__}")
    return contents


def read_history(path: Path) -> dict[str, list]:
    """How training went, or nothing where it was not recorded."""
    if not path.exists():
        return {}
    history = read_json(path)
    lengths = {len(values) if isinstance(values, list) else None for values in history.values()}
    if len(lengths) > 1 or None in lengths:
        raise CheckpointError(f"{path} must hold lists of equal length")
    return history


def read_tensors(path: Path, expected: dict[str, tuple[int, ...]] | None = None) -> dict[str, Tensor]:
    """Finite tensors from a safetensors file, their names, dtypes and shapes checked before any number is read."""
    if not path.is_file():
        raise CheckpointError(f"{path} is missing")
    if expected is not None:
        limit = sum(4 * torch.Size(shape).numel() for shape in expected.values()) + HEADER_ALLOWANCE
        if path.stat().st_size > limit:
            raise CheckpointError(
                f"{path} has {path.stat().st_size / 1e6:.1f} MB, this model needs at most {limit / 1e6:.1f} MB: "
                "it is of another model"
            )
    try:
        with safe_open(path, "pt") as file:
            shapes = {}
            for name in file.keys():  # noqa: SIM118 (not a mapping)
                part = file.get_slice(name)
                allowed = ("I64",) if name in WHOLE_NUMBERS else ("F16", "F32")
                if part.get_dtype() not in allowed:
                    raise CheckpointError(f"{path} holds {name} as {part.get_dtype()}, not as {' or '.join(allowed)}")
                shapes[name] = tuple(part.get_shape())
            if expected is not None:
                check_shapes(path, shapes, expected)
            tensors = {name: file.get_tensor(name) for name in shapes}
    except SafetensorError as error:
        raise CheckpointError(f"{path} is damaged or cut short ({error}): copy it again") from error
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise CheckpointError(f"{path} holds infinite or NaN numbers in {name}: build or train the model anew")
    return tensors


def check_shapes(path: Path, shapes: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]]) -> None:
    """Raise CheckpointError unless the names and shapes are the expected ones."""
    for difference, verb in (
        (expected.keys() - shapes.keys(), "lacks"),
        (shapes.keys() - expected.keys(), "also holds"),
    ):
        if difference:
            raise CheckpointError(f"{path} does not fit model.json: it {verb} {', '.join(sorted(difference)[:3])}")
    for name, shape in shapes.items():
        if shape != expected[name]:
            raise CheckpointError(
                f"{path} does not fit model.json: {name} has shape {shape}, should be {expected[name]}"
            )


def read_codes(path: Path, latent_dim: int) -> Codes | None:
    """Stored codes, or None where none were stored."""
    if not path.exists():
        return None
    tensors = read_tensors(path)
    count = len(tensors.get("indices", ()))
    expected = {
        "mean": (count, latent_dim),
        "stddev": (count, latent_dim),
        "indices": (count,),
        "reconstruction_error": (count,),
    }
    expected |= {name: (count,) for name in ("labels", "log_likelihood") if name in tensors}
    check_shapes(path, {name: tuple(tensor.shape) for name, tensor in tensors.items()}, expected)
    return Codes(**{name: t.float() if t.is_floating_point() else t for name, t in tensors.items()})


def read_projections(path: Path, codes: Codes | None) -> dict[str, Tensor]:
    """Stored projections, which need the codes they are projections of."""
    if not path.exists():
        return {}
    if codes is None:
        raise CheckpointError(f"{path} has projections, but codes.safetensors beside it is missing")
    tensors = read_tensors(path)
    dimensions = codes.mean.shape[1]
    known = {"pca_components": (2, dimensions), "pca_mean": (dimensions,)}
    for name, tensor in tensors.items():
        shape = known.get(name, (len(codes.mean), 2))
        if tuple(tensor.shape) != shape:
            raise CheckpointError(f"{path}: {name} has shape {tuple(tensor.shape)}, should be {shape}")
    return tensors
