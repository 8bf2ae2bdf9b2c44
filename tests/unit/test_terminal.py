"""How the command line talks where the world is narrow: in any code page, and with no terminal."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_core import terminal
from vae_core.models.checkpoint import read_checkpoint

ROOT = Path(__file__).resolve().parents[2]


def narrow(encoding):
    """A stream in a code page that takes any text."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="latent-lab-plain", newline="\n")


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("ascii", "0.5 ± 0.1, β = 4, C ≥ 2", b"0.5 +- 0.1, beta = 4, C >= 2"),
        ("cp1252", "0.5 ± 0.1, β = 4", b"0.5 \xb1 0.1, beta = 4"),
        ("ascii", "┏━┓│─┘╭", b"+-+|-++"),
        ("ascii", "Füße, 木, é", b"Fue, ?, e".replace(b"Fue", b"Fu?e")),
        ("utf-8", "half a character: \udcff", b"half a character: ?"),
        ("utf-8", "±β┏", "±β┏".encode()),
    ],
)
def test_what_a_code_page_lacks_gets_its_nearest(encoding, text, written):
    stream = narrow(encoding)
    stream.write(text)
    stream.flush()
    assert stream.buffer.getvalue() == written


def test_the_handler_is_for_writing_alone():
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", errors="latent-lab-plain")


COMMANDS = {
    "help": ("train", "--help"),
    "data sets": ("data", "list"),
    "zoo": ("zoo", "list"),
    "errors": ("inpaint", "{toy}", "--limit", "4", "--samples", "2"),
    "evaluation": ("evaluate", "{toy}", "--limit", "4", "--importance-samples", "2"),
}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_command_speaks_in_a_narrow_code_page(encoding, toy_folder):
    """All in one process, which imports torch once: exit code 0, and text that the code page holds."""
    commands = [[word.format(toy=toy_folder) for word in words] for words in COMMANDS.values()]
    code = (
        "import sys\nfrom vae_core.cli import main\n"
        f"for words in {commands!r}:\n"
        "    sys.argv = ['vae_core', *words]\n"
        "    try: main()\n    except SystemExit as end: assert end.code == 0, words"
    )
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, env=environment)
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
    told = ran.stdout.decode(encoding)
    assert ("\xb1" if encoding == "cp1252" else "+-") in told and "Usage" in told and "\u2500" not in told


def test_an_error_about_any_name_is_one_line(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "vae_core", "evaluate", "großes-木"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, env=environment)
    assert ran.returncode == 2 and ran.stdout == b"" and b"UnicodeEncodeError" not in ran.stderr
    assert ran.stderr.startswith(b"error: no model or checkpoint folder is called 'gro?es-?'")
    assert ran.stderr.count(b"\n") == 1


class Clock:
    """Time as a test sets it."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(terminal.time, "monotonic", lambda: self.now)


def test_without_a_terminal_a_line_comes_every_ten_seconds(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    with terminal.progress_bar("pictures") as advance:
        for done in range(1, 101):
            clock.now += 0.9
            advance(done, 100)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"pictures {done} of 100: {done}%" for done in (12, 24, 36, 48, 60, 72, 84, 96)]


def test_short_work_says_nothing(capsys):
    with terminal.progress_bar("pictures") as advance:
        advance(1, 2)
        advance(2, 2)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_and_no_lines(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    lines = terminal.now_and_then()
    clock.now += 60
    lines.line("pictures", 1, 2)
    assert capsys.readouterr().err == ""


def test_training_counts_while_it_evaluates_and_json_stays_clean(monkeypatch, capsys, tmp_path):
    from vae_core import cli

    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", 0.0)
    settings = ("--hidden", "8", "--latent-dim", "1", "--epochs", "1", "--importance-samples", "2", "--json")
    monkeypatch.setattr(
        sys, "argv", ["vae_core", "train", "--dataset", "digits", *settings, "--out", str(tmp_path / "a")]
    )
    with pytest.raises(SystemExit):
        cli.main()
    out, err = capsys.readouterr()
    assert json.loads(out)["name"] == "a" and read_checkpoint(tmp_path / "a")
    lines = err.splitlines()
    assert "evaluating, 250 of 360 test pictures: 69%" in lines
    assert any(line.startswith("epoch 1/1  ELBO ") for line in lines)
