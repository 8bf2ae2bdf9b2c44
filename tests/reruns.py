"""Tests that are tried again fail the run when they are too many: chance does not hide what is broken."""

import pytest

MOST = 5  # reruns in one run of all tests


def reruns(reporter: pytest.TerminalReporter | None) -> int:
    """How often tests were tried again; a worker of several has no report of its own."""
    return 0 if reporter is None else len(reporter.stats.get("rerun", ()))


def pytest_sessionfinish(session):
    tried_again = reruns(session.config.pluginmanager.get_plugin("terminalreporter"))
    if tried_again > MOST and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if (tried_again := reruns(terminalreporter)) > MOST:
        terminalreporter.write_line(f"Tests were tried again {tried_again} times; at most {MOST} may be.", red=True)
