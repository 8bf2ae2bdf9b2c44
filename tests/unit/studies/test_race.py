"""The race of three trainers: where it is judged, what it writes, and that training helps."""

import json
from dataclasses import asdict

import pytest

from vae_core.analysis.likelihood import importance_estimate
from vae_core.studies import race as racing
from vae_core.studies.race import TRAINERS, Race, marks, race

SMALL = Race("digits", pictures=200, seen=1_000, hidden=(8,), learning_rate=3e-2, judged=10, importance_samples=5)


def test_marks_are_one_two_and_five_times_powers_of_ten():
    assert marks(100, 5_000) == [100, 200, 500, 1_000, 2_000, 5_000]
    assert marks(150, 1_999) == [200, 500, 1_000]


def test_three_trainers_run_from_the_same_start(tmp_path, monkeypatch):
    def from_encoder(model, x, samples, generator):
        """In place of fitted proposals, which take half a second."""
        return importance_estimate(model, x, samples, generator=generator)

    monkeypatch.setattr(racing, "marginal_estimate", from_encoder)
    file = tmp_path / "race.json"
    points = list(race(SMALL, file=file))
    told = json.loads(file.read_text("utf-8"))
    assert told["points"] == [asdict(point) for point in points]
    assert told["settings"]["pictures"] == 200
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
    with pytest.raises(ValueError, match="seen must be at least 1, got 0"):
        Race(seen=0)
