"""A strip of eight weeks, a cell a working day: how many fall due on each, so that pile-ups show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from domain.core.dates import MONTHS, show_day
from tui.core.workspace import office_of

WEEKS = 8
WORKDAYS = 5
EDGE = 1
WIDEST = 4
_BARS = "▁▂▃▄▅▆▇█"


class DueStrip(Widget):
    """Two lines: the weeks by their Monday, and under each its five days with what is planned for them."""

    DEFAULT_CSS = """
    DueStrip { height: 2; padding: 0; background: $background; color: $text; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_plan: Mapping[date | None, int] = {}

    def show_days(self, by_plan: Mapping[date | None, int]) -> None:
        """Show how many are to be done on each day."""
        self._by_plan = by_plan
        self.refresh()

    def days(self) -> list[date]:
        """The working days shown, from this week's Monday."""
        today = office_of(self).today
        monday = today - timedelta(days=today.weekday())
        return [monday + timedelta(days=7 * week + day) for week in range(WEEKS) for day in range(WORKDAYS)]

    def render(self) -> RenderResult:
        """Write the weeks, and the days under them."""
        width = self._cell_width()
        days = self.days()
        most = max((self._by_plan.get(day, 0) for day in days), default=0)
        weeks: list[Content | str] = [" " * EDGE]
        cells: list[Content | str] = [" " * EDGE]
        for start in range(0, len(days), WORKDAYS):
            week = days[start : start + WORKDAYS]
            weeks.append(Content.styled(_monday(week[0], width).ljust(width * WORKDAYS + 1), "$muted"))
            cells += [self._cell(day, width, most) for day in week]
            cells.append(" ")
        return Content("\n").join([self._end(weeks, most, days), Content.assemble(*cells)])

    def _cell_width(self) -> int:
        room = self.size.width - EDGE - WEEKS
        return max(1, min(room // (WEEKS * WORKDAYS), WIDEST))

    def _cell(self, day: date, width: int, most: int) -> Content:
        times = self._by_plan.get(day, 0)
        today = office_of(self).today
        if not times:
            return Content.styled(("▏" if day == today else "·").rjust(width), "$muted")
        text = str(times)
        if most >= 10**width or (width > 1 and most >= 10 ** (width - 1)):
            text = _BARS[min(times * len(_BARS) // (most + 1), len(_BARS) - 1)] * max(width - 1, 1)
        style = "bold $late" if day < today else "bold $due" if times * 2 > most and most > 1 else "$text"
        return Content.styled(text.rjust(width), f"{style} on $panel" if day == today else style)

    def _end(self, weeks: list[Content | str], most: int, days: list[date]) -> Content:
        """Add to the line of weeks which day is busiest, when there is room for it."""
        line = Content.assemble(*weeks)
        if not most:
            return line
        busiest = next(day for day in days if self._by_plan.get(day, 0) == most)
        words = f"  most: {most:,} on {show_day(busiest, office_of(self).today)}"
        room = self.size.width - line.cell_length
        return Content.assemble(line, Content.styled(words, "$muted")) if cell_len(words) <= room else line


def _monday(day: date, width: int) -> str:
    """Name a week by its Monday, in six cells where a day has but one."""
    return f"{day.day}{' ' if width > 1 else ''}{MONTHS[day.month - 1]}"
