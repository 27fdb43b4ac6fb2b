"""What the database holds already about the cases of an extract, read on a plain connection."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.cases.cases import AllocationFields, CaseFields, EventFields
from domain.core.enums import ChangeReason, Nation, Pathway, Role
from domain.due.records import CouncilDateFields
from domain.people.people import TeamFields, WorkerFields
from storage.database.connection import Connection
from storage.records.listed import DAYS

BATCH = 500
# Whole records: what an extract says nothing of is written back as it was.
PERSON_FIELDS, CASE_FIELDS, TEAM_FIELDS, ALLOCATION_FIELDS, EVENT_FIELDS, COUNCIL_FIELDS = (
    tuple(fields.model_fields)
    for fields in (WorkerFields, CaseFields, TeamFields, AllocationFields, EventFields, CouncilDateFields)
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


_READERS: dict[str, Any] = {
    **dict.fromkeys(DAYS, date.fromisoformat),
    "nation": Nation,
    "pathways": lambda text: tuple(Pathway(p) for p in json.loads(text)),
    **dict.fromkeys(("factors", "specialisms", "areas", "must_have", "prefers", "overruled"), _words),
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
    """The records on file that an extract may touch. Events and council dates are found by case, kind and day.

    ``in_hours`` gives the FTE that a contract comes to which is kept in hours a week.
    """

    teams: dict[str, Record] = field(default_factory=dict)
    workers: dict[str, Record] = field(default_factory=dict)
    cases: dict[str, Record] = field(default_factory=dict)
    allocations: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    events: dict[tuple[str, str, date], Record] = field(default_factory=dict)
    council: dict[tuple[str, str, date], Record] = field(default_factory=dict)
    in_hours: dict[str, int] = field(default_factory=dict)


def read_kept(conn: Connection, references: Iterable[str], day: date) -> Kept:
    """Return what is on file about every team and worker as they stand on a day, and about the cases named."""
    kept = Kept()
    kept.teams = {r.fields["name"]: r for r in _rows(conn, "team_on(:day)", TEAM_FIELDS, day=day)}
    kept.workers = {r.fields["staff_id"]: r for r in _rows(conn, "worker_on(:day)", PERSON_FIELDS, day=day)}
    for staff_id, record in kept.workers.items():
        if record.fields["hours"] is not None:
            kept.in_hours[staff_id], record.fields["fte"] = record.fields["fte"], None
    wanted = sorted(set(references))
    if not wanted or conn.value("SELECT 1 FROM cases LIMIT 1") is None:
        return kept
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        kept.cases.update((r.fields["reference"], r) for r in _rows(conn, "cases", CASE_FIELDS, "reference", batch))
    held = [reference for reference in wanted if reference in kept.cases]
    for start in range(0, len(held), BATCH):
        _read_about(conn, kept, held[start : start + BATCH])
    return kept


def _read_about(conn: Connection, kept: Kept, batch: list[str]) -> None:
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
    conn: Connection,
    table: str,
    fields: Sequence[str],
    key: str = "",
    batch: Sequence[str] = (),
    day: date | None = None,
) -> Iterator[Record]:
    columns = ", ".join(f'"{name}"' for name in fields)
    where = f'WHERE "{key}" IN :batch' if key else ""
    query = f"SELECT id, {columns} FROM {table} AS kept {where} ORDER BY id"  # noqa: S608
    for row in conn.rows(query, batch=batch, day=day):
        number = row.pop("id")
        for name in row.keys() & _READERS.keys():
            if row[name] is not None:
                row[name] = _READERS[name](row[name])
        yield Record(number, row)


def references(conn: Connection) -> frozenset[str]:
    """Return every case reference on file."""
    return frozenset(conn.values("SELECT reference FROM cases"))


def last_change(conn: Connection) -> int:
    """Return the number of the newest change, by which a plan knows that it is still fresh."""
    return int(conn.value("SELECT coalesce(max(id), 0) FROM change_set"))


def absent(conn: Connection, source: str, teams: Iterable[str], present: frozenset[str]) -> list[str]:
    """Return open cases that are not present, though this source brought them before or these teams hold them."""
    query = """SELECT c.reference FROM cases c WHERE c.closed IS NULL AND (c.team IN :teams OR EXISTS (
        SELECT 1 FROM event e WHERE e."case" = c.reference AND (e.source = :source OR e.source LIKE :source || ':%')))
        ORDER BY c.sort_key, c.reference"""
    found = conn.values(query, teams=sorted(set(teams)), source=source)
    return [reference for reference in found if reference not in present]
