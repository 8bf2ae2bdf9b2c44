"""From what the command line is asked for to a model's configuration, family by family."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import cast

from vae_core.analysis.evaluation import check_same_shape
from vae_core.data.pictures import DatasetInfo, joined
from vae_core.models.adversarial import AdversarialConfig
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.families import FAMILIES
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.flow_posterior import Flow, FlowConfig
from vae_core.models.layered import LayeredConfig
from vae_core.models.masked import Completer, MaskedConfig
from vae_core.models.model import Config
from vae_core.models.networks import halvings
from vae_core.models.priors import Prior
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.stacked import StackedConfig
from vae_core.models.vae import Network, VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig
from vae_core.zoo import store

UPPER_DIM, CODEBOOK, LEVELS, FLOW_LAYERS, COMPONENTS = 50, 64, 1, 10, 10  # unless given
UPPER_HIDDEN = (500,)


@dataclass(frozen=True)
class Asked:
    """What was asked for; None where nothing was said."""

    family: str = "vae"
    base: str = ""
    latent_dim: int | None = None
    network: str | None = None
    hidden: tuple[int, ...] = ()
    completer: str | None = None
    prior: str | None = None
    prior_components: int | None = None
    upper_dim: int | None = None
    codebook: int | None = None
    levels: int | None = None
    flow: str | None = None
    flow_layers: int | None = None
    blind: bool | None = None

    @property
    def said(self) -> list[str]:
        """Names of the options that something was said of."""
        return [each.name for each in fields(self) if getattr(self, each.name) not in (None, ())]


BUILT_ANEW = tuple(name for name in FAMILIES if name not in ("masked", "stacked", "vector-quantised", "flow-model"))
OWN = {  # options that belong to some families alone
    "latent_dim": BUILT_ANEW,
    "network": BUILT_ANEW,
    "hidden": (*BUILT_ANEW, "masked", "stacked"),
    "completer": ("masked",),
    "prior": ("vae", "flow", "conditional", "semi-supervised", "adversarial"),
    "prior_components": ("vae", "flow", "conditional", "semi-supervised", "adversarial"),
    "upper_dim": ("layered", "stacked"),
    "codebook": ("vector-quantised",),
    "levels": ("vector-quantised",),
    "flow": ("flow",),
    "flow_layers": ("flow",),
    "blind": ("conditional", "semi-supervised"),
}


def configuration(asked: Asked, info: DatasetInfo) -> Config:
    """The configuration of the model that is asked for, of a data set's pictures.

    Raises ValueError for a family that there is not, for options that another family has, for a base where there is
    none to be or none where there must be one, and for labels that the data set has not; CheckpointError and
    ModelNotFound for a base that cannot be read.
    """
    if asked.family not in FAMILIES:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {asked.family!r}")
    family = FAMILIES[asked.family]
    if family.stands_on_a_vae != bool(asked.base) and not family.has_discriminator:
        standing = " or ".join(name for name, each in FAMILIES.items() if each.stands_on_a_vae)
        raise ValueError(f"base names the trained model that the family {standing} stands on: give both, or neither")
    for name in asked.said:
        if asked.family not in OWN.get(name, (asked.family,)):
            families = joined(OWN[name])
            raise ValueError(f"{name} is of the family {families}, got {asked.family}: leave one of them out")
    if (family.takes_labels or family.classifies) and not info.labels:
        raise ValueError(f"{info.name} has no labels, which the family {asked.family} needs: name one that has")
    return MAKERS.get(asked.family, plain)(asked, info)


def plain(asked: Asked, info: DatasetInfo) -> VAEConfig:
    """A VAE, or the VAE that another model is made around."""
    prior = cast("Prior", asked.prior or "normal")
    components = asked.prior_components
    return VAEConfig(
        info.shape,
        10 if asked.latent_dim is None else asked.latent_dim,
        cast("Network", asked.network or "mlp"),
        asked.hidden,
        info.likelihood,
        prior=prior,
        prior_components=components if components is not None else 0 if prior == "normal" else COMPONENTS,
    )


def base(asked: Asked, info: DatasetInfo) -> VAEConfig:
    """The configuration of the trained VAE that a model stands on."""
    trained = store.load(asked.base)
    if not isinstance(trained.config, VAEConfig):
        family = trained.config.family
        raise ValueError(f"base must be a model of the family vae, {asked.base} is of the family {family}")
    check_same_shape(trained, info)
    return trained.config


def masked(asked: Asked, info: DatasetInfo) -> MaskedConfig:
    return MaskedConfig(base(asked, info), cast("Completer", asked.completer or "mlp"), asked.hidden)


def stacked(asked: Asked, info: DatasetInfo) -> StackedConfig:
    dim = UPPER_DIM if asked.upper_dim is None else asked.upper_dim
    return StackedConfig(base(asked, info), len(info.labels), dim, asked.hidden or UPPER_HIDDEN)


def conditional(asked: Asked, info: DatasetInfo) -> ConditionalConfig:
    return ConditionalConfig(plain(asked, info), len(info.labels), not asked.blind)


def adversarial(asked: Asked, info: DatasetInfo) -> AdversarialConfig:
    of_base = {"latent_dim", "network", "hidden", "prior", "prior_components"}
    if asked.base and (given := [name for name in asked.said if name in of_base]):
        raise ValueError(f"{joined(given)} would be those of {asked.base}, which it begins as: leave out")
    layer = min(2, max(1, halvings(*info.shape[1:])))
    return AdversarialConfig(base(asked, info) if asked.base else plain(asked, info), layer=layer)


def quantised(asked: Asked, info: DatasetInfo) -> QuantisedConfig:
    levels = LEVELS if asked.levels is None else asked.levels
    codes = CODEBOOK if asked.codebook is None else asked.codebook
    return QuantisedConfig(info.shape, codes, levels=levels, likelihood=info.likelihood)


def flow(asked: Asked, info: DatasetInfo) -> FlowConfig:
    layers = FLOW_LAYERS if asked.flow_layers is None else asked.flow_layers
    return FlowConfig(plain(asked, info), cast("Flow", asked.flow or "planar"), layers)


MAKERS: dict[str, Callable[[Asked, DatasetInfo], Config]] = {
    "masked": masked,
    "layered": lambda asked, info: LayeredConfig(
        plain(asked, info), UPPER_DIM if asked.upper_dim is None else asked.upper_dim
    ),
    "flow": flow,
    "flow-model": lambda asked, info: FlowModelConfig(info.shape),
    "conditional": conditional,
    "semi-supervised": lambda asked, info: SemiSupervisedConfig(conditional(asked, info)),
    "stacked": stacked,
    "vector-quantised": quantised,
    "adversarial": adversarial,
}
OBJECTIVES = {  # that a family is trained with unless another is named
    "masked": "masked-posterior",
    "semi-supervised": "m2",
    "stacked": "m2",
    "vector-quantised": "vq",
    "adversarial": "vae-gan",
}
