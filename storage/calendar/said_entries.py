"""What each calendar said last, so that entries keep their identity, count up when they change, and are withdrawn.

Each entry has one sequence and one time of change. Beside them is kept which sequence files gave last and which one
mail gave last, so that neither hides what the other still has to send. A feed shows everything and keeps nothing.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import UUID

from domain.calendar.wording import LOOK_BACK, Privacy, Reminder, without
from domain.core.dates import stamp
from domain.core.errors import StorageProblem
from storage.calendar.icalendar import Entry, digest
from storage.database.connection import Connection
from storage.database.errors import guard
from storage.database.sqlite import connect, transaction

if TYPE_CHECKING:
    from storage.records.database import Database

Way = Literal["file", "mail"]


class Waiting(NamedTuple):
    """What one way still has to send to a recipient."""

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    gone: tuple[Entry, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    @property
    def total(self) -> int:
        """How many entries that is."""
        return len(self.new) + len(self.changed) + len(self.gone)


class Was(NamedTuple):
    """One entry as last kept, with the sequence that files and mail gave last, where they gave any."""

    key: str
    digest: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    gone: bool
    shown: str
    file_sequence: int | None
    mail_sequence: int | None

    def said(self, way: Way) -> int | None:
        """Return the sequence that ``way`` gave last; None where it gave none."""
        return self.file_sequence if way == "file" else self.mail_sequence


class Export(NamedTuple):
    """When a recipient's calendar last went out by one way, and the digest of what it then was."""

    recipient: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A recipient's calendar against what was last kept: current entries, and those gone (their sequence raised).

    ``over`` are the keys of past entries: neither current nor gone.
    """

    recipient: str
    current: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    was: Mapping[str, Was]
    over: tuple[str, ...] = ()

    def waiting(self, way: Way) -> Waiting:
        """Return what ``way`` has not said yet; an entry that it never gave need not be withdrawn."""
        new, changed = [], []
        for entry in self.current:
            said = self._said(entry, way)
            if said is None:
                new.append(entry)
            elif said != entry.sequence:
                changed.append(entry)
        gone = [e for e in self.gone if (said := self._said(e, way)) is not None and said < e.sequence]
        return Waiting(tuple(new), tuple(changed), tuple(gone))

    def _said(self, entry: Entry, way: Way) -> int | None:
        was = self.was.get(entry.reminder.key)
        return None if was is None else was.said(way)


def compare(
    conn: Connection,
    recipient: str,
    reminders: Sequence[Reminder],
    today: date,
    now: datetime,
    privacy: Privacy = Privacy.INITIALS,
) -> Carried:
    """Compare ``reminders`` with what was kept for ``recipient``; writes nothing.

    An entry too old to be shown is over rather than gone: nobody need be told. An entry that is gone says no more than
    ``privacy`` allows today, whatever it said before.
    """
    was = known(conn, recipient)
    at = now.astimezone(UTC).replace(microsecond=0)
    current = tuple(_stand(reminder, was.get(reminder.key), at) for reminder in reminders)
    standing = {entry.reminder.key for entry in current}
    gone = [_withdrawn(one, at, privacy) for key, one in was.items() if key not in standing and one.shown]
    over = {entry.reminder.key for entry in gone if _over(entry.reminder, today, now)}
    return Carried(recipient, current, tuple(e for e in gone if e.reminder.key not in over), was, tuple(over))


def _stand(reminder: Reminder, was: Was | None, at: datetime) -> Entry:
    if was is None:
        return Entry(reminder, 0, changed_at=at, created_at=at)
    return _after(was, reminder, at, same=was.digest == digest(reminder) and not was.gone)


def _withdrawn(was: Was, at: datetime, privacy: Privacy) -> Entry:
    reminder = recall(was.key, was.shown)
    return _after(was, replace(reminder, summary=without(reminder.summary, privacy)), at, same=was.gone)


def _after(was: Was, reminder: Reminder, at: datetime, *, same: bool) -> Entry:
    """Return the entry that follows ``was``: with its sequence where it is the ``same``, else with the next one."""
    if same:
        return Entry(reminder, was.sequence, changed_at=was.changed_at, created_at=was.created_at)
    # A clock that went backwards must not make a change look older than the one before it.
    return Entry(reminder, was.sequence + 1, changed_at=max(at, was.changed_at), created_at=was.created_at)


def _over(reminder: Reminder, today: date, now: datetime) -> bool:
    """Whether an entry is too old to be shown, or a session has begun: nobody need be told that it is gone."""
    if reminder.starts_at is not None:
        return reminder.starts_at <= now
    return reminder.day is not None and reminder.day < today - LOOK_BACK


# keeping ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def writing(database: Database) -> Iterator[Connection]:
    """Yield a connection of its own within a transaction; no slow work belongs in the block, for others wait."""
    with guard(database.path), closing(connect(database.path, read_only=database.read_only)) as conn, transaction(conn):
        yield conn


def known(conn: Connection, recipient: str) -> dict[str, Was]:
    """Return what was kept for ``recipient``, by key."""
    query = """SELECT "key", digest, sequence, created_at, changed_at, gone_at IS NOT NULL AS gone, shown,
                 file_sequence, mail_sequence
               FROM calendar_entry WHERE recipient = :recipient"""
    return {one.key: one for one in conn.each(Was, query, recipient=recipient)}


def keep(conn: Connection, carried: Carried) -> int:
    """Keep what is new, changed or gone since last time; returns how many entries that was."""
    rows = [_row(carried.recipient, e, None) for e in carried.current if _differs(e, carried.was.get(e.reminder.key))]
    rows += [_row(carried.recipient, e, e.changed_at) for e in carried.gone if not carried.was[e.reminder.key].gone]
    conn.change_each(
        """INSERT INTO calendar_entry (recipient, "key", digest, sequence, created_at, changed_at, gone_at, shown)
           VALUES (:recipient, :key, :digest, :sequence, :created_at, :changed_at, :gone_at, :shown)
           ON CONFLICT (recipient, "key") DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence,
             changed_at = excluded.changed_at, gone_at = excluded.gone_at, shown = excluded.shown""",
        rows,
    )
    _forget(conn, carried)
    return len(rows)


def _forget(conn: Connection, carried: Carried) -> None:
    """Empty the words of entries that are over, or that every way which gave them has withdrawn.

    A request that may have arrived, though no server said so, counts as given. Key and sequence stay, so that an
    entry which comes back goes on counting.
    """
    query = """UPDATE calendar_entry SET shown = '' WHERE recipient = :recipient AND "key" IN :keys"""
    conn.change(query, recipient=carried.recipient, keys=carried.over)
    conn.change(
        """UPDATE calendar_entry SET shown = '' WHERE recipient = :recipient AND gone_at IS NOT NULL AND shown <> ''
           AND coalesce(file_sequence, sequence) >= sequence AND coalesce(mail_sequence, sequence) >= sequence
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.recipient = calendar_entry.recipient
             AND outbox."key" = calendar_entry."key" AND method = 'REQUEST' AND state <> 'sent' AND sent_at IS NOT NULL
             AND outbox.sequence > coalesce(mail_sequence, -1))""",
        recipient=carried.recipient,
    )


def _differs(entry: Entry, was: Was | None) -> bool:
    return was is None or was.gone or entry.sequence != was.sequence or not was.shown


def _row(recipient: str, entry: Entry, gone_at: datetime | None) -> dict[str, object]:
    return {
        "recipient": recipient,
        "key": entry.reminder.key,
        "digest": digest(entry.reminder),
        "sequence": entry.sequence,
        "created_at": entry.created_at,
        "changed_at": entry.changed_at,
        "gone_at": gone_at,
        "shown": remember(entry.reminder),
    }


def say(conn: Connection, recipient: str, way: Way, entries: Iterable[Entry]) -> None:
    """Note that ``way`` has given ``entries`` to ``recipient`` as they are."""
    conn.change_each(
        f'UPDATE calendar_entry SET {way}_sequence = :sequence WHERE recipient = :recipient AND "key" = :key',  # noqa: S608
        ({"sequence": one.sequence, "recipient": recipient, "key": one.reminder.key} for one in entries),
    )


def note_export(conn: Connection, recipient: str, way: str, mark: str, events: int, now: datetime) -> None:
    """Note when a recipient's calendar went out by ``way``, and the mark of what it then was."""
    row = {"recipient": recipient, "way": way, "at": now, "digest": mark, "events": events}
    conn.put("calendar_export", ("recipient", "way"), row)


