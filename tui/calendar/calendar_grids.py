"""The two lists of the calendar screen: whose calendars there are, and what one of them holds day by day."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.message import Message

from domain.calendar.wording import KIND_TITLES, EntryKind
from tui.calendar.calendar_page import CalendarLine, Happening
from tui.calendar.calendar_text import (
    MARKS,
    NOBODY,
    agenda_day,
    kind_word,
    reminds,
    standing,
    standing_order,
    title,
    way_words,
)
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.text import cell
from tui.grid.columns import Column, Row
from tui.grid.grid import Grid

NOTHING = "Nothing would stand in this calendar. Press e to choose what goes in."


class CalendarGrid(Grid[Row]):
    """A list in which saving means calendar files first; the list itself can still be saved from there."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("calendar-export")

    class ExportWanted(Message):
        """Something is to be saved."""

        def __init__(self, grid: CalendarGrid[Any]) -> None:
            super().__init__()
            self.grid = grid

    def action_calendar_export(self) -> None:
        """Ask what to save."""
        self.post_message(self.ExportWanted(self))


def calendars() -> CalendarGrid[CalendarLine]:
    """Return the list of a team's calendars."""
    return CalendarGrid(
        "calendars", calendar_columns(), key=lambda row: row.recipient, empty=NOBODY, last=lambda row: row.of_team
    )


def agenda() -> CalendarGrid[Happening]:
    """Return the list of one calendar's entries."""
    return CalendarGrid("agenda", agenda_columns(), key=lambda row: row.key, empty=NOTHING)


def calendar_columns() -> list[Column[CalendarLine]]:
    """Return the columns; in a narrow window they go in this order: feed, mail, file, number of entries."""
    return [
        Column("whose", "Calendar of", lambda r: r.sync.name, _whose, names="worker", whose=lambda r: r.recipient,
               stretch=True, least=13, most=44),
        Column("state", "State", standing_order, _standing, least=16),
        Column("entries", "Entries", lambda r: r.sync.events, right=True, gives_way=1),
        Column("file", "File", lambda r: r.sync.file.waiting, lambda r, k: _way("file", r, k), at_first=False,
               gives_way=2),
        Column("mail", "Mail", lambda r: r.sync.mail.waiting, lambda r, k: _way("mail", r, k), at_first=False,
               gives_way=3),
        Column("feed", "Feed", lambda r: r.sync.feed.waiting, lambda r, k: _way("feed", r, k), at_first=False,
               gives_way=4),
    ]  # fmt: skip


def agenda_columns() -> list[Column[Happening]]:
    """Return the columns; in a narrow window they go in this order: kind, reminder, time."""
    return [
        Column("day", "Day", lambda r: r.on, _day, least=10),
        Column("time", "Time", lambda r: r.at, lambda r, k: k.plain(r.at), gives_way=1, least=6),
        Column("reads", "Reads", lambda r: r.entry.reminder.summary, stretch=True, least=23, most=70),
        Column("mark", "New", lambda r: r.mark, _mark),
        Column("reminds", "Reminds", lambda r: r.alarm, _reminds, gives_way=2, least=8),
        Column("kind", "Kind", _kind_title, lambda r, k: cell(kind_word(r), k.colour("muted")), gives_way=3, most=12),
    ]


def _whose(row: CalendarLine, look: Look) -> Text:
    return cell(title(row, look), look.colour("accent") if row.of_team else "")


def _standing(row: CalendarLine, look: Look) -> Text:
    words, tone = standing(row)
    return cell(words, look.colour(tone))


def _way(way: str, row: CalendarLine, look: Look) -> Text:
    words, tone = way_words(way, getattr(row.sync, way))
    return cell(words, look.colour(tone))


def _mark(row: Happening, look: Look) -> Text:
    words, tone = MARKS[row.mark]
    return cell(words, look.colour(tone))


def _day(row: Happening, look: Look) -> Text:
    tone = "late" if row.on < look.today else "accent" if row.on == look.today else ""
    words = "today" if row.on == look.today else agenda_day(row.on, look.today)
    colour = look.colour(tone) if tone else ""
    return cell(words, f"bold {colour}".strip() if row.first else look.colour("muted"))


def _reminds(row: Happening, look: Look) -> Text:
    return cell(reminds(row, look.today), look.colour("muted"))


def _kind_title(row: Happening) -> str:
    return KIND_TITLES[EntryKind(row.entry.reminder.kind)]
