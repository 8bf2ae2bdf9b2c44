"""M1+M2 of Kingma, Rezende, Mohamed & Welling 2014, section 3.1 (https://arxiv.org/abs/1406.5298): a trained VAE, M1,
and above its latents a model of them of which only some have labels, M2."""

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily
from torch.nn.functional import one_hot

from vae_core.models import networks
from vae_core.models.conditional import MOST_CLASSES, Labelled, label_layer
from vae_core.models.distributions import diagonal_normal, sample, standard_normal
from vae_core.models.inputs import check_labels, check_latents
from vae_core.models.layered import Chain, First, TwoLayersConfig
from vae_core.models.semi_supervised import Classifier, check_dropout
from vae_core.models.vae import VAE, VAEConfig, check_parameters, check_widths, gaussian_latents, whole_number
from vae_core.outside import shown


@dataclass(frozen=True)
class StackedConfig(TwoLayersConfig):
    """Everything that rebuilds the model's shape; JSON through `to_json` and `StackedConfig.from_json`.

    Latents are one vector z = (z1, z2): those of the VAE, which the picture is decoded from, then those above them.
    """

    vae: VAEConfig  # M1, x -> z1 and z1 -> x
    classes: int
    upper_dim: int = 50  # of z2
    upper_hidden: tuple[int, ...] = (500,)  # widths of q(y|z1), of q(z2|z1, y) and, in reverse, of p(z1|y, z2)
    dropout: float = 0.5  # share of q(y|z1)'s hidden units that each picture misses in training
    family: Literal["stacked"] = field(default="stacked", kw_only=True)

    def __post_init__(self):
        if self.family != "stacked":
            raise ValueError(f"family must be stacked, got {shown(self.family)!r}")
        if not isinstance(self.vae, VAEConfig):
            raise ValueError(f"vae must be a configuration of the family vae, got {shown(self.vae)}")
        if not (whole_number(self.classes, MOST_CLASSES) and self.classes >= 2):
            raise ValueError(f"classes must be between 2 and {MOST_CLASSES}, got {shown(self.classes)}")
        self.check_layers()
        check_widths("upper_hidden", self.upper_hidden)
        check_dropout(self.dropout)
        check_parameters(self.parameters)

    @property
    def classifier_sizes(self) -> tuple[int, ...]:
        """Widths of q(y|z1)."""
        return (self.vae.latent_dim, *self.upper_hidden, self.classes)

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, the VAE's included, which need not be built to know it."""
        (lower, upper), hidden = self.layers, self.upper_hidden
        up = networks.mlp_parameters((lower, *hidden, 2 * upper))
        down = networks.mlp_parameters((upper, *hidden[::-1], 2 * lower))
        of_labels = self.classes * (hidden[0] + hidden[-1])
        return self.vae.parameters + networks.mlp_parameters(self.classifier_sizes) + up + down + of_labels


class LatentNormal(Independent):
    """A factorised Gaussian, of a batch that may be empty: torch's own sum over dimensions fails there."""

    def log_prob(self, value: Tensor) -> Tensor:
        return self.base_dist.log_prob(value).sum(-1)


class Upper(nn.Module):
    """M2 of vectors z1: p(y) uniform, p(z2) = N(0, I), and Gaussian p(z1|y, z2) and q(z2|z1, y), and q(y|z1)."""

    def __init__(self, config: StackedConfig):
        super().__init__()
        (lower, upper), hidden, self.classes = config.layers, config.upper_hidden, config.classes
        self.upper_dim = upper
        self.classifier = Classifier(config.classifier_sizes, config.dropout)
        up = networks.mlp((lower, *hidden, 2 * upper))
        down = networks.mlp((upper, *hidden[::-1], 2 * lower))
        self.up = Labelled(up, label_layer(up, config.classes))  # q(z2|z1, y)
        self.down = Labelled(down, label_layer(down, config.classes))  # p(z1|y, z2)

    @property
    def prior(self) -> Independent:
        """p(z2): event (D2,)."""
        return standard_normal(self.upper_dim, like=next(self.parameters()))

    def classify(self, z1: Tensor, dropped_by: Generator | None = None) -> Categorical:
        """q(y|z1) of latents z1 (..., D1): batch (...,)."""
        logits = self.classifier(z1.flatten(0, -2), dropped_by).float()
        return Categorical(logits=logits.unflatten(0, z1.shape[:-1]), validate_args=False)

    def encode(self, z1: Tensor, y: Tensor) -> Independent:
        """q(z2|z1, y) of latents z1 (..., D1) with labels y, int64, that broadcast to (...,): batch (...,)."""
        return gaussian_latents(self.up(z1, self.written(y, z1)))

    def encode_with_each_label(self, z1: Tensor) -> Independent:
        """q(z2|z1, y) of latents z1 (..., D1) for every label y: batch (classes, ...), event (D2,)."""
        return gaussian_latents(self.up(z1, self.each(z1)))

    def decode(self, z2: Tensor, y: Tensor) -> Independent:
        """p(z1|y, z2) of latents z2 (..., D2) with labels y, int64, that broadcast to (...,): batch (...,)."""
        found = gaussian_latents(self.down(z2, self.written(y, z2)))
        return LatentNormal(found.base_dist, 1, validate_args=False)

    def decode_with_each_label(self, z2: Tensor) -> Independent:
        """p(z1|y, z2) of latents z2 (..., D2) for every label y: batch (classes, ...), event (D1,)."""
        return gaussian_latents(self.down(z2, self.each(z2)))

    def written(self, y: Tensor, beside: Tensor) -> Tensor:
        """Labels as one-hot vectors, of the dtype of what they stand beside."""
        return one_hot(y, self.classes).to(beside.dtype)

    def each(self, beside: Tensor) -> Tensor:
        """Every label as a one-hot vector, (classes, 1, ..., 1, classes), for what it stands beside, (..., D)."""
        eye = torch.eye(self.classes, dtype=beside.dtype, device=beside.device)
        return eye.reshape(self.classes, *(1 for _ in beside.shape[:-1]), self.classes)


