"""What each worker carried week by week, and what is already booked: from dated records, in one pass over narrow rows.

Grade, hours and full-time load are taken as they are today; nobody keeps what they were. A case weighs what its newest
weighing by that day gave; before its first weighing what the first gave; from today on what it weighs on the board.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from domain import capacity
from storage.board import bands, worker_capacity
from storage.reading import Packs, day

WEEK = timedelta(days=7)
WORKING_DAYS = timedelta(days=4)  # from Monday to Friday
COUNTED = "allocated_worker"
WHOLE = 100


class WeekLoad(NamedTuple):
    """A worker's load on one day: hundredths of a point, tenths of a percent; None where there was no capacity.

    ``away``: not there on some day of that week (leave, illness, not begun, gone), or on duty.
    """

    day: date
    cases: int
    points: int
    capacity: int | None
    utilisation: int | None
    band: str
    away: bool


class Span(NamedTuple):
    """An allocation from a day up to, not including, another; days as kept, None: still standing."""

    worker: str
    role: str
    case: str
    starts: str
    ends: str | None


class Absence(NamedTuple):
    """A dated loss of capacity, both ends included."""

    percent: int
    reason: str
    starts: date
    ends: date | None

    def touches(self, first: date, last: date) -> bool:
        """Whether it counts on any day from ``first`` to ``last``."""
        return self.starts <= last and (self.ends is None or self.ends >= first)


Steps = Mapping[str, Sequence[tuple[str, int]]]
Loads = dict[tuple[str, str], tuple[list[int], list[int]]]


def week_starts(today: date, back: int, ahead: int = 0) -> list[date]:
    """Return the Mondays from ``back`` weeks before the present week to ``ahead`` weeks after it."""
    monday = today - timedelta(days=today.weekday())
    return [monday + WEEK * n for n in range(-back, ahead + 1)]


def team_weeks(
    conn: sqlite3.Connection, team: str | None, today: date, back: int = 13, worker: str | None = None
) -> dict[str, list[WeekLoad]]:
    """Return each worker's load on the Mondays past and today, oldest first, by staff id in order of name."""
    days = [*week_starts(today, back)[:-1], today]
    return _weeks(conn, team, worker, today, days)


def team_ahead(
    conn: sqlite3.Connection, team: str | None, today: date, ahead: int = 12, worker: str | None = None
) -> dict[str, list[WeekLoad]]:
    """Return each worker's load on the Mondays to come, as far as it is booked: dated starts, ends and absences."""
    return _weeks(conn, team, worker, today, week_starts(today, 0, ahead)[1:])


def loads_on(days: Sequence[str], spans: Iterable[Span], steps: Steps) -> Loads:
    """Return (cases, points) on each of ``days`` (in order), by worker and role.

    ``steps`` gives each case's points as (from that day on, points), in order; the first also counts before its day.
    """
    changes: Loads = defaultdict(lambda: ([0] * (len(days) + 1), [0] * (len(days) + 1)))
    for span in spans:
        first = bisect_left(days, span.starts)
        last = len(days) if span.ends is None else bisect_left(days, span.ends)
        if first < last:
            cases, points = changes[span.worker, span.role]
            cases[first] += 1
            cases[last] -= 1
            _add(points, days, first, last, steps.get(span.case, ()))
    return {key: (_summed(cases), _summed(points)) for key, (cases, points) in changes.items()}


def _add(points: list[int], days: Sequence[str], first: int, last: int, steps: Sequence[tuple[str, int]]) -> None:
    """Add what a case weighs to the days from ``first`` up to ``last``, as the change from the day before."""
    at = max(bisect_right(steps, days[first], key=lambda step: step[0]) - 1, 0)
    weight, place = 0, first
    for following in range(at, len(steps)):
        if following > at:
            place = bisect_left(days, steps[following][0])
        if place >= last:
            break
        points[place] += steps[following][1] - weight
        weight = steps[following][1]
    points[last] -= weight


def _summed(changes: list[int]) -> list[int]:
    return list(accumulate(changes))[:-1]


# reading ---------------------------------------------------------------------------------------------------------

_OF = "(:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)"
_HELD = f"""
FROM worker w JOIN allocation a ON a.worker = w.staff_id
JOIN cases c ON c.reference = a."case" JOIN case_points p ON p."case" = a."case"
WHERE {_OF} AND a.starts <= :last AND (a.ends IS NULL OR a.ends > :first) AND (c.closed IS NULL OR c.closed > :first)
"""
_SPANS = f'SELECT a.worker, a.role, a."case", a.starts, a.ends, c.closed, p.points {_HELD}'
_STEPS = f"""
SELECT g."case", g."on", g.points FROM weighting g JOIN case_points s ON s."case" = g."case" AND s.scheme = g.scheme
WHERE g."case" IN (SELECT a."case" {_HELD}) ORDER BY g."on", g.id
"""  # noqa: S608
_WORKERS = f"""
SELECT w.staff_id, w.grade, w.fte, w.started, w.leaves, t.scheme, t.full_time_points
FROM worker w JOIN team t ON t.name = w.team
WHERE {_OF} AND (w.leaves IS NULL OR w.leaves >= :first OR w.staff_id IN (SELECT a.worker {_HELD})) ORDER BY w.sort_key
"""  # noqa: S608
_ABSENCES = f"""
SELECT r.worker, r.percent, r.reason, r.starts, r.ends FROM worker w JOIN reduction r ON r.worker = w.staff_id
WHERE {_OF} AND r.starts <= :last AND (r.ends IS NULL OR r.ends >= :first) ORDER BY r.starts, r.id
"""  # noqa: S608


