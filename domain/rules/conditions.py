"""What must hold for a rule to apply, ready to be asked quickly, and when time alone may change the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from domain.core.intervals import Interval as Interval  # noqa: PLC0414  conditions and intervals are used together
from domain.core.workdays import Workdays, birthday

if TYPE_CHECKING:
    from domain.cases.subject import Subject

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Moment:
    """What is known about a subject on a day, while its events are gone through."""

    subject: Subject
    on: date = date.min
    since: date = date.min
    answered: int = 0
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    latest: dict[str, date] = field(default_factory=dict)
    calendar: Workdays | None = None

    def last(self, kind: str) -> date | None:
        """The day of the latest event of ``kind`` so far."""
        return self.latest.get(kind)


class Condition(Protocol):
    """Anything that can be asked whether it holds, and when time alone will next change that."""

    @property
    def words(self) -> str:
        """The condition in plain words."""
        ...

    def holds(self, moment: Moment) -> bool:
        """Whether it holds at ``moment``."""
        ...

    def change(self, moment: Moment) -> date | None:
        """The next day after ``moment`` on which the answer may change without any event."""
        ...


class Steady:
    """A condition that only events can change."""

    __slots__ = ()

    def change(self, moment: Moment) -> date | None:
        return None


class ValueTest:
    """What a value must be: one of ``values``, or with ``wanted`` false none of them. True and 1 are told apart."""

    __slots__ = ("_keys", "values", "wanted")

    def __init__(self, values: tuple[Any, ...], *, wanted: bool = True) -> None:
        self.values = values
        self.wanted = wanted
        self._keys = frozenset((value, value.__class__ is bool) for value in values)

    def passes(self, value: Any) -> bool:
        """Whether ``value`` is as it must be."""
        return ((value, value.__class__ is bool) in self._keys) is self.wanted

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ValueTest) and (self._keys, self.wanted) == (other._keys, other.wanted)

    def __hash__(self) -> int:
        return hash((self._keys, self.wanted))

    @property
    def words(self) -> str:
        """The test in plain words."""
        if not self.wanted and len(self.values) == 1 and isinstance(self.values[0], bool):
            return "no" if self.values[0] else "yes"
        shown = " or ".join({True: "yes", False: "no"}[v] if isinstance(v, bool) else str(v) for v in self.values)
        return shown if self.wanted else f"not {shown}"


@dataclass(frozen=True, slots=True)
class Fact(Steady):
    """A fact that events set, such as the legal status."""

    group: str
    name: str
    test: ValueTest
    title: str

    @property
    def words(self) -> str:
        return f"{self.title}: {self.test.words}"

    def value(self, moment: Moment) -> Any:
        """What is known of it at ``moment``; None when nothing is."""
        known = moment.facts.get(self.group)
        return known.get(self.name) if known else None

    def holds(self, moment: Moment) -> bool:
        known = moment.facts.get(self.group)
        return self.test.passes(known.get(self.name) if known else None)  # asked most of all: not by way of value


@dataclass(frozen=True, slots=True)
class Attribute(Steady):
    """A property of the worker or case, such as the grade."""

    name: str
    test: ValueTest

    @property
    def words(self) -> str:
        return f"{self.name}: {self.test.words}"

    def holds(self, moment: Moment) -> bool:
        return self.test.passes(moment.subject.attributes.get(self.name))


@dataclass(frozen=True, slots=True)
class OnPathway(Steady):
    """The case is on one of these pathways."""

    pathways: frozenset[str]

    @property
    def words(self) -> str:
        return "pathway: " + " or ".join(sorted(self.pathways)).replace("_", " ")

    def holds(self, moment: Moment) -> bool:
        return any(pathway in self.pathways for pathway in moment.subject.pathways)


@dataclass(frozen=True, slots=True)
class Answered(Steady):
    """How often the series was answered since it began."""

    at_least: int
    at_most: int | None

    @property
    def words(self) -> str:
        most = "" if self.at_most is None else f", at most {self.at_most}"
        return f"answered at least {self.at_least} times{most}"

    def holds(self, moment: Moment) -> bool:
        return moment.answered >= self.at_least and (self.at_most is None or moment.answered <= self.at_most)


@dataclass(frozen=True, slots=True)
class Happened(Steady):
    """An event happened (or not), since the latest event of another kind where one is named."""

    kind: str
    since: str | None
    wanted: bool
    title: str

    @property
    def words(self) -> str:
        return f"{self.title}: {'recorded' if self.wanted else 'not yet'}"

    def holds(self, moment: Moment) -> bool:
        last = moment.last(self.kind)
        start = moment.last(self.since) if self.since else None
        return (last is not None and (start is None or last >= start)) is self.wanted


@dataclass(frozen=True, slots=True)
class Age:
    """Under an age, or from it on. Somebody whose birth date is not recorded counts as under it."""

    years: int
    under: bool

    @property
    def words(self) -> str:
        return f"{'under' if self.under else 'aged at least'} {self.years}"

    def holds(self, moment: Moment) -> bool:
        born = moment.subject.born
        return (born is None or moment.on < birthday(born, self.years)) is self.under

    def change(self, moment: Moment) -> date | None:
        born = moment.subject.born
        return birthday(born, self.years) if born else None


@dataclass(frozen=True, slots=True)
class Unborn:
    """The child is not born yet: no birth date up to now, and an expected one is recorded or the birth lies ahead."""

    wanted: bool

    @property
    def words(self) -> str:
        return "not born yet" if self.wanted else "born"

    def holds(self, moment: Moment) -> bool:
        subject = moment.subject
        unborn = moment.on < subject.born if subject.born else subject.expected_birth is not None
        return unborn is self.wanted

    def change(self, moment: Moment) -> date | None:
        return moment.subject.born


@dataclass(frozen=True, slots=True)
class Elapsed:
    """At least so much time since the latest event of a kind, or still less. Without such an event it does not hold."""

    kind: str
    interval: Interval
    at_least: bool
    title: str

    @property
    def words(self) -> str:
        return f"{'at least' if self.at_least else 'less than'} {self.interval.words} since: {self.title}"

    def holds(self, moment: Moment) -> bool:
        last = moment.last(self.kind)
        return last is not None and (moment.on >= self.interval.after(last, moment.calendar)) is self.at_least

    def change(self, moment: Moment) -> date | None:
        last = moment.last(self.kind)
        return self.interval.after(last, moment.calendar) if last else None


@dataclass(frozen=True, slots=True)
class InForce:
    """The rule is in force: from its first day to its last."""

    first: date | None
    last: date | None

    @property
    def words(self) -> str:
        return "the rule was in force"

    def holds(self, moment: Moment) -> bool:
        return not (self.first and moment.on < self.first) and not (self.last and moment.on > self.last)

    def change(self, moment: Moment) -> date | None:
        if self.first and moment.on < self.first:
            return self.first
        return self.last + _DAY if self.last else None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several conditions."""

    parts: tuple[Condition, ...]

    @property
    def timed(self) -> bool:
        """Whether time alone may change the answer."""
        return any(is_timed(part) for part in self.parts)

    @property
    def words(self) -> str:
        return ", or ".join(part.words for part in self.parts)

    def holds(self, moment: Moment) -> bool:
        return any(part.holds(moment) for part in self.parts)

    def change(self, moment: Moment) -> date | None:
        return min((c for part in self.parts if (c := part.change(moment)) and c > moment.on), default=None)


def is_timed(condition: Condition) -> bool:
    """Whether time alone may change whether ``condition`` holds."""
    return condition.timed if isinstance(condition, AnyOf) else not isinstance(condition, Steady)
