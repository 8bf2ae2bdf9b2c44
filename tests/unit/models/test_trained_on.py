"""What a stored model knows of the pictures it was trained on."""

import json
import shutil

import pytest
import torch
from PIL import Image

from vae_core.data import DatasetUnavailable, describe, load_dataset
from vae_core.data.pictures import PictureList
from vae_core.learning.training import TrainingConfig
from vae_core.models.checkpoint import CheckpointError, read_checkpoint, read_description
from vae_core.models.trained_on import as_trained, info_of, load_for, options_of, other_pictures, unseen
from vae_core.models.vae import VAEConfig
from vae_core.zoo.build import build
from vae_core.zoo.recipes import Recipe

OPTIONS = {"image_size": 8, "channels": 1, "likelihood": "bernoulli"}


def paint(folder, number):
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 9), (number, 255 - number, number // 2)).save(folder / f"{number:03}.png")


@pytest.fixture
def pictures(tmp_path):
    """A folder of 40 pictures of two kinds, each unlike all others."""
    for number in range(40):
        paint(tmp_path / "pictures" / ("cats" if number % 2 else "dogs"), number)
    return tmp_path / "pictures"


@pytest.fixture
def folder(pictures, tmp_path):
    """The checkpoint folder of a model of them."""
    config = VAEConfig((1, 8, 8), 1, hidden=(4,))
    own = {"importance_samples": 1, "dataset_options": OPTIONS}
    recipe = Recipe("own", f"folder:{pictures}", config, TrainingConfig(1), **own)
    list(build(recipe, tmp_path / "own"))
    return tmp_path / "own"


def test_a_checkpoint_lists_its_pictures_and_is_loaded_as_it_was(folder, pictures):
    read = read_checkpoint(folder)
    dataset = load_for(read.description)
    assert read.pictures == dataset.pictures and read.pictures.digest == dataset.pictures.digest
    assert len(read.pictures.train) + len(read.pictures.test) == 40
    assert "dogs/000.png" in {**read.pictures.train, **read.pictures.test}
    assert dataset.info.shape == (1, 8, 8) and dataset.info.likelihood == "bernoulli"
    assert options_of(read.description) == OPTIONS
    assert other_pictures(read, dataset) is None
    assert unseen(read, dataset) == (dataset, "") and as_trained(read, dataset) is dataset


def test_what_is_known_of_a_folder_outlives_it(folder, pictures):
    info = load_for(read_description(folder)).info
    shutil.rmtree(pictures)
    assert info_of(read_description(folder)) == info
    assert info.labels == ("cats", "dogs") and info.name == f"folder:{pictures}"
    with pytest.raises(DatasetUnavailable, match=f"{pictures} is not a folder"):
        load_for(read_description(folder))


def test_data_sets_by_name_need_nothing_stored(toy_folder, digits):
    read = read_checkpoint(toy_folder)
    assert info_of(read.description) == describe("digits")
    assert read.pictures is None and "dataset_info" not in read.description
    assert other_pictures(read, digits) is None and unseen(read, digits) == (digits, "")


@pytest.mark.parametrize(
    "change",
    [
        lambda info: None,
        lambda info: [],
        lambda info: {},
        lambda info: {**info, "shape": [1, 8]},
        lambda info: {**info, "shape": [True, 8, 8]},
        lambda info: {**info, "shape": [1, 0, 8]},
        lambda info: {**info, "labels": "cats"},
        lambda info: {**info, "labels": [1]},
        lambda info: {**info, "likelihood": ["gaussian"]},
        lambda info: {**info, "test_size": "1"},
        lambda info: {**info, "title": 3},
        lambda info: {**info, "name": "/etc"},
    ],
)
def test_a_description_that_is_none_is_a_checkpoint_error(folder, pictures, change):
    description = read_description(folder)
    shutil.rmtree(pictures)
    with pytest.raises(CheckpointError, match="data set"):
        info_of({**description, "dataset_info": change(description["dataset_info"])})


def test_an_unknown_data_set_is_a_checkpoint_error(toy_folder):
    with pytest.raises(CheckpointError, match="the model's data set is not known: there is no data set 'imagenet'"):
        info_of({**read_description(toy_folder), "dataset": "imagenet"})


@pytest.mark.parametrize("options", [[], {"image_size": "8"}, {"channels": True}, {"data_dir": "/etc"}])
def test_options_that_are_none_are_a_checkpoint_error(folder, options):
    with pytest.raises(CheckpointError, match=r"dataset_options in model\.json must be some of image_size, channels"):
        load_for({**read_description(folder), "dataset_options": options})
    with pytest.raises(CheckpointError, match="cannot be loaded: image_size must be between"):
        load_for({**read_description(folder), "dataset_options": {"image_size": 9_999}})


@pytest.mark.parametrize(
    "contents",
    ["{", "[]", "{}", '{"train": {}, "test": []}', '{"train": {"a": 1}, "test": {}}', '{"train": {}, "test": {}}'],
)
def test_a_broken_list_is_a_checkpoint_error(folder, contents):
    (folder / "pictures.json").write_text(contents)
    with pytest.raises(CheckpointError, match=r"pictures\.json"):
        read_checkpoint(folder)


def test_other_pictures_are_counted(folder, pictures):
    read = read_checkpoint(folder)
    for number in (100, 101, 102):
        paint(pictures / "cats", number)
    (pictures / "dogs" / "000.png").unlink()
    Image.new("RGB", (9, 9), (1, 2, 3)).save(pictures / "dogs" / "002.png")
    told = other_pictures(read, load_for(read.description))
    assert told.startswith(
        f"The pictures in {pictures} are not those that the model was trained on: 3 added, 1 gone, 1 "
    )


def test_originals_are_found_whatever_comes_and_whatever_they_are_called(folder, pictures):
    read = read_checkpoint(folder)
    before = load_for(read.description)
    for number in range(100, 130):
        paint(pictures / "cats", number)
    for number, name in enumerate(list(before.pictures.test)):
        (pictures / name).rename(pictures / "dogs" / f"zz{number}.png")
    now = load_for(read.description)
    assert not torch.equal(now.test.images[: len(before.test)], before.test.images)
    found = as_trained(read, now)
    assert torch.equal(found.test.images, before.test.images) and torch.equal(found.train.images, before.train.images)
    assert found.info.test_size == before.info.test_size
    (pictures / "dogs" / "zz0.png").unlink()
    with pytest.raises(DatasetUnavailable, match=rf"1 of the {len(before.test)} test pictures of the model are not in"):
        as_trained(read, load_for(read.description))


def test_nothing_that_was_trained_on_is_tested_on(folder, pictures, tmp_path):
    read = read_checkpoint(folder)
    other = tmp_path / "other"
    for number, name in enumerate(list(read.pictures.train)[:5]):
        (other / "test").mkdir(parents=True, exist_ok=True)
        shutil.copy(pictures / name, other / "test" / f"{number:03}.png")
    for number in range(200, 210):
        paint(other / ("test" if number < 203 else "train"), number)
    dataset = load_dataset(f"folder:{other}", **OPTIONS)
    assert len(dataset.test) == 8
    left, told = unseen(read, dataset)
    assert told == "Left out of the test: 5 pictures that the model was trained on."
    assert list(left.pictures.test) == ["test/200.png", "test/201.png", "test/202.png"] and left.info.test_size == 3
    assert torch.equal(left.test.images, dataset.test.images[5:])
    for number in range(200, 203):
        (other / "test" / f"{number}.png").unlink()
    with pytest.raises(ValueError, match="the model was trained on every test picture"):
        unseen(read, load_dataset(f"folder:{other}", **OPTIONS))


def test_a_model_without_a_list_says_so(folder):
    read = read_checkpoint(folder)
    (folder / "pictures.json").unlink()
    older = read_checkpoint(folder)
    dataset = load_for(read.description)
    assert older.pictures is None and other_pictures(older, dataset) is None
    left, told = unseen(older, dataset)
    assert left is dataset and told.startswith("The model does not tell which pictures it was trained on")


def test_every_change_of_a_list_changes_its_digest():
    first = PictureList({"a": "1", "b": "2"}, {"c": "3"})
    others = [
        PictureList({"a": "1"}, {"c": "3"}),
        PictureList({"a": "1", "b": "3"}, {"c": "3"}),
        PictureList({"a": "1", "bb": "2"}, {"c": "3"}),
        PictureList({"a": "1"}, {"b": "2", "c": "3"}),
    ]
    assert len({listed.digest for listed in (first, *others)}) == 5
    assert PictureList({"b": "2", "a": "1"}, {"c": "3"}).digest == first.digest


def test_names_that_no_system_should_give_are_kept(folder):
    odd = PictureList({"a\udce4\n.png": "0"}, {"ü #%?.png": "1"})
    listed = {"digest": odd.digest, "train": odd.train, "test": odd.test}
    (folder / "pictures.json").write_text(json.dumps(listed))
    assert read_checkpoint(folder).pictures == odd
