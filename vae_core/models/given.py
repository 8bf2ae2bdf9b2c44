"""A model that takes labels, with one label held: a model without labels to whoever judges or draws it."""

from torch import Tensor, nn
from torch.distributions import Distribution, Independent

from vae_core.models.inputs import check_no_labels
from vae_core.models.model import Config, Model


class Given(nn.Module):
    """p(z), q(z|x, y) and p(x|y, z) of a model that takes labels, at the given labels y: one, int64 (), for all
    pictures, or (B,), one for each of B pictures, which are then asked about together."""

    def __init__(self, model: Model, labels: Tensor):
        super().__init__()
        self.model, self.labels = model, labels

    @property
    def config(self) -> Config:
        return self.model.config

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        return self.model.prior

    @property
    def decoder(self) -> nn.Module:
        return self.model.decoder

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z|x, y) of pictures x (B, C, H, W): batch (B,), event (D,). Raises ValueError for further labels."""
        check_no_labels(y)
        return self.model.encode(x, self.labels.expand(len(x)))

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|y, z) of latents z (..., D): batch (...,), event (C, H, W). Raises ValueError for further labels."""
        check_no_labels(y)
        return self.model.decode(z, self.labels.expand(z.shape[:-1]))
