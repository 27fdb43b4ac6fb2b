"""What somebody's capacity follows from on any day: team, grade and hours, and what the team agreed on that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from domain.load import capacity
from domain.load.capacity import Contract, Loss
from domain.people.timeline import CONTRACT, Span, Timeline
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs

OF_WORKER, OF_TEAM = ("team", "grade", *CONTRACT), ("scheme", "full_time_points", "full_time_hours")


class Post(NamedTuple):
    """A worker's post as it is on a day; FTE, points and hours in hundredths. ``hours`` stand in place of ``fte``."""

    team: str
    grade: str
    fte: int | None
    hours: int | None
    scheme: str
    full_time_points: int | None
    full_time_hours: int | None

    @property
    def contract(self) -> Contract:
        """What part of full time it is."""
        return Contract.of(self.fte, self.hours, self.full_time_hours or capacity.FULL_TIME_HOURS)


class Stay(NamedTuple):
    """From when to when somebody works here, both days included; None: as far as is known."""

    staff_id: str
    started: date | None
    leaves: date | None

    def covers(self, day: date) -> bool:
        """Whether they work here on a day."""
        return (self.started is None or self.started <= day) and not self.over(day)

    def over(self, day: date) -> bool:
        """Whether they have left by a day."""
        return self.leaves is not None and self.leaves < day


class _Worker(NamedTuple):
    staff_id: str
    team: str
    grade: str
    fte: int | None
    hours: int | None


class _Team(NamedTuple):
    name: str
    scheme: str
    full_time_points: int | None
    full_time_hours: int | None


class _WorkerPeriod(NamedTuple):
    whose: str
    starts: date | None
    ends: date | None
    without: tuple[str, ...]
    team: str | None
    grade: str | None
    fte: int | None
    hours: int | None


class _TeamPeriod(NamedTuple):
    whose: str
    starts: date | None
    ends: date | None
    without: tuple[str, ...]
    scheme: str | None
    full_time_points: int | None
    full_time_hours: int | None


class Posts:
    """The posts of some workers on any day, read once."""

    def __init__(self, conn: Connection, workers: Sequence[str]) -> None:
        people = conn.all(_Worker, _WORKERS, who=workers)
        teams = conn.all(_Team, "SELECT name, scheme, full_time_points, full_time_hours FROM team")
        self._workers = _lines(people, conn.all(_WorkerPeriod, _WORKER_PERIODS, who=workers), OF_WORKER)
        self._teams = _lines(teams, conn.all(_TeamPeriod, _TEAM_PERIODS), OF_TEAM)

    def __contains__(self, worker: str) -> bool:
        return worker in self._workers

    def of(self, worker: str) -> Callable[[date], Post]:
        """Return what gives one worker's post by the day."""
        lines = self._workers[worker]

        def on(day: date) -> Post:
            own = lines(day)
            return Post(*own, *self._teams[own[0]](day))

        return on


_WORKERS = "SELECT staff_id, team, grade, fte, hours FROM worker WHERE staff_id IN :who"
_WORKER_PERIODS = """SELECT worker AS whose, starts, ends, without, team, grade, fte, hours FROM worker_period
WHERE worker IN :who"""
_TEAM_PERIODS = """SELECT team AS whose, starts, ends, without, scheme, full_time_points, full_time_hours
FROM team_period"""
_Line = Callable[[date], tuple[Any, ...]]


def _lines(base: Iterable[Any], periods: Iterable[Any], names: Sequence[str]) -> Mapping[str, _Line]:
    """Return by key what gives the values called ``names`` on a day."""
    spans: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for one in periods:
        for name in names:
            value = getattr(one, name)
            ways = CONTRACT if name in CONTRACT else (name,)
            if name in one.without or any(getattr(one, way) is not None for way in ways):
                spans[one.whose][name].append(Span(one.starts, one.ends, value))
    return {one[0]: _line([getattr(one, name) for name in names], spans.get(one[0]), names) for one in base}


def _line(otherwise: Sequence[Any], spans: Mapping[str, list[Span]] | None, names: Sequence[str]) -> _Line:
    if not spans:
        always = tuple(otherwise)
        return lambda _day: always
    lines = [Timeline(value, tuple(spans.get(name, ()))) for name, value in zip(names, otherwise, strict=True)]
    return lambda day: tuple(line.on(day) for line in lines)


# what follows from a post ----------------------------------------------------------------------------------------


class Reduced(Protocol):
    """A reduction as a query reads it."""

    @property
    def percent(self) -> int | None:
        """The share of the contract, where it was given so."""

    @property
    def hours(self) -> int | None:
        """Hundredths of an hour a week, where it was given so."""

    @property
    def reason(self) -> str:
        """Why, in the team's words."""

    @property
    def kind(self) -> str:
        """The reason that packs know."""


