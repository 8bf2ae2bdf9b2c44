"""The trained model that sections of Learning show their formulas on, and the test pictures that they offer with it."""

from typing import Any

from ui import cache, originals
from ui.browser import networks
from ui.frame import is_plain
from vae_core.analysis.posterior_grid import region_of
from vae_core.data.pictures import DatasetUnavailable
from vae_core.models.checkpoint import CheckpointError

DATASETS = ("mnist", "digits")  # the first whose model and pictures are on this machine; digits always are
OFFERED = originals.SHEET  # test pictures: one sheet of them is fetched


def for_browser() -> dict[str, Any]:
    """Addresses of a model over two dimensions and of test pictures: static/live/learning/trained.js has what they are.
    Where there is none, {"missing": a sentence}."""
    for dataset in DATASETS:
        for name, entry in cache.zoo().items():
            if entry.dataset != dataset or not (networks.is_flat(entry) and is_plain(entry)):
                continue
            try:
                checkpoint, network = networks.of(entry)
                cache.pictures(checkpoint)
            except (CheckpointError, DatasetUnavailable):
                continue
            pictures = originals.for_browser(cache.stamp(entry.folder), name, checkpoint, entry.info, wanted=True)
            codes = checkpoint.codes
            if "missing" in pictures or codes is None:
                continue
            low, high = region_of(codes.mean)
            return {
                "title": entry.info.title,
                "network": network,
                "region": {"low": low, "high": high},
                "pictures": {**pictures, "sheets": pictures["sheets"][:1]},
                "count": min(OFFERED, len(codes.indices)),
                "labels": None if codes.labels is None else codes.labels[:OFFERED].tolist(),
            }
    return {
        "missing": "This section shows a model over two dimensions, and there is none: "
        "`python -m vae_core zoo build digits-vae-2d` builds one."
    }
