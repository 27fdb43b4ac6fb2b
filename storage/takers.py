"""The narrow read behind "who can take this?": cases and workers as the policies see them, and who fits.

Nothing here reads packs' files or needs pydantic: what policies say stands in ``pack_item``.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain import allocation
from domain.allocation import Taker
from domain.eligibility import MONTH, Asked, Beside, Candidate, CaseNeeds, Rule, Sibling
from domain.errors import BadInput, NotFound
from domain.ids import Role
from storage.board import WorkerLine, bands, reductions_today, team_board
from storage.reading import HELD_BY, HOLDS, POINTS, Packs, day

WHOLE = 100  # percent: a reduction of that much is an absence


class Offer(NamedTuple):
    """A case, what is asked, and the workers in the order in which they fit."""

    case: CaseNeeds
    assumed: bool
    asked: Asked
    takers: list[Taker]
    everywhere: bool

    def of(self, staff_id: str) -> Taker | None:
        """Return what was found about one worker."""
        return next((taker for taker in self.takers if taker.worker.staff_id == staff_id), None)


def rules(packs: Packs) -> list[Rule]:
    """Return the policies in force."""
    return list(packs.all("policy").values())


def offer(
    conn: sqlite3.Connection,
    reference: str,
    on: date,
    *,
    role: str = Role.ALLOCATED,
    together: bool = False,
    everywhere: bool = False,
    worker: str | None = None,
) -> Offer:
    """Return who may and can take a case from a day on: its own team, or workers of every team, or one worker alone.

    A team without workers has every team looked at. Raises NotFound for a case or worker there is not, and BadInput
    for a case that is closed.
    """
    packs = Packs(conn)
    case = needs(conn, [reference], on).get(reference)
    if case is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    closed, assumed = conn.execute(_STATE, (reference,)).fetchone()
    if closed is not None:
        raise BadInput(f"{reference} is closed.", field="case", hint="A closed case is not allocated.")
    found = workers(conn, packs, on, None if everywhere or worker else case.team, worker)
    if not found and not everywhere and worker is None:
        everywhere, found = True, workers(conn, packs, on)
    asked = Asked(on, role, together)
    takers = allocation.candidates(rules(packs), case, found, asked)
    return Offer(case, bool(assumed), asked, takers, everywhere)


_STATE = """SELECT c.closed, p.assumed FROM cases c LEFT JOIN case_points p ON p."case" = c.reference
WHERE c.reference = ?"""


# cases --------------------------------------------------------------------------------------------------------------

_GIVEN = "(SELECT value FROM json_each(:cases))"
_CASES = f"""
SELECT c.reference, c.team, c.pathways, coalesce({POINTS}, 0), c.factors, c.nation, c.area, c.must_have, c.prefers,
  t.scheme, {HELD_BY}
