"""Whatever a browser reports, the page takes it or stays as it was; no report raises anything."""

import base64
import copy
import dataclasses
import math
from types import SimpleNamespace

import pytest
from screens import LIVE, sent_to_browser

from ui import frame
from ui.beta_sweep import component as beta_sweep_component
from ui.beta_sweep import sections as beta_sweep_sections
from ui.beta_sweep import state as beta_sweep
from ui.beta_sweep.members import Member
from ui.browser import model as live
from ui.browser import report
from ui.explore import component as explore_component
from ui.explore import state as explore
from ui.inpaint import component as inpaint_component
from ui.inpaint import state as inpaint
from ui.interpolate import paths
from ui.interpolate import state as interpolate
from ui.learning import component as learning_component
from ui.learning import state as learning
from ui.learning.sections import NAMED
from ui.models import component as models_component
from ui.models import state as models
from ui.reconstruct import component as reconstruct_component
from ui.reconstruct import state as reconstruct
from ui.turn import Turn
from vae_core.data import describe
from vae_core.models import families
from vae_core.models.checkpoint import read_checkpoint

NAME = "digits-small-14d"
DRAWING = base64.b64encode(bytes(64)).decode()
VIEW = {"projection": "pca", "axes": [0, 1], "colour": "kl", "show": "decoded"}
ENDS = [{"row": 3}, {"z": [0.5] * 14, "text": "drawn", "drawn": DRAWING}]
GOOD = {
    "explore": {"model": NAME, "z": [0.25] * 14, "point": 4, **VIEW},
    "interpolate": {
        **{"model": NAME, "key": "hand 1", "mode": "walk", "path": "data", "t": 0.5, "frames": 21, "ringed": 1},
        **{"map": "pca", "ends": ENDS, "groups": {"from": {"label": 1}, "to": {"rows": [3, 4]}}},
    },
    "reconstruct": {"model": NAME, "kind": "pen", "index": None, "x": DRAWING, "compared": [NAME], **VIEW},
    "inpaint": {
        **{"model": NAME, "kind": "sample", "index": 7, "x": None, "mask": "box", "fraction": 0.25, "seed": 3},
        **{"hole": base64.b64encode(bytes(8)).decode(), "truth": True},
    },
    "beta_sweep": {"mode": "picture", "k": 2, "u": 0.25, "row": 7, "drawn": None, "around": "prior", "noise": 1},
}
GOOD["beta_sweep"]["seed"] = 2
GOOD["models"] = {
    **{"model": NAME, "section": "side"},
    "query": {"row": "7", "models": "digits-vae-2d", "ends": "2~3", "t": "0.25", "draw": "5"},
}
GOOD["models"]["query"]["show"] = "samples"  # of Sharpness, which is not shown
TIED = NAMED["mean_field"].opening | {"heard": (0.25,)}
GOOD["learning"] = {"section": "mean_field", "values": [list(numbers) for numbers in TIED.values()]}
STATES = (explore, interpolate, reconstruct, inpaint, beta_sweep, models, learning)
FORMS = {page.__name__.split(".")[1]: page.REPORT for page in STATES}
KEYS = {
    "explore": explore_component.KEY,
    "interpolate": interpolate.KEY,
    "reconstruct": reconstruct_component.KEY,
    "inpaint": inpaint_component.KEY,
    "beta_sweep": beta_sweep_component.KEY,
    "models": models_component.KEY,
    "learning": learning_component.KEY,
}
DEEP: list = []
for _ in range(5000):
    DEEP = [DEEP]
WRONG = [
    *(None, True, False, -1, 0, 7, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**400, 1.5, -0.0, 1e300, -1e-300),
    *(math.nan, math.inf, -math.inf, "", "7", "\0", "\ud800", "x" * 100_000, "~", "AAAA", "9" * 5000, "kl", "latent"),
    *([], [[]], [None], [math.nan] * 14, [0] * 100_000, ["0"] * 14, [2**70], DEEP, {}, {"row": -1}, {"row": 2**62}),
    *(
        {"label": -1},
        {"label": 99},
        {"rows": []},
        {"rows": [2**62]},
        {"rows": None, "label": None},
        {"z": [1] * 14},
        {1},
    ),
]
MISSING = object()


