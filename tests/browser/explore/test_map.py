"""Moving over the map decodes the spot under the cursor; clicking pins; the map itself can be moved and saved."""

import re

import numpy as np
import pytest
import torch
from explore_map import WATCH, choose, drawn, move

from ui.link import FARTHEST
from vae_core.analysis.projection import nearest_codes_inverse, plane_inverse

FLAT, DEEP = "mnist-vae-2d", "mnist-vae-10d"
ORIGIN = "0,0"
FILELESS = "digits-vae-2d"  # its originals are on every machine
SPOTS = ((0.5, 0.5), (0.21, 0.64), (0.77, 0.35))
PIXELS = """(() => {{
  const canvas = root.querySelector("canvas[data-role='{role}']"), {{ width, height }} = canvas;
  return [height, width, Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data)];
}})()"""
VISIBLE = "root.querySelector('.map .plot')._fullData[3].visible"
NAMES = "root.querySelectorAll('.map .annotation').length"
RANGE = "root.querySelector('.map .plot')._fullLayout.xaxis.range"


def canvas(screen, role: str) -> np.ndarray:
    """What a canvas shows, grey, 0 to 255."""
    height, width, values = screen.read(PIXELS.format(role=role))
    return np.array(values).reshape(height, width, 4)[..., 0]


def nearest(points: torch.Tensor, spot: np.ndarray) -> int:
    return int(np.hypot(*(points.double().numpy() - spot).T).argmin())


def pixel_of(axes, points: torch.Tensor, row: int) -> tuple[int, int]:
    return tuple(axes.pixels(points[row : row + 1].numpy())[0].round().astype(int).tolist())


def test_hovering_decodes_the_spot_and_a_click_on_empty_space_pins_it(desktop, shipped):
    codes = shipped(FLAT).codes
    axes = drawn(desktop.open(model=FLAT, z=ORIGIN))
    for share in SPOTS:
        pixel = axes.spot(*share)
        move(desktop, pixel)
        desktop.reach(axes.units(pixel), within=axes.units_per_pixel)
    desktop.page.mouse.move(5, 5)
    desktop.reach([0, 0])
    desktop.quiet()
    assert desktop.query["z"] == ORIGIN, "looking around changes no link"
    opened = desktop.page.url

    pixel = axes.empty_pixel(codes.mean.numpy())
    desktop.page.mouse.click(*pixel)
    desktop.page.mouse.move(5, 5)
    desktop.reach(axes.units(pixel), within=axes.units_per_pixel)
    assert desktop.live.get_attribute("data-pinned") == "spot"
    desktop.page.wait_for_function("(link) => location.href !== link", arg=opened)
    linked = [float(value) for value in desktop.query["z"].split(",")]
    assert linked == pytest.approx(desktop.z, abs=1e-4)
    assert "point" not in desktop.query
    desktop.page.keyboard.press("0")
    desktop.reach([0, 0])
    desktop.live.get_by_role("button", name="Back to pin").click()
    desktop.reach(linked)

    desktop.live.locator(".map").focus()
    desktop.page.keyboard.press("ArrowRight")
    desktop.until("root.__live.z[0] > argument[0] && Math.abs(root.__live.z[1] - argument[1]) < 1e-4", linked)


def test_a_click_far_outside_goes_as_far_as_a_link_reaches(desktop):
    drawn(desktop.open(model=FLAT, z=ORIGIN))
    far = "{ 'xaxis.range': [4000, 9000], 'yaxis.range': [-0.5, 0.5] }"
    desktop.read(f"window.Plotly.relayout(root.querySelector('.map .plot'), {far}).then(() => null)")
    axes = drawn(desktop)
    pixel = axes.spot(0.5, 0.5)
    assert axes.units(pixel)[0] > FARTHEST
    opened = desktop.page.url
    desktop.page.mouse.click(*pixel)
    desktop.page.wait_for_function("(link) => location.href !== link", arg=opened)
    assert desktop.query["z"].split(",")[0] == f"{FARTHEST:.0f}" and desktop.z[0] == FARTHEST
    assert not desktop.page.locator("[data-testid='stException']").count()


