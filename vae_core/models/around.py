"""Models that are made around a VAE: what they have of it, written once."""

from dataclasses import dataclass
from typing import Any, Self

from torch import Tensor, nn
from torch.distributions import Distribution, Independent

from vae_core.data.pictures import Likelihood
from vae_core.models.model import settings_of
from vae_core.models.priors import Prior
from vae_core.models.vae import VAE, VAEConfig


@dataclass(frozen=True)
class AroundConfig:
    """The part of a configuration that is a VAE's; JSON through `to_json` and `from_json`."""

    vae: VAEConfig

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        return self.vae.picture_shape

    @property
    def latent_dim(self) -> int:
        return self.vae.latent_dim

    @property
    def likelihood(self) -> Likelihood:
        return self.vae.likelihood

    @property
    def prior(self) -> Prior:
        return self.vae.prior

    @classmethod
    def from_json(cls, settings: dict) -> Self:
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()}
        return cls(**{**given, "vae": VAEConfig.from_json(given.get("vae", {}))})

    def to_json(self) -> dict:
        return {**settings_of(self), "vae": self.vae.to_json()}


class AroundVAE(nn.Module):
    """p(z), q(z|x) and p(x|z) of the VAE `vae`, for models that add something beside it."""

    vae: VAE

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        return self.vae.prior

    @property
    def encoder(self) -> nn.Module:
        return self.vae.encoder

    @property
    def decoder(self) -> nn.Module:
        return self.vae.decoder

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z|x) of whole pictures x (B, C, H, W): batch (B,), event (D,). Raises ValueError as the VAE does."""
        return self.vae.encode(x, y)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of latents z (..., D): batch (...,), event (C, H, W). Raises ValueError as the VAE does."""
        return self.vae.decode(z, y)
