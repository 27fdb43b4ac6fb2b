"""A month of due dates: how many are to be done on each day, and on which days there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.core.enums import Nation
from domain.core.text import plural
from domain.due.year_ahead import month_days
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, WORKS
from storage.due.due_page import Term, due_page
from storage.files.settings import MOST_A_DAY
from storage.rules.kept_packs import Packs
from storage.rules.working_days import working_days


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
    conn: Connection,
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


def _team(conn: Connection, today: date, team: str | None) -> tuple[int, str]:
    """Return how many workers a team has today, and the nation whose bank holidays count (the first team's for all)."""
    query = f"SELECT count(*) FROM worker w WHERE {IN_TEAM} AND {WORKS}"  # noqa: S608
    workers = conn.value(query, team=team, today=today)
    nation = conn.value("SELECT nation FROM team WHERE :team IS NULL OR name = :team ORDER BY id LIMIT 1", team=team)
    return workers, nation or Nation.ENGLAND.value
