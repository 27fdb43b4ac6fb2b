"""What stands against taking a record away: others that name it, and would name nothing afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.core.errors import BadInput
from domain.core.text import plural
from storage.records.kind import Kind

State = dict[str, Any]
Unit = Any  # the unit of work, which stands on this

_FEW = 200  # keys that a question names; of more it looks at everything


class Gone(NamedTuple):
    """A record that was taken away, as it was."""

    kind: Kind[Any, Any]
    state: State


class _Left(NamedTuple):
    """A record that names one that is not there: which it is, and what it names."""

    kind: Kind[Any, Any]
    row: State
    named: str


def refuse(unit: Unit, gone: Iterable[Gone], come: Iterable[tuple[Kind[Any, Any], int]] = ()) -> None:
    """Raise BadInput where a record that stays names one that has ``gone``, or one that has ``come`` names nothing.

    It says which one depends on what, and whose change that was: taking that back first is the way.
    """
    left = {(one.kind.name, one.row["id"]): one for one in (*_staying(unit, gone), *_coming(unit, come))}
    for one in left.values():
        of = one.kind.describes(one.kind.record.model_validate(one.row), unit.packs)
        more = f" {plural(len(left) - 1, 'other record')} would be left so, too." if len(left) > 1 else ""
        raise BadInput(
            f"{of[:1].upper()}{of[1:]} depends on {one.named}, which would not be there any more"
            f"{_whose(unit, one)}.{more}",
            hint="Take that change back first, or move what belongs to it.",
        )


def _staying(unit: Unit, gone: Iterable[Gone]) -> Iterator[_Left]:
    states: dict[sa.FromClause, list[State]] = {}
    for one in gone:
        states.setdefault(one.kind.table, []).append(one.state)
    for kind in unit.kinds if states else ():
        for key in kind.table.foreign_keys:
            if names := [state[key.column.name] for state in states.get(key.column.table, ())]:
                yield from _naming_nothing(unit, kind, key, key.parent, names)


def _coming(unit: Unit, come: Iterable[tuple[Kind[Any, Any], int]]) -> Iterator[_Left]:
    numbers: dict[str, list[int]] = {}
    for kind, number in come:
        numbers.setdefault(kind.name, []).append(number)
    for name, found in numbers.items():
        kind = unit.kinds.named(name)
        for key in kind.table.foreign_keys:
            yield from _naming_nothing(unit, kind, key, kind.table.c.id, found)


def _naming_nothing(
    unit: Unit, kind: Kind[Any, Any], key: sa.ForeignKey, column: sa.Column[Any], among: Collection[Any]
) -> Iterator[_Left]:
    """Yield the records of a kind, those with one ``among`` these in a column, whose foreign key leads nowhere."""
    target = key.column.table.alias("target")
    there = sa.exists().where(target.c[key.column.name] == key.parent)
    query = sa.select(kind.table).where(key.parent.is_not(None), ~there).order_by(kind.table.c.id)
    if len(among) <= _FEW:
        query = query.where(column.in_(among))
    for row in unit.transaction.execute(query).mappings():
        yield _Left(kind, dict(row), f"{_title(unit, key.column.table)} {row[key.parent.name]}")


def _title(unit: Unit, table: sa.FromClause) -> str:
    """Return what records of a table are called."""
    return next((kind.title for kind in unit.kinds if kind.table is table), "a record")


class _Set(NamedTuple):
    actor: str
    what: str


def _whose(unit: Unit, left: _Left) -> str:
    """Return who changed a record last, and in what: that is the change to take back."""
    query = """SELECT s.actor, s.what FROM change c JOIN change_set s ON s.id = c.change_set
        WHERE c.record = :record AND c."key" = :key ORDER BY s.id DESC LIMIT 1"""
    last = unit.reader.one(_Set, query, record=left.kind.name, key=left.row["id"])
    return f": see the change by {last.actor} ({last.what})" if last is not None else ""
