"""The race of three trainers: where it is judged, what it writes, and that training helps."""

import json
from dataclasses import asdict

import pytest

from vae_core.studies.race import TRAINERS, Race, marks, race

SMALL = Race("digits", pictures=200, seen=2_000, hidden=(12,), learning_rate=1e-2, judged=20, importance_samples=10)


def test_marks_are_one_two_and_five_times_powers_of_ten():
    assert marks(100, 5_000) == [100, 200, 500, 1_000, 2_000, 5_000]
    assert marks(150, 1_999) == [200, 500, 1_000]


def test_three_trainers_run_from_the_same_start(tmp_path):
    file = tmp_path / "race.json"
    points = list(race(SMALL, file=file))
    told = json.loads(file.read_text("utf-8"))
    assert told["points"] == [asdict(point) for point in points]
    assert told["settings"]["pictures"] == 200
    for trainer in TRAINERS:
        for split in ("train", "test"):
            own = [point for point in points if (point.trainer, point.split) == (trainer, split)]
            assert [point.seen for point in own] == marks(100, 2_000)
            assert own[-1].log_marginal > own[0].log_marginal + own[0].standard_error
    assert [asdict(point) for point in race(SMALL, ("aevb",))] == told["points"][: 2 * len(marks(100, 2_000))]


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
