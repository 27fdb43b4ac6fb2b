"""Which open cases were discussed in supervision, when last, and how that stands against the policy.

A case counts as discussed on the day of a held session that has something on it that was not parked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.agenda import DUE, LATE, NEW, OK, discussion_state, policy_days
from domain.errors import BadInput, NotFound
from storage.reading import HELD_BY, HOLDS, Packs, day

if TYPE_CHECKING:
    from storage.unit import Unit

STATES = (LATE, NEW, DUE, OK)  # what to look at first comes first

_LAST = """(SELECT max(s.held_on) FROM discussion d JOIN session s ON s.id = d.session
  WHERE d."case" = c.reference AND d.parked = '' AND s.state = 'held' AND s.held_on <= :today)"""
_OF_WORKER = f"""
SELECT c.reference, c.name, c.pathways, c.opened, c.team, :worker, {_LAST}
FROM (SELECT DISTINCT a."case" FROM allocation a WHERE a.worker = :worker AND a.role = 'allocated_worker' AND {HOLDS}) h
JOIN cases c ON c.reference = h."case" AND c.closed IS NULL
"""  # noqa: S608
_OF_TEAM = f"""
SELECT c.reference, c.name, c.pathways, c.opened, c.team, {HELD_BY}, {_LAST}
FROM cases c WHERE c.closed IS NULL AND c.team = :team
"""  # noqa: S608
_OF_ALL = _OF_TEAM.replace("AND c.team = :team", "")
_RAISED = """
SELECT "case", worker FROM agenda_item
WHERE closed_on IS NULL AND "case" IS NOT NULL AND (parked_until IS NULL OR parked_until <= :today)
"""


class Discussed(NamedTuple):
    """An open case: ``days`` since it was last discussed (None: never), ``known`` how long it has been open.

    ``policy`` is within how many days the packs ask for it; None where they say nothing of its pathways.
    ``raised``: it stands on the next agenda of whoever holds it.
    """

    case: str
    name: str
    worker: str | None
    team: str
    on: date | None
    days: int | None
    known: int
    policy: int | None
    state: str
    raised: bool

    @property
    def behind(self) -> int:
        """By how many days the policy is overrun; less than nought while there is still time."""
        return (self.known if self.days is None else self.days) - (self.policy or 0)


class Covered(NamedTuple):
    """How many open cases stand how."""

    cases: int
    late: int
    never: int
    due: int
    in_time: int
    no_policy: int


def discussed(
    conn: sqlite3.Connection,
    today: date,
    *,
    team: str | None = None,
    worker: str | None = None,
    packs: Packs | None = None,
) -> list[Discussed]:
    """Return the open cases of a worker, of a team, or all; what is furthest behind its policy comes first."""
    packs = packs or Packs(conn)
    intervals = list(packs.all("discussed").values())
    given = {"team": team, "worker": worker, "today": today.isoformat()}
    query = _OF_WORKER if worker is not None else _OF_TEAM if team is not None else _OF_ALL
    raised = set(conn.execute(_RAISED, given).fetchall())
    found = [_line(row, today, intervals, raised) for row in conn.execute(query, given)]
    if worker is not None and team is not None:
        found = [one for one in found if one.team == team]
    return sorted(found, key=_place)


def _line(row: Sequence[Any], today: date, intervals: list[dict[str, Any]], raised: set[tuple[str, str]]) -> Discussed:
    case, name, pathways, opened, team, worker, last = row
    on, known = day(last), (today - date.fromisoformat(opened)).days
    days, policy = (today - on).days if on else None, policy_days(intervals, json.loads(pathways))
    state = discussion_state(days, policy, known)
    return Discussed(case, name, worker, team, on, days, known, policy, state, (case, worker) in raised)


def _place(one: Discussed) -> tuple[int, int, str]:
    return STATES.index(one.state), -one.behind, one.case


def last_discussed(
    conn: sqlite3.Connection, today: date, *, team: str | None = None, worker: str | None = None
) -> dict[str, tuple[date | None, int | None, str]]:
    """Return by case (day last discussed, policy in days, how it stands) for the open cases of a worker or team."""
    found = discussed(conn, today, team=team, worker=worker)
    return {one.case: (one.on, one.policy, one.state) for one in found}


def covered(lines: Iterable[Discussed]) -> Covered:
    """Return the counts of ``lines``; without a policy a case is neither late nor in time."""
    lines = list(lines)
    with_policy = [one for one in lines if one.policy is not None]
    return Covered(
        cases=len(lines),
        late=sum(one.state == LATE for one in with_policy),
        never=sum(one.on is None for one in lines),
        due=sum(one.state == DUE for one in with_policy),
        in_time=sum(one.state in (DUE, OK) for one in with_policy),
        no_policy=len(lines) - len(with_policy),
    )


def raise_case(unit: Unit, case: str, by: str) -> Any:
    """Put a case on the next agenda of whoever holds it; raises where nobody does, or where it stands there already."""
    query = f"SELECT {HELD_BY} FROM cases c WHERE c.reference = :case"  # noqa: S608
    given = {"case": case, "today": unit.today.isoformat()}
    row = unit.raw.execute(query, given).fetchone()
    if row is None:
        raise NotFound(f"case: there is no case {case!r}.", field="case")
    if row[0] is None:
        raise BadInput(f"worker: nobody holds {case}, so there is no agenda for it.", field="worker")
    if (case, row[0]) in set(unit.raw.execute(_RAISED, given).fetchall()):
        raise BadInput(f"case: {case} stands on the next agenda already.", field="case")
    item = {"worker": row[0], "raised_by": by, "on": unit.today, "what": "To be discussed in time", "case": case}
    kept = unit.record("agenda-item", item)
    unit.finish(f"Raised {case} for supervision")
    return kept
