"""Which models the app shows: the zoo's and those of other folders; broken ones are left out, said once."""

import json
import os
import shutil

import pytest
from small_models import STAND_INS

from ui import cache
from vae_core import server
from vae_core.zoo import store

NAME = "digits-small-2d"


@pytest.fixture
def runs(zoo, tmp_path, monkeypatch):
    """A folder of models of one's own, which the app is told of."""
    monkeypatch.setenv(store.MODELS, str(tmp_path / "runs"))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def describe_as(folder, **changes) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_run_stands_beside_the_zoo(zoo, runs):
    shutil.copytree(zoo / NAME, runs / "a")
    describe_as(runs / "a", name="mine #1?")
    assert set(cache.zoo()) == {*STAND_INS, "mine #1?"} and not cache.left_out()


def test_models_of_one_name_are_told_apart_by_their_folders(zoo, runs):
    for folder in ("a", "b"):
        shutil.copytree(zoo / NAME, runs / folder)
    assert {f"{NAME} (a)", f"{NAME} (b)", NAME} <= set(cache.zoo())
    assert cache.zoo()[NAME].folder == zoo / NAME
    assert cache.zoo()[f"{NAME} (b)"].folder == runs / "b"


def test_a_checkpoint_folder_may_be_named_itself(zoo, tmp_path, monkeypatch):
    shutil.copytree(zoo / NAME, tmp_path / "only")
    monkeypatch.setenv(store.MODELS, os.pathsep.join([str(tmp_path / "only"), str(tmp_path / "gone")]))
    assert f"{NAME} (only)" in cache.zoo()
    (sentence,) = cache.left_out()
    assert "has no models" in sentence and "gone" in sentence


@pytest.mark.parametrize(
    "changes", [{"name": 7}, {"model": [[]]}, {"dataset": None}, {"objective": "beta", "objective_settings": {}}]
)
def test_a_broken_model_is_left_out_and_said_once(zoo, runs, open_app, changes):
    shutil.copytree(zoo / NAME, runs / "broken")
    describe_as(runs / "broken", **changes)
    app = open_app()
    assert not app.exception and not app.error and set(cache.zoo()) == set(STAND_INS)
    (toast,) = app.toast
    assert "broken" in toast.value and "left out" in toast.value
    assert not app.run().toast


def test_show_refuses_what_has_no_models(tmp_path):
    with pytest.raises(ValueError, match="has no models"):
        server.environment([tmp_path])
    with pytest.raises(ValueError, match="port must be between 1 and 65535"):
        server.command("localhost", 0)


def test_show_adds_to_the_folders_that_are_shown_already(zoo, runs, tmp_path):
    shown = server.environment([zoo / NAME])[store.MODELS].split(os.pathsep)
    assert shown == [str(zoo / NAME), str(runs)]
