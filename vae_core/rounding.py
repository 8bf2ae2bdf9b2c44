"""Numbers that are rounded together, so that what is printed adds up. The same as static/live/math/rounding.js."""

import math
from collections.abc import Sequence

WHOLE_FROM = 999.95  # above, a decimal of a nat is noise


def adding_up(parts: Sequence[float], decimals: int, total: float | None = None) -> list[float]:
    """Parts to so many decimals that add up to their total, which is rounded for itself unless it is given.

    Each part is rounded down, and those with the largest remainders up instead (Hamilton's method), so that no part is
    off by a whole unit of its last digit while the total is their sum. Where one is not finite they stay as they are.
    """
    total = math.fsum(parts) if total is None else total
    if not all(map(math.isfinite, [*parts, total])):
        return list(parts)
    unit = 10.0**-decimals
    scaled = [part / unit for part in parts]
    whole = [math.floor(part) for part in scaled]
    each, more = divmod(math.floor(total / unit + 0.5) - sum(whole), len(parts))
    order = sorted(range(len(parts)), key=lambda i: (whole[i] - scaled[i], i))
    for rank, i in enumerate(order):
        whole[i] += each + (rank < more)
    return [round(part * unit, max(0, decimals)) for part in whole]


def decimals_for(values: Sequence[float]) -> int:
    """How many decimals nats that stand together are shown with: one, and none where one of them is a thousand."""
    return 0 if any(abs(value) >= WHOLE_FROM for value in values) else 1


def in_sum(parts: Sequence[float]) -> list[str]:
    """Parts in nats and then their total, as texts with one number of decimals that add up as they stand."""
    total = math.fsum(parts)
    decimals = decimals_for([*parts, total])
    rounded = adding_up(parts, decimals)
    return [f"{value + 0.0:,.{decimals}f}".replace("-", "−") for value in [*rounded, math.fsum(rounded)]]


def negated(text: str) -> str:
    """That of the same number with the other sign, for a text of `in_sum`."""
    return text[1:] if text.startswith("−") else text if float(text.replace(",", "")) == 0 else f"−{text}"
