"""What is derived from the records and kept for fast reading: open obligations and case points.

Both follow from the records and the packs alone, so a full rebuild always gives the rows that piecemeal refreshing
gave. Refreshing costs in proportion to the cases touched; a rebuild is linear in all cases.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from domain.ids import Nation, Outcome, SubjectKind
from domain.intervals import Interval
from domain.obligations import Happening, Obligation, Subject, derive, obligation_id
from domain.varying import Decided
from storage import agreed, learning, registrations
from storage.casepoints import COLUMNS as POINTS_COLUMNS
from storage.casepoints import case_points, insert_points, keep_schemes, replace_points
from storage.programmeduties import duties, keep_holidays, learners_of
from storage.reading import Packs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.database import Database
    from storage.packs import PackSet

CHUNK = 500  # subjects handled at a time: flat memory, and under SQLite's limit on bound values

_NOT_HELD = frozenset(Outcome) - {Outcome.HELD}

Row = tuple[Any, ...]
Progress = Callable[[int, int], None]


def refresh(
    connection: sa.Connection,
    packs: PackSet,
    cases: Sequence[str] = (),
    workers: Sequence[str] = (),
    teams: Sequence[str] = (),
    programmes: Sequence[int] = (),
) -> None:
    """Recompute what hangs on those cases, workers and teams (a team's scheme weighs all its cases)."""
    raw = _raw(connection)
    for chunk in _chunks(cases):
        _replace(raw, SubjectKind.CASE, chunk, case_obligations(raw, packs, chunk))
        replace_points(raw, chunk, case_points(raw, packs, chunk))
    if workers or programmes:
        keep_holidays(raw, packs)
    for chunk in _chunks(sorted({*workers, *learners_of(raw, programmes)}) if programmes else workers):
        _replace(raw, SubjectKind.WORKER, chunk, worker_obligations(raw, packs, chunk))
    for chunk in _chunks(teams):
        marks = _marks(chunk)
        held = [r for (r,) in raw.execute(f"SELECT reference FROM cases WHERE team IN ({marks})", chunk)]  # noqa: S608
        for some in _chunks(held):
            replace_points(raw, some, case_points(raw, packs, some))


def rebuild(connection: sa.Connection, packs: PackSet, progress: Progress | None = None) -> None:
    """Recompute everything, and write down the packs in force for readers."""
    raw = _raw(connection)
    write_packs(raw, packs)
    for table in ("obligation", "case_points"):
        raw.execute(f"DELETE FROM {table}")  # noqa: S608
    cases = [r for (r,) in raw.execute("SELECT reference FROM cases ORDER BY id")]
    workers = [r for (r,) in raw.execute("SELECT staff_id FROM worker ORDER BY id")]
    for done in range(0, len(cases), CHUNK):
        some = cases[done : done + CHUNK]
        _insert(raw, case_obligations(raw, packs, some))
        insert_points(raw, case_points(raw, packs, some))
        if progress:
            progress(min(done + CHUNK, len(cases)), len(cases))
    for chunk in _chunks(workers):
        _insert(raw, worker_obligations(raw, packs, chunk))
    raw.execute("ANALYZE")


def differences(raw: sqlite3.Connection, packs: PackSet) -> list[str]:
    """Return the obligations and points that a full recompute would give differently, in words; empty when none."""
    found = []
    for kind, table, column in ((SubjectKind.CASE, "cases", "reference"), (SubjectKind.WORKER, "worker", "staff_id")):
        subjects = [r for (r,) in raw.execute(f"SELECT {column} FROM {table} ORDER BY id")]  # noqa: S608
        compute = case_obligations if kind is SubjectKind.CASE else worker_obligations
        for chunk in _chunks(subjects):
            query = f"SELECT {_COLUMNS} FROM obligation WHERE subject_kind = ? AND subject IN ({_marks(chunk)})"  # noqa: S608
            kept = set(raw.execute(query, (kind.value, *chunk)))
            fresh = set(compute(raw, packs, chunk))
            found += [f"{row[2]} {row[4]}" for row in kept ^ fresh]
            if kind is SubjectKind.CASE:
                query = f'SELECT {POINTS_COLUMNS} FROM case_points WHERE "case" IN ({_marks(chunk)})'  # noqa: S608
                found += [
                    f"{row[0]} points" for row in set(raw.execute(query, chunk)) ^ set(case_points(raw, packs, chunk))
                ]
    return sorted(set(found))


def bring_up_to_date(database: Database, progress: Progress | None = None) -> bool:
    """Rebuild when the packs in force are not those the derived rows came from. Says whether it did."""
    digest = database.pack_digest()
    kept = database.reader().execute("SELECT value FROM meta WHERE key = 'packs'").fetchone()
    if kept is not None and kept[0] == digest:
        return False
    with database.engine().connect() as connection, connection.begin():
        rebuild(connection, database.packs(), progress)
        _raw(connection).execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('packs', ?)", (digest,))
    return True


def write_packs(raw: sqlite3.Connection, packs: PackSet) -> None:
    """Write down what the packs in force say, so that readers need not read packs; schemes that were stay known."""
    keep_schemes(raw, packs)
    raw.execute("DELETE FROM pack_item")
    rows = [(kind, key, n, json.dumps(data, sort_keys=True)) for n, (kind, key, data) in enumerate(packs.items())]
    raw.executemany("INSERT INTO pack_item (kind, id, place, data) VALUES (?, ?, ?, ?)", rows)
    keep_holidays(raw, packs)


def as_counted(kind: str, outcome: object) -> str:
    """Return the kind of event that the rules see: one that was not held answers nothing, an adjourned one is its own.

    So a cancelled review stays due, and "lac_review_held" adjourned counts as "lac_review_adjourned".
    """
    if outcome not in _NOT_HELD:  # held, or an outcome of the kind's own: what an assessment came to
        return kind
    return kind.removesuffix("_held") + "_adjourned" if outcome == Outcome.ADJOURNED else ""


# obligations -----------------------------------------------------------------------------------------------------

_COLUMNS = "id, subject_kind, subject, series, rule, cycle, legal_due, plan_by, opens, anchor_event, anchor_on"


def case_subjects(raw: sqlite3.Connection, references: Sequence[str]) -> Iterator[Subject]:
    """Yield the cases as the engine sees them."""
    marks = _marks(references)
    happenings: dict[str, list[Happening]] = defaultdict(list)
    query = f'SELECT "case", kind, "on", details, id FROM event WHERE "case" IN ({marks})'  # noqa: S608
    for case, kind, on, details, number in raw.execute(query, references):
        facts = {} if details == "{}" else json.loads(details)
        if "outcome" in facts:
            kind = as_counted(kind, facts["outcome"])
        if kind:
            happenings[case].append(Happening(kind, date.fromisoformat(on), facts, number))
    decided = _overrides(raw, references)
    query = f"""SELECT reference, nation, pathways, opened, closed, born, expected_birth
                FROM cases WHERE reference IN ({marks})"""  # noqa: S608
    for reference, nation, pathways, opened, closed, born, expected in raw.execute(query, references):
        yield Subject(
            kind=SubjectKind.CASE,
            reference=reference,
            nation=Nation(nation),
            pathways=tuple(json.loads(pathways)),
            opened=_day(opened),
            closed=_day(closed),
            born=_day(born),
            expected_birth=_day(expected),
            happenings=tuple(happenings.get(reference, ())),
            attributes={},
            overrides=tuple(decided.get(reference, ())),
        )


def _overrides(raw: sqlite3.Connection, references: Sequence[str]) -> dict[str, list[Decided]]:
    query = f"""SELECT "case", rule, unit, number, decided_on, decided_by, ended_on FROM override
                WHERE "case" IN ({_marks(references)})"""  # noqa: S608
    found: dict[str, list[Decided]] = defaultdict(list)
    for case, rule, unit, number, on, who, ended in raw.execute(query, references):
        found[case].append(Decided(rule, Interval(unit, number), date.fromisoformat(on), who, _day(ended)))
    return found


def worker_subjects(raw: sqlite3.Connection, staff_ids: Sequence[str]) -> Iterator[Subject]:
    """Yield the workers as the engine sees them; their supervision, agreements and start of work are happenings."""
    marks = _marks(staff_ids)
    packs, kept = Packs(raw), agreed.agreements(raw, staff_ids)
    happenings: dict[str, list[Happening]] = defaultdict(list)
    for worker, happening in agreed.of_sessions(raw, staff_ids):
        happenings[worker].append(happening)
    query = f'SELECT worker, kind, "on", details, id FROM worker_event WHERE worker IN ({marks})'  # noqa: S608
    for worker, kind, on, details, number in raw.execute(query, staff_ids):
        happenings[worker].append(Happening(kind, date.fromisoformat(on), json.loads(details), number))
    growth = (learning.happenings(raw, staff_ids), registrations.happenings(raw, staff_ids, packs))
    for worker, happening in chain(_concerns(raw, staff_ids), *growth):
        happenings[worker].append(happening)
    decided: dict[str, list[Decided]] = defaultdict(list)
    for duty in duties(raw, staff_ids, packs):
        happenings[duty.worker] += duty.happenings
        decided[duty.worker] += duty.overrides
    query = f"""SELECT w.staff_id, t.nation, w.grade, w.fte, w.started, w.leaves
                FROM worker w JOIN team t ON t.name = w.team WHERE w.staff_id IN ({marks})"""  # noqa: S608
    for staff_id, nation, grade, fte, started, leaves in raw.execute(query, staff_ids):
        if started:
            happenings[staff_id].append(Happening("started_work", date.fromisoformat(started), {}))
        own = kept.get(staff_id, [])
        began = agreed.began(_day(started), happenings[staff_id])
        happenings[staff_id] += agreed.of_agreements(own)
        yield Subject(
            kind=SubjectKind.WORKER,
            reference=staff_id,
            nation=Nation(nation),
            pathways=(),
            opened=_day(started),
            closed=_day(leaves),
            born=None,
            expected_birth=None,
            happenings=tuple(happenings.get(staff_id, ())),
            attributes={"grade": grade, "fte": fte},
            overrides=(*agreed.intervals(own, began, packs), *decided.get(staff_id, ())),
        )


def _concerns(raw: sqlite3.Connection, staff_ids: Sequence[str]) -> Iterator[tuple[str, Happening]]:
    """Yield what workload concerns say: answered, with the day on which the answer is looked at again; closed."""
    query = f"""SELECT worker, answered_on, review_on, closed_on, id FROM concern
                WHERE worker IN ({_marks(staff_ids)}) AND answered_on IS NOT NULL"""  # noqa: S608
    for worker, answered, review, closed, number in raw.execute(query, staff_ids):
        if review is not None:
            yield worker, Happening("concern_answered", date.fromisoformat(answered), {"review": review}, number)
        if closed is not None:
            yield worker, Happening("concern_closed", date.fromisoformat(closed), {}, number)


def case_obligations(raw: sqlite3.Connection, packs: PackSet, references: Sequence[str]) -> list[Row]:
    """Return the rows of the open obligations of those cases. A closed case has none, so it is not gone through."""
    query = f"SELECT reference FROM cases WHERE closed IS NULL AND reference IN ({_marks(references)})"  # noqa: S608
    references = [reference for (reference,) in raw.execute(query, references)]
    return _open_rows(case_subjects(raw, references), packs)


def worker_obligations(raw: sqlite3.Connection, packs: PackSet, staff_ids: Sequence[str]) -> list[Row]:
    """Return the rows of the open obligations about those workers."""
    return _open_rows(worker_subjects(raw, staff_ids), packs)


def _open_rows(subjects: Iterable[Subject], packs: PackSet) -> list[Row]:
    return [
        _obligation_row(subject, obligation)
        for subject in subjects
        for obligation in derive(subject, packs.rulebook, packs.calendar(subject.nation)).obligations
        if obligation.held_on is None
    ]


def _obligation_row(subject: Subject, found: Obligation) -> Row:
    return (
        obligation_id(subject.kind, subject.reference, found.series, found.cycle),
        subject.kind.value,
        subject.reference,
        found.series,
        found.rule,
        found.cycle,
        _iso(found.legal_due),
        _iso(found.plan_by),
        _iso(found.opens),
        found.anchor_event,
        _iso(found.anchor_on),
    )


def _replace(raw: sqlite3.Connection, kind: SubjectKind, subjects: Sequence[str], rows: list[Row]) -> None:
    marks = _marks(subjects)
    raw.execute(f"DELETE FROM obligation WHERE subject_kind = ? AND subject IN ({marks})", (kind.value, *subjects))  # noqa: S608
    _insert(raw, rows)


def _insert(raw: sqlite3.Connection, rows: list[Row]) -> None:
    raw.executemany(f"INSERT INTO obligation ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608


# small things ----------------------------------------------------------------------------------------------------


def _raw(connection: sa.Connection) -> sqlite3.Connection:
    return connection.connection.driver_connection  # type: ignore[return-value]


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _marks(items: Sequence[str]) -> str:
    return ",".join("?" * len(items))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
