"""Sharpness in a real browser: both numbers and the spectrum are those of the pictures on the screen, as PyTorch has
them. Its models are untrained ones, beside those that ship."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from screen import PHONE, Screen
from server import UNPREPARED, Server
from small_models import ADVERSARIAL, write_adversarial

from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.sharpness import laplacian_variance, power_spectrum
from vae_core.data import load_dataset
from vae_core.zoo import store

PLAIN, FEATURES, GAN = ADVERSARIAL
HERE = {"model": GAN, "section": "sharp", "models": ",".join(ADVERSARIAL)}
SETTLED = "root.dataset.ready === '1' && root.__live.rows.size && !root.__live.pending"
MEASURED = """Object.fromEntries(Array.from(root.__live.rows, ([name, { measured: { pictures, spectrum } }]) =>
  [name, { pictures: Array.from(pictures), power: Array.from(spectrum.power) }]))"""
NUMBERS = """Object.fromEntries(Array.from(root.querySelectorAll('.row[data-model]'), (row) => [row.dataset.model,
  ['error', 'sharpness'].map((name) => row.querySelector(`[data-number=${name}]`).textContent)]))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    found = tmp_path_factory.mktemp("adversarial") / "zoo"
    write_adversarial(found)
    return found


@pytest.fixture(scope="module")
def judging(folder, tmp_path_factory) -> Iterator[Server]:
    """The app with these models beside those that ship."""
    log = tmp_path_factory.mktemp("judging") / "log"
    with Server(log, {store.MODELS: str(folder)}, first=UNPREPARED) as running:
        yield running


@pytest.fixture
def screen(new_visitor, judging) -> Screen:
    return new_visitor(server=judging)


def seen(screen: Screen) -> tuple[dict, dict]:
    """What every model made, and its two numbers as they stand."""
    screen.until(SETTLED)
    return screen.read(MEASURED), screen.read(NUMBERS)


def real(row: int) -> torch.Tensor:
    return noiseless(load_dataset("digits").test.batch(torch.arange(row, row + 8)), "gaussian")


@torch.no_grad()
def reconstructed(folder: Path, name: str, x: torch.Tensor) -> torch.Tensor:
    model = store.open_checkpoint(folder / name).model
    return model.decode(model.encode(x).mean).mean


def check(folder: Path, row: int, made: dict, numbers: dict) -> None:
    """All models' pictures and numbers are those of PyTorch."""
    x = real(row)
    for name in ADVERSARIAL:
        expected = reconstructed(folder, name, x)
        assert np.abs(np.array(made[name]["pictures"]) - expected.flatten().numpy()).max() < 1e-4
        power = power_spectrum(expected)[1].mean(0)
        assert made[name]["power"] == pytest.approx(power.tolist(), rel=1e-3, abs=1e-9)
        error, share = numbers[name]
        assert float(error) == pytest.approx(255 * (expected - x).square().mean().sqrt().item(), rel=5e-3)
        sharp = 100 * (laplacian_variance(expected).mean() / laplacian_variance(x).mean()).item()
        assert float(share.removesuffix(" %")) == pytest.approx(sharp, rel=6e-3)


def test_numbers_are_those_of_the_pictures_on_the_screen_and_change_with_them(screen, folder):
    screen.open("models", **HERE, sample="3")
    before = seen(screen)
    check(folder, 3, *before)
    screen.page.keyboard.press("]")
    screen.until("root.__live.place.row === 11")
    after = seen(screen)
    check(folder, 11, *after)
    assert before[1] != after[1]
    screen.quiet()
    assert screen.query["sample"] == "11"
    screen.page.keyboard.press("[")
    screen.until("root.__live.place.row === 3")
    assert seen(screen)[1] == before[1]


def test_the_spectrum_moves_with_the_pictures(screen):
    screen.open("models", **HERE)
    seen(screen)
    before = screen.read("root.querySelector('[data-role=spectrum]').toDataURL()")
    screen.page.keyboard.press("n")
    screen.until("root.__live.place.row === 8")
    seen(screen)
    assert screen.read("root.querySelector('[data-role=spectrum]').toDataURL()") != before
    power = power_spectrum(real(8))[1].mean(0)
    assert screen.read("Array.from(root.__live.real.spectrum.power)") == pytest.approx(power.tolist(), rel=1e-4)


def test_samples_have_no_error_and_are_drawn_again_with_the_same_z_for_all(screen, folder):
    screen.open("models", **HERE)
    screen.live.locator("[data-show=samples]").click()
    screen.until("root.__live.place.show === 'samples'")
    first, numbers = seen(screen)
    assert all(error == "–" and share.endswith(" %") for error, share in numbers.values())
    screen.page.keyboard.press("z")
    screen.until("root.__live.place.seed === 2")
    second, _ = seen(screen)
    assert all(first[name]["pictures"] != second[name]["pictures"] for name in ADVERSARIAL)
    screen.quiet()
    assert screen.query["show"] == "samples" and screen.query["draw"] == "2"
    screen.page.reload()
    screen.ready()
    assert seen(screen)[0] == second
    screen.live.locator("[data-show=reconstructions]").click()
    screen.until("root.__live.place.show === 'reconstructions'")
    check(folder, 0, *seen(screen))


def test_a_model_goes_and_comes_and_the_apps_own_stays(screen):
    screen.open("models", **HERE)
    screen.live.locator(f".chips [data-model={FEATURES}]").click()
    screen.until("root.__live.rows.size === 2")
    assert set(seen(screen)[1]) == {PLAIN, GAN}
    screen.quiet()
    assert screen.query["models"] == f"{PLAIN},{GAN}"
    screen.live.locator(f".chips [data-model={GAN}]").click()
    assert "own model stays" in screen.live.locator(".problem").inner_text()
    screen.live.locator(f".chips [data-model={FEATURES}]").click()
    screen.until("root.__live.rows.size === 3")
    assert list(seen(screen)[1]) == list(ADVERSARIAL)


def test_the_live_part_is_one_screen_on_a_projector_and_fits_a_phone(new_visitor, judging):
    projector = new_visitor({"viewport": {"width": 1280, "height": 720}}, judging).open("models", **HERE)
    seen(projector)
    assert projector.lowest() <= 720
    projector.open("models", **HERE, lecture="1")
    seen(projector)
    assert projector.lowest() <= 720
    assert projector.read("root.querySelector('.spectrum').getBoundingClientRect().right <= innerWidth")
    phone = new_visitor(PHONE, judging).open("models", **HERE)
    seen(phone)
    assert phone.read("document.documentElement.scrollWidth <= innerWidth")
