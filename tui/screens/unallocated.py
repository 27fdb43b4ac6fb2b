"""The open cases nobody is allocated to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from storage import views
from tui.commands import bindings
from tui.screens import page
from tui.screens.casework import CaseWork
from tui.widgets.caselines import case_columns
from tui.widgets.grid import Grid


class UnallocatedScreen(CaseWork):
    """What lies with nobody, oldest first; enter opens the case, where it can be allocated."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("record", "why", "allocate", "weigh")

    def body(self) -> ComposeResult:
        """The list."""
        yield Grid(
            "unallocated",
            case_columns(held=False),
            key=lambda row: row.reference,
            sort="opened",
            empty="Every open case is allocated to a worker.",
        )

    async def load(self) -> None:
        """Read the cases and show them."""
        team, today = self.office.team, self.office.today
        lines = await self.office.desk.read(lambda conn: views.unallocated_cases(conn, team or None, today))
        self.title_with(f"Unallocated cases: {team}")
        self.query_one(Grid).show_rows(lines)

    def _with_case(self, do: Callable[[str], object]) -> None:
        case: views.CaseLine | None = self.query_one(Grid).current
        if case is not None:
            do(case.reference)

    def action_record(self) -> None:
        """Record what happened on the case."""
        self._with_case(self.record_on)

    def action_why(self) -> None:
        """Show the working behind what is due next on it."""
        self._with_case(self.why_next)

    def action_allocate(self) -> None:
        """Give the case to a worker."""
        self._with_case(self.allocate_case)

    def action_weigh(self) -> None:
        """Answer the weighting questions for it."""
        self._with_case(self.weigh_case)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("case", event.row.reference))
