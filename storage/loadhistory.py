"""What each worker carried week by week, and what is already booked: from dated records, in one pass over narrow rows.

Grade, hours and full-time load are taken as they are today; nobody keeps what they were. A case weighs what its newest
weighing by that day gave; before its first weighing what the first gave; from today on what it weighs on the board. It
has been dormant since its last event says so; nothing that is active now is taken as going to be dormant.
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
from domain.capacity import Loss
from storage.board import bands, loss, stable_points, worker_capacity
from storage.reading import Packs, day

WEEK = timedelta(days=7)
WORKING_DAYS = timedelta(days=4)  # from Monday to Friday
COUNTED = "allocated_worker"
WHOLE = 100
DUTY = frozenset(("duty", "court_duty"))


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
    """An allocation from a day up to, not including, another; days as kept, None: still standing.

    ``closes``: it ends because the case closed.
    """

    worker: str
    role: str
    case: str
    starts: str
    ends: str | None
    closes: bool = False


class Dated(NamedTuple):
    """A reduction, or an extra responsibility in points, with both ends included."""

    what: Loss | int
    starts: date
    ends: date | None

    def touches(self, first: date, last: date) -> bool:
        """Whether it counts on any day from ``first`` to ``last``."""
        return self.starts <= last and (self.ends is None or self.ends >= first)

    @property
    def marks(self) -> bool:
        """Whether it marks its weeks: somebody off, or a week of duty."""
        if not isinstance(self.what, Loss):
            return False
        week_of_duty = self.what.kind in DUTY and self.ends is not None and self.ends - self.starts < WEEK
        return self.what.away or self.what.percent >= WHOLE or week_of_duty


Steps = Mapping[str, Sequence[tuple[str, int]]]
Roles = dict[str, tuple[list[int], list[int]]]
Loads = dict[tuple[str, str], tuple[list[int], list[int]]]


def week_starts(today: date, back: int, ahead: int = 0) -> list[date]:
    """Return the Mondays from ``back`` weeks before the present week to ``ahead`` weeks after it."""
    monday = today - timedelta(days=today.weekday())
    return [monday + WEEK * n for n in range(-back, ahead + 1)]


def team_weeks(
    conn: sqlite3.Connection, team: str | None, today: date, back: int = 13, worker: str | None = None
) -> dict[str, list[WeekLoad]]:
    """Return each worker's load on the Mondays past and today, oldest first, by staff id in order of name."""
    return weeks_on(conn, team, today, [*week_starts(today, back)[:-1], today], worker)


def team_ahead(
    conn: sqlite3.Connection, team: str | None, today: date, ahead: int = 12, worker: str | None = None
) -> dict[str, list[WeekLoad]]:
    """Return each worker's load on the Mondays to come, as far as it is booked: dated starts, ends and absences."""
    return weeks_on(conn, team, today, week_starts(today, 0, ahead)[1:], worker)


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
_OF_ONE = "(:team IS NULL OR w.team = :team) AND w.staff_id = :worker"  # found by its key, however many there are
_HELD = f"""
FROM worker w JOIN allocation a ON a.worker = w.staff_id
JOIN cases c ON c.reference = a."case" JOIN case_points p ON p."case" = a."case"
WHERE {_OF} AND a.starts <= :last AND (a.ends IS NULL OR a.ends > :first) AND (c.closed IS NULL OR c.closed > :first)
"""
_SPANS = f"""
SELECT a.worker, a.role, a."case", a.starts, a.ends, c.closed, p.points, p.dormant_from, p.dormant_points {_HELD}
"""
_STEPS = f"""
SELECT g."case", g."on", g.points FROM weighting g JOIN case_points s ON s."case" = g."case" AND s.scheme = g.scheme
WHERE g."case" IN (SELECT a."case" {_HELD}) ORDER BY g."on", g.id
"""  # noqa: S608
_WORKERS = f"""
SELECT w.staff_id, w.grade, w.fte, w.started, w.leaves, t.scheme, t.full_time_points, t.full_time_hours
FROM worker w JOIN team t ON t.name = w.team
WHERE {_OF} AND (w.leaves IS NULL OR w.leaves >= :first OR w.staff_id IN (SELECT a.worker {_HELD})) ORDER BY w.sort_key
"""  # noqa: S608
_LOSSES = f"""
SELECT r.worker, r.starts, r.ends, r.percent, r.reason, r.kind FROM worker w JOIN reduction r ON r.worker = w.staff_id
WHERE {_OF} AND r.starts <= :last AND (r.ends IS NULL OR r.ends >= :first) ORDER BY r.starts, r.id
"""  # noqa: S608


_EXTRAS = f"""
SELECT x.worker, x.starts, x.ends, x.points FROM worker w JOIN extra x ON x.worker = w.staff_id
WHERE {_OF} AND x.starts <= :last AND (x.ends IS NULL OR x.ends >= :first)
"""  # noqa: S608


