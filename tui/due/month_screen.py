"""Month: a calendar sheet of a team, how many things are to be done on each day, and where they pile up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import show_day, show_month
from domain.core.text import plural
from storage.due.due_month import DueMonth, due_month
from storage.people import teams
from tui.core.keys import bindings
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import show
from tui.due.month_grid import MonthGrid

if TYPE_CHECKING:
    from storage.database.connection import Connection


class MonthScreen(Page):
    """The due dates of a team, or of every team, on a sheet for one month."""

    CSS_PATH = "month_screen.tcss"
    AREA = "due"
    AUTO_FOCUS = "MonthGrid"

    BINDINGS: ClassVar[list[BindingType]] = bindings("today")

    def __init__(self, *, every: bool = False) -> None:
        super().__init__()
        self.every_team = every
        self._marked: date | None = None

    def body(self) -> ComposeResult:
        """What is shown and what the marks mean, and the sheet."""
        yield Static(id="month")
        yield MonthGrid()

    @property
    def grid(self) -> MonthGrid:
        """The sheet."""
        return self.query_one(MonthGrid)

    async def load(self) -> None:
        """Count the month and show it."""
        today, wanted = self.office.today, None if self.every_team else self.office.team
        marked = self._marked or today
        first, most = marked.replace(day=1), self.office.settings.most_a_day
        month = await self.office.desk.read(lambda conn: _read(conn, today, first, wanted, most))
        self.title_with(f"{show_month(month.first)}: {month.team or 'every team'}")
        self.query_one("#month", Static).update(_said(month, today))
        self.grid.show_month(month, marked)

    @on(MonthGrid.Wanted)
    def _wanted(self, event: MonthGrid.Wanted) -> None:
        self._marked = event.day
        self.read_again()

    @on(MonthGrid.Opened)
    def _opened(self, event: MonthGrid.Opened) -> None:
        self._marked = event.day
        self.app.push_screen(page("due", f"on:{event.day.isoformat()}", every=self.every_team))

    def action_today(self) -> None:
        """Go to today."""
        self._marked = self.office.today
        self.read_again()


def _said(month: DueMonth, today: date) -> Content:
    piles = [day for day in month.days if day.pile_up]
    fullest = max(piles, key=lambda day: day.things, default=None)
    parts = [
        show(f"{plural(month.total, 'thing')} to be done", "bold $accent"),
    ]
    if fullest is not None:
        most = f"   ▲ {plural(len(piles), 'day')} above {month.limit}, {fullest.things} on"
        parts.append(Content.styled(f"{most} {show_day(fullest.on, today)}", "$late"))
    else:
        parts.append(Content.styled(f"   no day above {month.limit}", "$muted"))
    parts.append(Content.styled(f"   ({month.reckoning})", "$muted"))
    return Content.assemble(*parts)


def _read(conn: Connection, today: date, first: date, wanted: str | None, most: int) -> DueMonth:
    team = wanted
    if wanted is not None:
        there = teams.team_names(conn)
        team = wanted if wanted in there else next(iter(there), None)
    return due_month(conn, today, first, team, per_worker=most)
