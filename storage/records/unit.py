"""The unit of work: everything in it happens together, or not at all.

    with database.unit("A. Hughes") as unit:
        unit.record(EventFields(case="C-1001", kind="lac_review_held", on=unit.today))
        unit.finish("Recorded a review on C-1001")

Without ``finish`` nothing is kept. ``finish`` writes the change log, refreshes what is derived from the records that
were touched, and commits.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, Self, TypeVar, cast

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from domain.core.errors import AlmonerError, BadInput, NotFound
from domain.core.records import Fields
from domain.core.text import whole_number
from storage.database.errors import guard, translate
from storage.database.file import within
from storage.records import change_log
from storage.records.clashes import refuse_clashes
from storage.records.derivation import Derivation, Followed
from storage.records.keys import following as keys
from storage.records.keys import left_behind
from storage.records.kind import Kind, explain, kept, plain, plain_values
from storage.records.numbers import Numbers

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from domain.core.clock import Clock
    from storage.database.connection import Connection
    from storage.records.kind import Kinds
    from storage.rules.pack_set import PackSet

Data = Mapping[str, Any]
F = TypeVar("F", bound=Fields[Any])
R = TypeVar("R", bound=BaseModel)


class Opened(Protocol):
    """An open database, as a unit of work needs it (`storage/records/database.py`)."""

    clock: Clock
    login: str

    @property
    def kinds(self) -> Kinds:
        """The kinds of record there are."""

    @property
    def derivations(self) -> Sequence[Derivation]:
        """What is worked out from the records and kept."""

    def packs_in_force(self, conn: Connection) -> PackSet:
        """Return the packs in force now, with everything derived brought in line with them first."""

    def engine(self) -> Engine:
        """Return the engine for writing."""

    def reader(self) -> Connection:
        """Return a connection that reads what is committed."""


class Done(NamedTuple, Generic[R]):
    """What an act did: the record as it stands now, and what followed from it."""

    record: R
    followed: Followed


class Unit:
    """One piece of work by ``actor`` on the day ``today``. Use as a context manager, from one thread, briefly."""

    def __init__(self, database: Opened, actor: str, today: date | None = None) -> None:
        self.database = database
        self.kinds = database.kinds
        self.clock = database.clock
        self.actor = actor or "unknown"
        self.today = today or self.clock.today()
        self.number: int | None = None  # of the change, once it is finished
        self.followed = Followed()  # from it, once it is finished
        self.remarks: list[str] = []  # what checks found worth a second look in what they let through
        self.known: dict[str, Any] = {}  # what checks have read and go on using
        self._lines: list[change_log.LoggedRecord] = []
        self._made: set[tuple[str, int]] = set()
        self._numbers = Numbers()
        self._found: dict[tuple[str, str | int], Any] | None = None  # while nothing changes
        self._packs: PackSet | None = None
        self._touched: dict[str, set[Any]] = defaultdict(set)

    def __enter__(self) -> Self:
        self.session = Session(self.database.engine(), expire_on_commit=False, autoflush=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.session.rollback()
        self.session.close()
        if isinstance(error, ValidationError):
            raise explain(error, error.title.removesuffix("Fields").lower()) from None

    @property
    def packs(self) -> PackSet:
        """The packs in force for this database: looked at once, when nobody else can write any more.

        Whoever opened the database long ago would otherwise count by rules that have been replaced since.
        """
        if self._packs is None:
            self._packs = self.database.packs_in_force(self.reader)
        return self._packs

    @property
    def transaction(self) -> sa.Connection:
        """SQLAlchemy's connection inside this unit's transaction."""
        return self.session.connection()

    @property
    def reader(self) -> Connection:
        """The door to the database as this unit has changed it so far."""
        return within(self.transaction)

    # reading -----------------------------------------------------------------------------------------------------

    def find(self, record: type[R], key: str | int) -> R | None:
        """Return the frozen record with that natural key (or number), or None."""
        kind: Kind[Any, R] = self.kinds.of(record)
        found: R | None = None if self._found is None else self._found.get((kind.name, key))
        if found is None and (row := self._row(kind, key)) is not None:
            found = kind.standing(self, kind.freeze(row))
            if self._found is not None:
                self._found[kind.name, key] = found
        return found

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """Let each record be looked for once, while many are checked and none that is there is changed."""
        self.session.expire_all()
        self._found = {}
        try:
            yield
        finally:
            self._found = None

    def get(self, record: type[R], key: str | int) -> R:
        """Return the frozen record; raises NotFound naming it."""
        found = self.find(record, key)
        if found is None:
            raise _missing(self.kinds.of(record), key)
        return found

    def all(self, record: type[R], *where: bool) -> list[R]:
        """Return every record for which the conditions hold, oldest first: ``unit.all(Event, EventRow.case == "C-1")``.

        A condition compares a row class's columns, so that a misspelt one or a wrong type is seen before it runs.
        """
        kind: Kind[Any, R] = self.kinds.of(record)
        query = sa.select(kind.table).where(*where).order_by(kind.table.c.id)  # type: ignore[arg-type]
        rows = self.transaction.execute(query).mappings()
        return [kind.standing(self, kind.record.model_validate(dict(row))) for row in rows]

    def version(self, record: type[BaseModel], key: str | int) -> int:
        """Return the version of a record, to hand back as ``seen`` when it is amended."""
        row = self._row(self.kinds.of(record), key)
        return 0 if row is None else int(row.version)

    def made(self, kind: str, key: int) -> bool:
        """Whether this unit itself recorded it: nobody else has seen it yet."""
        return (kind, key) in self._made

    @property
    def changed(self) -> bool:
        """Whether anything has been changed here that is not finished yet."""
        return bool(self._lines)

    # writing -----------------------------------------------------------------------------------------------------

    def record(self, fields: Fields[R], number: object = None) -> R:
        """Check ``fields`` against what is kept, keep them, and return the frozen record.

        It gets the next number, or ``number``, where a document gives one. Raises BadInput (or NotFound) naming the
        field; nothing of it stays.
        """
        kind: Kind[Any, R] = self.kinds.of(type(fields))
        self._check(kind, fields, None)
        values = self._derive(kind, fields)
        key = self._new_id(kind) if number is None else self._given_id(kind, number)
        row = kind.row.model_validate({**values, **self._stamps(1), "id": key})
        with self._step(kind, fields):
            self.session.add(row)
        self.log(kind, key, None, plain(kind, row))
        return kind.freeze(row)

    @contextmanager
    def amend(self, fields: type[F], key: str | int, seen: int | None = None) -> Iterator[F]:
        """Give a record's fields to be changed; what was changed is checked and kept when the block ends.

        with unit.amend(AllocationFields, held.id) as allocation:
            allocation.ends = on
        """
        kind: Kind[F, Any] = self.kinds.of(fields)
        before = kind.dump(self.get(kind.record, key))
        draft = cast("F", fields.model_construct(None, **before))
        yield draft
        changes = {name: value for name in kind.names if (value := getattr(draft, name)) != before[name]}
        self.amend_by(kind.record, key, changes, seen)

    def amend_by(
        self, record: type[R], key: str | int, changes: Data, seen: int | None = None, since: date | None = None
    ) -> R:
        """Change fields that somebody named, in a form or a command, and return the record as it now stands.

        ``seen`` is the version the person was looking at: if the record moved since, fields only they changed are
        taken, and StaleRecord is raised for those that both changed. ``since`` is the first day of the change, where
        the kind has dated fields: today, if it is not given.
        """
        kind: Kind[Any, R] = self.kinds.of(record)
        row = self._kept(kind, key)
        before = plain(kind, row)
        changes = kind.spelled(changes)
        if seen is not None and seen != row.version:
            refuse_clashes(self.reader, kind, row, changes, seen)
        own = kind.dump(row)
        changes = kind.from_day(self, own, changes, since)
        fields = kind.read({**own, **changes})
        if kind.dated is not None and kind.dump(fields) == own:
            return self.get(record, key)  # a change to come stands in a period
        self._check(kind, fields, row)
        derived = kind.dump(fields) if kind.stays(fields, row) else self._derive(kind, fields)
        values = {**derived, **self._stamps(row.version + 1)}
        old, new = before[kind.key], derived.get(kind.key, before[kind.key])
        following = [] if new == old else keys.begin(self, kind, old, new)
        with self._step(kind, fields):  # which begins before anything is changed: beginning writes what is pending
            for name, value in values.items():
                setattr(row, name, value)
        self.log(kind, row.id, before, plain(kind, row))
        if new != old:
            keys.follow(self, kind, following, old, new)
        return kind.standing(self, kind.freeze(row))

    def remove(self, record: type[BaseModel], key: str | int) -> None:
        """Take a record away (the change log keeps what it said)."""
        kind = self.kinds.of(record)
        row = self._kept(kind, key)
        if kind.seal is not None:
            kind.seal.refuse_removing(self, kind.name, row)
        before = plain(kind, row)
        with self._step(kind, kind.freeze(row)):
            self.session.delete(row)
        self.log(kind, before["id"], before, None)

    # many at once, from a file: validated already, and named by their kind -----------------------------------------

    def put(self, name: str, rows: Sequence[Data], numbers: Sequence[int] | None = None) -> None:
        """Keep many records of a kind (each a full, validated set of fields), in the order given.

        They get the next numbers, or ``numbers``, which are free.
        """
        if not rows:
            return
        kind = self.kinds.named(name)
        if numbers is None:
            first = self._new_id(kind, len(rows))
            numbers = range(first, first + len(rows))
        stamps = plain_values(self._stamps(1))
        names = [column.name for column in kind.table.columns]
        full = [
            plain_values({**kind.complete(dict(fields), self.packs), **stamps, "id": number})
            for number, fields in zip(numbers, rows, strict=True)
        ]
        # Checked fields need no checking column by column: as plain values they go in as the columns would write them.
        with guard(), self.session.begin_nested():
            self.reader.insert(kind.table.name, names, ([kept(values[name]) for name in names] for values in full))
        for values in full:
            self.log(kind, values["id"], None, values)

    def change(self, name: str, changes: Iterable[tuple[int, Data]], since: date | None = None) -> None:
        """Change many records of a kind by number; each with a full, validated set of fields.

        ``since`` is the first day of what changed, where the kind has dated fields: today, if it is not given.
        """
        kind = self.kinds.named(name)
        with guard(), self.session.begin_nested():
            done = [self._changed(kind, number, fields, since) for number, fields in changes]
        for old, new in done:
            self.log(kind, old["id"], old, new)

    def _changed(
        self, kind: Kind[Any, Any], number: int, fields: Data, since: date | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        table = kind.table
        old = dict(self.transaction.execute(sa.select(table).where(table.c.id == number)).mappings().one())
        if kind.dated is not None:
            own = {name: old[name] for name in kind.names}
            standing = {**own, **kind.dated.on_day(self, own[kind.key], own)}
            changes = {name: fields[name] for name in kind.names if fields[name] != standing[name]}
            fields = {**own, **kind.from_day(self, own, changes, since)}
        values = {**kind.complete(dict(fields), self.packs), **self._stamps(old["version"] + 1)}
        self.transaction.execute(sa.update(table).where(table.c.id == number).values(**values))
        return old, {**old, **values}

    def _new_id(self, kind: Kind[Any, Any], count: int = 1) -> int:
        return self._numbers.new(self.transaction, kind, count)

    def _given_id(self, kind: Kind[Any, Any], number: object) -> int:
        own = isinstance(number, int) and self.made(kind.name, number)
        return self._numbers.given(self.transaction, kind, number, own=own)

    # ending ------------------------------------------------------------------------------------------------------

    def finish(self, what: str, *, undoes: int | None = None, derived: bool = True) -> Followed:
        """Write the change log and what is derived, and commit; ``what`` is what the log says of it.

        Returns what followed. Without ``derived`` whoever calls works that out afterwards, for many units at once.
        """
        if not self._lines:
            self.session.commit()
            return Followed()
        if undoes is None:  # what goes back has been looked at
            left_behind.refuse(self, self._gone())
        heading = (self.actor, self.database.login, self.clock.real(), what, undoes)
        self.number = change_log.write(self.reader, self._lines, *heading)
        touched = {group: sorted(keys) for group, keys in self._touched.items()}
        followed = Followed()
        for derivation in self.database.derivations if derived else ():
            followed = followed.and_also(derivation.refresh(self.reader, self.packs, touched))
        try:
            self.session.commit()
        except IntegrityError:
            raise BadInput(
                "Something else still depends on this, so nothing was changed.",
                hint="Take back or move what belongs to it first.",
            ) from None
        self._lines, self._made, self._touched, self.followed = [], set(), defaultdict(set), followed
        return followed

    def _gone(self) -> Iterator[left_behind.Gone]:
        for line in self._lines:
            if line.after is None and line.before is not None:
                yield left_behind.Gone(self.kinds.named(line.record), json.loads(line.before))

    # within ------------------------------------------------------------------------------------------------------

    def _check(self, kind: Kind[Any, Any], fields: Fields[Any], row: Any) -> None:
        if kind.check is not None:
            kind.check(self, fields, row)
        if kind.seal is not None:
            kind.seal.refuse_writing(self, kind.name, fields, row)

    def _row(self, kind: Kind[Any, Any], key: str | int) -> Any:
        column = kind.table.c.id if isinstance(key, int) or kind.key == "id" else kind.table.c[kind.key]
        if column is kind.table.c.id and not isinstance(key, int):
            number = whole_number(key)
            if number is None:
                return None
            key = number
        return self.session.exec(sa.select(kind.row).where(column == key)).scalars().first()  # type: ignore[call-overload]

    def _kept(self, kind: Kind[Any, Any], key: str | int) -> Any:
        row = self._row(kind, key)
        if row is None:
            raise _missing(kind, key)
        return row

    def _derive(self, kind: Kind[Any, Any], fields: Fields[Any]) -> dict[str, Any]:
        return kind.complete(kind.dump(fields), self.packs)

    def _stamps(self, version: int) -> dict[str, Any]:
        return {"version": version, "changed_by": self.actor, "changed_at": self.clock.real()}

    @contextmanager
    def _step(self, kind: Kind[Any, Any], fields: Fields[Any]) -> Iterator[None]:
        """Write what is done inside; a refusal takes back that alone, so that the unit can go on."""
        try:
            with self.session.begin_nested():
                yield
                self.session.flush()
        except IntegrityError as error:
            raise _refusal(kind, fields, error) from None

    def log(self, kind: Kind[Any, Any], key: int, before: Data | None, after: Data | None) -> None:
        """Note a line for the change log, and what it touches."""
        self._lines.append(
            change_log.LoggedRecord(kind.name, key, change_log.canonical(before), change_log.canonical(after))
        )
        if before is None:
            self._made.add((kind.name, key))
        for state in (before, after):
            if state is not None:
                for group, name in kind.touches(state):
                    self._touched[group].add(name)


def _refusal(kind: Kind[Any, Any], fields: Any, error: IntegrityError) -> AlmonerError:
    """Return in plain words what the database refused: a key that is taken, or what else it holds against a record."""
    known = translate(error)
    if not isinstance(known, BadInput) or known.field != kind.key:
        return known
    return BadInput(
        f"There is {kind.one} {getattr(fields, kind.key, '')!r} already.",
        field=kind.key,
        hint="Amend that one, or give another " + kind.key.replace("_", " ") + ".",
    )


def _missing(kind: Kind[Any, Any], key: str | int) -> NotFound:
    return NotFound(
        f"There is no {kind.name} {kind.key_said(key)}.", field=kind.name, hint=f"See: almoner list {kind.name}"
    )
