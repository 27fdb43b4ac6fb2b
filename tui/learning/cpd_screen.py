"""Professional development of the registration year: how each worker of a team stands, and one worker's pieces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.widgets import Static

from domain.learning.cpd import ENGLAND, LATE, NOT_COUNTED, Piece, YearState
from storage.learning.cpd import WorkerYear, pieces, year_of, years
from storage.learning.papers.paper import CPD
from storage.learning.registrations_held import REGULATOR
from storage.people.staff import colleague
from storage.people.teams import team_or_first
from storage.rules.kept_packs import Packs
from tui.core.keys import bindings
from tui.core.screens import page
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.due.why_dialog import WhyDialog
from tui.grid.grid import Grid
from tui.learning.cpd_text import (
    Source,
    asked_words,
    piece_columns,
    span,
    standard_words,
    whole_piece,
    year_columns,
    year_key,
    year_words,
    year_working,
)
from tui.learning.forms.paper_form import save_one
from tui.widgets.side import Side

if TYPE_CHECKING:
    from storage.database.connection import Connection

ROOMY = 110
ORDER = ("late", "due", "ahead", "closed", "held", "not counted")
_DAY = timedelta(days=1)
EMPTY = "Nobody here is registered, or has a piece in this registration year. Press n to add one, t for another team."
NO_YEAR = "No pack says when the registration year ends where they work."
NO_PIECE = "No piece in this registration year yet. Press n to write one, or to draft one from supervision."


class _Cpd(CaseActions):
    """What both screens have in common: the year that is shown, and the years before and after it.

    ``asked`` is a day of it; None: the present year, and with it, of a team, those that are late.
    """

    CSS_PATH = "cpd_screen.tcss"
    AREA = "learning"
    asked: date | None = None

    def _turn(self, state: YearState | None, *, back: bool) -> None:
        """Show the year before or after the one of ``state``; none lies after the present."""
        if state is None:
            return
        day = state.year.start - _DAY if back else state.year.end + _DAY
        if day <= self.office.today:
            self.asked = day if back or day + _DAY < self.office.today else None
            self.read_again()

    async def _close(self, worker: str, state: YearState) -> str | None:
        from tui.learning.forms.cpd_form import close_year

        return await close_year(self, worker, state)

    def _may_close(self, state: YearState | None) -> bool:
        """Whether a year can be closed: it ended with something missing."""
        return state is not None and state.state == LATE

    @work(exit_on_error=False)
    async def save_draft(self, worker: str) -> None:
        """Ask for a folder, and save there a worker's pieces of this year as the regulator's form asks for them."""
        if said := await save_one(self, CPD, worker, asked=self.asked):
            self.notify(said, markup=False)


class CpdScreen(_Cpd):
    """The registration year of each worker of a team."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new", "why", "papers", "year-before", "year-after", "close-year", "registrations", "choose-team"
    )

    def __init__(self) -> None:
        super().__init__()
        self._team = ""
        self._sources: Sequence[Source] = ()

    def body(self) -> ComposeResult:
        """Lay out the list, and below it what the standard asks for."""
        yield Grid("cpd", year_columns(), key=year_key, empty=EMPTY)
        yield Static("", id="standard")

    @property
    def grid(self) -> Grid[WorkerYear]:
        """The list."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the year of each worker and show it."""
        wanted, today, asked = self.office.team, self.office.today, self.asked
        self._team, found, self._sources = await self.office.desk.read(lambda conn: _read(conn, wanted, today, asked))
        last = max((row.state.year.end for row in found), default=today)
        own = [row for row in found if row.state.year.end == last]
        counted = [row for row in own if row.state.state != NOT_COUNTED]
        done, late = (sum(row.state.state == word for row in some) for word, some in (("held", own), (LATE, found)))
        behind = f", {late:,} late" if late else ""
        met = f"{done:,} of {len(counted):,} complete" if counted or not own else NOT_COUNTED
        year = f"CPD {span(own)}: {met}{behind}" if found else "CPD: nobody registered"
        self.title_with(year, self._team or "no team yet")
        asks = found[0].state.asked if found else ENGLAND
        self.query_one("#standard", Static).update(standard_words(asks, self._sources))
        self.grid.show_rows(sorted(found, key=lambda row: ORDER.index(row.state.state)))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a line only while there are any."""
        if action in {"why", "papers"}:
            return bool(self.is_mounted and self.grid.found)
        if action == "close_year":
            return bool(self.is_mounted and (row := self.grid.current) and self._may_close(row.state))
        return super().check_action(action, parameters)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("cpd-pieces", event.row.worker, event.row.state.year.end))

    @on(Grid.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    def action_year_before(self) -> None:
        """Show the year before."""
        self._turn(self._shown, back=True)

    def action_year_after(self) -> None:
        """Show the next year."""
        self._turn(self._shown, back=False)

    @property
    def _shown(self) -> YearState | None:
        rows = self.grid.found
        return max((row.state for row in rows), key=lambda state: state.year.end, default=None)

    def action_close_year(self) -> None:
        """Close the marked year with a reason."""
        if (row := self.grid.current) and self._may_close(row.state):
            self.do(self._close(row.worker, row.state))

    def action_new(self) -> None:
        """Add a piece."""
        from tui.learning.forms.cpd_form import new_piece

        row = self.grid.current
        self.do(new_piece(self, self._team, row.worker if row else ""))

    def action_why(self) -> None:
        """Show what the standard asks for, what there is, and the source."""
        if row := self.grid.current:
            self.app.push_screen(WhyDialog(year_working(row.worker, row.state, self._sources, self.look)))

    def action_papers(self) -> None:
        """Save the draft of the marked worker's year."""
        if row := self.grid.current:
            self.asked = row.state.year.end if row.state.year.end < self.office.today else self.asked
            self.save_draft(row.worker)

    def action_registrations(self) -> None:
        """Show what the team's workers hold."""
        self.app.push_screen(page("registrations"))


