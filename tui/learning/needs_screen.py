"""Learning needs of a team by capability, so that one course can be planned for several at once."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.text import plural
from storage.database.connection import Connection
from storage.learning.needs import DomainNeeds, NeedLine, by_domain
from storage.people.teams import team_or_first
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.learning.forms.evidence_form import words
from tui.learning.forms.need_form import edit_need, new_need, plan_shared, record_on_need

NO_DOMAIN = "no capability named"


class Line(NamedTuple):
    """A need under one of its capabilities; ``place`` is the number of that capability in the list."""

    need: NeedLine
    shared: DomainNeeds
    place: int

    @property
    def domain(self) -> str:
        """The capability's title."""
        return self.shared.capability.words if self.shared.capability else NO_DOMAIN


class LearningNeedsScreen(CaseActions):
    """The open learning needs; capabilities that most workers share come first."""

    AREA = "learning"
    DEFAULT_CSS = """
    LearningNeedsScreen Grid { height: 1fr; }
    LearningNeedsScreen Static { height: auto; max-height: 4; margin: 0 1; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "edit", "record", "plan-together", "choose-team")

    def __init__(self, team: str | None = None) -> None:
        super().__init__()
        self._team = team or ""

    @property
    def grid(self) -> Grid[Line]:
        """The list."""
        return self.query_one(Grid)

    def body(self) -> ComposeResult:
        """Lay out the list, and who shares the marked need."""
        yield Grid(
            "learning-needs",
            columns(),
            key=lambda row: f"{row.place}:{row.need.id}",
            empty="No learning need is open. Press n to raise one.",
        )
        yield Static("", id="shared")

    async def load(self) -> None:
        """Read the needs and show them."""
        wanted, today = self.office.team or self._team, self.office.today
        self._team, found = await self.office.desk.read(lambda conn: _read(conn, wanted, today))
        self.title_with(f"Learning needs: {self._team or 'no team yet'}")
        lines = [Line(need, shared, place) for place, shared in enumerate(found) for need in shared.needs]
        self.grid.show_rows(lines)
        self._say(self.grid.current)

    def _say(self, line: Line | None) -> None:
        said = ""
        if line is not None:
            names = {need.worker: self.look.worker(need.name, need.worker) for need in line.shared.needs}
            count, whose = len(line.shared.needs), "; ".join(names.values())
            said = f"{line.domain}\n{plural(count, 'need')} of {plural(len(names), 'worker')} ({whose})"
        self.query_one("#shared", Static).update(show(said))

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._say(event.row)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_edit()

    def action_new(self) -> None:
        """Raise a learning need."""
        row = self.grid.current
        self.do(new_need(self, self._team, row.need.worker if row else ""))

    def action_edit(self) -> None:
        """Change the marked need and its plan."""
        if row := self.grid.current:
            self.do(edit_need(self, row.need))

    def action_record(self) -> None:
        """Record what became of the marked need."""
        if row := self.grid.current:
            self.do(record_on_need(self, row.need))

    def action_plan_together(self) -> None:
        """Plan one thing for all who share the marked capability."""
        if row := self.grid.current:
            self.do(plan_shared(self, row.shared))


def _read(conn: Connection, wanted: str, today: date) -> tuple[str, list[DomainNeeds]]:
    """Return the team wanted or the first one, and its needs by capability."""
    team = team_or_first(conn, wanted)
    return team or "", by_domain(conn, today, team) if team else []


def columns() -> list[Column[Line]]:
    """Return the columns; in a narrow window they go in this order: evidence, source, cost, priority, how."""
    return [
        Column("domain", "Capability", lambda r: r.domain, _domain, least=22, most=48, stretch=True),
        Column("worker", "Worker", lambda r: r.need.name, names="worker", whose=lambda r: r.need.worker, most=18),
        Column("title", "Need", lambda r: r.need.title, least=20, most=44, stretch=True),
        Column("due", "By", lambda r: r.need.due, lambda r, k: k.due(r.need.due, far=False), least=12),
        Column("method", "How", lambda r: words(r.need.method), gives_way=3, most=12),
        Column("approved", "Approved", lambda r: r.need.approved_on, gives_way=4),
        Column("priority", "Priority", lambda r: words(r.need.priority), gives_way=5),
        Column("cost", "Cost", lambda r: None if r.need.cost is None else r.need.cost / 100, _cost, right=True,
               gives_way=6),
        Column("source", "From", lambda r: words(r.need.source), gives_way=7, most=16),
        Column("evidence", "Evidence", lambda r: r.need.evidence, right=True, gives_way=8),
    ]  # fmt: skip


def _domain(row: Line, look: Look) -> Text:
    one = row.shared.capability
    if one is None:
        return look.plain(NO_DOMAIN)
    return look.mark("unverified", one.title) if one.marked else look.plain(one.title)


def _cost(row: Line, look: Look) -> Text:
    return look.plain("–" if row.need.cost is None else f"£{row.need.cost / 100:,.2f}", right=True)
