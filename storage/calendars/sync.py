"""Whether each calendar is up to date on each way out, and what it would show now. Nothing here writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from storage.calendars.carrying import against
from storage.calendars.entries import Carried
from storage.calendars.gathering import Gathered, gather, working_days_before
from storage.calendars.recipients import Person, people, team_recipient
from storage.calendars.tokens import live
from storage.calendars.wishes import Council, council
from storage.exports.icalendar import Entry

if TYPE_CHECKING:
    from storage.database import Database

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


class _Out(NamedTuple):
    """When a way last went out, and the mark of what it then was."""

    at: datetime
    mark: str


def sync_states(database: Database, today: date, now: datetime, team: str | None = None) -> list[SyncLine]:
    """Return how each worker's calendar stands, then each team's own; of one team, or of all."""
    conn = database.reader()
    everybody = people(conn, today, team)
    teams = (
        [team] if team is not None else [name for (name,) in conn.execute("SELECT name FROM team ORDER BY sort_key")]
    )
    listed = [*everybody, *(Person(team_recipient(name), name, name, "", None) for name in teams)]
    gathered = gather(conn, [person.staff_id for person in listed], today)
    befores = working_days_before(database, gathered)
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
    before = working_days_before(database, gathered)[recipient]
    return against(conn, gathered[recipient], before, today, now)


def within(entry: Entry, today: date, days: int | None) -> bool:
    """Whether an entry begins within so many days from today: as far ahead as mail reaches."""
    return days is None or entry.reminder.on <= today + timedelta(days=days)


class _Ways:
    """What each way said last, read once for all recipients."""

    def __init__(self, conn: sqlite3.Connection, today: date) -> None:
        self._today = today
        self._council: Council = council(conn)
        self._out = _exports(conn)
        self._mailed = _mailed(conn)
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
        out = self._out.get((carried.recipient, "file"))
        waiting = carried.waiting("file").total
        return _state(waiting, out.at if out else None)

    def _feed(self, gathered: Gathered, carried: Carried) -> WayState:
        """A feed keeps no entries of its own: what moved since it was last published waits.

        A mark may differ though no entry does: one fell out of the window. With further notices it does so every day.
        """
        out = self._out.get((carried.recipient, "feed"))
        if carried.recipient not in self._live:
            return WayState("off", 0, out.at if out else None)
        if out is None:
            return WayState("never", len(carried.current))
        if out.mark == gathered.mark:
            return WayState("current", 0, out.at)
        least = 0 if gathered.wishes.leads else 1
        return _state(max(least, sum(e.changed_at > out.at for e in (*carried.current, *carried.gone))), out.at)

    def _mail(self, gathered: Gathered, carried: Carried) -> WayState:
        at = self._mailed.get(carried.recipient)
        if not gathered.wishes.by_mail:
            return WayState("off", 0, at)
        waiting = carried.waiting("mail")
        ahead = self._council.mail_ahead
        near = sum(within(e, self._today, ahead) for e in waiting.new)  # what was mailed once is followed anywhere
        return _state(near + len(waiting.changed) + len(waiting.gone), at)


def _state(waiting: int, at: datetime | None) -> WayState:
    if at is None:
        return WayState("never", waiting)
    return WayState("waiting" if waiting else "current", waiting, at)


def _exports(conn: sqlite3.Connection) -> Mapping[tuple[str, str], _Out]:
    rows = conn.execute("SELECT recipient, way, at, digest FROM calendar_export")
    return {(recipient, way): _Out(datetime.fromisoformat(at), mark) for recipient, way, at, mark in rows}


def _mailed(conn: sqlite3.Connection) -> Mapping[str, datetime]:
    rows = conn.execute("SELECT recipient, max(sent_at) FROM outbox WHERE state = 'sent' GROUP BY recipient")
    return {recipient: datetime.fromisoformat(at) for recipient, at in rows}
