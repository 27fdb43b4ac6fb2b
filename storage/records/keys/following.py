"""Everything that refers to a key (a case's reference, a staff id, a team's name), for corrections and for merging.

The tables themselves say it (`storage/tables/columns.py`): foreign keys, columns that write a key in words of their
own, and JSON that holds keys. Whatever is a record of some kind is told of in the change log; the rest just follows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from domain.core.errors import BadInput
from domain.people.similar_keys import alike
from storage.records.keys.former_keys import OF, lead, leads
from storage.records.kind import Kind, plain_values
from storage.tables.columns import WITHIN, WRITTEN, Written

State = dict[str, Any]
Unit = Any  # the unit of work, which stands on this


class Referring(NamedTuple):
    """A record that names a key: its kind, and every column of it as a plain value."""

    kind: Kind[Any, Any]
    state: State


def naming(kind: Kind[Any, Any], of: Kind[Any, Any]) -> tuple[str, ...]:
    """Return the columns of a kind that are the key of another kind."""
    target = of.table.c[of.key]
    return tuple(key.parent.name for key in kind.table.foreign_keys if key.column is target)


def _within(kind: Kind[Any, Any], of: str) -> dict[str, frozenset[str]]:
    """Return the columns of JSON of a kind that hold keys of ``of``, with the fields in them that do."""
    columns = ((column.name, column.info.get(WITHIN, {})) for column in kind.table.columns)
    return {name: frozenset(fields[of]) for name, fields in columns if of in fields}


def referring(unit: Unit, of: Kind[Any, Any], key: str) -> Iterator[Referring]:
    """Yield every record that names a key, in the order of the kinds, the oldest first; JSON that names it, too."""
    for kind in unit.kinds:
        table, named, within = kind.table, naming(kind, of), _within(kind, of.name)
        said = json.dumps(key, ensure_ascii=False)
        asked = [table.c[name] == key for name in named]
        asked += [sa.type_coerce(table.c[name], sa.Text).contains(said, autoescape=True) for name in within]
        if asked:
            query = sa.select(table).where(sa.or_(*asked)).order_by(table.c.id)
            for row in unit.transaction.execute(query).mappings().all():
                state = plain_values(dict(row))
                if restated(kind, of, state, key, "") != state:
                    yield Referring(kind, state)


def restated(kind: Kind[Any, Any], of: Kind[Any, Any], state: Mapping[str, Any], old: str, new: str) -> State:
    """Return a record's state with one key in the place of another, wherever it names that."""
    said = {name: new for name in naming(kind, of) if state[name] == old}
    said |= {name: _replaced(state[name], fields, old, new) for name, fields in _within(kind, of.name).items()}
    return {**state, **said}


