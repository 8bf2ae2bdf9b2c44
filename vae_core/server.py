"""Starting the app on folders of models, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from vae_core.home import HOME

APP = HOME / "app.py"
PORTS = range(1, 65_536)


class AppMissing(OSError):
    """The app is not installed beside the package; the message says what is needed."""


def environment(folders: Sequence[Path]) -> dict[str, str]:
    """The environment in which the app shows these folders' models beside the zoo's.

    Each is a checkpoint folder, or a folder of them. Raises ValueError for one that has no models.
    """
    from vae_core.zoo import store  # not above: it imports torch, which the app will anyway

    for folder in folders:
        if not store.models_in(folder):
            raise ValueError(
                f"{folder} has no models: give a checkpoint folder, which holds model.json, or a folder of such folders"
            )
        if os.pathsep in str(folder.absolute()):
            raise ValueError(f"{folder} has a {os.pathsep!r} in its path, which separates folders: rename it")
    shown = [str(folder.absolute()) for folder in folders]
    return {**os.environ, store.MODELS: os.pathsep.join([*shown, *filter(None, [os.environ.get(store.MODELS)])])}


def command(address: str, port: int) -> list[str]:
    """What starts the app's server in the app's folder. Raises AppMissing, and ValueError for a port that is none."""
    if port not in PORTS:
        raise ValueError(f"port must be between {PORTS[0]} and {PORTS[-1]}, got {port}")
    if not APP.exists() or find_spec("streamlit") is None:
        raise AppMissing("the app needs more packages: install them with pip install 'latent-lab[app]'")
    return [sys.executable, "-m", "ui.serve", "--server.address", address, "--server.port", str(port)]


def serve(folders: Sequence[Path], address: str, port: int) -> int:
    """Run the app until it is stopped; its exit code."""
    found = environment(folders)
    try:
        return subprocess.run(command(address, port), cwd=APP.parent, env=found).returncode
    except KeyboardInterrupt:
        return 0
