"""Due: everything that falls due, soonest first, in groups; and above it eight weeks in which pile-ups show."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from domain.core.enums import SubjectKind
from storage.due import due_list
from storage.due.due_page import DuePage, Term, due_page
from storage.people import teams
from tui.core.keys import bindings
from tui.core.screens import page
from tui.due.case_actions import CaseActions
from tui.due.due_list.due_columns import DueRow, counts, rows_of
from tui.due.due_list.due_filter import terms_of
from tui.due.due_list.due_grid import DueGrid
from tui.due.due_list.due_strip import DueStrip
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.database.connection import Connection

HEADING = "This is a heading: move to a line below it first."
TYPING = 0.12  # seconds of quiet before a filter being typed is put to the database


class DueScreen(CaseActions):
    """The due dates of a team, or of every team."""

    CSS_PATH = "due_screen.tcss"
    AREA = "due"
    SHOWS_EVERY_TEAM = True
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "record", "postpone", "why", "allocate", "choose-team", "month", "timeliness"
    )

    def __init__(self, filter: str = "", *, every: bool = False) -> None:  # noqa: A002  # what needs-you lines call it
        super().__init__()
        self._given = filter
        self.every_team = every
        self._dealt_with: dict[str, DueRow] = {}

    def body(self) -> ComposeResult:
        """The strip, and the list."""
        yield DueStrip()
        yield DueGrid(self._counted)

    @property
    def grid(self) -> DueGrid:
        """The list."""
        return self.query_one(DueGrid)

    def on_mount(self) -> None:
        """Begin with the filter that the screen was opened with."""
        if self._given:
            self.grid.narrow(self._given)

    async def load(self) -> None:
        """Read what is due and show it."""
        office, filter_text = self.office, self.grid.filter
        if self.grid.has_class("-filtering"):
            await asyncio.sleep(TYPING)
        today, names = office.today, not office.no_names
        wanted = None if self.every_team else office.team
        terms, _ = terms_of(filter_text, today)
        team, found = await office.desk.read(lambda conn: _read(conn, today, wanted, terms, names=names))
        self.title_with(f"Due: {team or 'every team'}")
        self.query_one(DueStrip).show_days(found.by_plan)
        rows = self._with_dealt_with(rows_of(found.lines, today))
        self.grid.show_page(rows, counts(found.by_due, today), found.total)
        self.refresh_bindings()

    async def _counted(self, filter_text: str) -> int:
        """Return how many due dates a filter lets through, in the team shown."""
        today, names = self.office.today, not self.office.no_names
        wanted, terms = None if self.every_team else self.office.team, terms_of(filter_text, today)[0]
        return await self.office.desk.read(
            lambda conn: due_page(conn, today, _team(conn, wanted), terms, names=names, most=0).total
        )

    def _with_dealt_with(self, rows: Sequence[DueRow]) -> list[DueRow]:
        """Keep what was dealt with on this screen in its place; what was taken back is open again."""
        still_open = {row.key for row in rows}
        self._dealt_with = {key: row for key, row in self._dealt_with.items() if key not in still_open}
        every = [*rows, *self._dealt_with.values()]
        return sorted(every, key=lambda r: (r.line is None or r.line.legal_due is None, _day(r), r.key))

    @on(DueGrid.Asked)
    def _asked(self) -> None:
        self.read_again()

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        line = event.row.line
        if line is None:
            self.notify(HEADING, markup=False)
        else:
            self.app.push_screen(page("worker" if line.subject_kind == SubjectKind.WORKER else "case", line.subject))

    # what can be done with a line ------------------------------------------------------------------------------------

    def action_record(self) -> None:
        """Mark the thing as held, with its day."""
        row = self.grid.current
        if row is None or row.line is None:
            self.notify(HEADING, markup=False)
        elif row.held_on and row.made is None:
            self.notify("That is recorded already. Press u to take it back.", markup=False)
        else:
            self._hold(row)

    @work(exit_on_error=False)
    async def _hold(self, row: DueRow) -> None:
        from tui.due.mark_held import hold

        line = row.live
        assert line is not None
        if told := await hold(self, line):
            if told.held:
                self._dealt_with[row.key] = replace(row, held_on=told.on, made=told.next_of(line.series))
            self.tell(told.words)

    def action_postpone(self) -> None:
        """Plan the thing for a later day."""
        if line := self._line():
            self.postpone_line(line)

    def action_why(self) -> None:
        """Show the working behind the date, or behind the one that followed from what was recorded here."""
        if line := self._line():
            self.why_line(line)

    def action_allocate(self) -> None:
        """Give the case to a worker."""
        line = self._line()
        if line and line.subject_kind == SubjectKind.CASE:
            self.allocate_case(line.subject)
        elif line:
            self.notify("Only a case is allocated: this is about a worker.", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a line only while there are any."""
        if action in {"record", "why", "postpone", "allocate"}:
            return bool(self.is_mounted and self.grid.found)
        return super().check_action(action, parameters)

    def action_month(self) -> None:
        """Show how many things are to be done on each day of a month."""
        self.app.push_screen(page("month", every=self.every_team))

    def action_timeliness(self) -> None:
        """Show how much of what fell due was done in time."""
        self.app.push_screen(page("timeliness"))

    def _line(self) -> due_list.DueLine | None:
        """Return the due date under the cursor; a heading has none, and says so."""
        row = self.grid.current
        if row is not None and row.line is None:
            self.notify(HEADING, markup=False)
        return row.live if row else None


def _read(
    conn: Connection, today: date, wanted: str | None, terms: Sequence[Term], *, names: bool
) -> tuple[str | None, DuePage]:
    """Read a page for the team wanted; for the first one when none was chosen yet, for all of them with None."""
    team = _team(conn, wanted)
    return team, due_page(conn, today, team, terms, names=names)


def _team(conn: Connection, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    there = teams.team_names(conn)
    return wanted if wanted in there else next(iter(there), None)


def _day(row: DueRow) -> date:
    return (row.line.legal_due if row.line else None) or date.max
