"""Reconstruct's face in Python: the component, pictures that visitors bring, and estimates that take a while.

What a visitor brings lives in their session and nowhere else: no cache is shared, nothing is published or written.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
import torch
from PIL import Image
from starlette.formparsers import MultiPartParser

from ui import cache, live
from ui.link import Bounds
from vae_core.analysis.evaluation import grey
from vae_core.analysis.likelihood import importance_progress
from vae_core.data import intake
from vae_core.data.pictures import DatasetInfo
from vae_core.data.presentation import binarise
from vae_core.models.checkpoint import Checkpoint
from vae_core.models.distributions import kl_per_dimension

KINDS = ("pen", "touched", "sample", "noise", "file")
MOST_SAMPLES = 5000
MOST_BYTES = intake.MAX_BYTES
TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"]
CHUNK = 250  # samples between two reports of progress
DRAW_SEED = 0  # of the zeros and ones that a grey picture is judged by
SHORT = {  # titles that fit below the small pictures of the strip
    "orientation": "upright",
    "transparency": "fill",
    "grey": "grey",
    "invert": "invert",
    "contrast": "contrast",
    "crop": "crop",
    "stroke": "strokes",
    "centre": "centre",
    "resize": "resize",
}
THUMBNAIL = 96  # pixels of a step's picture in the strip

# Streamlit's own uploads (the camera's, and those of the page without a browser runtime) would be spooled to disk
# from 1 MB on.
MultiPartParser.spool_max_size = intake.MAX_BYTES + 1_000_000

_reconstruct = st.components.v2.component(
    "reconstruct", html=live.SKELETON, css=live.SKELETON_STYLE, js=live.BOOTSTRAP, isolate_styles=False
)


def show(data: dict, key: str) -> None:
    """The Reconstruct page's live part. What it reports is in `sent(key)`, what it asks for in `asked(key, ...)`."""
    silent = {f"on_{name}_change": lambda: None for name in ("place", "file", "camera", "step", "estimate", "stop")}
    _reconstruct(key=key, data={"modules": live.modules(), "files": live.files(), **data}, **silent)


def asked(key: str, name: str) -> Any:
    """What the component asked for in this run: "file", "camera", "step", "estimate" or "stop"."""
    return (st.session_state.get(key) or {}).get(name)


def model_for_browser(version: tuple, name: str, checkpoint: Checkpoint, info: DatasetInfo, bounds: Bounds) -> dict:
    """A model as the component needs it, with what its data set did to what was drawn."""
    model = live.model_for_browser(version, name, checkpoint, info, bounds)
    box = intake.digit_box(info)
    return {**model, "pen": box and {"box": box, "fit": False, "centre": True}}


def siblings(name: str) -> list[str]:
    """The models that read the same pictures, this one first."""
    models = cache.zoo()
    like = models[name]
    others = [e.name for e in models.values() if (e.dataset, e.picture_shape) == (like.dataset, like.picture_shape)]
    return [name, *(other for other in others if other != name)]


def compared(names: list[str], name: str) -> list[dict]:
    """What the reading worker needs of the models that are compared."""
    models = []
    for other in siblings(name):
        if other not in names:
            continue
        entry = cache.zoo()[other]
        checkpoint, version = cache.checkpoint(entry.folder), cache.stamp(entry.folder)
        info = cache.dataset_info(entry.dataset)
        bounds = live.bounds(version, checkpoint, info)
        model = live.model_for_browser(version, other, checkpoint, info, bounds)
        models.append({key: model[key] for key in ("name", "shape", "latentDim", "noise", "encoder", "decoder")})
    return models


def pixels_of(text: object, shape: tuple[int, int, int]) -> np.ndarray | None:
    """The bytes (C, H, W) that the component sent in base64; None for anything else."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    except (TypeError, ValueError, binascii.Error):
        return None
    return values.reshape(shape) if values.size == np.prod(shape) else None


def text_of(values: np.ndarray) -> str:
    """Bytes in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=np.uint8).tobytes()).decode()


