"""How a load came to differ: new, taken over, closed, passed on, weighed again, other work; nothing is left over.

Also how many cases everyone carries beside how much they weigh. The figures of the pictures and of their commands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from domain.load import capacity
from storage.database.connection import Connection
from storage.load.day_loads import DayLoad, Steps, day_loads, held, weight_on
from storage.load.history.load_weeks import in_team
from storage.load.posts import Posts, members, team_scheme
from storage.load.worker_load import WorkerLine
from storage.people.staff import names
from storage.rules.kept_packs import Packs

MONTH, DAY = timedelta(weeks=4), timedelta(days=1)
PARTS = ("new", "taken_over", "closed", "passed_on", "reweighted", "other", "moved")
PART_TITLES = {
    "new": "New cases",
    "taken_over": "Taken over",
    "closed": "Closed",
    "passed_on": "Passed on",
    "reweighted": "Weighed again",
    "other": "Other work",
    "moved": "Joined or left",
}


class LoadChange(NamedTuple):
    """A worker's load then and now, and what it changed by, in hundredths of a point; ``worker`` "" is the team.

    ``before`` and the parts add up to ``after``. ``reweighted`` is what cases held both times weigh more or less,
    ``other`` what is not cases: extra responsibilities, the stable part of a post. ``moved`` is what somebody brought
    with them who joined the team meanwhile, or took away who went to another: then it counts nothing of theirs.
    """

    worker: str
    name: str
    since: date
    before: int
    new: int
    taken_over: int
    closed: int
    passed_on: int
    reweighted: int
    other: int
    moved: int
    after: int
    capacity_before: int | None
    capacity_after: int | None
    utilisation_before: int | None
    utilisation_after: int | None

    @property
    def parts(self) -> list[tuple[str, int]]:
        """The changes by name, in the order in which they are told."""
        return [(part, getattr(self, part)) for part in PARTS]


def load_changes(conn: Connection, team: str, today: date, since: date | None = None) -> list[LoadChange]:
    """Return how each worker's load changed since a day (left out: four weeks ago), and the team's as the last line."""
    then = since or today - MONTH
    who = members(conn, team, then, today)
    everybody, spans = names(conn), _spans(conn, who, team, then, today)
    parts = _Parts(conn, team, who, then, today)
    days_read = sorted({then, today, *(day for span in spans.values() for day in span)})
    loads = day_loads(conn, list(spans), days_read, today)
    changes = []
    for key, days in loads.items():
        on = {load.day: load for load in days}
        first, last = spans[key]
        there = _There(in_team(on[then], team), on[first], on[last], in_team(on[today], team))
        changes.append(_change(key, everybody[key], then, there, parts.of(key, first, last)))
    changes = [one for one in changes if one.before or one.after or one.capacity_before or one.capacity_after]
    return [*changes, _together(changes, then)] if changes else []


class _There(NamedTuple):
    """What somebody carried for the team then and now, and in all on the first and last day that they were in it."""

    before: DayLoad
    first: DayLoad
    last: DayLoad
    after: DayLoad


def _spans(
    conn: Connection, workers: Sequence[str], team: str, then: date, today: date
) -> dict[str, tuple[date, date]]:
    """Return, by staff id, from when to when those were in the team who were in it then or are now."""
    posts, found = Posts(conn, workers), {}
    for worker in workers:
        post = posts.of(worker)
        was, is_now = (post(day).team == team for day in (then, today))
        if not (was or is_now):
            continue
        days = [then + timedelta(days=n) for n in range((today - then).days + 1)] if was != is_now else []
        first = then if was else next(day for day, before in _back(days) if post(before).team != team)
        last = today if is_now else next(day for day in days if post(day + DAY).team != team)
        found[worker] = (first, last)
    return found


def _back(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield each day with the one before it, the last first."""
    return ((day, day - DAY) for day in reversed(days))


def _change(worker: str, name: str, since: date, there: _There, parts: Mapping[str, int]) -> LoadChange:
    before, after = there.before, there.after
    told = {part: parts.get(part, 0) for part in PARTS}
    told["other"] = there.last.points - there.first.points - sum(told.values())
    told["moved"] = (there.first.points - before.points) + (after.points - there.last.points)
    return LoadChange(
        worker=worker, name=name, since=since, before=before.points, **told, after=after.points,
        capacity_before=before.capacity, capacity_after=after.capacity,
        utilisation_before=before.utilisation, utilisation_after=after.utilisation,
    )  # fmt: skip


