"""What may be changed and removed by hand: what forms allow, and nothing that has a way of its own.

Signatures are given by those who sign, what was agreed stays as it is, and what is worked out is not written: each
kind says so itself (`storage/records/kind.py`, ``ByHand``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput, NotFound
from domain.core.text import whole_number
from storage.records.keys.following import led_on
from storage.records.keys.former_keys import followed
from storage.records.kind import Amended, Kind

if TYPE_CHECKING:
    from storage.records.unit import Unit

Changes = Mapping[str, Any]

CLEARED = ""  # in changes: the field is to hold nothing any more

_SHOWN = 60


def find(unit: Unit, kind: Kind[Any, Any], key: str | int) -> Any:
    """Return the record that ``key`` names, or leads to where it is a former one; raises NotFound."""
    text = str(key)
    number = whole_number(text)
    found = None
    if kind.key != "id":
        named = followed(unit.reader, kind.name, kind.as_key(key)) if isinstance(key, str) else key
        found = unit.find(kind.record, named)
    elif number is not None:
        found = unit.find(kind.record, number)
    if found is None:
        raise NotFound(
            f"There is no {kind.name} {text[:_SHOWN]!r}.", field=kind.name, hint=f"See: almoner list {kind.name}"
        )
    return found


# changing ------------------------------------------------------------------------------------------------------------


def wanted(unit: Unit, kind: Kind[Any, Any], found: Any, changes: Changes, since: date | None = None) -> dict[str, Any]:
    """Return those of the changes, validated, that the record does not hold already.

    With ``since`` what is dated is among them in any case: what holds today may have begun on another day.

    Raises BadInput naming the field: for one that is unknown, needed, or set in a way of its own, and for what was
    agreed.
    """
    given = _whole(unit, kind, found, changes)
    for name in given:
        if name not in kind.fields.model_fields:
            raise kind.unknown(name)
    fields = kind.read({**kind.dump(found), **given})
    if since is not None:
        _refuse_undated(kind, given)
    dated = kind.dated.names if kind.dated is not None and since is not None else ()
    different = {
        name: value for name in given if (value := getattr(fields, name)) != getattr(found, name) or name in dated
    }
    if different:
        _refuse_key(kind, different)
        _refuse_elsewhere(kind, found, different)
        if kind.by_hand.refuse is not None:
            kind.by_hand.refuse(found, different)
    return different


def _refuse_undated(kind: Kind[Any, Any], given: Changes) -> None:
    """Raise BadInput naming what is to change from a day and does not do so: it would change at once."""
    dated = () if kind.dated is None else kind.dated.names
    undated = [name for name in given if name not in dated]
    if undated or not given:
        listed = ", ".join(dated).replace("_", " ")
        does = "this does" if len(undated) < 2 else "these do"
        raise BadInput(
            f"{', '.join(undated) or kind.name}: {does} not change from a day.",
            field="--from",
            hint=f"Of a {kind.name} these do: {listed}. Change anything else by itself."
            if dated
            else f"Leave --from out for {kind.one}.",
        )


def change(
    unit: Unit, kind: Kind[Any, Any], found: Any, changes: Changes, seen: int | None, since: date | None = None
) -> Amended:
    """Change a record's fields, and whatever its kind changes with them; the unit is left to its owner to finish."""
    if kind.by_hand.amend is not None:
        return kind.by_hand.amend(unit, found, changes, seen)
    unit.amend_by(kind.record, found.id, changes, seen, since)
    return Amended(tuple(changes))


def _whole(unit: Unit, kind: Kind[Any, Any], found: Any, changes: Changes) -> dict[str, Any]:
    """Return the changes with cleared fields as what they hold then, and a leading pathway put before the others."""
    changes = {kind.as_field(name): value for name, value in changes.items()}
    given = {name: _cleared(kind, name) if value == CLEARED else value for name, value in changes.items()}
    for name in kind.also.keys() & given.keys():
        into, first = kind.also[name].into, given.pop(name)
        before = getattr(found, into)
        rest = given.get(into, before[first not in before :])  # one of them is moved up
        if isinstance(rest, list | tuple):
            given[into] = (first, *(one for one in rest if one != first))
    return led_on(unit, kind, kind.spelled(given))


def _cleared(kind: Kind[Any, Any], name: str) -> Any:
    if name not in kind.fields.model_fields and name not in kind.also:
        raise kind.unknown(name)
    if name not in kind.defaults or kind.defaults[name]:
        raise BadInput("this cannot be empty.", field=name, where=f"{kind.name}, {name}")
    return kind.defaults[name]


def _refuse_key(kind: Kind[Any, Any], wanted: Changes) -> None:
    if kind.key in wanted and kind.renamed is None:
        raise BadInput(f"{kind.key}: {kind.one} keeps its {kind.key.replace('_', ' ')} for good.", field=kind.key)


def _refuse_elsewhere(kind: Kind[Any, Any], found: Any, wanted: Changes) -> None:
    for name, way in kind.by_hand.elsewhere.items():
        if name in wanted:
            hint = way.format(id=found.id, session=getattr(found, "session", found.id))
            raise BadInput(f"{name}: this is not changed by hand.", field=name, hint=hint)


# removing ------------------------------------------------------------------------------------------------------------


def to_remove(unit: Unit, kind: Kind[Any, Any], key: str | int) -> Any:
    """Return the record that ``key`` names; raises BadInput where it stays, as most kinds do in any case."""
    now = kind.by_hand.removable_while
    if now is None:
        _refuse_removing(unit, kind, may=kind.by_hand.removable)
        return find(unit, kind, key)
    found = find(unit, kind, key)
    _refuse_removing(unit, kind, may=now(found, unit.today))
    return found


def _refuse_removing(unit: Unit, kind: Kind[Any, Any], *, may: bool) -> None:
    if not may:
        hint = kind.by_hand.instead or "What was recorded last by mistake is taken back with: almoner undo"
        listed = ", ".join(sorted(one.name for one in unit.kinds if one.by_hand.removable))
        raise BadInput(f"{kind.one.capitalize()} stays; what can be removed: {listed}.", field="kind", hint=hint)
