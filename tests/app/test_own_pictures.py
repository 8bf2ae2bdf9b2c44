"""Models of one's own pictures in the app: any names, folders that move, pictures that come and go."""

import numpy as np
import pytest
from PIL import Image
from screens import LIVE, sent_to_browser

from ui import cache
from vae_core.data import images
from vae_core.data.images import FOLDER
from vae_core.learning.training import TrainingConfig
from vae_core.models.vae import VAEConfig
from vae_core.zoo import store
from vae_core.zoo.build import build
from vae_core.zoo.recipes import Recipe

PAGES = ["explore", "interpolate", "reconstruct", "beta_sweep", "inpaint", "models"]
PLAIN = ["explore", "interpolate", "reconstruct"]
NAME = "mine #1? 100%"
SIZE = 8


def draw(path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(number).integers(0, 256, (SIZE, SIZE), dtype=np.uint8)).save(path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of pictures with names as people give them, and the folder of a model of it."""
    root = tmp_path_factory.mktemp("own")
    folder = root / "my pics #2? 50%"
    for number in range(40):
        draw(folder / ("<img src=x>" if number % 2 else "dogs & cats") / f"a {number}#?.png", number)
    (folder / "dogs & cats" / "broken.png").write_bytes(b"no picture")
    recipe = Recipe(
        NAME,
        f"{FOLDER}{folder}",
        VAEConfig((1, SIZE, SIZE), 2, hidden=(8,), likelihood="gaussian"),
        TrainingConfig(epochs=1),
        importance_samples=2,
        dataset_options={"image_size": SIZE, "channels": 1},
    )
    list(build(recipe, root / "runs" / "a", projected=("pca",)))
    return folder, root / "runs"


@pytest.fixture
def own(trained, zoo, monkeypatch):
    folder, runs = trained
    monkeypatch.setenv(store.MODELS, str(runs))
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_every_page_goes_on(own, open_app, page):
    app = open_app(model=NAME)
    app.switch_page(f"pages/{page}.py")
    app.query_params["model"] = NAME
    app.run()
    assert not app.exception and not app.error


@pytest.mark.parametrize("page", PLAIN)
def test_originals_are_served_under_names_that_any_system_takes(own, published, open_app, page):
    app = open_app(model=NAME).switch_page(f"pages/{page}.py")
    app.query_params["model"] = NAME
    app.run()
    if page == "explore":
        app.run()  # the first run does not wait for the originals
    sheets = sent_to_browser(app)["originals"]["sheets"]
    for address in [*sheets, sent_to_browser(app)["model"]["decoder"]]:
        name = address.rsplit("/", 1)[1]
        assert address.isascii() and not set(name) & set('#?% <>:"|*\\&') and (published / name).is_file()


def test_what_was_left_out_is_said(own, open_app):
    app = open_app(model=NAME)
    assert any("broken.png" in caption.value for caption in app.caption)


def test_a_folder_is_read_once_for_many_clicks(own, open_app, monkeypatch):
    app = open_app(model=NAME)
    app.run()
    read = []
    monkeypatch.setattr(images, "read_image", lambda *given: read.append(given))
    for _ in range(3):
        app.run()
    assert not app.exception and not read


@pytest.mark.parametrize("page", PAGES)
def test_a_folder_that_moved_takes_no_page_away(own, open_app, page):
    away = own.with_name("away")
    own.rename(away)
    try:
        app = open_app(model=NAME).switch_page(f"pages/{page}.py")
        app.query_params["model"] = NAME
        app.run()
        assert not app.exception and not app.error
        if page in PLAIN:
            assert any("is not a folder" in caption.value for caption in app.caption)
            assert len(app.get(LIVE)) == 1
    finally:
        away.rename(own)


def test_one_picture_more_changes_no_original(own, open_app):
    checkpoint = store.open_checkpoint(cache.zoo()[NAME].folder)
    before = cache.pictures(checkpoint).test.batch(checkpoint.codes.indices)
    extra = own / "dogs & cats" / "0 first.png"
    draw(extra, 1000)
    try:
        after = cache.pictures(checkpoint).test.batch(checkpoint.codes.indices)
        assert (before == after).all()
        app = open_app(model=NAME)
        assert any("1 added" in caption.value for caption in app.caption) and not app.exception
    finally:
        extra.unlink()
