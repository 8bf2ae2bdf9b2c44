"""The button that gets a data set's pictures, with a file in place of the network."""

import numpy as np
from scipy.io import savemat
from server import UNPREPARED, Server

from vae_core.data.published import FREY_FILE


def test_the_button_gets_the_originals_and_the_picture_comes(new_visitor, shipped, tmp_path):
    shipped("frey-vae-2d")
    savemat(tmp_path / FREY_FILE, {"ff": np.random.default_rng(0).integers(0, 256, (560, 1965), dtype=np.uint8)})
    (tmp_path / "empty").mkdir()
    nowhere = dict.fromkeys(("LATENT_LAB_DATA", "XDG_CACHE_HOME", "HOME"), str(tmp_path / "empty"))
    first = (
        f"{UNPREPARED}; from vae_core.data import published; published.FREY_URL = {(tmp_path / FREY_FILE).as_uri()!r}"
    )
    with Server(tmp_path / "log", nowhere, first=first) as server:
        screen = new_visitor(server=server).open("reconstruct", model="frey-vae-2d", sample="5")
        caption = "root.querySelector('.picture .caption').textContent"
        screen.until(f"{caption}.startsWith('Test picture 5 is not here')")
        screen.live.get_by_role("button", name="Get the originals (1 MB)").click()
        screen.until(f"{caption} === 'Test picture 5' && root.querySelector('.get-originals').hidden", timeout=60_000)