FROM cases c JOIN team t ON t.name = c.team LEFT JOIN case_points p ON p."case" = c.reference
WHERE c.reference IN {_GIVEN}
"""  # noqa: S608
_BESIDE = f"""
SELECT a."case", a.worker, a.role, w.grade FROM allocation a JOIN worker w ON w.staff_id = a.worker
WHERE a."case" IN {_GIVEN} AND {HOLDS} ORDER BY a.starts, a.id
"""  # noqa: S608
_BEFORE = f"""
SELECT a."case", a.worker, max(a.ends) FROM allocation a
WHERE a."case" IN {_GIVEN} AND a.role = 'allocated_worker' AND a.ends <= :today GROUP BY a."case", a.worker
"""  # noqa: S608
_SIBLINGS = f"""
SELECT o.reference, c.reference, coalesce({POINTS}, 0), {HELD_BY}
FROM cases o JOIN cases c ON c.sibling_group = o.sibling_group AND c.reference <> o.reference AND c.closed IS NULL
LEFT JOIN case_points p ON p."case" = c.reference
WHERE o.reference IN {_GIVEN} AND o.sibling_group <> '' AND c.sibling_group <> '' ORDER BY c.reference
"""  # noqa: S608
_CONFLICTS = f"""
SELECT x."case", x.worker, x.why FROM conflict x
WHERE x."case" IN {_GIVEN} AND x.starts <= :today AND (x.ends IS NULL OR x.ends >= :today)
"""  # noqa: S608


def needs(conn: sqlite3.Connection, references: Iterable[str], on: date) -> dict[str, CaseNeeds]:
    """Return cases as the policies see them on a day, by reference."""
    packs = Packs(conn)
    given = {"cases": json.dumps(list(references)), "today": on.isoformat()}
    lapsed = unregistered(conn, on)
    beside: dict[str, list[Beside]] = defaultdict(list)
    for case, worker, role, grade in conn.execute(_BESIDE, given):
        registered, new = standing_of(packs, grade, worker in lapsed)
        beside[case].append(Beside(worker, role, registered, new))
    before: dict[str, dict[str, date]] = defaultdict(dict)
    for case, worker, ended in conn.execute(_BEFORE, given):
        before[case][worker] = date.fromisoformat(ended)
    conflicts: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for case, worker, why in conn.execute(_CONFLICTS, given):
        conflicts[case][worker] = (*conflicts[case].get(worker, ()), why)
    siblings = _siblings(conn, given, on)
    return {
        row[0]: _case(row)._replace(
            beside=tuple(beside.get(row[0], ())),
            siblings=tuple(siblings.get(row[0], ())),
            conflicts=conflicts.get(row[0], {}),
            held_before=before.get(row[0], {}),
        )
        for row in conn.execute(_CASES, given)
    }


def _case(row: Sequence[Any]) -> CaseNeeds:
    reference, team, pathways, points, factors, nation, area, must_have, prefers, scheme, holder = row
    return CaseNeeds(
        reference=reference,
        team=team,
        pathways=tuple(json.loads(pathways)),
        points=points,
        factors=tuple(json.loads(factors)),
        nation=nation,
        area=area,
        must_have=tuple(json.loads(must_have)),
        prefers=tuple(json.loads(prefers)),
        scheme=scheme,
        holder=holder,
    )


def _siblings(conn: sqlite3.Connection, given: dict[str, str], on: date) -> dict[str, list[Sibling]]:
    """Return the open cases of the same sibling groups; a worker who has left keeps nobody together."""
    left = {w for (w,) in conn.execute("SELECT staff_id FROM worker WHERE leaves < ?", (on.isoformat(),))}
    found: dict[str, list[Sibling]] = defaultdict(list)
    for case, reference, points, holder in conn.execute(_SIBLINGS, given):
        found[case].append(Sibling(reference, None if holder in left else holder, points))
    return found


# workers ------------------------------------------------------------------------------------------------------------

_WORKERS = """
SELECT w.staff_id, w.specialisms, w.areas, t.scheme, w.supervisor, w.name, w.team, w.grade, w.leaves
FROM worker w JOIN team t ON t.name = w.team
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker)
"""
_NEW = """
SELECT a.worker, count(DISTINCT a."case") FROM allocation a JOIN worker w ON w.staff_id = a.worker
WHERE a.role = 'allocated_worker' AND a.starts > :since AND a.starts <= :today
  AND (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR a.worker = :worker) GROUP BY a.worker
"""
_SPANS = """
SELECT s.staff_id, count(w.id), s.supervises_most FROM worker s
JOIN worker w ON w.supervisor = s.staff_id AND (w.leaves IS NULL OR w.leaves >= :today) GROUP BY s.staff_id
"""
_BACK = """
SELECT worker, CASE WHEN count(*) = count(ends) THEN max(ends) END FROM reduction
WHERE percent = 100 AND starts <= :today AND (ends IS NULL OR ends >= :today) GROUP BY worker
"""
_REGISTERED = """
SELECT worker FROM worker_event WHERE kind IN ('registration_ended', 'registration_renewed') AND "on" <= :today
GROUP BY worker HAVING max(CASE kind WHEN 'registration_ended' THEN "on" || '1' END)
  > coalesce(max(CASE kind WHEN 'registration_renewed' THEN "on" || '2' END), '')
