"""Rules written in a test, as a pack would write them, put to work on made-up cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.cases.subject import Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.core.workdays import Workdays
from domain.due.engine import derive
from domain.due.obligation import Derivation
from domain.rules.compiler import PlacedRule, Vocabulary, build, faults
from domain.rules.pack_schema import RulePack
from domain.rules.rule_index import RuleBook
from storage.rules import pack_set

SHIPPED = pack_set.load()
ENGLAND = SHIPPED.calendar(Nation.ENGLAND)
WORDS = Vocabulary(SHIPPED.event_kinds, {"asye": "newly_qualified", "sw": "social_worker"})
CITED = [{"text": "Own", "source": "Own", "checked": date(2026, 7, 31), "confidence": "local", "verified": False}]


def rule(**said: Any) -> dict[str, Any]:
    """Return a rule's keys, with what every rule needs filled in."""
    base = {"id": "rule", "title": "A thing", "plain": "Do it.", "tier": "local", "kind": "after", "citations": CITED}
    return {**base, "answers": ["case_note"], **said}


def pack(*rules: dict[str, Any]) -> RulePack:
    """Return the pack of those rules; raises pydantic's error when one cannot be read."""
    return RulePack.model_validate({"kind": "rules", "id": "own", "title": "Own", "version": "1", "rules": rules})


def book(*rules: dict[str, Any]) -> RuleBook:
    """Return the rulebook of those rules, which must be sound."""
    placed = [PlacedRule(spec, "own", "own.toml", Nation.ENGLAND) for spec in pack(*rules).rules]
    assert list(faults(placed, WORDS)) == []
    return build(placed, WORDS)


def day(text: str) -> date:
    """Return the day written as 2026-03-02."""
    return date.fromisoformat(text)


def case(*events: tuple[Any, ...], **said: Any) -> Subject:
    """Return a case with (kind, day) or (kind, day, details) events."""
    happened = tuple(Happening(kind, day(on), *rest) for kind, on, *rest in events)
    return Subject(SubjectKind.CASE, "C-1001", happenings=happened, **said)


def found(rules: RuleBook, subject: Subject, calendar: Workdays = ENGLAND) -> Derivation:
    """Return what follows."""
    return derive(subject, rules, calendar)


def due(rules: RuleBook, *events: tuple[Any, ...], **said: Any) -> list[str]:
    """Return the open due dates, in order."""
    result = found(rules, case(*events, **said))
    return sorted(o.legal_due.isoformat() for o in result.obligations if o.held_on is None)
