"""What was recorded when, by whom, from what to what: the change log as people read it.

Words of somebody's supervision that are on no case's record are for the pair and those above the supervisor; whoever
else reads the log sees that they were written, and nothing of what they say.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.core.clock import Clock
from domain.core.errors import NotFound
from storage.database.connection import Connection
from storage.people.acting import above, acting
from storage.records.kind import Kind, Kinds
from storage.supervision.session.session_reads import session_card
from storage.supervision.session.viewer import in_pair, may_see

State = dict[str, Any]
Record = tuple[str, int]
AnyKind = Kind[Any, Any]

_BESIDE = frozenset({"id", "version", "changed_by", "changed_at", "sort_key"})  # columns that are not the record's own
_PERSONAL = frozenset({"discussion", "amendment", "decision", "action", "agenda-item", "disagreement"})
_HAPPENED = (
    "held_on", "on", "starts", "set_on", "raised_on", "decided_on", "made_on", "opened", "granted", "started",
)  # fmt: skip  # the day of something new: the first of these that it has
_CHANGED = (
    "held_on", "on", "ends", "closed", "done_on", "dropped_on", "followed_on", "ended_on", "closed_on", "answered_on",
    "agreed_on", "leaves", "starts", "opened",
)  # fmt: skip  # the day of a change: the first of these that it changed
_OF_CASE = ("case", "other_case")
_OF_WORKER = ("worker", "owner", "other_worker")
_ALL = 10**9  # lines and sets: no log is as long


class RecordedLine(NamedTuple):
    """One record that a change touched: what of it changed, as it is kept, by the names that lists give.

    Nothing stands in ``before`` of what is new, or in ``after`` of what was removed. ``withheld``: it is not for who
    is reading. ``late_days``: how long after the day of it it was recorded.
    """

    kind: str
    key: str | int
    before: State | None
    after: State | None
    on_day: date | None
    late_days: int | None
    withheld: bool


class RecordedSet(NamedTuple):
    """One change: ``user`` had signed in to the machine, ``undoes`` is the change that it took back.

    ``touched`` lines concern what was asked about, of which ``lines`` may be the first few. ``on_day`` is the day of
    what happened, where all that was recorded is of one day.
    """

    set: int
    at: datetime
    on_day: date | None
    late_days: int | None
    actor: str
    user: str
    what: str
    undoes: int | None
    touched: int
    lines: tuple[RecordedLine, ...]


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is asked for: about a record (``kind`` and ``key``), by somebody, recorded from one day to another."""

    kind: str = ""
    key: str = ""
    by: str = ""
    first: date | None = None
    last: date | None = None


class _Set(NamedTuple):
    id: int
    at: datetime
    actor: str
    login: str
    what: str
    undoes: int | None
    lines: int


class _Gone(NamedTuple):
    record: str
    key: int
    before: str


