"""What is written into a link is read from it again, and nothing else gets through."""

import pytest

from ui.explore import state as explore
from ui.view import Bounds, Place, View

CODES = [[0.25 + row, -1.00004, 2.0] for row in range(50)]
BOUNDS = Bounds(3, CODES, projections=("umap", "pca"), colours=("label", "kl", "error"), axes=(2, 0))
FIRST = Place((0.25, -1.0, 2.0), point=0)
VIEWS = [
    View("umap", (2, 0), "label"),
    View("pca", (2, 0), "error", "sample"),
    View("latent", (1, 2), "kl", "decoded"),
]
PLACES = [FIRST, Place((0.0, 0.0, 0.0)), Place((0.1, -2.5, 1e-4), point=49), Place((-1000.0, 1000.0, 0.3333), point=0)]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("place", PLACES)
def test_a_link_is_read_as_it_was_written(view, place):
    query = explore.write("some-model", view, place, BOUNDS)
    assert query["model"] == "some-model"
    got_view, got_place, problems = explore.read(query, BOUNDS)
    assert not problems
    assert got_place == place
    assert (got_view.projection, got_view.colour, got_view.show) == (view.projection, view.colour, view.show)
    assert view.projection != "latent" or got_view.axes == view.axes


def test_an_empty_link_is_the_view_and_the_place_a_model_opens_with():
    assert explore.read({}, BOUNDS) == (BOUNDS.view, BOUNDS.place, [])
    assert BOUNDS.view == View("umap", (2, 0), "label") and BOUNDS.place == FIRST
    assert not {"z", "point"} & set(explore.write("some-model", BOUNDS.view, FIRST, BOUNDS))


def test_a_point_without_a_z_leads_to_its_code():
    assert explore.read({"point": "7"}, BOUNDS)[1] == Place((7.25, -1.0, 2.0), 7)
    assert explore.read({"point": "7", "z": "1,2"}, BOUNDS)[1] == Place((7.25, -1.0, 2.0), 7)
    assert explore.read({"point": "50", "z": "1,2,3"}, BOUNDS)[1] == Place((1, 2, 3))


def test_what_makes_no_sense_is_left_out_and_the_rest_is_kept():
    query = {"map": "z9,z1", "colour": "kl", "z": "1,2", "point": "50", "more": "ignored"}
    view, place, problems = explore.read(query, BOUNDS)
    assert view == View("umap", (2, 0), "kl") and place == FIRST
    assert len(problems) == 3 and all(text.endswith(".") for text in problems)


@pytest.mark.parametrize("wrong", [{"z": [0, 1]}, {"z": [0, 0, float("nan")]}, {"point": 50}, {"colour": "pink"}])
def test_the_browser_is_believed_no_more_than_a_link(wrong):
    good = {"projection": "pca", "axes": [0, 1], "colour": "kl", "show": "decoded", "z": [0, 1, 2], "point": 4}
    assert explore.sent(good, BOUNDS) == (View("pca", (2, 0), "kl"), Place((0.0, 1.0, 2.0), 4))
    with pytest.raises(ValueError):
        explore.sent({**good, **wrong}, BOUNDS)