def places(value, at=()):
    """The way to every part of a report."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, part in inside:
        yield from places(part, (*at, name))


def changed(value, at, wrong):
    """A report with one part of it replaced, or left out."""
    value = copy.deepcopy(value)
    if not at:
        return wrong
    inside = value
    for name in at[:-1]:
        inside = inside[name]
    if wrong is MISSING:
        del inside[at[-1]]
    else:
        inside[at[-1]] = wrong
    return value


def turned(page: str, reported: object, monkeypatch) -> Turn:
    """The turn of a run in which the page's component reported this."""
    if isinstance(reported, dict):
        reported = {"sequence": 5, **reported}
    monkeypatch.setattr(report, "st", SimpleNamespace(session_state={KEYS[page]: {"place": reported}}))
    sent = report.sent(KEYS[page], FORMS[page])
    moved = sent is not None
    return Turn(page, "", {}, {}, sent, NAME, returned=False, event=moved, arrived=False, linked=False)


@pytest.fixture(scope="module")
def pages(stand_ins):
    """For each page: its state, what follows a turn, and where it then stands."""
    checkpoint, info = read_checkpoint(stand_ins / NAME), describe("digits")
    bounds = live.bounds((NAME,), checkpoint, info)
    form = {"picture_shape": (1, 8, 8), "likelihood": "bernoulli", "can": families.of(checkpoint.model)}
    shown = frame.Shown(SimpleNamespace(name=NAME, dataset="digits", info=info, **form), checkpoint, (NAME,), bounds)
    support = paths.support((NAME,), checkpoint, info)
    rail = [Member(NAME, 1.0, checkpoint, ())]

    def explored():
        state = explore.Exploration(bounds.view, bounds.place)
        return state, lambda turn: state.follow(turn, shown), lambda: (state.view, state.place)

    def interpolated():
        state = interpolate.Interpolation(support.default(), support)
        return state, lambda turn: state.follow(turn, shown), lambda: (state.route, state.key)

    def reconstructed():
        state = reconstruct.Reconstruction(bounds.view)
        state.show_sample(3)
        what = ("view", "kind", "index", "picture", "compared")
        return state, lambda turn: state.follow(turn, shown), lambda: [str(getattr(state, name)) for name in what]

    def inpainted():
        state = inpaint.Inpainting(NAME)
        state.show_sample(3, checkpoint, info)
        what = ("kind", "index", "picture", "hole", "truth")
        return state, lambda turn: state.follow(turn, shown), lambda: [str(getattr(state, name)) for name in what]

    def swept():
        state = beta_sweep.Sweep(dataset="digits", rail=rail)
        return state, lambda turn: state.follow(turn, shown.entry), lambda: state.choice

    def compared():
        state = models.Comparison()
        state.states["side"] = models.SECTIONS["side"].opening(shown)
        state.at = ("side", NAME)
        return state, lambda turn: state.follow(turn, shown), lambda: state.standing

    def learnt():
        state = learning.Learning()
        return state, state.follow, lambda: state.place

    makers = {"explore": explored, "interpolate": interpolated, "reconstruct": reconstructed}
    last = {"inpaint": inpainted, "beta_sweep": swept, "models": compared, "learning": learnt}
    return {**makers, **last}, shown, rail


@pytest.fixture
def rail(pages, monkeypatch):
    """The rail of these tests is one model's."""
    monkeypatch.setattr(beta_sweep, "members", lambda dataset, tried: pages[2])


@pytest.mark.parametrize("page", GOOD)
def test_what_the_page_sends_is_taken(pages, rail, monkeypatch, page):
    _, follow, standing = pages[0][page]()
    before = standing()
    follow(turned(page, GOOD[page], monkeypatch))
    assert standing() != before


@pytest.mark.parametrize("page", GOOD)
@pytest.mark.parametrize("wrong", [*WRONG, MISSING], ids=lambda wrong: type(wrong).__name__)
def test_no_report_raises_and_what_is_taken_can_be_linked_to(pages, rail, monkeypatch, page, wrong):
    makers, shown, _ = pages
    for at in places(GOOD[page]):
        if wrong is MISSING and not at:
            continue
        state, follow, standing = makers[page]()
        before, now = standing(), turned(page, changed(GOOD[page], at, wrong), monkeypatch)
        follow(now)
        if now.reported is None:
            assert standing() == before, at
        shows = {"beta_sweep": [shown.entry], "learning": []}
        query = state.link(*shows.get(page, [shown]))
        assert all(isinstance(text, str) for text in query.values())


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: type(wrong).__name__)
@pytest.mark.parametrize("name", ["row", "sample", "drawn", "z", "section"])
def test_a_section_with_a_picture_takes_a_report_or_stays(pages, monkeypatch, name, wrong):
    shown = dataclasses.replace(pages[1], entry=SimpleNamespace(name=NAME, can=SimpleNamespace(classifies=True)))
    state = models.Comparison(section="labels", at=("labels", NAME))
    state.states["labels"] = before = models.SECTIONS["labels"].opening(shown)
    state.follow(turned("models", {"model": NAME, "section": "labels", "query": {name: wrong}}, monkeypatch), shown)
    assert wrong == "7" or state.standing == before
    state.follow(turned("models", {"model": NAME, "section": "labels", "query": {"row": "7"}}, monkeypatch), shown)
    assert state.standing.row == 7 and state.link(shown)["sample"] == "7"


