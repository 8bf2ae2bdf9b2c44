"""The command line: `python -m vae_core ...`. Errors are one line; exit code 2 for bad arguments, 1 for failures."""

import json
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from safetensors.torch import save

from vae_core import tables
from vae_core.analysis import disentanglement, inpainting_errors
from vae_core.analysis.evaluation import check_same_shape, evaluate
from vae_core.analysis.projection import METHODS, project
from vae_core.data import registry
from vae_core.data.files import write_whole
from vae_core.data.masks import KINDS
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable
from vae_core.learning import objectives
from vae_core.learning import sweep as sweeping
from vae_core.learning.objectives import OBJECTIVES, MaskedPosterior
from vae_core.learning.sweep_spec import read_spec
from vae_core.learning.training import TrainingConfig, TrainingDiverged
from vae_core.models.checkpoint import FAMILIES, CheckpointError
from vae_core.models.masked import MaskedConfig
from vae_core.models.vae import VAEConfig
from vae_core.terminal import (
    check_file,
    check_new_folder,
    check_writable,
    fail,
    out,
    print_result,
    progress_bar,
    sweep_bars,
)
from vae_core.zoo import store, sweeps
from vae_core.zoo.build import STATE, build
from vae_core.zoo.onnx_export import export
from vae_core.zoo.recipes import RECIPES, Recipe

app = typer.Typer(help="Train, judge and look into variational autoencoders.", add_completion=False)
zoo_app = typer.Typer(help="The models that come with Latent Lab.")
data_app = typer.Typer(help="The data sets.")
app.add_typer(zoo_app, name="zoo")
app.add_typer(data_app, name="data")

Model = Annotated[str, typer.Argument(metavar="NAME_OR_FOLDER", help="A model of the zoo, or a checkpoint folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for machines instead of a table.")]


@app.command()
def train(
    dataset: Annotated[str, typer.Option(help="A data set by name, or folder:PATH for your own pictures.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The checkpoint folder to write; it must not exist yet.")],
    family: Annotated[str, typer.Option(help=f"One of: {', '.join(FAMILIES)}.")] = "vae",
    base: Annotated[str, typer.Option(help="For masked: the trained VAE whose pictures it completes.")] = "",
    completer: Annotated[str, typer.Option(help="For masked: mlp or partial-conv.")] = "mlp",
    latent_dim: Annotated[int, typer.Option(help="Number of latent dimensions, 1 to 512.")] = 10,
    network: Annotated[str, typer.Option(help="mlp, conv or patch (light convolutions).")] = "mlp",
    hidden: Annotated[
        str, typer.Option(help="Widths: of an MLP's layers, or a conv net's channels and last layer.")
    ] = "",
    objective: Annotated[str, typer.Option(help=f"One of: {', '.join(OBJECTIVES)}.")] = "elbo",
    beta: Annotated[float | None, typer.Option(help="Weight of the KL, or of the total correlation.")] = None,
    capacity: Annotated[float | None, typer.Option(help="Nats that capacity leads the KL to.")] = None,
    gamma: Annotated[float | None, typer.Option(help="How strictly capacity holds the KL there.")] = None,
    epochs: Annotated[int, typer.Option(help="Passes over the training split.")] = 20,
    batch_size: Annotated[int, typer.Option(help="Pictures per step.")] = 128,
    learning_rate: Annotated[float, typer.Option(help="The schedule's highest rate.")] = 2e-3,
    schedule: Annotated[str, typer.Option(help="one_cycle or constant.")] = "one_cycle",
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
    pictures_per_epoch: Annotated[int | None, typer.Option(help="Draw this many per epoch instead of all.")] = None,
    weight_decay: Annotated[float, typer.Option(help="Share of the rate that every step takes off the weights.")] = 0.0,
    importance_samples: Annotated[int, typer.Option(help="For the -log p(x) measured at the end.")] = 500,
    seed: Annotated[int, typer.Option(help="Fixes the initial weights, the order and the noise.")] = 0,
    as_json: AsJson = False,
):
    """Train a model and write its checkpoint. Stopped with Ctrl-C, the same command goes on where it stopped."""
    info = described(dataset)
    if family not in FAMILIES:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")
    if (family == "masked") != bool(base):
        raise ValueError("base names the trained model that the family masked completes: give both, or neither")
    if importance_samples < 1:
        raise ValueError(f"importance_samples must be at least 1, got {importance_samples}")
    if base:
        config = MaskedConfig(store.load(base).config, completer, parse_widths(hidden))
        check_same_shape(store.load(base), info)
        objective = MaskedPosterior.name
    else:
        config = VAEConfig(info.shape, latent_dim, network, parse_widths(hidden), info.likelihood)
    recipe = Recipe(
        name=out_folder.name,
        dataset=dataset,
        base=base,
        model=config,
        training=TrainingConfig(
            epochs, batch_size, learning_rate, schedule, precision, seed, pictures_per_epoch, weight_decay
        ),
        objective=objectives.from_json(
            {"name": objective}
            | {key: value for key, value in (("beta", beta), ("nats", capacity), ("gamma", gamma)) if value is not None}
        ),
        importance_samples=importance_samples,
    )
    check_new_folder(out_folder)
    run_build(recipe, out_folder, as_json, half_precision=False)


