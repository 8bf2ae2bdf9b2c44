"""The originals that are not on this machine: what stands in, and how they are got for everybody."""

import numpy as np
import pytest
from scipy.io import savemat
from screens import sent_to_browser

from ui import cache, originals, pictures
from vae_core.data import files, load_dataset, published
from vae_core.data.pictures import DatasetMissing
from vae_core.data.registry import describe
from vae_core.intake import strokes


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """No data set's files are here; what is written to this folder can be downloaded."""
    monkeypatch.delenv("LATENT_LAB_DATA", raising=False)
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(published, "FREY_URL", (tmp_path / published.FREY_FILE).as_uri())
    cache.dataset.clear()
    yield tmp_path
    cache.dataset.clear()


def test_they_are_fetched_step_by_step_and_are_there_for_everybody(bare_machine):
    frames = np.random.default_rng(0).integers(0, 256, (560, 1965), dtype=np.uint8)
    savemat(bare_machine / published.FREY_FILE, {"ff": frames})
    steps = list(originals.fetching(describe("frey")))
    shares = [step.share for step in steps]
    assert shares[0] == 0 and len(shares) > 10 and shares == sorted(shares)
    assert steps[-1].doing == "Fetching Frey Face: 1.1 of about 1 MB"
    assert len(load_dataset("frey", download=False).test) == 200
    assert len(list(originals.fetching(describe("frey")))) == 1, "there already: nothing is fetched"


def test_stopped_or_without_a_network_nothing_is_left(bare_machine):
    with pytest.raises(files.DownloadFailed):
        list(originals.fetching(describe("frey")))
    savemat(bare_machine / published.FREY_FILE, {"ff": np.zeros((560, 1965), np.uint8)})
    steps = originals.fetching(describe("frey"))
    next(steps), next(steps)
    steps.close()
    assert list((bare_machine / "cache").iterdir()) == []
    with pytest.raises(DatasetMissing):
        load_dataset("frey", download=False)


def test_a_page_offers_them_and_decodes_no_x(zoo, open_app, bare_machine):
    app = open_app(model="frey-small-3d", point="3")
    sent = sent_to_browser(app)["originals"]
    assert sent["get"]["label"] == "Get the originals (1 MB)" and not sent["get"]["busy"]
    assert sent["standIns"] is None


def test_where_mnist_is_missing_a_digit_of_our_own_of_the_same_label_stands_in(shipped, bare_machine):
    checkpoint = shipped("mnist-vae-2d")
    row = 5
    index, label = int(checkpoint.codes.indices[row]), int(checkpoint.codes.labels[row])
    picture, called = pictures.sample(checkpoint, describe("mnist"), index)
    own = strokes.own_digits()
    at = next(at for at, image in enumerate(own.images.numpy()) if np.array_equal(image, picture))
    assert own.labels[at] == label and called == f"Our own drawn digit {label}, not MNIST"
