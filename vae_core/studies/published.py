"""Published figures, each with its source and its setting, and the recipes of ours that stand beside them.

Only figures that were read in a public source are here; what is known by recall alone is not printed.
"""

from dataclasses import dataclass
from typing import Literal

from vae_core.zoo.recipes import DIGITS_LABELS, LABEL_SEEDS, LABELS, LATENT_DIMS


@dataclass(frozen=True)
class Published:
    """One figure of a paper or of a public reproduction."""

    value: float
    source: str
    setting: str
    error: float | None = None  # as the source gives it
    bound: bool = False  # the source gives it as "at most"


@dataclass(frozen=True)
class Line:
    """A row: recipes of ours (several: draws of the same setting, whose mean and spread are told), a figure of their
    metrics, and what was published."""

    what: str
    recipes: tuple[str, ...]
    published: Published | None = None
    beside: str = ""  # the recipe that it is compared with, picture by picture
    long: str = ""  # the recipe of a longer schedule, the source's where there is one


@dataclass(frozen=True)
class Comparison:
    """Rows that belong together: one figure in one unit, the lower the better."""

    name: str  # in links
    title: str
    figure: str  # the key of metrics.json
    unit: str
    lines: tuple[Line, ...]
    scale: float = 1.0  # from the stored figure to the unit


@dataclass(frozen=True)
class Raced:
    """Rows that one race gives: what its trainers, or its numbers of latents, came to on test pictures. The first is
    what the others are compared with. Of the published ones there are curves, and no numbers."""

    name: str  # in links
    title: str
    kind: Literal["trainers", "latents"]
    dataset: str
    pictures: int  # to train on
    runners: tuple[tuple[str, str | int], ...]  # what it is called, and who it is in the file
    source: str
    setting: str
    seen: int = 200_000  # pictures that each one sees

    @property
    def command(self) -> str:
        """What measures it, beside the file's name."""
        dims = f" --latent-dims {','.join(str(who) for _, who in self.runners)}" if self.kind == "latents" else ""
        return f"race --dataset {self.dataset} --pictures {self.pictures} --seen {self.seen}{dims}"


BURDA = "Burda, Grosse & Salakhutdinov 2016, table 1"
BURDA_SETTING = "784-200-200-50, tanh, 3,280 epochs of batches of 20, 5,000 samples, binarised afresh"
PYTHAE = "pythae's README"
KINGMA = "Kingma, Rezende, Mohamed & Welling 2014, table 1"
REZENDE = "Rezende & Mohamed 2015, table 2"
REZENDE_SETTING = "40 dimensions, fixed binarisation, 500,000 steps of batches of 100"

LADDER = {("VAE", 1): 86.76, ("VAE", 5): 86.47, ("VAE", 50): 86.35, ("IWAE", 5): 85.54, ("IWAE", 50): 84.78}
M2 = {100: Published(11.97, KINGMA, "M2", 1.71), 1000: Published(3.60, KINGMA, "M2")}
M1_M2 = {100: Published(3.33, KINGMA, "M1+M2", 0.14), 1000: Published(2.40, KINGMA, "M1+M2")}


def burda(kind: str, samples: int) -> Published:
    return Published(LADDER[kind, samples], BURDA, BURDA_SETTING)


def shortened(what: str, recipe: str, published: Published | None = None, beside: str = "") -> Line:
    """A line whose recipe has a twin of a longer schedule."""
    return Line(what, (recipe,), published, beside if beside != recipe else "", long=f"{recipe}-long")


def labelled(what: str, count: int, name: str, published: Published | None, shortened: bool) -> Line:
    """A line of models that differ in which pictures keep their labels; whether they have twins of a longer
    schedule."""
    recipes = tuple(name.format(count, seed) for seed in LABEL_SEEDS)
    return Line(f"{what}, {count:,} labels", recipes, published, long=f"{recipes[0]}-long" if shortened else "")


def and_sharper(vae: str, latents: str, what: str = "a VAE") -> tuple[Line, ...]:
    """A VAE, and what begins as it and compares features: names end in `latents`."""
    dataset = vae.partition("-")[0]
    return (
        Line(what, (vae,)),
        Line("VAE_Dis_l, begun as the VAE", (f"{dataset}-dis-{latents}",), beside=vae),
        Line("VAE/GAN, begun as the VAE", (f"{dataset}-gan-{latents}",), beside=vae),
    )


