"""Who has a calendar: each worker, and each team one of its own for a shared mailbox."""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.text import slug

TEAM = "team:"  # before a team's name; no staff id can be mistaken for it once it is looked up
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


class Person(NamedTuple):
    """A worker who can be a recipient; ``leaves`` as kept, and gone from the day after."""

    staff_id: str
    name: str
    team: str
    email: str
    leaves: str | None


def team_recipient(team: str) -> str:
    """Return the recipient that stands for a team's own calendar."""
    return f"{TEAM}{team}"


def team_of(recipient: str) -> str | None:
    """Return the team whose own calendar this is, or None for a worker's."""
    return recipient.removeprefix(TEAM) if recipient.startswith(TEAM) else None


def calendar_name(recipient: str) -> str:
    """Return what a recipient's calendar is called in whatever program shows it.

    A team's has no further name: many are called after what those they work with need, or are under the law.
    """
    return "Almoner team" if team_of(recipient) is not None else f"Almoner {recipient}"


def people(conn: sqlite3.Connection, today: date, team: str | None = None) -> list[Person]:
    """Return the workers of a team, or of every team, who have not left, in the order of their staff ids."""
    query = """SELECT staff_id, name, team, email, leaves FROM worker
               WHERE (leaves IS NULL OR leaves >= :today) AND (:team IS NULL OR team = :team) ORDER BY staff_id"""
    return [Person(*row) for row in conn.execute(query, {"today": today.isoformat(), "team": team})]


def team_targets(conn: sqlite3.Connection, team: str, folder: Path, today: date) -> list[tuple[str, Path]]:
    """Return a file in ``folder`` for each worker of the team who has not left, named after the staff id."""
    taken: set[str] = set()
    targets = []
    for person in people(conn, today, team):
        name = _free(slug(person.staff_id), taken)
        taken.add(name)
        targets.append((person.staff_id, folder / f"{name}.ics"))
    return targets


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, or with a number behind it where two staff ids give one name or the platform keeps it."""
    name = f"{name}-" if _RESERVED.fullmatch(name) else name
    if name not in taken:
        return name
    return next(other for n in range(2, len(taken) + 3) if (other := f"{name}-{n}") not in taken)
