"""What calendars carry now, set against what they said last: where every way out begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.calendar.wording import WorkingDayBefore
from storage.calendar.contents import Gathered, gather, newest_change, reminders, working_days_before
from storage.calendar.effective_choices import council
from storage.calendar.icalendar import Manner
from storage.calendar.said_entries import Carried, compare, keep, namespace, writing
from storage.database.connection import Connection

if TYPE_CHECKING:
    from storage.records.database import Database

TOGETHER = 25  # recipients compared, and files noted, under one lock: nobody else waits long

Progress = Callable[[int, int], None]
"""Is told how many are done, and of how many."""

Stopped = Callable[[], bool]
"""Whether somebody asked to stop."""


def against(conn: Connection, one: Gathered, before: WorkingDayBefore, today: date, now: datetime) -> Carried:
    """Set what was gathered against what was kept for the recipient; writes nothing.

    Somebody may have changed a record since it was gathered: then it is gathered again, or older words would be given
    a newer count.
    """
    if newest_change(conn) != one.seen:
        one = gather(conn, [one.recipient], today)[one.recipient]
    return compare(conn, one.recipient, reminders(one, before, today), today, now, one.wishes.privacy)


def carried_now(
    database: Database, recipients: Sequence[str], today: date, now: datetime
) -> dict[str, tuple[Gathered, Carried]]:
    """Return each recipient's calendar as of now, kept with its sequences, so that every way out says the same."""
    gathered = gather(database.reader(), recipients, today)
    return {one.recipient: (one, now_) for one, now_ in carried(database, gathered.values(), today, now)}


def carried(
    database: Database, gathered: Iterable[Gathered], today: date, now: datetime
) -> Iterator[tuple[Gathered, Carried]]:
    """Yield what was gathered with what it is by now, compared and kept a few recipients at a time."""
    every = list(gathered)
    befores = working_days_before(database, [one.recipient for one in every], today)
    for start in range(0, len(every), TOGETHER):
        found = []
        with writing(database) as conn:
            for one in every[start : start + TOGETHER]:
                here = against(conn, one, befores[one.recipient], today, now)
                keep(conn, here)
                found.append((one, here))
        yield from found


def manner_of(database: Database) -> Manner:
    """Return how this database's calendars are written."""
    reader = database.reader()
    return Manner(namespace(reader), council(reader).classification)
