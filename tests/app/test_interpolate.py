"""The Interpolate page as Streamlit runs it: what it gives the browser, links, downloads, and the page without one."""

import base64
import csv
import io
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from screens import LIVE, sent_to_browser
from small_models import DIGITS, MAPPED, write_stand_in

from ui import cache
from ui.interpolate import exports, links, paths
from ui.interpolate.route import End, Group, Route, carried, decoded_paths
from vae_core.analysis import traversal
from vae_core.analysis.aggregate_posterior import active_dimensions, aggregate_posterior
from vae_core.data import describe
from vae_core.intake import steps as intake
from vae_core.models.checkpoint import read_checkpoint
from vae_core.zoo import store

PAGE = "pages/interpolate.py"
NAME = "digits-small-14d"
FAR = "L" + base64.urlsafe_b64encode(zlib.compress(b"\xff\xff\x7f")).decode().rstrip("=")  # test picture 2,097,151


DRAWING = base64.b64encode(bytes(range(64))).decode()


@pytest.fixture
def standing(stand_ins):
    """A stand-in with what supports a walk there: version, checkpoint, info, support."""
    checkpoint = read_checkpoint(stand_ins / NAME)
    info, version = describe("digits"), (NAME,)
    return version, checkpoint, info, paths.support(version, checkpoint, info)


def test_it_opens_with_two_pictures_and_the_path_along_the_data(zoo, open_page, standing):
    app = open_page(model=NAME)
    assert not app.exception and not app.error and not app.toast
    data = sent_to_browser(app)
    assert [end["row"] for end in data["place"]["ends"]] == [0, 1]
    codes = standing[1].codes.mean
    stops = torch.tensor(data["along"]["stops"])
    assert torch.allclose(stops[[0, -1]], codes[:2], atol=1e-6)
    assert data["model"]["active"] == active_dimensions(codes).tolist()
    assert app.query_params["ends"] in ("0~1", ["0~1"])


def test_what_the_browser_may_choose_is_what_python_takes(zoo, open_page, standing):
    limits, support = sent_to_browser(open_page(model=NAME))["limits"], standing[3]
    groups = {"from": None, "to": None}

    def sent(mode: str, ends: int, t: float, path: str = "straight", frames: int = 15) -> Route:
        chosen = {"mode": mode, "path": path, "t": t, "frames": frames, "map": None, "ringed": 0, "groups": groups}
        return links.sent({**chosen, "ends": [{"row": row} for row in range(ends)]}, support)

    for mode, of in limits["modes"].items():
        low, high = of["range"]
        assert {support.default(mode).t, sent(mode, of["least"], of["start"]).t} == {of["start"]}
        for ends, t in ((of["least"], low), (of["most"], high)):
            assert (sent(mode, ends, t).t, len(sent(mode, ends, t).ends)) == (t, ends)
        for ends, t in (
            (of["least"] - 1, low),
            (of["most"] + 1, low),
            (of["most"], high + 0.01),
            (of["least"], low - 0.01),
        ):
            with pytest.raises(ValueError):
                sent(mode, ends, t)
    assert list(limits["modes"]) == ["walk", "direction", "arithmetic"], "links name them"
    rows = decoded_paths(sent("walk", 2, 0))
    assert [sent("walk", 2, 0, path).path for path in limits["paths"]] == [row.path for row in rows]
    assert [sent("walk", 2, 0, frames=count).frames for count in limits["frames"]] == limits["frames"]
    assert Route(()).frames in limits["frames"] and limits["mostBytes"] == intake.MAX_BYTES
    brought = paths.code_of(DRAWING, standing[1])
    assert brought == tuple(round(value, limits["decimals"]) for value in brought)
    assert any(value != round(value, limits["decimals"] - 1) for value in brought)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"ends": "0"}, "2 to 8"),
        ({"ends": "0~99999"}, "no code of test picture '99999'"),
        ({"ends": "0~1,2"}, "14 numbers"),
        ({"ends": "0~" + ",".join(["nan"] * 14)}, "'ends' was left out"),
        ({"ends": "<b>~</b>"}, "'ends' was left out"),
        ({"path": "scenic"}, "'path' was left out"),
        ({"t": "2"}, "'t' was left out"),
        ({"t": "nan"}, "'t' was left out"),
        ({"frames": "100000"}, "'frames' was left out"),
        ({"map": "tsne"}, "'map' was left out"),
        ({"mode": "run"}, "'mode' was left out"),
        ({"mode": "direction", "groups": "3~99"}, "'groups' was left out"),
        ({"mode": "direction", "groups": "3"}, "'groups' was left out"),
        ({"mode": "direction", "groups": "3~L"}, "did not arrive whole"),
        ({"mode": "direction", "groups": "3~L?!"}, "did not arrive whole"),
        ({"mode": "direction", "groups": "3~Lnothing"}, "did not arrive whole"),
        ({"mode": "direction", "groups": "3~" + FAR}, "have no code"),
        ({"ends": "0~1", "drawn": "~nothing"}, "was not drawn"),
        ({"ends": f"0~{','.join(['1'] * 14)}", "drawn": "~nothing"}, "did not arrive whole"),
        ({"ends": "0~1", "drawn": "~~"}, "for each of the ends"),
    ],
)
def test_a_link_that_makes_no_sense_is_told_so_and_the_page_opens(zoo, open_page, query, problem):
    app = open_page(model=NAME, **query)
    assert not app.exception and len(app.get(LIVE)) == 1
    assert problem in " ".join(toast.value for toast in app.toast)


