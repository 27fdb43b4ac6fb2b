"""Who can take a case: cases and workers as the policies see them, and who fits.

Nothing here reads packs' files or needs pydantic: the policies are read from the table ``pack_item``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.allocation import candidates
from domain.allocation.candidates import Taker
from domain.allocation.eligibility import Asked, Beside, CaseNeeds, Sibling
from domain.allocation.known_words import Words
from domain.core.enums import Role
from domain.core.errors import BadInput, NotFound
from storage.allocation.in_force import standing
from storage.allocation.policy_facts import rules, standing_of, workers
from storage.cases.strange_words import unknown_factors
from storage.database.connection import Connection
from storage.database.fragments import BOOKED, HAS_DAYS, HELD_BY, HOLDS, POINTS
from storage.people.standing import unregistered
from storage.rules.kept_packs import Packs

__all__ = ["Offer", "needs", "offer", "rules", "standing_of", "unregistered", "workers"]


class Offer(NamedTuple):
    """A case, what is asked, and the workers in the order in which they fit.

    ``remarks`` say which words on the case no rule can read.
    """

    case: CaseNeeds
    assumed: bool
    asked: Asked
    takers: list[Taker]
    everywhere: bool
    booked_to: str | None = None
    booked_from: date | None = None
    remarks: tuple[str, ...] = ()

    def of(self, staff_id: str) -> Taker | None:
        """Return what was found about one worker."""
        return next((taker for taker in self.takers if taker.worker.staff_id == staff_id), None)


def offer(
    conn: Connection,
    reference: str,
    on: date,
    *,
    role: str = Role.ALLOCATED,
    together: bool = False,
    everywhere: bool = False,
    worker: str | None = None,
    today: date | None = None,
) -> Offer:
    """Return who may and can take a case from a day on: its own team, or workers of every team, or one worker alone.

    ``today`` is the day on which that is asked: ``on`` where it is left out, since what is booked counts from then on.
    A team without workers has every team looked at. Raises NotFound for a case or worker there is not, and BadInput
    for a case that is closed.
    """
    packs = Packs(conn)
    case = needs(conn, [reference], on).get(reference)
    if case is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    state = conn.one(_State, _STATE, reference=reference)
    if state is None or state.closed is not None:
        raise BadInput(f"{reference} is closed.", field="case", hint="A closed case is not allocated.")
    within = (case.team,)
    found = workers(conn, packs, on, None if everywhere or worker else case.team, worker, today, within)
    if not found and not everywhere and worker is None:
        everywhere, found = True, workers(conn, packs, on, today=today, within=within)
    asked = Asked(on, role, together)
    takers = candidates.candidates(rules(packs), case, found, asked)
    words = Words(packs.all("factor").values())
    remarks = tuple(one.words for one in unknown_factors(words, reference, case.factors))
    return Offer(case, state.assumed, asked, takers, everywhere, *_booked(conn, reference, on), remarks)


def _booked(conn: Connection, reference: str, on: date) -> tuple[str | None, date | None]:
    """Return who takes a case from a day to come, and the day, where that is agreed already."""
    query = f"""SELECT a.worker, a.starts FROM allocation a
        WHERE a."case" = :case AND a.role = 'allocated_worker' AND {BOOKED} ORDER BY a.starts, a.id LIMIT 1"""  # noqa: S608
    found = conn.one(_Booked, query, case=reference, today=on)
    return (None, None) if found is None else (found.worker, found.starts)


class _Booked(NamedTuple):
    worker: str
    starts: date


class _State(NamedTuple):
    closed: date | None
    assumed: bool


_STATE = """SELECT c.closed, p.assumed FROM cases c LEFT JOIN case_points p ON p."case" = c.reference
WHERE c.reference = :reference"""


# cases --------------------------------------------------------------------------------------------------------------

_CASES = f"""
SELECT c.reference, c.team, c.pathways, coalesce({POINTS}, 0) AS points, c.factors, c.nation, c.area, c.must_have,
  c.prefers, t.scheme, {HELD_BY} AS holder
FROM cases c JOIN team_on(:today) t ON t.name = c.team LEFT JOIN case_points p ON p."case" = c.reference
WHERE c.reference IN :cases
"""  # noqa: S608
_BESIDE = f"""
SELECT a."case", a.worker, a.role, w.grade FROM allocation a JOIN worker_on(:today) w ON w.staff_id = a.worker
WHERE a."case" IN :cases AND {HOLDS} ORDER BY a.starts, a.id
"""  # noqa: S608
_BEFORE = f"""
SELECT a."case", a.worker, max(a.ends) AS ended FROM allocation a
WHERE a."case" IN :cases AND a.role = 'allocated_worker' AND a.ends <= :today AND {HAS_DAYS}
GROUP BY a."case", a.worker
"""  # noqa: S608
_SIBLINGS = f"""
SELECT o.reference AS "case", c.reference, coalesce({POINTS}, 0) AS points, {HELD_BY} AS holder
FROM cases o JOIN cases c ON c.sibling_group = o.sibling_group AND c.reference <> o.reference AND c.closed IS NULL
LEFT JOIN case_points p ON p."case" = c.reference
WHERE o.reference IN :cases AND o.sibling_group <> '' AND c.sibling_group <> '' ORDER BY c.reference
"""  # noqa: S608
_CONFLICTS = """
SELECT x."case", x.worker, x.why FROM conflict x
WHERE x."case" IN :cases AND x.starts <= :today AND (x.ends IS NULL OR x.ends >= :today)
"""


class _Beside(NamedTuple):
    case: str
    worker: str
    role: str
    grade: str


class _Before(NamedTuple):
    case: str
    worker: str
    ended: date


class _Sibling(NamedTuple):
    case: str
    reference: str
    points: int
    holder: str | None


class _Conflict(NamedTuple):
    case: str
    worker: str
    why: str


def needs(conn: Connection, references: Iterable[str], on: date) -> dict[str, CaseNeeds]:
    """Return cases as the policies see them on a day, by reference."""
    packs, named = Packs(conn), list(references)
    given = {"cases": named, "today": on}
    lapsed = unregistered(conn, on)
    beside: dict[str, list[Beside]] = defaultdict(list)
    for one in conn.each(_Beside, _BESIDE, **given):
        registered, new = standing_of(packs, one.grade, one.worker in lapsed)
        beside[one.case].append(Beside(one.worker, one.role, registered, new))
    before: dict[str, dict[str, date]] = defaultdict(dict)
    for held in conn.each(_Before, _BEFORE, **given):
        before[held.case][held.worker] = held.ended
    conflicts: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for conflict in conn.each(_Conflict, _CONFLICTS, **given):
        known = conflicts[conflict.case]
        known[conflict.worker] = (*known.get(conflict.worker, ()), conflict.why)
    # A worker who has left keeps no siblings together.
    left = set(conn.values("SELECT staff_id FROM worker WHERE leaves < :today", today=on))
    in_force = standing(conn, packs, on, named)
    siblings: dict[str, list[Sibling]] = defaultdict(list)
    for other in conn.each(_Sibling, _SIBLINGS, **given):
        holder = None if other.holder in left else other.holder
        siblings[other.case].append(Sibling(other.reference, holder, other.points))
    return {
        case.reference: case._replace(
            in_force=in_force.get(case.reference, ()),
            beside=tuple(beside.get(case.reference, ())),
            siblings=tuple(siblings.get(case.reference, ())),
            conflicts=conflicts.get(case.reference, {}),
            held_before=before.get(case.reference, {}),
        )
        for case in conn.each(CaseNeeds, _CASES, **given)
    }
