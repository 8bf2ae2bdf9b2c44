"""Reconstruct in a real browser: what is drawn and brought, and whether the numbers are those of vae_core."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from ui import pictures as drawing
from ui.reconstruct import component as reconstruct
from vae_core.analysis.likelihood import elbo_terms, importance_estimate, marginal_estimate, percentile
from vae_core.analysis.posterior_grid import posterior_shape

NAME = "mnist-vae-10d"
SEVEN = ((0.3, 0.25), (0.7, 0.25), (0.6, 0.45), (0.48, 0.8))
JUDGED = "root.dataset.judged === String(root.__live.pictures)"
READ = """(() => { const { x, mean, stddev, lastPicture, epsilon, terms } = root.__live;
  return { x: Array.from(x), mean: Array.from(mean), stddev: Array.from(stddev), picture: Array.from(lastPicture),
    epsilon: Array.from(epsilon), terms: { ...terms, klPerDimension: Array.from(terms.klPerDimension) } }; })()"""


@pytest.fixture
def page(desktop, shipped):
    """The page with a shipped model, and that model."""
    checkpoint = shipped(NAME)
    desktop.open("reconstruct", model=NAME)
    desktop.until(JUDGED)
    return desktop, checkpoint


def draw(screen, points=SEVEN) -> None:
    """One stroke over the pad; `points` are shares of its sides."""
    box = screen.live.locator("[data-role=pad]").bounding_box()
    spots = [(box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in points]
    screen.page.mouse.move(*spots[0])
    screen.page.mouse.down()
    for spot in spots[1:]:
        screen.page.mouse.move(*spot, steps=8)
    screen.page.mouse.up()


def read(screen) -> dict[str, np.ndarray]:
    """The picture, what the browser made of it, and the terms, once they belong together."""
    screen.settle()
    shown = screen.until(f"{JUDGED} && {READ}")
    return {name: value if name == "terms" else np.array(value) for name, value in shown.items()}


def bring(screen, name: str, data: bytes) -> None:
    files = [{"name": name, "mimeType": "image/png", "buffer": data}]
    screen.live.locator(".sources input[type=file]").set_input_files(files)


def photo(kind: str = "JPEG", ink=(40, 40, 60), paper=(235, 230, 220)) -> bytes:
    """A seven written on paper, as a phone would send it."""
    image = Image.new("RGB", (900, 700), paper)
    ImageDraw.Draw(image).line([(350, 200), (550, 200), (430, 500)], fill=ink, width=36, joint="curve")
    content = io.BytesIO()
    image.save(content, kind)
    return content.getvalue()


@torch.no_grad()
def check(shown: dict, checkpoint) -> None:
    """Everything the browser says of x is what PyTorch says."""
    model = checkpoint.model
    x = torch.tensor(shown["x"], dtype=torch.float32).reshape(1, *model.config.picture_shape)
    posterior = model.encode(x)
    assert np.abs(shown["mean"] - posterior.mean[0].numpy()).max() <= 1e-4
    assert np.abs(shown["stddev"] - posterior.stddev[0].numpy()).max() <= 1e-4
    assert np.abs(shown["picture"] - model.decode(posterior.mean).mean.flatten().numpy()).max() <= 1e-4

    epsilon = torch.tensor(shown["epsilon"], dtype=torch.float32).reshape(-1, model.config.latent_dim)
    draws = model.decode(posterior.mean + posterior.stddev * epsilon).log_prob(x)
    terms, expected = shown["terms"], elbo_terms(model, x, 2000)
    assert terms["likelihood"] == pytest.approx(float(draws.mean()), abs=0.01)
    assert terms["klPerDimension"] == pytest.approx(expected.kl[0].tolist(), abs=1e-3)
    assert terms["elbo"] == pytest.approx(terms["likelihood"] - float(expected.kl.sum()), abs=0.01)
    error = float(np.hypot(terms["standardError"], float(expected.standard_error)))
    assert abs(terms["likelihood"] - float(expected.log_likelihood)) <= 5 * error + 0.05


LEARNED = "digits-mixture-2d"  # a model whose prior was learned
BY_DRAWS = """(({ x, mean, stddev, epsilon, terms }) => ({ x: Array.from(x), mean: Array.from(mean),
  stddev: Array.from(stddev), epsilon: Array.from(epsilon), terms }))(root.__live)"""


@torch.no_grad()
def test_under_a_prior_that_was_learned_kl_is_a_mean_over_draws(desktop, shipped):
    model = shipped(LEARNED).model
    desktop.open("reconstruct", model=LEARNED, sample="5")
    shown = desktop.until(f"{JUDGED} && root.__live.terms && {BY_DRAWS}")
    x = torch.tensor(shown["x"], dtype=torch.float32).reshape(1, 1, 8, 8)
    q, epsilon = model.encode(x), torch.tensor(shown["epsilon"]).reshape(-1, 1, 2)
    assert shown["mean"] == pytest.approx(q.mean[0].tolist(), abs=1e-4)
    z = q.mean + q.stddev * epsilon
    ratios, likelihoods = q.log_prob(z) - model.prior.log_prob(z), model.decode(z).log_prob(x)
    terms = shown["terms"]
    for term, draws, error in (
        ("likelihood", likelihoods, "standardError"),
        ("kl", ratios, "klError"),
        ("elbo", likelihoods - ratios, "elboError"),
    ):
        pairs = draws.reshape(-1, 2).mean(1)
        assert terms[term] == pytest.approx(float(draws.mean()), abs=2e-3), term
        assert terms[error] == pytest.approx(float(pairs.std() / len(pairs) ** 0.5), abs=2e-3), term
    expected = elbo_terms(model, x, 5000)
    assert terms["kl"] == pytest.approx(float(expected.kl.sum()), abs=5 * terms["klError"] + 0.05)
    value, error = desktop.live.locator("[data-value=kl]").inner_text().replace("−", "-").split(" ± ")
    assert -float(value) == pytest.approx(terms["kl"], abs=0.06)
    assert float(error) == pytest.approx(terms["klError"], abs=0.06)
    assert "p(z) was learned" in desktop.live.locator(".bars .readout").inner_text()
    assert desktop.read("root.querySelector('[value=refined]').hidden")
    truth = desktop.until("root.__live.truth")
    found = posterior_shape(model, x, shipped(LEARNED).codes)
    assert truth["logEvidence"] == pytest.approx(found.log_evidence, abs=5e-3)
    desktop.live.get_by_role("tab", name="Through several models").click()
    card = desktop.live.locator(f".cards [data-model={LEARNED}]")
    card.wait_for()
    desktop.until(
        "/nats/.test(root.querySelector(`.cards [data-model=${argument}] dd:last-child`).textContent)", LEARNED
    )
    numbers = [float(text.removesuffix(" nats").replace("−", "-")) for text in card.locator("dd").all_inner_texts()]
    assert numbers == pytest.approx([terms["likelihood"], -terms["kl"], terms["elbo"]], abs=0.11)
    desktop.live.get_by_role("tab", name="The ELBO, taken apart").click()
    desktop.open("reconstruct", model="digits-vae-2d", sample="5")
    assert not desktop.read("root.querySelector('[value=refined]').hidden")


def test_a_drawn_digit_is_read_as_pytorch_reads_it(page):
    screen, checkpoint = page
    screen.live.locator("[data-source=blank]").click()
    draw(screen)
    shown = read(screen)
    assert shown["x"].max() == 1 and 0.03 < shown["x"].mean() < 0.4
    check(shown, checkpoint)
    number = screen.live.locator("[data-number=elbo]").inner_text().replace("−", "-")
    assert float(number) == pytest.approx(shown["terms"]["elbo"], abs=0.06)
    if checkpoint.codes.elbo is not None:
        usual = float(percentile(shown["terms"]["elbo"], checkpoint.codes.elbo))
        assert float(screen.live.locator("[data-percentile=elbo]").inner_text()) == pytest.approx(usual, abs=0.6)


def test_drawing_is_followed_and_sends_nothing(page):
    screen, _ = page
    screen.live.locator("[data-source=blank]").click()
    screen.quiet()  # what the click had to tell is told
    box = screen.live.locator("[data-role=pad]").bounding_box()
    screen.page.mouse.move(box["x"] + 60, box["y"] + 60)
    screen.page.mouse.down()
    screen.count_frames()
    for step in range(30):
        screen.page.mouse.move(box["x"] + 60 + 5 * step, box["y"] + 60 + 3 * step)
    screen.settle()
    counted = screen.counted()
    assert counted["messages"] == 0 and counted["pictures"] >= 3
    screen.page.mouse.up()


def test_strokes_can_be_taken_back_and_erased(page):
    screen, _ = page
    screen.live.locator("[data-source=blank]").click()
    draw(screen)
    one = read(screen)["x"]
    draw(screen, ((0.2, 0.5), (0.8, 0.55)))
    assert read(screen)["x"].sum() > one.sum()
    screen.page.keyboard.press("u")
    screen.until("Math.abs(root.__live.x.reduce((a, b) => a + b) - argument) < 0.01", float(one.sum()))
    screen.page.keyboard.press("e")
    draw(screen, ((0.1, 0.25), (0.9, 0.25)))
    assert read(screen)["x"].sum() < 0.9 * one.sum()
    screen.page.keyboard.press("e")
    screen.live.locator("[data-tool=clear]").click()
    assert read(screen)["x"].sum() == 0


def test_what_is_drawn_is_in_the_link_and_what_is_uploaded_is_not(page):
    screen, _ = page
    screen.live.locator("[data-source=blank]").click()
    draw(screen)
    drawn, blank = read(screen)["x"], drawing.packed(bytes(784))
    screen.page.wait_for_url(lambda address: "drawn=" in address and blank not in address)
    screen.page.reload()
    screen.ready()
    screen.until(JUDGED)
    assert np.array_equal(read(screen)["x"], drawn)

    bring(screen, "seven.jpg", photo())
    screen.page.wait_for_url(lambda address: "drawn=" not in address)
    screen.live.locator("[data-source=blank]").click()
    screen.page.keyboard.press("u")
    screen.quiet()
    assert read(screen)["x"].sum() == 0


def test_a_test_picture_is_in_the_link(page, present):
    screen, checkpoint = page
    pictures = present("mnist").test
    field = screen.live.locator("[data-source=index]")
    field.fill("18")
    field.press("Enter")
    original = pictures.batch(torch.tensor([18])).flatten().numpy() / 255
    screen.until("Math.abs(root.__live.x.reduce((a, b) => a + b) - argument) < 0.01", float(original.sum()))
    shown = read(screen)
    assert np.abs(shown["x"] - original).max() < 1e-6
    check(shown, checkpoint)
    screen.page.wait_for_url("**sample=18*")
    screen.page.reload()
    screen.ready()
    screen.until(JUDGED)
    assert np.abs(read(screen)["x"] - original).max() < 1e-6


def test_a_photo_is_prepared_and_steps_can_be_switched(page):
    screen, checkpoint = page
    bring(screen, "seven.jpg", photo())
    screen.live.locator(".steps img").first.wait_for()
    shown = read(screen)
    assert shown["x"].reshape(28, 28)[0].max() < 0.2 and shown["x"].max() > 0.8  # white on black now
    check(shown, checkpoint)
    before = screen.read("root.__live.pictures")
    screen.live.locator("[data-step=invert] input").click()
    screen.until("root.__live.pictures > argument", before)
    assert np.abs(read(screen)["x"] - shown["x"]).max() > 0.3


def test_a_picture_can_be_pasted(page):
    screen, checkpoint = page
    script = """(base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)), data = new DataTransfer();
      data.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    }"""
    screen.page.evaluate(script, base64.b64encode(photo("PNG", (250, 250, 250), (10, 20, 30))).decode())
    screen.live.locator(".steps img").first.wait_for()
    shown = read(screen)
    assert shown["x"].reshape(28, 28)[0].max() < 0.2 and shown["x"].max() > 0.8
    check(shown, checkpoint)


def test_bad_files_get_a_sentence_and_the_picture_stays(page):
    screen, _ = page
    before = read(screen)["x"]
    sentences = set()
    bad = {
        "text.png": b"hello",
        "empty.png": b"",
        "cut.jpg": photo()[:2000],
        "vector.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    for name, data in bad.items():
        bring(screen, name, data)
        alert = screen.live.locator(".problem")
        screen.until(
            "(text => text && !argument.includes(text))(root.querySelector('.problem').textContent)", list(sentences)
        )
        sentences.add(alert.inner_text())
        assert alert.is_visible() and alert.inner_text().endswith(".")
    assert len(sentences) == len(bad)
    assert np.array_equal(read(screen)["x"], before)


def test_log_p_of_x_is_estimated_in_python(page):
    screen, checkpoint = page
    screen.live.locator("[data-step=binarise] input").check()
    shown = read(screen)
    check(shown, checkpoint)
    counts = screen.live.locator("[data-tool=k] option").all_inner_texts()
    assert [int(count) for count in counts] == list(reconstruct.SAMPLES)
    screen.live.locator("[data-do=estimate]").click()
    screen.until("root.querySelector('.gap b')")
    value, error = screen.live.locator("[data-value=marginal]").inner_text().replace("−", "-").split(" ± ")
    x = torch.tensor(shown["x"], dtype=torch.float32).reshape(1, *checkpoint.model.config.picture_shape)
    expected = importance_estimate(checkpoint.model, x, 2000)
    assert abs(float(value) - float(expected.log_marginal)) <= 5 * float(error) + 1
    assert float(value) > shown["terms"]["elbo"] - 1


def test_the_prior_draws_hardly_any_z_that_decodes_to_x(page):
    screen, checkpoint = page
    screen.live.locator("[data-step=binarise] input").check()
    x = torch.tensor(read(screen)["x"], dtype=torch.float32).reshape(1, *checkpoint.model.config.picture_shape)
    screen.live.locator("[data-tool=proposal]").select_option("prior")
    screen.live.locator("[data-do=estimate]").click()
    screen.until("root.querySelector('.gap b')")
    line = screen.live.locator(".gap").inner_text()
    assert "100 draws of the prior" in line and "the mean rests on the luckiest" in line and "is at least" in line
    said = screen.live.locator("[data-value=marginal]").inner_text()
    assert said.startswith("≥ ") and "±" not in said
    value = float(said.removeprefix("≥ ").replace("−", "-"))
    assert value < float(importance_estimate(checkpoint.model, x, 2000).log_marginal) - 1


def test_a_gap_says_how_much_of_it_is_amortisation(page):
    screen, _ = page
    screen.live.locator("[data-step=binarise] input").check()
    screen.live.locator("[data-tool=proposal]").select_option("refined")
    screen.live.locator("[data-do=estimate]").click()
    screen.until("root.querySelector('.gap b')")
    line = screen.live.locator(".gap").inner_text().replace("−", "-")
    found = re.findall(r"(-?[\d.]+) (?:nats, of|are amort|are shape)", line)
    gap, amortisation, shape = map(float, found)
    assert amortisation > 0 and gap == pytest.approx(amortisation + shape, abs=0.02 * max(1, gap))


def test_a_grey_picture_is_binarised_and_then_all_that_is_compared_is_of_one_x(page):
    screen, checkpoint = page
    assert len(np.unique(read(screen)["x"])) > 2
    screen.live.locator("[data-do=estimate]").click()
    screen.until("root.querySelector('.gap b')")
    assert screen.live.locator("[data-step=binarise] input").is_checked()
    draw = torch.tensor(read(screen)["x"], dtype=torch.float32).reshape(1, *checkpoint.model.config.picture_shape)
    assert set(draw.unique().tolist()) == {0, 1}

    def number(text: str) -> float:
        return float(text.split(" ± ")[0].replace("−", "-"))

    shown = {name: number(screen.live.locator(f"[data-value={name}]").inner_text())
             for name in ("likelihood", "kl", "elbo", "marginal")}  # fmt: skip
    line = screen.live.locator(".gap").inner_text()
    assert line.startswith("Of the binarised picture: log p(x) − ELBO = ")
    assert shown["likelihood"] + shown["kl"] == pytest.approx(shown["elbo"], abs=1e-6)
    assert shown["marginal"] - shown["elbo"] == pytest.approx(float(line.split("= ")[1].split(" nats")[0]), abs=1e-6)
    assert f"ELBO {shown['elbo']:.1f} nats".replace("-", "−") in screen.live.inner_text()
    assert "of the test set" not in screen.live.locator(".unusual").inner_text()
    assert shown["elbo"] == pytest.approx(float(elbo_terms(checkpoint.model, draw, 20_000).elbo), abs=0.4)
    expected = marginal_estimate(checkpoint.model, draw, 2000)
    assert shown["marginal"] == pytest.approx(float(expected.log_marginal), abs=1)


def test_a_face_is_read_at_the_middle_of_its_grey_levels(desktop, shipped, present):
    checkpoint, faces = shipped("frey-vae-2d"), present("frey").test
    desktop.open("reconstruct", model="frey-vae-2d", sample="5")
    shown = read(desktop)
    bytes_of = faces.batch(torch.tensor([5])).flatten().numpy()
    assert np.abs(shown["x"] - (bytes_of + 0.5) / 256).max() < 1e-6
    check(shown, checkpoint)
    row = int((checkpoint.codes.indices == 5).nonzero()[0, 0])
    assert np.abs(shown["mean"] - checkpoint.codes.mean[row].numpy()).max() < 0.01


def test_several_models_read_the_same_picture(page, shipped):
    screen, _ = page
    other = shipped("mnist-vae-2d").model
    screen.live.locator("[data-tab=compare]").click()
    card = screen.live.locator(f".cards [data-model={'mnist-vae-2d'}]")
    card.locator("dd").last.get_by_text("−").wait_for(timeout=150_000)
    x = torch.tensor(read(screen)["x"], dtype=torch.float32).reshape(1, 1, 28, 28)
    expected = elbo_terms(other, x, 2000)
    likelihood = float(card.locator("dd").first.inner_text().removesuffix(" nats").replace("−", "-"))
    assert likelihood == pytest.approx(float(expected.log_likelihood), abs=3)


def test_pad_and_reconstruction_stay_together_on_a_phone(phone, shipped):
    shipped(NAME)
    phone.open("reconstruct", model=NAME)
    for role in ("pad", "decoded"):
        box = phone.live.locator(f"canvas[data-role={role}]").bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert phone.read("root.scrollWidth - root.clientWidth") <= 1


def test_without_the_data_set_a_digit_of_our_own_is_x_and_a_failed_download_says_so(without_data, shipped):
    checkpoint = shipped(NAME)
    without_data.open("reconstruct", model=NAME, sample="5")
    without_data.until(JUDGED)
    assert "Our own drawn digit 1, not MNIST" in without_data.live.locator(".picture .caption").inner_text()
    check(read(without_data), checkpoint)
    button = without_data.live.get_by_role("button", name="Get the originals (11 MB)")
    button.click()
    without_data.until("root.textContent.includes('MNIST could not be fetched: nothing is lost')", timeout=60_000)
    assert button.is_enabled()


@pytest.mark.parametrize("name", [NAME, "mnist-vae-2d", "frey-vae-2d"])
@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1280, 720)])
def test_pictures_model_and_map_are_large_and_seen_without_scrolling(new_visitor, shipped, width, height, name):
    shipped(name)
    screen = new_visitor({"viewport": {"width": width, "height": height}})
    screen.open("reconstruct", model=name)
    screen.until(JUDGED)
    screen.settle()
    for part in (".picture", ".model", ".landing", ".made", ".missed", ".again"):
        box = screen.live.locator(part).bounding_box()
        assert box["y"] + box["height"] <= height and box["x"] + box["width"] <= width, part
    assert not screen.cut_off()
    assert screen.live.locator("[data-role=pad]").bounding_box()["height"] >= 320 * height / 720
    assert screen.live.locator(".map").bounding_box()["height"] >= 200
