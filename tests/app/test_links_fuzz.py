"""Whatever a link says, its readers take it or leave it out with a sentence; no value raises anything."""

import functools
import random
from types import SimpleNamespace

import pytest
import torch
from screens import sent_to_browser

from ui import link
from ui.beta_sweep import state as beta_sweep
from ui.beta_sweep.members import Member
from ui.beta_sweep.state import LINKED_SECTION
from ui.explore import state as explore
from ui.inpaint import state as inpaint
from ui.inpaint.state import read_hole
from ui.interpolate import links as interpolate
from ui.interpolate import paths
from ui.learning import state as learning
from ui.learning.sections import SECTIONS
from ui.models import state as models
from ui.models.conditional import Conditional
from ui.models.discrete import DiscreteLatents
from ui.models.posterior_shape import PosteriorShape
from ui.models.semi_supervised import SemiSupervised
from ui.models.sharpness import Sharp
from ui.models.side_by_side import SideBySide
from ui.models.table import TITLES, PublishedBeside
from ui.pictures import packed
from ui.reconstruct.state import Reconstruction
from vae_core.data import describe
from vae_core.models.checkpoint import read_checkpoint
from vae_core.zoo.store import ZOO

NAME, QUANTISED = "digits-small-14d", "digits-vq-4d"
VALUES = [
    "",
    "0",
    "000000000000",
    "0000000000000",
    "0000000000007",
    "000000000007",
    "9" * 5000,
    "-1",
    "+1",
    "1_000",
    "\u0661",
    "\u00b2",
    "\uff11",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "1e-999",
    "0x10",
    "1.5",
    "1." + "0" * 5000,
    "z1,z1",
    "z000000000000001,z2",
    "z1" + ",z2" * 3000,
    "1,2,3",
    ",".join(["1e300"] * 14),
    ",".join(["0.5"] * 14),
    "~",
    "~" * 5000,
    "0~" + "9" * 5000,
    "L" + "A" * 5000,
    "3~L____",
    "a" * 10_000,
    "\0",
    "\u202e\x1b[2J",
    "<img src=x onerror=alert(1)>",
    "![x](http://elsewhere.example)",
    "=" * 400,
    "AAAA",
    "eJwDAAAAAAE",
]
OPENINGS = {
    "side": SideBySide(()),
    "conditional": Conditional(),
    "labels": SemiSupervised(),
    "codes": DiscreteLatents(),
    "shape": PosteriorShape(),
    "sharp": Sharp(()),
    "table": PublishedBeside(next(iter(TITLES))),
}
PARAMETERS = {
    "explore": ["map", "colour", "cursor", "z", "point"],
    "interpolate": ["mode", "ends", "path", "t", "frames", "map", "groups", "drawn"],
    "reconstruct": ["map", "colour", "sample", "drawn"],
    "inpaint": ["mask", "fraction", "seed", "hole"],
    "models": [*sorted(models.NAMES), "section"],
    "beta_sweep": ["rail", "k", "u", "around", "noise", "draw", "sample", "drawn", "section"],
    "learning": ["section", *(quantity.name for section in SECTIONS for quantity in section.quantities)],
}


@functools.cache
def quantised():
    return read_checkpoint(ZOO / QUANTISED)


def compared(query, checkpoint):
    """What each section of the Models page makes of a link, written again, and the sentences about the rest."""
    entry = SimpleNamespace(dataset="digits", latent_dim=14, picture_shape=(1, 8, 8), likelihood="bernoulli")
    shown = SimpleNamespace(name=NAME, checkpoint=checkpoint, entry=entry, info=describe("digits"))
    of_codes = SimpleNamespace(name=QUANTISED, checkpoint=quantised())
    section, sentences = link.read(query, (models.SECTION,), models.OPENING, None)
    written = link.write((models.SECTION,), section, None)
    for name, each in models.SECTIONS.items():
        of = of_codes if name == "codes" else shown
        state, about = link.read(query, each.fields, OPENINGS[name], of)
        written |= link.write(each.fields, state, of) if name == section else {}
        sentences += about
    return {"model": NAME, **written}, sentences


