"""Professional development of the registration year: how each worker of a team stands, and one worker's pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from domain.cpd import PIECES, SOURCE, WITH_PEER, YearState, registration_year, year_state
from domain.dates import MONTHS, distance, show_day
from storage import views
from storage.cpd import CpdLine, WorkerYear, pieces, years
from storage.holdings import REGULATOR
from tui.commands import bindings
from tui.dialogs.why import WhyDialog, Working
from tui.screens import page
from tui.screens.casework import CaseWork
from tui.text import cell, show
from tui.widgets.columns import Column
from tui.widgets.grid import Grid
from tui.widgets.side import Side
from tui.words import Look
from tui.words import state as named

if TYPE_CHECKING:
    import sqlite3

ROOMY = 110
ORDER = ("late", "due", "ahead", "held")
HIDDEN = "words hidden"
TO_WRITE = "not written yet"
EMPTY = "Nobody here is registered, or has a piece in this registration year. Press n to add one, t for another team."
NO_PIECE = "No piece in this registration year yet. Press n to write one, or to draft one from supervision."
Source = Mapping[str, Any]


class _Cpd(CaseWork):
    """What both screens have in common."""

    CSS_PATH = "cpd.tcss"
    AREA = "learning"

    @work(exit_on_error=False)
    async def save_draft(self, worker: str) -> None:
        """Ask where to, and save a worker's pieces of this year as the regulator's form asks for them."""
        from storage.exports.learningdocs import CPD
        from tui.dialogs.learner_form import save_one

        if said := await save_one(self, CPD, worker):
            self.notify(said, markup=False)


class CpdScreen(_Cpd):
    """How each worker's registration year stands."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "why", "papers", "registrations", "choose-team")

    def __init__(self) -> None:
        super().__init__()
        self._team = ""
        self._sources: Sequence[Source] = ()

    def body(self) -> ComposeResult:
        """The list, and below it what the standard asks."""
        yield Grid("cpd", year_columns(), key=lambda row: row.worker, empty=EMPTY)
        yield Static("", id="standard")

    @property
    def grid(self) -> Grid[WorkerYear]:
        """The list."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the year of each worker and show it."""
        wanted, today = self.office.team, self.office.today
        self._team, found, self._sources = await self.office.desk.read(lambda conn: _read(conn, wanted, today))
        done = sum(row.state.state == "held" for row in found)
        self.title_with(f"CPD {_span(found)}: {done:,} of {len(found):,} complete", self._team or "no team yet")
        self.query_one("#standard", Static).update(_standard(self._sources))
        self.grid.show_rows(sorted(found, key=lambda row: ORDER.index(row.state.state)))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a line only while there are any."""
        if action in {"why", "papers"}:
            return bool(self.is_mounted and self.grid.found)
        return super().check_action(action, parameters)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("cpd-pieces", event.row.worker))

    def action_new(self) -> None:
        """Add a piece."""
        from tui.dialogs.cpd_form import new_piece

        row = self.grid.current
        self.do(new_piece(self, self._team, row.worker if row else ""))

    def action_why(self) -> None:
        """Show what the standard asks, what is there, and its source."""
        if row := self.grid.current:
            self.app.push_screen(WhyDialog(year_working(row.worker, row.state, self._sources)))

    def action_papers(self) -> None:
        """Save the draft of the marked worker's year."""
        if row := self.grid.current:
            self.save_draft(row.worker)

    def action_registrations(self) -> None:
        """Show what the team's workers hold."""
        self.app.push_screen(page("registrations"))