def _replaced(value: Any, fields: frozenset[str], old: str, new: str, *, key: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {name: _replaced(one, fields, old, new, key=name in fields) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(one, fields, old, new, key=key) for one in value]
    return new if key and value == old else value


def keep(unit: Unit, kind: Kind[Any, Any], before: State, after: State) -> State:
    """Write a record that names another key from now on, say so in the change log, and return it as it stands.

    What was agreed of it stays as it is: it is the same case or person, by the right name.
    """
    stamps = plain_values({"version": before["version"] + 1, "changed_by": unit.actor, "changed_at": unit.clock.real()})
    state = {**after, **stamps}
    row = kind.row.model_validate(state).model_dump()
    unit.transaction.execute(sa.update(kind.table).where(kind.table.c.id == before["id"]).values(**row))
    unit.log(kind, before["id"], before, state)
    return state


# correcting a key ----------------------------------------------------------------------------------------------------


def begin(unit: Unit, of: Kind[Any, Any], old: str, new: str) -> list[Referring]:
    """Return what refers to a key that is corrected; raises BadInput where it cannot be."""
    refuse(unit, of, old, new)
    return list(referring(unit, of, old))


def refuse(unit: Unit, kind: Kind[Any, Any], old: str, new: str) -> None:
    """Raise BadInput where a key cannot become another: of a kind that keeps its key, or where that one is taken."""
    title = kind.key.replace("_", " ")
    if kind.renamed is None:
        raise BadInput(f"{kind.key}: a {kind.name} keeps its {title} for good.", field=kind.key)
    column = kind.table.c[kind.key]
    others = unit.transaction.execute(sa.select(column).where(column != old)).scalars().all()
    if new in others:
        raise BadInput(
            f"There is {kind.one} {new!r} already.",
            field=kind.key,
            where=f"{kind.name}, {kind.key}",
            hint=_merge(kind, old, new),
        )
    near = next((other for other in others if alike(other) == alike(new)), None)
    if near is not None:
        raise BadInput(
            f"{new!r} is like {near!r}, which is another {kind.name}.",
            field=kind.key,
            where=f"{kind.name}, {kind.key}",
            hint=_merge(kind, old, near),
        )
    refuse_leading(unit, kind.name, new, kind.key, own=old)


def _merge(kind: Kind[Any, Any], old: str, into: str) -> str:
    if kind.name == "team":
        return "Two teams cannot have the same name."
    return f"If the two are one: almoner {kind.name} merge {old} --into {into}"


def refuse_leading(unit: Unit, kind: str, key: str, field: str, own: str = "") -> None:
    """Raise BadInput where a key leads to another record; to what is called ``own`` now it may be given back."""
    led = lead(unit.reader, kind, key)
    if led is not None and (led.merged or led.now != own):
        raise BadInput(
            led.words(kind, key),
            field=field,
            where=f"{kind}, {field}",
            hint=f"Use {led.now}; or take that away first: almoner list former-key",
        )


def follow(unit: Unit, of: Kind[Any, Any], found: Iterable[Referring], old: str, new: str) -> None:
    """Let everything follow that referred to a key, once its record has another: ``found`` are the records that did."""
    unit.session.expire_all()  # the database let foreign keys follow behind its back
    for kind, state in found:
        keep(unit, kind, state, restated(kind, of, state, old, new))
    follow_elsewhere(unit, of.name, old, new, keeping=old)
    if of.renamed is not None:
        of.renamed(unit, old, new)


def led_on(unit: Unit, kind: Kind[Any, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as somebody gave them with what a former key leads to in its place, wherever they name a record."""
    led = unit.known.get("former keys")
    if led is None:
        led = unit.known["former keys"] = {(one.kind, one.former): one.now for one in leads(unit.reader)}
    found = dict(data)
    for name in OF if led else ():
        of = unit.kinds.named(name)
        for column in naming(kind, of):
            if isinstance(value := found.get(column), str):
                found[column] = led.get((name, of.as_key(value)), value)
    return found


# columns that no record of a kind has --------------------------------------------------------------------------------


def follow_elsewhere(unit: Unit, of: str, old: str, new: str, *, keeping: str) -> None:
    """Let columns follow that write a key in words of their own.

    Where a row would then stand twice (two calendars of one person), that of ``keeping`` stays: the old key where it
    was corrected, and the new one where the two were merged.
    """
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            written: Written | None = column.info.get(WRITTEN, {}).get(of)
            if written is not None and not (written.stays and keeping == new):
                _follow(unit, table, column, written, old, new, keeping == old)


def _follow(
    unit: Unit, table: sa.Table, column: sa.Column[Any], written: Written, old: str, new: str, old_stays: bool
) -> None:
    was, now = written.before + old, written.before + new
    own = sa.text(written.where) if written.where else sa.true()
    for rest in _unique_with(table, column):
        other = table.alias("other")
        goes, stays = (now, was) if old_stays else (was, now)
        same = [table.c[name] == other.c[name] for name in rest]
        if written.anything:
            same.append(_begins(column, goes) == _begins(other.c[column.name], stays))
        twice = sa.exists().where(_ends(other.c[column.name], written, stays), *same)
        unit.transaction.execute(sa.delete(table).where(_ends(column, written, goes), own, twice))
    value: Any = now
    if written.anything:
        value = sa.type_coerce(_begins(column, was), sa.Text) + now
    unit.transaction.execute(sa.update(table).where(_ends(column, written, was), own).values({column.name: value}))


def _ends(column: Any, written: Written, text: str) -> Any:
    if not written.anything:
        return column == text
    return sa.func.substr(column, -len(text)) == text


def _begins(column: Any, end: str) -> Any:
    return sa.func.substr(column, 1, sa.func.length(column) - len(end))


def _unique_with(table: sa.Table, column: sa.Column[Any]) -> Iterator[Sequence[str]]:
    """Yield, for each key of a table that a column is part of, the other columns of that key."""
    keys = [list(table.primary_key.columns)]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    for columns in keys:
        if column in columns:
            yield [one.name for one in columns if one is not column]
