"""The Learning page as Streamlit runs it: its sections, their links, and what the browser is told of both."""

import re
from pathlib import Path

import pytest
from screens import query_of, sent_to_browser
from small_models import CODES

from ui.learning.sections import NAMED, SECTIONS
from ui.learning.state import Place, read, sent, write
from vae_core.zoo import store

PAGE = "pages/learning.py"
LIVE = Path(__file__).resolve().parents[2] / "static" / "live" / "learning"


def test_it_opens_without_a_model_on_the_first_section(zoo, open_page):
    app = open_page()
    told = sent_to_browser(app)
    assert not app.exception and not app.selectbox
    assert [section["name"] for section in told["sections"]] == [section.name for section in SECTIONS]
    assert told["place"]["section"] == SECTIONS[0].name and query_of(app) == {}


def test_the_browser_is_told_of_a_model_over_two_dimensions_and_its_pictures(zoo, open_page):
    trained = sent_to_browser(open_page())["trained"]
    assert trained["network"]["name"] == "digits-small-2d" and trained["network"]["latentDim"] == 2
    assert trained["count"] == len(trained["labels"]) == CODES and len(trained["pictures"]["sheets"]) == 1


def test_where_there_is_no_such_model_a_sentence_says_so(open_page, monkeypatch, tmp_path):
    monkeypatch.setattr(store, "ZOO", tmp_path)
    app = open_page()
    assert not app.exception and "zoo build digits-vae-2d" in sent_to_browser(app)["trained"]["missing"]


def test_a_link_leads_to_a_section_and_its_numbers(zoo, open_page):
    app = open_page(section="reparametrisation", mu="-1.25", n="40")
    told, query = sent_to_browser(app)["place"], query_of(app)
    assert told["section"] == "reparametrisation"
    assert told["values"]["mu"] == [-1.25] and told["values"]["n"] == [40] and told["values"]["sigma"] == [0.5]
    assert query == {"section": "reparametrisation", "mu": "-1.25", "n": "40"}


def test_what_a_link_cannot_say_is_left_out_with_a_sentence(zoo, open_page):
    app = open_page(section="which_kl", alpha="2", positions="0,1", mu="1.5")
    assert not app.exception
    assert [toast.value for toast in app.toast] == [
        "The link's part 'positions' was left out: it may be 3 numbers, got 2.",
        "The link's part 'alpha' was left out: it may be 0 to 1, got '2'.",
    ]
    values = sent_to_browser(app)["place"]["values"]
    assert values["alpha"] == [0] and values["mu"] == [1.5]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ("1,2,3", "it may be 2 to 60 times 2 numbers, got 3"),
        ("1,2", "it may be 2 to 60 times 2 numbers, got 2"),
        (",".join(["1,2"] * 61), "it may be 2 to 60 times 2 numbers, got 122"),
        ("1,2,3,5", "it may be -4 to 4, got '5'"),
        ("1,2,3,", "it may be -4 to 4, got ''"),
    ],
)
def test_a_list_of_points_is_as_long_as_it_may_be_and_within_its_bounds(points, reason):
    place, problems = read({"section": "em", "points": points})
    assert problems == [f"The link's part 'points' was left out: {reason}."]
    assert place.values["points"] == NAMED["em"].opening["points"]


def test_a_list_of_points_is_in_the_link_to_two_decimals():
    points = tuple(round(0.07 * number - 2, 2) for number in range(60)) * 2
    place = sent({"section": "em", "values": [list(points), [3], [2], [0.5] * 8, [1], [9]]})
    assert place.values["points"] == points
    assert read(write(place)) == (place, []) and len(write(place)["points"]) < 800


def test_numbers_of_another_section_are_not_this_ones():
    place, problems = read({"section": "closed_form_kl", "mu": "3", "D": "100"})
    assert not problems and place.values["D"] == (100,) and "mu" not in place.values
    assert write(place) == {"section": "closed_form_kl", "D": "100"}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_what_the_browser_reports_is_what_the_link_says(section):
    highest = {quantity.name: quantity.high * quantity.fewest for quantity in section.quantities}
    place = sent({"section": section.name, "values": list(map(list, highest.values()))})
    assert place == Place(section.name, highest)
    assert read(write(place)) == (place, [])
    with pytest.raises(ValueError, match="it may be"):
        sent({"section": section.name, "values": [[number + 1 for number in numbers] for numbers in highest.values()]})


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_opens_within_its_bounds_and_has_a_file_in_the_browser(section):
    for quantity in section.quantities:
        low, high = quantity.bounds(len(quantity.opening))
        assert all(a <= opening <= b for a, opening, b in zip(low, quantity.opening, high, strict=True))
    script = (LIVE / "sections" / section.name / "section.js").read_text("utf-8")
    assert f'name: "{section.name}"' in script
    moved = set(re.findall(r'\{\s*name: "(\w+)",\s*(?:at: \d,\s*)?label: [^}]*?(?:symbol|between|text)', script))
    assert moved <= {quantity.name for quantity in NAMED[section.name].quantities} and moved


def test_every_section_of_the_browser_is_in_pythons_table():
    assert {path.parent.name for path in LIVE.glob("sections/*/section.js")} == set(NAMED)
    for section in SECTIONS:
        assert f"sections/{section.name}/section.js" in (LIVE / "registry.js").read_text("utf-8")
