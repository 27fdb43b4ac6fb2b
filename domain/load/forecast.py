"""What a team is likely to carry in the weeks to come, in three layers, and whether that was ever worth saying.

Booked: what has a date. Expected: as cases end with a chance by age and type. Assumed: as new work comes as it did
lately, shared by capacity. The band holds 80 of 100 runs. The two upper layers are shown only where they came closer
than "nothing changes" when tried on the past, 4 and 8 weeks ahead. Points in hundredths; the same seed, the same runs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from math import exp, log
from random import Random
from statistics import fmean
from typing import NamedTuple

from domain.core.errors import Cancelled
from domain.load.capacity import share
from domain.load.rates import WEEK, Arrivals, CaseLine, Chance, arrivals, chances

RUNS, CHUNK = 500, 25
LOW, HIGH = 0.1, 0.9  # the band of 80 in 100
LONGEST, USUAL = 12, 12
HORIZONS = (4, 8)
TRIES = 13  # from how many Mondays each horizon is tried
BACK = max(HORIZONS) + TRIES  # weeks of the past that the trial needs

Stop = Callable[[], bool]


class Week(NamedTuple):
    """A worker's points and capacity on a day, as far as dated records say; no capacity: None or 0."""

    day: date
    points: int
    capacity: int | None


class Outlook(NamedTuple):
    """One week to come. Each layer holds those before it; None where nothing more can be said than what is booked."""

    day: date
    capacity: int | None
    booked: int
    expected: int | None
    assumed: int | None
    low: int | None
    high: int | None


class Check(NamedTuple):
    """A trial on the past: mean absolute error in hundredths of a point of ours and of "nothing changes".

    ``whose`` is "worker" (each worker's load) or "team" (all of it); ``tried`` says how many comparisons it rests on.
    """

    whose: str
    weeks: int
    ours: int
    still: int
    tried: int

    @property
    def better(self) -> bool:
        """Whether ours came closer."""
        return self.tried > 0 and self.ours < self.still


class Forecast(NamedTuple):
    """Outlooks by worker and for the team, with what they rest on."""

    workers: Mapping[str, tuple[Outlook, ...]]
    team: tuple[Outlook, ...]
    chances: tuple[Chance, ...]
    arrivals: Arrivals
    checks: tuple[Check, ...]
    runs: int

    def beats(self, whose: str) -> bool:
        """Whether the upper layers came closer than "nothing changes" for "worker" or "team" at every horizon."""
        mine = [check for check in self.checks if check.whose == whose]
        return bool(mine) and all(check.better for check in mine)


def forecast(
    cases: Sequence[CaseLine],
    past: Mapping[str, Sequence[Week]],
    ahead: Mapping[str, Sequence[Week]],
    today: date,
    *,
    runs: int = RUNS,
    seed: int = 1,
    stop: Stop | None = None,
) -> Forecast:
    """Return what a team is likely to carry: ``past`` ends with today, ``ahead`` holds what is booked.

    Raises Cancelled when ``stop`` says so.
    """
    ends, new = chances(cases, today), arrivals(cases, today)
    checks = tuple(back_test(cases, past, today))
    days = next((tuple(week.day for week in weeks) for weeks in ahead.values()), ())
    model = Model(cases, ends, new, {key: [w.capacity or 0 for w in weeks] for key, weeks in ahead.items()}, today)
    bands, whole = model.run(days, runs, seed, stop)
    means = model.mean(days)
    found = Forecast({}, (), tuple(ends.values()), new, checks, runs)
    told, all_told = found.beats("worker"), found.beats("team")
    workers = {key: tuple(_outlooks(ahead[key], means[key], bands[key], shown=told)) for key in ahead}
    together = _together(days, ahead, means)
    return found._replace(workers=workers, team=tuple(_outlooks(*together, whole, shown=all_told)))


Means = Sequence[tuple[float, float]]  # by week: points likely to end, points likely to come
Bands = Sequence[tuple[float, float]]  # by week: the change at the lower and at the upper edge


def _outlooks(weeks: Sequence[Week], means: Means, bands: Bands, *, shown: bool) -> list[Outlook]:
    if not shown:
        return [Outlook(week.day, week.capacity, week.points, None, None, None, None) for week in weeks]
    return [
        Outlook(
            week.day,
            week.capacity,
            week.points,
            max(round(week.points - ending), 0),
            max(round(week.points - ending + coming), 0),
            max(round(week.points + low), 0),
            max(round(week.points + high), 0),
        )
        for week, (ending, coming), (low, high) in zip(weeks, means, bands, strict=True)
    ]


