"""Bringing records back to states that the change log knows, all together, and checked as recording checks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from domain.core.errors import BadInput
from storage.database.errors import translate
from storage.records.keys import following as keys
from storage.records.keys import left_behind
from storage.records.kind import Kind, plain_values

if TYPE_CHECKING:
    from storage.records.unit import Unit

State = dict[str, Any]

FORMER_KEY = "former-key"  # a record of this kind comes of correcting a key, and of merging two records
_CHUNK = 200  # records at a time
_STAMPS = ("version", "changed_by", "changed_at")


class Change(NamedTuple):
    """One record that goes from one state to another, either of which may be that it is not there.

    ``row`` is the record as it stands in the database, stamps and all.
    """

    kind: Kind[Any, Any]
    key: int
    now: State | None
    then: State | None
    row: State | None = None

    def reversed(self) -> Change:
        """The way back."""
        return self._replace(now=self.then, then=self.now)


class _Logged(NamedTuple):
    """What is to be said of a record in the change log."""

    kind: Kind[Any, Any]
    key: int
    before: State | None
    after: State | None


class _Broken(NamedTuple):
    """A record that names one of those restored, and that could not be recorded as things would then stand."""

    kind: Kind[Any, Any]
    key: int
    why: BadInput


def unstamped(state: State | None) -> State:
    """Return what a state says, without its version and who wrote it when."""
    return {name: value for name, value in (state or {}).items() if name not in _STAMPS}


def restore(unit: Unit, changes: Sequence[Change]) -> None:
    """Write every record as it is to be, and note that for the log.

    Raises BadInput where that could not have been recorded, be it a record itself or one that names it; nothing of
    it stays then. What could not have been recorded before either stands in nobody's way.
    """
    changes = [*changes, *_following(unit, changes)]
    with unit.session.begin_nested() as attempt:
        lines = _write(unit, changes)
        _refuse_left_behind(unit, changes)
        with unit.unchanging():
            broken = list(_check(unit, changes))
        if broken:
            attempt.rollback()
    if broken:
        _refuse_new(unit, broken)
        with unit.session.begin_nested():
            lines = _write(unit, changes)
    for line in lines:
        unit.log(*line)
    for of, old, new in _corrected(changes):
        keys.follow_elsewhere(unit, of.name, old, new, keeping=old)


def saying_more(unit: Unit, changes: Sequence[Change]) -> Sequence[Change]:
    """Return the changes without those that do no more than follow a key that was corrected, or of a record merged.

    What was agreed of such a record stays as it is, and nothing that could not be recorded today comes of it.
    """
    if not any(change.kind.name == FORMER_KEY for change in changes):
        return changes
    return [change for change in changes if not _follows_a_key(unit, change)]


def _follows_a_key(unit: Unit, change: Change) -> bool:
    if change.now is None or change.then is None:
        return False
    names = {name for of in unit.kinds if of.renamed is not None for name in keys.naming(change.kind, of)}
    names.add(change.kind.key)
    now, then = unstamped(change.now), unstamped(change.then)
    return all(now[name] == then.get(name) for name in now if name not in names)


def _corrected(changes: Sequence[Change]) -> Iterator[tuple[Kind[Any, Any], str, str]]:
    """Yield the keys that go back to what they were before a correction, or forward to that."""
    for kind, _, _, then, row in changes:
        if kind.renamed is not None and row is not None and then is not None and row[kind.key] != then[kind.key]:
            yield kind, row[kind.key], then[kind.key]


def _following(unit: Unit, changes: Sequence[Change]) -> Iterator[Change]:
    """Yield what has come to refer to such a key since, and is not itself among the changes: it follows as well."""
    known = {(change.kind.name, change.key) for change in changes}
    for of, old, new in list(_corrected(changes)):
        for kind, state in keys.referring(unit, of, old):
            if (kind.name, state["id"]) not in known:
                known.add((kind.name, state["id"]))
                yield Change(kind, state["id"], state, keys.restated(kind, of, state, old, new), state)


# writing -------------------------------------------------------------------------------------------------------------


def _write(unit: Unit, changes: Sequence[Change]) -> list[_Logged]:
    """Write first what goes, then what changes, then what comes, which is checked as it comes."""
    lines = [_deleted(unit, change) for change in changes if change.then is None]
    lines += _updated(unit, [change for change in changes if change.then is not None and change.row is not None])
    coming = [change for change in changes if change.then and change.row is None]
    with unit.unchanging():  # cases and workers before what names them
        for change in sorted(coming, key=lambda one: one.kind.key == "id"):
            lines.append(_inserted(unit, change, change.then or {}))
    return lines


def _deleted(unit: Unit, change: Change) -> _Logged:
    table = change.kind.table
    unit.transaction.execute(sa.delete(table).where(table.c.id == change.key))
    return _Logged(change.kind, change.key, change.row, None)


def _updated(unit: Unit, changes: Sequence[Change]) -> Iterator[_Logged]:
    """Change records in an order in which the database takes them: one holder lets go before the next one holds."""
    waiting, refusal = list(changes), None
    while waiting:
        left = []
        for change in waiting:
            try:
                with unit.session.begin_nested():
                    logged = _update(unit, change)
            except IntegrityError as error:
                left.append(change)
                refusal = error
            else:
                yield logged
        if refusal is not None and len(left) == len(waiting):
            raise translate(refusal)
        waiting = left


def _update(unit: Unit, change: Change) -> _Logged:
    table, row = change.kind.table, change.row or {}
    values = _as_row(change.kind, {**(change.then or {}), "version": row["version"] + 1})
    unit.transaction.execute(sa.update(table).where(table.c.id == change.key).values(**values))
    return _Logged(change.kind, change.key, row, plain_values(values))


def _inserted(unit: Unit, change: Change, then: State) -> _Logged:
    kind = change.kind
    if kind.check is not None:
        kind.check(unit, _as_fields(kind, then), None)
    values = _as_row(kind, {**then, "version": _last_version(unit, change) + 1})
    try:
        unit.transaction.execute(sa.insert(kind.table).values(**values))
    except IntegrityError as error:
        raise translate(error) from None
    return _Logged(kind, change.key, None, plain_values(values))


def _last_version(unit: Unit, change: Change) -> int:
    """Return the version that a record had when it went: none comes twice."""
    query = 'SELECT before FROM change WHERE record = :record AND "key" = :key ORDER BY id DESC LIMIT 1'
    text = unit.reader.value(query, record=change.kind.name, key=change.key)
    version: int = (json.loads(text) if text else change.then or {}).get("version", 0)
    return version


def _as_row(kind: Kind[Any, Any], state: State) -> State:
    values: State = kind.row.model_validate(state).model_dump()
    return values


def _as_fields(kind: Kind[Any, Any], state: State) -> Any:
    return kind.read({name: state[name] for name in kind.names})


# what would stand ----------------------------------------------------------------------------------------------------


def _refuse_left_behind(unit: Unit, changes: Sequence[Change]) -> None:
    gone = [left_behind.Gone(change.kind, change.row) for change in changes if change.then is None and change.row]
    left_behind.refuse(unit, gone, [(change.kind, change.key) for change in changes if change.then is not None])


def _check(unit: Unit, changes: Sequence[Change]) -> Iterator[_Broken]:
    """Check what was changed, and yield what names it and would no longer do."""
    changed = [change for change in saying_more(unit, changes) if change.then is not None and change.row is not None]
    changed = [change for change in changed if unstamped(change.now) != unstamped(change.then)]
    for change in changed:
        kind = change.kind
        if kind.check is not None:
            kind.check(unit, _as_fields(kind, change.then or {}), kind.row.model_validate(change.row))
    checked = {(change.kind.name, change.key) for change in changes}
    for kind, row in _naming(unit, changed):
        if (kind.name, row.id) not in checked:
            checked.add((kind.name, row.id))
            why = _refused(unit, kind, row)
            if why is not None:
                yield _Broken(kind, row.id, why)


def _naming(unit: Unit, changes: Sequence[Change]) -> Iterator[tuple[Kind[Any, Any], Any]]:
    """Yield the records that name those changed."""
    states: dict[sa.FromClause, list[State]] = {}
    for change in changes:
        states.setdefault(change.kind.table, []).append(change.then or {})
    for kind in unit.kinds:
        for key in kind.table.foreign_keys if kind.check is not None else ():
            names = [state[key.column.name] for state in states.get(key.column.table, ())]
            for start in range(0, len(names), _CHUNK):
                query = sa.select(kind.row).where(key.parent.in_(names[start : start + _CHUNK]))
                for row in unit.session.exec(query).scalars().all():  # type: ignore[call-overload]
                    yield kind, row


def _refused(unit: Unit, kind: Kind[Any, Any], row: Any) -> BadInput | None:
    """Return why a record as it is could not be recorded, or None."""
    try:
        if kind.check is not None:
            kind.check(unit, kind.read(kind.dump(row)), row)
    except BadInput as why:
        return why
    return None


def _refuse_new(unit: Unit, broken: Sequence[_Broken]) -> None:
    """Raise why the first record cannot stay that could be recorded as things are now."""
    unit.session.expire_all()  # as things were before the attempt
    for one in broken:
        row = unit.session.get(one.kind.row, one.key)
        if row is not None and _refused(unit, one.kind, row) is None:
            of = one.kind.describes(one.kind.freeze(row), unit.packs)
            raise BadInput(
                f"{of[:1].upper()}{of[1:]} would not fit any more: {one.why.within_words}", hint=one.why.hint
            )
