"""What can be done with a case wherever one is under the cursor: recording, postponing, allocating, weighing, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from domain.core.enums import SubjectKind
from storage.due import due_list
from tui.core.page import Page
from tui.core.screens import page, question

if TYPE_CHECKING:
    from storage.due.due_list import DueLine


class CaseActions(Page):
    """A page on which cases are worked with."""

    def record_on(self, reference: str) -> None:
        """Record what happened on a case."""
        self.do(self._happened(reference))

    async def _happened(self, reference: str) -> str | None:
        from tui.due.record_event import record_event

        told = await record_event(self, reference)
        return told.words if told else None

    def allocate_case(self, reference: str) -> None:
        """Show who may and can take a case."""
        self.app.push_screen(page("headroom", reference))

    def weigh_case(self, reference: str) -> None:
        """Answer the weighting questions for a case."""
        self.do(question("weigh")(self, reference))

    def postpone_line(self, line: DueLine) -> None:
        """Plan a due thing for a later day."""
        from tui.due.postpone_dialog import postpone

        self.do(postpone(self, line))

    @work(exit_on_error=False)
    async def why(self, kind: str, subject: str, rule: str, cycle: int | None, line: DueLine | None = None) -> None:
        """Show the working behind a due date."""
        from tui.due.why_dialog import WhyDialog
        from tui.due.why_text import working

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
        lines = await self.office.desk.read(lambda conn: list(due_list.due(conn, today=today, case=reference)))
        if lines:
            self.why(SubjectKind.CASE.value, reference, lines[0].series, lines[0].cycle, lines[0])
        else:
            self.notify(f"Nothing is dated on {reference}: open it to see what is missing.", markup=False)
