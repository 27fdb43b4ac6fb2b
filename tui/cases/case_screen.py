"""Case: a timeline from past to future in one column, and beside it what else is known."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from domain.core.dates import show_day
from domain.core.enums import PATHWAY_TITLES, Pathway, SubjectKind
from domain.core.text import plural
from storage.records.keys import former_keys
from tui.cases.case_page import CaseFile, TimeRow, cursor_of, read_case
from tui.cases.case_panel import CaseSide
from tui.cases.timeline import timeline_columns
from tui.core.keys import bindings
from tui.core.look import hundredths
from tui.core.screens import page
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.grid.grid import Grid

WIDE = 110
EMPTY = "Nothing is recorded on this case yet. Press r to record what happened, and what falls due follows."


class CaseScreen(CaseActions):
    """One case."""

    CSS_PATH = "case_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "record",
        "why",
        "postpone",
        "allocate",
        "weigh",
        "points",
        "edit",
        "actions",
        "details",
        "year",
        "history",
        "own-interval",
        "merge-case",
        "close-case",
    )

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference
        self._side_wanted: bool | None = None
        self._wanted_series = ""
        self._begun = False

    def body(self) -> ComposeResult:
        """Who and what it is about, the timeline, and what else is known."""
        yield Static(id="about")
        with Horizontal():
            yield Grid("case-timeline", timeline_columns(), key=lambda row: row.key, empty=EMPTY)
            yield CaseSide()

    @property
    def grid(self) -> Grid[TimeRow]:
        """The timeline."""
        return self.query_one(Grid)

    def on_mount(self) -> None:
        """Begin with the whole timeline in its own order: a filter left on another case would hide what is due."""
        self.grid.narrow("")
        self.grid.state.sort = ""

    async def load(self) -> None:
        """Read the case and show it."""
        today, desk = self.office.today, self.office.desk
        reference = self.reference = await desk.read(lambda conn: former_keys.now(conn, "case", self.reference))
        if not self._begun:
            self._show(await desk.call(lambda database: read_case(database, reference, today, whole=False)))
        self._show(await desk.call(lambda database: read_case(database, reference, today)))

    def _show(self, file: CaseFile) -> None:
        reference = self.reference
        self.title_with(reference, "" if self.look.no_names else file.card.name)
        self.query_one("#about", Static).update(self._about(file))
        self._place_cursor(file)
        self.grid.show_rows(file.timeline)
        self.query_one(CaseSide).show_file(file, self.look)
        self._show_side()
        self.call_after_refresh(self._show_what_follows)

    def _show_what_follows(self) -> None:
        """Scroll so that the lines after the one under the cursor can be seen too."""
        sheet = self.grid.sheet
        sheet.scroll_to(y=sheet.cursor_row - sheet.size.height // 2, animate=False)

    def _place_cursor(self, file: CaseFile) -> None:
        """Begin at what is due first; after something was recorded, go to the date it made."""
        series, self._wanted_series = self._wanted_series, ""
        made = next((row.key for row in file.timeline if row.line and row.line.series == series), "")
        if made or not self._begun or not any(row.key == self.grid.state.cursor for row in file.timeline):
            self.grid.state.cursor = made or cursor_of(file)
        self._begun = True

    def _about(self, file: CaseFile) -> Content:
        card, look = file.card, self.look
        pathways = ", ".join(PATHWAY_TITLES[Pathway(p)] for p in card.pathways)
        age = f", {_age(card.born, look.today)}" if card.born and card.born <= look.today else ""
        points = f"{hundredths(card.points)} points{' (assumed)' if card.assumed else ''}"
        late = show(f"● {file.late} late", "$late") if file.late else Content("")
        first = Content("   ").join([show(f"{pathways}{age}", "bold"), show(points), late])
        if card.closed:
            return Content.assemble(first, "\n", show(f"Closed {show_day(card.closed)}: {card.close_reason}", "$due"))
        if not card.worker:
            days = plural((look.today - card.opened).days, "day")
            return Content.assemble(
                first, "\n", show(f"◐ nobody holds it, open for {days}: press a to allocate it", "$due")
            )
        since = f" since {show_day(card.since)}" if card.since else ""
        return Content.assemble(
            first, "\n", show(f"With {look.worker(card.worker_name, card.worker)}{since}   {card.team}", "$muted")
        )

    # the side --------------------------------------------------------------------------------------------------------

    def on_resize(self, _: Resize) -> None:
        """Show the side where there is room for it."""
        self._show_side()

    def _show_side(self) -> None:
        wide = self.size.width >= WIDE
        wanted = wide if self._side_wanted is None else self._side_wanted
        side = self.query_one(CaseSide)
        side.display = wanted
        side.set_class(not wide, "-alone")
        self.grid.display = wide or not wanted
        if wanted and not wide:
            side.focus()
        elif not side.has_focus or not wanted:
            self.grid.sheet.focus()

    def action_details(self) -> None:
        """Show or hide what else is known; in a narrow window it takes the place of the timeline."""
        self._side_wanted = not self.query_one(CaseSide).display
        self._show_side()

    # what can be done ------------------------------------------------------------------------------------------------

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        row = event.row
        if row.event is not None:
            self._open_event(row)
        elif row.line is not None:
            self.why_line(row.line)
        elif row.kind == "gap":
            self.action_record()

    @work(exit_on_error=False)
    async def _open_event(self, row: TimeRow) -> None:
        from tui.cases.event_dialog import open_event

        assert row.event is not None
        self.tell(await open_event(self, self.reference, row.event))

    def action_record(self) -> None:
        """Record what happened; what the line under the cursor waits for comes first."""
        self._record()

    @work(exit_on_error=False)
    async def _record(self) -> None:
        from tui.due.record_event import record_event

        row = self.grid.current
        awaited = row.line.answers if row and row.line else ()
        if told := await record_event(self, self.reference, awaited):
            if told.made:
                self._wanted_series = told.made[0].series
            self.tell(told.words)

    def action_why(self) -> None:
        """Show the working behind the date under the cursor."""
        row = self.grid.current
        if row is None or row.line is None:
            self.notify("Move to a date that is due first: w shows the working behind it.", markup=False)
        else:
            self.why(SubjectKind.CASE.value, self.reference, row.line.series, row.line.cycle, row.line)

    def action_postpone(self) -> None:
        """Plan the date under the cursor for a later day."""
        row = self.grid.current
        if row is None or row.line is None:
            self.notify("Move to a date that is due first: p plans it for a later day.", markup=False)
        else:
            self.postpone_line(row.line)

    def action_year(self) -> None:
        """Show what falls when in the next twelve months."""
        self.app.push_screen(page("planner", self.reference))

    def action_own_interval(self) -> None:
        """Give the case an interval of its own for the rule behind the date under the cursor, or end it."""
        from tui.due.override_dialog import own_interval

        row = self.grid.current
        if row is None or row.line is None:
            self.notify("Move to a date that is due first: o decides how often it is done on this case.", markup=False)
        else:
            self.do(own_interval(self, row.line))

    def action_allocate(self) -> None:
        """Give the case to a worker."""
        self.allocate_case(self.reference)

    def action_weigh(self) -> None:
        """Answer the weighting questions."""
        self.weigh_case(self.reference)

    def action_actions(self) -> None:
        """Show what is to be followed up."""
        self.app.push_screen(page("actions", case=self.reference))

    def action_history(self) -> None:
        """Show what was recorded on this case, and when."""
        self.app.push_screen(page("history", "case", self.reference))

    def action_points(self) -> None:
        """Show how it was weighed over time."""
        self.app.push_screen(page("case-points", self.reference))

    @work(exit_on_error=False)
    async def action_edit(self) -> None:
        """Change what is known about the case."""
        from tui.cases.case_form import edit_case

        self.tell(await edit_case(self, self.reference))

    @work(exit_on_error=False)
    async def action_merge_case(self) -> None:
        """Put the case into another that is the same child's, once it is said what moves."""
        from tui.cases.one_or_two import merge_two

        self.tell(await merge_two(self, "case", self.reference))

    @work(exit_on_error=False)
    async def action_close_case(self) -> None:
        """Close the case, with a reason."""
        from tui.cases.case_form import close_case

        self.tell(await close_case(self, self.reference))


def _age(born: date, today: date) -> str:
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"aged {years}" if years else "under 1"
