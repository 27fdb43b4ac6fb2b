"""Who works here: people to choose from, and their names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT


class Colleague(NamedTuple):
    """Somebody who works here."""

    staff_id: str
    name: str
    team: str
    leaves: date | None


def staff(conn: Connection, day: date, team: str | None = None) -> list[Colleague]:
    """Return by name who has not left before ``day``, of one team as it is then or of all; also who is yet to start."""
    query = f"""SELECT w.staff_id, w.name, w.team, w.leaves FROM worker_on(:today) w
        WHERE {IN_TEAM} AND {NOT_LEFT} ORDER BY w.sort_key"""  # noqa: S608
    return conn.all(Colleague, query, team=team, today=day)


def names(conn: Connection) -> dict[str, str]:
    """Return the name of everybody who works or worked here by staff id."""
    return conn.lookup("SELECT staff_id, name FROM worker")


def names_in(conn: Connection, teams: Iterable[str], day: date) -> dict[str, str]:
    """Return the names of those who are in some teams on a day, gone or not."""
    query = "SELECT staff_id, name FROM worker_on(:day) w WHERE w.team IN :teams"
    return conn.lookup(query, teams=sorted(teams), day=day)


def is_worker(conn: Connection, staff_id: str) -> bool:
    """Whether there is, or was, a worker with that staff id."""
    return conn.value("SELECT 1 FROM worker WHERE staff_id = :staff_id", staff_id=staff_id) is not None


def team_of(conn: Connection, staff_id: str, day: date) -> str:
    """Return the team that a worker there is belongs to on a day."""
    query = "SELECT team FROM worker_on(:day) w WHERE w.staff_id = :staff_id"
    return str(conn.value(query, staff_id=staff_id, day=day))


def colleague(conn: Connection, staff_id: str, day: date) -> Colleague | None:
    """Return one of those who work or worked here, with the team of that day."""
    query = "SELECT staff_id, name, team, leaves FROM worker_on(:day) w WHERE w.staff_id = :staff_id"
    return conn.one(Colleague, query, staff_id=staff_id, day=day)
