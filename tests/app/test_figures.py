"""The map's figure holds every code once, in the colours that labels have on every page."""

import numpy as np
import pytest
from small_models import STAND_INS

from ui import figures
from ui.link import View
from vae_core.data import describe
from vae_core.models.checkpoint import read_checkpoint


def drawn(figure) -> np.ndarray:
    """The points (N, 2) of all traces, sorted."""
    points = np.concatenate([np.stack([trace.x, trace.y], axis=1) for trace in figure.data])
    return points[np.lexsort(points.T)]


@pytest.mark.parametrize("name", STAND_INS)
@pytest.mark.parametrize("projection", ["latent", "pca", "umap"])
@pytest.mark.parametrize("colour", ["label", "kl", "error"])
def test_every_code_is_drawn_where_it_lies(stand_ins, name, projection, colour):
    checkpoint, info = read_checkpoint(stand_ins / name), describe(STAND_INS[name][0])
    if projection not in ("latent", *checkpoint.projections) or (colour == "label" and not info.labels):
        return  # the page does not offer it
    figure = figures.map_of_codes(checkpoint, info.labels, View(projection, (1, 0), colour))
    points = checkpoint.codes.mean[:, [1, 0]] if projection == "latent" else checkpoint.projections[projection]
    expected = points.numpy()[np.lexsort(points.numpy().T)]
    assert np.allclose(drawn(figure), expected)
    assert figure.layout.template.layout.to_plotly_json() == {}, "the page gives the colours of its theme"


def test_labels_have_their_colours_and_numbers_their_unit(stand_ins):
    checkpoint, info = read_checkpoint(stand_ins / "digits-small-2d"), describe("digits")
    by_label = figures.map_of_codes(checkpoint, info.labels, View("latent", (0, 1), "label"))
    assert [trace.name for trace in by_label.data] == list(info.labels)
    assert [trace.marker.color for trace in by_label.data] == list(figures.LABEL_COLOURS)
    assert len(set(figures.LABEL_COLOURS)) == 10
    for colour in ("kl", "error"):
        (trace,) = figures.map_of_codes(checkpoint, info.labels, View("latent", (0, 1), colour)).data
        assert "nats" in trace.marker.colorbar.title.text
        assert trace.marker.cmin < trace.marker.cmax
