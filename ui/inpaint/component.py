"""Inpaint's face in Python: the component, masked models as the browser needs them, and their picker."""

import base64
import difflib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
import torch

from ui import brought, cache, figures, frame, originals
from ui.browser import model as live
from ui.browser.component import define
from ui.browser.publish import publish
from ui.frame import Shown
from ui.link import left_out
from ui.view import Bounds
from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.inpainting import refusal
from vae_core.data.masks import draw_masks
from vae_core.data.pictures import DatasetInfo
from vae_core.data.seeds import noise_generator
from vae_core.models.checkpoint import Checkpoint, CheckpointError
from vae_core.models.codes import Codes
from vae_core.models.distributions import sample
from vae_core.models.vae import SMALLEST_STDDEV
from vae_core.zoo.onnx_export import export_completer
from vae_core.zoo.store import Entry

CANDIDATES, DRAWS, NEIGHBOURS = 60, 48, 10  # pictures that the page may open with; their completions; codes that vote
STEPS = 20  # the fraction goes from 0 to 1 in so many
SEEDS = 10_000  # of masks: 0 up to this
ANSWERS = 24  # completions that the browser draws of one hole
LIMITS = {  # what the browser holds itself to
    "mostBytes": brought.MOST_BYTES,
    "steps": STEPS,
    "seeds": SEEDS,
    "answers": ANSWERS,
    "neighbours": NEIGHBOURS,
}
MASKS = {
    "pixels": "single pixels",
    "box": "a box",
    "boxes": "several boxes",
    "centre": "the centre",
    "half": "half, any direction",
    "lower": "the lower part",
    "stripes": "stripes",
    "strokes": "strokes",
    "patch": "all but a patch",
}
MOST_SPREAD = {"bernoulli": 0.5, "gaussian": 0.2}  # where the colour scale of standard deviations ends
METHOD_OF = {"mlp": "masked", "partial-conv": "partial-conv"}  # of vae_core, for each kind of encoder
MODEL = "inpaint_model"  # the picker's key
STANDS_IN = "inpaint_stands_in"  # why a model does, by its name
LACKING = "has no encoder trained on holes, which fills them in here"  # what comes after a name
MISSING = "There is no model that was trained on holes: build one with `python -m vae_core zoo build mnist-masked-10d`."

KEY = "inpaint_live"
_inpaint = define("inpaint", "inpaint/page")


def show(state: Any, shown: Shown) -> None:
    """The Inpaint page's live part. `ui.browser.report` tells what it reports.

    `state` says what it is to show: see `for_browser` in `ui.inpaint.state`.
    """
    originals.follow(KEY, shown.info)
    data = {
        "model": model_for_browser(shown.version, shown.name, shown.checkpoint, shown.info, shown.bounds),
        "originals": originals.for_browser(shown.version, shown.name, shown.checkpoint, shown.info, wanted=True),
        **state.for_browser(),
    }
    constant = {"kinds": list(MASKS.items()), "colours": figures.LABEL_COLOURS, "limits": LIMITS}
    silent = {f"on_{name}_change": lambda: None for name in ("place", "file", "originals")}
    _inpaint(key=KEY, data={"modules": live.modules(), "files": live.files(), **constant, **data}, **silent)


def picked(before: str) -> bool:
    """Whether someone just chose another model than `before` in the picker."""
    return st.session_state.get(MODEL, before) != before


def models() -> dict[str, Entry]:
    """The zoo's models that the page can show: with an encoder trained on holes."""
    return {name: entry for name, entry in cache.zoo().items() if sees_holes(entry)}


def sees_holes(entry: Entry) -> bool:
    """Whether a model has an encoder that was trained on holes, of whichever kind."""
    return any(refusal(method, entry) is None for method in METHOD_OF.values())


def choose_model(linked: str | None) -> Entry | None:
    """The row with the masked models and the chosen one's figures.

    `linked` is the model that a link asks for ("" for the one that was looked at last, on whatever page), None where
    the picker says it. A sentence says why where another one stands in for it. Returns None, and says which command
    builds a masked model, where there is none.
    """
    known, state = models(), st.session_state
    if not known:
        st.warning(MISSING)
        return None
    if linked is not None:
        if linked and linked not in cache.zoo():
            close = difflib.get_close_matches(linked, known, n=3) or list(known)[:3]
            frame.note(left_out("model", f"there is no {linked[:60]!r}, but {', '.join(close)}"))
        asked = cache.zoo().get(linked) or cache.zoo().get(state.get("frame_latest"))
        state[MODEL], state[STANDS_IN] = like(asked, known), {}
        if asked is not None and asked.name not in known:
            sentence = f"{asked.name} {LACKING}: {elsewhere(asked)}, and {state[MODEL]} stands in here."
            state[STANDS_IN] = {state[MODEL]: sentence}
    if state.get(MODEL) not in known:
        state[MODEL] = like(cache.zoo().get(state.get("frame_latest")), known)
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="small"):
        chosen = known[
            st.selectbox(
                "Model",
                list(known),
                format_func=lambda name: f"{frame.title(known[name].dataset)} · {name}",
                key=MODEL,
                label_visibility="collapsed",
                width=310,
            )
        ]
        frame.figures(chosen)
    frame.explain(state.get(STANDS_IN, {}).get(chosen.name))
    return chosen


