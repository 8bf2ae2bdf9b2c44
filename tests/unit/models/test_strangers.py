"""Checkpoint folders from strangers: one sentence or a model that works, soon, and nothing is written."""

import copy
import json
import os
import shutil
import time

import numpy as np
import pytest
import torch

from vae_core.models import families
from vae_core.models.checkpoint import CheckpointError, describe, read_checkpoint, write_checkpoint
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.networks import parameter_count
from vae_core.models.vae import VAEConfig
from vae_core.zoo import store

MOST_SECONDS = 2.0
HISTORY = {
    "step": [1, 5, 9],
    "bound": [-3.0, -2.0, -1.0],
    "log_likelihood": [-3.0, -2.0, -1.0],
    "kl_per_dimension": [[0.1, 0.2]] * 3,
}
FILES = (
    "model.json",
    "model.safetensors",
    "codes.safetensors",
    "projections.safetensors",
    "metrics.json",
    "history.json",
)


class Raw(str):
    """JSON as it stands, for what json.dumps would not write."""


HOSTILE = [
    None, True, False, 0, -1, 1, 2, 0.5, 10**19, 1e300, -1e300, "", "text", "x" * 10_000, "a\nb\x1b[2J", "\u202ex\0",
    [], [[]], {}, {"a": 1}, [1, 8, 8], ["mlp"], [True], [8192] * 16, [1] * 1000, "../../x", "=1+1",
    Raw("NaN"), Raw("-Infinity"), Raw("1e999"), Raw("9" * 5000), Raw('"\\ud800"'), Raw("[" * 100_000 + "]" * 100_000),
    Raw('{"a": 1, "a": 2}'),
]  # fmt: skip


