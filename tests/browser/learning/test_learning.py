"""The Learning page in a real browser: what moves under the hand, what the link keeps, and what stays covered."""

import itertools
import json
import math

import pytest
import torch
from screen import PHONE
from test_sizes import PROJECTOR, TEXTS, resized

from ui.learning.sections import SECTIONS
from vae_core.analysis import posterior_grid
from vae_core.home import HOME
from vae_core.learning import divergences, gaussian_mixture
from vae_core.learning.change_of_variables import Coupling, Couplings
from vae_core.learning.coin import Coin
from vae_core.learning.estimators import Quadratic

NAMES = [section.name for section in SECTIONS]
TEXTS_BESIDE_FORMULAS = TEXTS.replace("select, button", "select, button, math")
WRITTEN = """
const written = new Set(), cut = new Set(), { fillText } = CanvasRenderingContext2D.prototype;
Object.assign(globalThis, { written, cut });
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const { actualBoundingBoxLeft: before, actualBoundingBoxRight: after } = this.measureText(text),
    [left, right] = [x - before, x + after].map((at) => at * this.getTransform().a),
    { width } = this.canvas;
  if (right > 0 && left < width) written.add(text);
  if ((left < -1 && right > 0) || (left < width && right > width + 1)) cut.add(text);
  fillText.call(this, text, x, y);
};
"""  # collects what is written on canvases, and what of it a side of its canvas cuts
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
    desktop.until("root.querySelector('.figures').innerText !== argument", numbers)  # trained first, in some sections
    desktop.page.wait_for_function("location.search.split('&').length > 1")
    desktop.until("root.__live.result.there !== false")  # what is trained has come to its step
    after = desktop.read(PICTURE)
    desktop.page.reload()
    desktop.ready()
    desktop.until(f"{PICTURE} === argument", after)


def test_lines_with_equal_signs_have_one_number_and_the_gap_is_how_far_q_is_from_the_posterior(desktop):
    desktop.open("learning", section="derivation")
    numbers = f"{RESULT}.ladder.map(({{value}}) => value)"
    first, *_, last = desktop.read(numbers)
    gap = desktop.read(f"{RESULT}.klPosterior")
    assert gap > 0.05 and first - last == pytest.approx(gap, abs=1e-6)
    assert max(desktop.read(numbers)[:3]) - min(desktop.read(numbers)[:3]) < 1e-6
    desktop.live.locator("[data-act=best]").click()
    desktop.until(f"{RESULT}.klPosterior < argument", gap)
    best = desktop.read(f"{RESULT}.klPosterior")
    drag(desktop, "q", 30)
    assert desktop.read(f"{RESULT}.klPosterior") > best
    assert desktop.read(f"{RESULT}.logEvidence") == first
    assert desktop.read(f"{RESULT}.ladder.at(-1).value") == pytest.approx(desktop.read(f"{RESULT}.elbo"), abs=1e-9)


def test_arrow_keys_step_through_the_lines_and_then_to_the_next_section(desktop):
    desktop.open("learning", section="derivation", line="3")
    keys = desktop.page.keyboard
    keys.press("ArrowRight")
    desktop.until(f"{RESULT}.at === 4 && root.__live.section === 'derivation'")
    keys.press("ArrowLeft")
    desktop.until(f"{RESULT}.at === 3")
    keys.press("PageDown")
    keys.press("PageDown")
    desktop.until("root.__live.section === argument", NAMES[1])


def test_the_chord_of_log_is_dragged(desktop):
    desktop.open("learning", section="derivation", curve="1")
    before = desktop.read(f"{RESULT}.chord.gap")
    drag(desktop, "b", -80)
    assert 0 < desktop.read(f"{RESULT}.chord.gap") < before
    drag(desktop, "weight", 30)
    assert desktop.read("root.__live.values.derivation.weight[0]") != 0.5


