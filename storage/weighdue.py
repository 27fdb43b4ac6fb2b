"""Which cases are to be weighed, and which count as dormant: never weighed, or something has happened since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from storage.reading import HOLDS, Packs, day

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
_HEAD = """c.reference, c.name, json_extract(c.pathways, '$[0]'), a.worker, coalesce(k.name, '')"""
_DUE = f"""
SELECT {_HEAD}, p.points, t.scheme,
  (SELECT max(w."on") FROM weighting w WHERE w."case" = c.reference AND w.scheme = p.scheme),
  c.opened, p.assumed, p.stale, a.starts,
  (SELECT max(s.held_on) FROM session s WHERE s.worker = a.worker AND s.state = 'held' AND s.held_on >= a.starts
    AND s.held_on <= :today)
{_OPEN} ORDER BY c.sort_key, c.reference
"""  # noqa: S608
_DORMANT = f"""
SELECT {_HEAD}, p.last_on, p.dormant_from, p.points, p.dormant_points
{_OPEN} AND p.dormant_from <= :today ORDER BY p.dormant_from, c.reference
"""


def weigh_due(conn: sqlite3.Connection, team: str | None, today: date, case: str | None = None) -> list[WeighDue]:
    """Return the open cases to be weighed, those with the weightiest reason first, then the longest waiting.

    Of one team, or one case alone.
    """
    packs = Packs(conn)
    given = {"team": team, "today": today.isoformat(), "case": case}
    steps = _steps(conn, packs, team, case)
    found = []
    for row in conn.execute(_DUE, given):
        case, name, pathway, worker, worker_name, points, scheme, weighed, opened, assumed, stale, starts, held = row
        since = _Since(weighed, opened, assumed, stale, starts, held, steps.get((case, scheme)))
        if reasons := list(since.reasons(packs)):
            found.append(WeighDue(case, name, pathway, worker, worker_name, points, day(weighed), reasons))
    order = list(REASONS)
    found.sort(key=lambda one: (order.index(one.reasons[0].why), one.reasons[0].since, one.case))
    return found


class _Since(NamedTuple):
    """What is known of a case besides its last weighing; days as kept."""

    weighed: str | None
    opened: str
    assumed: int
    stale: int
    starts: str | None
    supervised: str | None
    step: tuple[str, str] | None

    def reasons(self, packs: Packs) -> Iterator[Reason]:
        """Yield why it is to be weighed, the weightiest first."""
        if self.assumed or self.weighed is None:
            yield Reason(NEVER, date.fromisoformat(self.opened))
            return
        if self.stale:
            yield Reason(MISFIT, date.fromisoformat(self.weighed))
        if self.step and self.step[0] > self.weighed:
            yield Reason(STEP, date.fromisoformat(self.step[0]), packs.title("event_kind", self.step[1]))
        if self.starts and self.starts > self.weighed:
            yield Reason(ALLOCATED, date.fromisoformat(self.starts))
        if self.supervised and self.supervised > self.weighed:
            yield Reason(SUPERVISED, date.fromisoformat(self.supervised))


def _steps(
    conn: sqlite3.Connection, packs: Packs, team: str | None, case: str | None
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the last event after which a scheme asks for a new weighing, by case and scheme, as (day, kind)."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    query = """SELECT e."case", max(e."on"), e.kind FROM event e JOIN cases c ON c.reference = e."case"
        JOIN team t ON t.name = c.team AND t.scheme = :scheme
        WHERE c.closed IS NULL AND (:team IS NULL OR c.team = :team) AND (:case IS NULL OR c.reference = :case)
          AND e.kind IN ({}) GROUP BY e."case" """
    for scheme, says in packs.all("scheme").items():
        kinds: list[Any] = says.get("rescore_after", [])
        if not kinds:
            continue
        names = {f"k{n}": kind for n, kind in enumerate(kinds)}
        marks = ", ".join(f":{name}" for name in names)
        given = {"team": team, "case": case, "scheme": scheme, **names}
        for reference, on, kind in conn.execute(query.format(marks), given):
            found[reference, scheme] = on, kind
    return found


def dormant(conn: sqlite3.Connection, team: str | None, today: date) -> list[DormantCase]:
    """Return the open cases that count as dormant today, the longest quiet first."""
    rows = conn.execute(_DORMANT, {"team": team, "today": today.isoformat(), "case": None})
    return [
        DormantCase(case, name, pathway, worker, worker_name, day(last_on), date.fromisoformat(since), points, counts)
        for case, name, pathway, worker, worker_name, last_on, since, points, counts in rows
    ]
