"""Recipes as data, and how they become checkpoint folders."""

import json
from dataclasses import replace

import pytest
import torch
from PIL import Image

from vae_core.analysis.projection import project
from vae_core.data import describe
from vae_core.learning.training import TrainingConfig
from vae_core.models.checkpoint import read_checkpoint
from vae_core.models.vae import VAE, VAEConfig
from vae_core.zoo import build as building
from vae_core.zoo.build import STATE, build, new_model
from vae_core.zoo.recipes import RECIPES, Recipe

RECIPE = Recipe(
    "small",
    "digits",
    VAEConfig((1, 8, 8), 3, hidden=(16,)),
    TrainingConfig(epochs=2, precision="float32"),
    importance_samples=2,
)


@pytest.fixture(autouse=True)
def without_umap(monkeypatch):
    """UMAP compiles for 20 s; a turned PCA plane takes its place here."""

    def instead(means, method):
        return project(means, "pca") if method == "pca" else {method: project(means, "pca")["pca"].flip(1)}

    monkeypatch.setattr(building, "project", instead)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_a_recipe_fits_its_data_set_and_its_name(recipe):
    info = describe(recipe.dataset)
    assert recipe.model.picture_shape == info.shape
    assert recipe.model.likelihood == info.likelihood
    assert recipe.name.startswith(recipe.dataset.split("_")[0] + "-")
    assert recipe.name.endswith(f"-{recipe.model.latent_dim}d")
    assert RECIPES[recipe.name] is recipe
    json.dumps([recipe.model.to_json(), recipe.training.to_json()])
    with torch.device("meta"):
        VAE(recipe.model)


def test_a_build_tells_its_stages_and_writes_a_whole_checkpoint(tmp_path, digits):
    stages = list(build(RECIPE, tmp_path / "small"))
    training = [stage for stage in stages if stage.progress is not None]
    assert [stage.done for stage in training] == list(range(1, 25))
    assert all(stage.name == "training" and stage.total == 24 for stage in training)
    assert [stage.name for stage in stages[24:]] == [
        "encoding the test split",
        "projecting with pca",
        "projecting with umap",
        "evaluating",
        "written",
    ]
    assert all(0 <= stage.done <= stage.total for stage in stages)
    read = read_checkpoint(tmp_path / "small")
    assert read.description["training"] == RECIPE.training.to_json()
    assert read.metrics["name"] == "small" and read.metrics["importance_samples"] == 2
    assert len(read.codes.mean) == len(digits.test) == read.metrics["images"]
    assert read.projections.keys() == {"pca", "pca_components", "pca_mean", "umap"}
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
    for parameter in read.model.parameters():  # the zoo stores half precision
        assert torch.equal(parameter, parameter.half().float())


def test_an_interrupted_build_goes_on_to_the_same_model(tmp_path):
    list(build(RECIPE, tmp_path / "whole", half_precision=False))
    for number, stage in enumerate(build(RECIPE, tmp_path / "parts", half_precision=False)):
        if number == 9:
            del stage
            break
    assert (tmp_path / "parts.partial" / STATE).exists()
    assert not (tmp_path / "parts").exists()
    stages = build(RECIPE, tmp_path / "parts", half_precision=False)
    assert next(stages).progress.step == 11
    for stage in stages:
        if stage.name == "evaluating":
            break  # after training, too
    stages.close()
    stages = [stage.name for stage in build(RECIPE, tmp_path / "parts", half_precision=False)]
    assert stages[0] == "encoding the test split" and stages[-1] == "written"
    whole, parts = read_checkpoint(tmp_path / "whole"), read_checkpoint(tmp_path / "parts")
    assert parts.content_hash == whole.content_hash
    assert parts.metrics == whole.metrics
    assert not (tmp_path / "parts.partial").exists()


def test_the_seed_fixes_the_initial_weights():
    before = torch.get_rng_state()
    first, again = new_model(RECIPE), new_model(RECIPE)
    other = new_model(replace(RECIPE, training=replace(RECIPE.training, seed=1)))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.encoder[1].weight, again.encoder[1].weight)
    assert not torch.equal(first.encoder[1].weight, other.encoder[1].weight)


def test_one_latent_dimension_has_no_projection(tmp_path):
    list(build(replace(RECIPE, model=replace(RECIPE.model, latent_dim=1)), tmp_path / "one"))
    assert read_checkpoint(tmp_path / "one").projections == {}


def test_a_handful_of_pictures_will_do(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(6):
        Image.new("RGB", (20, 20), (40 * number, 100, 200)).save(pictures / f"{number}.png")
    dataset = f"folder:{pictures}"
    model = VAEConfig(describe(dataset).shape, 2, hidden=(8,), likelihood="gaussian")
    list(build(Recipe("few", dataset, model, TrainingConfig(epochs=1), importance_samples=1), tmp_path / "few"))
    read = read_checkpoint(tmp_path / "few")
    assert len(read.codes.mean) == 1 and read.projections == {}
    assert read.metrics["nll_standard_error"] is None
