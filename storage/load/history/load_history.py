"""What each worker carried week by week, and what is already booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from storage.database.connection import Connection
from storage.load.day_loads import WEEK, DayLoad, day_loads
from storage.load.posts import staff_ids


def week_starts(today: date, back: int, ahead: int = 0) -> list[date]:
    """Return the Mondays from ``back`` weeks before the present week to ``ahead`` weeks after it."""
    monday = today - timedelta(days=today.weekday())
    return [monday + WEEK * n for n in range(-back, ahead + 1)]


def team_weeks(
    conn: Connection,
    team: str | None,
    on: date,
    back: int = 13,
    worker: str | None = None,
    today: date | None = None,
) -> dict[str, list[DayLoad]]:
    """Return the load of each worker of a day's team on the Mondays before it and on the day, oldest first.

    ``today`` is the day on which that is asked: the same where it is left out.
    """
    return weeks_on(conn, team, on, [*week_starts(on, back)[:-1], on], worker, today)


def team_ahead(
    conn: Connection, team: str | None, today: date, ahead: int = 12, worker: str | None = None
) -> dict[str, list[DayLoad]]:
    """Return the load of each worker of today's team on the Mondays to come, as far as it is booked."""
    return weeks_on(conn, team, today, week_starts(today, 0, ahead)[1:], worker)


def weeks_on(
    conn: Connection,
    team: str | None,
    on: date,
    days: Sequence[date],
    worker: str | None = None,
    today: date | None = None,
) -> dict[str, list[DayLoad]]:
    """Return the load of each worker of a day's team on any days, given in order; by staff id in order of name.

    Who was here on none of them and carried nothing is left out. ``today`` as in ``team_weeks``.
    """
    found = day_loads(conn, staff_ids(conn, team, on, worker), days, today or on)
    return {who: loads for who, loads in found.items() if any(one.here or one.points for one in loads)}
