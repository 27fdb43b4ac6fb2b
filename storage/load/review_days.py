"""The days on which somebody has to look again: at an interval of a case's own, and at a capacity about to return.

Neither ends its reminding by itself: an override goes with a later day, an end of its own, a newer one for the same
rule, or the case; a reduction with a later end, or with one that follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from domain.load.capacity import Less
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS
from storage.load.posts import contract_hours, loss
from storage.rules.kept_packs import Packs

LAPSES = 14  # days ahead that either is spoken of: a local starting point, no source gives one

_OVERRIDES = f"""
SELECT o.id, o.rule, o.review_on AS "on", c.reference AS "case", c.team, {HELD_BY} AS holder FROM override o
JOIN cases c ON c.reference = o."case" AND c.closed IS NULL
WHERE o.review_on BETWEEN :since AND :until
  AND (o.ended_on IS NULL OR (o.ended_on > o.review_on AND o.ended_on > :today))
  AND (:worker IS NULL OR EXISTS (
    SELECT 1 FROM allocation a WHERE a."case" = c.reference AND a.worker = :worker AND {HOLDS}))
  AND NOT EXISTS (SELECT 1 FROM override n WHERE n."case" = o."case" AND n.rule = o.rule
    AND (n.decided_on, n.id) > (o.decided_on, o.id) AND n.decided_on <= :today
    AND (n.ended_on IS NULL OR n.ended_on > :today))
ORDER BY o.review_on, o.id
"""  # noqa: S608
_REDUCTIONS = """
SELECT r.id, r.percent, r.hours, r.reason, r.kind, r.ends AS "on", w.staff_id AS worker, w.name, w.team, w.supervisor
FROM worker_on(:begun) w JOIN reduction r ON r.worker = w.staff_id
WHERE (:team IS NULL OR w.team = :team) AND r.starts <= :begun AND r.ends BETWEEN :since AND :until
  AND (w.leaves IS NULL OR w.leaves > r.ends) AND NOT EXISTS (SELECT 1 FROM reduction n
    WHERE n.worker = r.worker AND n.kind = r.kind AND n.starts = date(r.ends, '+1 day'))
ORDER BY r.ends, w.sort_key
"""


class OverrideReview(NamedTuple):
    """An interval of a case's own that is to be looked at again; ``rule`` may name a series, too."""

    id: int
    rule: str
    on: date
    case: str
    team: str
    holder: str | None


class ReductionEnd(NamedTuple):
    """The last day of a reduction that nothing follows."""

    id: int
    percent: int | None
    hours: int | None
    reason: str
    kind: str
    on: date
    worker: str
    name: str
    team: str
    supervisor: str | None
    contract: int = 0

    @property
    def less(self) -> Less:
        """What it takes of the contract, in percent and in hours."""
        return Less.of(self.percent, self.hours, self.contract)


def override_reviews(
    conn: Connection, today: date, since: date, until: date, worker: str | None = None
) -> list[OverrideReview]:
    """Return the overrides of open cases that are to be looked at again in the days given, the earliest first.

    With a ``worker`` those of the cases that they hold in any role.
    """
    return conn.all(OverrideReview, _OVERRIDES, today=today, since=since, until=until, worker=worker)


def reduction_ends(
    conn: Connection, packs: Packs, since: date, until: date, begun: date, team: str | None = None
) -> Iterator[ReductionEnd]:
    """Yield the reductions begun by a day that end in the days given: those that take capacity away."""
    found = conn.all(ReductionEnd, _REDUCTIONS, team=team, begun=begun, since=since, until=until)
    contract = contract_hours(conn, [one.worker for one in found if one.hours is not None])
    for one in found:
        if loss(packs, one).counts:
            yield one if one.hours is None else one._replace(contract=contract(one.worker, one.on))


def soon(today: date) -> date:
    """Return the last day that is spoken of ahead."""
    return today + timedelta(days=LAPSES)