def test_three_heads_of_three_are_worth_four_fifths_and_many_tosses_find_the_hidden_z(desktop):
    desktop.open("learning", section="coin")
    assert desktop.read(f"[{RESULT}.heads, {RESULT}.tosses.length, {RESULT}.mean]") == [3, 3, pytest.approx(0.8)]
    after = Coin(1, 1).after(3, 0)
    assert desktop.read(f"{RESULT}.stddev") == pytest.approx(after.stddev)
    desktop.live.locator("[data-control='0']").press("End")
    desktop.until(f"{RESULT}.tosses.length === 200 && Math.abs({RESULT}.mean - 0.7) < 0.1 && {RESULT}.stddev < 0.04")
    drag(desktop, "truth", -200)
    desktop.until(f"{RESULT}.mean < 0.6")


def test_after_the_last_toss_there_is_none_and_after_the_last_seed_comes_the_first(desktop):
    desktop.open("learning", section="coin", n="199", seed="999999")
    toss = desktop.live.locator("[data-act=toss]")
    toss.click()
    desktop.until(f"{RESULT}.tosses.length === 200")
    assert toss.is_disabled()
    desktop.page.keyboard.press("r")
    desktop.until("root.__live.values.coin.seed[0] === 1")
    desktop.open("learning", section="em", seed="999999")
    desktop.live.locator("[data-act=again]").click()
    desktop.until("root.__live.values.em.seed[0] === 1")


@pytest.mark.parametrize("truth", ["0", "1"])
def test_the_hidden_z_at_an_end_has_its_whole_name(new_visitor, truth):
    screen = new_visitor()
    screen.page.add_init_script(WRITTEN)
    screen.open("learning", section="coin", truth=truth)
    assert screen.page.evaluate("written.has('hidden z') && Array.from(cut)") == []


def test_gradient_steps_raise_the_training_likelihood_above_the_held_out_one(desktop):
    desktop.open("learning", section="fitting")
    both = f"[{RESULT}.likelihood, {RESULT}.test]"
    training, test = desktop.read(both)
    assert abs(training - test) < 0.05
    desktop.live.locator("[data-act=step]").click()
    desktop.until(f"{RESULT}.likelihood > argument", training)
    desktop.live.locator("[data-act=climb]").click()
    desktop.until(f"{RESULT}.likelihood > {RESULT}.test + 0.2")
    desktop.until("new URLSearchParams(location.search).get('split') > 1")


def test_as_points_lose_their_width_both_kls_grow_and_the_likelihood_is_left(desktop):
    desktop.open("learning", section="fitting", width="0.2")
    wide = desktop.read(f"{RESULT}.far")
    slider = desktop.live.locator("[data-control='5']")
    for _ in range(15):
        slider.press("ArrowLeft")
    desktop.until(f"{RESULT}.far?.modelFromPoints > argument", 5 * wide["modelFromPoints"])
    narrow = desktop.read(f"{RESULT}.far")
    assert narrow["pointsFromModel"] > wide["pointsFromModel"] + 0.5
    assert narrow["crossEntropy"] == pytest.approx(-desktop.read(f"{RESULT}.likelihood"), abs=0.01)
    slider.press("Home")
    desktop.until("root.querySelector('.figures').innerText.split('∞').length === 3")


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


def test_a_followed_draw_beyond_the_picture_is_named_at_its_edge(new_visitor):
    screen = new_visitor()
    screen.page.add_init_script(WRITTEN)
    screen.open("learning", section="reparametrisation")
    assert not screen.page.evaluate("written.has('z = 4.41')")
    screen.live.locator("[data-control='1']").press("End")
    screen.page.wait_for_function("written.has('z = 4.41')")


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


