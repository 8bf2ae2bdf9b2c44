"""The pictures that stand on Explore until a model runs in the browser: what they are of, and where they stand."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from small_models import STAND_INS

from ui.browser import model as live
from ui.browser import opening, publish
from ui.view import Place
from vae_core.data import describe
from vae_core.models.checkpoint import read_checkpoint

LEVEL = 0.501 / 255  # what rounding to a byte may take
COARSE = (opening.STEP / 2 + 0.501) / 255


def part(pictures: np.ndarray, box: list[int], columns: int, rows: int) -> torch.Tensor:
    """The cells of a part of a file, (rows, columns, h, w), in [0, 1]."""
    left, top, width, height = box
    cut = torch.from_numpy(pictures[top : top + height, left : left + width] / 255).float()
    return cut.reshape(rows, height // rows, columns, width // columns).transpose(1, 2)


@torch.no_grad()
@pytest.mark.parametrize("name", STAND_INS)
def test_stored_pictures_are_what_the_model_decodes(stand_ins, tmp_path, monkeypatch, name):
    monkeypatch.setattr(publish, "GENERATED", tmp_path)
    checkpoint, info = read_checkpoint(stand_ins / name), describe(STAND_INS[name][0])
    bounds = live.bounds((str(tmp_path), name), checkpoint, info)
    sent = live.model_for_browser((str(tmp_path), name), name, checkpoint, info, bounds)
    stored, z = sent["opening"], torch.tensor(bounds.place.z)
    content = (tmp_path / stored["url"].rsplit("/", 1)[1]).read_bytes()
    pictures = np.asarray(Image.open(io.BytesIO(content)).convert("L"))

    def off(cell: torch.Tensor, z: torch.Tensor) -> float:
        return float((cell - checkpoint.model.decode(z[None]).mean[0, 0]).abs().max())

    assert stored["z"] == list(bounds.place.z)
    assert off(part(pictures, stored["picture"], 1, 1)[0, 0], z) <= LEVEL
    rows = sent["dimensions"][: opening.ROWS]
    cells = part(pictures, stored["traversals"], opening.COLUMNS, len(rows))
    for row, dimension in enumerate(rows):
        for column, value in ((0, dimension["low"]), (opening.COLUMNS - 1, dimension["high"])):
            there = z.clone()
            there[dimension["index"]] = value
            assert off(cells[row, column], there) <= COARSE
    assert (stored["grid"] is None) == (len(z) != 2)
    if stored["grid"]:
        grid = part(pictures, stored["grid"], opening.SIDE, opening.SIDE)
        edge = 0.5 / opening.SIDE
        low, high = torch.distributions.Normal(0.0, 1.0).icdf(torch.tensor([edge, 1 - edge])).tolist()
        assert off(grid[0, 0], torch.tensor([low, high])) <= COARSE  # z2 grows upwards
        assert off(grid[-1, 0], torch.tensor([low, low])) <= COARSE
        assert off(grid[0, -1], torch.tensor([high, high])) <= COARSE


def test_another_opening_place_is_another_file(stand_ins, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "GENERATED", tmp_path)
    checkpoint = read_checkpoint(stand_ins / "digits-small-2d")
    dimensions = live.sliders(checkpoint)
    first, second = (
        opening.published_opening("digits-small-2d", checkpoint, Place(z), dimensions) for z in ((0.0, 0.5), (0.5, 0.0))
    )
    assert first["url"] != second["url"]
