"""The Reconstruct page as Streamlit runs it: files good and bad, links, estimates, and the page without a runtime."""

import base64
import io
import re
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from screens import explained, sent_to_browser, settled
from small_models import MAPPED
from streamlit.testing.v1 import AppTest

from ui import brought
from ui import pictures as drawing
from ui.browser import report
from ui.reconstruct import component as reconstruct
from ui.reconstruct.state import Reconstruction
from vae_core.analysis.likelihood import elbo_terms, importance_estimate
from vae_core.analysis.refinement import refined
from vae_core.data.registry import describe
from vae_core.intake.steps import MAX_BYTES, PictureError
from vae_core.models.checkpoint import read_checkpoint
from vae_core.models.vae import VAEConfig

PAGE = "pages/reconstruct.py"
NAME = "digits-small-2d"
UPLOAD = "reconstruct_upload"
MODULES = Path(__file__).resolve().parents[2] / "static" / "live" / "reconstruct"


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def written(mode: str = "RGB") -> Image.Image:
    """Dark ink on bright paper."""
    pixels = np.full((60, 50), 230, dtype=np.uint8)
    pixels[15:45, 22:28] = 30
    return Image.fromarray(pixels).convert(mode)


def huge_png() -> bytes:
    """The beginning of a PNG that says it has 20,000 x 20,000 pixels."""

    def chunk(content: bytes) -> bytes:
        return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR" + header) + chunk(b"IDAT" + zlib.compress(bytes(100)))


GOOD = {
    "paper.jpg": encoded(written(), "JPEG"),
    "print.jpg": encoded(written("CMYK"), "JPEG"),
    "palette.gif": encoded(written("P"), "GIF"),
    "moving.gif": encoded(written("P"), "GIF", save_all=True, append_images=[written("P").rotate(90)]),
    "deep.png": encoded(Image.fromarray(np.asarray(written("L")).astype(np.uint16) * 257), "PNG"),
    "small.bmp": encoded(written(), "BMP"),
    "page.tiff": encoded(written("L"), "TIFF"),
    "see-through.webp": encoded(written("RGBA"), "WEBP"),
}
BAD = {
    "text.png": b"not a picture",
    "empty.png": b"",
    "cut.jpg": GOOD["paper.jpg"][:300],
    "pixel.png": encoded(Image.new("L", (1, 1)), "PNG"),
    "huge.png": huge_png(),
    "vector.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "heavy.png": encoded(written(), "PNG") + bytes(brought.MOST_BYTES),
}


def test_it_opens_with_a_test_picture(zoo, open_page):
    app = open_page(model=NAME, sample="7")
    assert not app.exception and not app.error and not app.toast
    data = sent_to_browser(app)
    assert data["place"] == {"kind": "sample", "index": 7, "sentence": ""}
    assert data["siblings"] == [NAME, "digits-small-14d"]
    assert data["model"]["encoder"] and data["model"]["noise"] is None
    assert "x" not in data["place"] and data["compared"] == []
    assert app.query_params["sample"] in ("7", ["7"])


def test_layers_of_the_networks_are_told(open_page, zoo):
    assert sent_to_browser(open_page(model=NAME))["layers"] == ["64", "16", "16"]
    conv = VAEConfig((1, 28, 20), latent_dim=2, network="conv", hidden=(16, 64))
    assert reconstruct.layers(conv) == ["20×28", "16 maps", "64"]


@pytest.mark.parametrize("sample", ["-1", "4711", "seven", "9" * 40])
def test_a_link_to_no_picture_opens_on_the_first(zoo, open_page, sample):
    app = open_page(model=NAME, sample=sample)
    assert not app.exception and len(app.toast) == 1
    assert sent_to_browser(app)["place"]["index"] == 0


def test_a_link_brings_what_was_drawn(zoo, open_page):
    pixels = bytes(range(0, 256, 4))  # (1, 8, 8)
    app = open_page(model=NAME, drawn=drawing.packed(pixels))
    place = sent_to_browser(app)["place"]
    assert not app.exception and not app.toast
    assert place["kind"] == "pen" and base64.b64decode(place["x"]) == pixels