def test_one_draw_of_the_prior_trains_one_hump_and_many_train_both(desktop):
    desktop.open("learning", section="bounds")
    desktop.until(f"{RESULT}.there")
    reached, best = desktop.read(f"[{RESULT}.ways.map(({{ latest }}) => latest.value), {RESULT}.best.value]")
    prior, many, near, nearer = reached
    assert prior < near - 0.1 and near < best - 0.04 and abs(many - best) < 0.03 and abs(nearer - best) < 0.03
    assert f"at {prior:.2f}".replace("-", "−") in desktop.live.locator(".answer").text_content()
    desktop.live.get_by_label("draws K").press("Home")
    desktop.until(f"{RESULT}.there && {RESULT}.draws === 2")
    _, few, _, near = desktop.read(f"{RESULT}.ways.map(({{ latest }}) => latest.value)")
    assert abs(few - prior) < 0.01 and abs(near - best) < 0.03


def test_the_score_function_widens_with_the_dimension_and_a_baseline_pulls_it_in(desktop):
    desktop.open("learning", section="gradients")
    path, score = f"{RESULT}.reparametrised", f"{RESULT}.score"
    exact, measured, error = desktop.read(f"[{score}.exact, {score}.measured.variance, {score}.measured.error]")
    assert exact == pytest.approx(Quadratic(1, 1, 10).variance("score")) and abs(measured - exact) < 4 * error
    drag(desktop, "D", 120)
    dimensions = desktop.read("root.__live.values.gradients.D[0]")
    wide = desktop.read(f"{score}.exact")
    assert dimensions > 50 and wide > 10 * exact and desktop.read(f"{path}.exact") == 1
    desktop.live.locator("[data-control='3']").press("End")
    desktop.until(f"{score}.exact === argument", Quadratic(1, 1, dimensions).variance("score", "best"))
    before = desktop.read(f"{score}.measured.variance")
    desktop.page.keyboard.press("r")
    desktop.until(f"{score}.measured.variance !== argument", before)


def test_few_draws_of_the_prior_count_and_many_of_q(desktop):
    desktop.open("learning", section="monte_carlo")
    truth, prior = desktop.read(f"[{RESULT}.judged.logEvidence, {RESULT}.effective]")
    assert desktop.read(f"{RESULT}.bounds[0].value") < truth - 3
    desktop.live.locator("[data-act=encoder]").click()
    desktop.until(f"{RESULT}.effective > 5 * argument", prior)
    found = desktop.read(f"[{RESULT}.estimate, {RESULT}.standardError, {RESULT}.bounds.map(({{value}}) => value)]")
    assert abs(found[0] - truth) < 4 * found[1] + 0.02
    assert found[2][0] < found[2][3] < found[2][8] < truth + 0.05
    many = desktop.read(f"{RESULT}.effective")
    drag(desktop, "mean", 120, -60)
    desktop.until(f"{RESULT}.effective < argument / 2", many)


def test_the_score_function_alone_learns_less_in_as_many_steps(desktop):
    desktop.open("learning", section="gradient_training", step="60")
    desktop.until(f"{RESULT}.there")
    bounds = f"{RESULT}.ways.map(({{curve}}) => curve.at(-1).elbo)"
    path, baseline, alone = desktop.read(bounds)
    assert min(path, baseline) > alone + 0.5
    drag(desktop, "step", -45)
    desktop.until(f"{RESULT}.there && {RESULT}.at < 40")
    desktop.live.locator("[data-control='0']").press("Home")
    desktop.until(f"{RESULT}.there && {bounds}[0] !== argument", path)


def test_an_e_step_touches_the_likelihood_and_an_m_step_lifts_it(desktop):
    desktop.open("learning", section="em")
    e, m = (desktop.live.locator(f"[data-act={name}]") for name in "em")
    assert e.is_enabled() and m.is_disabled() and desktop.live.locator("[data-act=point]").is_disabled()
    before = desktop.read(f"{RESULT}.stages.at(-1)")
    assert before["bound"] < before["evidence"] - 0.01
    e.click()
    desktop.until(f"{RESULT}.stages.length === 4")
    touching = desktop.read(f"{RESULT}.stages.at(-1)")
    assert touching["evidence"] == before["evidence"] == pytest.approx(touching["bound"], abs=1e-12)
    desktop.page.keyboard.press("i")
    desktop.until(f"{RESULT}.stages.length === 5")
    lifted = desktop.read(f"{RESULT}.stages.at(-1)")
    assert touching["bound"] < lifted["bound"] < lifted["evidence"]
    desktop.page.wait_for_function("location.search.includes('step=4')")


