"""What every model is to the rest of vae_core, whatever its family."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any, Literal, Protocol, Self

from torch import Generator, Tensor, nn
from torch.distributions import Categorical, Distribution, Independent

from vae_core.data.pictures import Likelihood

# Of a field: JSON has it only where it is not as usual, so that files from before there was one stay valid.
LEFT_OUT = {"left out": True}


def settings_of(one: Any) -> dict:
    """A dataclass's fields as JSON holds them, without those that are LEFT_OUT and as usual."""
    settings = asdict(one)
    for each in fields(one):
        if each.metadata == LEFT_OUT and settings[each.name] == each.default:
            del settings[each.name]
    return settings


class Config(Protocol):
    """Everything that rebuilds a model's shape."""

    @property
    def family(self) -> str: ...

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        ...

    @property
    def latent_dim(self) -> int: ...

    @property
    def likelihood(self) -> Likelihood: ...

    @property
    def parameters(self) -> int:
        """Number of learned numbers of the model, which need not be built to know it."""
        ...

    @classmethod
    def from_json(cls, settings: dict) -> Self:
        """The configuration from what `to_json` gave. Raises ValueError or TypeError on anything else."""
        ...

    def to_json(self) -> dict: ...


class Model(Protocol):
    """A prior, an encoder and a decoder, in an `nn.Module`, some of whose methods are listed below them."""

    training: bool

    @property
    def config(self) -> Config: ...

    @property
    def prior(self) -> Distribution:
        """p(z): event (D,)."""
        ...

    def encode(self, x: Tensor, y: Tensor | None = None) -> Distribution:
        """q(z|x) of pictures x (B, C, H, W), floats in [0, 1]: batch (B,), event (D,).

        y (B,) are their labels, for families that take labels; others raise ValueError.
        """
        ...

    def decode(self, z: Tensor, y: Tensor | None = None) -> Independent:
        """p(x|z) of latents z (..., D): batch (...,), event (C, H, W); its `.mean` is the picture, in [0, 1].

        y (...,) are labels, for families that take labels; others raise ValueError.
        """
        ...

    @property
    def decoder(self) -> nn.Module:
        """From latents (B, D) to the logits of the mean picture (B, C, H, W)."""
        ...

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]: ...

    def modules(self) -> Iterator[nn.Module]: ...

    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]: ...

    def state_dict(self) -> dict[str, Tensor]: ...

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any: ...

    def train(self, mode: bool = True) -> Self: ...

    def eval(self) -> Self: ...

    def requires_grad_(self, requires_grad: bool = True) -> Self: ...


class CompletingConfig(Config, Protocol):
    """The configuration of a model that completes holes."""

    @property
    def completer(self) -> Literal["mlp", "partial-conv"]: ...


class Around(Model, Protocol):
    """A model that is made around a VAE."""

    @property
    def vae(self) -> Model: ...


class Completing(Around, Protocol):
    """A model that completes holes: it has an encoder for what is left of a picture."""

    @property
    def config(self) -> CompletingConfig: ...

    @property
    def completer(self) -> nn.Module:
        """From pictures (B, C, H, W) and masks (B, 1, H, W) to the numbers of q(z | x observed)."""
        ...

    def encode_observed(self, x: Tensor, mask: Tensor) -> Distribution:
        """q(z | x observed) of pictures x (B, C, H, W) seen through mask (B, 1, H, W), True = observed."""
        ...


class ClassifyingConfig(Config, Protocol):
    """The configuration of a model that classifies."""

    @property
    def classes(self) -> int: ...


class Classifying(Model, Protocol):
    """A model of pictures and their labels that does without labels where there are none: q(z|x) and p(x|z) are then
    mixtures over them."""

    @property
    def config(self) -> ClassifyingConfig: ...

    def classify(self, x: Tensor, dropped_by: Generator | None = None) -> Categorical:
        """q(y|x) of pictures x (B, C, H, W): batch (B,). In training, `dropped_by` draws what of it is left out."""
        ...

    def encode_with_each_label(self, x: Tensor) -> Distribution:
        """q(z|x, y) of pictures x (B, C, H, W) for every label y: batch (classes, B), event (D,)."""
        ...
