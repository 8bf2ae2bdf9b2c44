"""The sections of Learning, in their order: what a hand moves in each, from where to where. How each looks, and what it
says, is in `static/live/learning/sections`."""

from dataclasses import asdict, dataclass

Values = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Quantity:
    """Numbers that a hand moves and a link says: where they open, their bounds, and how exact they are.

    A list, of points say, has the bounds of one of its entries, and how many there may be.
    """

    name: str
    opening: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    decimals: int = 2
    fewest: int = 1
    most: int = 1

    def bounds(self, count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The lowest and the highest of so many numbers. Raises ValueError where there cannot be so many."""
        entries, rest = divmod(count, len(self.low))
        if rest or not self.fewest <= entries <= self.most:
            each = len(self.low)
            form = f"{each}" if self.most == 1 else f"{self.fewest} to {self.most} times {each}"
            raise ValueError(f"it may be {form} number{'' if form == '1' else 's'}, got {count}")
        return self.low * entries, self.high * entries


@dataclass(frozen=True)
class Section:
    """A section: its name in links, its title, and what moves in it."""

    name: str
    title: str
    quantities: tuple[Quantity, ...]

    @property
    def opening(self) -> Values:
        return {quantity.name: quantity.opening for quantity in self.quantities}


def number(name: str, opening: float, low: float, high: float, decimals: int = 2) -> Quantity:
    """One number."""
    return Quantity(name, (opening,), (low,), (high,), decimals)


def switch(name: str, opening: bool = False) -> Quantity:
    """What is on or off."""
    return number(name, int(opening), 0, 1, 0)


TWENTIES = 50  # of steps in which Watch it learn trains its VAE; each has its own beta,
BETAS = TWENTIES + 1  # and a training that begins again has one
THREE_CLUSTERS = """
-1.7,-0.2 -2.95,-1.5 -1.6,-1.1 -3.05,-1.25 -1.8,-0.7 -2.3,-1.15 -2.3,-0.95 -3.8,-1.6 -4.1,-1.35 -2.55,-1.25
-2.6,-1.2 -2,-0.6 1.7,2 -0.1,2.25 2.7,1.8 2.25,1.65 0.15,1.4 0.35,2.1 2.35,2 1.35,1.6 0,2.85 1.8,1.8 1.45,2
0,2.65 3.15,-1.85 3.65,-2.45 2.7,-0.9 3.6,-1.3 2.95,-1.7 3.45,-0.9 2.85,-1.05 2.65,-1.9 2.05,-0.5 2.6,-2.15
2.75,-0.95 3.25,-0.7
""".replace(",", " ").split()

SECTIONS = (
    Section(
        "derivation",
        "Derivation",
        (
            number("line", 2, 0, 5, 0),
            number("picture", 1, 0, 199, 0),
            switch("way"),
            switch("curve"),
            Quantity("q", (0, 0, 1, 1), (-50, -50, 0.02, 0.02), (50, 50, 50, 50), 3),
            Quantity("points", (0.5, 5), (0.1, 0.1), (6, 6)),
            number("weight", 0.5, 0, 1),
        ),
    ),
    Section(
        "coin",
        "A coin",
        (
            number("n", 3, 0, 200, 0),
            number("a", 1, 0.5, 50),
            number("b", 1, 0.5, 50),
            number("truth", 0.7, 0, 1),
            number("seed", 1, 1, 999_999, 0),
        ),
    ),
    Section(
        "fitting",
        "Fitting",
        (
            number("split", 0, -3, 3, 3),
            number("centre", 0, -3, 3, 3),
            number("stretch", 1, -3, 3, 3),
            number("noise", 1, 0.2, 3, 3),
            number("n", 12, 4, 200, 0),
            number("width", 0, 0, 1),
            number("seed", 2, 1, 999_999, 0),
        ),
    ),
    Section(
        "monte_carlo",
        "Monte Carlo",
        (
            number("n", 1000, 1, 100_000, 0),
            number("picture", 3, 0, 199, 0),
            switch("close"),
            Quantity("mean", (0, 0), (-6, -6), (6, 6), 3),
            Quantity("width", (1, 1), (0.005, 0.005), (3, 3), 3),
            number("seed", 1, 1, 999_999, 0),
        ),
    ),
    Section(
        "bounds",
        "Trained by K",
        (number("K", 50, 2, 100, 0), number("step", 400, 0, 400, 0), number("seed", 2, 1, 999_999, 0)),
    ),
    Section(
        "gradients",
        "Gradients",
        (
            number("N", 1, 1, 32, 0),
            number("D", 10, 1, 100, 0),
            number("distance", 1, 0, 3),
            number("baseline", 0, 0, 2, 0),
            number("seed", 1, 1, 999_999, 0),
        ),
    ),
    Section(
        "gradient_training",
        "Gradients at work",
        (
            number("D", 10, 1, 16, 0),
            number("rate", 0.005, 0.001, 0.02, 4),
            number("step", 300, 0, 600, 0),
            number("seed", 1, 1, 999_999, 0),
        ),
    ),
    Section(
        "em",
        "EM",
        (
            Quantity("points", tuple(map(float, THREE_CLUSTERS)), (-5, -4), (5, 4), fewest=2, most=60),
            number("step", 2, 0, 120, 0),
            number("K", 3, 1, 4, 0),
            Quantity("means", (-1, -1, 0, 1, 1, -1, 0, 0), (-5, -4) * 4, (5, 4) * 4),
            switch("online"),
            number("seed", 1, 1, 999_999, 0),
        ),
    ),
    Section(
        "amortisation",
        "One q per picture",
        (
            number("step", 0, 0, 40, 0),
            number("picture", 7, 0, 199, 0),
            Quantity("q", (0, 0, 1, 1), (-50, -50, 0.02, 0.02), (50, 50, 50, 50), 3),
        ),
    ),
    Section(
        "which_kl",
        "Which KL?",
        (
            Quantity("positions", (-2.4, 2.2, 5.0), (-6, -6, -6), (6, 6, 6)),
            Quantity("widths", (0.6, 0.9, 0.6), (0.2, 0.2, 0.2), (2, 2, 2)),
            Quantity("weights", (0.55, 0.45, 0), (0.02, 0.02, 0), (1, 1, 1), 3),
            number("alpha", 0, 0, 1),
            switch("zero"),
            Quantity("gap", (0, 0.5), (-6, 0.1), (6, 2)),
            switch("points"),
            switch("hand"),
            number("mu", 0, -7, 7),
            number("sigma", 1, 0.2, 6),
        ),
    ),
    Section(
        "reparametrisation",
        "Reparametrisation",
        (
            number("mu", 1.6, -3, 3),
            number("sigma", 0.5, 0.05, 2),
            number("n", 16, 1, 64, 0),
            number("seed", 1, 1, 999_999, 0),
            number("followed", 0, 0, 63, 0),
        ),
    ),
    Section(
        "mean_field",
        "Mean field",
        (
            number("heard", 1, 0, 1),
            number("radio", 0.5, 0.01, 0.99),
            Quantity("priors", (0.05, 0.05), (0.01, 0.01), (0.9, 0.9)),
            Quantity("strengths", (0.9, 0.9), (0.05, 0.05), (0.99, 0.99)),
            Quantity("q", (0.5, 0.5), (0.001, 0.001), (0.999, 0.999), 3),
        ),
    ),
    Section(
        "closed_form_kl",
        "Closed-form KL",
        (
            number("shift", 0.5, 0, 2),
            number("width", 0.6, 0.1, 3),
            number("D", 10, 1, 100, 0),
            number("n", 100, 1, 10_000, 0),
            number("seed", 1, 1, 999_999, 0),
        ),
    ),
    Section(
        "flows",
        "Flows",
        (
            switch("plane"),
            number("z", 0.6, -3, 3),
            number("side", 0.5, 0.02, 1),
            number("scale", 0.4, 0.2, 1.5),
            number("height", 1.5, 0, 2.5),
            number("steepness", 2, 0.5, 4),
            Quantity("bend", (0.2, 0), (-2, -2), (2, 2)),
            Quantity("place", (0.9, 0.5), (-2.8, -2.8), (2.8, 2.8)),
            Quantity("layers", (0.7, 1, 0.5, -0.6), (-1.5, -2) * 2, (1.5, 2) * 2),
            number("noise", 0.2, 0.02, 1),
        ),
    ),
    Section(
        "race",
        "Race",
        (
            number("seen", 2_000, 1_000, 200_000, 0),
            number("data", 0, 0, 2, 0),
            switch("latents"),
            switch("training"),
        ),
    ),
    Section(
        "watch",
        "Watch it learn",
        (
            Quantity("betas", (1,) * BETAS, (0,) * BETAS, (8,) * BETAS, 1),
            switch("annealed"),
            number("step", 0, 0, 20 * TWENTIES, 0),
            number("seed", 6, 1, 999_999, 0),
        ),
    ),
)
NAMED = {section.name: section for section in SECTIONS}


def for_browser() -> list[dict]:
    """What the component is told of all sections."""
    return [asdict(section) for section in SECTIONS]
