"""Discrete latents in a real browser: a click changes a code and the picture follows, p(z) draws cell by cell, and the
numbers are PyTorch's."""

import re

import numpy as np
import pytest
import torch

from vae_core.analysis.evaluation import noiseless
from vae_core.zoo import store

DIGITS = {"model": "digits-vq-4d", "section": "codes", "sample": "3"}
FACES = {"model": "frey-vq-35d", "section": "codes", "sample": "3"}
SEEN = """(({ seen: { codes, picture, logPrior, explained }, x }) => ({ codes, picture: Array.from(picture), explained,
  logPrior: Array.from(logPrior), x: x && Array.from(x) }))(root.__live)"""
NUMBERS = "['explained', 'rate', 'bound'].map((name) => root.querySelector(`[data-number=${name}]`).textContent)"
SHOWS = "root.__live.seen && root.__live.seen.codes[argument[0]] === argument[1]"


def numbers_of(screen) -> list[float]:
    """Those that are shown; NaN where a dash stands."""
    texts = [text.replace("−", "-").replace(",", "").replace("–", "nan") for text in screen.read(NUMBERS)]
    return list(map(float, texts))


def click_cell(screen, row: int, column: int, grid: tuple[int, int]) -> None:
    box = screen.live.locator("[data-role=map]").bounding_box()
    x, y = (column + 0.5) / grid[1] * box["width"], (row + 0.5) / grid[0] * box["height"]
    screen.live.locator("[data-role=map]").click(position={"x": x, "y": y})


@pytest.mark.parametrize("query", [DIGITS, FACES], ids=["digits", "faces"])
def test_codes_picture_and_numbers_are_those_of_vae_core(desktop, present, query):
    present("frey")
    desktop.open("models", **query)
    seen, model = desktop.read(SEEN), store.open_checkpoint(query["model"]).model
    x = torch.tensor(seen["x"], dtype=torch.float32).reshape(1, *model.config.picture_shape)
    codes = torch.tensor(seen["codes"])[None]
    assert torch.equal(model.encode(x).codes, codes)
    with torch.no_grad():
        pixels, each = model.decode(codes), model.prior.each_log_prob(codes)[0]
        assert np.abs(np.array(seen["picture"]) - pixels.mean.flatten().numpy()).max() < 1e-4
        explained = pixels.log_prob(x).item()
    assert seen["logPrior"] == pytest.approx(each.tolist(), abs=1e-3)
    assert seen["explained"] == pytest.approx(explained, abs=1e-3 * abs(explained))
    shown = numbers_of(desktop)
    assert shown[0] - shown[1] == pytest.approx(shown[2], abs=1e-6)
    assert shown[2] == pytest.approx(explained + each.sum().item(), abs=1)


def test_the_codes_of_a_face_are_those_that_are_stored(desktop, present):
    x = present("frey").test.batch(torch.tensor([3]))
    desktop.open("models", **FACES)
    checkpoint = store.open_checkpoint(FACES["model"])
    assert desktop.read(SEEN)["codes"] == checkpoint.codes.mean[3].long().tolist()
    assert desktop.read(SEEN)["x"] == pytest.approx(noiseless(x, "gaussian").flatten().tolist(), abs=1e-6)


def test_a_click_on_a_cell_and_one_on_a_code_change_the_picture_and_the_link(desktop):
    desktop.open("models", **DIGITS)
    before, own = desktop.read(SEEN), desktop.read("root.__live.own")
    click_cell(desktop, 0, 1, (2, 2))
    assert desktop.read("root.__live.place.cell") == 1
    desktop.quiet()
    desktop.messages_sent = 0
    desktop.live.locator("[data-role=book]").click(position={"x": 12, "y": 12})  # code 0
    desktop.until(SHOWS, [1, 0])
    after = desktop.read(SEEN)
    assert after["codes"] == [own[0], 0, *own[2:]] and after["picture"] != before["picture"]
    model = store.open_checkpoint(DIGITS["model"]).model
    with torch.no_grad():
        expected = model.decode(torch.tensor(after["codes"])[None]).mean.flatten()
    assert np.abs(np.array(after["picture"]) - expected.numpy()).max() < 1e-4
    desktop.quiet()
    assert desktop.query["codes"] == "1~0" and desktop.query["cell"] == "1"
    desktop.page.reload()
    desktop.ready()
    desktop.until(SHOWS, [1, 0])
    desktop.live.locator("[data-do=restore]").click()
    desktop.until(SHOWS, [1, own[1]])
    desktop.quiet()
    assert "codes" not in desktop.query