@app.command("evaluate")
def evaluate_command(
    model: Model,
    dataset: Annotated[str, typer.Option(help="Another data set of the same shape; its own by default.")] = "",
    importance_samples: Annotated[int, typer.Option(help="Samples of z per picture for -log p(x).")] = 500,
    limit: Annotated[int | None, typer.Option(help="Only the first so many test pictures.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes the binarisation and the samples.")] = 0,
    as_json: AsJson = False,
):
    """Measure a model on its test split: ELBO and its parts, -log p(x), active units."""
    checkpoint = store.open_checkpoint(model)
    name = dataset or checkpoint.description["dataset"]
    check_same_shape(checkpoint.model, described(dataset) if dataset else registry.describe(name))
    data = registry.load_dataset(name)
    with progress_bar("importance sampling", as_json) as advance:
        evaluation = evaluate(checkpoint.model, data, importance_samples, limit, seed, advance)
    result = {"name": checkpoint.description["name"], "dataset": data.info.name, **evaluation.to_json()}
    print_result(result, as_json)


@app.command()
def disentangle(
    model: Model,
    pictures: Annotated[int, typer.Option(help="How many pictures to encode.")] = disentanglement.POOL,
    seed: Annotated[int, typer.Option(help="Fixes the pictures and the draws of the metrics that sample.")] = 0,
    as_json: AsJson = False,
):
    """Measure how well a model's dimensions stand for the factors of sprites: MIG, SAP, DCI, Higgins, FactorVAE."""
    checkpoint = store.open_checkpoint(model)
    disentanglement.require_factors(registry.describe(checkpoint.description["dataset"]))
    data = registry.load_dataset(checkpoint.description["dataset"])
    codes = disentanglement.factor_codes(checkpoint.model, data, pictures, seed)
    print_result(disentanglement.measure(codes, seed).to_json(), as_json)


@app.command("sweep")
def sweep_command(
    specification: Annotated[
        Path, typer.Argument(metavar="SPEC", help="A .toml or .json file: data set, grid, seeds.")
    ],
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="The sweep's folder; by default SPEC's name.")
    ] = None,
    engine: Annotated[str, typer.Option(help="local: this machine's cores; ray: a Ray cluster.")] = "local",
    address: Annotated[str | None, typer.Option(help="The Ray cluster's address.")] = None,
    ship: Annotated[
        bool, typer.Option("--ship", help="Then write assets/sweeps/DATASET, and the median seeds into the zoo.")
    ] = False,
    as_json: AsJson = False,
):
    """Train and measure a grid of settings times seeds. Stopped, the same command goes on; finished runs stay."""
    if engine not in ("local", "ray"):
        raise ValueError(f"engine must be local or ray, got {engine!r}")
    if engine == "ray" and find_spec("ray") is None:
        raise ValueError("the engine ray needs the package ray: install it with pip install ray")
    if engine == "local" and address is not None:
        raise ValueError("address belongs to the engine ray: name it, or leave the address out")
    spec = read_spec(specification)
    folder = out_folder or specification.with_suffix("")
    check_writable(folder / sweeping.TABLE)
    try:
        with sweep_bars(as_json) as show:
            for progress in sweeping.sweep(spec, folder, engine, address):
                show(progress)
    except KeyboardInterrupt:
        raise Stopped(f"stopped; the same command goes on from {folder}") from None
    failed = [run for run in progress.runs if run.failed]
    table = folder / sweeping.TABLE
    if failed:
        raise Stopped(
            f"{len(failed)} of {len(progress.runs)} runs failed, the first: {failed[0].name}: {failed[0].failed}"
        )
    result = {"runs": len(progress.runs), "table": str(table)}
    if ship:
        result["shipped"] = shipped = sweeps.ship(folder, spec.dataset)
        for name, run in shipped.items():
            sweeps.adopt(sweeping.run_folder(folder, run), name, store.ZOO / name)
    print_result(result, as_json)


