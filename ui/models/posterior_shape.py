"""Posterior shape: the true p(z|x) of one picture over two latent dimensions, and the q that stands for it: a Gaussian,
or one that a flow has bent."""

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from ui import cache
from ui.browser import networks
from ui.frame import Shown, has_a_map, is_plain
from ui.link import Field, decimal, short
from ui.models import read_picture
from ui.models.section import Section
from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.posterior_grid import elbo_of_flow, region_of
from vae_core.analysis.refinement import refined_flow
from vae_core.intake import steps as intake
from vae_core.models.checkpoint import Checkpoint
from vae_core.zoo.store import Entry

ASKED = {"model": str, "x": str}  # what the browser asks a better flow with: x (C, H, W) in base64
STEPS = 300  # of the ascent that makes it
RING, RADII = 120, (1, 2)  # places on a circle of so many standard deviations, as `static/live/engine/jobs/bent.js` has
FARTHEST = 20.0  # of q's centre from the middle
THINNEST, BROADEST = 1e-4, 20.0  # of its standard deviations


@dataclass(frozen=True)
class PosteriorShape:
    """The picture, and q where it was moved by hand."""

    row: int | None = 0  # of the test picture's code; None for one that was drawn
    drawn: str | None = None  # that one, two pixels of 16 greys in a byte, in base64
    q: tuple[float, float, float, float] | None = None  # means and standard deviations; None for the encoder's


def opening(shown: Shown) -> PosteriorShape:
    """The second picture: with the models that ship its encoder's q lies visibly beside the posterior."""
    return PosteriorShape(row=min(1, len(shown.checkpoint.codes.indices) - 1))


def offered(entries: list[Entry]) -> tuple[list[Entry], Entry]:
    """The models of a data set with two dimensions, of which a plain one is the first to be shown; all of them where
    there are none."""
    flat = [entry for entry in entries if networks.is_flat(entry)] or entries
    return flat, next(filter(is_plain, flat), flat[0])


def missing(shown: Shown) -> str | None:
    """Why there is no posterior to draw."""
    if networks.is_flat(shown.entry):
        return None
    titles = dict.fromkeys(entry.info.title for entry in cache.zoo().values() if networks.is_flat(entry))
    others = (
        f"choose {' or '.join(titles)} above" if titles else "`python -m vae_core zoo build mnist-vae-2d` builds one"
    )
    return f"A posterior is drawn over two latent dimensions, and no model of {shown.info.title} has two: {others}."


def for_browser(state: PosteriorShape, shown: Shown) -> dict[str, Any]:
    """The model, and where its posteriors lie."""
    low, high = region_of(shown.checkpoint.codes.mean)
    return {
        "network": networks.of(shown.entry)[1],
        "region": {"low": low, "high": high},
        "samples": len(shown.checkpoint.codes.indices),
        "pen": intake.digit_box(shown.info) is not None,
        "limits": {"farthest": FARTHEST, "thinnest": THINNEST, "broadest": BROADEST},
    }


def better_flow(asked: Mapping[str, Any], shown: Shown) -> dict[str, Any] | None:
    """The flow made as good for one picture as was found, with that picture: what that gains, nats, and the images of
    circles; None for what no page asks."""
    fits = networks.is_flat(shown.entry) and shown.entry.can.bends_posterior
    pixels = math.prod(shown.entry.picture_shape)
    if asked["model"] != shown.name or not fits or len(asked["x"]) != 4 * math.ceil(pixels / 3):
        return None
    try:
        content = base64.b64decode(asked["x"], validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) != pixels:
        return None
    return {"x": asked["x"], **_better(shown.version, content, shown.checkpoint)}


@cache.kept(entries=64, spinner="Making the flow better for this picture")
def _better(version: tuple, content: bytes, _checkpoint: Checkpoint) -> dict[str, Any]:
    model = _checkpoint.model
    picture = torch.frombuffer(bytearray(content), dtype=torch.uint8).reshape(1, *model.config.picture_shape)
    x = noiseless(picture, model.config.likelihood)
    better = refined_flow(model, x, STEPS).posterior
    angles = 2 * math.pi * torch.arange(RING) / RING
    circle = torch.stack([angles.cos(), angles.sin()], 1)[:, None]  # (RING, 1, 2)
    with torch.no_grad():
        before, after = (elbo_of_flow(model, x, posterior) for posterior in (model.encode(x), better))
        rings = [better.at(radius * circle)[0] for radius in RADII]
        return {
            "gain": max(0.0, after - before),
            "mean": better.mean[0].tolist(),
            "stddev": better.stddev[0].tolist(),
            "rings": [ring.flatten().tolist() for ring in rings],
        }


def _q(state: PosteriorShape, text: str, shown: Shown) -> PosteriorShape:
    numbers = tuple(map(decimal, text.split(",")))
    inside = len(numbers) == 4 and all(abs(mean) <= FARTHEST for mean in numbers[:2])
    if not inside or not all(THINNEST <= stddev <= BROADEST for stddev in numbers[2:]):
        raise ValueError(
            f"it is two means between -{FARTHEST:g} and {FARTHEST:g} and two standard deviations between "
            f"{THINNEST:g} and {BROADEST:g}, got {text[:40]!r}"
        )
    return replace(state, q=numbers)


SECTION = Section(
    "shape",
    "Posterior shape",
    (
        *read_picture.FIELDS,
        Field("q", _q, lambda state, _: None if state.q is None else ",".join(short(number, 6) for number in state.q)),
    ),
    opening,
    for_browser,
    offered,
    missing,
    has_a_map,
)
