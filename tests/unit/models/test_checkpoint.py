"""Checkpoint folders: what is written comes back, and each way of being broken has a sentence of its own."""

import json
import os
import re
import shutil
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest
import torch
from safetensors.torch import load_file, save_file

from vae_core.models import checkpoint
from vae_core.models.checkpoint import CheckpointError, describe, read_checkpoint, round_to_half, write_checkpoint
from vae_core.models.codes import Codes
from vae_core.models.vae import VAE, VAEConfig
from vae_core.zoo import store

CONFIG = VAEConfig((1, 8, 8), 3, hidden=(16,), likelihood="gaussian")


def new_model():
    torch.manual_seed(0)
    return VAE(CONFIG)


def description(model):
    return describe(model, name="a", dataset="digits", objective="elbo", training={"epochs": 1}, seed=4)


def new_codes(count=6, dimensions=3):
    torch.manual_seed(0)
    return Codes(
        mean=torch.randn(count, dimensions),
        stddev=torch.rand(count, dimensions) + 0.01,
        indices=torch.arange(count),
        reconstruction_error=torch.randn(count) * 1e5,  # beyond float16
        labels=torch.arange(count) % 2,
        log_likelihood=torch.randn(count) * -1e5,
        cost=torch.rand(count) * 10,
    )


def new_projections(count=6, dimensions=3):
    return {
        "pca": torch.randn(count, 2),
        "pca_components": torch.randn(2, dimensions),
        "pca_mean": torch.randn(dimensions),
        "umap": torch.randn(count, 2),
    }


def test_everything_comes_back(tmp_path):
    model, codes, projections, metrics = new_model(), new_codes(), new_projections(), {"elbo": 1.5, "name": "a"}
    write_checkpoint(tmp_path / "a", model, description(model), codes, projections, metrics)
    read = read_checkpoint(tmp_path / "a")
    assert read.description == {
        "schema": 1,
        "name": "a",
        "dataset": "digits",
        "family": "vae",
        "objective": "elbo",
        "objective_settings": {},
        "seed": 4,
        "model": json.loads(json.dumps(CONFIG.to_json())),
        "training": {"epochs": 1},
    }
    assert read.model.config == CONFIG and read.metrics == metrics and read.folder == tmp_path / "a"
    for name, tensor in vars(codes).items():
        assert torch.equal(getattr(read.codes, name), tensor), name
        assert getattr(read.codes, name).dtype == tensor.dtype, name
    assert read.projections.keys() == projections.keys()
    assert all(torch.equal(read.projections[name], projections[name]) for name in projections)
    assert not read.model.training
    assert not any(parameter.requires_grad for parameter in read.model.parameters())


def test_a_model_alone_is_a_checkpoint(tmp_path):
    model = new_model()
    write_checkpoint(tmp_path / "a", model, description(model))
    read = read_checkpoint(str(tmp_path / "a"))
    assert read.codes is None and read.projections == {} and read.metrics == {}
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"model.json", "model.safetensors"}


def test_codes_know_their_kl_and_elbo():
    drawn = new_codes()
    assert torch.equal(drawn.kl, drawn.cost[:, None]) and torch.equal(drawn.elbo, drawn.log_likelihood - drawn.cost)
    codes = replace(drawn, cost=None)
    expected = (codes.mean**2 + codes.stddev**2 - 1) / 2 - codes.stddev.log()
    assert torch.allclose(codes.kl, expected, atol=1e-6)
    assert torch.allclose(codes.elbo, codes.log_likelihood - expected.sum(1))
    assert replace(codes, log_likelihood=None).elbo is None


def test_labels_and_likelihoods_may_be_missing(tmp_path):
    model, codes = new_model(), replace(new_codes(), labels=None, log_likelihood=None)
    write_checkpoint(tmp_path / "a", model, description(model), codes)
    read = read_checkpoint(tmp_path / "a").codes
    assert read.labels is None and read.log_likelihood is None


