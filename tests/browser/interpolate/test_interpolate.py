"""The Interpolate page under a hand: paths that are played and dragged, and numbers that vae_core agrees with."""

import io
import itertools
import re
from typing import get_args

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from ui.interpolate import selection as lasso
from ui.interpolate.route import FRAMES, LEAST, MOST, RANGES, STARTS, Path
from ui.link import FARTHEST
from vae_core.analysis import traversal
from vae_core.analysis.aggregate_posterior import TRUSTED, active_dimensions, aggregate_posterior
from vae_core.analysis.neighbour_graph import NeighbourGraph

NAME = "mnist-vae-10d"
# one expression: between two, the page may begin on its evidence anew; z moves a frame before what is said of it
EVIDENCE = """
  root.__live.lines.data && root.__live.evidence?.z === root.__live.z
  && root.__live.evidence.cycle != null && root.__live.evidence.length != null
  && { active: root.__live.model.active, ...root.__live.evidence, z: Array.from(root.__live.z) }
"""


def evidence(screen) -> tuple[torch.Tensor, dict]:
    """The present z (1, D) and what is said of it, once all of it is there."""
    known = screen.until(EVIDENCE)
    return torch.tensor([known.pop("z")]), known


def test_the_numbers_on_the_screen_are_those_of_vae_core(desktop, shipped):
    checkpoint = shipped(NAME)
    model, codes = checkpoint.model, checkpoint.codes.mean
    screen = desktop.open("interpolate", model=NAME, ends="3~8", t="0.4", path="straight")
    active, posterior = active_dimensions(codes), aggregate_posterior(checkpoint.codes)
    stops, t = codes[[3, 8]], torch.tensor([0.4])
    along = NeighbourGraph(codes).shortest_path(*stops)
    expected = {
        "straight": traversal.walk(stops, t),
        "spherical": traversal.walk(stops, t, traversal.spherical),
        "data": traversal.walk(along, t),
    }
    for path, wanted in expected.items():
        screen.live.locator(f"[data-row={path}]").click()
        screen.until("root.__live.path === argument", path)
        screen.reach(wanted[0].tolist(), within=2e-4)
        z, known = evidence(screen)
        assert known["active"] == active.tolist()
        assert known["norm"] == pytest.approx(float(z[:, active].norm()), rel=1e-4)
        assert known["percentile"] == pytest.approx(float(traversal.prior_norm_percentile(z[:, active])), abs=0.01)
        assert known["rarity"] == pytest.approx(float(posterior.rarity(z)), abs=0.11)  # of 2,000 draws, two
        assert known["cycle"] == pytest.approx(float(traversal.cycle_error(model, z, active)), abs=1e-3)
        picture = model.decode(z).mean.flatten()
        assert float((picture - torch.tensor(screen.picture)).abs().max()) < 1e-4
        norm = screen.live.locator("[data-measure=norm] output").inner_text()
        assert norm.startswith(f"{known['norm']:.3g}"[:4])


def test_it_offers_what_python_takes(desktop, shipped):
    shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, ends="3~8")
    offered = (
        "Array.from(root.querySelectorAll(argument), ({ value, dataset }) => value || dataset.mode || dataset.row)"
    )
    assert list(map(int, screen.read(offered, ".frames option"))) == list(FRAMES)
    assert screen.read(offered, ".row-names button") == list(get_args(Path))
    for path in (*get_args(Path)[1:], get_args(Path)[0]):
        screen.page.keyboard.press("w")
        screen.until("root.__live.path === argument", path)
    assert screen.read(offered, "[role=tab]") == list(RANGES)
    for mode, bounds in reversed(RANGES.items()):
        screen.live.locator(f"[data-mode={mode}][role=tab]").click()
        screen.until("root.dataset.mode === argument", mode)
        ends = f"root.__live.ends.length >= {LEAST[mode]} && root.__live.ends.length <= {MOST[mode]}"
        assert screen.read(ends) and screen.read("root.__live.t") == STARTS[mode]
        for key, bound in zip(("Home", "End"), bounds, strict=True):
            screen.page.keyboard.press(key)
            screen.until("root.__live.t === argument", bound)
    for _ in range(MOST["walk"]):
        screen.live.locator("[data-do=add]").click()
    assert screen.read("root.__live.ends.length") == MOST["walk"]


