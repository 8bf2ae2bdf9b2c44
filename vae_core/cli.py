"""The command line: `python -m vae_core ...`. Errors are one line; exit code 2 for bad arguments, 1 for failures."""

import json
import math
import os
import signal
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from vae_core import __version__, names, tables
from vae_core.home import CHECKOUT, HOME
from vae_core.names import nearest
from vae_core.terminal import (
    check_file,
    check_new_folder,
    check_writable,
    err,
    fail,
    note,
    out,
    print_result,
    progress_bar,
    speak_any_code_page,
    sweep_bars,
)

if TYPE_CHECKING:  # a command imports what it needs when it runs: `--help` answers at once
    from vae_core.analysis.projection import Projection
    from vae_core.data.pictures import Dataset, DatasetInfo
    from vae_core.learning.start import Start
    from vae_core.learning.training import Precision, Schedule
    from vae_core.models.checkpoint import Checkpoint
    from vae_core.studies.run import Engine
    from vae_core.zoo.recipes import Recipe

app = typer.Typer(help="Train, judge and look into variational autoencoders.", add_completion=False)
zoo_app = typer.Typer(help="The models that come with Latent Lab.")
data_app = typer.Typer(help="The data sets.")
app.add_typer(zoo_app, name="zoo")
app.add_typer(data_app, name="data")

Model = Annotated[str, typer.Argument(metavar="NAME_OR_FOLDER", help="A model of the zoo, or a checkpoint folder.")]
MOST_COUNTED = 1_000_000  # samples of a picture, or pictures encoded at once

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for machines instead of a table.")]


def print_version(wanted: bool) -> None:
    """Print the version and end, if that is what was asked for."""
    if wanted:
        print(f"latent-lab {__version__}")
        raise typer.Exit


@app.callback()
def latent_lab(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
):
    """Train, judge and look into variational autoencoders."""


Address = Annotated[str, typer.Option(help="Who may come: localhost, or 0.0.0.0 for everyone in reach.")]
Port = Annotated[int, typer.Option(help="The port to listen on, 1 to 65535.")]


@app.command()
def run(address: Address = "localhost", port: Port = 8501):
    """Start the app."""
    from vae_core import server

    raise typer.Exit(server.serve([], address, port))