@torch.no_grad()
def test_half_precision_changes_nothing_once_the_weights_are_rounded(tmp_path):
    model, x, z = new_model(), torch.rand(5, 1, 8, 8), torch.randn(5, 3)
    exact = model.decode(z).mean
    round_to_half(model)
    codes = new_codes()
    write_checkpoint(tmp_path / "a", model, description(model), codes, half_precision=True)
    read = read_checkpoint(tmp_path / "a")
    assert torch.equal(read.model.decode(z).mean, model.decode(z).mean)
    assert torch.equal(read.model.encode(x).stddev, model.encode(x).stddev)
    assert 0 < (read.model.decode(z).mean - exact).abs().max() < 1e-2
    assert all(parameter.dtype == torch.float32 for parameter in read.model.parameters())
    assert torch.equal(read.codes.mean, codes.mean.half().float())
    assert torch.equal(read.codes.reconstruction_error, codes.reconstruction_error)  # in full
    assert torch.equal(read.codes.log_likelihood, codes.log_likelihood)
    stored = load_file(tmp_path / "a" / "model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}


def test_the_hash_is_of_the_weights(tmp_path):
    first, second = new_model(), new_model()
    for name, model in (("a", first), ("b", second)):
        write_checkpoint(tmp_path / name, model, description(model))
    assert read_checkpoint(tmp_path / "a").content_hash == read_checkpoint(tmp_path / "b").content_hash
    with torch.no_grad():
        second.log_noise += 1
    write_checkpoint(tmp_path / "b", second, description(second))
    assert read_checkpoint(tmp_path / "a").content_hash != read_checkpoint(tmp_path / "b").content_hash


def test_a_checkpoint_replaces_what_was_there(tmp_path):
    model = new_model()
    write_checkpoint(tmp_path / "a", model, description(model), new_codes(), new_projections(), {"elbo": 1.0})
    for left in ("a.01234567.replaced", "a.01234567.writing", "a.89abcdef.writing"):  # by crashes
        (tmp_path / left).mkdir()
        (tmp_path / left / "model.json").touch()
        if "01" in left:
            os.utime(tmp_path / left, (0, 0))
    write_checkpoint(tmp_path / "a", model, description(model))
    assert read_checkpoint(tmp_path / "a").metrics == {}
    young = "a.89abcdef.writing"  # somebody may be at it
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", young]


def test_a_crash_while_writing_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    model = new_model()
    write_checkpoint(tmp_path / "a", model, description(model), metrics={"elbo": 1.0})

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(checkpoint, "save", full)
    with pytest.raises(OSError, match="no space left"):
        write_checkpoint(tmp_path / "a", model, description(model), metrics={"elbo": 2.0})
    assert read_checkpoint(tmp_path / "a").metrics == {"elbo": 1.0}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def versions(folder, start):
    """Write one checkpoint after another, of which every number says which it is."""
    model = new_model()
    for number in range(start, 1_000_000):
        with torch.no_grad():
            model.log_noise.fill_(number)
        write_checkpoint(folder, model, description(model) | {"step": number}, metrics={"step": number})


def version(folder):
    """The number of the checkpoint that is read, which must be that of all its files."""
    read = read_checkpoint(folder)
    assert read.metrics["step"] == read.description["step"] == int(read.model.log_noise)
    return read.metrics["step"]


def test_a_kill_at_any_moment_leaves_one_checkpoint_that_is_whole_and_readers_are_served(tmp_path):
    folder, seen = tmp_path / "a", 0
    for kill in range(12):
        writer = get_context("fork").Process(target=versions, args=(folder, seen + 1))
        writer.start()
        try:
            while not folder.exists():
                time.sleep(0.001)
            until = time.monotonic() + 0.02 + 0.011 * kill
            while time.monotonic() < until:
                now = version(folder)
                assert now >= seen
                seen = now
        finally:
            writer.kill()
            writer.join()
        assert version(folder) >= seen
    assert seen > 12


def test_the_newest_of_what_killed_writers_moved_aside_comes_back(tmp_path):
    folder, model = tmp_path / "a", new_model()
    for number in range(6):
        write_checkpoint(folder, model, description(model), metrics={"step": number})
        folder.rename(checkpoint.unfinished(folder, checkpoint.REPLACED))
    assert read_checkpoint(folder).metrics["step"] == 5


@pytest.mark.parametrize("writers", [2, 4])
def test_writers_at_once_leave_one_of_theirs(tmp_path, writers):
    def write(first):
        for number in range(first, first + 10):
            model = new_model()
            with torch.no_grad():
                model.log_noise.fill_(number)
            write_checkpoint(tmp_path / "a", model, description(model) | {"step": number}, metrics={"step": number})

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(0, 100 * writers, 100)))
    assert version(tmp_path / "a") % 100 == 9
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_killed_between_the_two_renames_the_old_one_is_served(tmp_path):
    zoo, model = tmp_path / "zoo", new_model()
    for name in ("a", "a.b"):  # neither is taken for the other
        write_checkpoint(zoo / name, model, description(model), metrics={"elbo": 1.0})
        (zoo / name).rename(zoo / f"{name}.01234567.replaced")
    assert store.find("a", zoo) == zoo / "a" and read_checkpoint(zoo / "a").metrics == {"elbo": 1.0}
    assert [path.name for path in store.model_folders(zoo)] == ["a", "a.b"]
    with pytest.raises(CheckpointError, match="is not a checkpoint folder"):
        read_checkpoint(zoo / "b")


