"""Looking before anything is written: one entry exactly as it will read, or all that a file would hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from domain.calendar.wording import KIND_TITLES, EntryKind
from domain.core.dates import show_day
from domain.core.text import plural
from tui.calendar.calendar_page import Agenda, Happening
from tui.calendar.calendar_text import CANCELLED, CHANGED, MARKS, WHOLE, agenda_day, alarm_words, reminds
from tui.core.dialog import Notice
from tui.core.text import laid, show

LABEL, READS, MARKED = 12, 27, 10
SHOWN = 400  # lines of one part: more is counted, not drawn


class Lines(VerticalScroll):
    """The lines, scrolled with the arrows."""

    DEFAULT_CSS = """
    Lines { height: auto; max-height: 18; scrollbar-size-vertical: 1; }
    """


class EntryDialog(Notice):
    """One entry as a calendar will show it."""

    TITLE_WORDS = "As it will read"

    def __init__(self, one: Happening) -> None:
        super().__init__()
        self._one = one

    def body(self) -> ComposeResult:
        """Each part of the entry on a line of its own."""
        with VerticalScroll(classes="dialog--words"):
            yield Static(Content("\n").join(list(self._lines())))

    def _lines(self) -> Iterator[Content]:
        one, reminder, today = self._one, self._one.entry.reminder, self.office.today
        yield show(reminder.summary, "bold")
        yield Content("")
        when = f"{show_day(one.on)}, {f'{one.at}, {reminder.minutes} minutes' if one.at else 'all day'}"
        mark, tone = MARKS[one.mark]
        for label, words in (
            ("When", when),
            ("Reminds", alarm_words(one, today)),
            ("Shown as", "busy" if reminder.busy else "free"),
            ("Category", reminder.category),
            ("Kind", KIND_TITLES[EntryKind(reminder.kind)]),
            ("Text", reminder.description),
            ("Sequence", f"{one.entry.sequence}: raised whenever it changes, so that mail can follow"),
        ):
            yield Content.assemble(show(label, "$muted").pad_right(LABEL - len(label)), show(words))
        if mark:
            yield Content.assemble(" " * LABEL, show(f"{mark} since it last went out", f"${tone}"))


class PreviewDialog(Notice):
    """What each kind of file of one calendar would hold."""

    WIDE = True

    def __init__(self, whose: str, agenda: Agenda) -> None:
        super().__init__(f"What a file would hold: {whose}")
        self._agenda = agenda

    def body(self) -> ComposeResult:
        """New, changed and going first; then the rest of the whole."""
        with Lines():
            yield Static(Content("\n").join(list(self._lines())))
        yield Static(laid("\nNothing has been written. x on the calendar saves a file."), classes="dialog--quiet")

    def _lines(self) -> Iterator[Content]:
        agenda = self._agenda
        standing = agenda.standing
        fresh = [one for one in standing if one.mark] if agenda.said else standing
        going = agenda.marked("going")
        yield from self._part(f"What is new or changed: {plural(len(fresh), 'entry', 'entries')}", CHANGED, fresh)
        yield from self._part(f"Cancellations: {plural(len(going), 'entry', 'entries')}", CANCELLED, going)
        rest = [] if len(fresh) == len(standing) else standing
        said = f"The whole calendar: {plural(len(standing), 'entry', 'entries')}"
        yield from self._part(said + ("" if rest or not standing else ", those above"), WHOLE, rest)

    def _part(self, heading: str, outlook: str, found: Sequence[Happening]) -> Iterator[Content]:
        yield show(heading, "bold $accent")
        yield show(outlook, "$muted")
        for one in found[:SHOWN]:
            yield self._line(one)
        if len(found) > SHOWN:
            yield laid("  and {more:,} more", "$muted", more=len(found) - SHOWN)
        yield Content("")

    def _line(self, one: Happening) -> Content:
        mark, tone = MARKS[one.mark]
        today = self.office.today
        day = show(agenda_day(one.on, today))
        reads, marked = show(one.entry.reminder.summary), show(mark, f"${tone}")
        return Content.assemble(
            "  ",
            day.pad_right(max(11 - day.cell_length, 1)),
            one.at.ljust(6),
            reads.pad_right(max(READS - reads.cell_length, 2)),
            marked.pad_right(max(MARKED - marked.cell_length, 1)),
            show(f"reminds {reminds(one, today)}" if one.alarm else "", "$muted"),
        )
