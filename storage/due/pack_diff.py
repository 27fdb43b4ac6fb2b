"""What a pack would change before it is adopted: which open obligations move, appear or vanish. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.cases.subject import Subject
from domain.core.enums import Nation, SubjectKind
from domain.due.engine import derive
from domain.due.obligation import Obligation
from domain.rules.rule_index import RuleBook, Series
from storage.database.connection import Connection
from storage.due.subjects import chunks
from storage.records.derivation import Subjects

if TYPE_CHECKING:
    from domain.core.workdays import Workdays
    from storage.rules.pack_faults import PackProblem
    from storage.rules.pack_set import PackSet

MOVES, APPEARS, VANISHES = "moves", "appears", "vanishes"
Progress = Callable[[int, int], None]
_Subjects = Callable[[Connection, Sequence[str]], Iterator[Subject]]
_Pair = tuple[RuleBook, RuleBook]


class Change(NamedTuple):
    """One open obligation that the packs would change; ``days`` is how much later, None where a date is missing."""

    subject_kind: str
    subject: str
    series: str
    rule: str
    cycle: int
    title: str
    change: str
    before: date | None
    after: date | None

    @property
    def days(self) -> int | None:
        """How many days later it would be due; negative when earlier."""
        return (self.after - self.before).days if self.before and self.after else None


def problems_of(before: PackSet, after: PackSet, over: Path) -> list[PackProblem]:
    """Return what is wrong with the packs of ``over``, and what would go wrong with others because of them."""
    mine = {over.name} if over.is_file() else {path.name for path in over.glob("*.toml")} | {over.name}
    return [one for one in after.problems if one.file in mine or one not in before.problems]


def rules_diff(
    conn: Connection, subjects: Subjects, before: PackSet, after: PackSet, progress: Progress | None = None
) -> Iterator[Change]:
    """Yield every open obligation that would move, appear or vanish, subject by subject.

    Only the series that differ are worked out, for open cases and for workers; memory does not grow with their number.
    """
    pairs = {(nation, kind): _pair(before, after, nation, kind) for nation in Nation for kind in SubjectKind}
    kinds = {kind for (_, kind), pair in pairs.items() if pair is not None}
    work = [one for one in _work(conn, subjects) if one[0] in kinds]
    total, done = sum(len(keys) for _, keys, _ in work), 0
    for kind, keys, read in work:
        for some in chunks(keys):
            for subject in read(conn, some):
                if pair := pairs[subject.nation, kind]:
                    yield from _changes(subject, pair, before, after)
            done += len(some)
            if progress:
                progress(done, total)


def _work(conn: Connection, subjects: Subjects) -> list[tuple[SubjectKind, list[str], _Subjects]]:
    cases = conn.values("SELECT reference FROM cases WHERE closed IS NULL ORDER BY id")
    workers = conn.values("SELECT staff_id FROM worker ORDER BY id")
    return [(SubjectKind.CASE, cases, subjects.cases), (SubjectKind.WORKER, workers, subjects.present)]


def _changes(subject: Subject, pair: _Pair, before: PackSet, after: PackSet) -> Iterator[Change]:
    old = _open(subject, pair[0], before.calendar(subject.nation))
    new = _open(subject, pair[1], after.calendar(subject.nation))
    for key in sorted(old.keys() | new.keys()):
        was, will = old.get(key), new.get(key)
        if was is not None and will is not None and was.legal_due == will.legal_due:
            continue
        one, book = (will, pair[1]) if will is not None else (old[key], pair[0])
        rule = book.rule(one.rule)
        yield Change(
            subject_kind=subject.kind.value,
            subject=subject.reference,
            series=one.series,
            rule=one.rule,
            cycle=one.cycle,
            title=rule.title if rule else one.rule,
            change=APPEARS if was is None else VANISHES if will is None else MOVES,
            before=was.legal_due if was else None,
            after=will.legal_due if will else None,
        )


def _open(subject: Subject, book: RuleBook, calendar: Workdays) -> dict[tuple[str, int], Obligation]:
    found = derive(subject, book, calendar).obligations
    return {(one.series, one.cycle): one for one in found if one.held_on is None}


# which series differ ---------------------------------------------------------------------------------------------


def _pair(before: PackSet, after: PackSet, nation: Nation, kind: SubjectKind) -> _Pair | None:
    """Return both rulebooks with only the series that differ; None when none does."""
    old = {one.id: one for one in before.rulebook.index(nation, kind).series}
    new = {one.id: one for one in after.rulebook.index(nation, kind).series}
    if same_days(before.calendar(nation), after.calendar(nation)):
        names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        names |= _hanging_on(names, before.rulebook, old.values()) | _hanging_on(names, after.rulebook, new.values())
    else:
        names = set(old.keys() | new.keys())
    if not names:
        return None
    return _only(before.rulebook, old, names, nation, kind), _only(after.rulebook, new, names, nation, kind)


def same_days(one: Workdays, other: Workdays) -> bool:
    """Whether two calendars give the same days."""
    public = [name for name in type(one).__slots__ if not name.startswith("_")]
    return one is other or all(getattr(one, name) == getattr(other, name) for name in public)


def _hanging_on(names: set[str], book: RuleBook, series: Iterable[Series]) -> set[str]:
    """Return the series whose dates follow those of a series named."""
    return {one.id for one in series if _target(one, book) in names}


def _target(series: Series, book: RuleBook) -> str:
    linked = series.rules[0].linked_to
    rule = book.rule(linked) if linked else None
    return rule.series if rule else linked


def _only(book: RuleBook, series: dict[str, Series], names: set[str], nation: Nation, kind: SubjectKind) -> RuleBook:
    """Return ``book`` with those series at work, and those they hang on."""
    wanted = names | {_target(one, book) for one in series.values() if one.id in names}
    kept = [one for one in series.values() if one.id in wanted]
    narrowed = RuleBook(book.all_rules.values(), {(nation, kind): kept})
    narrowed.titles = book.titles
    return narrowed
