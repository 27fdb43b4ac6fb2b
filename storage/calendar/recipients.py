"""Who has a calendar: each worker, and each team one of its own for a shared mailbox."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.core.text import slug
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT

TEAM = "team:"  # before a team's name; no staff id can be mistaken for it once it is looked up
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


class Person(NamedTuple):
    """Who has a calendar: a worker, or a team with ``team:NAME`` in place of a staff id and no address."""

    staff_id: str
    name: str
    email: str = ""


def team_recipient(team: str) -> str:
    """Return the recipient that stands for a team's own calendar."""
    return f"{TEAM}{team}"


def team_of(recipient: str) -> str | None:
    """Return the team whose own calendar this is, or None for a worker's."""
    return recipient.removeprefix(TEAM) if recipient.startswith(TEAM) else None


def calendar_name(recipient: str) -> str:
    """Return what a recipient's calendar is called in whatever program shows it.

    A team's name is left out: it may tell what those it works with need, or which law they are under.
    """
    return "Almoner team" if team_of(recipient) is not None else f"Almoner {recipient}"


def people(conn: Connection, today: date, team: str | None = None) -> list[Person]:
    """Return the workers of a team, or of every team, who have not left, in the order of their staff ids."""
    query = f"""SELECT w.staff_id, w.name, w.email FROM worker w
                WHERE {NOT_LEFT} AND {IN_TEAM} ORDER BY w.staff_id"""  # noqa: S608
    return conn.all(Person, query, today=today, team=team)


def with_calendars(conn: Connection, today: date, team: str | None = None) -> list[Person]:
    """Return the workers of a team, or of every team, as ``people`` does, and after them the teams themselves."""
    names = [team] if team is not None else conn.values("SELECT name FROM team ORDER BY sort_key")
    return [*people(conn, today, team), *(Person(team_recipient(name), name) for name in names)]


def team_targets(conn: Connection, team: str, folder: Path, today: date) -> list[tuple[str, Path]]:
    """Return a file in ``folder`` for each worker of the team who has not left, named after the staff id."""
    taken: set[str] = set()
    targets = []
    for person in people(conn, today, team):
        name = _free(slug(person.staff_id), taken)
        taken.add(name)
        targets.append((person.staff_id, folder / f"{name}.ics"))
    return targets


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, with a number or a dash added where it is taken or Windows reserves it."""
    name = f"{name}-" if _RESERVED.fullmatch(name) else name
    if name not in taken:
        return name
    return next(other for n in range(2, len(taken) + 3) if (other := f"{name}-{n}") not in taken)
