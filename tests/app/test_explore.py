"""The Explore page as Streamlit runs it: what it shows, and what it does with links that make no sense."""

import json
import shutil
from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file
from screens import LIVE, explained, query_of, sent_to_browser
from small_models import DIGITS, MAPPED, write_stand_in
from streamlit.testing.v1 import AppTest

from ui import frame, link
from ui.browser import model as live
from ui.explore import state
from ui.view import DECIMALS, Bounds, Place
from vae_core.models.flow_posterior import FlowConfig
from vae_core.zoo import store


def notes(app: AppTest) -> str:
    return " ".join(toast.value for toast in app.toast)


def healthy(app: AppTest) -> bool:
    """No exception, no error, and the live part."""
    return not app.exception and not app.error and len(app.get(LIVE)) == 1


@pytest.mark.parametrize("entry", list(filter(frame.has_a_map, store.entries())), ids=lambda each: each.name)
def test_every_shipped_model_opens(open_app, entry):
    name = entry.name
    app = open_app(model=name)
    assert healthy(app) and not app.toast
    assert app.selectbox(key="frame_model").value == name
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Size"].endswith((" M", " k"))
    unit = "bits/dim" if entry.likelihood == "gaussian" else "nats"  # densities of Gaussian pixels
    assert figures["Test −log p(x)"].endswith(unit)


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
    ("query", "problem"),
    [
        ({"model": "digits-smal-2d"}, "digits-small-2d"),
        ({"model": "../../etc/passwd"}, "'model' was left out"),
        ({"model": "<b>" + 3000 * "x"}, "'model' was left out"),
        ({"z": "one,two"}, "'z' was left out"),
        ({"z": "nan,0"}, "'z' was left out"),
        ({"z": "0,inf"}, "'z' was left out"),
        ({"z": "1e9,0"}, "'z' was left out"),
        ({"z": "0"}, "2 dimensions, the link gives 1"),
        ({"z": "0,0,0"}, "2 dimensions, the link gives 3"),
        ({"z": ""}, "'z' was left out"),
        ({"map": "z1,z1"}, "'map' was left out"),
        ({"map": "z1,z3"}, "'map' was left out"),
        ({"map": "z1"}, "'map' was left out"),
        ({"map": "umap"}, "no umap map"),
        ({"map": "tsne"}, "'map' was left out"),
        ({"colour": "pink"}, "'colour' was left out"),
        ({"cursor": "nothing"}, "'cursor' was left out"),
        ({"point": "60"}, "0 to 59"),
        ({"point": "-1"}, "'point' was left out"),
        ({"point": "1.5"}, "'point' was left out"),
        ({"point": "²"}, "'point' was left out"),
    ],
)
def test_a_link_that_makes_no_sense_is_left_out_with_a_word(zoo, open_app, query, problem):
    app = open_app(**{"model": "digits-small-2d", **query})
    assert healthy(app)
    assert problem in notes(app)
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
    files = [data["model"]["decoder"], data["model"]["codes"]["url"], *data["files"].values()]
    assert all((published / address.removeprefix("app/static/generated/")).is_file() for address in files)


def test_sliders_come_in_the_order_of_their_kl(zoo, open_app):
    dimensions = sent_to_browser(open_app(model="digits-small-14d"))["model"]["dimensions"]
    kl = [dimension["kl"] for dimension in dimensions]
    assert kl == sorted(kl, reverse=True)
    assert sorted(dimension["index"] for dimension in dimensions) == list(range(14))
    assert all(dimension["low"] <= -2 and dimension["high"] >= 2 for dimension in dimensions)


@pytest.mark.parametrize("page", ["explore", "interpolate", "reconstruct"])
def test_the_browser_is_told_how_far_and_how_exactly_a_link_goes(zoo, open_app, page):
    app = open_app().switch_page(f"pages/{page}.py").run()
    told = sent_to_browser(app)["model"]["link"]
    assert told == {"farthest": link.FARTHEST, "decimals": DECIMALS}
    bounds = Bounds(2, [[0.0, 0.0]], (), ("kl",), (0, 1))
    edge = {"z": f"{told['farthest']},{-told['farthest']}"}
    assert not state.read(edge, bounds)[2] and state.read({"z": f"{told['farthest'] + 0.0001},0"}, bounds)[2]
    exact = 10 ** -told["decimals"]
    assert state.write("m", bounds.view, Place((exact, 0.0)), bounds)["z"] == f"{exact:f}".rstrip("0") + ",0"


