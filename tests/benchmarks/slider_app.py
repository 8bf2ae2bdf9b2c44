"""What the live page is compared with: the same decoder behind Streamlit's own sliders, decoding in Python."""

import gc

import streamlit as st
import torch

from tests.benchmarks.standins import DEEP
from vae_core.models.checkpoint import read_checkpoint
from vae_core.zoo import store


@st.cache_resource
def model() -> torch.nn.Module:
    """The decoder, with the collector taught to leave what was loaded alone, as in the app itself."""
    checkpoint = read_checkpoint(store.ZOO / DEEP)
    gc.collect()
    gc.freeze()
    return checkpoint.model


vae = model()
z = [st.slider(f"z{index + 1}", -3.0, 3.0, 0.0, 0.01) for index in range(vae.config.latent_dim)]
with torch.no_grad():
    picture = vae.decode(torch.tensor([z])).mean[0, 0]
st.image(picture.numpy(), width=280)
