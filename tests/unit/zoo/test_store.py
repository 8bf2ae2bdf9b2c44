"""Finding models by name, and what the models that ship must hold."""

import json
import os
import shutil
from dataclasses import replace

import pytest
import torch

import vae_core
from vae_core.data import describe
from vae_core.learning.training import TrainingConfig
from vae_core.models.checkpoint import CheckpointError, read_checkpoint, read_log_marginal
from vae_core.models.families import FAMILIES
from vae_core.models.networks import parameter_count
from vae_core.zoo import store
from vae_core.zoo.build import ROUNDING
from vae_core.zoo.recipes import RECIPES
from vae_core.zoo.store import ModelNotFound, entries, find, model_folders, rank, survey

METRICS = {
    "kl_parts",
    "name",
    "dataset",
    "elbo",
    "nll",
    "nll_standard_error",
    "effective_samples",
    "few_effective_samples",
    "simulated_bias",
    "simulated_bias_standard_error",
    "reconstruction",
    "kl",
    "kl_per_dimension",
    "active_units",
    "images",
    "nll_images",
    "groups",
    "importance_samples",
    "bits_per_dimension",
    "neighbour_accuracy",
}
SHARPNESS = {  # of models that were measured since it is
    "sharpness_of_samples",
    "sharpness_of_samples_standard_error",
    "sharpness_of_reconstructions",
    "sharpness_of_reconstructions_standard_error",
}
OF_DRAWS = {"effective_samples", "few_effective_samples", "simulated_bias", "simulated_bias_standard_error"}
OF_GAUSSIANS = {"kl_parts", "simulated_bias", "simulated_bias_standard_error"}  # not measured of discrete latents


@pytest.fixture
def zoo(toy_folder, tmp_path):
    """A zoo of two models, with what interrupted and running builds leave beside them."""
    zoo = tmp_path / "zoo"
    for name in ("digits-vae-2d", "digits-vae-3d", "digits-vae-2d.writing", "digits-vae-2d.replaced"):
        shutil.copytree(toy_folder, zoo / name)
    (zoo / "mnist-vae-2d.partial").mkdir()
    (zoo / "notes.txt").touch()
    return zoo


def test_entries_are_known_without_their_weights(zoo, toy, toy_folder):
    for folder in model_folders(zoo):
        (folder / "model.safetensors").unlink()
    first, second = entries(zoo)
    assert (first.folder.name, second.folder.name) == ("digits-vae-2d", "digits-vae-3d")
    assert first.name == "toy" and first.dataset == "digits"
    assert first.family == "vae" and first.objective == "elbo"
    assert first.latent_dim == 2 and first.picture_shape == (1, 8, 8)
    assert first.parameters == parameter_count(toy)
    assert first.metrics.keys() == METRICS - {"kl_parts"} | SHARPNESS  # `evaluate` alone does not measure these parts


def test_models_stand_plain_ones_first_and_settings_in_order(zoo):
    entry = entries(zoo)[0]
    expected = [
        replace(entry, name="plain-3d", latent_dim=3),
        replace(entry, name="plain-20d", latent_dim=20),
        replace(entry, name="beta2", objective="beta", objective_settings={"beta": 2.0}),
        replace(entry, name="beta16", objective="beta", objective_settings={"beta": 16.0}),
        replace(entry, name="masked", family="masked", objective="masked-posterior"),
    ]
    assert sorted(expected[::-1], key=rank) == expected


