"""Learning: everybody in a programme, how far they are, what comes next; late ones first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from domain.core.text import plural
from storage.learning.board import CRITERIA, LearnerRow, board
from storage.people.teams import team_or_first
from tui.core.keys import bindings
from tui.core.look import Look, state
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import cell, drawn
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.learning.forms.paper_form import save_paper
from tui.learning.learner_text import day_and_state, done_words, next_words, state_name, way

if TYPE_CHECKING:
    from storage.database.connection import Connection

EMPTY = (
    "Nobody is in a programme here. Press n to begin one: a placement, a newly qualified year, a progression; "
    "or t to choose another team."
)


class LearningScreen(Page):
    """The board of a team's learners."""

    CSS_PATH = "learners_screen.tcss"
    AREA = "learning"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new", "record", "placement-days", "papers", "learning-needs", "registrations", "cpd", "choose-team"
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: str | None = None

    def body(self) -> ComposeResult:
        """Lay out the board."""
        yield Grid("learners", columns(), key=lambda row: str(row.line.id), empty=EMPTY)

    @property
    def grid(self) -> Grid[LearnerRow]:
        """The board."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the board and show it."""
        wanted, today = self.office.team, self.office.today
        self._shown, rows = await self.office.desk.read(lambda conn: _read(conn, wanted, today))
        late = sum(row.state == "late" for row in rows)
        said = f"{plural(len(rows), 'learner')}, {late} late" if late else plural(len(rows), "learner")
        self.title_with(f"Learning: {said}", self._shown or "no team yet")
        self.grid.show_rows(rows)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a learner only while there is one, and the register only of a placement."""
        row = self.grid.current if self.is_mounted else None
        if action in {"record", "papers"}:
            return row is not None
        if action == "placement_days":
            return row is not None and row.line.unit == "days"
        return super().check_action(action, parameters)

    @on(Grid.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        line = event.row.line
        climbing = line.unit == CRITERIA
        self.app.push_screen(page("progression", line.worker) if climbing else page("learner", line.id))

    def action_placement_days(self) -> None:
        """Open the register of the placement under the cursor."""
        if (row := self.grid.current) is not None:
            self.app.push_screen(page("register", row.line.id))

    def action_learning_needs(self) -> None:
        """Show the team's learning needs by domain."""
        self.app.push_screen(page("learning-needs"))

    def action_registrations(self) -> None:
        """Show what the team's workers hold, and until when."""
        self.app.push_screen(page("registrations"))

    def action_cpd(self) -> None:
        """Show the team's professional development of this registration year."""
        self.app.push_screen(page("cpd"))

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """Begin a programme."""
        from tui.learning.forms.learner_form import new_programme

        self._kept(await new_programme(self, self._shown))

    @work(exit_on_error=False)
    async def action_record(self) -> None:
        """Record what the learner under the cursor reached or showed."""
        from tui.learning.forms.learner_form import record_for

        if (row := self.grid.current) is not None:
            self._kept(await record_for(self, row.line.id))

    @work(exit_on_error=False)
    async def action_papers(self) -> None:
        """Save a paper of the learner under the cursor."""
        if (row := self.grid.current) is not None and (said := await save_paper(self, row.line)):
            self.notify(said, markup=False)

    def _kept(self, said: str | None) -> None:
        if said:
            self.office.changed()
            self.notify(said, markup=False)
            self.read_again()


def _read(conn: Connection, wanted: str | None, today: date) -> tuple[str | None, list[LearnerRow]]:
    team = team_or_first(conn, wanted)
    return team, board(conn, team, today) if team else []


def columns() -> list[Column[LearnerRow]]:
    """Return the board's columns; the programme's name and the last day give way first."""
    return [
        Column("learner", "Learner", lambda r: r.line.name, names="worker", whose=lambda r: r.line.worker, most=22),
        Column("programme", "Programme", lambda r: r.line.title, gives_way=4, most=30),
        Column("way", "Done", _share, draw_wide=_way, stretch=True, least=10, most=40),
        Column("done", "So far", lambda r: done_words(r.line), gives_way=2, least=16),
        Column("state", "State", lambda r: state(state_name(r.state)).word, _state, least=9),
        Column("next", "Next", _next, lambda r, k: cell(_next(r)), most=30),
        Column("due", "Due", lambda r: r.due, _due, least=12),
        Column("ends", "Ends", lambda r: r.line.ends, gives_way=3),
        Column("warning", "Mind", lambda r: r.line.warning, gives_way=5, most=36, also=("warning",)),
    ]


def _share(row: LearnerRow) -> int | None:
    return row.line.done * 100 // row.line.whole if row.line.whole else None


def _way(row: LearnerRow, look: Look, width: int) -> Text:
    return drawn(way(row.line.done, row.line.whole, row.ticks, width), look.colour("steady"))


def _state(row: LearnerRow, look: Look) -> Text:
    return look.mark(state_name(row.state))


def _next(row: LearnerRow) -> str:
    return next_words(row.line)


def _due(row: LearnerRow, look: Look) -> Text:
    return day_and_state(row.due, row.state, look) if row.due else cell("–", look.colour("muted"))
