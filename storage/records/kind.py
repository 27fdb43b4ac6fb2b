"""A kind of record, declared once by its subject: fields, frozen record, row, key, checks, and what hangs on it.

`storage/opening.py` lists the kinds there are; the unit of work asks of each what it brought.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from domain.core.dates import stamp
from domain.core.errors import BadInput, NotFound
from domain.core.field_facts import FieldFacts, facts_of
from domain.core.fields import Marker
from domain.core.identifiers import identifier
from domain.core.records import Fields
from domain.core.refusals.field_faults import FieldFault, faults
from domain.core.text import clean_line, sort_key
from storage.tables import Kept, table_of

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet

F = TypeVar("F", bound=Fields[Any])
R = TypeVar("R", bound=BaseModel)

Data = Mapping[str, Any]
Unit = Any  # the unit of work (storage/records/unit.py), which stands on the kinds: a kind cannot name its type
Complete = Callable[[dict[str, Any], "PackSet"], dict[str, Any]]
Touches = Callable[[Data], Iterator[tuple[str, Any]]]

_SHOWN = 60
_PEOPLE = ("worker", "case")  # whose keys are ids, in whose place people write names
_LARGEST = 2**63 - 1  # what a column of whole numbers can hold


class Seal(Protocol):
    """What refuses changes to records that somebody agreed; ``row`` is the record as it stands, if it is kept yet."""

    def refuse_writing(self, unit: Unit, kind: str, fields: Any, row: Any) -> None:
        """Raise BadInput where ``fields`` would change what was agreed, or add to it."""

    def refuse_removing(self, unit: Unit, kind: str, row: Any) -> None:
        """Raise BadInput where a record belongs to what was agreed."""

    def refuse_undoing(self, unit: Unit, kind: str, before: Data | None, after: Data | None) -> None:
        """Raise BadInput where taking a change back would change what was agreed since."""


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """What of a kind is a signature, which undo leaves alone: it is for those who sign to give and to take back.

    ``fields`` hold signatures, with what to do in place of undoing one. ``jointly``: they count once all have signed.
    ``whole`` says what to do where a record stays as it was added, as a signature does.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    jointly: bool = False
    whole: str = ""

    def refuse(self, now: Data | None, then: Data | None, *, apart: bool) -> None:
        """Raise BadInput where going from one state to the other would take a signature away.

        ``apart``: the words that are signed stand in other records, so a signature is not given again either.
        """
        before, after = now or {}, then or {}
        if self.whole and now is not None:
            raise BadInput("What was added to a record that is agreed stays.", hint=self.whole.format_map(before))
        if self.jointly and not all(before.get(name) for name in self.fields):
            return
        for name, way in self.fields.items():
            changed = before.get(name) != after.get(name)
            if changed and (before.get(name) or (apart and after.get(name))):
                words = "A signature is given and taken back by whoever signs, and by nobody's undo."
                raise BadInput(words, field=name, hint=way.format_map({**after, **before}))


class Amended(NamedTuple):
    """What was changed by hand: the fields of the record, and the allocations that ended with a case, by number."""

    fields: tuple[str, ...]
    ended: tuple[int, ...] = ()


Amend = Callable[[Unit, Any, Data, int | None], Amended]


@dataclass(frozen=True, slots=True)
class ByHand:
    """How a kind is amended and removed by hand.

    ``elsewhere`` names the command that sets a field in a way of its own, ``amend`` what does it where changing the
    fields is not all, ``instead`` what to do in place of removing, where ``removable`` is false. ``removable_while``
    says of a record, on a day, whether it may go all the same: what is only booked has not happened yet.
    """

    elsewhere: Mapping[str, str] = field(default_factory=dict)
    refuse: Callable[[Any, Data], None] | None = None
    amend: Amend | None = None
    removable: bool = False
    removable_while: Callable[[Any, date], bool] | None = None
    instead: str = ""


def touch(group: str, name: str) -> Touches:
    """Return what says that a change of a record concerns the ``group`` member that its field ``name`` names."""

    def touches(state: Data) -> Iterator[tuple[str, Any]]:
        if state.get(name):
            yield group, state[name]

    return touches


def touch_nothing(_state: Data) -> Iterator[tuple[str, Any]]:
    """Say that nothing is worked out from a record."""
    return iter(())


def sorted_by_name(values: dict[str, Any], _packs: PackSet) -> dict[str, Any]:
    """Add what lists sort by: the name without accents and capitals."""
    values["sort_key"] = sort_key(values["name"])
    return values


def _as_given(values: dict[str, Any], _packs: PackSet) -> dict[str, Any]:
    return values


_of_case = touch("cases", "case")


class Also(NamedTuple):
    """A name that may be given besides the fields: the field it is read into, an example, and what to know."""

    into: str
    example: Any
    help: str


