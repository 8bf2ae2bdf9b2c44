"""Recipes as data, and how they become checkpoint folders."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from vae_core.analysis.evaluation import bounds, noiseless
from vae_core.analysis.likelihood import only_bounded
from vae_core.analysis.projection import project
from vae_core.data import describe, load_dataset
from vae_core.data.files import FolderInUse
from vae_core.learning import training
from vae_core.learning.objectives import Capacity, MaskedPosterior
from vae_core.learning.quantisation import VectorQuantisation
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models import families
from vae_core.models.adversarial import AdversarialConfig
from vae_core.models.checkpoint import read_checkpoint, read_history, read_log_marginal
from vae_core.models.masked import MaskedConfig
from vae_core.models.vae import VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig
from vae_core.zoo import build as building
from vae_core.zoo import store
from vae_core.zoo.build import ROUNDED_ON, ROUNDING, STATE, begin_pseudo_pictures, build, new_model, record
from vae_core.zoo.configurations import Asked, configuration
from vae_core.zoo.recipes import RECIPES, Recipe
from vae_core.zoo.store import load

RECIPE = Recipe(
    "small",
    "digits",
    VAEConfig((1, 8, 8), 3, hidden=(16,)),
    TrainingConfig(epochs=2, precision="float32"),
    importance_samples=2,
)


DENSITIES = {  # of grey levels, not bits
    "digits-flow-64d",
    "digits-vae-gaussian-8d",
    "digits-vae-gaussian-8d-twin",
    "digits-dis-8d",
    "digits-gan-8d",
}


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
    assert recipe.model.likelihood == ("gaussian" if recipe.name in DENSITIES else info.likelihood)
    assert recipe.name.startswith(recipe.dataset.split("_")[0] + "-")
    assert f"-{recipe.model.latent_dim}d" in recipe.name
    assert RECIPES[recipe.name] is recipe
    json.dumps([recipe.model.to_json(), recipe.training.to_json()])
    with torch.device("meta"):
        families.of(recipe.model).model(recipe.model)


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


def test_what_16_bits_cost_is_measured_on_the_same_draws(tmp_path, digits):
    list(build(RECIPE, tmp_path / "half"))
    list(build(RECIPE, tmp_path / "whole", half_precision=False))
    half, whole = read_checkpoint(tmp_path / "half"), read_checkpoint(tmp_path / "whole")
    assert not set(ROUNDING) & whole.metrics.keys()
    of_each = [bounds(checkpoint.model, digits.test, ROUNDED_ON) for checkpoint in (whole, half)]
    cost = (of_each[0] - of_each[1]).double()
    assert half.metrics[ROUNDING[0]] == pytest.approx(cost.mean().item(), abs=1e-6)
    assert half.metrics[ROUNDING[1]] == pytest.approx((cost.std() / len(cost) ** 0.5).item(), rel=1e-3)
    assert 0 < cost.abs().max() < 0.1
    assert of_each[0].mean().item() == pytest.approx(whole.metrics["elbo"], abs=0.3)  # one draw, and other noise


def test_a_completer_has_the_figures_of_its_base_and_is_not_measured_again(tmp_path, monkeypatch):
    list(build(RECIPE, tmp_path / "base", projected=False))
    masked = Recipe(
        "masked",
        "digits",
        MaskedConfig(RECIPE.model, "mlp", (8,)),
        replace(RECIPE.training, epochs=1),
        MaskedPosterior(),
        importance_samples=2,
        base=str(tmp_path / "base"),
    )
    list(build(replace(masked, importance_samples=3), tmp_path / "otherwise", projected=False))
    base, otherwise = read_checkpoint(tmp_path / "base"), read_checkpoint(tmp_path / "otherwise")
    assert otherwise.metrics["importance_samples"] == 3
    assert otherwise.metrics["elbo"] == base.metrics["elbo"] and otherwise.metrics["nll"] != base.metrics["nll"]
    monkeypatch.setattr(building, "evaluate", None)
    list(build(masked, tmp_path / "masked", projected=False))
    read = read_checkpoint(tmp_path / "masked")
    assert read.metrics == base.metrics | {"name": "masked"}
    assert torch.equal(read_log_marginal(tmp_path / "masked"), read_log_marginal(tmp_path / "base"))


@torch.no_grad()
def test_pseudo_pictures_begin_as_training_pictures(digits):
    vamp = replace(RECIPE, model=replace(RECIPE.model, prior="vamp", prior_components=6))
    first, second, other = (new_model(vamp) for _ in range(3))
    for model, seed in ((first, 0), (second, 0), (other, 1)):
        begin_pseudo_pictures(model, digits.train, seed)
    assert torch.equal(first.pseudo_pictures(), second.pseudo_pictures())
    assert not torch.equal(first.pseudo_pictures(), other.pseudo_pictures())
    distances = (first.pseudo_pictures()[:, None] - digits.train.images[None].float() / 255).abs().amax((2, 3, 4))
    assert (distances.amin(1) < 0.1).all() and len(distances.argmin(1).unique()) == 6
    plain = new_model(RECIPE)
    before = [parameter.clone() for parameter in plain.parameters()]
    begin_pseudo_pictures(plain, digits.train, 0)
    assert all(map(torch.equal, before, plain.parameters()))


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


KEPT = replace(RECIPE, training=replace(RECIPE.training, epochs=4), snapshots=(0.001, 0.25, 0.5, 1.0))  # 48 steps


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A build with history and snapshots, and the mean KL of each of its steps."""
    folder = tmp_path_factory.mktemp("kept") / "kept"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "project", lambda means, method: project(means, "pca") if method == "pca" else {})
        steps = [stage.progress for stage in build(KEPT, folder) if stage.progress is not None]
    return folder, {progress.step: progress for progress in steps}