"""


class _Known(NamedTuple):
    """What is known of workers beside their load, by staff id."""

    lapsed: set[str]
    new: dict[str, int]
    spans: dict[str, tuple[int, int | None]]
    back: dict[str, str | None]
    off: set[str]
    approvals: dict[str, dict[str, date]]


def workers(
    conn: sqlite3.Connection, packs: Packs, on: date, team: str | None = None, worker: str | None = None
) -> list[Candidate]:
    """Return the workers of a team, of every team, or one worker, as the policies see them on a day.

    Somebody who has left is among them while they still hold cases, or when asked for by name.
    """
    given = {"team": team, "worker": worker, "today": on.isoformat(), "since": (on - MONTH).isoformat()}
    lines = {line.staff_id: line for line in team_board(conn, team, on, worker, packs)}
    known = _known(conn, packs, given, on)
    rows = conn.execute(_WORKERS, given).fetchall()
    wanted = [row for row in rows if row[0] in lines or worker is not None]
    return [_candidate(row, lines.get(row[0]), packs, known) for row in wanted]


def _known(conn: sqlite3.Connection, packs: Packs, given: dict[str, Any], on: date) -> _Known:
    losses = reductions_today(conn, given["team"], on, given["worker"], packs)
    return _Known(
        lapsed=unregistered(conn, on),
        new=dict(conn.execute(_NEW, given).fetchall()),
        spans={s: (count, most) for s, count, most in conn.execute(_SPANS, given)},
        back=dict(conn.execute(_BACK, given).fetchall()),
        off={w for w, those in losses.items() if sum(loss.percent for loss in those if loss.counts) >= WHOLE},
        approvals=_approvals(conn, packs, on),
    )


def _candidate(row: Sequence[Any], line: WorkerLine | None, packs: Packs, known: _Known) -> Candidate:
    staff_id, specialisms, areas, scheme_id, supervisor, name, team, grade, leaves = row
    scheme = packs.get("scheme", scheme_id)
    registered, new = standing_of(packs, grade, staff_id in known.lapsed)
    back = known.back.get(staff_id)
    return Candidate(
        staff_id=staff_id,
        name=name,
        team=team,
        grade=grade,
        grade_title=packs.title("grade", grade),
        registered=registered,
        newly_qualified=new,
        holds_cases=packs.get("grade", grade).get("capacity_percent", 100) > 0,
        points=line.points if line else 0,
        capacity=line.capacity if line else None,
        cases=line.cases if line else 0,
        new_cases=known.new.get(staff_id, 0),
        away=staff_id in known.off,
        back=day(back),
        leaves=day(leaves),
        specialisms=tuple(json.loads(specialisms)),
        areas=tuple(json.loads(areas)),
        approvals=known.approvals.get(staff_id, {}),
        span=known.spans.get(supervisor, (0, None)),
        scheme=scheme_id,
        scheme_most=scheme.get("most_cases"),
        bands=bands(scheme),
        shares=scheme.get("shares", {}),
    )


def standing_of(packs: Packs, grade: str, lapsed: bool) -> tuple[bool, bool]:
    """Return whether somebody of a grade is registered, and newly qualified. A grade nobody knows is neither."""
    said = packs.get("grade", grade)
    return bool(said.get("registered")) and not lapsed, bool(said.get("newly_qualified"))


def unregistered(conn: sqlite3.Connection, on: date) -> set[str]:
    """Return the workers whose registration was last recorded as ended."""
    return {worker for (worker,) in conn.execute(_REGISTERED, {"today": on.isoformat()})}


def _approvals(conn: sqlite3.Connection, packs: Packs, on: date) -> dict[str, dict[str, date]]:
    """Return, by worker and policy, the day of the newest approval that was not ended since."""
    warrants = {rule["id"]: rule["warrant"] for rule in rules(packs) if rule["kind"] == "warrant"}
    kinds = {kind for said in warrants.values() for kind in (said["event"], *said["ended"])}
    query = """SELECT worker, kind, details, "on" FROM worker_event
        WHERE kind IN (SELECT value FROM json_each(?)) AND "on" <= ? ORDER BY "on", id"""
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for worker, kind, details, happened in conn.execute(query, (json.dumps(sorted(kinds)), on.isoformat())):
        for policy, said in warrants.items():
            if kind in said["ended"]:
                found[worker].pop(policy, None)
            elif kind == said["event"] and _says(said, json.loads(details)):
                found[worker][policy] = date.fromisoformat(happened)
    return found


def _says(warrant: dict[str, Any], details: dict[str, Any]) -> bool:
    name = warrant.get("detail")
    return name is None or details.get(name) == warrant.get("is")
