"""Narrow reads of the team board: a row a worker with load and lateness, the team in sum, and what lies with nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.load.capacity import Loss
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS, NOT_LEFT, OPEN, POINTS
from storage.load.day_loads import DayLoad, dated_of, day_loads, losses_on
from storage.load.posts import staff_ids
from storage.rules.kept_packs import Packs

UNPLANNED_DAYS = 28  # how far back unplanned hours are looked at


class WorkerLine(NamedTuple):
    """A worker on the board. Points and hours in hundredths, utilisation in tenths of a percent (None: no capacity).

    ``points`` is the whole load: the ``stable`` part of every post, the cases, and ``extra`` responsibilities.
    ``unplanned`` are the hours of the last four weeks that no plan foresaw; they are in no other figure. ``away``:
    somebody who is off that day; ``here``: they work here then, have begun and not left. ``families``: sibling groups,
    and cases without one, among the cases. ``unweighed``: the cases nobody has ever weighed, whose points are assumed.
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
    started: date | None = None
    here: bool = True
    families: int = 0
    agency: bool = False
    unweighed: int = 0

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


_WORKERS = f"""
SELECT w.staff_id, w.name, w.grade, w.team, w.role, w.fte, w.supervisor, w.leaves, w.started, w.agency,
  (SELECT max(s.held_on) FROM session s
    WHERE s.worker = w.staff_id AND s.state = 'held' AND s.held_on <= :today) AS last_supervised,
  (SELECT min(s."on") FROM session s
    WHERE s.worker = w.staff_id AND s.state = 'planned' AND s."on" >= :today) AS next_session,
  (SELECT min(o.legal_due) FROM obligation o
    WHERE o.subject = w.staff_id AND o.subject_kind = 'worker' AND o.series = 'supervision') AS supervision_due
FROM worker_on(:today) w WHERE w.staff_id IN :workers AND ({NOT_LEFT} OR EXISTS (
    SELECT 1 FROM allocation a JOIN cases c ON c.reference = a."case" AND {OPEN}
    WHERE a.worker = w.staff_id AND {HOLDS}))
ORDER BY w.sort_key
"""  # noqa: S608
_LATE = f"""
SELECT a.worker, count(CASE WHEN o.legal_due < :today THEN 1 END) AS late,
  min(CASE WHEN o.legal_due >= :today THEN o.legal_due END) AS next_due
FROM allocation a JOIN cases c ON c.reference = a."case" AND {OPEN}
JOIN obligation o ON o.subject = a."case" AND o.subject_kind = 'case'
WHERE a.worker IN :workers AND a.role = 'allocated_worker' AND {HOLDS} GROUP BY a.worker
"""  # noqa: S608
_UNPLANNED = """
SELECT worker, sum(hours) FROM unplanned
WHERE worker IN :workers AND "on" > :since AND "on" <= :today GROUP BY worker
"""


class _Worker(NamedTuple):
    """Who a line is about."""

    staff_id: str
    name: str
    grade: str
    team: str
    role: str
    fte: int
    supervisor: str | None
    leaves: date | None
    started: date | None
    agency: bool
    last_supervised: date | None
    next_session: date | None
    supervision_due: date | None


class _Late(NamedTuple):
    worker: str
    late: int
    next_due: date | None


class _Beside(NamedTuple):
    """What is known of the workers besides what they carry, by staff id."""

    late: Mapping[str, _Late]
    unplanned: Mapping[str, int]
    families: Mapping[str, int]
    unweighed: Mapping[str, int]


def team_board(
    conn: Connection,
    team: str | None,
    on: date,
    worker: str | None = None,
    packs: Packs | None = None,
    today: date | None = None,
) -> list[WorkerLine]:
    """Return a line a worker (of one team, or one worker alone) for a day, by name.

    Leavers are among them while they still hold cases. ``today`` is the day on which that is asked: it is the same
    where it is left out.
    """
    packs = packs or Packs(conn)
    workers = staff_ids(conn, team, on, worker)
    given = {"workers": workers, "today": on, "since": on - timedelta(days=UNPLANNED_DAYS)}
    loads = day_loads(conn, workers, [on], today or on, packs)
    held = _held_by(conn, workers, on)
    beside = _Beside(
        late={late.worker: late for late in conn.each(_Late, _LATE, **given)},
        unplanned=conn.lookup(_UNPLANNED, **given),
        families={worker: len({one.family for one in cases}) for worker, cases in held.items()},
        unweighed={worker: sum(not one.weighed for one in cases) for worker, cases in held.items()},
    )
    rows = conn.all(_Worker, _WORKERS, **given)
    return [_worker_line(one, packs, loads[one.staff_id][0], beside) for one in rows]


def reductions_on(
    conn: Connection, team: str | None, day: date, worker: str | None = None, packs: Packs | None = None
) -> dict[str, list[Loss]]:
    """Return each worker's reductions that count on a day, as the packs in force understand them."""
    found = dated_of(conn, packs or Packs(conn), staff_ids(conn, team, day, worker), [day])
    return {staff_id: losses for staff_id, dated in found.items() if (losses := list(losses_on(dated, day)))}


