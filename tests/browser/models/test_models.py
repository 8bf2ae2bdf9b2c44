"""The Models page in a real browser: one slider walks every model, q moves under the hand, numbers are PyTorch's."""

import numpy as np
import pytest
import torch
from screen import PHONE

from ui.models.posterior_shape import STEPS
from vae_core.analysis.evaluation import noiseless
from vae_core.analysis.posterior_grid import Grid, elbo_of_flow, elbo_on, log_joint_on, posterior_shape
from vae_core.analysis.refinement import refined_flow
from vae_core.analysis.sharpness import laplacian_variance
from vae_core.models import families
from vae_core.models.checkpoint import read_log_marginal
from vae_core.models.distributions import sample_and_log_prob
from vae_core.zoo import store

NAMES = ["mnist-vae-2d", "mnist-vae-10d", "mnist-beta8-10d"]
ROWS = """Array.from(root.__live.rows.values(), ({ model, decoder, codes }) => ({ name: model.name,
  z: Array.from(decoder.z), picture: Array.from(decoder.lastPicture), codes: Array.from(codes) }))"""
CAUGHT_UP = "Array.from(root.__live.rows.values()).every(({ decoder }) => decoder.z && !decoder.pending)"
SHAPE = {"model": "digits-vae-2d", "section": "shape", "sample": "3"}
BENT = {"model": "digits-flow-2d", "section": "shape", "sample": "6"}
KNOWN = "root.__live.truth && root.__live.elbo !== null"
NUMBERS = "['elbo', 'kl', 'evidence'].map((name) => root.querySelector(`[data-number=${name}]`).textContent)"


@pytest.fixture
def side(desktop):
    """Three models of MNIST side by side."""
    return desktop.open("models", model=NAMES[0], models=",".join(NAMES[1:]), ends="0~1", t="0.25")


def rows_of(screen) -> list[dict]:
    screen.settle()
    screen.until(CAUGHT_UP)
    return screen.read(ROWS)


def numbers_of(screen) -> list[float]:
    return [float(text.replace("−", "-").replace(",", "")) for text in screen.read(NUMBERS)]


def picture_of(screen) -> torch.Tensor:
    """The x that the page judges."""
    return torch.tensor(screen.read("Array.from(root.__live.x)"), dtype=torch.float32).reshape(1, 1, 8, 8)


def test_every_model_walks_between_its_own_codes_of_the_same_two_pictures(side, present):
    x = present("mnist").test.batch(slice(0, 8))
    rows = rows_of(side)
    assert [row["name"] for row in rows] == NAMES
    for row in rows:
        model = store.open_checkpoint(store.ZOO / row["name"]).model
        with torch.no_grad():
            codes = model.encode(noiseless(x, model.config.likelihood)).mean
            expected = model.decode(torch.tensor(row["z"])[None]).mean.flatten()
        assert row["codes"] == pytest.approx(codes.flatten().tolist(), abs=1e-3)
        assert row["z"] == pytest.approx((0.75 * codes[0] + 0.25 * codes[1]).tolist(), abs=1e-3)
        assert np.abs(np.array(row["picture"]) - expected.numpy()).max() < 1e-4


UNLIKE = ["digits-conditional-4d", "digits-m2-100-labels-0-4d", "digits-vq-4d"]
SAMPLED = "root.__live.rows.get(argument).networks.fromPrior(6, 3).then((codes) => Array.from(codes))"