class PiecesScreen(_Cpd):
    """One worker's pieces of a registration year: of the one that holds ``asked``, or of this one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new", "edit", "record", "why", "papers", "year-before", "year-after", "close-year", "registrations"
    )

    def __init__(self, worker: str, asked: date | None = None) -> None:
        super().__init__()
        self.worker = worker
        self.asked = asked
        self._state: YearState | None = None
        self._sources: Sequence[Source] = ()

    def body(self) -> ComposeResult:
        """Lay out what is still missing, the pieces, and all of the marked one."""
        yield Static("", id="asked")
        with Horizontal():
            yield Grid("cpd-pieces", piece_columns(), key=lambda row: str(row.id), empty=NO_PIECE)
            yield Side()

    @property
    def grid(self) -> Grid[Piece]:
        """The pieces."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the pieces and show them."""
        worker, today, asked = self.worker, self.office.today, self.asked
        read = await self.office.desk.read(lambda conn: _read_pieces(conn, worker, today, asked or today))
        name, state, found, self._sources = read
        self._state = state
        self.title_with(self.look.worker(name, worker), f"CPD {year_words(state)}" if state else "CPD")
        self.query_one("#asked", Static).update(asked_words(state, self.look) if state else show(NO_YEAR, "$unset"))
        self.grid.show_rows(found)
        self._tell(self.grid.current)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a piece only while there are any."""
        if action in {"edit", "record"}:
            return bool(self.is_mounted and self.grid.found)
        if action == "close_year":
            return self._may_close(self._state)
        return super().check_action(action, parameters)

    def on_resize(self, event: Resize) -> None:
        """Put the side below the list in a narrow window."""
        for part in (Horizontal, Side):
            self.query_one(part).set_class(event.size.width < ROOMY, "-narrow")

    def _tell(self, piece: Piece | None) -> None:
        look = self.look
        self.query_one(Side).show_lines(lambda _: whole_piece(piece, look) if piece else ())

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_edit()

    def action_new(self) -> None:
        """Write a piece, or draft one from supervision."""
        from tui.learning.forms.cpd_form import add_piece

        self.do(add_piece(self, self.worker))

    def action_edit(self) -> None:
        """Change the marked piece."""
        from tui.learning.forms.cpd_form import edit_piece

        if row := self.grid.current:
            self.do(edit_piece(self, row.id))

    def action_record(self) -> None:
        """Record that the marked piece was handed in."""
        from tui.learning.forms.cpd_form import hand_in

        row = self.grid.current
        if row is not None and row.submitted_on:
            self.notify("It was handed in already: e puts that right.", markup=False)
        elif row is not None:
            self.do(hand_in(self, row.id, row.title))

    def action_why(self) -> None:
        """Show what the standard asks for, what there is, and the source."""
        if self._state is not None:
            self.app.push_screen(WhyDialog(year_working(self.worker, self._state, self._sources, self.look)))

    def action_papers(self) -> None:
        """Save the draft of this year."""
        self.save_draft(self.worker)

    def action_year_before(self) -> None:
        """Show the year before."""
        self._turn(self._state, back=True)

    def action_year_after(self) -> None:
        """Show the next year."""
        self._turn(self._state, back=False)

    def action_close_year(self) -> None:
        """Close this year with a reason."""
        if self._state is not None and self._may_close(self._state):
            self.do(self._close(self.worker, self._state))

    def action_registrations(self) -> None:
        """Show what this worker holds."""
        self.app.push_screen(page("registrations", self.worker))


# reading ---------------------------------------------------------------------------------------------------------


def _read(
    conn: Connection, wanted: str | None, today: date, asked: date | None
) -> tuple[str, list[WorkerYear], Sequence[Source]]:
    """Return the team wanted or the first one, the years of its workers, and what the packs cite."""
    team = team_or_first(conn, wanted)
    return team or "", years(conn, today, team=team, asked=asked) if team else [], _sources(conn)


def _read_pieces(
    conn: Connection, worker: str, today: date, asked: date
) -> tuple[str, YearState | None, list[Piece], Sequence[Source]]:
    found, state = colleague(conn, worker, today), year_of(conn, worker, asked, today)
    own = pieces(conn, state.year, today, worker=worker) if state else []
    return found.name if found else worker, state, own, _sources(conn)


def _sources(conn: Connection) -> Sequence[Source]:
    """Return what the packs cite for the registration that is renewed every year."""
    kinds = Packs(conn).all("registration_kind").values()
    return [one for said in kinds if said.get("gives") == REGULATOR for one in said.get("citations", ())]
