"""Which pictures a model that classifies names wrong, and how sure it is of it."""

from dataclasses import dataclass

from torch import Tensor

from vae_core.analysis.evaluation import label_probabilities
from vae_core.data.pictures import Pictures
from vae_core.models.model import Classifying


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The pictures whose likeliest label is not theirs, those first of which the model is the surest."""

    rows: Tensor  # (M,) int64, of those that were asked about
    labels: Tensor  # (M,) int64, what they are
    guessed: Tensor  # (M,) int64, what q(y|x) says first
    probability: Tensor  # (M,) q(y|x) of that
    count: int  # of the pictures that were asked about

    def __len__(self) -> int:
        return len(self.rows)


def mistakes_of(model: Classifying, pictures: Pictures, indices: Tensor) -> Mistakes:
    """The mistakes among the pictures at `indices` (N,) of a split. Raises ValueError for pictures without labels."""
    if pictures.labels is None:
        raise ValueError("these pictures have no labels that a model could miss")
    probability, guessed = label_probabilities(model, pictures, indices).max(1)
    labels = pictures.labels[indices]
    rows = (guessed != labels).nonzero()[:, 0]
    rows = rows[probability[rows].argsort(descending=True, stable=True)]
    return Mistakes(rows, labels[rows], guessed[rows], probability[rows], len(indices))
