"""Narrow reads about one thing: a case's header, its events, who held it; and finding things by a few letters."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any, NamedTuple

from domain.text import sort_key
from storage.reading import POINTS


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


class ChangeLine(NamedTuple):
    """A line of the change log."""

    change: int
    at: str
    actor: str
    what: str
    record: str
    key: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def case_card(conn: sqlite3.Connection, reference: str, today: date) -> CaseCard | None:
    """Return a case's header, or None when there is no such case."""
    query = f"""
        SELECT c.reference, c.name, c.team, c.pathways, c.nation, c.opened, c.closed, c.close_reason, c.born,
          c.expected_birth, c.sibling_group, c.factors, c.threshold_met, c.version, a.worker, w.name, a.starts,
          {POINTS}, p.assumed, t.scheme, p.stale, CASE WHEN p.dormant_from <= :today THEN p.dormant_from END
        FROM cases c JOIN team t ON t.name = c.team LEFT JOIN case_points p ON p."case" = c.reference
        LEFT JOIN allocation a ON a."case" = c.reference AND a.role = 'allocated_worker' AND a.starts <= :today
          AND (a.ends IS NULL OR a.ends > :today)
        LEFT JOIN worker w ON w.staff_id = a.worker
        WHERE c.reference = :reference ORDER BY a.starts DESC LIMIT 1"""  # noqa: S608
    row = conn.execute(query, {"reference": reference, "today": today.isoformat()}).fetchone()
    if row is None:
        return None
    values = dict(zip(CaseCard._fields, row, strict=True))
    for name in ("opened", "closed", "born", "expected_birth", "threshold_met", "since", "dormant_from"):
        values[name] = _day(values[name])
    for name in ("pathways", "factors"):
        values[name] = tuple(json.loads(values[name]))
    values |= {"worker_name": values["worker_name"] or "", "points": values["points"] or 0}
    values |= {name: bool(values[name]) for name in ("assumed", "stale")}
    return CaseCard(**values)


def case_events(conn: sqlite3.Connection, reference: str) -> list[EventLine]:
    """Return a case's events, oldest first."""
    query = """SELECT id, "on", kind, details, note, source, changed_by FROM event
               WHERE "case" = ? ORDER BY "on", id"""
    return [
        EventLine(number, date.fromisoformat(on), kind, json.loads(details), *rest)
        for number, on, kind, details, *rest in conn.execute(query, (reference,))
    ]


def case_allocations(conn: sqlite3.Connection, reference: str) -> list[AllocationLine]:
    """Return who held a case, newest first."""
    query = """SELECT a.id, a.worker, w.name, a.role, a.starts, a.ends, a.reason
               FROM allocation a JOIN worker w ON w.staff_id = a.worker
               WHERE a."case" = ? ORDER BY a.starts DESC, a.id DESC"""
    return [
        AllocationLine(number, worker, name, role, date.fromisoformat(starts), _day(ends), reason)
        for number, worker, name, role, starts, ends, reason in conn.execute(query, (reference,))
    ]


def case_weightings(conn: sqlite3.Connection, reference: str) -> list[WeightingLine]:
    """Return the weighings of a case, newest first."""
    query = """SELECT id, "on", scheme, scheme_version, answers, points, changed_by, why, uplift, uplift_reason,
                 agreed_worker, agreed_supervisor FROM weighting
               WHERE "case" = ? ORDER BY "on" DESC, id DESC"""
    return [_weighting(row) for row in conn.execute(query, (reference,))]


def _weighting(row: tuple[Any, ...]) -> WeightingLine:
    number, on, scheme, version, answers, points, who, why, uplift, reason, worker, supervisor = row
    given = json.loads(answers)
    return WeightingLine(
        number, date.fromisoformat(on), scheme, version, given, points, who, why, uplift, reason, _day(worker),
        _day(supervisor),
    )  # fmt: skip


def find(conn: sqlite3.Connection, text: str, limit: int = 20) -> list[Hit]:
    """Return workers, cases and teams whose name or key holds ``text``; those that begin with it first."""
    key = sort_key(text.strip())
    if not key:
        return []
    escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    query = """
        SELECT kind, id, name, detail FROM (
          SELECT 'worker' AS kind, staff_id AS id, name, team AS detail, sort_key AS s FROM worker
          UNION ALL SELECT 'case', reference, name, team, sort_key FROM cases
          UNION ALL SELECT 'team', name, name, service, sort_key FROM team)
        WHERE s LIKE :part ESCAPE '\\' OR lower(id) LIKE :part ESCAPE '\\'
        ORDER BY NOT (s LIKE :start ESCAPE '\\' OR lower(id) LIKE :start ESCAPE '\\'), kind = 'case', s, id
        LIMIT :limit"""
    given = {"part": f"%{escaped}%", "start": f"{escaped}%", "limit": limit}
    return [Hit(*row) for row in conn.execute(query, given)]


def history(
    conn: sqlite3.Connection, limit: int = 50, record: str | None = None, key: int | None = None
) -> list[ChangeLine]:
    """Return the newest lines of the change log, of one record when it is named."""
    query = """SELECT s.id, s.at, s.actor, s.what, c.record, c.key, c.before, c.after
               FROM change c JOIN change_set s ON s.id = c.change_set
               WHERE (:record IS NULL OR (c.record = :record AND (:key IS NULL OR c.key = :key)))
               ORDER BY c.id DESC LIMIT :limit"""
    lines = conn.execute(query, {"record": record, "key": key, "limit": limit})
    return [
        ChangeLine(
            number,
            at,
            actor,
            what,
            kind,
            row,
            json.loads(before) if before else None,
            json.loads(after) if after else None,
        )
        for number, at, actor, what, kind, row, before, after in lines
    ]
