"""What a browser fetches: packed so that it comes back as it was, rounded only where no eye can tell."""

import gzip
import os
from urllib.parse import quote

import numpy as np
import pytest
import torch

from ui import cache
from ui.browser import model as live
from ui.browser import publish


@pytest.mark.parametrize("length", [0, 3, 4, 4001])
def test_numbers_come_back_from_their_planes(length):
    content = np.random.default_rng(0).integers(0, 256, length, dtype=np.uint8).tobytes()
    whole = length // 4 * 4
    packed = publish.planes(content)
    assert len(packed) == length and packed[whole:] == content[whole:]
    assert all(
        packed[plane * (whole // 4) : (plane + 1) * (whole // 4)] == content[plane:whole:4] for plane in range(4)
    )


def test_half_precision_numbers_take_less_in_planes(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "GENERATED", tmp_path)
    content = torch.randn(10_000, generator=torch.Generator().manual_seed(0)).half().float().numpy().tobytes()
    plain, planed = (
        tmp_path / publish.publish("numbers", suffix, suffix, lambda: content).rsplit("/", 1)[1]
        for suffix in (".f32.gz", ".f32.planes.gz")
    )
    assert gzip.decompress(plain.read_bytes()) == content
    assert gzip.decompress(planed.read_bytes()) == publish.planes(content)
    assert planed.stat().st_size < 0.9 * plain.stat().st_size


def test_what_is_only_seen_is_rounded_to_a_screens_precision():
    values = torch.cat([torch.zeros(1), torch.randn(1000, generator=torch.Generator().manual_seed(0)) * 300])
    rounded = live.rounded(values)
    assert rounded.dtype == torch.float32 and rounded[0] == 0
    assert ((rounded - values).abs() <= values.abs() / 2**13).all()
    assert (rounded.view(torch.int32) & 0x7FF == 0).all()  # 13 digits: the first is not stored


@pytest.mark.parametrize(
    "stem", ["decoder-x/../../../y", "/etc/passwd", "a#b?c%20d e", "x" * 10_000, "\0", "CON", "<b>"]
)
def test_no_name_decides_where_a_file_is_written_or_breaks_an_address(tmp_path, monkeypatch, stem):
    monkeypatch.setattr(publish, "GENERATED", tmp_path / "a" / "b" / "generated")
    address = publish.publish(stem, ".bin", "key", lambda: b"content")
    (written,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert written.parent == publish.GENERATED and address == f"{publish.ADDRESS}/{written.name}"
    assert quote(address) == address


def test_a_folder_of_links_that_lead_nowhere_has_a_stamp(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "file").write_bytes(b"x")
    before = cache.stamp(tmp_path)
    assert all(repr(name) in before[1] for name in ("file", "loop", "nowhere"))
    os.utime(tmp_path / "file", (1, 1))
    assert cache.stamp(tmp_path) != before
