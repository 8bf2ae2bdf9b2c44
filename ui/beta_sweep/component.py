"""The Beta sweep's face in Python: the component, and what the browser needs of each model."""

from typing import Any

import streamlit as st

from ui import cache, originals
from ui.beta_sweep import sections
from ui.beta_sweep.members import Member, missing
from ui.beta_sweep.state import LIMITS, Sweep
from ui.browser import model as live
from ui.browser import report
from ui.browser.component import define
from ui.browser.publish import are_there
from ui.text import plain
from vae_core.intake import steps as intake
from vae_core.zoo.store import Entry

KEY = "beta_sweep_live"
NOTES = {0.0: "autoencoder", 1.0: "the VAE"}  # betas that have a name

SKELETON = '<div class="live-mount"><div class="beta-sweep-skeleton"></div></div>'
SKELETON_STYLE = """
.beta-sweep-skeleton { height: 18rem; border-radius: var(--st-base-radius); opacity: .6;
  background: var(--st-secondary-background-color) }
"""
_beta_sweep = define("beta_sweep", "beta_sweep/page", SKELETON, SKELETON_STYLE)


def show(state: Sweep, entry: Entry) -> None:
    """The models side by side, or why there are none. `ui.browser.report` tells what it reports.

    The name of a model that was clicked is asked for as "choose".
    """
    if not state.rail:
        st.info(plain(missing(entry.info)), icon=":material/info:")
        return
    first, info = state.rail[0], entry.info
    originals.follow(KEY, info)
    data = {
        "modules": live.modules(),
        "files": live.files(),
        "models": [model_for_browser(member.version, member.name, member) for member in state.rail],
        "limits": LIMITS,
        "chosen": entry.name,
        "samples": len(first.checkpoint.codes.indices),
        "pen": intake.digit_box(info) is not None,
        "originals": originals.for_browser(first.version, first.name, first.checkpoint, info, wanted=True),
        **state.for_browser(),
    }
    silent = {f"on_{name}_change": lambda: None for name in ("place", "originals")}
    _beta_sweep(key=KEY, data=data, on_choose_change=choose, **silent)


def choose() -> None:
    """A card was clicked: its model is the whole app's from now on."""
    sections.choose_model(report.asked(KEY, "choose", str))


@cache.kept(entries=64, spinner="Preparing the model for the browser, once on this machine", valid=are_there)
def model_for_browser(version: tuple, name: str, _member: Member) -> dict[str, Any]:
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
