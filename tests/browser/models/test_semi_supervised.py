"""Semi-supervised in a real browser: q(y|x) and every label's picture follow the pen, and are PyTorch's."""

import numpy as np
import pytest
import torch
from screen import PHONE
from server import UNPREPARED, Server
from small_models import DIGITS, write_stand_in

from vae_core.analysis.mistakes import mistakes_of
from vae_core.data import load_dataset
from vae_core.learning.semi_supervised import M2
from vae_core.learning.training import TrainingConfig
from vae_core.models.checkpoint import read_checkpoint
from vae_core.models.conditional import ConditionalConfig
from vae_core.models.semi_supervised import SemiSupervisedConfig
from vae_core.models.vae import VAEConfig
from vae_core.zoo import store
from vae_core.zoo.build import build
from vae_core.zoo.recipes import Recipe

MODEL = Recipe(
    "digits-m2-soon-3d",
    "digits",
    SemiSupervisedConfig(ConditionalConfig(VAEConfig((1, 8, 8), 3, hidden=(32,)), 10), (32,)),
    TrainingConfig(epochs=8, precision="float32", labels=50),
    M2(weight=1.0),
    importance_samples=5,
    likelihood_pictures=50,
)
HERE = {"model": MODEL.name, "section": "labels"}
BLIND, BLIND_M2 = "digits-blind-2d", "digits-m2-blind-2d"  # untrained, of encoders that are not given labels


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of models with one that was told few labels, for a moment."""
    folder = tmp_path_factory.mktemp("models")
    list(build(MODEL, folder / MODEL.name, projected=False))
    given = ConditionalConfig(DIGITS, 10, encoder_sees_label=False)
    write_stand_in(folder / BLIND, "digits", given)
    write_stand_in(folder / BLIND_M2, "digits", SemiSupervisedConfig(given, (16,)), "m2")
    return folder


@pytest.fixture(scope="module")
def checkpoint(trained):
    return read_checkpoint(trained / MODEL.name)


@pytest.fixture(scope="module")
def with_labels(trained, tmp_path_factory):
    log = tmp_path_factory.mktemp("server_with_labels") / "log"
    with Server(log, {store.MODELS: str(trained)}, first=UNPREPARED) as running:
        yield running


@pytest.fixture
def screen(new_visitor, with_labels):
    return new_visitor(server=with_labels).open("models", **HERE)


def seen(screen) -> tuple[torch.Tensor, np.ndarray, np.ndarray]:
    """x on the screen (1, 1, 8, 8), its bars (10,), and the pictures of all labels (10, 64)."""
    screen.settle()
    screen.until("root.__live.seen && !root.__live.pending")
    parts = ("x", "probabilities", "rebuilt")
    x, bars, rebuilt = (screen.read(f"Array.from(root.__live.seen.{part})") for part in parts)
    return torch.tensor(x).reshape(1, 1, 8, 8), np.array(bars), np.array(rebuilt).reshape(10, 64)


@torch.no_grad()
def agrees(model, x: torch.Tensor, bars: np.ndarray, rebuilt: np.ndarray) -> None:
    """What is on the screen is what PyTorch says of x: each label's z is its own, and none is drawn."""
    assert np.abs(bars - model.classify(x).probs[0].numpy()).max() < 1e-3
    z = model.encode_with_each_label(x).mean[:, 0]
    assert np.abs(rebuilt - model.decode(z, torch.arange(10)).mean.flatten(1).numpy()).max() < 1e-3


def percents(screen) -> list[str]:
    return screen.live.locator(".guess output").all_inner_texts()


def stroke(screen, steps: int = 12) -> None:
    box = screen.live.locator(".pad").bounding_box()
    screen.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.1)
    screen.page.mouse.down()
    screen.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9, steps=steps)