class _Line(NamedTuple):
    change_set: int
    record: str
    key: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Log:
    """Reads the log for ``actor``: who is acting decides what of supervision they see."""

    conn: Connection
    kinds: Kinds
    clock: Clock
    actor: str

    def read(self, asked: LogFilter, most: int | None = None, each: int | None = None) -> Iterator[RecordedSet]:
        """Yield the changes asked for, the newest first: ``most`` of them, with ``each`` so many lines at most."""
        about = self._about(asked)
        reader = _Reader(self)
        for one in self._sets(asked, about, most):
            yield reader.recorded(one, about, each)

    def _sets(self, asked: LogFilter, about: set[Record] | None, most: int | None) -> list[_Set]:
        where: list[str] = ["1 = 1"]
        values: dict[str, object] = {}
        if about is not None:
            where.append("id IN :sets")
            values["sets"] = sorted({line for one in about for line in _sets_of(self.conn, one)})
        if asked.by:
            where.append("actor IN :actors")
            values["actors"] = self._actors(asked.by)
        if asked.first is not None:
            where.append("at >= :first")
            values["first"] = self.clock.days_start(asked.first)
        if asked.last is not None:
            where.append("at < :end")
            values["end"] = self.clock.days_end(asked.last)
        query = f"""SELECT id, at, actor, login, what, undoes, lines FROM change_set
            WHERE {" AND ".join(where)} ORDER BY id DESC LIMIT :most"""  # noqa: S608 - conditions of ours
        return self.conn.all(_Set, query, **values, most=_ALL if most is None else most)

    def _actors(self, by: str) -> list[str]:
        """Return the names under which somebody acted: as given, or those of the same worker."""
        actors = self.conn.values("SELECT DISTINCT actor FROM change_set")
        worker = acting(self.conn, by)
        same = [one for one in actors if one.casefold() == by.casefold()]
        return same + [one for one in actors if one not in same and worker and acting(self.conn, one) == worker]

    # what it is about ------------------------------------------------------------------------------------------------

    def _about(self, asked: LogFilter) -> set[Record] | None:
        """Return the records asked about, those since removed among them; None for all there are."""
        if not asked.kind:
            return None
        kind = self.kinds.named(asked.kind)
        found = self._records(kind, asked.key)
        if not found:
            raise NotFound(f"No {kind.title} {asked.key!r} is or was on record.", field=kind.name)
        if kind.name == "case":
            found |= self._belonging(kind, asked.key, _OF_CASE)
        elif kind.name == "worker":
            found |= self._belonging(kind, asked.key, _OF_WORKER)
        elif kind.name == "team":
            found |= self._belonging(self.kinds.named("team"), asked.key, ("team",), only=("team-period",))
        return found

    def _records(self, kind: AnyKind, key: str) -> set[Record]:
        if kind.key == "id":
            query = 'SELECT DISTINCT "key" FROM change WHERE record = :record AND "key" = :key'
            number = int(key) if key.isdigit() and len(key) < 19 else -1
            return {(kind.name, one) for one in self.conn.values(query, record=kind.name, key=number)}
        query = f'SELECT id FROM "{kind.table.name}" WHERE "{kind.key}" = :key'  # noqa: S608 - names of ours
        there = {(kind.name, one) for one in self.conn.values(query, key=key)}
        return there or {one for one in self._removed(kind.key, [key]) if one[0] == kind.name}

    def _belonging(self, kind: AnyKind, key: str, columns: Sequence[str], only: Sequence[str] = ()) -> set[Record]:
        """Return the records that name a case, a worker or a team, by its present key or one that it had."""
        keys = [key, *self._former(kind, key)]
        found: set[Record] = set()
        naming = defaultdict(list)
        for other in self.kinds:
            for foreign in other.table.foreign_keys:
                if foreign.column.table is kind.table and foreign.parent.name in columns:
                    naming[other.name].append(foreign.parent.name)
                    query = f'SELECT id FROM "{other.table.name}" WHERE "{foreign.parent.name}" IN :keys'  # noqa: S608
                    found |= {(other.name, one) for one in self.conn.values(query, keys=keys)}
        for column in columns:
            found |= {one for one in self._removed(column, keys) if column in naming[one[0]]}
        return {one for one in found if not only or one[0] in only}

    def _former(self, kind: AnyKind, key: str) -> list[str]:
        query = f'SELECT former FROM former_key WHERE "{kind.name}" = :key'  # noqa: S608 - names of ours
        found: list[str] = self.conn.values(query, key=key)
        return found

    def _removed(self, column: str, keys: Sequence[str]) -> set[Record]:
        """Return the records that said so of a column when they were removed."""
        query = """SELECT record, "key", before FROM change WHERE after IS NULL AND before LIKE :like ESCAPE '!'"""
        found: set[Record] = set()
        for key in keys:
            said = f'"{column}":{json.dumps(key, ensure_ascii=False)}'
            like = re.sub("([!%_])", r"!\1", said)
            gone = self.conn.all(_Gone, query, like=f"%{like}%")
            found |= {(one.record, one.key) for one in gone if said in one.before}
        return found


def _sets_of(conn: Connection, one: Record) -> list[int]:
    query = 'SELECT change_set FROM change WHERE record = :record AND "key" = :key'
    found: list[int] = conn.values(query, record=one[0], key=one[1])
    return found


