"""What the database holds already about the cases of an extract, read on a plain connection."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.ids import ChangeReason, Nation, Pathway, Role

BATCH = 500
PERSON_FIELDS = (
    "staff_id", "name", "team", "grade", "role", "fte", "started", "leaves", "line_manager", "supervisor",
    "registration", "specialisms", "agency", "email",
)  # fmt: skip
CASE_FIELDS = (
    "reference", "team", "pathways", "nation", "opened", "closed", "close_reason", "name", "born", "expected_birth",
    "sibling_group", "factors", "threshold_met",
)  # fmt: skip
TEAM_FIELDS = ("name", "nation", "service", "scheme", "full_time_points")
ALLOCATION_FIELDS = ("case", "worker", "role", "starts", "ends", "reason", "note")
EVENT_FIELDS = ("case", "kind", "on", "details", "note", "source")
COUNCIL_FIELDS = ("case", "kind", "due", "held", "source")

_DAYS = frozenset(
    {"started", "leaves", "opened", "closed", "born", "expected_birth", "threshold_met", "starts", "ends"}
)
_READERS: dict[str, Any] = {
    **dict.fromkeys(_DAYS | {"on", "due", "held"}, date.fromisoformat),
    "nation": Nation,
    "pathways": lambda text: tuple(Pathway(p) for p in json.loads(text)),
    "factors": lambda text: tuple(json.loads(text)),
    "specialisms": lambda text: tuple(json.loads(text)),
    "details": json.loads,
    "agency": bool,
    "reason": ChangeReason,
}


class Record(NamedTuple):
    """A record on file: its number and its fields."""

    id: int
    fields: dict[str, Any]


@dataclass(slots=True)
class Kept:
    """The records on file that an extract may touch. Events and council dates are found by case, kind and day."""

    teams: dict[str, Record] = field(default_factory=dict)
    workers: dict[str, Record] = field(default_factory=dict)
    cases: dict[str, Record] = field(default_factory=dict)
    allocations: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    events: dict[tuple[str, str, date], Record] = field(default_factory=dict)
    council: dict[tuple[str, str, date], Record] = field(default_factory=dict)


def read_kept(conn: sqlite3.Connection, references: Iterable[str]) -> Kept:
    """Return what is on file about every team and worker, and about the cases named."""
    kept = Kept()
    kept.teams = {r.fields["name"]: r for r in _rows(conn, "team", TEAM_FIELDS)}
    kept.workers = {r.fields["staff_id"]: r for r in _rows(conn, "worker", PERSON_FIELDS)}
    wanted = sorted(set(references))
    if not wanted or conn.execute("SELECT 1 FROM cases LIMIT 1").fetchone() is None:
        return kept
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        kept.cases.update((r.fields["reference"], r) for r in _rows(conn, "cases", CASE_FIELDS, "reference", batch))
    held = [reference for reference in wanted if reference in kept.cases]
    for start in range(0, len(held), BATCH):
        _read_about(conn, kept, held[start : start + BATCH])
    return kept


def _read_about(conn: sqlite3.Connection, kept: Kept, batch: list[str]) -> None:
    for record in _rows(conn, "allocation", ALLOCATION_FIELDS, "case", batch):
        record.fields["role"] = Role(record.fields["role"])
        kept.allocations[record.fields["case"]].append(record)
    for record in _rows(conn, "event", EVENT_FIELDS, "case", batch):
        known = record.fields
        kept.events.setdefault((known["case"], known["kind"], known["on"]), record)
    for record in _rows(conn, "council_date", COUNCIL_FIELDS, "case", batch):
        known = record.fields
        kept.council.setdefault((known["case"], known["kind"], known["due"]), record)


def _rows(
    conn: sqlite3.Connection, table: str, fields: Sequence[str], key: str = "", batch: Sequence[str] = ()
) -> Iterator[Record]:
    columns = ", ".join(f'"{name}"' for name in fields)
    where = f'WHERE "{key}" IN ({",".join("?" * len(batch))})' if key else ""
    readers = [(name, _READERS.get(name)) for name in fields]
    for row in conn.execute(f"SELECT id, {columns} FROM {table} {where} ORDER BY id", batch).fetchall():  # noqa: S608
        values = {
            name: value if reader is None or value is None else reader(value)
            for (name, reader), value in zip(readers, row[1:], strict=True)
        }
        yield Record(row[0], values)


def references(conn: sqlite3.Connection) -> frozenset[str]:
    """Return every case reference on file."""
    return frozenset(row[0] for row in conn.execute("SELECT reference FROM cases").fetchall())


def worker_names(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return staff id and name of every worker on file."""
    return [(row[0], row[1]) for row in conn.execute("SELECT staff_id, name FROM worker").fetchall()]


def last_change(conn: sqlite3.Connection) -> int:
    """Return the number of the newest change, by which a plan knows that it is still fresh."""
    return int(conn.execute("SELECT coalesce(max(id), 0) FROM change_set").fetchone()[0])


def absent(conn: sqlite3.Connection, source: str, teams: Iterable[str], present: frozenset[str]) -> list[str]:
    """Return open cases that are not present, though this source brought them before or these teams hold them."""
    named = sorted(set(teams))
    marks = ",".join("?" * len(named))
    query = f"""SELECT c.reference FROM cases c WHERE c.closed IS NULL AND (c.team IN ({marks}) OR EXISTS (
        SELECT 1 FROM event e WHERE e."case" = c.reference AND (e.source = ? OR e.source LIKE ?)))
        ORDER BY c.sort_key, c.reference"""  # noqa: S608
    found = conn.execute(query, (*named, source, source + ":%")).fetchall()
    return [reference for (reference,) in found if reference not in present]
