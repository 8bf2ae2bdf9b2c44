"""What is tested and measured is the server that is shipped: its settings stand in one file."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STARTERS = ["Makefile", "vae_core/server.py", "tests/browser/server.py", "tests/benchmarks/serving.py"]
OF_THE_PLACE = {"server.address", "server.port", "server.headless"}  # where it runs, and that no browser opens


def settings_named_in(path: str) -> set[str]:
    """Streamlit's options that a file sets on a command line or in the environment."""
    text = (ROOT / path).read_text("utf-8")
    found = re.findall(r"\b((?:server|browser|runner|logger|client|global)\.[a-z]+(?:[A-Z]\w*)?)\"", text)
    return {*found, *re.findall(r"--((?:server|browser|runner|logger|client|global)\.\w+)", text)}


@pytest.mark.parametrize(
    "path", ["Makefile", "ui/serve.py", "vae_core/server.py", "tests/browser/server.py", "tests/benchmarks/serving.py"]
)
def test_nothing_sets_what_the_app_itself_does_not(path):
    assert settings_named_in(path) <= OF_THE_PLACE
    assert "STREAMLIT_" not in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("path", STARTERS)
def test_everybody_starts_the_server_in_one_way(path):
    text = (ROOT / path).read_text("utf-8")
    assert re.search(r"-m ui\.serve|\"-m\", \"ui\.serve\"|from ui import serve", text)
    assert not re.search(r"streamlit run app\.py --|\"streamlit\", \"run\"", text)


def test_the_app_watches_no_files_and_collects_between_runs():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["server"]["fileWatcherType"] == "none" and settings["runner"]["postScriptGC"] is False
