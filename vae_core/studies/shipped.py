"""Sweeps that were run with several seeds, as they are shipped: a table, mutual information, traversals.

assets/sweeps/DATASET/table.csv                  one row a run; its KL is of pictures with their noise (binarised or
                                                 dequantised), the three parts of a KL of those without
assets/sweeps/DATASET/mutual_information.json    {run: D x F matrix, nats}
assets/sweeps/DATASET/ideal.json                 what a dimension for each factor would score; the ceiling of MIG
assets/sweeps/DATASET/traversals/RUN.png         one row a dimension, the largest KL first
"""

import csv
import json
import statistics
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from vae_core.analysis import disentanglement
from vae_core.analysis.filmstrip import filmstrip
from vae_core.analysis.projection import project
from vae_core.data import registry
from vae_core.data.files import write_whole
from vae_core.home import HOME
from vae_core.learning.objectives import Capacity
from vae_core.models.checkpoint import (
    Checkpoint,
    CheckpointError,
    read_checkpoint,
    read_json,
    read_log_marginal,
    write_checkpoint,
)
from vae_core.outside import csv_text, file_stem
from vae_core.studies.run import RUNS, SCORES, TABLE
from vae_core.zoo.build import SNAPSHOTS

SHIPPED = HOME / "assets" / "sweeps"
INFORMATION, TRAVERSALS, IDEAL = "mutual_information.json", "traversals", "ideal.json"
CEILING = "mig_ceiling"  # the most that MIG can be, in IDEAL
FRAMES = 9  # pictures of a traversal
REACH = 2.5  # standard deviations that it spans, each way


@dataclass(frozen=True)
class Run:
    """A row of the table; None where nothing was measured, or the objective has no such setting."""

    run: str
    objective: str
    seed: int
    beta: float | None = None
    nats: float | None = None
    elbo: float | None = None
    nll: float | None = None
    reconstruction: float | None = None
    kl: float | None = None
    active_units: int | None = None
    mig: float | None = None
    sap: float | None = None
    dci_disentanglement: float | None = None
    dci_completeness: float | None = None
    dci_informativeness: float | None = None
    higgins: float | None = None
    factor_vae: float | None = None
    index_code_information: float | None = None
    total_correlation: float | None = None
    dimension_wise_kl: float | None = None
    information_and_correlation: float | None = None
    kl_pictures: int | None = None  # that the parts of the KL were estimated from

    @property
    def setting(self) -> str:
        """What its other seeds share, for people to read: "β = 4", "C = 25 nats"."""
        if self.objective == "beta":
            return f"β = {self.beta:g}"
        if self.objective == "capacity":
            return f"C = {self.nats:g} nats"
        if self.objective == "beta-tcvae":
            return f"β-TC = {self.beta:g}"
        return self.objective

    @property
    def order(self) -> tuple:
        """Beta first, in order; then the other objectives."""
        return (self.objective != "beta", self.objective, self.beta or 0, self.nats or 0, self.seed)