def test_the_history_has_every_step_of_a_short_training(kept):
    folder, steps = kept
    history = read_checkpoint(folder).history
    assert history["step"] == list(range(1, 49))
    for number, step in enumerate(history["step"]):
        assert history["bound"][number] == steps[step].bound
        assert history["log_likelihood"][number] == steps[step].log_likelihood
        assert history["kl_per_dimension"][number] == list(steps[step].kl_per_dimension)
    assert history.keys() == {"step", "bound", "log_likelihood", "kl_per_dimension"}


def test_a_history_holds_at_most_200_steps_and_the_last_one(tmp_path):
    for step in range(1, 1_004):
        progress = SimpleNamespace(
            step=step, steps=1_003, finished=step == 1_003, bound=-step, log_likelihood=0.0, kl_per_dimension=()
        )
        record(tmp_path / "history.json", progress)
    steps = read_history(tmp_path / "history.json")["step"]
    assert steps == [*range(6, 1_003, 6), 1_003] and len(steps) <= 200


def test_snapshots_are_checkpoints_at_their_steps(kept):
    folder, _ = kept
    whole = read_checkpoint(folder)
    assert [path.name for path in whole.snapshots()] == ["021", "250", "500", "1000"]
    assert [path.parent for path in whole.snapshots()] == [folder / "snapshots"] * 4
    read = [read_checkpoint(path) for path in whole.snapshots()]
    assert [snapshot.description["step"] for snapshot in read] == [1, 12, 24, 48]
    for snapshot in read:
        assert snapshot.model.config == RECIPE.model and snapshot.codes is None and snapshot.history == {}
        assert snapshot.description["objective"] == "elbo"
    assert read[-1].content_hash == whole.content_hash  # both in half precision
    assert len({snapshot.content_hash for snapshot in read}) == 4


def test_a_snapshot_is_the_model_that_many_steps_of_training_give(kept):
    folder, _ = kept
    model = new_model(KEPT)
    for progress in fit(model, load_dataset("digits").train, KEPT.training, KEPT.objective):
        if progress.step == 12:
            break
    snapshot = read_checkpoint(folder / "snapshots" / "250").model.state_dict()
    assert all(torch.equal(snapshot[name], tensor.half().float()) for name, tensor in model.state_dict().items())


