"""Lists of cases: a worker's, and those nobody holds."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS, OPEN, POINTS
from storage.rules.kept_packs import Packs


class CaseLine(NamedTuple):
    """A case in a list; ``role`` and ``since`` are those of the worker the list is about."""

    reference: str
    name: str
    pathways: tuple[str, ...]
    role: str
    since: date | None
    points: int
    assumed: bool
    last_event: str
    last_event_on: date | None
    next_due: date | None
    next_rule: str
    late: int
    opened: date
    closed: date | None
    team: str
    next_title: str = ""

    @property
    def pathway(self) -> str:
        """The leading pathway."""
        return self.pathways[0]


def _query(source: str, role: str, since: str, where: str) -> str:
    return f"""
SELECT c.reference, c.name, c.pathways, {role} AS role, {since} AS since, {POINTS} AS points, p.assumed,
  coalesce((SELECT e.kind FROM event e WHERE e."case" = c.reference ORDER BY e."on" DESC, e.id DESC LIMIT 1), '')
    AS last_event,
  (SELECT max(e."on") FROM event e WHERE e."case" = c.reference) AS last_event_on,
  o.legal_due AS next_due, coalesce(o.rule, '') AS next_rule, coalesce(o.late, 0) AS late, c.opened, c.closed, c.team
FROM {source}
JOIN case_points p ON p."case" = c.reference
LEFT JOIN (SELECT o.subject AS subject, min(o.legal_due) AS legal_due, o.rule AS rule,
    sum(CASE WHEN o.legal_due < :today THEN 1 ELSE 0 END) AS late FROM obligation o WHERE o.subject_kind = 'case'
    AND o.subject IN (SELECT c.reference FROM {source} WHERE {where}) GROUP BY o.subject) o
  ON o.subject = c.reference
WHERE {where} ORDER BY o.legal_due IS NULL, o.legal_due, c.reference
"""  # noqa: S608


_OF_WORKER = _query(
    source='allocation a JOIN cases c ON c.reference = a."case"',
    role="a.role",
    since="a.starts",
    where=f"a.worker = :key AND {OPEN} AND {HOLDS}",
)
_OF_NOBODY = _query(
    source="cases c",
    role="''",
    since="NULL",
    where=f"""c.opened <= :today AND {OPEN}
      AND (:key IS NULL OR c.team = :key) AND {HELD_BY} IS NULL""",
)


def worker_cases(conn: Connection, staff_id: str, today: date) -> list[CaseLine]:
    """Return the open cases a worker has a role on, what is due first on top."""
    return _case_lines(conn, _OF_WORKER, staff_id, today)


def unallocated_cases(conn: Connection, team: str | None, today: date) -> list[CaseLine]:
    """Return the open cases nobody is allocated to."""
    return _case_lines(conn, _OF_NOBODY, team, today)


def _case_lines(conn: Connection, query: str, key: str | None, today: date) -> list[CaseLine]:
    packs = Packs(conn)
    lines = conn.all(CaseLine, query, key=key, today=today)
    return [line._replace(next_title=packs.title("rule", line.next_rule)) if line.next_rule else line for line in lines]