def test_models_with_labels_and_with_codes_are_read_walked_and_drawn_as_they_are(desktop, present):
    desktop.open("models", model="digits-vae-2d", models=",".join(UNLIKE), ends="0~1", t="0.3")
    test = present("digits").test
    x, labels = noiseless(test.batch(slice(0, 8)), "bernoulli"), test.labels[:8]
    given, some, discrete = rows_of(desktop)[1:]
    model = store.open_checkpoint(store.ZOO / UNLIKE[0]).model
    with torch.no_grad():
        z, y = model.encode(x, labels).mean, torch.nn.functional.one_hot(labels, 10).float()
        walked = model.decode((0.7 * z[0] + 0.3 * z[1])[None], labels[:1]).mean
    assert torch.allclose(torch.tensor(given["codes"]).reshape(8, 14), torch.cat([z, y], 1), atol=1e-3)
    assert torch.allclose(torch.tensor(given["picture"]), walked.flatten(), atol=1e-3), "y of the nearer end"
    assert labels[0] != labels[1]
    model = store.open_checkpoint(store.ZOO / UNLIKE[1]).model
    with torch.no_grad():
        found = model.classify(x).probs.argmax(-1)
        z, y = model.encode(x, found).mean, torch.nn.functional.one_hot(found, 10).float()
    assert torch.allclose(torch.tensor(some["codes"]).reshape(8, 14), torch.cat([z, y], 1), atol=1e-3)
    model = store.open_checkpoint(store.ZOO / UNLIKE[2]).model
    codes = torch.tensor(discrete["codes"]).reshape(8, 4)
    assert torch.equal(codes.long(), model.encode(x).mean.long())
    assert discrete["z"] == [codes[1, 0], *codes[0, 1:].tolist()], "0.3 of four cells is one"
    with torch.no_grad():
        expected = model.decode(torch.tensor(discrete["z"]).long()[None]).mean.flatten()
    assert torch.allclose(torch.tensor(discrete["picture"]), expected, atol=1e-3)
    drawn = torch.tensor(desktop.read(SAMPLED, UNLIKE[0])).reshape(6, 14)
    assert drawn[:, 4:].sum(1).tolist() == [1] * 6 and set(drawn[:, 4:].unique().tolist()) == {0.0, 1.0}
    assert len(drawn[:, 4:].argmax(1).unique()) > 2, "labels are drawn, too"
    style = torch.tensor(desktop.read(SAMPLED, UNLIKE[1])).reshape(6, 14)[:, :4]
    assert torch.equal(style, drawn[:, :4]), "the same z for models of as many dimensions"
    slider = desktop.live.locator("[data-role=t]")
    slider.focus()
    for _ in range(8):
        desktop.page.keyboard.press("ArrowRight")  # t = 0.7
    with torch.no_grad():
        z = store.open_checkpoint(store.ZOO / UNLIKE[0]).model.encode(x, labels).mean
    given, _, discrete = rows_of(desktop)[1:]
    assert given["z"][:4] == pytest.approx((0.3 * z[0] + 0.7 * z[1]).tolist(), abs=1e-3)
    assert int(np.argmax(given["z"][4:])) == int(labels[1]), "y of the nearer end"
    assert discrete["z"] == [*codes[1, :3].tolist(), codes[0, 3]], "0.7 of four cells is three"
    drawn = torch.tensor(desktop.read(SAMPLED, UNLIKE[2]))
    assert len(drawn) == 24 and drawn.min() >= 0 and drawn.max() < 32 and torch.equal(drawn, drawn.round())


def test_m1_m2_is_read_and_drawn_through_its_upper_layer(desktop, present):
    name = "mnist-m1m2-100-labels-0-70d"
    desktop.open("models", model=NAMES[0], models=name, ends="0~1", t="0")
    row = rows_of(desktop)[1]
    model = store.open_checkpoint(store.ZOO / name).model
    with torch.no_grad():
        x = noiseless(present("mnist").test.batch(slice(0, 8)), "bernoulli")
        y, z1 = model.classify(x).probs.argmax(-1), model.vae.encode(x).mean
        z2 = model.upper.encode(z1, y).mean
        expected = model.vae.decode(model.upper.decode(z2, y).mean).mean
    codes = torch.tensor(row["codes"]).reshape(8, 60)
    assert torch.allclose(codes[:, :50], z2, atol=2e-3) and torch.equal(codes[:, 50:].argmax(1), y)
    assert torch.allclose(torch.tensor(row["picture"]), expected[0].flatten(), atol=2e-3)
    assert (
        "z₁ is the mean of p(z₁|y, z₂)" in desktop.page.locator("[data-testid=stCaptionContainer]").first.inner_text()
    )


