"""The council's own due dates beside ours: the open obligations where they differ, and what explains it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from domain.councildates import Anchors, explain_difference
from domain.ids import SubjectKind
from domain.obligations import Derivation, Obligation, derive
from domain.text import plural
from storage.duelist import DueLine, due
from storage.projections import CHUNK, case_subjects

if TYPE_CHECKING:
    from domain.workdays import Workdays
    from storage.packs import PackSet


class CouncilLine(NamedTuple):
    """An open obligation that the council dates otherwise; ``days`` is how much later its date is."""

    line: DueLine
    days: int
    explained_by: str

    @property
    def words(self) -> str:
        """How the dates stand to each other: "2 days earlier: 28 days in place of 20 working days"."""
        if not self.days:
            return self.explained_by
        return f"{plural(abs(self.days), 'day')} {'later' if self.days > 0 else 'earlier'}: {self.explained_by}"


def council_lines(
    conn: sqlite3.Connection, packs: PackSet, today: date, team: str | None = None
) -> Iterator[CouncilLine]:
    """Yield every open obligation whose date differs from the council's, soonest first."""
    differing = (one for one in due(conn, today=today, team=team) if one.council_difference)
    while lines := list(islice(differing, CHUNK)):
        cases = sorted({one.subject for one in lines if one.subject_kind == SubjectKind.CASE})
        explained = _explained(conn, packs, cases, lines)
        for line in lines:
            yield CouncilLine(line, line.council_difference or 0, explained[line.id])


def council_line(conn: sqlite3.Connection, packs: PackSet, line: DueLine | None) -> CouncilLine | None:
    """Return how the council's date for one open obligation stands to ours; None where there is none."""
    if line is None or line.council_due is None or line.legal_due is None:
        return None
    return CouncilLine(line, line.council_difference or 0, _explained(conn, packs, [line.subject], [line])[line.id])


def _explained(
    conn: sqlite3.Connection, packs: PackSet, cases: Sequence[str], lines: Sequence[DueLine]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for subject in case_subjects(conn, cases):
        calendar = packs.calendar(subject.nation)
        derivation = derive(subject, packs.rulebook, calendar)
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
