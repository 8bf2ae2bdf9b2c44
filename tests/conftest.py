"""What tests of all kinds share: the shipped models, as PyTorch sees them."""

from collections.abc import Callable

import pytest

from vae_core.data import DatasetUnavailable, load_dataset
from vae_core.data.pictures import Dataset
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo import store


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Checkpoint]:
    """`shipped("mnist-vae-2d")`: that model of the zoo; where it was not built yet, the test is left out."""

    def read(name: str) -> Checkpoint:
        if not (store.ZOO / name / "model.json").exists():
            pytest.skip(f"{name} is not in assets/zoo yet: python -m vae_core zoo build {name}")
        return store.open_checkpoint(name)

    return read


@pytest.fixture(scope="session")
def present() -> Callable[[str], Dataset]:
    """`present("mnist")`: that data set; where its files are not on this machine, the test is left out."""

    def read(name: str) -> Dataset:
        try:
            return load_dataset(name, download=False)
        except DatasetUnavailable as error:
            pytest.skip(str(error))

    return read
