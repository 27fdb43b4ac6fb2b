"""Worked examples of rules: these events give that date. A pack carries them, and checking the pack works them out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from pydantic import Field, model_validator

from domain.cases.subject import Happening, Subject
from domain.core.dates import show_day
from domain.core.enums import Nation, Pathway, SubjectKind
from domain.core.fields import Code, Day, Line
from domain.core.workdays import Workdays
from domain.due.engine import derive
from domain.due.obligation import Obligation
from domain.rules.pack_parts import PackPart
from domain.rules.rule_index import RuleBook


class ExampleEvent(PackPart):
    """One event of an example."""

    kind: Code
    on: Day
    details: dict[str, Any] = Field(default_factory=dict)


class ExampleTerm(PackPart):
    """A school term that the example is worked out with."""

    first: Day
    last: Day


class Vector(PackPart):
    """One example: a case or, with a ``grade``, a worker; their events; and the open date that ``rule`` must give.

    ``absent`` says that it gives none, ``unset`` that a council has yet to set it, ``floor`` that it is a day before
    which something may not happen; ``terms`` stand in for the council's own. Nothing but what is given is compared;
    without ``plan_by`` it is the due day.
    """

    rule: Code
    sort: Literal["plain", "boundary", "not"] = "plain"
    why: Line = ""
    nation: Nation = Nation.ENGLAND
    pathways: tuple[Pathway, ...] = ()
    born: Day | None = None
    expected_birth: Day | None = None
    opened: Day | None = None
    closed: Day | None = None
    grade: Code | None = None
    terms: tuple[ExampleTerm, ...] = ()
    events: tuple[ExampleEvent, ...] = ()
    due: Day | None = None
    plan_by: Day | None = None
    opens: Day | None = None
    cycle: int | None = None
    absent: bool = False
    unset: bool = False
    floor: bool = False

    @model_validator(mode="after")
    def _one_answer(self) -> Vector:
        if (self.due is not None) + self.absent + self.unset != 1:
            raise ValueError("due: say the day, or absent = true, or unset = true")
        return self

    def subject(self) -> Subject:
        """Return the case or worker that the example is about."""
        return Subject(
            kind=SubjectKind.WORKER if self.grade else SubjectKind.CASE,
            reference="EXAMPLE",
            nation=self.nation,
            pathways=self.pathways,
            opened=self.opened,
            closed=self.closed,
            born=self.born,
            expected_birth=self.expected_birth,
            happenings=[Happening(event.kind, event.on, event.details) for event in self.events],
            attributes={"grade": self.grade} if self.grade else {},
        )

    def days(self, calendar: Workdays) -> Workdays:
        """Return ``calendar`` with the example's own terms, where it has any."""
        terms = tuple((term.first, term.last) for term in self.terms)
        return Workdays(calendar.nation, calendar.holidays, calendar.closures, terms) if terms else calendar


class Miss(NamedTuple):
    """Where an example and the rules part: the key, and what the rules give."""

    key: str
    message: str


def misses(vector: Vector, rulebook: RuleBook, calendar: Workdays, kinds: Container[str]) -> list[Miss]:
    """Return everything in which the rules give something else than the example says."""
    unknown = [event.kind for event in vector.events if event.kind not in kinds]
    if rulebook.rule(vector.rule) is None:
        return [Miss("rule", f"there is no rule {vector.rule}")]
    if unknown:
        return [Miss("events", f"there is no event {kind}") for kind in unknown]
    found = derive(vector.subject(), rulebook, vector.days(calendar))
    among = found.floors if vector.floor else found.obligations
    given = [one for one in among if one.rule == vector.rule and one.held_on is None]
    return [Miss(key, f"{message}{_why(vector)}") for key, message in _compared(vector, given)]


def _compared(vector: Vector, given: list[Obligation]) -> Iterator[tuple[str, str]]:
    if vector.absent:
        yield from (("absent", f"the rules give {_shown(one.legal_due)}, the example nothing") for one in given)
    elif len(given) != 1:
        yield "due", f"the rules give {len(given) or 'no'} open date{'s' if len(given) > 1 else ''}, the example one"
    else:
        (one,) = given
        wanted = _wanted(vector)
        for key, value in wanted.items():
            if (is_given := getattr(one, "legal_due" if key in ("due", "unset") else key)) != value:
                yield key, f"the rules give {_shown(is_given)}, the example {_shown(value)}"


def _wanted(vector: Vector) -> Mapping[str, date | int | None]:
    if vector.unset:
        return {"unset": None}
    wanted: dict[str, date | int | None] = {"due": vector.due, "plan_by": vector.plan_by or vector.due}
    wanted.update({key: value for key in ("opens", "cycle") if (value := getattr(vector, key)) is not None})
    return wanted


def _shown(value: date | int | None) -> str:
    return "no date" if value is None else show_day(value) if isinstance(value, date) else str(value)


def _why(vector: Vector) -> str:
    return f" ({vector.why})" if vector.why else ""
