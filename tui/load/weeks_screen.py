"""Plan: load by worker and week, eight weeks back and twelve ahead; from here to plans and pictures."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import show_day
from domain.core.text import plural
from domain.load.capacity import utilisation
from storage.load.forecast import basis
from storage.load.history.load_weeks import ASSUMED, BOOKED, TEAM, HeatCell, HeatMap, HeatRow, heat_map, with_forecast
from storage.people.teams import team_or_first
from tui.core.keys import bindings
from tui.core.look import Look, hundredths, percent, state
from tui.core.page import Page
from tui.core.screens import PAGES, page
from tui.core.text import show
from tui.due.why_dialog import WhyDialog, Working
from tui.load.forecast_text import METHOD, UNMEASURED, briefly, lying, sentences, verdict
from tui.load.forecast_text import points as rounded
from tui.load.heatmap import ABSENT, ABSENT_WORDS, AWAY, HATCH, HeatGrid

if TYPE_CHECKING:
    from datetime import date

    from domain.load.forecast import Forecast
    from storage.database.connection import Connection

EMPTY = "There is no team yet. Press 1 to begin with one."
WORKING = "Working out what is likely ..."


class PlanScreen(Page):
    """The weeks of one team."""

    CSS_PATH = "weeks_screen.tcss"
    AREA = "plan"
    AUTO_FOCUS = "HeatGrid"
    BINDINGS: ClassVar[list[BindingType]] = bindings("new-plan", "plans", "pictures", "why", "choose-team")

    def __init__(self) -> None:
        super().__init__()
        self._found: Forecast | None = None

    def body(self) -> ComposeResult:
        """What can be said about the weeks ahead, the map, the marked cell in words, and the marks."""
        yield Static(id="said")
        yield HeatGrid()
        yield Static(id="cell")
        yield Static(id="marks")

    @property
    def grid(self) -> HeatGrid:
        """The map."""
        return self.query_one(HeatGrid)

    async def load(self) -> None:
        """Show what records say at once, and what is likely as soon as it is worked out."""
        wanted, today = self.office.team, self.office.today
        shown = await self.office.desk.read(lambda conn: read_map(conn, wanted, today))
        self.title_with(f"Plan: {shown.team or 'no team yet'}")
        self.query_one("#marks", Static).update(_marks(shown))
        self.grid.show_map(shown)
        self.query_one("#said", Static).update(show(_at_first(shown), "$muted"))
        if shown.measured:
            self.run_worker(self._forecast(shown), exclusive=True, group="forecast", exit_on_error=False)

    async def _forecast(self, shown: HeatMap) -> None:
        self._found = await forecast_of(self, shown.team)
        self.grid.show_map(with_forecast(shown, self._found))
        self.query_one("#said", Static).update(_said(self._found))

    @on(HeatGrid.Marked)
    def _marked(self, event: HeatGrid.Marked) -> None:
        self.query_one("#cell", Static).update(told(event.row, event.cell, self.look))

    @on(HeatGrid.Opened)
    def _opened(self, event: HeatGrid.Opened) -> None:
        if event.staff_id:
            self.app.push_screen(page("worker", event.staff_id))
        else:
            self.action_pictures()

    def action_why(self) -> None:
        """Show what the forecast rests on."""
        if self._found is not None:
            remarks = [verdict(self._found, "worker"), *sentences(self._found)]
            said = [f"{one}\n" for one in remarks if one and one != METHOD]
            self.app.push_screen(WhyDialog(Working("The weeks ahead", METHOD, (), remarks=said)))

    def action_pictures(self) -> None:
        """Show the pictures of the team."""
        self.app.push_screen(page("pictures"))

    def action_new_plan(self) -> None:
        """Begin a plan."""
        self._go("scenario")

    def action_plans(self) -> None:
        """Show the saved plans."""
        self._go("plans")

    def _go(self, name: str) -> None:
        if name in PAGES:
            self.app.push_screen(page(name))
        else:
            self.notify("Plans are made on the command line: almoner plan --help", markup=False)


def read_map(conn: Connection, wanted: str | None, today: date) -> HeatMap:
    """Read the map of a team, or of the first one where there is no such team."""
    team = team_or_first(conn, wanted)
    return heat_map(conn, team, today) if team else HeatMap("", (), (), ())


async def forecast_of(page: Page, team: str) -> Forecast:
    """Work out a team's forecast on a thread of its own, which stops when the person leaves the page."""
    today, stopped = page.office.today, threading.Event()
    rests_on = await page.office.desk.read(lambda conn: basis(conn, team, today))
    try:
        return await asyncio.to_thread(lambda: rests_on.work_out(stop=stopped.is_set))
    finally:
        stopped.set()


def _at_first(shown: HeatMap) -> str:
    """Return what is said before anything is forecast."""
    if not shown.team:
        return EMPTY
    return WORKING if shown.measured else UNMEASURED if shown.rows else ""


def _said(found: Forecast) -> Content:
    if why := verdict(found, "worker"):
        return show(f"{why} w says more.", "$muted")
    return show(f"Forecast: {briefly(found.of('worker')[0])} w says more.", "$muted")


def told(row: HeatRow, cell: HeatCell, look: Look) -> Content:
    """Return the marked cell in words: who, when, how full, and what the figure rests on."""
    who = "The team" if row.staff_id == TEAM else look.worker(row.name, row.staff_id)
    when = "today" if cell.day == look.today else f"the week of {show_day(cell.day, look.today)}"
    mark = state(cell.band) if cell.utilisation is not None else state("unset")
    full = (
        f"{percent(cell.utilisation)} {mark.glyph} {mark.word}".rstrip()
        if cell.utilisation is not None
        else ABSENT_WORDS.get(cell.presence, "no load to speak of")
    )
    first = [Content.styled(f"{who}, {when}: ", "bold"), Content.styled(full, f"${mark.name}")]
    carried = rounded(cell.points) if cell.layer == ASSUMED else hundredths(cell.points)
    rest = f"{carried} of {hundredths(cell.capacity)} points"
    if cell.cases is not None:
        rest += f", {plural(cell.cases, 'case')}"
    away = "   · away or on duty" if cell.away else ""
    return Content.assemble(*first, f"   {rest}{away}", "\n", Content.styled(layer_words(cell), "$muted"))


def layer_words(cell: HeatCell) -> str:
    """Return which layer a figure is of, and those below it."""
    if cell.layer == ASSUMED:
        low, high = (percent(_tenths(points, cell.capacity)).removesuffix(" %") for points in (cell.low, cell.high))
        expected, booked = (rounded(points or 0) for points in (cell.expected, cell.booked))
        return f"{HATCH} assumed, with new work: {low}–{high} % in 80 of 100; expected {expected}; booked {booked}"
    return {BOOKED: "booked: what has a date, and nothing else"}.get(cell.layer, "from what was recorded")


def _tenths(points: int | None, capacity: int | None) -> int | None:
    return utilisation(points or 0, capacity)


def _marks(shown: HeatMap) -> Content:
    marks = [
        Content.styled(f"{state(name).glyph} {state(name).word}  ", f"${name}") for name in ("over", "near", "room")
    ]
    found = {cell.presence for row in shown.rows for cell in row.cells}
    absent = "".join(f"{ABSENT[one]} {ABSENT_WORDS[one]}  " for one in ABSENT if one in found)
    rest = Content.styled(f"{AWAY} away/duty  {absent}{HATCH} forecast  ", "$muted")
    return Content("").join([*marks, rest, Content.styled(lying(*shown.lying), "$due")])