COMPARISONS = (
    Comparison(
        "ladder",
        "Importance-weighted autoencoders, MNIST",
        "nll",
        "nats",
        (
            *(
                shortened(f"{kind}, K = {k}", f"mnist-{kind.lower()}-50d-k{k}", burda(kind, k), "mnist-vae-50d-k1")
                for kind, k in LADDER
            ),
            *(
                shortened(f"two layers, K = {k}", f"mnist-layered-{kind}-150d-k{k}", None, "mnist-layered-vae-150d-k1")
                for kind, k in (("vae", 1), ("iwae", 5), ("iwae", 50))
            ),
        ),
    ),
    Comparison(
        "dimensions",
        "Latent dimensions, MNIST",
        "nll",
        "nats",
        tuple(
            shortened(
                f"{dims} dimensions",
                f"mnist-ladder-{dims}d",
                Published(93.16, PYTHAE, "two-layer MLP") if dims == 10 else None,
                "mnist-ladder-10d",
            )
            for dims in LATENT_DIMS
        ),
    ),
    Comparison(
        "posterior",
        "Posterior, MNIST binarised once, 40 dimensions",
        "nll",
        "nats",
        (
            shortened(
                "diagonal Gaussian", "mnist-fixed-vae-40d", Published(89.9, REZENDE, REZENDE_SETTING, bound=True)
            ),
            *(
                shortened(what, f"mnist-fixed-{flow}-40d", None, "mnist-fixed-vae-40d")
                for what, flow in (
                    ("10 planar layers", "planar10"),
                    ("40 planar layers", "planar40"),
                    ("2 spline layers", "spline2"),
                )
            ),
        ),
    ),
    *(
        Comparison(
            f"posterior-{dataset}-2d",
            f"Posterior, {title}, 2 dimensions",
            "nll",
            "nats",
            (
                Line("diagonal Gaussian", (f"{dataset}-vae-2d",)),
                Line(what, (f"{dataset}-flow-2d",), beside=f"{dataset}-vae-2d"),
            ),
        )
        for dataset, title, what in (
            ("mnist", "MNIST", "2 spline layers"),
            ("digits", "Digits", "10 planar layers"),
        )
    ),
    Comparison(
        "prior",
        "Prior, MNIST, 40 dimensions",
        "nll",
        "nats",
        (
            shortened("N(0, I)", "mnist-vae-40d"),
            shortened("VampPrior, 500 pseudo-pictures", "mnist-vamp-40d", beside="mnist-vae-40d"),
        ),
    ),
    Comparison(
        "prior-10d",
        "Prior, MNIST, 10 dimensions",
        "nll",
        "nats",
        (
            Line("N(0, I)", ("mnist-unconditional-10d",)),
            Line("10 Gaussians", ("mnist-mixture-10d",), beside="mnist-unconditional-10d"),
        ),
    ),
    Comparison(
        "prior-digits",
        "Prior, Digits, 2 dimensions",
        "nll",
        "nats",
        (
            Line("N(0, I)", ("digits-vae-2d",)),
            Line("10 Gaussians", ("digits-mixture-2d",), beside="digits-vae-2d"),
        ),
    ),
    Comparison(
        "conditional",
        "With and without labels, MNIST",
        "nll",
        "nats",
        (
            Line("p(x)", ("mnist-unconditional-10d",)),
            Line("p(x | y)", ("mnist-conditional-10d",), beside="mnist-unconditional-10d"),
        ),
    ),
    Comparison(
        "few-labels",
        "Some labels, MNIST: test error, mean and spread over draws of the labels",
        "classification_error",
        "%",
        tuple(
            labelled(what, count, name, given.get(count), shortened)
            for what, name, given, shortened in (
                ("M2", "mnist-m2-{}-labels-{}-5d", M2, True),
                ("M1+M2", "mnist-m1m2-{}-labels-{}-70d", M1_M2, False),
            )
            for count in LABELS
        ),
        scale=100.0,
    ),
    Comparison(
        "few-labels-digits",
        "Some labels, Digits: test error, mean and spread over draws of the labels",
        "classification_error",
        "%",
        tuple(
            Line(f"{what}, {count} labels", tuple(f"digits-{kind}-{count}-labels-{seed}-4d" for seed in LABEL_SEEDS))
            for what, kind, count in (
                *(("M2", "m2", count) for count in DIGITS_LABELS),
                ("M2 with q(z|x)", "m2-blind", 100),
            )
        ),
        scale=100.0,
    ),
    Comparison(
        "discrete",
        "Discrete latents: a bound",
        "nll",
        "nats",
        (
            Line("digits, 4 cells of 32 codes", ("digits-vq-4d",)),
            Line("MNIST, 49 cells of 32 codes", ("mnist-vq-49d",)),
        ),
    ),
    Comparison(
        "dequantised",
        "Dequantised digits, whose 17 grey levels of 256 a flow finds",
        "bits_per_dimension",
        "bits a dimension",
        (
            *and_sharper("digits-vae-gaussian-8d", "8d", "a VAE with Gaussian pixels"),
            Line("a flow of 64 pixels, exact", ("digits-flow-64d",), beside="digits-vae-gaussian-8d"),
        ),
    ),
    *(
        Comparison(
            dataset,
            title,
            "bits_per_dimension",
            "bits a dimension",
            (*and_sharper(f"{dataset}-vae-{latents}", latents), Line(what, (quantised,))),
        )
        for dataset, title, latents, what, quantised in (
            ("frey", "Frey Face", "10d", "a VQ-VAE, 35 cells of 64 codes", "frey-vq-35d"),
            ("olivetti", "Olivetti", "16d", "a VQ-VAE of two levels", "olivetti-vq-80d"),
        )
    ),
)

AEVB = "Kingma & Welling 2013"
TRAINERS = (("AEVB", "aevb"), ("wake-sleep", "wake-sleep"), ("Monte Carlo EM", "mcem"))
FIGURE_3 = "curves without numbers; 3 latents, 100 hidden units, Adagrad; ours Adam"
FIGURE_2 = "curves without numbers; 500 hidden units (200 for Frey Face), Adagrad; ours 100, Adam"
RACES = (
    *(
        Raced(
            f"trainers-{pictures}",
            f"Three trainers, {pictures:,} pictures of MNIST, 3 latents",
            "trainers",
            "mnist",
            pictures,
            TRAINERS,
            f"{AEVB}, figure 3",
            FIGURE_3,
        )
        for pictures in (1_000, 50_000)
    ),
    *(
        Raced(
            f"latents-{dataset}",
            f"Numbers of latents, AEVB on {pictures:,} pictures of {title}",
            "latents",
            dataset,
            pictures,
            tuple((f"{dim} latents", dim) for dim in dims),
            f"{AEVB}, figure 2",
            FIGURE_2,
        )
        for dataset, title, pictures, dims in (
            ("mnist", "MNIST", 50_000, (2, 5, 10, 20, 200)),
            ("frey", "Frey Face", 1_000, (2, 5, 10, 20)),
        )
    ),
)