def test_a_click_far_outside_goes_as_far_as_a_link_reaches(desktop, shipped):
    shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, ends="3~8", map="latent")
    screen.until("root.querySelector('.map .plot')?.data?.length > 0 && root.__live.along")
    far = "{ 'xaxis.range': [4000, 9000], 'yaxis.range': [4000, 9000] }"
    screen.read(f"window.Plotly.relayout(root.querySelector('.map .plot'), {far}).then(() => null)")
    screen.settle()
    opened = screen.page.url
    screen.live.locator(".map").click()
    screen.until("root.__live.ends[0].row === null")
    assert screen.read("Math.max(...root.__live.ends[0].z)") == FARTHEST
    screen.page.wait_for_function("(link) => location.href !== link", arg=opened)
    assert f"{FARTHEST:.0f}" in screen.query["ends"].split(",")
    assert not screen.page.locator("[data-testid='stException']").count()


def test_the_path_length_adds_up_what_the_decoder_moves(desktop, shipped):
    checkpoint = shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, ends="3~8", t="1")
    _, known = evidence(screen)
    z = traversal.walk(checkpoint.codes.mean[[3, 8]], torch.linspace(0, 1, 41))
    assert known["length"] == pytest.approx(float(traversal.path_length(checkpoint.model, z)[-1]), rel=1e-3)


def test_playing_and_dragging_send_nothing_to_the_server(desktop, shipped):
    shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, ends="3~8")
    evidence(screen)
    screen.quiet()
    screen.count_frames()
    screen.page.keyboard.press(" ")
    screen.until("root.dataset.playing === '1' && root.__live.t > 0.15")
    counted = screen.counted()
    assert counted["messages"] == 0 and counted["pictures"] >= 3
    screen.page.keyboard.press(" ")
    screen.until("root.dataset.playing === '0'")
    screen.quiet()
    slider = screen.live.locator("input[data-role=t]")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    screen.page.mouse.move(box["x"] + box["width"] / 2, middle)
    screen.page.mouse.down()
    screen.count_frames()
    for share in np.linspace(0.5, 0.9, 15):
        screen.page.mouse.move(box["x"] + share * box["width"], middle)
    screen.settle()
    counted = screen.counted()
    screen.page.mouse.up()
    assert counted["messages"] == 0 and counted["pictures"] >= 1
    assert screen.read("root.__live.t") > 0.8


def test_a_link_leads_back_to_ends_path_and_t(desktop, shipped):
    shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, ends="3~8", t="0.25", path="data", frames="9")
    evidence(screen)
    screen.live.locator("[data-do=prior]").click()  # the first end becomes a z of its own
    screen.until("root.__live.ends[0]?.row === null && root.__live.along")
    before = screen.read("root.__live.ends.map(({ z }) => Array.from(z))")
    screen.page.wait_for_function("!location.search.includes('ends=3~')")
    query = screen.query
    assert query["path"] == "data" and query["t"] == "0.25" and query["frames"] == "9"
    screen.open("interpolate", **query)
    evidence(screen)
    after = screen.read("root.__live.ends.map(({ z }) => Array.from(z))")
    assert np.allclose(before, after, atol=1e-3)
    assert screen.read("root.__live.path") == "data" and screen.read("root.__live.t") == pytest.approx(0.25)
    assert screen.live.locator(".frames select").input_value() == "9"


def test_ends_are_turned_round_shuffled_and_taken_from_the_map(desktop, shipped):
    labels = shipped(NAME).codes.labels
    screen = desktop.open("interpolate", model=NAME, ends="3~8")
    rows = "root.__live.ends.map(({ row }) => row)"
    screen.live.locator("[data-do=swap]").click()
    screen.until(f"{rows}.join() === '8,3'")
    screen.live.locator("[data-do=shuffle]").click()
    screen.until(f"!{rows}.includes(8) && !{rows}.includes(3)")
    others = screen.read(rows)
    assert [int(labels[row]) for row in others] == [int(labels[8]), int(labels[3])]
    evidence(screen)
    screen.live.locator("[data-role=map] .nsewdrag").first.click(position={"x": 150, "y": 120})
    screen.until(f"{rows}[1] !== {others[1]}")  # the ring went round with its end
    assert screen.read(rows)[0] == others[0]
    screen.page.wait_for_function("end => location.search.includes(end)", arg=f"ends={others[0]}~")


