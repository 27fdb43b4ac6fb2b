"""Loads over the red line week after week, and the workload concerns that stay open until somebody answers them.

A concern is either recorded, or follows from history: a run of N weeks over the red line within the last half year,
without a concern raised since the run began, stays open even when the load has fallen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.load.capacity import RED_WEEKS, red_line, runs, streak
from storage.database.connection import Connection
from storage.database.fragments import NOT_LEFT
from storage.load.day_loads import DayLoad
from storage.load.history.load_history import week_starts, weeks_on
from storage.load.posts import bands, staff_ids
from storage.rules.kept_packs import Packs

BACK = 25  # weeks before the present one: half a year in all
UNANSWERED, REVIEW, ANSWERED = "unanswered", "review", "answered"
_ORDER = (UNANSWERED, REVIEW, ANSWERED)


class Red(NamedTuple):
    """What counts as too much for too long: after how many weeks, above which utilisation in tenths of a percent."""

    weeks: int
    line: int | None


class ConcernLine(NamedTuple):
    """A concern about a worker's load; ``id`` is None while it only follows from history.

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
    closed_on: date | None = None


class History(NamedTuple):
    """What the half year says of each worker: their weeks, how long over the red line now, and open concerns."""

    weeks: Mapping[str, Sequence[DayLoad]]
    streaks: Mapping[str, int]
    red: Mapping[str, Red]
    concerns: Sequence[ConcernLine]

    def is_streak(self, staff_id: str) -> bool:
        """Whether the load has been over the red line for as long as makes it a state of its own."""
        return staff_id in self.red and self.streaks.get(staff_id, 0) >= self.red[staff_id].weeks


class _Worker(NamedTuple):
    """A worker with their team's scheme and its own number of weeks."""

    staff_id: str
    name: str
    scheme: str
    red_weeks: int | None


def history(
    conn: Connection, team: str | None, on: date, worker: str | None = None, today: date | None = None
) -> History:
    """Return the half year up to a day, of one team or of one worker alone.

    ``today`` is the day on which that is asked: the same where it is left out.
    """
    mondays = week_starts(on, BACK)
    found = weeks_on(conn, team, on, [*mondays, *([on] if on > mondays[-1] else [])], worker, today)
    # Up to now counts what is there today; what a run raised, and when, hangs on the Mondays alone, so that it is the
    # same whichever day of the week it is asked on.
    weeks = {staff_id: [*days[:BACK], days[-1]] for staff_id, days in found.items()}
    packs = Packs(conn)
    workers = staff_ids(conn, team, on, worker)
    people = conn.all(_Worker, _PEOPLE, workers=workers, today=on)
    recorded = conn.all(ConcernLine, _RECORDED, workers=workers, today=on)
    red = {one.staff_id: _red(packs.get("scheme", one.scheme), one.red_weeks) for one in people}
    return History(
        weeks,
        {staff_id: streak([week.band for week in found]) for staff_id, found in weeks.items()},
        red,
        _open(people, found, red, recorded),
    )


def open_concerns(conn: Connection, team: str | None, today: date, worker: str | None = None) -> Sequence[ConcernLine]:
    """Return the open concerns, unanswered ones first."""
    return history(conn, team, today, worker).concerns


def _red(scheme: Mapping[str, Any], own: int | None) -> Red:
    return Red(own or scheme.get("red_weeks") or RED_WEEKS, red_line(bands(dict(scheme))))


_PEOPLE = f"""
SELECT w.staff_id, w.name, t.scheme, t.red_weeks FROM worker_on(:today) w JOIN team_on(:today) t ON t.name = w.team
WHERE w.staff_id IN :workers AND {NOT_LEFT} ORDER BY w.sort_key
"""  # noqa: S608
_RECORDED = f"""
SELECT c.worker, w.name, CASE WHEN coalesce(c.answered_on, '9') > :today THEN '{UNANSWERED}'
    WHEN c.review_on < :today THEN '{REVIEW}' ELSE '{ANSWERED}' END AS state,
  c.raised_on, c.id, c.raised_by, c.why, c.answered_on, c.answered_by, c.plan, c.review_on, c.closed_on
FROM concern c JOIN worker w ON w.staff_id = c.worker
WHERE c.worker IN :workers AND c.raised_on <= :today ORDER BY c.raised_on, c.id
"""  # noqa: S608


def _open(
    people: Sequence[_Worker],
    days: Mapping[str, Sequence[DayLoad]],
    red: Mapping[str, Red],
    recorded: Sequence[ConcernLine],
) -> list[ConcernLine]:
    by_worker: dict[str, list[ConcernLine]] = defaultdict(list)
    for line in recorded:
        by_worker[line.worker].append(line)
    found: list[ConcernLine] = []
    for one in people:
        lines = by_worker[one.staff_id]
        found += (line for line in lines if line.closed_on is None)
        found += _unraised(one, days.get(one.staff_id, ()), red[one.staff_id], lines)
    return sorted(found, key=lambda line: (_ORDER.index(line.state), -line.weeks, line.raised_on))


def _unraised(one: _Worker, days: Sequence[DayLoad], red: Red, recorded: Sequence[ConcernLine]) -> list[ConcernLine]:
    """Return the newest run that lasted too long, unless a concern was raised since it began.

    ``days`` are Mondays and, after them, the day itself: the run still goes on where that is over the line as well.
    """
    weeks = days[: BACK + 1]
    long = [run for run in runs([week.band for week in weeks]) if run[1] >= red.weeks]
    if not long:
        return []
    first, length = long[-1]
    began, reached, last = (weeks[at].day for at in (first, first + red.weeks - 1, first + length - 1))
    # A run that fills the half year began before it: whatever is still open was raised about it.
    if any(line.raised_on >= began or (first == 0 and line.closed_on is None) for line in recorded):
        return []
    running = first + length == len(weeks) and (days[-1] is weeks[-1] or streak([days[-1].band]) == 1)
    return [ConcernLine(one.staff_id, one.name, UNANSWERED, reached, None, length, began, last, running, red.line)]
