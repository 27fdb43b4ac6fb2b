"""What the calendar screen reads: how each calendar stands, and what one of them would show, day by day."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from storage import views
from storage.calendars.entries import Carried, Way
from storage.calendars.outbox import tally
from storage.calendars.recipients import people, team_of, team_recipient
from storage.calendars.sync import SyncLine, WayState, preview, sync_states
from storage.calendars.wishes import Council, Wishes, council, wishes_of
from storage.exports.icalendar import Entry
from storage.reading import Packs
from storage.workingdays import bank_holidays

if TYPE_CHECKING:
    from storage.database import Database

Mark = Literal["", "new", "changed", "going"]


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A calendar in the list: how it stands on each way out, and how many of its messages failed.

    ``known`` is false while that is still being worked out.
    """

    sync: SyncLine
    failed: int = 0
    known: bool = True

    @property
    def recipient(self) -> str:
        """The staff id, or ``team:NAME``."""
        return self.sync.recipient

    @property
    def of_team(self) -> bool:
        """Whether this is a team's own calendar."""
        return team_of(self.recipient) is not None


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry as it stands in the agenda; ``first`` of its day."""

    entry: Entry
    mark: Mark
    first: bool = False

    @property
    def on(self) -> date:
        """The day it stands on, by the clock on the wall."""
        return self.entry.reminder.on

    @property
    def at(self) -> str:
        """The time of day at which a session starts; nothing for a whole day."""
        return self.entry.reminder.clock

    @property
    def key(self) -> str:
        """What tells it from every other of the same calendar."""
        return self.entry.reminder.key

    @property
    def alarm(self) -> datetime | None:
        """When a calendar reminds, as the clock on the wall has it and so without a zone; what goes does not."""
        rings = self.entry.reminder.rings
        return None if rings is None or self.mark == "going" else rings.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Agenda:
    """One calendar as its Outlook would show it, against what ``way`` said last; ``said`` is whether it ever did."""

    recipient: str = ""
    happenings: Sequence[Happening] = ()
    way: Way = "file"
    said: bool = False
    wishes: Wishes = field(default_factory=Wishes)

    def marked(self, mark: Mark) -> list[Happening]:
        """Return those with ``mark``."""
        return [one for one in self.happenings if one.mark == mark]

    @property
    def standing(self) -> list[Happening]:
        """Return what the calendar holds once it has said everything."""
        return [one for one in self.happenings if one.mark != "going"]


@dataclass(frozen=True, slots=True)
class CalendarBoard:
    """The calendars of one team, what the council chose for them, and the bank holidays where the team works."""

    team: str | None = None
    lines: Sequence[CalendarLine] = ()
    council: Council = field(default_factory=Council)
    holidays: Collection[date] = ()


def team_wanted(conn: sqlite3.Connection, wanted: str | None) -> str | None:
    """Return the team to show: the one wanted, or the first when none was chosen yet."""
    there = [line.name for line in views.teams(conn)]
    return wanted if wanted in there else next(iter(there), None)


def read_names(conn: sqlite3.Connection, wanted: str | None, today: date) -> list[CalendarLine]:
    """Return whose calendars there are, before it is known how they stand."""
    team = team_wanted(conn, wanted)
    if team is None:
        return []
    never = WayState("never")
    named = [(one.staff_id, one.name) for one in people(conn, today, team)]
    named.append((team_recipient(team), team))
    return [CalendarLine(SyncLine(who, name, "", 0, never, never, never), known=False) for who, name in named]


def read_board(database: Database, wanted: str | None, today: date, now: datetime) -> CalendarBoard:
    """Return the calendars of the team wanted; of the first one when none was chosen yet."""
    conn = database.reader()
    team = team_wanted(conn, wanted)
    if team is None:
        return CalendarBoard()
    failed = {who: states.get("failed", 0) for who, states in tally(conn).items()}
    lines = [CalendarLine(one, failed.get(one.recipient, 0)) for one in sync_states(database, today, now, team)]
    return CalendarBoard(team, lines, council(conn), _holidays(conn, team))


def _holidays(conn: sqlite3.Connection, team: str) -> Collection[date]:
    (nation,) = conn.execute("SELECT nation FROM team WHERE name = ?", (team,)).fetchone()
    return bank_holidays(Packs(conn), nation)


def read_agenda(database: Database, recipient: str, today: date, now: datetime) -> Agenda:
    """Return what ``recipient`` would see; writes nothing."""
    wishes = wishes_of(database.reader(), [recipient])[recipient]
    return agenda_of(preview(database, recipient, today, now), "mail" if wishes.by_mail else "file", wishes)


def agenda_of(carried: Carried, way: Way, wishes: Wishes) -> Agenda:
    """Set out a calendar by day, with marks against what ``way`` said last."""
    waiting = carried.waiting(way)
    new, changed = _keys(waiting.new), _keys(waiting.changed)
    said = any(was.said[way] is not None for was in carried.was.values())
    found = list(_happenings(carried.current, new, changed, said=said))
    found += [Happening(entry, "going") for entry in waiting.gone]
    found.sort(key=lambda one: (one.on, one.at, one.key))
    return Agenda(carried.recipient, _with_firsts(found), way, said, wishes)


def _keys(entries: Iterable[Entry]) -> set[str]:
    return {entry.reminder.key for entry in entries}


def _happenings(entries: Iterable[Entry], new: set[str], changed: set[str], *, said: bool) -> Iterator[Happening]:
    """Give the entries with their marks; while nothing was ever said all is new, and no mark is worth its room."""
    for entry in entries:
        key = entry.reminder.key
        yield Happening(entry, "changed" if key in changed else "new" if said and key in new else "")


def _with_firsts(found: Sequence[Happening]) -> list[Happening]:
    last, marked = None, []
    for one in found:
        marked.append(replace(one, first=one.on != last))
        last = one.on
    return marked
