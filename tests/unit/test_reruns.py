"""A run in which many tests were tried again is no good one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import reruns

ROOT = Path(__file__).resolve().parents[2]
PASSES_THE_SECOND_TIME = """
import pytest
tried = set()

@pytest.mark.flaky(reruns=1)
@pytest.mark.parametrize("number", range({tests}))
def test_something(number):
    again = number in tried
    tried.add(number)
    assert again
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
@pytest.mark.parametrize(("tests", "exit_status"), [(reruns.MOST, 0), (reruns.MOST + 1, 1)])
def test_more_reruns_than_a_few_fail_the_run(tmp_path, tests, exit_status, workers):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text("from tests.reruns import pytest_sessionfinish, pytest_terminal_summary\n")
    (tmp_path / "test_tried_again.py").write_text(PASSES_THE_SECOND_TIME.format(tests=tests))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == exit_status, done.stdout
    assert f"{tests} passed, {tests} rerun" in done.stdout
    assert ("Tests were tried again" in done.stdout) == bool(exit_status)
