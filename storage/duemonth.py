"""The narrow read behind a month of due dates: how many are to be done on each day, and where they pile up."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.ids import Nation
from domain.text import plural
from domain.yearahead import month_days
from storage.duepage import Term, due_page
from storage.reading import Packs
from storage.settings import MOST_A_DAY
from storage.workingdays import working_days


class MonthDay(NamedTuple):
    """A day of the month: how many things are to be done by it, and what kind of day it is."""

    on: date
    things: int
    working: bool
    holiday: bool
    pile_up: bool


class DueMonth(NamedTuple):
    """A month of one team, or of every team (None); ``limit`` is what its workers can be asked to do on one day.

    ``per_worker`` is what each of them can.
    """

    team: str | None
    first: date
    workers: int
    limit: int
    days: Sequence[MonthDay]
    per_worker: int = MOST_A_DAY

    @property
    def reckoning(self) -> str:
        """How the limit comes about: "8 workers, one thing a day each"."""
        each = "one thing" if self.per_worker == 1 else plural(self.per_worker, "thing")
        return f"{plural(self.workers, 'worker')}, {each} a day each"

    @property
    def total(self) -> int:
        """How many are to be done in the month."""
        return sum(day.things for day in self.days)


def due_month(
    conn: sqlite3.Connection,
    today: date,
    first: date,
    team: str | None = None,
    terms: Sequence[Term] = (),
    per_worker: int = MOST_A_DAY,
) -> DueMonth:
    """Return the month that begins on ``first``: each thing counts on the day by which it is to be done.

    ``per_worker`` is how many things a day each worker can be asked to do; more than that is a pile-up.
    """
    by_plan = due_page(conn, today, team, terms, most=0).by_plan
    workers, nation = _team(conn, today, team)
    limit = max(per_worker * workers, 1)
    work = working_days(Packs(conn), nation)
    days = [
        MonthDay(
            on=day,
            things=by_plan.get(day, 0),
            working=work.is_working(day),
            holiday=day in work.holidays,
            pile_up=by_plan.get(day, 0) > limit,
        )
        for day in month_days(first)
    ]
    return DueMonth(team, first, workers, limit, days, per_worker)


def _team(conn: sqlite3.Connection, today: date, team: str | None) -> tuple[int, str]:
    """Return how many workers a team has today, and the nation whose bank holidays count (the first team's for all)."""
    query = """SELECT count(*) FROM worker WHERE (:team IS NULL OR team = :team)
        AND (started IS NULL OR started <= :today) AND (leaves IS NULL OR leaves >= :today)"""
    (workers,) = conn.execute(query, {"team": team, "today": today.isoformat()}).fetchone()
    row = conn.execute(
        "SELECT nation FROM team WHERE :team IS NULL OR name = :team ORDER BY id", {"team": team}
    ).fetchone()
    return workers, row[0] if row else Nation.ENGLAND.value
