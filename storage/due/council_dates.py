"""The council's own due dates beside ours: the open obligations where they differ, and what explains it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from domain.core.enums import SubjectKind
from domain.core.text import plural
from domain.due.council_dates import Anchors, explain_difference
from domain.due.engine import derive
from domain.due.obligation import Derivation, Obligation
from storage.database.connection import Connection
from storage.due.due_list import DueLine, due
from storage.due.open_on import open_on
from storage.due.subjects import CHUNK, case_subjects

if TYPE_CHECKING:
    from domain.core.workdays import Workdays
    from storage.rules.pack_set import PackSet


class CouncilLine(NamedTuple):
    """An open obligation that the council dates otherwise; ``days`` is how much later its date is.

    ``source`` is where that date came from: the extract, or what somebody wrote.
    """

    line: DueLine
    days: int
    explained_by: str
    source: str = ""

    @property
    def words(self) -> str:
        """How the dates stand to each other: "2 days earlier: 28 days in place of 20 working days"."""
        if not self.days:
            return self.explained_by
        return f"{plural(abs(self.days), 'day')} {'later' if self.days > 0 else 'earlier'}: {self.explained_by}"


def council_lines(
    conn: Connection, packs: PackSet, today: date, team: str | None = None, now: date | None = None
) -> Iterator[CouncilLine]:
    """Yield every obligation open on a day whose date differs from the council's, soonest first.

    ``now`` is the day on which that is asked of ``today``, where it is another.
    """
    passed = now is not None and today < now
    lying = open_on(conn, packs, today, team) if passed else due(conn, today=today, team=team)
    differing = (one for one in lying if one.council_difference)
    while lines := list(islice(differing, CHUNK)):
        cases = sorted({one.subject for one in lines if one.subject_kind == SubjectKind.CASE})
        explained, sources = _explained(conn, packs, cases, lines, today), _sources(conn, cases, today)
        for line in lines:
            source = sources.get((line.subject, line.council_due), "")
            yield CouncilLine(line, line.council_difference or 0, explained[line.id], source)


def council_line(conn: Connection, packs: PackSet, line: DueLine | None) -> CouncilLine | None:
    """Return how the council's date for one open obligation stands to ours; None where there is none."""
    if line is None or line.council_due is None or line.legal_due is None:
        return None
    return CouncilLine(line, line.council_difference or 0, _explained(conn, packs, [line.subject], [line])[line.id])


def _sources(conn: Connection, cases: Sequence[str], day: date) -> dict[tuple[str, date | None], str]:
    """Return where each of the council's dates that were open on a day came from, by case and day."""
    query = """SELECT "case", due, source FROM council_date
        WHERE "case" IN :cases AND (held IS NULL OR held > :day) ORDER BY id"""
    return {(one.case, one.due): one.source for one in conn.each(_Source, query, cases=cases, day=day)}


class _Source(NamedTuple):
    case: str
    due: date
    source: str


def _explained(
    conn: Connection, packs: PackSet, cases: Sequence[str], lines: Sequence[DueLine], day: date = date.max
) -> dict[str, str]:
    found: dict[str, str] = {}
    for subject in case_subjects(conn, cases):
        calendar = packs.calendar(subject.nation)
        derivation = derive(subject.on(day), packs.rulebook, calendar)
        for line in lines:
            if line.subject == subject.reference and line.council_due:
                found[line.id] = explained_by(line.council_due, derivation, line.series, line.cycle, packs, calendar)
    return found


def explained_by(
    council: date, derivation: Derivation, series: str, cycle: int, packs: PackSet, calendar: Workdays
) -> str:
    """Return which way of counting explains the council's date for one cycle."""
    cycles = {one.cycle: one for one in derivation.obligations if one.series == series}
    ours, before = cycles.get(cycle), cycles.get(cycle - 1)
    if ours is None or ours.legal_due is None:
        return "we have no date"
    rule = packs.rulebook.rule(ours.rule)
    intervals = [one for one in (rule.first, rule.every, rule.then) if one is not None] if rule else []
    return explain_difference(
        council, ours.legal_due, Anchors(ours.anchor_on, _was_due(ours, before)), intervals, calendar
    )


def _was_due(ours: Obligation, before: Obligation | None) -> date | None:
    """Return when the event that a cycle counts from had been due itself."""
    return before.legal_due if before is not None and before.held_on == ours.anchor_on else None
