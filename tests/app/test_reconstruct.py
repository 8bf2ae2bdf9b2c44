"""The Reconstruct page as Streamlit runs it: files good and bad, links, estimates, and the page without a runtime."""

import base64
import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image
from screens import sent_to_browser

from ui import drawing, reconstruct
from ui.visit import Visit
from vae_core.analysis.likelihood import elbo_terms, importance_estimate
from vae_core.data.intake import PictureError
from vae_core.data.registry import describe
from vae_core.models.checkpoint import read_checkpoint

PAGE = "pages/reconstruct.py"
NAME = "digits-small-2d"
UPLOAD = "reconstruct_upload"


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
    "heavy.png": encoded(written(), "PNG") + bytes(reconstruct.MOST_BYTES),
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


def test_without_the_runtime_python_reads_the_picture(zoo, open_page, not_installed):
    app = open_page(model=NAME, sample="7")
    assert not app.exception and not app.error
    assert "E" in app.latex[0].value and "textcolor" in app.latex[0].value
    assert [metric.label for metric in app.metric][-3:] == ["log-likelihood", "KL", "ELBO"]
    number = {metric.label: float(metric.value.split()[0]) for metric in app.metric[-3:]}
    assert number["ELBO"] == pytest.approx(number["log-likelihood"] - number["KL"], abs=0.11)


@pytest.mark.parametrize("name", GOOD)
def test_files_of_all_kinds_are_prepared(zoo, open_page, not_installed, name):
    app = open_page(model=NAME)
    app.file_uploader(key=UPLOAD).set_value((name, GOOD[name], "image/png")).run()
    assert not app.exception and not app.error
    visit = app.session_state["reconstruct"]
    assert visit.kind == "file" and visit.picture.shape == (1, 8, 8) and visit.picture.any()
    assert len(visit.steps) > 1 and all(step["address"].startswith("data:image/png") for step in visit.steps)
    assert "sample" not in app.query_params


def test_bad_files_get_one_sentence_and_the_picture_stays(zoo, open_page, not_installed):
    app = open_page(model=NAME)
    app.file_uploader(key=UPLOAD).set_value(("paper.jpg", GOOD["paper.jpg"], "image/jpeg")).run()
    before, sentences = app.session_state["reconstruct"].picture.copy(), set()
    for name, data in BAD.items():
        if len(data) > reconstruct.MOST_BYTES:
            continue  # the widget itself refuses it
        app.file_uploader(key=UPLOAD).set_value((name, data, "image/png")).run()
        assert not app.exception and len(app.error) == 1, name
        sentence = app.error[0].value
        assert sentence.endswith(".") and sentence not in sentences
        sentences.add(sentence)
        assert np.array_equal(app.session_state["reconstruct"].picture, before)
    app.button(key="fallback_another").click().run()
    assert not app.error and app.session_state["reconstruct"].kind == "sample"


def test_noise_and_estimates_without_the_runtime(zoo, open_page, not_installed):
    app = open_page(model=NAME)
    app.button(key="fallback_noise").click().run()
    app.selectbox(key="fallback_k").set_value(1000).run()
    app.button(key="fallback_estimate").click().run()
    assert not app.exception
    estimate = app.session_state["reconstruct"].estimate
    assert estimate["samples"] == 1000 and 1 <= estimate["effective"] <= 1000
    assert any("log p(x)" in text.value for text in app.markdown)


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
        assert estimate["elbo"] == pytest.approx(float(terms.elbo), abs=5 * 200**0.5 * float(terms.standard_error))
        assert estimate["elbo"] <= estimate["logMarginal"] + error


def test_a_face_is_estimated_as_it_is(stand_ins):
    model = read_checkpoint(stand_ins / "frey-small-3d").model
    face = np.arange(560, dtype=np.uint8).reshape(1, 28, 20)
    assert np.array_equal(reconstruct.one_draw(face, "gaussian"), face)
    estimate = next(reconstruct.estimates(model, face, 200))
    terms = elbo_terms(model, (torch.from_numpy(face)[None] + 0.5) / 256, 2000)
    assert not estimate["drawn"]
    assert estimate["elbo"] == pytest.approx(float(terms.elbo), abs=20 * 10**0.5 * float(terms.standard_error))


