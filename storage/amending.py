"""Changing and removing one record by hand: what the forms allow, and nothing that has a way of its own.

Signatures are given by those who sign, what was agreed stays as it is, and what is worked out is not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Union, get_args, get_origin

from domain.dates import show_day
from domain.errors import BadInput, NotFound
from storage import agreements, kinds
from storage.kinds import Kind, kind_of

if TYPE_CHECKING:
    from storage.unit import Unit

Changes = Mapping[str, Any]

REMOVABLE = ("event", "placement-day", "rating", "plan")
CLEARED = ""  # in changes: the field is to hold nothing any more

_LONGEST_NUMBER = 18  # digits that a record's number may have
_SHOWN = 60
_SIGN = "Each agrees for themselves: almoner supervision sign {session}"
_AGREE = "Each signs for themselves: almoner supervision agree {id}"
_WORKED_OUT = "A plan is worked out: save it again, or apply it, with almoner plan."
_GIVEN = "End it with ends=, and give the case to somebody with: almoner allocate"
_ELSEWHERE = {
    "session": {
        **dict.fromkeys(("agreed_worker", "agreed_worker_by", "agreed_supervisor", "agreed_supervisor_by"), _SIGN),
        "recorded_on": "Say that it is written up: almoner supervision sign {session} --complete",
    },
    "attendance": dict.fromkeys(("agreed_on", "agreed_by"), _SIGN),
    "agreement": dict.fromkeys(
        ("signed_worker", "signed_worker_by", "signed_supervisor", "signed_supervisor_by"), _AGREE
    ),
    "plan": dict.fromkeys(("team", "scenario", "result", "made_on", "applied_on"), _WORKED_OUT),
    "allocation": dict.fromkeys(("case", "worker", "role"), _GIVEN),
}
_WEIGHED = ("case", "scheme", "on", "answers", "uplift", "uplift_reason", "why")
_INSTEAD = {
    "case": "Close it: almoner amend case REFERENCE closed=2026-11-20 close_reason=...",
    "worker": "Say when they leave: almoner amend worker STAFF_ID leaves=2026-11-20",
    "allocation": "End it: almoner amend allocation ID ends=2026-11-20",
}


class Amended(NamedTuple):
    """What changed: the fields of the record, and the allocations that ended with a case, by number."""

    fields: tuple[str, ...]
    ended: tuple[int, ...] = ()


def find(unit: Unit, kind: str, key: str) -> Any:
    """Return the record that ``key`` names; raises NotFound."""
    what = kind_of(kind)
    number = key.isascii() and key.isdigit() and len(key) <= _LONGEST_NUMBER
    found = None
    if what.key != "id":
        found = unit.find(kind, key)
    elif number:
        found = unit.find(kind, int(key))
    if found is None:
        raise NotFound(f"There is no {kind} {key[:_SHOWN]!r}.", field=kind, hint=f"See: almoner list {kind}")
    return found


def key_of(kind: str, record: Any) -> str:
    """Return what a record is known by, as it is written."""
    return str(getattr(record, kind_of(kind).key))


# changing ------------------------------------------------------------------------------------------------------------


def amend(unit: Unit, kind: str, key: str, changes: Changes, seen: int | None = None) -> Amended:
    """Change a record's fields; the unit is left to its owner to finish. What is the same already is left alone.

    ``seen`` is as in Unit.amend. Raises BadInput naming the field: for one that is unknown, needed, or set in a way
    of its own, and for what was agreed.
    """
    what, found = kind_of(kind), find(unit, kind, key)
    wanted = _different(what, found, _whole(what, found, changes))
    if not wanted:
        return Amended(())
    _refuse_key(what, wanted)
    _refuse_elsewhere(kind, found, wanted)
    _refuse_agreed(unit, kind, found, wanted)
    if kind == "agreement":
        agreements.revise(unit, found.id, wanted, seen)
        return Amended(tuple(wanted))
    ended = _let_go(unit, found, wanted) if kind == "case" else ()
    unit.amend(kind, found.id, wanted, seen)
    return Amended(tuple(wanted), ended)


def takes(kind: str, field: str) -> str:
    """Return what a field of a kind takes: "text", "list" or "other"; raises BadInput where there is no such field."""
    what = kind_of(kind)
    if kind == "case" and field == "pathway":
        return "text"
    if field not in what.fields.model_fields:
        raise _unknown(what, field)
    types = set(_types(what.fields.model_fields[field].annotation))
    return "text" if str in types else "list" if types & {tuple, list} else "other"


def _types(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _types(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _types(one)
    else:
        yield origin or annotation


def _unknown(what: Kind, field: str) -> BadInput:
    known = ", ".join(what.fields.model_fields)
    words = f"{_one(what.name).capitalize()} has no field {field[:_SHOWN]!r}."
    return BadInput(words, field=field[:_SHOWN], hint=f"Fields: {known}.")


def _one(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _whole(what: Kind, found: Any, changes: Changes) -> dict[str, Any]:
    """Return the changes with cleared fields as what they hold then, and a leading pathway put before the others."""
    given = {name: _cleared(what, name) if value == CLEARED else value for name, value in changes.items()}
    if what.name == "case" and "pathway" in given:
        first = given.pop("pathway")
        rest = given.get("pathways", found.pathways[first not in found.pathways :])  # one of them is moved up
        if isinstance(rest, list | tuple):
            given["pathways"] = (first, *(one for one in rest if one != first))
    return given


def _cleared(what: Kind, name: str) -> Any:
    if what.name == "case" and name == "pathway":
        raise BadInput("case, pathway: this cannot be empty.", field=name)
    if name not in what.fields.model_fields:
        raise _unknown(what, name)
    if name not in what.defaults or what.defaults[name]:
        raise BadInput(f"{what.name}, {name}: this cannot be empty.", field=name)
    return what.defaults[name]


def _different(what: Kind, found: Any, given: Changes) -> dict[str, Any]:
    """Return those of the changes, validated, that the record does not hold already."""
    for name in given:
        if name not in what.fields.model_fields:
            raise _unknown(what, name)
    fields = kinds.validate(what, {**what.dump(found), **given})
    return {name: fields[name] for name in given if fields[name] != getattr(found, name)}


def _refuse_key(what: Kind, wanted: Changes) -> None:
    if what.key in wanted:
        raise BadInput(
            f"{what.key}: a {what.name} keeps its {what.key.replace('_', ' ')} for good.",
            field=what.key,
            hint="Everything that names it would have to follow.",
        )


def _refuse_elsewhere(kind: str, found: Any, wanted: Changes) -> None:
    for name, way in _ELSEWHERE.get(kind, {}).items():
        if name in wanted:
            hint = way.format(id=found.id, session=getattr(found, "session", found.id))
            raise BadInput(f"{name}: this is not changed by hand.", field=name, hint=hint)


def _refuse_agreed(unit: Unit, kind: str, found: Any, wanted: Changes) -> None:
    """Refuse to change what was added to an agreed record, and what somebody agreed of a weighing."""
    if kind == "amendment":
        hint = f"Add to the record: almoner supervision amend {found.session}"
        raise BadInput(f"{next(iter(wanted))}: what was added stays as it is.", field=next(iter(wanted)), hint=hint)
    if kind == "weighting" and (agreed := found.agreed_worker or found.agreed_supervisor):
        for name in _WEIGHED:
            if name in wanted:
                words = f"{name}: this weighing was agreed on {show_day(agreed)}, so it stays as it is."
                raise BadInput(words, field=name, hint="Weigh the case again: almoner record weighting")


def _let_go(unit: Unit, found: Any, wanted: Changes) -> tuple[int, ...]:
    """Where the case closes, let whoever holds it let go that day."""
    on: date | None = wanted.get("closed")
    if on is None or found.closed is not None:
        return ()
    held = unit.all("allocation", case=found.reference, ends=None)
    for allocation in held:
        unit.amend("allocation", allocation.id, {"ends": max(on, allocation.starts)})
    return tuple(allocation.id for allocation in held)


# removing ------------------------------------------------------------------------------------------------------------


def remove(unit: Unit, kind: str, key: str) -> Any:
    """Take away a record of a kind that can be, and return what it was; the unit is left to its owner to finish."""
    if kind not in REMOVABLE:
        hint = _INSTEAD.get(kind, "What was recorded last by mistake is taken back with: almoner undo")
        listed = ", ".join(REMOVABLE)
        raise BadInput(f"{_one(kind).capitalize()} stays; what can be removed: {listed}.", field="kind", hint=hint)
    found = find(unit, kind, key)
    unit.remove(kind, found.id)
    return found
