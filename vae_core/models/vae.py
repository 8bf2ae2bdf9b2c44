"""The variational autoencoder of Kingma & Welling 2013 (https://arxiv.org/abs/1312.6114)."""

from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent

from vae_core.data.pictures import Likelihood
from vae_core.models import networks
from vae_core.models.distributions import PictureBernoulli, diagonal_normal, picture_normal, standard_normal
from vae_core.models.inputs import check_latents, check_no_labels, check_pictures, check_range
from vae_core.models.model import LEFT_OUT, settings_of
from vae_core.models.priors import (
    MixturePrior,
    Prior,
    PseudoPictures,
    check_prior,
    evenly_mixed,
    prior_parameters,
)
from vae_core.outside import shown

Network = Literal["mlp", "conv", "patch"]

DEFAULT_WIDTHS = {"mlp": (500, 500), "conv": (32, 256), "patch": (32, 128)}  # the MLP's are the lecture's
MOST_SIDE = 1024  # pixels of a picture
MOST_WIDTH, MOST_LAYERS = 8192, 16
MOST_PARAMETERS = 200_000_000  # 800 MB in memory
SMALLEST_STDDEV = 1e-4  # keeps log q(z|x) finite when a dimension is known almost exactly
SMALLEST_NOISE = 1 / 256  # a pixel's noise is at least one grey level: the data say nothing below it


def whole_number(value: object, most: int) -> bool:
    """Whether a value is an int, not a bool, from 1 to `most`: JSON may hold anything."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def check_widths(name: str, widths: object) -> None:
    """Raise ValueError unless `widths` is a tuple of widths of layers, as many as a network may have."""
    if not isinstance(widths, tuple) or not all(whole_number(width, MOST_WIDTH) for width in widths):
        raise ValueError(f"{name} must hold widths between 1 and {MOST_WIDTH}, got {shown(widths)}")
    if not 1 <= len(widths) <= MOST_LAYERS:
        raise ValueError(f"{name} must hold 1 to {MOST_LAYERS} widths, got {len(widths)}")


def check_parameters(count: int) -> None:
    """Raise ValueError for more learned numbers than a model may have."""
    if count > MOST_PARAMETERS:
        raise ValueError(f"the model would have {count:,} parameters, at most {MOST_PARAMETERS:,} are possible")


@dataclass(frozen=True)
class VAEConfig:
    """Everything that rebuilds a VAE's shape; JSON through `to_json` and `VAEConfig.from_json`."""

    picture_shape: tuple[int, int, int]  # (C, H, W)
    latent_dim: int = 10
    network: Network = "mlp"
    hidden: tuple[int, ...] = ()  # widths of the MLP, or (channels, fully connected units); empty: see DEFAULT_WIDTHS
    likelihood: Likelihood = "bernoulli"  # "gaussian" has one learned standard deviation for all pixels
    activation: networks.Activation = field(default="relu", metadata=LEFT_OUT)  # of an MLP
    # N(0, I), or learned: a mixture of Gaussians, or of the posteriors of pseudo-pictures
    prior: Prior = field(default="normal", metadata=LEFT_OUT)
    prior_components: int = field(default=0, metadata=LEFT_OUT)  # of a learned prior
    family: Literal["vae"] = "vae"

    def __post_init__(self):
        shape = self.picture_shape
        if not isinstance(shape, tuple) or len(shape) != 3 or not all(whole_number(side, MOST_SIDE) for side in shape):
            raise ValueError(f"picture_shape must be (channels, height, width) of 1 to 1024, got {shown(shape)}")
        if shape[0] not in (1, 3):
            raise ValueError(f"picture_shape must have 1 channel (grey) or 3 (colour), got {shape[0]}")
        if not whole_number(self.latent_dim, 512):
            raise ValueError(f"latent_dim must be between 1 and 512, got {shown(self.latent_dim)}")
        if not isinstance(self.network, str) or self.network not in DEFAULT_WIDTHS:
            raise ValueError(f"network must be mlp, conv or patch, got {shown(self.network)!r}")
        if self.hidden == ():
            object.__setattr__(self, "hidden", DEFAULT_WIDTHS[self.network])
        check_widths("hidden", self.hidden)
        if self.network in ("conv", "patch") and len(self.hidden) != 2:
            raise ValueError(f"hidden must be (channels, units) for a convolutional network, got {self.hidden}")
        if self.likelihood not in ("bernoulli", "gaussian"):
            raise ValueError(f"likelihood must be bernoulli or gaussian, got {shown(self.likelihood)!r}")
        if self.family != "vae":
            raise ValueError(f"family must be vae, got {shown(self.family)!r}")
        if not isinstance(self.activation, str) or self.activation not in networks.ACTIVATIONS:
            raise ValueError(f"activation must be {' or '.join(networks.ACTIVATIONS)}, got {shown(self.activation)!r}")
        if self.activation != "relu" and self.network != "mlp":
            raise ValueError(f"activation is relu in the network {self.network}, got {self.activation!r}: use mlp")
        check_prior(self.prior, self.prior_components)
        if self.network == "conv" and networks.halvings(*self.picture_shape[1:]) == 0:
            size = "x".join(map(str, self.picture_shape[1:]))
            raise ValueError(f"a convolutional network needs pictures of even size from 8x8 up, got {size}: use mlp")
        if self.network == "patch" and any(side % (2 * networks.PATCH) for side in self.picture_shape[1:]):
            size = "x".join(map(str, self.picture_shape[1:]))
            raise ValueError(f"a patch network needs sides that are multiples of 8 pixels, got {size}: use conv or mlp")
        check_parameters(self.parameters)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        networks_ = networks.vae_parameters(self.network, self.picture_shape, self.hidden, self.latent_dim)
        learned = prior_parameters(self.prior, self.prior_components, self.latent_dim, self.picture_shape)
        return networks_ + learned + (self.likelihood == "gaussian")

    @classmethod
    def from_json(cls, settings: dict) -> "VAEConfig":
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()}
        return cls(**given)

    def to_json(self) -> dict:
        return settings_of(self)


