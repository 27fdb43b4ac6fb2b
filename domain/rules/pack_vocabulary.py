"""The words that packs may use: stretches of time, triggers, conditions, and kinds of event with their facts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from domain.core.enums import Pathway, SubjectKind
from domain.core.fields import Code, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, PackPart

Units = Literal["hours", "working_days", "days", "weeks", "months", "years", "terms", "at_once"]
UNITS: tuple[Units, ...] = ("hours", "working_days", "days", "weeks", "months", "years", "terms", "at_once")
HOURS_A_DAY = 24
LONGEST = 1_000
EVERY_YEAR = r"^((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)$"
RESERVED_STARTS = ("opened", "expected_birth")

Value = bool | int | str
Count = Annotated[int, Field(gt=0, le=LONGEST)]


def _as_table(value: Any) -> Any:
    return {"event": value} if isinstance(value, str) else value


def _only_one(part: PackPart, names: Iterable[str], what: str) -> None:
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        raise ValueError(f"{what}: give exactly one, found {' and '.join(n.strip('_') for n in given) or 'none'}")


class IntervalSpec(PackPart):
    """A stretch of time in exactly one unit.

    Hours are whole days, unless the event they count from carries its time of day. ``terms`` end with the last day of
    the school term that begins next. ``at_once`` is due on the day itself.
    ``count_from`` says whether the day it is counted from is day 0 (``exclude``) or day 1 (``include``).
    """

    hours: Annotated[int, Field(gt=0, le=LONGEST, multiple_of=HOURS_A_DAY)] | None = None
    working_days: Count | None = None
    days: Count | None = None
    weeks: Count | None = None
    months: Count | None = None
    years: Annotated[int, Field(gt=0, le=100)] | None = None
    terms: Annotated[int, Field(gt=0, le=12)] | None = None
    at_once: Literal[True] | None = None
    count_from: Literal["exclude", "include"] = "exclude"

    @model_validator(mode="after")
    def _one_unit(self) -> IntervalSpec:
        _only_one(self, UNITS, "unit")
        return self

    @property
    def unit(self) -> Units:
        """The one unit that is given."""
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    @property
    def number(self) -> int:
        """How many of the unit."""
        return int(getattr(self, self.unit))


class LimitSpec(IntervalSpec):
    """How long a rule gives: a stretch of time, up to a day of the year, or what each council must set itself.

    ``yearly`` is a month and day ("11-30"): the first such day after the one it counts from, or the first that lies
    at least ``at_least_days`` on. ``not_set`` stands for a figure that no source gives; ``reason`` says so.
    """

    yearly: Annotated[str, Field(pattern=EVERY_YEAR)] | None = None
    at_least_days: Annotated[int, Field(gt=0, lt=365)] | None = None
    not_set: Literal[True] | None = None
    reason: Note = ""

    @model_validator(mode="after")
    def _one_unit(self) -> LimitSpec:
        _only_one(self, (*UNITS, "yearly", "not_set"), "unit")
        if self.not_set and not self.reason:
            raise ValueError("reason: say why no figure is given")
        if self.at_least_days and not self.yearly:
            raise ValueError("at_least_days: belongs to yearly")
        return self


class Test(PackPart):
    """What a value must be. A value that is not recorded is none of those listed."""

    __test__ = False
    is_: Value | None = Field(default=None, alias="is")
    in_: tuple[Value, ...] | None = Field(default=None, alias="in", min_length=1)
    not_in: tuple[Value, ...] | None = Field(default=None, min_length=1)

    def given(self) -> bool:
        """Whether anything is asked of the value."""
        return not (self.is_ is None and self.in_ is None and self.not_in is None)

    def one_test(self) -> None:
        """Raise ValueError unless exactly one of is, in and not_in is given."""
        _only_one(self, ("is_", "in_", "not_in"), "is, in or not_in")


class TriggerSpec(Test):
    """An event that starts, answers or stops: its kind, and what one of its details must be.

    A starting event ``opens`` (only when nothing is running), ``restarts`` (always afresh), ``shortens`` (the running
    cycle gets a further limit from it, and the earlier of the two stands), ``extends`` (the running cycle gets the
    rule's ``extension`` on top) or ``resumes`` (afresh where the running cycle was overdue by then).
    """

    event: Code
    detail: Code | None = None
    effect: Literal["opens", "restarts", "shortens", "extends", "resumes"] = "opens"

    @model_validator(mode="after")
    def _whole(self) -> TriggerSpec:
        if self.detail is not None:
            self.one_test()
        elif self.given():
            raise ValueError("detail: say which detail of the event is meant")
        return self


Triggers = tuple[Annotated[TriggerSpec, BeforeValidator(_as_table)], ...]


class ElapsedSpec(PackPart):
    """Time since the latest event of a kind: at least so much, or still under so much."""

    since: Code
    at_least: IntervalSpec | None = None
    under: IntervalSpec | None = None

    @model_validator(mode="after")
    def _whole(self) -> ElapsedSpec:
        _only_one(self, ("at_least", "under"), "at_least or under")
        if (self.at_least or self.under).unit in ("terms", "at_once"):  # type: ignore[union-attr]
            raise ValueError("at_least: give it in days, working days, weeks, months or years")
        return self


class HappenedSpec(PackPart):
    """Whether an event has happened, ever or since the latest event of another kind."""

    event: Code
    since: Code | None = None


class AnsweredSpec(PackPart):
    """How often the series has been answered since it last began."""

    at_least: int = Field(default=0, ge=0, le=100)
    at_most: int | None = Field(default=None, ge=0, le=100)


_SUBJECTS = (
    "fact",
    "age_under",
    "age_from",
    "elapsed",
    "happened",
    "not_happened",
    "answered",
    "pathway",
    "attribute",
    "grade_kind",
    "unborn",
    "any_",
)
_TESTED = ("fact", "attribute", "grade_kind")


class ConditionSpec(Test):
    """One thing that must hold for a rule to apply; exactly one subject, with a test where it is a value."""

    fact: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")] | None = None
    age_under: Annotated[int, Field(gt=0, le=120)] | None = None
    age_from: Annotated[int, Field(gt=0, le=120)] | None = None
    elapsed: ElapsedSpec | None = None
    happened: HappenedSpec | None = None
    not_happened: HappenedSpec | None = None
    answered: AnsweredSpec | None = None
    pathway: tuple[Pathway, ...] | None = Field(default=None, min_length=1)
    attribute: Code | None = None
    grade_kind: Literal[True] | None = None
    unborn: bool | None = None
    any_: tuple[ConditionSpec, ...] | None = Field(default=None, alias="any", min_length=2)

    @model_validator(mode="after")
    def _whole(self) -> ConditionSpec:
        _only_one(self, _SUBJECTS, "condition")
        if any(getattr(self, name) is not None for name in _TESTED):
            self.one_test()
        elif self.given():
            raise ValueError("is, in or not_in: only a fact, an attribute or grade_kind is tested")
        return self

    def parts(self) -> Iterator[ConditionSpec]:
        """Yield the condition, or those inside it."""
        if self.any_ is None:
            yield self
        for part in self.any_ or ():
            yield from part.parts()


class DetailSpec(PackPart):
    """A small fact that an event of a kind may carry."""

    name: Code
    title: Name
    type: Literal["yes_no", "code", "text", "number", "day"] = "yes_no"
    codes: tuple[Line, ...] = ()


class EventKind(PackPart):
    """A kind of dated event: where it belongs, its details, and which facts it sets, updates or clears."""

    kind: Code
    title: Name
    applies_to: SubjectKind = SubjectKind.CASE
    pathways: tuple[Pathway, ...] = ()
    details: tuple[DetailSpec, ...] = ()
    sets: Code | None = None
    updates: Code | None = None
    clears: tuple[Code, ...] = ()
    values: dict[str, Value] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> EventKind:
        if self.sets and self.updates:
            raise ValueError("sets: an event either sets facts afresh or updates them")
        if self.values and not (self.sets or self.updates):
            raise ValueError("values: say which facts they belong to, with sets or updates")
        if self.kind in RESERVED_STARTS:
            raise ValueError("kind: this word is reserved")
        return self


class EventPack(PackPart):
    """A file of event kinds."""

    kind: Literal["events"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    events: Annotated[tuple[EventKind, ...], AtLeastOne]

    @field_validator("events")
    @classmethod
    def _once_each(cls, events: tuple[EventKind, ...]) -> tuple[EventKind, ...]:
        no_twins((event.kind for event in events), "kind")
        return events


def no_twins(names: Iterable[Hashable], what: str) -> None:
    """Raise ValueError for the first name that is there twice."""
    seen: set[Hashable] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what}: {name} is there twice")
        seen.add(name)
