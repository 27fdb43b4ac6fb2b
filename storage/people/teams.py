"""The teams there are, with their head counts."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from storage.database.connection import Connection
from storage.database.fragments import NOT_LEFT


class TeamLine(NamedTuple):
    """A team with its head counts."""

    name: str
    nation: str
    service: str
    scheme: str
    workers: int
    cases: int


def teams(conn: Connection, today: date) -> list[TeamLine]:
    """Return every team by name, as it stands; who has left before ``today`` is not counted."""
    query = f"""SELECT t.name, t.nation, t.service, t.scheme,
        coalesce(there.people, 0) AS workers,
        (SELECT count(*) FROM cases c WHERE c.team = t.name AND c.closed IS NULL) AS cases
        FROM team_on(:today) t LEFT JOIN (
          SELECT w.team, count(*) AS people FROM worker_on(:today) w WHERE {NOT_LEFT} GROUP BY w.team) AS there
          ON there.team = t.name ORDER BY t.sort_key"""  # noqa: S608
    return conn.all(TeamLine, query, today=today)


def team_names(conn: Connection) -> list[str]:
    """Return the name of every team, in order of name."""
    return conn.values("SELECT name FROM team ORDER BY sort_key")


def teams_called(conn: Connection, wanted: str) -> list[str]:
    """Return the team of that name, whatever its capitals; where there is none, every team whose name begins so."""
    names, wanted = team_names(conn), wanted.casefold()
    same = [name for name in names if name.casefold() == wanted]
    return same or [name for name in names if wanted and name.casefold().startswith(wanted)]


def team_or_first(conn: Connection, wanted: str | None) -> str | None:
    """Return the team that is wanted, or the first by name where there is no such team; None where there is none."""
    names = team_names(conn)
    return wanted if wanted in names else next(iter(names), None)