def read_table(dataset: str, shipped: Path | None = None) -> list[Run]:
    """The runs of a data set's sweep in order of their settings; none where there is no table.

    Raises ValueError for a table that cannot be read.
    """
    path = (shipped or SHIPPED) / file_stem(dataset) / TABLE
    if not path.exists():
        return []
    kinds = {field.name: field.type for field in fields(Run)}
    runs = []
    with open(path, newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                values: dict[str, Any] = {name: typed(row.get(name), kind) for name, kind in kinds.items()}
                runs.append(Run(**values))
            except ValueError as error:
                raise ValueError(f"{path}, line {line}: {error}") from error
    return sorted(runs, key=lambda run: run.order)


def typed(text: str | None, kind: object) -> str | int | float | None:
    """The contents of a cell as its column's kind; None for an empty cell."""
    if text is None or text == "":
        if kind in (str, int):
            raise ValueError("run, objective and seed may not be empty")
        return None
    if kind is str:
        return text
    number = float(text)
    return int(number) if kind is int or kind == int | None else number


def settings(runs: list[Run]) -> list[str]:
    """The settings of a table in their order."""
    return list(dict.fromkeys(run.setting for run in runs))


def mutual_information(dataset: str, shipped: Path | None = None) -> dict[str, Tensor]:
    """I(z_j; v_k) of each run, (D, F), nats; nothing where none was shipped."""
    path = (shipped or SHIPPED) / file_stem(dataset) / INFORMATION
    return {name: torch.tensor(matrix) for name, matrix in read_json(path).items()} if path.exists() else {}


def ideal(dataset: str, shipped: Path | None = None) -> dict[str, float]:
    """Each score of a code that has a dimension for every factor, and the ceiling of MIG; nothing where none was
    shipped."""
    path = (shipped or SHIPPED) / file_stem(dataset) / IDEAL
    return read_json(path) if path.exists() else {}


def write_ideal(dataset: str, destination: Path | None = None) -> None:
    """Measure what a dimension for each factor scores on a data set, where its factors are known."""
    factors = registry.describe(dataset).factors
    if not factors:
        return
    codes = disentanglement.ideal_codes(factors)
    scores = disentanglement.measure(codes).to_json() | {CEILING: disentanglement.ceiling(codes)}
    rounded = {name: round(value, 5) for name, value in scores.items()}
    write_whole((destination or SHIPPED) / file_stem(dataset) / IDEAL, (json.dumps(rounded) + "\n").encode())


def traversal_picture(dataset: str, run: str, shipped: Path | None = None) -> Path | None:
    """The file of a run's traversals, or None: they are shipped for the best and the worst seed of each setting."""
    path = (shipped or SHIPPED) / file_stem(dataset) / TRAVERSALS / f"{file_stem(run)}.png"
    return path if path.exists() else None


def extremes(runs: list[Run], score: str = "mig") -> dict[str, tuple[Run, Run]]:
    """The best and the worst seed of each setting by a score; settings that were not scored are left out."""
    found = {}
    for setting in settings(runs):
        own = [run for run in runs if run.setting == setting and getattr(run, score) is not None]
        if own:
            found[setting] = (max(own, key=lambda r: getattr(r, score)), min(own, key=lambda r: getattr(r, score)))
    return found


def median_run(runs: list[Run], score: str = "mig") -> Run:
    """The run whose score is the median; of an even number of them the lower middle one."""
    middle = statistics.median_low(getattr(run, score) for run in runs)
    return next(run for run in runs if getattr(run, score) == middle)


def ship(sweep_folder: Path, dataset: str, destination: Path | None = None) -> dict[str, str]:
    """Make a data set's files from a finished sweep's folder; returns the run that stands for each zoo name.

    That is the median seed by MIG of each setting ("sprites-beta4-10d": "beta4-seed3"). Raises ValueError if the sweep
    has no runs, CheckpointError if one cannot be read.
    """
    target = (destination or SHIPPED) / file_stem(dataset)
    (target / TRAVERSALS).mkdir(parents=True, exist_ok=True)
    source = sweep_folder / TABLE
    if not source.exists():
        raise ValueError(f"{sweep_folder} has no {TABLE}: run the sweep to its end")
    with open(source, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{source} has no runs")
    columns = [field.name for field in fields(Run)]
    write_whole(target / TABLE, csv_text(rows, columns).encode())
    runs = read_table(dataset, target.parent)
    matrices = {run.run: read_json(sweep_folder / RUNS / run.run / SCORES).get("mutual_information") for run in runs}
    rounded = {name: [[round(x, 5) for x in row] for row in matrix] for name, matrix in matrices.items() if matrix}
    write_whole(target / INFORMATION, (json.dumps(rounded) + "\n").encode())
    write_ideal(dataset, target.parent)
    for best, worst in extremes(runs).values():
        for run in {best.run, worst.run}:
            picture = traversals(read_checkpoint(sweep_folder / RUNS / run))
            write_whole(target / TRAVERSALS / f"{file_stem(run)}.png", picture)
    return medians(runs, dataset, sweep_folder)


def medians(runs: list[Run], dataset: str, sweep_folder: Path) -> dict[str, str]:
    """The run that is shipped under each zoo name."""
    chosen = {}
    for setting in settings(runs):
        own = [run for run in runs if run.setting == setting and run.mig is not None]
        if not own:
            continue
        run = median_run(own)
        dim = read_checkpoint(sweep_folder / RUNS / run.run).model.config.latent_dim
        label = {"beta": f"beta{run.beta or 0:g}", "beta-tcvae": f"tcvae{run.beta or 0:g}"}.get(
            run.objective, run.objective
        )
        chosen[f"{file_stem(dataset)}-{label}-{dim}d"] = run.run
    return chosen


def adopt(run: Path, name: str, folder: Path) -> None:
    """Write a sweep's run as a model of the zoo: under another name, with PCA and UMAP of its codes.

    Snapshots come along where the objective changes what a nat buys. Raises CheckpointError, OSError.
    """
    checkpoint = read_checkpoint(run)
    if checkpoint.codes is None:
        raise CheckpointError(f"{run} has no codes.safetensors: train the run anew")
    projections = project(checkpoint.codes.mean, "pca") | project(checkpoint.codes.mean, "umap")
    kept = run / SNAPSHOTS if checkpoint.description["objective"] == Capacity.name else None
    write_checkpoint(
        folder,
        checkpoint.model,
        checkpoint.description | {"name": name},
        checkpoint.codes,
        projections,
        checkpoint.metrics | {"name": name},
        half_precision=True,
        history=checkpoint.history,
        snapshots=kept,
        log_marginal=read_log_marginal(run),
    )


@torch.no_grad()
def traversals(checkpoint: Checkpoint, scale: int = 1) -> bytes:
    """Every dimension from end to end around the mean code, a row each in order of KL, as a PNG.

    Dimensions span 2.5 standard deviations of their codes, that of q(z|x) included, each way: about the prior's
    wherever a prior holds them. Raises ValueError for a checkpoint without codes.
    """
    codes = checkpoint.codes
    if codes is None:
        raise ValueError(f"{checkpoint.folder} has no codes to walk around")
    spread = (codes.mean.var(0, correction=0) + codes.stddev.square().mean(0)).sqrt()  # (D,)
    rows = []
    for dimension in codes.kl.mean(0).argsort(descending=True, stable=True).tolist():
        z = codes.mean.mean(0).repeat(FRAMES, 1)  # (T, D)
        z[:, dimension] += torch.linspace(-REACH, REACH, FRAMES) * spread[dimension]
        rows.append(checkpoint.model.decode(z).mean)
    strip = filmstrip(rows, scale=scale, gap=1)
    if rows[0].shape[1] > 1:
        return strip
    grey = BytesIO()  # a third of the bytes
    Image.open(BytesIO(strip)).convert("L").save(grey, "PNG", optimize=True)
    return grey.getvalue()


def to_csv(runs: list[Run]) -> str:
    """Runs as the table that they were read from."""
    return csv_text(map(asdict, runs), [field.name for field in fields(Run)])