@pytest.mark.parametrize(
    "changes",
    [
        {"groups": {"from": {"label": "x", "rows": [0]}, "to": None}},
        {"groups": {"from": {"label": [1], "rows": [0]}, "to": {"rows": [3]}}},
        {"ends": [{"row": True, "z": []}, {"row": 0}], "mode": "walk"},
        {"ends": [{"row": DEEP, "z": []}, {"row": 0}]},
        {"ends": [{"row": 3.0, "z": [0.5] * 14}, {"row": 0}]},
    ],
    ids=["label of letters", "label of a list", "row that is true", "row of lists", "row of a fraction"],
)
def test_what_fits_one_form_is_not_read_as_another(pages, rail, monkeypatch, changes):
    _, follow, standing = pages[0]["interpolate"]()
    before = standing()
    follow(turned("interpolate", {**GOOD["interpolate"], **changes}, monkeypatch))
    assert standing() == before


@pytest.mark.parametrize("page", GOOD)
@pytest.mark.parametrize("wrong", [None, 7, "place", [], {}, {"place": 3}, {"place": {"sequence": []}}, {"file": 7}])
def test_a_state_that_is_none_is_nobodys_word(monkeypatch, page, wrong):
    monkeypatch.setattr(report, "st", SimpleNamespace(session_state={KEYS[page]: wrong}))
    assert report.sent(KEYS[page], FORMS[page]) is None
    assert report.asked(KEYS[page], "file", report.FILE) is None


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: type(wrong).__name__)
def test_no_question_raises(pages, monkeypatch, wrong):
    makers, shown, _ = pages
    good = {
        "file": {"name": "a.png", "base64": "AAAA"},
        "step": {"name": "invert", "on": True},
        "stop": True,
        "estimate": {"x": "AAAA", "samples": 10, "proposal": "prior", "model": NAME, "picture": 1},
    }
    for name, question in good.items():
        for at in places(question):
            state, *_ = makers["reconstruct"]()
            session = {KEYS["reconstruct"]: {name: changed(question, at, wrong)}}
            monkeypatch.setattr(report, "st", SimpleNamespace(session_state=session))
            state.answer(shown)
            assert state.request is None and state.kind == "sample"
    for key in (KEYS["interpolate"], KEYS["inpaint"], KEYS["beta_sweep"]):
        session = {key: {"file": wrong, "choose": wrong}}
        monkeypatch.setattr(report, "st", SimpleNamespace(session_state=session))
        beta_sweep_sections.choose_model(report.asked(key, "choose", str))
        assert report.fits(report.asked(key, "file", report.FILE), (report.FILE, None))


def test_numbers_are_finite_and_no_number_is_true():
    assert all(report.fits(value, float) for value in (0, 1, -2.5, 2**53))
    assert not any(report.fits(value, float) for value in (True, None, "1", math.nan, math.inf, 10**400, [1]))
    assert report.fits(7, int) and not any(report.fits(value, int) for value in (True, 7.0, "7", 2**54))


@pytest.mark.parametrize("page", ["explore", "interpolate", "reconstruct"])
@pytest.mark.parametrize("wrong", [7, {}, {"sequence": 1}, {"sequence": 1, "model": NAME, "z": "all", "ends": 3}])
def test_a_page_stays_where_it_was(zoo, open_app, monkeypatch, page, wrong):
    app = open_app(model=NAME).switch_page(f"pages/{page}.py").run()
    before = sent_to_browser(app) | {"heard": None}
    monkeypatch.setattr(report, "st", SimpleNamespace(session_state={KEYS[page]: {"place": wrong, "file": 7}}))
    app.run()
    assert not app.exception and len(app.get(LIVE)) == 1
    assert sent_to_browser(app) | {"heard": None} == before  # that something came at all is no place
