"""Words for registrations and training: what is ruled out without one, and the working behind its last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.cases.subject import Happening
from domain.core.text import plural
from storage.learning.registrations import RECORDED
from tui.due.why_dialog import Working
from tui.due.why_text import cited

if TYPE_CHECKING:
    from domain.rules.rule import Rule
    from storage.learning.registrations_held import Holding
    from storage.records.database import Database
    from storage.rules.pack_set import PackSet

UNREAD = "\n? unverified: nobody has read this figure in its source. Take it as a local default."
LOCAL = "\nHow long it lasts is local: no source gives one figure for all."
NOTHING = "nothing, by the policies in force"
BASIS = {"law": "Policy, law", "published": "Policy, published", "job_family": "Policy, job family"}


def without_it(held: Holding) -> str:
    """Return in one line the cases that may not be held without it."""
    return "; ".join(bar.cases for bar in held.bars)


def summary(found: list[Holding]) -> str:
    """Return how many are late, due and not recorded, in words for a heading."""
    late = sum(one.state == "late" for one in found)
    due = sum(one.state == "due" for one in found)
    none = sum(one.state == "unset" and not one.training for one in found)
    counts = ((late, "late"), (due, "due"), (none, "not recorded"))
    return ", ".join(f"{many:,} {word}" for many, word in counts if many) or plural(len(found), "line")


def holding_working(database: Database, held: Holding, today: date) -> Working:
    """Return until when something held counts and by which rules, what is ruled out without it, and the sources."""
    packs = database.packs()
    said = (packs.trainings if held.training else packs.registrations).get(held.kind)
    rules = list(_rules(packs, held, said, today))
    policies = [packs.policies[bar.policy] for bar in held.bars if bar.policy in packs.policies]
    rule_plain = " ".join(rule.plain for rule in rules)
    sources = [
        *(cited("Kind", one) for one in getattr(said, "citations", ())),
        *(cited(rule.tier.capitalize(), one) for rule in rules for one in rule.citations),
        *(cited(BASIS.get(policy.basis, "Policy, local"), one) for policy in policies for one in policy.citations),
    ]
    return Working(
        title=f"{held.title}, {held.worker}",
        plain=rule_plain or "No rule in force dates the next one: the day recorded with it counts.",
        steps=list(_steps(held)),
        sources=list(dict.fromkeys(sources)),
        remarks=list(_remarks(held, said, sources)),
    )


def _rules(packs: PackSet, held: Holding, said: Any, today: date) -> Iterator[Rule]:
    """Yield the rules in force that date the next one."""
    rulebook = packs.rulebook.all_rules
    if said is None:
        return
    if held.training:
        yield from (rulebook[name] for name in (said.rule,) if name in rulebook)
        return
    told = Happening(said.gives, today, said.details) if said.gives else None
    told = told or Happening(RECORDED, today, {"kind": held.kind})
    for rule in rulebook.values():
        if rule.active and any(trigger.matches(told) for trigger in rule.starts):
            yield rule


def _steps(held: Holding) -> Iterator[tuple[str, str, date | None]]:
    had = "Last had" if held.training else "Granted"
    yield had, "" if held.granted else "nothing is recorded", held.granted
    yield "Renew by", "" if held.until else "no day is known", held.until
    yield "State", held.word, None
    for bar in held.bars:
        yield "Without it no" if not held.barred else "Rules out now", f"{bar.cases} ({bar.title})", None
    if not held.bars:
        yield "Rules out", NOTHING, None


def _remarks(held: Holding, said: Any, sources: list[str]) -> Iterator[str]:
    if not held.sure:
        yield UNREAD
    if said is not None and said.note:
        yield f"\n{said.note}"
    if not sources:
        yield LOCAL