@app.command()
def inpaint(
    model: Model,
    mask: Annotated[str, typer.Option(help=f"One of: {', '.join(KINDS)}.")] = "pixels",
    fraction: Annotated[float, typer.Option(help="Share of the pixels that is missing.")] = 0.5,
    method: Annotated[str, typer.Option(help=f"One of: {', '.join(inpainting_errors.NAMES)}.")] = "naive",
    limit: Annotated[int | None, typer.Option(help="Only the first so many test pictures.")] = None,
    samples: Annotated[int, typer.Option(help="Completions of each picture.")] = inpainting_errors.SAMPLES,
    seed: Annotated[int, typer.Option(help="Fixes the pictures' binarisation, the masks and the samples.")] = 0,
    as_json: AsJson = False,
):
    """Fill in missing pixels of the test split and measure the errors there, beside three baselines."""
    checkpoint = store.open_checkpoint(model)
    data = registry.load_dataset(checkpoint.description["dataset"])
    measured = {}
    for name in dict.fromkeys((method, *inpainting_errors.BASELINES)):
        with progress_bar(name, as_json) as advance:
            measured[name] = inpainting_errors.measure_method(
                name, checkpoint.model, data, mask, fraction, limit, samples, seed, advance
            )
    ours = measured[method]
    result = {
        "name": checkpoint.description["name"],
        **ours.to_json(),
        "baselines": {name: asdict(measured[name].errors) for name in inpainting_errors.BASELINES},
    }
    print_result(result, as_json, tables.of_inpainting)


@app.command("inpaint-curves")
def inpaint_curves(
    model: Model,
    out_file: Annotated[Path, typer.Option("--out", help="A .json file; what it holds already is not measured again.")],
    limit: Annotated[int, typer.Option(help="Only the first so many test pictures.")] = 200,
    as_json: AsJson = False,
):
    """Errors of every method over the missing fraction, for each kind of mask: what the Inpaint page shows."""
    check_file(out_file)
    checkpoint = store.open_checkpoint(model)
    data = registry.load_dataset(checkpoint.description["dataset"])
    known = json.loads(out_file.read_text()) if out_file.exists() else []
    total = inpainting_errors.curve_points(checkpoint.model)
    with progress_bar("measuring", as_json) as advance:
        for rows in inpainting_errors.measure_curves(checkpoint.model, data, limit, known):
            write_whole(out_file, (json.dumps(rows) + "\n").encode())
            advance(len(rows), total)
    print_result({"rows": len(rows), "file": str(out_file)}, as_json)


@app.command("export")
def export_command(
    model: Model,
    out_folder: Annotated[Path, typer.Option("--out", help="The folder to write decoder.onnx and encoder.onnx to.")],
    as_json: AsJson = False,
):
    """Write a model's two networks as ONNX files and compare them with PyTorch."""
    network = store.load(model)
    check_writable(out_folder / "decoder.onnx")
    exported = export(network, out_folder)
    result = {
        "decoder": str(exported.decoder),
        "encoder": str(exported.encoder),
        "max_abs_difference": exported.max_abs_difference,
    }
    print_result(result, as_json)


@app.command("project")
def project_command(
    model: Model,
    out_file: Annotated[Path, typer.Option("--out", help="The safetensors file to write.")],
    method: Annotated[str, typer.Option(help=f"One of: {', '.join(METHODS)}.")] = "umap",
    seed: Annotated[int, typer.Option(help="Fixes UMAP and t-SNE.")] = 0,
    as_json: AsJson = False,
):
    """Project a model's stored codes to two dimensions and write the points to a file."""
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    checkpoint = store.open_checkpoint(model)
    if checkpoint.codes is None:
        raise ValueError(f"{checkpoint.folder} has no codes.safetensors: build or train the model anew to get them")
    check_file(out_file)
    projected = project(checkpoint.codes.mean, method, seed)
    out_file.write_bytes(save({name: tensor.contiguous() for name, tensor in projected.items()}))
    print_result({"file": str(out_file), "method": method, "points": len(checkpoint.codes.mean)}, as_json)


