"""Disagreements of a team: on which stage each one is, with whom, and by when it is to be settled."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from storage import views
from storage.disagreements import DisagreementLine, disagreements, end, escalate, raise_one
from tui.commands import bindings
from tui.deeds import Deed
from tui.dialogs.asking import ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, NOTE, Field
from tui.dialogs.why import WhyDialog, Working
from tui.screens.casework import CaseWork
from tui.text import show
from tui.widgets.columns import Column
from tui.widgets.grid import Grid
from tui.words import Look

STARTER = "The stages and their working days come from packs (almoner list ladder) and are an example: set your own."


class DisagreementsScreen(CaseWork):
    """What the two of a pair, or those on a case, do not agree on."""

    CSS_PATH = "disagreements.tcss"
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

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """Raise one."""
        team, today, look = self.office.team, self.office.today, self.look
        people = await self.office.desk.read(lambda conn: _people(conn, team))
        fields = [
            Field("worker", "Whose supervision", CHOICE, "", [Choice(k, f"{k} {look.worker(n)}") for k, n in people],
                  hint="or leave it out and name a case"),
            Field("case", "Case", hint="its reference"),
            Field("about", "About", NOTE, required=True, hint="without the name of a person served"),
            Field("raised_by", "Raised by", value=self.office.actor or "", required=True),
            Field("raised_on", "On", DAY, today, required=True),
            Field("with_whom", "With", hint="left out: as the stage says"),
        ]  # fmt: skip

        def doing(unit: Any, values: dict[str, Any]) -> Deed:
            kept = raise_one(unit, values)
            return Deed(f"Raised. {_due(kept, unit.today)}", unit.today)

        self.keep_deed(await ask(self, "Raise a disagreement", fields, doing))

    @work(exit_on_error=False)
    async def action_next_stage(self) -> None:
        """Take the marked one to the next stage of its ladder."""
        row = self.grid.current
        if row is None or not self._still_open(row):
            return
        if not row.next_stage:
            self.notify("This is the last stage: o ends it with its outcome.", markup=False)
            return
        fields = [
            Field("on", "From", DAY, self.office.today, required=True),
            Field("with_whom", "With", hint="left out: as the stage says"),
            Field("due", "To be settled by", DAY, None, ahead=True, hint="left out: by the stage's working days"),
        ]

        def doing(unit: Any, values: dict[str, Any]) -> Deed:
            given = {"on": values["on"], "with_whom": values["with_whom"] or "", "due": values["due"]}
            kept = escalate(unit, row.id, **given, seen=row.version)
            return Deed(f"Now: {row.next_stage}. {_due(kept, unit.today)}", unit.today)

        self.keep_deed(await ask(self, f"Next stage: {row.next_stage}", fields, doing))

    @work(exit_on_error=False)
    async def action_settle(self) -> None:
        """End the marked one with its outcome."""
        row = self.grid.current
        if row is None or not self._still_open(row):
            return
        fields = [
            Field("outcome", "How it ended", NOTE, required=True),
            Field("ended_on", "On", DAY, self.office.today, required=True),
        ]

        def doing(unit: Any, values: dict[str, Any]) -> Deed:
            end(unit, row.id, values["outcome"] or "", values["ended_on"], row.version)
            return Deed("Ended. Press u to take that back.", unit.today)

        self.keep_deed(await ask(self, "End the disagreement", fields, doing))

    def _still_open(self, row: DisagreementLine) -> bool:
        if row.ended_on is not None:
            self.notify("This one has ended.", markup=False)
        return row.ended_on is None


def _due(kept: Any, today: date) -> str:
    from domain.dates import show_day

    return f"To be settled by {show_day(kept.due, today)}." if kept.due else "No day is set for this stage."


def _people(conn: sqlite3.Connection, team: str | None) -> list[tuple[str, str]]:
    query = "SELECT staff_id, name FROM worker WHERE :team IS NULL OR team = :team ORDER BY sort_key"
    return conn.execute(query, {"team": team or None}).fetchall()


def _read(
    conn: sqlite3.Connection, wanted: str | None, today: date, *, ended: bool
) -> tuple[str | None, Sequence[DisagreementLine]]:
    there = [line.name for line in views.teams(conn)]
    team = wanted if wanted in there else next(iter(there), None)
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
    return Working(f"Disagreement, {row.subject}", "" if hidden else row.about, steps, remarks=[f"\n{STARTER}"])


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
