"""The rail where the browser's runtime is not installed: the same pictures, decoded in Python after each move."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import streamlit as st
import torch

from ui import cache
from ui.beta_sweep import FARTHEST, NOISIEST, Around, Member, Mode, Place, spread
from ui.fallback import enlarged
from vae_core.analysis.evaluation import grey
from vae_core.data.pictures import DatasetInfo, DatasetUnavailable

MODES = {"slider": "Walk one slider in every model", "picture": "Send one picture through every model"}
AROUND = {
    "middle": "others in the middle",
    "picture": "others from the picture",
    "prior": "others drawn from the prior",
}
WIDTH = 150  # pixels of a card's picture


def show(rail: Sequence[Member], info: DatasetInfo, place: Place, visit: int) -> Place:
    """The rail; `visit` grows when `place` is to be gone to. Returns the place that its widgets stand at."""
    st.info(
        "Pictures follow the hand once the browser's runtime is installed: `make live`. "
        "Until then Python decodes after each move.",
        icon=":material/bolt:",
    )
    state, most = st.session_state, min(member.latent_dim for member in rail)
    rows = len(rail[0].checkpoint.codes.indices)
    if state.get("rail_visit") != visit or "rail_mode" not in state:
        state.update(rail_visit=visit, rail_mode=place.mode, rail_k=min(place.k, most), rail_u=place.u)
        state.update(rail_around=place.around, rail_row=place.row or 0, rail_noise=place.noise)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode: Mode = st.segmented_control(
            "What every model is given", get_args(Mode), format_func=MODES.get, key="rail_mode", required=True
        )
        around: Around = place.around
        k, u = state["rail_k"], state["rail_u"]
        if mode == "slider":
            k = st.number_input("Dimension, by KL", 1, most, key="rail_k", width=140)
            u = st.slider("Standard deviations from the middle", -FARTHEST, FARTHEST, step=0.05, key="rail_u")
            around = st.selectbox("Other dimensions", get_args(Around), format_func=AROUND.get, key="rail_around")
        row, noise = place.row or 0, place.noise
        if mode == "picture":
            noise = st.slider("Noise on z, in σ of q(z|x)", 0.0, NOISIEST, step=0.05, key="rail_noise")
        if mode == "picture" or around == "picture":
            row = st.number_input("Test picture", 0, rows - 1, key="rail_row", width=140)
    place = replace(place, mode=mode, k=int(k), u=float(u), around=around, noise=float(noise), row=int(row))
    x = None
    if mode == "picture" or around == "picture":
        try:
            index = rail[0].checkpoint.codes.indices[row : row + 1]
            x = cache.dataset(info.name).test.batch(index)
        except DatasetUnavailable as error:
            st.caption(str(error))
    columns = st.columns(len(rail) + (x is not None))
    if x is not None:
        columns[0].markdown("*x*")
        columns[0].image(enlarged(x[0].float() / 255, WIDTH), caption=f"test picture {row}")
    for column, member in zip(columns[-len(rail) :], rail, strict=True):
        picture, caption = decoded(member, place, x)
        column.markdown(f"**{member.title}**")
        column.image(enlarged(picture, WIDTH), caption=caption)
    return place


@torch.no_grad()
def decoded(member: Member, place: Place, x: torch.Tensor | None) -> tuple[torch.Tensor, str]:
    """The picture (C, H, W) of one model, and what stands below it; x (1, C, H, W) is in bytes."""
    model, codes = member.checkpoint.model, member.checkpoint.codes
    posterior = None if x is None else model.encode(grey(x, model.config.likelihood))
    read = None if posterior is None else posterior.mean[0]
    if place.mode == "picture":
        z = codes.mean.mean(0) if read is None else read
        if posterior is not None and place.noise:
            z = z + place.noise * posterior.stddev[0] * epsilon(place.seed, len(z))
        return model.decode(z[None]).mean[0], ""
    z, kl = latent(member, place, read), codes.kl.mean(0)
    index = int(kl.argsort(descending=True, stable=True)[place.k - 1])
    return model.decode(z[None]).mean[0], f"z{index + 1}, {float(kl[index]):.3g} nats"


def latent(member: Member, place: Place, read: torch.Tensor | None) -> torch.Tensor:
    """z (D,) of one model for a place of the slider; `read` (D,) is the code of the picture."""
    codes = member.checkpoint.codes
    index = int(codes.kl.mean(0).argsort(descending=True, stable=True)[place.k - 1])
    centre = codes.mean.mean(0)
    others = {"picture": read, "prior": epsilon(place.seed, len(centre))}.get(place.around)
    z = (centre if others is None else others).clone()
    z[index] = centre[index] + place.u * spread(codes)[index]
    return z


def epsilon(seed: int, dimensions: int) -> torch.Tensor:
    """A draw from N(0, I), (D,), the same for every model."""
    return torch.randn(512, generator=torch.Generator().manual_seed(seed))[:dimensions]