def test_bars_follow_the_pen_and_ask_the_server_nothing(screen, checkpoint):
    screen.live.locator("[data-do=blank]").click()
    screen.quiet()
    _, empty, _ = seen(screen)
    screen.count_frames()
    stroke(screen)
    x, bars, rebuilt = seen(screen)
    counted = screen.counted()
    assert counted["messages"] == 0 and counted["pictures"] >= 3
    assert np.abs(bars - empty).max() > 0.01, "the bars have moved under the pen"
    agrees(checkpoint.model, x, bars, rebuilt)
    screen.page.mouse.up()
    screen.quiet()
    x, bars, rebuilt = seen(screen)
    agrees(checkpoint.model, x, bars, rebuilt)
    best = screen.live.locator(".guess[data-best]")
    assert best.count() == 1 and best.get_attribute("data-label") == str(bars.argmax())
    for text, share in zip(percents(screen), bars, strict=True):
        number = float(text.strip("<>% "))
        assert number == pytest.approx(100 * share, abs=0.1)
    assert "drawn" in screen.query and screen.live.locator(".guess[data-said]").count() == 0
    screen.page.reload()
    screen.ready()
    _, again, _ = seen(screen)
    assert again.tolist() == pytest.approx(bars.tolist(), abs=1e-6)


def test_a_wrong_digit_that_is_clicked_on_is_read(screen, checkpoint):
    test = load_dataset("digits").test
    missed = mistakes_of(checkpoint.model, test, checkpoint.codes.indices)
    buttons = screen.live.locator(".wrong button")
    assert buttons.count() == min(60, len(missed)) > 1
    assert f"{len(missed)} of {missed.count} test pictures" in screen.live.locator(".count").inner_text()
    buttons.nth(1).click()
    row, label, guess = (int(each[1]) for each in (missed.rows, missed.labels, missed.guessed))
    screen.until("root.__live.place.row === argument", row)
    screen.quiet()
    x, bars, rebuilt = seen(screen)
    assert torch.equal((x * 255).round().to(torch.uint8), test.batch(checkpoint.codes.indices[row : row + 1]))
    agrees(checkpoint.model, x, bars, rebuilt)
    assert bars.argmax() == guess and bars[guess] == pytest.approx(missed.probability[1].item(), abs=1e-3)
    assert screen.live.locator(".verdict").inner_text() == f"Read as {guess}; the data set says {label}"
    assert screen.live.locator(".guess[data-said]").get_attribute("data-label") == str(label)
    assert buttons.nth(1).get_attribute("aria-pressed") == "true"
    assert screen.query["sample"] == str(int(checkpoint.codes.indices[row]))
    screen.page.keyboard.press("n")
    screen.until("root.__live.place.row === argument", (row + 1) % missed.count)


def test_what_is_said_of_the_rebuilt_pictures_is_so_of_the_model(screen, new_visitor, with_labels):
    how = "[root.querySelector('.how').textContent, root.querySelector('.guess canvas').title]"
    seen(screen)
    assert screen.read(how) == [
        "and x rebuilt with each y, as the sum over y has it",
        "x as 0: z is the mean of q(z | x, y = 0), decoded with y = 0",
    ]
    blind = new_visitor(server=with_labels).open("models", model=BLIND_M2, section="labels")
    seen(blind)
    assert blind.read(how)[1] == "x as 0: z is the mean of q(z | x), decoded with y = 0"
    stacked = new_visitor(server=with_labels).open("models", model="mnist-m1m2-100-labels-0-70d", section="labels")
    said, title = stacked.read(how)
    assert said == "and x rebuilt with each y, from the means of z₂ and z₁"
    assert "q(z₂ | z₁, y = 0)" in title and "p(z₁ | y = 0, z₂), which M1 decodes" in title


def test_a_style_that_is_read_without_the_label_is_not_said_to_be_read_with_it(new_visitor, with_labels):
    blind = new_visitor(server=with_labels).open("models", model=BLIND, section="conditional", z="picture")
    button = blind.live.locator("[data-do=read]")
    assert button.inner_text() == "From x" and "q(z | x)" in button.get_attribute("title")
    assert blind.live.locator(".what").inner_text() == "z is the style of x"
    assert "is not told" in blind.live.locator(".said button").first.get_attribute("title")


def test_a_phone_has_room_for_the_pad_and_all_bars(new_visitor, with_labels):
    phone = new_visitor(PHONE, server=with_labels).open("models", **HERE, sample="3")
    seen(phone)
    assert phone.read("document.documentElement.scrollWidth <= innerWidth")
    top = phone.live.locator(".pad").bounding_box()["y"]
    last = phone.live.locator(".guess").last.bounding_box()
    assert top > 0 and last["y"] + last["height"] <= 844
