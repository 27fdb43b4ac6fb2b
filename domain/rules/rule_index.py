"""The rules in force, indexed once so that deriving a case touches only the series its events belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from domain.core.enums import Nation, SubjectKind
from domain.rules.conditions import Answered, AnyOf, Condition, Fact, is_timed
from domain.rules.rule import Effect, Rule, Trigger

if TYPE_CHECKING:
    from domain.cases.subject import Happening


STARTS, ANSWERS, STOPS, LEARNS = 1, 2, 4, 8


def _facts(conditions: Iterable[Condition]) -> Iterator[Fact]:
    for condition in conditions:
        if isinstance(condition, AnyOf):
            yield from _facts(condition.parts)
        elif isinstance(condition, Fact):
            yield condition


CHAINED = frozenset({"after", "staged", "until"})


@dataclass(frozen=True)
class Series:
    """Rules that take turns, in order: the first whose conditions hold applies."""

    id: str
    rules: tuple[Rule, ...]
    effects: Mapping[str, Effect]
    groups: frozenset[str]
    watched: frozenset[str]

    @property
    def chained(self) -> bool:
        """Whether its cycles follow one another."""
        return self.rules[0].kind in CHAINED

    @cached_property
    def starts(self) -> frozenset[str]:
        """The kinds of event that start any of its rules."""
        return frozenset(trigger.kind for rule in self.rules for trigger in rule.starts)

    @cached_property
    def answers(self) -> tuple[Trigger, ...]:
        """Every event that answers any of its rules."""
        return tuple(dict.fromkeys(trigger for rule in self.rules for trigger in rule.answers))

    @cached_property
    def answer_kinds(self) -> frozenset[str]:
        """The kinds of event that answer any of its rules."""
        return frozenset(trigger.kind for trigger in self.answers)

    @cached_property
    def stops(self) -> tuple[Trigger, ...]:
        """Every event that stops any of its rules."""
        return tuple(dict.fromkeys(trigger for rule in self.rules for trigger in rule.stops))

    @cached_property
    def stop_kinds(self) -> frozenset[str]:
        """The kinds of event that stop any of its rules."""
        return frozenset(trigger.kind for trigger in self.stops)

    def called_for(self, kinds: frozenset[str], *, born: bool) -> bool:
        """Whether anything can follow from it for somebody with events of these kinds."""
        rule = self.rules[0]
        if self.chained:
            begun = self.starts | {trigger.kind for trigger in self.begins}
            return not kinds.isdisjoint(begun | self.ends if self.gap else begun)
        if rule.kind == "age" and not born:
            return False
        return not rule.starts or not kinds.isdisjoint(self.starts)

    @cached_property
    def picky(self) -> tuple[Trigger, ...]:
        """Its starting events, where each is one only by what a detail says and nothing else can begin it."""
        starts = tuple(dict.fromkeys(trigger for rule in self.rules for trigger in rule.starts))
        return starts if all(t.test for t in starts) and not self.begins and not self.gap else ()

    def silent(self, events: Iterable[Happening]) -> bool:
        """Whether none of ``events`` begins it after all."""
        return bool(self.picky) and not any(trigger.matches(h) for h in events for trigger in self.picky)

    @cached_property
    def ends(self) -> frozenset[str]:
        """The kinds of event that make no sense before it ever started."""
        return (self.answer_kinds | self.stop_kinds) - self.starts

    @cached_property
    def touching(self) -> frozenset[str]:
        """The kinds of event that change facts its conditions ask about."""
        return frozenset(k for k, e in self.effects.items() if self.groups & {e.sets, e.updates, *e.clears})

    @cached_property
    def learns(self) -> frozenset[str]:
        """The kinds of event that change what its conditions ask about."""
        return self.watched | self.touching

    @cached_property
    def asked(self) -> tuple[Fact, ...]:
        """Every fact its conditions ask about."""
        return tuple(dict.fromkeys(fact for rule in self.rules for fact in _facts(rule.conditions)))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that matters to it."""
        return self.starts | self.answer_kinds | self.stop_kinds | self.learns

    @cached_property
    def roles(self) -> dict[str, int]:
        """What each kind of event can be to it: STARTS, ANSWERS, STOPS and LEARNS, added up."""
        named = ((STARTS, self.starts), (ANSWERS, self.answer_kinds), (STOPS, self.stop_kinds), (LEARNS, self.learns))
        return {kind: sum(role for role, kinds in named if kind in kinds) for kind in self.kinds}

    @cached_property
    def timed(self) -> tuple[Condition, ...]:
        """The conditions that time alone may change."""
        return tuple(dict.fromkeys(c for rule in self.rules for c in rule.conditions if is_timed(c)))

    @cached_property
    def levels(self) -> int:
        """The number of answers from which on one more makes no difference to which rule applies."""
        bounds = [c for rule in self.rules for c in rule.conditions if isinstance(c, Answered)]
        return max([1, *(c.at_least for c in bounds), *(c.at_most + 1 for c in bounds if c.at_most is not None)])

    @cached_property
    def mixed(self) -> bool:
        """Whether its rules count from different events."""
        return len({rule.starts for rule in self.rules}) > 1

    @cached_property
    def early(self) -> bool:
        """Whether an answer before the start may count."""
        return any(rule.early for rule in self.rules)

    @cached_property
    def repeats(self) -> bool:
        """Whether its cycles go on after the first answer."""
        return any(rule.then or rule.every for rule in self.rules)

    @cached_property
    def begins(self) -> tuple[Trigger, ...]:
        """The answers that begin it where no start is on record."""
        return tuple(trigger for rule in self.rules if rule.begins for trigger in rule.answers)

    @cached_property
    def gap(self) -> str:
        """What to say when the event that everything counts from is missing."""
        return next((rule.gap for rule in self.rules if rule.gap), "")

    @cached_property
    def pathways(self) -> frozenset[str]:
        """The pathways on which its starting event is to be expected."""
        return frozenset(pathway for rule in self.rules if rule.gap for pathway in rule.pathways)


