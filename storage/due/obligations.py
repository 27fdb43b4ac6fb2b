"""Open obligations, kept for fast reading: they follow from the records and the packs alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases.subject import Subject
from domain.core.enums import SubjectKind
from domain.due.engine import derive
from domain.due.obligation import Obligation, obligation_id
from storage.database.connection import Connection
from storage.due.subjects import CHUNK, Subjects, chunks
from storage.records.derivation import Followed
from storage.rules.kept_packs import keep_holidays

if TYPE_CHECKING:
    from storage.records.derivation import Progress, Touched
    from storage.rules.pack_set import PackSet


class OpenDuty(NamedTuple):
    """A row of the table of open obligations."""

    id: str
    subject_kind: str
    subject: str
    series: str
    rule: str
    cycle: int
    legal_due: str | None
    plan_by: str | None
    opens: str | None
    anchor_event: str
    anchor_on: str | None


_TABLE, _COLUMNS = "obligation", ", ".join(OpenDuty._fields)
_CASES = "SELECT reference FROM cases ORDER BY id"
_WORKERS = "SELECT staff_id FROM worker ORDER BY id"


class Obligations:
    """Keeps the table of open obligations in step with the records.

    ``whose`` gives, for further groups of what was touched, the workers concerned.
    """

    def __init__(
        self, subjects: Subjects, whose: Mapping[str, Callable[[Connection, Sequence[Any]], list[str]]]
    ) -> None:
        self._subjects = subjects
        self._whose = whose

    def refresh(self, conn: Connection, packs: PackSet, touched: Touched) -> Followed:
        """Work out afresh what is due of the cases and workers that were touched, and return what that changed."""
        followed = Followed()
        for some in chunks(touched.get("cases", ())):
            fresh = self.of_cases(conn, packs, some)
            followed = followed.and_also(_replace(conn, SubjectKind.CASE, some, fresh))
        workers = set(touched.get("workers", ()))
        for group, whose in self._whose.items():
            if touched.get(group):
                workers.update(whose(conn, touched[group]))
        if workers:
            keep_holidays(conn, packs)
        for some in chunks(sorted(workers)):
            fresh = self.of_workers(conn, packs, some)
            followed = followed.and_also(_replace(conn, SubjectKind.WORKER, some, fresh))
        return followed

    def rebuild(self, conn: Connection, packs: PackSet, progress: Progress | None = None) -> None:
        """Work everything out afresh."""
        conn.change("DELETE FROM obligation")
        cases = conn.values(_CASES)
        for done, some in enumerate(chunks(cases)):
            _insert(conn, self.of_cases(conn, packs, some))
            if progress:
                progress(min((done + 1) * CHUNK, len(cases)), len(cases))
        for some in chunks(conn.values(_WORKERS)):
            _insert(conn, self.of_workers(conn, packs, some))

    def differences(self, conn: Connection, packs: PackSet) -> list[str]:
        """Return the obligations that a rebuild would give differently, in words."""
        found = []
        for kind, query, compute in (
            (SubjectKind.CASE, _CASES, self.of_cases),
            (SubjectKind.WORKER, _WORKERS, self.of_workers),
        ):
            for some in chunks(conn.values(query)):
                kept = f"SELECT {_COLUMNS} FROM obligation WHERE subject_kind = :kind AND subject IN :subjects"  # noqa: S608
                rows = set(conn.all(OpenDuty, kept, kind=kind, subjects=some))
                found += [f"{row.subject} {row.rule}" for row in rows ^ set(compute(conn, packs, some))]
        return found

    def of_cases(self, conn: Connection, packs: PackSet, references: Sequence[str]) -> list[OpenDuty]:
        """Return what is open of those cases. A closed case has nothing open, so it is not gone through."""
        query = "SELECT reference FROM cases WHERE closed IS NULL AND reference IN :references"
        return _open_rows(self._subjects.cases(conn, conn.values(query, references=references)), packs)

    def of_workers(self, conn: Connection, packs: PackSet, staff_ids: Sequence[str]) -> list[OpenDuty]:
        """Return what is open about those workers. Whoever has left has nothing open from the day after."""
        return _open_rows(self._subjects.present(conn, staff_ids), packs)


def _open_rows(subjects: Iterable[Subject], packs: PackSet) -> list[OpenDuty]:
    return [
        _row(subject, obligation)
        for subject in subjects
        for obligation in derive(subject, packs.rulebook, packs.calendar(subject.nation)).obligations
        if obligation.held_on is None
    ]


def _row(subject: Subject, found: Obligation) -> OpenDuty:
    return OpenDuty(
        id=obligation_id(subject.kind, subject.identity, found.series, found.cycle),
        subject_kind=subject.kind.value,
        subject=subject.reference,
        series=found.series,
        rule=found.rule,
        cycle=found.cycle,
        legal_due=_iso(found.legal_due),
        plan_by=_iso(found.plan_by),
        opens=_iso(found.opens),
        anchor_event=found.anchor_event,
        anchor_on=_iso(found.anchor_on),
    )


def _replace(conn: Connection, kind: SubjectKind, subjects: Sequence[str], rows: list[OpenDuty]) -> Followed:
    where = "WHERE subject_kind = :kind AND subject IN :subjects"
    before = conn.lookup(f"SELECT id, legal_due FROM obligation {where}", kind=kind, subjects=subjects)  # noqa: S608
    conn.change(f"DELETE FROM obligation {where}", kind=kind, subjects=subjects)  # noqa: S608
    _insert(conn, rows)
    after = {row.id: row.legal_due for row in rows}
    return Followed(
        made=frozenset(after.keys() - before.keys()),
        over=frozenset(before.keys() - after.keys()),
        moved=frozenset(one for one, due in after.items() if one in before and before[one] != due),
    )


def _insert(conn: Connection, rows: list[OpenDuty]) -> None:
    conn.insert(_TABLE, OpenDuty._fields, rows)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