@pytest.mark.parametrize("word", ["", "<b>", drawing.packed(bytes(63)), drawing.packed(bytes(10_000_000))])
def test_a_link_with_no_drawing_of_this_model_opens_on_the_first_picture(zoo, open_page, word):
    app = open_page(model=NAME, drawn=word)
    assert not app.exception and len(app.toast) == 1 and "did not arrive whole" in app.toast[0].value
    assert sent_to_browser(app)["place"]["index"] == 0


def test_gaussian_pixels_come_with_their_noise(zoo, open_page):
    app = open_page(model="frey-small-3d")
    assert not app.exception
    assert sent_to_browser(app)["model"]["noise"] == pytest.approx(np.exp(-2) + 1 / 256, rel=1e-4)


def test_a_grey_picture_is_estimated_by_one_draw_of_zeros_and_ones(stand_ins):
    model = read_checkpoint(stand_ins / NAME).model
    grey = np.arange(0, 256, 4, dtype=np.uint8).reshape(1, 8, 8)
    draw = reconstruct.one_draw(grey, "bernoulli")
    assert set(np.unique(draw)) == {0, 255} and np.array_equal(draw, reconstruct.one_draw(grey, "bernoulli"))
    assert np.array_equal(draw, reconstruct.one_draw(draw, "bernoulli"))  # zeros and ones stay as they are
    of_grey, of_draw = (next(reconstruct.estimates(model, picture, 200)) for picture in (grey, draw))
    assert of_grey["drawn"] and not of_draw["drawn"]
    x = torch.from_numpy(draw)[None].float() / 255
    expected, terms = importance_estimate(model, x, 5000), elbo_terms(model, x, 5000)
    for estimate in (of_grey, of_draw):
        error = 5 * (estimate["standardError"] + float(expected.standard_error)) + 0.05
        assert estimate["logMarginal"] == pytest.approx(float(expected.log_marginal), abs=error)
        elbo = estimate["likelihood"] - estimate["kl"]
        assert elbo == pytest.approx(float(terms.elbo), abs=5 * 5**0.5 * float(terms.standard_error))
        assert elbo <= estimate["logMarginal"] + error


def test_a_face_is_estimated_as_it_is(stand_ins):
    model = read_checkpoint(stand_ins / "frey-small-3d").model
    face = np.arange(560, dtype=np.uint8).reshape(1, 28, 20)
    assert np.array_equal(reconstruct.one_draw(face, "gaussian"), face)
    estimate = next(reconstruct.estimates(model, face, 200))
    terms = elbo_terms(model, (torch.from_numpy(face)[None] + 0.5) / 256, 2000)
    assert not estimate["drawn"]
    elbo = estimate["likelihood"] - estimate["kl"]
    assert elbo == pytest.approx(float(terms.elbo), abs=5 * 10**0.5 * float(terms.standard_error))


def test_faces_have_nothing_to_binarise(zoo, open_page):
    app = open_page(model="frey-small-3d")
    assert not app.exception and not app.toggle


@pytest.mark.parametrize("name", BAD)
def test_a_file_from_the_component_is_refused_in_one_sentence(name):
    state = Reconstruction(picture=np.zeros((1, 8, 8), dtype=np.uint8), kind="noise")
    sent = {"name": name, "base64": base64.b64encode(BAD[name]).decode()}
    with pytest.raises(PictureError, match=r"^[A-Z].*\.$"):
        state.bring(brought.file_of(sent), name, describe("digits"))
    assert state.kind == "noise" and not state.steps


@pytest.mark.parametrize("sent", [{}, {"base64": 5}, {"base64": "?"}])
def test_a_broken_message_is_a_sentence(sent):
    with pytest.raises(PictureError):
        brought.file_of(sent)


