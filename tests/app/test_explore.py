"""The Explore page as Streamlit runs it: what it shows, and what it does with links that make no sense."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from screens import LIVE, sent_to_browser
from small_models import DIGITS, write_stand_in
from streamlit.testing.v1 import AppTest

from ui import fallback, live
from vae_core.models.checkpoint import read_checkpoint
from vae_core.zoo import store

FALLBACK = "plotly_chart"  # of the live part, where the runtime is not installed


def notes(app: AppTest) -> str:
    return " ".join(toast.value for toast in app.toast)


def word(app: AppTest, name: str) -> str:
    """A word of the link in the address bar."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def healthy(app: AppTest) -> bool:
    """No exception, no error, and the live part where there is a browser runtime, its stand-in where there is none."""
    return not app.exception and not app.error and len(app.get(LIVE if live.installed() else FALLBACK)) == 1


@pytest.mark.parametrize("name", [entry.name for entry in store.entries()])
def test_every_shipped_model_opens(open_app, name):
    app = open_app(model=name)
    assert healthy(app) and not app.toast
    assert app.selectbox(key="frame_model").value == name
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Size"].endswith((" M", " k"))
    assert "nats" in figures["Test −log p(x)"]


def test_it_opens_on_a_model_with_its_figures(zoo, open_app):
    app = open_app(model="digits-small-14d")
    assert healthy(app)
    assert [metric.value for metric in app.metric][:2] == ["123.4 ± 0.5 nats", "1 of 14"]
    assert all(metric.help for metric in app.metric)


def test_without_a_word_it_opens_on_the_first_model(zoo, open_app):
    app = open_app()
    assert healthy(app) and not app.toast
    assert app.selectbox(key="frame_model").value in app.selectbox(key="frame_model").options


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"model": "digits-smal-2d"}, "digits-small-2d"),
        ({"model": "../../etc/passwd"}, "model was left out"),
        ({"model": "<b>" + 3000 * "x"}, "model was left out"),
        ({"z": "one,two"}, "z was left out"),
        ({"z": "nan,0"}, "z was left out"),
        ({"z": "0,inf"}, "z was left out"),
        ({"z": "1e9,0"}, "z was left out"),
        ({"z": "0"}, "2 dimensions, the link gives 1"),
        ({"z": "0,0,0"}, "2 dimensions, the link gives 3"),
        ({"z": ""}, "z was left out"),
        ({"map": "z1,z1"}, "map was left out"),
        ({"map": "z1,z3"}, "map was left out"),
        ({"map": "z1"}, "map was left out"),
        ({"map": "umap"}, "no umap map"),
        ({"map": "tsne"}, "map was left out"),
        ({"colour": "pink"}, "colour was left out"),
        ({"cursor": "nothing"}, "cursor was left out"),
        ({"point": "60"}, "0 to 59"),
        ({"point": "-1"}, "point was left out"),
        ({"point": "1.5"}, "point was left out"),
        ({"point": "²"}, "point was left out"),
    ],
)
@pytest.mark.parametrize("runtime", ["installed", "missing"])
def test_a_link_that_makes_no_sense_is_left_out_with_a_word(zoo, open_app, monkeypatch, words, complaint, runtime):
    monkeypatch.setattr(live, "installed", lambda: runtime == "installed")
    app = open_app(**{"model": "digits-small-2d", **words})
    assert healthy(app)
    assert complaint in notes(app)
    assert len(notes(app)) < 400


def test_a_link_goes_where_it_says(zoo, open_app):
    app = open_app(
        model="digits-small-14d", map="z3,z2", colour="kl", cursor="sample", z=",".join(["0.5"] * 14), point="7"
    )
    assert healthy(app) and not app.toast
    data = sent_to_browser(app)
    assert data["view"] == {"projection": "latent", "axes": [2, 1], "colour": "kl", "show": "sample"}
    assert data["place"]["z"] == [0.5] * 14 and data["place"]["point"] == 7
    assert data["model"]["name"] == "digits-small-14d"


def test_what_the_browser_gets_is_small_and_published(zoo, published, open_app):
    live.files.clear()  # an earlier test may have published them elsewhere
    data = sent_to_browser(open_app(model="digits-small-14d"))
    assert len(json.dumps(data)) < 10_000
    files = [data["model"]["decoder"], data["model"]["codes"]["url"], data["figure"], *data["files"].values()]
    assert all((published / address.removeprefix("app/static/generated/")).is_file() for address in files)