def loss(packs: Packs, one: Reduced) -> Loss:
    """Return a reduction as it counts: whether it takes capacity away, marks an absence, or is a step of a ramp."""
    said = packs.get("reduction_reason", one.kind)
    marks = (said.get("counts", True), said.get("away", False), said.get("ramp", False))
    return Loss(one.percent, one.reason, one.kind, *marks, one.hours)


def contract_hours(conn: Connection, workers: Sequence[str]) -> Callable[[str, date], int]:
    """Return what gives the contract of one of the workers on a day, in hundredths of an hour a week."""
    posts = Posts(conn, workers)
    return lambda worker, day: posts.of(worker)(day).contract.hours


def contract_on(conn: Connection, worker: str, day: date) -> Contract:
    """Return a worker's contract on a day as an exact part of full time, whether it is recorded as FTE or in hours.

    Of a worker there is not it is full time: whoever records something of them is refused for that.
    """
    posts = Posts(conn, [worker])
    return posts.of(worker)(day).contract if worker in posts else Contract.of(capacity.WHOLE)


def capacity_of(packs: Packs, post: Post, losses: Sequence[Loss]) -> capacity.Capacity:
    """Return what somebody in a post can carry, with its lines; the team's own full-time load comes before a scheme's.

    Points and hours in hundredths.
    """
    scheme = packs.get("scheme", post.scheme)
    own = post.full_time_points
    whole = own if own is not None else scheme.get("full_time_points")
    return capacity.capacity(whole, post.contract, grade_percent(packs, post.grade, scheme), losses)


NOT_HERE = capacity.Capacity(0, 0, (capacity.CapacityLine("Does not work here on that day", 0),), 0, 0, away=True)


def grade_percent(packs: Packs, grade: str, scheme: Mapping[str, Any]) -> int:
    """Return what a grade carries of a full-time load: the scheme's figure before the grade's own."""
    own = packs.get("grade", grade).get("capacity_percent", 100)
    return int(scheme.get("grade_percent", {}).get(grade, own))


def stable_points(packs: Packs, post: Post) -> int:
    """Return the load of every post beside cases, in proportion to its hours; none for a grade that holds no cases."""
    scheme = packs.get("scheme", post.scheme)
    if not grade_percent(packs, post.grade, scheme):
        return 0
    return post.contract.share(scheme.get("stable_points", 0))


def bands(scheme: Mapping[str, Any]) -> capacity.Bands:
    """Return a scheme's bands, as the packs in force give them."""
    edges = scheme.get("band_edges")
    return [(upto, key) for upto, key in edges] if edges else capacity.DEFAULT_BANDS


def team_scheme(conn: Connection, packs: Packs, team: str, day: date) -> dict[str, Any]:
    """Return what the packs in force say of the scheme that a team weighs by on a day."""
    return packs.get("scheme", conn.value("SELECT scheme FROM team_on(:day) t WHERE name = :team", team=team, day=day))


# who -----------------------------------------------------------------------------------------------------------------

_ALL = "SELECT staff_id FROM worker WHERE (:worker IS NULL OR staff_id = :worker)"
_OF_TEAM = "SELECT staff_id FROM worker_on(:day) w WHERE team = :team AND (:worker IS NULL OR staff_id = :worker)"
_MEMBERS = """
SELECT staff_id FROM worker WHERE team = :team
UNION SELECT worker FROM worker_period
  WHERE team = :team AND (starts IS NULL OR starts <= :last) AND (ends IS NULL OR ends >= :first)
"""


def staff_ids(conn: Connection, team: str | None, day: date, worker: str | None = None) -> list[str]:
    """Return the staff ids of a team on a day (None: of everybody), or the one of ``worker`` where it is in it."""
    if team is None:
        return conn.values(_ALL, worker=worker)
    return conn.values(_OF_TEAM, team=team, day=day, worker=worker)


def joining(
    conn: Connection, workers: Sequence[str], teams: Collection[str], today: date, day: date
) -> dict[str, date]:
    """Return from when those of the workers are in one of the teams who are on a day to come, and are not today."""
    posts, found = Posts(conn, workers), {}
    for worker in workers:
        post = posts.of(worker)
        if post(today).team not in teams:
            days = [day - timedelta(days=n) for n in range((day - today).days + 1)]
            last = next(on for on in days if post(on).team not in teams)
            found[worker] = last + timedelta(days=1)
    return found


def members(conn: Connection, team: str, first: date, last: date) -> list[str]:
    """Return the staff ids of all who may have been in a team at some time between two days."""
    return conn.values(_MEMBERS, team=team, first=first, last=last)