def test_files_have_the_users_own_permissions(tmp_path):
    model = new_model()
    before = os.umask(0o022)
    try:
        write_checkpoint(tmp_path / "a", model, description(model), new_codes(), new_projections(), {})
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").iterdir()} == {0o644}


def edit_json(file="model.json", **changes):
    def change(folder):
        contents = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps(contents | changes))

    return change


def edit_model(**changes):
    def change(folder):
        contents = json.loads((folder / "model.json").read_text())
        contents["model"] |= changes
        (folder / "model.json").write_text(json.dumps(contents))

    return change


def edit_tensors(file, edit):
    """A change of a safetensors file: `edit` gets the tensors and returns what to write in their place."""

    def change(folder):
        save_file(edit(load_file(folder / file)), folder / file)

    return change


def write(file, contents: bytes):
    return lambda folder: (folder / file).write_bytes(contents)


def cut(file, keep):
    return lambda folder: os.truncate(folder / file, int((folder / file).stat().st_size * keep))


def remove(file):
    return lambda folder: (folder / file).unlink()


def without(*names):
    return lambda tensors: {name: tensor for name, tensor in tensors.items() if name not in names}


def with_nan(name):
    def edit(tensors):
        tensors[name].view(-1)[0] = torch.nan
        return tensors

    return edit


WEIGHTS, CODES, PLANES = "model.safetensors", "codes.safetensors", "projections.safetensors"
BIAS = "encoder.1.bias"