def test_em_ends_where_its_start_leads_it_as_the_answer_says(desktop):
    desktop.open("learning", section="em")
    ends = {}
    for name in ("worst", "best"):
        desktop.live.locator(f"[data-act={name}]").click()
        desktop.until(f"{RESULT}.stages.length === 1")
        desktop.live.locator("[data-control='0']").press("End")
        desktop.until(f"{RESULT}.stages.length === 121")
        stages = desktop.read(f"{RESULT}.stages.map((stage) => stage.evidence)")
        assert all(later > earlier - 1e-5 for earlier, later in itertools.pairwise(stages))  # as a jitter costs
        ends[name] = f"{stages[-1]:.2f}".replace("-", "−")
        points, mixture = desktop.read(f"[{RESULT}.points, {RESULT}.mixture.map((one) => one.mean)]")
        *_, last = gaussian_mixture.em(
            gaussian_mixture.started_at(torch.tensor(points).double(), starts(desktop)),
            torch.tensor(points).double(),
            60,
        )
        torch.testing.assert_close(last.means, torch.tensor(mixture).double(), atol=1e-5, rtol=0)
    desktop.page.keyboard.press("t")
    answer = desktop.live.locator(".answer").inner_text()
    assert all(f"at {end}" in answer for end in ends.values()) and ends["worst"] != ends["best"]


def starts(screen) -> torch.Tensor:
    return torch.tensor(screen.read("root.__live.values.em.means")[:6]).double().reshape(3, 2)


def test_points_are_put_dragged_and_taken_away_and_the_link_has_them(desktop):
    desktop.open("learning", section="em", points="-1,-1,1,1,2,0")
    count = f"{RESULT}.points.length"
    plane = desktop.live.locator("[data-handle=plane]")
    plane.click(position={"x": 40, "y": 60})
    desktop.until(f"{count} === 4")
    before = desktop.read("root.__live.values.em.points")
    drag(desktop, "point4", 40, 30)
    moved = desktop.read("root.__live.values.em.points")
    assert moved[:6] == before[:6] and moved[6] > before[6] and moved[7] < before[7]
    desktop.live.locator("[data-handle=point2]").dblclick()
    desktop.until(f"{count} === 3")
    kept = desktop.read("root.__live.values.em.points")
    assert kept == moved[:2] + moved[4:]
    desktop.live.locator("[data-handle=point1]").press("Delete")
    desktop.until(f"{count} === 2")
    desktop.live.locator("[data-handle=point1]").press("Delete")
    desktop.settle()
    assert desktop.read(count) == 2, "of a single point there is no mixture"
    desktop.page.wait_for_function("new URLSearchParams(location.search).get('points').split(',').length === 4")


def test_a_double_click_on_empty_ground_puts_one_point(desktop):
    desktop.open("learning", section="em", points="-1,-1,1,1,2,0")
    plane, mouse = desktop.live.locator("[data-handle=plane]"), desktop.page.mouse
    plane.dblclick(position={"x": 40, "y": 60})
    desktop.settle()
    assert desktop.read(f"{RESULT}.points.length") == 4
    box = plane.bounding_box()
    x, y = box["x"] + 40, box["y"] + 160
    mouse.click(x, y)
    desktop.until(f"{RESULT}.points.length === 5")
    mouse.move(x, y)
    mouse.down(click_count=2)
    mouse.up(click_count=2)
    desktop.settle()
    assert desktop.read(f"{RESULT}.points.length") == 5, "the second click meets the new point and leaves it"
    plane.focus()
    for _ in range(2):
        plane.press("Enter")
        desktop.settle()
    assert desktop.read(f"{RESULT}.points.length") == 6


