"""Narrow reads of the team board: a row a worker with load and lateness, and what lies with nobody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain import capacity
from domain.capacity import Loss
from storage.reading import HELD_BY, HOLDS, POINTS, Packs, day

UNPLANNED_DAYS = 28  # how far back unplanned hours are looked at


class TeamLine(NamedTuple):
    """A team with its head counts."""

    name: str
    nation: str
    service: str
    scheme: str
    workers: int
    cases: int


class WorkerLine(NamedTuple):
    """A worker on the board. Points and hours in hundredths, utilisation in tenths of a percent (None: no capacity).

    ``points`` is the whole load: the ``stable`` part of every post, the cases, and ``extra`` responsibilities.
    ``unplanned`` are the hours of the last four weeks that no plan foresaw; they are in no other figure. ``away``:
    somebody who is off today.
    """

    staff_id: str
    name: str
    grade: str
    grade_title: str
    team: str
    role: str
    fte: int
    cases: int
    points: int
    capacity: int | None
    utilisation: int | None
    band: str
    late: int
    next_due: date | None
    last_supervised: date | None
    supervision_due: date | None
    next_session: date | None
    supervisor: str | None
    leaves: date | None
    stable: int = 0
    extra: int = 0
    contract_hours: int = 0
    today_hours: int = 0
    unplanned: int = 0
    away: bool = False

    @property
    def case_points(self) -> int:
        """What the cases alone weigh."""
        return self.points - self.stable - self.extra


class UnallocatedLine(NamedTuple):
    """The open cases nobody is allocated to."""

    cases: int
    points: int
    late: int
    next_due: date | None
    oldest: date | None


def teams(conn: sqlite3.Connection, today: date | None = None) -> list[TeamLine]:
    """Return every team by name; who has left before ``today`` is not counted, and without it everybody is."""
    query = """SELECT t.name, t.nation, t.service, t.scheme,
        (SELECT count(*) FROM worker w
          WHERE w.team = t.name AND (:today IS NULL OR w.leaves IS NULL OR w.leaves >= :today)),
        (SELECT count(*) FROM cases c WHERE c.team = t.name AND c.closed IS NULL)
        FROM team t ORDER BY t.sort_key"""
    return [TeamLine(*row) for row in conn.execute(query, {"today": today.isoformat() if today else None})]


_WORKERS = """
SELECT w.staff_id, w.name, w.grade, w.team, w.role, w.fte, w.supervisor, w.leaves, t.scheme,
  t.full_time_points, t.full_time_hours,
  (SELECT max(s.held_on) FROM session s WHERE s.worker = w.staff_id AND s.state = 'held'),
  (SELECT min(s."on") FROM session s WHERE s.worker = w.staff_id AND s.state = 'planned' AND s."on" >= :today),
  (SELECT min(o.legal_due) FROM obligation o
    WHERE o.subject = w.staff_id AND o.subject_kind = 'worker' AND o.series = 'supervision')
FROM worker w JOIN team t ON t.name = w.team
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
  AND (w.leaves IS NULL OR w.leaves >= :today OR EXISTS (
    SELECT 1 FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
    WHERE a.worker = w.staff_id AND {holds}))
ORDER BY w.sort_key
"""
_LOADS = """
SELECT a.worker, a.role, count(*), sum({points})
FROM worker w JOIN allocation a ON a.worker = w.staff_id AND {holds}
JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
JOIN case_points p ON p."case" = a."case"
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
GROUP BY a.worker, a.role
"""
_LATE = """
SELECT a.worker, coalesce(sum(o.legal_due < :today), 0), min(CASE WHEN o.legal_due >= :today THEN o.legal_due END)
FROM worker w JOIN allocation a ON a.worker = w.staff_id AND a.role = 'allocated_worker' AND {holds}
JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
JOIN obligation o ON o.subject = a."case" AND o.subject_kind = 'case'
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
GROUP BY a.worker
"""
_REDUCTIONS = """
SELECT r.worker, r.percent, r.reason, r.kind FROM worker w JOIN reduction r ON r.worker = w.staff_id
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
  AND r.starts <= :today AND (r.ends IS NULL OR r.ends >= :today) ORDER BY r.starts, r.id
"""
_EXTRAS = """
SELECT x.worker, sum(x.points) FROM worker w JOIN extra x ON x.worker = w.staff_id
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
  AND x.starts <= :today AND (x.ends IS NULL OR x.ends >= :today) GROUP BY x.worker
"""
_UNPLANNED = """
SELECT u.worker, sum(u.hours) FROM worker w JOIN unplanned u ON u.worker = w.staff_id
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
  AND u."on" > :since AND u."on" <= :today GROUP BY u.worker
