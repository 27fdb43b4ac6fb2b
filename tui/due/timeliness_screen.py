"""Timeliness: how much of what fell due on a team's cases was done in time, by measure and by month."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.dates import show_day
from domain.due.timeliness import CONVENTION, UNVERIFIED, Period, Tally, periods
from storage.due.timeliness import timeliness_by
from storage.people import teams
from storage.records.database import Database
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.page import Page
from tui.core.text import drawn, show
from tui.dialogs.choose_team import ask_period
from tui.due.month_chart import MonthChart, bar
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.columns import Column
from tui.grid.grid import Grid

SHORT = (
    "On time when held on or before the legal date; people count when every one of theirs was. "
    "The convention is ours, not verified against a published return."
)


class Measure(NamedTuple):
    """A line of the table, and its months."""

    name: str
    tally: Tally
    months: dict[str, Tally]


class TimelinessScreen(Page):
    """The on-time measures of one team in one period."""

    CSS_PATH = "timeliness_screen.tcss"
    AREA = "due"
    BINDINGS: ClassVar[list[BindingType]] = bindings("why", "choose-period", "choose-team")

    def __init__(self) -> None:
        super().__init__()
        self._named = "Last 12 months"

    @property
    def period(self) -> Period:
        """The period shown."""
        return periods(self.office.today)[self._named]

    @property
    def grid(self) -> Grid[Measure]:
        """The table."""
        return self.query_one(Grid)

    def body(self) -> ComposeResult:
        """The table, the chart of the marked measure, and how it was counted."""
        yield Grid("timeliness", columns(), key=lambda row: row.name, empty="Nothing fell due in this period.")
        yield MonthChart()
        yield Static("", id="convention")

    async def load(self) -> None:
        """Count, and show it."""
        wanted, period = self.office.team, self.period
        team, measures = await self.office.desk.call(lambda database: _count(database, wanted, period))
        self.title_with(f"On time, {self._named.lower()}: {team or 'no team yet'}")
        self.query_one("#convention", Static).update(show(f"{_said_of(period)}. {SHORT}"))
        self.grid.show_rows(measures)
        self._chart(self.grid.current)

    def _chart(self, measure: Measure | None) -> None:
        chart = self.query_one(MonthChart)
        if measure is None:
            chart.show_months("", (), {})
        else:
            chart.show_months(measure.name, months(self.period), measure.months)

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._chart(event.row)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_why()

    def action_why(self) -> None:
        """Show how the marked measure was counted."""
        if measure := self.grid.current:
            self.app.push_screen(WhyDialog(_working(measure, self.period)))

    @work(exit_on_error=False)
    async def action_choose_period(self) -> None:
        """Choose from when to when due dates are counted."""
        if chosen := await ask_period(self):
            self._named = chosen
            self.read_again()


def _count(database: Database, wanted: str | None, period: Period) -> tuple[str | None, list[Measure]]:
    """Count a team's measures, and again by month; of the first team when none was chosen yet."""
    conn, packs = database.reader(), database.packs()
    there = teams.team_names(conn)
    team = wanted if wanted in there else next(iter(there), None)
    if team is None:
        return None, []
    found = timeliness_by(conn, packs, period, (None, "month"), team=team)
    by_month: dict[str, dict[str, Tally]] = {}
    for line in found["month"]:
        by_month.setdefault(line.measure, {})[line.group] = line.tally
    return team, [Measure(line.measure, line.tally, by_month.get(line.measure, {})) for line in found[None]]


def _working(measure: Measure, period: Period) -> Working:
    """Put into words how a measure was counted."""
    tally = measure.tally
    steps = [
        ("Due", f"{tally.due:,} from {show_day(period.start)} to {show_day(period.end)}", None),
        ("Held in time", f"{tally.on_time:,}, on or before the legal date: {_said(tally.percent)}", None),
        ("Held late", f"{tally.late:,}", None),
        ("Not held", f"{tally.not_held:,}, whose date passed without it", None),
        ("People", f"{tally.people:,} with something due", None),
        ("All in time", f"{tally.people_on_time:,} of them: {_said(tally.people_percent)}", None),
    ]
    figures = (
        () if tally.verified else ("\n? unverified: one of its timescales is a local default, not read in a source.",)
    )
    return Working(measure.name, CONVENTION, steps, remarks=[UNVERIFIED, *figures])


def _said_of(period: Period) -> str:
    return f"Due from {show_day(period.start)} to {show_day(period.end)}"


def _said(share: float | None) -> str:
    return "–" if share is None else f"{share} %"


def months(period: Period) -> list[date]:
    """Return the first day of every month that the period touches."""
    first, last = period.start.year * 12 + period.start.month - 1, period.end.year * 12 + period.end.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(first, last + 1)]


def columns() -> list[Column[Measure]]:
    """The table's columns, those that give way first marked highest."""
    return [
        Column("measure", "Measure", lambda m: m.name, _name, most=40, least=20),
        Column("due", "Due", lambda m: m.tally.due, right=True),
        Column("percent", "On time", lambda m: m.tally.percent, lambda m, k: _share(m.tally.percent, k), right=True),
        Column("bar", "Share", lambda m: m.tally.percent, draw_wide=_bar, gives_way=6, least=8, most=24, stretch=True),
        Column("on_time", "Held in time", lambda m: m.tally.on_time, right=True, gives_way=5),
        Column("late", "Late", lambda m: m.tally.late, lambda m, k: k.number(m.tally.late), right=True, gives_way=2),
        Column("not_held", "Not held", lambda m: m.tally.not_held, lambda m, k: k.number(m.tally.not_held),
               right=True, gives_way=3),
        Column("people", "People", lambda m: m.tally.people, right=True, gives_way=1),
        Column("people_on_time", "All in time", lambda m: m.tally.people_on_time, right=True, gives_way=4),
        Column("people_percent", "People %", lambda m: m.tally.people_percent,
               lambda m, k: _share(m.tally.people_percent, k), right=True, gives_way=1),
    ]  # fmt: skip


def _name(measure: Measure, look: Look) -> Text:
    return look.plain(measure.name if measure.tally.verified else f"{measure.name} ? unverified")


def _share(share: float | None, look: Look) -> Text:
    return look.plain(_said(share), right=True)


def _bar(measure: Measure, look: Look, width: int) -> Text:
    return drawn(bar(measure.tally.percent, width))
