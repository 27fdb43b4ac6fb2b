"""What can be done with a case wherever one is under the cursor: recording, postponing, allocating, weighing, why."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from textual import work

from domain.ids import SubjectKind
from storage import views
from tui.screens.base import Page

if TYPE_CHECKING:
    from storage.views import DueLine
    from tui.deeds import Deed


class CaseWork(Page):
    """A page on which cases are worked with."""

    def keep_deed(self, deed: Deed | None) -> None:
        """Say what was done, and read again."""
        if deed is None:
            return
        self.office.changed()
        self.notify(deed.said, markup=False)
        if self.is_current:
            self.read_again()

    @work(exit_on_error=False)
    async def do(self, doing: Awaitable[Deed | None]) -> None:
        """Wait for a piece of work that asks its own questions, and keep what it did."""
        self.keep_deed(await doing)

    def record_on(self, reference: str) -> None:
        """Record what happened on a case."""
        from tui.dialogs.record_event import record_event

        self.do(record_event(self, reference))

    def allocate_case(self, reference: str) -> None:
        """Show who may and can take a case."""
        from tui.screens import page

        self.app.push_screen(page("headroom", reference))

    def weigh_case(self, reference: str) -> None:
        """Answer the weighting questions for a case."""
        from tui.dialogs.weigh import weigh

        self.do(weigh(self, reference))

    def postpone_line(self, line: DueLine) -> None:
        """Plan a due thing for a later day."""
        from tui.dialogs.postpone import postpone

        self.do(postpone(self, line))

    @work(exit_on_error=False)
    async def why(self, kind: str, subject: str, rule: str, cycle: int | None, line: DueLine | None = None) -> None:
        """Show the working behind a due date."""
        from tui.dialogs.why import WhyDialog
        from tui.working import working

        today, who = self.office.today, self.look.worker
        shown = await self.office.desk.call(lambda db: working(db, kind, subject, rule, cycle, today, line, who))
        self.app.push_screen(WhyDialog(shown))

    def why_line(self, line: DueLine) -> None:
        """Show the working behind an open obligation."""
        self.why(line.subject_kind, line.subject, line.series, line.cycle, line)

    @work(exit_on_error=False)
    async def why_next(self, reference: str) -> None:
        """Show the working behind what is due next on a case."""
        today = self.office.today
        lines = await self.office.desk.read(lambda conn: list(views.due(conn, today=today, case=reference)))
        if lines:
            self.why(SubjectKind.CASE.value, reference, lines[0].series, lines[0].cycle, lines[0])
        else:
            self.notify(f"Nothing is dated on {reference}: open it to see what is missing.", markup=False)
