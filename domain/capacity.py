"""What a worker can carry today, and how full that is. Points and hours are integer hundredths.

Three numbers are kept apart: the contract (hours, FTE), what is left of it today after dated reductions (hours), and
the points budget, which is today's share of the full-time points. What weighs on a worker besides cases (the stable
part of every post, extra responsibilities) is load, never a loss of capacity.

No pydantic here: the lists that open first are computed with this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Bands = Sequence[tuple[int | None, str]]

# Up to and including this utilisation in tenths of a percent; a scheme's own bands come from its pack.
DEFAULT_BANDS: Bands = ((949, "room"), (1000, "steady"), (1100, "near"), (None, "over"))
LARGEST = 10_000_000
BAND_GLYPHS = {"room": "▽", "steady": "", "near": "△", "over": "▲"}


FULL_TIME_HOURS = 3700  # a week; the probation service's workload tool counts 37 h, shown where a team sets no other
RED_WEEKS = 4  # "above 110 % for 4 weeks": House of Commons written answer 172934, 30 March 2021
OVER = "over"


class Loss(NamedTuple):
    """A dated reduction as it counts on a day; what a reason means comes from the packs (see storage/board.py).

    ``counts`` is False for what only marks the week (annual leave), ``away`` says nobody is there, and ``ramp`` that
    it is a step towards a full load, as a grade's own share is.
    """

    percent: int
    reason: str
    kind: str = "other"
    counts: bool = True
    away: bool = False
    ramp: bool = False


class CapacityLine(NamedTuple):
    """One step from the full-time load down to today; ``points`` and ``hours`` are what it adds, mostly below zero."""

    label: str
    points: int
    hours: int = 0


class Capacity(NamedTuple):
    """Points by contract and today; both None while nobody has set a full-time load. The lines add up to today.

    The hours are known either way: ``contract_hours`` a week, and ``today_hours``, what is left of them for the work.
    """

    contract: int | None
    today: int | None
    lines: tuple[CapacityLine, ...]
    contract_hours: int = FULL_TIME_HOURS
    today_hours: int = FULL_TIME_HOURS
    away: bool = False


def capacity(
    full_time_points: int | None,
    fte: int,
    grade_percent: int,
    losses: Iterable[Loss | tuple[int, str]],
    full_time_hours: int = FULL_TIME_HOURS,
) -> Capacity:
    """Return what a worker can carry: hundredths of a point by contract, and today after grade and reductions.

    ``fte`` is in hundredths. The grade and each loss count as shares of contract hours, so they add up rather than
    multiply, as in the probation service's workload tool; together they take away everything at most. A grade's share
    and a ramp say the same thing, so only the heaviest of them counts.
    """
    standing = [Loss(*loss) for loss in losses]
    whole = full_time_points or 0
    points, hours = _share(whole, fte), _share(full_time_hours, fte)
    lines = [CapacityLine("Full-time load", whole, full_time_hours)]
    if fte != 100:
        lines.append(CapacityLine(f"Works {fte / 100:g} of full time", points - whole, hours - full_time_hours))
    left = 100
    for percent, label in _steps(grade_percent, standing):
        after = max(left - percent, 0)
        taken = [_share(of, after) - _share(of, left) for of in (points, hours)]
        lines.append(CapacityLine(label, *taken))
        left = after
    away = any(loss.away for loss in standing)
    if full_time_points is None:
        return Capacity(None, None, (), hours, _share(hours, left), away)
    return Capacity(points, _share(points, left), tuple(lines), hours, _share(hours, left), away)


def _steps(grade_percent: int, losses: Sequence[Loss]) -> Iterator[tuple[int, str]]:
    """Yield what is taken away, in percent of contract hours, with its words."""
    ramps = [loss for loss in losses if loss.ramp and loss.counts]
    heaviest = max(ramps, key=lambda loss: loss.percent, default=None)
    own = 100 - grade_percent
    if heaviest is None or own > heaviest.percent:
        heaviest = None
        if own:
            yield own, f"Grade carries {grade_percent} %"
    elif own:
        yield 0, f"Grade's own {grade_percent} %: in the step below"
    for loss in losses:
        words = f"{loss.reason}, {loss.percent} %"
        if not loss.counts:
            yield 0, f"{loss.reason}: capacity stays"
        elif loss in ramps and loss is not heaviest:
            yield 0, f"{words}: a heavier step counts"
        else:
            yield loss.percent, words


def streak(bands: Sequence[str], over: str = OVER) -> int:
    """Return for how many weeks up to the last one a load has been over the red line, oldest band first."""
    return next((weeks for weeks, band in enumerate(reversed(bands)) if band != over), len(bands))


def runs(bands: Sequence[str], over: str = OVER) -> list[tuple[int, int]]:
    """Return each unbroken run of weeks over the red line as (place of its first week, how many weeks)."""
    found: list[tuple[int, int]] = []
    for place, band in enumerate(bands):
        if band != over:
            continue
        if found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((place, 1))
    return found


def red_line(bands: Bands = DEFAULT_BANDS) -> int | None:
    """Return the utilisation above which a load is over, in tenths of a percent; None when the scheme has no such band.

    A scheme whose lowest band is "over" has its red line at nought.
    """
    below: int | None = 0
    for upto, key in bands:
        if key == OVER:
            return below
        below = upto
    return None


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
