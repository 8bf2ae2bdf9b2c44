"""A VAE with a second encoder, for pictures of which only some pixels are observed: q(z | x observed)."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, MixtureSameFamily
from torch.nn.functional import conv2d

from vae_core.models.around import AroundConfig, AroundVAE
from vae_core.models.distributions import diagonal_normal
from vae_core.models.inputs import check_pictures
from vae_core.models.networks import mlp, mlp_parameters
from vae_core.models.vae import SMALLEST_STDDEV, VAE, VAEConfig, check_parameters, check_widths, whole_number
from vae_core.outside import shown

Completer = Literal["mlp", "partial-conv"]
DEFAULT_COMPLETER_WIDTHS = {"mlp": (700, 700), "partial-conv": (32, 64, 64, 256)}


@dataclass(frozen=True)
class MaskedConfig(AroundConfig):
    """Everything that rebuilds the model's shape; JSON through `to_json` and `MaskedConfig.from_json`."""

    vae: VAEConfig
    completer: Completer = "mlp"
    completer_hidden: tuple[int, ...] = ()  # of the MLP, or channels of the convolutions and units; empty: the default
    components: int = 10  # Gaussians that q(z | x observed) is a mixture of
    family: Literal["masked"] = field(default="masked", kw_only=True)

    def __post_init__(self):
        if self.family != "masked":
            raise ValueError(f"family must be masked, got {shown(self.family)!r}")
        if not isinstance(self.completer, str) or self.completer not in DEFAULT_COMPLETER_WIDTHS:
            raise ValueError(f"completer must be mlp or partial-conv, got {shown(self.completer)!r}")
        if self.completer_hidden == ():
            object.__setattr__(self, "completer_hidden", DEFAULT_COMPLETER_WIDTHS[self.completer])
        check_widths("completer_hidden", self.completer_hidden)
        if self.completer == "partial-conv" and len(self.completer_hidden) < 2:
            raise ValueError(f"completer_hidden must be (channels, ..., units), got {self.completer_hidden}")
        if not whole_number(self.components, 100):
            raise ValueError(f"components must be between 1 and 100, got {shown(self.components)}")
        check_parameters(self.parameters)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, the VAE's included, which need not be built to know it."""
        (channels, height, width), hidden = self.picture_shape, self.completer_hidden
        outputs = self.components * (1 + 2 * self.latent_dim)
        if self.completer == "mlp":
            return self.vae.parameters + mlp_parameters(((channels + 1) * height * width, *hidden, outputs))
        convolutions = 0
        for number, (before, after) in enumerate(pairwise((channels, *hidden[:-1]))):
            convolutions += ((25 if number == 0 else 9) * before + 1) * after
            height, width = (height + 1) // 2, (width + 1) // 2
        return self.vae.parameters + convolutions + mlp_parameters((hidden[-2] * height * width, hidden[-1], outputs))


class MaskedVAE(AroundVAE):
    """A trained VAE, which stays as it is, and an encoder for what is left of a picture.

    `prior`, `encode` and `decode` are the VAE's. `encode_observed` sees the observed pixels and the mask alone.
    """

    def __init__(self, config: MaskedConfig):
        super().__init__()
        self.config = config
        self.vae = VAE(config.vae).requires_grad_(False)
        outputs = config.components * (1 + 2 * config.latent_dim)
        completer_class = {"mlp": MaskedMLP, "partial-conv": PartialConvEncoder}[config.completer]
        self.completer = completer_class(config.picture_shape, config.completer_hidden, outputs)

    def encode_observed(self, x: Tensor, mask: Tensor) -> Distribution:
        """q(z | x observed) of pictures x (B, C, H, W) seen through mask (B, 1, H, W), True = observed: batch (B,),
        event (D,). What x holds where it is not observed has no influence. Raises ValueError for other shapes."""
        if not torch.compiler.is_compiling():
            check_pictures(x, self.config.picture_shape, self.vae.dtype)
        outputs = self.completer(x, mask.to(x.dtype)).float()
        logits, mean, raw_scale = outputs.split(
            [self.config.components, *[self.config.components * self.config.latent_dim] * 2], dim=1
        )
        shape = (len(x), self.config.components, self.config.latent_dim)
        stddev = nn.functional.softplus(raw_scale.reshape(shape)) + SMALLEST_STDDEV
        mixture = Categorical(logits=logits, validate_args=False)
        return MixtureSameFamily(mixture, diagonal_normal(mean.reshape(shape), stddev), validate_args=False)


class MaskedMLP(nn.Module):
    """(B, C, H, W) and mask (B, 1, H, W) -> (B, outputs): fully connected layers over observed pixels and mask."""

    def __init__(self, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], outputs: int):
        super().__init__()
        channels, height, width = picture_shape
        self.layers = mlp(((channels + 1) * height * width, *hidden, outputs))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.layers(torch.cat([x * mask, mask], 1).flatten(1))


class PartialConv2d(nn.Conv2d):
    """A convolution over observed pixels only, renormalised by their count, with the mask of where there were any.

    Liu et al. 2018, equations 1 and 2 (https://arxiv.org/abs/1804.07723). The count is compared with that of the
    window's pixels inside the picture, so that with nothing missing it is the plain convolution at the border, too.
    """

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override] # it needs the mask
        """x (B, C, H, W), mask (B, 1, H, W) of 0 and 1 -> features (B, C', H', W'), mask (B, 1, H', W')."""
        window = torch.ones(1, 1, *self.kernel_size, dtype=mask.dtype, device=mask.device)
        observed = conv2d(mask, window, stride=self.stride, padding=self.padding)
        inside = conv2d(torch.ones_like(mask[:1]), window, stride=self.stride, padding=self.padding)
        seen = (observed > 0).to(mask.dtype)
        features = conv2d(x * mask, self.weight, stride=self.stride, padding=self.padding)
        features = features * (inside / observed.clamp_min(1)) * seen
        return features + cast(Tensor, self.bias)[:, None, None] * seen, seen


class PartialConvEncoder(nn.Module):
    """(B, C, H, W) and mask (B, 1, H, W) -> (B, outputs): partial convolutions of stride 2, then `hidden[-1]` fully
    connected units. `hidden[:-1]` are the channels."""

    def __init__(self, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], outputs: int):
        super().__init__()
        channels, height, width = picture_shape
        widths = (channels, *hidden[:-1])
        self.convolutions = nn.ModuleList(
            PartialConv2d(before, after, kernel_size=5 if number == 0 else 3, stride=2, padding=2 if number == 0 else 1)
            for number, (before, after) in enumerate(pairwise(widths))
        )
        for _ in self.convolutions:
            height, width = (height + 1) // 2, (width + 1) // 2
        self.layers = mlp((widths[-1] * height * width, hidden[-1], outputs))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        for convolution in self.convolutions:
            x, mask = convolution(x, mask)
            x = x.relu()
        return self.layers(x.flatten(1))