def test_keys_choose_cells_and_codes_and_lead_back_to_the_pictures_own(desktop):
    desktop.open("models", **DIGITS, cell="0")
    own = desktop.read("root.__live.own")
    desktop.live.locator("[data-role=map]").focus()
    desktop.page.keyboard.press("ArrowDown")
    assert desktop.read("root.__live.place.cell") == 2
    desktop.page.keyboard.press("+")
    desktop.until(SHOWS, [2, (own[2] + 1) % 32])
    desktop.page.keyboard.press("-")
    desktop.until(SHOWS, [2, own[2]])
    assert desktop.read("root.__live.place.changed") == [], "its own code is no change"
    desktop.page.keyboard.press("-")
    desktop.until(SHOWS, [2, (own[2] - 1) % 32])
    desktop.page.keyboard.press("0")
    desktop.until(SHOWS, [2, own[2]])
    desktop.page.keyboard.press("n")
    desktop.until("root.__live.place.row === 4")


def test_the_prior_draws_cell_by_cell_and_a_link_draws_the_same(desktop):
    desktop.open("models", **DIGITS)
    desktop.page.keyboard.press("z")
    desktop.until("root.__live.place.step === 4")
    first = desktop.read(SEEN)
    assert first["explained"] is None and numbers_of(desktop)[1] == pytest.approx(-sum(first["logPrior"]), abs=0.06)
    desktop.quiet()
    assert desktop.query["cells"] == "4"
    desktop.page.keyboard.press("PageUp")
    desktop.until("root.__live.place.step === 3")
    assert numbers_of(desktop)[1] == pytest.approx(-sum(first["logPrior"][:3]), abs=0.06)
    desktop.quiet()
    desktop.page.reload()
    desktop.ready()
    assert desktop.read(SEEN)["codes"] == first["codes"] and desktop.read("root.__live.place.step") == 3
    desktop.page.keyboard.press("z")
    desktop.until("root.__live.place.step === 4 && root.__live.place.seed === 2")
    assert desktop.read(SEEN)["codes"] != first["codes"]


def test_a_changed_cell_of_a_draw_changes_those_after_it_alone(desktop):
    desktop.open("models", **DIGITS, cells="4", cell="1")
    before = desktop.read(SEEN)["codes"]
    other = (before[1] + 5) % 32
    desktop.read("root.querySelector('[data-role=map]').focus()")
    for _ in range(5):
        desktop.page.keyboard.press("+")
    desktop.until(SHOWS, [1, other])
    desktop.settle()
    after = desktop.read(SEEN)["codes"]
    assert after[0] == before[0] and after[1] == other


def test_without_the_pictures_stored_codes_are_decoded(without_data):
    screen = without_data.open("models", **FACES)
    codes = store.open_checkpoint(FACES["model"]).codes.mean[3].long().tolist()
    assert screen.read(SEEN)["codes"] == codes and screen.read(SEEN)["x"] is None
    explained, rate, bound = screen.read(NUMBERS)
    assert (explained, bound) == ("–", "–") and float(rate) > 0
    total = screen.live.locator(".sum")
    assert "=" not in total.inner_text() and "rate −log p(z), nats" in total.inner_text()
    assert "The pixels of x are not here" in total.inner_text()
    assert screen.live.locator(".caption").inner_text() == "test picture 3: not here"
    assert screen.live.locator(".what").inner_text() == "stored codes of test picture 3"
    own, pad = screen.live.locator("[data-do=own]"), screen.live.locator("[data-role=pad]")
    assert own.inner_text() == "Stored codes" and own.get_attribute("aria-pressed") == "true"
    assert pad.get_attribute("data-absent") is not None
    assert not screen.live.locator(".problem").is_visible()
    pad.click()
    screen.until("root.__live.x")
    assert pad.get_attribute("data-absent") is None and own.inner_text() == "x's own codes"
    screen.until("!root.querySelector('.sum').hasAttribute('data-partial')")
    assert "=" in total.inner_text() and screen.live.locator(".what").inner_text() == "codes of x"