"""
_WORKERS, _LOADS, _LATE = (q.format(holds=HOLDS, points=POINTS) for q in (_WORKERS, _LOADS, _LATE))


def team_board(
    conn: sqlite3.Connection, team: str | None, today: date, worker: str | None = None, packs: Packs | None = None
) -> list[WorkerLine]:
    """Return a line a worker (of one team, or one worker alone), by name; leavers while they still hold cases."""
    packs = packs or Packs(conn)
    since = (today - timedelta(days=UNPLANNED_DAYS)).isoformat()
    given = {"team": team, "worker": worker, "today": today.isoformat(), "since": since}
    loads: dict[str, list[tuple[str, int, int]]] = {}
    for staff_id, role, count, points in conn.execute(_LOADS, given):
        loads.setdefault(staff_id, []).append((role, count, points))
    beside = _Beside(
        late={staff_id: (count, soonest) for staff_id, count, soonest in conn.execute(_LATE, given)},
        losses=reductions_today(conn, team, today, worker, packs),
        extras=dict(conn.execute(_EXTRAS, given).fetchall()),
        unplanned=dict(conn.execute(_UNPLANNED, given).fetchall()),
    )
    return [_worker_line(row, packs, loads.get(row[0], []), beside) for row in conn.execute(_WORKERS, given)]


class _Beside(NamedTuple):
    """What is known of the workers besides their cases, by staff id."""

    late: Mapping[str, tuple[int, str | None]]
    losses: Mapping[str, list[Loss]]
    extras: Mapping[str, int]
    unplanned: Mapping[str, int]


def reductions_today(
    conn: sqlite3.Connection, team: str | None, today: date, worker: str | None = None, packs: Packs | None = None
) -> dict[str, list[Loss]]:
    """Return each worker's reductions that count today, as the packs in force understand them."""
    packs = packs or Packs(conn)
    found: dict[str, list[Loss]] = {}
    given = {"team": team, "worker": worker, "today": today.isoformat()}
    for staff_id, percent, reason, kind in conn.execute(_REDUCTIONS, given):
        found.setdefault(staff_id, []).append(loss(packs, percent, reason, kind))
    return found


def loss(packs: Packs, percent: int, reason: str, kind: str) -> Loss:
    """Return a reduction as it counts: whether it takes capacity away, marks an absence, or is a step of a ramp."""
    said = packs.get("reduction_reason", kind)
    return Loss(percent, reason, kind, said.get("counts", True), said.get("away", False), said.get("ramp", False))


def _worker_line(row: Sequence[Any], packs: Packs, loads: list[tuple[str, int, int]], beside: _Beside) -> WorkerLine:
    (staff_id, name, grade, team, role, fte, supervisor, leaves, scheme_id, full_time, hours, held, planned, due) = row
    scheme = packs.get("scheme", scheme_id)
    cases = sum(capacity.share(p, scheme.get("shares", {}).get(held_as, 100)) for held_as, _, p in loads)
    can = worker_capacity(packs, grade, scheme, full_time, fte, beside.losses.get(staff_id, []), hours)
    stable, extra = stable_points(packs, grade, scheme, fte), beside.extras.get(staff_id, 0)
    used = capacity.utilisation(cases + stable + extra, can.today)
    late, next_due = beside.late.get(staff_id, (0, None))
    return WorkerLine(
        staff_id=staff_id,
        name=name,
        grade=grade,
        grade_title=packs.title("grade", grade),
        team=team,
        role=role,
        fte=fte,
        cases=sum(count for held_as, count, _ in loads if held_as == "allocated_worker"),
        points=cases + stable + extra,
        capacity=can.today,
        utilisation=used,
        band=capacity.band(used, bands(scheme)),
        late=late or 0,
        next_due=day(next_due),
        last_supervised=day(held),
        supervision_due=day(due),
        next_session=day(planned),
        supervisor=supervisor,
        leaves=day(leaves),
        stable=stable,
        extra=extra,
        contract_hours=can.contract_hours,
        today_hours=can.today_hours,
        unplanned=beside.unplanned.get(staff_id, 0),
        away=can.away,
    )


def bands(scheme: dict[str, Any]) -> capacity.Bands:
    """Return a scheme's bands, as the packs in force give them."""
    edges = scheme.get("band_edges")
    return [(upto, key) for upto, key in edges] if edges else capacity.DEFAULT_BANDS


def worker_capacity(
    packs: Packs,
    grade: str,
    scheme: Mapping[str, Any],
    full_time: int | None,
    fte: int,
    losses: Iterable[Loss | tuple[int, str]],
    full_time_hours: int | None = None,
) -> capacity.Capacity:
    """Return what a worker can carry, with its lines; the team's own full-time load comes before the scheme's."""
    whole = full_time if full_time is not None else scheme.get("full_time_points")
    return capacity.capacity(
        whole, fte, grade_percent(packs, grade, scheme), losses, full_time_hours or capacity.FULL_TIME_HOURS
    )


def grade_percent(packs: Packs, grade: str, scheme: Mapping[str, Any]) -> int:
    """Return what a grade carries of a full-time load: the scheme's figure before the grade's own."""
    own = packs.get("grade", grade).get("capacity_percent", 100)
    return int(scheme.get("grade_percent", {}).get(grade, own))


def stable_points(packs: Packs, grade: str, scheme: Mapping[str, Any], fte: int) -> int:
    """Return the load of every post beside cases, in proportion to its hours; none for a grade that holds no cases."""
    if not grade_percent(packs, grade, scheme):
        return 0
    return capacity.share(scheme.get("stable_points", 0), fte)


def unallocated(conn: sqlite3.Connection, team: str | None, today: date) -> UnallocatedLine:
    """Return what lies with nobody."""
    query = f"""
        SELECT count(*), coalesce(sum(points), 0), coalesce(sum(late), 0), min(next), min(opened) FROM (
          SELECT c.opened AS opened, (SELECT {POINTS} FROM case_points p WHERE p."case" = c.reference) AS points,
            (SELECT sum(o.legal_due < :today) FROM obligation o
              WHERE o.subject = c.reference AND o.subject_kind = 'case') AS late,
            (SELECT min(o.legal_due) FROM obligation o
              WHERE o.subject = c.reference AND o.subject_kind = 'case' AND o.legal_due >= :today) AS next
          FROM cases c WHERE c.closed IS NULL AND (:team IS NULL OR c.team = :team) AND {HELD_BY} IS NULL)"""  # noqa: S608
    row = conn.execute(query, {"team": team, "today": today.isoformat()}).fetchone()
    return UnallocatedLine(row[0], row[1], row[2], day(row[3]), day(row[4]))
