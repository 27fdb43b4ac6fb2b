"""Taking a change back, and reading a record as it once stood, both from the change log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from domain.errors import BadInput
from storage import closing, kinds
from storage.kinds import kind_of
from storage.tables import ChangeRow, ChangeSetRow

if TYPE_CHECKING:
    from storage.unit import Unit


def state_at(connection: sa.Connection, record: str, key: int, version: int) -> dict[str, Any]:
    """Return the fields a record had at ``version``; empty when the log no longer says."""
    log = kinds.table_of(ChangeRow)
    query = sa.select(log.c.after).where(log.c.record == record, log.c.key == key).order_by(log.c.id.desc())
    for (after,) in connection.execute(query):
        state: dict[str, Any] = json.loads(after) if after else {}
        if state.get("version") == version:
            return state
    return {}


def take_back(unit: Unit) -> str:
    """Take back the last change of the unit's actor that still stands, and commit."""
    sets, log = kinds.table_of(ChangeSetRow), kinds.table_of(ChangeRow)
    undone = sa.select(sets.c.undoes).where(sets.c.undoes.is_not(None))
    mine = sa.select(sets.c.id, sets.c.what).where(
        sets.c.actor == unit.actor, sets.c.undoes.is_(None), sets.c.id.not_in(undone)
    )
    last = unit.connection.execute(mine.order_by(sets.c.id.desc()).limit(1)).first()
    if last is None:
        raise BadInput("There is nothing of yours to undo.", title="Nothing to undo")
    lines = unit.connection.execute(sa.select(log).where(log.c.change_set == last.id).order_by(log.c.id.desc()))
    for line in _once_each(lines.all()):
        _reverse(unit, line)
    unit.finish(f"Undid: {last.what}", undoes=last.id)
    return str(last.what)


class _Line(NamedTuple):
    """What one change did to one record, from before its first line to after its last."""

    record: str
    key: int
    before: str | None
    after: str | None
    salt: bytes | str | None


def _once_each(newest_first: Sequence[Any]) -> Iterable[_Line]:
    """Put the lines about one record together, where it was first touched: what names it was written later."""
    newest = {(line.record, line.key): line for line in reversed(newest_first)}
    erased = {(line.record, line.key) for line in newest_first if line.salt is None}
    oldest = {(line.record, line.key): line.id for line in newest_first}
    for line in newest_first:
        about = (line.record, line.key)
        if oldest[about] == line.id:
            last = newest[about]
            yield _Line(line.record, line.key, line.before, last.after, None if about in erased else line.salt)


def _reverse(unit: Unit, line: _Line) -> None:
    kind = kind_of(line.record)
    table = kind.table
    if line.salt is None:
        raise BadInput("What that change said has been erased, so it cannot be undone.", title="Cannot be undone")
    if line.before is None and line.after is None:
        return
    before = json.loads(line.before) if line.before else None
    after = json.loads(line.after) if line.after else None
    closing.refuse_undoing(unit, line.record, before, after)
    now = unit.connection.execute(sa.select(table).where(table.c.id == line.key)).mappings().first()
    current = None if now is None else kinds.plain_values(kind, dict(now))
    if (current or {}).get("version") != (after or {}).get("version"):
        raise BadInput(
            f"The {line.record} was changed again since, so undoing would overwrite that.",
            title="Cannot be undone",
            hint="Amend it instead.",
        )
    if before is None:
        unit.connection.execute(sa.delete(table).where(table.c.id == line.key))
        restored = None
    else:
        version = (after or before)["version"] + 1
        values = kind.row.model_validate({**before, "version": version}).model_dump()
        restored = kinds.plain_values(kind, values)
        statement = sa.insert(table).values(**values)
        if after is not None:
            statement = sa.update(table).where(table.c.id == line.key).values(**values)  # type: ignore[assignment]
        unit.connection.execute(statement)
    unit.log(kind, line.key, current, restored)
