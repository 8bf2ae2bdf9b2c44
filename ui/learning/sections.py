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
            switch("hand"),
            number("mu", 0, -7, 7),
            number("sigma", 1, 0.2, 6),
        ),
    ),
)
NAMED = {section.name: section for section in SECTIONS}


def for_browser() -> list[dict]:
    """What the component is told of all sections."""
    return [asdict(section) for section in SECTIONS]
