"""The narrow read behind one worker's screen: their line, their load down to capacity, reductions, sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain import capacity
from storage.board import WorkerLine, team_board, worker_capacity
from storage.caselist import CaseLine, worker_cases
from storage.reading import Packs, day

SESSIONS = 12


class ReductionLine(NamedTuple):
    """A dated loss of capacity that counts today or will."""

    id: int
    percent: int
    reason: str
    starts: date
    ends: date | None


class SessionLine(NamedTuple):
    """A supervision session, booked, held, missed or called off."""

    id: int
    on: date
    start: str
    minutes: int
    state: str
    held_on: date | None
    supervisor_name: str
    reason: str


class RoleLine(NamedTuple):
    """What the cases held in one role add to a load: their ``whole`` points times the role's ``share`` in percent."""

    role: str
    cases: int
    whole: int
    share: int
    points: int


class WorkerFile(NamedTuple):
    """A worker with all that their screen shows. ``scheme`` is what the packs say of the team's weighting scheme."""

    line: WorkerLine
    supervisor_name: str
    started: date | None
    agency: bool
    registration: str
    cases: Sequence[CaseLine]
    roles: Sequence[RoleLine]
    capacity: capacity.Capacity
    reductions: Sequence[ReductionLine]
    sessions: Sequence[SessionLine]
    scheme: dict[str, Any]


def worker_file(conn: sqlite3.Connection, staff_id: str, today: date) -> WorkerFile | None:
    """Return a worker's file, or None when there is no such worker (or they left and hold nothing)."""
    packs = Packs(conn)
    line = next(iter(team_board(conn, None, today, staff_id, packs)), None)
    if line is None:
        return None
    query = """SELECT coalesce(s.name, ''), w.started, w.agency, w.registration, t.scheme, t.full_time_points
        FROM worker w JOIN team t ON t.name = w.team LEFT JOIN worker s ON s.staff_id = w.supervisor
        WHERE w.staff_id = ?"""
    supervisor, started, agency, registration, scheme_id, full_time = conn.execute(query, (staff_id,)).fetchone()
    scheme = packs.get("scheme", scheme_id)
    cases = worker_cases(conn, staff_id, today)
    reductions = _reductions(conn, staff_id, today)
    standing = [(r.percent, r.reason) for r in reductions if r.starts <= today]
    return WorkerFile(
        line=line,
        supervisor_name=supervisor,
        started=day(started),
        agency=bool(agency),
        registration=registration,
        cases=cases,
        roles=_roles(cases, scheme.get("shares", {})),
        capacity=worker_capacity(packs, line.grade, scheme, full_time, line.fte, standing),
        reductions=reductions,
        sessions=_sessions(conn, staff_id),
        scheme=scheme,
    )


def _roles(cases: Sequence[CaseLine], shares: dict[str, int]) -> list[RoleLine]:
    found: dict[str, list[int]] = {}
    for case in cases:
        found.setdefault(case.role, []).append(case.points)
    return [
        RoleLine(
            role, len(points), sum(points), shares.get(role, 100), capacity.share(sum(points), shares.get(role, 100))
        )
        for role, points in sorted(found.items(), key=lambda pair: (pair[0] != "allocated_worker", pair[0]))
    ]


def _reductions(conn: sqlite3.Connection, staff_id: str, today: date) -> list[ReductionLine]:
    query = """SELECT id, percent, reason, starts, ends FROM reduction
        WHERE worker = ? AND (ends IS NULL OR ends >= ?) ORDER BY starts, id"""
    return [
        ReductionLine(number, percent, reason, date.fromisoformat(starts), day(ends))
        for number, percent, reason, starts, ends in conn.execute(query, (staff_id, today.isoformat()))
    ]


def _sessions(conn: sqlite3.Connection, staff_id: str) -> list[SessionLine]:
    """Return the newest sessions, those ahead included, newest first."""
    query = """SELECT s.id, s."on", s.start, s.minutes, s.state, s.held_on, w.name, s.reason
        FROM session s JOIN worker w ON w.staff_id = s.supervisor
        WHERE s.worker = ? ORDER BY s."on" DESC, s.id DESC LIMIT ?"""
    return [
        SessionLine(number, date.fromisoformat(on), start, minutes, state, day(held), name, reason)
        for number, on, start, minutes, state, held, name, reason in conn.execute(query, (staff_id, SESSIONS))
    ]