def test_history_and_snapshots_are_the_same_after_an_interruption(kept, tmp_path, monkeypatch):
    """The state lags behind the history where the power fails: steps that are done again replace themselves."""
    folder, _ = kept
    with monkeypatch.context() as patch:
        patch.setattr(training, "save_state", lambda *_: None)  # nothing was written in time
        for stage in build(KEPT, tmp_path / "parts"):
            if stage.done == 14:
                break
        del stage
    assert not (tmp_path / "parts.partial" / STATE).exists()
    assert read_history(tmp_path / "parts.partial" / "history.json")["step"][-1] == 14
    stages = build(KEPT, tmp_path / "parts")
    assert next(stages).done == 1
    for stage in stages:
        if stage.done == 26:
            break
    stages.close()
    stages = build(KEPT, tmp_path / "parts")
    assert next(stages).done == 27
    list(stages)
    whole, parts = read_checkpoint(folder), read_checkpoint(tmp_path / "parts")
    assert parts.history == whole.history and parts.content_hash == whole.content_hash
    assert [path.name for path in parts.snapshots()] == [path.name for path in whole.snapshots()]
    for one, other in zip(parts.snapshots(), whole.snapshots(), strict=True):
        assert read_checkpoint(one).content_hash == read_checkpoint(other).content_hash
    assert not (tmp_path / "parts.partial").exists()


def test_a_recipe_without_snapshots_has_none_and_keeps_its_objective(tmp_path):
    recipe = replace(RECIPE, training=replace(RECIPE.training, epochs=1), objective=Capacity(5.0, 10.0))
    list(build(recipe, tmp_path / "a"))
    read = read_checkpoint(tmp_path / "a")
    assert read.snapshots() == [] and not (tmp_path / "a" / "snapshots").exists()
    assert read.history["step"] == list(range(1, 13))
    assert read.description["objective"] == "capacity"
    assert read.description["objective_settings"] == {"nats": 5.0, "gamma": 10.0, "ramp": 0.8}


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
    for number in range(2):
        Image.new("RGB", (20, 20), (40 * number, 100, 200)).save(pictures / f"{number}.png")
    dataset = f"folder:{pictures}"
    model = VAEConfig(describe(dataset).shape, 2, hidden=(8,), likelihood="gaussian")
    list(build(Recipe("few", dataset, model, TrainingConfig(epochs=1), importance_samples=1), tmp_path / "few"))
    read = read_checkpoint(tmp_path / "few")
    assert len(read.codes.mean) == 1 and read.projections == {}
    assert read.metrics["nll_standard_error"] is None


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"\xff", b'{"step": [1]}', b'{"step": ["a"], "bound": [1], "log_likelihood": [1], '
     b'"kl_per_dimension": [1]}', b'{"step": 1, "bound": 2}'],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("stop", [9, 24])
def test_a_damaged_history_stops_no_training(tmp_path, caplog, damage, stop):
    list(build(RECIPE, tmp_path / "whole"))
    stages = build(RECIPE, tmp_path / "parts")
    for stage in stages:
        if stage.done == stop or stage.progress is None:
            break
    stages.close()
    history = tmp_path / "parts.partial" / "history.json"
    history.write_bytes(damage)
    list(build(RECIPE, tmp_path / "parts"))
    whole, parts = read_checkpoint(tmp_path / "whole"), read_checkpoint(tmp_path / "parts")
    assert parts.content_hash == whole.content_hash
    assert parts.history.get("step", []) == list(range(stop + 1, 25))
    (sentence,) = {record.getMessage() for record in caplog.records}
    assert str(history) in sentence and sentence.endswith(": the history begins anew, training goes on")


def test_a_second_training_into_a_folder_is_refused_and_costs_the_first_nothing(tmp_path):
    list(build(RECIPE, tmp_path / "whole"))
    first = build(RECIPE, tmp_path / "a")
    for _ in range(5):
        next(first)
    with pytest.raises(FolderInUse, match=r"another training writes to .*a\.partial now \(process \d+ on "):
        next(build(RECIPE, tmp_path / "a"))
    assert list(first)[-1].name == "written"
    assert read_checkpoint(tmp_path / "a").content_hash == read_checkpoint(tmp_path / "whole").content_hash
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "whole"]


