"""The cases nobody is allocated to: since when, why, when they were last looked at, and the limits they have."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.allocation.waiting import ORDER, Limits, Standing, limits, standing
from domain.core.enums import Role
from storage.allocation.candidates import needs, rules
from storage.cases.case_lists import CaseLine, unallocated_cases
from storage.database.connection import Connection
from storage.database.fragments import BOOKED, HAS_DAYS, HOLDS, OPEN
from storage.rules.kept_packs import Packs

REVIEWED = "unallocated_reviewed"


class Waiting(NamedTuple):
    """A case that lies with nobody. ``beside`` are staff ids of those who have another role on it.

    ``booked_to`` is who takes it from ``booked_from``, a day to come, where that is agreed already.
    """

    case: CaseLine
    since: date
    last_worker: str | None
    last_name: str
    left: bool
    reviewed_on: date | None
    seen_on: date | None
    beside: tuple[str, ...]
    limits: Limits
    standing: tuple[Standing, ...]
    booked_to: str | None = None
    booked_name: str = ""
    booked_from: date | None = None

    @property
    def state(self) -> str:
        """The worst state of all that is said of it."""
        return self.standing[0].state

    def days(self, today: date) -> int:
        """How many days it has been waiting."""
        return (today - self.since).days


_LAST = f"""
SELECT a."case", a.worker, w.name, a.ends, w.leaves <= a.ends AS had_left
FROM allocation a JOIN worker w ON w.staff_id = a.worker JOIN cases c ON c.reference = a."case"
WHERE {OPEN} AND (:team IS NULL OR c.team = :team) AND a.role = 'allocated_worker' AND a.ends <= :today
  AND {HAS_DAYS}
ORDER BY a.ends, a.id
"""  # noqa: S608
_BESIDE = f"""
SELECT a."case", a.worker FROM allocation a JOIN cases c ON c.reference = a."case"
WHERE {OPEN} AND (:team IS NULL OR c.team = :team) AND a.role <> '{Role.ALLOCATED}' AND {HOLDS}
ORDER BY a.starts, a.id
"""  # noqa: S608
_BOOKED = f"""
SELECT a."case", a.worker, w.name, a.starts FROM allocation a JOIN worker w ON w.staff_id = a.worker
WHERE a."case" IN :cases AND a.role = '{Role.ALLOCATED}' AND {BOOKED} ORDER BY a.starts DESC, a.id DESC
"""  # noqa: S608
_LOOKED = f"""
SELECT e."case", max(CASE WHEN e.kind = '{REVIEWED}' THEN e."on" END) AS reviewed_on,
  max(CASE WHEN e.kind = 'child_seen' OR json_extract(e.details, '$.seen') = 1 THEN e."on" END) AS seen_on
FROM event e WHERE e."case" IN :cases AND e."on" <= :today GROUP BY e."case"
"""  # noqa: S608


class _Last(NamedTuple):
    """Who held a case, and whether they had left the service when it ended."""

    case: str
    worker: str
    name: str
    ends: date
    had_left: bool


class _Booked(NamedTuple):
    case: str
    worker: str
    name: str
    starts: date


class _Beside(NamedTuple):
    case: str
    worker: str


class _Looked(NamedTuple):
    """When a case was last reviewed while it lay with nobody, and when its child was last seen."""

    case: str
    reviewed_on: date | None
    seen_on: date | None


def waiting(conn: Connection, team: str | None, today: date) -> list[Waiting]:
    """Return the cases that lie with nobody, the most pressing first, then the longest wait."""
    cases = unallocated_cases(conn, team, today)
    last = {one.case: one for one in conn.each(_Last, _LAST, team=team, today=today)}
    beside: dict[str, tuple[str, ...]] = {}
    for one in conn.each(_Beside, _BESIDE, team=team, today=today):
        beside[one.case] = (*beside.get(one.case, ()), one.worker)
    references = [case.reference for case in cases]
    looked = {one.case: one for one in conn.each(_Looked, _LOOKED, cases=references, today=today)}
    booked = {one.case: one for one in conn.each(_Booked, _BOOKED, cases=references, today=today)}
    asked = needs(conn, references, today)
    policies = rules(Packs(conn))
    found = []
    for case in cases:
        before, seen = last.get(case.reference), looked.get(case.reference)
        taker = booked.get(case.reference)
        since = max(case.opened, before.ends) if before else case.opened
        reviewed_on = seen.reviewed_on if seen and seen.reviewed_on and seen.reviewed_on >= since else None
        seen_on = seen.seen_on if seen else None
        own = limits(policies, asked[case.reference])
        found.append(
            Waiting(
                case=case,
                since=since,
                last_worker=before.worker if before else None,
                last_name=before.name if before else "",
                left=before is not None and before.had_left,
                reviewed_on=reviewed_on,
                seen_on=seen_on,
                beside=beside.get(case.reference, ()),
                limits=own,
                standing=tuple(standing(own, since, reviewed_on, seen_on, today)),
                booked_to=taker.worker if taker else None,
                booked_name=taker.name if taker else "",
                booked_from=taker.starts if taker else None,
            )
        )
    return sorted(found, key=lambda one: (ORDER.index(one.state), one.since, one.case.reference))
