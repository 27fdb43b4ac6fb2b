"""The open cases nobody is allocated to, against the limits that the policies set for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from domain.core.dates import ago, show_day
from domain.core.enums import PATHWAY_TITLES, Pathway
from storage.allocation.unallocated import REVIEWED, Waiting, waiting
from tui.core.keys import bindings
from tui.core.look import Look, hundredths
from tui.core.screens import page
from tui.dialogs.ask import ask
from tui.dialogs.form import DAY, NOTE, Field
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.records.unit import Unit

_URGENCY = {"late": 0, "due": 1, "ahead": 2, "unset": 3}


class UnallocatedScreen(CaseActions):
    """What lies with nobody, the most pressing first; enter opens the case, ``a`` shows who could take it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("record", "why", "allocate", "reviewed", "weigh")

    def body(self) -> ComposeResult:
        """The list."""
        yield Grid(
            "unallocated",
            columns(),
            key=lambda row: row.case.reference,
            sort="standing",
            empty="Every open case is allocated to a worker.",
        )

    async def load(self) -> None:
        """Read the cases and show them."""
        team, today = self.office.team, self.office.today
        lines = await self.office.desk.read(lambda conn: waiting(conn, team or None, today))
        self.title_with(f"Unallocated cases: {team}")
        self.query_one(Grid).show_rows(lines)

    def _with_case(self, do: Callable[[str], object]) -> None:
        row: Waiting | None = self.query_one(Grid).current
        if row is not None:
            do(row.case.reference)

    def action_record(self) -> None:
        """Record what happened on the case."""
        self._with_case(self.record_on)

    def action_why(self) -> None:
        """Show the working behind what is due next on it."""
        self._with_case(self.why_next)

    def action_allocate(self) -> None:
        """Show who may and can take the case."""
        self._with_case(self.allocate_case)

    def action_weigh(self) -> None:
        """Answer the weighting questions for it."""
        self._with_case(self.weigh_case)

    def action_reviewed(self) -> None:
        """Record that the case was reviewed while it waits."""
        self._with_case(self._review)

    @work(exit_on_error=False)
    async def _review(self, reference: str) -> None:
        from tui.due.record_event import recorded

        fields = [
            Field("on", "Reviewed on", DAY, "today", required=True),
            Field("note", "Note", NOTE, hint="what was decided, and what is done meanwhile"),
        ]

        def record(unit: Unit, values: dict[str, Any]) -> str:
            title = "unallocated case reviewed"
            return recorded(unit, reference, REVIEWED, title, values["on"], {}, values["note"]).words

        self.tell(await ask(self, f"Review of {reference} while it is unallocated", fields, record))

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("case", event.row.case.reference))


def columns() -> list[Column[Waiting]]:
    """Return the columns; in a narrow window they go in this order: team, seen, points, name, limits, why."""
    return [
        Column("case", "Case", lambda r: r.case.reference, least=8, most=18),
        Column("name", "Name", lambda r: r.case.name, _name, names="served", gives_way=4, most=20),
        Column("pathway", "Pathway", _pathway, stretch=True, least=10, most=36),
        Column("points", "Points", lambda r: r.case.points / 100, _points, right=True, gives_way=5),
        Column("waiting", "Waiting", lambda r: r.since, _waiting, right=True),
        Column("booked", "Booked to", lambda r: r.booked_from, _booked, names="worker", gives_way=1, most=30),
        Column("standing", "Limits", lambda r: _URGENCY[r.state], _standing, least=16, most=40),
        Column("reviewed", "Reviewed", lambda r: r.reviewed_on, _reviewed, gives_way=2),
        Column("seen", "Child seen", lambda r: r.seen_on, _seen, gives_way=6),
        Column("why", "Why", _why, _why_cell, names="worker", gives_way=3, stretch=True, least=12, most=60),
        Column("late", "Late", lambda r: r.case.late, _late, least=4, gives_way=4),
        Column("team", "Team", lambda r: r.case.team, gives_way=8, at_first=False),
    ]


def _name(row: Waiting, look: Look) -> Text:
    return look.plain("" if look.no_names else row.case.name)


def _pathway(row: Waiting) -> str:
    return ", ".join(PATHWAY_TITLES[Pathway(pathway)] for pathway in row.case.pathways)


def _points(row: Waiting, look: Look) -> Text:
    return look.plain(hundredths(row.case.points) + ("?" if row.case.assumed else ""), right=True)


def _waiting(row: Waiting, look: Look) -> Text:
    return look.plain(f"{row.days(look.today)} days", right=True)


def _booked(row: Waiting, look: Look) -> Text:
    if row.booked_from is None:
        return look.plain("")
    return look.plain(f"{look.worker(row.booked_name)} from {show_day(row.booked_from, look.today)}")


def _standing(row: Waiting, look: Look) -> Text:
    pressing = [one for one in row.standing if one.state == row.state] if row.state != "ahead" else row.standing[:1]
    return look.mark(row.state, "; ".join(one.words for one in pressing))


def _reviewed(row: Waiting, look: Look) -> Text:
    return look.plain(ago(row.reviewed_on, look.today) if row.reviewed_on else "never")


def _seen(row: Waiting, look: Look) -> Text:
    return look.plain(ago(row.seen_on, look.today) if row.seen_on else "not recorded")


def _why(row: Waiting) -> str:
    if row.last_worker is None:
        return "never allocated"
    return f"was with {row.last_name} until {show_day(row.since)}{', who left' if row.left else ''}"


def _why_cell(row: Waiting, look: Look) -> Text:
    words = _why(row._replace(last_name=look.worker(row.last_name, row.last_worker)))
    if row.beside:
        words += f"; only beside it: {', '.join(row.beside)}"
    return look.plain(words)


def _late(row: Waiting, look: Look) -> Text:
    return look.mark("late", str(row.case.late)) if row.case.late else look.plain("")