def _worker_line(one: _Worker, packs: Packs, load: DayLoad, beside: _Beside) -> WorkerLine:
    late = beside.late.get(one.staff_id)
    return WorkerLine(
        staff_id=one.staff_id,
        name=one.name,
        grade=one.grade,
        grade_title=packs.title("grade", one.grade),
        team=one.team,
        role=one.role,
        fte=one.fte,
        cases=load.cases,
        points=load.points,
        capacity=load.capacity,
        utilisation=load.utilisation,
        band=load.band,
        late=late.late if late else 0,
        next_due=late.next_due if late else None,
        last_supervised=one.last_supervised,
        supervision_due=one.supervision_due,
        next_session=one.next_session,
        supervisor=one.supervisor,
        leaves=one.leaves,
        started=one.started,
        stable=load.stable,
        extra=load.extra,
        contract_hours=load.contract_hours,
        today_hours=load.today_hours,
        unplanned=beside.unplanned.get(one.staff_id, 0),
        away=load.off,
        here=load.here,
        families=beside.families.get(one.staff_id, 0),
        agency=one.agency,
        unweighed=beside.unweighed.get(one.staff_id, 0),
    )


def unallocated(conn: Connection, team: str | None, today: date) -> UnallocatedLine:
    """Return what lies with nobody."""
    query = f"""
        SELECT count(*) AS cases, coalesce(sum(u.points), 0) AS points, coalesce(sum(u.late), 0) AS late,
          min(u.next_due) AS next_due, min(u.opened) AS oldest
        FROM (SELECT c.opened, (SELECT {POINTS} FROM case_points p WHERE p."case" = c.reference) AS points,
            (SELECT count(CASE WHEN o.legal_due < :today THEN 1 END) FROM obligation o
              WHERE o.subject = c.reference AND o.subject_kind = 'case') AS late,
            (SELECT min(o.legal_due) FROM obligation o
              WHERE o.subject = c.reference AND o.subject_kind = 'case' AND o.legal_due >= :today) AS next_due
          FROM cases c WHERE c.opened <= :today AND {OPEN}
            AND (:team IS NULL OR c.team = :team) AND {HELD_BY} IS NULL) u"""  # noqa: S608
    (lying,) = conn.all(UnallocatedLine, query, team=team, today=today)
    return lying


# families, and the team in sum -------------------------------------------------------------------------------------

# A sibling group is one family however many of its cases are held, and a case without a group is one.
_HELD = f"""
SELECT a.worker, c.reference AS "case",
  CASE WHEN c.sibling_group <> '' THEN 'group ' || c.sibling_group ELSE 'case ' || c.reference END AS family,
  EXISTS (SELECT 1 FROM weighting x JOIN case_points p ON p."case" = x."case" AND p.scheme = x.scheme
    WHERE x."case" = c.reference AND x."on" <= :today) AS weighed
FROM allocation a JOIN cases c ON c.reference = a."case" AND {OPEN}
WHERE a.worker IN :workers AND a.role = 'allocated_worker' AND {HOLDS}
"""  # noqa: S608


class _Held(NamedTuple):
    """A case that somebody is allocated to, the family it is of, and whether it was ever weighed by the scheme."""

    worker: str
    case: str
    family: str
    weighed: bool


class TeamSum(NamedTuple):
    """What a team is in sum on a day, and how much of it is with agency workers; FTE in hundredths.

    Who has not begun, or has left, is none of the workers; the cases that they still hold count.
    """

    workers: int
    fte: int
    cases: int
    families: int
    agency_workers: int
    agency_fte: int
    agency_cases: int
    unweighed: int = 0


def _held_by(conn: Connection, workers: Sequence[str], day: date) -> dict[str, list[_Held]]:
    """Return the cases that each worker is allocated to on a day."""
    found: dict[str, list[_Held]] = {}
    for one in conn.each(_Held, _HELD, workers=workers, today=day):
        found.setdefault(one.worker, []).append(one)
    return found


def team_sum(conn: Connection, board: Sequence[WorkerLine], day: date) -> TeamSum:
    """Return what the workers of a board are in sum; a family or a case held by two of them counts once."""
    held = conn.all(_Held, _HELD, workers=[line.staff_id for line in board], today=day)
    here = [line for line in board if line.here]
    from_agency = {line.staff_id for line in board if line.agency}
    return TeamSum(
        workers=len(here),
        fte=sum(line.fte for line in here),
        cases=len({one.case for one in held}),
        families=len({one.family for one in held}),
        agency_workers=sum(line.agency for line in here),
        agency_fte=sum(line.fte for line in here if line.agency),
        agency_cases=len({one.case for one in held if one.worker in from_agency}),
        unweighed=len({one.case for one in held if not one.weighed}),
    )
