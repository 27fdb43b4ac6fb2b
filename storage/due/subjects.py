"""Cases and workers as the rules see them: what is known of each, and everything that happened, from the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.cases.subject import Decided, Happening, Subject
from domain.core.enums import Nation, Outcome, SubjectKind
from domain.core.intervals import Interval
from storage.database.connection import Connection
from storage.database.derived_days import settled_day
from storage.records.keys.former_keys import identities
from storage.rules.kept_packs import Packs

CHUNK = 500  # subjects handled at a time, so that memory stays flat

_NOT_HELD = frozenset(Outcome) - {Outcome.HELD}


@dataclass(slots=True)
class WorkerDraft:
    """A worker while what is known of them is gathered; each subject adds what its records say."""

    staff_id: str
    nation: str
    grade: str
    fte: int
    started: date | None
    leaves: date | None
    happenings: list[Happening] = field(default_factory=list)
    overrides: list[Decided] = field(default_factory=list)


# What a subject's records say of workers, added to their drafts (by staff id).
Facts = Callable[[Connection, Mapping[str, WorkerDraft], Packs], None]


def chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield ``items`` a few hundred at a time."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def as_counted(kind: str, outcome: object) -> str:
    """Return the kind of event that the rules see: one that was not held answers nothing, an adjourned one is its own.

    So a cancelled review stays due, and "lac_review_held" adjourned counts as "lac_review_adjourned".
    """
    if outcome not in _NOT_HELD:  # held, or an outcome of the kind's own: what an assessment came to
        return kind
    return kind.removesuffix("_held") + "_adjourned" if outcome == Outcome.ADJOURNED else ""


class Subjects:
    """Reads subjects; ``sources`` are what further subjects know of workers, asked in their order."""

    def __init__(self, sources: Sequence[Facts]) -> None:
        self._sources = sources

    def cases(self, conn: Connection, references: Sequence[str]) -> Iterator[Subject]:
        """Yield those cases."""
        return case_subjects(conn, references)

    def of(self, conn: Connection, kind: str, key: str) -> Subject | None:
        """Return one case or worker, or None where there is none."""
        return next(iter(self.cases(conn, [key]) if kind == SubjectKind.CASE else self.workers(conn, [key])), None)

    def present(self, conn: Connection, staff_ids: Sequence[str]) -> Iterator[Subject]:
        """Yield of those workers who has not left by the day for which what is derived stands: the others owe nothing.

        A worker owes what falls due up to and including their last day.
        """
        day = settled_day(conn)
        return (one for one in self.workers(conn, staff_ids) if not one.gone(day))

    def workers(self, conn: Connection, staff_ids: Sequence[str]) -> Iterator[Subject]:
        """Yield those workers, as they are on the day for which what is derived stands."""
        found = conn.all(WorkerDraft, _WORKERS, staff_ids=staff_ids, day=settled_day(conn))
        drafts = {one.staff_id: one for one in found}
        packs, first = Packs(conn), identities(conn, "worker", drafts)
        for source in (_of_workers, *self._sources):
            source(conn, drafts, packs)
        for draft in drafts.values():
            yield Subject(
                kind=SubjectKind.WORKER,
                reference=draft.staff_id,
                nation=Nation(draft.nation),
                pathways=(),
                opened=draft.started,
                closed=draft.leaves,
                born=None,
                expected_birth=None,
                happenings=tuple(draft.happenings),
                attributes={"grade": draft.grade, "fte": draft.fte},
                overrides=tuple(draft.overrides),
                known_first_as=first.get(draft.staff_id, ""),
            )


# cases ---------------------------------------------------------------------------------------------------------------


class _Case(NamedTuple):
    reference: str
    nation: str
    pathways: tuple[str, ...]
    opened: date
    closed: date | None
    born: date | None
    expected_birth: date | None


class _Event(NamedTuple):
    subject: str
    kind: str
    on: date
    details: dict[str, Any]
    id: int


class _Override(NamedTuple):
    case: str
    rule: str
    unit: str
    number: int
    decided_on: date
    decided_by: str
    ended_on: date | None


_CASES = """SELECT reference, nation, pathways, opened, closed, born, expected_birth
            FROM cases WHERE reference IN :references"""
_EVENTS = 'SELECT "case" AS subject, kind, "on", details, id FROM event WHERE "case" IN :references'
_OVERRIDES = """SELECT "case", rule, unit, number, decided_on, decided_by, ended_on FROM override
                WHERE "case" IN :references"""


def case_subjects(conn: Connection, references: Sequence[str]) -> Iterator[Subject]:
    """Yield cases as the rules see them."""
    happenings = _of_cases(conn, references)
    overrides = _overrides(conn, references)
    first = identities(conn, "case", references)
    for case in conn.all(_Case, _CASES, references=references):
        yield Subject(
            kind=SubjectKind.CASE,
            reference=case.reference,
            nation=Nation(case.nation),
            pathways=case.pathways,
            opened=case.opened,
            closed=case.closed,
            born=case.born,
            expected_birth=case.expected_birth,
            happenings=tuple(happenings.get(case.reference, ())),
            attributes={},
            overrides=tuple(overrides.get(case.reference, ())),
            known_first_as=first.get(case.reference, ""),
        )


def _of_cases(conn: Connection, references: Sequence[str]) -> dict[str, list[Happening]]:
    found: dict[str, list[Happening]] = defaultdict(list)
    for event in conn.each(_Event, _EVENTS, references=references):
        kind = as_counted(event.kind, event.details["outcome"]) if "outcome" in event.details else event.kind
        if kind:
            found[event.subject].append(Happening(kind, event.on, event.details, event.id))
    return found


def _overrides(conn: Connection, references: Sequence[str]) -> dict[str, list[Decided]]:
    found: dict[str, list[Decided]] = defaultdict(list)
    for one in conn.all(_Override, _OVERRIDES, references=references):
        interval = Interval(one.unit, one.number)
        found[one.case].append(Decided(one.rule, interval, one.decided_on, one.decided_by, one.ended_on))
    return found


# workers -------------------------------------------------------------------------------------------------------------

_WORKERS = """SELECT w.staff_id, t.nation, w.grade, w.fte, w.started, w.leaves
              FROM worker_on(:day) w JOIN team t ON t.name = w.team WHERE w.staff_id IN :staff_ids"""
_WORKER_EVENTS = 'SELECT worker AS subject, kind, "on", details, id FROM worker_event WHERE worker IN :staff_ids'


def _of_workers(conn: Connection, drafts: Mapping[str, WorkerDraft], _packs: Packs) -> None:
    for event in conn.each(_Event, _WORKER_EVENTS, staff_ids=list(drafts)):
        drafts[event.subject].happenings.append(Happening(event.kind, event.on, event.details, event.id))
    for draft in drafts.values():
        if draft.started is not None:
            draft.happenings.append(Happening("started_work", draft.started, {}))
