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

from ui import cache, interpolate, take_along, walk
from ui.walk import End, Group, Walk
from vae_core.analysis import traversal
from vae_core.models.checkpoint import read_checkpoint

PAGE = "pages/interpolate.py"
NAME = "digits-small-14d"
FAR = "L" + base64.urlsafe_b64encode(zlib.compress(b"\xff\xff\x7f")).decode().rstrip("=")  # test picture 2,097,151


DRAWING = base64.b64encode(bytes(range(64))).decode()


@pytest.fixture
def standing(stand_ins):
    """A stand-in with what a walk may stand on: version, checkpoint, info, ground."""
    checkpoint = read_checkpoint(stand_ins / NAME)
    info, version = cache.dataset_info("digits"), (NAME,)
    return version, checkpoint, info, interpolate.ground(version, checkpoint, info)


def test_it_opens_with_two_pictures_and_the_path_along_the_data(zoo, open_page, standing):
    app = open_page(model=NAME)
    assert not app.exception and not app.error and not app.toast
    data = sent_to_browser(app)
    assert [end["row"] for end in data["walk"]["ends"]] == [0, 1]
    codes = standing[1].codes.mean
    stops = torch.tensor(data["along"]["stops"])
    assert torch.allclose(stops[[0, -1]], codes[:2], atol=1e-6)
    assert data["model"]["radius"] == pytest.approx(traversal.neighbour_radius(codes))
    assert app.query_params["ends"] in ("0~1", ["0~1"])


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"ends": "0"}, "2 to 8"),
        ({"ends": "0~99999"}, "no code of test picture 99999"),
        ({"ends": "0~1,2"}, "14 numbers"),
        ({"ends": "0~" + ",".join(["nan"] * 14)}, "ends was left out"),
        ({"ends": "<b>~</b>"}, "ends was left out"),
        ({"path": "scenic"}, "path was left out"),
        ({"t": "2"}, "t was left out"),
        ({"t": "nan"}, "t was left out"),
        ({"frames": "100000"}, "frames was left out"),
        ({"map": "tsne"}, "map was left out"),
        ({"mode": "run"}, "mode was left out"),
        ({"mode": "direction", "groups": "3~99"}, "groups was left out"),
        ({"mode": "direction", "groups": "3"}, "groups was left out"),
        ({"mode": "direction", "groups": "3~L"}, "did not arrive whole"),
        ({"mode": "direction", "groups": "3~L?!"}, "did not arrive whole"),
        ({"mode": "direction", "groups": "3~Lnothing"}, "did not arrive whole"),
        ({"mode": "direction", "groups": "3~" + FAR}, "have no code"),
        ({"ends": "0~1", "drawn": "~nothing"}, "was not drawn"),
        ({"ends": f"0~{','.join(['1'] * 14)}", "drawn": "~nothing"}, "did not arrive whole"),
        ({"ends": "0~1", "drawn": "~~"}, "for each of the ends"),
    ],
)
def test_a_link_that_makes_no_sense_is_told_so_and_the_page_opens(zoo, open_page, words, complaint):
    app = open_page(model=NAME, **words)
    assert not app.exception and len(app.get(LIVE)) == 1
    assert complaint in " ".join(toast.value for toast in app.toast)


def test_a_link_is_read_as_it_was_written(standing):
    ground = standing[3]
    z = tuple(np.linspace(-2, 2, 14).round(4).tolist())
    for written in (
        Walk((End(3), End(z=z, text="z of the link"), End(5)), path="data", t=0.25, frames=21, map="pca"),
        Walk((End(7),), mode="direction", t=-1.5, map="umap", source=Group(2), target=Group(4)),
        Walk((End(7),), mode="direction", t=0.5, map="umap", source=Group(rows=(0, 3, 17)), target=Group(4)),
        Walk((End(7),), mode="direction", map="umap", source=Group(rows=(59,)), target=Group(rows=tuple(range(40)))),
        Walk((End(1), End(2), End(3)), mode="arithmetic", t=0.5, map="latent"),
        Walk((End(1), End(z=z, text="drawn", picture=DRAWING, drawn=True)), map="pca"),
    ):
        words = walk.write(NAME, written, ground)
        read, complaints = walk.read(words, ground)
        assert not complaints
        kept = ("ends", "mode", "path", "t", "frames", "map")
        assert {name: getattr(read, name) for name in kept} == {name: getattr(written, name) for name in kept}
        if written.mode == "direction":
            assert (read.source, read.target) == (written.source, written.target)


