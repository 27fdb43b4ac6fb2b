"""A situation that a team plans for: who leaves, is away, joins or merges, which cases come, and what must hold.

A scenario is a wish, never a record: nothing in it changes until the plan made from it is applied. What contradicts
itself or names something unknown is refused and named; nothing is silently left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.core.dates import LATEST, show_day
from domain.core.enums import Pathway
from domain.core.errors import BadInput, NotFound
from domain.core.fields import Code, Day, Fte, Line, Reference, TeamName
from domain.core.hundredths import LARGEST

MOST_TARGET = 300
MANY = 500


class Part(BaseModel):
    """A part of a scenario: frozen, and with no field nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Way(StrEnum):
    """What becomes of the cases of somebody away: they return with the worker, or go for good."""

    COVER = "cover"
    TRANSFER = "transfer"


class Leaver(Part):
    """A worker who is gone from that day on."""

    worker: Reference
    on: Day


class Absence(Part):
    """A worker away from ``starts`` up to and including ``ends``; open-ended without it."""

    worker: Reference
    starts: Day
    ends: Day | None = None
    way: Way = Way.COVER

    @property
    def back(self) -> date | None:
        """The day on which the worker has the cases again; None where they go for good, or nobody knows."""
        return None if self.ends in (None, LATEST) or self.way is Way.TRANSFER else self.ends + timedelta(days=1)

    @model_validator(mode="after")
    def _in_order(self) -> Absence:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends: an absence cannot end before it starts")
        return self


class Starter(Part):
    """Somebody who joins: ``fte`` in hundredths, ``ramp`` the reason for a rising load that the packs know."""

    id: Reference
    grade: Code
    on: Day
    fte: Fte = 100
    ramp: Code | None = None


class Arrival(Part):
    """A case to come: its points in hundredths, or the answers they follow from, and what it asks of a worker."""

    id: Reference
    pathway: Pathway
    points: int | None = Field(default=None, ge=0, le=LARGEST)
    answers: dict[str, str] = Field(default_factory=dict)
    must_have: tuple[Line, ...] = ()
    area: Line = ""
    siblings: Line = ""


class Pair(Part):
    """A case and a worker: to be held together, or never."""

    case: Reference
    worker: Reference


