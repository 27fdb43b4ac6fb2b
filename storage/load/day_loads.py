"""What workers carry, and can carry, on any days: the one computation behind board, weeks, allocation, plan, forecast.

Everything is read from dated records in one pass over narrow rows: allocations, weighings, reductions, other work, and
what holds of the post on each day. A case weighs what its newest weighing by that day gave; before its first weighing
what the first gave; from today on what it weighs today. It has been dormant since its last event says so; nothing that
is active now is taken as going to be dormant.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from domain.load import capacity
from domain.load.capacity import Loss
from storage.database.connection import Connection
from storage.load.posts import NOT_HERE, Post, Posts, Stay, bands, capacity_of, loss, stable_points
from storage.rules.kept_packs import Packs

WEEK = timedelta(days=7)
WORKING_DAYS = timedelta(days=4)  # from Monday to Friday
COUNTED = "allocated_worker"
WHOLE = 100
DUTY = frozenset(("duty", "court_duty"))


class DayLoad(NamedTuple):
    """A worker on one day: hundredths of a point and of an hour, tenths of a percent; None where no load is set.

    ``points`` is the whole load: the ``stable`` part of the post, the cases, and ``extra`` responsibilities.
    ``here``: they work here that day; who does not can carry nothing. ``left``: they worked here, and no longer do.
    ``off``: nobody is there that day.
    ``away``: not there on some day of that week (leave, illness, not begun, gone), or on duty.
    """

    day: date
    team: str
    cases: int
    points: int
    capacity: int | None
    utilisation: int | None
    band: str
    away: bool
    here: bool
    off: bool
    stable: int
    extra: int
    contract_hours: int
    today_hours: int
    left: bool = False


class Tenure(NamedTuple):
    """An allocation from a day up to, not including, another; days as kept, None: still standing.

    ``closes``: it ends because the case closed.
    """

    worker: str
    role: str
    case: str
    starts: str
    ends: str | None
    closes: bool = False


class DatedLoss(NamedTuple):
    """A reduction, or an extra responsibility in points, with both ends included."""

    what: Loss | int
    starts: date
    ends: date | None

    def touches(self, first: date, last: date) -> bool:
        """Whether it counts on any day from ``first`` to ``last``."""
        return self.starts <= last and (self.ends is None or self.ends >= first)

    @property
    def marks(self) -> bool:
        """Whether it marks its weeks: somebody off, or a week of duty."""
        if not isinstance(self.what, Loss):
            return False
        week_of_duty = self.what.kind in DUTY and self.ends is not None and self.ends - self.starts < WEEK
        return self.what.away or self.what.whole or week_of_duty


Steps = Mapping[str, Sequence[tuple[str, int]]]
Roles = dict[str, tuple[list[int], list[int]]]
Loads = dict[tuple[str, str], tuple[list[int], list[int]]]


def loads_on(days: Sequence[str], spans: Iterable[Tenure], steps: Steps) -> Loads:
    """Return (cases, points) on each of ``days`` (in order), by worker and role.

    ``steps`` gives each case's points as (from that day on, points), in order; the first also counts before its day.
    """
    changes: Loads = defaultdict(lambda: ([0] * (len(days) + 1), [0] * (len(days) + 1)))
    for span in spans:
        first = bisect_left(days, span.starts)
        last = len(days) if span.ends is None else bisect_left(days, span.ends)
        if first < last:
            cases, points = changes[span.worker, span.role]
            cases[first] += 1
            cases[last] -= 1
            _add(points, days, first, last, steps.get(span.case, ()))
    return {key: (_summed(cases), _summed(points)) for key, (cases, points) in changes.items()}


def _add(points: list[int], days: Sequence[str], first: int, last: int, steps: Sequence[tuple[str, int]]) -> None:
    """Add what a case weighs to the days from ``first`` up to ``last``, as the change from the day before."""
    at = max(bisect_right(steps, days[first], key=lambda step: step[0]) - 1, 0)
    weight, place = 0, first
    for following in range(at, len(steps)):
        if following > at:
            place = bisect_left(days, steps[following][0])
        if place >= last:
            break
        points[place] += steps[following][1] - weight
        weight = steps[following][1]
    points[last] -= weight


def weight_on(steps: Sequence[tuple[str, int]], day: str) -> int:
    """Return what a case weighs on a day, by its steps; before the first of them what the first gives."""
    return next((points for on, points in reversed(steps) if on <= day), steps[0][1])


def _summed(changes: list[int]) -> list[int]:
    return list(accumulate(changes))[:-1]


# reading ---------------------------------------------------------------------------------------------------------


class _Holding(NamedTuple):
    """An allocation with its case; days as kept."""

    worker: str
    role: str
    case: str
    starts: str
    ends: str | None
    closed: str | None
    points: int
    dormant_from: str | None
    dormant_points: int


class _Weighing(NamedTuple):
    case: str
    on: str
    points: int


class _Reduction(NamedTuple):
    worker: str
    starts: date
    ends: date | None
    percent: int | None
    hours: int | None
    reason: str
    kind: str


class _Extra(NamedTuple):
    worker: str
    starts: date
    ends: date | None
    points: int


_HELD = """
FROM allocation a JOIN cases c ON c.reference = a."case" JOIN case_points p ON p."case" = a."case"
WHERE a.worker IN :workers AND a.starts <= :last AND (a.ends IS NULL OR a.ends > :first)
  AND (c.closed IS NULL OR c.closed > :first)