BROKEN = {
    "no folder": (shutil.rmtree, "is not a checkpoint folder: it must hold model.json and model.safetensors"),
    "no description": (remove("model.json"), "model.json is missing"),
    "no weights": (remove(WEIGHTS), "model.safetensors is missing"),
    "bad json": (write("model.json", b'{"schema": 1,'), "model.json is not readable as JSON: Expecting property"),
    "not text": (write("model.json", b"\xff\xfe\x00"), "model.json is not readable as JSON: "),
    "not an object": (write("model.json", b"[1, 2]"), "model.json must hold a JSON object, got list"),
    "other schema": (edit_json(schema=2), "has schema version 2, this program reads version 1"),
    "no schema": (write("model.json", b"{}"), "has schema version None, this program reads version 1"),
    "entries missing": (write("model.json", b'{"schema": 1, "name": "a"}'), "model.json lacks dataset, family, model"),
    "unknown family": (edit_json(family="gan"), "is of the unknown family 'gan', known: vae"),
    "name of a wrong type": (edit_json(name=["a"]), "must have text as name, got ['a']"),
    "family of a wrong type": (edit_json(family=["vae"]), "must have text as family, got ['vae']"),
    "configuration not an object": (edit_json(model="mlp"), "a model configuration that cannot be used: "),
    "unknown setting": (edit_model(depth=3), "cannot be used: VAEConfig.__init__() got an unexpected keyword"),
    "latent dimension 0": (edit_model(latent_dim=0), "cannot be used: latent_dim must be between 1 and 512, got 0"),
    "latent dimension 2.5": (edit_model(latent_dim=2.5), "latent_dim must be between 1 and 512, got 2.5"),
    "half a width": (edit_model(hidden=[64.5]), "hidden must hold widths between 1 and 8192, got (64.5,)"),
    "width alone": (edit_model(hidden=64), "a model configuration that cannot be used: "),
    "a width of true": (edit_model(hidden=[True]), "hidden must hold widths between 1 and 8192, got (True,)"),
    "seventeen layers": (edit_model(hidden=[1] * 17), "hidden must hold 1 to 16 widths, got 17"),
    "too large to build": (
        edit_model(hidden=[8192] * 16),
        "would have 2,014,625,860 parameters, at most 200,000,000 are possible",
    ),
    "pictures too large to build": (edit_model(picture_shape=[3, 1024, 1024]), "parameters, at most 200,000,000"),
    "two channels": (edit_model(picture_shape=[2, 8, 8]), "must have 1 channel (grey) or 3 (colour), got 2"),
    "no shape": (edit_model(picture_shape=None), "a model configuration that cannot be used: "),
    "cut weights": (cut(WEIGHTS, 0.5), "model.safetensors is damaged or cut short ("),
    "cut to the header": (cut(WEIGHTS, 0.01), "model.safetensors is damaged or cut short ("),
    "empty weights": (cut(WEIGHTS, 0), "model.safetensors is damaged or cut short ("),
    "weights of noise": (write(WEIGHTS, b"\xff" * 9999), "model.safetensors is damaged or cut short ("),
    "oversized": (
        edit_tensors(WEIGHTS, lambda tensors: tensors | {"more": torch.zeros(500_000)}),
        "has 2.0 MB, this model needs at most 1.0 MB: it is of another model",
    ),
    "weights of another size": (edit_model(hidden=[65]), "decoder.0.bias has shape (64,), should be (65,)"),
    "weights of another model": (edit_model(hidden=[64, 64]), "does not fit model.json: it lacks decoder.4.bias"),
    "wrong shape": (
        edit_tensors(WEIGHTS, lambda tensors: tensors | {BIAS: torch.zeros(3)}),
        f"does not fit model.json: {BIAS} has shape (3,), should be (64,)",
    ),
    "missing tensor": (edit_tensors(WEIGHTS, without(BIAS)), f"does not fit model.json: it lacks {BIAS}"),
    "extra tensor": (
        edit_tensors(WEIGHTS, lambda tensors: tensors | {"more": torch.zeros(3)}),
        "does not fit model.json: it also holds more",
    ),
    "double weights": (
        edit_tensors(WEIGHTS, lambda tensors: tensors | {BIAS: tensors[BIAS].double()}),
        f"holds {BIAS} as F64, not as F16 or F32",
    ),
    "whole weights": (
        edit_tensors(WEIGHTS, lambda tensors: tensors | {BIAS: tensors[BIAS].long()}),
        f"holds {BIAS} as I64, not as F16 or F32",
    ),
    "nan among the weights": (edit_tensors(WEIGHTS, with_nan(BIAS)), f"holds infinite or NaN numbers in {BIAS}"),
    "infinite weights": (
        edit_tensors(WEIGHTS, lambda tensors: {n: t * 1e30 * 1e30 for n, t in tensors.items()}),
        "holds infinite or NaN numbers in ",
    ),
    "cut codes": (cut(CODES, 0.5), "codes.safetensors is damaged or cut short ("),
    "codes without indices": (edit_tensors(CODES, without("indices")), "does not fit model.json: it lacks indices"),
    "codes of other dimensions": (
        edit_tensors(CODES, lambda tensors: tensors | {"mean": torch.zeros(360, 3)}),
        "mean has shape (360, 3), should be (360, 2)",
    ),
    "codes of different numbers": (
        edit_tensors(CODES, lambda tensors: tensors | {"labels": torch.zeros(9, dtype=torch.int64)}),
        "labels has shape (9,), should be (360,)",
    ),
    "labels of a wrong type": (
        edit_tensors(CODES, lambda tensors: tensors | {"labels": torch.zeros(360)}),
        "holds labels as F32, not as I64",
    ),
    "codes of a wrong type": (
        edit_tensors(CODES, lambda tensors: tensors | {"mean": torch.zeros(360, 2, dtype=torch.int64)}),
        "holds mean as I64, not as F16 or F32",
    ),
    "extra codes": (
        edit_tensors(CODES, lambda tensors: tensors | {"more": torch.zeros(360)}),
        "does not fit model.json: it also holds more",
    ),
    "nan among the codes": (edit_tensors(CODES, with_nan("mean")), "holds infinite or NaN numbers in mean"),
    "projections without codes": (remove(CODES), "has projections, but codes.safetensors beside it is missing"),
    "projections of other codes": (
        edit_tensors(PLANES, lambda tensors: tensors | {"umap": torch.zeros(7, 2)}),
        "umap has shape (7, 2), should be (360, 2)",
    ),
    "planes of other dimensions": (
        edit_tensors(PLANES, lambda tensors: tensors | {"pca_components": torch.zeros(2, 5)}),
        "pca_components has shape (2, 5), should be (2, 2)",
    ),
    "nan among the projections": (edit_tensors(PLANES, with_nan("umap")), "holds infinite or NaN numbers in umap"),
    "metrics not an object": (write("metrics.json", b"3"), "metrics.json must hold a JSON object, got int"),
    "the same name twice": (write("model.json", b'{"schema": 1, "schema": 1}'), "as JSON: schema is there twice"),
    "a number that is none": (write("model.json", b'{"schema": NaN}'), "as JSON: NaN is not a finite number"),
    "a number beyond all": (write("model.json", b'{"schema": 1e999}'), "as JSON: 1e999 is not a finite number"),
    "a number of 5,000 digits": (
        write("model.json", b'{"schema": ' + b"9" * 5000 + b"}"),
        "as JSON: a whole number has 5,000 digits, at most 20 are read",
    ),
    "half a character": (edit_json(name="\ud800"), "is not readable as JSON: "),
    "nested 100,000 times": (
        write("model.json", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "its lists lie too deep inside each other",
    ),
    "17 MB of JSON": (write("model.json", b" " * 17_000_000), "has 17.0 MB, at most 16 MB are read"),
    "unknown data set": (edit_json(dataset="nowhere"), "names the unknown data set 'nowhere', known: mnist"),
    "no folder named": (edit_json(dataset="folder:"), "names the unknown data set 'folder:'"),
    "settings of a wrong type": (
        edit_json(objective_settings={"beta": [4]}),
        "must have a JSON object of numbers and texts as ",
    ),
    "training of a wrong type": (edit_json(training=[1]), "must have a JSON object as training, got [1]"),
    "seed of a wrong type": (edit_json(seed=True), "must have a whole number as seed, got True"),
    "no codes at all": (
        edit_tensors(CODES, lambda tensors: {name: tensor[:0].clone() for name, tensor in tensors.items()}),
        "holds no codes: delete it",
    ),
    "stddev of 0": (
        edit_tensors(CODES, lambda tensors: tensors | {"stddev": tensors["stddev"] * 0}),
        "holds standard deviations that are not above 0",
    ),
    "labels beyond": (
        edit_tensors(CODES, lambda tensors: tensors | {"labels": tensors["labels"] + 1}),
        "holds labels beyond the 10 that digits has",
    ),
    "labels below 0": (
        edit_tensors(CODES, lambda tensors: tensors | {"labels": tensors["labels"] - 1}),
        "holds labels beyond the 10 that digits has",
    ),
    "indices beyond": (
        edit_tensors(CODES, lambda tensors: tensors | {"indices": tensors["indices"] + 1}),
        "holds indices beyond the 360 test pictures of digits",
    ),
    "indices below 0": (
        edit_tensors(CODES, lambda tensors: tensors | {"indices": tensors["indices"] - 1}),
        "holds indices beyond the 360 test pictures of digits",
    ),
    "a projection with a strange name": (
        edit_tensors(PLANES, lambda tensors: tensors | {"../x": tensors["pca"].clone()}),
        "has a projection called '../x'",
    ),
    "text for a KL": (
        edit_json("metrics.json", kl_per_dimension="0.1"),
        "must have a list of 2 numbers as kl_per_dimension, got 0.1",
    ),
    "parts of the KL missing": (edit_json("metrics.json", kl_parts={"pictures": 3}), "must have a JSON object of the"),
    "too many active units": (edit_json("metrics.json", active_units=3), "a whole number up to 2 as active_units"),
    "a likelihood alone": (write("metrics.json", b'{"nll": 1.5}'), "has nll, but lacks images, importance_samples"),
    "metrics that describe": (edit_json("metrics.json", parameters="x"), "must not hold parameters"),
    "history without steps": (write("history.json", b'{"bound": [1]}'), "history.json lacks kl_per_dimension, log"),
    "bad metrics": (write("metrics.json", b"{"), "metrics.json is not readable as JSON"),
}


def test_the_copy_is_whole_before_it_is_broken(checkpoint_copy, toy):
    read = read_checkpoint(checkpoint_copy)
    assert read.model.config == toy.config
    assert len(read.codes.mean) == 360


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_each_kind_of_damage_is_named_in_one_sentence(checkpoint_copy, damage, message):
    damage(checkpoint_copy)
    with pytest.raises(CheckpointError, match=re.escape(message)) as caught:
        read_checkpoint(checkpoint_copy)
    assert str(caught.value).startswith(str(checkpoint_copy))
    assert "\n" not in str(caught.value)


def test_nothing_is_unpickled(checkpoint_copy, toy):
    torch.save(toy.state_dict(), checkpoint_copy / WEIGHTS)
    with pytest.raises(CheckpointError, match="is damaged or cut short"):
        read_checkpoint(checkpoint_copy)
