"""From what packs say to what the engine uses: rules checked against the vocabulary of events, then indexed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from domain.core import intervals
from domain.core.enums import Nation, SubjectKind
from domain.core.errors import Problem
from domain.rules import conditions as asked
from domain.rules.pack_schema import (
    AfterRule,
    AgeRule,
    AnyRule,
    BeforeRule,
    CountedRule,
    DatedRule,
    LinkedRule,
    RowRule,
    StagedRule,
    UntilRule,
)
from domain.rules.pack_vocabulary import (
    RESERVED_STARTS,
    ConditionSpec,
    EventKind,
    IntervalSpec,
    LimitSpec,
    Test,
    TriggerSpec,
)
from domain.rules.rule import Citation, Effect, Rule, Trigger
from domain.rules.rule_index import CHAINED, RuleBook, Series


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule with the pack, file and nation it came from; ``law`` is the rule of law that it or its forerunner is.

    ``formerly`` holds the ids of the rules it stands in for.
    """

    spec: AnyRule
    pack: str
    file: str
    nation: Nation
    law: AnyRule | None = None
    formerly: frozenset[str] = frozenset()


class Vocabulary(NamedTuple):
    """The words that rules may use: event kinds, and the grades of each kind of worker."""

    kinds: Mapping[str, EventKind]
    grades: Mapping[str, str]  # grade id -> kind of worker

    def title(self, kind: str) -> str:
        """The title of an event kind."""
        return self.kinds[kind].title if kind in self.kinds else kind.replace("_", " ")

    def fact_title(self, group: str, name: str) -> str | None:
        """The title of a fact; None when no event says it."""
        sharing = [kind for kind in self.kinds.values() if group in (kind.sets, kind.updates)]
        titles = [d.title for kind in sharing for d in kind.details if d.name == name]
        titles += [kind.title for kind in sharing if name in kind.values]
        return titles[0] if titles else None


def faults(rules: Iterable[PlacedRule], words: Vocabulary) -> Iterator[Problem]:
    """Yield what is wrong with rules that are well formed: unknown events, details and facts, and mixed series."""
    placed = list(rules)
    for one in placed:
        for key, message in _rule_faults(one.spec, words):
            yield Problem(one.file, None, f"rules.{one.spec.id}.{key}", "", message)
    yield from _link_faults(placed)
    yield from _series_faults(placed)


def _link_faults(placed: Iterable[PlacedRule]) -> Iterator[Problem]:
    """Yield links that lead nowhere, or to a rule that hangs on another itself, so that none can run in a circle."""
    known: dict[str, list[AnyRule]] = {}
    for one in placed:
        for name in (one.spec.id, one.spec.family):
            known.setdefault(name, []).append(one.spec)
    for one in placed:
        if not isinstance(one.spec, LinkedRule | RowRule):
            continue
        where, target = f"rules.{one.spec.id}.linked_to", one.spec.linked_to
        if target not in known:
            yield Problem(one.file, None, where, target, "there is no such rule")
        elif any(isinstance(spec, LinkedRule | RowRule) for spec in known[target]):
            yield Problem(one.file, None, where, target, "that rule hangs on another itself")


def _rule_faults(spec: AnyRule, words: Vocabulary) -> Iterator[tuple[str, str]]:
    for key in ("starts", "answers", "stops"):
        for trigger in getattr(spec, key):
            yield from ((key, message) for message in _trigger_faults(key, trigger, words))
    for condition in (part for whole in spec.when for part in whole.parts()):
        yield from (("when", message) for message in _condition_faults(condition, words))
    if isinstance(spec, UntilRule):
        yield from (("until", f"there is no event {kind}") for kind in spec.until if kind not in words.kinds)
    if isinstance(spec, DatedRule) and spec.detail and spec.on is None:
        yield from (("detail", message) for message in _detail_faults(spec, words))


def _trigger_faults(key: str, trigger: TriggerSpec, words: Vocabulary) -> Iterator[str]:
    kind = words.kinds.get(trigger.event)
    if kind is None:
        if not (key == "starts" and trigger.event in RESERVED_STARTS):
            yield f"there is no event {trigger.event}"
    elif trigger.detail and trigger.detail not in {detail.name for detail in kind.details}:
        yield f"{trigger.event} has no detail {trigger.detail}"


def _detail_faults(spec: DatedRule, words: Vocabulary) -> Iterator[str]:
    for trigger in spec.starts:
        kind = words.kinds.get(trigger.event)
        if kind and not any(detail.name == spec.detail and detail.type == "day" for detail in kind.details):
            yield f"{trigger.event} has no day called {spec.detail}"