class VAE(nn.Module):
    """p(z) = N(0, I) or learned, q(z|x) = N(mu(x), diag sigma(x)^2), p(x|z) Bernoulli or Gaussian pixels."""

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        encoder, decoder = {
            "mlp": (networks.MLPEncoder, networks.MLPDecoder),
            "conv": (networks.ConvEncoder, networks.ConvDecoder),
            "patch": (networks.PatchEncoder, networks.PatchDecoder),
        }[config.network]
        own = {"activation": config.activation} if config.network == "mlp" else {}
        self.encoder = encoder(config.picture_shape, config.hidden, 2 * config.latent_dim, **own)
        self.decoder = decoder(config.picture_shape, config.hidden, config.latent_dim, **own)
        if config.prior == "mixture":
            self.mixture = MixturePrior(config.prior_components, config.latent_dim)
        elif config.prior == "vamp":
            self.pseudo_pictures = PseudoPictures(config.prior_components, config.picture_shape)
        if config.likelihood == "gaussian":
            self.log_noise = nn.Parameter(torch.tensor(-2.0))  # log of the pixels' standard deviation

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights, and so of pictures and latents."""
        return next(self.parameters()).dtype

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        if self.config.prior == "mixture":
            return self.mixture()
        if self.config.prior == "vamp":
            return evenly_mixed(self.posterior(self.pseudo_pictures()))
        return standard_normal(self.config.latent_dim, like=next(self.parameters()))

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]: batch (B,), event (D,). Raises ValueError for others,
        and for labels y: it takes none."""
        self.check(x, y)
        return self.posterior(x)

    def check(self, x: Tensor, y: Tensor | None = None) -> None:
        """Raise ValueError unless x are pictures that `encode` takes, without labels y."""
        check_no_labels(y)
        if not torch.compiler.is_compiling():
            check_pictures(x, self.config.picture_shape, self.dtype)
        if not torch.compiler.is_compiling() and not (x.is_cuda and torch.is_grad_enabled()):  # a GPU would wait for it
            check_range(x, 0.0 if self.noise is None else self.noise.item())

    def posterior(self, x: Tensor) -> Independent:
        """`encode` of pictures that need no checks."""
        return gaussian_latents(self.encoder(x))

    @property
    def noise(self) -> Tensor | None:
        """Standard deviation of Gaussian pixels, (); None where pixels are bits."""
        return self.log_noise.exp() + SMALLEST_NOISE if self.config.likelihood == "gaussian" else None

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of latents z (..., D): batch (...,), event (C, H, W); its `.mean` is the picture, in [0, 1].

        Raises ValueError for latents of another dimension or dtype, for NaN, and for labels y: it takes none.
        """
        check_no_labels(y)
        if not torch.compiler.is_compiling():
            check_latents(z, self.config.latent_dim, self.dtype)
        outputs = self.decoder(z.reshape(-1, z.shape[-1])).float()
        return pixels(outputs.reshape(*z.shape[:-1], *self.config.picture_shape), self.noise)  # (..., C, H, W)


def gaussian_latents(outputs: Tensor) -> Independent:
    """q(z|x) from what an encoder says, (B, 2 D): batch (B,), event (D,)."""
    mean, raw_scale = networks.split_mean_and_raw_scale(outputs.float())
    return diagonal_normal(mean, nn.functional.softplus(raw_scale) + SMALLEST_STDDEV)


def pixels(logits: Tensor, noise: Tensor | None) -> Independent:
    """p(x|z) from what a decoder says, (..., C, H, W): bits, or Gaussian pixels with the standard deviation `noise`."""
    return PictureBernoulli(logits) if noise is None else picture_normal(logits.sigmoid(), noise)
