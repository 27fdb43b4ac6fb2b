"""How one case was weighed over time: every weighing, under its own and another version of the scheme, and agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.core.enums import WEIGH_REASON_TITLES
from domain.core.hundredths import from_hundredths
from domain.load.scoring import ScoreLine
from storage.load.history.points_history import Weighed, case_history, versions
from tui.cases.case_panel import agreed
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import Look, hundredths
from tui.core.text import show
from tui.dialogs.choose import ChooseDialog
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid

_OCCASIONS = {str(reason): title for reason, title in WEIGH_REASON_TITLES.items()}


class CasePointsScreen(CaseActions):
    """The weighings of one case, newest first."""

    CSS_PATH = "case_points_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("weigh", "agree", "version")

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference
        self._under: str | None = None

    def body(self) -> ComposeResult:
        """The weighings, and what the marked one is made of."""
        yield Grid(
            "case-points",
            columns(),
            key=lambda row: str(row.id),
            empty="Nobody has weighed this case yet: its points are assumed from its pathways. Press l to weigh it.",
        )
        yield Static("", id="lines")

    @property
    def grid(self) -> Grid[Weighed]:
        """The weighings."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the weighings and show them."""
        reference, under = self.reference, self._under
        found = await self.office.desk.read(lambda conn: case_history(conn, reference, under))
        counted = f", under version {found[0].under}" if found else ""
        self.title_with(f"Points of {reference}{counted}")
        self.grid.show_rows(found)
        self._show_lines(self.grid.current)

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._show_lines(event.row)

    def _show_lines(self, weighed: Weighed | None) -> None:
        lines = [] if weighed is None else list(_lines(weighed, self.look))
        self.query_one("#lines", Static).update(Content("\n").join(lines))

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_agree()

    def action_weigh(self) -> None:
        """Answer the weighting questions again."""
        self.weigh_case(self.reference)

    def action_agree(self) -> None:
        """Note who agreed to the marked weighing."""
        from tui.load.weigh_dialog import agree

        if (weighed := self.grid.current) is not None:
            self.do(agree(self, self.reference, weighed))

    @work(exit_on_error=False)
    async def action_version(self) -> None:
        """Choose under which version of the scheme the answers are counted beside their own."""
        weighed = self.grid.current
        if weighed is None:
            return
        kept = await self.office.desk.read(lambda conn: versions(conn, weighed.scheme))
        choices = [Choice("", "The version in force"), *(Choice(one, f"Version {one}") for one in reversed(kept))]
        chosen = await self.app.push_screen_wait(ChooseDialog("Count under which version?", choices))
        if chosen is not None:
            self._under = chosen or None
            self.read_again()


def columns() -> list[Column[Weighed]]:
    """The columns of the weighings, those that give way first marked highest."""
    return [
        Column("on", "Weighed on", lambda r: r.on, least=10),
        Column("why", "Occasion", lambda r: _OCCASIONS.get(r.why, r.why), gives_way=2, most=24),
        Column("points", "Points", lambda r: r.points / 100,
               lambda r, look: look.plain(hundredths(r.points), right=True), right=True),
        Column("version", "Version", lambda r: r.version, gives_way=1),
        Column("under", "Re-scored", lambda r: from_hundredths(r.points_under),
               _under, right=True),
        Column("agreed", "Agreed", lambda r: agreed(r.agreed_worker, r.agreed_supervisor), _agreed, least=14,
               stretch=True, most=44),
        Column("by", "By", lambda r: r.by, names="worker", gives_way=3, most=24),
    ]  # fmt: skip


def _under(row: Weighed, look: Look) -> Text:
    if row.points_under is None:
        return look.mark("unverified", "does not fit")
    return look.plain(hundredths(row.points_under), right=True)


def _agreed(row: Weighed, look: Look) -> Text:
    words = agreed(row.agreed_worker, row.agreed_supervisor)
    if row.agreed_worker and row.agreed_supervisor:
        return look.mark("held", words)
    return look.plain(words)


def _lines(weighed: Weighed, look: Look) -> Iterator[Content]:
    """Yield what a weighing is made of, and what differs under the other version."""
    yield show(f"{hundredths(weighed.points)} under version {weighed.version}", "bold")
    yield from _of(weighed.lines) if weighed.lines else iter([show("That version is no longer known.", "$muted")])
    if weighed.uplift and weighed.uplift_reason and not look.no_names:
        yield show(f"By hand because: {weighed.uplift_reason}", "$muted")
    if weighed.note and not look.no_names:
        yield show(weighed.note, "$muted")
    if weighed.points_under is None:
        yield show(f"? Under version {weighed.under}: {weighed.misfit}.", "$due")
    elif weighed.under != weighed.version:
        yield show(f"{hundredths(weighed.points_under)} under version {weighed.under}", "bold")
        yield from _of(weighed.lines_under)


def _of(lines: Sequence[ScoreLine]) -> Iterator[Content]:
    for line in lines:
        points = show(hundredths(line.points)).pad_left(max(6 - len(hundredths(line.points)), 0))
        yield Content.assemble(points, show(f"{line.title}:", "$muted").pad_left(2), " ", show(line.answer))