@app.command()
def train(
    dataset: Annotated[str, typer.Option(help="A data set by name, or folder:PATH for your own pictures.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The checkpoint folder: a new one, or one to go on with.")],
    family: Annotated[str, typer.Option(help=f"One of: {', '.join(names.FAMILIES)}.")] = "vae",
    base: Annotated[
        str, typer.Option(help="A trained VAE: masked and stacked stand on it, adversarial may begin as it.")
    ] = "",
    completer: Annotated[str | None, typer.Option(help="For masked: mlp (unless given) or partial-conv.")] = None,
    latent_dim: Annotated[
        int | None, typer.Option(help="Number of latent dimensions, 1 to 512; 10 unless given.")
    ] = None,
    prior: Annotated[str | None, typer.Option(help="p(z): normal (unless given), mixture or vamp.")] = None,
    prior_components: Annotated[int | None, typer.Option(help="Of a mixture or vamp prior; 10 unless given.")] = None,
    flow: Annotated[str | None, typer.Option(help="For flow: planar (unless given) or spline.")] = None,
    flow_layers: Annotated[int | None, typer.Option(help="For flow: its layers; 10 unless given.")] = None,
    upper_dim: Annotated[
        int | None, typer.Option(help="For layered and stacked: latent dimensions of the upper layer; 50 unless given.")
    ] = None,
    network: Annotated[str | None, typer.Option(help="mlp (unless given), conv or patch (light convolutions).")] = None,
    hidden: Annotated[
        str, typer.Option(help="Widths: of an MLP's layers, or a conv net's channels and last layer.")
    ] = "",
    codebook: Annotated[
        int | None, typer.Option(help="For vector-quantised: codes in each codebook, 2 to 4096; 64 unless given.")
    ] = None,
    levels: Annotated[int | None, typer.Option(help="For vector-quantised: grids of codes, 1 or 2.")] = None,
    objective: Annotated[
        str, typer.Option(help=f"The family's own unless given; one of: {', '.join(names.OBJECTIVES)}.")
    ] = "",
    beta: Annotated[float | None, typer.Option(help="Weight of the KL, or of the total correlation.")] = None,
    capacity: Annotated[float | None, typer.Option(help="Nats that capacity leads the KL to.")] = None,
    gamma: Annotated[
        float | None, typer.Option(help="How strictly capacity holds the KL there; the features' weight in vae-gan.")
    ] = None,
    samples: Annotated[int | None, typer.Option(help="Draws of z a picture, K of elbo or iwae.")] = None,
    gradient: Annotated[str | None, typer.Option(help="Of iwae: plain or dreg (doubly reparametrised).")] = None,
    labels: Annotated[
        int | None, typer.Option(help="For semi-supervised and stacked: how many pictures keep their label.")
    ] = None,
    label_seed: Annotated[int, typer.Option(help="For semi-supervised and stacked: which ones.")] = 0,
    label_weight: Annotated[
        float | None, typer.Option(help="For semi-supervised and stacked: nats that a label counts in q(y|x).")
    ] = None,
    unlabelled_weight: Annotated[
        float | None, typer.Option(help="For semi-supervised and stacked: weight of pictures without a label; 1.")
    ] = None,
    label_delay: Annotated[
        float | None,
        typer.Option(
            help="For semi-supervised and stacked: share of the steps, at first, when q(y|x) learns from labels alone."
        ),
    ] = None,
    blind: Annotated[
        bool | None, typer.Option("--blind", help="For conditional and semi-supervised: q(z|x), which does not see y.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="Passes over the training split; --out goes on with more.")] = 20,
    batch_size: Annotated[int, typer.Option(help="Pictures per step.")] = 128,
    learning_rate: Annotated[float, typer.Option(help="The schedule's highest rate.")] = 2e-3,
    schedule: Annotated[
        str, typer.Option(help="one_cycle, constant or stages (eight, of Burda et al.).")
    ] = "one_cycle",
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
    pictures_per_epoch: Annotated[int | None, typer.Option(help="Draw this many per epoch instead of all.")] = None,
    weight_decay: Annotated[float, typer.Option(help="Share of the rate that every step takes off the weights.")] = 0.0,
    start: Annotated[
        str, typer.Option(help="First weights: torch, or mean (of Glorot & Bengio, decoding to the mean picture).")
    ] = "torch",
    image_size: Annotated[
        int | None, typer.Option(help="Of folder:PATH: pixels a side, 8 to 512; 64 unless given.")
    ] = None,
    channels: Annotated[int | None, typer.Option(help="Of folder:PATH: 3 (colour, unless given) or 1 (grey).")] = None,
    likelihood: Annotated[
        str | None, typer.Option(help="Of folder:PATH: gaussian (unless given) or bernoulli.")
    ] = None,
    held_out: Annotated[
        int, typer.Option(help="Measure on the last so many training pictures, left out, instead of the test split.")
    ] = 0,
    importance_samples: Annotated[int, typer.Option(help="For the -log p(x) measured at the end.")] = 500,
    seed: Annotated[int, typer.Option(help="Fixes the initial weights, the order and the noise.")] = 0,
    as_json: AsJson = False,
):
    """Train a model and write its checkpoint. Stopped (Ctrl-C, SIGTERM), the same command goes on where it stopped.

    With more epochs it goes on with a finished folder: at the rate that the schedule has at that step in a training of
    so many epochs, which with one_cycle is higher than where the shorter one ended.
    """
    from vae_core.data import registry
    from vae_core.data.images import FOLDER
    from vae_core.learning import objectives
    from vae_core.learning.training import TrainingConfig
    from vae_core.models.families import FAMILIES
    from vae_core.zoo import configurations
    from vae_core.zoo.build import STATE
    from vae_core.zoo.recipes import Recipe

    given = {"image_size": image_size, "channels": channels, "likelihood": likelihood}
    options: dict[str, Any] = {option: value for option, value in given.items() if value is not None}
    info = described(dataset, **options)
    check_count("importance_samples", importance_samples)
    of_objective: dict[str, Any] = {"beta": beta, "nats": capacity, "gamma": gamma, "weight": label_weight}
    of_objective |= {"unlabelled_weight": unlabelled_weight, "delay": label_delay}
    for option, value in (
        ("beta", beta),
        ("capacity", capacity),
        ("gamma", gamma),
        ("label_weight", label_weight),
        ("unlabelled_weight", unlabelled_weight),
        ("label_delay", label_delay),
    ):
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{option} must be a number from 0 up, got {value:g}")
    if label_delay is not None and label_delay > 1:
        raise ValueError(f"label_delay must be a share of the training, 0 to 1, got {label_delay:g}")
    asked = configurations.Asked(
        family=family,
        base=base,
        latent_dim=latent_dim,
        network=network,
        hidden=parse_widths(hidden),
        completer=completer,
        prior=prior,
        prior_components=prior_components,
        upper_dim=upper_dim,
        codebook=codebook,
        levels=levels,
        flow=flow,
        flow_layers=flow_layers,
        blind=blind,
    )
    config = configurations.configuration(asked, info)
    if labels is not None and not FAMILIES[family].classifies:
        raise ValueError(f"labels are hidden from a model that classifies, {family} does not: leave labels out")
    if labels is None and label_seed != 0:
        raise ValueError("label_seed says which labels are hidden: give labels, too, or leave it out")
    of_objective |= {"samples": samples, "gradient": gradient}
    recipe = Recipe(
        name=out_folder.name,
        dataset=info.name,
        dataset_options=options,
        base=base,
        model=config,
        training=TrainingConfig(
            epochs,
            batch_size,
            learning_rate,
            cast("Schedule", schedule),
            cast("Precision", precision),
            seed,
            pictures_per_epoch,
            weight_decay,
            labels,
            label_seed,
            start=cast("Start", start),
        ),
        objective=objectives.from_json(
            {"name": objective or configurations.OBJECTIVES.get(family, "elbo")}
            | {key: value for key, value in of_objective.items() if value is not None}
        ),
        importance_samples=importance_samples,
        held_out=held_out,
    )
    if not (out_folder / STATE).exists():
        check_new_folder(out_folder)
    if dataset.startswith(FOLDER):
        note(registry.load_dataset(dataset, **options).notice)
    run_build(recipe, out_folder, as_json, half_precision=False, resumable=True)


@app.command("evaluate")
def evaluate_command(
    model: Model,
    dataset: Annotated[str, typer.Option(help="Another data set of the same shape; its own by default.")] = "",
    importance_samples: Annotated[int, typer.Option(help="Samples of z per picture for -log p(x).")] = 500,
    bound_samples: Annotated[
        int | None, typer.Option(help="K of an importance-weighted bound, measured beside the ELBO.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many test pictures.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes the binarisation and the samples.")] = 0,
    as_json: AsJson = False,
):
    """Measure a model on its test split: ELBO and its parts, -log p(x), active units."""
    from vae_core.analysis.evaluation import check_labels, check_same_shape, evaluate, weighted_bound
    from vae_core.data import registry
    from vae_core.data.images import FOLDER
    from vae_core.models.trained_on import info_of
    from vae_core.zoo import store

    check_count("importance_samples", importance_samples)
    if bound_samples is not None:
        check_count("bound_samples", bound_samples)
    checkpoint = store.open_checkpoint(model)
    if dataset:
        channels, side, _ = checkpoint.model.config.picture_shape
        options: dict[str, Any] = {"image_size": side, "channels": channels} if dataset.startswith(FOLDER) else {}
        info = described(dataset, **options)
        check_same_shape(checkpoint.model, info)
        check_labels(checkpoint.model, info)
        data = not_trained_on(checkpoint, registry.load_dataset(dataset, **options))
    else:
        check_same_shape(checkpoint.model, info_of(checkpoint.description))
        data = own_data(checkpoint)
    bound: dict[str, Any] = {}
    if bound_samples is not None:
        with progress_bar("the bound, pictures") as advance:
            value, error = weighted_bound(checkpoint.model, data, bound_samples, limit, seed, advance)
        bound = {"weighted_bound": value, "weighted_bound_standard_error": error, "bound_samples": bound_samples}
    with progress_bar("importance sampling, pictures") as advance:
        evaluation = evaluate(checkpoint.model, data, importance_samples, limit, seed, advance)
    result = {"name": checkpoint.description["name"], "dataset": data.info.name, **evaluation.to_json(), **bound}
    print_result(result, as_json)


@app.command()
def disentangle(
    model: Model,
    pictures: Annotated[int, typer.Option(help="How many pictures to encode.")] = 50_000,
    seed: Annotated[int, typer.Option(help="Fixes the pictures and the draws of the metrics that sample.")] = 0,
    as_json: AsJson = False,
):
    """Measure how well a model's dimensions stand for the factors of sprites: MIG, SAP, DCI, Higgins, FactorVAE."""
    from vae_core.analysis import disentanglement
    from vae_core.models.trained_on import info_of
    from vae_core.zoo import store

    check_count("pictures", pictures)
    checkpoint = store.open_checkpoint(model)
    disentanglement.require_factors(info_of(checkpoint.description))
    data = own_data(checkpoint)
    with progress_bar("encoding, pictures") as advance:
        codes = disentanglement.factor_codes(checkpoint.model, data, pictures, seed, advance)
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
    from vae_core.studies import run as sweeping
    from vae_core.studies import shipped as sweeps
    from vae_core.studies.spec import read_spec
    from vae_core.zoo import store

    if engine not in ("local", "ray"):
        raise ValueError(f"engine must be local or ray, got {engine!r}")
    if engine == "ray" and find_spec("ray") is None:
        raise ValueError("the engine ray needs the package ray: install it with pip install ray")
    if engine == "local" and address is not None:
        raise ValueError("address belongs to the engine ray: name it, or leave the address out")
    if ship and not CHECKOUT:
        raise ValueError("--ship writes into assets/ of a checkout, and this is none: leave it out")
    spec = read_spec(specification)
    folder = out_folder or specification.with_suffix("")
    check_writable(folder / sweeping.TABLE)
    try:
        with sweep_bars() as show:
            for progress in sweeping.sweep(spec, folder, cast("Engine", engine), address):
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
def show(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Checkpoint folders, or folders of them.")],
    address: Address = "localhost",
    port: Port = 8501,
):
    """Open the app on your own models, beside the zoo's, as LATENT_LAB_MODELS=DIR does for any way of starting it."""
    from vae_core import server

    raise typer.Exit(server.serve(folders, address, port))


@app.command()
def inpaint(
    model: Model,
    mask: Annotated[str, typer.Option(help=f"One of: {', '.join(names.MASKS)}.")] = "pixels",
    fraction: Annotated[float, typer.Option(help="Share of the pixels that is missing.")] = 0.5,
    method: Annotated[str, typer.Option(help=f"One of: {', '.join(names.INPAINTING_METHODS)}.")] = "naive",
    limit: Annotated[int | None, typer.Option(help="Only the first so many test pictures.")] = None,
    samples: Annotated[int, typer.Option(help="Completions of each picture.")] = 50,
    seed: Annotated[int, typer.Option(help="Fixes the pictures' binarisation, the masks and the samples.")] = 0,
    as_json: AsJson = False,
):
    """Fill in missing pixels of the test split and measure the errors there, beside three baselines; a model that takes
    labels is given theirs."""
    from vae_core.analysis import inpainting_errors
    from vae_core.zoo import store

    check_count("samples", samples)
    checkpoint = store.open_checkpoint(model)
    inpainting_errors.check_method(method, checkpoint.model)
    data = own_data(checkpoint)
    measured = {}
    for name in dict.fromkeys((method, *inpainting_errors.BASELINES)):
        with progress_bar(f"{name}, pictures") as advance:
            measured[name] = inpainting_errors.measure_method(
                name, checkpoint.model, data, mask, fraction, limit, samples, seed, advance
            )
    knn = measured["knn"]
    ours = knn if method == "knn" else measured[method].beside(knn, checkpoint.model)
    result = {
        "name": checkpoint.description["name"],
        **ours.to_json(),
        "neighbours": knn.neighbours,
        "baselines": {name: asdict(measured[name].errors) for name in inpainting_errors.BASELINES},
    }
    print_result(result, as_json, tables.of_inpainting)


@app.command("inpaint-curves")
def inpaint_curves(
    model: Model,
    out_file: Annotated[
        Path, typer.Option("--out", help="A .json file; what it holds of the same weights is not measured again.")
    ],
    limit: Annotated[int, typer.Option(help="Only the first so many test pictures.")] = 200,
    as_json: AsJson = False,
):
    """Errors of every method over the missing fraction, for each kind of mask: what the Inpaint page shows."""
    from vae_core.analysis import inpainting_errors
    from vae_core.data.files import write_whole
    from vae_core.zoo import store

    check_file(out_file)
    checkpoint = store.open_checkpoint(model)
    inpainting_errors.check_method("naive", checkpoint.model)
    data = own_data(checkpoint)
    known = inpainting_errors.read_rows(out_file)
    total = inpainting_errors.curve_points(checkpoint.model)
    with progress_bar("measuring, points of the curves") as advance:
        for done, rows in enumerate(inpainting_errors.measure_curves(checkpoint, data, limit, known), start=1):
            write_whole(out_file, (json.dumps(rows) + "\n").encode())
            advance(done, total)
    print_result({"rows": len(rows), "file": str(out_file)}, as_json)


@app.command("race")
def race_command(
    out_file: Annotated[Path, typer.Option("--out", help="A .json file; what it holds already is not trained again.")],
    dataset: Annotated[str, typer.Option(help="A data set by name, or folder:PATH for your own pictures.")] = "mnist",
    pictures: Annotated[int, typer.Option(help="The first so many training pictures.")] = 1_000,
    seen: Annotated[int, typer.Option(help="Pictures that each trainer sees, again and again.")] = 1_000_000,
    latent_dims: Annotated[
        str, typer.Option(help="Numbers of latents, as 2,5,10: AEVB alone with each of them, and its bound.")
    ] = "",
    judged: Annotated[
        int | None, typer.Option(help="Pictures of either split that are judged; 200 unless given, or all there are.")
    ] = None,
    importance_samples: Annotated[int, typer.Option(help="Draws of z a picture that is judged.")] = 200,
    seed: Annotated[int, typer.Option(help="Fixes the first weights and every draw.")] = 0,
    as_json: AsJson = False,
):
    """Train one model by AEVB, wake-sleep and Monte Carlo EM, and estimate how likely pictures become on the way."""
    from vae_core.studies import race as racing

    check_count("importance-samples", importance_samples)
    described(dataset)
    check_file(out_file)
    dims = tuple(dict.fromkeys(parse_widths(latent_dims, "latent-dims", "2,5,10")))
    if judged is None:
        judged = max(racing.FEWEST_JUDGED, min(racing.Race.judged, pictures))
    settings = racing.Race(dataset, pictures, seen, judged=judged, importance_samples=importance_samples, seed=seed)
    kind = "latents" if dims else "trainers"
    known = racing.known(out_file, kind, settings)
    total = 2 * len(racing.marks(settings.batch_size, seen)) * (len(dims) or len(racing.TRAINERS))
    running = racing.latents(settings, dims, known) if dims else racing.race(settings, known=known)
    points: list = []
    with progress_bar("racing, points of the curves") as advance:
        for point in running:
            points.append(point)
            advance(len(points), total)
            racing.record(out_file, kind, settings, points)
    print_result({"points": len(points), "file": str(out_file)}, as_json)


@app.command("export")
def export_command(
    model: Model,
    out_folder: Annotated[Path, typer.Option("--out", help="The folder to write decoder.onnx and encoder.onnx to.")],
    as_json: AsJson = False,
):
    """Write a model's networks as ONNX files and compare them with PyTorch."""
    if find_spec("onnx") is None:
        raise ValueError("export needs more packages: install them with pip install 'latent-lab[export]'")
    from vae_core.zoo import store
    from vae_core.zoo.onnx_export import export

    network = store.load(model)
    check_writable(out_folder / "decoder.onnx")
    exported = export(network, out_folder)
    result = {
        "decoder": str(exported.decoder),
        "encoder": str(exported.encoder),
        "max_abs_difference": exported.max_abs_difference,
    }
    more = {"classifier": exported.classifier, "prior": exported.prior, "posterior": exported.posterior}
    result |= {kind: str(path) for kind, path in more.items() if path is not None}
    print_result(result, as_json)


@app.command("project")
def project_command(
    model: Model,
    out_file: Annotated[Path, typer.Option("--out", help="The safetensors file to write.")],
    method: Annotated[str, typer.Option(help=f"One of: {', '.join(names.PROJECTIONS)}.")] = "umap",
    seed: Annotated[int, typer.Option(help="Fixes UMAP and t-SNE.")] = 0,
    as_json: AsJson = False,
):
    """Project a model's stored codes to two dimensions and write the points to a file."""
    from safetensors.torch import save

    from vae_core.analysis.projection import PROJECTIONS, project
    from vae_core.data.files import write_whole
    from vae_core.models import families
    from vae_core.zoo import store

    if method not in PROJECTIONS:
        raise ValueError(f"method must be one of {', '.join(PROJECTIONS)}, got {method!r}")
    checkpoint = store.open_checkpoint(model)
    if not families.of(checkpoint.model).has_distances:
        raise ValueError(f"{checkpoint.folder} has discrete latents, which have no plane to be projected to")
    if checkpoint.codes is None:
        raise ValueError(f"{checkpoint.folder} has no codes.safetensors: build or train the model anew to get them")
    check_file(out_file)
    projected = project(checkpoint.codes.mean, cast("Projection", method), seed)
    write_whole(out_file, save({name: tensor.contiguous() for name, tensor in projected.items()}))
    print_result({"file": str(out_file), "method": method, "points": len(checkpoint.codes.mean)}, as_json)


@zoo_app.command("list")
def zoo_list(as_json: AsJson = False):
    """The shipped models with what was measured on each."""
    from vae_core.zoo import store

    entries, problems = store.survey(store.model_folders(store.ZOO))
    for problem in problems:
        err.print(problem, markup=False)
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
        for entry in entries
    ]
    if as_json:
        print(json.dumps(rows))
        return
    out.print(tables.of_models(rows))


def recipe_named(name: str) -> "Recipe":
    """A model's recipe. Raises ValueError."""
    from vae_core.zoo.recipes import RECIPES

    if name not in RECIPES:
        raise ValueError(f"there is no recipe {name!r}: the nearest are {nearest(name, RECIPES)}")
    return RECIPES[name]


@zoo_app.command("build")
def zoo_build(
    name: Annotated[str, typer.Argument(help="A model of `zoo list`, or another that has a recipe.")],
    out_folder: Annotated[Path | None, typer.Option("--out", help="Another folder than assets/zoo/NAME.")] = None,
    as_json: AsJson = False,
):
    """Rebuild a shipped model from nothing: train, encode, project, evaluate.

    Recipes that ship metrics alone build into runs/NAME, and what was measured goes into assets/measured/NAME.
    """
    from vae_core.zoo import store
    from vae_core.zoo.build import ship_metrics

    recipe = recipe_named(name)
    if out_folder is not None:
        check_new_folder(out_folder)
    elif not CHECKOUT:
        raise ValueError("--out is needed: without it the model goes into assets/zoo of a checkout, and this is none")
    if out_folder is not None or recipe.ships == "model":
        run_build(recipe, out_folder or store.ZOO / name, as_json, half_precision=True)
        return
    built = Path("runs") / name
    check_new_folder(built)
    run_build(recipe, built, as_json, half_precision=True)
    ship_metrics(built, store.MEASURED / name)


@zoo_app.command("measure")
def zoo_measure(
    names: Annotated[list[str] | None, typer.Argument(help="Models of `zoo list`; all of them unless named.")] = None,
    as_json: AsJson = False,
):
    """Measure shipped models anew as `zoo build` does after training, and store it in their metrics.json."""
    from vae_core.data.files import write_whole
    from vae_core.models.checkpoint import write_log_marginal
    from vae_core.zoo import store
    from vae_core.zoo.build import ROUNDING, measure
    from vae_core.zoo.recipes import RECIPES

    if not CHECKOUT:
        raise ValueError("the shipped models are measured in a checkout, and this is none")
    for name in names or [folder.name for folder in store.model_folders(store.ZOO) if folder.name in RECIPES]:
        recipe, checkpoint = recipe_named(name), store.open_checkpoint(name)
        if checkpoint.codes is None:
            raise ValueError(f"{name} has no codes of test pictures: build it again")
        with progress_bar(f"{name}, pictures") as advance:
            measured, log_marginal = measure(checkpoint.model, own_data(checkpoint), recipe, checkpoint.codes, advance)
        measured |= {name: value for name, value in checkpoint.metrics.items() if name in ROUNDING}
        write_log_marginal(store.ZOO / name, log_marginal)
        write_whole(store.ZOO / name / "metrics.json", (json.dumps(measured, indent=2) + "\n").encode())
        print_result(measured, as_json)


@zoo_app.command("table")
def zoo_table(as_json: AsJson = False):
    """Our figures beside published ones, with both settings; "-" where a recipe was not trained yet."""
    from vae_core.studies import comparison

    rows = comparison.rows(HOME / "assets")
    if as_json:
        print(json.dumps([row.to_json() for row in rows]))
        return
    out.print(tables.of_comparison(rows))


@zoo_app.command("results")
def zoo_results(
    out_file: Annotated[Path, typer.Option("--out", help="The Markdown file to write.")] = Path("docs/RESULTS.md"),
):
    """Write what was measured on the shipped models as Markdown tables: docs/RESULTS.md."""
    from vae_core.data.files import write_whole
    from vae_core.studies import results

    check_file(out_file)
    write_whole(out_file, results.markdown(HOME / "assets").encode())
    out.print(f"written: {out_file}", markup=False)


@data_app.command("list")
def data_list(as_json: AsJson = False):
    """The data sets: shape, labels or factors, splits, licence, source."""
    from vae_core.data import registry

    infos = [registry.describe(name) for name in registry.names()]
    if as_json:
        print(json.dumps([asdict(info) for info in infos]))
        return
    out.print(tables.of_datasets(infos))


@data_app.command("fetch")
def data_fetch(name: Annotated[str, typer.Argument(help="A data set by name.")]):
    """Make sure that a data set is on this machine: find it, or download it."""
    from vae_core.data import registry

    dataset = registry.load_dataset(name)
    where = f"in {dataset.folder}" if dataset.folder else "made by the program itself"
    out.print(
        f"{dataset.info.title}: {len(dataset.train)} training and {len(dataset.test)} test pictures, {where}",
        markup=False,
    )
    note(dataset.notice)


def described(dataset: str, **options) -> "DatasetInfo":
    """The data set that an argument names. Raises ValueError if there is none, or no such folder."""
    from vae_core.data import registry
    from vae_core.data.images import FOLDER, absolute

    folder = dataset.removeprefix(FOLDER)
    if folder != dataset and not os.path.isdir(absolute(folder)):
        raise ValueError(f"{folder} is not a folder: give folder:PATH the path of a folder of images")
    return registry.describe(dataset, **options)


def own_data(checkpoint: "Checkpoint") -> "Dataset":
    """The data set that a model was trained on, with nothing in its test split that it saw in training."""
    from vae_core.models.trained_on import load_for, other_pictures

    data = load_for(checkpoint.description)
    note(other_pictures(checkpoint, data) or "")
    return not_trained_on(checkpoint, data)


def not_trained_on(checkpoint: "Checkpoint", data: "Dataset") -> "Dataset":
    """A data set without test pictures that a model was trained on; what was left out is told."""
    from vae_core.models.trained_on import unseen

    data, left_out = unseen(checkpoint, data)
    note(data.notice)
    note(left_out)
    return data


def parse_widths(text: str, option: str = "hidden", example: str = "500,500") -> tuple[int, ...]:
    """Whole numbers from "500,500"; none if empty."""
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise ValueError(
            f"{option} must be whole numbers with commas between them, as {example}, got {text!r}"
        ) from None


def run_build(recipe: "Recipe", folder: Path, as_json: bool, half_precision: bool, resumable: bool = False) -> None:
    """Build a model with a progress bar, then print what was measured."""
    from vae_core.zoo import store
    from vae_core.zoo.build import STATE, build

    unfinished = folder.with_name(folder.name + ".partial")
    try:
        with progress_bar("training") as advance:
            stages = build(
                recipe,
                folder,
                half_precision,
                resumable=resumable,
                report=lambda done, total: advance(done, total, f"evaluating, {done:,} of {total:,} test pictures"),
            )
            for stage in stages:
                text = stage.name
                if stage.progress is not None:
                    now = stage.progress
                    bound = f"{'ELBO' if recipe.objective.name == 'elbo' else 'objective'} {now.bound:8.2f} nats"
                    text = f"epoch {now.epoch}/{now.epochs}  {bound}  {now.images_per_second:,.0f}/s"
                advance(stage.done, stage.total, text)
    except KeyboardInterrupt:
        if (unfinished / STATE).exists():
            raise Stopped(f"stopped; the same command goes on from {unfinished}") from None
        raise Stopped("stopped before the first step; nothing was written") from None
    print_result(store.entry(folder).metrics, as_json)


def interrupt(*_: object) -> None:
    """Let SIGTERM be what Ctrl-C is: work is saved, and one line says how it goes on."""
    raise KeyboardInterrupt


class Stopped(Exception):
    """The user pressed Ctrl-C; the message says what is left."""


def check_count(option: str, count: int) -> None:
    """Raise ValueError unless an option is a number of samples or pictures that a night and a memory hold."""
    if count < 1:
        raise ValueError(f"{option} must be at least 1, got {count}")
    if count > MOST_COUNTED:
        raise ValueError(f"{option} must be at most {MOST_COUNTED:,}, got {count}")


def main() -> None:
    """Run the command line and turn every expected error into one line and an exit code."""
    signal.signal(signal.SIGTERM, interrupt)
    speak_any_code_page()
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        code = fail(f"{message}{' ' if message.endswith('?') else ': '}--help lists what there is", 2)
    except (typer.Abort, KeyboardInterrupt):
        code = fail("stopped", 1)
    except (Stopped, OSError) as error:
        code = fail(str(error), 1)
    except (ValueError, RuntimeError) as error:
        code = fail(str(error), code_of(error))
    sys.exit(code if isinstance(code, int) else 0)


def code_of(error: ValueError | RuntimeError) -> int:
    """The exit code of an error that is expected; others are raised again."""
    from vae_core.data.pictures import DatasetUnavailable
    from vae_core.learning.training import TrainingDiverged
    from vae_core.models.checkpoint import CheckpointError

    if isinstance(error, DatasetUnavailable | TrainingDiverged | CheckpointError):
        return 1
    if isinstance(error, ValueError):
        return 2
    raise error