def test_hovering_over_other_maps_decodes_their_inverse(desktop, shipped):
    checkpoint = shipped(DEEP)
    projections, z = checkpoint.projections, [0.1 * d for d in range(10)]
    axes = drawn(desktop.open(model=DEEP, map="z4,z9", z=",".join(f"{value:.1f}" for value in z)))
    for share in SPOTS:  # two dimensions move, the others stay
        pixel = axes.spot(*share)
        move(desktop, pixel)
        z[3], z[8] = axes.units(pixel)
        desktop.reach(z, within=axes.units_per_pixel)

    axes = choose(desktop, "map", "pca")
    for share in SPOTS:
        pixel = axes.spot(*share)
        move(desktop, pixel)
        spot = torch.from_numpy(axes.units(pixel)).float()[None]
        expected = plane_inverse(spot, projections["pca_components"], projections["pca_mean"])[0]
        desktop.reach(expected.tolist(), within=axes.units_per_pixel)

    axes = choose(desktop, "map", "umap")
    for share in SPOTS:
        pixel = axes.spot(*share)
        move(desktop, pixel)
        spot = torch.from_numpy(axes.units(pixel)).float()[None]
        expected = nearest_codes_inverse(spot, projections["umap"], checkpoint.codes.mean)
        desktop.reach(expected.z[0].tolist(), within=0.02)
        desktop.until("root.querySelector('.where').textContent.startsWith('Mean of 8 codes: ')")
        away, own, theirs = map(float, re.findall(r"[\d.]+", desktop.live.locator(".where").inner_text())[1:])
        assert (away, own, theirs) == pytest.approx(
            (expected.away.item(), expected.z.norm().item(), expected.norm.item()), rel=0.02, abs=0.02
        )

    choose(desktop, "map", "latent")
    across, up = (desktop.live.locator(f"select[data-choice='{name}']") for name in ("across", "up"))
    choose(desktop, "across", up.input_value())  # the same twice: the other gives way
    assert across.input_value() != up.input_value()


def test_clicking_a_point_pins_it_and_the_cursor_can_fetch_the_nearest_sample(desktop, shipped, present):
    checkpoint, pictures = shipped(FILELESS), present("digits").test
    codes = checkpoint.codes

    def original(row: int) -> np.ndarray:
        return pictures.batch(codes.indices[row : row + 1])[0, 0].numpy()

    def text(row: int) -> str:
        return f"Test picture {int(codes.indices[row])}, label {int(codes.labels[row])}"

    axes = drawn(desktop.open(model=FILELESS))
    for row in (17, 231):
        pixel = pixel_of(axes, codes.mean, row)
        row = nearest(codes.mean, axes.units(pixel))  # another may lie above it
        desktop.page.mouse.click(*pixel)
        desktop.page.mouse.move(5, 5)
        desktop.reach(codes.mean[row].tolist())
        assert desktop.live.get_attribute("data-pinned") == str(row)
        for d, value in enumerate(codes.mean[row].tolist()):
            slider = desktop.live.locator(f"input[data-dim='{d}']")
            shown = min(max(value, float(slider.get_attribute("min"))), float(slider.get_attribute("max")))
            assert float(slider.input_value()) == pytest.approx(shown, abs=1e-3)
        desktop.until("root.querySelector('.original figcaption').textContent === argument", text(row))
        desktop.until("root.querySelector(`canvas[data-role='original']`).width === argument", 8)  # it loads at first
        assert (canvas(desktop, "original") == original(row)).all()
        with torch.no_grad():
            reconstruction = checkpoint.model.decode(codes.mean[row : row + 1]).mean[0, 0].numpy() * 255
        assert np.abs(canvas(desktop, "decoded") - reconstruction).max() <= 0.6
        assert "Reconstruction" in desktop.live.locator(".hero figcaption").inner_text()
        desktop.page.wait_for_url(f"**point={row}*")

    z = desktop.z
    choose(desktop, "cursor", "sample")
    desktop.page.wait_for_url("**cursor=sample*")
    for share in SPOTS:
        pixel = axes.spot(*share)
        row = nearest(codes.mean, axes.units(pixel))
        desktop.page.mouse.move(*pixel)
        desktop.until("root.querySelector('.hero figcaption').textContent === argument", text(row))
        assert (canvas(desktop, "decoded") == original(row)).all()
    desktop.page.mouse.move(5, 5)
    desktop.until("root.querySelector('.hero figcaption').textContent.startsWith('Reconstruction')")
    assert desktop.z == pytest.approx(z)