OWN = ["mnist-conditional-10d", "mnist-m1m2-100-labels-0-70d", "digits-vq-4d", "digits-m2-100-labels-0-4d"]


@pytest.mark.parametrize("name", OWN)
def test_any_family_may_be_the_one_that_others_stand_beside(desktop, present, name):
    dataset = name.split("-")[0]
    present(dataset)
    beside = f"{dataset}-vae-2d"
    desktop.open("models", model=name, models=beside, section="side", t="0")
    rows = rows_of(desktop)
    assert [row["name"] for row in rows] == [name, beside]
    assert desktop.live.locator(".chips .own").get_attribute("data-model") == name
    for row in rows:
        x = noiseless(present(dataset).test.batch(slice(0, 8)), "bernoulli")
        model = store.open_checkpoint(store.ZOO / row["name"]).model
        with torch.no_grad():
            expected = again(model, x[:1], present(dataset).test.labels[:1])
        assert np.abs(np.array(row["picture"]) - expected.flatten().numpy()).max() < 2e-3
    assert not desktop.page.locator(".st-key-notes").count(), "nothing stands in"
    desktop.page.keyboard.press("n")
    desktop.quiet()
    assert desktop.query["model"] == name and desktop.query["sample"] == "8"


def again(model, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """What a model makes of pictures: at the mean of q(z|x), and with y, as it is known or as the model finds it."""
    family = families.of(model)
    if family.stands_on_a_vae:
        y = model.classify(x).probs.argmax(-1)
        return model.vae.decode(model.upper.decode(model.upper.encode(model.vae.encode(x).mean, y).mean, y).mean).mean
    given = (model.classify(x).probs.argmax(-1),) if family.classifies else (labels,) if family.takes_labels else ()
    return model.decode(model.encode(x, *given).mean, *given).mean


def test_how_sharp_the_reconstructions_are_is_the_share_of_the_pictures_own(side, present):
    rows_of(side)
    x = noiseless(present("mnist").test.batch(slice(0, 8)), "bernoulli")
    for name, text in zip(NAMES, side.live.locator("[data-number=sharpness]").all_inner_texts(), strict=True):
        model = store.open_checkpoint(store.ZOO / name).model
        with torch.no_grad():
            again = model.decode(model.encode(x).mean).mean
        share = 100 * laplacian_variance(again).mean() / laplacian_variance(x).mean()
        assert float(text.removeprefix("sharp ").removesuffix(" %")) == pytest.approx(float(share), rel=0.06)


def test_a_drag_moves_every_picture_and_asks_the_server_nothing(side):
    side.quiet()
    box = side.live.locator("[data-role=t]").bounding_box()
    middle = box["y"] + box["height"] / 2
    side.page.mouse.move(box["x"] + box["width"] / 2, middle)
    side.page.mouse.down()
    side.count_frames()
    for step in range(40):
        side.page.mouse.move(box["x"] + box["width"] * (0.5 + 0.4 * np.sin(step / 6)), middle)
        side.settle(1)
    counted = side.counted()
    side.page.mouse.up()
    assert counted["messages"] == 0
    assert counted["pictures"] >= 0.8 * counted["inputs"] >= 15
    side.quiet()
    assert side.query["t"] == pytest.approx(f"{side.read('root.__live.t'):.4f}".rstrip("0"))
    assert all(text.endswith(" ms") for text in side.live.locator("[data-number=time]").all_inner_texts())


TIMED = """[...root.querySelectorAll('[data-number=time]')].length === argument
  && [...root.querySelectorAll('[data-number=time]')].every(({ textContent }) => / ms$/.test(textContent))"""


def test_how_long_a_picture_takes_stands_before_anything_was_moved(side):
    side.until(TIMED, 3)
    assert side.read("root.__live.inputs") == 0
    side.live.locator(".chips [data-model=mnist-vae-20d]").click()
    side.until(TIMED, 4)
    assert side.read("root.__live.inputs") == 0


def test_rows_say_how_they_differ_from_the_apps_model_over_the_same_pictures(side):
    own, *others = (read_log_marginal(store.ZOO / name).double() for name in NAMES)
    texts = side.live.locator("[data-number=beside]").all_inner_texts()
    assert texts[0] == ""
    for text, theirs in zip(texts[1:], others, strict=True):
        value, error = text.removeprefix("beside vae-2d: ").removesuffix(" nats").split(" ± ")
        more = own - theirs
        assert float(value.replace("−", "-")) == pytest.approx(float(more.mean()), abs=0.06)
        assert float(error) == pytest.approx(float(more.std()) / len(more) ** 0.5, abs=0.06)


def test_models_come_and_go_and_the_link_knows(side):
    side.live.locator(".chips [data-model=mnist-vae-20d]").click()
    side.until("root.__live.rows.size === 4 && root.__live.pictures > 0")
    side.live.locator(f".chips [data-model={NAMES[1]}]").click()
    side.until("root.__live.rows.size === 3")
    side.quiet()
    assert set(side.query["models"].split(",")) - {NAMES[0]} == {NAMES[2], "mnist-vae-20d"}
    side.live.locator(f".chips [data-model={NAMES[0]}]").click()
    assert "own model stays" in side.live.locator(".problem").inner_text()


def test_two_clicks_choose_the_ends_and_what_is_drawn_from_the_prior_is_the_same_z(side):
    side.live.locator("[data-picture='4']").click()
    side.live.locator("[data-picture='6']").click()
    side.quiet()
    assert side.query["ends"] == "6~4"
    sheet = "root.querySelector('.row[data-model=\"{}\"] [data-role=samples]').toDataURL()"
    before = [side.read(sheet.format(name)) for name in NAMES]
    side.page.keyboard.press("z")
    side.quiet()
    assert side.query["draw"] == "2"
    assert all(side.read(sheet.format(name)) != old for name, old in zip(NAMES, before, strict=True))


def test_without_the_pictures_faces_are_decoded_from_stored_codes(without_data):
    screen = without_data.open("models", model="frey-vae-2d", models="frey-vae-10d", sample="3")
    for row in rows_of(screen):
        codes = store.open_checkpoint(store.ZOO / row["name"]).codes.mean
        assert row["codes"] == pytest.approx(codes[3:11].flatten().tolist(), abs=1e-4)
    assert "not here" in screen.live.locator("[data-picture='0']").get_attribute("title")
    assert screen.live.locator("[data-picture][data-absent]").count() == 8
    ground = screen.read("getComputedStyle(root.querySelector('[data-absent] canvas')).backgroundColor")
    assert ground != "rgb(0, 0, 0)", "no black picture"


@pytest.mark.parametrize("device", [{"viewport": {"width": 1280, "height": 720}}, PHONE], ids=["projector", "phone"])
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("frey-vae-2d", "The pictures of Frey Face are not here yet."),
        ("mnist-vae-10d", "Our own digits stand in for MNIST."),
    ],
)
def test_without_the_pictures_it_is_said_above_their_row(new_visitor, server_without_data, device, name, sentence):
    screen = new_visitor(device, server_without_data).open("models", model=name)
    text = screen.live.locator(".side .get-originals small")
    assert text.inner_text() == sentence
    box = text.bounding_box()
    assert box["width"] > 100 and box["height"] > 10
    assert box["y"] + box["height"] < screen.live.locator(".inputs").bounding_box()["y"] < device["viewport"]["height"]
    assert screen.read("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", ["digits-vae-2d", "digits-mixture-2d"])  # under N(0, I), and a prior that was learned
