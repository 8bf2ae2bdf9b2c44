"""The model as shapes and live numbers: they are those of the picture on the screen."""

import numpy as np
import pytest
import torch

LATENTS = """(({ mean, stddev, epsilonOfZ, z }) => (
  { mean, stddev, epsilon: epsilonOfZ ?? mean.map(() => 0), z }))(root.__live)"""


def columns(screen) -> tuple[list[int], dict[str, list[float]]]:
    """The dimensions that are shown, from 0, and the numbers of each row."""
    names = screen.live.locator(".latent th[scope=col]").all_inner_texts()
    numbers = {
        part: [float(text.replace("−", "-")) for text in screen.live.locator(f"[data-row={part}] td").all_inner_texts()]
        for part in ("mean", "stddev", "epsilon", "z")
    }
    return [int(name[1:].translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))) - 1 for name in names], numbers


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-vae-10d"])
@torch.no_grad()
def test_numbers_between_the_networks_are_those_of_the_picture(desktop, shipped, name):
    model = shipped(name).model
    desktop.open("reconstruct", model=name, sample="5")
    for drawn in (False, True, False):
        if drawn:
            desktop.live.get_by_role("button", name="Draw z again").click()
        else:
            desktop.live.get_by_role("button", name="ε = 0").click()
        desktop.until("(root.__live.epsilonOfZ !== null) === argument", drawn)
        desktop.settle()
        latents = {
            part: np.array(desktop.read(f"Array.from({LATENTS}.{part})")) for part in ("mean", "stddev", "epsilon", "z")
        }
        shown, numbers = columns(desktop)
        assert len(shown) == len(set(shown)) >= 2
        for part, values in numbers.items():
            assert np.abs(latents[part][shown] - values).max() <= 0.0051, part
        assert np.abs(latents["mean"] + latents["stddev"] * latents["epsilon"] - latents["z"]).max() < 1e-5
        assert bool(np.abs(latents["epsilon"]).max() > 0.1) == drawn
        picture = model.decode(torch.tensor(latents["z"])[None].float()).mean.flatten().numpy()
        assert np.abs(np.array(desktop.picture) - picture).max() <= 1e-4
    says = desktop.live.locator(".says").inner_text()
    assert (f"{len(shown)} of 10 dimensions" in says) == (name == "mnist-vae-10d")


def test_a_tap_on_each_part_opens_its_formula(desktop, shipped):
    shipped("mnist-vae-10d")
    desktop.open("reconstruct", model="mnist-vae-10d", sample="5")
    assert desktop.live.locator(".encoder small").inner_text() == "784 → 500 → 500"
    assert desktop.live.locator(".decoder small").inner_text() == "500 → 500 → 784"
    said, card = set(), desktop.live.locator(".part")
    for part in ("encoder", "mean", "stddev", "epsilon", "z", "decoder"):
        desktop.live.locator(f"[data-part={part}]").click()
        assert card.is_visible() and card.locator("math").bounding_box()["height"] > 10
        box = card.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 1400 and box["y"] + box["height"] <= 900
        said.add(card.inner_text())
        desktop.page.keyboard.press("Escape")
        assert card.is_hidden()
    assert len(said) == 6
