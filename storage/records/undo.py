"""Taking changes back, and bringing them forward again, from the change log.

Each step is checked as recording checks: what would stand afterwards is what somebody could have recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from domain.core.errors import BadInput, NotFound
from storage.records import history
from storage.records.keys.former_keys import names_of
from storage.records.kind import Kind, plain_values
from storage.records.restoring import Change, State, restore, saying_more, unstamped

if TYPE_CHECKING:
    from storage.records.history import Step
    from storage.records.unit import Unit

_CHUNK = 500


class CannotUndo(BadInput):
    """Why a step cannot be taken back or brought forward; ``step`` is that one, and others may well go."""

    title = "Cannot be undone"

    def __init__(self, step: Step, why: BadInput) -> None:
        super().__init__(why.message, field=why.field, hint=why.hint, where=why.where)
        self.step = step


def undo(unit: Unit, number: int | None = None) -> str:
    """Take back the acting person's last change that stands, or the one numbered, and return what it was.

    Raises BadInput where there is none, and CannotUndo where it cannot go: nothing is changed then.
    """
    found = _mine(unit, number) if number is not None else _first(history.standing(unit.reader, unit.actor))
    if found is None:
        raise BadInput("There is nothing of yours to undo.", title="Nothing to undo")
    if found.undone is not None:
        raise BadInput(f"That was taken back already: {found.what}", title="Nothing to undo")
    _go(unit, found, [change.reversed() for change in _changes(unit, found)])
    unit.finish(f"Undid: {found.what}", undoes=found.number)
    return found.what


def redo(unit: Unit, number: int | None = None) -> str:
    """Bring forward what the acting person took back last, or the change numbered, and return what it was.

    Once they have changed something else, only a number brings forward what was taken back before. Raises as undo.
    """
    found = _mine(unit, number) if number is not None else _first(history.taken_back(unit.reader, unit.actor))
    if found is None:
        raise BadInput("There is nothing to bring forward: you took nothing back last.", title="Nothing to redo")
    if found.undone is None:
        raise BadInput(f"That stands as it is: {found.what}", title="Nothing to redo")
    _go(unit, found, _changes(unit, found))
    unit.finish(f"Redid: {found.what}", undoes=found.undone)
    return found.what


def _first(steps: Sequence[Step]) -> Step | None:
    return steps[0] if steps else None


def _mine(unit: Unit, number: int) -> Step:
    found = history.step(unit.reader, number)
    if found is None or found.actor not in names_of(unit.reader, unit.actor):
        raise NotFound(f"There is no change {number} of yours.", field="NUMBER", hint="See: almoner undo --list")
    return found


def _go(unit: Unit, step: Step, changes: Sequence[Change]) -> None:
    """Bring every record to where it is to be; raises CannotUndo saying why not, and leaves all as it was then."""
    try:
        _refuse_signed(unit, changes)  # which nobody can amend either
        _refuse_overwriting(unit, step)
        restore(unit, _as_they_stand(unit, changes))
    except BadInput as why:
        raise CannotUndo(step, why) from None


# what a step did -----------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    """What one change did to one record; the salt is None where the words were erased."""

    record: str
    key: int
    before: str | None
    after: str | None
    salt: str | None


def _changes(unit: Unit, of: Step) -> list[Change]:
    """Return what a step did to each record, from first to last; raises CannotUndo where the log no longer says."""
    query = "SELECT record, key, before, after, salt FROM change WHERE change_set = :set ORDER BY id"
    found: dict[tuple[str, int], Change] = {}
    for line in unit.reader.all(_Line, query, set=of.number):
        if line.salt is None:
            raise CannotUndo(of, BadInput("What that change said has been erased, so it cannot be undone."))
        first = found.get((line.record, line.key))
        now = first.now if first else _state(line.before)
        found[line.record, line.key] = Change(unit.kinds.named(line.record), line.key, now, _state(line.after))
    return [change for change in found.values() if change.now is not None or change.then is not None]


def _state(text: str | None) -> State | None:
    state: State | None = json.loads(text) if text else None
    return state


# what stands against it ----------------------------------------------------------------------------------------------


def _refuse_overwriting(unit: Unit, step: Step) -> None:
    if found := history.later(unit.reader, step):
        raise BadInput(
            f"The {found.record} was changed again since, by {found.actor} ({found.what}), which this would overwrite.",
            hint="Amend it instead.",
        )


def _refuse_signed(unit: Unit, changes: Iterable[Change]) -> None:
    changes = saying_more(unit, list(changes))
    for kind, _, now, then, _ in changes:
        kind.signed.refuse(now, then, apart=kind.seal is not None)
    for kind, _, now, then, _ in changes:
        if kind.seal is not None:
            kind.seal.refuse_undoing(unit, kind.name, then, now)


def _as_they_stand(unit: Unit, changes: Sequence[Change]) -> list[Change]:
    """Return the changes with the rows that they begin from; raises BadInput where these are not what the log says."""
    keys: dict[str, list[int]] = {}
    for change in changes:
        keys.setdefault(change.kind.name, []).append(change.key)
    rows = {name: _rows(unit, unit.kinds.named(name), numbers) for name, numbers in keys.items()}
    found = [change._replace(row=rows[change.kind.name].get(change.key)) for change in changes]
    for change in found:
        if unstamped(change.row) != unstamped(change.now):
            raise BadInput(
                f"The {change.kind.title} {change.key} is not what the change log says it is.",
                hint="Something was changed past the log. Run: almoner doctor",
            )
    return found


def _rows(unit: Unit, kind: Kind[Any, Any], keys: Sequence[int]) -> dict[int, State]:
    found: dict[int, State] = {}
    for start in range(0, len(keys), _CHUNK):
        query = sa.select(kind.table).where(kind.table.c.id.in_(keys[start : start + _CHUNK]))
        found |= {row["id"]: plain_values(dict(row)) for row in unit.transaction.execute(query).mappings()}
    return found
