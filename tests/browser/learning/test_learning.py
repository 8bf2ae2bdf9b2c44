"""The Learning page in a real browser: what moves under the hand, what the link keeps, and what stays covered."""

import json

import pytest
from screen import PHONE
from test_sizes import PROJECTOR, TEXTS, resized

from ui.learning.sections import SECTIONS
from vae_core.home import HOME
from vae_core.learning import divergences

NAMES = [section.name for section in SECTIONS]
TEXTS_BESIDE_FORMULAS = TEXTS.replace("select, button", "select, button, math")
PICTURE = "root.querySelector('.figure canvas').toDataURL()"
RESULT = "root.__live.result"


def moved_on(screen, before: str) -> None:
    screen.until(f"{PICTURE} !== argument", before)


def drag(screen, handle: str, across: float, up: float = 0) -> None:
    """Take hold of a handle, move it in steps, and let go."""
    box = screen.live.locator(f"[data-handle={handle}]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = screen.page.mouse
    mouse.move(x, y)
    mouse.down()
    for step in range(1, 9):
        mouse.move(x + across * step / 8, y + up * step / 8)
        screen.settle(1)
    mouse.up()
    screen.settle()


@pytest.mark.parametrize("name", NAMES)
def test_a_slider_moves_its_sections_picture_and_the_link_keeps_it(desktop, name):
    desktop.open("learning", section=name)
    before, numbers = desktop.read(PICTURE), desktop.live.locator(".figures").inner_text()
    desktop.quiet()
    desktop.count_frames()
    slider = desktop.live.locator("[data-control='0']")
    slider.press("Home" if name == "mean_field" else "End")
    moved_on(desktop, before)
    assert desktop.live.locator(".figures").inner_text() != numbers
    desktop.page.wait_for_function("location.search.split('&').length > 1")
    after = desktop.read(PICTURE)
    desktop.page.reload()
    desktop.ready()
    desktop.until(f"{PICTURE} === argument", after)


def test_humps_are_dragged_and_the_fit_follows_without_the_server(desktop):
    desktop.open("learning", section="which_kl")
    desktop.quiet()
    before = desktop.read("root.__live.values.which_kl")
    desktop.messages_sent = 0
    box = desktop.live.locator("[data-handle=hump1]").bounding_box()
    mouse = desktop.page.mouse
    mouse.move(box["x"] + 13, box["y"] + 13)
    mouse.down()
    for step in range(1, 9):
        mouse.move(box["x"] + 13 + 6 * step, box["y"] + 13 + 3 * step)
        desktop.settle(1)
    assert desktop.messages_sent == 0
    mouse.up()
    desktop.quiet()
    values, q = desktop.read("root.__live.values.which_kl"), desktop.read(f"{RESULT}.q")
    assert values["positions"][0] > before["positions"][0] + 0.3
    assert values["weights"][0] < before["weights"][0] - 0.02
    assert sum(values["weights"]) == pytest.approx(1, abs=0.002)
    x = divergences.grid()
    humps = values["positions"], values["widths"], values["weights"]
    log_p = divergences.log_humps(x, *humps)
    starts = [(humps[0][k], humps[1][k]) for k in range(3) if humps[2][k] > 0] + [divergences.moments(log_p, x)]
    best = divergences.fits(log_p, values["alpha"][0], starts, x)[0]
    assert [q["mu"], q["sigma"]] == pytest.approx([best.mu, best.sigma], abs=1e-6)
    assert desktop.query["positions"].startswith(f"{values['positions'][0]:g},")


def test_where_p_is_zero_the_reverse_kl_says_that_it_is_infinite(desktop):
    desktop.open("learning", section="which_kl", alpha="0.5")
    numbers = desktop.live.locator(".figures")
    assert "∞" not in numbers.inner_text()
    desktop.live.get_by_label("p is zero somewhere").check()
    desktop.until("root.querySelector('.figures').innerText.includes('∞: q > 0 where p = 0')")
    desktop.live.locator("[data-control='0']").press("Home")
    desktop.until("root.__live.result.found.length === 0")


def test_of_a_kl_to_points_the_likelihood_is_left(desktop):
    desktop.open("learning", section="which_kl")
    desktop.live.get_by_label("p is points").check()
    desktop.until("root.querySelector('.figures').innerText.split('∞: p is points').length === 3")
    left = desktop.read(f"{RESULT}.left")
    drag(desktop, "sigma", 50)
    assert desktop.read(f"{RESULT}.left") > left and desktop.read(f"{RESULT}.found[0].divergence") == left


def test_q_is_taken_into_the_hand_and_given_back(desktop):
    desktop.open("learning", section="which_kl")
    fitted = desktop.read(f"{RESULT}.reverse")
    drag(desktop, "mu", 60)
    assert desktop.live.get_by_label("q by hand").is_checked()
    assert desktop.read(f"{RESULT}.reverse") > fitted
    desktop.live.get_by_label("q by hand").uncheck()
    desktop.until(f"Math.abs({RESULT}.reverse - argument) < 1e-9", fitted)


def test_noise_stays_where_it_is_while_sigma_moves(desktop):
    desktop.open("learning", section="reparametrisation")
    before = desktop.read(f"{RESULT}.epsilon")
    drag(desktop, "sigma", 80)
    assert desktop.read("root.__live.values.reparametrisation.sigma[0]") > 0.8
    assert desktop.read(f"{RESULT}.epsilon") == before
    desktop.page.keyboard.press("r")
    desktop.until(f"{RESULT}.epsilon[0] !== argument", before[0])
    desktop.live.locator("[data-act=uphill]").click()
    mu = desktop.read("root.__live.values.reparametrisation.mu[0]")
    desktop.until("new URLSearchParams(location.search).get('mu') === argument", f"{mu:g}")


def test_a_silent_alarm_unties_the_causes_and_no_factored_q_fits_a_ringing_one(desktop):
    desktop.open("learning", section="mean_field")
    assert desktop.read(f"{RESULT}.tie") > 0.3
    worst = desktop.read(f"{RESULT}.kl")
    desktop.live.locator("[data-act=best]").click()
    desktop.until(f"{RESULT}.kl < argument - 0.1 && {RESULT}.kl > 0.1", worst)
    drag(desktop, "q", 60, -60)
    assert desktop.read(f"{RESULT}.kl > {RESULT}.found[0].kl + 0.01")
    burglar = desktop.read(f"{RESULT}.first")
    desktop.live.locator("[data-control='1']").press("End")
    desktop.until(f"{RESULT}.first < 0.2 * argument && {RESULT}.second > 0.9", burglar)
    desktop.live.locator("[data-control='0']").press("Home")
    desktop.until(f"{RESULT}.tie < 1e-9 && {RESULT}.found[0].kl < 1e-9")


def test_more_draws_bring_the_estimate_to_the_closed_form(desktop):
    desktop.open("learning", section="closed_form_kl", n="10")
    rough = desktop.read(f"{RESULT}.error[9]")
    desktop.live.locator("[data-control='3']").press("End")
    desktop.until(f"{RESULT}.n === 10000")
    exact, mean, error = desktop.read(f"[{RESULT}.exact, {RESULT}.mean.at(-1), {RESULT}.error.at(-1)]")
    assert error < rough / 10 and abs(mean - exact) < 4 * error
    desktop.live.locator("[data-control='2']").press("End")
    desktop.until(f"Math.abs({RESULT}.exact - argument) < 1e-6", 10 * exact)


def test_a_vae_learns_while_beta_is_moved_and_a_link_trains_to_its_step(desktop):
    desktop.open("learning", section="watch", step="60")
    desktop.until(f"{RESULT}.there && {RESULT}.latest.step === 60")
    elbo = desktop.read(f"{RESULT}.latest.heldOut.elbo")
    assert -32 < elbo < -26 and desktop.read(f"{RESULT}.curves.length") == 4
    desktop.live.locator("[data-act=start]").click()
    desktop.until(f"{RESULT}.at > 60")
    desktop.live.locator("[data-act=pause]").click()
    desktop.until(f"{RESULT}.there")
    at = desktop.read(f"{RESULT}.at")
    assert 60 < at < 1000
    desktop.page.wait_for_function(f"location.search.includes('step={at}')")
    before = desktop.read("root.__live.values.watch.betas")
    desktop.live.get_by_label("β").press("End")
    betas = desktop.read("root.__live.values.watch.betas")
    block = -(-at // 20)
    assert betas[:block] == before[:block] and set(betas[block:]) == {8}
    desktop.live.locator("[data-act=reset]").click()
    desktop.until(f"{RESULT}.at === 0 && {RESULT}.there")


def test_the_line_of_the_race_leads_to_the_numbers_that_were_measured(desktop):
    desktop.open("learning", section="race", seen="200000")
    told = json.loads((HOME / "assets" / "learning" / "race.json").read_text("utf-8"))
    last = {
        point["trainer"]: point["log_marginal"] for point in told["trainers"][0]["points"] if point["split"] == "test"
    }
    numbers = desktop.live.locator(".figures")
    assert all(f"−{-value:#.3g} ±" in numbers.inner_text() for value in last.values())
    before = desktop.read(PICTURE)
    desktop.live.get_by_label("more latents").check()
    moved_on(desktop, before)
    drag(desktop, "seen", -200)
    assert desktop.read("root.__live.values.race.seen[0]") < 100_000


def test_the_answer_is_covered_until_it_is_asked_for_and_covered_again_in_the_next_section(desktop):
    desktop.open("learning")
    answer, keys = desktop.live.locator(".answer"), desktop.page.keyboard
    assert not answer.is_visible()
    keys.press("t")
    assert answer.is_visible()
    keys.press("PageDown")
    desktop.until("root.__live.section === argument", NAMES[1])
    assert not answer.is_visible()
    desktop.live.locator("[data-do=reveal]").click()
    assert answer.is_visible()
    keys.press("PageUp")
    desktop.page.wait_for_function("location.search.includes('which_kl')")


def test_a_handle_is_moved_by_the_keyboard(desktop):
    desktop.open("learning", section="which_kl")
    before = desktop.read("root.__live.values.which_kl.positions[1]")
    handle = desktop.live.locator("[data-handle=hump2]")
    handle.focus()
    handle.press("ArrowRight")
    desktop.until("root.__live.values.which_kl.positions[1] > argument", before)
    assert desktop.read("root.__live.section") == "which_kl", "the arrow is the handle's"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lecture", ["0", "1"])
def test_a_section_is_one_screen_and_nothing_lies_over_anything(new_visitor, name, lecture):
    screen = new_visitor({"viewport": PROJECTOR}).open("learning", section=name, lecture=lecture)
    screen.page.keyboard.press("t")
    screen.settle(6)
    assert screen.cut_off() == [] and screen.lowest() <= PROJECTOR["height"]
    assert screen.read("root.querySelector('.figure canvas').clientHeight") >= 320
    sizes = (PROJECTOR,) if lecture == "1" else (PROJECTOR, {"width": 1920, "height": 1080}, PHONE["viewport"])
    for size in sizes:
        resized(screen, size)
        assert screen.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= size["width"]
        assert screen.read(TEXTS_BESIDE_FORMULAS) == [], size
