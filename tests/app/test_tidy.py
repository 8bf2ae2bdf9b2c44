"""What is published goes with its visitor, or when it is too much; never what somebody uses."""

import os
import time
from pathlib import Path

import pytest

from ui import work
from ui.browser import publish, tidy
from vae_core.zoo import store

LONG = 2 * tidy.IN_USE


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty place to publish in, for visitors of its own, with a zoo of one model."""
    (tmp_path / "zoo" / "mine").mkdir(parents=True)
    (tmp_path / "zoo" / "mine" / "model.json").write_text("{}")
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    monkeypatch.setattr(publish, "GENERATED", tmp_path / "generated")
    monkeypatch.setattr(tidy, "_visits", {})
    monkeypatch.setattr(work, "is_here", lambda session: session != "gone")
    return tmp_path / "generated"


def published(stem: str, size: int = 100, idle: float = LONG, key: str = "") -> Path:
    """A file that was used so many seconds ago."""
    address = publish.publish(stem, ".bin", key, lambda: bytes(size))
    path = publish.GENERATED / address.rsplit("/", 1)[1]
    os.utime(path, (time.time() - idle, publish.LONG_AGO))
    return path


def test_beyond_the_limit_the_least_recently_used_goes_first(folder, monkeypatch):
    monkeypatch.setattr(tidy, "MOST", 350)
    oldest, older, old = (published(f"map-{n}", idle=LONG + 1000 * n) for n in (3, 2, 1))
    assert publish.are_there({"url": f"{publish.ADDRESS}/{oldest.name}"})  # used again: now it is the newest
    fresh = published("map-4", idle=0)
    assert [path.exists() for path in (oldest, older, old, fresh)] == [True, False, True, True]
    assert fresh.stat().st_mtime == oldest.stat().st_mtime == publish.LONG_AGO


def test_nothing_goes_that_is_in_use_or_belongs_to_the_app(folder, monkeypatch):
    live = publish.publish_folder("live", Path(__file__).parents[1] / "benchmarks")
    old_runtime, runtime = (published("ort", idle=idle, key=key) for idle, key in ((LONG + 9, "old"), (LONG, "new")))
    old_mine, mine = (published("decoder-mine", idle=idle, key=key) for idle, key in ((LONG + 9, "old"), (LONG, "new")))
    kept, recent, others = published("map-held"), published("map-recent", idle=60), published("decoder-others")
    os.utime(folder / live.rsplit("/", 1)[1], (time.time() - LONG, publish.LONG_AGO))
    monkeypatch.setattr(tidy, "LASTING", {"live", "ort"})
    monkeypatch.setattr(tidy, "MOST", 0)
    tidy._visits.update(here={kept}, gone={others})
    tidy.tidy(folder)
    assert {path.name for path in folder.iterdir()} == {
        live.rsplit("/", 1)[1],
        *(path.name for path in (runtime, mine, kept, recent)),
    }
    assert not (old_runtime.exists() or old_mine.exists() or others.exists())


def test_what_was_removed_is_published_anew(folder, monkeypatch):
    path = published("map-1")
    address = f"{publish.ADDRESS}/{path.name}"
    assert publish.are_there(["plain text", address]) and publish.are_there([0.5, 1.5])
    path.unlink()
    assert not publish.are_there({"networks": {"decoder": address}})
    assert published("map-1") == path and path.exists()


def test_a_visitors_models_go_with_the_visit_unless_another_has_the_same(folder):
    stems = ("decoder-your-digits-1", "encoder-your-digits-2", "codes-mine")
    own, shared, zoo = (published(stem, idle=0) for stem in stems)
    tidy._visits.update(first={own, shared, zoo}, second={shared})
    tidy.leave("first")
    assert [path.exists() for path in (own, shared, zoo)] == [False, True, True]
    tidy.leave("second")
    assert not shared.exists() and zoo.exists() and not tidy._visits


def test_what_an_earlier_process_left_behind_goes(folder):
    own, recent = published("decoder-your-digits-1"), published("decoder-your-digits-2", idle=60)
    live = folder / "live-0123456789ab"
    live.mkdir()
    partial, nested, being_written = folder / "a.partial", live / "b.partial", folder / "c.partial"
    for path, idle in ((partial, LONG), (nested, LONG), (being_written, 1)):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - idle,) * 2)
    tidy.tidy(folder)
    assert not (own.exists() or partial.exists() or nested.exists())
    assert recent.exists() and being_written.exists() and live.exists()
