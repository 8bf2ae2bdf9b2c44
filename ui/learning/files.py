"""Numbers that sections of Learning show and do not compute: JSON files for the browser, by section and name."""

import base64
import json
from collections.abc import Callable

from ui import cache, figures
from ui.browser.publish import are_there, digest, publish
from vae_core.data.pictures import InMemoryPictures
from vae_core.data.registry import load_dataset
from vae_core.home import HOME
from vae_core.studies import race as racing


def of(section: str) -> dict[str, str]:
    """Addresses of the files of a section, by their names."""
    return {name: _published(name) for name in FILES.get(section, ())}


@cache.kept(valid=are_there)
def _published(name: str) -> str:
    content = json.dumps(CONTENTS[name]()).encode()
    return publish(f"learning-{name}", ".json.gz", digest(content), lambda: content)


def digits() -> dict:
    """Both splits of the digits, bytes (N, 64) in base64; labels and their colours."""
    dataset = load_dataset("digits")
    return {
        "train": _bytes(dataset.train),
        "heldOut": _bytes(dataset.test),
        "labels": dataset.test.labels.tolist(),
        "colours": list(figures.LABEL_COLOURS),
    }


def _bytes(pictures: InMemoryPictures) -> str:
    return base64.b64encode(pictures.batch(slice(None)).numpy().tobytes()).decode()


def race() -> dict:
    """What the command `race` measured: static/live/learning/sections/race has its form."""
    races = json.loads(RACE.read_text("utf-8"))
    for point in (point for kind in races.values() for one in kind for point in one["points"]):
        point.pop("values", None)  # of single pictures, which no curve shows
    return races


RACE = HOME / "assets" / racing.FILE
FILES = {"gradient_training": ("digits",), "race": ("race",), "watch": ("digits",)}
CONTENTS: dict[str, Callable[[], dict]] = {"digits": digits, "race": race}