def test_a_finished_model_can_be_trained_on_and_keeps_its_history(tmp_path):
    constant = replace(RECIPE, training=replace(RECIPE.training, schedule="constant"))
    longer = replace(constant, training=replace(constant.training, epochs=4))
    list(build(longer, tmp_path / "whole", half_precision=False, resumable=True))
    list(build(constant, tmp_path / "parts", half_precision=False, resumable=True))
    before = {path.name: path.read_bytes() for path in (tmp_path / "parts").iterdir()}
    with pytest.raises(ValueError, match="parts is trained for 2 epochs already: ask for more, or name another folder"):
        list(build(constant, tmp_path / "parts", half_precision=False, resumable=True))
    stages = build(longer, tmp_path / "parts", half_precision=False, resumable=True)
    assert next(stages).progress.step == 25
    stages.close()  # what was finished stays, what was begun goes on
    assert {path.name: path.read_bytes() for path in (tmp_path / "parts").iterdir()} == before
    stages = build(longer, tmp_path / "parts", half_precision=False, resumable=True)
    assert next(stages).progress.step == 26
    list(stages)
    whole, parts = read_checkpoint(tmp_path / "whole"), read_checkpoint(tmp_path / "parts")
    assert parts.content_hash == whole.content_hash and parts.metrics == whole.metrics
    assert parts.history == whole.history and len(whole.history["step"]) == 48
    state, model = (tmp_path / "parts" / name for name in (STATE, "model.safetensors"))
    assert 2.5 < state.stat().st_size / model.stat().st_size < 3.5


def test_models_of_the_zoo_keep_no_state(tmp_path):
    list(build(RECIPE, tmp_path / "a"))
    assert not (tmp_path / "a" / STATE).exists()


def test_a_model_with_discrete_latents_is_built_with_whole_codes_and_measured_as_a_bound(tmp_path):
    model = QuantisedConfig((1, 8, 8), 8, 4, 8, halvings=1, prior_width=16, prior_layers=1)
    recipe = Recipe("small", "digits", model, TrainingConfig(epochs=1, batch_size=256), VectorQuantisation(), 1)
    list(build(recipe, tmp_path / "small"))
    read, entry = read_checkpoint(tmp_path / "small"), store.entry(tmp_path / "small")
    assert read.projections == {} and entry.latent_dim == 16
    x = noiseless(load_dataset("digits").test.batch(read.codes.indices), "bernoulli")
    assert torch.equal(read.codes.mean, read.model.encode(x).codes.float()) and not read.codes.stddev.any()
    cost = -read.model.prior.log_prob(read.codes.mean.long())
    assert read.codes.cost.tolist() == pytest.approx(cost.tolist(), abs=1e-3)
    assert only_bounded(read.metrics) and read.metrics["nll"] == pytest.approx(-read.metrics["elbo"])
    assert len(read.metrics["kl_per_dimension"]) == len(read.history["kl_per_dimension"][0]) == 16
    codebook = read.model.codebooks[0]
    assert torch.equal(codebook.vectors, codebook.vectors.half().float()) and 1 <= codebook.perplexity <= 8


def test_a_model_with_a_discriminator_begins_as_its_base_or_from_nothing(tmp_path):
    list(build(RECIPE, tmp_path / "base", projected=False))
    trained = read_checkpoint(tmp_path / "base").model
    recipe = replace(RECIPE, name="gan", model=AdversarialConfig(trained.config, (4, 6), layer=1))
    begun = new_model(replace(recipe, base=str(tmp_path / "base")))
    first = new_model(recipe)
    for name, tensor in trained.state_dict().items():
        assert torch.equal(begun.vae.state_dict()[name], tensor)
    assert any(not torch.equal(first.vae.state_dict()[name], tensor) for name, tensor in trained.state_dict().items())
    for name, tensor in first.discriminator.state_dict().items():
        assert torch.equal(begun.discriminator.state_dict()[name], tensor)
    assert all(parameter.requires_grad for parameter in begun.parameters())


