"""What each calendar said last, so that entries keep their identity, count up when they change, and are withdrawn.

An entry's sequence and time of change belong to it; what each way out (file, mail) said last is kept beside them, so
that one way never hides from another what it still has to say. A feed always shows the whole and keeps nothing.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import UUID

from domain.dates import stamp
from domain.errors import StorageProblem
from domain.reminders import LOOK_BACK, Privacy, Reminder, without
from storage.database import connect, guard
from storage.exports.icalendar import Entry, digest

if TYPE_CHECKING:
    from storage.database import Database

Way = Literal["file", "mail"]


class Waiting(NamedTuple):
    """What one way out still has to say to a recipient."""

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    gone: tuple[Entry, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    @property
    def total(self) -> int:
        """How many entries that is."""
        return len(self.new) + len(self.changed) + len(self.gone)


@dataclass(frozen=True, slots=True)
class Was:
    """What was last kept of one entry; ``said`` is the sequence that each way gave last, where it gave any."""

    digest: str
    sequence: int
    created: datetime
    changed: datetime
    gone: bool
    shown: str
    said: Mapping[Way, int | None]


@dataclass(frozen=True, slots=True)
class Carried:
    """A recipient's calendar against what was last kept: what stands now, and what went (its sequence raised).

    ``over`` are the keys of what is neither any more.
    """

    recipient: str
    current: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    was: Mapping[str, Was]
    over: tuple[str, ...] = ()

    def waiting(self, way: Way) -> Waiting:
        """Return what ``way`` has not said yet: what was never given by it and went needs no word."""
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
        return None if was is None else was.said[way]


def compare(
    conn: sqlite3.Connection,
    recipient: str,
    reminders: Sequence[Reminder],
    today: date,
    now: datetime,
    privacy: Privacy = Privacy.INITIALS,
) -> Carried:
    """Set ``reminders`` against what was kept for ``recipient``; writes nothing.

    What fell out of the days looked back upon is neither standing nor gone: it is over, and nobody need be told. What
    went says no more than ``privacy`` allows today, whatever it said when it stood.
    """
    was = known(conn, recipient)
    at = now.astimezone(UTC).replace(microsecond=0)
    current = tuple(_stand(reminder, was.get(reminder.key), at) for reminder in reminders)
    standing = {entry.reminder.key for entry in current}
    gone = [_withdrawn(key, one, at, privacy) for key, one in was.items() if key not in standing and one.shown]
    over = {entry.reminder.key for entry in gone if _over(entry.reminder, today, now)}
    return Carried(recipient, current, tuple(e for e in gone if e.reminder.key not in over), was, tuple(over))


def _stand(reminder: Reminder, was: Was | None, at: datetime) -> Entry:
    if was is None:
        return Entry(reminder, 0, changed_at=at, created_at=at)
    if was.digest == digest(reminder) and not was.gone:
        return Entry(reminder, was.sequence, changed_at=was.changed, created_at=was.created)
    # A clock that went backwards must not make a change look older than the one before it.
    return Entry(reminder, was.sequence + 1, changed_at=max(at, was.changed), created_at=was.created)


def _withdrawn(key: str, was: Was, at: datetime, privacy: Privacy) -> Entry:
    reminder = recall(key, was.shown)
    reminder = replace(reminder, summary=without(reminder.summary, privacy))
    if was.gone:
        return Entry(reminder, was.sequence, changed_at=was.changed, created_at=was.created)
    return Entry(reminder, was.sequence + 1, changed_at=max(at, was.changed), created_at=was.created)


def _over(reminder: Reminder, today: date, now: datetime) -> bool:
    """Whether an entry lies so far back, or a session has begun, that taking it out of a calendar says nothing."""
    if reminder.starts_at is not None:
        return reminder.starts_at <= now
    return reminder.day is not None and reminder.day < today - LOOK_BACK


# keeping ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def writing(database: Database) -> Iterator[sqlite3.Connection]:
    """Give a connection inside a transaction that is kept when the block ends, and never held over slow work."""
    with guard(database.path):
        conn = connect(database.path, read_only=database.read_only)
        try:
            conn.execute("BEGIN IMMEDIATE")
            yield conn
            conn.execute("COMMIT")
        finally:
            conn.close()


def known(conn: sqlite3.Connection, recipient: str) -> dict[str, Was]:
    """Return what was kept for ``recipient``, by key."""
    query = """SELECT "key", digest, sequence, created_at, changed_at, gone_at, shown, file_sequence, mail_sequence
               FROM calendar_entry WHERE recipient = ?"""
    return {
        key: Was(
            said,
            sequence,
            datetime.fromisoformat(created),
            datetime.fromisoformat(changed),
            gone is not None,
            shown,
            {"file": file, "mail": mail},
        )
        for key, said, sequence, created, changed, gone, shown, file, mail in conn.execute(query, (recipient,))
    }


def keep(conn: sqlite3.Connection, carried: Carried) -> int:
    """Keep what is new, changed or gone since last time; returns how many entries that was."""
    rows = [_row(carried.recipient, e, None) for e in carried.current if _differs(e, carried.was.get(e.reminder.key))]
    rows += [
        _row(carried.recipient, e, stamp(e.changed_at)) for e in carried.gone if not carried.was[e.reminder.key].gone
    ]
    conn.executemany(
        """INSERT INTO calendar_entry (recipient, "key", digest, sequence, created_at, changed_at, gone_at, shown)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (recipient, "key") DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence,
             changed_at = excluded.changed_at, gone_at = excluded.gone_at, shown = excluded.shown""",
        rows,
    )
    _forget(conn, carried)
    return len(rows)


def _forget(conn: sqlite3.Connection, carried: Carried) -> None:
    """Empty what an entry said once nobody need repeat it: it is over, or withdrawn by every way that ever gave it.

    A request that may have arrived, though no server said so, counts as given.
    What stays is a sequence under a name that says nothing, so that an entry which comes back counts on.
    """
    conn.executemany(
        """UPDATE calendar_entry SET shown = '' WHERE recipient = ? AND "key" = ?""",
        [(carried.recipient, key) for key in carried.over],
    )
    conn.execute(
        """UPDATE calendar_entry SET shown = '' WHERE recipient = ? AND gone_at IS NOT NULL AND shown <> ''
           AND coalesce(file_sequence, sequence) >= sequence AND coalesce(mail_sequence, sequence) >= sequence
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.recipient = calendar_entry.recipient
             AND outbox."key" = calendar_entry."key" AND method = 'REQUEST' AND state <> 'sent' AND sent_at IS NOT NULL
             AND outbox.sequence > coalesce(mail_sequence, -1))""",
        (carried.recipient,),
    )


def _differs(entry: Entry, was: Was | None) -> bool:
    return was is None or was.gone or entry.sequence != was.sequence or not was.shown


def _row(recipient: str, entry: Entry, gone_at: str | None) -> tuple[object, ...]:
    reminder = entry.reminder
    created, changed = stamp(entry.created_at), stamp(entry.changed_at)
    said = digest(reminder)
    return (recipient, reminder.key, said, entry.sequence, created, changed, gone_at, remember(reminder))


def say(conn: sqlite3.Connection, recipient: str, way: Way, entries: Iterable[Entry]) -> None:
    """Note that ``way`` has given ``entries`` to ``recipient`` as they are."""
    conn.executemany(
        f'UPDATE calendar_entry SET {way}_sequence = ? WHERE recipient = ? AND "key" = ?',  # noqa: S608
        [(entry.sequence, recipient, entry.reminder.key) for entry in entries],
    )


def note_export(conn: sqlite3.Connection, recipient: str, way: str, mark: str, events: int, now: datetime) -> None:
    """Note when a recipient's calendar went out by ``way``, and the mark of what it then was."""
    conn.execute(
        """INSERT INTO calendar_export (recipient, way, at, digest, events) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (recipient, way) DO UPDATE SET at = excluded.at, digest = excluded.digest,
             events = excluded.events""",
        (recipient, way, stamp(now), mark, events),
    )


def namespace(conn: sqlite3.Connection) -> UUID:
    """Return this database's own namespace, from which every identity in its calendars is made."""
    found = conn.execute("SELECT value FROM meta WHERE key = 'namespace'").fetchone()
    if found is None:
        raise StorageProblem("This database has no calendar identity.", hint="Run `almoner doctor`.")
    return UUID(found[0])


def remember(reminder: Reminder) -> str:
    """Return as JSON what a withdrawal has to repeat of ``reminder``."""
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