def weeks_on(
    conn: sqlite3.Connection, team: str | None, today: date, days: Sequence[date], worker: str | None = None
) -> dict[str, list[WeekLoad]]:
    """Return each worker's load on any days, given in order."""
    if not days:
        return {}
    given = given_for(team, worker, days)
    packs = Packs(conn)
    spans, steps = held(conn, given, today)
    by_worker: dict[str, Roles] = defaultdict(dict)
    for (staff_id, role), found in loads_on([one.isoformat() for one in days], spans, steps).items():
        by_worker[staff_id][role] = found
    dated = _dated(conn, packs, given)
    return {
        row[0]: _Weeks(packs, row, today, by_worker.get(row[0], {}), dated.get(row[0], ())).on(days)
        for row in conn.execute(narrowed(_WORKERS, given), given).fetchall()
    }


def given_for(team: str | None, worker: str | None, days: Sequence[date]) -> dict[str, str | None]:
    """Return what the statements here ask for: whose rows, and from the first day to a week after the last."""
    return {"team": team, "worker": worker, "first": days[0].isoformat(), "last": (days[-1] + WEEK).isoformat()}


def narrowed(query: str, given: Mapping[str, Any]) -> str:
    """Return a statement about workers so that one worker alone is looked up, not looked for among all."""
    return query if given["worker"] is None else query.replace(_OF, _OF_ONE)


def held(conn: sqlite3.Connection, given: Mapping[str, Any], today: date) -> tuple[list[Span], Steps]:
    """Return who held what, and what each case weighed from when; a closed case counts to nobody from today on."""
    text, spans = today.isoformat(), []
    now: dict[str, tuple[str, int]] = {}
    for staff_id, role, case, starts, ends, closed, points, dormant, left in conn.execute(
        narrowed(_SPANS, given), given
    ):
        gone = min(closed, text) if closed else None
        closes = gone is not None and (ends is None or gone <= ends)
        spans.append(Span(staff_id, role, case, starts, gone if closes else ends, closes))
        now[case] = (dormant, left) if dormant and dormant <= text else (text, points)
    steps: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for case, on, points in conn.execute(narrowed(_STEPS, given), given):
        if on < now[case][0]:
            steps[case].append((on, points))
    for case, newest in now.items():
        steps[case].append(newest)
    return spans, steps


def _dated(conn: sqlite3.Connection, packs: Packs, given: Mapping[str, Any]) -> dict[str, list[Dated]]:
    found: dict[str, list[Dated]] = defaultdict(list)
    for staff_id, starts, ends, percent, reason, kind in conn.execute(narrowed(_LOSSES, given), given).fetchall():
        found[staff_id].append(Dated(loss(packs, percent, reason, kind), date.fromisoformat(starts), day(ends)))
    for staff_id, starts, ends, points in conn.execute(narrowed(_EXTRAS, given), given):
        found[staff_id].append(Dated(points, date.fromisoformat(starts), day(ends)))
    return found


class _Weeks:
    """One worker's weeks being put together from what they held and when they were there."""

    def __init__(self, packs: Packs, row: Sequence[Any], today: date, loads: Roles, dated: Sequence[Dated]) -> None:
        _, self._grade, self._fte, self._started, self._leaves, scheme, *self._full_time = row
        self._packs = packs
        self._scheme = packs.get("scheme", scheme)
        self._today = today
        self._loads = loads
        self._dated = dated
        self._known: dict[tuple[Loss, ...], int | None] = {}

    def on(self, days: Sequence[date]) -> list[WeekLoad]:
        """Return the load on each of ``days``."""
        edges = bands(self._scheme)
        cases = self._loads.get(COUNTED, ([0] * len(days), []))[0]
        found = []
        for at, on in enumerate(days):
            there = self._there(on, at)
            points = self._cases(at) + (self._beside(on) if there else 0)
            can = self._capacity(on) if there else 0
            used = capacity.utilisation(points, can)
            away = not there or self._off(on)
            found.append(WeekLoad(on, cases[at], points, can, used, capacity.band(used, edges), away))
        return found

    def _cases(self, at: int) -> int:
        shares = self._scheme.get("shares", {})
        return sum(capacity.share(points[at], shares.get(role, WHOLE)) for role, (_, points) in self._loads.items())

    def _beside(self, on: date) -> int:
        extra = sum(one.what for one in self._dated if isinstance(one.what, int) and one.touches(on, on))
        return extra + stable_points(self._packs, self._grade, self._scheme, self._fte)

    def _capacity(self, on: date) -> int | None:
        losses = tuple(one.what for one in self._dated if isinstance(one.what, Loss) and one.touches(on, on))
        if losses not in self._known:  # most weeks are like the one before
            points, hours = self._full_time
            can = worker_capacity(self._packs, self._grade, self._scheme, points, self._fte, losses, hours)
            self._known[losses] = can.today
        return self._known[losses]

    def _there(self, on: date, at: int) -> bool:
        """Whether they worked here then. Today the board decides: it shows whoever still holds a case."""
        text = on.isoformat()
        gone = self._leaves is not None and self._leaves < text
        if on == self._today:
            return not gone or any(cases[at] for cases, _ in self._loads.values())
        return not gone and (self._started is None or self._started <= text)

    def _off(self, on: date) -> bool:
        monday = on - timedelta(days=on.weekday())
        return any(one.marks and one.touches(monday, monday + WORKING_DAYS) for one in self._dated)