def test_lassoed_groups_come_with_the_link(desktop, shipped):
    codes, nines = shipped(NAME).codes.mean, shipped(NAME).codes.labels == 9
    rows = (~nines).nonzero()[:200, 0]
    text = f"L{lasso.packed(rows.tolist())}~9"
    screen = desktop.open("interpolate", model=NAME, mode="direction", ends="3", groups=text)
    screen.until("root.__live.direction")
    vector = np.array(screen.read("Array.from(root.__live.direction.vector)"))
    assert np.abs(vector - (codes[nines].mean(0) - codes[rows].mean(0)).numpy()).max() < 1e-5
    assert "200 lassoed" in screen.live.locator("select[data-group=from] option:checked").inner_text()
    screen.page.keyboard.press("End")
    screen.page.wait_for_url("**t=2*")
    assert screen.query["groups"] == text


def test_a_finger_lassoes_a_group_on_a_phone(phone, shipped):
    points = shipped("mnist-vae-2d").codes.mean.numpy()
    screen = phone.open("interpolate", model="mnist-vae-2d", mode="direction", ends="3")
    area = screen.live.locator("[data-role=map] .nsewdrag").first
    area.evaluate("(map) => map.scrollIntoView({ block: 'center' })")
    lasso = screen.live.get_by_role("button", name="Lasso", exact=True)
    lasso.scroll_into_view_if_needed()
    screen.settle(
        3
    )  # a map that was scrolled away lets fingers pass from the next frame on, and a slow one may be late
    lasso.tap()
    screen.until("root.querySelector('.plot')._fullLayout.dragmode === 'lasso'")
    area.evaluate("(map) => map.scrollIntoView({ block: 'center' })")
    screen.quiet()
    box, touch = area.bounding_box(), screen.context.new_cdp_session(screen.page)

    def finger(kind: str, *places: tuple[float, float]) -> None:
        at = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in places]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
        screen.settle(1)

    corners = np.array(
        [(0.45, 0.5), (0.7, 0.5), (0.7, 0.7), (0.45, 0.7), (0.45, 0.52)]
    )  # below the picture, which stays
    screen.until("root.querySelector('[data-role=map]').dataset.touch === 'taken'")
    finger("touchStart", tuple(corners[0]))
    for start, end in itertools.pairwise(corners):
        for share in np.linspace(0, 1, 8):
            finger("touchMove", tuple(start + share * (end - start)))
    finger("touchEnd")
    screen.live.get_by_role("button", name="Lasso → from").tap()
    chosen = "root.querySelector('select[data-group=from] option:checked').textContent"
    said = int(screen.until(f"{chosen}.includes('lassoed') && {chosen}").split()[0])
    x, y = screen.read("(({ xaxis, yaxis }) => [xaxis.range, yaxis.range])(root.querySelector('.plot')._fullLayout)")
    low, high = (np.array([x[0] + a * (x[1] - x[0]), y[1] - d * (y[1] - y[0])]) for a, d in corners[[3, 1]])
    assert said == pytest.approx(int(((points > low) & (points < high)).all(axis=1).sum()), rel=0.05)
    screen.until("root.__live.direction")


def test_a_direction_is_shown_with_its_evidence(desktop, shipped):
    checkpoint = shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, mode="direction", ends="3", groups="4~9", t="1")
    screen.until("root.__live.direction")
    labels, codes = checkpoint.codes.labels, checkpoint.codes.mean
    first, second = ((labels == label).nonzero()[:, 0] for label in (4, 9))
    found = traversal.direction(codes, first, second)
    screen.reach((codes[3] + found.vector).tolist())
    shown = screen.live.locator("[data-role=separation]").inner_text()
    assert f"{found.cohens_d:.3g}"[:3] in shown and f"{len(first)} and {len(second)} codes" in shown
    screen.live.locator("[data-mode=arithmetic]").click()
    screen.until("root.__live.ends.length === 3 && root.__live.t === 1")
    assert screen.read("root.__live.ends.map(({ text }) => text)") == ["3, test 93", "3, test 76", "0, test 136"]
    a, b, c = (torch.tensor(z) for z in screen.read("root.__live.ends.map(({ z }) => Array.from(z))"))
    screen.reach(traversal.analogy(a, b, c).tolist())


