"""The open cases nobody is allocated to."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from storage import views
from tui.screens import page
from tui.screens.base import Page
from tui.widgets.caselines import case_columns
from tui.widgets.grid import Grid


class UnallocatedScreen(Page):
    """What lies with nobody, oldest first; enter opens the case, where it can be allocated."""

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

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("case", event.row.reference))
