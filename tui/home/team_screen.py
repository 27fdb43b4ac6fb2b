"""Team: what needs me? A row a worker, what lies with nobody, and above them what wants attention now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.core.dates import distance, show_day
from domain.core.hundredths import from_tenths
from domain.core.text import plural
from storage.home import needs_you
from storage.load import worker_load
from tui.core.keys import bindings
from tui.core.look import Look, hundredths, percent, state
from tui.core.screens import page
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.home.team_board import NOBODY, Board, board_of, read_history
from tui.load.load_bar import load_bar
from tui.load.team_words import board_sums
from tui.widgets.menu import Menu
from tui.widgets.sparkline import spark_weeks

if TYPE_CHECKING:
    from storage.load.day_loads import DayLoad
    from storage.load.history.concerns import History

EDGE = 8  # columns of the box's edge that are not for words
LOAD_WORDS = 13
STREAK_WORDS = 22  # "114 % ▲ over 12 weeks"
SPARK_WEEKS = 13
PAINTED = 0.5  # seconds; a screen under another one is not painted
WORD_ROOM = 3
NEW = (
    ("worker", "Worker", "somebody who holds cases or supervises"),
    ("case", "Case", "a child, adult or family"),
    ("team", "Team", ""),
)


def _name(row: worker_load.WorkerLine, look: Look) -> Text:
    return look.plain(look.worker(row.name) if row.staff_id else row.name)


def _session(row: worker_load.WorkerLine, look: Look) -> Text:
    return look.day(row.next_session) if row.staff_id else look.plain("")


Past = Callable[[], "History | None"]


def _load(row: worker_load.WorkerLine, look: Look, width: int, past: Past) -> Text:
    if not row.staff_id:
        return look.plain("")
    if row.capacity == 0:
        return look.mark("unset", "no capacity today" if row.away or row.points else "holds no cases")
    if row.utilisation is None:
        return look.mark("unset", "no capacity set" if width >= 17 or not width else "not set")
    found, known = state(row.band), past()
    words = f"{percent(row.utilisation):>6} {found.glyph} {found.word}".rstrip()
    if known is not None and known.is_streak(row.staff_id):
        words += f" {plural(known.streaks[row.staff_id], 'week')}"
    room = STREAK_WORDS if known is not None and any(map(known.is_streak, known.streaks)) else LOAD_WORDS
    drawn = load_bar(row.utilisation, row.stable, row.points, row.extra, width - room)
    text = Text(drawn, style=look.colour(found.name), no_wrap=True, end="")
    return text.append(words if drawn.strip() else words.strip())


def _weeks(row: worker_load.WorkerLine, past: Past) -> Sequence[DayLoad]:
    known = past()
    return known.weeks.get(row.staff_id, ())[-SPARK_WEEKS:] if known is not None else ()


def _spark(row: worker_load.WorkerLine, look: Look, past: Past) -> Text:
    return spark_weeks(_weeks(row, past), look)


def _late(row: worker_load.WorkerLine, look: Look) -> Text:
    return look.mark("late", str(row.late)) if row.late else look.plain("")


def _unweighed(row: worker_load.WorkerLine, look: Look) -> Text:
    return look.mark("unset", str(row.unweighed)) if row.unweighed else look.plain("")


def _supervised(row: worker_load.WorkerLine, look: Look) -> Text:
    if not row.staff_id:
        return look.plain("")
    words = plural((look.today - row.last_supervised).days, "day") if row.last_supervised else "never"
    if row.supervision_due is not None and row.supervision_due < look.today:
        return look.mark("late", words)
    return look.plain(words) if row.last_supervised else look.mark("unset", words)


def _days_since(row: worker_load.WorkerLine, today: date) -> int | None:
    return (today - row.last_supervised).days if row.last_supervised else None


def columns(today: Callable[[], date], past: Past) -> list[Column[worker_load.WorkerLine]]:
    """Return the columns; in a narrow window they go in this order: families, session, points, FTE, grade, and so on.

    ``past`` gives the half year behind the board once it is read: the board itself is shown before that.
    """
    return [
        Column("worker", "Worker", lambda r: r.name, _name, names="worker", whose=lambda r: r.staff_id, least=10,
               most=24),
        Column("grade", "Grade", lambda r: r.grade_title, gives_way=3, most=18),
        Column("fte", "FTE", lambda r: r.fte / 100 if r.staff_id else None, _fte, right=True, gives_way=4),
        Column("cases", "Cases", lambda r: r.cases, lambda r, look: look.number(r.cases), right=True),
        Column("families", "Families", lambda r: r.families, lambda r, look: look.number(r.families), right=True,
               gives_way=7),
        Column("unweighed", "Unweighed", lambda r: r.unweighed, _unweighed, right=True, gives_way=8),
        Column(
            "points", "Points", lambda r: r.points / 100,
            lambda r, look: look.plain(hundredths(r.points), right=True), right=True, gives_way=5,
        ),
        Column(
            "load", "Load today", lambda r: from_tenths(r.utilisation),
            draw_wide=lambda r, look, width: _load(r, look, width, past), stretch=True, least=26, most=90,
        ),
        Column(
            "weeks", f"{SPARK_WEEKS} weeks", lambda r: " ".join(percent(w.utilisation) for w in _weeks(r, past)),
            lambda r, look: _spark(r, look, past), gives_way=2, least=SPARK_WEEKS,
        ),
        Column("late", "Late", lambda r: r.late, _late, least=5),
        Column("supervised", "Supervised", lambda r: _days_since(r, today()), _supervised, least=10),
        Column("next", "Next due", lambda r: r.next_due, gives_way=1, least=10),
        Column("session", "Next session", lambda r: r.next_session, _session, gives_way=6),
    ]  # fmt: skip


def _fte(row: worker_load.WorkerLine, look: Look) -> Text:
    return look.plain(hundredths(row.fte) if row.staff_id else "", right=True)


class Needs(Menu):
    """What wants attention now, worst first; each line opens the list that shows exactly it."""


class TeamScreen(CaseActions):
    """The board of one team."""

    CSS_PATH = "team_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "edit", "points", "choose-team")
    AUTO_FOCUS = "Needs"

    def __init__(self) -> None:
        super().__init__()
        self._needs: list[needs_you.Need] = []
        self._past: History | None = None
        self._sums: worker_load.TeamSum | None = None

    def body(self) -> ComposeResult:
        """What needs attention, and the board."""
        with Vertical(id="needs") as box:
            box.border_title = "Needs you"
            yield Static("", id="calm")
            yield Needs()
        yield Grid(
            "team",
            columns(lambda: self.office.today, lambda: self._past),
            key=lambda row: row.staff_id or NOBODY,
            last=lambda row: not row.staff_id,
            empty="No workers here yet. Press n to add one, 7 to take in an extract of your case system, or t to "
            "choose another team.",
        )

    @property
    def grid(self) -> Grid[worker_load.WorkerLine]:
        """The board."""
        return self.query_one(Grid)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer changing something only where there is a team to change."""
        if action == "edit":
            return bool(self.office.team)
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read the board and show it; then the half year behind it."""
        board = await board_of(self.office)
        if board.team != self.office.team:
            self._past = None
        self.office.team = board.team
        self.title_with(board.team or "no team yet")
        self._show_needs(board)
        self.grid.show_rows(board.workers)
        self.refresh_bindings()
        if board.workers:
            await self._painted()
            today = self.office.today
            board, self._past = await self.office.desk.read(lambda conn: read_history(conn, board, today))
            self._show_needs(board)
            self._sums = board.sums
            self._show_sums()
            self.grid.redraw()

    def on_resize(self) -> None:
        """Say as much of the sums as there is room for now."""
        self._show_sums()

    def _show_sums(self) -> None:
        """Show on the edge of the box what the team is in sum and the agency's share of it, as far as there is room."""
        box = self.query_one("#needs")
        said = board_sums(self._sums) if self._sums is not None else ()
        box.border_subtitle = next((words for words in said if len(words) <= self.size.width - EDGE), "")

    async def _painted(self) -> None:
        """Wait until what was handed to the board is on the screen: nothing is to be read before people see that."""
        drawn = self.grid.sheet.drawn
        drawn.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(drawn.wait(), PAINTED)

    def _show_needs(self, board: Board) -> None:
        needs = self.query_one(Needs)
        at = needs.highlighted
        marked = self._needs[at] if at is not None and at < len(self._needs) else None
        self._needs = board.needs
        needs.clear_options()
        needs.add_options([Option(self._need(need)) for need in board.needs])
        needs.display = bool(board.needs)
        if not board.needs and needs.has_focus:
            self.grid.sheet.focus()
        if board.needs:
            same = board.needs.index(marked) if marked in board.needs else at or 0
            needs.highlighted = min(same, len(board.needs) - 1)
        calm = self.query_one("#calm", Static)
        calm.display = not any(need.state == "late" for need in board.needs)
        calm.update(show(f"{'✓ '}{self._calm(board)}", "$held"))

    def _calm(self, board: Board) -> str:
        coming = min((w.next_due for w in board.workers if w.next_due), default=None)
        if coming is None:
            return "Nothing is late, and nothing is dated yet."
        today = self.office.today
        return f"Nothing is late. Next: {show_day(coming, today)} ({distance(coming, today)})."

    def _need(self, need: needs_you.Need) -> Content:
        found = state(need.state)
        text = need.said(self.look.worker) if self.look.no_names else need.told(self.look.shared)
        return Content.assemble(
            show(f"{found.glyph} {found.word}", f"${found.name}").pad_right(WORD_ROOM - len(found.word) + 6), show(text)
        )

    @on(OptionList.OptionSelected)
    def _need_opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        need = self._needs[event.option_index]
        if need.area == "due":
            self.app.push_screen(page("due", filter=need.filter))
        elif need.area in {"worker", "case"}:
            self.app.push_screen(page(need.area, need.filter))
        else:
            self.app.push_screen(page(need.area))

    @on(Grid.Opened)
    def _worker_opened(self, event: Grid.Opened) -> None:
        staff_id = event.row.staff_id
        self.app.push_screen(page("worker", staff_id) if staff_id else page("unallocated"))

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """Add a worker, a case or a team."""
        from tui.cases import case_form
        from tui.core.choice import Choice
        from tui.dialogs.choose import ChooseDialog
        from tui.people import team_form, worker_form

        if not self.office.team:
            self.tell(await team_form.new_team(self))
            return
        kind = await self.app.push_screen_wait(ChooseDialog("What is new?", [Choice(*one) for one in NEW]))
        if kind == "team":
            self.tell(await team_form.new_team(self))
        elif kind is not None:
            self.tell(await (worker_form.new_worker if kind == "worker" else case_form.new_case)(self))

    @work(exit_on_error=False)
    async def action_edit(self) -> None:
        """Change the worker under the cursor, or the team."""
        from tui.core.choice import Choice
        from tui.dialogs.ask import choose
        from tui.people import team_form, worker_form

        row, team = self.grid.current, self.office.team
        workers = [Choice(row.staff_id, self.look.worker(row.name, row.staff_id))] if row and row.staff_id else []
        teams = [Choice("", team, "its full-time load, its scheme, its name")] if team else []
        chosen = await choose(self, "Edit", [*workers, *teams]) if workers or teams else None
        if chosen:
            self.tell(await worker_form.edit_worker(self, chosen))
        elif chosen is not None:
            self.tell(await team_form.edit_team(self, team))

    def action_points(self) -> None:
        """Show how the team's cases were weighed, and which are to be weighed again."""
        self.app.push_screen(page("points"))