def like(asked: Entry | None, known: dict[str, Entry]) -> str:
    """A model that is asked for, or in its place the first of its data set, or the first of all."""
    if asked is not None and asked.name in known:
        return asked.name
    alike = (name for name, entry in known.items() if asked is not None and entry.dataset == asked.dataset)
    return next(alike, next(iter(known)))


def elsewhere(entry: Entry) -> str:
    """Where the completions of a model are to be seen that this page does not show, or else the model."""
    if refusal("naive", entry, labelled=True) is not None:
        return frame.elsewhere(entry)
    return f"`python -m vae_core inpaint {entry.name}` measures what it can do"


def encoders(checkpoint: Checkpoint) -> dict[str, Checkpoint]:
    """By the method that it stands for: this model's encoder of incomplete pictures, and that of another model of the
    zoo with the same decoder, if there is one."""
    found = {checkpoint.model.config.completer: checkpoint}
    for entry in models().values():
        if entry.dataset == checkpoint.description["dataset"]:
            try:
                other = cache.checkpoint(entry.folder)
            except CheckpointError:
                continue  # a broken model does not take the others away
            if other.model.config.completer not in found and same_decoder(checkpoint, other):
                found[other.model.config.completer] = other
    return {METHOD_OF[completer]: found[completer] for completer in METHOD_OF if completer in found}


def same_decoder(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two masked models make the same picture of every z."""
    if one.model.config.vae != other.model.config.vae:
        return False
    weights = other.model.decoder.state_dict()
    return all(torch.equal(tensor, weights[name]) for name, tensor in one.model.decoder.state_dict().items())


@cache.copied(entries=16)
def undecided(content_hash: str, _checkpoint: Checkpoint, _info: DatasetInfo, _mask: torch.Tensor) -> int:
    """The test picture, of the first few, whose completions look the most like two labels at once under a mask
    (1, 1, H, W); the first one where there are no labels. Raises DatasetUnavailable."""
    codes, model = _checkpoint.codes, _checkpoint.model
    indices = codes.indices[:CANDIDATES]
    pictures = cache.pictures(_checkpoint).test.batch(indices)
    if codes.labels is None or not _info.labels or pictures.shape[-2:] != _mask.shape[-2:]:
        return int(indices[0])
    x = noiseless(pictures, model.config.likelihood)
    with torch.no_grad():
        posterior = model.encode_observed(x, _mask.expand(len(x), *_mask.shape[1:]))
        draws = sample(posterior, noise_generator(), (DRAWS,))
    return int(indices[votes(draws, codes, len(_info.labels)).topk(2).values[:, 1].argmax()])


def votes(latents: torch.Tensor, codes: Codes, labels: int) -> torch.Tensor:
    """How many of each picture's completions look like each label (B, labels), by the codes nearest to their latents
    (S, B, D)."""
    nearest = [torch.cdist(z, codes.mean).topk(NEIGHBOURS, largest=False).indices for z in latents]
    return torch.nn.functional.one_hot(codes.labels[torch.stack(nearest)].mode(2).values, labels).sum(0)


def model_for_browser(version: tuple, name: str, checkpoint: Checkpoint, info: DatasetInfo, bounds: Bounds) -> dict:
    """A masked model as the component needs it."""
    config = checkpoint.model.config
    return {
        **live.model_for_browser(version, name, checkpoint, info, bounds),
        "completer": published_completer(name, checkpoint),
        "components": config.components,
        "smallest": SMALLEST_STDDEV,
        "mostSpread": MOST_SPREAD[config.likelihood],
    }


def published_completer(name: str, checkpoint: Checkpoint) -> str:
    """Address of the network that encodes what is left of a picture."""

    def network() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            return export_completer(checkpoint.model, Path(folder))[0].read_bytes()

    key = f"{checkpoint.content_hash} {live.NETWORKS}"
    return publish(f"completer-{name}", ".onnx.planes.gz", key, network)


@cache.copied(entries=256)
def masks_for_browser(kind: str, shape: tuple[int, int, int], seed: int) -> dict:
    """One mask of a kind at every fraction that the slider has, so that it needs no server."""
    masks = [draw_masks(kind, 1, shape, step / STEPS, seed)[0, 0] for step in range(STEPS + 1)]
    bits = b"".join(packed(mask) for mask in masks)
    return {"kind": kind, "seed": seed, "bits": base64.b64encode(bits).decode()}


def packed(mask: torch.Tensor) -> bytes:
    """A mask (H, W), eight pixels in a byte, the first in the highest bit."""
    return np.packbits(mask.numpy().reshape(-1)).tobytes()


def unpacked(bits: bytes, height: int, width: int) -> torch.Tensor | None:
    """The mask (1, 1, H, W) of what `packed` gave; None for anything of another length."""
    if len(bits) != -(-height * width // 8):
        return None
    flat = np.unpackbits(np.frombuffer(bits, np.uint8), count=height * width)
    return torch.from_numpy(flat.astype(bool).reshape(1, 1, height, width))
