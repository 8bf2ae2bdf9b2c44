"""A VAE beside a discriminator, whose features say how alike two pictures are: the VAE/GAN of Larsen, Sønderby,
Larochelle & Winther 2016 (https://arxiv.org/abs/1512.09300)."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

from vae_core.models.around import AroundConfig, AroundVAE
from vae_core.models.networks import conv_channels, halvings, mlp, mlp_parameters, smallest_feature_map
from vae_core.models.vae import VAE, VAEConfig, check_parameters, check_widths, whole_number
from vae_core.outside import shown

DEFAULT_DISCRIMINATOR = (16, 128)
SLOPE = 0.2  # of the discriminator's units below zero


@dataclass(frozen=True)
class AdversarialConfig(AroundConfig):
    """Everything that rebuilds the model's shape; JSON through `to_json` and `AdversarialConfig.from_json`."""

    vae: VAEConfig
    discriminator: tuple[int, ...] = DEFAULT_DISCRIMINATOR  # channels, doubled for the smaller feature maps, and units
    layer: int = 2  # l, of the discriminator's convolutions the one whose features are compared, from 1
    family: Literal["adversarial"] = field(default="adversarial", kw_only=True)

    def __post_init__(self):
        if self.family != "adversarial":
            raise ValueError(f"family must be adversarial, got {shown(self.family)!r}")
        if not isinstance(self.vae, VAEConfig):
            raise ValueError(f"vae must be the configuration of a VAE, got {shown(self.vae)}")
        check_widths("discriminator", self.discriminator)
        if len(self.discriminator) != 2:
            raise ValueError(f"discriminator must be (channels, units), got {self.discriminator}")
        if halvings(*self.picture_shape[1:]) == 0:
            size = "x".join(map(str, self.picture_shape[1:]))
            raise ValueError(f"a discriminator needs pictures of even size from 8x8 up, got {size}")
        if not whole_number(self.layer, halvings(*self.picture_shape[1:])):
            most = halvings(*self.picture_shape[1:])
            raise ValueError(f"layer must be between 1 and {most}, the discriminator's last, got {shown(self.layer)}")
        check_parameters(self.parameters)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, the discriminator's included, which need not be built to know it."""
        channels, units = conv_channels(self.picture_shape, self.discriminator[0]), self.discriminator[1]
        convolutions = sum((16 * before + 1) * after for before, after in pairwise(channels))
        scales = 2 * sum(channels[1:])
        width, height, across = smallest_feature_map(self.picture_shape, channels[-1])
        return self.vae.parameters + convolutions + scales + mlp_parameters((width * height * across, units, 1))


class Discriminator(nn.Module):
    """From pictures (B, C, H, W) to the log odds that they are real (B,), and to the features by which they are
    compared: 4x4 convolutions of stride 2, one per halving, each normalised over the batch, then fully connected units.

    Normalising each picture by itself would hide its brightness and contrast, which the decoder then never learns. The
    batch is always the one at hand: pictures and what they are compared with are asked about together.
    """

    def __init__(self, picture_shape: tuple[int, int, int], widths: tuple[int, ...], layer: int):
        super().__init__()
        self.layer = layer
        channels = conv_channels(picture_shape, widths[0])
        self.stages = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after, track_running_stats=False)
            )
            for before, after in pairwise(channels)
        )
        width, height, across = smallest_feature_map(picture_shape, channels[-1])
        units, odds = mlp((width * height * across, widths[1], 1))[0::2]
        self.odds = nn.Sequential(nn.Flatten(), units, nn.LeakyReLU(SLOPE), odds, nn.Flatten(0))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, C, H, W) -> features (B, F) and log odds (B,)."""
        for number, stage in enumerate(self.stages, start=1):
            x = stage(x)
            if number == self.layer:
                features = x.flatten(1)
            x = nn.functional.leaky_relu(x, SLOPE)
        return features, self.odds(x)


class AdversarialVAE(AroundVAE):
    """A VAE, whose `prior`, `encode` and `decode` are its own, and a discriminator, which only training asks."""

    def __init__(self, config: AdversarialConfig):
        super().__init__()
        self.config = config
        self.vae = VAE(config.vae)
        self.discriminator = Discriminator(config.picture_shape, config.discriminator, config.layer)


def held(module: nn.Module) -> dict[str, Tensor]:
    """A module's parameters, through which no gradient goes: what `torch.func.functional_call` is given."""
    return {name: parameter.detach() for name, parameter in module.named_parameters()}
