"""Files made to cost much: each is decoded in its own process, whose memory and time are measured here."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bombs
import pytest

from vae_core.intake import files, worker
from vae_core.intake.files import MAX_BYTES, MAX_PIXELS, PictureError, open_picture
from vae_core.intake.refusals import TOO_COSTLY

MOST_MEGABYTES, MOST_SECONDS = 300, 2.0
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=sys.stdin.buffer, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
first = done.stdout.split(b"\\n")[0].decode()
print(json.dumps([done.returncode, first, used.ru_maxrss * 1024, used.ru_utime + used.ru_stime]))
"""  # a small process: a child's peak counts from its parent's


def measured(data: bytes, path: Path) -> tuple[int, dict, float, float]:
    """The worker's exit code, its answer, and its peak megabytes and CPU seconds."""
    path.write_bytes(data)
    command = [sys.executable, "-I", "-S", "-c", MEASURE, *files.worker_command(MAX_PIXELS)]
    with open(path, "rb") as file:
        environment = {**os.environ, **files.WORKER_ENVIRONMENT}
        printed = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, env=environment, check=True).stdout
    code, answer, peak, seconds = json.loads(printed)
    return code, json.loads(answer or "{}"), peak / 1e6, seconds


@pytest.mark.parametrize("name", bombs.BOMBS)
def test_no_file_takes_more_than_a_visitors_share(name, tmp_path, record_property):
    data = bombs.BOMBS[name]()
    assert len(data) <= MAX_BYTES
    code, answer, megabytes, seconds = measured(data, tmp_path / "bomb")
    record_property("cost", f"{len(data):,} bytes, {seconds:.2f} s, {megabytes:.0f} MB: {code} {answer}")
    assert megabytes <= MOST_MEGABYTES and seconds <= MOST_SECONDS
    assert code in (0, -27)  # -27: ended by the system's timer
    assert code or "sentence" in answer or max(answer["size"]) <= worker.WORKING_SIDE


@pytest.mark.parametrize(
    "name", ["JPEG of 3,000 scans", "BMP of 12 million runs", "WebP 16383 x 1500", "TIFF of 20,000 pages"]
)
def test_a_costly_file_is_one_sentence_or_a_picture(name):
    data = bombs.BOMBS[name]()
    try:
        assert open_picture(data).image.size == (8, 8)
    except PictureError as error:
        assert "24,574,500" not in str(error) and ("16,383 x 1,500" in str(error) or str(error) == TOO_COSTLY)


def test_six_at_once_are_decoded_one_after_the_other(monkeypatch):
    data = bombs.png(3000, 3000)
    run, counting, running, most = subprocess.run, threading.Lock(), 0, 0

    def counted(*command, **options):
        nonlocal running, most
        with counting:
            running += 1
            most = max(most, running)
        try:
            return run(*command, **options)
        finally:
            with counting:
                running -= 1

    monkeypatch.setattr(files.subprocess, "run", counted)
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_picture(data).image.size, range(6)))
    assert opened == [(960, 960)] * 6 and most == 1


def test_who_waits_too_long_is_told(monkeypatch):
    monkeypatch.setattr(files, "MOST_WAIT", 0.05)
    with files.one_at_a_time, pytest.raises(PictureError, match="Other pictures are being read just now"):
        open_picture(bombs.png(8, 8))
    assert open_picture(bombs.png(8, 8)).image.size == (8, 8)


def test_what_takes_too_long_by_the_clock_is_ended(monkeypatch):
    monkeypatch.setattr(files, "MOST_SECONDS", 0.01)
    with pytest.raises(PictureError, match="more time or memory"):
        open_picture(bombs.png(8, 8))
    monkeypatch.undo()
    assert open_picture(bombs.png(8, 8)).image.size == (8, 8)


def test_the_servers_own_limit_is_the_one_that_is_meant():
    settings = (files.ROOT / ".streamlit" / "config.toml").read_text()
    assert f"maxUploadSize = {MAX_BYTES // 1_000_000}" in settings