def test_the_picker_changes_the_model_and_the_link(zoo, open_app):
    app = open_app(model="digits-small-2d", z="1,1")
    app.selectbox(key="frame_model").select("digits-small-14d").run()
    assert healthy(app)
    assert query_of(app)["model"] == "digits-small-14d"
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
    for folder, why in ((bare, f"{bare.name} has no codes of test pictures"), (flat, "one latent dimension")):
        if folder == flat:
            shutil.rmtree(bare)
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


def test_a_density_is_said_in_bits_and_the_layers_by_their_widths(zoo, open_app):
    density, digits = (
        {metric.label: metric.value for metric in open_app(model=name).metric}
        for name in ("frey-small-3d", "digits-small-2d")
    )
    assert density["Test −log p(x)"] == "8.318 ± 0.001 bits/dim" and digits["Test −log p(x)"] == "123.4 ± 0.5 nats"
    assert digits["Layers"] == "MLP 16-16"


@pytest.mark.parametrize("name", MAPPED)
def test_models_whose_kl_has_no_closed_form_have_a_map(mapped, open_app, name):
    app = open_app(model=name)
    assert healthy(app) and not app.toast
    assert app.selectbox(key="frame_model").value == name
    told = sent_to_browser(app)["model"]
    checkpoint = store.open_checkpoint(mapped / name)
    variance = checkpoint.codes.mean.var(0, correction=0)
    uses = [(each["index"], each["variance"]) for each in told["dimensions"]]
    assert [use for _, use in uses] == sorted((use for _, use in uses), reverse=True)
    assert dict(uses) == pytest.approx(dict(enumerate(variance.tolist())), abs=1e-4)
    assert not any("kl" in each for each in told["dimensions"])
    learned = MAPPED[name].prior != "normal"
    assert (told["mixture"] is not None) == learned
    assert (told["opening"]["grid"] is None) == learned, "quantiles are those of N(0, I)"


def test_one_alone_of_its_data_set_is_shown_where_it_can_be_and_said_elsewhere(mapped, open_app):
    for entry in store.entries(mapped):
        if entry.dataset == "digits" and entry.name != "digits-bent-2d":
            shutil.rmtree(entry.folder)
    assert healthy(open_app(model="digits-bent-2d"))
    app = open_app(model="digits-bent-2d").switch_page("pages/reconstruct.py")
    app.query_params["model"] = "digits-bent-2d"
    app.run()
    (error,) = app.error
    assert (
        "which keeps it from this page: Explore and Models, Posterior shape show it"
        in error.value.replace("\u2060", "")
        and not app.exception
    )


def test_codes_without_the_kl_of_their_model_are_refused_in_a_sentence(mapped, open_app):
    folder = mapped / "digits-learned-2d"
    codes = load_file(folder / "codes.safetensors")
    save_file({name: tensor for name, tensor in codes.items() if name != "cost"}, folder / "codes.safetensors")
    app = open_app(model="digits-learned-2d")
    assert not app.exception and "has codes without their KL: build or train it again" in app.error[0].value


@pytest.mark.parametrize(
    ("name", "where"),
    [("digits-bent-2d", "Explore and Models, Posterior shape show it"), ("digits-bent-3d", "Explore shows it")],
)
def test_where_one_cannot_be_shown_a_sentence_says_why_and_where_it_can(mapped, open_app, name, where):
    write_stand_in(mapped / "digits-bent-3d", "digits", FlowConfig(replace(DIGITS, latent_dim=3), "planar", 2))
    app = open_app(model=name).switch_page("pages/reconstruct.py")
    app.query_params["model"] = name
    app.run()
    assert not app.exception and app.selectbox(key="frame_model").value == "digits-small-2d" and not app.toast
    why = f"{name} bends its q(z|x) by a flow, and a Gaussian one is needed here"
    assert explained(app) == f"{why}: {where}, and digits-small-2d stands in here."
    app = app.switch_page("pages/explore.py").run()
    assert app.selectbox(key="frame_model").value == name and not explained(app)


def test_a_model_with_one_latent_dimension_stands_side_by_side_alone(zoo, open_app, monkeypatch, tmp_path):
    shutil.copytree(zoo, tmp_path / "zoo")
    write_stand_in(tmp_path / "zoo" / "digits-flat-1d", "digits", replace(DIGITS, latent_dim=1))
    (tmp_path / "zoo" / "digits-flat-1d" / "projections.safetensors").unlink()
    monkeypatch.setattr(store, "ZOO", tmp_path / "zoo")
    app = open_app(model="digits-flat-1d")
    where = "Models, Side by side shows it, and digits-small-2d stands in here."
    assert explained(app) == f"digits-flat-1d has one latent dimension, and a map needs two: {where}"
    app = app.switch_page("pages/models.py").run()
    assert not app.exception and not app.error and sent_to_browser(app)["chosen"] == "digits-flat-1d"