def test_lassos_fit_into_a_link_or_the_page_says_that_they_do_not(standing):
    generator = np.random.default_rng(0)
    many = replace(standing[3], label_of=(0,) * 10_000, index_of=tuple(range(10_000)))

    def lassoed(count: int) -> Group:
        return Group(rows=tuple(sorted(generator.choice(10_000, count, replace=False).tolist())))

    for counts, fits in (((1, 1), True), ((400, 600), True), ((3_000, 4_000), False)):
        now = Walk((End(7),), mode="direction", map="umap", source=lassoed(counts[0]), target=lassoed(counts[1]))
        words = walk.write(NAME, now, many)
        assert sum(len(name) + len(word) + 2 for name, word in words.items()) < walk.LONGEST
        assert ("groups" in words) == fits and len(walk.left_out(now, words)) == (not fits)
        read, complaints = walk.read(words, many)
        assert not complaints
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
        now = Walk((end, End(4)))
        words = walk.write(NAME, now, standing[3])
        sentences = walk.left_out(now, words)
        assert said in " ".join(sentences) and len(sentences) == bool(said)
        assert ("drawn" in words) == (end is drawn)


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
    ground = standing[3]
    ends = [{"row": 0}, {"z": [0.5] * 14, "text": "drawn"}]
    good = {"ends": ends, "mode": "walk", "path": "data", "t": 0.5, "frames": 15, "map": "pca", "ringed": 1}
    good["groups"] = {"from": {"label": 1}, "to": {"rows": [3, 4]}}
    now = walk.sent(good, ground)
    assert now.ends[1].z == (0.5,) * 14 and now.source == Group(1) and now.target == Group(rows=(3, 4))
    with pytest.raises(ValueError):
        walk.sent({**good, **wrong}, ground)


def test_a_walk_in_another_model_keeps_its_pictures(stand_ins, standing):
    ground, other = standing[3], read_checkpoint(stand_ins / "digits-small-2d")
    there = interpolate.ground(("digits-small-2d",), other, standing[2])
    drawn = End(z=(0.5,) * 14, text="drawn", picture=DRAWING, drawn=True)
    now = Walk((End(9), drawn, End(z=(0.0,) * 14)), path="data", t=0.3, map="umap")
    then = walk.carried(now, ground, there, lambda picture: interpolate.code_of(picture, other))
    assert then.ends[0] == End(9) and then.ends[2] == there.default().ends[0], "a z without a picture is of one model"
    x = torch.arange(64).reshape(1, 1, 8, 8) / 255
    assert then.ends[1] == replace(drawn, z=then.ends[1].z)
    assert torch.allclose(torch.tensor([then.ends[1].z]), other.model.encode(x).mean, atol=1e-5)
    assert (then.path, then.t, then.map) == ("data", 0.3, "latent")
    assert walk.carried(now, replace(ground, size=784), there, None) == there.default()


def test_every_mode_starts_where_its_formula_does(standing):
    version, checkpoint, _, _ = standing
    codes, ends = checkpoint.codes.mean, torch.tensor([0.0, 1.0])
    for path in ("straight", "spherical", "data"):
        z = interpolate.latents(version, checkpoint, Walk((End(4), End(9)), path=path), ends)
        assert torch.allclose(z, codes[[4, 9]], atol=1e-5)
    z = interpolate.latents(version, checkpoint, Walk((End(1), End(2), End(3)), mode="arithmetic"), ends)
    assert torch.allclose(z, torch.stack([codes[3], codes[1] - codes[2] + codes[3]]), atol=1e-6)
    direction = Walk((End(0),), mode="direction", source=Group(2), target=Group(rows=(3, 13, 23, 33, 43)))
    z = interpolate.latents(version, checkpoint, direction, ends)
    labels = checkpoint.codes.labels
    wanted = codes[[3, 13, 23, 33, 43]].mean(0) - codes[labels == 2].mean(0)
    assert torch.allclose(z[1] - z[0], wanted, atol=1e-6)


def test_a_direction_between_groups_that_share_codes_is_refused_in_a_sentence(standing):
    _, checkpoint, _, _ = standing
    same = Walk((End(0),), mode="direction", source=Group(2), target=Group(2))
    answer = interpolate.direction_found(checkpoint, same, "key")
    assert answer["key"] == "key" and answer["error"].startswith("The two groups share")


