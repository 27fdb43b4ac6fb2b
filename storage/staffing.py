"""The narrow read of workers as the policies see them: what they are, what they bring, and what they carry."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain import capacity
from domain.capacity import Loss
from domain.eligibility import MONTH, Candidate, Rule
from domain.ids import Role
from storage.board import bands, reductions_today, stable_points, worker_capacity
from storage.reading import HOLDS, POINTS, Packs, day
from storage.warrants import Approvals, approvals, unregistered

WHOLE = 100  # percent: a reduction of that much is an absence


def rules(packs: Packs) -> list[Rule]:
    """Return the policies in force."""
    return list(packs.all("policy").values())


_WORKERS = """
SELECT w.staff_id, w.specialisms, w.areas, t.scheme, w.supervisor, w.name, w.team, w.grade, w.leaves, w.fte,
  t.full_time_points
FROM worker w JOIN team t ON t.name = w.team
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker) ORDER BY w.sort_key
"""
_LOADS = f"""
SELECT a.worker, a.role, count(*), sum({POINTS})
FROM worker w JOIN allocation a ON a.worker = w.staff_id AND {HOLDS}
JOIN cases c ON c.reference = a."case" AND c.closed IS NULL JOIN case_points p ON p."case" = a."case"
WHERE (:team IS NULL OR w.team = :team) AND (:worker IS NULL OR w.staff_id = :worker) GROUP BY a.worker, a.role
"""  # noqa: S608
_EXTRAS = """
SELECT worker, sum(points) FROM extra
WHERE (:worker IS NULL OR worker = :worker) AND starts <= :today AND (ends IS NULL OR ends >= :today) GROUP BY worker
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


class _Known(NamedTuple):
    """What is known of workers, by staff id. A load is (role, cases, points) for each role."""

    loads: dict[str, list[tuple[str, int, int]]]
    extras: dict[str, int]
    losses: dict[str, list[Loss]]
    lapsed: set[str]
    new: dict[str, int]
    spans: dict[str, tuple[int, int | None]]
    back: dict[str, str | None]
    approvals: Approvals


def workers(
    conn: sqlite3.Connection, packs: Packs, on: date, team: str | None = None, worker: str | None = None
) -> list[Candidate]:
    """Return the workers of a team, of every team, or one worker, as the policies see them on a day.

    Loads and capacities are those of the team board. Somebody who has left is among them while they still hold cases,
    or when asked for by name.
    """
    given = {"team": team, "worker": worker, "today": on.isoformat(), "since": (on - MONTH).isoformat()}
    known = _known(conn, packs, given, on)
    rows = conn.execute(_WORKERS, given).fetchall()
    today = on.isoformat()
    there = [row for row in rows if worker or row[8] is None or row[8] >= today or row[0] in known.loads]
    return [_candidate(row, packs, known) for row in there]


def _known(conn: sqlite3.Connection, packs: Packs, given: dict[str, Any], on: date) -> _Known:
    loads: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for staff_id, role, count, points in conn.execute(_LOADS, given):
        loads[staff_id].append((role, count, points))
    return _Known(
        loads=loads,
        extras=dict(conn.execute(_EXTRAS, given).fetchall()),
        losses=reductions_today(conn, given["team"], on, given["worker"], packs),
        lapsed=unregistered(conn, on),
        new=dict(conn.execute(_NEW, given).fetchall()),
        spans={s: (count, most) for s, count, most in conn.execute(_SPANS, given)},
        back=dict(conn.execute(_BACK, given).fetchall()),
        approvals=approvals(conn, packs, rules(packs), on),
    )


def _candidate(row: Sequence[Any], packs: Packs, known: _Known) -> Candidate:
    staff_id, specialisms, areas, scheme_id, supervisor, name, team, grade, leaves, fte, full_time = row
    scheme = packs.get("scheme", scheme_id)
    shares = scheme.get("shares", {})
    registered, new = standing_of(packs, grade, staff_id in known.lapsed)
    loads, losses = known.loads.get(staff_id, []), known.losses.get(staff_id, [])
    held = known.approvals.get(staff_id, {})
    carried = sum(capacity.share(points, shares.get(role, 100)) for role, _, points in loads)
    return Candidate(
        staff_id=staff_id,
        name=name,
        team=team,
        grade=grade,
        grade_title=packs.title("grade", grade),
        registered=registered,
        newly_qualified=new,
        holds_cases=packs.get("grade", grade).get("capacity_percent", 100) > 0,
        points=carried + stable_points(packs, grade, scheme, fte) + known.extras.get(staff_id, 0),
        capacity=worker_capacity(packs, grade, scheme, full_time, fte, losses).today,
        cases=sum(count for role, count, _ in loads if role == Role.ALLOCATED),
        new_cases=known.new.get(staff_id, 0),
        away=sum(loss.percent for loss in losses if loss.counts) >= WHOLE,
        back=day(known.back.get(staff_id)),
        leaves=day(leaves),
        specialisms=_words(specialisms),
        areas=_words(areas),
        approvals={policy: one.given for policy, one in held.items()},
        warrants_end={policy: one.until for policy, one in held.items() if one.until},
        span=known.spans.get(supervisor, (0, None)),
        scheme=scheme_id,
        scheme_most=scheme.get("most_cases"),
        bands=bands(scheme),
        shares=shares,
    )


def _words(kept: str) -> tuple[str, ...]:
    return () if kept == "[]" else tuple(json.loads(kept))


def standing_of(packs: Packs, grade: str, lapsed: bool) -> tuple[bool, bool]:
    """Return whether somebody of a grade is registered, and newly qualified. A grade nobody knows is neither."""
    said = packs.get("grade", grade)
    return bool(said.get("registered")) and not lapsed, bool(said.get("newly_qualified"))
