"""A VAE of pictures of which only some have labels: the generative semi-supervised model, M2, of Kingma, Rezende,
Mohamed & Welling 2014, section 3.1 (https://arxiv.org/abs/1406.5298)."""

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from math import prod
from typing import Any, Literal

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily

from vae_core.data.pictures import Likelihood
from vae_core.models.conditional import ConditionalConfig, ConditionalVAE
from vae_core.models.distributions import diagonal_normal
from vae_core.models.networks import mlp_parameters
from vae_core.models.priors import Prior
from vae_core.models.vae import check_parameters, check_widths
from vae_core.outside import shown


@dataclass(frozen=True)
class SemiSupervisedConfig:
    """Everything that rebuilds the model's shape; JSON through `to_json` and `SemiSupervisedConfig.from_json`."""

    conditional: ConditionalConfig  # p(x|y, z), and q(z|x, y) as in the paper or q(z|x)
    classifier_hidden: tuple[int, ...] = (500,)  # widths of q(y|x)
    dropout: float = 0.5  # share of q(y|x)'s hidden units that each picture misses in training
    family: Literal["semi-supervised"] = field(default="semi-supervised", kw_only=True)

    def __post_init__(self):
        if self.family != "semi-supervised":
            raise ValueError(f"family must be semi-supervised, got {shown(self.family)!r}")
        if not isinstance(self.conditional, ConditionalConfig):
            raise ValueError(
                f"conditional must be a configuration of the family conditional, got {shown(self.conditional)}"
            )
        check_widths("classifier_hidden", self.classifier_hidden)
        check_dropout(self.dropout)
        check_parameters(self.parameters)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        return self.conditional.parameters + mlp_parameters(self.classifier_sizes)

    @property
    def classifier_sizes(self) -> tuple[int, ...]:
        """Widths of q(y|x), from the pixels to the classes."""
        return (prod(self.picture_shape), *self.classifier_hidden, self.classes)

    @property
    def classes(self) -> int:
        return self.conditional.classes

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        return self.conditional.picture_shape

    @property
    def latent_dim(self) -> int:
        return self.conditional.latent_dim

    @property
    def prior(self) -> Prior:
        return self.conditional.prior

    @property
    def likelihood(self) -> Likelihood:
        return self.conditional.likelihood

    @classmethod
    def from_json(cls, settings: dict) -> "SemiSupervisedConfig":
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        given: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()}
        return cls(**{**given, "conditional": ConditionalConfig.from_json(given.get("conditional", {}))})

    def to_json(self) -> dict:
        return asdict(self) | {"conditional": self.conditional.to_json()}


def check_dropout(value: object) -> None:
    """Raise ValueError unless `dropout` is a share of units that leaves some."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError(f"dropout must be at least 0 and below 1, got {shown(value)}")


class Classifier(nn.Module):
    """(B, C, H, W) -> (B, classes), the logits of q(y|x): fully connected layers of rectified units."""

    def __init__(self, sizes: tuple[int, ...], dropout: float):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(inputs, outputs) for inputs, outputs in pairwise(sizes))
        self.dropout = dropout

    def forward(self, x: Tensor, dropped_by: Generator | None = None) -> Tensor:
        """Each picture misses other hidden units where a generator to draw them from is given."""
        hidden = x.flatten(1)
        for layer in self.layers[:-1]:
            hidden = layer(hidden).relu()
            if dropped_by is not None and self.dropout > 0:
                kept = torch.empty_like(hidden).bernoulli_(1 - self.dropout, generator=dropped_by)
                hidden = hidden * kept / (1 - self.dropout)
        return self.layers[-1](hidden)


class SemiSupervised(nn.Module):
    """p(y) uniform, p(z) as the VAE's, p(x|y, z) and q(z|x, y) of a conditional VAE, and a classifier q(y|x).

    It takes labels where there are some. Without, the latents of `encode` and the pixels of `decode` are mixtures over
    the labels: p(z) and these are a model of p(x) whose labels nobody knows.
    """

    def __init__(self, config: SemiSupervisedConfig):
        super().__init__()
        self.config = config
        self.conditional = ConditionalVAE(config.conditional)
        self.classifier = Classifier(config.classifier_sizes, config.dropout)

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        return self.conditional.prior

    @property
    def decoder(self) -> nn.Module:
        """From latents (B, D) and one-hot labels (B, classes) to the logits of the mean picture (B, C, H, W)."""
        return self.conditional.decoder

    def classify(self, x: Tensor, dropped_by: Generator | None = None) -> Categorical:
        """q(y|x) of pictures x (B, C, H, W), floats in [0, 1]: batch (B,). In training, `dropped_by` draws the hidden
        units that it misses. Raises ValueError for other pictures."""
        self.conditional.vae.check(x)
        return Categorical(logits=self.classifier(x, dropped_by).float(), validate_args=False)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z|x, y) of pictures x (B, C, H, W) with labels y, int64 (B,); without, q(z|x), the mixture of it over
        q(y|x): batch (B,), event (D,). Raises ValueError for others."""
        if y is not None:
            return self.conditional.encode(x, y)
        every = self.encode_with_each_label(x)  # batch (classes, B)
        by_picture = diagonal_normal(every.mean.transpose(0, 1), every.stddev.transpose(0, 1))
        return MixtureSameFamily(self.classify(x), by_picture, validate_args=False)

    def encode_with_each_label(self, x: Tensor) -> Independent:
        """q(z|x, y) of pictures x (B, C, H, W) for every label y: batch (classes, B), event (D,). Raises ValueError for
        other pictures."""
        return self.conditional.encode_with_each_label(x)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|y, z) of latents z (..., D) with labels y, int64 (...,); without, p(x|z), the mixture of it over p(y):
        batch (...,), event (C, H, W). Raises ValueError for others."""
        if y is not None:
            return self.conditional.decode(z, y)
        classes, leading = self.config.classes, z.shape[:-1]
        labels = torch.arange(classes, device=z.device).expand(*leading, classes)
        pixels = self.conditional.decode(z[..., None, :].expand(*leading, classes, -1), labels)
        evenly = Categorical(logits=z.new_zeros(*leading, classes), validate_args=False)
        return Independent(MixtureSameFamily(evenly, pixels, validate_args=False), 0, validate_args=False)
