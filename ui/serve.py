"""The app's server, ready for its first visitor before it answers: `python -m ui.serve [OPTION ...]`.

Everything that pages import and every model is read first, so that nobody waits for it. The options are those of
`streamlit run`; without any, it is `streamlit run app.py` with the app's own settings.
"""

import contextlib
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from streamlit.web import cli

from ui import prepare
from vae_core.data import registry
from vae_core.data.files import DownloadFailed
from vae_core.data.pictures import DatasetUnavailable

APP = Path(__file__).resolve().parents[1] / "app.py"
ORIGINALS = "mnist"  # the data set that most models are of


def main(options: Sequence[str], script: Path | str = APP) -> None:
    """Serve until stopped."""
    prepare.say("Starting Latent Lab (about ten seconds)")
    prepare.main()
    cli.main(["run", str(script), *options], prog_name="streamlit")


def get_originals() -> None:
    """Try once to get MNIST's pictures; nothing is said if they do not come, as every page offers them."""
    with contextlib.suppress(DownloadFailed, DatasetUnavailable):
        for _ in registry.fetch(ORIGINALS):
            pass


if __name__ == "__main__":
    threading.Thread(target=get_originals, daemon=True).start()  # nobody waits for it
    with contextlib.suppress(KeyboardInterrupt):  # while models are read
        main(sys.argv[1:])
