"""What a map shows and the cursor fetches, where a page stands, and what a model allows of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Projection = Literal["latent", "pca", "umap"]
Colour = Literal["label", "kl", "error"]
Show = Literal["decoded", "sample"]
DECIMALS = 4  # of a number in a link


@dataclass(frozen=True)
class View:
    """What the map shows and what the cursor fetches from it; `axes` are the two latent indices of "latent"."""

    projection: Projection
    axes: tuple[int, int]
    colour: Colour
    show: Show = "decoded"


@dataclass(frozen=True)
class Place:
    """The present z, and the row of the code that is pinned."""

    z: tuple[float, ...]
    point: int | None = None


@dataclass(frozen=True)
class Bounds:
    """What one model allows."""

    latent_dim: int
    codes: Sequence[Sequence[float]]  # (N, D), the means of the test pictures' codes
    projections: tuple[Projection, ...]
    colours: tuple[Colour, ...]
    axes: tuple[int, int]  # the two that are used most

    @property
    def view(self) -> View:
        """The view a model opens with."""
        umap = self.latent_dim > 2 and "umap" in self.projections
        return View("umap" if umap else "latent", self.axes, self.colours[0])

    @property
    def place(self) -> Place:
        """The place a model opens at: the first test picture, beside its original."""
        return self.place_of(0)

    def place_of(self, point: int) -> Place:
        """A row of the codes, pinned, as exact as a link."""
        return Place(tuple(round(float(value), DECIMALS) for value in self.codes[point]), point)
