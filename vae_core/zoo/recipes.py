"""The zoo's models as data: `zoo build NAME` rebuilds each of them from nothing."""

from dataclasses import dataclass, field, replace
from typing import Literal

from vae_core.learning.adversarial import VAEGAN, FeatureLikelihood
from vae_core.learning.importance_weighted import IWAE
from vae_core.learning.objectives import ELBO, M2, Annealed, BetaELBO, Capacity, MaskedPosterior, Objective
from vae_core.learning.quantisation import VectorQuantisation
from vae_core.learning.training import TrainingConfig
from vae_core.learning.wake_sleep import WakeSleep
from vae_core.models.adversarial import AdversarialConfig
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.flow_model import FlowModelConfig
from vae_core.models.flow_posterior import Flow, FlowConfig
from vae_core.models.layered import LayeredConfig
from vae_core.models.masked import Completer, MaskedConfig
from vae_core.models.model import Config
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.stacked import StackedConfig
from vae_core.models.vae import VAEConfig
from vae_core.models.vector_quantised import QuantisedConfig


@dataclass(frozen=True)
class Recipe:
    """A data set, a model, an objective and a schedule; with the seed in the schedule it fixes the model."""

    name: str
    dataset: str
    model: Config
    training: TrainingConfig
    objective: Objective = field(default_factory=ELBO)
    importance_samples: int = 500  # with which the shipped -log p(x) is measured
    likelihood_pictures: int | None = None  # test pictures on which it is measured; None: all
    base: str = ""  # the zoo's model that this one stands on, or begins as
    held_out: int = 0  # training pictures that take the place of the test split: for choosing between recipes
    snapshots: tuple[float, ...] = ()  # shares of the training after which the model is kept as it is then
    dataset_options: dict = field(default_factory=dict)  # what `load_dataset` is given beside the name
    ships: Literal["model", "metrics"] = "model"  # a model that pages show, or a row of the table: what was measured


MNIST = (1, 28, 28)
FREY = (1, 28, 20)
OLIVETTI = (1, 64, 64)
DIGITS = (1, 8, 8)
SPRITES = (1, 32, 32)
MNIST_BETAS = (0, 0.25, 0.5, 1, 2, 4, 8, 16)
SPRITES_SEEDS = {0: 4, 1: 0, 2: 3, 4: 1, 8: 4, 16: 1}  # by beta: the seed of median MIG in assets/sweeps/sprites
SPRITES_CAPACITY_SEED = 2
SPRITES_MEASURED = 1_000  # test pictures whose log p(x) is estimated: a convolutional decoder takes its time
MORE_SAMPLES = 2_000  # where with 500 the estimate of log p(x) is off by a tenth of a nat
COMPARED = 1_000  # test pictures on which the ladder, posteriors and priors of 40 dimensions are compared
SPRITES_NETWORK = VAEConfig(SPRITES, 10, "conv", hidden=(16, 128))  # half as wide as sprites-vae-10d: 35 are trained

SPRITES_OBJECTIVES: tuple[tuple[str, Objective, int], ...] = (  # a model's name, its objective and its seed
    *(
        (f"sprites-beta{beta}-10d", BetaELBO(float(beta), *((20.0, 0.5) if beta >= 4 else ())), seed)
        for beta, seed in SPRITES_SEEDS.items()
    ),
    ("sprites-capacity-10d", Capacity(nats=25.0, gamma=100.0), SPRITES_CAPACITY_SEED),
)
MNIST_COMPLETERS: tuple[tuple[str, Completer, int], ...] = (  # a model's name, its encoder of holes and its epochs
    ("mnist-masked-10d", "mlp", 40),
    ("mnist-partialconv-10d", "partial-conv", 15),
)