def test_labels_can_be_switched_off_and_a_lasso_counts_what_it_catches(desktop, shipped):
    codes = shipped(FLAT).codes
    axes = drawn(desktop.open(model=FLAT, z=ORIGIN))
    names = desktop.read(NAMES)
    entry = desktop.live.locator(".legend .traces").nth(3)
    entry.locator(".legendtoggle").click()
    desktop.until(f"{VISIBLE} === 'legendonly' && {NAMES} === argument", names - 1)
    row = int((codes.labels == 3).nonzero()[0])
    desktop.page.mouse.click(*pixel_of(axes, codes.mean, row))
    desktop.until("root.dataset.pinned")
    pinned = desktop.live.get_attribute("data-pinned")
    assert pinned == "spot" or codes.labels[int(pinned)] != 3, "what is hidden cannot be clicked"
    entry.focus()
    desktop.page.keyboard.press("Enter")
    desktop.until(f"{VISIBLE} === true && {NAMES} === argument", names)

    z = [float(value) for value in desktop.z]
    desktop.live.locator(".modebar [data-val='lasso']").click()
    corners = [axes.spot(*share) for share in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.3))]
    desktop.page.mouse.move(*corners[0])
    desktop.page.mouse.down()
    for corner in corners[1:]:
        desktop.page.mouse.move(*corner, steps=8)
    desktop.page.mouse.up()
    desktop.until("root.querySelector('.selection').textContent.includes('selected')")
    said = int(desktop.live.locator(".selection").inner_text().split()[0].replace(",", ""))
    points = codes.mean.numpy()
    low, high = axes.units(corners[0]), axes.units(corners[2])
    caught = int(((points > low) & (points < high)).all(axis=1).sum())
    assert said == pytest.approx(caught, rel=0.03)
    assert desktop.live.get_attribute("data-pinned") == pinned, "a lasso is no click"
    desktop.page.mouse.move(5, 5)
    if pinned != "spot":
        z = codes.mean[int(pinned)].tolist()
    desktop.reach(z, within=axes.units_per_pixel)
    desktop.live.locator(".modebar [data-val='pan']").click()
    desktop.page.mouse.dblclick(*axes.spot(0.9, 0.1))
    desktop.until("root.querySelector('.selection').textContent === ''")
    assert desktop.read("root.querySelector('.map .plot')._fullData.every((trace) => !trace.selectedpoints)")


def test_the_map_pans_zooms_is_reset_and_saved(desktop, shipped):
    shipped(FLAT)
    axes = drawn(desktop.open(model=FLAT, z=ORIGIN))
    middle = axes.spot(0.5, 0.5)
    desktop.page.mouse.move(*middle)
    desktop.page.mouse.wheel(0, -300)
    desktop.until(f"{RANGE}[0] > argument", axes.x[0])
    zoomed = drawn(desktop)
    assert zoomed.units_per_pixel < axes.units_per_pixel
    desktop.page.mouse.down()
    desktop.page.mouse.move(middle[0] + 80, middle[1] + 10, steps=5)
    desktop.page.mouse.up()
    desktop.until(f"{RANGE}[0] < argument", zoomed.x[0] - 70 * zoomed.units_per_pixel)
    panned = drawn(desktop)
    assert panned.x[0] == pytest.approx(zoomed.x[0] - 80 * zoomed.units_per_pixel, abs=3 * zoomed.units_per_pixel)
    assert not desktop.live.get_attribute("data-pinned"), "a pan is no click"
    pixel = panned.spot(0.3, 0.6)
    move(desktop, pixel)
    desktop.reach(panned.units(pixel), within=panned.units_per_pixel)

    desktop.page.mouse.dblclick(*middle)
    desktop.until(f"Math.abs({RANGE}[0] - argument) < 1e-6", axes.x[0])
    desktop.page.mouse.move(5, 5)
    desktop.reach([0, 0])
    assert not desktop.live.get_attribute("data-pinned"), "the two clicks of a double click pin nothing"

    desktop.live.locator(".map").hover()
    with desktop.page.expect_download() as download:
        desktop.live.locator(".modebar [data-title*='png' i]").click()
    assert FLAT in download.value.suggested_filename and download.value.suggested_filename.endswith(".png")
    content = download.value.path().read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) > 20_000


