"""Whose calendar may have moved since an earlier day's work, told from the change log instead of reading everything.

Every change to the records leaves lines in the log. What it cannot tell for certain (another day, other packs, a
restored file, kinds of record that reach many, very many changes) is answered with None: everybody's may have.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from storage.calendars.gathering import FORM
from storage.calendars.recipients import team_recipient

MOST_LINES = 200  # beyond, reading everything costs hardly more

# Kinds whose effect stays with the case or the workers that they name.
_NARROW = frozenset(
    {
        "event", "allocation", "case", "weighting", "postponement", "override", "council-date", "conflict",
        "session", "attendance", "discussion", "decision", "action", "agenda-item", "amendment", "rating",
        "disagreement", "agreement", "worker-event", "reduction", "extra", "concern", "unplanned",
        "learning-need", "evidence", "cpd", "registration",
    }
)  # fmt: skip
_CASES = ("case", "reference")
_WORKERS = ("worker", "supervisor", "owner", "staff_id")
_SESSIONS = ("session",)


class Basis(NamedTuple):
    """What a reading of the calendars held for: a day, the form and the packs, and the newest change with its chain."""

    day: str
    packs: str
    change: int
    chain: str


def basis(conn: sqlite3.Connection, today: date) -> Basis:
    """Return what a reading from now on holds for; ask before reading."""
    packs = conn.execute("SELECT value FROM meta WHERE key = 'packs'").fetchone()
    newest = conn.execute("SELECT id, chain FROM change_set ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    return Basis(today.isoformat(), f"{FORM} {packs[0] if packs else ''}", *newest)


def moved(conn: sqlite3.Connection, then: Basis, now: Basis) -> set[str] | None:
    """Return the recipients whose calendars may differ between both; None where that may be anybody's."""
    if (then.day, then.packs) != (now.day, now.packs) or not _continues(conn, then):
        return None
    if then.change == now.change:
        return set()
    query = "SELECT record, key, before, after FROM change WHERE change_set > ? LIMIT ?"
    lines = conn.execute(query, (then.change, MOST_LINES + 1)).fetchall()
    return _recipients(conn, lines) if len(lines) <= MOST_LINES else None


def _continues(conn: sqlite3.Connection, then: Basis) -> bool:
    """Whether the log still goes on from there: it does not after an earlier state was put back."""
    found = conn.execute("SELECT chain FROM change_set WHERE id = ?", (then.change,)).fetchone()
    return found == (then.chain,) if then.change else True


def _recipients(conn: sqlite3.Connection, lines: Iterable[tuple[str, int, str | None, str | None]]) -> set[str] | None:
    cases: set[str] = set()
    workers: set[str] = set()
    sessions: set[int] = set()
    teams: set[str] = set()
    for record, key, before, after in lines:
        states = [json.loads(state) for state in (before, after) if state]
        if record not in _NARROW or not states:
            return None
        if record == "session":
            sessions.add(key)
        cases.update(_named(states, _CASES))
        workers.update(_named(states, _WORKERS))
        sessions.update(_named(states, _SESSIONS))
        teams.update(_named(states, ("team",)))
    _spread(conn, cases, workers, sessions, teams)
    return workers | {team_recipient(team) for team in teams}


def _named(states: Iterable[Mapping[str, Any]], fields: Iterable[str]) -> Iterator[Any]:
    return (state[field] for state in states for field in fields if state.get(field))


# Whom those cases, sessions, workers and teams concern, each step taking in what the ones before it found.
_SPREADS = (
    ("workers", "cases", 'SELECT worker FROM allocation WHERE "case"'),
    ("teams", "cases", "SELECT team FROM cases WHERE reference"),
    ("workers", "sessions", "SELECT worker FROM session WHERE id"),
    ("workers", "sessions", "SELECT supervisor FROM session WHERE id"),
    ("workers", "sessions", "SELECT worker FROM attendance WHERE session"),
    ("teams", "workers", "SELECT team FROM worker WHERE staff_id"),
    ("workers", "workers", "SELECT supervisor FROM worker WHERE staff_id"),
    ("workers", "workers", "SELECT educator FROM programme WHERE worker"),
    ("workers", "workers", "SELECT on_site FROM programme WHERE worker"),
    ("workers", "teams", "SELECT line_manager FROM worker WHERE team"),
)


def _spread(conn: sqlite3.Connection, cases: set[str], workers: set[str], sessions: set[int], teams: set[str]) -> None:
    """Add to ``workers`` and ``teams`` whom those cases, sessions and workers concern."""
    found: dict[str, set[Any]] = {"cases": cases, "workers": workers, "sessions": sessions, "teams": teams}
    for into, given, query in _SPREADS:
        rows = conn.execute(f"{query} IN (SELECT value FROM json_each(?))", (json.dumps(sorted(found[given])),))  # noqa: S608
        found[into].update([one for (one,) in rows if one])
