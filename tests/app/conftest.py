"""The app in Streamlit's AppTest, on a small zoo of its own: untrained models, made in a moment."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_models import STAND_INS, write_mapped, write_stand_in
from streamlit.testing.v1 import AppTest

from ui import work
from ui.browser import publish
from vae_core.zoo import store

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180  # seconds for one run of the script on a busy machine: some export a model


@pytest.fixture(autouse=True)
def main_module(monkeypatch) -> None:
    """AppTest leaves app.py as the process's main module, which processes that other tests start would run, too."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory) -> Path:
    """A folder of stand-ins, to be looked at and not to be touched."""
    folder = tmp_path_factory.mktemp("zoo")
    for name, (dataset, config) in STAND_INS.items():
        write_stand_in(folder / name, dataset, config)
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """Where these tests publish what a browser would fetch."""
    return tmp_path_factory.mktemp("generated")


@pytest.fixture
def zoo(stand_ins, published, monkeypatch) -> Path:
    """The app's zoo is the stand-ins."""
    monkeypatch.setattr(store, "ZOO", stand_ins)
    monkeypatch.setattr(publish, "GENERATED", published)
    return stand_ins


@pytest.fixture
def mapped(zoo, tmp_path, monkeypatch) -> Path:
    """The stand-ins, and models with a map whose KL is no sum over dimensions."""
    shutil.copytree(zoo, tmp_path / "zoo")
    write_mapped(tmp_path / "zoo")
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture
def open_app() -> Callable[..., AppTest]:
    """`open_app(model="mnist-vae-2d", z="0,1")` runs app.py with these parameters in its link."""

    def run(**query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run


@pytest.fixture
def open_page(open_app, request) -> Callable[..., AppTest]:
    """`open_page(model=...)` runs app.py on the module's PAGE with these parameters in its link."""

    def run(**query: str) -> AppTest:
        app = open_app().switch_page(request.module.PAGE)
        app.query_params.clear()
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run


@pytest.fixture(autouse=True)
def own_queue(monkeypatch) -> None:
    """Long work of other tests, which are all of one visitor here, takes no place."""
    queue = work.Queue(lambda owner: True)
    monkeypatch.setattr(work, "queue", lambda: queue)
