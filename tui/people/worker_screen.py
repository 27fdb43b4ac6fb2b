"""Worker: their cases, and beside them the load explained line by line, and supervision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize

from domain.core.dates import show_day
from domain.core.enums import SessionState, SubjectKind
from domain.core.errors import NotFound
from storage.cases.case_lists import CaseLine
from storage.home.worker_page import WorkerFile, worker_file
from storage.records.keys import former_keys
from tui.cases.case_columns import case_columns
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import hundredths
from tui.core.screens import page, question
from tui.dialogs.ask import choose
from tui.due.case_actions import CaseActions
from tui.grid.grid import Grid
from tui.people.worker_panel import WorkerSide

if TYPE_CHECKING:
    from tui.core.page import Page

ROOMY = 100
EMPTY = "No open cases. Press g to find one, and a there to allocate it."
NEW = (
    Choice("reduction", "Less capacity", "ASYE, a student, leave, other duties"),
    Choice("book", "Book supervision", "a session to come"),
    Choice("held", "Record supervision", "a session that was held"),
    Choice("ramp", "Steps to a full load", "newly qualified, new here, back from illness"),
    Choice("extra", "Extra responsibility", "work beside cases that counts as load"),
    Choice("unplanned", "Unplanned hours", "an emergency, out of hours"),
    Choice("concern", "Workload concern", "stays open until somebody answers it"),
)
SESSION = "session"


class WorkerScreen(CaseActions):
    """One worker."""

    CSS_PATH = "worker_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new",
        "edit",
        "record",
        "why",
        "allocate",
        "weigh",
        "actions",
        "registrations",
        "cpd",
        "history",
        "details",
        "merge-worker",
    )

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
        today, desk = self.office.today, self.office.desk
        staff_id = self.staff_id = await desk.read(lambda conn: former_keys.now(conn, "worker", self.staff_id))
        file = await desk.read(lambda conn: worker_file(conn, staff_id, today))
        if file is None:
            raise NotFound(f"{staff_id} is no longer here, or has left and holds no case.", field="worker")
        self._file = file
        self.title_with(self.look.worker(file.line.name, staff_id), file.line.grade_title)
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
        """Take capacity away for a while, add to the load, raise a concern, book supervision or record it."""
        from tui.load import concern_form, other_work_form, reduction_form

        doing: dict[str, Callable[[Page, str], Awaitable[str | None]]] = {
            "reduction": reduction_form.new_reduction,
            "book": question("book-session"),
            "ramp": reduction_form.new_ramp,
            "extra": other_work_form.new_extra,
            "unplanned": other_work_form.new_unplanned,
            "concern": concern_form.new_concern,
        }
        chosen = await choose(self, f"New for {self.staff_id}", NEW)
        if chosen == "held":
            told = await question("hold-session")(self, self.staff_id)
            self.tell(told.words if told else None)
        elif chosen:
            self.tell(await doing[chosen](self, self.staff_id))

    @work(exit_on_error=False)
    async def action_edit(self) -> None:
        """Change the worker, a session that is booked, or something of their load and capacity."""
        from tui.load import concern_form, other_work_form, reduction_form
        from tui.people.worker_form import edit_worker

        chosen = await choose(self, f"Edit {self.staff_id}", self._editable())
        what, _, number = (chosen or "").partition(":")
        doing: dict[str, Callable[[Page, str, int], Awaitable[str | None]]] = {
            SESSION: question("edit-session"),
            "reduction": reduction_form.edit_reduction,
            "extra": other_work_form.edit_extra,
            "unplanned": other_work_form.edit_unplanned,
            "concern": concern_form.edit_concern,
        }
        if what == "worker":
            self.tell(await edit_worker(self, self.staff_id))
        elif what == "streak" and self._file is not None:
            unraised = next(line for line in self._file.past.concerns if line.id is None)
            self.tell(await concern_form.answer_concern(self, unraised))
        elif what:
            self.tell(await doing[what](self, self.staff_id, int(number)))

    def _editable(self) -> list[Choice]:
        worker = Choice("worker", "The worker", "grade, FTE, supervisor, leaving")
        if self._file is None:
            return [worker]
        parts = list(_load_parts(self._file, self.office.today))
        waiting = sum(line.state != "answered" for line in self._file.past.concerns)
        return [*parts[:waiting], worker, *parts[waiting:]]

    @work(exit_on_error=False)
    async def action_merge_worker(self) -> None:
        """Put the worker into another that is the same person, once it is said what moves."""
        from tui.cases.one_or_two import merge_two

        self.tell(await merge_two(self, "worker", self.staff_id))

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

    def action_actions(self) -> None:
        """Show what is to be followed up."""
        self.app.push_screen(page("actions", worker=self.staff_id))

    def action_history(self) -> None:
        """Show what was recorded of this worker, and when."""
        self.app.push_screen(page("history", "worker", self.staff_id))

    def action_registrations(self) -> None:
        """Show what this worker holds, and until when."""
        self.app.push_screen(page("registrations", self.staff_id))

    def action_cpd(self) -> None:
        """Show this worker's professional development of this registration year."""
        self.app.push_screen(page("cpd-pieces", self.staff_id))

    def action_weigh(self) -> None:
        """Weigh the case under the cursor."""
        if (row := self.grid.current) is not None:
            self.weigh_case(row.reference)


def _load_parts(file: WorkerFile, today: date) -> Iterator[Choice]:
    """Yield what can be changed of a worker's load and capacity, concerns first, in order of urgency."""

    def until(ends: date | None) -> str:
        return f"to {show_day(ends, today)}" if ends else "until further notice"

    for line in file.past.concerns:
        raised = f"raised {show_day(line.raised_on, today)}, {line.state}"
        yield Choice("streak" if line.id is None else f"concern:{line.id}", "Workload concern", raised)
    for less in file.reductions:
        yield Choice(f"reduction:{less.id}", f"{less.less.words} less", f"{less.reason}, {until(less.ends)}")
    for extra in file.extras:
        yield Choice(f"extra:{extra.id}", extra.title, f"{hundredths(extra.points)} points, {until(extra.ends)}")
    for hours in file.unplanned:
        yield Choice(f"unplanned:{hours.id}", f"{hundredths(hours.hours)} h unplanned", show_day(hours.on, today))
    for one in file.sessions:
        if one.state == SessionState.PLANNED:
            yield Choice(f"{SESSION}:{one.id}", "Supervision booked", show_day(one.on, today))