def _together(
    days: Sequence[date], ahead: Mapping[str, Sequence[Week]], means: Mapping[str, Means]
) -> tuple[list[Week], Means]:
    weeks, summed = [], []
    for at, day in enumerate(days):
        column = [found[at] for found in ahead.values()]
        known = [week.capacity for week in column if week.capacity is not None]
        weeks.append(Week(day, sum(week.points for week in column), sum(known) if known else None))
        summed.append((sum(m[at][0] for m in means.values()), sum(m[at][1] for m in means.values())))
    return weeks, summed


class _Standing(NamedTuple):
    """An open case: its type and age today, and who carries how many points of it in which of the weeks to come."""

    type: str
    age: int
    parts: tuple[tuple[str, int, int, int], ...]


class Model:
    """Cases that end and cases that come, for the workers whose capacities are given week by week."""

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

    def mean(self, days: Sequence[date]) -> dict[str, list[tuple[float, float]]]:
        """Return, by worker and week, the points likely to have ended and to have come: exact, without chance."""
        ended = {key: [0.0] * len(days) for key in self._capacities}
        for one in self._standing(days):
            chance = self._ends[one.type]
            gone = [1 - chance.staying(one.age, (day - self._today).days) for day in days]
            for worker, points, first, last in one.parts:
                for at in range(first, last):
                    ended[worker][at] += points * gone[at]
        come = self._coming(days)
        return {key: list(zip(ended[key], come[key], strict=True)) for key in self._capacities}

    def _coming(self, days: Sequence[date]) -> dict[str, list[float]]:
        come = {key: [0.0] * len(days) for key in self._capacities}
        for born, weeks in enumerate(self._gaps(days)):
            total = sum(capacity[born] for capacity in self._capacities.values())
            for kind in self._new.kinds if total else ():
                left = [kind.points * kind.weekly * weeks * self._still_there(kind.type, days, born, at)
                        for at in range(born, len(days))]  # fmt: skip
                for worker, capacity in self._capacities.items():
                    for at, points in enumerate(left, born):
                        come[worker][at] += points * capacity[born] / total
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

    # chance ----------------------------------------------------------------------------------------------------------

    def run(self, days: Sequence[date], runs: int, seed: int, stop: Stop | None) -> tuple[dict[str, Bands], Bands]:
        """Return the band of each worker and of the team, as changes to what is booked."""
        rng = Random(seed)  # noqa: S311
        names = list(self._capacities)
        drawn = [[[0.0] * runs for _ in days] for _ in names]
        whole = [[0.0] * runs for _ in days]
        lives = [(self._hazards(one, days), one.parts) for one in self._standing(days)]
        places = {name: at for at, name in enumerate(names)}
        for number in range(runs):
            if stop is not None and number % CHUNK == 0 and stop():
                raise Cancelled("Stopped as you asked; nothing was changed.")
            changes = self._once(rng, days, lives, places)
            for at, line in enumerate(changes):
                for week, change in enumerate(accumulate(line[:-1])):
                    drawn[at][week][number] = change
                    whole[week][number] += change
        return {name: _edges(drawn[at]) for name, at in places.items()}, _edges(whole)

    def _hazards(self, one: _Standing, days: Sequence[date]) -> list[float]:
        chance = self._ends[one.type]
        begun = chance.hazard(one.age)
        return [chance.hazard(one.age + (day - self._today).days) - begun for day in days]

    def _once(
        self,
        rng: Random,
        days: Sequence[date],
        lives: Sequence[tuple[list[float], tuple[tuple[str, int, int, int], ...]]],
        places: Mapping[str, int],
    ) -> list[list[float]]:
        """Draw once; returns each worker's changes from week to week."""
        changes = [[0.0] * (len(days) + 1) for _ in places]
        for hazards, parts in lives:
            ended = bisect_left(hazards, _draw(rng))
            if ended == len(days):
                continue
            for worker, points, first, last in parts:
                if ended < last:
                    changes[places[worker]][max(first, ended)] -= points
                    changes[places[worker]][last] += points
        self._bring(rng, days, changes)
        return changes

    def _bring(self, rng: Random, days: Sequence[date], changes: list[list[float]]) -> None:
        """Let new work come, to the workers by their capacity that week, and end again by its own chance."""
        for born, weeks in enumerate(self._gaps(days)):
            upto = list(accumulate(capacity[born] for capacity in self._capacities.values()))
            for kind in self._new.kinds if upto and upto[-1] else ():
                for _ in range(_poisson(rng, kind.weekly * weeks)):
                    line = changes[bisect_left(upto, rng.random() * upto[-1])]
                    line[born] += kind.points
                    line[self._leaves(rng, kind.type, days, born)] -= kind.points

    def _leaves(self, rng: Random, kind: str, days: Sequence[date], born: int) -> int:
        if kind not in self._ends:
            return len(days)
        wanted, chance = _draw(rng), self._ends[kind]
        if chance.hazard((days[-1] - days[born]).days) < wanted:
            return len(days)
        return next(at for at in range(born, len(days)) if chance.hazard((days[at] - days[born]).days) >= wanted)