def test_a_twin_goes_on_from_the_vae_that_others_begin_as():
    twin, other = RECIPES["digits-vae-gaussian-8d-twin"], RECIPES["digits-gan-8d"]
    assert twin.base == other.base and twin.training == other.training
    begun, base = new_model(twin).state_dict(), load(twin.base).state_dict()
    assert begun.keys() == base.keys() and all(torch.equal(begun[name], base[name]) for name in base)


def test_what_a_base_decides_is_not_asked_for():
    info = describe("digits")
    asked = Asked("adversarial", base="digits-vae-2d")
    config = configuration(asked, info)
    assert isinstance(config, AdversarialConfig) and config.vae == load("digits-vae-2d").config
    for given in ({"hidden": (8,)}, {"prior": "mixture"}, {"latent_dim": 3}, {"network": "mlp"}):
        with pytest.raises(
            ValueError, match=f"{next(iter(given))} would be those of digits-vae-2d, which it begins as"
        ):
            configuration(replace(asked, **given), info)


@pytest.mark.parametrize(
    ("family", "given"),
    [("vector-quantised", {"latent_dim": 3}), ("vector-quantised", {"hidden": (8,)}), ("flow-model", {"hidden": (8,)}),
     ("flow-model", {"network": "conv"})],
)  # fmt: skip
def test_an_option_that_a_family_has_not_is_refused_by_name(family, given):
    (name,) = given
    with pytest.raises(
        ValueError, match=f"{name} is of the family vae, .* and .*, got {family}: leave one of them out"
    ):
        configuration(Asked(family, **given), describe("digits"))


def test_codes_of_held_out_pictures_are_not_taken_for_those_of_the_test_split(tmp_path):
    """They are of other pictures, and may be more than the test split has."""
    recipe = replace(RECIPES["digits-vae-2d"], training=TrainingConfig(epochs=1), importance_samples=1, held_out=400)
    list(build(recipe, tmp_path / "held"))
    read = read_checkpoint(tmp_path / "held")
    assert read.codes is None and not read.projections and read.metrics["images"] == read.metrics["held_out"] == 400


def test_a_link_to_a_folder_stays_one(tmp_path):
    recipe = replace(RECIPES["digits-vae-2d"], training=TrainingConfig(epochs=1), importance_samples=1)
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far")
    list(build(recipe, tmp_path / "link", projected=False))
    assert (tmp_path / "link").is_symlink() and (tmp_path / "far" / "model.json").exists()
    assert not list(tmp_path.glob("*.writing"))


def test_a_vamp_prior_inside_another_family_begins_at_pictures_too(digits):
    vae = VAEConfig((1, 8, 8), 2, hidden=(8,), prior="vamp", prior_components=4)
    recipe = Recipe("digits-gan", "digits", AdversarialConfig(vae, layer=1), TrainingConfig(epochs=1))
    model = new_model(recipe)
    begin_pseudo_pictures(model, digits.train, 0)
    order = torch.randperm(len(digits.train), generator=torch.Generator().manual_seed(0))[:4]
    assert (model.vae.pseudo_pictures() - digits.train.images[order] / 255).abs().mean() < 0.1
    before = model.vae.pseudo_pictures().clone()
    begin_pseudo_pictures(model, digits.train, 1, based=True)
    assert torch.equal(model.vae.pseudo_pictures(), before)


def test_a_training_that_was_stopped_stands_on_the_base_that_it_began_with(tmp_path):
    config = MaskedConfig(load("digits-vae-2d").config, "mlp", (8,))
    training = TrainingConfig(epochs=2)
    recipe = Recipe("digits-holes", "digits", config, training, MaskedPosterior(), 1, base="digits-vae-2d")
    stages = build(recipe, tmp_path / "holes")
    next(stages)
    stages.close()
    for name in ("digits-vae-2d", "digits-mixture-2d"):
        folder = store.ZOO / name
        again = replace(recipe, base=str(folder))
        if name == "digits-vae-2d":
            stages = build(again, tmp_path / "holes")
            assert next(stages).progress.step == 2
            stages.close()
        else:
            with pytest.raises(ValueError, match=r"was begun with another base than .*: name that one, or"):
                next(build(again, tmp_path / "holes"))