def test_no_zoo_has_no_entries(tmp_path):
    assert entries(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": 3}, "must have text as name, got 3"),
        ({"name": "a\x1b[2Jb"}, "without control characters"),
        ({"dataset": "nowhere"}, "names the unknown data set 'nowhere', known: mnist, "),
        ({"objective": "magic"}, "objective must be one of elbo, "),
        ({"objective": "beta"}, "objective_settings lack beta, which beta needs"),
        ({"objective": "beta", "objective_settings": {"beta": "4"}}, "beta must be a number, got '4'"),
        ({"objective": "beta", "objective_settings": {"beta": -1}}, "beta must be a number from 0 up"),
        ({"objective": "elbo", "objective_settings": {"depth": 1}}, "the objective elbo has no depth"),
    ],
)
def test_a_broken_model_is_left_out_and_named_with_its_reason(zoo, changes, why):
    path = zoo / "digits-vae-3d" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    found, problems = survey(model_folders(zoo))
    assert [each.folder.name for each in found] == [each.folder.name for each in entries(zoo)] == ["digits-vae-2d"]
    (problem,) = problems
    assert problem.startswith("The model in 'digits-vae-3d' is left out: ") and why in problem
    assert problem.endswith(".") and problem.isprintable()


def test_what_is_no_readable_folder_is_no_model(zoo):
    (zoo / "loop").mkdir()
    (zoo / "loop" / "model.json").symlink_to("model.json")
    (zoo / "pipe").mkdir()
    os.mkfifo(zoo / "pipe" / "model.json")
    found, problems = survey(model_folders(zoo))
    assert len(found) == 2 and [problem.split("'")[1] for problem in problems] == ["loop", "pipe"]
    assert model_folders(zoo / "notes.txt") == []


def test_a_model_is_found_by_name_or_folder(zoo, toy_folder):
    assert find("digits-vae-2d", zoo) == zoo / "digits-vae-2d"
    assert find(str(toy_folder), zoo) == toy_folder
    assert find(toy_folder, zoo) == toy_folder


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("digits-vae-4d", "did you mean digits-vae-"),
        ("digit-vae-2d", "did you mean digits-vae-2d or digits-vae-3d?"),
        ("everything", "did you mean digits-vae-"),
        ("zzz", "did you mean digits-vae-"),
        ("../zoo/digits-vae-2d", "did you mean digits-vae-2d"),
    ],
)
def test_what_is_not_found_gets_a_hint(zoo, name, hint):
    with pytest.raises(ModelNotFound) as caught:
        find(name, zoo)
    message = str(caught.value)
    assert message.startswith(f"no model or checkpoint folder is called {name!r}: ")
    assert hint in message and "\n" not in message
    assert not any(ending in message for ending in (".partial", ".writing", ".replaced"))


@pytest.mark.parametrize(
    "name", ["", "a" * 100_000, "\0", "\x1b[2J", "\u202egnp", "../" * 2000, "zoo/\ud800"], ids=range(7)
)
def test_any_name_gets_one_short_sentence_with_the_three_nearest(zoo, name):
    for added in ("mnist-vae-2d", "mnist-vae-3d"):
        shutil.copytree(zoo / "digits-vae-2d", zoo / added)
    with pytest.raises(ModelNotFound) as caught:
        find(name, zoo)
    message = str(caught.value)
    assert message.isprintable() and len(message) < 200 and message.count("-vae-") == 3


def test_an_empty_zoo_says_so(tmp_path):
    with pytest.raises(ModelNotFound, match="the zoo has no models"):
        find("mnist-vae-2d", tmp_path)


@torch.no_grad()
def test_load_is_the_front_door(toy, toy_folder):
    model = vae_core.load(toy_folder)
    z = torch.randn(4, 2)
    assert torch.equal(model.decode(z).mean, toy.decode(z).mean)
    assert not model.training
    assert vae_core.load(str(toy_folder)) is model  # read once


def test_a_rewritten_checkpoint_is_read_again(checkpoint_copy):
    first = store.open_checkpoint(checkpoint_copy)
    weights = (checkpoint_copy / "model.safetensors").read_bytes()
    (checkpoint_copy / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match="is missing"):
        store.open_checkpoint(checkpoint_copy)
    (checkpoint_copy / "model.safetensors").write_bytes(weights)
    assert store.open_checkpoint(checkpoint_copy) is not first


