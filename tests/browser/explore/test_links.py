"""A link restores a place; the browser's back button works; visitors do not disturb each other."""

import pytest
from explore_map import choose, drawn

FLAT, DEEP = "mnist-vae-2d", "mnist-vae-10d"
ORIGIN = "0,0"


def choices(screen) -> dict[str, str]:
    names = ("map", "across", "up", "colour", "cursor")
    return {name: screen.live.locator(f"select[data-choice='{name}']").input_value() for name in names}


def test_a_link_restores_everything_for_someone_else(desktop, new_visitor, shipped):
    codes = shipped(DEEP).codes
    desktop.open(model=DEEP)
    drawn(desktop)
    choose(desktop, "map", "latent")
    choose(desktop, "across", "7")
    choose(desktop, "up", "2")
    choose(desktop, "colour", "kl")
    choose(desktop, "cursor", "sample")
    axes = drawn(desktop)
    desktop.page.mouse.click(*axes.spot(0.5, 0.5))
    desktop.page.mouse.move(5, 5)
    desktop.until("root.dataset.pinned")
    desktop.page.wait_for_url("**point=*")
    desktop.live.locator("input[data-dim='4']").press("End")
    desktop.page.wait_for_function("(before) => location.href !== before", arg=desktop.page.url)
    desktop.settle()
    pinned, z, link = int(desktop.live.get_attribute("data-pinned")), desktop.z, desktop.page.url
    assert desktop.query["map"] == "z8,z3" and desktop.query["colour"] == "kl" and desktop.query["cursor"] == "sample"

    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desktop.page.keyboard.press("k")
    desktop.until("root.querySelector('[data-do=link] .symbol').textContent === 'check'")
    assert desktop.page.evaluate("navigator.clipboard.readText()") == link

    other = new_visitor()
    other.page.goto(link)
    other.ready()
    other.reach(z)
    assert choices(other) == choices(desktop)
    other.until("root.dataset.pinned === argument", str(pinned))
    index = int(codes.indices[pinned])
    other.until("root.querySelector('.original figcaption').textContent.includes(argument)", f"picture {index}")
    assert other.page.url == link
    other.live.get_by_role("button", name="Back to pin").click()
    other.reach(codes.mean[pinned].tolist())


def test_back_and_forward_lead_through_places_and_models(desktop, shipped):
    first = shipped(FLAT) and shipped(DEEP).codes.mean[0].tolist()
    desktop.open(model=FLAT, z=ORIGIN)
    places = [[0.0, 0.0]]
    for key in ("End", "Home"):
        desktop.live.locator("input[data-dim='0']").press(key)
        desktop.page.wait_for_function("(before) => location.href !== before", arg=desktop.page.url)
        places.append(desktop.z)
    assert len({place[0] for place in places}) == 3
    desktop.page.go_back()
    desktop.reach(places[1])
    desktop.page.go_back()
    desktop.reach(places[0])
    desktop.page.go_forward()
    desktop.reach(places[1])
    desktop.live.locator("input[data-dim='1']").press("End")
    desktop.page.wait_for_function("(before) => location.href !== before", arg=desktop.page.url)
    assert desktop.z[0] == pytest.approx(places[1][0])
    there = desktop.z

    desktop.page.get_by_role("combobox", name="Model").click()
    desktop.page.get_by_role("option", name=DEEP, exact=True).click()
    desktop.page.wait_for_url(f"**model={DEEP}*")
    desktop.reach(first)
    desktop.page.go_back()
    desktop.reach(there)
    assert desktop.query["model"] == FLAT
    desktop.page.reload()
    desktop.ready().reach(there)


def test_two_visitors_do_not_see_each_others_z(desktop, new_visitor, shipped):
    shipped(FLAT)
    other = new_visitor()
    desktop.open(model=FLAT, z=ORIGIN)
    other.open(model=FLAT, z="-1,1", colour="kl")
    desktop.live.locator("input[data-dim='0']").press("End")
    desktop.page.wait_for_function("(before) => location.href !== before", arg=desktop.page.url)
    z = desktop.z
    other.reach([-1, 1])
    other.live.locator("input[data-dim='1']").press("Home")
    other.page.wait_for_function("(before) => location.href !== before", arg=other.page.url)
    assert desktop.z == z and desktop.query.get("colour", "label") == "label"
    assert other.z[0] == -1 and other.query["colour"] == "kl"
    desktop.page.keyboard.press("0")
    desktop.reach([0, 0])
    assert other.z[0] == -1


def test_a_link_that_makes_no_sense_opens_with_a_word_for_each_mistake(desktop, shipped):
    first = shipped(FLAT).codes.mean[0].tolist()
    desktop.visit(model=FLAT, z="nan,1", map="z1,z99", colour="kl")
    desktop.page.get_by_test_id("stToast").get_by_text("'z' was left out").wait_for()
    desktop.page.get_by_test_id("stToast").get_by_text("z1 to z2").wait_for()
    desktop.ready().reach(first)
    assert choices(desktop)["colour"] == "kl", "what made sense is kept"
