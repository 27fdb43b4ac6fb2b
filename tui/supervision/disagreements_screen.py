"""Disagreements of a team: on which stage each one is, with whom, and by when it is to be settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from storage.database.connection import Connection
from storage.people.teams import team_or_first
from storage.supervision.disagreements import DisagreementLine, disagreements
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.columns import Column
from tui.grid.grid import Grid

STARTER = "The stages and their working days come from packs (almoner list ladder) and are an example: set your own."


class DisagreementsScreen(CaseActions):
    """What the two of a pair, or those on a case, do not agree on."""

    CSS_PATH = "disagreements_screen.tcss"
    AREA = "supervision"
    BINDINGS: ClassVar[list[BindingType]] = bindings("new", "next-stage", "settle", "with-ended", "choose-team")

    def __init__(self) -> None:
        super().__init__()
        self._ended = False

    @property
    def grid(self) -> Grid[DisagreementLine]:
        """The list."""
        return self.query_one(Grid)

    def body(self) -> ComposeResult:
        """The list, the whole of the marked one, and whose stages these are."""
        yield Grid(
            "disagreements",
            columns(),
            key=lambda row: str(row.id),
            last=lambda row: row.ended_on is not None,
            empty="✓ Nothing is unsettled. Press n to raise something.",
        )
        yield Static("", id="about")
        yield Static(show(STARTER), id="origin")

    async def load(self) -> None:
        """Read those of the team and show them."""
        wanted, today, ended = self.office.team, self.office.today, self._ended
        team, found = await self.office.desk.read(lambda conn: _read(conn, wanted, today, ended=ended))
        self.title_with(f"Disagreements: {team or 'no team yet'}")
        self.grid.show_rows(found)
        self._tell(self.grid.current)

    def _tell(self, row: DisagreementLine | None) -> None:
        hidden = self.office.no_names
        self.query_one("#about", Static).update(show(_about(row, hidden=hidden) if row else ""))

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Show the whole of it."""
        if row := self.grid.current:
            self.app.push_screen(WhyDialog(_working(row, hidden=self.office.no_names)))

    def action_with_ended(self) -> None:
        """Show those that ended, too, or hide them."""
        self._ended = not self._ended
        self.read_again()

    # what becomes of one ---------------------------------------------------------------------------------------------

    def action_new(self) -> None:
        """Raise one."""
        from tui.supervision.disagreement_form import new_disagreement

        self.do(new_disagreement(self))

    def action_next_stage(self) -> None:
        """Take the marked one to the next stage of its ladder."""
        from tui.supervision.disagreement_form import take_further

        row = self.grid.current
        if row is None or not self._still_open(row):
            return
        if row.next_stage:
            self.do(take_further(self, row))
        else:
            self.notify("This is the last stage: o ends it with its outcome.", markup=False)

    def action_settle(self) -> None:
        """End the marked one with its outcome."""
        from tui.supervision.disagreement_form import settle

        row = self.grid.current
        if row is not None and self._still_open(row):
            self.do(settle(self, row))

    def _still_open(self, row: DisagreementLine) -> bool:
        if row.ended_on is not None:
            self.notify("This one has ended.", markup=False)
        return row.ended_on is None


def _read(
    conn: Connection, wanted: str | None, today: date, *, ended: bool
) -> tuple[str | None, Sequence[DisagreementLine]]:
    team = team_or_first(conn, wanted)
    return team, disagreements(conn, today, team=team, ended=ended) if team else []


def _about(row: DisagreementLine, *, hidden: bool) -> str:
    then = f" Then: {row.next_stage}." if row.next_stage and row.ended_on is None else ""
    if hidden:
        return f"{row.subject}: {row.stage_title}.{then}"
    whom = f", with {row.with_whom}" if row.with_whom else ""
    ended = f" Ended: {row.outcome}" if row.outcome else ""
    return f"{row.about}\n{row.stage_title}{whom}.{then}{ended}"


def _working(row: DisagreementLine, *, hidden: bool) -> Working:
    steps: list[tuple[str, str, date | None]] = [
        ("Raised", "" if hidden else f"by {row.raised_by}", row.raised_on),
        (row.stage_title, "" if hidden or not row.with_whom else f"with {row.with_whom}", row.stage_on),
        ("To be settled by", "" if row.due else "no day is set", row.due),
    ]
    if row.ended_on is not None:
        steps.append(("Ended", "" if hidden else row.outcome, row.ended_on))
    elif row.next_stage:
        steps.append(("Then", row.next_stage, None))
    return Working(f"Disagreement, {row.subject}", "" if hidden else row.about, steps, remarks=[STARTER])


def columns() -> list[Column[DisagreementLine]]:
    """The list's columns, those that give way first marked highest."""
    return [
        Column("subject", "About", lambda r: r.subject, least=6, most=14),
        Column("what", "What", lambda r: r.about, names="worker", draw=_what, stretch=True, least=12, most=60),
        Column("stage", "Stage", lambda r: r.stage_title, least=12, most=28),
        Column("with", "With", lambda r: r.with_whom, names="worker", draw=_whom, gives_way=2, most=24),
        Column("due", "By", lambda r: r.due, _by, least=14),
        Column("raised", "Raised", lambda r: r.raised_on, gives_way=1),
    ]


def _what(row: DisagreementLine, look: Look) -> Text:
    return look.plain("–" if look.no_names else row.about.partition("\n")[0])


def _whom(row: DisagreementLine, look: Look) -> Text:
    return look.plain("–" if look.no_names else row.with_whom)


def _by(row: DisagreementLine, look: Look) -> Text:
    return look.mark("held", "ended") if row.ended_on is not None else look.due(row.due)
