"""The sections of Learning, in their order: what a hand moves in each, from where to where. How each looks, and what it
says, is in `static/live/learning/sections`."""

from dataclasses import asdict, dataclass

Values = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Quantity:
    """Numbers that a hand moves and a link says: where they open, their bounds, and how exact they are."""

    name: str
    opening: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    decimals: int = 2


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


TWENTIES = 50  # of steps in which Watch it learn trains its VAE; each has its own beta

SECTIONS = (
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
        "race",
        "Race",
        (
            number("seen", 2_000, 1_000, 200_000, 0),
            switch("latents"),
            switch("training"),
        ),
    ),
    Section(
        "watch",
        "Watch it learn",
        (
            Quantity("betas", (1,) * TWENTIES, (0,) * TWENTIES, (8,) * TWENTIES, 1),
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