def test_a_point_at_a_time_ends_near_where_all_together_do(desktop):
    desktop.open("learning", section="em", online="1", step="120")
    evidence = desktop.read(f"{RESULT}.stages.map((stage) => stage.evidence)")
    assert -2.75 < evidence[-1] < -2.58
    assert any(later < earlier for earlier, later in itertools.pairwise(evidence)), "a step per point may fall"
    desktop.live.get_by_label("online EM").uncheck()
    desktop.until(f"Math.abs({RESULT}.stages.at(-1).evidence + 2.582) < 1e-3")


def test_the_image_of_a_piece_comes_to_the_determinant_of_autograd_as_the_piece_shrinks(desktop):
    desktop.open("learning", section="flows")
    desktop.live.get_by_label("two dimensions").check()
    desktop.until(f"{RESULT}.plane")
    before = desktop.read("root.__live.values.flows.place")
    drag(desktop, "place", -40, 30)
    assert desktop.read("root.__live.values.flows.place") != before
    layers, z, determinant, ratio = desktop.read(f"[{RESULT}.layers, {RESULT}.z, {RESULT}.determinant, {RESULT}.ratio]")
    flow, z = Couplings(tuple(Coupling(**layer) for layer in layers)), torch.tensor([z], dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda each: flow.forward(each)[0][0], z)[:, 0]
    assert determinant == pytest.approx(float(jacobian.det()), abs=1e-9)
    assert abs(ratio / determinant - 1) > 1e-4
    desktop.live.get_by_role("slider", name="piece of z").press("Home")
    desktop.until(f"Math.abs({RESULT}.ratio / {RESULT}.determinant - 1) < 1e-4")
    assert desktop.read(f"{RESULT}.whole") == pytest.approx(1, abs=0.005)
    assert "over the picture" in desktop.live.locator(".figures").inner_text()


def test_on_the_line_x_is_dragged_and_without_noise_a_vaes_bound_is_the_exact_likelihood(desktop):
    desktop.open("learning", section="flows")
    z, whole = desktop.read(f"[{RESULT}.z, {RESULT}.whole]")
    assert whole == pytest.approx(1, abs=1e-3)
    assert not desktop.live.get_by_label("bend 1").is_visible()
    drag(desktop, "x", 0, -30)
    assert desktop.read(f"{RESULT}.z") > z + 0.05
    vae, exact = desktop.read(f"[{RESULT}.vae, {RESULT}.exact]")
    assert vae["elbo"] < vae["logEvidence"] - 0.01 and abs(vae["logEvidence"] - exact) > 0.01
    desktop.live.get_by_label("noise").press("Home")
    desktop.until(f"Math.abs({RESULT}.vae.elbo - {RESULT}.exact) < 0.01")


def test_steps_of_q_win_back_the_amortisation_gap_and_leave_the_shape_gap(desktop):
    desktop.open("learning", section="amortisation")
    start = desktop.read(f"{RESULT}.elbo")
    assert start == desktop.read(f"{RESULT}.encoded")
    desktop.page.keyboard.press("i")
    desktop.until(f"{RESULT}.path.length === 2")
    desktop.live.locator("[data-act=all]").click()
    desktop.until(f"{RESULT}.ended")
    bounds, evidence = desktop.read(f"[{RESULT}.path.map((stage) => stage.elbo), {RESULT}.logEvidence]")
    assert bounds == sorted(bounds) and bounds[0] + 0.1 < bounds[-1] < evidence
    grid, joint = desktop.read(f"[{RESULT}.judged.grid, Array.from({RESULT}.judged.logJoint)]")
    found = posterior_grid.best_gaussian(
        torch.tensor(joint, dtype=torch.float64),
        posterior_grid.Grid((tuple(grid["box"]["low"]), tuple(grid["box"]["high"])), grid["side"]),
        [(desktop.read(f"{RESULT}.q.mean"), desktop.read(f"{RESULT}.q.stddev"))],
    )
    assert bounds[-1] == pytest.approx(found.elbo, abs=0.02)
    drag(desktop, "q", 40, -40)
    assert desktop.read(f"{RESULT}.path.length") == 1 and desktop.read(f"{RESULT}.elbo") < bounds[-1] - 0.1
    desktop.live.locator("[data-act=another]").click()
    desktop.until(f"{RESULT}.judged.k === 8 && {RESULT}.elbo === {RESULT}.encoded")
    desktop.page.wait_for_function("location.search.includes('picture=8')")


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