class Plan(NamedTuple):
    """What events of certain kinds call for: the series in order, and those that each kind matters to."""

    places: tuple[int, ...]
    by_kind: Mapping[str, tuple[int, ...]]


_MOST_PLANS = 4096


@dataclass(frozen=True, slots=True)
class Index:
    """The series that bind one kind of subject in one nation; ``plans`` keeps what was worked out before."""

    series: tuple[Series, ...]
    by_kind: Mapping[str, tuple[int, ...]]
    expecting: Mapping[str, tuple[int, ...]]
    reserved: frozenset[str]
    plans: dict[tuple[frozenset[str], bool], Plan] = field(default_factory=dict, compare=False)

    def plan(self, kinds: frozenset[str], *, born: bool) -> Plan:
        """Return the series that can matter to somebody with events of these kinds."""
        found = self.plans.get((kinds, born))
        if found is None:
            if len(self.plans) >= _MOST_PLANS:
                self.plans.clear()
            found = self.plans[kinds, born] = self._planned(kinds, born=born)
        return found

    def _planned(self, kinds: frozenset[str], *, born: bool) -> Plan:
        places = tuple(n for n, one in enumerate(self.series) if one.called_for(kinds, born=born))
        wanted = frozenset(places)
        by_kind = {kind: tuple(n for n in self.by_kind.get(kind, ()) if n in wanted) for kind in kinds}
        return Plan(places, by_kind)


class RuleBook:
    """Every rule in force; ``all_rules`` also has those switched off."""

    def __init__(
        self, rules: Iterable[Rule] = (), series: Mapping[tuple[Nation, SubjectKind], Iterable[Series]] | None = None
    ) -> None:
        self.all_rules: dict[str, Rule] = {rule.id: rule for rule in rules}
        self._indexes = {key: _index(tuple(found)) for key, found in (series or {}).items()}
        self.titles: dict[str, str] = {}

    def rule(self, name: str) -> Rule | None:
        """The rule called ``name``."""
        return self.all_rules.get(name)

    def index(self, nation: Nation, kind: SubjectKind) -> Index:
        """The series for subjects of ``kind`` in ``nation``."""
        return self._indexes.get((nation, kind), _NOTHING)

    def starting(self, kind: str) -> tuple[str, ...]:
        """The ids of the active rules that an event of ``kind`` starts."""
        return self._by_event["starts"].get(kind, ())

    def answering(self, kind: str) -> tuple[str, ...]:
        """The ids of the active rules that an event of ``kind`` answers."""
        return self._by_event["answers"].get(kind, ())

    @cached_property
    def _by_event(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """The ids of the active rules by what an event does to them, and by its kind."""
        active = [rule for rule in self.all_rules.values() if rule.active]
        return {"starts": _by_kind(active, "starts"), "answers": _by_kind(active, "answers")}


def _by_kind(rules: Iterable[Rule], role: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for rule in rules:
        for trigger in getattr(rule, role):
            found.setdefault(trigger.kind, {})[rule.id] = None
    return {kind: tuple(ids) for kind, ids in found.items()}


def _index(series: tuple[Series, ...]) -> Index:
    by_kind: dict[str, list[int]] = defaultdict(list)
    expecting: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(series):
        for kind in one.kinds:
            by_kind[kind].append(place)
        for pathway in one.pathways:
            expecting[pathway].append(place)
    return Index(
        series=series,
        by_kind={kind: tuple(places) for kind, places in by_kind.items()},
        expecting={pathway: tuple(places) for pathway, places in expecting.items()},
        reserved=frozenset(kind for kind in ("opened", "expected_birth") if kind in by_kind),
    )


_NOTHING = Index((), {}, {}, frozenset())
