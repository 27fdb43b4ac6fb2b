"""Laying a council's rules over those before them. A limit set by law may be tightened, never loosened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from domain.compiling import PlacedRule
from domain.conditions import Interval
from domain.rules import PROTECTED_TIERS, AnyRule
from domain.vocabulary import IntervalSpec

_MAY_CHANGE = frozenset(
    {"id", "replaces", "title", "plain", "tier", "citations", "interval", "first", "then", "every", "opens", "kind", "measure"}
)
_LIMITS = ("interval", "first", "then", "every")


def inherit(given: Mapping[str, Any], earlier: Mapping[str, PlacedRule]) -> dict[str, Any]:
    """Return a rule's keys with those of the rule it replaces filled in where it says nothing."""
    replaced = earlier.get(str(given.get("replaces", "")))
    if replaced is None:
        return dict(given)
    kept = replaced.spec.model_dump(by_alias=True, exclude_unset=True)
    if given.get("kind", kept["kind"]) != kept["kind"]:
        kept = {key: value for key, value in kept.items() if key not in _LIMITS}
    if any(key in given for key in (*_LIMITS, "citations")):
        kept["tier"] = "local"  # a figure of one's own is not the law's
    kept["series"] = replaced.spec.family
    return {**kept, **given}


def clashes(spec: AnyRule, given: Iterable[str], earlier: Mapping[str, PlacedRule]) -> Iterator[tuple[str, str]]:
    """Yield (key, message) for everything that a later pack's rule may not say."""
    if spec.replaces is None:
        if spec.id in earlier:
            yield "id", f'there is a rule {spec.id} already; say replaces = "{spec.id}" to change it'
        if any(one.law is not None and one.spec.family == spec.family for one in earlier.values()):
            yield "series", f"{spec.family} is set by law: name the rule that this one replaces"
        return
    replaced = earlier.get(spec.replaces)
    if replaced is None:
        yield "replaces", f"there is no rule {spec.replaces}"
    elif replaced.law is not None:
        yield from _loosened(spec, set(given), replaced.law)


def law_of(spec: AnyRule) -> AnyRule | None:
    """Return ``spec`` where it is a limit set by statute or regulation."""
    limits = spec.tier in PROTECTED_TIERS and getattr(spec, "limit", "maximum") == "maximum"
    return spec if limits and spec.active else None


def _loosened(spec: AnyRule, given: set[str], law: AnyRule) -> Iterator[tuple[str, str]]:
    for key in sorted(given - _MAY_CHANGE):
        yield key, f"{law.id} is law: only its intervals may be changed, to shorter ones"
    if spec.kind != law.kind:
        yield "kind", f"{law.id} is law: it stays a rule of kind {law.kind}"
        return
    for key in _LIMITS:
        mine, ceiling = getattr(spec, key, None), getattr(law, key, None)
        if getattr(mine, "not_set", None):
            yield key, f"{law.id} is law: its figure stands"
        elif mine is not None and ceiling is not None and not _within(mine, ceiling):
            yield key, f"{words(mine)} is longer than the {words(ceiling)} that {law.id} allows"


def _within(mine: IntervalSpec, ceiling: IntervalSpec) -> bool:
    """Whether ``mine`` ends no later than ``ceiling``, from whatever day both are counted."""
    if getattr(mine, "yearly", None) or getattr(ceiling, "yearly", None):
        return mine == ceiling
    if ceiling.count_from == "include" and mine.count_from == "exclude":
        return _longest(mine) <= _shortest(ceiling) - 1
    if mine.unit == ceiling.unit:
        return mine.number <= ceiling.number
    return _longest(mine) <= _shortest(ceiling)


def _longest(spec: IntervalSpec) -> int:
    if spec.unit == "working_days":
        weeks, days = divmod(spec.number, 5)
        holidays = 10 * (weeks // 52 + 1)  # as many as a year can put in the way
        return weeks * 7 + days + 2 + holidays
    return _bounds(spec.unit, spec.number)[1]


def _shortest(spec: IntervalSpec) -> int:
    if spec.unit == "working_days":
        weeks, days = divmod(spec.number, 5)
        return weeks * 7 + days - (2 if days == 0 else 0)  # begun on a Sunday
    return _bounds(spec.unit, spec.number)[0]


@cache
def _bounds(unit: str, number: int) -> tuple[int, int]:
    """Return the fewest and the most days that a stretch can be, whatever day it begins on."""
    stretch = Interval(unit, number)
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1)]
    lengths = [(stretch.after(day) - day).days for day in days]
    return min(lengths), max(lengths)


def words(spec: IntervalSpec) -> str:
    """Return an interval as it is spoken: "6 weeks"."""
    if yearly := getattr(spec, "yearly", None):
        return f"until the next {yearly}"
    unit = spec.unit.replace("_", " ")
    return f"{spec.number} {unit.removesuffix('s') if spec.number == 1 else unit}"


def lay(earlier: Iterable[PlacedRule], later: PlacedRule) -> list[PlacedRule]:
    """Return the rules with ``later`` in the place of the one it replaces, or at the end."""
    name = later.spec.replaces
    if name is None:
        return [*earlier, replace(later, law=law_of(later.spec))]
    return [_instead(one, later) if name in names(one) else one for one in earlier]


def _instead(old: PlacedRule, new: PlacedRule) -> PlacedRule:
    return replace(new, law=old.law or law_of(new.spec), formerly=frozenset(names(old)) - {new.spec.id})


def names(rule: PlacedRule) -> set[str]:
    """Return every id a later pack may call the rule by."""
    return {rule.spec.id, *rule.formerly}
