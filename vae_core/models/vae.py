"""The variational autoencoder of Kingma & Welling 2013 (https://arxiv.org/abs/1312.6114)."""

from dataclasses import asdict, dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from vae_core.models import networks
from vae_core.models.distributions import PictureBernoulli, diagonal_normal, picture_normal, standard_normal

Likelihood = Literal["bernoulli", "gaussian"]
Network = Literal["mlp", "conv", "patch"]

DEFAULT_WIDTHS = {"mlp": (500, 500), "conv": (32, 256), "patch": (32, 128)}  # the MLP's are the lecture's
SMALLEST_STDDEV = 1e-4  # keeps log q(z|x) finite when a dimension is known almost exactly
SMALLEST_NOISE = 1 / 256  # a pixel's noise is at least one grey level: the data say nothing below it


def whole_number(value: object, most: int) -> bool:
    """Whether a value is an int from 1 to `most`: JSON may hold anything."""
    return isinstance(value, int) and 1 <= value <= most


@dataclass(frozen=True)
class VAEConfig:
    """Everything that rebuilds a VAE's shape; JSON through `to_json` and `VAEConfig.from_json`."""

    picture_shape: tuple[int, int, int]  # (C, H, W)
    latent_dim: int = 10
    network: Network = "mlp"
    hidden: tuple[int, ...] = ()  # widths of the MLP, or (channels, fully connected units); empty: see DEFAULT_WIDTHS
    likelihood: Likelihood = "bernoulli"  # "gaussian" has one learned standard deviation for all pixels
    family: Literal["vae"] = "vae"

    def __post_init__(self):
        if len(self.picture_shape) != 3 or not all(whole_number(side, 1024) for side in self.picture_shape):
            raise ValueError(f"picture_shape must be (channels, height, width) of 1 to 1024, got {self.picture_shape}")
        if not whole_number(self.latent_dim, 512):
            raise ValueError(f"latent_dim must be between 1 and 512, got {self.latent_dim}")
        if self.network not in DEFAULT_WIDTHS:
            raise ValueError(f"network must be mlp, conv or patch, got {self.network!r}")
        if not self.hidden:
            object.__setattr__(self, "hidden", DEFAULT_WIDTHS[self.network])
        if not all(whole_number(width, 8192) for width in self.hidden):
            raise ValueError(f"hidden must hold widths between 1 and 8192, got {self.hidden}")
        if self.network in ("conv", "patch") and len(self.hidden) != 2:
            raise ValueError(f"hidden must be (channels, units) for a convolutional network, got {self.hidden}")
        if self.likelihood not in ("bernoulli", "gaussian"):
            raise ValueError(f"likelihood must be bernoulli or gaussian, got {self.likelihood!r}")
        if self.family != "vae":
            raise ValueError(f"family must be vae, got {self.family!r}")
        if self.network == "conv" and networks.halvings(*self.picture_shape[1:]) == 0:
            size = "x".join(map(str, self.picture_shape[1:]))
            raise ValueError(f"a convolutional network needs pictures of even size from 8x8 up, got {size}: use mlp")
        if self.network == "patch" and any(side % (2 * networks.PATCH) for side in self.picture_shape[1:]):
            size = "x".join(map(str, self.picture_shape[1:]))
            raise ValueError(f"a patch network needs sides that are multiples of 8 pixels, got {size}: use conv or mlp")

    @classmethod
    def from_json(cls, settings: dict) -> "VAEConfig":
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()})

    def to_json(self) -> dict:
        return asdict(self)


class VAE(nn.Module):
    """p(z) = N(0, I), q(z|x) = N(mu(x), diag sigma(x)^2), p(x|z) Bernoulli or Gaussian pixels."""

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        encoder, decoder = {
            "mlp": (networks.MLPEncoder, networks.MLPDecoder),
            "conv": (networks.ConvEncoder, networks.ConvDecoder),
            "patch": (networks.PatchEncoder, networks.PatchDecoder),
        }[config.network]
        self.encoder = encoder(config.picture_shape, config.hidden, 2 * config.latent_dim)
        self.decoder = decoder(config.picture_shape, config.hidden, config.latent_dim)
        if config.likelihood == "gaussian":
            self.log_noise = nn.Parameter(torch.tensor(-2.0))  # log of the pixels' standard deviation

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        return standard_normal(self.config.latent_dim, like=next(self.parameters()))

    def encode(self, x: Tensor) -> Distribution:
        """q(z|x) of pictures x (B, C, H, W): batch (B,), event (D,)."""
        mean, raw_scale = networks.split_mean_and_raw_scale(self.encoder(x).float())
        return diagonal_normal(mean, nn.functional.softplus(raw_scale) + SMALLEST_STDDEV)

    def decode(self, z: Tensor) -> Distribution:
        """p(x|z) of latents z (..., D): batch (...,), event (C, H, W); its `.mean` is the picture, in [0, 1]."""
        outputs = self.decoder(z.reshape(-1, z.shape[-1])).float()
        outputs = outputs.reshape(*z.shape[:-1], *self.config.picture_shape)  # (..., C, H, W)
        if self.config.likelihood == "bernoulli":
            return PictureBernoulli(outputs)
        return picture_normal(outputs.sigmoid(), self.log_noise.exp() + SMALLEST_NOISE)
