"""Which cases are to be weighed, and which count as dormant: never weighed, or something has happened since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from storage.database.connection import Connection
from storage.database.fragments import HOLDS
from storage.rules.kept_packs import Packs

NEVER, MISFIT, STEP, ALLOCATED, SUPERVISED = "never", "misfit", "step", "allocation", "supervision"
REASONS = {
    NEVER: "Never weighed",
    MISFIT: "Answers no longer fit",
    STEP: "Stepped since",
    ALLOCATED: "Allocated since",
    SUPERVISED: "Supervised since",
}


class Reason(NamedTuple):
    """Why a case is to be weighed (a key of ``REASONS``), since when, and what happened where that says more."""

    why: str
    since: date
    what: str = ""


class WeighDue(NamedTuple):
    """A case to be weighed. Points in hundredths; ``reasons`` the weightiest first."""

    case: str
    name: str
    pathway: str
    worker: str | None
    worker_name: str
    points: int
    weighed_on: date | None
    reasons: Sequence[Reason]


class DormantCase(NamedTuple):
    """A case on which nothing has been recorded for as long as its scheme says; ``counts`` is what it weighs now."""

    case: str
    name: str
    pathway: str
    worker: str | None
    worker_name: str
    last_on: date | None
    since: date
    points: int
    counts: int


_OPEN = f"""
FROM cases c JOIN team t ON t.name = c.team JOIN case_points p ON p."case" = c.reference
LEFT JOIN allocation a ON a.id = (SELECT a.id FROM allocation a WHERE a."case" = c.reference
  AND a.role = 'allocated_worker' AND {HOLDS} ORDER BY a.starts DESC LIMIT 1)
LEFT JOIN worker k ON k.staff_id = a.worker
WHERE c.closed IS NULL AND (:team IS NULL OR c.team = :team) AND (:case IS NULL OR c.reference = :case)
"""  # noqa: S608
_HEAD = """c.reference AS "case", c.name, json_extract(c.pathways, '$[0]') AS pathway, a.worker,
  coalesce(k.name, '') AS worker_name"""
_DUE = f"""
SELECT {_HEAD}, p.points, t.scheme,
  (SELECT max(w."on") FROM weighting w WHERE w."case" = c.reference AND w.scheme = p.scheme) AS weighed_on,
  c.opened, p.assumed, p.stale, a.starts AS allocated_on,
  (SELECT max(s.held_on) FROM session s WHERE s.worker = a.worker AND s.state = 'held' AND s.held_on >= a.starts
    AND s.held_on <= :today) AS supervised_on
{_OPEN} ORDER BY c.sort_key, c.reference
"""  # noqa: S608
_DORMANT = f"""
SELECT {_HEAD}, p.last_on, p.dormant_from AS since, p.points, p.dormant_points AS counts
{_OPEN} AND p.dormant_from <= :today ORDER BY p.dormant_from, c.reference
"""


def weigh_due(conn: Connection, team: str | None, today: date, case: str | None = None) -> list[WeighDue]:
    """Return the open cases to be weighed, those with the weightiest reason first, then the longest waiting.

    Of one team, or one case alone.
    """
    packs = Packs(conn)
    steps = _steps(conn, packs, team, case)
    found = []
    for one in conn.each(_Case, _DUE, team=team, today=today, case=case):
        if reasons := list(_reasons(one, steps.get((one.case, one.scheme)), packs)):
            head = one.case, one.name, one.pathway, one.worker, one.worker_name
            found.append(WeighDue(*head, one.points, one.weighed_on, reasons))
    order = list(REASONS)
    found.sort(key=lambda one: (order.index(one.reasons[0].why), one.reasons[0].since, one.case))
    return found


class _Case(NamedTuple):
    """An open case, and the days since which it may have to be weighed."""

    case: str
    name: str
    pathway: str
    worker: str | None
    worker_name: str
    points: int
    scheme: str
    weighed_on: date | None
    opened: date
    assumed: bool
    stale: bool
    allocated_on: date | None
    supervised_on: date | None


class _Step(NamedTuple):
    """The last event after which a scheme asks for a new weighing."""

    case: str
    on: date
    kind: str


def _reasons(one: _Case, step: _Step | None, packs: Packs) -> Iterator[Reason]:
    """Yield why a case is to be weighed, the weightiest first."""
    if one.assumed or one.weighed_on is None:
        yield Reason(NEVER, one.opened)
        return
    if one.stale:
        yield Reason(MISFIT, one.weighed_on)
    if step and step.on > one.weighed_on:
        yield Reason(STEP, step.on, packs.title("event_kind", step.kind))
    if one.allocated_on and one.allocated_on > one.weighed_on:
        yield Reason(ALLOCATED, one.allocated_on)
    if one.supervised_on and one.supervised_on > one.weighed_on:
        yield Reason(SUPERVISED, one.supervised_on)


_STEPS = """
SELECT e."case", max(e."on") AS "on", e.kind FROM event e JOIN cases c ON c.reference = e."case"
JOIN team t ON t.name = c.team AND t.scheme = :scheme
WHERE c.closed IS NULL AND (:team IS NULL OR c.team = :team) AND (:case IS NULL OR c.reference = :case)
  AND e.kind IN :kinds GROUP BY e."case"
"""


def _steps(conn: Connection, packs: Packs, team: str | None, case: str | None) -> dict[tuple[str, str], _Step]:
    """Return the last event after which a scheme asks for a new weighing, by case and scheme."""
    found = {}
    for scheme, says in packs.all("scheme").items():
        if kinds := says.get("rescore_after"):
            for step in conn.each(_Step, _STEPS, team=team, case=case, scheme=scheme, kinds=kinds):
                found[step.case, scheme] = step
    return found


def dormant(conn: Connection, team: str | None, today: date) -> list[DormantCase]:
    """Return the open cases that count as dormant today, the longest quiet first."""
    return conn.all(DormantCase, _DORMANT, team=team, today=today, case=None)