class _Reader:
    """Turns sets of the log into what is shown of them, and remembers whose words may be read."""

    def __init__(self, log: Log) -> None:
        self._conn, self._kinds, self._clock = log.conn, log.kinds, log.clock
        self._today = log.clock.today()
        self._me = acting(log.conn, log.actor)
        self._may: dict[tuple[Any, ...], bool] = {}

    def recorded(self, one: _Set, about: set[Record] | None, each: int | None) -> RecordedSet:
        """Return one set with its lines."""
        query = """SELECT change_set, record, "key", before, after FROM change WHERE change_set = :set
            ORDER BY id LIMIT :most"""
        most = _ALL if each is None or about is not None else each
        lines = self._conn.all(_Line, query, set=one.id, most=most)
        if about is not None:
            lines = [line for line in lines if (line.record, line.key) in about]
        day = self._clock.local(one.at).date()
        shown = tuple(self._line(line, day) for line in (lines if each is None else lines[:each]))
        count = one.lines if about is None else len(lines)
        days = {line.on_day for line in shown if line.on_day is not None}
        on_day = days.pop() if len(days) == 1 and count == len(shown) else None
        late = _late(on_day, day)
        return RecordedSet(
            one.id, one.at, on_day, late, one.actor, one.login, one.what, one.undoes, count, shown
        )  # fmt: skip

    def _line(self, line: _Line, recorded_on: date) -> RecordedLine:
        before, after = (json.loads(text) if text else None for text in (line.before, line.after))
        kind = self._kinds.named(line.record)
        state: State = after or before or {}
        key = line.key if kind.key == "id" else state.get(kind.key, line.key)
        day = _day(before, after)
        withheld = not self._readable(line.record, before, after)
        was, is_now = (None, None) if withheld else _differences(kind, before, after)
        return RecordedLine(line.record, key, was, is_now, day, _late(day, recorded_on), withheld)

    # whose words -----------------------------------------------------------------------------------------------------

    def _readable(self, record: str, *states: State | None) -> bool:
        if record not in _PERSONAL:
            return True
        return all(self._may_read(record, state) for state in states if state is not None)

    def _may_read(self, record: str, state: State) -> bool:
        if state.get("case"):
            return True
        private = bool(state.get("private"))
        whose, session = state.get("worker") or state.get("owner"), state.get("session")
        asked = (session, whose, private)
        if asked not in self._may:
            self._may[asked] = self._asked(session, whose, private)
        return self._may[asked]

    def _asked(self, session: int | None, whose: str | None, private: bool) -> bool:
        if session is None:
            return self._me is not None and (
                whose is None or self._me == whose or self._me in above(self._conn, whose, self._today)
            )
        try:
            card = session_card(self._conn, session)
        except NotFound:  # it was removed since, and whose it was is no longer known
            return False
        worker = whose or card.worker
        if private:
            return in_pair(card, self._me, worker)
        return may_see(self._conn, card, self._me, worker, self._today)


def _late(day: date | None, recorded_on: date) -> int | None:
    return None if day is None else max((recorded_on - day).days, 0)


def _day(before: State | None, after: State | None) -> date | None:
    """Return the day on which what a change says happened, where it says one."""
    if after is None:
        return None
    if before is None:
        days = (after.get(name) for name in _HAPPENED)
    else:
        days = (after.get(name) for name in _CHANGED if after.get(name) != before.get(name))
    found = next((day for day in days if day), None)
    return date.fromisoformat(found) if found else None


def _differences(kind: AnyKind, before: State | None, after: State | None) -> tuple[State | None, State | None]:
    """Return what changed, by the words that documents use; of what is new or gone, all that it says."""
    if before is None or after is None:
        return _said(kind, before), _said(kind, after)
    names = [name for name in after if name not in _BESIDE and before.get(name) != after[name]]
    return _named(kind, {name: before.get(name) for name in names}), _named(kind, {name: after[name] for name in names})


def _said(kind: AnyKind, state: State | None) -> State | None:
    if state is None:
        return None
    return _named(kind, {name: value for name, value in state.items() if name not in _BESIDE and _says(value)})


def _says(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def _named(kind: AnyKind, state: Mapping[str, Any]) -> State:
    called = {field: word for word, field in kind.written.items()}
    return {called.get(name, name): value for name, value in state.items()}