def test_sliders_come_in_the_order_of_their_kl(zoo, open_app):
    dimensions = sent_to_browser(open_app(model="digits-small-14d"))["model"]["dimensions"]
    kl = [dimension["kl"] for dimension in dimensions]
    assert kl == sorted(kl, reverse=True)
    assert sorted(dimension["index"] for dimension in dimensions) == list(range(14))
    assert all(dimension["low"] <= -2 and dimension["high"] >= 2 for dimension in dimensions)


def test_the_picker_changes_the_model_and_the_link(zoo, open_app):
    app = open_app(model="digits-small-2d", z="1,1")
    app.selectbox(key="frame_model").select("digits-small-14d").run()
    assert healthy(app)
    assert word(app, "model") == "digits-small-14d"
    assert "z" not in app.query_params
    app.selectbox(key="frame_dataset").select("frey").run()
    assert healthy(app)
    assert app.selectbox(key="frame_model").value == "frey-small-3d"
    assert sent_to_browser(app)["model"]["labels"] == []


def test_a_model_without_labels_is_coloured_by_its_numbers(zoo, open_app):
    data = sent_to_browser(open_app(model="frey-small-3d"))
    assert data["model"]["colours"] == ["kl", "error"] and data["view"]["colour"] == "kl"


def test_missing_originals_say_how_to_get_them(zoo, open_app, monkeypatch, tmp_path):
    for name in ("LATENT_LAB_DATA", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    from ui import cache

    cache.dataset.clear()
    app = open_app(model="frey-small-3d", point="3")
    assert healthy(app)
    missing = sent_to_browser(app)["originals"]["missing"]
    assert "frey_rawface.mat" in missing and "python -m vae_core data fetch frey" in missing


# Without the browser's runtime


@pytest.mark.parametrize("name", ["digits-small-2d", "digits-small-14d", "frey-small-3d"])
def test_without_the_runtime_python_decodes_and_says_how_to_make_it_live(zoo, open_app, not_installed, name):
    app = open_app(model=name)
    assert healthy(app)
    (info,) = app.info
    assert "make live" in info.value and "npm ci --prefix static" in info.value
    originals = int(not any("not on this machine" in text.value for text in app.caption))
    assert len(app.get("image")) == 3 + originals  # the picture, the traversals and the prior
    assert len(app.slider) == int(name.split("-")[-1][:-1])


def test_without_the_runtime_sliders_move_z_and_the_link(zoo, open_app, not_installed):
    app = open_app(model="digits-small-2d")
    before = app.get("image")[0].proto.imgs[0].url
    app.slider[0].set_value(1.25).run()
    assert healthy(app)
    assert "1.25" in word(app, "z")
    assert app.get("image")[0].proto.imgs[0].url != before
    app.button[0].click().run()
    assert [slider.value for slider in app.slider] == [0, 0]


def test_without_the_runtime_links_lead_to_their_place(zoo, open_app, not_installed):
    app = open_app(model="digits-small-2d", z="0.5,-1.25", map="pca", colour="error", point="3")
    assert healthy(app) and not app.toast
    assert {slider.label.split(",")[0]: slider.value for slider in app.slider} == {"z1": 0.5, "z2": -1.25}
    assert app.selectbox(key="fallback_map").value == "pca"
    assert app.selectbox(key="fallback_colour").value == "error"
    assert len(app.get("image")) == 4  # the original stands beside the picture
    assert word(app, "point") == "3"


def test_without_the_runtime_the_prior_is_drawn_from_and_the_pin_gone_back_to(zoo, open_app, not_installed):
    app = open_app(model="digits-small-14d", point="7")
    at = {button.label: button for button in app.button}
    sheet = app.get("image")[-1].proto.imgs[0].url
    at["Sample"].click().run()
    assert healthy(app)
    drawn = fallback.draws(14, 1)[0].tolist()
    for slider in app.slider:
        own = drawn[int(slider.label.split(",")[0][1:]) - 1]
        assert slider.value == pytest.approx(min(max(own, slider.min), slider.max))
    assert app.get("image")[-1].proto.imgs[0].url != sheet
    at["Back to pin"].click().run()
    assert healthy(app)
    pinned = read_checkpoint(zoo / "digits-small-14d").codes.mean[7].tolist()
    assert [float(value) for value in word(app, "z").split(",")] == pytest.approx(pinned, abs=0.006)
    assert len(app.expander) == 1 and app.expander[0].label.startswith("2 more")
    unpinned = open_app(model="digits-small-2d", z="0,1")
    assert {button.label for button in unpinned.button if button.disabled} == {"Back to pin"}


def test_without_the_runtime_any_two_dimensions_make_a_map(zoo, open_app, not_installed):
    app = open_app(model="digits-small-14d", map="z3,z2")
    assert [app.selectbox(key=f"fallback_{side}").value for side in ("across", "up")] == [2, 1]
    app.selectbox(key="fallback_across").select(1).run()
    assert healthy(app)
    across, up = (app.selectbox(key=f"fallback_{side}").value for side in ("across", "up"))
    assert across == 1 and up != 1
    assert word(app, "map") == f"z2,z{up + 1}"
    app.selectbox(key="fallback_map").select("pca").run()
    assert healthy(app) and word(app, "map") == "pca"
    app.selectbox(key="fallback_map").select("latent").run()
    assert healthy(app) and word(app, "map") == f"z2,z{up + 1}"


def test_without_the_runtime_the_grid_is_at_the_priors_quantiles(zoo):
    checkpoint = read_checkpoint(zoo / "digits-small-2d")
    grid = fallback.prior(checkpoint, 0)
    assert grid.shape == (160, 160)
    z = torch.tensor([[-1.95996, 1.95996]])  # the 2.5 % and the 97.5 % quantile: the corner at the top left
    corner = fallback.pixels(checkpoint.model.decode(z).mean[0].detach())
    assert np.abs(grid[:8, :8].astype(int) - corner.astype(int)).max() <= 1


def test_without_the_runtime_a_z_beyond_the_sliders_is_taken_as_far_as_they_go(zoo, open_app, not_installed):
    app = open_app(model="digits-small-2d", z="500,-500")
    assert healthy(app)
    assert {abs(slider.value) for slider in app.slider} <= {slider.max for slider in app.slider} | {
        -slider.min for slider in app.slider
    }


def test_without_the_runtime_another_model_can_be_picked(zoo, open_app, not_installed):
    app = open_app(model="digits-small-14d", z=",".join(["1"] * 14), map="umap")
    app.selectbox(key="frame_model").select("digits-small-2d").run()
    assert healthy(app)
    first = read_checkpoint(zoo / "digits-small-2d").codes.mean[0].tolist()
    at = {int(slider.label[1]) - 1: slider.value for slider in app.slider}
    assert [at[d] for d in range(2)] == pytest.approx(first, abs=1e-4)
    app.selectbox(key="frame_dataset").select("frey").run()
    assert healthy(app) and len(app.slider) == 3


# Zoos that are not as they should be


def test_an_empty_zoo_says_how_to_build_a_model(zoo, open_app, monkeypatch, tmp_path):
    monkeypatch.setattr(store, "ZOO", tmp_path / "nothing")
    app = open_app()
    assert not app.exception
    assert "python -m vae_core zoo build" in app.warning[0].value


@pytest.mark.parametrize("page", ["explore", "interpolate", "reconstruct"])
def test_a_model_that_no_page_can_show_says_why(zoo, open_app, monkeypatch, tmp_path, page):
    flat, bare = tmp_path / "zoo" / "digits-flat-1d", tmp_path / "zoo" / "digits-bare-2d"
    write_stand_in(flat, "digits", replace(DIGITS, latent_dim=1))
    write_stand_in(bare, "digits", DIGITS)
    for file in (flat / "projections", bare / "projections", bare / "codes"):
        file.with_suffix(".safetensors").unlink()
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    for folder, why in ((flat, "one latent dimension"), (bare, f"zoo build {bare.name}` again")):
        app = open_app().switch_page(f"pages/{page}.py")
        app.query_params["model"] = folder.name
        app.run()
        assert not app.exception and why in app.error[0].value


def test_a_broken_model_says_what_is_wrong_and_leaves_the_others_alone(zoo, open_app, monkeypatch, tmp_path):
    mixed = tmp_path / "zoo"
    shutil.copytree(zoo, mixed)
    weights = mixed / "digits-small-2d" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    (mixed / "frey-small-3d" / "model.json").write_text("{")
    (mixed / "half-built.partial").mkdir()
    (mixed / "a file").touch()
    monkeypatch.setattr(store, "ZOO", mixed)
    broken = open_app(model="digits-small-2d")
    assert not broken.exception
    assert "model.safetensors" in broken.error[0].value
    assert healthy(open_app(model="digits-small-14d"))
    gone = open_app(model="frey-small-3d")
    assert not gone.exception and "left out" in notes(gone)


def test_a_model_without_projections_has_the_map_of_its_dimensions(zoo, open_app, monkeypatch, tmp_path):
    shutil.copytree(zoo / "digits-small-14d", tmp_path / "digits-small-14d")
    (tmp_path / "digits-small-14d" / "projections.safetensors").unlink()
    monkeypatch.setattr(store, "ZOO", tmp_path)
    app = open_app()
    assert healthy(app)
    data = sent_to_browser(app)
    assert data["model"]["projections"] == [] and data["view"]["projection"] == "latent"
