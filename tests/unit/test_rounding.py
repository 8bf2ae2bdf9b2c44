"""Numbers that are rounded together add up as they stand."""

from decimal import Decimal

import numpy as np
import pytest

from vae_core import tables
from vae_core.rounding import adding_up, in_sum, negated


def exact(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_parts_add_up_and_none_is_off_by_a_unit(count):
    for parts in np.random.default_rng(count).normal(-50 / count, 60, (300, count)).tolist():
        *rounded, total = map(exact, in_sum(parts))
        assert sum(rounded) == total and abs(float(total) - sum(parts)) <= 0.05 + 1e-9
        assert all(abs(float(new) - old) < 0.1 for new, old in zip(rounded, parts, strict=True))
        # No other choice of parts that adds up so is nearer: those rounded up have the largest remainders.
        remainders = [(old * 10) % 1 for old in parts]
        up = [float(new) > old for new, old in zip(rounded, parts, strict=True)]
        assert (
            min((r for r, u in zip(remainders, up, strict=True) if u), default=1)
            >= max((r for r, u in zip(remainders, up, strict=True) if not u), default=0) - 1e-9
        )


def test_known_sums():
    assert in_sum([-71.06, -19.97]) == ["−71.0", "−20.0", "−91.0"]  # alone: −71.1, −20.0
    assert in_sum([1234.4, -12.3]) == ["1,234", "−12", "1,222"]
    assert adding_up([0.25, 0.25, 0.25], 1) == [0.3, 0.3, 0.2]
    assert adding_up([12.34, 33.33], 1, 45.8) == [12.4, 33.4]
    assert np.isnan(adding_up([float("nan"), 1.0], 1)[0])
    assert [negated(text) for text in ("1.5", "−1,234", "0.0")] == ["−1.5", "1,234", "0.0"]


def test_what_a_command_prints_adds_up():
    result = {"elbo": -96.08, "reconstruction": -76.494, "kl": 19.586, "kl_per_dimension": [9.795, 9.791], "name": "a"}
    printed = tables.together(result)
    assert (printed["elbo"], printed["reconstruction"], printed["kl"]) == (-96.08, -76.49, 19.59)
    assert sum(printed["kl_per_dimension"]) == pytest.approx(19.59, abs=1e-9) and printed["name"] == "a"
    assert tables.together({"mig": 0.5}) == {"mig": 0.5}