@pytest.mark.parametrize("text", [None, 3, "?", "", base64.b64encode(bytes(63)).decode()])
def test_pixels_that_make_no_sense_are_none(text):
    assert brought.pixels_of(text, (1, 8, 8)) is None


def test_switching_a_step_prepares_anew():
    state, info = Reconstruction(visit=0), describe("digits")
    state.bring(GOOD["paper.jpg"], "paper.jpg", info)
    first, switch = state.picture, next(step for step in state.steps if step.get("on"))
    state.switch(switch["name"], False, info)
    assert state.visit == 2
    assert next(step for step in state.steps if step["name"] == switch["name"])["on"] is False
    assert first.shape == state.picture.shape


@pytest.fixture
def asking(zoo, open_page, monkeypatch) -> Callable[[int], AppTest]:
    """`asking(5000)` is the page just after its component asked for log p(x) from so many samples."""
    asked, x = {}, brought.base64_of(np.full((1, 8, 8), 255))
    monkeypatch.setattr(report, "asked", lambda key, name, form: asked.pop(name, None))

    def ask(samples: int, proposal: str = "fitted") -> AppTest:
        app = open_page(model=NAME)
        asked["estimate"] = {"x": x, "samples": samples, "proposal": proposal, "model": NAME, "picture": 1}
        return app.run()

    return ask


def test_an_estimate_comes_back_to_the_component(asking):
    app = settled(asking(5000))
    assert not app.exception and app.session_state["reconstruct"].request is None
    estimate = sent_to_browser(app)["estimate"]
    assert estimate["samples"] == 5000 and estimate["picture"] == 1 and estimate["effective"] >= 1
    assert estimate["proposal"] == "fitted" and not estimate["bound"]


def test_the_prior_may_draw_an_estimates_samples(asking, stand_ins):
    estimate = sent_to_browser(settled(asking(5000, "prior")))["estimate"]
    model = read_checkpoint(stand_ins / NAME).model
    x = torch.ones(1, 1, 8, 8)
    expected = importance_estimate(model, x, 5000, model.prior.expand((1,)), rows=reconstruct.CHUNK)
    assert estimate["proposal"] == "prior"
    assert estimate["logMarginal"] == pytest.approx(float(expected.log_marginal), abs=1e-3)
    assert estimate["effective"] == pytest.approx(float(expected.effective_samples), rel=1e-3)
    assert estimate["likelihood"] - estimate["kl"] == pytest.approx(float(elbo_terms(model, x, 5000).elbo), abs=0.5)
    assert asking(100, "nonsense").session_state["reconstruct"].request is None


def test_a_gap_is_taken_apart_into_amortisation_and_shape(asking, stand_ins):
    estimate = sent_to_browser(settled(asking(5000, "refined")))["estimate"]
    model, x = read_checkpoint(stand_ins / NAME).model, torch.ones(1, 1, 8, 8)
    *_, best = refined(model, x, reconstruct.STEPS)
    elbo = estimate["likelihood"] - estimate["kl"]
    assert elbo == pytest.approx(float(best.before), abs=1e-3)
    assert estimate["refined"] == pytest.approx(float(best.elbo), abs=1e-3)
    assert elbo < estimate["refined"] < estimate["logMarginal"] + 0.2
    by_encoder = importance_estimate(model, x, 5000)
    assert estimate["effective"] > float(by_encoder.effective_samples)
    assert estimate["logMarginal"] == pytest.approx(float(by_encoder.log_marginal), abs=0.5)


LEARNED = [name for name, config in MAPPED.items() if config.family == "vae"]


@pytest.mark.parametrize("name", LEARNED)
def test_a_prior_that_was_learned_is_shown_and_compared_with_its_mixture(mapped, open_page, name):
    app = open_page(model=name, tab="compare", compared=f"{name},{NAME}")
    assert not app.exception and not app.error and not app.toast and not explained(app)
    data = sent_to_browser(app)
    assert data["model"]["name"] == name and data["model"]["mixture"]["count"] == 4
    assert {each["name"]: each["mixture"] for each in data["compared"]} == {name: data["model"]["mixture"], NAME: None}
    assert set(LEARNED) < set(data["siblings"]) and not any("bent" in each for each in data["siblings"])