SHIPPED = model_folders(store.ZOO)
MOST_NATS = {  # test -log p(x) that was asked for
    "mnist-vae-2d": 129.6,
    "mnist-vae-10d": 90.1,
    "mnist-vae-20d": 86.7,
}


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_shipped_model_is_whole_and_its_recipe_is_known(folder):
    read = read_checkpoint(folder)
    description, config, recipe = read.description, read.model.config, RECIPES[folder.name]
    info = describe(recipe.dataset)
    assert description["name"] == folder.name and description["dataset"] == recipe.dataset
    assert config == recipe.model and TrainingConfig(**description["training"]) == recipe.training
    assert description["seed"] == recipe.training.seed and description["objective"] == recipe.objective.name
    assert torch.equal(read.codes.indices, torch.arange(info.test_size))
    assert (read.codes.labels is not None) == bool(info.labels)
    family = FAMILIES[description["family"]]
    planes = {"pca", "pca_components", "pca_mean", "umap"} if family.has_distances else set()
    assert read.projections.keys() == planes
    assert read.metrics.keys() & set(ROUNDING) in (set(), set(ROUNDING))  # models that were built since it is measured
    measured = METRICS if family.has_distances else METRICS - OF_GAUSSIANS
    if family.classifies:
        measured = measured - {"kl_parts"} | {"classification_error"}
    learned = family.has_one_posterior and recipe.model.prior != "normal"
    if family.bends_posterior or learned:
        measured = measured - {"kl_parts"}  # which are of Gaussians
    if learned and recipe.model.prior == "mixture":
        measured = measured | {"cluster_accuracy", "kmeans_accuracy"}
    if family.latent == "chain":
        measured = measured - {"kl_parts"} | {"active_per_layer"}
    if family.exact:
        measured = measured - {"kl_parts"} - OF_DRAWS
    assert read.metrics.keys() & SHARPNESS in (set(), SHARPNESS)
    assert read.metrics.keys() - set(ROUNDING) - SHARPNESS == measured
    assert read.metrics["images"] == info.test_size
    assert read.metrics["importance_samples"] == recipe.importance_samples
    assert read.metrics["nll_images"] == (recipe.likelihood_pictures or info.test_size)
    log_marginal = read_log_marginal(folder)
    assert read.metrics["nll"] == pytest.approx(-log_marginal.mean().item())
    assert len(log_marginal) == read.metrics["nll_images"]
    # a KL that no dimension has of its own
    whole = family.classifies or family.bends_posterior or learned or family.latent == "chain" or family.exact
    assert len(read.metrics["kl_per_dimension"]) == (1 if whole else config.latent_dim)
    assert read.metrics["elbo"] == pytest.approx(read.metrics["reconstruction"] - read.metrics["kl"])
    of_fewer = 3 * read.metrics["nll_standard_error"] if recipe.likelihood_pictures else 0
    same = family.exact or family.latent == "discrete"  # of one z that is all q(z|x) has
    assert read.metrics["elbo"] < -read.metrics["nll"] + of_fewer + (1e-3 if same else 0)
    assert read.metrics["nll"] <= MOST_NATS.get(folder.name, float("inf"))


def test_the_zoo_is_small_enough_for_a_repository():
    size = sum(path.stat().st_size for folder in SHIPPED for path in folder.iterdir())
    assert size < 80e6


def test_every_recipe_of_a_model_ships():
    models = {name for name, recipe in RECIPES.items() if recipe.ships == "model"}
    assert {folder.name for folder in store.model_folders(store.ZOO)} == models
    assert {entry.name for entry in store.entries()} == models


def test_what_ships_as_metrics_is_of_a_recipe_that_does():
    measured = store.measured()
    assert all(RECIPES[name].ships == "metrics" for name in measured)
    for name, metrics in measured.items():
        recipe = RECIPES[name]
        assert metrics["name"] == name and metrics["importance_samples"] == recipe.importance_samples
        assert metrics["nll_images"] == (recipe.likelihood_pictures or describe(recipe.dataset).test_size)