def exports(conn: Connection, way: str) -> dict[str, Export]:
    """Return by recipient when each calendar last went out by ``way``: "file", "feed" or "mail"."""
    found = conn.each(Export, "SELECT recipient, at, digest FROM calendar_export WHERE way = :way", way=way)
    return {one.recipient: one for one in found}


def namespace(conn: Connection) -> UUID:
    """Return this database's own namespace, from which every identity in its calendars is made."""
    found = conn.value("SELECT value FROM meta WHERE key = 'namespace'")
    if found is None:
        raise StorageProblem("This database has no calendar identity.", hint="Run `almoner doctor`.")
    return UUID(found)


def remember(reminder: Reminder) -> str:
    """Return as JSON what a withdrawal of ``reminder`` has to repeat."""
    return json.dumps(
        [
            reminder.kind,
            reminder.summary,
            reminder.category,
            int(reminder.busy),
            reminder.day.isoformat() if reminder.day else None,
            stamp(reminder.starts_at) if reminder.starts_at else None,
            reminder.minutes,
        ],
        ensure_ascii=False,
    )


def recall(key: str, shown: str) -> Reminder:
    """Return what ``remember`` kept, as a reminder without an alarm."""
    kind, summary, category, busy, day, starts_at, minutes = json.loads(shown)
    return Reminder(
        kind=kind,
        key=key,
        summary=summary,
        description="Withdrawn: it was done, moved to somebody else or cancelled.",
        category=category,
        busy=bool(busy),
        alarm_minutes_before=None,
        day=date.fromisoformat(day) if day else None,
        starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
        minutes=minutes,
    )