def file_of(sent: Mapping) -> bytes:
    """The contents of a file that the component sent. Raises PictureError."""
    try:
        return base64.b64decode(sent["base64"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise intake.PictureError("The file did not arrive whole: try it again.") from error


def prepared(opened: intake.Opened, info: DatasetInfo, switches: Mapping[str, bool]) -> tuple[np.ndarray, list[dict]]:
    """A visitor's picture as the data set's models take it, uint8 (C, H, W), and the strip of steps on the way.

    `switches` are the visitor's choices by name of the step. A step that could not have done anything is left out.
    """
    chosen = {name: on for name, on in switches.items() if name in SHORT and name != "resize"}
    taken = intake.prepare(opened, info.shape, intake.style_of(info.name), intake.IntakeOptions(**chosen))
    strip = [
        {"name": "brought", "title": "as brought", "help": " ".join(taken.notes), "address": address(opened.image)}
    ]
    for step in taken.steps:
        if not step.applied and not step.switchable:
            continue
        switch = {"on": step.on} if step.switchable else {}
        shown = {"name": step.name, "title": SHORT.get(step.name, step.title), "help": f"{step.title}: {step.sentence}"}
        strip.append({**shown, **switch, "address": address(Image.fromarray(step.picture))})
    return taken.picture.numpy(), strip


def address(image: Image.Image) -> str:
    """A small picture as an address that holds all of it."""
    small = image.convert("RGBA") if image.mode not in ("L", "RGB", "RGBA") else image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    content = BytesIO()
    small.save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def one_draw(picture: np.ndarray, likelihood: str) -> np.ndarray:
    """The bytes (C, H, W) whose likelihood is asked for: Bernoulli pixels are drawn once, 255 or 0, the same each time.

    A picture of zeros and ones stays as it is, and so does any picture with Gaussian pixels.
    """
    if likelihood != "bernoulli":
        return picture
    seeded = torch.Generator().manual_seed(DRAW_SEED)
    return 255 * binarise(torch.from_numpy(picture.copy()), torch.uint8, seeded).numpy()


@st.dialog("Hold it in front of the camera")
def camera(visit: Any, info: DatasetInfo) -> None:
    """The camera; the picture that is taken is prepared like any file."""
    shot = st.camera_input("Camera", label_visibility="collapsed", key="reconstruct_camera")
    if shot is None:
        return
    try:
        visit.bring(shot.getvalue(), "The camera's picture", info)
    except intake.PictureError as error:
        visit.complain(str(error))
    st.rerun()


def estimates(model: torch.nn.Module, picture: np.ndarray, samples: int) -> Iterator[dict]:
    """log p(x) of a picture (C, H, W) from ever more samples, up to `samples`: the estimate after each chunk.

    A grey picture has no likelihood under Bernoulli pixels: the estimate is then of one draw of zeros and ones
    (`one_draw`), and so is the ELBO beside it, from the same samples. "drawn" says whether that is another picture.
    """
    likelihood = model.config.likelihood
    judged = one_draw(picture, likelihood)
    x = grey(torch.from_numpy(judged.copy())[None], likelihood)
    kl = float(kl_per_dimension(model.encode(x), model.prior).sum())
    for progress in importance_progress(model, x, samples, rows=CHUNK):
        yield {
            "logMarginal": float(progress.log_marginal),
            "elbo": float(progress.log_likelihood) - kl,
            "drawn": not np.array_equal(judged, picture),
            "standardError": float(progress.standard_error),
            "effective": float(progress.effective_samples),
            "samples": progress.samples,
        }


def estimate(visit: Any) -> None:
    """Go on with the estimate that was asked for; a stop, or anything else that the visitor does, interrupts it."""
    request = visit.request
    with st.container(key="reconstruct_progress"):
        bar = st.progress(0.0, text="log p(x)")
        for latest in request["stream"]:
            request["latest"] = latest
            share = latest["samples"] / request["samples"]
            bar.progress(share, text=f"log p(x): {latest['samples']:,} of {request['samples']:,} samples")
    visit.stop()
    st.rerun()