def _weeks(
    conn: sqlite3.Connection, team: str | None, worker: str | None, today: date, days: Sequence[date]
) -> dict[str, list[WeekLoad]]:
    if not days:
        return {}
    given = {"team": team, "worker": worker, "first": days[0].isoformat(), "last": (days[-1] + WEEK).isoformat()}
    packs = Packs(conn)
    spans, steps = _held(conn, given, today.isoformat())
    loads = loads_on([one.isoformat() for one in days], spans, steps)
    by_worker: dict[str, dict[str, tuple[list[int], list[int]]]] = defaultdict(dict)
    for (staff_id, role), found in loads.items():
        by_worker[staff_id][role] = found
    absences = _absences(conn, given)
    return {
        row[0]: _Weeks(packs, row, today, by_worker.get(row[0], {}), absences.get(row[0], ())).on(days)
        for row in conn.execute(_WORKERS, given).fetchall()
    }


def _held(conn: sqlite3.Connection, given: Mapping[str, Any], today: str) -> tuple[list[Span], Steps]:
    """Return who held what, and what each case weighed from when; a closed case counts to nobody from today on."""
    spans, now = [], {}
    for staff_id, role, case, starts, ends, closed, points in conn.execute(_SPANS, given):
        until = [end for end in (ends, min(closed, today) if closed else None) if end]
        spans.append(Span(staff_id, role, case, starts, min(until, default=None)))
        now[case] = points
    steps: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for case, on, points in conn.execute(_STEPS, given):
        if on < today:
            steps[case].append((on, points))
    for case, points in now.items():
        steps[case].append((today, points))
    return spans, steps


def _absences(conn: sqlite3.Connection, given: Mapping[str, Any]) -> dict[str, list[Absence]]:
    found: dict[str, list[Absence]] = defaultdict(list)
    for staff_id, percent, reason, starts, ends in conn.execute(_ABSENCES, given):
        found[staff_id].append(Absence(percent, reason, date.fromisoformat(starts), day(ends)))
    return found


class _Weeks:
    """One worker's weeks being put together from what they held and when they were there."""

    def __init__(
        self,
        packs: Packs,
        row: Sequence[Any],
        today: date,
        loads: Mapping[str, tuple[list[int], list[int]]],
        absences: Sequence[Absence],
    ) -> None:
        _, self._grade, self._fte, self._started, self._leaves, scheme, self._full_time = row
        self._packs = packs
        self._scheme = packs.get("scheme", scheme)
        self._today = today
        self._loads = loads
        self._absences = absences

    def on(self, days: Sequence[date]) -> list[WeekLoad]:
        """Return the load on each of ``days``."""
        edges = bands(self._scheme)
        cases = self._loads.get(COUNTED, ([0] * len(days), []))[0]
        found = []
        for at, on in enumerate(days):
            points, there = self._points(at), self._there(on, at)
            can = self._capacity(on) if there else 0
            used = capacity.utilisation(points, can)
            away = not there or self._off(on)
            found.append(WeekLoad(on, cases[at], points, can, used, capacity.band(used, edges), away))
        return found

    def _points(self, at: int) -> int:
        shares = self._scheme.get("shares", {})
        return sum(capacity.share(points[at], shares.get(role, WHOLE)) for role, (_, points) in self._loads.items())

    def _capacity(self, on: date) -> int | None:
        counting = [(one.percent, one.reason) for one in self._absences if one.touches(on, on)]
        return worker_capacity(self._packs, self._grade, self._scheme, self._full_time, self._fte, counting).today

    def _there(self, on: date, at: int) -> bool:
        """Whether they worked here then. Today the board decides: it shows whoever still holds a case."""
        text = on.isoformat()
        gone = self._leaves is not None and self._leaves < text
        if on == self._today:
            return not gone or any(cases[at] for cases, _ in self._loads.values())
        return not gone and (self._started is None or self._started <= text)

    def _off(self, on: date) -> bool:
        monday = on - timedelta(days=on.weekday())
        return any(one.percent >= WHOLE and one.touches(monday, monday + WORKING_DAYS) for one in self._absences)
