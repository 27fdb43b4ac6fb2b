"""Recording, changing and removing records of any kind: what forms, documents and commands all do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from domain.core.errors import BadInput, NotFound
from domain.core.identifiers import identifier
from domain.core.records import Fields
from domain.core.text import plural
from storage.records import by_hand
from storage.records.derivation import Followed
from storage.records.keys import following as keys
from storage.records.kind import Data
from storage.records.unit import Done

if TYPE_CHECKING:
    from storage.records.unit import Unit

R = TypeVar("R", bound=BaseModel)


class Changed(NamedTuple, Generic[R]):
    """What an amendment did: the record as it stands now, the fields that were changed, and what followed.

    ``ended`` are the numbers of allocations that ended with a case.
    """

    record: R
    fields: tuple[str, ...]
    ended: tuple[int, ...]
    followed: Followed


class Given(NamedTuple):
    """One record that somebody gave: the name of its kind, and its fields as they were written.

    ``id`` among them is the number that the record is to have, of a kind that is known by number.
    """

    kind: str
    data: Data


class Refused(NamedTuple):
    """Why the record at a place of those given cannot be taken."""

    place: int
    why: BadInput


def record(unit: Unit, fields: Fields[R]) -> Done[R]:
    """Record one thing."""
    kept = unit.record(fields)
    return Done(kept, unit.finish(f"Recorded {described(unit, kept)}"))


def record_all(unit: Unit, given: Sequence[Given], most: int) -> list[Refused]:
    """Record many things, all of them or none; returns what is wrong with them, no more than ``most`` faults and one.

    Nothing is kept where anything is wrong.
    """
    faults: list[Refused] = []
    kept: list[BaseModel] = []
    refused: set[tuple[str, str]] = set()  # kinds and keys of what was refused
    for place, one in enumerate(given):
        try:
            kept.append(_record_one(unit, one))
        except BadInput as why:
            if not _follows(unit, one, why, refused):
                faults.append(Refused(place, why))
            refused |= _key_of(unit, one)
        if len(faults) > most:
            break
    if not faults:
        counts = Counter(one.kind for one in given)
        many = ", ".join(plural(count, kind) for kind, count in counts.items())
        unit.finish(f"Recorded {described(unit, kept[0]) if len(kept) == 1 else many}")
    return faults


def _follows(unit: Unit, given: Given, why: BadInput, refused: set[tuple[str, str]]) -> bool:
    """Whether a record is refused for no more than naming one that was refused before it, of which enough is said."""
    if isinstance(why, NotFound) and why.missing is not None:
        return why.missing in refused
    named = given.data.get(why.field)  # a team's name that is no name is none for its workers either
    own = unit.kinds.named(given.kind).key
    return isinstance(named, str) and why.field != own and any(key == identifier(named) for _, key in refused)


def _key_of(unit: Unit, given: Given) -> set[tuple[str, str]]:
    kind = unit.kinds.named(given.kind)
    key = given.data.get(kind.key)
    if isinstance(key, str):
        return {(kind.name, kind.as_key(key))}
    return {(kind.name, str(key))} if isinstance(key, int) else set()


def _record_one(unit: Unit, given: Given) -> BaseModel:
    """Record one of several; a key that is taken is refused before the database refuses it and all that follow."""
    kind = unit.kinds.named(given.kind)
    key = given.data.get(kind.key)
    data = keys.led_on(unit, kind, given.data)
    if kind.key == "id":
        fields = {name: value for name, value in data.items() if name != "id"}
        return _recorded(unit, kind.read(fields), key)
    if isinstance(key, str) and unit.find(kind.record, kind.as_key(key)) is not None:
        raise BadInput(f"there is a {kind.name} {kind.as_key(key)!r} already", field=kind.key)
    return _recorded(unit, kind.read(data))


def _recorded(unit: Unit, fields: Fields[BaseModel], number: object = None) -> BaseModel:
    return unit.record(fields, number)


def amend(
    unit: Unit,
    record: type[R],
    key: str | int,
    changes: Data,
    seen: int | None = None,
    *,
    since: date | None = None,
    dry_run: bool = False,
) -> Changed[R]:
    """Change fields of a record; what is the same already is left alone. With ``dry_run`` nothing is kept.

    ``seen`` is the version that the person was looking at, and ``since`` the first day of the change, as in
    Unit.amend_by.
    """
    kind = unit.kinds.of(record)
    found = by_hand.find(unit, kind, key)
    wanted = by_hand.wanted(unit, kind, found, changes, since)
    if not wanted:
        return Changed(found, (), (), Followed())
    amended = by_hand.change(unit, kind, found, wanted, seen, since)
    now = unit.get(record, found.id)
    if not unit.changed:
        return Changed(now, (), (), Followed())
    followed = Followed() if dry_run else unit.finish(f"Changed {described(unit, now)}")
    return Changed(now, amended.fields, amended.ended, followed)


def remove(unit: Unit, record: type[R], key: str | int) -> Done[R]:
    """Take a record away that can be; returns what it was."""
    kind = unit.kinds.of(record)
    found: R = by_hand.to_remove(unit, kind, key)
    unit.remove(record, found.id)  # type: ignore[attr-defined]
    return Done(found, unit.finish(f"Removed {described(unit, found)}"))


def described(unit: Unit, kept: BaseModel) -> str:
    """Return a record in a sentence, without any name."""
    return unit.kinds.of(type(kept)).describes(kept, unit.packs)
