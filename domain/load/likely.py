"""Cases that end and cases that come, for the workers of a team: what is likely to go and to come by a day.

What is likely is exact, a sum of chances. How far it may be off by chance alone stands beside it, as a variance; how
far it is off in truth only a trial on the past can tell (``back_test``). Points in hundredths.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from domain.load.capacity import share
from domain.load.rates import WEEK, Arrivals, CaseLine, Chance


class Change(NamedTuple):
    """What is likely to happen to a load by a day: points that end, points that come, and the variance of both."""

    ending: float
    coming: float
    variance: float

    @property
    def spread(self) -> float:
        """How far off it usually is by chance alone; never less than a point, since nothing is known better."""
        return float((self.variance + 100.0**2) ** 0.5)


def together(changes: Sequence[Change]) -> Change:
    """Return what is likely to happen to several loads together."""
    return Change(*(sum(column) for column in zip(*changes, strict=True))) if changes else Change(0.0, 0.0, 0.0)


class _Standing(NamedTuple):
    """An open case: its type and age today, and who carries how many points of it on which of the days to come."""

    type: str
    age: int
    parts: tuple[tuple[str, int, int, int], ...]


class Model:
    """Cases that end and cases that come, for the workers whose capacities are given for each of the days asked of."""

    def __init__(
        self,
        cases: Sequence[CaseLine],
        ends: Mapping[str, Chance],
        new: Arrivals,
        capacities: Mapping[str, Sequence[int]],
        today: date,
    ) -> None:
        self._cases = [case for case in cases if case.is_open(today)]
        self._ends = ends
        self._new = new
        self._capacities = capacities
        self._today = today

    def changes(self, days: Sequence[date]) -> dict[str, list[Change]]:
        """Return, by worker and day, what is likely to have changed."""
        ended, come = self._ending(days), self._coming(days)
        return {
            key: [Change(gone, new, chance + more)
                  for (gone, chance), (new, more) in zip(ended[key], come[key], strict=True)]
            for key in self._capacities
        }  # fmt: skip

    def _ending(self, days: Sequence[date]) -> dict[str, list[tuple[float, float]]]:
        """Return the points likely to have ended, with their variance."""
        ended = {key: [(0.0, 0.0)] * len(days) for key in self._capacities}
        for one in self._standing(days):
            chance = self._ends[one.type]
            gone = [1 - chance.staying(one.age, (day - self._today).days) for day in days]
            for worker, points, first, last in one.parts:
                line = ended[worker]
                for at in range(first, last):
                    mean, variance = line[at]
                    line[at] = mean + points * gone[at], variance + points * points * gone[at] * (1 - gone[at])
        return ended

    def _coming(self, days: Sequence[date]) -> dict[str, list[tuple[float, float]]]:
        """Return the points likely to have come and still to be there, by capacity that week, with their variance."""
        come = {key: [(0.0, 0.0)] * len(days) for key in self._capacities}
        for born, weeks in enumerate(self._gaps(days)):
            total = sum(capacity[born] for capacity in self._capacities.values())
            for kind in self._new.kinds if total else ():
                cases = [kind.weekly * weeks * self._still_there(kind.type, days, born, at)
                         for at in range(born, len(days))]  # fmt: skip
                for worker, capacity in self._capacities.items():
                    line, part = come[worker], capacity[born] / total
                    for at, expected in enumerate(cases, born):
                        mean, variance = line[at]
                        points = expected * kind.points * part
                        line[at] = mean + points, variance + points * kind.points
        return come

    def _still_there(self, kind: str, days: Sequence[date], born: int, at: int) -> float:
        return self._ends[kind].staying(0, (days[at] - days[born]).days) if kind in self._ends else 1.0

    def _gaps(self, days: Sequence[date]) -> list[float]:
        """Return how many weeks each day lies behind the one before, the first behind today."""
        return [(later - day).days / WEEK for day, later in pairwise((self._today, *days))]

    def _standing(self, days: Sequence[date]) -> list[_Standing]:
        found = []
        for case in self._cases:
            weight = case.weight(self._today)
            parts = []
            for hold in case.holds:
                first = bisect_left(days, hold.starts)
                last = len(days) if hold.ends is None else bisect_left(days, hold.ends)
                if hold.worker in self._capacities and first < last:
                    parts.append((hold.worker, share(weight, hold.share), first, last))
            if parts:
                found.append(_Standing(case.type, (self._today - case.opened).days, tuple(parts)))
        return found
