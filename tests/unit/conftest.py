"""What several files of tests share: the digits, a model trained on them for a second, its checkpoint folder."""

import shutil
from pathlib import Path

import pytest
import torch

from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.projection import project
from vae_core.data import load_dataset
from vae_core.learning.training import TrainingConfig, fit
from vae_core.models.checkpoint import describe, write_checkpoint
from vae_core.models.vae import VAE, VAEConfig

TRAINING = TrainingConfig(epochs=20, learning_rate=1e-2, precision="float32")


@pytest.fixture(scope="session")
def digits():
    """1,437 training and 360 test pictures, 8x8."""
    return load_dataset("digits")


@pytest.fixture(scope="session")
def toy(digits):
    """A two-dimensional VAE that has learned something about the digits. Not to be changed."""
    torch.manual_seed(0)
    model = VAE(VAEConfig(picture_shape=(1, 8, 8), latent_dim=2, hidden=(64,)))
    for _ in fit(model, digits.train, TRAINING):
        pass
    return model.requires_grad_(False)


@pytest.fixture(scope="session")
def toy_folder(toy, digits, tmp_path_factory):
    """The toy's checkpoint with everything that a checkpoint can hold. Not to be changed: see `checkpoint_copy`."""
    folder = tmp_path_factory.mktemp("checkpoints") / "toy"
    codes = encode_split(toy, digits.test)
    projections = project(codes.mean, "pca")
    projections["umap"] = projections["pca"] + 1  # what matters here is the shape
    evaluation = evaluate(toy, digits, importance_samples=20)
    write_checkpoint(
        folder,
        toy,
        describe(toy, name="toy", dataset="digits", objective="elbo", training=TRAINING.to_json(), seed=0),
        codes,
        projections,
        {"name": "toy", "dataset": "digits", **evaluation.to_json()},
    )
    return folder


@pytest.fixture
def checkpoint_copy(toy_folder, tmp_path) -> Path:
    """A copy of the toy's checkpoint folder, to be broken."""
    return Path(shutil.copytree(toy_folder, tmp_path / "copy"))
