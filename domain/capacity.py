"""What a worker can carry today, and how full that is. Everything is counted in integer hundredths of a point.

No pydantic here: the lists that open first are computed with this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Bands = Sequence[tuple[int | None, str]]

# Up to and including this utilisation in tenths of a percent; a scheme's own bands come from its pack.
DEFAULT_BANDS: Bands = ((949, "room"), (1000, "steady"), (1100, "near"), (None, "over"))
LARGEST = 10_000_000
BAND_GLYPHS = {"room": "▽", "steady": "", "near": "△", "over": "▲"}


class CapacityLine(NamedTuple):
    """One step from the full-time load down to today; ``points`` is what the step adds, mostly below zero."""

    label: str
    points: int


class Capacity(NamedTuple):
    """Points by contract and today; both None while nobody has set a full-time load. The lines add up to today."""

    contract: int | None
    today: int | None
    lines: tuple[CapacityLine, ...]


def capacity(
    full_time_points: int | None, fte: int, grade_percent: int, reductions: Iterable[tuple[int, str]]
) -> Capacity:
    """Return what a worker can carry: hundredths of a point by contract, and today after grade and reductions.

    ``fte`` is in hundredths. The grade and each ``(percent, reason)`` count as shares of contract hours, so they add
    up rather than multiply, as in the probation service's workload tool; together they take away everything at most.
    """
    if full_time_points is None:
        return Capacity(None, None, ())
    contract = _share(full_time_points, fte)
    lines = [CapacityLine("Full-time load", full_time_points)]
    if fte != 100:
        lines.append(CapacityLine(f"Works {fte / 100:g} of full time", contract - full_time_points))
    steps = [(100 - grade_percent, f"Grade carries {grade_percent} %")] if grade_percent != 100 else []
    steps += [(percent, f"{reason}, {percent} %") for percent, reason in reductions]
    left = contract
    for percent, label in steps:
        taken = min(_share(contract, percent), left)
        lines.append(CapacityLine(label, -taken))
        left -= taken
    return Capacity(contract, left, tuple(lines))


def utilisation(points: int, capacity: int | None) -> int | None:
    """Return ``points`` over ``capacity`` in tenths of a percent (114.2 % is 1142); None without capacity."""
    if not capacity or capacity < 0:
        return None
    return _rounded(points * 1000, capacity)


def band(tenths: int | None, bands: Bands = DEFAULT_BANDS) -> str:
    """Return the key of the band that holds a utilisation; empty when there is none."""
    if tenths is None:
        return ""
    return next((key for upto, key in bands if upto is None or tenths <= upto), "")


def share(points: int, percent: int) -> int:
    """Return ``percent`` of ``points``: what a co-worker or consultant carries of a case."""
    return _share(points, percent)


def hundredths(value: object) -> int:
    """Return a number of points, as a pack writes it (3, 0.25), in hundredths.

    Raises ValueError for anything but a number with at most two decimals, of any sign.
    """
    from decimal import Decimal

    try:
        exact = Decimal("" if isinstance(value, bool) else str(value)) * 100
        if abs(exact) > LARGEST:
            raise ValueError("that is more points than anybody can carry")
    except ArithmeticError:
        raise ValueError("write points as a number, as in 3 or 0.25") from None
    if exact != int(exact):
        raise ValueError("points have at most two decimals")
    return int(exact)


def _share(points: int, percent: int) -> int:
    return _rounded(points * percent, 100)


def _rounded(dividend: int, divisor: int) -> int:
    """Divide, rounding half up."""
    return (2 * dividend + divisor) // (2 * divisor)
