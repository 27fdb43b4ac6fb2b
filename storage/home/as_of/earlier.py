"""Going back through the change log to what stood after an earlier set: every record as it was then, stamps and all.

Unlike undo it asks nothing of what it brings back, since all of that stood before; and it writes nothing into the log,
whose later sets go as well. It is for a copy of the database, never for the database itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.errors import StorageProblem
from storage.database.connection import Connection
from storage.records.kind import Kind, Kinds, kept, plain_values
from storage.tables import table_of
from storage.tables.log import ImportRow

if TYPE_CHECKING:
    from storage.records.derivation import Progress

GUARDS = ("change_set_not_deleted", "change_not_deleted")  # what lets nobody shorten the log

State = dict[str, Any]
AnyKind = Kind[Any, Any]
Reached = Mapping[str, set[Any]]

_STEP = 500  # lines between two words about progress


class _Line(NamedTuple):
    """What a change did to a record; the salt is None where its words were erased."""

    record: str
    key: int
    before: str | None
    after: str | None
    salt: str | None


def last_set_before(conn: Connection, moment: datetime) -> int | None:
    """Return the newest set of the log that was recorded before ``moment``; None where there is none."""
    number: int | None = conn.value("SELECT max(id) FROM change_set WHERE at < :moment", moment=moment)
    return number


def go_back(conn: Connection, kinds: Kinds, last: int, progress: Progress | None = None) -> Reached:
    """Bring every record back to how it stood after the set ``last``; return what the changes since had touched.

    The changes are gone through backwards, one by one: only so does a name that was corrected since, which all that
    bear it follow, become what it was.
    """
    way = _Way(conn, kinds)
    total = conn.value("SELECT count(*) FROM change WHERE change_set > :last", last=last)
    query = """SELECT record, "key", before, after, salt FROM change WHERE change_set > :last ORDER BY id DESC"""
    for done, line in enumerate(conn.each(_Line, query, last=last), 1):
        way.back(line)
        if progress is not None and (done == total or not done % _STEP):
            progress(done, total)
    way.drop_unsaid(last)
    conn.change("DELETE FROM change WHERE change_set > :last", last=last)
    conn.change("DELETE FROM change_set WHERE id > :last", last=last)
    return way.reached


def forget_imports(conn: Connection, moment: datetime) -> None:
    """Leave out the imports that went in from ``moment`` on."""
    conn.change(f"DELETE FROM {table_of(ImportRow).name} WHERE at >= :moment", moment=moment)  # noqa: S608


class _Way:
    """Goes back line by line, and notes what the lines touch."""

    def __init__(self, conn: Connection, kinds: Kinds) -> None:
        self._conn = conn
        self._kinds = kinds
        self._followers = _followers(kinds)
        self._unsaid: set[tuple[str, int]] = set()
        self.reached: dict[str, set[Any]] = defaultdict(set)

    def back(self, line: _Line) -> None:
        """Put one record where it was before a change; what that said may have been erased since, and stays so."""
        if line.salt is None:
            self._unsaid.add((line.record, line.key))
            return
        kind = self._kinds.named(line.record)
        before, after = (json.loads(text) if text else None for text in (line.before, line.after))
        if before is None:
            self._remove(kind, line.key)
        elif after is None:
            self._insert(kind, _whole(kind, before))
        else:
            self._change(kind, line.key, before, after)
        for state in (before, after):
            for group, name in kind.touches(state) if state else ():
                self.reached[group].add(name)

    def drop_unsaid(self, last: int) -> None:
        """Take away what was recorded after ``last`` and erased since; of what is older the log knows no more."""
        for record, key in self._unsaid:
            query = 'SELECT min(change_set) FROM change WHERE record = :record AND "key" = :key'
            if self._conn.value(query, record=record, key=key) > last:
                self._conn.change(f'DELETE FROM "{self._kinds.named(record).table.name}" WHERE id = :key', key=key)  # noqa: S608

    def _remove(self, kind: AnyKind, key: int) -> None:
        self._one(kind, self._conn.change(f'DELETE FROM "{kind.table.name}" WHERE id = :key', key=key))  # noqa: S608

    def _insert(self, kind: AnyKind, state: State) -> None:
        self._conn.insert(kind.table.name, [*state], [[kept(value) for value in state.values()]])

    def _change(self, kind: AnyKind, key: int, before: State, after: State) -> None:
        changed = {name: value for name, value in before.items() if name not in after or after[name] != value}
        if not changed:
            return
        words = ", ".join(f'"{name}" = :{name}' for name in changed)
        values = {name: kept(value) for name, value in changed.items()}
        query = f'UPDATE "{kind.table.name}" SET {words} WHERE id = :number_of_it'  # noqa: S608
        self._one(kind, self._conn.change(query, number_of_it=key, **values))
        for name, table, column in self._followers.get(kind.name, ()):
            if name in changed:
                query = f'UPDATE "{table}" SET "{column}" = :old WHERE "{column}" = :new'  # noqa: S608
                self._conn.change(query, old=before[name], new=after[name])

    def _one(self, kind: AnyKind, count: int) -> None:
        if count != 1:
            raise StorageProblem(
                f"The change log does not lead back to that day: it is not of one mind with a {kind.title} on file.",
                hint="Something was changed past the log. Run: almoner doctor",
            )


def _whole(kind: AnyKind, state: State) -> State:
    """Return a state with all the columns there are now, and none that are no more."""
    names = {column.name for column in kind.table.columns}
    return state if state.keys() == names else plain_values(kind.row.model_validate(state).model_dump())


def _followers(kinds: Kinds) -> dict[str, list[tuple[str, str, str]]]:
    """Return, by kind, its columns whose corrections others follow: each with the other's table and name."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    by_table = {kind.table: kind.name for kind in kinds}
    for table in next(iter(kinds)).table.metadata.tables.values():
        for key in table.foreign_keys:
            if key.onupdate == "CASCADE" and (name := by_table.get(key.column.table)):
                found[name].append((key.column.name, table.name, key.parent.name))
    return found