def _together(changes: Sequence[LoadChange], since: date) -> LoadChange:
    def added(field: str) -> int:
        return sum(getattr(one, field) or 0 for one in changes)

    then, now = added("capacity_before"), added("capacity_after")
    return LoadChange(
        worker="", name="Team", since=since, **{field: added(field) for field in ("before", *PARTS, "after")},
        capacity_before=then, capacity_after=now,
        utilisation_before=capacity.utilisation(added("before"), then),
        utilisation_after=capacity.utilisation(added("after"), now),
    )  # fmt: skip


class _Parts:
    """The changes case by case. What a case weighed then counts it in or out; the rest is weighed again."""

    def __init__(self, conn: Connection, team: str, workers: Sequence[str], then: date, today: date) -> None:
        self._spans, self._steps = held(conn, workers, [then, today], today)
        self._shares = team_scheme(conn, Packs(conn), team, today).get("shares", {})
        self._held: dict[str, dict[str, dict[str, int]]] = {}

    def _by_worker(self, day: str) -> dict[str, dict[str, int]]:
        """Return the percentage of each case that each worker carries on a day."""
        if day not in self._held:
            self._held[day] = self._read(day)
        return self._held[day]

    def _read(self, day: str) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for span in self._spans:
            if span.starts <= day and (span.ends is None or day < span.ends):
                found[span.worker][span.case] += self._shares.get(span.role, 100)
        return found

    def of(self, worker: str, first: date, last: date) -> dict[str, int]:
        """Return the changes of one worker by name, from one day to another."""
        days = first.isoformat(), last.isoformat()
        then, now = (self._by_worker(day).get(worker, {}) for day in days)
        with_somebody = {case for cases in self._by_worker(days[0]).values() for case in cases}
        closed = {span.case for span in self._spans if span.closes and (span.ends or "") <= days[1]}
        found: dict[str, int] = defaultdict(int)
        for case in then.keys() | now.keys():
            weights = _weight(self._steps, case, days[0]), _weight(self._steps, case, days[1])
            before = capacity.share(weights[0], then.get(case, 0))
            after = capacity.share(weights[1], now.get(case, 0))
            if case not in then and case not in with_somebody:
                found["new"] += after
            elif case not in then:
                taken = capacity.share(weights[0], now[case])
                found["taken_over"] += taken
                found["reweighted"] += after - taken
            elif case not in now:
                found["closed" if case in closed else "passed_on"] -= before
            else:
                found["reweighted"] += after - before
        return found


def _weight(steps: Steps, case: str, day: str) -> int:
    return weight_on(steps.get(case, [("", 0)]), day)


# count beside weight ---------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """How many cases a worker holds and what they weigh, beside the median of the team; points in hundredths.

    ``shape`` is "few and heavy", "many and light" or "". Both are by our own measure: more cases for the hours worked
    than the median and less weight a case, or the other way round, each by a tenth at least.
    """

    worker: str
    name: str
    cases: int
    points: int
    mean: int
    utilisation: int | None
    band: str
    shape: str


FEW_HEAVY, MANY_LIGHT = "few and heavy", "many and light"
_MARGIN = 0.1


def spread(board: Sequence[WorkerLine]) -> list[Spread]:
    """Return count beside weight for everyone on the board who holds a case."""
    holding = [line for line in board if line.cases and line.staff_id]
    if not holding:
        return []
    usual_count = median(_per_fte(line) for line in holding)
    usual_mean = median(line.case_points / line.cases for line in holding)
    return [
        Spread(
            worker=line.staff_id,
            name=line.name,
            cases=line.cases,
            points=line.case_points,
            mean=round(line.case_points / line.cases),
            utilisation=line.utilisation,
            band=line.band,
            shape=_shape(_per_fte(line) / usual_count, line.case_points / line.cases / (usual_mean or 1)),
        )
        for line in holding
    ]


def _per_fte(line: WorkerLine) -> float:
    return line.cases * 100 / (line.fte or 100)


def _shape(count: float, weight: float) -> str:
    if count <= 1 - _MARGIN and weight >= 1 + _MARGIN:
        return FEW_HEAVY
    if count >= 1 + _MARGIN and weight <= 1 - _MARGIN:
        return MANY_LIGHT
    return ""
