"""Whether each calendar is up to date as a file, as a feed and by mail, and what it would show now; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from storage.calendar.contents import Gathered, gather, working_days_before
from storage.calendar.due_changes import against
from storage.calendar.effective_choices import Council, council
from storage.calendar.feeds.feed_tokens import live
from storage.calendar.icalendar import Entry
from storage.calendar.recipients import Person, with_calendars
from storage.calendar.said_entries import Carried, exports
from storage.database.connection import Connection

if TYPE_CHECKING:
    from storage.records.database import Database

State = Literal["never", "waiting", "current", "off"]


@dataclass(frozen=True, slots=True)
class WayState:
    """How one way out stands for a recipient: how many entries wait, and when it last went out."""

    state: State
    waiting: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncLine:
    """One recipient: what the calendar carries and how each way out stands; ``name`` is the worker's or the team's."""

    recipient: str
    name: str
    email: str
    events: int
    file: WayState
    feed: WayState
    mail: WayState


class _Mailed(NamedTuple):
    """When a recipient was last sent a message."""

    recipient: str
    at: datetime


def sync_states(database: Database, today: date, now: datetime, team: str | None = None) -> list[SyncLine]:
    """Return how each worker's calendar stands, then each team's own; of one team, or of all."""
    conn = database.reader()
    listed = with_calendars(conn, today, team)
    gathered = gather(conn, [person.staff_id for person in listed], today)
    befores = working_days_before(database, gathered, today)
    ways = _Ways(conn, today)
    found = []
    for person in listed:
        one = gathered[person.staff_id]
        found.append(ways.line(person, one, against(conn, one, befores[one.recipient], today, now)))
    return found


def preview(database: Database, recipient: str, today: date, now: datetime) -> Carried:
    """Return what ``recipient`` would see now, against what was last kept; writes nothing."""
    conn = database.reader()
    gathered = gather(conn, [recipient], today)
    before = working_days_before(database, gathered, today)[recipient]
    return against(conn, gathered[recipient], before, today, now)


def within(entry: Entry, today: date, days: int | None) -> bool:
    """Whether an entry begins at most so many days from today; without a number every entry does."""
    return days is None or entry.reminder.on <= today + timedelta(days=days)


class _Ways:
    """What each way said last, read once for all recipients."""

    def __init__(self, conn: Connection, today: date) -> None:
        self._today = today
        self._council: Council = council(conn)
        self._files, self._feeds = exports(conn, "file"), exports(conn, "feed")
        query = "SELECT recipient, max(sent_at) AS at FROM outbox WHERE state = 'sent' GROUP BY recipient"
        self._mailed = {one.recipient: one.at for one in conn.each(_Mailed, query)}
        self._live = live(conn, today)

    def line(self, person: Person, gathered: Gathered, carried: Carried) -> SyncLine:
        return SyncLine(
            person.staff_id,
            person.name,
            person.email,
            len(carried.current),
            self._file(carried),
            self._feed(gathered, carried),
            self._mail(gathered, carried),
        )

    def _file(self, carried: Carried) -> WayState:
        out = self._files.get(carried.recipient)
        waiting = carried.waiting("file").total
        return _state(waiting, out.at if out else None)

    def _feed(self, gathered: Gathered, carried: Carried) -> WayState:
        """Return how the feed stands: whatever changed since it was last published waits.

        A mark may differ though no entry does: one fell out of the window. With further notices it does so every day.
        """
        out = self._feeds.get(carried.recipient)
        if carried.recipient not in self._live:
            return WayState("off", 0, out.at if out else None)
        if out is None:
            return WayState("never", len(carried.current))
        if out.digest == gathered.mark:
            return WayState("current", 0, out.at)
        least = 0 if gathered.wishes.leads else 1
        return _state(max(least, sum(e.changed_at > out.at for e in (*carried.current, *carried.gone))), out.at)

    def _mail(self, gathered: Gathered, carried: Carried) -> WayState:
        at = self._mailed.get(carried.recipient)
        if not gathered.wishes.by_mail:
            return WayState("off", 0, at)
        waiting = carried.waiting("mail")
        ahead = self._council.mail_ahead
        near = sum(within(e, self._today, ahead) for e in waiting.new)  # only new entries wait until they are near
        return _state(near + len(waiting.changed) + len(waiting.gone), at)


def _state(waiting: int, at: datetime | None) -> WayState:
    if at is None:
        return WayState("never", waiting)
    return WayState("waiting" if waiting else "current", waiting, at)
