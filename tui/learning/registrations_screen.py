"""Registrations: what each worker of a team holds and until when it counts, what is late first; or one worker's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from domain.core.dates import show_day
from storage.learning.registrations_held import Holding, holdings
from storage.people.staff import colleague
from storage.people.teams import team_or_first
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.screens import page
from tui.core.text import cell, show
from tui.due.case_actions import CaseActions
from tui.due.why_dialog import WhyDialog
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.learning.registration_text import holding_working, summary, without_it
from tui.widgets.steady import Words, put

if TYPE_CHECKING:
    from storage.database.connection import Connection

EMPTY = "Nothing is recorded here. Press n to record a registration, a check or a training, or t for another team."
NEEDS_LINE = {"edit", "record", "why"}


class RegistrationsScreen(CaseActions):
    """The registrations, warrants, checks and training of a team, or of one worker."""

    CSS_PATH = "registrations_screen.tcss"
    AREA = "learning"
    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "edit", "record", "why", "cpd", "choose-team")

    def __init__(self, worker: str | None = None) -> None:
        super().__init__()
        self._worker = worker
        self._team = ""

    def body(self) -> ComposeResult:
        """Lay out the list, and below it what the marked line rules out."""
        yield Grid("registrations", columns(), key=_key, empty=EMPTY)
        yield Words("", id="bars")

    @property
    def grid(self) -> Grid[Holding]:
        """The list."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read what is held and show it."""
        wanted, worker, today = self.office.team, self._worker, self.office.today
        about, self._team, found = await self.office.desk.read(lambda conn: _read(conn, wanted, worker, today))
        self.title_with(f"Registrations: {summary(found)}", self.look.worker(about, worker) if worker else about)
        self.grid.show_rows(found)
        self._tell(self.grid.current)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a line only while there are any."""
        if action in NEEDS_LINE:
            return bool(self.is_mounted and self.grid.found)
        if action == "choose_team":
            return self._worker is None
        return super().check_action(action, parameters)

    def _tell(self, held: Holding | None) -> None:
        put(self.query_one("#bars", Words), show(_said(held, self.look) if held else ""))

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        """Open everything that the worker holds, or in a list of one worker the working behind the line."""
        if self._worker is None:
            self.app.push_screen(page("registrations", event.row.worker))
        else:
            self.action_why()

    def action_new(self) -> None:
        """Record something that somebody holds, or its renewal."""
        from tui.learning.forms.registration_form import new_holding

        row = self.grid.current
        whose = self._worker or (row.worker if row else "")
        self.do(new_holding(self, self._team, whose, only=self._worker is not None))

    def action_edit(self) -> None:
        """Correct the newest record."""
        from tui.learning.forms.registration_form import edit_holding

        if row := self.grid.current:
            self.do(edit_holding(self, row))

    def action_record(self) -> None:
        """Record a renewal."""
        from tui.learning.forms.registration_form import renew_holding

        if row := self.grid.current:
            self.do(renew_holding(self, row))

    def action_cpd(self) -> None:
        """Show professional development: of the team, or of this worker."""
        self.app.push_screen(page("cpd-pieces", self._worker) if self._worker else page("cpd"))

    @work(exit_on_error=False)
    async def action_why(self) -> None:
        """Show the rule behind the day, its source, and what it rules out."""
        held, today = self.grid.current, self.office.today
        if held is not None:
            shown = await self.office.desk.call(lambda db: holding_working(db, held, today))
            self.app.push_screen(WhyDialog(shown))


def _key(held: Holding) -> str:
    return f"{held.worker}:{'training' if held.training else 'kind'}:{held.kind}"


def _read(conn: Connection, wanted: str | None, worker: str | None, today: date) -> tuple[str, str, list[Holding]]:
    """Return the name of the worker or team, the team, and what is held; of the first team where none is chosen."""
    if worker is not None:
        found = colleague(conn, worker, today)
        name, team = (found.name, found.team) if found else (worker, "")
        return name, team, holdings(conn, today, worker=worker)
    shown = team_or_first(conn, wanted)
    return shown or "no team yet", shown or "", holdings(conn, today, team=shown) if shown else []


def _said(held: Holding, look: Look) -> str:
    """Return what the marked line rules out, and a remark where nobody has read the source of its day."""
    who, cases = look.worker(held.name, held.worker), without_it(held)
    if held.barred:
        said = f"{who} may not hold {cases}: {held.title} {held.word}."
    else:
        said = f"Without it {who} could not hold {cases}." if cases else ""
    said = said or f"{who}: no policy asks for it before a case is held."
    return said if held.sure else f"{said}\n? The day rests on an interval that nobody read in its source."


def columns() -> list[Column[Holding]]:
    """Return the columns; in a narrow window they go in this order: number, what it rules out, since when."""
    return [
        Column("worker", "Worker", lambda r: r.name, names="worker", whose=lambda r: r.worker, least=10, most=20),
        Column("what", "What", lambda r: r.title, least=18, most=40, stretch=True),
        Column("state", "State", lambda r: r.word, lambda r, k: k.mark(r.state, r.word), least=9),
        Column("granted", "Granted", lambda r: r.granted, gives_way=2),
        Column("until", "Renew by", lambda r: r.until, _until, least=11),
        Column("bars", "Without it, no", without_it, _bars, gives_way=3, least=16, most=60, stretch=True),
        Column("number", "Number", lambda r: r.number, _number, gives_way=4, most=16, at_first=False),
    ]


def _until(row: Holding, look: Look) -> Text:
    if row.until is None:
        return cell("–", look.colour("muted"))
    colour = look.colour(row.state) if row.state in ("late", "due") else ""
    return cell(f"{show_day(row.until, look.today)}{'' if row.sure else ' ?'}", colour)


def _bars(row: Holding, look: Look) -> Text:
    return cell(without_it(row) or "–", look.colour("late" if row.barred else "muted"))


def _number(row: Holding, look: Look) -> Text:
    return look.plain("–" if look.no_names or not row.number else row.number)
