"""Actions: what was agreed to be done and decided, followed through; what is stale, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize

from storage.database.connection import Connection
from storage.people.staff import colleague
from storage.people.teams import team_or_first
from storage.supervision.actions import ACTION, ActionLine, Scope, followed
from tui.core.keys import bindings
from tui.core.screens import page
from tui.due.case_actions import CaseActions
from tui.grid.grid import Grid
from tui.supervision.action_grid import ActionGrid, ActionSide, action_rows

if TYPE_CHECKING:
    from tui.core.page import Page

ROOMY = 110
NEEDS_LINE = {"record", "edit", "carry_forward", "drop_action"}


class ActionsScreen(CaseActions):
    """The actions and decisions of a team, or of one worker or case."""

    CSS_PATH = "actions_screen.tcss"
    AREA = "supervision"
    SHOWS_EVERY_TEAM = True
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new", "edit", "record", "carry-forward", "drop-action", "choose-team"
    )

    def __init__(self, worker: str | None = None, case: str | None = None) -> None:
        super().__init__()
        self._worker = worker
        self._case = case

    def body(self) -> ComposeResult:
        """The list, and the whole of the marked one."""
        with Horizontal():
            yield ActionGrid()
            yield ActionSide()

    @property
    def grid(self) -> ActionGrid:
        """The list."""
        return self.query_one(ActionGrid)

    async def load(self) -> None:
        """Read what is to be followed up and show it."""
        office, today = self.office, self.office.today
        wanted = None if self.every_team else office.team or ""
        worker, case = self._worker, self._case
        about, lines = await office.desk.read(lambda conn: read_lines(conn, today, wanted, worker, case))
        if worker and office.no_names:
            about = worker
        stale = sum(bool(line.stale) for line in lines)
        self.title_with(f"Actions: {sum(line.open for line in lines):,} open, {stale:,} stale", about)
        self.grid.show_rows(action_rows(lines, today))
        self._tell(self._line())
        self.refresh_bindings()

    def on_resize(self, event: Resize) -> None:
        """Put the side below the list in a narrow window."""
        self.query_one(Horizontal).set_class(event.size.width < ROOMY, "-narrow")
        self.query_one(ActionSide).set_class(event.size.width < ROOMY, "-narrow")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a line only while there are any."""
        if action in NEEDS_LINE:
            return bool(self.is_mounted and self.grid.found)
        if action == "choose_team":
            return self._worker is None and self._case is None
        return super().check_action(action, parameters)

    def _line(self) -> ActionLine | None:
        row = self.grid.current
        return row.line if row else None

    def _tell(self, line: ActionLine | None) -> None:
        self.query_one(ActionSide).show_action(line, self.look)

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row.line)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        """Open the case that it is on, or else whoever it is about."""
        line = event.row.line
        if line is not None and line.case:
            self.app.push_screen(page("case", line.case))
        elif line is not None and line.about:
            self.app.push_screen(page("worker", line.about))

    # what can be done ------------------------------------------------------------------------------------------------

    def action_new(self) -> None:
        """Set an action."""
        from tui.supervision.action_form import new_action

        self.do(new_action(self, self._worker, self._case))

    def action_edit(self) -> None:
        """Change the marked one."""
        from tui.supervision.action_form import edit_line

        self._with_line(edit_line)

    def action_record(self) -> None:
        """Say how and when the marked one was done, or what came of the decision."""
        from tui.supervision.action_form import complete_line

        self._with_line(complete_line)

    def action_carry_forward(self) -> None:
        """Carry the marked action forward to a later day."""
        from tui.supervision.action_form import carry_line

        self._with_line(carry_line, "A decision stands: e changes the day by which it is followed up.")

    def action_drop_action(self) -> None:
        """Drop the marked action, with a reason."""
        from tui.supervision.action_form import drop_line

        self._with_line(drop_line, "A decision stands: r says what came of it.")

    def _with_line(
        self, doing: Callable[[Page, ActionLine], Awaitable[str | None]], not_for_decisions: str = ""
    ) -> None:
        line = self._line()
        if line is None:
            self.notify("Move to a line first.", markup=False)
        elif not line.open:
            self.notify("That has ended. Press u to take back what you did last.", markup=False)
        elif not_for_decisions and line.kind != ACTION:
            self.notify(not_for_decisions, markup=False)
        else:
            self.do(doing(self, line))


def read_lines(
    conn: Connection, today: date, team: str | None, worker: str | None, case: str | None
) -> tuple[str, Sequence[ActionLine]]:
    """Return whose actions these are in words, and the actions; of the first team when none was chosen yet."""
    if case is not None:
        return case, followed(conn, today, Scope(case=case))
    if worker is not None:
        found = colleague(conn, worker, today)
        return found.name if found else worker, followed(conn, today, Scope(worker=worker))
    if team is None:
        return "every team", followed(conn, today, Scope())
    shown = team_or_first(conn, team)
    return shown or "no team yet", followed(conn, today, Scope(team=shown)) if shown else []