@pytest.fixture(scope="module")
def readers(stand_ins):
    """What reads a link on each page: from parameters to the sentences about what was left out."""
    checkpoint, info = read_checkpoint(stand_ins / NAME), describe("digits")
    support = paths.support((NAME,), checkpoint, info)
    rail = [Member(NAME, 1.0, checkpoint, ())]
    return {
        "explore": lambda query: explore.read(query, support.bounds)[2],
        "interpolate": lambda query: interpolate.read(query, support)[1],
        "reconstruct": lambda query: Reconstruction().open_link(query, checkpoint, support.bounds),
        "inpaint": lambda query: read_hole(query, (1, 8, 8))[1],
        "models": lambda query: compared(query, checkpoint)[1],
        "beta_sweep": lambda query: beta_sweep.read(query, rail)[1],
        "learning": lambda query: learning.read(query)[1],
    }


@pytest.mark.parametrize("page", PARAMETERS)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value[:12]))
def test_every_parameter_is_taken_or_left_out_with_a_sentence(readers, page, value):
    for name in PARAMETERS[page]:
        for more in ({}, {"mode": "direction"}, {"rail": "picture"}, {"section": "mean_field"}):
            for sentence in readers[page]({**more, name: value}):
                assert sentence.endswith(".") and len(sentence) < 300


@pytest.fixture(scope="module")
def links(stand_ins):
    """What reads a link on each page and writes it again, with the sentences about what was left out."""
    checkpoint, info = read_checkpoint(stand_ins / NAME), describe("digits")
    support = paths.support((NAME,), checkpoint, info)
    rail = [Member(NAME, 1.0, checkpoint, ())]

    def explored(query):
        view, place, sentences = explore.read(query, support.bounds)
        return explore.write(NAME, view, place, support.bounds), sentences

    def interpolated(query):
        state, sentences = interpolate.read(query, support)
        return interpolate.write(NAME, state, support), sentences

    def reconstructed(query):
        state = Reconstruction()
        sentences = state.open_link(query, checkpoint, support.bounds)
        return state.link(SimpleNamespace(name=NAME, checkpoint=checkpoint, bounds=support.bounds)), sentences

    def inpainted(query):
        hole, about_hole = read_hole(query, (1, 8, 8))
        focus, about_focus = link.read(query, inpaint.FOCUS, inpaint.Focus(), checkpoint)
        written = link.write(inpaint.HOLE, hole, None) | link.write(inpaint.FOCUS, focus, None)
        return {"model": NAME, **written}, about_hole + about_focus

    def swept(query):
        choice, about_choice = beta_sweep.read(query, rail)
        section, about_section = link.read(query, (LINKED_SECTION,), "trade", None)
        return beta_sweep.write(NAME, choice, rail) | link.write((LINKED_SECTION,), section, None), (
            about_choice + about_section
        )

    def compared_here(query):
        return compared(query, checkpoint)

    def learnt(query):
        place, sentences = learning.read(query)
        return {"model": NAME, **learning.write(place)}, sentences

    both = {"explore": explored, "interpolate": interpolated, "reconstruct": reconstructed}
    return {**both, "inpaint": inpainted, "beta_sweep": swept, "models": compared_here, "learning": learnt}


