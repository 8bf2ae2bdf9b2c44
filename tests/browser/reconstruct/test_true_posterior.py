"""The true posterior beside q(z|x): the browser's grid against a finer one over PyTorch's decoder."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from vae_core.analysis.likelihood import elbo_terms

KNOWN = "root.__live.truth?.picture === root.__live.pictures"
READ = """(() => { const { x, mean, stddev, truth } = root.__live;
  return { ...truth, mass: Array.from(truth.mass), x: Array.from(x), q: [Array.from(mean), Array.from(stddev)] } })()"""


@torch.no_grad()
def finer(model, x: torch.Tensor, box: dict, times: int) -> tuple[np.ndarray, float]:
    """log p(x, z) at `times` as many cells' middles over thrice the box, (side, side), and the area of a cell."""
    low, high = np.array(box["low"]), np.array(box["high"])
    low, high = low - (high - low), high + (high - low)
    side = 3 * 48 * times
    ticks = [torch.tensor(low[d] + (np.arange(side) + 0.5) * (high[d] - low[d]) / side) for d in (0, 1)]
    z = torch.stack(torch.meshgrid(ticks[1], ticks[0], indexing="ij")[::-1], -1).reshape(-1, 2).float()  # z1 fastest
    likelihood = torch.cat([model.decode(some).log_prob(x).double() for some in z.split(2048)])
    joint = likelihood + Normal(0.0, 1.0).log_prob(z.double()).sum(-1)
    return joint.reshape(side, side).numpy(), float(np.prod((high - low) / side))


@pytest.mark.parametrize("name", ["mnist-vae-2d", "frey-vae-2d"])
def test_the_grid_is_that_of_a_finer_one(desktop, shipped, name):
    model = shipped(name).model
    desktop.open("reconstruct", model=name, sample="5")
    desktop.until(KNOWN)
    shown = desktop.read(READ)
    x = torch.tensor(shown["x"]).reshape(1, *model.config.picture_shape)
    joint, area = finer(model, x, shown["box"], 2)
    most = joint.max()
    density = np.exp(joint - most)
    log_evidence = most + math.log(density.sum() * area)
    assert shown["logEvidence"] == pytest.approx(log_evidence, abs=0.01)
    cells = density.reshape(144, 2, 144, 2).sum((1, 3))[48:96, 48:96].ravel() / density.sum()
    assert np.abs(cells - shown["mass"]).sum() < 0.03
    bound, error = elbo_terms(model, x, 4000), 5 / math.sqrt(4000)
    spread = float(bound.standard_error) * 5 + error
    assert shown["divergence"] == pytest.approx(log_evidence - float(bound.elbo), abs=spread)
    caption = desktop.live.locator(".truth").inner_text()
    assert caption.startswith("Shaded: the true posterior p(z|x). KL(q ‖ p) = ")


def test_it_follows_the_pen_and_is_gone_with_ten_dimensions(desktop, shipped):
    shipped("mnist-vae-10d"), shipped("mnist-vae-2d")
    desktop.open("reconstruct", model="mnist-vae-2d", sample="5")
    desktop.until(KNOWN)
    before = desktop.read("root.__live.truth.mean")
    box = desktop.live.locator("[data-role=pad]").bounding_box()
    desktop.page.mouse.move(box["x"] + 40, box["y"] + 40)
    desktop.page.mouse.down()
    desktop.page.mouse.move(box["x"] + 200, box["y"] + 50, steps=10)
    desktop.until(f"{KNOWN} && root.__live.truth.mean[0] !== argument", before[0])  # while the pen is down
    desktop.page.mouse.up()
    desktop.open("reconstruct", model="mnist-vae-10d", sample="5")
    assert desktop.live.locator(".truth").is_hidden()
