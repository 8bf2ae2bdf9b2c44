"""Training one beta in the app, for about a minute, as long work of the visitor who asked for it.

What comes out belongs to that visit alone.
"""

import hashlib
import statistics
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st
import torch
from torch import nn

from ui.beta_sweep.members import Member
from ui.browser.tidy import OWN
from ui.work import Step
from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.kl_decomposition import decompose_kl
from vae_core.data.pictures import Dataset, InMemoryPictures
from vae_core.learning.objectives import BetaELBO
from vae_core.learning.training import Progress, TrainingConfig, fit
from vae_core.models.checkpoint import Checkpoint, round_to_half
from vae_core.models.vae import VAEConfig
from vae_core.zoo.build import description_of, new_model
from vae_core.zoo.recipes import Recipe

SECONDS = 50  # that training takes, about; measuring takes some more
CALIBRATION = 4.0  # seconds in which the machine's speed is found out; the page is drawn anew during the first ones
KEPT = 400  # points of the live curves, at most
CODES = 2000  # test pictures that are encoded
JUDGED = 500  # of which so many have their likelihood measured
SAMPLES = 20
MOST = 4  # models of one visit
MODELS = {  # data sets that are always there
    "digits": (VAEConfig((1, 8, 8), 10, hidden=(200, 200)), 128, 2e-3),
    "sprites": (VAEConfig((1, 32, 32), 10, "patch"), 64, 1e-3),
}


@dataclass
class Training:
    """One training: its job writes, the page reads."""

    dataset: str
    beta: float
    steps: list[int] = field(default_factory=list)
    log_likelihood: list[float] = field(default_factory=list)
    kl: list[float] = field(default_factory=list)
    latest: Progress | None = None
    member: Member | None = None
    key: str = field(default_factory=lambda: uuid4().hex)

    def record(self, progress: Progress) -> None:
        """Keep a step for the curves, as many as a screen can show."""
        self.latest = progress
        if progress.step % max(1, progress.steps // KEPT) == 0 or progress.finished:
            self.steps.append(progress.step)
            self.log_likelihood.append(progress.log_likelihood)
            self.kl.append(progress.kl)

    def work(self, dataset: Dataset) -> Iterator[Step]:
        """Train and measure: the steps of a job."""
        recipe = yield from calibrate(self, dataset)
        model = new_model(recipe)
        for progress in fit(model, dataset.train, recipe.training, recipe.objective):
            self.record(progress)
            yield Step(progress.step / progress.steps, "Training")
        yield Step(1.0, "Measuring on test pictures")
        self.member = measured(model, dataset, recipe)


def finished() -> list[Member]:
    """The models that this visitor trained."""
    training: Training | None = st.session_state.get("beta_sweep_training")
    own: list[Member] = st.session_state.setdefault("beta_sweep_tried", [])
    if training is not None and training.member is not None and all(m.name != training.member.name for m in own):
        own.append(training.member)
        del own[:-MOST]
    return own


def calibrate(training: Training, dataset: Dataset) -> Generator[Step, None, Recipe]:
    """As many steps as this machine does in `SECONDS`, found out by training a throw-away model."""
    config, batch_size, rate = MODELS[training.dataset]
    settings = {"batch_size": batch_size, "learning_rate": rate, "pictures_per_epoch": batch_size}
    objective = BetaELBO(training.beta)

    def recipe(steps: int) -> Recipe:
        name = f"{OWN}{training.dataset}-beta{training.beta:g}"
        return Recipe(name, training.dataset, config, TrainingConfig(epochs=steps, **settings), objective)

    doing = Step(0.0, "Finding out how fast this machine is")
    yield doing
    trial = fit(new_model(recipe(1)), dataset.train, recipe(100_000).training, objective)
    took, began = [], time.perf_counter()
    while sum(took) < CALIBRATION:
        next(trial)
        now = time.perf_counter()
        took.append(now - began)
        yield doing
        began = time.perf_counter()
    trial.close()
    usual = statistics.median(took[len(took) // 2 :])
    return recipe(max(20, round(SECONDS / max(usual, 1e-6))))


def measured(model: nn.Module, dataset: Dataset, recipe: Recipe) -> Member:
    """A trained model with its codes and metrics, in memory alone."""
    round_to_half(model)  # as the zoo's
    model.requires_grad_(False)
    codes = encode_split(model, dataset.test, torch.arange(min(CODES, len(dataset.test))))
    unlabelled = InMemoryPictures(dataset.test.batch(slice(0, 1)))  # nearest neighbours are not asked for
    evaluation = evaluate(model, Dataset(dataset.info, unlabelled, dataset.test), SAMPLES, JUDGED)
    weights = b"".join(tensor.numpy().tobytes() for tensor in model.state_dict().values())
    content_hash = hashlib.sha256(weights).hexdigest()
    metrics = {"name": recipe.name, "dataset": recipe.dataset, **evaluation.to_json()}
    checkpoint = Checkpoint(
        model=model,
        description=description_of(model, recipe, dataset),
        folder=None,
        content_hash=content_hash,
        codes=codes,
        metrics={**metrics, "kl_parts": decompose_kl(codes).to_json()},
    )
    name = f"{recipe.name}-{content_hash[:6]}"
    return Member(name, recipe.objective.beta, checkpoint, (content_hash,), tried=True)
