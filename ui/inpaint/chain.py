"""The chain: pseudo-Gibbs beside Metropolis-within-Gibbs, played step by step in the browser."""

import base64
from collections.abc import Iterator
from functools import partial

import streamlit as st
from torch import Tensor

from ui import figures, work
from ui.browser import model as live
from ui.browser.component import define
from ui.inpaint import figures as own_figures
from ui.inpaint import measurements
from vae_core.analysis.inpainting import BURN_IN, WARM_UP
from vae_core.analysis.inpainting import CHAINS as SEVERAL
from vae_core.analysis.projection import on_plane
from vae_core.data.pictures import DatasetInfo
from vae_core.models.checkpoint import Checkpoint

CHAINS = {"pseudo-gibbs": "Pseudo-Gibbs", "metropolis": "Metropolis-within-Gibbs"}
BACKGROUND = 800  # codes behind the chain's path
PLAIN = "#94a4a2"  # of codes without labels

_chains = define(
    "inpaint_chain", "inpaint/chain", html='<div class="live-mount" style="min-height: 34rem"></div>', css=""
)


def chain(checkpoint: Checkpoint, info: DatasetInfo, x: Tensor, mask: Tensor) -> None:
    """Both chains on the hole that is on the screen."""
    if checkpoint.model.config.latent_dim < 2:
        st.info("This model has one latent dimension; a map needs two.")
        return
    key = measurements.key_of(checkpoint, x, mask)
    found = measurements.kept("chains", key)
    todo = [name for name in CHAINS if name not in found]

    def do(name: str) -> Iterator[float]:
        found[name] = measurements.run_chain(name, checkpoint, x, mask)
        yield 1.0

    if todo:
        st.caption(
            "Both chains guess z from the picture as filled in, then fill it in anew from z. Pseudo-Gibbs takes every "
            "guess; Metropolis-within-Gibbs refuses those that make the picture less likely than they should, and "
            "then walks a little around the z that it has, by the same rule."
        )
        steps = partial(measurements.one_by_one, todo, do, CHAINS.get)
        work.offer("inpaint_chain", key, "Run both chains on this hole", steps)
        return
    _chains(key="inpaint_chains", data={"modules": live.modules(), **for_browser(found, checkpoint, info)})
    st.caption(
        f"Metropolis-within-Gibbs accepted {found['metropolis']['accepted']:.0%} of the guesses; it accepts all in its "
        f"first {WARM_UP} steps. The methods' completions come from {SEVERAL} such chains each, after {BURN_IN} steps."
    )


def for_browser(found: dict[str, dict], checkpoint: Checkpoint, info: DatasetInfo) -> dict:
    """Both chains, and the codes behind them, as the component plays them."""
    place, titles = on_map(checkpoint, info)
    codes = checkpoint.codes
    labels = codes.labels[:BACKGROUND].tolist() if codes.labels is not None and info.labels else None
    return {
        "chains": [
            {
                "name": title,
                "colour": own_figures.METHOD_COLOURS[name],
                "pictures": base64.b64encode(found[name]["pictures"].numpy().tobytes()).decode(),
                "path": rounded(place(found[name]["z"])),
                "bounds": rounded(found[name]["bound"]),
            }
            for name, title in CHAINS.items()
        ],
        "codes": {
            "places": rounded(place(codes.mean[:BACKGROUND])),
            "colours": [figures.LABEL_COLOURS[label % 10] for label in labels] if labels else [PLAIN],
        },
        "shape": list(checkpoint.model.config.picture_shape[1:]),
        "titles": titles,
    }


def rounded(values: Tensor) -> list:
    """Three decimals are more than a screen shows."""
    return values.double().mul(1000).round().div(1000).tolist()


def on_map(checkpoint: Checkpoint, info: DatasetInfo):
    """Where z (N, D) lies on the plane that the map shows, and the names of its axes."""
    if checkpoint.model.config.latent_dim > 2 and "pca_components" in checkpoint.projections:
        plane = checkpoint.projections["pca_components"], checkpoint.projections["pca_mean"]
        return lambda z: on_plane(z, *plane), ("First principal component", "Second")
    axes = list(live.bounds(checkpoint.content_hash, checkpoint, info).axes)
    return lambda z: z[:, axes], tuple(f"z{axis + 1}" for axis in axes)
