"""Laying a council's rules over those before them. A limit set by law may be tightened, never loosened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from domain.core.intervals import within
from domain.rules.compiler import PlacedRule, interval
from domain.rules.pack_schema import PROTECTED_TIERS, AnyRule

_MAY_CHANGE = frozenset(
    {
        "id",
        "replaces",
        "title",
        "plain",
        "tier",
        "citations",
        "interval",
        "first",
        "then",
        "every",
        "opens",
        "kind",
        "measure",
    }
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
        elif (ours := interval(mine)) and (most := interval(ceiling)) and not within(ours, most):
            yield key, f"{ours.words} is longer than the {most.words} that {law.id} allows"


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
