"""The engine: events and rules in, obligations out. It never asks what day it is.

Every cycle counts from the day the one before was really held. A due date that falls on a day nobody works keeps its
``legal_due``; ``plan_by`` is the working day before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from domain.cases.subject import Gap, Happening, Subject
from domain.core.workdays import Workdays
from domain.due.chains import Chain
from domain.due.obligation import Derivation, Findings
from domain.due.one_offs import run_oneoff
from domain.rules.rule_index import Index, RuleBook, Series

_ON = itemgetter(1)  # the day of a happening


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
    if series.chained:
        Chain(series, subject, calendar, rulebook.titles, findings).run(events)
    else:
        run_oneoff(series, subject, events, calendar, findings)


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
