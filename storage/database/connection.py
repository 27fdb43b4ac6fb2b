"""The one door to the database: questions go in with named values, rows come out by name.

Everything that depends on the engine stands in this folder; nothing outside it imports the driver. A query writes its
values as ``:name`` and a list as ``IN :names``.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from domain.core.dates import stamp
from storage.database.dated import written_out
from storage.database.errors import boundless_number
from storage.database.rows import maker

T = TypeVar("T")

_LIST = re.compile(r"\bIN\s+:(\w+)")


class Connection:
    """What asks the database, from one thread at a time. ``raw`` is the driver's own, for this folder alone."""

    __slots__ = ("raw",)

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    # reading -----------------------------------------------------------------------------------------------------

    def all(self, kind: type[T], sql: str, /, **given: object) -> list[T]:
        """Return every row as a ``kind``: a NamedTuple or dataclass whose fields are the query's columns."""
        cursor = self._asked(sql, given)
        make = maker(kind, _names(cursor))
        return [make(row) for row in cursor]

    def each(self, kind: type[T], sql: str, /, **given: object) -> Iterator[T]:
        """Yield every row as a ``kind``. Exhaust it: an open question holds a lock."""
        cursor = self._asked(sql, given)
        return map(maker(kind, _names(cursor)), cursor)

    def one(self, kind: type[T], sql: str, /, **given: object) -> T | None:
        """Return the first row as a ``kind``, or None."""
        cursor = self._asked(sql, given)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else maker(kind, _names(cursor))(row)

    def value(self, sql: str, /, **given: object) -> Any:
        """Return the one value that the query asks for, or None where there is no row."""
        cursor = self._asked(sql, given)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else row[0]

    def values(self, sql: str, /, **given: object) -> list[Any]:
        """Return the values of a query for one column."""
        return [value for (value,) in self._asked(sql, given)]

    def lookup(self, sql: str, /, **given: object) -> dict[Any, Any]:
        """Return a query for two columns as a mapping from the first to the second."""
        return dict(self._asked(sql, given).fetchall())

    def rows(self, sql: str, /, **given: object) -> list[dict[str, Any]]:
        """Return every row by its columns' names, as the database keeps it: for what shows any table there is."""
        cursor = self._asked(sql, given)
        names = _names(cursor)
        return [dict(zip(names, row, strict=True)) for row in cursor]

    # writing -----------------------------------------------------------------------------------------------------

    def change(self, sql: str, /, **given: object) -> int:
        """Write, and return how many rows that concerned."""
        return self._asked(sql, given).rowcount

    def change_each(self, sql: str, rows: Iterable[Mapping[str, object]], /) -> None:
        """Write once for every mapping of values."""
        self.raw.executemany(sql, ({name: _bound(value) for name, value in row.items()} for row in rows))

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]], /) -> None:
        """Put many rows into a table, each with its values in the order of ``columns``, as the database keeps them."""
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        try:
            self.raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - names of ours
        except OverflowError:
            raise boundless_number() from None

    def put(self, table: str, key: Sequence[str], values: Mapping[str, object], /) -> None:
        """Write a row, in the place of the one with the same ``key`` if there is one."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in values if name not in key)
        on = ", ".join(f'"{name}"' for name in key)
        self.change(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks}) '  # noqa: S608 - names of ours
            f"ON CONFLICT ({on}) DO {f'UPDATE SET {changes}' if changes else 'NOTHING'}",
            **values,
        )

    # the engine --------------------------------------------------------------------------------------------------

    def change_mark(self) -> int:
        """Return a number that is another once somebody else has written to the database."""
        found: int = self.value("PRAGMA data_version")
        return found

    def interrupt(self) -> None:
        """Break off the question that another thread is asking here."""
        self.raw.interrupt()

    def close(self) -> None:
        """Let go of it."""
        self.raw.close()

    def _asked(self, sql: str, given: Mapping[str, object]) -> sqlite3.Cursor:
        if not given:
            return self.raw.execute(sql)
        try:
            return self.raw.execute(_expanded(sql), {name: _bound(value) for name, value in given.items()})
        except OverflowError:
            raise boundless_number() from None


@lru_cache(maxsize=1024)
def _expanded(sql: str) -> str:
    """Return the query as this engine takes it: dated facts, and lists as one value so that the text stays the same."""
    return _LIST.sub(r"IN (SELECT value FROM json_each(:\1))", written_out(sql))


def _names(cursor: sqlite3.Cursor) -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.description)


def _bound(value: object) -> object:
    """Return a value as the driver takes it."""
    kind = value.__class__
    if kind is str or kind is int or value is None:
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return json.dumps([_bound(one) for one in value])
    return value
