"""Published figures, each with its source and its setting, and the recipes of ours that stand beside them.

Only figures that were read in a public source are here; what is known by recall alone is not printed.
"""

from dataclasses import dataclass
from typing import Literal

from vae_core.analysis.evaluation import PRIOR_DRAWS
from vae_core.data.registry import describe
from vae_core.zoo.recipes import DIGITS_LABELS, LABEL_SEEDS, LABELS, LATENT_DIMS, SHARPER


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
    """Rows that belong together: one figure in one unit, the lower the better, or the nearer to `best`."""

    name: str  # in links
    title: str
    figure: str  # the key of metrics.json
    unit: str
    lines: tuple[Line, ...]
    scale: float = 1.0  # from the stored figure to the unit
    also: str = ""  # what else was published, of settings that no line has
    best: float | None = None  # in the unit, where both more and less are worse


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
    finding: str  # what the source finds, and whether ours agree
    longer: int  # pictures that each one sees in a longer race
    seen: int = 200_000  # pictures that each one sees

    @property
    def command(self) -> str:
        """What measures it, beside the file's name."""
        return self.command_of(self.seen)

    @property
    def long(self) -> str:
        """The command of a longer race, beside the file's name."""
        return self.command_of(self.longer)

    def command_of(self, seen: int) -> str:
        dims = f" --latent-dims {','.join(str(who) for _, who in self.runners)}" if self.kind == "latents" else ""
        return f"race --dataset {self.dataset} --pictures {self.pictures} --seen {seen}{dims}"


BURDA = "Burda, Grosse & Salakhutdinov 2016, table 1"
BURDA_SETTING = "784-200-200-50, tanh, 3,280 epochs of batches of 20, 5,000 samples, binarised afresh"
PYTHAE = "pythae's README"
KINGMA = "Kingma, Rezende, Mohamed & Welling 2014, table 1"
REZENDE = "Rezende & Mohamed 2015, table 2"
REZENDE_SETTING = "40 dimensions, fixed binarisation, 500,000 steps of batches of 100"

LADDER = {("VAE", 1): 86.76, ("VAE", 5): 86.47, ("VAE", 50): 86.35, ("IWAE", 5): 85.54, ("IWAE", 50): 84.78}
DREG = {
    k: Published(nll, "Best public reproduction by doubly reparametrised gradients (DReG)", "one layer, 5,000 samples")
    for k, nll in ((5, 84.90), (50, 84.32))
}
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
    """A VAE, what goes on from it by the same bound, and what begins as it and compares features for as many epochs:
    names end in `latents`."""
    dataset, twin = vae.partition("-")[0], f"{vae}-twin"
    return (
        Line(what, (vae,)),
        Line("begun as it: the same VAE", (twin,), beside=vae),
        Line("begun as it: VAE_Disₗ", (f"{dataset}-dis-{latents}",), beside=twin),
        Line("begun as it: VAE/GAN", (f"{dataset}-gan-{latents}",), beside=twin),
    )


