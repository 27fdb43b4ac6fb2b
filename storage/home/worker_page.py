"""What one worker's screen shows: their line, load and capacity, reductions, the newest sessions and those ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.load import capacity
from storage.cases.case_lists import CaseLine, worker_cases
from storage.database.connection import Connection
from storage.database.fragments import NOT_LEFT
from storage.load.history.concerns import History, history
from storage.load.posts import NOT_HERE, Posts, capacity_of, loss
from storage.load.reduction_lines import ReductionLine, worker_reductions
from storage.load.worker_load import UNPLANNED_DAYS, WorkerLine, team_board
from storage.rules.kept_packs import Packs

SESSIONS = 12


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
    """A supervision session: booked, held, missed or called off."""

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


class _Facts(NamedTuple):
    supervisor_name: str
    started: date | None
    agency: bool
    registration: str
    scheme: str
    supervises_most: int | None
    supervisees: int


_EXTRAS = """SELECT id, title, points, starts, ends FROM extra
    WHERE worker = :worker AND (ends IS NULL OR ends >= :today) ORDER BY starts, id"""
_UNPLANNED = """SELECT id, "on", hours, what, "case" FROM unplanned
    WHERE worker = :worker AND "on" > :since AND "on" <= :today ORDER BY "on" DESC, id DESC"""
_SESSIONS = """SELECT s.id, s."on", s.start, s.minutes, s.state, s.held_on, w.name AS supervisor_name, s.reason
    FROM session s JOIN worker w ON w.staff_id = s.supervisor
    WHERE s.worker = :worker ORDER BY s."on" DESC, s.id DESC LIMIT :most"""


def worker_file(conn: Connection, staff_id: str, on: date, today: date | None = None) -> WorkerFile | None:
    """Return a worker's file on a day, or None when there is no such worker (or they left and hold nothing).

    ``today`` is the day on which that is asked: the same where it is left out.
    """
    packs = Packs(conn)
    line = next(iter(team_board(conn, None, on, staff_id, packs, today)), None)
    if line is None:
        return None
    query = f"""SELECT coalesce(s.name, '') AS supervisor_name, o.started, o.agency, o.registration, t.scheme,
        o.supervises_most,
        (SELECT count(*) FROM worker_on(:today) w WHERE w.supervisor = o.staff_id AND {NOT_LEFT}) AS supervisees
        FROM worker_on(:today) o JOIN team_on(:today) t ON t.name = o.team
        LEFT JOIN worker s ON s.staff_id = o.supervisor
        WHERE o.staff_id = :worker"""  # noqa: S608
    (facts,) = conn.all(_Facts, query, worker=staff_id, today=on)
    scheme = packs.get("scheme", facts.scheme)
    cases = worker_cases(conn, staff_id, on)
    reductions = worker_reductions(conn, staff_id, on, packs)
    losses = [loss(packs, r) for r in reductions if r.starts <= on]
    post = Posts(conn, [staff_id]).of(staff_id)(on)
    return WorkerFile(
        line=line,
        supervisor_name=facts.supervisor_name,
        started=facts.started,
        agency=facts.agency,
        registration=facts.registration,
        cases=cases,
        roles=_roles(cases, scheme.get("shares", {})),
        capacity=capacity_of(packs, post, losses) if line.here else NOT_HERE,
        reductions=reductions,
        sessions=conn.all(SessionLine, _SESSIONS, worker=staff_id, most=SESSIONS),
        scheme=scheme,
        extras=conn.all(ExtraLine, _EXTRAS, worker=staff_id, today=on),
        unplanned=conn.all(
            UnplannedEntry, _UNPLANNED, worker=staff_id, since=on - timedelta(days=UNPLANNED_DAYS), today=on
        ),
        supervisees=facts.supervisees,
        supervises_most=facts.supervises_most,
        past=history(conn, None, on, staff_id, today),
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
