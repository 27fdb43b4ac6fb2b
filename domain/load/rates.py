"""How likely a case is to end, and how much new work comes: learnt from a team's own past, as it was known on a day.

Pure: no clock, no chance. Points in hundredths, ages and stretches of time in days.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import exp, log
from typing import NamedTuple

WEEK = 7
# The ages at which a case's chance of ending changes, as the published figures give them: 3, 6, 12 and 24 months.
AGES = (91, 183, 365, 731)
ENOUGH = 30  # closures of a type, below which its own past says too little
LOOK_BACK = 104  # weeks from which closures are learnt
MOST_WEEKS, FEWEST_WEEKS = 26, 13  # from which new work is learnt

# Share of child protection plans ended in 2024-25 that had lasted up to each age and beyond, England, n = 62,300.
PUBLISHED_TYPE = "child_protection"
PUBLISHED_SOURCE = "Department for Education, child protection plans ended in 2024 to 2025, England (62,300 plans)"
_PUBLISHED = (0.159, 0.110, 0.435, 0.252, 0.044)

OWN, TOGETHER, PUBLISHED, STAYS = "own", "together", "published", "stays"


class Hold(NamedTuple):
    """Who carries which share (in percent) of a case, from a day up to, not including, another."""

    worker: str
    share: int
    starts: date
    ends: date | None


class CaseLine(NamedTuple):
    """A case's life: its type (the leading pathway), what it weighed from when, who held it; ``own``: of this team."""

    type: str
    opened: date
    closed: date | None
    weights: Sequence[tuple[date, int]]
    holds: Sequence[Hold]
    own: bool = True

    def weight(self, on: date) -> int:
        """Return what it weighed on a day; before its first weighing what that gave."""
        at = bisect_right(self.weights, on, key=lambda step: step[0]) - 1
        return self.weights[max(at, 0)][1] if self.weights else 0

    def is_open(self, on: date) -> bool:
        """Whether it was open on a day."""
        return self.opened <= on and (self.closed is None or on < self.closed)


class Chance(NamedTuple):
    """How cases of a type end: the chance a week (as a rate) at each age, where it comes from, and how many closures.

    ``basis`` is "own" (this type's closures), "together" (all the team's), "published" or "stays" (nothing to go by:
    taken as staying open).
    """

    type: str
    rates: tuple[float, ...]
    basis: str
    closures: int

    def hazard(self, age: int) -> float:
        """Return the rate summed up from the beginning to ``age``."""
        total, begins = 0.0, 0
        for rate, ends in zip(self.rates, (*AGES, None), strict=True):
            if ends is None or age <= ends:
                return total + rate * max(age - begins, 0) / WEEK
            total += rate * (ends - begins) / WEEK
            begins = ends
        return total

    def staying(self, age: int, days: int) -> float:
        """Return the chance that a case of this age is still open so many days on."""
        return exp(self.hazard(age) - self.hazard(age + days))


class Kind(NamedTuple):
    """New cases of one type: how many a week, and what they weigh on average."""

    type: str
    weekly: float
    points: int


class Arrivals(NamedTuple):
    """New work to a team, a week, as it came in the last ``weeks``; no weeks: too short a past to tell."""

    weeks: int
    kinds: tuple[Kind, ...]

    @property
    def weekly(self) -> float:
        """How many new cases a week."""
        return sum(kind.weekly for kind in self.kinds)


def published_rates() -> tuple[float, ...]:
    """Return the chance a week of ending at each age that the published figures come to; the last as the one before.

    Shares of those that ended become chances among those still running: 0.110 of all is 0.110 / 0.841 of those left.
    """
    rates, left, begins = [], 1.0, 0
    for part, ends in zip(_PUBLISHED, AGES, strict=False):
        after = left - part
        rates.append(-log(after / left) * WEEK / (ends - begins))
        left, begins = after, ends
    return (*rates, rates[-1])


def chances(cases: Iterable[CaseLine], known: date) -> dict[str, Chance]:
    """Return how each type of case ends, from what had happened by ``known``."""
    since = date.fromordinal(known.toordinal() - LOOK_BACK * WEEK)
    closures: dict[str, Counter[int]] = defaultdict(Counter)
    exposure: dict[str, list[float]] = defaultdict(lambda: [0.0] * (len(AGES) + 1))
    for case in cases:
        if case.opened > known:
            continue
        if case.closed is not None and since < case.closed <= known:
            closures[case.type][_place((case.closed - case.opened).days)] += 1
        _expose(exposure[case.type], case, since, known)
    everything = _learnt("", sum(closures.values(), Counter()), _added(exposure.values()), TOGETHER)
    return {kind: _chance(kind, closures[kind], exposure[kind], everything) for kind in exposure}


def _chance(kind: str, closures: Counter[int], exposure: Sequence[float], together: Chance) -> Chance:
    if closures.total() >= ENOUGH:
        return _learnt(kind, closures, exposure, OWN)
    if kind == PUBLISHED_TYPE:
        return Chance(kind, published_rates(), PUBLISHED, closures.total())
    if together.closures >= ENOUGH:
        return together._replace(type=kind, closures=closures.total())
    return Chance(kind, (0.0,) * (len(AGES) + 1), STAYS, closures.total())


def _learnt(kind: str, closures: Counter[int], exposure: Sequence[float], basis: str) -> Chance:
    """Divide closures by the weeks in which they could have come; an age nobody reached goes as the one before."""
    rates: list[float] = []
    for place, weeks in enumerate(exposure):
        rates.append(closures[place] / weeks if weeks else (rates[-1] if rates else 0.0))
    return Chance(kind, tuple(rates), basis, closures.total())


def _place(age: int) -> int:
    return next((n for n, ends in enumerate(AGES) if age <= ends), len(AGES))


def _expose(exposure: list[float], case: CaseLine, since: date, known: date) -> None:
    """Add the weeks that a case was open between the two days, by its age then."""
    until = known if case.closed is None or case.closed > known else case.closed
    first, last = max((since - case.opened).days, 0), (until - case.opened).days
    begins = 0
    for place, ends in enumerate((*AGES, None)):
        upto = last if ends is None else min(last, ends)
        if upto > max(first, begins):
            exposure[place] += (upto - max(first, begins)) / WEEK
        begins = ends or begins


def _added(rows: Iterable[Sequence[float]]) -> list[float]:
    return [sum(column) for column in zip(*rows, strict=True)] or [0.0] * (len(AGES) + 1)


def arrivals(cases: Sequence[CaseLine], known: date) -> Arrivals:
    """Return the new work of the last 26 weeks up to ``known``, or of as many as there is a past, 13 at least."""
    mine = [case for case in cases if case.own]
    first = min((case.opened for case in mine), default=known)
    weeks = min((known - first).days // WEEK, MOST_WEEKS)
    if weeks < FEWEST_WEEKS:
        return Arrivals(0, ())
    since = date.fromordinal(known.toordinal() - weeks * WEEK)
    found: Mapping[str, list[int]] = defaultdict(list)
    for case in mine:
        if since < case.opened <= known:
            found[case.type].append(case.weight(known))
    kinds = [Kind(kind, len(weights) / weeks, round(sum(weights) / len(weights))) for kind, weights in found.items()]
    return Arrivals(weeks, tuple(sorted(kinds)))
