"""The map on the pages beside Explore."""

import pytest
from explore_map import WATCH

MODEL = "mnist-vae-10d"


@pytest.mark.parametrize(
    ("page", "control", "value"),
    [
        ("reconstruct", "select[data-choice='colour']", "kl"),
        ("reconstruct", "select[data-choice='map']", "pca"),
        ("interpolate", "select.maps", "pca"),
    ],
)
def test_another_map_or_colouring_is_drawn_before_the_next_frame(desktop, page, control, value):
    desktop.open(page, model=MODEL)
    desktop.until("root.querySelector('.map .plot')?.data?.length > 0")
    desktop.quiet(1)
    desktop.read(WATCH)
    desktop.live.locator(control).select_option(value)
    desktop.quiet(1)
    assert desktop.read("window.__drawn") == [0], "once, and not again by a rerun"
