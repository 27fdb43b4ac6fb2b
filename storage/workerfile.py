"""The narrow read behind one worker's screen: their line, their load down to capacity, reductions, sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain import capacity
from storage.board import UNPLANNED_DAYS, WorkerLine, loss, team_board, worker_capacity
from storage.caselist import CaseLine, worker_cases
from storage.concerns import History, history
from storage.reading import Packs, day
from storage.reviewdays import LAPSES

SESSIONS = 12


class ReductionLine(NamedTuple):
    """A dated loss of capacity that counts today or will; ``title`` is what the packs call its ``kind``.

    ``followed``: the next step begins the day after it ends, so nobody needs reminding.
    """

    id: int
    percent: int
    reason: str
    starts: date
    ends: date | None
    kind: str = "other"
    title: str = ""
    counts: bool = True
    followed: bool = False

    def lapses(self, today: date, days: int = LAPSES) -> bool:
        """Whether it is about to end within ``days``, and capacity to return, without anything that follows."""
        if self.ends is None or self.followed or not self.counts:
            return False
        return self.starts <= today <= self.ends <= today + timedelta(days=days)


class ExtraLine(NamedTuple):
    """Work that is not cases and counts as load, today or later; points in hundredths."""

    id: int
    title: str
    points: int
    starts: date
    ends: date | None


class UnplannedEntry(NamedTuple):
    """Hours (in hundredths) that no plan foresaw."""

    id: int
    on: date
    hours: int
    what: str
    case: str | None


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
    extras: Sequence[ExtraLine]
    unplanned: Sequence[UnplannedEntry]
    supervisees: int
    supervises_most: int | None
    past: History


def worker_file(conn: sqlite3.Connection, staff_id: str, today: date) -> WorkerFile | None:
    """Return a worker's file, or None when there is no such worker (or they left and hold nothing)."""
    packs = Packs(conn)
    line = next(iter(team_board(conn, None, today, staff_id, packs)), None)
    if line is None:
        return None
    query = """SELECT coalesce(s.name, ''), w.started, w.agency, w.registration, t.scheme, t.full_time_points,
        t.full_time_hours, w.supervises_most, (SELECT count(*) FROM worker o WHERE o.supervisor = w.staff_id
          AND (o.leaves IS NULL OR o.leaves >= ?))
        FROM worker w JOIN team t ON t.name = w.team LEFT JOIN worker s ON s.staff_id = w.supervisor
        WHERE w.staff_id = ?"""
    row = conn.execute(query, (today.isoformat(), staff_id)).fetchone()
    supervisor, started, agency, registration, scheme_id, full_time, hours, most, supervisees = row
    scheme = packs.get("scheme", scheme_id)
    cases = worker_cases(conn, staff_id, today)
    reductions = worker_reductions(conn, staff_id, today, packs)
    standing = [loss(packs, r.percent, r.reason, r.kind) for r in reductions if r.starts <= today]
    return WorkerFile(
        line=line,
        supervisor_name=supervisor,
        started=day(started),
        agency=bool(agency),
        registration=registration,
        cases=cases,
        roles=_roles(cases, scheme.get("shares", {})),
        capacity=worker_capacity(packs, line.grade, scheme, full_time, line.fte, standing, hours),
        reductions=reductions,
        sessions=_sessions(conn, staff_id),
        scheme=scheme,
        extras=_extras(conn, staff_id, today),
        unplanned=_unplanned(conn, staff_id, today),
        supervisees=supervisees,
        supervises_most=most,
        past=history(conn, None, today, staff_id),
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


def worker_reductions(
    conn: sqlite3.Connection, staff_id: str, today: date, packs: Packs | None = None
) -> list[ReductionLine]:
    """Return a worker's reductions that count today or will, in order of their start."""
    packs = packs or Packs(conn)
    query = """SELECT r.id, r.percent, r.reason, r.starts, r.ends, r.kind, EXISTS (SELECT 1 FROM reduction n
          WHERE n.worker = r.worker AND n.kind = r.kind AND n.starts = date(r.ends, '+1 day'))
        FROM reduction r WHERE r.worker = ? AND (r.ends IS NULL OR r.ends >= ?) ORDER BY r.starts, r.id"""
    found = []
    for number, percent, reason, starts, ends, kind, followed in conn.execute(query, (staff_id, today.isoformat())):
        counts = packs.get("reduction_reason", kind).get("counts", True)
        title = packs.title("reduction_reason", kind)
        first = date.fromisoformat(starts)
        found.append(ReductionLine(number, percent, reason, first, day(ends), kind, title, counts, bool(followed)))
    return found


def _extras(conn: sqlite3.Connection, staff_id: str, today: date) -> list[ExtraLine]:
    query = """SELECT id, title, points, starts, ends FROM extra
        WHERE worker = ? AND (ends IS NULL OR ends >= ?) ORDER BY starts, id"""
    return [
        ExtraLine(number, title, points, date.fromisoformat(starts), day(ends))
        for number, title, points, starts, ends in conn.execute(query, (staff_id, today.isoformat()))
    ]


def _unplanned(conn: sqlite3.Connection, staff_id: str, today: date) -> list[UnplannedEntry]:
    since = (today - timedelta(days=UNPLANNED_DAYS)).isoformat()
    query = """SELECT id, "on", hours, what, "case" FROM unplanned
        WHERE worker = ? AND "on" > ? AND "on" <= ? ORDER BY "on" DESC, id DESC"""
    return [
        UnplannedEntry(number, date.fromisoformat(on), hours, what, case)
        for number, on, hours, what, case in conn.execute(query, (staff_id, since, today.isoformat()))
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