def test_a_link_is_read_as_it_was_written(standing):
    support = standing[3]
    z = tuple(np.linspace(-2, 2, 14).round(4).tolist())
    for written in (
        Route((End(3), End(z=z, text="z of the link"), End(5)), path="data", t=0.25, frames=21, map="pca"),
        Route((End(7),), mode="direction", t=-1.5, map="umap", source=Group(2), target=Group(4)),
        Route((End(7),), mode="direction", t=0.5, map="umap", source=Group(rows=(0, 3, 17)), target=Group(4)),
        Route((End(7),), mode="direction", map="umap", source=Group(rows=(59,)), target=Group(rows=tuple(range(40)))),
        Route((End(1), End(2), End(3)), mode="arithmetic", t=0.5, map="latent"),
        Route((End(1), End(z=z, text="drawn", picture=DRAWING, drawn=True)), map="pca"),
    ):
        query = links.write(NAME, written, support)
        read, problems = links.read(query, support)
        assert not problems
        kept = ("ends", "mode", "path", "t", "frames", "map")
        assert {name: getattr(read, name) for name in kept} == {name: getattr(written, name) for name in kept}
        if written.mode == "direction":
            assert (read.source, read.target) == (written.source, written.target)


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-vae-10d", "mnist-vae-20d", "mnist-beta1-10d"])
def test_add_and_subtract_opens_with_a_sum_that_works(shipped, name):
    """A bold 3 without a thin 3 makes a thin 0 bold: more ink than the 0 has, and the sum's code is still a 0's."""
    checkpoint = shipped(name)
    codes, rows = checkpoint.codes, paths.codes_of(paths.SUMS["mnist"], checkpoint.codes.indices.tolist())
    assert codes.indices[list(rows)].tolist() == list(paths.SUMS["mnist"]) and codes.labels[list(rows)].tolist() == [
        3,
        3,
        0,
    ]
    a, b, c = codes.mean[list(rows)]
    with torch.no_grad():
        pictures = checkpoint.model.decode(torch.stack([c, a - b + c])).mean
    thin, bold = pictures.sum(dim=(1, 2, 3))
    assert bold > 1.2 * thin or checkpoint.model.config.latent_dim == 2
    nearest = (codes.mean - (a - b + c)).norm(dim=1).argsort()[:9]
    assert codes.labels[nearest].mode().values == 0


def test_other_codes_have_no_sum_to_open_with(standing):
    assert paths.codes_of((1, 2, 3), [5, 1, 2]) == () and paths.codes_of((1, 2), [5, 1, 2]) == (1, 2)
    assert [end.row for end in standing[3].default("arithmetic").ends] == list(standing[3].first_rows(3))


