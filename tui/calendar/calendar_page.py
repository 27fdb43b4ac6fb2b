"""What the calendar screen reads: whether each calendar is up to date, and what one of them would show by day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from storage.calendar.effective_choices import Council, Wishes, council, wishes_of
from storage.calendar.icalendar import Entry
from storage.calendar.mail.outbox import tally
from storage.calendar.recipients import team_of, with_calendars
from storage.calendar.said_entries import Carried, Way
from storage.calendar.status import SyncLine, WayState, preview, sync_states
from storage.database.connection import Connection
from storage.people import teams
from storage.people.teams import TeamLine
from storage.rules.kept_packs import Packs
from storage.rules.working_days import bank_holidays

if TYPE_CHECKING:
    from storage.records.database import Database

Mark = Literal["", "new", "changed", "going"]


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A calendar in the list: its state as a file, as a feed and by mail, and how many of its messages failed.

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
    """An entry in the agenda; ``first`` where it is the first of its day."""

    entry: Entry
    mark: Mark
    first: bool = False

    @property
    def on(self) -> date:
        """The entry's day, in London time."""
        return self.entry.reminder.on

    @property
    def at(self) -> str:
        """The time of day at which a session starts; nothing for a whole day."""
        return self.entry.reminder.clock

    @property
    def key(self) -> str:
        """What tells it from every other entry of the same calendar."""
        return self.entry.reminder.key

    @property
    def alarm(self) -> datetime | None:
        """When a calendar reminds, in London time without a zone; None for an entry that goes."""
        rings = self.entry.reminder.rings
        return None if rings is None or self.mark == "going" else rings.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Agenda:
    """One calendar as Outlook would show it, compared with what ``way`` said last; ``said`` where it ever said any."""

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
        """Return the entries that the calendar holds once everything is sent."""
        return [one for one in self.happenings if one.mark != "going"]


@dataclass(frozen=True, slots=True)
class CalendarBoard:
    """The calendars of one team, what the council chose for them, and the bank holidays where the team works."""

    team: str | None = None
    lines: Sequence[CalendarLine] = ()
    council: Council = field(default_factory=Council)
    holidays: Collection[date] = ()


def team_wanted(conn: Connection, wanted: str | None, today: date) -> TeamLine | None:
    """Return the team to show: the one wanted, or the first when none was chosen yet."""
    there = teams.teams(conn, today)
    return next((team for team in there if team.name == wanted), there[0] if there else None)


def read_names(conn: Connection, wanted: str | None, today: date) -> list[CalendarLine]:
    """Return whose calendars there are, before it is known whether they are up to date."""
    team = team_wanted(conn, wanted, today)
    if team is None:
        return []
    never = WayState("never")
    whose = with_calendars(conn, today, team.name)
    return [CalendarLine(SyncLine(one.staff_id, one.name, "", 0, never, never, never), known=False) for one in whose]


def read_board(database: Database, wanted: str | None, today: date, now: datetime) -> CalendarBoard:
    """Return the calendars of the team wanted; of the first one when none was chosen yet."""
    conn = database.reader()
    team = team_wanted(conn, wanted, today)
    if team is None:
        return CalendarBoard()
    failed = {who: states.get("failed", 0) for who, states in tally(conn).items()}
    lines = [CalendarLine(one, failed.get(one.recipient, 0)) for one in sync_states(database, today, now, team.name)]
    return CalendarBoard(team.name, lines, council(conn), bank_holidays(Packs(conn), team.nation))


def read_agenda(database: Database, recipient: str, today: date, now: datetime) -> Agenda:
    """Return what ``recipient`` would see; writes nothing."""
    wishes = wishes_of(database.reader(), [recipient])[recipient]
    return agenda_of(preview(database, recipient, today, now), "mail" if wishes.by_mail else "file", wishes)


def agenda_of(carried: Carried, way: Way, wishes: Wishes) -> Agenda:
    """Return a calendar by day, with marks on what is new, changed or going since ``way`` said anything last."""
    waiting = carried.waiting(way)
    new, changed = _keys(waiting.new), _keys(waiting.changed)
    said = any(was.said(way) is not None for was in carried.was.values())
    found = list(_happenings(carried.current, new, changed, said=said))
    found += [Happening(entry, "going") for entry in waiting.gone]
    found.sort(key=lambda one: (one.on, one.at, one.key))
    return Agenda(carried.recipient, _with_firsts(found), way, said, wishes)


def _keys(entries: Iterable[Entry]) -> set[str]:
    return {entry.reminder.key for entry in entries}


def _happenings(entries: Iterable[Entry], new: set[str], changed: set[str], *, said: bool) -> Iterator[Happening]:
    """Yield the entries with their marks; while nothing was ever said, everything is new and nothing is marked."""
    for entry in entries:
        key = entry.reminder.key
        yield Happening(entry, "changed" if key in changed else "new" if said and key in new else "")


def _with_firsts(found: Sequence[Happening]) -> list[Happening]:
    last, marked = None, []
    for one in found:
        marked.append(replace(one, first=one.on != last))
        last = one.on
    return marked
