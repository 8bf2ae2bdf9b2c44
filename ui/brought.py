"""Pictures that visitors bring: files and drawings, as the models of a data set take them.

What a visitor brings lives in their session and nowhere else: no cache is shared, nothing is published or written.
"""

import base64
import binascii
from collections.abc import Mapping
from io import BytesIO

import numpy as np
from PIL import Image
from starlette.formparsers import MultiPartParser

from vae_core.data.pictures import DatasetInfo
from vae_core.intake import steps as intake

MOST_BYTES = intake.MAX_BYTES
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

# Streamlit's own uploads (the camera's) would be spooled to disk
# from 1 MB on.
MultiPartParser.spool_max_size = MOST_BYTES + 1_000_000


def pixels_of(text: object, shape: tuple[int, int, int]) -> np.ndarray | None:
    """The bytes (C, H, W) that the component sent in base64; None for anything else."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    except (TypeError, ValueError, binascii.Error):
        return None
    return values.reshape(shape) if values.size == np.prod(shape) else None


def base64_of(values: np.ndarray) -> str:
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
