"""What was open on cases on a day that has passed, by what is known now: worked out from what had happened by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.cases.subject import Subject
from domain.due.engine import derive
from domain.due.obligation import Obligation, obligation_id
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, OPEN
from storage.due.due_list import COUNCIL_DATES, DueLine, from_packs
from storage.due.subjects import case_subjects, chunks
from storage.people import staff
from storage.rules.kept_packs import Packs

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet

_CASES = f"""SELECT c.reference, c.name, c.pathways, c.team, {HELD_BY} AS worker, {COUNCIL_DATES} AS council
FROM cases c WHERE c.opened <= :today AND {OPEN} AND (:team IS NULL OR c.team = :team) ORDER BY c.id"""  # noqa: S608


class _Case(NamedTuple):
    reference: str
    name: str
    pathways: tuple[str, ...]
    team: str
    worker: str | None
    council: str | None


def open_on(conn: Connection, packs: PackSet, day: date, team: str | None = None) -> Iterator[DueLine]:
    """Yield the obligations that were open at the end of a day on the cases open then, soonest first."""
    cases = {one.reference: one for one in conn.each(_Case, _CASES, today=day, team=team)}
    kept, names, found = Packs(conn), staff.names(conn), []
    for some in chunks(list(cases)):
        for subject in case_subjects(conn, some):
            derivation = derive(subject.on(day), packs.rulebook, packs.calendar(subject.nation))
            lying = (one for one in derivation.obligations if one.held_on is None)
            found += [_line(kept, names, cases[subject.reference], subject, one) for one in lying]
    yield from sorted(found, key=lambda one: (one.legal_due or date.max, one.subject, one.series))


def _line(packs: Packs, names: Mapping[str, str], case: _Case, subject: Subject, one: Obligation) -> DueLine:
    """Return a line of the due list; whether it was put off is not asked."""
    return DueLine(
        obligation_id(subject.kind, subject.identity, one.series, one.cycle),
        subject.kind.value, case.reference, case.name, case.pathways, one.series, one.rule, one.cycle,
        one.anchor_event, one.anchor_on, one.legal_due, one.plan_by, one.opens, case.worker, case.team,
        postponed=None, council=case.council, worker_name=names.get(case.worker or "", ""),
        **from_packs(packs, one.rule, case.pathways),
    )  # fmt: skip