BOOK = """(() => { const canvas = document.querySelector("[data-role=book]"), { width, height } = canvas,
  { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return new Set(new Uint32Array(data.buffer)).size; })()"""
WHEN_READY = """new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-live=models][data-ready='1']")) return;
  observer.disconnect();
  window.atReady = BOOK;
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"] })"""


def test_the_page_is_ready_once_the_codebook_is_drawn(new_visitor):
    screen = new_visitor()
    screen.page.add_init_script(WHEN_READY.replace("BOOK", BOOK))
    screen.open("models", model="olivetti-vq-80d", section="codes", cell="0")
    colours = screen.until("window.atReady")
    screen.quiet()
    assert colours == screen.read(BOOK) > 60


BARS = """(() => { const canvas = root.querySelector('[data-role=usage]'), { width, height } = canvas,
  { data } = canvas.getContext("2d").getImageData(0, 0, width, height),
  there = (x, y) => data[4 * (y * width + x) + 3] > 127,
  filled = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => there(x, y)).filter(Boolean).length),
  floor = filled.indexOf(Math.max(...filled));
  return { floor, bars: Array.from({ length: argument }, (_, code) => {
    const x = Math.floor(((code + 0.5) * width) / argument);
    let y = floor - 1;
    while (y >= 0 && there(x, y)) y--;
    return { high: floor - 1 - y, colour: Array.from(data.slice(4 * ((floor - 1) * width + x)).slice(0, 3)) };
  }) }; })()"""


@pytest.mark.parametrize("query", [DIGITS, FACES], ids=["digits", "faces"])
def test_the_usage_histogram_and_its_perplexity_are_those_of_the_test_sets_codes(desktop, query):
    desktop.open("models", **query, cell="0")
    checkpoint = store.open_checkpoint(query["model"])
    config = checkpoint.model.config
    first = checkpoint.codes.mean[:, : np.prod(config.grids[0])].long().flatten().numpy()
    shares = np.bincount(first, minlength=config.codes) / len(first)
    entropy = -(shares[shares > 0] * np.log(shares[shares > 0])).sum()
    told = desktop.live.locator(".worth").inner_text()
    worth, size, dead = re.fullmatch(r"perplexity ([\d.]+) of (\d+), (\d+) dead", told).groups()
    assert float(worth) == pytest.approx(np.exp(entropy), rel=5.1e-3)  # three digits
    assert int(size) == config.codes and int(dead) == (shares == 0).sum()
    shown = desktop.read(BARS, config.codes)
    high = np.array([bar["high"] for bar in shown["bars"]])
    assert high.max() > 30
    assert np.abs(high / high.max() - shares / shares.max()).max() < 1.6 / high.max()
    own = desktop.read(SEEN)["codes"][0]
    colours = [tuple(bar["colour"]) for bar in shown["bars"] if bar["high"]]
    assert high[own] and colours.count(tuple(shown["bars"][own]["colour"])) == 1, "the chosen cell's code stands out"


def test_what_is_drawn_gets_its_own_codes(desktop):
    desktop.open("models", **DIGITS, codes="0~1")
    box = desktop.live.locator("[data-role=pad]").bounding_box()
    desktop.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    desktop.page.mouse.down()
    desktop.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=8)
    desktop.page.mouse.up()
    desktop.quiet()
    assert "drawn" in desktop.query and "sample" not in desktop.query and "codes" not in desktop.query
    assert desktop.read(SEEN)["codes"] == desktop.read("root.__live.own")
