"""The families of models: what each is made of and what it can do. Whatever depends on a family asks for a capability
here, never for a name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeGuard, runtime_checkable

from torch import Tensor

from vae_core.models.adversarial import AdversarialConfig, AdversarialVAE, Discriminator
from vae_core.models.conditional import ConditionalConfig, ConditionalVAE
from vae_core.models.flow_model import FlowModel, FlowModelConfig
from vae_core.models.flow_posterior import FlowConfig, FlowVAE
from vae_core.models.given import Given
from vae_core.models.layered import Layered, LayeredConfig
from vae_core.models.masked import MaskedConfig, MaskedVAE
from vae_core.models.model import Around, Classifying, Completing, Config, Model
from vae_core.models.priors import Prior
from vae_core.models.semi_supervised import SemiSupervised, SemiSupervisedConfig
from vae_core.models.stacked import Stacked, StackedConfig
from vae_core.models.vae import VAE, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig, QuantisedVAE


@dataclass(frozen=True)
class Family:
    """One kind of model."""

    name: str
    model: Callable[[Any], Model]  # its class, which a configuration of `config` makes a model of
    config: type[Config]
    latent: Literal["gaussian", "chain", "mixture", "flow", "discrete"]  # what p(z) and q(z|x) are made of
    takes_labels: bool  # whether `encode` and `decode` must be given labels y
    completes_holes: bool  # whether it is `Completing`
    exact: bool = False  # whether its ELBO is log p(x), of one draw
    has_discriminator: bool = False  # whether it compares pictures by features, see `discriminator`
    classifies: bool = False  # whether it is `Classifying`: takes labels where there are some, and does without
    stands_on_a_vae: bool = False  # whether its part `vae` is another model of the zoo, its base, and stays as it is

    @property
    def plain(self) -> bool:
        """Whether a picture's code is one Gaussian, which the picture alone decides: what maps and sliders show."""
        return self.latent == "gaussian" and not self.takes_labels

    @property
    def bends_posterior(self) -> bool:
        """Whether q(z|x) is a Gaussian after a flow."""
        return self.latent == "flow" and not self.exact

    @property
    def has_one_posterior(self) -> bool:
        """Whether a picture alone decides q(z|x), over latents that lie in one space: what a map shows."""
        return self.plain or self.bends_posterior

    @property
    def has_distances(self) -> bool:
        """Whether latents lie in a space, where some are nearer than others: what is projected to a plane."""
        return self.latent != "discrete"


@runtime_checkable
class OfAFamily(Protocol):
    """A configuration, or a model of the zoo without its weights."""

    @property
    def family(self) -> str: ...


FAMILIES = {
    family.name: family
    for family in (
        Family("vae", VAE, VAEConfig, latent="gaussian", takes_labels=False, completes_holes=False),
        Family(
            "masked",
            MaskedVAE,
            MaskedConfig,
            latent="gaussian",
            takes_labels=False,
            completes_holes=True,
            stands_on_a_vae=True,
        ),
        Family("layered", Layered, LayeredConfig, latent="chain", takes_labels=False, completes_holes=False),
        Family("flow", FlowVAE, FlowConfig, latent="flow", takes_labels=False, completes_holes=False),
        Family("flow-model", FlowModel, FlowModelConfig, "flow", takes_labels=False, completes_holes=False, exact=True),
        Family(
            "conditional",
            ConditionalVAE,
            ConditionalConfig,
            latent="gaussian",
            takes_labels=True,
            completes_holes=False,
        ),
        Family(
            "semi-supervised",
            SemiSupervised,
            SemiSupervisedConfig,
            latent="mixture",
            takes_labels=False,
            completes_holes=False,
            classifies=True,
        ),
        Family(
            "stacked",
            Stacked,
            StackedConfig,
            latent="chain",
            takes_labels=False,
            completes_holes=False,
            classifies=True,
            stands_on_a_vae=True,
        ),
        Family(
            "vector-quantised", QuantisedVAE, QuantisedConfig, "discrete", takes_labels=False, completes_holes=False
        ),
        Family(
            "adversarial",
            AdversarialVAE,
            AdversarialConfig,
            latent="gaussian",
            takes_labels=False,
            completes_holes=False,
            has_discriminator=True,
        ),
    )
}


def of(one: Model | OfAFamily) -> Family:
    """The family of a model, of its configuration, or of an entry of the zoo; that of a model whose labels are given
    takes none."""
    if isinstance(one, Given):
        return replace(of(one.model), takes_labels=False)
    return FAMILIES[one.family if isinstance(one, OfAFamily) else one.config.family]


def labels_for(model: Model | OfAFamily, labels: Tensor | None) -> tuple[Tensor, ...]:
    """What `encode` and `decode` are given beside pictures or latents: (labels,) for families that take them, else ().

    Raises ValueError where labels are needed and there are none.
    """
    family = of(model)
    if not family.takes_labels:
        return ()
    if labels is None:
        raise ValueError(f"a model of the family {family.name} needs labels, and these pictures have none")
    return (labels,)


def prior_of(model: Model) -> Prior:
    """How a model's p(z) was learned; "normal" where it was not: N(0, I), or what a family has in its place."""
    return getattr(model.config, "prior", "normal")


def completes_holes(model: Model) -> TypeGuard[Completing]:
    """Whether a model has an encoder for what is left of a picture."""
    return of(model).completes_holes


def layers(model: Model) -> tuple[int, ...]:
    """Dimensions of each stochastic layer, which make up the latents, the one next to the picture first."""
    return model.config.layers if isinstance(model, Layered | Stacked) else (model.config.latent_dim,)


def discriminator(model: Model) -> Discriminator | None:
    """What tells a model's pictures from real ones, by whose features both are compared; None for most families."""
    return model.discriminator if isinstance(model, AdversarialVAE) else None


def classifies(model: Model) -> TypeGuard[Classifying]:
    """Whether a model knows labels: it says how likely each is for a picture."""
    return of(model).classifies


def made_around_a_vae(model: Model) -> TypeGuard[Around]:
    """Whether a model has a VAE in it that may be a trained one: which it leaves as it is, or begins as."""
    return of(model).stands_on_a_vae or of(model).has_discriminator
