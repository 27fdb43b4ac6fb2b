"""Calendar: what each worker's Outlook would show, by day or by month, and what waits to be said to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from domain.core.dates import show_day, show_month
from domain.core.text import plural
from domain.core.workdays import add_months
from tui.calendar.calendar_grids import CalendarGrid, agenda, calendars
from tui.calendar.calendar_page import (
    Agenda,
    CalendarBoard,
    CalendarLine,
    Happening,
    read_agenda,
    read_board,
    read_names,
)
from tui.calendar.calendar_text import MARKS, alarm_words, standing, tally, title, ways_words, wishes_words
from tui.calendar.dialogs.export import export_calendars
from tui.calendar.dialogs.preview import EntryDialog, PreviewDialog
from tui.calendar.entry_month import EntryMonth
from tui.core.keys import bindings
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import laid, show
from tui.grid.grid import Grid

NARROW = 160  # columns below which the month needs them all
GAP = "   "
PAUSE = 0.04  # seconds that the cursor rests before the calendar under it is read


class CalendarScreen(Page):
    """The calendars of one team."""

    CSS_PATH = "calendar_screen.tcss"
    AREA = "calendar"
    AUTO_FOCUS = "#calendars Sheet"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "edit", "choose-team", "calendar-month", "month-before", "month-after", "today", "this-month",
        "calendar-export", "calendar-preview", "calendar-feeds", "calendar-outbox", "calendar-council",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._board = CalendarBoard()
        self._agenda = Agenda()
        self._day: date | None = None
        self._read = asyncio.Event()

    def body(self) -> ComposeResult:
        """The calendars, and beside them what the marked one holds."""
        with Horizontal(id="both"):
            yield calendars()
            with Vertical(id="shown"):
                yield Static("", id="about")
                yield agenda()
                yield EntryMonth()
                yield Static("", id="day")

    @property
    def calendars(self) -> CalendarGrid[CalendarLine]:
        """The list of calendars."""
        return self.query_one("#calendars", CalendarGrid)

    @property
    def entries(self) -> CalendarGrid[Happening]:
        """The agenda of the marked calendar."""
        return self.query_one("#agenda", CalendarGrid)

    @property
    def sheet(self) -> EntryMonth:
        """The month of the marked calendar."""
        return self.query_one(EntryMonth)

    @property
    def board(self) -> CalendarBoard:
        """The team's calendars as last read."""
        return self._board

    @property
    def agenda(self) -> Agenda:
        """What the marked calendar holds."""
        return self._agenda

    @property
    def marked(self) -> CalendarLine | None:
        """The calendar under the cursor."""
        return self.calendars.current

    @property
    def by_month(self) -> bool:
        """Whether the month is shown rather than the agenda."""
        return self.has_class("-month")

    def on_mount(self) -> None:
        """Follow the marked day of the month."""
        self.watch(self.sheet, "marked", self._tell_day, init=False)

    def on_resize(self, event: Resize) -> None:
        """Leave the whole of a narrow window to the month."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.call_after_refresh(self._tell_about)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a calendar only while there is one."""
        if action in {"edit", "calendar_preview", "calendar_month"}:
            return self.is_mounted and self.marked is not None
        return super().check_action(action, parameters)

    # reading -----------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read how the calendars stand, and what the marked one holds."""
        wanted, today = self.office.team, self.office.today
        if not self._board.lines:
            self.query_one("#about", Static).update(show("Working out what each calendar holds…", "$muted"))
            names = await self.office.desk.read(lambda conn: read_names(conn, wanted, today))
            self.calendars.show_rows(names)
        self._board = await self.office.desk.call(lambda db: read_board(db, wanted, today, db.clock.now()))
        self._find_own_line()
        self.title_with(heading(self._board))
        self.calendars.show_rows(self._board.lines)
        await self._read_marked()
        self._read.set()
        self.refresh_bindings()

    def _find_own_line(self) -> None:
        """Begin on the calendar of whoever is working, where their staff id says who they are."""
        state, actor = self.calendars.state, self.office.actor.casefold()
        if not state.cursor and any(line.recipient.casefold() == actor for line in self._board.lines):
            state.cursor = next(line.recipient for line in self._board.lines if line.recipient.casefold() == actor)

    @on(Grid.Moved, "#calendars")
    def _moved(self) -> None:
        self.run_worker(self._read_soon(), exclusive=True, group="agenda", exit_on_error=False)

    async def _read_soon(self) -> None:
        await asyncio.sleep(PAUSE)
        await self._read_marked()

    async def _read_marked(self) -> None:
        """Read the marked calendar and show it, with the day that was marked before or today."""
        marked, today = self.marked, self.office.today
        if marked is None:
            self._agenda = Agenda()
        else:
            who = marked.recipient
            self._agenda = await self.office.desk.call(lambda db: read_agenda(db, who, today, db.clock.now()))
        self._show_agenda()

    def _show_agenda(self) -> None:
        happenings = self._agenda.happenings
        day = self._day or self.office.today
        keys = {one.key for one in happenings}
        if self.entries.state.cursor not in keys:
            self.entries.state.cursor = next((one.key for one in happenings if one.on >= day), _last(happenings))
        self.entries.show_rows(happenings)
        self._show_month(day)

    def _about(self) -> Iterator[Content]:
        marked, look = self.marked, self.look
        if marked is None:
            return
        whose = title(marked, look) if marked.of_team else f"{look.worker(marked.sync.name)}  {marked.recipient}"
        head = [show(whose, "bold $accent"), show(tally(self._agenda)), self._month_words()]
        ways = [show(words, f"${tone}") for words, tone in ways_words(marked, look.today)]
        room = self.query_one("#about").content_size.width
        yield from in_lines([piece for piece in head if piece], room)
        yield from in_lines(ways, room)
        yield show(wishes_words(self._agenda.wishes), "$muted")

    def _month_words(self) -> Content:
        """Return which month the sheet shows, and how many entries stand in it."""
        if not self.by_month or self._day is None:
            return Content("")
        first = self._day.replace(day=1)
        here = sum(one.on.replace(day=1) == first for one in self._agenda.standing)
        return show(f"{show_month(first)}: {here}", "bold")

    def _tell_about(self) -> None:
        self.query_one("#about", Static).update(Content("\n").join(list(self._about())))

    # the month ---------------------------------------------------------------------------------------------------

    def _show_month(self, day: date) -> None:
        self._day = day
        if self.by_month:
            self.sheet.show_entries(self._agenda.happenings, day, self._board.holidays)
            self._tell_day(day)
        self._tell_about()

    def _tell_day(self, day: date) -> None:
        """Write what stands on the marked day in full."""
        if not self.by_month or day == date.min:
            return
        self._day = day
        found, today = self.sheet.on_day(day), self.office.today
        head = Content.assemble(
            show(show_day(day, today), "bold $accent"),
            "   ",
            show(plural(len(found), "entry", "entries"), "$muted"),
        )
        lines = [self._day_line(one) for one in found[:6]]
        if len(found) > len(lines):
            lines.append(laid("  and {more} more: enter shows them", "$muted", more=len(found) - len(lines)))
        self.query_one("#day", Static).update(Content("\n").join([head, *lines]))

    def _day_line(self, one: Happening) -> Content:
        mark, tone = MARKS[one.mark]
        return Content.assemble(
            f"  {one.at or 'all day':9}",
            show(one.entry.reminder.summary),
            "   ",
            show(f"reminds {alarm_words(one, self.look.today)}" if one.alarm else "", "$muted"),
            "   " if mark else "",
            show(mark, f"${tone}"),
        )

    def action_calendar_month(self) -> None:
        """Show the month, or the agenda again at the day that was marked."""
        if not self.by_month and (current := self.entries.current) is not None:
            self._day = self._day if self.focused is self.calendars.sheet else current.on
        self.set_class(not self.by_month, "-month")
        if self.by_month:
            self._show_month(self._day or self.office.today)
            self.sheet.focus()
        else:
            self._go_to(self._day or self.office.today)
            self._tell_about()
        self.refresh_bindings()

    @on(EntryMonth.Wanted)
    def _wanted(self, event: EntryMonth.Wanted) -> None:
        self._show_month(event.day)

    @on(EntryMonth.Opened)
    def _day_opened(self, event: EntryMonth.Opened) -> None:
        self.remove_class("-month")
        self._go_to(event.day)
        self._tell_about()

    def action_month_before(self) -> None:
        """Show the month before."""
        self._turn(-1)

    def action_month_after(self) -> None:
        """Show the next month."""
        self._turn(1)

    def _turn(self, months: int) -> None:
        at = self._day if self.by_month or self.entries.current is None else self.entries.current.on
        first = add_months((at or self.office.today).replace(day=1), months)
        if self.by_month:
            self._show_month(first)
        else:
            self._go_to(first)

    def action_today(self) -> None:
        """Go to today."""
        if self.by_month:
            self._show_month(self.office.today)
        else:
            self._go_to(self.office.today)

    def action_this_month(self) -> None:
        """Go to today."""
        self.action_today()

    def _go_to(self, day: date) -> None:
        """Move the agenda to the first entry on or after ``day``, or to its last."""
        self._day = day
        found = [one for one in self.entries.found if one.on >= day] or list(self.entries.found)[-1:]
        if found:
            self.entries.state.cursor = min(found, key=lambda one: (one.on, one.at, one.key)).key
        self.entries.redraw()
        (self.entries.sheet if self.entries.found else self.entries).focus()

    # what is under the cursor ------------------------------------------------------------------------------------

    @on(Grid.Opened, "#calendars")
    def _calendar_opened(self) -> None:
        (self.sheet if self.by_month else self.entries.sheet).focus()

    @on(Grid.Moved, "#agenda")
    def _entry_moved(self, event: Grid.Moved) -> None:
        self._day = event.row.on

    @on(Grid.Opened, "#agenda")
    def _entry_opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(EntryDialog(event.row))

    # deeds -------------------------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def _do(self, doing: Awaitable[str | None]) -> None:
        """Wait for a piece of work that asks its own questions, say what it did, and read again."""
        said = await doing
        if said:
            self.office.changed()
            self.notify(said, markup=False)
            if self.is_current:
                self.read_again()

    def action_calendar_export(self) -> None:
        """Ask what to save."""
        self._export(self.entries if self.focused is self.entries.sheet else self.calendars)

    @on(CalendarGrid.ExportWanted)
    def _export_wanted(self, event: CalendarGrid.ExportWanted) -> None:
        self._export(event.grid)

    def _export(self, grid: CalendarGrid[Any]) -> None:
        self._do(self._ask_what_to_save(grid))

    async def _ask_what_to_save(self, grid: CalendarGrid[Any]) -> str | None:
        """Ask as soon as it is known what there is: keys are often quicker than the first reading."""
        await self._read.wait()
        marked, entry = self.marked, self.entries.current
        if marked is None or self._board.team is None:
            self.notify("There is no calendar to save yet.", markup=False)
            return None
        return await export_calendars(self, grid, self._board.team, marked, self._agenda, entry)

    def action_calendar_preview(self) -> None:
        """Show what a file of the marked calendar would hold."""
        if (marked := self.marked) is not None:
            self.app.push_screen(PreviewDialog(title(marked, self.look), self._agenda))

    def action_edit(self) -> None:
        """Choose what goes into the marked calendar; a team's own follows the council's choices."""
        from tui.calendar.dialogs.settings import choose_for_council, choose_for_worker

        if (marked := self.marked) is not None:
            who = marked.recipient
            self._do(
                choose_for_council(self) if marked.of_team else choose_for_worker(self, who, title(marked, self.look))
            )

    def action_calendar_council(self) -> None:
        """Choose what holds for every calendar."""
        from tui.calendar.dialogs.settings import council_menu

        self._do(council_menu(self))

    def action_calendar_feeds(self) -> None:
        """Show who may read a feed, and publish."""
        self.app.push_screen(page("calendar-feeds"))

    def action_calendar_outbox(self) -> None:
        """Show what goes out by mail."""
        self.app.push_screen(page("calendar-outbox"))


def _last(happenings: Sequence[Happening]) -> str:
    return happenings[-1].key if happenings else ""


def in_lines(pieces: Sequence[Content], room: int) -> Iterator[Content]:
    """Set pieces side by side while there is room, without breaking any of them."""
    found: list[Content] = []
    for piece in pieces:
        if found and sum(one.cell_length + len(GAP) for one in found) + piece.cell_length > room:
            yield Content(GAP).join(found)
            found = []
        found.append(piece)
    yield Content(GAP).join(found)


def heading(board: CalendarBoard) -> str:
    """Return whose calendars these are, and how many have still to go out; a team's own need not."""
    states = [(standing(line)[0][:1], line.of_team) for line in board.lines]
    waiting = sum(glyph in "◐●" or (glyph == "–" and not of_team) for glyph, of_team in states)
    said = f"{waiting} of {len(states)} to send" if waiting else "all up to date"
    return f"Calendar, {said}: {board.team}" if board.team else "Calendar: no team yet"