@pytest.mark.parametrize("proposal", ["fitted", "posterior", "prior"])
def test_under_a_prior_that_was_learned_an_estimate_has_the_error_of_the_whole_bound(mapped, proposal):
    model = read_checkpoint(mapped / "digits-vamp-3d").model
    picture = 255 * (np.arange(64).reshape(1, 8, 8) % 3 == 0).astype(np.uint8)
    *_, estimate = reconstruct.estimates(model, picture, 500, proposal)
    x = torch.from_numpy(picture)[None] / 255
    with torch.no_grad():
        q = model.encode(x)
        z = q.base_dist.sample((20_000,))  # (N, 1, D)
        kl = (q.log_prob(z) - model.prior.log_prob(z)).mean().item()
    assert estimate["kl"] == pytest.approx(kl, abs=0.05) and estimate["likelihoodError"] is None
    assert 0 < estimate["elboError"] < 0.5
    elbo = float(elbo_terms(model, x, 20_000).elbo)
    assert estimate["likelihood"] - estimate["kl"] == pytest.approx(elbo, abs=6 * estimate["elboError"])


def test_q_is_not_optimised_where_its_kl_has_no_closed_form(mapped, stand_ins):
    learned, plain = (read_checkpoint(folder).model for folder in (mapped / "digits-learned-2d", stand_ins / NAME))
    assert set(reconstruct.proposals(plain)) - set(reconstruct.proposals(learned)) == {"refined"}


def test_an_estimate_can_be_stopped(asking, monkeypatch):
    slow = reconstruct.estimates
    monkeypatch.setattr(reconstruct, "estimates", lambda *a: (time.sleep(1) or now for now in slow(*a)))
    app = asking(5000)
    app = settled(app.button(key="work_estimate_stop").click().run())
    assert not app.exception and app.session_state["reconstruct"].request is None
    assert (sent_to_browser(app)["estimate"].get("samples") or 0) < 5000


def test_more_samples_than_there_may_be_are_not_asked_for(asking):
    assert asking(10**9).session_state["reconstruct"].request is None


def test_the_browser_is_sent_the_numbers_that_python_holds_it_to(asking):
    app = asking(5001)
    assert sent_to_browser(app)["limits"] == {"mostBytes": MAX_BYTES, "samples": [100, 1000, 5000]}
    assert app.session_state["reconstruct"].request is None


def test_the_browsers_modules_do_not_write_those_numbers_again():
    source = "".join(path.read_text(encoding="utf-8") for path in MODULES.glob("*.js"))
    assert not re.findall(r"\b(?:25e6|25_?000_?000|5_?000|5e3)\b", source)
    assert {"limits.mostBytes", "limits.samples"} <= set(re.findall(r"limits\.\w+", source))


@pytest.mark.parametrize("name", GOOD)
def test_files_of_all_kinds_are_prepared(name):
    state = Reconstruction()
    state.bring(GOOD[name], name, describe("digits"))
    assert state.kind == "file" and state.picture.shape == (1, 8, 8) and state.picture.any()
    assert len(state.steps) > 1 and all(step["address"].startswith("data:image/png") for step in state.steps)


def test_whoever_comes_back_finds_the_picture(zoo, open_page):
    app = open_page(model=NAME, sample="7")
    app.session_state["reconstruct"].kind = "noise"
    before = app.session_state["reconstruct"].picture = np.full((1, 8, 8), 9, dtype=np.uint8)
    app.switch_page("pages/explore.py").run()
    app.query_params.clear()
    app.switch_page("pages/reconstruct.py").run()
    assert not app.exception
    assert app.session_state["reconstruct"].kind == "noise"
    assert np.array_equal(app.session_state["reconstruct"].picture, before)
