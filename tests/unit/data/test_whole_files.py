"""Files and folders that several write to at once, and what killed writers leave."""

import os
import signal
import threading
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from vae_core.data import files
from vae_core.data.files import FolderInUse, alone_in, write_whole

FORK = get_context("fork")


def write_forever(path, letter):
    while True:
        write_whole(path, letter * 300_000)


def test_two_writers_leave_one_of_theirs_whenever_it_is_read_and_killed(tmp_path):
    path, seen = tmp_path / "a.json", set()
    writers = [FORK.Process(target=write_forever, args=(path, letter)) for letter in (b"x", b"y")]
    for writer in writers:
        writer.start()
    until = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < until:
        if path.exists():
            content = path.read_bytes()
            assert len(content) == 300_000 and len(set(content)) == 1
            seen |= set(content)
    for writer in writers:
        assert writer.is_alive()
        writer.kill()
        writer.join()
    assert seen == {*b"xy"} and len(set(path.read_bytes())) == 1


def test_what_killed_writers_left_is_removed_after_an_hour(tmp_path):
    ours, young, theirs = (tmp_path / f"{name}.partial" for name in ("a.0123abcd", "a.89abcdef", "a.b.0123abcd"))
    for path in (ours, young, theirs):
        path.touch()
    for path in (ours, theirs):
        os.utime(path, (time.time() - files.LEFT_SECONDS - 1,) * 2)
    write_whole(tmp_path / "a", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", young.name, theirs.name]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    write_whole(tmp_path / "sub" / "a", b"old")

    def full(self, content):
        self.touch()
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        write_whole(tmp_path / "sub" / "a", b"new")
    assert [path.read_bytes() for path in (tmp_path / "sub").iterdir()] == [b"old"]


def test_files_have_the_users_own_permissions(tmp_path):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def hold(folder, entered):
    with alone_in(folder, "training"):
        entered.set()
        time.sleep(60)


def test_a_folder_is_one_processs_alone_until_that_is_dead(tmp_path):
    entered = FORK.Event()
    holder = FORK.Process(target=hold, args=(tmp_path / "a", entered))
    holder.start()
    try:
        assert entered.wait(10)
        with pytest.raises(FolderInUse) as refused, alone_in(tmp_path / "a", "training"):
            pass
        assert str(refused.value).startswith(
            f"another training writes to {tmp_path / 'a'} now (process {holder.pid} on "
        )
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
        with alone_in(tmp_path / "a", "training"):
            assert (tmp_path / "a" / files.OWNER).read_text().startswith(f"process {os.getpid()} ")
    finally:
        holder.kill()
    assert not list(tmp_path.iterdir())


def test_a_folder_is_one_threads_alone_and_keeps_what_is_left_in_it(tmp_path):
    with alone_in(tmp_path / "a", "sweep"):
        (tmp_path / "a" / "table.csv").touch()
        with pytest.raises(FolderInUse, match="another sweep writes to"), alone_in(tmp_path / "a", "sweep"):
            pass
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["table.csv"]


def test_a_folder_that_goes_while_it_is_asked_for_is_made_again_and_a_file_is_refused(tmp_path, monkeypatch):
    made, tries = Path.mkdir, []

    def gone_at_first(self, *given, **named):
        tries.append(self)
        if len(tries) == 1:
            raise FileExistsError(17, "File exists")  # as when another removes it before it is seen to be a folder
        made(self, *given, **named)

    monkeypatch.setattr(Path, "mkdir", gone_at_first)
    with alone_in(tmp_path / "a", "training"):
        assert len(tries) > 1 and (tmp_path / "a").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError), alone_in(tmp_path / "file", "training"):
        pass


def test_threads_that_wait_get_in_one_after_another(tmp_path):
    inside, most, failures = [], [], []

    def work():
        try:
            for _ in range(5):
                with alone_in(tmp_path / "a", "training", patience=30):
                    inside.append(1)
                    most.append(len(inside))
                    time.sleep(0.002)
                    inside.pop()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and most == [1] * 20 and not list(tmp_path.iterdir())