# The ladder of Burda, Grosse & Salakhutdinov 2016, table 1 (https://arxiv.org/abs/1509.00519): one and two stochastic
# layers, K samples, -log p(x) with 5,000 of them, here from a proposal fitted to each picture where p(z) is Gaussian.
# Ours have one cycle of 12 epochs; `-long` has the paper's 3,280 in 8 stages. Batches are of 20 as the paper's (its
# Adam adds 1e-4 to the root of the second moment, ours 1e-8). All start at the mean picture: trained on 50,000 pictures
# for 3 epochs, log p(x) of 1,000 others was thus 4 nats higher with one layer and 20 with two.
ONE_LAYER = VAEConfig(MNIST, 50, hidden=(200, 200), activation="tanh")
TWO_LAYERS = LayeredConfig(VAEConfig(MNIST, 100, hidden=(200, 200), activation="tanh"), 50, (100, 100))
RUNGS: tuple[tuple[str, VAEConfig | LayeredConfig, Objective], ...] = (
    *((f"mnist-vae-50d-k{samples}", ONE_LAYER, ELBO(samples)) for samples in (1, 5, 50)),
    *((f"mnist-iwae-50d-k{samples}", ONE_LAYER, IWAE(samples)) for samples in (5, 50)),
    *((f"mnist-dreg-50d-k{samples}", ONE_LAYER, IWAE(samples, "dreg")) for samples in (5, 50)),
    ("mnist-layered-vae-150d-k1", TWO_LAYERS, ELBO()),
    *((f"mnist-layered-iwae-150d-k{samples}", TWO_LAYERS, IWAE(samples)) for samples in (5, 50)),
)
LADDER_TRAINING = TrainingConfig(epochs=12, batch_size=20, learning_rate=2e-3, start="mean")
LONG_TRAINING = TrainingConfig(epochs=3280, batch_size=20, learning_rate=1e-3, schedule="stages", start="mean")
LADDER = tuple(
    Recipe(
        name,
        "mnist",
        model,
        LADDER_TRAINING,
        objective,
        importance_samples=5000,
        likelihood_pictures=COMPARED,
    )
    for name, model, objective in RUNGS
)
FIXED_FLOWS: tuple[tuple[str, Flow, int], ...] = (  # a model's name, its posterior's flow and the flow's layers
    ("mnist-fixed-planar10-40d", "planar", 10),
    ("mnist-fixed-planar40-40d", "planar", 40),
    ("mnist-fixed-spline2-40d", "spline", 2),
)
FIXED = VAEConfig(MNIST, 40)  # of Rezende & Mohamed 2015's 40 dimensions, with the lecture's networks
FIXED_MODELS: tuple[tuple[str, Config], ...] = (
    ("mnist-fixed-vae-40d", FIXED),
    *((name, FlowConfig(FIXED, flow, layers)) for name, flow, layers in FIXED_FLOWS),
)
POSTERIORS = tuple(  # all annealed as in the paper
    Recipe(name, "mnist_binarised", model, TrainingConfig(epochs=10), Annealed(), likelihood_pictures=COMPARED)
    for name, model in FIXED_MODELS
)
# The bound of one draw by the gradient without the score of q (Roeder, Wu & Duvenaud 2017,
# https://arxiv.org/abs/1703.09194), which splines have not here. Trained on 50,000 pictures for 10 epochs, log p(x) of
# the other 10,000 was thus 2.4 nats higher for the Gaussian than by the ELBO; 10 planar layers were as good as a
# Gaussian by the ELBO, and 4 nats worse when annealed.
WITHOUT_SCORE = tuple(
    Recipe(
        f"mnist-fixed-path-{posterior}-40d",
        "mnist_binarised",
        model,
        TrainingConfig(epochs=10),
        IWAE(1, "dreg"),
        likelihood_pictures=COMPARED,
    )
    for posterior, model in (("vae", FIXED), ("planar10", FlowConfig(FIXED, "planar", 10, first=0.01)))
)
POSTERIORS_LONG = tuple(  # the paper's 500,000 steps, of which 10,000 anneal
    replace(
        recipe,
        name=f"{recipe.name}-long",
        training=TrainingConfig(epochs=834, batch_size=100),
        objective=Annealed(ramp=0.02),
    )
    for recipe in POSTERIORS
)
WIDE = VAEConfig(MNIST, 40, hidden=(300, 300))  # of Tomczak & Welling 2018's dimensions and widths; theirs are gated
PRIORS = tuple(
    Recipe(name, "mnist", model, TrainingConfig(epochs=10), likelihood_pictures=COMPARED)
    for name, model in (
        ("mnist-vae-40d", WIDE),
        ("mnist-vamp-40d", replace(WIDE, prior="vamp", prior_components=500)),
    )
)
LATENT_DIMS = (2, 5, 10, 20, 40)
DIMENSIONS = tuple(  # the lecture's networks, as the zoo's models of 2, 10 and 20 dimensions, but with equal epochs
    Recipe(
        f"mnist-ladder-{dims}d",
        "mnist",
        VAEConfig(MNIST, dims),
        TrainingConfig(epochs=15),
        importance_samples=MORE_SAMPLES,
        likelihood_pictures=COMPARED,
    )
    for dims in LATENT_DIMS
)
# Kingma et al. 2014, table 1 (https://arxiv.org/abs/1406.5298): test error by number of labels, for five draws of them.
FEW_LABELS = ConditionalConfig(VAEConfig(MNIST, 5, hidden=(256, 256)), 10)
LABELS, LABEL_SEEDS = (100, 600, 1000, 3000), range(5)
SEMI_SUPERVISED = tuple(
    Recipe(
        f"mnist-m2-{labels}-labels-{seed}-5d",
        "mnist",
        SemiSupervisedConfig(FEW_LABELS, (500,), dropout=0.5),
        TrainingConfig(
            epochs=3, batch_size=150, learning_rate=1.5e-3, labels=labels, label_seed=seed, labelled_share=1 / 3
        ),
        M2(weight=10.0),
        importance_samples=100,
        likelihood_pictures=200,  # ten decoders a picture, and an encoder's proposal
    )
    for labels in LABELS
    for seed in LABEL_SEEDS
)
# M1+M2. Of 50,000 pictures with the labels of 100, on the other 10,000, 10 epochs: a weight of 0.1 10.6 %, of 1 11.2 %.
STACKED = tuple(
    Recipe(
        f"mnist-m1m2-{labels}-labels-{seed}-70d",
        "mnist",
        StackedConfig(VAEConfig(MNIST, 20), 10),
        TrainingConfig(
            epochs=25, batch_size=256, learning_rate=1.5e-3, labels=labels, label_seed=seed, labelled_share=1 / 3
        ),
        M2(weight=0.1),
        importance_samples=10,
        likelihood_pictures=200,
        base="mnist-vae-20d",
        ships="model" if (labels, seed) == (100, 0) else "metrics",
    )
    for labels in LABELS
    for seed in LABEL_SEEDS
)
DIGITS_LABELS = (20, 50, 100, 300)  # of the 1,437 training pictures of digits
DIGITS_LABELLED = VAEConfig(DIGITS, 4, hidden=(200, 200))
DIGITS_SETTINGS: tuple[tuple[str, bool, int], ...] = (  # a model's name, whether q(z|x, y) sees y, and how many labels
    *(("m2", True, labels) for labels in DIGITS_LABELS),
    ("m2-blind", False, 100),  # q(z|x) q(y|x), as the lecture has it
)
DIGITS_SEMI_SUPERVISED = tuple(
    Recipe(
        f"digits-{kind}-{labels}-labels-{seed}-4d",
        "digits",
        SemiSupervisedConfig(ConditionalConfig(DIGITS_LABELLED, 10, sees), (200,), dropout=0.5),
        TrainingConfig(
            epochs=200, batch_size=150, learning_rate=1.5e-3, labels=labels, label_seed=seed, labelled_share=1 / 3
        ),
        M2(weight=10.0),
        importance_samples=100,
        ships="model" if (kind, labels, seed) == ("m2", 100, 0) else "metrics",
    )
    for kind, sees, labels in DIGITS_SETTINGS
    for seed in LABEL_SEEDS
)
DIGITS_2D = VAEConfig(DIGITS, 2, hidden=(200, 200))
DIGITS_IDEAS: tuple[tuple[str, Config, Objective], ...] = (  # the first, and what others change of it
    ("digits-vae-2d", DIGITS_2D, ELBO()),
    ("digits-flow-2d", FlowConfig(DIGITS_2D, "planar", 10), ELBO()),
    ("digits-mixture-2d", replace(DIGITS_2D, prior="mixture", prior_components=10), ELBO()),
    ("digits-conditional-4d", ConditionalConfig(DIGITS_LABELLED, 10), ELBO()),
    ("digits-vamp-2d", replace(DIGITS_2D, prior="vamp", prior_components=50), ELBO()),
    ("digits-layered-4d", LayeredConfig(DIGITS_2D, 2, (50, 50)), ELBO()),
    ("digits-iwae-2d", DIGITS_2D, IWAE(50, "dreg")),
    ("digits-wake-sleep-2d", DIGITS_2D, WakeSleep()),
)
FREY_VAE = VAEConfig(FREY, 10, hidden=(200,), likelihood="gaussian")
OLIVETTI_VAE = VAEConfig(OLIVETTI, 16, "conv", likelihood="gaussian")
DIGITS_VAE = VAEConfig(DIGITS, 8, hidden=(200, 200), likelihood="gaussian")
# Beside VAEs that ship, which they begin as: from first weights their codes stay away from where p(z) lies, and what is
# drawn from it is noise.
SHARPER: tuple[tuple[str, str, AdversarialConfig, int], ...] = (  # a model's name, the VAE's, and pictures a batch
    ("digits-{}-8d", "digits-vae-gaussian-8d", AdversarialConfig(DIGITS_VAE, layer=1), 128),
    ("frey-{}-10d", "frey-vae-10d", AdversarialConfig(FREY_VAE, layer=1), 128),
    ("olivetti-{}-16d", "olivetti-vae-16d", AdversarialConfig(OLIVETTI_VAE), 64),
)


