"""How far off forecasts of a team were: each tried on the past with nothing but what was known then.

From every Monday of a year, where the past is long enough, and for each horizon by itself. What such errors teach is
used in two ways: the forecast is moved by what it was usually off, and its band reaches as far as 80 of 100 errors did.
How often that held is counted on tries that had taught nothing yet: each is held against the earlier ones alone.

An error is measured in spreads (what the model itself takes for usual), so that tries of great and small loads can be
put together. Tries from neighbouring Mondays share most of their weeks, and so count for less than their number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from statistics import fmean
from typing import NamedTuple

from domain.core.errors import Cancelled
from domain.core.hundredths import half_up
from domain.load.likely import Change, Model, together
from domain.load.rates import WEEK, CaseLine, arrivals, chances

BAND = 80  # of 100 errors lie in the band
HORIZONS = (4, 8, 12)  # weeks ahead
TRIES, FEWEST = 52, 13  # from how many Mondays each horizon is tried, and from how many at least
BACK = max(HORIZONS) + TRIES  # weeks of the past that this needs
WORKER, TEAM = "worker", "team"
_DOUBT = 2  # so many tries that share no week would be believed half

Stop = Callable[[], bool]


class Week(NamedTuple):
    """A worker's points and capacity on a day, as far as dated records say; no capacity: None or 0."""

    day: date
    points: int
    capacity: int | None


class Try(NamedTuple):
    """One load forecast from one Monday (its place in the past): the forecast, what came, and what "no change" said."""

    at: int
    likely: float
    spread: float
    came: int
    unmoved: int

    @property
    def error(self) -> float:
        """By how many spreads more came than was forecast."""
        return (self.came - self.likely) / self.spread


class Lesson(NamedTuple):
    """What tries taught, in spreads: by how much a forecast is usually too low, and how far its band reaches.

    None as ``reach``: too few to say.
    """

    bias: float
    reach: float | None


class Check(NamedTuple):
    """A trial on the past: mean absolute error in hundredths of a point of ours and of "nothing changes".

    ``whose`` is "worker" (each worker's load) or "team" (all of it); ``tried`` says how many comparisons it rests on,
    from ``mondays`` different days. Of ``counted`` comparisons that had taught nothing yet, ``held`` lay in the band.
    """

    whose: str
    weeks: int
    ours: int
    still: int
    tried: int
    mondays: int
    held: int
    counted: int
    lesson: Lesson

    @property
    def enough(self) -> bool:
        """Whether it was tried often enough to say anything."""
        return self.mondays >= FEWEST

    @property
    def better(self) -> bool:
        """Whether ours came closer."""
        return self.enough and self.ours < self.still

    @property
    def coverage(self) -> int | None:
        """How many of 100 comparisons lay in the band; None where none could be counted."""
        return half_up(100 * self.held, self.counted) if self.counted else None


def back_test(
    cases: Sequence[CaseLine], past: Mapping[str, Sequence[Week]], today: date, stop: Stop | None = None
) -> list[Check]:
    """Return how far off the forecast would have been at each horizon, beside "nothing changes".

    Where the past is too short for that, with none tried. Raises Cancelled when ``stop`` says so.
    """
    tries: dict[tuple[str, int], list[Try]] = {(whose, weeks): [] for weeks in HORIZONS for whose in (WORKER, TEAM)}
    first = min((case.opened for case in cases), default=today)
    days = next(([week.day for week in weeks] for weeks in past.values()), [])
    for at in range(max(len(days) - min(HORIZONS), 0)):
        if stop is not None and stop():
            raise Cancelled("Stopped as you asked; nothing was changed.")
        if (days[at] - first).days >= WEEK * FEWEST:
            _try(cases, past, days, at, tries)
    return [_checked(whose, weeks, found) for (whose, weeks), found in tries.items()]


def _try(
    cases: Sequence[CaseLine],
    past: Mapping[str, Sequence[Week]],
    days: Sequence[date],
    at: int,
    tries: Mapping[tuple[str, int], list[Try]],
) -> None:
    ahead = [weeks for weeks in HORIZONS if len(days) - TRIES <= at + weeks < len(days)]
    there = {key: weeks for key, weeks in past.items() if weeks[at].capacity}
    if not there or not ahead:
        return
    known = [_as_known(case, days[at]) for case in cases if case.opened <= days[at]]
    capacities = {key: [weeks[at].capacity or 0] * len(ahead) for key, weeks in there.items()}
    model = Model(known, chances(known, days[at]), arrivals(known, days[at]), capacities, days[at])
    changes = model.changes([days[at] + timedelta(weeks=weeks) for weeks in ahead])
    for n, weeks in enumerate(ahead):
        found = {key: changes[key][n] for key in there if past[key][at + weeks].capacity}
        for key, change in found.items():
            tries[WORKER, weeks].append(_tried(at, change, past[key][at], past[key][at + weeks]))
        if found:
            before, after = ([past[key][place] for key in found] for place in (at, at + weeks))
            tries[TEAM, weeks].append(_tried(at, together(list(found.values())), _summed(before), _summed(after)))


def _tried(at: int, change: Change, before: Week, after: Week) -> Try:
    likely = before.points - change.ending + change.coming
    return Try(at, likely, change.spread, after.points, before.points)


def _summed(weeks: Sequence[Week]) -> Week:
    return Week(weeks[0].day, sum(week.points for week in weeks), None)


def _as_known(case: CaseLine, day: date) -> CaseLine:
    """Return a case as it stood on ``day``: without what came after it."""
    closed = case.closed if case.closed is not None and case.closed <= day else None
    weights = [step for step in case.weights if step[0] <= day] or case.weights[:1]
    holds = [
        hold._replace(ends=hold.ends if hold.ends is not None and hold.ends <= day else None)
        for hold in case.holds
        if hold.starts <= day
    ]
    return CaseLine(case.type, case.opened, closed, weights, holds, case.own)


# what tries teach ----------------------------------------------------------------------------------------------------


def learnt(tries: Sequence[Try], weeks: int) -> Lesson:
    """Return what tries ``weeks`` ahead teach of the next one."""
    mondays = {one.at for one in tries}
    if len(mondays) < FEWEST:
        return Lesson(0.0, None)
    apart = (max(mondays) - min(mondays) + weeks) / weeks  # as many tries as would share no week
    errors = [one.error for one in tries]
    bias = fmean(errors) * apart / (apart + _DOUBT)
    off = sorted(abs(error - bias) for error in errors)
    wanted = (
        BAND / 100 * (1 + len(mondays) / (apart * len(tries)))
    )  # a little further, as the next one is none of these
    return Lesson(bias, off[min(ceil(wanted * len(off)), len(off)) - 1])


def _checked(whose: str, weeks: int, tries: Sequence[Try]) -> Check:
    ours, held, counted = [], 0, 0
    by_day: dict[int, list[Try]] = {}
    for one in tries:
        by_day.setdefault(one.at, []).append(one)
    for at, found in by_day.items():
        lesson = learnt([one for one in tries if one.at + weeks <= at], weeks)
        off = [abs(one.error - lesson.bias) for one in found]
        ours += [error * one.spread for error, one in zip(off, found, strict=True)]
        if lesson.reach is not None:
            held, counted = held + sum(error <= lesson.reach for error in off), counted + len(off)
    still = [abs(one.came - one.unmoved) for one in tries]
    return Check(
        whose, weeks, _mean(ours), _mean(still), len(tries), len(by_day), held, counted, learnt(tries, weeks)
    )  # fmt: skip


def _mean(values: Sequence[float]) -> int:
    return round(fmean(values)) if values else 0
