"""A month as a calendar sheet: how many things are to be done on each day, in digits and shade."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from textual.app import RenderResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from domain.core.dates import DAYS
from storage.due.due_month import DueMonth, MonthDay
from tui.core.keys import bindings
from tui.core.workspace import office_of

WEEK = 7
MOST_WEEKS, HIGHEST = 6, 5
_SHADES = "░▒▓█"


class MonthGrid(Widget, can_focus=True):
    """Seven columns, a row a week; the arrows move from day to day, and on into the next month."""

    DEFAULT_CSS = """
    MonthGrid { height: 1fr; padding: 0 1; background: $background; color: $text; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "open", "up", "down", "day-before", "day-after", "month-before", "month-after"
    )
    marked: reactive[date] = reactive(date.min)

    class Opened(Message):
        """A day was chosen."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    class Wanted(Message):
        """Another month is to be shown, with ``day`` marked in it."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    def __init__(self) -> None:
        super().__init__()
        self.month: DueMonth | None = None

    def show_month(self, month: DueMonth, marked: date) -> None:
        """Show ``month`` with a day marked."""
        self.month = month
        self.marked = marked
        self.refresh()

    # drawing ---------------------------------------------------------------------------------------------------------

    @property
    def cell_width(self) -> int:
        """How wide a day is."""
        return max(self.content_size.width // WEEK, 6)

    @property
    def cell_height(self) -> int:
        """How many lines a week has, the free one between weeks included: as many as there is room for."""
        return min(max((self.content_size.height - 1) // MOST_WEEKS, 2), HIGHEST)

    def render(self) -> RenderResult:
        """Write the days of the week, and the weeks under them."""
        if self.month is None:
            return Content("")
        width = self.cell_width
        lines = [Content("").join(Content.styled(f" {name}".ljust(width), "$muted") for name in DAYS)]
        days: list[MonthDay | None] = [None] * self.month.first.weekday()
        days += self.month.days
        for start in range(0, len(days), WEEK):
            week = [self._cell(day, width) for day in days[start : start + WEEK]]
            lines += [Content("").join(parts) for parts in zip(*week, strict=True)]
        return Content("\n").join(lines)

    def _cell(self, day: MonthDay | None, width: int) -> list[Content]:
        """Return the lines of one day, each as wide as a day is."""
        if day is None:
            return [Content(" " * width)] * self.cell_height
        back = self._back(day)
        named = f" {day.on.day}{self._kind(day, width)}"
        most = max((d.things for d in self.month.days), default=0) if self.month else 0
        figures = f" {_shade(day.things, most)} {day.things}{' ▲' if day.pile_up else ''}" if day.things else " ·"
        tone = "bold $late" if day.pile_up else "bold $text" if day.things else "$muted"
        marked = day.on == self.marked and self.has_focus
        lines = [
            Content.styled(
                named.ljust(width)[:width], f"{'bold $cursor-text' if marked else self._day_tone(day)} {back}"
            ),
            Content.styled(figures.ljust(width)[:width], f"{'bold $cursor-text' if marked else tone} {back}"),
        ]
        below = [Content.styled(" " * width, back)] * (self.cell_height - len(lines) - 1)
        return [*lines, *below, Content(" " * width)][: self.cell_height]

    def _back(self, day: MonthDay) -> str:
        if day.on == self.marked:
            return "on $cursor" if self.has_focus else "on $rest"
        return "on $panel" if not day.working else ""

    def _day_tone(self, day: MonthDay) -> str:
        today = office_of(self).today
        return "bold $accent" if day.on == today else "$text" if day.working else "$muted"

    def _kind(self, day: MonthDay, width: int) -> str:
        if day.on == office_of(self).today:
            return " today"
        if day.holiday:
            return " bank holiday" if width > len(" 31 bank holiday") else " holiday"
        return ""

    # moving ----------------------------------------------------------------------------------------------------------

    def _move(self, days: int) -> None:
        if self.month is None:
            return
        wanted = self.marked + timedelta(days=days)
        if (wanted.year, wanted.month) == (self.month.first.year, self.month.first.month):
            self.marked = wanted
        else:
            self.post_message(self.Wanted(wanted))

    def action_day_before(self) -> None:
        """Mark the day before."""
        self._move(-1)

    def action_day_after(self) -> None:
        """Mark the day after."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Mark the same day of the week before."""
        self._move(-WEEK)

    def action_cursor_down(self) -> None:
        """Mark the same day of the next week."""
        self._move(WEEK)

    def action_month_before(self) -> None:
        """Show the month before."""
        if self.month is not None:
            self.post_message(self.Wanted((self.month.first - timedelta(days=1)).replace(day=1)))

    def action_month_after(self) -> None:
        """Show the next month."""
        if self.month is not None:
            self.post_message(self.Wanted(self.month.days[-1].on + timedelta(days=1)))

    def action_open(self) -> None:
        """Show what is to be done on the marked day."""
        if self.month is not None:
            self.post_message(self.Opened(self.marked))

    def on_click(self, event: Click) -> None:
        """Mark the day that was clicked; a click on the marked day opens it."""
        offset = event.get_content_offset(self)
        if self.month is None or offset is None or offset.y < 1:
            return
        at = (offset.y - 1) // self.cell_height * WEEK + offset.x // self.cell_width - self.month.first.weekday()
        if not 0 <= at < len(self.month.days) or offset.x // self.cell_width >= WEEK:
            return
        day = self.month.days[at].on
        if day == self.marked:
            self.action_open()
        self.marked = day


def _shade(things: int, most: int) -> str:
    """Return how full a day is beside the fullest one."""
    return _SHADES[min(things * len(_SHADES) // (most + 1), len(_SHADES) - 1)] * 2