def paths(value, path=()):
    """Every place in a JSON value, of lists the first two entries."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, each in inner:
        yield from paths(each, (*path, key))


def with_value(contents, path, value):
    """The text of a JSON file with another value in one place."""
    marker = "HERE-IS-SOMETHING-ELSE"
    changed = copy.deepcopy(contents)
    if not path:
        changed = marker
    else:
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = marker
    return json.dumps(changed).replace(f'"{marker}"', value if isinstance(value, Raw) else json.dumps(value))


def judge(folder):
    """Whether a folder is refused in a sentence (False) or gives a model that works (True); both must be soon."""
    start = time.process_time()
    try:
        entry = store.entry(folder)
        read = read_checkpoint(folder)
    except CheckpointError as error:
        message = str(error)
        assert message.isprintable() and 20 < len(message) <= 1000
        return False
    finally:
        assert time.process_time() - start < MOST_SECONDS
    assert entry.parameters == parameter_count(read.model)
    x = torch.zeros(1, *read.model.config.picture_shape)
    with torch.no_grad():
        assert read.model.decode(read.model.encode(x).mean).mean.shape == x.shape
    if read.codes is not None:
        assert read.codes.kl.isfinite().all()
    assert json.loads(json.dumps(read.metrics, allow_nan=False)) == read.metrics
    return True


def tree(folder):
    return sorted((str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*"))


@pytest.fixture
def whole(toy_folder, tmp_path):
    folder = shutil.copytree(toy_folder, tmp_path / "whole")
    (folder / "history.json").write_text(json.dumps(HISTORY))
    return folder


@pytest.fixture
def masked(tmp_path):
    config = MaskedConfig(VAEConfig((1, 8, 8), 2, hidden=(8,)), completer_hidden=(8,), components=2)
    model = MaskedVAE(config)
    about = describe(model, name="m", dataset="digits", objective="masked-posterior", training={}, seed=0)
    write_checkpoint(tmp_path / "masked", model, about)
    return tmp_path / "masked"


def test_both_are_usable_before_anything_is_changed(whole, masked):
    assert judge(whole) and judge(masked)


@pytest.mark.parametrize("file", ["model.json", "metrics.json", "history.json"])
def test_every_place_of_a_json_file_holds_anything(whole, file):
    original = (whole / file).read_text()
    contents = json.loads(original)
    before, tried = None, 0
    for path in paths(contents):
        for value in HOSTILE:
            (whole / file).write_text(with_value(contents, path, value))
            before = tree(whole.parent)
            judge(whole)
            assert tree(whole.parent) == before
            tried += 1
    assert tried >= 400
    (whole / file).write_text(original)
    assert judge(whole)


def test_every_place_of_a_masked_models_description_holds_anything(masked):
    contents = json.loads((masked / "model.json").read_text())
    for path in paths(contents):
        for value in HOSTILE:
            (masked / "model.json").write_text(with_value(contents, path, value))
            judge(masked)


@pytest.mark.parametrize("file", ["model.json", "metrics.json", "history.json"])
def test_anything_may_be_missing(whole, file):
    contents = json.loads((whole / file).read_text())
    for key in contents:
        (whole / file).write_text(json.dumps({name: value for name, value in contents.items() if name != key}))
        judge(whole)
    (whole / file).write_text("{}")
    assert judge(whole) == (file != "model.json")


@pytest.mark.parametrize("file", ["model.safetensors", "codes.safetensors", "projections.safetensors"])
def test_bytes_may_be_others_or_missing(whole, file):
    content = (whole / file).read_bytes()
    random = np.random.default_rng(0)
    header = 8 + int.from_bytes(content[:8], "little")
    refused = 0
    for length in sorted(
        {*random.integers(0, len(content), 20).tolist(), *range(10), header - 1, header, len(content) - 1}
    ):
        (whole / file).write_bytes(content[:length])
        assert not judge(whole)
    for position in [*range(8), *random.integers(0, header, 150), *random.integers(header, len(content), 50)]:
        changed = bytearray(content)
        changed[position] ^= 1 << int(random.integers(8))
        (whole / file).write_bytes(changed)
        refused += not judge(whole)
    assert refused >= 50


def fifo(path):
    os.mkfifo(path)


def directory(path):
    path.mkdir()


def loop(path):
    path.symlink_to(path.name)


def device(path):
    path.symlink_to("/dev/zero")


def dangling(path):
    path.symlink_to("nowhere")


def enormous(path):
    path.touch()
    os.truncate(path, 10**11)  # a sparse file


def empty(path):
    path.touch()


@pytest.mark.parametrize(
    "kind", [fifo, directory, loop, device, dangling, enormous, empty], ids=lambda kind: kind.__name__
)
@pytest.mark.parametrize("file", FILES)
def test_what_is_no_file_is_never_waited_for(whole, file, kind):
    (whole / file).unlink()
    kind(whole / file)
    assert not judge(whole)


def test_folders_that_are_none_are_refused(tmp_path):
    loop(tmp_path / "loop")
    fifo(tmp_path / "pipe")
    for folder in (
        tmp_path / "loop",
        tmp_path / "pipe",
        tmp_path / "nothing",
        tmp_path / ("n" * 5000),
        tmp_path / "a\0b",
    ):
        assert not judge(folder)


@pytest.mark.parametrize(
    "config",
    [
        VAEConfig((1, 8, 8), 3),
        VAEConfig((3, 12, 20), 5, hidden=(7, 6, 5), likelihood="gaussian"),
        VAEConfig((1, 32, 32), 10, "conv", (4, 16)),
        VAEConfig((3, 24, 40), 2, "conv", (3, 5), likelihood="gaussian"),
        VAEConfig((3, 32, 16), 4, "patch", (6, 9)),
        MaskedConfig(VAEConfig((1, 9, 7), 3, hidden=(5,)), completer_hidden=(6, 4), components=3),
        MaskedConfig(VAEConfig((3, 9, 14), 3, hidden=(5,)), "partial-conv", (4, 6, 8, 7), components=2),
    ],
    ids=range(7),
)
def test_the_number_of_parameters_is_known_before_a_model_is_built(config):
    assert config.parameters == parameter_count(families.of(config).model(config))