SHARPENED = tuple(
    Line(f"{describe(vae.partition('-')[0]).title}, {what}", (recipe,))
    for sharper, vae, *_ in SHARPER
    for what, recipe in (("VAE", vae), ("VAE_Disₗ", sharper.format("dis")), ("VAE/GAN", sharper.format("gan")))
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
                shortened(f"DReG, K = {k}", f"mnist-dreg-50d-k{k}", published, "mnist-vae-50d-k1")
                for k, published in DREG.items()
            ),
            *(
                shortened(
                    f"{kind}, two layers, K = {k}",
                    f"mnist-layered-{kind.lower()}-150d-k{k}",
                    None,
                    "mnist-vae-50d-k1",
                )
                for kind, k in (("VAE", 1), ("IWAE", 5), ("IWAE", 50))
            ),
        ),
        also="best public reproduction, one layer, K = 1, 5, 50: VAE 86.35, 86.10, 86.06; IWAE 86.35, 85.18, 84.59; "
        "by doubly reparametrised gradients 86.08 at K = 1",
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
        also=f"{REZENDE}: 80 planar layers ≤ 85.1, 80 layers of NICE 87.2",
    ),
    Comparison(
        "posterior-path",
        "Posterior, the same by the gradient without the score of q",
        "nll",
        "nats",
        (
            shortened("diagonal Gaussian", "mnist-fixed-path-vae-40d"),
            shortened(
                "10 planar layers, begun small", "mnist-fixed-path-planar10-40d", beside="mnist-fixed-path-vae-40d"
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
            Line("VampPrior, 50 pseudo-pictures", ("digits-vamp-2d",), beside="digits-vae-2d"),
            Line("2 latents above the 2", ("digits-layered-4d",), beside="digits-vae-2d"),
        ),
    ),
    Comparison(
        "objective-digits",
        "Objective, Digits, 2 dimensions",
        "nll",
        "nats",
        (
            Line("ELBO", ("digits-vae-2d",)),
            Line("IWAE, K = 50", ("digits-iwae-2d",), beside="digits-vae-2d"),
            Line("wake-sleep", ("digits-wake-sleep-2d",), beside="digits-vae-2d"),
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
        also="public reproduction, IWAE given the label, one layer, K = 1, 5, 50: 82.32, 81.41, 80.78",
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
        also="best public reproduction, 100 and 1,000 labels: M2 7.15, 3.28, M1+M2 2.80, 2.45; "
        f"{KINGMA}, 100, 600, 1,000 and 3,000 labels: M1+TSVM 11.82, 5.72, 4.24, 3.49",
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
    *(
        Comparison(
            name,
            f"Sharpness, variance of the Laplacian: {what}",
            figure,
            "% of the test pictures'",
            SHARPENED,
            scale=100.0,
            best=100.0,
        )
        for name, what, figure in (
            ("sharpness", f"{PRIOR_DRAWS:,} draws of p(z)", "sharpness_of_samples"),
            ("sharpness-reconstructions", "reconstructions", "sharpness_of_reconstructions"),
        )
    ),
)

AEVB = "Kingma & Welling 2013"
TRAINERS = (("AEVB", "aevb"), ("wake-sleep", "wake-sleep"), ("Monte Carlo EM", "mcem"))
FIGURE_3 = "curves without numbers, to 60 million pictures seen; 3 latents, 100 hidden units, Adagrad; ours Adam"
FIGURE_2 = (
    "curves without numbers, to 100 million pictures seen, of AEVB and wake-sleep; {} hidden units, Adagrad; ours {}"
)
ORDER = (
    "Order not reproduced: in the source AEVB learns faster than wake-sleep and ends better (figure 2, by the bound); "
    "ours leads it up to 5,000 pictures seen, lags behind it from 10,000 to 50,000, and at the end {}."
)
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
            ORDER.format(end),
            longer=50_000_000,
        )
        for pictures, end in (
            (1_000, "no two trainers are two paired standard errors apart"),
            (50_000, "only Monte Carlo EM and wake-sleep are two paired standard errors apart, 1.34 ± 0.67 nats"),
        )
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
            FIGURE_2.format(units, ours),
            finding,
            longer=100_000_000,
        )
        for dataset, title, pictures, dims, units, ours, finding in (
            (
                "mnist",
                "MNIST",
                50_000,
                (2, 5, 10, 20, 200),
                500,
                "100, Adam, 2 latents in place of 3",
                "As in the source, more latents do not overfit: the bound of training pictures is at most 1.1 nats "
                "above that of test pictures. 200 latents learn more slowly.",
            ),
            (
                "frey",
                "Frey Face",
                1_000,
                (2, 5, 10, 20),
                200,
                "100, Adam",
                "Order reversed: in the source more latents do not overfit; ours are worse on test pictures with 5, 10 "
                "and 20 than with 2, though by less than two paired standard errors, and better on training pictures.",
            ),
        )
    ),
)