class Above(nn.Module):
    """z1 -> q(z2|z1), the mixture of q(z2|z1, y) over q(y|z1); q(z2|z1, y) where the labels y are given."""

    def __init__(self, upper: Upper, y: Tensor | None = None):
        super().__init__()
        self.upper, self.y = upper, y

    def forward(self, z1: Tensor) -> Distribution:
        if self.y is not None:
            return self.upper.encode(z1, self.y)
        return mixed(self.upper.classify(z1), self.upper.encode_with_each_label(z1))


class Below(nn.Module):
    """z2 -> p(z1|z2), the mixture of p(z1|y, z2) over p(y)."""

    def __init__(self, upper: Upper):
        super().__init__()
        self.upper = upper

    def forward(self, z2: Tensor) -> Distribution:
        every = self.upper.decode_with_each_label(z2)
        evenly = Categorical(logits=z2.new_zeros(*z2.shape[:-1], self.upper.classes), validate_args=False)
        return mixed(evenly, every)


def mixed(labels: Categorical, every: Independent) -> MixtureSameFamily:
    """A mixture over labels, batch (...,), of what there is for every label, batch (classes, ...)."""
    by_place = diagonal_normal(every.mean.movedim(0, -2), every.stddev.movedim(0, -2))
    return MixtureSameFamily(labels, by_place, validate_args=False)


class Stacked(nn.Module):
    """p(z) = p(z2) sum_y p(y) p(z1|y, z2), q(z|x) = q(z1|x) sum_y q(y|z1) q(z2|z1, y), p(x|z) = p(x|z1); z = (z1, z2).

    The VAE stays as it is. Labels are summed over where they are not given: log p(x) is that of the whole model.
    """

    def __init__(self, config: StackedConfig):
        super().__init__()
        self.config = config
        self.vae = VAE(config.vae).requires_grad_(False)
        self.upper = Upper(config)

    @property
    def decoder(self) -> nn.Module:
        return nn.Sequential(First(self.config.vae.latent_dim), self.vae.decoder)

    @property
    def prior(self) -> Chain:
        """p(z): event (D,)."""
        return Chain(self.upper.prior, Below(self.upper), self.config.vae.latent_dim, root_last=True)

    def classify(self, x: Tensor, dropped_by: Generator | None = None) -> Categorical:
        """q(y|z1) of pictures x (B, C, H, W), floats in [0, 1], at the mean of q(z1|x): batch (B,). Raises ValueError
        for other pictures."""
        return self.upper.classify(self.vae.encode(x).mean, dropped_by)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Chain:
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]; q(z|x, y) with labels y, int64 (B,): batch (B,), event
        (D,). Raises ValueError for others."""
        if y is not None:
            check_labels(y, x.shape[:1], self.config.classes)
        return Chain(self.vae.encode(x), Above(self.upper, y), self.config.upper_dim)

    def encode_with_each_label(self, x: Tensor) -> Chain:
        """q(z|x, y) of pictures x (B, C, H, W) for every label y: batch (classes, B), event (D,). Raises ValueError for
        other pictures."""
        posterior = self.vae.encode(x)
        every = torch.arange(self.config.classes, device=x.device)[:, None].expand(-1, len(x))
        return Chain(posterior.expand(every.shape), Above(self.upper, every), self.config.upper_dim)

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of latents z (..., D), which is p(x|z1) whatever the labels y, int64 (...,), are: batch (...,), event
        (C, H, W); its `.mean` is the picture. Raises ValueError for others."""
        if y is not None:
            check_labels(y, z.shape[:-1], self.config.classes)
        if not torch.compiler.is_compiling():
            check_latents(z, self.config.latent_dim, self.vae.dtype)
        return self.vae.decode(z[..., : self.config.vae.latent_dim])

    @torch.no_grad()
    def beneath(self, x: Tensor, generator: Generator) -> tuple[Tensor, Tensor, Tensor]:
        """What the upper layer is trained on of pictures x (B, C, H, W): a draw of q(z1|x), (B, D1), and there
        log p(x|z1) and log q(z1|x), (B,) each."""
        posterior = self.vae.encode(x)
        z1 = sample(posterior, generator)
        return z1, self.vae.decode(z1).log_prob(x), posterior.log_prob(z1)
