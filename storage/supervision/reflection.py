"""How much of supervision was reflection and how much updates: counts of filled fields, for the pair alone."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from domain.due.timeliness import Period, share
from storage.database.connection import Connection

# Fields of the reflective cycle; every other filled field of a discussion is an update.
REFLECTIVE = frozenset(("experience", "reflection", "analysis"))


class Balance(NamedTuple):
    """What one pair filled in over a period; never the words themselves."""

    worker: str
    supervisor: str
    sessions: int
    reflective: int
    updates: int

    @property
    def percent(self) -> float | None:
        """The share of the filled fields that are reflection, in percent; None when nothing was filled in."""
        return share(self.reflective, self.reflective + self.updates)


class _Discussion(NamedTuple):
    session: int
    worker: str
    supervisor: str
    answers: dict[str, str]


def balances(conn: Connection, me: str | None, period: Period) -> list[Balance]:
    """Return the balance of every pair that ``me`` is half of; empty for anybody who is not a known worker.

    Nobody sees that of two others, not even their manager.
    """
    if me is None:
        return []
    query = """SELECT s.id AS session, s.worker, s.supervisor, d.answers
        FROM session s JOIN discussion d ON d.session = s.id
        WHERE (s.worker = :me OR s.supervisor = :me) AND s.state = 'held' AND s.held_on BETWEEN :start AND :end
          AND d.parked = ''"""
    sessions: dict[tuple[str, str], set[int]] = defaultdict(set)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in conn.each(_Discussion, query, me=me, start=period.start, end=period.end):
        pair = (one.worker, one.supervisor)
        sessions[pair].add(one.session)
        for name, text in one.answers.items():
            if text.strip():
                counts[pair][name not in REFLECTIVE] += 1
    return [Balance(*pair, len(sessions[pair]), *counts[pair]) for pair in sorted(sessions)]
