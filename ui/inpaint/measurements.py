"""What the Inpaint page measures when asked: each method on this hole, both chains, errors over the missing fraction.

Everything is kept in the visitor's session. Another hole, picture or model stops it; what was finished stays.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import streamlit as st
import torch
from torch import nn

from ui import cache
from ui.browser.publish import digest
from ui.work import Step
from vae_core.analysis.inpainting import BURN_IN, Completions, Method, chain, complete, decoded
from vae_core.analysis.inpainting_errors import (
    FEWER_FRACTIONS,
    InpaintingErrors,
    errors,
    measure_completions,
    measure_method,
    method_named,
    read_rows,
    weights_of,
)
from vae_core.data.pictures import Dataset
from vae_core.data.seeds import noise_generator
from vae_core.models.checkpoint import Checkpoint

SAMPLES = 50
CHAIN_SAMPLES = 50
QUICK = 100  # milliseconds
PICTURES = 200  # of the test set, behind a curve that is measured here
SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "inpainting"
KEPT = 8  # holes and curves of one visit that something was measured of,
SEEN = 40  # and all that were looked at


@cache.kept(entries=8)
def baseline(name: str, version: str, _model: nn.Module, _dataset: Dataset, _mask: torch.Tensor) -> Method:
    """The baseline mean or knn of a data set, the latter with the neighbours that suit this mask (1, 1, H, W)."""
    return method_named(name, _model, _dataset, _mask)


def run_method(name: str, checkpoint: Checkpoint, dataset: Dataset | None, x: torch.Tensor, mask: torch.Tensor) -> dict:
    """One method on one hole: its completions, milliseconds, and errors on what is missing (None where nothing is)."""
    model, method = checkpoint.model, name
    if name in ("mean", "knn"):
        method = baseline(name, digest(checkpoint.content_hash, mask.numpy().tobytes()), model, dataset, mask)
    found, milliseconds = timed(method, model, x, mask)
    if milliseconds < QUICK:  # the first call may have paid for more than itself
        found, milliseconds = timed(method, model, x, mask)
    measured: InpaintingErrors | None = None
    if not bool(mask.all()):
        measured = errors(measure_completions(found, model, x, mask))
    return {"completions": found, "milliseconds": milliseconds, "errors": measured}


def timed(method: str | Method, model: nn.Module, x: torch.Tensor, mask: torch.Tensor) -> tuple[Completions, float]:
    """SAMPLES completions, and how many milliseconds they took."""
    began = time.perf_counter()
    found = complete(method, model, x, mask, SAMPLES)
    return found, 1000 * (time.perf_counter() - began)


def key_of(checkpoint: Checkpoint, x: torch.Tensor, mask: torch.Tensor) -> str:
    """What says that it is the same model, picture and hole."""
    return digest(checkpoint.content_hash, x.numpy().tobytes(), mask.numpy().tobytes())


def kept(name: str, key: str) -> dict:
    """What this visitor found out under a key so far, to be added to."""
    known = st.session_state.setdefault(f"inpaint_{name}", {})
    found = known[key] = known.pop(key, {})
    measured = [other for other, value in known.items() if value and other != key]
    for oldest in measured[: len(measured) + 1 - KEPT]:
        del known[oldest]
    for oldest in list(known)[:-SEEN]:
        del known[oldest]
    return found


def one_by_one(jobs: list, do: Callable[[object], Iterator[float]], title: Callable[[object], str]) -> Iterator[Step]:
    """Jobs as the steps of one piece of work: `do(job)` does one and yields the share of it that is done; `title(job)`
    is what it is called."""
    for number, job in enumerate(jobs):
        yield Step(number / len(jobs), title(job))
        for share in do(job):
            yield Step((number + share) / len(jobs), title(job))


def run_chain(name: str, checkpoint: Checkpoint, x: torch.Tensor, mask: torch.Tensor) -> dict:
    """A chain's every step: its z, bound, completed picture, and how often q(z|x)'s proposals were accepted once the
    chain was listened to."""
    seen = torch.where(mask, x, 0)
    steps, corrected = BURN_IN + CHAIN_SAMPLES, name == "metropolis"
    noise = noise_generator()
    with torch.no_grad():
        trace = chain(checkpoint.model, seen, mask, steps, noise, corrected)
        pictures = decoded(checkpoint.model, x, mask, trace["z"], noise).samples[:, 0]
    accepted = trace.get("accepted")
    return {
        "z": trace["z"][:, 0],
        "bound": trace["bound"][:, 0],
        "pictures": (255 * pictures.mean(1)).round().byte(),  # (T, H, W), colours averaged
        "accepted": None if accepted is None else float(accepted[BURN_IN:].float().mean()),
    }


def shipped_curves(checkpoint: Checkpoint) -> list[dict]:
    """Errors over the missing fraction as they were measured with a shipped model's weights; none for others."""
    path = SHIPPED / f"{checkpoint.description['name']}.json"
    try:
        rows = read_rows(path)
    except (OSError, ValueError):
        return []
    return [row for row in rows if row["weights"] == weights_of(checkpoint)]


def measure_curve(method: str, kind: str, checkpoint: Checkpoint, dataset: Dataset, rows: dict) -> Iterator[float]:
    """Errors of one method at every fraction, added to `rows`; the share that is done after each."""
    for number, fraction in enumerate(FEWER_FRACTIONS):
        if (method, fraction) not in rows:
            found = measure_method(method, checkpoint.model, dataset, kind, fraction, PICTURES)
            rows[method, fraction] = found.to_json()
        yield (number + 1) / len(FEWER_FRACTIONS)
