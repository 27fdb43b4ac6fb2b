"""A month of one calendar as a sheet: what stands on each day, in the words Outlook would show."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from textual.content import Content

from domain.due.year_ahead import month_days
from storage.due.due_month import DueMonth, MonthDay
from tui.calendar.calendar_page import Happening
from tui.calendar.calendar_text import MARKS
from tui.core.text import line, shorten
from tui.due.month_grid import WEEK, MonthGrid

MOST_LINES = 9
READABLE = 9  # columns of a day from which words say more than a number


class EntryMonth(MonthGrid):
    """Seven columns, a row a week; the arrows move from day to day, and on into the next month."""

    DEFAULT_CSS = """
    EntryMonth { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_day: Mapping[date, Sequence[Happening]] = {}

    def show_entries(self, happenings: Sequence[Happening], marked: date, holidays: Collection[date]) -> None:
        """Show the month of the ``marked`` day."""
        by_day = defaultdict(list)
        for one in happenings:
            by_day[one.on].append(one)
        self._by_day = by_day
        first = marked.replace(day=1)
        days = [
            MonthDay(day, len(by_day.get(day, ())), day.weekday() < 5 and day not in holidays, day in holidays, False)
            for day in month_days(first)
        ]
        self.show_month(DueMonth(None, first, 0, 0, days), marked)

    @property
    def cell_height(self) -> int:
        """How many lines a week has: as many as there is room for in this month."""
        if self.month is None:
            return super().cell_height
        weeks = -(-(self.month.first.weekday() + len(self.month.days)) // WEEK)
        return min(max((self.content_size.height - 1) // weeks, 2), MOST_LINES)

    def on_day(self, day: date) -> Sequence[Happening]:
        """Return what stands on ``day``."""
        return self._by_day.get(day, ())

    def _cell(self, day: MonthDay | None, width: int) -> list[Content]:
        if day is None or width < READABLE or self.cell_height < 3 or not day.things:
            return super()._cell(day, width)
        back = self._back(day)
        chosen = "bold $cursor-text" if day.on == self.marked and self.has_focus else ""
        named = f" {day.on.day}{self._kind(day, width)}"
        lines = [Content.styled(named.ljust(width)[:width], f"{chosen or self._day_tone(day)} {back}".strip())]
        room = self.cell_height - 2
        found = self.on_day(day.on)
        shown = found if len(found) <= room else found[: room - 1]
        lines += [_entry(one, width, chosen, back) for one in shown]
        if len(shown) < len(found):
            more = f" +{len(found) - len(shown)} more"
            lines.append(Content.styled(more.ljust(width)[:width], f"{chosen or '$muted'} {back}".strip()))
        lines += [Content.styled(" " * width, back)] * (self.cell_height - 1 - len(lines))
        return [*lines, Content(" " * width)]


def _entry(one: Happening, width: int, chosen: str, back: str) -> Content:
    glyph, tone = MARKS[one.mark]
    words = line(f"{one.at} {brief(one.entry.reminder.summary)}".strip())
    text = Content(shorten(f" {glyph[:1]} {words}" if glyph else f" {words}", width - 1))
    style = chosen or (f"${tone}" if one.mark else "$text")
    return text.pad_right(max(width - text.cell_length, 0)).stylize(f"{style} {back}".strip())


def brief(summary: str) -> str:
    """Return "Visit C-1003" of "Visit due (ref C-1003)": a day of the sheet is narrow."""
    return re.sub(r"(?: due)? \(ref ([^()]*)\)$", r" \1", summary)