def test_a_zoom_outlives_other_colours_and_the_other_theme(desktop, shipped):
    shipped(FLAT)
    opened = drawn(desktop.open(model=FLAT, z=ORIGIN))
    desktop.page.mouse.move(*opened.spot(0.5, 0.5))
    for _ in range(6):
        desktop.page.mouse.wheel(0, -300)
        desktop.page.wait_for_timeout(50)
    desktop.until(f"{RANGE}[0] > argument", 0.8 * opened.x[0])
    desktop.quiet()
    zoomed = drawn(desktop)
    by_kl = choose(desktop, "colour", "kl")
    assert by_kl.x[0] == pytest.approx(zoomed.x[0], abs=0.5) and by_kl.x[1] == pytest.approx(zoomed.x[1], abs=0.5)
    by_label = choose(desktop, "colour", "label")
    assert by_label.x == pytest.approx(zoomed.x, abs=1e-6) and by_label.y == pytest.approx(zoomed.y, abs=1e-6)
    desktop.page.emulate_media(color_scheme="dark")
    desktop.until(
        "root.querySelector('.map .plot')._fullLayout.font.color !== argument",
        desktop.read("root.querySelector('.map .plot')._fullLayout.font.color"),
    )
    dark = drawn(desktop)
    desktop.page.emulate_media(color_scheme="light")
    assert dark.x == pytest.approx(zoomed.x, abs=1e-6) and dark.y == pytest.approx(zoomed.y, abs=1e-6)
    desktop.page.mouse.dblclick(*opened.spot(0.5, 0.5))
    desktop.until(f"Math.abs({RANGE}[0] - argument) < 1e-6", opened.x[0])
    assert choose(desktop, "map", "pca").x != pytest.approx(zoomed.x, abs=1e-3)


def test_the_map_can_be_coloured_by_quantities_again_and_again(desktop, shipped):
    codes = shipped(FLAT).codes
    drawn(desktop.open(model=FLAT))
    desktop.read(
        "window.__lost = [], root.querySelectorAll('.map canvas').forEach((canvas) =>"
        " canvas.addEventListener('webglcontextlost', () => window.__lost.push(canvas.className)))"
    )
    quantities = {"kl": codes.kl.sum(1), "error": codes.reconstruction_error}
    for _ in range(9):
        for colour, values in quantities.items():
            choose(desktop, "colour", colour)
            low, high = np.quantile(values.numpy(), [0.01, 0.99])
            scale = desktop.read(
                "(({ marker }) => [marker.cmin, marker.cmax, marker.colorbar.title.text])"
                "(root.querySelector('.map .plot')._fullData[0])"
            )
            assert scale[:2] == pytest.approx([low, high], rel=1e-3)
            assert "nats" in scale[2]
    assert not desktop.read("window.__lost"), "the browser took the map's WebGL away"
    desktop.page.wait_for_url("**colour=error*")


POINTS = """(() => Array.from(root.querySelector(".map .plot").data, ({ x, y }) =>
  Array.from(x, (value, i) => [value, y[i]])).flat())()"""


def test_another_map_or_colouring_is_drawn_at_once_and_costs_the_links_message_alone(desktop, shipped):
    checkpoint = shipped(DEEP)
    desktop.open(model=DEEP)
    drawn(desktop)
    desktop.quiet(1.5)
    fetched = []
    desktop.page.on("request", lambda request: fetched.append(request.url))
    desktop.read(WATCH)
    first, second = desktop.read(
        "Array.from(root.querySelectorAll('[data-dim]'), ({ dataset }) => Number(dataset.dim))"
    )[:2]
    codes = checkpoint.codes
    by_label = codes.labels.argsort(stable=True)  # a trace a label
    maps = {"pca": checkpoint.projections["pca"], "latent": codes.mean[by_label][:, [first, second]]}
    for number, (name, value, word) in enumerate(
        (("colour", "kl", "kl"), ("map", "pca", "pca"), ("colour", "label", "label"), ("map", "latent", None)), 1
    ):
        before = desktop.messages_sent
        choose(desktop, name, value)
        desktop.page.wait_for_url(f"**{name}={word or f'z{first + 1}'}*")
        desktop.quiet(1)
        assert desktop.messages_sent == before + 1, "the link's message, and no other"
        assert desktop.read("window.__drawn") == [0] * number, "once, before the next frame, and not again by a rerun"
        if value in maps:
            assert np.allclose(desktop.read(POINTS), maps[value], rtol=2**-13, atol=0)
    assert not fetched
