"""Whose calendar may differ since an earlier publish, told from the change log instead of reading everything.

Every change to the records leaves lines in the log. Where they do not say for certain (another day, other packs, a
restored file, kinds of record that concern many, very many changes), the answer is None: anybody's may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from storage.calendar.contents import FORM, packs_in_force
from storage.calendar.recipients import team_recipient
from storage.database.connection import Connection

MOST_LINES = 200  # with more lines, reading everything costs hardly more

# Kinds of record that concern only the case or the workers that they name.
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


class _Newest(NamedTuple):
    """The newest set of changes, or none yet."""

    id: int = 0
    chain: str = ""


class _Line(NamedTuple):
    """A changed record, as it was and as it is; None where there was or is none, or where it was erased."""

    record: str
    key: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def basis(conn: Connection, today: date) -> Basis:
    """Return what a reading from now on holds for; ask before reading."""
    newest = conn.one(_Newest, "SELECT id, chain FROM change_set ORDER BY id DESC LIMIT 1") or _Newest()
    return Basis(today.isoformat(), f"{FORM} {packs_in_force(conn)}", newest.id, newest.chain)


def moved(conn: Connection, then: Basis, now: Basis) -> set[str] | None:
    """Return the recipients whose calendars may differ between both; None where that may be anybody's."""
    if (then.day, then.packs) != (now.day, now.packs) or not _continues(conn, then):
        return None
    if then.change == now.change:
        return set()
    query = "SELECT record, key, before, after FROM change WHERE change_set > :then LIMIT :most"
    lines = conn.all(_Line, query, then=then.change, most=MOST_LINES + 1)
    return _recipients(conn, lines, date.fromisoformat(now.day)) if len(lines) <= MOST_LINES else None


def _continues(conn: Connection, then: Basis) -> bool:
    """Whether the log still goes on from there: it does not after an earlier state was put back."""
    query = "SELECT chain FROM change_set WHERE id = :id"
    return not then.change or conn.value(query, id=then.change) == then.chain


def _recipients(conn: Connection, lines: Iterable[_Line], today: date) -> set[str] | None:
    cases: set[str] = set()
    workers: set[str] = set()
    sessions: set[int] = set()
    teams: set[str] = set()
    for line in lines:
        states = [state for state in (line.before, line.after) if state]
        if line.record not in _NARROW or not states:
            return None
        if line.record == "session":
            sessions.add(line.key)
        cases.update(_named(states, _CASES))
        workers.update(_named(states, _WORKERS))
        sessions.update(_named(states, _SESSIONS))
        teams.update(_named(states, ("team",)))
    found: dict[str, set[Any]] = {"cases": cases, "workers": workers, "sessions": sessions, "teams": teams}
    _spread(conn, found, today)
    return workers | {team_recipient(team) for team in teams}


def _named(states: Iterable[Mapping[str, Any]], fields: Iterable[str]) -> Iterator[Any]:
    return (state[field] for state in states for field in fields if state.get(field))


# What is found (first) from what is known (second); each step goes on from what the steps before it found.
_SPREADS = (
    ("workers", "cases", 'SELECT worker FROM allocation WHERE "case" IN :known'),
    ("teams", "cases", "SELECT team FROM cases WHERE reference IN :known"),
    ("workers", "sessions", "SELECT worker FROM session WHERE id IN :known"),
    ("workers", "sessions", "SELECT supervisor FROM session WHERE id IN :known"),
    ("workers", "sessions", "SELECT worker FROM attendance WHERE session IN :known"),
    ("teams", "workers", "SELECT w.team FROM worker_on(:today) w WHERE w.staff_id IN :known"),
    ("workers", "workers", "SELECT w.supervisor FROM worker_on(:today) w WHERE w.staff_id IN :known"),
    ("workers", "workers", "SELECT educator FROM programme WHERE worker IN :known"),
    ("workers", "workers", "SELECT on_site FROM programme WHERE worker IN :known"),
    ("workers", "teams", "SELECT w.line_manager FROM worker_on(:today) w WHERE w.team IN :known"),
)


def _spread(conn: Connection, found: Mapping[str, set[Any]], today: date) -> None:
    """Add to the workers and teams among them whom those cases, sessions and workers concern today."""
    for into, given, query in _SPREADS:
        found[into].update(one for one in conn.values(query, known=found[given], today=today) if one)
