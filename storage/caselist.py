"""Narrow reads of lists of cases: a worker's, and those nobody holds."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import NamedTuple

from storage.reading import HELD_BY, HOLDS, POINTS, Packs, day


class CaseLine(NamedTuple):
    """A case in a list; ``role`` and ``since`` are those of the worker the list is about."""

    reference: str
    name: str
    pathway: str
    pathways: tuple[str, ...]
    role: str
    since: date | None
    points: int
    assumed: bool
    last_event: str
    last_event_on: date | None
    next_due: date | None
    next_rule: str
    next_title: str
    late: int
    opened: date
    closed: date | None
    team: str


_CASES = """
SELECT c.reference, c.name, c.pathways, {role}, {since}, {points}, p.assumed,
  (SELECT e.kind FROM event e WHERE e."case" = c.reference ORDER BY e."on" DESC, e.id DESC LIMIT 1),
  (SELECT max(e."on") FROM event e WHERE e."case" = c.reference),
  o.legal_due, o.rule, coalesce(o.late, 0), c.opened, c.closed, c.team
FROM {source}
JOIN case_points p ON p."case" = c.reference
LEFT JOIN (SELECT o.subject AS subject, min(o.legal_due) AS legal_due, o.rule AS rule,
    sum(o.legal_due < :today) AS late FROM obligation o WHERE o.subject_kind = 'case'
    AND o.subject IN (SELECT c.reference FROM {source} WHERE {where}) GROUP BY o.subject) o
  ON o.subject = c.reference
WHERE {where} ORDER BY o.legal_due IS NULL, o.legal_due, c.reference
"""
_OF_WORKER = _CASES.format(
    points=POINTS,
    role="a.role",
    since="a.starts",
    source='allocation a JOIN cases c ON c.reference = a."case"',
    where=f"a.worker = :key AND c.closed IS NULL AND {HOLDS}",
)
_OF_NOBODY = _CASES.format(
    points=POINTS,
    role="''",
    since="NULL",
    source="cases c",
    where=f"c.closed IS NULL AND (:key IS NULL OR c.team = :key) AND {HELD_BY} IS NULL",
)


def worker_cases(conn: sqlite3.Connection, staff_id: str, today: date) -> list[CaseLine]:
    """Return the open cases a worker has a role on, what is due first on top."""
    return _case_lines(conn, _OF_WORKER, staff_id, today)


def unallocated_cases(conn: sqlite3.Connection, team: str | None, today: date) -> list[CaseLine]:
    """Return the open cases nobody is allocated to."""
    return _case_lines(conn, _OF_NOBODY, team, today)


def _case_lines(conn: sqlite3.Connection, query: str, key: str | None, today: date) -> list[CaseLine]:
    packs = Packs(conn)
    lines = []
    for row in conn.execute(query, {"key": key, "today": today.isoformat()}):
        reference, name, pathways, role, since, points, assumed, last, last_on, due, rule, late, *rest = row
        words = tuple(json.loads(pathways))
        opened, closed, team = rest
        lines.append(
            CaseLine(
                reference,
                name,
                words[0],
                words,
                role,
                day(since),
                points,
                bool(assumed),
                last or "",
                day(last_on),
                day(due),
                rule or "",
                packs.title("rule", rule) if rule else "",
                late,
                date.fromisoformat(opened),
                day(closed),
                team,
            )
        )
    return lines