def test_lassos_fit_into_a_link_or_the_page_says_that_they_do_not(standing):
    generator = np.random.default_rng(0)
    many = replace(standing[3], label_of=(0,) * 10_000, index_of=tuple(range(10_000)))

    def lassoed(count: int) -> Group:
        return Group(rows=tuple(sorted(generator.choice(10_000, count, replace=False).tolist())))

    for counts, fits in (((1, 1), True), ((400, 600), True), ((3_000, 4_000), False)):
        now = Route((End(7),), mode="direction", map="umap", source=lassoed(counts[0]), target=lassoed(counts[1]))
        query = links.write(NAME, now, many)
        assert sum(len(name) + len(text) + 2 for name, text in query.items()) < links.LONGEST
        assert ("groups" in query) == fits and len(links.left_out(now, query)) == (not fits)
        read, problems = links.read(query, many)
        assert not problems
        assert not fits or (read.source, read.target) == (now.source, now.target)


def test_the_page_says_what_a_link_does_not_keep_of_a_picture(standing):
    z, large = (0.5,) * 14, np.random.default_rng(0).bytes(4096)
    drawn = End(z=z, text="drawn", picture=DRAWING, drawn=True)
    for end, said in (
        (End(3), ""),
        (End(z=z, text="from the prior"), ""),
        (drawn, ""),
        (replace(drawn, picture=base64.b64encode(large).decode()), "too much for a link"),
        (End(z=z, text="seven.jpg", picture=DRAWING), "brought, not the picture"),
    ):
        now = Route((end, End(4)))
        query = links.write(NAME, now, standing[3])
        sentences = links.left_out(now, query)
        assert said in " ".join(sentences) and len(sentences) == bool(said)
        assert ("drawn" in query) == (end is drawn)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": [{"row": 60}, {"row": 0}]},
        {"ends": [{"row": 0}]},
        {"t": 7},
        {"path": "x"},
        {"mode": "x"},
        {"frames": 8},
        {"ends": [{"row": 0}, {"z": [0.5] * 14, "text": "drawn", "drawn": "AAAA"}]},
    ],
)
def test_the_browser_is_believed_no_more_than_a_link(standing, wrong):
    support = standing[3]
    ends = [{"row": 0}, {"z": [0.5] * 14, "text": "drawn"}]
    good = {"ends": ends, "mode": "walk", "path": "data", "t": 0.5, "frames": 15, "map": "pca", "ringed": 1}
    good["groups"] = {"from": {"label": 1}, "to": {"rows": [3, 4]}}
    now = links.sent(good, support)
    assert now.ends[1].z == (0.5,) * 14 and now.source == Group(1) and now.target == Group(rows=(3, 4))
    with pytest.raises(ValueError):
        links.sent({**good, **wrong}, support)


def test_a_walk_in_another_model_keeps_its_pictures(stand_ins, standing):
    support, other = standing[3], read_checkpoint(stand_ins / "digits-small-2d")
    there = paths.support(("digits-small-2d",), other, standing[2])
    drawn = End(z=(0.5,) * 14, text="drawn", picture=DRAWING, drawn=True)
    now = Route((End(9), drawn, End(z=(0.0,) * 14)), path="data", t=0.3, map="umap")
    then = carried(now, support, there, lambda picture: paths.code_of(picture, other))
    assert then.ends[0] == End(9) and then.ends[2] == there.default().ends[0], "a z without a picture is of one model"
    x = torch.arange(64).reshape(1, 1, 8, 8) / 255
    assert then.ends[1] == replace(drawn, z=then.ends[1].z)
    assert torch.allclose(torch.tensor([then.ends[1].z]), other.model.encode(x).mean, atol=1e-5)
    assert (then.path, then.t, then.map) == ("data", 0.3, "latent")
    assert carried(now, replace(support, size=784), there, None) == there.default()


def test_every_mode_starts_where_its_formula_does(standing):
    version, checkpoint, _, _ = standing
    codes, ends = checkpoint.codes.mean, torch.tensor([0.0, 1.0])
    for path in ("straight", "spherical", "data"):
        z = paths.latents(version, checkpoint, Route((End(4), End(9)), path=path), ends)
        assert torch.allclose(z, codes[[4, 9]], atol=1e-5)
    z = paths.latents(version, checkpoint, Route((End(1), End(2), End(3)), mode="arithmetic"), ends)
    assert torch.allclose(z, torch.stack([codes[3], codes[1] - codes[2] + codes[3]]), atol=1e-6)
    direction = Route((End(0),), mode="direction", source=Group(2), target=Group(rows=(3, 13, 23, 33, 43)))
    z = paths.latents(version, checkpoint, direction, ends)
    labels = checkpoint.codes.labels
    wanted = codes[[3, 13, 23, 33, 43]].mean(0) - codes[labels == 2].mean(0)
    assert torch.allclose(z[1] - z[0], wanted, atol=1e-6)


