"""The zoo's models as data: `zoo build NAME` rebuilds each of them from nothing."""

from dataclasses import dataclass, field

from vae_core.learning.objectives import ELBO, Objective
from vae_core.learning.training import TrainingConfig
from vae_core.models.vae import VAEConfig


@dataclass(frozen=True)
class Recipe:
    """A data set, a model, an objective and a schedule; with the seed in the schedule it fixes the model."""

    name: str
    dataset: str
    model: VAEConfig
    training: TrainingConfig
    objective: Objective = field(default_factory=ELBO)
    importance_samples: int = 500  # with which the shipped -log p(x) is measured


MNIST = (1, 28, 28)
FREY = (1, 28, 20)
OLIVETTI = (1, 64, 64)
DIGITS = (1, 8, 8)
SPRITES = (1, 32, 32)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("mnist-vae-2d", "mnist", VAEConfig(MNIST, 2), TrainingConfig(epochs=300)),
        Recipe("mnist-vae-10d", "mnist", VAEConfig(MNIST, 10), TrainingConfig(epochs=200)),
        Recipe("mnist-vae-20d", "mnist", VAEConfig(MNIST, 20), TrainingConfig(epochs=200)),
    )
}
