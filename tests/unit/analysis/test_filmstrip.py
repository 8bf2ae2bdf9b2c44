"""What can be taken along from a walk: a strip, a film, a table."""

import csv
from io import BytesIO, StringIO

import numpy as np
import pytest
import torch
from PIL import Image

from vae_core.analysis.filmstrip import animation, filmstrip, table


def test_a_strip_has_every_picture_in_its_place():
    grey, colour = torch.rand(3, 1, 4, 5), torch.rand(2, 1, 4, 5)
    strip = Image.open(BytesIO(filmstrip([grey, colour], scale=2, gap=3)))
    assert strip.format == "PNG" and strip.size == (3 * 10 + 2 * 3, 2 * 8 + 3)
    pixels = np.asarray(strip)
    for down, row in enumerate((grey, colour)):
        for across, picture in enumerate(row):
            corner = pixels[down * 11 : down * 11 + 8 : 2, across * 13 : across * 13 + 10 : 2]
            assert np.array_equal(corner, (picture * 255).round().byte().permute(1, 2, 0).expand(-1, -1, 3).numpy())
    assert (pixels[11:, 26:] == 255).all()  # the second row is shorter
    with pytest.raises(ValueError, match="pictures of one shape"):
        filmstrip([grey, torch.rand(2, 3, 4, 5)])
    with pytest.raises(ValueError, match="none"):
        filmstrip([])


def test_a_film_plays_there_and_back():
    pictures = torch.linspace(0, 1, 5).view(5, 1, 1, 1).expand(5, 1, 4, 4)
    film = Image.open(BytesIO(animation(pictures, milliseconds=50, scale=3)))
    assert film.format == "GIF" and film.size == (12, 12) and film.n_frames == 8
    assert film.info["loop"] == 0 and film.info["duration"] == 50
    levels = []
    for frame in range(8):
        film.seek(frame)
        levels.append(int(np.asarray(film.convert("L"))[0, 0]))
    assert levels == [0, 64, 128, 191, 255, 191, 128, 64]
    assert Image.open(BytesIO(animation(torch.rand(3, 3, 4, 4), there_and_back=False))).n_frames == 3
    with pytest.raises(ValueError, match="at least 1 picture"):
        animation(pictures[:0])


def test_a_table_reads_back():
    z = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    rows = list(csv.reader(StringIO(table({"t": torch.linspace(0, 1, 4), "z": z, "codes": torch.arange(4)}).decode())))
    assert rows[0] == ["t", "z_1", "z_2", "z_3", "codes"]
    assert np.allclose(np.array(rows[1:], dtype=float)[:, 1:4], z, atol=1e-5)
    assert [row[-1] for row in rows[1:]] == ["0", "1", "2", "3"]
    with pytest.raises(ValueError, match="equally long"):
        table({"t": torch.zeros(3), "z": z})
