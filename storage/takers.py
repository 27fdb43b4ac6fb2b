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
from domain.eligibility import Asked, Beside, CaseNeeds, Sibling
from domain.errors import BadInput, NotFound
from domain.ids import Role
from storage.reading import HELD_BY, HOLDS, POINTS, Packs
from storage.staffing import rules, standing_of, workers
from storage.warrants import unregistered

__all__ = ["Offer", "needs", "offer", "rules", "standing_of", "unregistered", "workers"]


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
