"""The race of three trainers: where it is judged, what it writes, and that training helps."""

import json
from dataclasses import replace

import pytest
import torch

from vae_core.analysis.likelihood import importance_estimate
from vae_core.studies import race as racing
from vae_core.studies.race import TRAINERS, Bound, Point, Race, error_of, known, latents, marks, race, record, told_of

SMALL = Race("digits", pictures=200, seen=1_000, hidden=(8,), learning_rate=3e-2, judged=10, importance_samples=5)


def test_marks_are_one_two_and_five_times_powers_of_ten():
    assert marks(100, 5_000) == [100, 200, 500, 1_000, 2_000, 5_000]
    assert marks(150, 1_999) == [200, 500, 1_000]


def test_three_trainers_run_from_the_same_start(monkeypatch):
    def from_encoder(model, x, samples, generator):
        """In place of fitted proposals, which take half a second."""
        return importance_estimate(model, x, samples, generator=generator)

    monkeypatch.setattr(racing, "marginal_estimate", from_encoder)
    points = list(race(SMALL))
    for trainer in TRAINERS:
        for split in ("train", "test"):
            own = [point for point in points if (point.trainer, point.split) == (trainer, split)]
            assert [point.seen for point in own] == marks(100, 1_000)
            assert own[-1].log_marginal > own[0].log_marginal


@pytest.mark.parametrize(
    ("settings", "trainers", "message"),
    [
        (Race("digits", pictures=2_000), ("aevb",), "pictures must be at most 1,437, got 2,000"),
        (Race("digits", pictures=400, judged=361), ("aevb",), "judged must be at most 360, got 361"),
        (Race("digits", pictures=100), ("aevb",), "judged must be at most 100, got 200"),
        (SMALL, ("em",), "trainers are aevb, wake-sleep, mcem, got em"),
    ],
)
def test_what_cannot_be_is_refused(settings, trainers, message):
    with pytest.raises(ValueError, match=message):
        next(race(settings, trainers))
    with pytest.raises(ValueError, match="seen must be at least 100, a batch, got 99"):
        Race(seen=99)
    with pytest.raises(ValueError, match="pictures must be at least 1, got 0"):
        Race(pictures=0)


def test_more_latents_are_judged_by_their_bound():
    bounds = list(latents(SMALL, (1, 4)))
    assert [bound.latent_dim for bound in bounds] == [1] * 8 + [4] * 8
    assert {bound.split for bound in bounds} == {"train", "test"}
    assert all(-45 < bound.bound < -20 and 0 < bound.standard_error < 2 for bound in bounds)
    assert bounds[-1].bound > bounds[8].bound


def test_errors_are_over_runs_of_film_where_pictures_depend_on_each_other():
    values = torch.arange(8.0).repeat_interleave(25) + torch.linspace(0, 0.01, 200)  # alike within a run
    of_film = (torch.arange(8.0).std() / 8**0.5).item()
    for split in ("train", "test"):
        assert error_of(values, split, Race("frey")) == pytest.approx(of_film, rel=1e-2)
        assert error_of(values, split, Race("digits")) == pytest.approx((values.std() / 200**0.5).item(), rel=1e-4)
    with pytest.raises(ValueError, match="the first 20 test pictures of frey depend on each other"):
        next(latents(Race("frey", judged=20), (2,)))


def test_the_end_of_a_race_keeps_every_test_picture():
    bounds = list(latents(SMALL, (2,)))
    kept = {(bound.seen, bound.split) for bound in bounds if bound.values is not None}
    assert kept == {(1_000, "test")}
    assert bounds[-1].values is not None and len(bounds[-1].values) == 10
    assert bounds[-1].bound == pytest.approx(sum(bounds[-1].values) / 10, abs=1e-3)


def test_a_file_keeps_what_was_measured_and_that_is_not_measured_again(tmp_path, monkeypatch):
    file = tmp_path / "races.json"
    aevb = [Point("aevb", seen, split, -30.0, 0.1) for seen in marks(100, 1_000) for split in ("train", "test")]
    ends = [replace(point, values=[-30.0] * 10) if point.seen == 1_000 else point for point in aevb]
    sleep = [Point("wake-sleep", 100, "test", -31.0, 0.1)]
    record(file, "trainers", SMALL, aevb)
    record(file, "trainers", replace(SMALL, seen=500), sleep)
    assert known(file, "trainers", SMALL) == [*aevb, *sleep] and known(file, "latents", SMALL) == []
    record(file, "latents", SMALL, bounds := [Bound(2, 100, "test", -31.0, 0.1)])
    assert known(file, "latents", SMALL) == bounds and known(file, "trainers", replace(SMALL, seed=1)) == []
    assert json.loads(file.read_text("utf-8"))["latents"][0]["points"] == [told_of(bounds[0])]
    monkeypatch.setattr(racing, "ran", lambda settings, trainer, dataset: iter([trainer]))
    again = list(race(SMALL, ("aevb", "wake-sleep"), known(file, "trainers", SMALL)))
    assert again == ["aevb", "wake-sleep"], "without its single pictures, or half a race, it is run again"
    record(file, "trainers", SMALL, ends)
    again = list(race(SMALL, ("aevb", "wake-sleep"), known(file, "trainers", SMALL)))
    assert again == [*ends, "wake-sleep"]


def test_a_race_over_batches_that_fit_no_mark_is_whole(monkeypatch):
    uneven = replace(SMALL, pictures=170, batch_size=40, seen=500)
    bounds = list(latents(uneven, (2,)))
    assert {bound.seen for bound in bounds} - set(marks(40, 500)) and bounds[-1].values is not None
    monkeypatch.setattr(racing, "bounded", lambda *_: pytest.fail("it is run again"))
    assert list(latents(uneven, (2,), bounds)) == bounds


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "other.json").write_text("[1]")
    with pytest.raises(ValueError, match="does not hold races: name another file, or a new one"):
        known(tmp_path / "other.json", "trainers", SMALL)
