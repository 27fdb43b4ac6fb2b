"""The intervals decided for one case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from domain.core.intervals import Interval
from storage.database.connection import Connection


class OverrideLine(NamedTuple):
    """How often something is done on one case instead, who decided it, why, and when it is looked at again."""

    id: int
    rule: str
    unit: str
    number: int
    decided_on: date
    decided_by: str
    reason: str
    review_on: date
    ended_on: date | None
    version: int

    @property
    def words(self) -> str:
        """The interval in words: "2 weeks"."""
        return Interval(self.unit, self.number).words

    def counts(self, today: date) -> bool:
        """Whether it counts on ``today``."""
        return self.decided_on <= today and (self.ended_on is None or today < self.ended_on)


def case_overrides(conn: Connection, reference: str) -> list[OverrideLine]:
    """Return the intervals decided for a case, the newest first."""
    query = """SELECT id, rule, unit, number, decided_on, decided_by, reason, review_on, ended_on, version
        FROM override WHERE "case" = :reference ORDER BY decided_on DESC, id DESC"""
    return conn.all(OverrideLine, query, reference=reference)


def without_deciders(words: str, lines: Iterable[OverrideLine], shown: Callable[[str], str]) -> str:
    """Return ``words`` with the names of those who decided written as ``shown`` gives them."""
    for name in {line.decided_by for line in lines}:
        words = words.replace(name, shown(name))
    return words


def of_series(lines: list[OverrideLine], *names: str) -> list[OverrideLine]:
    """Return the lines for a rule or series named in ``names``."""
    return [line for line in lines if line.rule in names]
