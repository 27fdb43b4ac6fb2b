"""What a team is likely to carry in the weeks to come, in three layers, and whether that was ever worth saying.

Booked: what has a date. Expected: as cases end with a chance by age and type. Assumed: as new work comes as it did
lately, shared by capacity, moved by what such forecasts were usually off. The band reaches as far as 80 of 100 errors
did when tried on the past. A week has the two upper layers only where they came closer than "nothing changes", judged
by the first horizon that is not nearer than the week. Points in hundredths; there is no chance in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.load.back_test import TEAM, WORKER, Check, Stop, Week, back_test
from domain.load.likely import Change, Model, together
from domain.load.rates import WEEK, Arrivals, CaseLine, Chance, arrivals, chances

LONGEST, USUAL = 12, 12


class Outlook(NamedTuple):
    """One week to come. Each layer holds those before it; None where nothing more can be said than what is booked."""

    day: date
    capacity: int | None
    booked: int
    expected: int | None = None
    assumed: int | None = None
    low: int | None = None
    high: int | None = None


class Forecast(NamedTuple):
    """Outlooks by worker and for the team, with what they rest on."""

    workers: Mapping[str, tuple[Outlook, ...]]
    team: tuple[Outlook, ...]
    chances: tuple[Chance, ...]
    arrivals: Arrivals
    checks: tuple[Check, ...]

    def of(self, whose: str) -> list[Check]:
        """Return the trials of "worker" or "team", the nearest horizon first."""
        return [check for check in self.checks if check.whose == whose]

    def shown(self, whose: str) -> list[int]:
        """Return the horizons at which the upper layers of "worker" or "team" came closer than "nothing changes"."""
        return [check.weeks for check in self.of(whose) if check.better]


def forecast(
    cases: Sequence[CaseLine],
    past: Mapping[str, Sequence[Week]],
    ahead: Mapping[str, Sequence[Week]],
    today: date,
    *,
    stop: Stop | None = None,
) -> Forecast:
    """Return what a team is likely to carry: ``past`` ends with today, ``ahead`` holds what is booked.

    Raises Cancelled when ``stop`` says so.
    """
    ends, new = chances(cases, today), arrivals(cases, today)
    found = Forecast({}, (), tuple(ends.values()), new, tuple(back_test(cases, past, today, stop)))
    days = next((tuple(week.day for week in weeks) for weeks in ahead.values()), ())
    capacities = {key: [week.capacity or 0 for week in weeks] for key, weeks in ahead.items()}
    changes = Model(cases, ends, new, capacities, today).changes(days)
    workers = {key: _outlooks(today, ahead[key], changes[key], found.of(WORKER)) for key in ahead}
    team = _outlooks(today, *_together(ahead, changes), found.of(TEAM))
    return found._replace(workers=workers, team=team)


def _outlooks(
    today: date, weeks: Sequence[Week], changes: Sequence[Change], checks: Sequence[Check]
) -> tuple[Outlook, ...]:
    return tuple(_outlook(today, week, change, checks) for week, change in zip(weeks, changes, strict=True))


def _outlook(today: date, week: Week, change: Change, checks: Sequence[Check]) -> Outlook:
    booked = Outlook(week.day, week.capacity, week.points)
    check = judge(checks, (week.day - today).days)
    if check is None or not check.better or check.lesson.reach is None:
        return booked
    bias, reach = check.lesson.bias * change.spread, check.lesson.reach * change.spread
    expected = week.points - change.ending
    likely = expected + change.coming + bias
    return booked._replace(
        expected=_points(expected), assumed=_points(likely), low=_points(likely - reach), high=_points(likely + reach)
    )


def judge(checks: Sequence[Check], days: int) -> Check | None:
    """Return the trial by which a day so many days ahead is judged: the first horizon that is not nearer."""
    return next((check for check in checks if days <= check.weeks * WEEK), checks[-1] if checks else None)


def _points(value: float) -> int:
    return max(round(value), 0)


def _together(
    ahead: Mapping[str, Sequence[Week]], changes: Mapping[str, Sequence[Change]]
) -> tuple[list[Week], list[Change]]:
    weeks = []
    for column in zip(*ahead.values(), strict=True):
        known = [week.capacity for week in column if week.capacity is not None]
        weeks.append(Week(column[0].day, sum(week.points for week in column), sum(known) if known else None))
    return weeks, [together(column) for column in zip(*changes.values(), strict=True)]