def test_the_posterior_is_that_of_vae_core_and_the_numbers_add_up(desktop, name):
    desktop.open("models", **SHAPE | {"model": name})
    desktop.until(KNOWN)
    checkpoint = store.open_checkpoint(store.ZOO / name)
    x = picture_of(desktop)
    assert set(x.unique().tolist()) <= {0.0, 1.0}, "Bernoulli pixels are judged as zeros and ones"
    found = posterior_shape(checkpoint.model, x, checkpoint.codes)
    truth = desktop.read(
        "(({ logEvidence, encoder, best }) => ({ logEvidence, encoder, best: best.elbo }))(root.__live.truth)"
    )
    assert truth["logEvidence"] == pytest.approx(found.log_evidence, abs=2e-3)
    assert truth["encoder"] == pytest.approx(found.encoder.elbo, abs=0.01)  # on other grids
    assert truth["best"] == pytest.approx(found.best.elbo, abs=0.01)
    bound, divergence, evidence = numbers_of(desktop)
    assert bound + divergence == pytest.approx(evidence, abs=1e-9)
    assert evidence == pytest.approx(found.log_evidence, abs=0.008)
    assert "training" not in desktop.live.locator(".sum p").first.get_attribute("title")  # which may maximise another


def assert_rings_are_bent_circles(screen, posterior) -> None:
    """Of one and two standard deviations, of the Gaussian that the flow has bent."""
    start = torch.tensor(screen.read("root.__live.bent.rings.map((ring) => Array.from(ring))")).reshape(2, -1, 1, 2)
    for bijection in reversed(posterior.bijections):
        start, _ = bijection.inverse(start)
    radii = ((start - posterior.base.mean) / posterior.base.stddev).norm(dim=-1)[..., 0]
    assert np.abs(radii.detach().numpy() - [[1], [2]]).max() < 1e-2