class PiecesScreen(_Cpd):
    """One worker's pieces of this registration year."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "edit", "record", "why", "papers", "registrations")

    def __init__(self, worker: str) -> None:
        super().__init__()
        self.worker = worker
        self._state: YearState | None = None
        self._sources: Sequence[Source] = ()

    def body(self) -> ComposeResult:
        """What is still asked, the pieces, and the whole of the marked one."""
        yield Static("", id="asked")
        with Horizontal():
            yield Grid("cpd-pieces", piece_columns(), key=lambda row: str(row.piece.id), empty=NO_PIECE)
            yield Side()

    @property
    def grid(self) -> Grid[CpdLine]:
        """The pieces."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the pieces and show them."""
        worker, today = self.worker, self.office.today
        name, lines, self._sources = await self.office.desk.read(lambda conn: _read_pieces(conn, worker, today))
        state = self._state = year_state([line.piece for line in lines], today)
        self.title_with(self.look.worker(name, worker), f"CPD {year_words(state)}")
        self.query_one("#asked", Static).update(_asked(state, self.look))
        self.grid.show_rows(lines)
        self._tell(self.grid.current)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a piece only while there are any."""
        if action in {"edit", "record"}:
            return bool(self.is_mounted and self.grid.found)
        return super().check_action(action, parameters)

    def on_resize(self, event: Resize) -> None:
        """Put the side below the list in a narrow window."""
        for part in (Horizontal, Side):
            self.query_one(part).set_class(event.size.width < ROOMY, "-narrow")

    def _tell(self, line: CpdLine | None) -> None:
        look = self.look
        self.query_one(Side).show_lines(lambda _: _whole(line, look) if line else ())

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_edit()

    def action_new(self) -> None:
        """Write a piece, or draft one from supervision."""
        from tui.dialogs.cpd_form import add_piece

        self.do(add_piece(self, self.worker))

    def action_edit(self) -> None:
        """Change the marked piece."""
        from tui.dialogs.cpd_form import edit_piece

        if row := self.grid.current:
            self.do(edit_piece(self, row.piece.id))

    def action_record(self) -> None:
        """Record that the marked piece was handed in."""
        from tui.dialogs.cpd_form import hand_in

        row = self.grid.current
        if row is not None and row.piece.submitted_on:
            self.notify("It was handed in already: e puts that right.", markup=False)
        elif row is not None:
            self.do(hand_in(self, row.piece.id, row.piece.title))

    def action_why(self) -> None:
        """Show what the standard asks, what is there, and its source."""
        if self._state is not None:
            self.app.push_screen(WhyDialog(year_working(self.worker, self._state, self._sources)))

    def action_papers(self) -> None:
        """Save the draft of this year."""
        self.save_draft(self.worker)

    def action_registrations(self) -> None:
        """Show what this worker holds."""
        self.app.push_screen(page("registrations", self.worker))


# reading ---------------------------------------------------------------------------------------------------------


def _read(conn: sqlite3.Connection, wanted: str | None, today: date) -> tuple[str, list[WorkerYear], Sequence[Source]]:
    """Read the years of the team wanted, of the first one when none was chosen yet, and what they rest on."""
    there = [line.name for line in views.teams(conn)]
    team = wanted if wanted in there else next(iter(there), None)
    return team or "", years(conn, today, team=team) if team else [], _sources(conn)


def _read_pieces(conn: sqlite3.Connection, worker: str, today: date) -> tuple[str, list[CpdLine], Sequence[Source]]:
    row = conn.execute("SELECT name FROM worker WHERE staff_id = ?", (worker,)).fetchone()
    return row[0] if row else worker, pieces(conn, registration_year(today), worker=worker), _sources(conn)


def _sources(conn: sqlite3.Connection) -> Sequence[Source]:
    """Return what the packs cite for the registration that is renewed every year."""
    kinds = views.Packs(conn).all("registration_kind").values()
    return [one for said in kinds if said.get("gives") == REGULATOR for one in said.get("citations", ())]


# words -----------------------------------------------------------------------------------------------------------


def _span(found: Sequence[WorkerYear]) -> str:
    return _year(found[0].state) if found else ""


def _year(state: YearState) -> str:
    return f"{state.year.start.year}/{state.year.end.year % 100:02}"


def year_words(state: YearState) -> str:
    """Return the year and what it still lacks: "2025/26: 1 more piece"."""
    return f"{_year(state)}: {state.words}"


ASKS = (
    f"At least {PIECES} different pieces, at least {WITH_PEER} with a peer reflection, from 1 December to 30 November; "
    "handed in with the renewal from 1 September."
)


def _cited(one: Source) -> str:
    """Return a citation of the packs, with whether it was read in its source."""
    checked = date.fromisoformat(one["checked"])
    when = f"{MONTHS[checked.month - 1]} {checked.year}"
    read = f"read in its source, checked {when}" if one["verified"] else f"? not seen in its source, as of {when}"
    return f"{one['text']} ({read})"


def _standard(sources: Sequence[Source]) -> Content:
    cited = "\n".join(_cited(one) for one in sources) or f"{SOURCE}; no pack in force cites it"
    return Content.assemble(show(ASKS, "$text"), "\n", show(cited))


def year_working(worker: str, state: YearState, sources: Sequence[Source]) -> Working:
    """Return what the standard asks of a worker's year, what there is, and where that was read."""
    finished = state.pieces - state.drafts
    twice = f"{finished} with one title counted twice or more" if finished > state.ready else ""
    steps: list[tuple[str, str, date | None]] = [
        ("Year begins", "", state.year.start),
        ("Handed in from", "", state.year.opens),
        ("Year ends", "", state.year.end),
        ("Different pieces", f"{state.ready} of {PIECES} {twice}".rstrip(), None),
        ("With a peer", f"{state.with_peer} of {WITH_PEER}", None),
        ("Drafts", f"{state.drafts}, which do not count until they are finished", None),
        ("Handed in", str(state.submitted), None),
        ("Still asked", "; ".join(state.missing) or "nothing", None),
    ]
    cited = [f"{_cited(one)}\n{one['source']}" for one in sources] or [SOURCE]
    return Working(f"CPD {_year(state)}, {worker}", ASKS, steps, sources=cited)


