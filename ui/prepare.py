"""Publish what the browser needs of every shipped model before the app starts: `python -m ui.prepare`.

Without it the first visitor to open a model waits some seconds while its decoder is exported.
"""

import logging

logging.getLogger("streamlit").setLevel(logging.ERROR)  # it warns that no app is running, which is so

from rich.progress import track  # noqa: E402

from ui import cache, inpaint, live  # noqa: E402


def main() -> None:
    """Publish the runtime and every model's decoder and codes; what is there already is left alone."""
    if not live.installed():
        return
    live.files()
    for entry in track(list(cache.zoo().values()), description="Preparing the models for the browser"):
        checkpoint, info = cache.checkpoint(entry.folder), cache.dataset_info(entry.dataset)
        bounds = live.bounds(checkpoint.content_hash, checkpoint, info)
        prepare = inpaint.model_for_browser if entry.family == "masked" else live.model_for_browser
        prepare(checkpoint.content_hash, entry.name, checkpoint, info, bounds)


if __name__ == "__main__":
    main()