def test_a_direction_between_groups_that_share_codes_is_refused_in_a_sentence(standing):
    _, checkpoint, _, _ = standing
    same = Route((End(0),), mode="direction", source=Group(2), target=Group(2))
    answer = paths.direction_found(checkpoint, same, "key")
    assert answer["key"] == "key" and answer["error"].startswith("The two groups share")


def test_what_is_taken_along_is_what_was_walked(standing):
    version, checkpoint, info, _ = standing
    now = Route((End(4), End(9)), path="spherical", frames=7)
    strip = Image.open(io.BytesIO(exports.strip(version, checkpoint, info, now)))
    assert strip.format == "PNG" and (strip.width + 4) * 4 == (strip.height + 4) * 7  # four rows, seven frames
    moving = Image.open(io.BytesIO(exports.animation(version, checkpoint, info, now)))
    assert moving.format == "GIF" and moving.n_frames > 30 and moving.info["loop"] == 0
    lines = list(csv.DictReader(io.StringIO(exports.codes(version, checkpoint, info, now).decode())))
    z = torch.tensor([[float(line[f"z_{d + 1}"]) for d in range(14)] for line in lines])
    expected = paths.latents(version, checkpoint, now, torch.linspace(0, 1, 7))
    assert torch.allclose(z, expected, atol=1e-4)
    cycle = torch.tensor([float(line["active_cycle_error"]) for line in lines])
    active = active_dimensions(checkpoint.codes.mean)
    assert torch.allclose(cycle, traversal.cycle_error(checkpoint.model, expected, active), atol=1e-4)
    rarity = [float(line["rarer_than_percent_of_aggregate_posterior"]) for line in lines]
    assert rarity == pytest.approx(aggregate_posterior(checkpoint.codes).rarity(expected).tolist(), abs=0.1)


@pytest.mark.parametrize("name", MAPPED)
def test_models_whose_kl_has_no_closed_form_have_paths(mapped, open_page, name):
    app = open_page(model=name)
    assert not app.exception and not app.error and not app.toast
    told = sent_to_browser(app)
    assert told["model"]["name"] == name and (told["model"]["mixture"] is not None) == (MAPPED[name].prior != "normal")


def test_a_norm_has_a_percentile_of_n01_alone(tmp_path):
    for name, expected in (("digits-learned-3d", False), ("digits-small-3d", True)):
        config = MAPPED.get(name, replace(DIGITS, latent_dim=3))
        write_stand_in(tmp_path / name, "digits", config)
        checkpoint = store.open_checkpoint(tmp_path / name)
        found = exports.evidence((name,), checkpoint, Route((End(4), End(9))), torch.linspace(0, 1, 3))
        assert ("prior_percentile" in found) == expected and "active_norm" in found


def test_the_cross_fade_is_of_the_real_pictures(standing):
    _, checkpoint, info, _ = standing
    now = Route((End(4), End(9)))
    middle = exports.mixture(checkpoint, info, now, torch.tensor([0.5]))[0]
    real = cache.dataset("digits").test.batch(checkpoint.codes.indices[[4, 9]]).float() / 255
    assert torch.allclose(middle, real.mean(0), atol=1e-6)


def test_an_upload_stays_in_the_session_and_is_an_end(standing):
    _, checkpoint, info, _ = standing
    file = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(file, "PNG")
    end = paths.end_of(file.getvalue(), "mine.png", checkpoint, info)
    assert end.row is None and len(end.z) == 14 and end.picture
    picture = paths.picture_from_text(end.picture, checkpoint)
    with torch.no_grad():
        mean = checkpoint.model.encode(picture[None]).mean[0]
    assert torch.allclose(mean, torch.tensor(end.z), atol=1e-5)


def test_a_model_without_labels_walks_too(zoo, open_page):
    app = open_page(model="frey-small-3d")
    assert not app.exception and not app.error
