"""One rule as the engine uses it: what starts, answers and stops it, its conditions, and its stretches of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.enums import Nation, SubjectKind
from domain.core.intervals import Interval
from domain.rules.conditions import Condition, Moment, ValueTest

if TYPE_CHECKING:
    from domain.cases.subject import Happening


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule's figure stands, when it was checked there, and how well."""

    text: str
    source: str
    checked: date
    confidence: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that starts, answers or stops a series."""

    kind: str
    detail: str = ""
    test: ValueTest | None = None
    effect: str = "opens"

    def matches(self, happening: Happening) -> bool:
        """Whether ``happening`` is such an event."""
        if happening.kind != self.kind:
            return False
        return self.test is None or self.test.passes(happening.details.get(self.detail))


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event of a kind does to the facts known about a case."""

    sets: str = ""
    updates: str = ""
    clears: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """Where it stands among the events of one day: clearing first, then setting, then updating."""
        return 2 if self.updates else 1 if self.sets else 0 if self.clears else 3

    def apply(self, facts: dict[str, Mapping[str, Any]], details: Mapping[str, Any]) -> None:
        """Change ``facts`` as the event says."""
        for group in self.clears:
            facts.pop(group, None)
        if self.sets:
            facts[self.sets] = {**details, **self.values}
        elif self.updates:
            facts[self.updates] = {**facts.get(self.updates, {}), **details, **self.values}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the engine uses it. ``first`` counts from the starting event, ``then`` from the last answer."""

    id: str
    series: str
    title: str
    plain: str
    tier: str
    kind: str
    applies_to: SubjectKind
    pack: str
    nation: Nation
    citations: tuple[Citation, ...]
    pathways: tuple[str, ...] = ()
    active: bool = True
    reason: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    starts: tuple[Trigger, ...] = ()
    answers: tuple[Trigger, ...] = ()
    stops: tuple[Trigger, ...] = ()
    conditions: tuple[Condition, ...] = ()
    first: Interval | None = None
    then: Interval | None = None
    every: Interval | None = None
    until: tuple[str, ...] = ()
    opens: Interval | None = None
    minimum: bool = False
    same_day: bool = True
    begins: bool = False
    waits: bool = False
    gap: str = ""
    undated: str = ""
    birthday: int = 0
    asked_from: int = 0
    back: bool = False
    linked_to: str = ""
    count: int = 0
    within: Interval | None = None
    detail: str = ""
    on_day: date | None = None
    ceiling: Interval | None = None
    early: Interval | None = None
    extension: Interval | None = None
    accrued: tuple[int, int] | None = None  # a birthday, and so many days since it
    law: Mapping[str, Interval] = field(default_factory=dict)  # the law's figures behind its own
    measure: str = ""

    @property
    def not_set(self) -> str:
        """Why each council must set an interval of it; empty when all are set."""
        return next((i.why for i in (self.first, self.every, self.then) if i is not None and i.unset), "")

    @property
    def verified(self) -> bool:
        """Whether its figure was seen in a source."""
        return any(citation.verified for citation in self.citations)

    @property
    def takes_turns(self) -> bool:
        """Whether it serves only the first cycle, or only those after it."""
        return self.kind == "after"

    def applies(self, moment: Moment) -> bool:
        """Whether it is the rule for the cycle that begins or runs at ``moment``."""
        if self.takes_turns and (self.first is None) is (moment.answered == 0):
            return False
        for condition in self.conditions:  # noqa: SIM110  a generator would cost more than the question
            if not condition.holds(moment):
                return False
        return True

    def awaits(self, moment: Moment) -> bool:
        """Whether it will apply by the passing of time alone."""
        if not self.waits or (self.takes_turns and self.first is None):
            return False
        return all(c.holds(moment) or ((day := c.change(moment)) and day > moment.on) for c in self.conditions)

    def interval(self, moment: Moment) -> Interval | None:
        """Return the interval that counts now; None when the rule cannot date the cycle."""
        if self.until and any((last := moment.last(kind)) and last > moment.since for kind in self.until):
            return self.then
        if moment.answered == 0:
            return self.first
        return self.every or self.then

    def record(self) -> dict[str, Any]:
        """Return what readers need to know of the rule, as plain JSON values."""
        return {
            "id": self.id,
            "series": self.series,
            "pack": self.pack,
            "nation": self.nation.value,
            "title": self.title,
            "plain": self.plain,
            "tier": self.tier,
            "kind": self.kind,
            "applies_to": self.applies_to.value,
            "pathways": list(self.pathways),
            "verified": self.verified,
            "active": self.active,
            "reason": self.reason or None,
            "not_set": self.not_set or None,
            "measure": self.measure or None,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "starts": _kinds(self.starts),
            "answers": _kinds(self.answers),
            "stops": _kinds(self.stops),
            "citations": [
                {
                    "text": c.text,
                    "source": c.source,
                    "checked": c.checked.isoformat(),
                    "confidence": c.confidence,
                    "verified": c.verified,
                }
                for c in self.citations
            ],
        }


def _kinds(triggers: Iterable[Trigger]) -> list[str]:
    return list(dict.fromkeys(trigger.kind for trigger in triggers))
