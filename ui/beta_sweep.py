"""The rail: the models of one data set that differ in beta, where the hand is on it, and its face in the browser."""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import streamlit as st
import torch

from ui import cache, live
from ui.link import bytes_of, text_of
from vae_core.data import intake
from vae_core.data.pictures import DatasetInfo
from vae_core.learning.objectives import BetaELBO
from vae_core.models.checkpoint import Checkpoint, CheckpointError

Mode = Literal["slider", "picture"]
Around = Literal["middle", "picture", "prior"]
FARTHEST = 3.0  # standard deviations that the slider reaches; `static/live/rail.js` knows it, too
NOISIEST = 3.0
MOST_DRAWS = 1_000_000
NOTES = {0.0: "autoencoder", 1.0: "the VAE"}  # betas that have a name

SKELETON = '<div class="live-mount"><div class="rail-skeleton"></div></div>'
SKELETON_STYLE = """
.rail-skeleton { height: 18rem; border-radius: var(--st-base-radius); opacity: .6;
  background: var(--st-secondary-background-color) }
"""
_rail = st.components.v2.component("rail", html=SKELETON, css=SKELETON_STYLE, js=live.BOOTSTRAP, isolate_styles=False)


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


@dataclass(frozen=True)
class Place:
    """Where the hand is: the rank by KL of the dimension that is walked, how far, and which picture is read."""

    mode: Mode = "slider"
    k: int = 1
    u: float = 0.0  # standard deviations from the middle
    around: Around = "middle"  # what the other dimensions are
    noise: float = 0.0  # how far z is drawn from the posterior's mean, in its standard deviations
    seed: int = 1  # of that draw, and of the prior's
    row: int | None = 0  # of the test picture's code; None for a picture that was drawn
    drawn: str | None = None  # that picture, two pixels of 16 greys in a byte, in base64


def members(dataset: str, tried: Sequence[Member] = ()) -> list[Member]:
    """The zoo's beta models of a data set in order of beta, then those that this visitor trained."""
    found = []
    for entry in cache.zoo().values():
        if entry.dataset != dataset or entry.objective != "beta":
            continue
        try:
            checkpoint = cache.checkpoint(entry.folder)
        except CheckpointError:
            continue  # a broken model does not take the others away
        if checkpoint.codes is not None:
            beta = float(entry.objective_settings["beta"])
            found.append(Member(entry.name, beta, checkpoint, cache.stamp(entry.folder)))
    shape = found[0].checkpoint.model.config.picture_shape if found else None
    own = [member for member in tried if member.checkpoint.description["dataset"] == dataset]
    alike = [member for member in found if member.checkpoint.model.config.picture_shape == shape]
    return [*sorted(alike, key=lambda member: member.beta), *own]


def show(
    rail: Sequence[Member],
    info: DatasetInfo,
    place: Place,
    visit: int,
    chosen: str,
    key: str,
    on_choose: Callable[[], None],
) -> None:
    """The rail. `visit` grows whenever Python wants it to go to `place`; what it reports is in `live.sent(key)`.

    The name of a model that was clicked is in `st.session_state[key]["choose"]` when `on_choose` is called.
    """
    first = rail[0]
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "models": [for_browser(member.version, member.name, member) for member in rail],
        "chosen": chosen,
        "place": asdict(place),
        "visit": visit,
        "samples": len(first.checkpoint.codes.indices),
        "pen": intake.digit_box(info) is not None,
        "originals": live.originals(first.version, first.name, first.checkpoint, info, wanted=True),
    }
    _rail(key=key, data=data, on_place_change=lambda: None, on_choose_change=on_choose)


@st.cache_resource(show_spinner="Preparing the model for the browser, once on this machine", max_entries=64)
def for_browser(version: tuple, name: str, _member: Member) -> dict[str, Any]:
    """What the rail needs of one model: addresses of its networks, and its dimensions in order of KL."""
    checkpoint, codes = _member.checkpoint, _member.checkpoint.codes
    kl = live.kl_of(checkpoint)
    return {
        "name": name,
        "title": _member.title,
        "note": "yours" if _member.tried else NOTES.get(_member.beta, ""),
        "shape": list(checkpoint.model.config.picture_shape),
        "noise": live.pixel_noise(checkpoint),
        "order": kl.argsort(descending=True, stable=True).tolist(),
        "kl": [round(value, 4) for value in kl.tolist()],
        "centre": codes.mean.mean(0).tolist(),
        "spread": spread(codes).tolist(),
        **live.published_networks(name, checkpoint),
    }


def spread(codes):
    """Standard deviation of each dimension under the aggregated posterior, (D,): about 1 where a prior holds it."""
    return (codes.mean.var(0, correction=0) + codes.stddev.square().mean(0)).sqrt()


def drawn_picture(place: Place, rail: Sequence[Member]) -> torch.Tensor | None:
    """What was drawn, (1, C, H, W) uint8 in the rail's shape; None where nothing was."""
    shape = rail[0].checkpoint.model.config.picture_shape
    if place.row is not None or place.drawn is None:
        return None
    pairs = torch.tensor(list(base64.b64decode(place.drawn)), dtype=torch.uint8)
    greys = torch.stack([pairs >> 4, pairs & 15], 1).flatten()[: math.prod(shape)]
    return (17 * greys).reshape(1, *shape)


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


