"""One contract for all data sets, and what is said when their files are missing or broken.

Nothing here needs the network or real files: files of the right format are written first.
"""

import gzip
import hashlib
import os
import struct
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from scipy.io import savemat
from sklearn.datasets import _olivetti_faces
from torchvision import datasets as torchvision_datasets

from vae_core.data import (
    DatasetUnavailable,
    Pictures,
    UnknownDataset,
    binarise,
    describe,
    files,
    load_dataset,
    names,
    published,
)

MNIST_FAMILY = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "kmnist": "KMNIST"}
NEEDS_FILES = (*MNIST_FAMILY, "frey", "olivetti")


def write_idx(path: Path, shape: tuple[int, ...], first: bytes = b"") -> None:
    """A sparse IDX file: zeros, after the `first` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">HBB{len(shape)}i", 0, 8, len(shape), *shape)
    with open(path, "wb") as file:
        file.write(header + first)
        file.truncate(len(header) + int(np.prod(shape)))


def write_mnist(folder: Path, class_name: str) -> None:
    for name, shape in published.IDX_FILES.items():
        write_idx(folder / class_name / "raw" / name, shape, first=bytes([5, 0, 4]))


def write_frey(folder: Path) -> np.ndarray:
    frames = np.random.default_rng(0).integers(0, 256, (560, 1965), dtype=np.uint8)
    savemat(folder / "frey_rawface.mat", {"ff": frames})
    return frames


def write_olivetti(folder: Path) -> np.ndarray:
    faces = np.random.default_rng(0).integers(0, 256, (400, 4096), dtype=np.uint8)
    joblib.dump(faces, folder / "olivetti_py3.pkz", compress=1)
    return faces


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for class_name in MNIST_FAMILY.values():
        write_mnist(folder, class_name)
    write_frey(folder)
    write_olivetti(folder)
    return folder


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """No data folder, an empty cache and no network; gives the cache folder."""

    def no_network(*_, **__):
        raise OSError("no network")

    cache = tmp_path / "cache"
    monkeypatch.delenv("LATENT_LAB_DATA", raising=False)
    monkeypatch.setattr(files, "cache_folder", lambda: cache)
    monkeypatch.setattr(files.urllib.request, "urlopen", no_network)
    return cache


@pytest.mark.parametrize("name", names())
def test_contract(name, data_folder):
    dataset = load_dataset(name, data_dir=data_folder, download=False)
    info = dataset.info
    assert info == describe(name)
    assert info.likelihood in ("bernoulli", "gaussian")
    assert all([info.title, info.description, info.licence, info.source, info.splits])
    assert (len(dataset.train), len(dataset.test)) == (info.train_size, info.test_size)
    for split in (dataset.train, dataset.test):
        assert isinstance(split, Pictures)
        assert split.shape == info.shape
        indices = torch.tensor([len(split) - 1, 0, 7, 0])
        batch = split.batch(indices)
        assert batch.dtype == torch.uint8
        assert batch.shape == (4, *info.shape)
        assert torch.equal(batch[1], batch[3])
        assert torch.equal(split.batch(slice(5, 9))[2], batch[2])
        with pytest.raises(IndexError):
            split.batch(torch.tensor([len(split)]))
        if info.labels:
            assert split.labels.dtype == torch.int64
            assert split.labels.shape == (len(split),)
            assert split.labels.min() >= 0 and split.labels.max() < len(info.labels)
        else:
            assert split.labels is None


def test_mnist_is_binarised_once_and_for_all(data_folder):
    for split in ("train", "test"):
        grey = getattr(load_dataset("mnist", data_dir=data_folder), split)
        first, second = (getattr(load_dataset("mnist_binarised", data_dir=data_folder), split) for _ in range(2))
        assert torch.equal(first.images, second.images) and torch.equal(first.labels, grey.labels)
        assert set(first.images.unique().tolist()) <= {0, 255} and not first.images[grey.images == 0].any()


def test_a_pixel_is_binarised_with_the_probability_of_its_grey_level():
    grey = published.InMemoryPictures(torch.full((2_000, 1, 8, 8), 100, dtype=torch.uint8))
    for split in published._binarised(grey, grey):
        shares = (split.images == 255).float().mean().item()
        assert shares == pytest.approx(100 / 255, abs=0.005)
        shown = binarise(split.images, torch.Generator().manual_seed(1), torch.uint8) * 255
        assert (shown != split.images).float().mean() < 2e-4  # a presentation leaves them as they are


@pytest.mark.parametrize("name", ["digits", "sprites"])
def test_a_split_is_the_same_every_time(name):
    first, second = load_dataset(name).test, load_dataset(name).test
    assert torch.equal(first.batch(slice(0, 50)), second.batch(slice(0, 50)))


def test_digits_use_the_whole_grey_range_and_no_picture_twice():
    digits = load_dataset("digits")
    assert digits.train.images.max() == 255
    together = torch.cat([digits.train.images, digits.test.images])
    assert len(together.unique(dim=0)) == len(together)
    assert digits.train.labels.bincount().min() > 100


def test_a_slice_of_pictures_in_memory_is_not_copied():
    train = load_dataset("digits").train
    assert train.batch(slice(3, 9)).data_ptr() == train.images[3:].data_ptr()


def test_frey_holds_out_eight_separate_runs_of_the_film(tmp_path):
    frames = write_frey(tmp_path)
    dataset = load_dataset("frey", data_dir=tmp_path)
    held_out = published.frey_test_frames()
    jumps = held_out.diff()
    assert (jumps == 1).sum() == 8 * 24
    assert (jumps[jumps != 1] > 200).all()
    assert torch.equal(dataset.test.images[30, 0], torch.from_numpy(frames[:, held_out[30]].reshape(28, 20)))
    beside = [frame for frame in range(1965) if min(abs(held_out - frame)) <= 10]
    kept = np.delete(frames, beside, axis=1)
    assert len(beside) == 8 * (25 + 20)
    assert np.array_equal(dataset.train.images.flatten(1).numpy(), kept.T)
    assert dataset.test_groups.bincount().tolist() == [25] * 8
    assert all(held_out[dataset.test_groups == run].diff().eq(1).all() for run in range(8))


def test_olivetti_holds_out_two_pictures_of_each_person(tmp_path):
    faces = write_olivetti(tmp_path).reshape(400, 64, 64).transpose(0, 2, 1)  # the file has them column by column
    dataset = load_dataset("olivetti", data_dir=tmp_path)
    assert dataset.test.labels.bincount().tolist() == [2] * 40
    assert dataset.train.labels.bincount().tolist() == [8] * 40
    assert torch.equal(dataset.test_groups, dataset.test.labels)
    assert np.array_equal(dataset.test.images[3, 0].numpy(), faces[19])
    assert np.array_equal(dataset.train.images[8, 0].numpy(), faces[10])


def test_mnist_keeps_the_published_order(data_folder):
    train = load_dataset("mnist", data_dir=data_folder).train
    assert train.labels[:4].tolist() == [5, 0, 4, 0]
    assert train.images[0, 0, 0, :4].tolist() == [5, 0, 4, 0]


def test_folders_are_searched_in_order(tmp_path, bare_machine, monkeypatch):
    for place in (tmp_path / "given", tmp_path / "environment", bare_machine):
        place.mkdir()
        write_frey(place)
    monkeypatch.setenv("LATENT_LAB_DATA", str(tmp_path / "environment"))
    assert load_dataset("frey", data_dir=tmp_path / "given").folder == tmp_path / "given"
    assert load_dataset("frey", data_dir=tmp_path / "elsewhere").folder == tmp_path / "environment"
    monkeypatch.delenv("LATENT_LAB_DATA")
    assert load_dataset("frey").folder == bare_machine


@pytest.mark.parametrize("name", ["mnist", "frey", "olivetti"])
def test_reading_writes_nothing_into_the_data_folder(name, data_folder):
    before = sorted(data_folder.rglob("*"))
    modes = [(path, path.stat().st_mode) for path in [data_folder, *before]]
    for path, mode in modes:
        path.chmod(mode & ~0o222)
    try:
        load_dataset(name, data_dir=data_folder, download=False)
    finally:
        for path, mode in modes:
            path.chmod(mode)
    assert sorted(data_folder.rglob("*")) == before


@pytest.mark.parametrize("name", NEEDS_FILES)
def test_missing_without_download_names_the_command(name, bare_machine):
    with pytest.raises(DatasetUnavailable) as error:
        load_dataset(name, download=False)
    assert f"python -m vae_core data fetch {name}" in str(error.value)
    assert_says_where(name, str(error.value), bare_machine)


@pytest.mark.parametrize("name", NEEDS_FILES)
def test_missing_without_network_says_what_belongs_where(name, bare_machine):
    with pytest.raises(DatasetUnavailable, match="could not be downloaded") as error:
        load_dataset(name)
    assert "no network" in str(error.value)
    assert_says_where(name, str(error.value), bare_machine)
    assert list(bare_machine.iterdir()) == []


def assert_says_where(name: str, message: str, folder: Path) -> None:
    wanted = published.IDX_FILES if name in MNIST_FAMILY else [Path(name) for name in files_of(name)]
    assert all(str(file) in message for file in wanted)
    assert str(folder) in message
    assert "LATENT_LAB_DATA" in message
    assert "\n" not in message


def files_of(name: str) -> list[str]:
    return {"frey": [published.FREY_FILE], "olivetti": [published.OLIVETTI_FILE]}[name]


def test_the_message_names_a_folder_that_can_be_written(tmp_path, bare_machine, monkeypatch):
    read_only = tmp_path / "read-only"
    read_only.mkdir()
    allowed = os.access
    monkeypatch.setattr(files.os, "access", lambda path, mode: Path(path) != read_only and allowed(path, mode))
    with pytest.raises(DatasetUnavailable) as error:
        load_dataset("frey", data_dir=read_only, download=False)
    assert str(bare_machine) in str(error.value)
    assert str(read_only) not in str(error.value)


def test_a_cache_folder_that_cannot_be_made_is_one_sentence(tmp_path, bare_machine, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "file" / "cache")
    with pytest.raises(DatasetUnavailable, match="cannot be written"):
        load_dataset("frey")


def break_frey(folder: Path, kind: str) -> None:
    path = folder / "frey_rawface.mat"
    write_frey(folder)
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:50_000])
    if kind == "empty":
        path.write_bytes(b"")
    if kind == "page":
        path.write_bytes(b"<html>please log in</html>" * 100)
    if kind == "other array":
        savemat(path, {"gg": np.zeros((2, 2))})
    if kind == "other shape":
        savemat(path, {"ff": np.zeros((560, 3), np.uint8)})


@pytest.mark.parametrize("kind", ["cut", "empty", "page", "other array", "other shape"])
def test_a_broken_frey_file_is_named(kind, tmp_path):
    break_frey(tmp_path, kind)
    with pytest.raises(DatasetUnavailable, match=r"Frey Face cannot be read: .*frey_rawface\.mat"):
        load_dataset("frey", data_dir=tmp_path)


@pytest.mark.parametrize("kind", ["cut", "empty", "page", "other shape"])
def test_a_broken_olivetti_file_is_named(kind, tmp_path):
    write_olivetti(tmp_path)
    path = tmp_path / "olivetti_py3.pkz"
    if kind == "other shape":
        joblib.dump(np.eye(3, 4096, dtype=np.uint8), path, compress=1)
    else:
        path.write_bytes({"cut": path.read_bytes()[:50_000], "empty": b"", "page": b"<html>" * 100}[kind])
    with pytest.raises(DatasetUnavailable, match=r"Olivetti cannot be read: .*olivetti_py3\.pkz"):
        load_dataset("olivetti", data_dir=tmp_path)


@pytest.mark.parametrize("kind", ["cut", "empty", "page", "other shape"])
def test_a_broken_mnist_file_is_named(kind, tmp_path):
    write_mnist(tmp_path, "MNIST")
    path = tmp_path / "MNIST/raw/t10k-images-idx3-ubyte"
    if kind == "cut":
        os.truncate(path, 1_000_000)
    elif kind == "other shape":
        write_idx(path, (100, 28, 28))
    else:
        path.write_bytes(b"" if kind == "empty" else b"<html>" * 100)
    expected = "1,000,000 bytes instead of 7,840,016" if kind == "cut" else "10000 x 28 x 28"
    with pytest.raises(DatasetUnavailable, match="t10k-images-idx3-ubyte") as error:
        load_dataset("mnist", data_dir=tmp_path)
    assert expected in str(error.value)


def pack(folder: Path, target: Path, monkeypatch, published_as: str = "") -> None:
    """The four files of `folder` as .gz in `target`; their hashes are those that a set publishes, if one is named."""
    target.mkdir(parents=True, exist_ok=True)
    resources = []
    for file in published.IDX_FILES:
        content = gzip.compress((folder / file).read_bytes(), compresslevel=1)
        (target / f"{file}.gz").write_bytes(content)
        resources.append((f"{file}.gz", hashlib.md5(content).hexdigest()))
    if published_as:
        monkeypatch.setattr(getattr(torchvision_datasets, published_as), "resources", resources)


@pytest.mark.parametrize(("name", "class_name"), MNIST_FAMILY.items())
def test_the_packed_files_serve_as_they_are(name, class_name, data_folder, bare_machine, tmp_path, monkeypatch):
    unpacked = load_dataset(name, data_dir=data_folder)
    pack(data_folder / class_name / "raw", tmp_path / class_name / "raw", monkeypatch)
    packed = load_dataset(name, data_dir=tmp_path, download=False)
    assert packed.folder == tmp_path and packed.train.labels[:3].tolist() == [5, 0, 4]
    for one, other in ((packed.train, unpacked.train), (packed.test, unpacked.test)):
        assert torch.equal(one.batch(slice(0, 20)), other.batch(slice(0, 20))) and torch.equal(one.labels, other.labels)
    assert {path.name for path in tmp_path.rglob("*ubyte*")} == {f"{file}.gz" for file in published.IDX_FILES}


def test_packed_files_in_the_data_folder_itself_are_told_by_their_hash(
    data_folder, bare_machine, tmp_path, monkeypatch
):
    pack(data_folder / "MNIST" / "raw", tmp_path, monkeypatch)
    with pytest.raises(DatasetUnavailable, match=r"unpacked or as \.gz, into"):
        load_dataset("fashion_mnist", data_dir=tmp_path, download=False)  # nothing says whose they are
    pack(data_folder / "MNIST" / "raw", tmp_path, monkeypatch, "FashionMNIST")
    assert len(load_dataset("fashion_mnist", data_dir=tmp_path, download=False).test) == 10_000
    with pytest.raises(DatasetUnavailable, match="is not on this machine"):
        load_dataset("mnist", data_dir=tmp_path, download=False)


def test_packed_files_of_another_set_are_refused(data_folder, bare_machine, tmp_path, monkeypatch):
    pack(data_folder / "MNIST" / "raw", tmp_path / "MNIST" / "raw", monkeypatch, "KMNIST")
    with pytest.raises(DatasetUnavailable, match=r"train-images-idx3-ubyte.gz is that of another set, KMNIST"):
        load_dataset("mnist", data_dir=tmp_path, download=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda packed, raw: packed[: len(packed) // 2], "is damaged or not a gzip file"),
        (lambda packed, raw: b"<html>" * 100, "is damaged or not a gzip file"),
        (lambda packed, raw: b"", "is not an IDX file of 10000 x 28 x 28 bytes"),
        (lambda packed, raw: packed[:-8] + bytes(8), "is damaged or not a gzip file"),  # another checksum
        (lambda packed, raw: gzip.compress(raw[:-1], 1), "has fewer bytes instead of 7,840,016"),
        (lambda packed, raw: gzip.compress(raw + bytes(50_000_000), 1), "has more bytes instead of 7,840,016"),
    ],
)
def test_a_broken_packed_file_is_named(change, message, data_folder, bare_machine, tmp_path, monkeypatch):
    pack(data_folder / "MNIST" / "raw", tmp_path / "MNIST" / "raw", monkeypatch)
    path = tmp_path / "MNIST/raw/t10k-images-idx3-ubyte.gz"
    path.write_bytes(change(path.read_bytes(), (data_folder / "MNIST/raw/t10k-images-idx3-ubyte").read_bytes()))
    with pytest.raises(DatasetUnavailable, match=r"t10k-images-idx3-ubyte\.gz") as error:
        load_dataset("mnist", data_dir=tmp_path, download=False)
    assert message in str(error.value)


@pytest.fixture
def server(tmp_path, bare_machine, monkeypatch):
    """A folder in place of the network: what is written there can be downloaded."""
    monkeypatch.undo()
    monkeypatch.delenv("LATENT_LAB_DATA", raising=False)
    monkeypatch.setattr(files, "cache_folder", lambda: bare_machine)
    folder = tmp_path / "server"
    folder.mkdir()
    monkeypatch.setattr(published, "FREY_URL", (folder / "frey_rawface.mat").as_uri())
    return folder


def test_mnist_is_downloaded_checked_and_kept(server, bare_machine, monkeypatch):
    resources = []
    write_mnist(server, "KMNIST")
    for name in published.IDX_FILES:
        packed = gzip.compress((server / "KMNIST/raw" / name).read_bytes(), compresslevel=1)
        (server / f"{name}.gz").write_bytes(packed)
        resources.append((f"{name}.gz", hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(torchvision_datasets.KMNIST, "mirrors", ["file:///nowhere/", f"{server.as_uri()}/"])
    monkeypatch.setattr(torchvision_datasets.KMNIST, "resources", resources)
    dataset = load_dataset("kmnist")
    assert dataset.train.labels[:3].tolist() == [5, 0, 4]
    kept = {str(path.relative_to(bare_machine)) for path in bare_machine.rglob("*") if path.is_file()}
    assert kept == {f"KMNIST/raw/{name}" for name in published.IDX_FILES}
    assert load_dataset("kmnist", download=False).folder == bare_machine


def test_olivetti_is_downloaded_and_kept_as_scikit_learn_keeps_it(server, bare_machine, monkeypatch):
    mat = server / "olivettifaces.mat"
    savemat(mat, {"faces": np.random.default_rng(1).integers(0, 256, (4096, 400), dtype=np.uint8)})
    digest = hashlib.sha256(mat.read_bytes()).hexdigest()
    remote = _olivetti_faces.FACES._replace(url=mat.as_uri(), checksum=digest)
    monkeypatch.setattr(_olivetti_faces, "FACES", remote)
    load_dataset("olivetti")
    assert [path.name for path in bare_machine.iterdir()] == ["olivetti_py3.pkz"]


def test_frey_is_downloaded(server, bare_machine):
    write_frey(server)
    assert len(load_dataset("frey").train) == 1605
    assert [path.name for path in bare_machine.iterdir()] == ["frey_rawface.mat"]


@pytest.mark.parametrize("kind", ["cut", "page", "other shape"])
def test_a_broken_download_is_not_kept(kind, server, bare_machine):
    break_frey(server, kind)
    with pytest.raises(DatasetUnavailable, match="the server sent something else"):
        load_dataset("frey")
    assert list(bare_machine.iterdir()) == []


def test_a_file_other_than_the_published_one_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"something")
    with pytest.raises(files.DownloadFailed, match="not the published one"):
        list(files.download([(tmp_path / "file").as_uri()], tmp_path / "copy", "md5", "0" * 32))
    assert not (tmp_path / "copy").exists()


def test_unknown_names_get_the_list_and_a_guess():
    with pytest.raises(UnknownDataset, match=r"'fashion-mnsit': did you mean 'fashion_mnist'\?") as error:
        load_dataset("fashion-mnsit")
    assert all(name in str(error.value) for name in names())
    with pytest.raises(UnknownDataset):
        describe("")


def test_folder_options_are_for_folders_alone():
    with pytest.raises(ValueError, match="image_size"):
        load_dataset("digits", image_size=32)