"""
_HOLDINGS = f"""
SELECT a.worker, a.role, a."case", a.starts, a.ends, c.closed, p.points, p.dormant_from, p.dormant_points {_HELD}
"""
_WEIGHINGS = f"""
SELECT g."case", g."on", g.points FROM weighting g JOIN case_points s ON s."case" = g."case" AND s.scheme = g.scheme
WHERE g."case" IN (SELECT a."case" {_HELD}) AND g."on" < :today ORDER BY g."on", g.id
"""  # noqa: S608
_STAYS = """
SELECT w.staff_id, w.started, w.leaves FROM worker w WHERE w.staff_id IN :workers ORDER BY w.sort_key
"""
_REDUCTIONS = """
SELECT worker, starts, ends, percent, hours, reason, kind FROM reduction
WHERE worker IN :workers AND starts <= :last AND (ends IS NULL OR ends >= :first) ORDER BY starts, id
"""
_EXTRAS = """
SELECT worker, starts, ends, points FROM extra
WHERE worker IN :workers AND starts <= :last AND (ends IS NULL OR ends >= :first)
"""


def day_loads(
    conn: Connection, workers: Sequence[str], days: Sequence[date], today: date, packs: Packs | None = None
) -> dict[str, list[DayLoad]]:
    """Return what each worker carries and can carry on any days, given in order; by staff id, in order of name."""
    if not days:
        return {}
    packs = packs or Packs(conn)
    spans, steps = held(conn, workers, days, today)
    by_worker: dict[str, Roles] = defaultdict(dict)
    for (staff_id, role), found in loads_on([one.isoformat() for one in days], spans, steps).items():
        by_worker[staff_id][role] = found
    dated, posts = dated_of(conn, packs, workers, days), Posts(conn, workers)
    return {
        stay.staff_id: _Days(packs, stay, posts, by_worker.get(stay.staff_id, {}), dated.get(stay.staff_id, ())).on(
            days
        )
        for stay in conn.all(Stay, _STAYS, workers=workers)
    }


def held(conn: Connection, workers: Sequence[str], days: Sequence[date], today: date) -> tuple[list[Tenure], Steps]:
    """Return who held what, and what each case weighed from when; from the day it closes a case counts to nobody."""
    text, spans = today.isoformat(), []
    given = {"workers": workers, "first": days[0], "last": days[-1], "today": today}
    now: dict[str, tuple[str, int]] = {}
    for one in conn.each(_Holding, _HOLDINGS, **given):
        gone = one.closed
        closes = gone is not None and (one.ends is None or gone <= one.ends)
        spans.append(Tenure(one.worker, one.role, one.case, one.starts, gone if closes else one.ends, closes))
        dormant = one.dormant_from is not None and one.dormant_from <= text
        now[one.case] = (one.dormant_from or text, one.dormant_points) if dormant else (text, one.points)
    steps: dict[str, list[tuple[str, int]]] = defaultdict(list)
    if days[0] < today:
        for weighing in conn.each(_Weighing, _WEIGHINGS, **given):
            if weighing.on < now[weighing.case][0]:
                steps[weighing.case].append((weighing.on, weighing.points))
    for case, newest in now.items():
        steps[case].append(newest)
    return spans, steps


def dated_of(
    conn: Connection, packs: Packs, workers: Sequence[str], days: Sequence[date]
) -> dict[str, list[DatedLoss]]:
    """Return each worker's reductions and other work that count in the weeks of those days."""
    given = {"workers": workers, "first": days[0] - WEEK, "last": days[-1] + WEEK}
    found: dict[str, list[DatedLoss]] = defaultdict(list)
    for one in conn.all(_Reduction, _REDUCTIONS, **given):
        found[one.worker].append(DatedLoss(loss(packs, one), one.starts, one.ends))
    for extra in conn.each(_Extra, _EXTRAS, **given):
        found[extra.worker].append(DatedLoss(extra.points, extra.starts, extra.ends))
    return found


