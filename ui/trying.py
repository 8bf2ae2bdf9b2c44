"""Training one beta in the app, for about a minute: one such training at a time in the whole process.

It runs in a thread of its own and is looked at from the visitor's page. What comes out belongs to that visit alone.
"""

import hashlib
import statistics
import threading
import time
from dataclasses import dataclass, field

import streamlit as st
import torch
from torch import nn

from ui.beta_sweep import Member
from vae_core.analysis.evaluation import encode_split, evaluate
from vae_core.analysis.kl_decomposition import decompose_kl
from vae_core.data.pictures import Dataset, InMemoryPictures
from vae_core.learning.objectives import BetaELBO
from vae_core.learning.training import Progress, TrainingConfig, TrainingDiverged, fit
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
    """One training: its thread writes, the page reads."""

    dataset: str
    beta: float
    state: str = "waiting"  # then calibrating, training, measuring; finished, stopped or failed
    reason: str = ""  # why it failed
    steps: list[int] = field(default_factory=list)
    log_likelihood: list[float] = field(default_factory=list)
    kl: list[float] = field(default_factory=list)
    latest: Progress | None = None
    member: Member | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        return self.state in ("finished", "stopped", "failed")

    def record(self, progress: Progress) -> None:
        """Keep a step for the curves, as many as a screen can show."""
        self.latest = progress
        if progress.step % max(1, progress.steps // KEPT) == 0 or progress.finished:
            self.steps.append(progress.step)
            self.log_likelihood.append(progress.log_likelihood)
            self.kl.append(progress.kl)


class Slot:
    """The one place for a training in this process."""

    def __init__(self):
        self.lock = threading.Lock()
        self.training: Training | None = None

    def take(self, training: Training, dataset: Dataset) -> bool:
        """Start a training on a data set unless another one is under way; whether it was started."""
        with self.lock:
            if self.training is not None and not self.training.over:
                return False
            self.training = training
            threading.Thread(target=run, args=(training, dataset), daemon=True, name="try-one-beta").start()
            return True


@st.cache_resource(show_spinner=False)
def slot() -> Slot:
    """The process's one slot."""
    return Slot()


def finished() -> list[Member]:
    """The models that this visitor trained."""
    training: Training | None = st.session_state.get("beta_sweep_training")
    own: list[Member] = st.session_state.setdefault("beta_sweep_tried", [])
    if training is not None and training.member is not None and all(m.name != training.member.name for m in own):
        own.append(training.member)
        del own[:-MOST]
    return own


def run(training: Training, dataset: Dataset) -> None:
    """Train and measure; whatever goes wrong is said in one sentence."""
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)  # small networks gain nothing from more, and visitors want the other cores
        recipe = recipe_for(training, dataset)
        model = new_model(recipe)
        training.state = "training"
        for progress in fit(model, dataset.train, recipe.training, recipe.objective):
            training.record(progress)
            if training.stopping.is_set():
                training.state = "stopped"
                return
        training.state = "measuring"
        training.member = measured(model, dataset, recipe)
        training.state = "finished"
    except TrainingDiverged as error:
        training.state, training.reason = "failed", f"The training diverged: {error}."
    except Exception as error:  # the thread's last word: nobody else would hear of it
        training.state, training.reason = "failed", f"The training failed: {type(error).__name__}: {error}."
    finally:
        torch.set_num_threads(threads)


def recipe_for(training: Training, dataset: Dataset) -> Recipe:
    """As many steps as this machine does in `SECONDS`, found out by training a throw-away model."""
    training.state = "calibrating"
    config, batch_size, rate = MODELS[training.dataset]
    settings = {"batch_size": batch_size, "learning_rate": rate, "pictures_per_epoch": batch_size}
    objective = BetaELBO(training.beta)

    def recipe(steps: int) -> Recipe:
        name = f"your-{training.dataset}-beta{training.beta:g}"
        return Recipe(name, training.dataset, config, TrainingConfig(epochs=steps, **settings), objective)

    trial = fit(new_model(recipe(1)), dataset.train, recipe(100_000).training, objective)
    took, began = [], time.perf_counter()
    while sum(took) < CALIBRATION and not training.stopping.is_set():
        next(trial)
        now = time.perf_counter()
        took.append(now - began)
        began = now
    trial.close()
    usual = statistics.median(took[len(took) // 2 :]) if took else SECONDS
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
        description=description_of(model, recipe),
        folder=None,
        content_hash=content_hash,
        codes=codes,
        metrics={**metrics, "kl_parts": decompose_kl(codes).to_json()},
    )
    name = f"{recipe.name}-{content_hash[:6]}"
    return Member(name, recipe.objective.beta, checkpoint, (content_hash,), tried=True)
