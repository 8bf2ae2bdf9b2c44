"""What is on Learning for one visitor: the open section, and where its numbers are."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ui import frame, link
from ui.learning.sections import NAMED, SECTIONS, Quantity, Section, Values
from ui.link import Field, decimal_between, one_of, short
from ui.turn import Turn, first_visit

REPORT = {"section": str, "values": [[float]]}


@dataclass(frozen=True)
class Place:
    """A section, and the numbers of its quantities."""

    section: str = SECTIONS[0].name
    values: Values = field(default_factory=lambda: SECTIONS[0].opening)


@dataclass
class Learning:
    """Where a visitor is."""

    place: Place = field(default_factory=Place)
    visit: int = field(default_factory=first_visit)  # grows whenever the component is to go to `place`

    def follow(self, turn: Turn) -> None:
        """Go where the link or the hand leads."""
        if turn.linked:
            self.place, problems = read(turn.query)
            for problem in problems:
                frame.note(problem)
            self.visit += 1
        elif (moved := turn.moved("", sent)) is not None:
            self.place = moved

    def link(self) -> dict[str, str]:
        """The link's parameters."""
        return write(self.place)

    def for_browser(self) -> dict:
        """What the component is told."""
        return {"place": {"section": self.place.section, "values": self.place.values}, "visit": self.visit}


def read(query: Mapping[str, str]) -> tuple[Place, list[str]]:
    """The place of a link, and one sentence for each part of it that made no sense and was left out."""
    place, problems = link.read(query, (SECTION,), Place(), None)
    place, more = link.read(query, fields_of(NAMED[place.section]), place, None)
    return place, problems + more


def write(place: Place) -> dict[str, str]:
    """The link's parameters: the section, and those of its numbers that are not where it opens."""
    return link.write((SECTION, *fields_of(NAMED[place.section])), place, None)


def sent(value: Mapping[str, Any]) -> Place:
    """The place as the browser's component reports it. Raises ValueError for nonsense."""
    section = NAMED[one_of(value["section"], NAMED)]
    texts = {
        quantity.name: ",".join(repr(float(number)) for number in numbers)
        for quantity, numbers in zip(section.quantities, value["values"], strict=True)
    }
    return link.checked(texts, fields_of(section), Place(section.name, section.opening), None)


def fields_of(section: Section) -> tuple[Field, ...]:
    """The link's fields of a section's quantities."""
    return tuple(_field(quantity) for quantity in section.quantities)


def _field(quantity: Quantity) -> Field:
    def parse(place: Place, text: str, _: None) -> Place:
        texts = text.split(",")
        numbers = tuple(map(decimal_between, texts, *quantity.bounds(len(texts))))
        rounded = tuple(float(short(number, quantity.decimals)) for number in numbers)
        return replace(place, values=place.values | {quantity.name: rounded})

    def written(place: Place, _: None) -> str | None:
        numbers = place.values[quantity.name]
        if numbers == quantity.opening:
            return None
        return ",".join(short(number, quantity.decimals) for number in numbers)

    return Field(quantity.name, parse, written)


def _section(place: Place, text: str, _: None) -> Place:
    section = NAMED[one_of(text, NAMED)]
    return Place(section.name, section.opening)


SECTION = Field("section", _section, lambda place, _: place.section)
