"""The names that commands take, for a `--help` that need not import what stands behind them.

Tests hold them equal to the registries that they name.
"""

import difflib
from collections.abc import Iterable

FAMILIES = (
    "vae",
    "masked",
    "layered",
    "flow",
    "flow-model",
    "conditional",
    "semi-supervised",
    "stacked",
    "vector-quantised",
    "adversarial",
)
OBJECTIVES = (
    "elbo",
    "autoencoder",
    "beta",
    "annealed",
    "capacity",
    "beta-tcvae",
    "masked-posterior",
    "iwae",
    "m2",
    "wake-sleep",
    "mcem",
    "vq",
    "feature-likelihood",
    "vae-gan",
    "score-function",
)
MASKS = ("pixels", "box", "boxes", "centre", "half", "lower", "stripes", "strokes", "patch")
INPAINTING_METHODS = (
    "mean",
    "knn",
    "naive",
    "masked",
    "partial-conv",
    "pseudo-gibbs",
    "metropolis",
    "importance",
    "prior",
    "annealed",
    "gradient",
)
PROJECTIONS = ("pca", "umap", "tsne")


def nearest(name: str, known: Iterable[str], count: int = 3) -> str:
    """The known names that are spelt most like `name`, for an error: "a, b and c"."""
    close = difflib.get_close_matches(name, list(known), n=count, cutoff=0.0)
    return " and ".join((", ".join(close[:-1]), close[-1])) if len(close) > 1 else "".join(close)
