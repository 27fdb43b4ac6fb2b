"""How a load came to differ: new, taken over, closed, passed on, weighed again, other work; nothing is left over.

Also how many cases everyone carries beside how much they weigh. The figures of the pictures and of their commands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from domain.load import capacity
from storage.database.connection import Connection
from storage.load.day_loads import DayLoad, Steps, Tenure, held, weight_on
from storage.load.history.load_history import weeks_on
from storage.load.posts import staff_ids, team_scheme
from storage.load.worker_load import WorkerLine
from storage.people.staff import names
from storage.rules.kept_packs import Packs

MONTH = timedelta(weeks=4)
PARTS = ("new", "taken_over", "closed", "passed_on", "reweighted", "other")
PART_TITLES = {
    "new": "New cases",
    "taken_over": "Taken over",
    "closed": "Closed",
    "passed_on": "Passed on",
    "reweighted": "Weighed again",
    "other": "Other work",
}


class LoadChange(NamedTuple):
    """A worker's load then and now, and what it changed by, in hundredths of a point; ``worker`` "" is the team.

    ``before`` and the parts add up to ``after``. ``reweighted`` is what cases held both times weigh more or less,
    ``other`` what is not cases: extra responsibilities, the stable part of a post.
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
    weeks = weeks_on(conn, team, today, [then, today])
    everybody = names(conn)
    parts = _Parts(conn, team, then, today)
    changes = [_change(key, everybody[key], then, pair, parts.of(key)) for key, pair in weeks.items()]
    changes = [one for one in changes if one.before or one.after or one.capacity_before or one.capacity_after]
    return [*changes, _together(changes, then)] if changes else []


def _change(worker: str, name: str, since: date, weeks: Sequence[DayLoad], parts: Mapping[str, int]) -> LoadChange:
    before, after = weeks
    told = {part: parts.get(part, 0) for part in PARTS}
    told["other"] = after.points - before.points - sum(told.values())
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

    def __init__(self, conn: Connection, team: str, then: date, today: date) -> None:
        spans, self._steps = held(conn, staff_ids(conn, team, today), [then, today], today)
        self._then, self._now = then.isoformat(), today.isoformat()
        self._shares = team_scheme(conn, Packs(conn), team, today).get("shares", {})
        self._held = (self._by_worker(spans, self._then), self._by_worker(spans, self._now))
        self._with_somebody = tuple({case for cases in found.values() for case in cases} for found in self._held)
        self._closed = {span.case for span in spans if span.closes and (span.ends or "") <= self._now}

    def _by_worker(self, spans: Sequence[Tenure], day: str) -> dict[str, dict[str, int]]:
        """Return the percentage of each case that each worker carries on a day."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for span in spans:
            if span.starts <= day and (span.ends is None or day < span.ends):
                found[span.worker][span.case] += self._shares.get(span.role, 100)
        return found

    def of(self, worker: str) -> dict[str, int]:
        """Return the changes of one worker by name."""
        then, now = (held.get(worker, {}) for held in self._held)
        found: dict[str, int] = defaultdict(int)
        for case in then.keys() | now.keys():
            weights = _weight(self._steps, case, self._then), _weight(self._steps, case, self._now)
            before = capacity.share(weights[0], then.get(case, 0))
            after = capacity.share(weights[1], now.get(case, 0))
            if case not in then and case not in self._with_somebody[0]:
                found["new"] += after
            elif case not in then:
                taken = capacity.share(weights[0], now[case])
                found["taken_over"] += taken
                found["reweighted"] += after - taken
            elif case not in now:
                found["closed" if case in self._closed else "passed_on"] -= before
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
