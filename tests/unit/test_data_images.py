"""Folders of one's own images."""

import numpy as np
import pytest
import torch
from PIL import Image

from vae_core.data import DatasetUnavailable, describe, load_dataset
from vae_core.data.images import read_image

SUFFIXES = ["png", "jpg", "webp", "bmp", "tiff", "gif"]


def paint(path, colour=(200, 30, 60), size=(40, 30), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)


def test_formats_sizes_and_subfolders(tmp_path):
    for number in range(24):
        suffix = SUFFIXES[number % len(SUFFIXES)]
        paint(tmp_path / ("cats" if number < 12 else "dogs") / f"{number}.{suffix}", size=(20 + number, 90))
    dataset = load_dataset(f"folder:{tmp_path}", image_size=16)
    assert dataset.info.shape == dataset.train.shape == (3, 16, 16)
    assert (len(dataset.train), len(dataset.test)) == (dataset.info.train_size, dataset.info.test_size) == (22, 2)
    assert dataset.info.labels == ("cats", "dogs")
    assert torch.cat([dataset.train.labels, dataset.test.labels]).bincount().tolist() == [12, 12]
    wanted = torch.tensor([200, 30, 60]).view(3, 1, 1)
    assert (dataset.train.images.int() - wanted).abs().max() < 12
    again = load_dataset(f"folder:{tmp_path}", image_size=16)
    assert torch.equal(dataset.train.labels, again.train.labels)
    assert describe(f"folder:{tmp_path}").shape == (3, 64, 64)


def test_grey_without_labels_where_an_image_lies_outside_the_subfolders(tmp_path):
    for number in range(5):
        paint(tmp_path / "inside" / f"{number}.png", (255, 255, 255))
    paint(tmp_path / "outside.PNG", (255, 255, 255))
    dataset = load_dataset(f"folder:{tmp_path}", channels=1)
    assert dataset.info.shape == (1, 64, 64)
    assert dataset.train.labels is None
    assert dataset.info.labels == ()
    assert len(dataset.test) == 1
    assert dataset.train.images.min() == 255


def test_unreadable_files_are_counted_and_others_ignored(tmp_path):
    for number in range(3):
        paint(tmp_path / f"{number}.png")
    whole = tmp_path / "whole.jpg"
    paint(whole, size=(300, 300), quality=95)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:700])
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty.webp").touch()
    (tmp_path / "notes.txt").write_text("ignored")
    (tmp_path / ".hidden.png").write_text("ignored")
    dataset = load_dataset(f"folder:{tmp_path}", image_size=8)
    assert dataset.skipped == 3
    assert dataset.info.train_size + dataset.info.test_size == 4
    assert "3 files could not be read" in dataset.info.description


def test_the_orientation_that_the_camera_noted_is_applied(tmp_path):
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[:, :10] = 255  # the left half is white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise: left becomes top
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    picture = read_image(tmp_path / "turned.png", 20, 1)[0]
    assert picture[2].min() > 250
    assert picture[-3].max() < 5


def test_the_middle_is_kept(tmp_path):
    pixels = np.zeros((10, 30), np.uint8)
    pixels[:, 10:20] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    assert read_image(tmp_path / "wide.png", 10, 1).min() == 255


def test_transparent_is_white(tmp_path):
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_image(tmp_path / "clear.png", 8, 3).min() == 255


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
    Image.fromarray(np.full((9, 9), 32768, np.uint16)).save(tmp_path / "deep.png")
    assert np.unique(read_image(tmp_path / "deep.png", 8, 1)).tolist() == [128]
    assert read_image(tmp_path / "deep.png", 8, 3).shape == (3, 8, 8)


def test_nothing_to_read_is_one_sentence(tmp_path):
    with pytest.raises(DatasetUnavailable, match="is not a folder"):
        load_dataset(f"folder:{tmp_path}/missing")
    with pytest.raises(DatasetUnavailable, match="0 readable images"):
        load_dataset(f"folder:{tmp_path}")
    paint(tmp_path / "alone.png")
    with pytest.raises(DatasetUnavailable, match="at least 2 are needed"):
        load_dataset(f"folder:{tmp_path}")


@pytest.mark.parametrize(("options", "message"), [({"image_size": 0}, "image_size.*got 0"), ({"channels": 4}, "got 4")])
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        load_dataset(f"folder:{tmp_path}", **options)