def _draw(rng: Random) -> float:
    """Return how much hazard a life meets before it ends (exponential with mean 1)."""
    return -log(1.0 - rng.random())


def _poisson(rng: Random, mean: float) -> int:
    """Return how many come when ``mean`` come on average; a large mean is drawn in parts, which add up."""
    total = 0
    while mean > 0:
        part = min(mean, 10.0)
        mean -= part
        limit, product = exp(-part), rng.random()
        while product > limit:
            total += 1
            product *= rng.random()
    return total


def _edges(weeks: Sequence[Sequence[float]]) -> Bands:
    found = []
    for drawn in weeks:
        ordered = sorted(drawn)
        last = len(ordered) - 1
        found.append((ordered[round(LOW * last)], ordered[round(HIGH * last)]) if ordered else (0.0, 0.0))
    return found


# the trial on the past ---------------------------------------------------------------------------------------------


def back_test(cases: Sequence[CaseLine], past: Mapping[str, Sequence[Week]], today: date) -> list[Check]:
    """Return how far off the forecast would have been 4 and 8 weeks ahead, beside "nothing changes".

    Tried from the Mondays of the last months, each with nothing but what was known on it; where the past is too short
    for that, with none.
    """
    errors: dict[tuple[str, int], list[tuple[float, float]]] = {
        (whose, weeks): [] for weeks in HORIZONS for whose in ("worker", "team")
    }
    first = min((case.opened for case in cases), default=today)
    for day in _origins(past):
        if (day - first).days >= WEEK * TRIES:
            _try(cases, past, day, errors)
    return [
        Check(whose, weeks, _mean(o for o, _ in found), _mean(s for _, s in found), len(found))
        for (whose, weeks), found in errors.items()
    ]


def _origins(past: Mapping[str, Sequence[Week]]) -> list[date]:
    """Return the Mondays from which every horizon ends by the last Monday or today."""
    days = next(([week.day for week in weeks] for weeks in past.values()), [])
    return days[: max(len(days) - max(HORIZONS), 0)][-TRIES:]


def _try(
    cases: Sequence[CaseLine],
    past: Mapping[str, Sequence[Week]],
    day: date,
    errors: dict[tuple[str, int], list[tuple[float, float]]],
) -> None:
    at = next(n for n, week in enumerate(next(iter(past.values()))) if week.day == day)
    known = [_as_known(case, day) for case in cases if case.opened <= day]
    there = {key: weeks for key, weeks in past.items() if weeks[at].capacity}
    model = Model(
        known,
        chances(known, day),
        arrivals(known, day),
        {key: [weeks[at].capacity or 0] * len(HORIZONS) for key, weeks in there.items()},
        day,
    )
    means = model.mean([day + timedelta(weeks=weeks) for weeks in HORIZONS])
    for n, weeks in enumerate(HORIZONS):
        ours = still = 0.0
        for key, found in there.items():
            if not found[at + weeks].capacity:
                continue
            ending, coming = means[key][n]
            off, unmoved = (
                found[at].points - ending + coming - found[at + weeks].points,
                float(found[at].points - found[at + weeks].points),
            )
            errors["worker", weeks].append((abs(off), abs(unmoved)))
            ours, still = ours + off, still + unmoved
        if there:
            errors["team", weeks].append((abs(ours), abs(still)))


def _as_known(case: CaseLine, day: date) -> CaseLine:
    """Return a case as it stood on ``day``: without what came after it."""
    closed = case.closed if case.closed is not None and case.closed <= day else None
    weights = [step for step in case.weights if step[0] <= day] or case.weights[:1]
    holds = [
        hold._replace(ends=hold.ends if hold.ends is not None and hold.ends <= day else None)
        for hold in case.holds
        if hold.starts <= day
    ]
    return CaseLine(case.type, case.opened, closed, weights, holds, case.own)


def _mean(values: Iterable[float]) -> int:
    found = list(values)
    return round(fmean(found)) if found else 0