def test_a_bent_q_is_drawn_and_judged_as_its_own_draws_are(desktop):
    desktop.open("models", **BENT)
    desktop.until(KNOWN)
    model = store.open_checkpoint(store.ZOO / BENT["model"]).model
    posterior = model.encode(picture_of(desktop))
    z, log_density = sample_and_log_prob(posterior, torch.Generator().manual_seed(0), (100_000,))  # (N, 1, 2)
    explained = torch.cat([model.decode(some).log_prob(picture_of(desktop)) for some in z.split(5000)])
    terms = model.prior.log_prob(z) + explained - log_density
    error = float(terms.std() / len(terms) ** 0.5)
    assert desktop.read("root.__live.elbo") == pytest.approx(float(terms.mean()), abs=max(0.005, 4 * error))
    assert_rings_are_bent_circles(desktop, posterior)
    bound, divergence, evidence = numbers_of(desktop)
    assert bound + divergence == pytest.approx(evidence, abs=1e-9)
    gaussian = desktop.live.locator("[data-number=gaussian]")
    assert desktop.live.locator("[data-number=gap]").inner_text() == f"{divergence} nats" and gaussian.is_visible()
    desktop.live.locator("[data-do=best]").click()
    assert gaussian.inner_text() == f"{numbers_of(desktop)[1]} nats"
    desktop.live.locator("[data-do=encoder]").click()
    assert numbers_of(desktop) == [bound, divergence, evidence]
    desktop.page.goto(f"{desktop.server.address}/models?model=digits-vae-2d&section=shape")
    desktop.ready().until(KNOWN)
    assert not gaussian.is_visible() and desktop.live.locator("[data-number=shape]").is_visible()