class DatedFields(NamedTuple):
    """What of a kind holds from one day to another: its fields, as they stand on a day, and changed from a day.

    ``on_day`` takes the unit, the key and the record's own values and returns what stands on the unit's day;
    ``keep_past`` takes also the changes and their first day (None: today), keeps what was true until then, and returns
    what the record itself is to hold.
    """

    names: tuple[str, ...]
    on_day: Callable[[Unit, str, Data], dict[str, Any]]
    keep_past: Callable[[Unit, str, Data, Data, date | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind(Generic[F, R]):
    """One kind of record.

    ``check`` compares fields with other records and the packs. What ``complete`` adds follows from the fields named
    in ``follows``: it stays as it is while none of them changes, so that agreeing to an old weighing does not weigh
    the case again. None: it is worked out at every change.
    """

    name: str
    fields: type[F]
    record: type[R]
    row: type[Kept]
    key: str = "id"
    touches: Touches = _of_case
    complete: Complete = _as_given
    follows: tuple[str, ...] | None = None
    check: Callable[[Unit, F, Any], None] | None = None
    noun: str = ""  # in a sentence, where the name itself does not read well
    describe: Callable[[R, PackSet], str] | None = None  # one record in a sentence, without any name
    seal: Seal | None = None
    signed: SignatureRule = SignatureRule()
    by_hand: ByHand = ByHand()
    renamed: Callable[[Unit, str, str], None] | None = None  # keeps note of a key that was corrected, where it may be
    also: Mapping[str, Also] = field(default_factory=dict)
    dated: DatedFields | None = None
    either: tuple[str, ...] = ()  # fields that say one thing in two ways: giving one takes the other's place
    written: Mapping[str, str] = field(default_factory=dict)  # what documents call a field where it is another word

    @property
    def table(self) -> sa.Table:
        """The table it is kept in."""
        return table_of(self.row)

    @property
    def title(self) -> str:
        """Its name in a sentence."""
        return self.noun or self.name.replace("-", " ")

    def describes(self, record: R, packs: PackSet) -> str:
        """Return one record in a sentence: by its key, and by the case or worker it is about; never a person's name."""
        if self.describe is not None:
            return self.describe(record, packs)
        of = {"case": "on", "worker": "of"} if self.key == "id" else {}
        about = (f" {word} {key}" for name, word in of.items() if (key := getattr(record, name, None)))
        return f"{self.title} {getattr(record, self.key)}{next(about, '')}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(self.fields.model_fields)

    def as_key(self, text: str) -> str:
        """Return what somebody wrote as a record of this kind would hold it for its key."""
        fact = self.facts.get(self.key)
        return identifier(text) if fact is not None and Marker.IDENTIFIES in fact.markers else clean_line(text)

    @property
    def facts(self) -> Mapping[str, FieldFacts]:
        """What each of its fields takes."""
        return facts_of(self.fields)

    @property
    def defaults(self) -> dict[str, Any]:
        """What a field holds that is left out, for those that may be."""
        fields = self.fields.model_fields.items()
        return {name: field.get_default(call_default_factory=True) for name, field in fields if not field.is_required()}

    def stays(self, fields: F, row: Any) -> bool:
        """Whether what was added to ``row`` still follows from ``fields``."""
        return self.follows is not None and all(getattr(fields, n) == getattr(row, n) for n in self.follows)

    def spelled(self, changes: Data) -> Data:
        """Return changes with what they take the place of as not given any more."""
        given = [name for name in self.either if changes.get(name) is not None]
        return {**changes, **{name: None for name in self.either if name not in given}} if len(given) == 1 else changes

    def key_said(self, key: object) -> str:
        """Return a key as an error may say it back: not where somebody's name may have been written in its place."""
        if self.name in _PEOPLE and not any(character.isdigit() for character in str(key)):
            return f"with that {self.key.replace('_', ' ')}"
        return repr(key)

    def as_field(self, name: str) -> str:
        """Return the field that a document's word means."""
        return self.written.get(name, name)

    def standing(self, unit: Unit, record: R) -> R:
        """Return a record as it stands on the unit's day, with what is dated of it."""
        if self.dated is None:
            return record
        today = self.dated.on_day(unit, getattr(record, self.key), self.dump(record))
        return record.model_copy(update=today) if today else record

    def from_day(self, unit: Unit, own: Data, changes: Data, since: date | None) -> Data:
        """Return the changes as the record itself takes them, once what is dated of them is kept by its days."""
        if self.dated is None or not changes.keys() & set(self.dated.names):
            return changes
        fields = self.read({**own, **changes})
        dated = {name: getattr(fields, name) for name in self.dated.names if name in changes}
        return {**changes, **self.dated.keep_past(unit, own[self.key], own, dated, since)}

    def freeze(self, row: Any) -> R:
        """Return the row as the domain's frozen record."""
        return self.record.model_validate({name: getattr(row, name) for name in self.record.model_fields})

    def dump(self, row: Any) -> dict[str, Any]:
        """Return the row's own fields, as its writer gave them."""
        return {name: getattr(row, name) for name in self.names}

    def read(self, data: Data) -> F:
        """Return what somebody gave as fields; raises BadInput for the first at fault, naming it, never its content."""
        unknown = sorted(set(data) - set(self.fields.model_fields) - set(self.also) - set(self.written))
        if unknown:
            raise self.unknown(unknown[0])
        try:
            fields = self.fields.model_validate(data)
        except ValidationError as error:
            fault = faults(error, hundredths=self._is_hundredths)[0]
            raise refusal_of(fault, self.name, self._called(fault)) from None
        for name in self.names:
            value = getattr(fields, name)
            if value.__class__ is int and not -_LARGEST <= value <= _LARGEST:
                raise BadInput("out of range.", field=name, where=f"{self.name}, {name}")
        return fields

    def _is_hundredths(self, name: str) -> bool:
        return name in self.facts and Marker.HUNDREDTHS in self.facts[name].markers

    def _called(self, fault: FieldFault) -> str:
        """Return what documents call the field at fault, where it is another word."""
        names = {name: word for word, name in self.written.items()}
        if fault.entry == 1:  # the first of several may be given by a name of its own
            names |= {also.into: name for name, also in self.also.items()}
        return names.get(fault.field, "")

    def unknown(self, name: str) -> BadInput:
        """Return the refusal of a field that this kind does not have."""
        called = {field: word for word, field in self.written.items()}
        known = ", ".join(called.get(name, name) for name in self.names)
        shown = name[:_SHOWN]
        return BadInput(f"{self.one.capitalize()} has no field {shown!r}.", field=shown, hint=f"Fields: {known}.")

    @property
    def one(self) -> str:
        """ "an event", "a case"."""
        return f"an {self.name}" if self.name[0] in "aeiou" else f"a {self.name}"


class Kinds:
    """The kinds of record there are, by name and by the classes of their fields and records."""

    def __init__(self, kinds: Iterable[Kind[Any, Any]]) -> None:
        self._named = {kind.name: kind for kind in kinds}
        self._of = {cls: kind for kind in self._named.values() for cls in (kind.fields, kind.record)}

    def __iter__(self) -> Iterator[Kind[Any, Any]]:
        return iter(self._named.values())

    def named(self, name: str) -> Kind[Any, Any]:
        """Return the kind called ``name``; raises NotFound listing those there are."""
        try:
            return self._named[name]
        except KeyError:
            hint = "Kinds: " + ", ".join(self._named)
            raise NotFound(f"{name!r} is not a kind of record.", field="kind", hint=hint) from None

    def of(self, cls: type[BaseModel]) -> Kind[Any, Any]:
        """Return the kind whose fields or record ``cls`` is."""
        return self._of[cls]


def explain(error: ValidationError, kind: str, scaled: Callable[[str], bool] | None = None) -> BadInput:
    """Return a validation error in plain words: which field, what is wrong with it."""
    return refusal_of(faults(error, hundredths=scaled)[0], kind)


def refusal_of(fault: FieldFault, kind: str, called: str = "") -> BadInput:
    """Return what is wrong with a field as a refusal; ``called`` is what whoever gave it calls the field."""
    called = called or fault.field
    entry = f", entry {fault.entry}" if fault.entry is not None and called == fault.field else ""
    return BadInput(f"{fault.words}.", field=fault.field, where=f"{kind}, {called or 'whole'}{entry}")


# plain values: as the change log and the columns hold them -----------------------------------------------------------

_AS_IT_IS = frozenset({str, int, bool, type(None)})


def plain(kind: Kind[Any, Any], row: Any) -> dict[str, Any]:
    """Return every column of ``row`` as plain JSON values, as the change log keeps them."""
    return plain_values({column.name: getattr(row, column.name) for column in kind.table.columns})


def plain_values(values: Data) -> dict[str, Any]:
    """Return ``values`` as plain JSON values."""
    return {name: value if value.__class__ in _AS_IT_IS else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if value.__class__ in _AS_IT_IS:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return dict(value) if isinstance(value, Mapping) else value


def kept(plain: Any) -> Any:
    """Return a plain value as its column holds it: lists and mappings as JSON, yes and no as 1 and 0."""
    if plain.__class__ is dict:
        return json.dumps(plain, ensure_ascii=False, sort_keys=True) if plain else "{}"
    if plain.__class__ is list:
        return json.dumps(plain, ensure_ascii=False) if plain else "[]"
    return int(plain) if plain.__class__ is bool else plain