def test_a_beta_that_is_moved_after_the_last_step_is_of_the_next_training(desktop):
    desktop.open("learning", section="watch", step="1000")
    desktop.until(f"{RESULT}.there", timeout=120_000)
    elbo = f"{RESULT}.latest.heldOut.elbo"
    before = desktop.read(elbo)
    desktop.live.get_by_label("β").press("End")
    desktop.settle()
    assert desktop.read(elbo) == before and desktop.read(f"{RESULT}.at") == 1000
    desktop.live.locator("[data-act=reset]").click()
    desktop.until(f"{RESULT}.at === 0 && {RESULT}.weight === 8")


@pytest.mark.parametrize("q", [{"mu": "7", "sigma": "6"}, {"mu": "-7", "sigma": "6"}, {"zero": "1", "gap": "-2.4,0.5"}])
def test_both_kl_of_a_q_by_hand_are_integrals_over_the_whole_line(desktop, q):
    desktop.open("learning", section="which_kl", hand="1", **q)
    told = desktop.read("root.__live.values.which_kl")
    found = desktop.read(f"(({{reverse, forward, interval}}) => ({{reverse, forward, interval}}))({RESULT})")
    x = torch.linspace(-90, 90, 360_001, dtype=torch.float64)
    step, (low, high) = float(x[1] - x[0]), found["interval"]
    humps = [
        math.log(weight) + torch.distributions.Normal(at, width).log_prob(x)
        for at, width, weight in zip(told["positions"], told["widths"], told["weights"], strict=True)
        if weight
    ]
    log_p = torch.stack(humps).logsumexp(0)
    if "zero" in q:
        assert found["reverse"] is None or math.isinf(found["reverse"])
        log_p[(x > low) & (x < high)] = -torch.inf
    log_p -= log_p.logsumexp(0) + math.log(step)
    log_q = torch.distributions.Normal(told["mu"][0], told["sigma"][0]).log_prob(x)
    if "zero" not in q:
        assert found["reverse"] == pytest.approx(float((log_q.exp() * (log_q - log_p)).sum()) * step, abs=1e-3)
    there = log_p > -torch.inf
    forward = float((log_p.exp() * (log_p - log_q))[there].sum()) * step
    assert found["forward"] == pytest.approx(forward, abs=1e-3)


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


def test_the_race_is_of_the_pictures_that_are_chosen_and_shows_numbers_of_its_curves_alone(desktop):
    desktop.open("learning", section="race", seen="200000", data="2")
    told = json.loads((HOME / "assets" / "learning" / "race.json").read_text("utf-8"))
    rows = desktop.live.locator(".figures tr").filter(visible=True)
    for kind, name, value in (("trainers", "trainer", "log_marginal"), ("latents", "latent_dim", "bound")):
        points = next(one["points"] for one in told[kind] if one["settings"]["pictures"] == 50_000)
        last = {point[name]: point for point in points if point["split"] == "test"}
        assert len(last) == rows.count()
        assert all(
            f"−{f'{-point[value]:#.3g}'.rstrip('.')} ±" in row
            for point, row in zip(last.values(), rows.all_inner_texts(), strict=True)
        )
        desktop.live.get_by_label("more latents").check()
        desktop.settle()


