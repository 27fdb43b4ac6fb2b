"""The engine: events and rules in, obligations out. It never asks what day it is.

Every cycle counts from the day the one before was really held. A due date that falls on a day nobody works keeps its
``legal_due``; ``plan_by`` is the working day before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import blake2b
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.ids import Nation, SubjectKind
from domain.rulebook import Index, RuleBook, Series
from domain.workdays import Workdays

if TYPE_CHECKING:
    from domain.chains import Chain
    from domain.varying import Varying

_ON = itemgetter(1)  # the day of a happening
_NONE: Mapping[str, Any] = MappingProxyType({})


class Happening(NamedTuple):
    """A dated fact: what happened, when, and its small details."""

    kind: str
    on: date
    details: Mapping[str, Any] = _NONE
    id: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """A case, worker or programme as the engine sees it. ``closed`` ends everything that is open.

    ``overrides`` are intervals decided for this one subject (domain.overrides).
    """

    kind: SubjectKind
    reference: str
    nation: Nation = Nation.ENGLAND
    pathways: Sequence[str] = ()
    opened: date | None = None
    closed: date | None = None
    born: date | None = None
    expected_birth: date | None = None
    happenings: Sequence[Happening] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[Varying] = ()


class Obligation(NamedTuple):
    """One cycle of one series: open while ``held_on`` is None. (subject, series, cycle) never changes its meaning.

    ``legal_due`` and ``plan_by`` are None where each council must set the interval and this one has not; ``ended_on``
    is the day a cycle lapsed.
    """

    series: str
    rule: str
    cycle: int
    legal_due: date | None
    plan_by: date | None
    opens: date | None
    anchor_event: str
    anchor_on: date
    held_on: date | None = None
    ended_on: date | None = None


class Gap(NamedTuple):
    """Something that is missing or contradicts itself, so that a date cannot be given or trusted."""

    series: str
    message: str


class Derivation(NamedTuple):
    """What follows from a subject's events.

    ``lapsed`` cycles ended unanswered with what they hung on (the child moved or left care); ``floors`` are dates
    before which something may not happen: they are never overdue.
    """

    obligations: tuple[Obligation, ...]
    gaps: tuple[Gap, ...]
    lapsed: tuple[Obligation, ...] = ()
    floors: tuple[Obligation, ...] = ()


class Findings:
    """What is being collected while a subject is gone through. ``notes`` only while explaining."""

    __slots__ = ("floors", "gaps", "lapsed", "notes", "obligations")

    def __init__(self, notes: list[tuple[int, date, str]] | None = None) -> None:
        self.obligations: list[Obligation] = []
        self.gaps: list[Gap] = []
        self.lapsed: list[Obligation] = []
        self.floors: list[Obligation] = []
        self.notes = notes

    def sealed(self) -> Derivation:
        """The findings as a value, without repeated gaps."""
        gaps = tuple(dict.fromkeys(self.gaps))
        return Derivation(tuple(self.obligations), gaps, tuple(self.lapsed), tuple(self.floors))


def derive(subject: Subject, rulebook: RuleBook, calendar: Workdays) -> Derivation:
    """Return every cycle, past and open, that follows from the subject's events, and what stands in the way."""
    index = rulebook.index(subject.nation, subject.kind)
    by_series = events_by_series(subject, index)
    findings = Findings()
    for place, events in by_series.items():
        run_series(index.series[place], subject, events, calendar, rulebook, findings)
    if subject.closed is None:
        _missing_starts(subject, index, by_series, findings)
    return findings.sealed()


def run_series(
    series: Series,
    subject: Subject,
    events: list[Happening],
    calendar: Workdays,
    rulebook: RuleBook,
    findings: Findings,
) -> None:
    """Add what follows for one series to ``findings``."""
    if series.silent(events):
        return
    chain, run_oneoff = _runners()
    if series.chained:
        chain(series, subject, calendar, rulebook.titles, findings).run(events)
    else:
        run_oneoff(series, subject, events, calendar, findings)


@cache
def _runners() -> tuple[type[Chain], Callable[..., None]]:
    """Return what goes through a series; asked for once, as both need this module first."""
    from domain.chains import Chain
    from domain.oneoffs import run_oneoff

    return Chain, run_oneoff


def events_by_series(subject: Subject, index: Index) -> dict[int, list[Happening]]:
    """Return the subject's events in order of day, for each series (by its place) that can follow from them."""
    happenings = subject.happenings
    if index.reserved:
        happenings = [*_implied(subject, index), *happenings]
    plan = index.plan(frozenset([h.kind for h in happenings]), born=subject.born is not None)
    found: dict[int, list[Happening]] = {place: [] for place in plan.places}
    by_kind = plan.by_kind
    for happening in sorted(happenings, key=_ON):
        for place in by_kind[happening.kind]:
            found[place].append(happening)
    return found


def _implied(subject: Subject, index: Index) -> list[Happening]:
    days = {"opened": subject.opened, "expected_birth": subject.expected_birth}
    return [Happening(kind, day) for kind in index.reserved if (day := days[kind]) is not None]


def _missing_starts(
    subject: Subject, index: Index, events: Mapping[int, Sequence[Happening]], findings: Findings
) -> None:
    for pathway in subject.pathways:
        for place in index.expecting.get(pathway, ()):
            if not events.get(place):
                findings.gaps.append(Gap(index.series[place].id, index.series[place].gap))


def obligation_id(kind: SubjectKind | str, reference: str, series: str, cycle: int) -> str:
    """Return the short stable id of a cycle: 10 lower-case hexadecimal characters."""
    whole = "\0".join((str(kind), reference, series, str(cycle)))
    return blake2b(whole.encode(), digest_size=5).hexdigest()
