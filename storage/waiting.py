"""The narrow read of the cases nobody is allocated to: since when, why, when they were last looked at, their limits."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import NamedTuple

from domain.eligibility import Limits, limits
from domain.ids import Role
from domain.waiting import ORDER, Standing, standing
from storage.caselist import CaseLine, unallocated_cases
from storage.reading import HOLDS, Packs
from storage.takers import needs, rules

REVIEWED = "unallocated_reviewed"


class Waiting(NamedTuple):
    """A case that lies with nobody. ``beside`` are staff ids of those who have another role on it."""

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

    @property
    def state(self) -> str:
        """The worst of what is to be said."""
        return self.standing[0].state

    def days(self, today: date) -> int:
        """How many days it has been waiting."""
        return (today - self.since).days


_LAST = """
SELECT a."case", a.worker, w.name, a.ends, w.leaves IS NOT NULL AND w.leaves <= a.ends
FROM allocation a JOIN worker w ON w.staff_id = a.worker JOIN cases c ON c.reference = a."case"
WHERE c.closed IS NULL AND (:team IS NULL OR c.team = :team) AND a.role = 'allocated_worker' AND a.ends <= :today
ORDER BY a.ends, a.id
"""
_BESIDE = f"""
SELECT a."case", a.worker FROM allocation a JOIN cases c ON c.reference = a."case"
WHERE c.closed IS NULL AND (:team IS NULL OR c.team = :team) AND a.role <> '{Role.ALLOCATED}' AND {HOLDS}
ORDER BY a.starts, a.id
"""  # noqa: S608
_LOOKED = f"""
SELECT max(CASE WHEN e.kind = '{REVIEWED}' THEN e."on" END),
  max(CASE WHEN e.kind = 'child_seen' OR json_extract(e.details, '$.seen') = 1 THEN e."on" END)
FROM event e WHERE e."case" = :case AND e."on" <= :today
"""  # noqa: S608


def waiting(conn: sqlite3.Connection, team: str | None, today: date) -> list[Waiting]:
    """Return the cases that lie with nobody, the most pressing first, then the longest wait."""
    cases = unallocated_cases(conn, team, today)
    given = {"team": team, "today": today.isoformat()}
    last = {case: rest for case, *rest in conn.execute(_LAST, given)}
    beside: dict[str, tuple[str, ...]] = {}
    for case, worker in conn.execute(_BESIDE, given):
        beside[case] = (*beside.get(case, ()), worker)
    asked = needs(conn, [case.reference for case in cases], today)
    policies = rules(Packs(conn))
    found = []
    for case in cases:
        worker, name, ended, left = last.get(case.reference, (None, "", None, 0))
        since = max(case.opened, date.fromisoformat(ended)) if ended else case.opened
        own = limits(policies, asked[case.reference])
        looked = _looked(conn, case.reference, since, today)
        said = tuple(standing(own, since, *looked, today))
        others = beside.get(case.reference, ())
        found.append(Waiting(case, since, worker, name, bool(left), *looked, others, own, said))
    return sorted(found, key=lambda one: (ORDER.index(one.state), one.since, one.case.reference))


def _looked(conn: sqlite3.Connection, case: str, since: date, today: date) -> tuple[date | None, date | None]:
    """Return when a waiting case was last reviewed since it waits, and when its child was last seen."""
    row = conn.execute(_LOOKED, {"case": case, "today": today.isoformat()}).fetchone()
    reviewed, seen = (date.fromisoformat(text) if text else None for text in row)
    return (reviewed if reviewed is not None and reviewed >= since else None), seen