def missing(dataset: str) -> str:
    """The sentence for a data set without beta models."""
    title = cache.dataset_info(dataset).title
    others = {entry.dataset: None for entry in cache.zoo().values() if entry.objective == BetaELBO.name}
    if others:
        have = " and ".join(cache.dataset_info(name).title for name in others)
        return f"There are no models of {title} with different β. There are some of {have}: choose above."
    name = dataset if dataset in ("mnist", "sprites") else "mnist"
    return f"There are no models with different β: `python -m vae_core zoo build {name}-beta4-10d` builds one."


def read(words: Mapping[str, str], rail: Sequence[Member]) -> tuple[Place, list[str]]:
    """The place of a link, and one sentence for each part of it that made no sense and was left out."""
    place, complaints = Place(), []
    for name, take in READERS.items():
        try:
            place = take(place, words[name], rail) if name in words else place
        except ValueError as error:
            complaints.append(f"The link's {name} was left out: {error}.")
    return place, complaints


def write(model: str, place: Place, rail: Sequence[Member]) -> dict[str, str]:
    """The words of the link."""
    words = {"model": model, "rail": place.mode, "k": str(place.k)}
    if place.u:
        words["u"] = f"{place.u:.3f}".rstrip("0").rstrip(".")
    if place.around != "middle":
        words["around"] = place.around
    if place.noise:
        words["noise"] = f"{place.noise:.2f}".rstrip("0").rstrip(".")
    if place.seed != 1 and (place.noise or place.around == "prior"):
        words["draw"] = str(place.seed)
    if place.row is not None:
        words["sample"] = str(int(rail[0].checkpoint.codes.indices[place.row]))
    elif place.drawn is not None:
        words["drawn"] = text_of(bytes_of(place.drawn))
    return words


def sent(value: Mapping[str, Any], rail: Sequence[Member]) -> Place:
    """The place as the browser's component reports it. Raises ValueError, KeyError or TypeError for nonsense."""
    row = value["row"]
    count = len(rail[0].checkpoint.codes.indices)
    if row is not None and not (isinstance(row, int) and 0 <= row < count):
        raise ValueError(f"a row may be 0 to {count - 1}, got {row!r}")
    words = {"rail": value["mode"], "around": value["around"], "k": str(value["k"]), "draw": str(value["seed"])}
    words |= {"u": str(float(value["u"])), "noise": str(float(value["noise"]))}
    if row is None and value.get("drawn") is not None:
        words["drawn"] = value["drawn"]
    place, complaints = read(words, rail)
    if complaints:
        raise ValueError(complaints[0])
    return replace(place, row=row)


def _mode(place: Place, text: str, rail: Sequence[Member]) -> Place:
    if text not in get_args(Mode):
        raise ValueError(f"it may be {' or '.join(get_args(Mode))}, got {text[:20]!r}")
    return replace(place, mode=text)


def _around(place: Place, text: str, rail: Sequence[Member]) -> Place:
    if text not in get_args(Around):
        raise ValueError(f"it may be {', '.join(get_args(Around))}, got {text[:20]!r}")
    return replace(place, around=text)


def _k(place: Place, text: str, rail: Sequence[Member]) -> Place:
    most = min(member.latent_dim for member in rail)
    if not text.isdecimal() or not 1 <= int(text[:12]) <= most:
        raise ValueError(f"it may be 1 to {most}, got {text[:20]!r}")
    return replace(place, k=int(text))


def _u(place: Place, text: str, rail: Sequence[Member]) -> Place:
    try:
        u = float(text)
    except ValueError:
        u = math.nan
    if not abs(u) <= FARTHEST:
        raise ValueError(f"it may be -{FARTHEST:g} to {FARTHEST:g}, got {text[:20]!r}")
    return replace(place, u=u)


def _noise(place: Place, text: str, rail: Sequence[Member]) -> Place:
    try:
        noise = float(text)
    except ValueError:
        noise = math.nan
    if not 0 <= noise <= NOISIEST:
        raise ValueError(f"it may be 0 to {NOISIEST:g}, got {text[:20]!r}")
    return replace(place, noise=noise)


def _draw(place: Place, text: str, rail: Sequence[Member]) -> Place:
    if not text.isdecimal() or not 1 <= int(text[:12]) <= MOST_DRAWS:
        raise ValueError(f"it may be 1 to {MOST_DRAWS}, got {text[:20]!r}")
    return replace(place, seed=int(text))


def _sample(place: Place, text: str, rail: Sequence[Member]) -> Place:
    rows = (rail[0].checkpoint.codes.indices == int(text[:12])).nonzero() if text.isdecimal() else ()
    if not len(rows):
        raise ValueError(f"there is no code of test picture {text[:20]!r}")
    return replace(place, row=int(rows[0]))


def _drawn(place: Place, text: str, rail: Sequence[Member]) -> Place:
    shape = rail[0].checkpoint.model.config.picture_shape
    content = bytes_of(text)
    if content is None or len(content) != -(-math.prod(shape) // 2):
        raise ValueError(f"it is not a picture of {shape[2]} x {shape[1]} pixels")
    return replace(place, row=None, drawn=base64.b64encode(content).decode())


READERS = {
    "rail": _mode,
    "k": _k,
    "u": _u,
    "around": _around,
    "noise": _noise,
    "draw": _draw,
    "sample": _sample,
    "drawn": _drawn,
}