def test_the_fallback_says_that_a_draw_was_judged_and_can_show_it(zoo, open_page, not_installed):
    app = open_page(model=NAME)
    app.button(key="fallback_estimate").click().run()
    assert any("both of one binarised draw of this picture" in text.value for text in app.markdown)
    app.toggle(key="fallback_binarise").set_value(True).run()
    assert not app.exception and not any("log p(x) =" in text.value for text in app.markdown)  # it was of another x
    app.button(key="fallback_estimate").click().run()
    (line,) = (text.value for text in app.markdown if "log p(x) =" in text.value)
    assert "above the ELBO (" in line
    assert not any("test set" in caption.value for caption in app.caption)  # which is of grey pictures


def test_faces_have_nothing_to_binarise(zoo, open_page, not_installed):
    app = open_page(model="frey-small-3d")
    assert not app.exception and not app.toggle


def test_whoever_comes_back_finds_the_picture(zoo, open_page, not_installed):
    app = open_page(model=NAME)
    app.button(key="fallback_noise").click().run()
    before = app.session_state["reconstruct"].picture
    app.switch_page("pages/explore.py").run()
    app.query_params.clear()
    app.switch_page("pages/reconstruct.py").run()
    assert not app.exception
    assert app.session_state["reconstruct"].kind == "noise"
    assert np.array_equal(app.session_state["reconstruct"].picture, before)


def test_several_models_read_it_without_the_runtime(zoo, open_page, not_installed):
    app = open_page(model=NAME)
    app.multiselect(key="fallback_compared").set_value([NAME, "digits-small-14d"]).run()
    assert not app.exception
    assert sum("ELBO" in caption.value for caption in app.caption) == 2


@pytest.mark.parametrize("name", BAD)
def test_a_file_from_the_component_is_refused_in_one_sentence(name):
    visit = Visit(picture=np.zeros((1, 8, 8), dtype=np.uint8), kind="noise")
    sent = {"name": name, "base64": base64.b64encode(BAD[name]).decode()}
    with pytest.raises(PictureError, match=r"^[A-Z].*\.$"):
        visit.bring(reconstruct.file_of(sent), name, describe("digits"))
    assert visit.kind == "noise" and not visit.steps


@pytest.mark.parametrize("sent", [{}, {"base64": 5}, {"base64": "?"}])
def test_a_broken_message_is_a_sentence(sent):
    with pytest.raises(PictureError):
        reconstruct.file_of(sent)


@pytest.mark.parametrize("text", [None, 3, "?", "", base64.b64encode(bytes(63)).decode()])
def test_pixels_that_make_no_sense_are_none(text):
    assert reconstruct.pixels_of(text, (1, 8, 8)) is None


def test_switching_a_step_prepares_anew():
    visit, info = Visit(), describe("digits")
    visit.bring(GOOD["paper.jpg"], "paper.jpg", info)
    first, switch = visit.picture, next(step for step in visit.steps if step.get("on"))
    visit.switch(switch["name"], False, info)
    assert visit.number == 2
    assert next(step for step in visit.steps if step["name"] == switch["name"])["on"] is False
    assert first.shape == visit.picture.shape


def test_an_estimate_can_be_stopped(stand_ins):
    checkpoint = read_checkpoint(stand_ins / NAME)
    visit = Visit(model=NAME)
    x = reconstruct.text_of(np.full((1, 8, 8), 255))
    visit.ask({"x": x, "samples": 5000, "model": NAME, "picture": 1}, checkpoint)
    visit.request["latest"] = next(visit.request["stream"])
    visit.stop()
    assert visit.request is None and 1 <= visit.estimate["samples"] < 5000
    visit.ask({"x": x, "samples": 10**9, "model": NAME, "picture": 1}, checkpoint)
    assert visit.request is None
