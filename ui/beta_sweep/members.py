"""The models of one data set that differ in beta, side by side on the rail, and what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui import cache, frame
from vae_core.data.pictures import DatasetInfo
from vae_core.learning.objectives import BetaELBO
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.zoo.store import Entry


@dataclass(frozen=True)
class Member:
    """A model on the rail; `version` changes with its files."""

    name: str
    beta: float
    checkpoint: Checkpoint
    version: tuple
    tried: bool = False  # trained by this visitor, in this visit

    @property
    def title(self) -> str:
        return f"β = {self.beta:g}"

    @property
    def metrics(self) -> dict:
        return self.checkpoint.metrics

    @property
    def latent_dim(self) -> int:
        return self.checkpoint.model.config.latent_dim


def members(dataset: str, tried: Sequence[Member] = ()) -> list[Member]:
    """The zoo's beta models of a data set in order of beta, then those that this visitor trained."""
    found = []
    for entry in cache.zoo().values():
        if entry.dataset != dataset or entry.objective != BetaELBO.name or not frame.is_plain(entry):
            continue
        try:
            checkpoint = cache.checkpoint(entry.folder)
        except CheckpointError:
            continue  # a broken model does not take the others away
        if checkpoint.codes is not None:
            beta = float(entry.objective_settings["beta"])
            found.append(Member(entry.name, beta, checkpoint, cache.stamp(entry.folder)))
    form = form_of(found[0]) if found else None
    own = [member for member in tried if member.checkpoint.description["dataset"] == dataset]
    alike = [member for member in found if form_of(member) == form]
    return [*sorted(alike, key=lambda member: member.beta), *own]


def form_of(member: Member) -> tuple:
    """What models share whose nats stand on one axis."""
    config = member.checkpoint.model.config
    return config.likelihood, tuple(config.picture_shape)


def on_rail(entries: list[Entry]) -> tuple[list[Entry], Entry]:
    """The models of a data set that may be chosen here, and the one that opens: those on the rail and the VAE among
    them, all where the data set has no rail."""
    shown, first = frame.fitting(frame.is_plain, entries)
    rail = [entry for entry in shown if entry.objective == BetaELBO.name]
    nearest = min(rail, key=lambda entry: abs(entry.objective_settings["beta"] - 1), default=first)
    return rail or shown, nearest


def schedule(rail: Sequence[Member]) -> str:
    """What is said of models whose weight did not begin at beta."""
    objectives = [BetaELBO(**member.checkpoint.description["objective_settings"]) for member in rail]
    higher = [objective for objective in objectives if objective.start != 1]
    if not higher:
        return ""
    first = min(higher, key=lambda objective: objective.beta)
    return (
        f"From β = {first.beta:g} on, training began with {first.start:g} times the weight, which fell to β in the "
        f"first {first.ramp:.0%} of the steps: the strongest factors take a dimension each before others mix with them."
    )


def titles_with(objective: str) -> str:
    """The data sets that have models of an objective, as a sentence names them; nothing where none has."""
    return " and ".join(dict.fromkeys(e.info.title for e in cache.zoo().values() if e.objective == objective))


def missing(info: DatasetInfo) -> str:
    """The sentence for a data set without beta models."""
    if others := titles_with(BetaELBO.name):
        return f"There are no models of {info.title} with different β. There are some of {others}: choose above."
    name = info.name if info.name in ("mnist", "sprites") else "mnist"
    return f"There are no models with different β: `python -m vae_core zoo build {name}-beta4-10d` builds one."