def test_the_gap_of_a_flow_has_parts_once_it_is_made_better_for_the_picture(desktop):
    desktop.open("models", **BENT)
    desktop.until(KNOWN)
    own = desktop.read("root.__live.elbo")
    bar = desktop.live.locator(".bar")
    assert not bar.is_visible()
    desktop.live.locator("[data-do=refine]").click()
    desktop.until("root.__live.better !== null", timeout=120_000)
    checkpoint = store.open_checkpoint(store.ZOO / BENT["model"])
    x, model = picture_of(desktop), checkpoint.model
    found = refined_flow(model, x, STEPS).posterior
    gain = elbo_of_flow(model, x, found) - elbo_of_flow(model, x, model.encode(x))
    better = desktop.read("root.__live.better")
    assert better["gain"] == pytest.approx(gain, abs=0.01) and better["gain"] > 0
    assert desktop.read("root.__live.q.mean") == pytest.approx(found.mean[0].tolist(), abs=0.01)
    assert desktop.read("Array.from(root.__live.z)") == pytest.approx(found.mean[0].tolist(), abs=0.01)
    assert desktop.read("root.__live.elbo") == pytest.approx(own + better["gain"], abs=1e-9)
    assert bar.is_visible() and desktop.live.locator("[data-do=refine]").get_attribute("aria-pressed") == "true"
    gap, amortisation, shape = (
        float(desktop.live.locator(f"[data-number={name}]").inner_text().removesuffix(" nats"))
        for name in ("gap", "amortisation", "shape")
    )
    assert amortisation + shape == pytest.approx(gap, abs=1e-9)
    assert amortisation == pytest.approx(better["gain"], abs=0.011)
    bound, divergence, evidence = numbers_of(desktop)
    assert bound + divergence == pytest.approx(evidence, abs=1e-9) and divergence == pytest.approx(shape, abs=1e-9)
    desktop.live.locator("[data-do=encoder]").click()
    assert desktop.read("root.__live.elbo") == own and bar.is_visible()
    desktop.page.keyboard.press("n")
    desktop.until("root.__live.better === null && !root.querySelector('.shape').hasAttribute('data-refined')")
    assert not bar.is_visible()


def test_dragging_q_moves_its_numbers_live_and_never_log_p_of_x(desktop):
    desktop.open("models", **SHAPE)
    desktop.until(KNOWN)
    desktop.quiet()
    before = numbers_of(desktop)
    box = desktop.live.locator("[data-role=plot]").bounding_box()
    desktop.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desktop.messages_sent = 0
    desktop.page.mouse.down()
    drawings, seen = desktop.read("root.__live.drawings"), set()
    for step in range(20):
        desktop.page.mouse.move(box["x"] + box["width"] * (0.5 + 0.01 * step), box["y"] + box["height"] / 2)
        desktop.settle(1)
        bound, divergence, evidence = numbers_of(desktop)
        assert bound + divergence == pytest.approx(evidence, abs=1e-9) and evidence == before[2]
        seen.add(divergence)
    assert desktop.messages_sent == 0
    assert desktop.read("root.__live.drawings") - drawings >= 15 and len(seen) >= 5
    desktop.page.mouse.up()
    desktop.quiet()
    q = [float(number) for number in desktop.query["q"].split(",")]
    checkpoint = store.open_checkpoint(store.ZOO / SHAPE["model"])
    x = picture_of(desktop)
    around = Grid(tuple((q[0] + s * 6 * q[2], q[1] + s * 6 * q[3]) for s in (-1, 1)), 40)
    expected = elbo_on(log_joint_on(checkpoint.model, x, around), around, q[:2], q[2:])
    assert desktop.until(f"{KNOWN} && root.__live.elbo") == pytest.approx(expected, abs=0.01)


def test_a_q_that_the_grid_does_not_hold_is_judged_by_decoding_around_it(desktop):
    desktop.open("models", **SHAPE, q="-6,5,0.5,0.25")
    elbo = desktop.until(f"{KNOWN} && root.__live.elbo")
    checkpoint = store.open_checkpoint(store.ZOO / SHAPE["model"])
    x = picture_of(desktop)
    around = Grid(((-9.0, 3.5), (-3.0, 6.5)), 48)
    expected = elbo_on(log_joint_on(checkpoint.model, x, around), around, (-6, 5), (0.5, 0.25))
    assert elbo == pytest.approx(expected, rel=2e-3)