def test_pictures_come_from_the_pad_and_from_files_good_and_bad(desktop, shipped):
    checkpoint = shipped(NAME)
    screen = desktop.open("interpolate", model=NAME, ends="3~8")
    evidence(screen)
    screen.live.locator("[data-do=draw]").click()
    box = screen.live.locator("canvas[data-role=pad]").bounding_box()
    screen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    screen.page.mouse.down()
    screen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=4)
    screen.page.mouse.up()
    screen.live.locator("[data-pad=use]").click()
    screen.until("root.__live.ends[0]?.text === 'drawn' && root.__live.ends[0].picture")
    drawn = screen.read("({ z: Array.from(root.__live.ends[0].z), picture: Array.from(root.__live.ends[0].picture) })")
    with torch.no_grad():
        mean = checkpoint.model.encode(torch.tensor(drawn["picture"]).view(1, 1, 28, 28)).mean[0]
    assert torch.allclose(mean, torch.tensor(drawn["z"]), atol=1e-4)
    screen.page.wait_for_url("**drawn=*")
    screen.page.reload()
    screen.ready()
    screen.until("root.__live.ends[0]?.text === 'drawn'")
    assert screen.read("Array.from(root.__live.ends[0].picture)") == drawn["picture"]

    file = screen.live.locator("input[type=file]")
    file.set_input_files({"name": "seven.png", "mimeType": "image/png", "buffer": a_digit()})
    screen.until("root.__live.ends[0]?.text === 'seven.png' && root.__live.ends[0].picture")
    file.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"\x89PNG nothing more"})
    screen.page.get_by_test_id("stToast").wait_for()
    assert screen.read("root.__live.ends[0].text") == "seven.png"

    other = shipped("mnist-vae-20d").model  # what was brought stays, by its code there
    screen.page.get_by_role("combobox", name="Model").click()
    screen.page.get_by_role("option", name="mnist-vae-20d", exact=True).click()
    screen.until("root.__live.ends[0]?.z.length === 20 && root.__live.ends[0].picture")
    brought = screen.read("(({ text, z, picture }) => [text, Array.from(z), Array.from(picture)])(root.__live.ends[0])")
    with torch.no_grad():
        mean = other.encode(torch.tensor(brought[2]).view(1, 1, 28, 28)).mean[0]
    assert brought[0] == "seven.png" and torch.allclose(mean, torch.tensor(brought[1]), atol=1e-4)


def test_the_picture_and_t_stay_together_on_a_phone(phone, shipped):
    shipped(NAME)
    screen = phone.open("interpolate", model=NAME, ends="3~8")
    for role in ("decoded", "t"):
        box = screen.live.locator(f"[data-role={role}]").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_explore_says_how_far_its_z_can_be_trusted(desktop, shipped):
    checkpoint = shipped(NAME)
    z = [0.5, -1.0, 0.25, 1.5, 0.0, -0.5, 1.0, 0.75, -1.25, 0.3]
    screen = desktop.open("", model=NAME, z=",".join(map(str, z)))
    screen.page.mouse.move(5, 5)  # whoever only looks need not fetch the encoder
    screen.until("/encoded again: [0-9]/.test(root.querySelector('[data-role=readout]').textContent)")
    text = screen.live.locator("[data-role=readout]").inner_text()
    place = torch.tensor([z])
    assert f"{float(place.norm()):.3g}" in text
    assert f"beyond {float(traversal.prior_norm_percentile(place)):.0f} %" in text
    rarity = float(aggregate_posterior(checkpoint.codes).rarity(place))
    verdict, percentage = re.search(r"(\w+) q\(z\): rarer than (?:under |over )?([\d.]+) %", text).groups()
    assert verdict == ("like" if rarity <= TRUSTED else "unlike")
    assert float(percentage) == pytest.approx(rarity, abs=0.6)
    assert f"{float(traversal.cycle_error(checkpoint.model, place)):.3g}"[:4] in text


def a_digit() -> bytes:
    """A seven in black on white paper."""
    image = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(image).line([(50, 40), (150, 40), (90, 165)], fill=0, width=16)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1280, 720)])
def test_the_live_part_is_seen_without_scrolling(new_visitor, width, height):
    screen = new_visitor({"viewport": {"width": width, "height": height}})
    screen.open("interpolate", model=NAME)
    screen.settle()
    assert screen.lowest() <= height and not screen.cut_off()


def test_without_data_sets_a_button_gets_them(without_data):
    without_data.open("interpolate", model=NAME)
    without_data.live.get_by_role("button", name="Get the originals (11 MB)").wait_for()
    assert "decoded" in without_data.live.locator(".hint").inner_text()
