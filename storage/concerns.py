"""Loads over the red line week after week, and the workload concerns that stay open until somebody answers them.

A concern is either recorded, or follows from history: a run of N weeks over the red line within the last half year,
without a concern raised since the run began, stays open even when the load has fallen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.capacity import RED_WEEKS, red_line, runs, streak
from storage.board import bands
from storage.loadhistory import WeekLoad, narrowed, team_weeks
from storage.reading import Packs, day

BACK = 25  # weeks before the present one: half a year in all
UNANSWERED, REVIEW, ANSWERED = "unanswered", "review", "answered"
_ORDER = (UNANSWERED, REVIEW, ANSWERED)


class Red(NamedTuple):
    """What counts as too much for too long: after how many weeks, above which utilisation in tenths of a percent."""

    weeks: int
    line: int | None


class ConcernLine(NamedTuple):
    """An open concern about a worker's load; ``id`` is None while it only follows from history.

    ``state``: unanswered, review (answered, and its review day has passed) or answered. ``weeks`` is how long the load
    was over the red line, from ``began`` to ``last``; ``raised_on`` the day it had lasted as long as the scheme allows.
    """

    worker: str
    name: str
    state: str
    raised_on: date
    id: int | None = None
    weeks: int = 0
    began: date | None = None
    last: date | None = None
    running: bool = False
    line: int | None = None
    raised_by: str = ""
    why: str = ""
    answered_on: date | None = None
    answered_by: str = ""
    plan: str = ""
    review_on: date | None = None


class History(NamedTuple):
    """What the half year says of each worker: their weeks, how long over the red line now, and open concerns."""

    weeks: Mapping[str, Sequence[WeekLoad]]
    streaks: Mapping[str, int]
    red: Mapping[str, Red]
    concerns: Sequence[ConcernLine]

    def is_streak(self, staff_id: str) -> bool:
        """Whether the load has been over the red line for as long as makes it a state of its own."""
        return staff_id in self.red and self.streaks.get(staff_id, 0) >= self.red[staff_id].weeks


class _Worker(NamedTuple):
    """A worker, when they leave, and their team's scheme and its own number of weeks."""

    staff_id: str
    name: str
    leaves: str | None
    scheme: str
    red_weeks: int | None


def history(conn: sqlite3.Connection, team: str | None, today: date, worker: str | None = None) -> History:
    """Return the half year of one team, or of one worker alone."""
    weeks = team_weeks(conn, team, today, BACK, worker)
    packs = Packs(conn)
    people = _people(conn, team, worker, today)
    red = {one.staff_id: _red(packs.get("scheme", one.scheme), one.red_weeks) for one in people}
    return History(
        weeks,
        {staff_id: streak([week.band for week in found]) for staff_id, found in weeks.items()},
        red,
        _open(people, weeks, red, _recorded(conn, team, worker), today),
    )


def open_concerns(
    conn: sqlite3.Connection, team: str | None, today: date, worker: str | None = None
) -> Sequence[ConcernLine]:
    """Return the open concerns, unanswered ones first."""
    return history(conn, team, today, worker).concerns


def _red(scheme: Mapping[str, Any], own: int | None) -> Red:
    return Red(own or scheme.get("red_weeks") or RED_WEEKS, red_line(bands(dict(scheme))))


_PEOPLE = """
SELECT w.staff_id, w.name, w.leaves, t.scheme, t.red_weeks FROM worker w JOIN team t ON t.name = w.team
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
  AND (w.leaves IS NULL OR w.leaves >= :today) ORDER BY w.sort_key
"""
_RECORDED = """
SELECT c.worker, c.id, c.raised_on, c.raised_by, c.why, c.answered_on, c.answered_by, c.plan, c.review_on, c.closed_on
FROM concern c JOIN worker w ON w.staff_id = c.worker
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker) ORDER BY c.raised_on, c.id
"""


def _people(conn: sqlite3.Connection, team: str | None, worker: str | None, today: date) -> list[_Worker]:
    given = {"team": team, "worker": worker, "today": today.isoformat()}
    return [_Worker(*row) for row in conn.execute(narrowed(_PEOPLE, given), given)]


def _recorded(conn: sqlite3.Connection, team: str | None, worker: str | None) -> dict[str, list[Sequence[Any]]]:
    found: dict[str, list[Sequence[Any]]] = {}
    given = {"team": team, "worker": worker}
    for staff_id, *rest in conn.execute(narrowed(_RECORDED, given), given):
        found.setdefault(staff_id, []).append(rest)
    return found


def _open(
    people: Sequence[_Worker],
    weeks: Mapping[str, Sequence[WeekLoad]],
    red: Mapping[str, Red],
    recorded: Mapping[str, list[Sequence[Any]]],
    today: date,
) -> list[ConcernLine]:
    found: list[ConcernLine] = []
    for one in people:
        rows = recorded.get(one.staff_id, [])
        found += (_line(one, row, today) for row in rows if row[-1] is None)
        found += _unraised(one, weeks.get(one.staff_id, ()), red[one.staff_id], rows)
    return sorted(found, key=lambda line: (_ORDER.index(line.state), -line.weeks, line.raised_on))


def _line(one: _Worker, row: Sequence[Any], today: date) -> ConcernLine:
    number, raised_on, raised_by, why, answered_on, answered_by, plan, review_on, _ = row
    review = day(review_on)
    state = UNANSWERED if answered_on is None else REVIEW if review and review < today else ANSWERED
    return ConcernLine(
        one.staff_id,
        one.name,
        state,
        date.fromisoformat(raised_on),
        number,
        raised_by=raised_by,
        why=why,
        answered_on=day(answered_on),
        answered_by=answered_by,
        plan=plan,
        review_on=review,
    )


def _unraised(one: _Worker, weeks: Sequence[WeekLoad], red: Red, rows: Sequence[Sequence[Any]]) -> list[ConcernLine]:
    """Return the newest run that lasted too long, unless a concern was raised since it began."""
    long = [run for run in runs([week.band for week in weeks]) if run[1] >= red.weeks]
    if not long:
        return []
    first, length = long[-1]
    began, reached, last = (weeks[at].day for at in (first, first + red.weeks - 1, first + length - 1))
    # A run that fills the half year began before it: whatever is still open was raised about it.
    if any(date.fromisoformat(row[1]) >= began or (first == 0 and row[-1] is None) for row in rows):
        return []
    running = first + length == len(weeks)
    return [ConcernLine(one.staff_id, one.name, UNANSWERED, reached, None, length, began, last, running, red.line)]