def test_the_answer_is_covered_until_it_is_asked_for_and_covered_again_in_the_next_section(desktop):
    desktop.open("learning", section="which_kl")
    answer, keys = desktop.live.locator(".answer"), desktop.page.keyboard
    assert not answer.is_visible()
    keys.press("t")
    assert answer.is_visible()
    keys.press("PageDown")
    desktop.until("root.__live.section === argument", NAMES[NAMES.index("which_kl") + 1])
    assert not answer.is_visible()
    desktop.live.locator("[data-do=reveal]").click()
    assert answer.is_visible()
    keys.press("PageUp")
    desktop.page.wait_for_function("location.search.includes('which_kl')")


@pytest.mark.parametrize(
    ("name", "query", "beyond"),
    [
        ("fitting", "centre=3&split=3&stretch=3", {"split", "sigma"}),
        ("fitting", "centre=-3&split=-3&stretch=-3", {"split", "sigma"}),
        ("reparametrisation", "mu=3&sigma=2", {"sigma"}),
        ("which_kl", "mu=7&sigma=6&hand=1", {"sigma"}),
        ("which_kl", "positions=-2.4,6,6&widths=0.6,2,2", {"width2"}),
        ("flows", "bend=2,2&height=2.5&scale=1.5&z=3", {"bend", "height", "x"}),
        ("flows", "plane=1&layers=1.5,2,1.5,2&place=2.8,2.8", {"x"}),
        ("derivation", "q=50,50,1,1", {"firstwidth", "secondwidth"}),
        ("monte_carlo", "mean=6,6&close=1", {"mean", "width1", "width2"}),
    ],
)
def test_a_handle_whose_place_is_beyond_the_picture_stands_at_its_edge(desktop, name, query, beyond):
    desktop.open("learning", section=name, **dict(each.split("=") for each in query.split("&")))
    handles, canvas = desktop.live.locator("[data-handle]"), desktop.live.locator("canvas").bounding_box()
    names = handles.evaluate_all("(all) => all.filter((e) => e.matches('.beyond')).map((e) => e.dataset.handle)")
    assert set(names) == beyond
    boxes = [handle.bounding_box() for handle in handles.all()]
    middles = [(box["x"] + box["width"] / 2 - canvas["x"], box["y"] + box["height"] / 2 - canvas["y"]) for box in boxes]
    assert all(-1 < x < canvas["width"] + 1 and -1 < y < canvas["height"] + 1 for x, y in middles)
    assert all(math.dist(one, other) > 20 for one, other in itertools.combinations(middles, 2)), "none hides another"


def test_a_handle_at_the_edge_moves_its_number_by_as_much_as_the_hand_moves(desktop):
    desktop.open("learning", section="fitting", centre="3", split="3", stretch="3")
    drag(desktop, "split", -40)
    pixels = desktop.read("(root.querySelector('canvas').clientWidth - 16) / 11")
    split = 3 - 40 / pixels / math.tanh(3)
    assert desktop.read("root.__live.values.fitting.split[0]") == pytest.approx(split, abs=0.01)
    drag(desktop, "sigma", -40, 20)
    assert desktop.read("root.__live.values.fitting.noise[0]") == pytest.approx(1 - 40 / pixels, abs=0.01)


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
    screen = new_visitor({"viewport": PROJECTOR})
    screen.page.add_init_script(WRITTEN)
    screen.open("learning", section=name, lecture=lecture)
    screen.page.keyboard.press("t")
    screen.settle(6)
    assert screen.cut_off() == [] and screen.lowest() <= PROJECTOR["height"]
    assert screen.read("root.querySelector('.figure canvas').clientHeight") >= 320
    sizes = (PROJECTOR,) if lecture == "1" else (PROJECTOR, {"width": 1920, "height": 1080}, PHONE["viewport"])
    for size in sizes:
        resized(screen, size)
        assert screen.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= size["width"]
        assert screen.read(TEXTS_BESIDE_FORMULAS) == [], size
    assert screen.page.evaluate("Array.from(cut)") == [], "what is written in the picture is whole"
