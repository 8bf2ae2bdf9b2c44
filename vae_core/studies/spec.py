"""What a sweep trains, as data: a grid of settings times seeds, from a TOML or JSON file to one recipe a run."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from itertools import product
from pathlib import Path
from typing import Any

from vae_core.data import registry
from vae_core.learning import objectives
from vae_core.learning.training import TrainingConfig
from vae_core.models.vae import VAEConfig, whole_number
from vae_core.zoo.recipes import Recipe

TRAINING = {"epochs", "batch_size", "learning_rate", "weight_decay"}  # TrainingConfig's, in tables of the grid too


@dataclass(frozen=True)
class SweepSpec:
    """What is swept. `grid` is a list of tables; each has an `objective` and its settings, and settings of the training
    that differ between runs, a list of values standing for one run with each of them."""

    dataset: str
    grid: tuple[dict, ...]
    seeds: tuple[int, ...] = (0,)
    model: dict = field(default_factory=dict)  # VAEConfig's, without picture_shape and likelihood
    training: dict = field(default_factory=dict)  # TrainingConfig's, without seed
    importance_samples: int = 50
    likelihood_pictures: int = 1_000  # test pictures whose log p(x) is estimated with so many samples
    held_out: int = 0  # training pictures on which runs are measured in place of the test split; none unless given
    snapshots: tuple[float, ...] = ()

    @classmethod
    def from_json(cls, settings: dict) -> "SweepSpec":
        """A specification from JSON or TOML. Raises ValueError for anything that could not be run."""
        unknown = settings.keys() - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(
                f"a sweep has no {', '.join(sorted(unknown))}: it has {', '.join(f.name for f in fields(cls))}"
            )
        missing = {"dataset", "grid"} - settings.keys()
        if missing:
            raise ValueError(f"a sweep needs {' and '.join(sorted(missing))}")
        for name in ("grid", "seeds", "snapshots"):
            if not isinstance(settings.get(name, []), list):
                raise ValueError(f"{name} must be a list, got {settings[name]!r}")
        for name, kind, text in (("dataset", str, "a name"), ("model", dict, "a table"), ("training", dict, "a table")):
            if not isinstance(settings.get(name, kind()), kind):
                raise ValueError(f"{name} must be {text}, got {settings[name]!r}")
        given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()}
        spec = cls(**given)
        for name in ("importance_samples", "likelihood_pictures"):
            if not whole_number(getattr(spec, name), 10**6):
                raise ValueError(f"{name} must be between 1 and 1000000, got {getattr(spec, name)!r}")
        if isinstance(spec.held_out, bool) or not isinstance(spec.held_out, int) or spec.held_out < 0:
            raise ValueError(f"held_out must be a number of training pictures, 0 or more, got {spec.held_out!r}")
        for share in spec.snapshots:
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
                raise ValueError(f"snapshots must be shares of the training, above 0 and at most 1, got {share!r}")
        for name, key, where in (
            ("model", "picture_shape", "dataset"),
            ("model", "likelihood", "dataset"),
            ("training", "seed", "seeds"),
        ):
            if key in getattr(spec, name):
                raise ValueError(f"{name} must not hold {key}: it comes from {where}")
        if not spec.recipes():
            raise ValueError("a sweep needs at least one table in grid and one seed")
        return spec

    def to_json(self) -> dict:
        return json.loads(json.dumps(asdict(self)))

    def recipes(self) -> dict[str, Recipe]:
        """Every run by its name, seeds together. Raises ValueError if one could not be trained."""
        info = registry.describe(self.dataset)
        found: dict[str, Recipe] = {}
        try:
            config = VAEConfig.from_json({"picture_shape": info.shape, "likelihood": info.likelihood, **self.model})
            for table in self.grid:
                for settings in combinations(table):
                    training = {key: value for key, value in settings.items() if key in TRAINING}
                    own = {key: value for key, value in settings.items() if key not in TRAINING}
                    objective = objectives.from_json({"name": "elbo", **own})
                    for seed in self.seeds:
                        schedule = TrainingConfig(**{**self.training, **training, "seed": seed})
                        name = run_name(settings, seed)
                        recipe = Recipe(
                            name=name,
                            dataset=self.dataset,
                            model=config,
                            training=schedule,
                            objective=objective,
                            importance_samples=self.importance_samples,
                            likelihood_pictures=self.likelihood_pictures,
                            held_out=self.held_out,
                            snapshots=self.snapshots,
                        )
                        if found.setdefault(name, recipe) != recipe:
                            raise ValueError(f"two runs would be called {name}: let their settings differ by more")
        except TypeError as error:
            raise ValueError(f"the sweep cannot be run: {error}") from error
        return found


def combinations(table: dict) -> Iterator[dict]:
    """Each of the settings that a table of the grid stands for: {"objective": name} becomes {"name": name}."""
    if not isinstance(table, dict):
        raise ValueError(f"grid must hold tables of settings, got {table!r}")
    keys = ["name" if key == "objective" else key for key in table]
    lists = [value if isinstance(value, list | tuple) else [value] for value in table.values()]
    for values in product(*lists):
        yield dict(zip(keys, values, strict=True))


def run_name(settings: dict, seed: int) -> str:
    """A run's folder: "beta4-seed0", "capacity-nats25-seed1"."""
    name = settings.get("name", "elbo")
    parts = [f"{key}{written(value)}" for key, value in settings.items() if key != "name"]
    label = "-".join(parts if name in parts[0] else [name, *parts]) if parts else name
    return f"{label}-seed{seed}"


def written(value: object) -> str:
    """A setting as a part of a folder's name."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def read_spec(path: Path) -> SweepSpec:
    """A specification from a .json or .toml file. Raises ValueError."""
    try:
        text = path.read_text(encoding="utf-8")
        settings = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(
            f"{path} is not readable as {'TOML' if path.suffix == '.toml' else 'JSON'}: {error}"
        ) from error
    if not isinstance(settings, dict):
        raise ValueError(f"{path} must hold a table of settings")
    return SweepSpec.from_json(settings)