def _condition_faults(spec: ConditionSpec, words: Vocabulary) -> Iterator[str]:
    if spec.fact and words.fact_title(*spec.fact.split(".")) is None:
        yield f"no event says {spec.fact}"
    for name in _kinds_in(spec):
        if name not in words.kinds:
            yield f"there is no event {name}"


def _kinds_in(spec: ConditionSpec) -> Iterator[str]:
    if spec.elapsed:
        yield spec.elapsed.since
    for happened in (spec.happened, spec.not_happened):
        if happened:
            yield happened.event
            if happened.since:
                yield happened.since


def _series_faults(placed: Iterable[PlacedRule]) -> Iterator[Problem]:
    first: dict[tuple[Nation, str], PlacedRule] = {}
    for one in placed:
        key = (one.nation, one.spec.family)
        other = first.setdefault(key, one)
        where = f"rules.{one.spec.id}.series"
        if other is not one and not (one.spec.kind in CHAINED and other.spec.kind in CHAINED):
            yield Problem(
                one.file, None, where, one.spec.family, f"a {one.spec.kind} rule cannot take turns with others"
            )
        if other.spec.applies_to is not one.spec.applies_to:
            yield Problem(one.file, None, where, one.spec.family, "one series is about one kind of subject")


# ready for the engine ------------------------------------------------------------------------------------------


def build(rules: Iterable[PlacedRule], words: Vocabulary) -> RuleBook:
    """Return the rulebook of sound rules; the order of a series' rules is the order they are given in."""
    placed = list(rules)
    compiled = [_rule(one, words) for one in placed]
    series: dict[tuple[Nation, SubjectKind], dict[str, list[tuple[Rule, AnyRule]]]] = {}
    for rule, one in zip(compiled, placed, strict=True):
        if rule.active:
            group = series.setdefault((rule.nation, rule.applies_to), {})
            group.setdefault(rule.series, []).append((rule, one.spec))
    effects = {kind.kind: _effect(kind) for kind in words.kinds.values() if kind.sets or kind.updates or kind.clears}
    book = RuleBook(
        compiled,
        {
            key: sorted((_series(n, m, effects) for n, m in group.items()), key=_linked_last)
            for key, group in series.items()
        },
    )
    book.titles = {kind.kind: kind.title for kind in words.kinds.values()}
    return book


def _linked_last(series: Series) -> bool:
    return bool(series.rules[0].linked_to)


def _series(name: str, members: list[tuple[Rule, AnyRule]], effects: Mapping[str, Effect]) -> Series:
    parts = [part for _, spec in members for whole in spec.when for part in whole.parts()]
    watched = {kind for part in parts for kind in _kinds_in(part)} | {k for rule, _ in members for k in rule.until}
    groups = frozenset(part.fact.split(".")[0] for part in parts if part.fact)
    return Series(name, tuple(rule for rule, _ in members), effects, groups, frozenset(watched))


def _effect(kind: EventKind) -> Effect:
    return Effect(kind.sets or "", kind.updates or "", kind.clears, kind.values)


def _rule(one: PlacedRule, words: Vocabulary) -> Rule:
    spec = one.spec
    limits = asked.InForce(spec.valid_from, spec.valid_to)
    parts = tuple(condition(part, words) for part in spec.when)
    return Rule(
        id=spec.id,
        series=spec.family,
        title=spec.title,
        plain=spec.plain,
        tier=spec.tier,
        kind=spec.kind,
        applies_to=spec.applies_to,
        pack=one.pack,
        nation=one.nation,
        citations=tuple(Citation(**citation.model_dump()) for citation in spec.citations),
        pathways=tuple(spec.pathways),
        active=spec.active,
        reason=spec.reason,
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        starts=_triggers(spec.starts),
        answers=_triggers(spec.answers),
        stops=_triggers(spec.stops),
        conditions=(*([limits] if spec.valid_from or spec.valid_to else ()), *parts),
        same_day=spec.same_day,
        begins=spec.begins,
        waits=spec.waits,
        gap=spec.gap,
        measure=spec.measure,
        early=interval(spec.early),
        law=_figures(one.law),
        **_of_its_kind(spec),  # type: ignore[arg-type]
    )


def _figures(law: AnyRule | None) -> dict[str, intervals.Interval]:
    """Return the intervals that the law sets, by what they are in a rule."""
    given = _of_its_kind(law) if law is not None else {}
    return {k: v for k, v in given.items() if k in ("first", "every", "then") and isinstance(v, intervals.Interval)}


