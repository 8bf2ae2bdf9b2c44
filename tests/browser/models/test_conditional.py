"""Conditional and Table in a real browser: one style in every label, live, its numbers PyTorch's."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from vae_core.analysis.evaluation import noiseless
from vae_core.data import load_dataset
from vae_core.zoo import store

MODEL = "digits-conditional-4d"
HERE = {"model": MODEL, "section": "conditional"}
CAUGHT_UP = "root.__live.z && !root.__live.pending && root.__live.lastPicture"


@pytest.fixture
def screen(desktop):
    return desktop.open("models", **HERE)


def test_an_encoder_that_is_given_labels_reads_x_and_y(screen):
    button = screen.live.locator("[data-do=read]")
    assert button.inner_text() == "From x and y" and "q(z | x, y)" in button.get_attribute("title")
    assert screen.live.locator(".said button").first.get_attribute("title") == "Read x as 0"


@pytest.fixture(scope="module")
def model():
    return store.open_checkpoint(store.ZOO / MODEL).model


def decoded(screen) -> tuple[torch.Tensor, np.ndarray]:
    """z on the screen (D,), and the pictures in every label (10, 64)."""
    screen.settle()
    screen.until(CAUGHT_UP)
    z, x = screen.read("[Array.from(root.__live.z), Array.from(root.__live.lastPicture)]")
    return torch.tensor(z), np.array(x).reshape(10, 64)


@torch.no_grad()
def expected(model, z: torch.Tensor) -> np.ndarray:
    return model.decode(z.expand(10, -1), torch.arange(10)).mean.flatten(1).numpy()


def style_of(model, x: torch.Tensor, label: int) -> list[float]:
    with torch.no_grad():
        return model.encode(noiseless(x, model.config.likelihood), torch.tensor([label])).mean[0].tolist()


def test_a_drag_moves_all_labels_at_once_and_asks_the_server_nothing(screen, model):
    z, pictures = decoded(screen)
    assert np.abs(pictures - expected(model, z)).max() < 1e-4
    screen.quiet()
    slider = screen.live.locator("[data-dim='0']")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    screen.page.mouse.move(box["x"] + box["width"] / 2, middle)
    screen.page.mouse.down()
    screen.count_frames()
    for step in range(40):
        screen.page.mouse.move(box["x"] + box["width"] * (0.5 + 0.4 * np.sin(step / 6)), middle)
        screen.settle(1)
    counted = screen.counted()
    moved, pictures = decoded(screen)
    assert counted["messages"] == 0
    assert counted["pictures"] >= 0.8 * counted["inputs"] >= 15
    assert moved[0] != z[0] and moved[1:].tolist() == pytest.approx(z[1:].tolist())
    assert np.abs(pictures - expected(model, moved)).max() < 1e-4
    screen.page.mouse.up()
    screen.quiet()
    assert [float(number) for number in screen.query["z"].split(",")] == pytest.approx(moved.tolist(), abs=1e-4)


def test_a_pictures_style_is_the_encoders_and_depends_on_the_label(screen, model):
    test = load_dataset("digits").test
    codes = store.open_checkpoint(store.ZOO / MODEL).codes
    screen.page.keyboard.press("n")
    screen.until("root.querySelector('[data-do=read]').getAttribute('aria-pressed') === 'true'")
    x, label = test.batch(codes.indices[1:2]), int(codes.labels[1])
    z, pictures = decoded(screen)
    assert z.tolist() == pytest.approx(style_of(model, x, label), abs=1e-3)
    assert np.abs(pictures - expected(model, z)).max() < 1e-4
    outlined = screen.live.locator(".cells [data-read]")
    assert outlined.count() == 1 and outlined.get_attribute("data-label") == str(label)
    other = (label + 3) % 10
    screen.live.locator(f".said [data-label='{other}']").click()
    screen.until("root.querySelector('.cells [data-read]').dataset.label === argument", str(other))
    z, _ = decoded(screen)
    assert z.tolist() == pytest.approx(style_of(model, x, other), abs=1e-3)
    screen.quiet()
    assert screen.query["z"] == "picture" and screen.query["sample"] == "1" and screen.query["label"] == str(other)


def test_key_z_draws_again_and_the_link_knows_which(screen):
    first, _ = decoded(screen)
    screen.page.keyboard.press("z")
    second, _ = decoded(screen)
    screen.quiet()
    assert screen.query["draw"] == "2" and "z" not in screen.query
    assert not torch.equal(first, second)
    screen.page.reload()
    screen.ready()
    again, _ = decoded(screen)
    assert torch.equal(again, second), "the same link, the same z"


def test_what_is_drawn_gives_its_style_to_all_labels_and_goes_into_the_link(screen):
    screen.live.locator("[data-do=blank]").click()
    screen.live.locator(".said [data-label='1']").click()
    box = screen.live.locator("[data-role=pad]").bounding_box()
    screen.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 20)
    screen.page.mouse.down()
    screen.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] - 20, steps=8)
    screen.page.mouse.up()
    screen.quiet()
    z, _ = decoded(screen)
    assert screen.query["z"] == "picture" and "drawn" in screen.query and screen.query["label"] == "1"
    screen.page.reload()
    screen.ready()
    again, _ = decoded(screen)
    assert again.tolist() == pytest.approx(z.tolist(), abs=1e-6)


def bring(screen, name: str, data: bytes) -> None:
    screen.live.locator("section input[type=file]").set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": data}]
    )


def stroke(screen) -> None:
    box = screen.live.locator("[data-role=pad]").bounding_box()
    screen.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    screen.page.mouse.down()
    screen.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3, steps=4)
    screen.page.mouse.up()


def pressed(screen) -> list[str]:
    return screen.read("Array.from(root.querySelectorAll('.said [aria-pressed=true]'), ({ dataset }) => dataset.label)")


@pytest.mark.parametrize("said", [None, "3"], ids=["its own label", "that of the link"])
def test_a_stroke_over_a_test_picture_is_read_as_the_label_that_is_pressed(desktop, model, said):
    codes = store.open_checkpoint(store.ZOO / MODEL).codes
    row = codes.labels.tolist().index(7)
    screen = desktop.open(
        "models", **HERE, z="picture", sample=str(int(codes.indices[row])), **({"label": said} if said else {})
    )
    label = said or "7"
    assert pressed(screen) == [label]
    stroke(screen)
    screen.until("root.querySelector('.caption').textContent === 'drawn'")
    screen.quiet()
    assert pressed(screen) == [label]
    assert screen.query["label"] == label and "drawn" in screen.query and "sample" not in screen.query
    z, _ = decoded(screen)
    x = torch.tensor(list(screen.read("Object.values(root.__live.bytes)")), dtype=torch.uint8).reshape(1, 1, 8, 8)
    assert z.tolist() == pytest.approx(style_of(model, x, int(label)), abs=1e-3)
    screen.page.reload()
    screen.ready()
    assert pressed(screen) == [label] and decoded(screen)[0].tolist() == pytest.approx(z.tolist(), abs=1e-6)
    screen.live.locator(".said [data-label='0']").click()
    screen.quiet()
    assert pressed(screen) == ["0"] and "label" not in screen.query, "what a link with a drawing opens as"


def test_a_label_is_in_the_link_only_where_it_is_not_the_pictures_own(screen):
    own = pressed(screen)[0]
    other = str((int(own) + 2) % 10)
    for label in (other, own):
        screen.live.locator(f".said [data-label='{label}']").click()
        screen.quiet()
        assert pressed(screen) == [label] and screen.query.get("label") == (other if label == other else None)


def test_an_upload_is_read_as_the_label_that_is_pressed(desktop):
    codes = store.open_checkpoint(store.ZOO / MODEL).codes
    row = codes.labels.tolist().index(4)
    screen = desktop.open("models", **HERE, z="picture", sample=str(int(codes.indices[row])))
    screen.quiet()
    assert pressed(screen) == ["4"]
    content = io.BytesIO()
    Image.new("RGB", (50, 50), "white").save(content, "PNG")
    bring(screen, "white.png", content.getvalue())
    screen.until("root.querySelector('.caption').textContent === 'white.png'")
    screen.quiet()
    assert pressed(screen) == ["4"] and screen.query["label"] == "4"


def test_an_uploads_style_goes_to_all_labels_and_into_no_link(screen, model):
    screen.quiet()
    image = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(image).line([(100, 60), (200, 60), (140, 240)], fill="black", width=30, joint="curve")
    content = io.BytesIO()
    image.save(content, "PNG")
    bring(screen, "seven.png", content.getvalue())
    screen.until("root.querySelector('.caption').textContent === 'seven.png'")
    screen.quiet()
    z, pictures = decoded(screen)
    x = torch.tensor(list(screen.read("Object.values(root.__live.bytes)")), dtype=torch.uint8).reshape(1, 1, 8, 8)
    label = int(screen.live.locator(".said [aria-pressed=true]").get_attribute("data-label"))
    assert z.tolist() == pytest.approx(style_of(model, x, label), abs=1e-3)
    assert np.abs(pictures - expected(model, z)).max() < 1e-4
    assert "drawn" not in screen.query
    assert [float(number) for number in screen.query["z"].split(",")] == pytest.approx(z.tolist(), abs=1e-4)


def test_a_file_that_is_no_picture_gets_one_sentence(screen):
    before, _ = decoded(screen)
    bring(screen, "bad.png", b"\x89PNG nothing more")
    alert = screen.live.locator(".problem")
    alert.wait_for()
    assert alert.inner_text().endswith((".", ":")) and torch.equal(decoded(screen)[0], before)


def test_a_link_says_z_and_a_phone_has_room(phone):
    phone.open("models", **HERE, z="1,0,0,-1")
    z, _ = decoded(phone)
    assert z.tolist() == [1, 0, 0, -1]
    assert phone.read("document.documentElement.scrollWidth <= innerWidth")


def test_keys_step_through_the_tables_comparisons(desktop):
    desktop.open("models", section="table")
    chart = desktop.page.locator(".stPlotlyChart")
    chart.wait_for()
    before = desktop.read("root.__live.name")
    desktop.live.locator("section h2").click()
    desktop.page.keyboard.press("PageDown")
    desktop.quiet()
    assert desktop.query["table"] == desktop.until("root.__live.name !== argument && root.__live.name", before)