DRAWING = packed(bytes(range(0, 256, 4)))  # of 8 x 8 pixels
Z = ",".join(["0.5", "-1.25", *["0"] * 12])
WRITTEN = [  # as pages have always written them
    ("explore", f"map=pca&colour=kl&cursor=sample&z={Z}&point=7"),
    ("explore", f"map=z1,z14&colour=error&z={Z}"),
    ("explore", "map=umap&colour=label"),
    ("interpolate", "ends=0~1&path=straight&t=0&map=umap"),
    ("interpolate", f"ends=7~{Z}~9&path=data&t=0.25&frames=21&map=pca&drawn=~{DRAWING}~"),
    ("interpolate", "mode=direction&ends=7&t=-1.5&map=latent&groups=2~LeNpjAQAABQAF"),
    ("interpolate", "mode=arithmetic&ends=1~2~3&t=0.5&map=umap"),
    ("reconstruct", "map=z2,z1&colour=kl&sample=7"),
    ("reconstruct", f"map=umap&colour=label&drawn={DRAWING}"),
    ("inpaint", "mask=box&fraction=0.3&seed=5&hole=AAAAAAAAAAA&sample=7&method=gradient"),
    ("inpaint", "mask=half&fraction=0.5&seed=1&sample=0"),
    ("models", "models=digits-vae-2d&sample=7&ends=2~5&t=0.25&draw=3"),
    ("models", "section=shape&sample=7&q=0.5,-0.25,0.1,0.002"),
    ("models", f"section=shape&drawn={link.text_of(bytes(range(32)))}"),
    ("models", f"section=conditional&z={Z}&sample=7&label=3"),
    ("models", f"section=conditional&draw=3&drawn={link.text_of(bytes(range(32)))}"),
    ("models", "section=labels&sample=7"),
    ("models", f"section=labels&drawn={link.text_of(bytes(range(32)))}"),
    ("models", "section=codes&sample=7&codes=0~3,2~31&cell=2"),
    ("models", "section=codes&sample=0&cell=0&cells=3&draw=5"),
    ("models", "section=sharp&models=digits-vae-2d&sample=7&show=samples&draw=3"),
    ("models", "section=table&table=few-labels"),
    ("beta_sweep", "rail=slider&k=1&sample=0"),
    ("beta_sweep", "rail=picture&k=3&u=-1.5&around=prior&noise=0.75&draw=4&sample=17&section=collapse"),
    ("learning", "section=em&points=-1.25,0,2,3.5,0.75,-4&step=31&K=2&online=1&seed=12"),
    ("learning", "section=which_kl"),
    ("learning", "section=which_kl&positions=-3,1.25,4.6&weights=0.3,0.625,0.075&alpha=0.5&zero=1&hand=1&mu=-0.5"),
    ("learning", "section=reparametrisation&mu=-2&sigma=1.25&n=30&seed=10&followed=20"),
    ("learning", "section=mean_field&heard=0.5&q=0.125,0.9"),
    ("learning", "section=amortisation&step=12&picture=3&q=0.125,-2,1.5,0.25"),
    ("learning", "section=flows&plane=1&side=0.1&place=-1,0.25&layers=0.5,-1,0,2&noise=0.02"),
    ("learning", "section=closed_form_kl&shift=0&D=100&n=10000"),
    ("beta_sweep", f"rail=picture&k=1&drawn={link.text_of(bytes(range(32)))}"),
]


@pytest.mark.parametrize(("page", "query"), WRITTEN)
def test_a_link_is_written_as_it_was_read(links, page, query):
    query = {"model": NAME, **dict(part.split("=", 1) for part in query.split("&"))}
    written, sentences = links[page](query)
    assert not sentences and list(written.items()) == list(query.items())


@pytest.mark.parametrize("page", PARAMETERS)
@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_of_any_link_is_a_link_that_stays(links, page, seed):
    draw = random.Random(seed)
    own = [dict(part.split("=", 1) for part in query.split("&")) for name, query in WRITTEN if name == page]
    names = [*PARAMETERS[page], *(name for query in own for name in query)]
    for _ in range(20):
        query = dict(draw.choice(own))
        for name in draw.sample(names, draw.randrange(len(names))):
            query[name] = draw.choice([*VALUES, *(known[name] for known in own if name in known)])
        written, _ = links[page](query)
        again, sentences = links[page](written)
        assert (again, sentences) == (written, []), query


@pytest.mark.parametrize("page", PARAMETERS)
@pytest.mark.parametrize(
    "value", ["0000000000000", "9" * 5000, "![x](http://elsewhere.example)"], ids=["zeros", "digits", "link"]
)
def test_pages_open_all_the_same(zoo, open_app, page, value):
    app = open_app(model=NAME).switch_page(f"pages/{page}.py")
    app.query_params.update({"model": NAME, **dict.fromkeys(PARAMETERS[page], value)})
    app.run()
    assert not app.exception and not any("http://" in toast.value for toast in app.toast)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("1" * 12, 111_111_111_111), ("1" * 13, -1), ("", -1), ("\u0661", -1), ("+1", -1)],
)
def test_whole_numbers(text, number):
    assert link.whole(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("0.5", 0.5), ("-1e-05", -1e-5), (".5", 0.5), ("2.", 2.0), ("1e99", 1e99)]
)
def test_decimals(text, number):
    assert link.decimal(text) == number


@pytest.mark.parametrize("text", ["", "nan", "inf", "1_0", "\u0661", "1e999", "0x1", "1" * 13, "--1", "1e"])
def test_what_is_no_decimal(text):
    assert torch.tensor(link.decimal(text)).isnan()


def test_what_is_checked_is_what_is_used(zoo, open_app):
    app = open_app(model=NAME, point="000000000007", z=",".join(["0"] * 14))
    assert not app.exception and sent_to_browser(app)["place"]["point"] == 7
