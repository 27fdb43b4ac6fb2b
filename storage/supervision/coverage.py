"""Which open cases were discussed in supervision, when last, and how that stands against the policy.

A case counts as discussed on the day of a held session that has something on it that was not parked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.supervision.agenda import DUE, LATE, NEW, OK, discussion_state, policy_days, waited
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS, OPEN
from storage.people.in_use import teams_in_use
from storage.rules.kept_packs import Packs

STATES = (LATE, NEW, DUE, OK)  # what to look at first comes first

_LAST = """(SELECT max(s.held_on) FROM discussion d JOIN session s ON s.id = d.session
  WHERE d."case" = c.reference AND d.parked = '' AND s.state = 'held' AND s.held_on <= :today)"""
_COLUMNS = f'c.reference AS "case", c.name, c.team, c.pathways, c.opened, {_LAST} AS "on"'
_OF_WORKER = f"""
SELECT {_COLUMNS}, :worker AS worker
FROM (SELECT DISTINCT a."case" FROM allocation a WHERE a.worker = :worker AND a.role = 'allocated_worker' AND {HOLDS}) h
JOIN cases c ON c.reference = h."case" AND {OPEN}
"""  # noqa: S608
_OF_ALL = f"SELECT {_COLUMNS}, {HELD_BY} AS worker FROM cases c WHERE c.opened <= :today AND {OPEN}"  # noqa: S608
_OF_TEAM = f"{_OF_ALL} AND c.team = :team"
_RAISED = """
SELECT "case", worker FROM agenda_item
WHERE (closed_on IS NULL OR closed_on > :today) AND "case" IS NOT NULL
  AND (parked_until IS NULL OR parked_until <= :today)
"""


class Discussed(NamedTuple):
    """An open case: ``days`` since it was last discussed (None: never), ``known`` how long it has waited for that.

    A case waits since it was discussed, or was opened; not longer than its team has been in use, if it was due before.

    ``policy`` is within how many days the packs ask for it; None where they say nothing of its pathways.
    ``raised``: it stands on the next agenda of whoever holds it.
    """

    case: str
    name: str
    worker: str | None
    team: str
    pathways: tuple[str, ...]
    opened: date
    on: date | None
    days: int | None = None
    known: int = 0
    policy: int | None = None
    state: str = OK
    raised: bool = False

    @property
    def behind(self) -> int:
        """By how many days the policy is overrun; negative while there is still time."""
        return self.known - (self.policy or 0)


class Covered(NamedTuple):
    """How many open cases stand how."""

    cases: int
    late: int
    never: int
    due: int
    in_time: int
    no_policy: int


def discussed(
    conn: Connection,
    today: date,
    *,
    team: str | None = None,
    worker: str | None = None,
    packs: Packs | None = None,
) -> list[Discussed]:
    """Return the open cases of a worker, of a team, or all; what is furthest behind its policy comes first."""
    packs = packs or Packs(conn)
    intervals = list(packs.all("discussed").values())
    query = _OF_WORKER if worker is not None else _OF_TEAM if team is not None else _OF_ALL
    raised, since, found = _raised(conn, today), teams_in_use(conn), []
    for one in conn.all(Discussed, query, team=team, worker=worker, today=today):
        policy = policy_days(intervals, one.pathways)
        days, known = waited(one.on, one.opened, policy, since.get(one.team), today)
        state = discussion_state(None if days is None else known, policy, known)
        on_agenda = (one.case, one.worker) in raised
        found.append(one._replace(days=days, known=known, policy=policy, state=state, raised=on_agenda))
    if worker is not None and team is not None:
        found = [one for one in found if one.team == team]
    return sorted(found, key=lambda one: (STATES.index(one.state), -one.behind, one.case))


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


class _Raised(NamedTuple):
    case: str
    worker: str


def _raised(conn: Connection, today: date) -> set[tuple[str, str]]:
    return set(conn.all(_Raised, _RAISED, today=today))


class Holder(NamedTuple):
    """Who holds a case, if anybody."""

    worker: str | None


def holder(conn: Connection, case: str, today: date) -> Holder | None:
    """Return who holds a case today; None where there is no such case."""
    query = f"SELECT {HELD_BY} AS worker FROM cases c WHERE c.reference = :case"  # noqa: S608
    return conn.one(Holder, query, case=case, today=today)


def is_raised(conn: Connection, case: str, worker: str, today: date) -> bool:
    """Return whether a case stands on the next agenda of a worker."""
    return (case, worker) in _raised(conn, today)
