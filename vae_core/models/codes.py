"""What a model makes of the test split, picture by picture."""

from dataclasses import dataclass

from torch import Tensor

from vae_core.models.distributions import diagonal_normal, kl_per_dimension, standard_normal


@dataclass(frozen=True)
class Codes:
    """The posterior q(z|x) of each test picture (the picture itself, not a binarised draw of it)."""

    mean: Tensor  # (N, D); of discrete latents the codes themselves, whole numbers
    stddev: Tensor  # (N, D); 0 where q(z|x) is a point
    indices: Tensor  # (N,) int64, into the test split
    reconstruction_error: Tensor  # (N,) -log p(x|z = mean), nats per image
    labels: Tensor | None = None  # (N,) int64
    log_likelihood: Tensor | None = None  # (N,) E_q[log p(x|z)], nats per image; None in folders written without it
    cost: Tensor | None = None  # (N,) KL(q(z|x) || p(z)) in nats, by draws, where it is not that of two Gaussians

    @property
    def elbo(self) -> Tensor | None:
        """The bound of each picture, nats, (N,): what an unusual picture is compared with."""
        return None if self.log_likelihood is None else self.log_likelihood - self.kl.sum(1)

    @property
    def kl_splits(self) -> bool:
        """Whether KL(q(z|x) || p(z)) is known as a sum over dimensions."""
        return self.cost is None

    @property
    def kl(self) -> Tensor:
        """KL(q(z|x) || p(z)) of each picture and dimension, nats, (N, D); (N, 1) where it does not split over them."""
        if self.cost is not None:
            return self.cost[:, None]
        return kl_per_dimension(
            diagonal_normal(self.mean, self.stddev), standard_normal(self.mean.shape[1], like=self.mean)
        )
