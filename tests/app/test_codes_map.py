"""What the browser builds the map of codes of: every code, what it is coloured by, and the colours of every page."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from small_models import STAND_INS

from ui import figures
from ui.browser import model as live
from ui.browser import publish
from vae_core.data import describe
from vae_core.models.checkpoint import read_checkpoint

WITHIN = 2.0**-13  # of a value: what is only seen is rounded


def blocks_of(codes: dict, folder: Path) -> dict[str, np.ndarray]:
    """The blocks (N, width) of a published file of codes."""
    packed = gzip.decompress((folder / codes["url"].rsplit("/", 1)[1]).read_bytes())
    values = np.frombuffer(packed, np.uint8).reshape(4, -1).T.copy().view("<f4")[:, 0]
    ends = np.cumsum([codes["count"] * width for _, width in codes["blocks"]])
    assert ends[-1] == len(values)
    parts = np.split(values, ends[:-1])
    return {name: part.reshape(-1, width) for (name, width), part in zip(codes["blocks"], parts, strict=True)}


@pytest.mark.parametrize("name", STAND_INS)
def test_the_browser_has_all_that_the_map_shows(stand_ins, tmp_path, monkeypatch, name):
    monkeypatch.setattr(publish, "GENERATED", tmp_path)
    checkpoint, info = read_checkpoint(stand_ins / name), describe(STAND_INS[name][0])
    version = (str(tmp_path), name)
    bounds = live.bounds(version, checkpoint, info)
    model = live.model_for_browser(version, name, checkpoint, info, bounds)
    codes, sent = checkpoint.codes, blocks_of(model["codes"], tmp_path)
    assert np.array_equal(sent["mean"], codes.mean)
    assert "pca" in model["projections"] and set(model["projections"]) <= {"pca", "umap"}
    for projection in model["projections"]:
        assert np.allclose(sent[projection], checkpoint.projections[projection], rtol=WITHIN, atol=0)
    assert ("label" in model["colours"]) == (STAND_INS[name][0] == "digits") == bool(model["labels"])
    if model["labels"]:
        assert np.array_equal(sent["labels"][:, 0], codes.labels) and model["labels"] == list(info.labels)
    assert {"kl", "error"} <= set(model["colours"])
    kl = -0.5 * (1 + np.log(codes.stddev**2) - codes.mean**2 - codes.stddev**2).sum(1)
    assert np.allclose(sent["kl"][:, 0], kl, rtol=2 * WITHIN, atol=1e-5)
    assert np.allclose(sent["reconstruction_error"][:, 0], codes.reconstruction_error, rtol=WITHIN, atol=0)
    assert model["axes"] == list(bounds.axes)


def test_labels_have_one_colour_on_every_page(stand_ins, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "GENERATED", tmp_path)
    checkpoint, info = read_checkpoint(stand_ins / "digits-small-2d"), describe("digits")
    version = (str(tmp_path), "digits-small-2d")
    bounds = live.bounds(version, checkpoint, info)
    palette = live.model_for_browser(version, "digits-small-2d", checkpoint, info, bounds)["palette"]
    assert palette == {"labels": list(figures.LABEL_COLOURS), "scale": figures.SCALE}
    assert len(set(figures.LABEL_COLOURS)) == 10
