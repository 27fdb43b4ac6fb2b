"""The unit of work: everything in it happens together, or not at all.

    with database.unit("A. Hughes", today) as unit:
        unit.record("event", {"case": "C-1001", "kind": "lac_review_held", "on": today})
        unit.finish("Recorded a review on C-1001")

Without ``finish`` nothing is kept. ``finish`` writes the change log, refreshes what is derived from the records that
were touched, and commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from domain.dates import stamp
from domain.errors import BadInput, NotFound, StaleRecord
from domain.ids import ChangeReason, Role
from storage import audit, checks, closing, kinds, projections
from storage.kinds import Kind, kind_of
from storage.tables import ChangeRow, ChangeSetRow

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Database
    from storage.packs import PackSet

Data = Mapping[str, Any]


class Unit:
    """One piece of work by ``actor`` on the day ``today``. Use as a context manager, from one thread, briefly."""

    def __init__(self, database: Database, actor: str, today: date | None = None) -> None:
        self.database = database
        self.actor = actor or "unknown"
        self.today = today or datetime.now().astimezone().date()
        self._lines: list[audit.Line] = []
        self._next_ids: dict[str, int] = {}
        self._touched: dict[str, set[Any]] = defaultdict(set)

    def __enter__(self) -> Self:
        self.session = Session(self.database.engine(), expire_on_commit=False, autoflush=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.session.rollback()
        self.session.close()

    @property
    def packs(self) -> PackSet:
        """The packs in force for this database."""
        return self.database.packs()

    @property
    def connection(self) -> sa.Connection:
        """The connection this unit works on, inside its transaction."""
        return self.session.connection()

    @property
    def raw(self) -> sqlite3.Connection:
        """The same connection as the plain driver has it, for many rows of a known shape."""
        return self.connection.connection.driver_connection  # type: ignore[return-value]

    # reading -----------------------------------------------------------------------------------------------------

    def find(self, kind: str, key: str | int) -> Any:
        """Return the frozen record of ``kind`` with that natural key (or number), or None."""
        row = self._row(kind_of(kind), key)
        return None if row is None else kind_of(kind).freeze(row)

    def get(self, kind: str, key: str | int) -> Any:
        """Return the frozen record; raises NotFound naming it."""
        record = self.find(kind, key)
        if record is None:
            raise NotFound(f"There is no {kind} {key!r}.", field=kind, hint=f"See: almoner list {kind}")
        return record

    def all(self, kind: str, **equals: Any) -> list[Any]:
        """Return every record of ``kind`` whose named fields equal the values given, oldest first."""
        table = kind_of(kind).table
        query = sa.select(table).order_by(table.c.id)
        for name, value in equals.items():
            query = query.where(table.c[name] == value)
        rows = self.connection.execute(query).mappings()
        return [kind_of(kind).record.model_validate(dict(row)) for row in rows]

    def version(self, kind: str, key: str | int) -> int:
        """Return the version of a record, to hand back as ``seen`` when it is amended."""
        row = self._row(kind_of(kind), key)
        return 0 if row is None else row.version

    def made(self, kind: str, key: int) -> bool:
        """Whether this unit itself recorded it: nobody else has seen it yet."""
        return any((line.record, line.key) == (kind, key) and line.before is None for line in self._lines)

    # writing -----------------------------------------------------------------------------------------------------

    def record(self, kind: str, data: Data) -> Any:
        """Validate ``data``, check it against what is kept, keep it, and return the frozen record.

        Raises BadInput (or NotFound) naming the field; nothing of it stays.
        """
        what = kind_of(kind)
        fields = kinds.validate(what, data)
        checks.before_recording(self, what, fields)
        values = self._derive(what, fields)
        row = what.row.model_validate({**values, **self._stamps(1), "id": self._new_id(what)})
        self._flush(what, fields, row)
        self.log(what, row.id or 0, None, kinds.plain(what, row))
        return what.freeze(row)

    def amend(self, kind: str, key: str | int, changes: Data, seen: int | None = None) -> Any:
        """Change some fields of a record and return it as it now stands.

        ``seen`` is the version the person was looking at: if the record moved since, fields only they changed are
        taken, and StaleRecord is raised for those that both changed.
        """
        what = kind_of(kind)
        row = self._row(what, key)
        if row is None:
            raise NotFound(f"There is no {kind} {key!r}.", field=kind)
        before = kinds.plain(what, row)
        if seen is not None and seen != row.version:
            self._refuse_clashes(what, row, changes, seen)
        fields = kinds.validate(what, {**what.dump(row), **changes})
        checks.before_recording(self, what, fields, row)
        derived = fields if what.stays(fields, row) else self._derive(what, fields)
        for name, value in {**derived, **self._stamps(row.version + 1)}.items():
            setattr(row, name, value)
        self._flush(what, fields)
        self.log(what, row.id, before, kinds.plain(what, row))
        return what.freeze(row)

    def remove(self, kind: str, key: str | int) -> None:
        """Take a record away (the change log keeps what it said)."""
        what = kind_of(kind)
        row = self._row(what, key)
        if row is None:
            raise NotFound(f"There is no {kind} {key!r}.", field=kind)
        closing.refuse_removing(self, kind, row)
        self.log(what, row.id, kinds.plain(what, row), None)
        self.session.delete(row)
        self.session.flush()

    def allocate(
        self,
        case: str,
        worker: str,
        on: date,
        *,
        role: Role = Role.ALLOCATED,
        reason: ChangeReason | None = None,
        note: str = "",
        **more: Any,
    ) -> Any:
        """Give ``case`` to ``worker`` from ``on``; the allocated worker before, if any, ends that day.

        ``more`` are further fields of the allocation: what was overruled, who approved it, under which plan.
        """
        if role is Role.ALLOCATED:
            self._end_allocated(case, worker, on, reason)
        data = {"case": case, "worker": worker, "role": role, "starts": on, "reason": reason, "note": note, **more}
        return self.record("allocation", data)

    def _end_allocated(self, case: str, worker: str, on: date, reason: ChangeReason | None) -> None:
        for held in self.all("allocation", case=case, role=Role.ALLOCATED, ends=None):
            if held.worker == worker:
                raise BadInput(f"{worker} already holds {case}.", field="worker")
            if reason is None:
                raise BadInput(
                    f"{case} is held by {held.worker}: say why the worker changes.",
                    field="reason",
                    hint="One of " + ", ".join(ChangeReason) + ".",
                )
            if on < held.starts:
                raise BadInput(f"{held.worker} took {case} on {held.starts}: give a later day.", field="starts")
            self.amend("allocation", held.id, {"ends": on})

    # many at once ------------------------------------------------------------------------------------------------

    def put(self, kind: str, rows: Sequence[Data]) -> None:
        """Keep many records that are validated already (each a full set of fields), in the order given."""
        if not rows:
            return
        what = kind_of(kind)
        first = self._new_id(what, len(rows))
        stamps = kinds.plain_values(what, self._stamps(1))
        names = [column.name for column in what.table.columns]
        full = [
            kinds.plain_values(what, {**self._derive(what, fields), **stamps, "id": number})
            for number, fields in enumerate(rows, first)
        ]
        # Checked fields need no checking column by column: as plain values they go in as the columns would write them.
        marks = ", ".join("?" * len(names))
        quoted = ", ".join(f'"{name}"' for name in names)
        self.raw.executemany(
            f'INSERT INTO "{what.table.name}" ({quoted}) VALUES ({marks})',  # noqa: S608
            ([kinds.kept(values[name]) for name in names] for values in full),
        )
        for values in full:
            self.log(what, values["id"], None, values)

    def change(self, kind: str, changes: Iterable[tuple[int, Data]]) -> None:
        """Change many records by number; each with a full, validated set of fields."""
        what = kind_of(kind)
        table = what.table
        for number, fields in changes:
            old = self.connection.execute(sa.select(table).where(table.c.id == number)).mappings().one()
            values = {**self._derive(what, fields), **self._stamps(old["version"] + 1)}
            self.connection.execute(sa.update(table).where(table.c.id == number).values(**values))
            self.log(what, number, dict(old), {**old, **values})

    # ending ------------------------------------------------------------------------------------------------------

    def finish(self, what: str, *, undoes: int | None = None) -> int | None:
        """Write the change log and what is derived, and commit. Returns the number of the change, None if none."""
        if not self._lines:
            self.session.commit()
            return None
        number = self._write_log(what, undoes)
        projections.refresh(self.connection, self.packs, **{k: sorted(v) for k, v in self._touched.items()})
        try:
            self.session.commit()
        except IntegrityError:
            raise BadInput(
                "Something else still depends on this, so nothing was changed.",
                hint="Take back or move what belongs to it first.",
            ) from None
        self._lines, self._touched = [], defaultdict(set)
        return number

    def _write_log(self, what: str, undoes: int | None) -> int:
        salts = audit.salts(len(self._lines))
        commitments = [audit.commit_to(line, salt) for line, salt in zip(self._lines, salts, strict=True)]
        sets = kinds.table_of(ChangeSetRow)
        newest = sa.select(sets.c.chain).order_by(sets.c.id.desc()).limit(1)
        previous = self.connection.execute(newest).scalar() or audit.START
        at, total = datetime.now(UTC), audit.commit_to_all(commitments)
        heading = [self.actor, stamp(at), what, undoes, len(self._lines), total]
        number = (self.connection.execute(sa.select(sa.func.max(sets.c.id))).scalar() or 0) + 1
        names = ("actor", "at", "what", "undoes", "lines", "commitment")
        values: dict[str, Any] = dict(zip(names, heading, strict=True))
        values |= {"id": number, "at": at, "chain": audit.link(previous, heading)}
        self.connection.execute(sa.insert(sets).values(**values))
        rows = [
            (*line, salt, commitment, number)
            for line, salt, commitment in zip(self._lines, salts, commitments, strict=True)
        ]
        self.raw.executemany(
            """INSERT INTO change (record, key, before, after, salt, commitment, change_set)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            rows,
        )
        return int(number)

    def undo(self) -> str:
        """Take back this actor's last change that still stands, commit, and return what it was.

        Raises BadInput when there is none, or when somebody changed the same records since.
        """
        from storage.undoing import take_back

        return take_back(self)

    # within ------------------------------------------------------------------------------------------------------

    def _row(self, what: Kind, key: str | int) -> Any:
        column = what.table.c.id if isinstance(key, int) or what.key == "id" else what.table.c[what.key]
        if column is what.table.c.id and not isinstance(key, int):
            if not key.isdigit():
                return None
            key = int(key)
        return self.session.exec(sa.select(what.row).where(column == key)).scalars().first()  # type: ignore[call-overload]

    def _derive(self, what: Kind, fields: Data) -> dict[str, Any]:
        return what.complete(dict(fields), self.packs)

    def _stamps(self, version: int) -> dict[str, Any]:
        return {"version": version, "changed_by": self.actor, "changed_at": datetime.now(UTC)}

    def _new_id(self, what: Kind, count: int = 1) -> int:
        """A number never used before, not even by a record since removed: the change log refers to it for good."""
        if what.name not in self._next_ids:
            used = sa.select(sa.func.max(what.table.c.id))
            log = kinds.table_of(ChangeRow)
            logged = sa.select(sa.func.max(log.c.key)).where(log.c.record == what.name)
            self._next_ids[what.name] = 1 + max(self.connection.execute(q).scalar() or 0 for q in (used, logged))
        number = self._next_ids[what.name]
        self._next_ids[what.name] += count
        return number

    def _flush(self, what: Kind, fields: Data, new: Any = None) -> None:
        """Write what is pending; a refusal takes back that alone, so that the unit can go on."""
        try:
            with self.session.begin_nested():
                if new is not None:
                    self.session.add(new)
                self.session.flush()
        except IntegrityError:
            raise BadInput(
                f"There is a {what.name} {fields.get(what.key, '')!r} already.",
                field=what.key,
                hint="Amend that one, or give another " + what.key.replace("_", " ") + ".",
            ) from None

    def log(self, what: Kind, key: int, before: Data | None, after: Data | None) -> None:
        self._lines.append(audit.Line(what.name, key, audit.canonical(before), audit.canonical(after)))
        for state in (before, after):
            if state is not None:
                for group, name in what.touches(state):
                    self._touched[group].add(name)

    def _refuse_clashes(self, what: Kind, row: Any, changes: Data, seen: int) -> None:
        from storage.undoing import state_at

        then = state_at(self.connection, what.name, row.id, seen)
        now = kinds.plain(what, row)
        mine = kinds.plain_values(what, changes)
        clashes = [
            (name, then.get(name), now.get(name), value)
            for name, value in mine.items()
            if now.get(name) != then.get(name) and now.get(name) != value
        ]
        if clashes:
            names = ", ".join(name.replace("_", " ") for name, *_ in clashes)
            raise StaleRecord(
                f"{row.changed_by} changed {names} while you were working.",
                clashes=clashes,
                by=row.changed_by,
                hint="Nothing was overwritten: look at both and choose.",
            )