def test_buttons_put_q_at_the_best_gaussian_and_back_at_the_encoders(desktop):
    desktop.open("models", **SHAPE)
    desktop.until(KNOWN)
    encoder = numbers_of(desktop)
    desktop.live.locator("[data-do=best]").click()
    best = numbers_of(desktop)
    assert best[1] <= encoder[1] and best[2] == encoder[2]
    assert desktop.live.locator("[data-do=best]").get_attribute("aria-pressed") == "true"
    parts = [float(desktop.live.locator(f"[data-number={name}]").inner_text()) for name in ("amortisation", "shape")]
    assert best[1] == parts[1] > 0  # the same quantity twice
    assert sum(parts) == pytest.approx(float(desktop.live.locator("[data-number=gap]").inner_text().split()[0]))
    desktop.live.locator("[data-do=encoder]").click()
    assert numbers_of(desktop) == encoder
    desktop.quiet()
    assert "q" not in desktop.query


@pytest.mark.parametrize("query", [SHAPE, BENT], ids=["gaussian", "flow"])
def test_what_is_drawn_gets_its_own_posterior_and_goes_into_the_link(desktop, query):
    desktop.open("models", **query)
    desktop.until(KNOWN)
    before = desktop.read("root.__live.truth.logEvidence")
    desktop.live.locator("[data-do=blank]").click()
    box = desktop.live.locator("[data-role=pad]").bounding_box()
    desktop.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    desktop.page.mouse.down()
    desktop.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=8)
    desktop.page.mouse.up()
    desktop.until(f"{KNOWN} && root.__live.truth.logEvidence !== argument", before)
    desktop.quiet()
    checkpoint, x = store.open_checkpoint(store.ZOO / query["model"]), picture_of(desktop)
    model, found = checkpoint.model, posterior_shape(checkpoint.model, x, checkpoint.codes)
    with torch.no_grad():
        own = elbo_of_flow(model, x, model.encode(x)) if query == BENT else found.encoder.elbo
    live = desktop.until(f"{KNOWN} && ({{ ...root.__live.truth, elbo: root.__live.elbo }})")
    assert live["logEvidence"] == pytest.approx(found.log_evidence, abs=2e-3)
    assert live["elbo"] == pytest.approx(own, abs=0.01)
    if query == BENT:
        assert_rings_are_bent_circles(desktop, model.encode(x))
    bound, divergence, evidence = numbers_of(desktop)
    assert bound + divergence == pytest.approx(evidence, abs=1e-9) and bound == pytest.approx(own, abs=0.06)
    assert "drawn" in desktop.query and "sample" not in desktop.query
    here = desktop.read("root.dataset.judged && root.__live.truth.logEvidence")
    desktop.page.reload()
    desktop.ready()
    assert desktop.until(f"{KNOWN} && root.__live.truth.logEvidence") == pytest.approx(here, abs=1e-6)


def test_keys_move_q_and_step_the_pictures(desktop):
    desktop.open("models", **SHAPE)
    desktop.until(KNOWN)
    desktop.live.locator("[data-role=plot]").focus()
    first = desktop.read("root.__live.q.mean[0]")
    desktop.page.keyboard.press("ArrowRight")
    assert desktop.read("root.__live.q.mean[0]") > first
    desktop.live.locator(".plane h2").click()
    desktop.page.keyboard.press("PageDown")
    desktop.quiet()
    assert desktop.query["sample"] == "4" and "q" not in desktop.query


def test_sections_change_without_leaving_the_page(desktop):
    desktop.open("models", model="digits-vae-2d")
    desktop.page.get_by_role("radio", name="Posterior shape").click()
    desktop.until(f"root.dataset.section === 'shape' && {KNOWN}")
    assert desktop.live.locator("section").count() == 1
    desktop.page.get_by_role("radio", name="Side by side").click()
    desktop.until("root.dataset.section === 'side' && root.__live.pictures > 0")
    assert desktop.live.locator("section").count() == 1