class Scenario(Part):
    """Everything a plan is made for. ``target`` is the highest utilisation wanted, in percent.

    ``on`` is the day the plan is drawn up for; ``most_moves`` how many children or adults may change worker besides
    those who must; ``even``: share out more evenly though nobody is over the line. ``incoming`` and ``outgoing`` are
    cases that another team hands over, or takes.
    """

    team: TeamName
    on: Day | None = None
    target: int | None = Field(default=None, ge=1, le=MOST_TARGET)
    most_moves: int | None = Field(default=None, ge=0, le=MANY)
    even: bool = False
    leavers: tuple[Leaver, ...] = ()
    absences: tuple[Absence, ...] = ()
    starters: tuple[Starter, ...] = ()
    merges: tuple[TeamName, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    incoming: tuple[Reference, ...] = ()
    outgoing: tuple[Reference, ...] = ()
    pins: tuple[Pair, ...] = ()
    forbids: tuple[Pair, ...] = ()

    @property
    def days(self) -> list[date]:
        """The days on which something of it begins."""
        return [
            *(one.on for one in self.leavers),
            *(one.starts for one in self.absences),
            *(one.on for one in self.starters),
        ]

    @property
    def teams(self) -> tuple[str, ...]:
        """The team, and those that merge into it."""
        return (self.team, *self.merges)

    @property
    def changes_who_is_there(self) -> bool:
        """Whether it says more than how evenly the load should lie."""
        return bool(self.days or self.merges or self.arrivals or self.incoming)

    def day(self, today: date) -> date:
        """The day it is drawn up for: as given, or when the last change has begun and who is covered for is back."""
        return self.on or max([today, *self.days, *(one.back for one in self.absences if one.back)])

    def absence(self, worker: str) -> Absence | None:
        """The absence of ``worker``, if the scenario has one."""
        return next((one for one in self.absences if one.worker == worker), None)

    def gone(self, worker: str, today: date) -> date | None:
        """The day from which ``worker`` is not there on the day the plan is drawn up for; None where they are."""
        days = [one.on for one in self.leavers if one.worker == worker]
        day = self.day(today)
        days += [one.starts for one in self.absences if one.worker == worker and not (one.back and one.back <= day)]
        return min(days, default=None)

    def away(self, worker: str, day: date) -> bool:
        """Whether ``worker`` is away for a time on a day, and the cases come back."""
        absence = self.absence(worker)
        return absence is not None and absence.back is not None and absence.starts <= day < absence.back


class Known(NamedTuple):
    """What there is to plan with: every team, worker and open case by its key, and what packs say."""

    teams: Collection[str]
    workers: Collection[str]
    cases: Collection[str]
    grades: Collection[str]
    ramps: Collection[str]


def check(scenario: Scenario, known: Known, today: date) -> None:
    """Raise BadInput, naming the field and the thing, when the scenario cannot be meant."""
    _not_past(scenario, today)
    _there(scenario, known)
    _once(scenario, known)
    _agreeing(scenario, today)


def _not_past(scenario: Scenario, today: date) -> None:
    begun = [("leavers", f"{one.worker} leaving", one.on) for one in scenario.leavers]
    begun += [
        ("absences", f"The absence of {one.worker}", one.ends or max(one.starts, today)) for one in scenario.absences
    ]
    begun += [("starters", f"{one.id} starting", one.on) for one in scenario.starters]
    begun += [("on", "The plan", scenario.on)] if scenario.on else []
    for field, what, day in begun:
        if day < today:
            raise BadInput(
                f"{what} lies in the past: {show_day(day)} (today is {show_day(today)}).",
                field=field,
                hint="A plan looks ahead; what has happened is recorded.",
            )
    if scenario.on and (late := [day for day in scenario.days if day > scenario.on]):
        raise BadInput(
            f"The plan is for {show_day(scenario.on)}, but part of it begins on {show_day(max(late))} only.",
            field="on",
            hint="Plan for a day on which everything has begun.",
        )


def _there(scenario: Scenario, known: Known) -> None:
    _each("team", "teams", scenario.teams, known.teams, "team")
    _each("leavers", "workers", (one.worker for one in scenario.leavers), known.workers, "worker")
    _each("absences", "workers", (one.worker for one in scenario.absences), known.workers, "worker")
    _each("starters", "grades", (one.grade for one in scenario.starters), known.grades, "grade")
    _each("starters", "ramps", (one.ramp for one in scenario.starters if one.ramp), known.ramps, "ramp")
    cases = {*known.cases, *(one.id for one in scenario.arrivals)}
    workers = {*known.workers, *(one.id for one in scenario.starters)}
    _each("incoming", "cases", scenario.incoming, known.cases, "open case")
    _each("outgoing", "cases", scenario.outgoing, known.cases, "open case")
    for field, pairs in (("pins", scenario.pins), ("forbids", scenario.forbids)):
        _each(field, "cases", (pair.case for pair in pairs), cases, "open case")
        _each(field, "workers", (pair.worker for pair in pairs), workers, "worker")


def _each(field: str, plural: str, names: Iterable[str], known: Collection[str], what: str) -> None:
    for name in names:
        if name not in known:
            listed = {"team", "worker", "grade"} & {what}
            hint = f"See: almoner list {what}" if listed else f"Known {plural}: " + ", ".join(sorted(known)[:12]) + "."
            raise NotFound(f"There is no {what} {name!r}.", field=field, hint=hint if what != "open case" else "")


def _once(scenario: Scenario, known: Known) -> None:
    gone = [*(one.worker for one in scenario.leavers), *(one.worker for one in scenario.absences)]
    _no_twice("absences" if scenario.absences else "leavers", gone, "goes twice: a worker leaves, or is away, once")
    _no_twice("starters", [one.id for one in scenario.starters], "starts twice")
    _no_twice("arrivals", [one.id for one in scenario.arrivals], "arrives twice")
    _no_twice("merges", scenario.teams, "cannot merge into itself, or twice")
    _no_twice("incoming", [*scenario.incoming, *scenario.outgoing], "is handed over twice")
    for starter in scenario.starters:
        if starter.id in known.workers:
            raise BadInput(f"There is a worker {starter.id!r} already: a starter is somebody new.", field="starters")
    for arrival in scenario.arrivals:
        if arrival.id in known.cases:
            raise BadInput(f"There is a case {arrival.id!r} already: a new case is one to come.", field="arrivals")


def _no_twice(field: str, names: Collection[str], said: str) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise BadInput(f"{name} {said}.", field=field)


def _agreeing(scenario: Scenario, today: date) -> None:
    """Refuse pins that contradict each other, or what else the scenario says."""
    pinned: dict[str, str] = {}
    for pair in scenario.pins:
        if pinned.setdefault(pair.case, pair.worker) != pair.worker:
            raise BadInput(
                f"{pair.case} is pinned to both {pinned[pair.case]} and {pair.worker}.",
                field="pins",
                hint="Take one of the two away.",
            )
        if pair in scenario.forbids:
            raise BadInput(f"{pair.case} is both pinned to {pair.worker} and forbidden to them.", field="pins")
        if scenario.gone(pair.worker, today):
            raise BadInput(f"{pair.case} is pinned to {pair.worker}, who is gone by then.", field="pins")
        if pair.case in scenario.outgoing:
            raise BadInput(f"{pair.case} is pinned to {pair.worker}, but another team takes it.", field="pins")


def pairs(given: Iterable[tuple[str, str]]) -> tuple[Pair, ...]:
    """Return ``(case, worker)`` pairs, each once."""
    return tuple(dict.fromkeys(Pair(case=case, worker=worker) for case, worker in given))