def _asked(state: YearState, look: Look) -> Content:
    word = "complete" if state.state == "held" else f"still asked: {state.words}"
    mark = look.mark(state.state, word)
    ends = f"year ends {show_day(state.year.end, look.today)}, {distance(state.year.end, look.today)}"
    return Content.assemble(show(mark.plain, f"${named(state.state).name}"), "   ", show(ends, "$muted"))


def _whole(line: CpdLine, look: Look) -> Iterator[Content]:
    """Yield the whole of a piece; its words are hidden with the names, since they may speak of people."""
    one = line.piece
    yield show(one.title, "bold")
    yield show(f"{line.kind}, {show_day(one.on, look.today)}", "$muted")
    yield show(f"◐ draft: still to write: {', '.join(one.lacks)}", "$due") if one.lacks else show("✓ finished", "$held")
    told = [("What was learnt", one.learning), ("Impact on practice and people", one.impact)]
    if one.peer:
        told.append(("Peer reflection", one.peer_note))
    for label, words in told:
        yield Content("")
        yield show(label, "$muted")
        yield show((HIDDEN if look.no_names else words) if words else TO_WRITE, "" if words else "$muted")
    yield Content("")
    yield show(
        f"Handed in {show_day(one.submitted_on, look.today)}" if one.submitted_on else "Not handed in yet", "$muted"
    )


# columns ---------------------------------------------------------------------------------------------------------


def year_columns() -> list[Column[WorkerYear]]:
    """Return the columns; in a narrow window they go in this order: handed in, drafts, without a peer."""
    return [
        Column("worker", "Worker", lambda r: r.name, names="worker", whose=lambda r: r.worker, least=10, most=24),
        Column("state", "State", _state_word, lambda r, k: k.mark(r.state.state, _state_word(r)), least=10),
        Column("asks", "Still asked", lambda r: r.state.words, _asks, stretch=True, least=18, most=60),
        Column("pieces", "Pieces", lambda r: r.state.pieces, right=True),
        Column("peer", "With peer", lambda r: r.state.with_peer, right=True),
        Column("alone", "Without", _alone, right=True, gives_way=1),
        Column("drafts", "Drafts", lambda r: r.state.drafts, right=True, gives_way=2),
        Column("submitted", "Handed in", lambda r: r.state.submitted, right=True, gives_way=3),
    ]


def _state_word(row: WorkerYear) -> str:
    return "complete" if row.state.state == "held" else named(row.state.state).word


def _asks(row: WorkerYear, look: Look) -> Text:
    return cell(row.state.words, look.colour("muted") if row.state.state == "held" else "")


def _alone(row: WorkerYear) -> int:
    return row.state.pieces - row.state.drafts - row.state.with_peer


def piece_columns() -> list[Column[CpdLine]]:
    """Return the columns; in a narrow window they go in this order: handed in, type."""
    return [
        Column("on", "On", lambda r: r.piece.on, least=10),
        Column("title", "What", lambda r: r.piece.title, stretch=True, least=20, most=60),
        Column("state", "State", lambda r: "finished" if r.piece.ready else "draft", _piece_state, least=10),
        Column("peer", "Peer", lambda r: "yes" if r.piece.peer else "no"),
        Column("kind", "Type", lambda r: r.kind, gives_way=1, most=22),
        Column("submitted", "Handed in", lambda r: r.piece.submitted_on, gives_way=2),
    ]


def _piece_state(row: CpdLine, look: Look) -> Text:
    return look.mark("held", "finished") if row.piece.ready else look.mark("due", "draft")
