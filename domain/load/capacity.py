"""What a worker can carry today, and how full that is. Points and hours are integer hundredths.

Three numbers are kept apart: the contract (hours, FTE), what is left of it today after dated reductions (hours), and
the points budget, which is today's share of the full-time points. What weighs on a worker besides cases (the stable
part of every post, extra responsibilities) is load, never a loss of capacity.

No pydantic here: the lists that open first are computed with this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.core.hundredths import half_up

Bands = Sequence[tuple[int | None, str]]

# Up to and including this utilisation in tenths of a percent; a scheme's own bands come from its pack.
DEFAULT_BANDS: Bands = ((949, "room"), (1000, "steady"), (1100, "near"), (None, "over"))
BAND_GLYPHS = {"room": "▽", "steady": "", "near": "△", "over": "▲"}


FULL_TIME_HOURS = 3700  # a week; the probation service's workload tool counts 37 h, shown where a team sets no other
RED_WEEKS = 4  # "above 110 % for 4 weeks": House of Commons written answer 172934, 30 March 2021
OVER = "over"
WHOLE = 100  # percent


class Loss(NamedTuple):
    """A dated reduction as it counts on a day; what a reason means comes from the packs.

    It is ``percent`` of the contract or, where that is None, ``hours`` a week, in hundredths. ``counts`` is False for
    what only marks the week (annual leave), ``away`` says nobody is there, and ``ramp`` that it is a step towards a
    full load, as a grade's own share is.
    """

    percent: int | None
    reason: str
    kind: str = "other"
    counts: bool = True
    away: bool = False
    ramp: bool = False
    hours: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it takes the whole contract; hours never do, as they are refused where they would."""
        return self.percent is not None and self.percent >= WHOLE

    def less(self, contract: int) -> Less:
        """Return what it takes of a contract of so many hundredths of an hour a week."""
        return Less.of(self.percent, self.hours, contract)


class Less(NamedTuple):
    """What a reduction takes of a contract, in both ways: tenths of a percent, and hundredths of an hour a week.

    ``in_hours``: it was given in hours, and the percentage is what that comes to. ``tenths`` is None where there is no
    contract to compare hours with.
    """

    tenths: int | None
    hours: int
    in_hours: bool

    @classmethod
    def of(cls, percent: int | None, hours: int | None, contract: int) -> Less:
        """Return a reduction given as ``percent``, or else as ``hours``, of ``contract`` hours."""
        if hours is not None:
            return cls(half_up(hours * 1000, contract) if contract > 0 else None, hours, True)
        return cls((percent or 0) * 10, share(contract, percent or 0), False)

    @property
    def percent(self) -> int | float | None:
        """The percentage, to one decimal where it is not whole."""
        return None if self.tenths is None else self.tenths // 10 if self.tenths % 10 == 0 else self.tenths / 10

    @property
    def words(self) -> str:
        """As a sentence says it."""
        return less_words(self.percent, self.hours / 100, in_hours=self.in_hours)


def less_words(percent: float | None, hours: float, *, in_hours: bool) -> str:
    """Return a reduction as a sentence says it: "20 %", or "1.8 h a week (4.9 %)" where it was given in hours."""
    part = "" if percent is None else f"{percent:g} %"
    if not in_hours:
        return part
    return f"{hours:g} h a week ({part})" if part else f"{hours:g} h a week"


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


class Contract(NamedTuple):
    """A contract as an exact part of full time: ``of_full_time`` over ``parts``, and what a full week is.

    All that is taken away is counted in such parts, so that nothing is rounded before it is points or hours.
    """

    of_full_time: int
    parts: int
    full_time_hours: int

    @classmethod
    def of(cls, fte: int | None, hours: int | None = None, full_time_hours: int = FULL_TIME_HOURS) -> Contract:
        """Return the contract of ``hours`` a week or, where that is None, of ``fte``; both in hundredths."""
        given, whole = (fte or 0, WHOLE) if hours is None else (hours, full_time_hours)
        return cls(given * WHOLE * full_time_hours, whole * WHOLE * full_time_hours, full_time_hours)

    def taken(self, percent: int | None, hours: int | None) -> int:
        """Return in parts what a percentage of the contract, or else hours a week, come to."""
        if hours is None:
            return self.of_full_time // WHOLE * (percent or 0)
        return self.parts // self.full_time_hours * hours

    def share(self, full_time: int, left: int | None = None) -> int:
        """Return what ``left`` parts (the whole contract) are of a full-time load of points, or of a full week."""
        return half_up(full_time * (self.of_full_time if left is None else left), self.parts)

    @property
    def hours(self) -> int:
        """Hours a week, in hundredths."""
        return self.share(self.full_time_hours)


