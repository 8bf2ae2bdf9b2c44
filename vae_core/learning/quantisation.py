"""The objective of models with discrete latents."""

from dataclasses import dataclass
from typing import ClassVar

from vae_core.learning.terms import Batch, Terms
from vae_core.models.code_prior import PointMass
from vae_core.models.distributions import kl_per_dimension
from vae_core.models.model import Model
from vae_core.models.vector_quantised import QuantisedVAE, cells_of, restarts


@dataclass(frozen=True)
class VectorQuantisation:
    """log p(x|z) + log p(z) - commitment |z_e(x) - sg(e)|^2, z the codes nearest to the encoder's vectors z_e(x).

    van den Oord et al. 2017, equation 3 (https://arxiv.org/abs/1711.00937), with codes e that follow by moving averages
    (appendix A.1) in place of the second term, after each step, and with the prior's likelihood of the codes beside it:
    its gradient reaches the prior alone, so that it is the bound of both, and both are trained at once.
    """

    name: ClassVar[str] = "vq"
    commitment: float = 0.25

    def __post_init__(self):
        if not 0 <= self.commitment < float("inf"):
            raise ValueError(f"commitment must be a number from 0 up, got {self.commitment}")

    def __call__(self, model: Model, batch: Batch) -> Terms:
        if not isinstance(model, QuantisedVAE):
            raise ValueError(f"{self.name} trains a model with discrete latents, this one is {model.config.family}")
        grids = model.quantise(batch.x)
        log_likelihood = model.decode_vectors([grid.straight_through for grid in grids]).log_prob(batch.x)
        kl = kl_per_dimension(PointMass(cells_of(grids)), model.prior)
        away = sum((grid.vectors - grid.chosen).square().sum((1, 2, 3)) for grid in grids)
        instead = [restarts(grid, model.config.codes, batch.generator) for grid in grids]

        def update() -> None:
            for codebook, grid, others in zip(model.codebooks, grids, instead, strict=True):
                codebook.follow(grid.vectors, grid.codes, others)

        return Terms(log_likelihood, kl, log_likelihood - kl.sum(-1) - self.commitment * away, update)