def lasting(recipe: Recipe, epochs: int) -> Recipe:
    """The twin of a recipe that has more epochs."""
    return replace(recipe, name=f"{recipe.name}-long", training=replace(recipe.training, epochs=epochs))


OF_THE_TABLE = (  # what `zoo table` sets beside published figures
    *LADDER,
    *POSTERIORS,
    *WITHOUT_SCORE,
    *PRIORS,
    *DIMENSIONS,
    *(replace(recipe, name=f"{recipe.name}-long", training=LONG_TRAINING) for recipe in LADDER),
    *POSTERIORS_LONG,
    *(lasting(recipe, 834) for recipe in WITHOUT_SCORE),
    *(lasting(recipe, 100) for recipe in PRIORS),
    *(lasting(recipe, 300) for recipe in DIMENSIONS),
    Recipe(  # as mnist-vae-2d but for the posterior
        "mnist-flow-2d", "mnist", FlowConfig(VAEConfig(MNIST, 2), "spline", 2), TrainingConfig(epochs=300)
    ),
    Recipe(  # as mnist-unconditional-10d but for the prior
        "mnist-mixture-10d",
        "mnist",
        VAEConfig(MNIST, 10, prior="mixture", prior_components=10),
        TrainingConfig(epochs=100, weight_decay=0.03),
    ),
    # as mnist-conditional-10d but for the labels
    Recipe(
        "mnist-unconditional-10d",
        "mnist",
        VAEConfig(MNIST, 10),
        TrainingConfig(epochs=100, weight_decay=0.03),
    ),
    *SEMI_SUPERVISED,
    *(lasting(recipe, 15) for recipe in SEMI_SUPERVISED),
    Recipe(
        "mnist-vq-49d",
        "mnist",
        QuantisedConfig(MNIST, codes=32),
        TrainingConfig(epochs=30),
        VectorQuantisation(),
        importance_samples=1,
    ),
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("mnist-vae-2d", "mnist", VAEConfig(MNIST, 2), TrainingConfig(epochs=300)),
        # without decay its ELBO is 5.9 nats better in training than in the test, with it 4.2
        Recipe("mnist-vae-10d", "mnist", VAEConfig(MNIST, 10), TrainingConfig(epochs=300, weight_decay=0.03)),
        Recipe(
            "mnist-vae-20d", "mnist", VAEConfig(MNIST, 20), TrainingConfig(epochs=200), importance_samples=MORE_SAMPLES
        ),
        *(
            Recipe(name, "digits", model, TrainingConfig(epochs=600), objective)
            for name, model, objective in DIGITS_IDEAS
        ),
        Recipe(  # as mnist-unconditional-10d but for the labels
            "mnist-conditional-10d",
            "mnist",
            ConditionalConfig(VAEConfig(MNIST, 10), 10),
            TrainingConfig(epochs=100, weight_decay=0.03),
        ),
        Recipe(
            "sprites-vae-10d",
            "sprites",
            VAEConfig(SPRITES, 10, "conv"),
            TrainingConfig(epochs=20, learning_rate=1e-3, pictures_per_epoch=100_000),
            importance_samples=100,
            likelihood_pictures=SPRITES_MEASURED,
        ),
        Recipe(
            "frey-vae-2d",
            "frey",
            VAEConfig(FREY, 2, hidden=(200,), likelihood="gaussian"),
            TrainingConfig(epochs=400, learning_rate=1e-3),
        ),
        Recipe(
            "frey-vae-10d",
            "frey",
            VAEConfig(FREY, 10, hidden=(200,), likelihood="gaussian"),
            TrainingConfig(epochs=400, learning_rate=1e-3),
        ),
        Recipe(
            "olivetti-vae-16d",
            "olivetti",
            VAEConfig(OLIVETTI, 16, "conv", likelihood="gaussian"),
            # of 80 to 350 epochs the best for a tenth of the training pictures that was held out: 320 are soon learnt
            TrainingConfig(epochs=250, batch_size=64, learning_rate=1e-3),
        ),
        *(
            # half as wide as the lecture's: eight of them are decoded at once, and sent to a visitor
            Recipe(
                f"mnist-beta{beta}-10d",
                "mnist",
                VAEConfig(MNIST, 10, hidden=(256, 256)),
                TrainingConfig(epochs=100),
                BetaELBO(float(beta)),
                importance_samples=500 if beta else MORE_SAMPLES,
            )
            for beta in MNIST_BETAS
        ),
        *(
            # as in assets/sweeps/sprites.toml
            Recipe(
                name,
                "sprites",
                SPRITES_NETWORK,
                TrainingConfig(epochs=10, learning_rate=4e-3, seed=seed, pictures_per_epoch=100_000),
                objective,
                importance_samples=100,
                likelihood_pictures=SPRITES_MEASURED,
                snapshots=(0.016, 0.16, 0.32, 0.48, 0.64, 0.8) if objective.name == Capacity.name else (),
            )
            for name, objective, seed in SPRITES_OBJECTIVES
        ),
        *(
            Recipe(
                name,
                "mnist",
                MaskedConfig(VAEConfig(MNIST, 10), completer),
                TrainingConfig(epochs=epochs, learning_rate=1e-3),
                MaskedPosterior(),
                base="mnist-vae-10d",
            )
            for name, completer, epochs in MNIST_COMPLETERS
        ),
        Recipe(
            "frey-masked-10d",
            "frey",
            MaskedConfig(VAEConfig(FREY, 10, hidden=(200,), likelihood="gaussian"), "mlp", (300, 300)),
            TrainingConfig(epochs=400, learning_rate=1e-3),
            MaskedPosterior(),
            base="frey-vae-10d",
        ),
        Recipe(
            "digits-vq-4d",
            "digits",
            QuantisedConfig(DIGITS, codes=32, code_dim=8, prior_width=32),
            TrainingConfig(epochs=300),
            VectorQuantisation(),
            importance_samples=1,
        ),
        Recipe(
            "frey-vq-35d",
            "frey",
            QuantisedConfig(FREY, codes=64, likelihood="gaussian"),
            TrainingConfig(epochs=200, learning_rate=1e-3),
            VectorQuantisation(),
            importance_samples=1,
        ),
        Recipe(
            "olivetti-vq-80d",
            "olivetti",
            QuantisedConfig(OLIVETTI, codes=64, channels=48, halvings=3, levels=2, likelihood="gaussian"),
            TrainingConfig(epochs=250, batch_size=64, learning_rate=1e-3),
            VectorQuantisation(),
            importance_samples=1,
        ),
        Recipe(
            "digits-flow-64d",
            "digits",
            FlowModelConfig(DIGITS, layers=4, hidden=(128,)),
            TrainingConfig(epochs=60, weight_decay=3.0),
            importance_samples=1,
        ),
        Recipe("digits-vae-gaussian-8d", "digits", DIGITS_VAE, TrainingConfig(epochs=300, learning_rate=1e-3)),
        *(
            Recipe(
                name,
                begun_as.split("-")[0],
                model,
                TrainingConfig(epochs=100, batch_size=batch, learning_rate=1e-3),
                objective,
                base=begun_as,
                ships="metrics" if begun_as.startswith("olivetti") or isinstance(model, VAEConfig) else "model",
            )
            for sharper, begun_as, judged, batch in SHARPER
            for name, model, objective in (
                (sharper.format("dis"), judged, FeatureLikelihood()),
                (sharper.format("gan"), judged, VAEGAN()),
                (f"{begun_as}-twin", judged.vae, ELBO()),  # what more epochs alone change
            )
        ),
        *DIGITS_SEMI_SUPERVISED,
        *STACKED,
        *(replace(recipe, ships="metrics") for recipe in OF_THE_TABLE),
    )
}
