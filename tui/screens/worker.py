"""Worker: their cases, and beside them the load explained line by line, and supervision."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize

from domain.dates import show_day
from domain.errors import NotFound
from domain.ids import SessionState, SubjectKind
from storage.views import CaseLine
from storage.workerfile import WorkerFile, worker_file
from tui.commands import bindings
from tui.dialogs.choose import Choice
from tui.screens import page
from tui.screens.casework import CaseWork
from tui.widgets.caselines import case_columns
from tui.widgets.grid import Grid
from tui.widgets.workerside import WorkerSide

ROOMY = 100
EMPTY = "No open cases. Press g to find one, and a there to allocate it."
NEW = (
    Choice("reduction", "Less capacity", "ASYE, a student, leave, other duties"),
    Choice("book", "Book supervision", "a session to come"),
    Choice("held", "Record supervision", "a session that was held"),
)


class WorkerScreen(CaseWork):
    """One worker."""

    CSS_PATH = "worker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "edit", "record", "why", "allocate", "weigh", "details")

    def __init__(self, staff_id: str) -> None:
        super().__init__()
        self.staff_id = staff_id
        self._file: WorkerFile | None = None
        self._side_wanted = True

    def body(self) -> ComposeResult:
        """The cases, and the account beside them."""
        with Horizontal():
            yield Grid("worker-cases", case_columns(held=True), key=lambda row: row.reference, empty=EMPTY, sort="due")
            yield WorkerSide()

    @property
    def grid(self) -> Grid[CaseLine]:
        """The cases."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the worker and show them."""
        staff_id, today = self.staff_id, self.office.today
        file = await self.office.desk.read(lambda conn: worker_file(conn, staff_id, today))
        if file is None:
            raise NotFound(f"{staff_id} is no longer here, or has left and holds no case.", field="worker")
        self._file = file
        self.title_with(f"{self.look.worker(file.line.name)}   {file.line.grade_title}")
        self.query_one(WorkerSide).show_file(file, self.look)
        self.grid.show_rows(file.cases)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a case only while there are any."""
        if action in {"record", "allocate", "weigh"}:
            return bool(self.is_mounted and self.grid.found)
        return super().check_action(action, parameters)

    def on_resize(self, event: Resize) -> None:
        """Give the account less room in a narrow window."""
        self.query_one(WorkerSide).set_class(event.size.width < ROOMY, "-narrow")

    def action_details(self) -> None:
        """Show or hide the account."""
        self._side_wanted = not self._side_wanted
        self.query_one(WorkerSide).display = self._side_wanted
        if not self._side_wanted:
            self.grid.sheet.focus()

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("case", event.row.reference))

    # what can be done ------------------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """Take capacity away for a while, book supervision, or record it."""
        from tui.dialogs import hold, worker_form
        from tui.dialogs.asking import choose

        match await choose(self, f"New for {self.staff_id}", NEW):
            case "reduction":
                self.keep_deed(await worker_form.new_reduction(self, self.staff_id))
            case "book":
                self.keep_deed(await worker_form.book_session(self, self.staff_id))
            case "held":
                self.keep_deed(await hold.hold_session(self, self.staff_id))

    @work(exit_on_error=False)
    async def action_edit(self) -> None:
        """Change the worker, one of their reductions, or a session that is booked."""
        from tui.dialogs import worker_form
        from tui.dialogs.asking import choose

        chosen = await choose(self, f"Edit {self.staff_id}", self._editable())
        what, _, number = (chosen or "").partition(":")
        match what:
            case "worker":
                self.keep_deed(await worker_form.edit_worker(self, self.staff_id))
            case "reduction":
                self.keep_deed(await worker_form.edit_reduction(self, self.staff_id, int(number)))
            case "session":
                self.keep_deed(await worker_form.edit_session(self, self.staff_id, int(number)))

    def _editable(self) -> list[Choice]:
        today = self.office.today
        found = [Choice("worker", "The worker", "grade, FTE, supervisor, leaving")]
        if self._file is None:
            return found
        for one in self._file.reductions:
            until = f"to {show_day(one.ends, today)}" if one.ends else "until further notice"
            found.append(Choice(f"reduction:{one.id}", f"{one.percent} % less", f"{one.reason}, {until}"))
        booked = [s for s in self._file.sessions if s.state == SessionState.PLANNED]
        return [*found, *(Choice(f"session:{s.id}", "Supervision booked", show_day(s.on, today)) for s in booked)]

    def action_record(self) -> None:
        """Record what happened on the case under the cursor."""
        if (row := self.grid.current) is not None:
            self.record_on(row.reference)

    def action_why(self) -> None:
        """Show the working behind what is due next on the case under the cursor, or behind supervision."""
        if (row := self.grid.current) is not None:
            self.why_next(row.reference)
        else:
            self.why(SubjectKind.WORKER.value, self.staff_id, "supervision", None)

    def action_allocate(self) -> None:
        """Give the case under the cursor to somebody."""
        if (row := self.grid.current) is not None:
            self.allocate_case(row.reference)

    def action_weigh(self) -> None:
        """Weigh the case under the cursor."""
        if (row := self.grid.current) is not None:
            self.weigh_case(row.reference)
