"""The numbers of records: never used twice, not even that of a record since removed, since the change log names it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from domain.core.errors import BadInput
from storage.records.kind import Kind
from storage.tables import ChangeRow, table_of

LAST = 10**9  # that may be given: every engine holds it, and as many again can follow

AnyKind = Kind[Any, Any]


class Numbers:
    """What numbers a unit of work gives out, by kind."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def new(self, transaction: sa.Connection, kind: AnyKind, count: int = 1) -> int:
        """Return the first of ``count`` fresh numbers."""
        number = self._first_free(transaction, kind)
        self._next[kind.name] = number + count
        return number

    def given(self, transaction: sa.Connection, kind: AnyKind, number: object, *, own: bool) -> int:
        """Return a number that somebody gave; raises BadInput where it cannot be one, or was used before.

        ``own``: this unit has given it out itself.
        """
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= LAST:
            raise BadInput(
                f"the number of {kind.one} is a whole number from 1 to {LAST}.",
                field="id",
                hint="Leave `id` out to take the next free number.",
            )
        free = self._first_free(transaction, kind)
        if number < free and (own or _used(transaction, kind, number)):
            raise BadInput(
                f"there is or was {kind.one} {number} already, and a number is used once only.",
                field="id",
                hint="Leave `id` out to take the next free number, or record into a new database.",
            )
        self._next[kind.name] = max(free, number + 1)
        return number

    def _first_free(self, transaction: sa.Connection, kind: AnyKind) -> int:
        if kind.name not in self._next:
            log = table_of(ChangeRow)
            kept = sa.select(sa.func.max(kind.table.c.id))
            logged = sa.select(sa.func.max(log.c.key)).where(log.c.record == kind.name)
            self._next[kind.name] = 1 + max(transaction.execute(query).scalar() or 0 for query in (kept, logged))
        return self._next[kind.name]


def _used(transaction: sa.Connection, kind: AnyKind, key: int) -> bool:
    """Whether a record has that number, or had it once."""
    log = table_of(ChangeRow)
    kept = sa.select(kind.table.c.id).where(kind.table.c.id == key)
    logged = sa.select(log.c.key).where(log.c.record == kind.name, log.c.key == key)
    return any(transaction.execute(query.limit(1)).first() is not None for query in (kept, logged))