@zoo_app.command("list")
def zoo_list(as_json: AsJson = False):
    """The shipped models with what was measured on each."""
    rows = [
        {
            "name": entry.name,
            "dataset": entry.dataset,
            "family": entry.family,
            "objective": entry.objective,
            "latent_dim": entry.latent_dim,
            "parameters": entry.parameters,
            "objective_settings": entry.objective_settings,
            **{name: value for name, value in entry.metrics.items() if name not in ("name", "dataset")},
        }
        for entry in store.entries()
    ]
    if as_json:
        print(json.dumps(rows))
        return
    out.print(tables.of_models(rows))


@zoo_app.command("build")
def zoo_build(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(RECIPES)}.")],
    out_folder: Annotated[Path | None, typer.Option("--out", help="Another folder than assets/zoo/NAME.")] = None,
    as_json: AsJson = False,
):
    """Rebuild a shipped model from nothing: train, encode, project, evaluate."""
    if name not in RECIPES:
        raise ValueError(f"there is no recipe {name!r}: choose one of {', '.join(RECIPES)}")
    if out_folder is not None:
        check_new_folder(out_folder)
    run_build(RECIPES[name], out_folder or store.ZOO / name, as_json, half_precision=True)


@data_app.command("list")
def data_list(as_json: AsJson = False):
    """The data sets: shape, labels or factors, splits, licence, source."""
    infos = [registry.describe(name) for name in registry.names()]
    if as_json:
        print(json.dumps([asdict(info) for info in infos]))
        return
    out.print(tables.of_datasets(infos))


@data_app.command("fetch")
def data_fetch(name: Annotated[str, typer.Argument(help="A data set by name.")]):
    """Make sure that a data set is on this machine: find it, or download it."""
    dataset = registry.load_dataset(name)
    where = f"in {dataset.folder}" if dataset.folder else "made by the program itself"
    out.print(f"{dataset.info.title}: {len(dataset.train)} training and {len(dataset.test)} test pictures, {where}")


def described(dataset: str) -> DatasetInfo:
    """The data set that an argument names. Raises ValueError if there is none, or no such folder."""
    folder = dataset.removeprefix(registry.FOLDER)
    if folder != dataset and not Path(folder).expanduser().is_dir():
        raise ValueError(f"{folder} is not a folder: give folder:PATH the path of a folder of images")
    return registry.describe(dataset)


def parse_widths(text: str) -> tuple[int, ...]:
    """Widths from "500,500"; none, which is the network's own default, if empty."""
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise ValueError(f"hidden must be whole numbers with commas between them, as 500,500, got {text!r}") from None


def run_build(recipe: Recipe, folder: Path, as_json: bool, half_precision: bool) -> None:
    """Build a model with a progress bar, then print what was measured."""
    unfinished = folder.with_name(folder.name + ".partial")
    try:
        with progress_bar("training", as_json) as advance:
            for stage in build(recipe, folder, half_precision):
                text = stage.name
                if stage.progress is not None:
                    now = stage.progress
                    text = f"epoch {now.epoch}/{now.epochs}  ELBO {now.bound:8.2f} nats  {now.images_per_second:,.0f}/s"
                advance(stage.done, stage.total, text)
    except KeyboardInterrupt:
        if (unfinished / STATE).exists():
            raise Stopped(f"stopped; the same command goes on from {unfinished}") from None
        raise Stopped("stopped before the first step; nothing was written") from None
    print_result(store.entry(folder).metrics, as_json)


class Stopped(Exception):
    """The user pressed Ctrl-C; the message says what is left."""


def main() -> None:
    """Run the command line and turn every expected error into one line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        code = fail(f"{message}{' ' if message.endswith('?') else ': '}--help lists what there is", 2)
    except (typer.Abort, KeyboardInterrupt):
        code = fail("stopped", 1)
    except Stopped as stopped:
        code = fail(str(stopped), 1)
    except (DatasetUnavailable, TrainingDiverged, CheckpointError, OSError) as error:
        code = fail(str(error), 1)
    except ValueError as error:
        code = fail(str(error), 2)
    sys.exit(code if isinstance(code, int) else 0)
