"""What lies ahead of one case, as the engine works it out: the dates of the year, gaps and contradictions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.cases.contradictions import all_gaps
from domain.cases.subject import Gap, Subject
from domain.core.dates import status
from domain.core.errors import NotFound
from domain.due.engine import derive
from domain.due.obligation import obligation_id
from domain.due.year_ahead import year_ahead
from storage.due.subjects import case_subjects

if TYPE_CHECKING:
    from storage.records.database import Database


class PlannedLine(NamedTuple):
    """A date in the year ahead; ``id`` is None, and ``if_held`` true, when it comes only if those before are held."""

    id: str | None
    series: str
    rule: str
    cycle: int
    title: str
    legal_due: date | None
    plan_by: date | None
    if_held: bool
    verified: bool

    def status(self, today: date) -> str:
        """How it stands: "overdue", "due", "upcoming", or "unset" without a date."""
        return status(self.legal_due, self.plan_by, today)


def case_year(database: Database, reference: str, today: date) -> list[PlannedLine]:
    """Return what falls due on a case within twelve months, soonest first; a closed case has nothing ahead."""
    packs, subject = database.packs(), _subject(database, reference)
    if subject.closed is not None:
        return []
    lines = []
    for one, if_held in year_ahead(subject, packs.rulebook, packs.calendar(subject.nation), today):
        rule = packs.rulebook.rule(one.rule)
        number = None if if_held else obligation_id(subject.kind, subject.identity, one.series, one.cycle)
        title, verified = (rule.title, rule.verified) if rule else (one.rule, False)
        lines.append(
            PlannedLine(number, one.series, one.rule, one.cycle, title, one.legal_due, one.plan_by, if_held, verified)
        )
    return lines


def case_gaps(database: Database, reference: str, today: date) -> list[Gap]:
    """Return what contradicts itself on a case, and what is missing."""
    packs, subject = database.packs(), _subject(database, reference)
    found = derive(subject, packs.rulebook, packs.calendar(subject.nation)).gaps
    return all_gaps(subject, found, packs.rulebook.titles, today)


def _subject(database: Database, reference: str) -> Subject:
    found = next(iter(case_subjects(database.reader(), [reference])), None)
    if found is None:
        raise NotFound(f"There is no case {reference!r}.", field="case", hint="See: almoner list case")
    return found
