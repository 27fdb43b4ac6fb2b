"""One case: its header, its events, who held it, its weighings; and finding things by a few letters."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from domain.core.text import sort_key
from storage.database.connection import Connection
from storage.database.fragments import FURTHER, HOLDS, POINTS


class CaseCard(NamedTuple):
    """A case's header: its own fields, who holds it since when, and what it weighs today (hundredths).

    ``stale``: its answers no longer fit the scheme in force. ``dormant_from``: since when it counts as dormant.
    """

    reference: str
    name: str
    team: str
    pathways: tuple[str, ...]
    nation: str
    opened: date
    closed: date | None
    close_reason: str
    born: date | None
    expected_birth: date | None
    sibling_group: str
    factors: tuple[str, ...]
    threshold_met: date | None
    version: int
    worker: str | None
    worker_name: str
    since: date | None
    points: int
    assumed: bool
    scheme: str
    stale: bool
    dormant_from: date | None
    further: bool = False  # a brother or sister of a child counted already


class EventLine(NamedTuple):
    """An event on a case."""

    id: int
    on: date
    kind: str
    details: dict[str, Any]
    note: str
    source: str
    changed_by: str


class AllocationLine(NamedTuple):
    """Who held a case, as what, from when to when."""

    id: int
    worker: str
    worker_name: str
    role: str
    starts: date
    ends: date | None
    reason: str | None


class WeightingLine(NamedTuple):
    """A weighing of a case (points in hundredths)."""

    id: int
    on: date
    scheme: str
    scheme_version: str
    answers: dict[str, str]
    points: int
    changed_by: str
    why: str
    uplift: int
    uplift_reason: str
    agreed_worker: date | None
    agreed_supervisor: date | None


class Hit(NamedTuple):
    """Something found by a few letters."""

    kind: str
    key: str
    name: str
    detail: str


def is_case(conn: Connection, reference: str) -> bool:
    """Whether there is a case with that reference."""
    return conn.value("SELECT 1 FROM cases WHERE reference = :reference", reference=reference) is not None


def case_card(conn: Connection, reference: str, today: date) -> CaseCard | None:
    """Return a case's header, or None when there is no such case."""
    query = f"""
        SELECT c.reference, c.name, c.team, c.pathways, c.nation, c.opened, c.closed, c.close_reason, c.born,
          c.expected_birth, c.sibling_group, c.factors, c.threshold_met, c.version, a.worker,
          coalesce(w.name, '') AS worker_name, a.starts AS since, coalesce({POINTS}, 0) AS points, p.assumed, t.scheme,
          p.stale, CASE WHEN p.dormant_from <= :today THEN p.dormant_from END AS dormant_from,
          {FURTHER} AS further
        FROM cases c JOIN team_on(:today) t ON t.name = c.team LEFT JOIN case_points p ON p."case" = c.reference
        LEFT JOIN allocation a ON a."case" = c.reference AND a.role = 'allocated_worker' AND {HOLDS}
        LEFT JOIN worker w ON w.staff_id = a.worker
        WHERE c.reference = :reference ORDER BY a.starts DESC LIMIT 1"""  # noqa: S608
    return conn.one(CaseCard, query, reference=reference, today=today)


def case_events(conn: Connection, reference: str) -> list[EventLine]:
    """Return a case's events, oldest first."""
    query = """SELECT id, "on", kind, details, note, source, changed_by FROM event
               WHERE "case" = :reference ORDER BY "on", id"""
    return conn.all(EventLine, query, reference=reference)


def case_allocations(conn: Connection, reference: str) -> list[AllocationLine]:
    """Return who held a case, newest first."""
    query = """SELECT a.id, a.worker, w.name AS worker_name, a.role, a.starts, a.ends, a.reason
               FROM allocation a JOIN worker w ON w.staff_id = a.worker
               WHERE a."case" = :reference ORDER BY a.starts DESC, a.id DESC"""
    return conn.all(AllocationLine, query, reference=reference)


def case_weightings(conn: Connection, reference: str) -> list[WeightingLine]:
    """Return the weighings of a case, newest first."""
    query = """SELECT id, "on", scheme, scheme_version, answers, points, changed_by, why, uplift, uplift_reason,
                 agreed_worker, agreed_supervisor FROM weighting
               WHERE "case" = :reference ORDER BY "on" DESC, id DESC"""
    return conn.all(WeightingLine, query, reference=reference)


def find(conn: Connection, text: str, today: date, limit: int = 20) -> list[Hit]:
    """Return workers, cases and teams whose name or key holds ``text``: those called so, then those that begin so."""
    letters = sort_key(text.strip())
    if not letters:
        return []
    escaped = escape_like(letters)
    query = """
        SELECT kind, key, name, detail FROM (
          SELECT 'worker' AS kind, staff_id AS key, name, team AS detail, sort_key AS s FROM worker_on(:today) w
          UNION ALL SELECT 'case', reference, name, team, sort_key FROM cases
          UNION ALL SELECT 'team', name, name, service, sort_key FROM team) AS known
        WHERE s LIKE :part ESCAPE '\\' OR lower(key) LIKE :part ESCAPE '\\'
        ORDER BY NOT (s = :letters OR lower(key) = :letters),
          NOT (s LIKE :start ESCAPE '\\' OR lower(key) LIKE :start ESCAPE '\\'), kind = 'case', s, key
        LIMIT :limit"""
    parts = {"letters": letters, "part": f"%{escaped}%", "start": f"{escaped}%"}
    return conn.all(Hit, query, **parts, limit=limit, today=today)


def escape_like(text: str) -> str:
    """Return ``text`` as a pattern of LIKE in which every character stands for itself; a backslash is the escape."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
