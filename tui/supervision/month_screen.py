"""Supervision: the board of a month. A row a supervisee, a cell a week; agreement and records at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from domain.core.dates import MONTHS, show_day, show_month
from domain.core.text import plural
from domain.core.workdays import add_months
from storage.database.connection import Connection
from storage.due import due_list
from storage.people.teams import team_or_first
from storage.supervision.month_board import Board, BoardRow, SessionMark, month_board
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.screens import PAGES, page
from tui.core.text import show
from tui.dialogs.ask import choose
from tui.dialogs.choose import ChooseDialog
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.supervision.month_text import AGREEMENTS, about, agreement_cell, due_cell, records_cell, week_cell
from tui.widgets.steady import Words, put

MOST_WEEKS = 6  # that a month can lie in: then a narrow window shows the days without their month
MORE = (
    ("actions", "Actions", "who does what by when, and which are stale"),
    ("compliance", "Held in time", "sessions by due date, by worker, supervisor and month"),
    ("coverage", "Cases discussed", "when each case was last discussed, against policy"),
    ("disagreements", "Disagreements", "what is not settled, at which stage, and by when"),
)
LAST_HELD = Choice("last-held", "Last held", "when each was last supervised before Almoner was in use")
Wanted = Callable[[SessionMark], bool]


class SupervisionScreen(CaseActions):
    """The month of one team: who is supervised when, and what is missing."""

    CSS_PATH = "month_screen.tcss"
    AREA = "supervision"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new", "edit", "record", "session-fate", "why", "choose-team", "month-before", "month-after", "this-month",
        "supervision-more",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._month: date | None = None
        self._board = Board(date.min, (), ())

    @property
    def month(self) -> date:
        """The first day of the month shown."""
        return self._month or self.office.today.replace(day=1)

    @property
    def grid(self) -> Grid[BoardRow]:
        """The board."""
        return self.query_one(Grid)

    def body(self) -> ComposeResult:
        """The board, and the whole of the marked row."""
        yield Grid(
            "supervision",
            columns(()),
            key=lambda row: row.worker,
            last=lambda row: row.leads,
            empty="No workers here yet. Press 1 to add some, or t to choose another team.",
        )
        yield Words("", id="about")
        yield Words("", id="counts")

    async def load(self) -> None:
        """Read the month and show it."""
        wanted, month, today = self.office.team, self.month, self.office.today
        team, board = await self.office.desk.read(lambda conn: _read(conn, wanted, month, today))
        self._board = board
        self.title_with(f"Supervision, {show_month(month)}: {team or 'no team yet'}")
        grid = self.grid
        grid.columns = columns(board.weeks)
        grid.show_rows(board.rows)
        said = "\n".join(one for one in (counts(board, today), board.counted) if one)
        put(self.query_one("#counts", Words), show(said))
        self._tell(grid.current)

    def _tell(self, row: BoardRow | None) -> None:
        put(self.query_one("#about", Words), show(about(row, self.look) if row else ""))

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row)

    # the month ---------------------------------------------------------------------------------------------------

    def action_month_before(self) -> None:
        """Show the month before."""
        self._turn(-1)

    def action_month_after(self) -> None:
        """Show the next month."""
        self._turn(1)

    def action_this_month(self) -> None:
        """Show the month of today."""
        self._month = None
        self.read_again()

    def _turn(self, months: int) -> None:
        self._month = add_months(self.month, months)
        self.read_again()

    @work(exit_on_error=False)
    async def action_supervision_more(self) -> None:
        """Choose what else there is to see about supervision, and go there."""
        choices = [*(Choice(*one) for one in MORE if one[0] in PAGES), LAST_HELD]
        name = await self.app.push_screen_wait(ChooseDialog("Show", choices, nothing="Nothing more here."))
        if name == LAST_HELD.key:
            self.tell(await self._last_held())
        elif name:
            self.app.push_screen(page(name))

    async def _last_held(self) -> str | None:
        from tui.supervision.last_held_form import ask_last_held

        return await ask_last_held(self, self._board.rows)

    # what can be done with a row ---------------------------------------------------------------------------------

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self._open(event.row)

    @work(exit_on_error=False)
    async def _open(self, row: BoardRow) -> None:
        if mark := await self._session(row, lambda _: True, "No session in this month: n books one."):
            self.app.push_screen(page("session", mark.id))

    async def _session(self, row: BoardRow, wanted: Wanted, nothing: str) -> SessionMark | None:
        """Return the session meant: of the marked week where it has one, else of the month; asks where it must."""
        marked = self.grid.marked
        week = row.weeks[int(marked[1:])] if marked[1:].isdigit() else ()
        found = [mark for mark in week if wanted(mark)] or [mark for mark in row.sessions if wanted(mark)]
        if not found:
            self.notify(nothing, markup=False)
            return None
        today = self.office.today
        choices = [
            Choice(
                str(mark.id), f"{show_day(mark.on, today)} {mark.start}", f"{mark.kind.replace('_', ' ')}, {mark.state}"
            )
            for mark in sorted(found, key=lambda mark: (mark.state != "planned", abs((mark.on - today).days)))
        ]
        chosen = await choose(self, "Which session?", choices)
        return next((mark for mark in found if str(mark.id) == chosen), None)

    def action_new(self) -> None:
        """Book a session or a series, or draw up an agreement."""
        from tui.supervision.booking_form import new

        self.do(new(self, self.grid.current))

    def action_edit(self) -> None:
        """Sign or change the agreement."""
        from tui.supervision.agreement_form import work_on

        if row := self.grid.current:
            self.do(work_on(self, row))

    @work(exit_on_error=False)
    async def action_record(self) -> None:
        """Record that a session was held: the one booked, or one that was not."""
        from tui.supervision.held_form import hold_booked, hold_session

        row, today = self.grid.current, self.office.today
        if row is None:
            return
        if any(mark.state == "planned" and mark.on <= today for mark in row.sessions):
            mark = await self._session(row, lambda one: one.state == "planned" and one.on <= today, "")
            self.tell(await hold_booked(self, mark) if mark else None)
        else:
            told = await hold_session(self, row.worker)
            self.tell(told.words if told else None)

    @work(exit_on_error=False)
    async def action_session_fate(self) -> None:
        """Move, cancel, miss, cover or book again."""
        from tui.supervision.session_outcome import ask_outcome

        if row := self.grid.current:
            nothing = "Nothing is booked in this month: n books a session."
            if mark := await self._session(row, lambda one: one.state != "held", nothing):
                self.tell(await ask_outcome(self, mark))

    @work(exit_on_error=False)
    async def action_why(self) -> None:
        """Show the working behind the day by which supervision is due."""
        row, today = self.grid.current, self.office.today
        if row is None:
            return
        lines = await self.office.desk.read(lambda conn: list(due_list.due(conn, today=today, worker=row.worker)))
        line = next((one for one in lines if one.series == "supervision" and one.subject == row.worker), None)
        if line is None:
            self.notify(f"No day is set for the supervision of {row.worker}.", markup=False)
        else:
            self.why_line(line)


def _read(conn: Connection, wanted: str | None, month: date, today: date) -> tuple[str | None, Board]:
    """Read the month of the team wanted; of the first one when none was chosen yet."""
    team = team_or_first(conn, wanted)
    return team, month_board(conn, team, month, today) if team else Board(month, (), ())


def counts(board: Board, today: date) -> str:
    """Return how the month stands in one line."""
    marks = {mark.id: mark for row in board.rows for mark in row.sessions}.values()
    held = sum(mark.state == "held" for mark in marks)
    missed = sum(mark.state in ("missed", "cancelled") for mark in marks)
    booked = sum(mark.state == "planned" for mark in marks)
    late = sum(row.due is not None and row.due < today for row in board.rows)
    unsigned = sum(row.agreement.state in ("none", "unsigned", "one", "review") for row in board.rows if row.supervisor)
    parts = (
        f"{held} held", f"{booked} booked", f"{missed} not held", f"{late} late",
        f"{plural(unsigned, 'agreement')} to see to",
    )  # fmt: skip
    return "   ".join(parts)


def columns(weeks: Sequence[date]) -> list[Column[BoardRow]]:
    """Return the columns; in a narrow window they go in this order: number, supervisor, records, agreement, due."""
    return [
        Column("worker", "Worker", lambda r: r.name, _name, names="worker", whose=lambda r: r.worker, least=10,
               most=20),
        *(_week(n, monday, 8 if len(weeks) < MOST_WEEKS else 6) for n, monday in enumerate(weeks)),
        Column("due", "Due", lambda r: r.due, due_cell, gives_way=1, least=8),
        Column("agreement", "Agreement", lambda r: AGREEMENTS[r.agreement.state].words, agreement_cell, gives_way=2),
        Column("records", "Records", lambda r: r.unrecorded + r.unagreed, records_cell, gives_way=3),
        Column("supervisor", "Supervisor", lambda r: r.supervisor_name, names="worker", whose=lambda r: r.supervisor,
               gives_way=4, most=18),
        Column("number", "Supervises", lambda r: r.supervises, _number, right=True, gives_way=5),
    ]  # fmt: skip


def _week(number: int, monday: date, least: int) -> Column[BoardRow]:
    def value(row: BoardRow) -> date | None:
        return row.weeks[number][0].on if number < len(row.weeks) and row.weeks[number] else None

    def draw(row: BoardRow, look: Look, width: int) -> Text:
        return week_cell(row.weeks[number] if number < len(row.weeks) else (), look, width)

    title = f"{monday.day} {MONTHS[monday.month - 1]}"
    return Column(f"w{number}", title, value, draw_wide=draw, stretch=True, least=least, most=20)


def _name(row: BoardRow, look: Look) -> Text:
    return look.plain(look.worker(row.name))


def _number(row: BoardRow, look: Look) -> Text:
    if not row.leads and row.supervises_most is None:
        return look.plain("")
    words = f"{row.supervises} of {row.supervises_most}" if row.supervises_most is not None else str(row.supervises)
    return look.mark("over", words) if row.over_number else look.plain(words, right=True)