def test_what_is_taken_along_is_what_was_walked(standing):
    version, checkpoint, info, _ = standing
    now = Walk((End(4), End(9)), path="spherical", frames=7)
    strip = Image.open(io.BytesIO(take_along.strip(version, checkpoint, info, now)))
    assert strip.format == "PNG" and (strip.width + 4) * 4 == (strip.height + 4) * 7  # four rows, seven frames
    moving = Image.open(io.BytesIO(take_along.animation(version, checkpoint, info, now)))
    assert moving.format == "GIF" and moving.n_frames > 30 and moving.info["loop"] == 0
    lines = list(csv.DictReader(io.StringIO(take_along.codes(version, checkpoint, info, now).decode())))
    z = torch.tensor([[float(line[f"z_{d + 1}"]) for d in range(14)] for line in lines])
    expected = interpolate.latents(version, checkpoint, now, torch.linspace(0, 1, 7))
    assert torch.allclose(z, expected, atol=1e-4)
    cycle = torch.tensor([float(line["cycle_error"]) for line in lines])
    assert torch.allclose(cycle, traversal.cycle_error(checkpoint.model, expected), atol=1e-4)


def test_the_cross_fade_is_of_the_real_pictures(standing):
    _, checkpoint, info, _ = standing
    now = Walk((End(4), End(9)))
    middle = take_along.mixture(checkpoint, info, now, torch.tensor([0.5]))[0]
    real = cache.dataset("digits").test.batch(checkpoint.codes.indices[[4, 9]]).float() / 255
    assert torch.allclose(middle, real.mean(0), atol=1e-6)


def test_an_upload_stays_in_the_session_and_is_an_end(standing):
    _, checkpoint, info, _ = standing
    file = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(file, "PNG")
    end = interpolate.brought(file.getvalue(), "mine.png", checkpoint, info)
    assert end.row is None and len(end.z) == 14 and end.picture
    picture = interpolate.picture_from_text(end.picture, checkpoint)
    with torch.no_grad():
        mean = checkpoint.model.encode(picture[None]).mean[0]
    assert torch.allclose(mean, torch.tensor(end.z), atol=1e-5)


def test_without_the_browser_runtime_it_works_in_python(zoo, open_page, not_installed):
    app = open_page(model=NAME, ends="4~9", path="data", t="0.5")
    assert not app.exception and not app.error
    assert app.slider(key="walk_t").value == 0.5 and app.radio(key="walk_path").value == "data"
    app.slider(key="walk_t").set_value(0.75).run()
    assert not app.exception and app.query_params["t"] in ("0.75", ["0.75"])
    app.button(key="walk_a_3").click().run()
    assert not app.exception
    for mode in ("direction", "arithmetic", "walk"):
        app.session_state["walk_mode"] = mode
        app.run()
        assert not app.exception


def test_a_picture_is_brought_without_the_runtime_and_a_bad_one_refused(zoo, open_page, not_installed):
    app = open_page(model=NAME, ends="4~9")
    file = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(file, "PNG")
    app.file_uploader(key="walk_upload").set_value(("mine.png", file.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    first, second = app.session_state["walk_ends"]
    assert first.text == "mine.png" and first.picture and second == End(row=9)
    assert any("not the picture" in caption.value for caption in app.caption)
    app.file_uploader(key="walk_upload").set_value(("bad.png", b"no picture", "image/png")).run()
    assert not app.exception and len(app.error) == 1 and app.error[0].value.endswith(".")
    assert app.session_state["walk_ends"] == (first, second)
    app.run()
    assert not app.error


def test_a_links_lassos_are_walked_without_the_runtime(zoo, open_page, not_installed, standing):
    now = Walk((End(7),), mode="direction", source=Group(rows=(0, 3, 17)), target=Group(4))
    words = walk.write(NAME, now, standing[3])
    app = open_page(**words)
    assert not app.exception and not app.error and not app.toast
    assert app.query_params["groups"] in (words["groups"], [words["groups"]])
    app.selectbox(key="walk_source").set_value(1).run()
    assert not app.exception and app.query_params["groups"] in ("1~4", ["1~4"])


def test_a_model_without_labels_walks_too(zoo, open_page, not_installed):
    app = open_page(model="frey-small-3d")
    assert not app.exception and not app.error
