"""What falls due in the time ahead: the open cycles, and those that would follow if each were held on its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from domain.cases.subject import Happening, Subject
from domain.core.workdays import Workdays, add_months
from domain.due.engine import derive
from domain.due.obligation import Derivation, Obligation
from domain.rules.rule import Trigger
from domain.rules.rule_index import RuleBook

MOST_CYCLES = 60  # of one series: a year of weekly visits and a few over
MONTHS_AHEAD = 12


class Ahead(NamedTuple):
    """A cycle that falls due; ``if_held`` when it only comes about if those before it are held on their day."""

    obligation: Obligation
    if_held: bool


def year_ahead(subject: Subject, rulebook: RuleBook, calendar: Workdays, today: date) -> list[Ahead]:
    """Return what falls due up to twelve months from ``today``, soonest first, and what is overdue or has no date.

    What is overdue is taken as held ``today``. Each series is followed by itself: a date that only an event of
    another series would make is not foretold.
    """
    until = add_months(today, MONTHS_AHEAD)
    found = [one for one in derive(subject, rulebook, calendar).obligations if one.held_on is None]
    ahead = [Ahead(one, if_held=False) for one in found if one.legal_due is None or one.legal_due <= until]
    for one in found:
        ahead += [Ahead(later, if_held=True) for later in _later(one, subject, rulebook, calendar, today, until)]
    return sorted(ahead, key=lambda a: (a.obligation.legal_due or date.max, a.obligation.series, a.obligation.cycle))


def _later(
    first: Obligation, subject: Subject, rulebook: RuleBook, calendar: Workdays, today: date, until: date
) -> Iterator[Obligation]:
    """Yield the cycles of one series that come after ``first``, each held when it falls due."""
    last, happenings = first, list(subject.happenings)
    for _ in range(MOST_CYCLES):
        if last.legal_due is None or last.legal_due > until:
            return
        answer = _answer(last, rulebook, max(last.legal_due, today))
        if answer is None:
            return
        happenings.append(answer)
        supposed = derive(replace(subject, happenings=tuple(happenings)), rulebook, calendar)
        following = _open(supposed, last)
        if following is None:
            return
        if following.legal_due is not None and following.legal_due <= until:
            yield following
        last = following


def _open(found: Derivation, last: Obligation) -> Obligation | None:
    later = [o for o in found.obligations if o.series == last.series and o.held_on is None and o.cycle > last.cycle]
    return min(later, key=lambda o: o.cycle, default=None)


def _answer(obligation: Obligation, rulebook: RuleBook, on: date) -> Happening | None:
    """Return an event that answers ``obligation``; None where the rule names none that could be supposed."""
    rule = rulebook.rule(obligation.rule)
    for trigger in rule.answers if rule else ():
        happening = Happening(trigger.kind, on, _details(trigger))
        if trigger.matches(happening):
            return happening
    return None


def _details(trigger: Trigger) -> dict[str, object]:
    """Return the details that make an event match ``trigger``: the first of the values it takes, or any other."""
    test = trigger.test
    if test is None:
        return {}
    passing = [value for value in (*test.values, True, False) if test.passes(value)]
    return {trigger.detail: passing[0]} if passing else {}


def month_starts(today: date) -> list[date]:
    """Return the first days of this month and the twelve after it."""
    first = today.replace(day=1)
    return [add_months(first, n) for n in range(MONTHS_AHEAD + 1)]


def month_days(first: date) -> list[date]:
    """Return the days of the month that begins on ``first``."""
    return [first + timedelta(days=n) for n in range((add_months(first, 1) - first).days)]
