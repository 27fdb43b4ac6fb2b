"""Whether what fell due was done in time: per event, and per person all of whose events were.

Pure and additive: a subject's cycles are judged once and counted into tallies, so a whole council streams through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.hundredths import half_up
from domain.core.workdays import add_months
from domain.due.obligation import Derivation, Obligation
from domain.rules.rule_index import RuleBook

ON_TIME, LATE, NOT_HELD = "on_time", "late", "not_held"
OTHER = "Other timescales"  # those of series for which no pack names a measure

CONVENTION = (
    "Counted by due date in the period; a cycle is on time when held on or before its legal date, and not held when "
    "that date passed without it; what lapsed before its date is left out; people count when every one of theirs was "
    "on time."
)
UNVERIFIED = (
    "The convention is Almoner's own and not verified: nobody has read the Department for Education's or Ofsted's own "
    "rule for on-time, so a published return may count otherwise."
)


class Period(NamedTuple):
    """A stretch of due dates, both ends included."""

    start: date
    end: date

    def holds(self, day: date | None) -> bool:
        """Whether ``day`` lies in it."""
        return day is not None and self.start <= day <= self.end


def year_to(end: date) -> Period:
    """Return the twelve months that end on ``end``."""
    return Period(add_months(end, -12) + timedelta(days=1), end)


def periods(today: date) -> dict[str, Period]:
    """Return the periods one usually looks at, by what they are called; all end before ``today``."""
    yesterday = today - timedelta(days=1)
    month = today.replace(day=1)
    year = date(today.year - (today < date(today.year, 4, 2)), 4, 1)
    return {
        "Last 12 months": year_to(yesterday),
        "Last 3 months": Period(add_months(yesterday, -3) + timedelta(days=1), yesterday),
        "Last month": Period(add_months(month, -1), month - timedelta(days=1)),
        "Financial year so far": Period(year, yesterday),
        "Financial year before": Period(add_months(year, -12), year - timedelta(days=1)),
    }


class Judged(NamedTuple):
    """A cycle that fell due in the period, the measure it counts towards, and how it went."""

    measure: str
    cycle: Obligation
    outcome: str
    verified: bool


@dataclass(slots=True)
class Tally:
    """What a measure comes to: events that fell due, and people with at least one. ``verified`` while every rule is."""

    due: int = 0
    on_time: int = 0
    late: int = 0
    not_held: int = 0
    people: int = 0
    people_on_time: int = 0
    verified: bool = True

    @property
    def percent(self) -> float | None:
        """How many of the events were on time, in percent to one decimal; None when nothing fell due."""
        return share(self.on_time, self.due)

    @property
    def people_percent(self) -> float | None:
        """How many of the people had everything on time, in percent to one decimal."""
        return share(self.people_on_time, self.people)

    def count(self, person: Iterable[Judged]) -> None:
        """Count one person's cycles in."""
        found = list(person)
        if not found:
            return
        for one in found:
            setattr(self, one.outcome, getattr(self, one.outcome) + 1)
            self.verified = self.verified and one.verified
        self.due += len(found)
        self.people += 1
        self.people_on_time += all(one.outcome == ON_TIME for one in found)


def share(part: int, whole: int) -> float | None:
    """Return a part in percent to one decimal, halves rounded up; never 100 unless all, nor 0 unless none."""
    if not whole:
        return None
    tenths = half_up(part * 1000, whole)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return tenths / 10


def outcome(cycle: Obligation, last: date) -> str | None:
    """Return how a cycle went by the end of ``last``; None where it was not due by then, or lapsed in time."""
    due = cycle.legal_due
    if due is None or due > last:
        return None
    if cycle.held_on is not None:
        return ON_TIME if cycle.held_on <= due else LATE
    return None if cycle.ended_on is not None and cycle.ended_on <= due else NOT_HELD


class Measures:
    """Which measure each series counts towards, in the order of the packs; ``OTHER`` where no pack names one."""

    def __init__(self, rulebook: RuleBook) -> None:
        self._of: dict[str, str] = {}
        self._verified: dict[str, bool] = {}
        for rule in rulebook.all_rules.values():
            self._verified[rule.id] = rule.verified
            if rule.measure:
                self._of.setdefault(rule.series, rule.measure)
        self.order: Mapping[str, int] = {name: n for n, name in enumerate(dict.fromkeys(self._of.values()))}

    def judged(self, derivation: Derivation, period: Period) -> Iterator[Judged]:
        """Yield every cycle that fell due in the period."""
        for cycle in (*derivation.obligations, *derivation.lapsed):
            if period.holds(cycle.legal_due) and (went := outcome(cycle, period.end)):
                yield Judged(self._of.get(cycle.series, OTHER), cycle, went, self._verified[cycle.rule])
