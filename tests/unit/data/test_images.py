"""Folders of one's own images."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vae_core.data import DatasetUnavailable, describe, images, listing, load_dataset
from vae_core.data.images import load_folder, read_image
from vae_core.data.pictures import Skipped

SUFFIXES = ["png", "jpg", "webp", "bmp", "tiff", "gif", "jfif", "avif", "ppm", "apng", "JPE", "dib"]


def paint(path, colour=(200, 30, 60), size=(40, 30), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = {".jfif": "JPEG", ".jpe": "JPEG", ".apng": "PNG", ".dib": "DIB"}
    Image.new("RGB", size, colour).save(path, kinds.get(path.suffix.lower()), **options)


def test_formats_sizes_and_subfolders(tmp_path):
    for number in range(48):
        suffix = SUFFIXES[number % len(SUFFIXES)]
        paint(tmp_path / ("cats" if number < 24 else "dogs") / f"{number}.{suffix}", size=(20 + number, 90))
    dataset = load_dataset(f"folder:{tmp_path}", image_size=16)
    assert dataset.info.shape == dataset.train.shape == (3, 16, 16)
    assert (len(dataset.train), len(dataset.test)) == (dataset.info.train_size, dataset.info.test_size)
    assert len(dataset.train) + len(dataset.test) == 48 and dataset.notice == ""
    assert dataset.info.labels == ("cats", "dogs")
    assert torch.cat([dataset.train.labels, dataset.test.labels]).bincount().tolist() == [24, 24]
    wanted = torch.tensor([200, 30, 60]).view(3, 1, 1)
    assert (dataset.train.images.int() - wanted).abs().max() < 12
    again = load_dataset(f"folder:{tmp_path}", image_size=16)
    assert torch.equal(dataset.train.labels, again.train.labels)
    assert describe(f"folder:{tmp_path}").shape == (3, 64, 64)


def test_grey_without_labels_where_an_image_lies_outside_the_subfolders(tmp_path):
    for number in range(5):
        paint(tmp_path / "inside" / f"{number}.png", (255, 255, 255), (20 + number, 20))
    paint(tmp_path / "outside.PNG", (255, 255, 255))
    dataset = load_dataset(f"folder:{tmp_path}", channels=1)
    assert dataset.info.shape == (1, 64, 64)
    assert dataset.train.labels is None
    assert dataset.info.labels == ()
    assert len(dataset.train) + len(dataset.test) == 6
    assert dataset.train.images.min() == 255
    assert dataset.notice == "There is one label only (inside), so it is not used."


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
    (tmp_path / "Thumbs.db").write_text("left by a system")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "0.png").write_text("left by a system")
    for name in ("a.heic", "b.HEIC", "c.pcx"):
        (tmp_path / name).write_text("not read")
    os.mkfifo(tmp_path / "pipe.png")
    dataset = load_dataset(f"folder:{tmp_path}", image_size=8)
    assert dataset.skipped == Skipped(
        broken=("cut.jpg", "empty.webp", "pipe.png", "text.png"), unread=(("HEIC", 2), ("PCX", 1)), hidden=3, others=1
    )
    assert dataset.skipped.total == 11
    assert dataset.skipped.sentence == (
        "Left out: 4 files that cannot be read (cut.jpg, empty.webp and 2 more), "
        "2 HEIC files (not a kind that is read), 1 PCX file (not a kind that is read), "
        "3 hidden or system files and 1 file that is not named as a picture."
    )
    assert dataset.info.train_size + dataset.info.test_size == 4


def test_names_from_outside_are_one_short_line():
    told = Skipped(broken=(f"a\n\x1b[31m{'b' * 500}.png",)).sentence
    assert "\n" not in told and "\x1b" not in told and len(told) < 100


def photo(number):
    """A picture that no other number gives."""
    return {"colour": (number % 256, number // 256, 77)}


def placed(dataset):
    """The side of each picture, by its name."""
    sides = {"train": dataset.pictures.train, "test": dataset.pictures.test}
    return {name: side for side, names in sides.items() for name in names}


def test_a_picture_keeps_its_place_whatever_comes_and_goes(tmp_path):
    for number in range(200):
        paint(tmp_path / f"{number:03}.png", **photo(number), size=(8, 8))
    before = placed(load_dataset(f"folder:{tmp_path}", image_size=8))
    assert 20 <= sum(side == "test" for side in before.values()) <= 60  # a fifth, give or take 3.5 deviations
    for number in range(300, 340):
        paint(tmp_path / f"{number:03}.png", **photo(number), size=(8, 8))
    for number in range(0, 200, 7):
        (tmp_path / f"{number:03}.png").unlink()
    (tmp_path / "001.png").rename(tmp_path / "zzz.png")
    after = load_dataset(f"folder:{tmp_path}", image_size=8)
    assert len(after.train) + len(after.test) == 211
    assert {name: side for name, side in placed(after).items() if name in before}.items() <= before.items()
    assert placed(after)["zzz.png"] == before["001.png"]
    for split, names in ((after.train, after.pictures.train), (after.test, after.pictures.test)):
        assert list(names) == sorted(names)
        reds = [int(name[:3]) for name in names if name != "zzz.png"]
        assert [int(red) for red in split.images[: len(reds), 0, 4, 4]] == [red % 256 for red in reds]


def test_equal_files_lie_on_the_same_side(tmp_path):
    for number in range(30):
        for copy in "abc":
            paint(tmp_path / f"{number}{copy}.png", **photo(number), size=(8, 8))
    sides = placed(load_dataset(f"folder:{tmp_path}", image_size=8))
    assert len(sides) == 90
    assert all(len({sides[f"{number}{copy}.png"] for copy in "abc"}) == 1 for number in range(30))


def test_a_folder_that_changes_is_read_again_and_only_then(tmp_path, monkeypatch):
    for number in range(5):
        paint(tmp_path / f"{number}.png", **photo(number))
    read = []
    monkeypatch.setattr(images, "read_image", lambda *given: read.append(given) or read_image(*given))
    first = load_dataset(f"folder:{tmp_path}")
    assert len(read) == 5
    assert load_dataset(f"folder:{tmp_path}").train is first.train and describe(f"folder:{tmp_path}") == first.info
    assert load_dataset(f"folder:{tmp_path}", likelihood="bernoulli").info.likelihood == "bernoulli"
    assert len(read) == 5
    load_dataset(f"folder:{tmp_path}", image_size=8)
    assert len(read) == 10
    paint(tmp_path / "3.png", **photo(99))
    assert 99 in torch.cat([split.images for split in splits(load_dataset(f"folder:{tmp_path}"))])[:, 0]
    assert len(read) == 15


def splits(dataset):
    return dataset.train, dataset.test


def test_several_at_once_read_a_folder_once(tmp_path, monkeypatch):
    for number in range(5):
        paint(tmp_path / f"{number}.png", **photo(number))
    read = []
    monkeypatch.setattr(images, "read_image", lambda *given: read.append(given) or read_image(*given))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: load_dataset(f"folder:{tmp_path}"), range(8)))
    assert len(read) == 5 and len({id(dataset.train) for dataset in found}) == 1


def test_memory_holds_the_last_few_alone(tmp_path):
    for name in "abcdef":
        for number in range(2):
            paint(tmp_path / name / f"{number}.png", **photo(number))
        load_dataset(f"folder:{tmp_path / name}", image_size=8)
    assert len(images._kept) <= images.REMEMBERED and not images._reading


def test_the_users_own_split_is_used(tmp_path):
    for place, numbers in (("Train/cats", range(6)), ("Train/dogs", range(6, 9)), ("val/cats", range(20, 22))):
        for number in numbers:
            paint(tmp_path / place / f"{number}.png", **photo(number))
    paint(tmp_path / "val" / "dogs" / "again.png", **photo(7))
    paint(tmp_path / "stray.png", **photo(50))
    dataset = load_dataset(f"folder:{tmp_path}", image_size=8)
    assert (len(dataset.train), dataset.pictures.test.keys()) == (9, {"val/cats/20.png", "val/cats/21.png"})
    assert dataset.info.labels == ("cats", "dogs")
    assert dataset.train.labels.tolist() == [0] * 6 + [1] * 3 and dataset.test.labels.tolist() == [0, 0]
    assert dataset.info.splits == "Your own split: the folder Train to train on, val to test on."
    assert dataset.skipped == Skipped(beside=1, repeated=1)
    assert dataset.notice == ("Left out: 1 picture beside the folders used and 1 test picture that is trained on, too.")


def test_linked_folders_are_followed_once_and_circles_end(tmp_path):
    outside, folder = tmp_path / "elsewhere", tmp_path / "pictures"
    for number in range(4):
        paint(outside / f"{number}.png", **photo(number))
        paint(folder / "dogs" / f"{number}.png", **photo(10 + number))
    (folder / "cats").symlink_to(outside)
    (folder / "dogs again").symlink_to(folder / "dogs")
    (folder / "dogs" / "up").symlink_to(folder)
    (folder / "dogs" / "above").symlink_to(tmp_path)
    (outside / "round").symlink_to(outside)
    (folder / "self").symlink_to("self")
    (folder / "gone.png").symlink_to("nowhere")
    dataset = load_dataset(f"folder:{folder}", image_size=8)
    assert dataset.info.labels == ("cats", "dogs") and len(dataset.train) + len(dataset.test) == 8
    assert dataset.skipped == Skipped(links=6)


def test_folders_that_may_not_be_read(tmp_path, monkeypatch):
    for number in range(4):
        paint(tmp_path / "open" / f"{number}.png", **photo(number))
        paint(tmp_path / "closed" / f"{number}.png", **photo(number))
    scan = os.scandir

    def scandir(path):
        if Path(path) in (tmp_path / "closed", tmp_path / "closed" / "."):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    dataset = load_dataset(f"folder:{tmp_path}", image_size=8)
    assert dataset.skipped == Skipped(broken=("closed/",))
    assert len(dataset.train) + len(dataset.test) == 4
    with pytest.raises(DatasetUnavailable, match=r"closed cannot be read \(Permission denied\)"):
        load_dataset(f"folder:{tmp_path}/closed", image_size=8)


def test_a_whole_disk_is_no_data_set(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "MOST_FILES", 3)
    for number in range(4):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(DatasetUnavailable, match="holds more than 3 files: name a smaller folder"):
        load_dataset(f"folder:{tmp_path}")


def test_a_name_is_absolute_wherever_the_program_is_started(tmp_path, monkeypatch):
    for number in range(2):
        paint(tmp_path / "my pictures #1?" / f"{number}.png", **photo(number))
    monkeypatch.chdir(tmp_path)
    assert describe("folder:my pictures #1?").name == f"folder:{tmp_path}/my pictures #1?"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert describe("folder:~/my pictures #1?").name == f"folder:{tmp_path}/my pictures #1?"


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
    with pytest.raises(DatasetUnavailable, match="1 readable image, and at least 2 are needed"):
        load_dataset(f"folder:{tmp_path}")
    for nothing in ("folder:", "folder: "):
        with pytest.raises(ValueError, match="folder: names no folder: give folder:PATH the path of a"):
            load_dataset(nothing)
    (tmp_path / "b.heic").touch()
    with pytest.raises(DatasetUnavailable, match="Left out: 1 HEIC file"):
        load_dataset(f"folder:{tmp_path}")


@pytest.mark.parametrize(
    ("options", "message"),
    [({"image_size": 0}, "image_size.*got 0"), ({"channels": 4}, "got 4"), ({"likelihood": "x"}, "got 'x'")],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        load_dataset(f"folder:{tmp_path}", **options)


@pytest.mark.parametrize("where", ["above", "label"])
def test_names_that_no_model_can_hold_are_refused_before_anything_is_trained(tmp_path, where):
    top = tmp_path / ("odd\u202ename" if where == "above" else "pictures")
    for label in ("cats", "d\x07gs" if where == "label" else "dogs"):
        (top / label).mkdir(parents=True)
        for number in range(2):
            Image.new("RGB", (8, 8), (60 * number, len(label), 0)).save(top / label / f"{number}.png")
    with pytest.raises(ValueError, match=r"has characters that .*: rename it"):
        load_folder(top)
