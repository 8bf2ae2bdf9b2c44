"""A VAE of pictures whose label is known: p(x|y) = E_p(z)[p(x|y, z)], with y beside x and beside z.

The conditional VAE of Kingma et al. 2014, section 2 (https://arxiv.org/abs/1406.5298), and of Sohn, Lee & Yan 2015,
equation 4 (https://papers.nips.cc/paper/5775), with a prior that does not depend on y: z is the style, y the content.
"""

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent
from torch.nn.functional import one_hot

from vae_core.models.around import AroundConfig
from vae_core.models.inputs import check_labels, check_latents
from vae_core.models.vae import VAE, VAEConfig, check_parameters, gaussian_latents, pixels
from vae_core.outside import shown

MOST_CLASSES = 1000


@dataclass(frozen=True)
class ConditionalConfig(AroundConfig):
    """Everything that rebuilds the model's shape; JSON through `to_json` and `ConditionalConfig.from_json`."""

    vae: VAEConfig  # without labels; both of its networks are given y as well
    classes: int
    encoder_sees_label: bool = True  # q(z|x, y); else q(z|x): the posterior has to find the style alone
    family: Literal["conditional"] = field(default="conditional", kw_only=True)

    def __post_init__(self):
        if self.family != "conditional":
            raise ValueError(f"family must be conditional, got {shown(self.family)!r}")
        if not isinstance(self.vae, VAEConfig):
            raise ValueError(f"vae must be a configuration of the family vae, got {shown(self.vae)}")
        if self.vae.prior == "vamp":
            raise ValueError("the prior vamp has no labels for its pseudo-pictures: use normal or mixture")
        counted = isinstance(self.classes, int) and not isinstance(self.classes, bool)
        if not (counted and 2 <= self.classes <= MOST_CLASSES):
            raise ValueError(f"classes must be between 2 and {MOST_CLASSES}, got {shown(self.classes)}")
        if not isinstance(self.encoder_sees_label, bool):
            raise ValueError(f"encoder_sees_label must be true or false, got {shown(self.encoder_sees_label)}")
        check_parameters(self.parameters)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        hidden = (
            self.vae.hidden
        )  # the decoder's first linear layer is as wide as its last, the encoder's as one of them
        seeing = hidden[-1] + self.encoder_sees_label * (hidden[0] if self.vae.network == "mlp" else hidden[-1])
        return self.vae.parameters + self.classes * seeing


class Labelled(nn.Module):
    """A network whose first linear layer is given a label beside what it is given anyway: W [h, y] = W_h h + W_y y.

    The network and `of_label`, which is W_y, are parts of the model that it is put together in.
    """

    def __init__(self, network: nn.Sequential, of_label: nn.Linear):
        super().__init__()
        self.network, self.of_label = network, of_label

    def forward(self, given: Tensor, label: Tensor) -> Tensor:
        """Pictures or latents (B, ...), and one-hot labels (B, classes), or (K, 1, classes) for K answers (K, B, ...)
        to each."""
        first = next(layer for layer in self.network if isinstance(layer, nn.Linear))
        for layer in self.network:
            given = layer(given)
            if layer is first:
                given = given + self.of_label(label)
                leading = given.shape[:-1]
                given = given.flatten(0, -2)
        return given.unflatten(0, leading)


class ConditionalVAE(nn.Module):
    """p(z) as the VAE's, q(z|x, y) Gaussian (or q(z|x), where the encoder does not see y), p(x|y, z) as the VAE's."""

    def __init__(self, config: ConditionalConfig):
        super().__init__()
        self.config = config
        self.vae = VAE(config.vae)
        if config.encoder_sees_label:
            self.label_in_encoder = label_layer(self.vae.encoder, config.classes)
        self.label_in_decoder = label_layer(self.vae.decoder, config.classes)

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        return self.vae.prior

    @property
    def encoder(self) -> nn.Module:
        """From pictures (B, C, H, W) and one-hot labels (B, classes), where it sees them, to the numbers of q(z|x, y)
        (B, 2 D)."""
        if not self.config.encoder_sees_label:
            return self.vae.encoder
        return Labelled(self.vae.encoder, self.label_in_encoder)

    @property
    def decoder(self) -> nn.Module:
        """From latents (B, D) and one-hot labels (B, classes) to the logits of the mean picture (B, C, H, W)."""
        return Labelled(self.vae.decoder, self.label_in_decoder)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Independent:
        """q(z|x, y) of pictures x (B, C, H, W), floats in [0, 1], with labels y, int64 (B,): batch (B,), event (D,).
        Raises ValueError for others."""
        self.vae.check(x)
        return self.posterior(x, one_hot(check_labels(y, x.shape[:1], self.config.classes), self.config.classes))

    def encode_with_each_label(self, x: Tensor) -> Independent:
        """q(z|x, y) of pictures x (B, C, H, W) for every label y: batch (classes, B), event (D,). Raises ValueError for
        other pictures."""
        self.vae.check(x)
        return self.posterior(x, torch.eye(self.config.classes, device=x.device)[:, None])

    def posterior(self, x: Tensor, label: Tensor) -> Independent:
        """q(z|x, y) of pictures that need no checks, with one-hot labels as `Labelled` takes them."""
        if self.config.encoder_sees_label:
            return gaussian_latents(self.encoder(x, label.to(self.vae.dtype)))
        posterior = gaussian_latents(self.encoder(x))
        return posterior.expand(torch.Size(torch.broadcast_shapes(label.shape[:-1], posterior.batch_shape)))

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|y, z) of latents z (..., D) with labels y, int64 (...,): batch (...,), event (C, H, W); its `.mean` is
        the picture, in [0, 1]. Raises ValueError for others."""
        if not torch.compiler.is_compiling():
            check_latents(z, self.config.latent_dim, self.vae.dtype)
        classes = self.config.classes
        label = one_hot(check_labels(y, z.shape[:-1], classes).reshape(-1), classes).to(self.vae.dtype)
        logits = self.decoder(z.reshape(-1, z.shape[-1]), label).float()
        return pixels(logits.reshape(*z.shape[:-1], *self.config.picture_shape), self.vae.noise)


def label_layer(network: nn.Sequential, classes: int) -> nn.Linear:
    """W_y of `Labelled`, for a network's first linear layer: with the first weights of an input beside its others."""
    first = next(layer for layer in network if isinstance(layer, nn.Linear))
    layer = nn.Linear(classes, first.out_features, bias=False)
    bound = (first.in_features + classes) ** -0.5
    nn.init.uniform_(layer.weight, -bound, bound)
    return layer