def losses_on(dated: Iterable[DatedLoss], day: date) -> tuple[Loss, ...]:
    """Return the reductions that count on a day."""
    return tuple(one.what for one in dated if isinstance(one.what, Loss) and one.touches(day, day))


class _Days:
    """One worker's days being put together from what they held and when they were there."""

    def __init__(self, packs: Packs, stay: Stay, posts: Posts, loads: Roles, dated: Sequence[DatedLoss]) -> None:
        self._packs, self._stay, self._loads, self._dated = packs, stay, loads, dated
        self._post = posts.of(stay.staff_id)
        self._known: dict[tuple[Post, tuple[Loss, ...]], capacity.Capacity] = {}

    def on(self, days: Sequence[date]) -> list[DayLoad]:
        """Return each of ``days``."""
        cases = self._loads.get(COUNTED, ([0] * len(days), []))[0]
        return [self._day(on, at, cases[at]) for at, on in enumerate(days)]

    def _day(self, on: date, at: int, cases: int) -> DayLoad:
        here, post = self._stay.covers(on), self._post(on)
        scheme, can = self._packs.get("scheme", post.scheme), self._capacity(post, on) if here else NOT_HERE
        stable, extra = (stable_points(self._packs, post), self._extra(on)) if here else (0, 0)
        points = self._cases(at, scheme.get("shares", {})) + stable + extra
        used = capacity.utilisation(points, can.today)
        return DayLoad(
            day=on,
            team=post.team,
            cases=cases,
            points=points,
            capacity=can.today,
            utilisation=used,
            band=capacity.band(used, bands(scheme)),
            away=not here or self._off_in_week(on),
            here=here,
            off=can.away,
            stable=stable,
            extra=extra,
            contract_hours=can.contract_hours,
            today_hours=can.today_hours,
            left=not here and self._stay.over(on),
        )

    def _cases(self, at: int, shares: Mapping[str, int]) -> int:
        return sum(capacity.share(points[at], shares.get(role, WHOLE)) for role, (_, points) in self._loads.items())

    def _extra(self, on: date) -> int:
        return sum(one.what for one in self._dated if isinstance(one.what, int) and one.touches(on, on))

    def _capacity(self, post: Post, on: date) -> capacity.Capacity:
        losses = losses_on(self._dated, on)
        if (post, losses) not in self._known:  # most days are like the one before
            self._known[post, losses] = capacity_of(self._packs, post, losses)
        return self._known[post, losses]

    def _off_in_week(self, on: date) -> bool:
        monday = on - timedelta(days=on.weekday())
        return any(one.marks and one.touches(monday, monday + WORKING_DAYS) for one in self._dated)
