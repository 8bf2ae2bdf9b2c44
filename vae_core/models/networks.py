"""Networks between pictures and vectors: fully connected and convolutional, for any picture the registry has."""

from itertools import pairwise
from math import prod
from typing import Literal

from torch import Tensor, nn

from vae_core.models.model import Model

PATCH = 4  # pixels along the side of a patch


Activation = Literal["relu", "tanh"]  # between the layers of an MLP
ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


def mlp(sizes: tuple[int, ...], activation: Activation = "relu") -> nn.Sequential:
    """Linear layers with an activation between them, none after the last: (B, sizes[0]) -> (B, sizes[-1])."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def halvings(height: int, width: int) -> int:
    """How often a picture can be halved exactly while its smaller side stays at least 4 pixels."""
    count = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) // 2 >= 4:
        height, width, count = height // 2, width // 2, count + 1
    return count


class MLPEncoder(nn.Sequential):
    """(B, C, H, W) -> (B, outputs) through fully connected layers of the `hidden` widths."""

    def __init__(
        self,
        picture_shape: tuple[int, int, int],
        hidden: tuple[int, ...],
        outputs: int,
        activation: Activation = "relu",
    ):
        super().__init__(nn.Flatten(), *mlp((prod(picture_shape), *hidden, outputs), activation))


class MLPDecoder(nn.Sequential):
    """(B, D) -> (B, C, H, W) through fully connected layers of the `hidden` widths, the encoder's in reverse."""

    def __init__(
        self,
        picture_shape: tuple[int, int, int],
        hidden: tuple[int, ...],
        latent_dim: int,
        activation: Activation = "relu",
    ):
        super().__init__(
            *mlp((latent_dim, *reversed(hidden), prod(picture_shape)), activation),
            nn.Unflatten(1, picture_shape),
        )


class ConvEncoder(nn.Sequential):
    """(B, C, H, W) -> (B, outputs): 4x4 convolutions of stride 2, one per halving of the picture, then `hidden[-1]`
    fully connected units. `hidden[0]` is the number of channels, doubled for the smaller half of the feature maps
    (the layout of Burgess et al. 2018, appendix A, with the widths left open)."""

    def __init__(self, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], outputs: int):
        channels = conv_channels(picture_shape, hidden[0])
        layers: list[nn.Module] = []
        for inputs, outputs_ in pairwise(channels):
            layers += [nn.Conv2d(inputs, outputs_, kernel_size=4, stride=2, padding=1), nn.ReLU()]
        flat = prod(smallest_feature_map(picture_shape, channels[-1]))
        super().__init__(*layers, nn.Flatten(), nn.Linear(flat, hidden[-1]), nn.ReLU(), nn.Linear(hidden[-1], outputs))


class ConvDecoder(nn.Sequential):
    """(B, D) -> (B, C, H, W): the convolutional encoder in reverse, with transposed convolutions."""

    def __init__(self, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], latent_dim: int):
        channels = conv_channels(picture_shape, hidden[0])[::-1]
        smallest = smallest_feature_map(picture_shape, channels[0])
        layers: list[nn.Module] = [
            *mlp((latent_dim, hidden[-1], prod(smallest))),
            nn.ReLU(),
            nn.Unflatten(1, smallest),
        ]
        for inputs, outputs in pairwise(channels):
            layers += [nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1), nn.ReLU()]
        super().__init__(*layers[:-1])


class PatchEncoder(nn.Sequential):
    """(B, C, H, W) -> (B, outputs): one vector of `hidden[0]` channels for each 4x4 patch, a 4x4 convolution of stride
    2 over them, then `hidden[-1]` fully connected units. A third of the work of `ConvEncoder`, most of which lies in
    large feature maps."""

    def __init__(self, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], outputs: int):
        channels, (width, *sides) = picture_shape[0], patch_feature_map(picture_shape, hidden[0])
        super().__init__(
            nn.PixelUnshuffle(PATCH),
            nn.Conv2d(channels * PATCH**2, width, kernel_size=1),
            nn.ReLU(),
            nn.Conv2d(width, width, kernel_size=4, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            *mlp((width * prod(sides), hidden[-1], outputs)),
        )


class PatchDecoder(nn.Sequential):
    """(B, D) -> (B, C, H, W): the patch encoder in reverse."""

    def __init__(self, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], latent_dim: int):
        channels, smallest = picture_shape[0], patch_feature_map(picture_shape, hidden[0])
        super().__init__(
            *mlp((latent_dim, hidden[-1], prod(smallest))),
            nn.ReLU(),
            nn.Unflatten(1, smallest),
            nn.ConvTranspose2d(smallest[0], smallest[0], kernel_size=4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(smallest[0], channels * PATCH**2, kernel_size=1),
            nn.PixelShuffle(PATCH),
        )


def patch_feature_map(picture_shape: tuple[int, int, int], channels: int) -> tuple[int, int, int]:
    """Shape (C, H, W) of the patch network's last feature map."""
    return channels, picture_shape[1] // (2 * PATCH), picture_shape[2] // (2 * PATCH)


def conv_channels(picture_shape: tuple[int, int, int], channels: int) -> tuple[int, ...]:
    """Channels of the feature maps from the picture to the smallest: `channels`, doubled for the smaller half."""
    stages = halvings(*picture_shape[1:])
    return (picture_shape[0], *(channels * (1 if stage < (stages + 1) // 2 else 2) for stage in range(stages)))


def smallest_feature_map(picture_shape: tuple[int, int, int], channels: int) -> tuple[int, int, int]:
    """Shape (C, H, W) of the last feature map."""
    scale = 2 ** halvings(*picture_shape[1:])
    return channels, picture_shape[1] // scale, picture_shape[2] // scale


def mlp_parameters(sizes: tuple[int, ...]) -> int:
    """Number of learned numbers in `mlp(sizes)`."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))


def vae_parameters(network: str, picture_shape: tuple[int, int, int], hidden: tuple[int, ...], latent_dim: int) -> int:
    """Number of learned numbers in the encoder and decoder of a kind of network, before either is built."""
    pixels = prod(picture_shape)
    if network == "mlp":
        encoder = mlp_parameters((pixels, *hidden, 2 * latent_dim))
        return encoder + mlp_parameters((latent_dim, *reversed(hidden), pixels))
    if network == "conv":
        channels = conv_channels(picture_shape, hidden[0])
        flat = prod(smallest_feature_map(picture_shape, channels[-1]))
        both = [(16 * inputs + 1) * outputs for inputs, outputs in (*pairwise(channels), *pairwise(channels[::-1]))]
    else:
        width, patch = hidden[0], picture_shape[0] * PATCH**2
        flat = prod(patch_feature_map(picture_shape, width))
        both = [(patch + 1) * width, 2 * (16 * width + 1) * width, (width + 1) * patch]
    dense = mlp_parameters((flat, hidden[-1], 2 * latent_dim)) + mlp_parameters((latent_dim, hidden[-1], flat))
    return sum(both) + dense


def parameter_count(module: nn.Module | Model) -> int:
    """Number of learned numbers in a module."""
    return sum(parameter.numel() for parameter in module.parameters())


def split_mean_and_raw_scale(outputs: Tensor) -> tuple[Tensor, Tensor]:
    """(B, 2 D) -> two tensors (B, D): the mean and the unconstrained scale of a diagonal Gaussian."""
    mean, raw_scale = outputs.chunk(2, dim=-1)
    return mean, raw_scale