def _of_its_kind(spec: AnyRule) -> dict[str, object]:
    match spec:
        case AfterRule():
            place = "first" if spec.anchor == "start" else "then"
            counted = {place: interval(spec.interval), "opens": interval(spec.opens)}
            return {**counted, "minimum": spec.limit == "minimum", "extension": interval(spec.extension)}
        case StagedRule():
            return {"first": interval(spec.first), "then": interval(spec.then)}
        case UntilRule():
            every = interval(spec.every)
            first, then = interval(spec.first) or every, interval(spec.then)
            return {"first": first, "every": every, "then": then, "until": spec.until, "undated": spec.undated}
        case BeforeRule():
            return {"first": interval(spec.interval)}
        case AgeRule():
            accrued = (spec.accrued.birthday, _days(spec.accrued.at_least)) if spec.accrued else None
            given = {"birthday": spec.birthday, "back": spec.side == "before", "accrued": accrued}
            return {**given, "first": interval(spec.interval), "asked_from": spec.asked_from or 0}
        case DatedRule():
            counted = {"first": interval(spec.before), "opens": interval(spec.opens), "ceiling": interval(spec.ceiling)}
            return {**counted, "detail": spec.detail or "", "on_day": spec.on}
        case LinkedRule():
            return {"linked_to": spec.linked_to}
        case CountedRule():
            return {"first": interval(spec.interval), "within": interval(spec.within), "count": spec.count}
        case RowRule():
            return {"linked_to": spec.linked_to, "count": spec.count}


def _days(spec: IntervalSpec) -> int:
    return spec.number * (7 if spec.unit == "weeks" else 1)


def interval(spec: IntervalSpec | None) -> intervals.Interval | None:
    """Return an interval as the engine counts it."""
    if isinstance(spec, LimitSpec):
        if spec.not_set:
            return intervals.Interval("not_set", 0, why=spec.reason)
        if spec.yearly:
            return intervals.Interval("yearly", int(spec.yearly.replace("-", "")), gap=spec.at_least_days or 1)
    return intervals.Interval(spec.unit, spec.number, spec.count_from == "include") if spec else None


def _triggers(specs: Iterable[TriggerSpec]) -> tuple[Trigger, ...]:
    return tuple(Trigger(s.event, s.detail or "", _test(s) if s.detail else None, s.effect) for s in specs)


def _test(spec: Test) -> asked.ValueTest:
    if spec.is_ is not None:
        return asked.ValueTest((spec.is_,))
    return asked.ValueTest(spec.in_) if spec.in_ else asked.ValueTest(spec.not_in or (), wanted=False)


def condition(spec: ConditionSpec, words: Vocabulary) -> asked.Condition:
    """Return a condition as the engine asks it."""
    if spec.any_:
        return asked.AnyOf(tuple(condition(part, words) for part in spec.any_))
    return _about_time(spec, words) or _about_the_subject(spec, words)


def _about_time(spec: ConditionSpec, words: Vocabulary) -> asked.Condition | None:
    if spec.age_under:
        return asked.Age(spec.age_under, under=True)
    if spec.age_from:
        return asked.Age(spec.age_from, under=False)
    if spec.unborn is not None:
        return asked.Unborn(spec.unborn)
    if spec.elapsed:
        stretch = interval(spec.elapsed.at_least or spec.elapsed.under)
        assert stretch is not None
        at_least = spec.elapsed.at_least is not None
        return asked.Elapsed(spec.elapsed.since, stretch, at_least, words.title(spec.elapsed.since))
    if happened := spec.happened or spec.not_happened:
        title = words.title(happened.event)
        return asked.Happened(happened.event, happened.since, spec.happened is not None, title)
    return None


def _about_the_subject(spec: ConditionSpec, words: Vocabulary) -> asked.Condition:
    if spec.fact:
        group, name = spec.fact.split(".")
        return asked.Fact(group, name, _test(spec), words.fact_title(group, name) or name)
    if spec.answered:
        return asked.Answered(spec.answered.at_least, spec.answered.at_most)
    if spec.pathway:
        return asked.OnPathway(frozenset(spec.pathway))
    if spec.attribute:
        return asked.Attribute(spec.attribute, _test(spec))
    test = _test(spec)
    grades = tuple(grade for grade, kind in words.grades.items() if kind in test.values)
    return asked.Attribute("grade", asked.ValueTest(grades, wanted=test.wanted))