def capacity(
    full_time_points: int | None,
    contract: Contract,
    grade_percent: int,
    losses: Sequence[Loss],
) -> Capacity:
    """Return what a worker can carry: hundredths of a point by contract, and today after grade and reductions.

    The grade and each loss count as shares of contract hours, so they add up rather than multiply, as in the probation
    service's workload tool; together they take away everything at most. A grade's share and a ramp say the same thing,
    so only the heaviest of them counts.
    """
    whole, full_time_hours = full_time_points or 0, contract.full_time_hours
    points, hours = contract.share(whole), contract.hours
    lines = [CapacityLine("Full-time load", whole, full_time_hours)]
    if contract.of_full_time != contract.parts:
        lines.append(CapacityLine(_works(contract), points - whole, hours - full_time_hours))
    left = contract.of_full_time
    for taken, label in _steps(contract, grade_percent, losses):
        after = max(left - taken, 0)
        gone = [contract.share(of, after) - contract.share(of, left) for of in (whole, full_time_hours)]
        lines.append(CapacityLine(label, *gone))
        left = after
    away = any(loss.away for loss in losses)
    today_hours = contract.share(full_time_hours, left)
    if full_time_points is None:
        return Capacity(None, None, (), hours, today_hours, away)
    return Capacity(points, contract.share(whole, left), tuple(lines), hours, today_hours, away)


def nothing_left(losses: Sequence[Loss], contract: int) -> bool:
    """Whether what is taken away comes to all of a contract of so many hundredths of an hour: nobody is there."""
    counting = [loss for loss in losses if loss.counts]
    taken = sum(loss.hours * WHOLE if loss.hours is not None else (loss.percent or 0) * contract for loss in counting)
    return any(loss.whole for loss in counting) or 0 < contract * WHOLE <= taken


def _works(contract: Contract) -> str:
    """Say what part of full time a contract is: as FTE where that is exact, else in hours."""
    hundredths, rest = divmod(contract.of_full_time * WHOLE, contract.parts)
    if not rest:
        return f"Works {hundredths / 100:g} of full time"
    return f"Works {contract.hours / 100:g} of {contract.full_time_hours / 100:g} h a week"


def _steps(contract: Contract, grade_percent: int, losses: Sequence[Loss]) -> Iterator[tuple[int, str]]:
    """Yield what is taken away, in parts of the contract, with its words."""
    parts = {id(loss): contract.taken(loss.percent, loss.hours) for loss in losses}
    ramps = [loss for loss in losses if loss.ramp and loss.counts]
    heaviest = max(ramps, key=lambda loss: parts[id(loss)], default=None)
    own = contract.taken(WHOLE - grade_percent, None)
    if heaviest is None or own > parts[id(heaviest)]:
        heaviest = None
        if own:
            yield own, f"Grade carries {grade_percent} %"
    elif own:
        yield 0, f"Grade's own {grade_percent} %: in the step below"
    for loss in losses:
        words = f"{loss.reason}, {loss.less(contract.hours).words}"
        if not loss.counts:
            yield 0, f"{loss.reason}: capacity stays"
        elif loss in ramps and loss is not heaviest:
            yield 0, f"{words}: a heavier step counts"
        else:
            yield parts[id(loss)], words


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
    return half_up(points * 1000, capacity)


def band(tenths: int | None, bands: Bands = DEFAULT_BANDS) -> str:
    """Return the key of the band that holds a utilisation; empty when there is none."""
    if tenths is None:
        return ""
    return next((key for upto, key in bands if upto is None or tenths <= upto), "")


def share(points: int, percent: int) -> int:
    """Return ``percent`` of ``points``: what a co-worker or consultant carries of a case."""
    return half_up(points * percent, 100)
