"""The phantom caseload: open cases that look allocated and are not, or that somebody holds who may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.dates import show_day
from domain.core.enums import PATHWAY_TITLES, Pathway
from storage.allocation.phantom import TITLES, Phantom, phantoms, workers_twice
from storage.database.connection import Connection
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.screens import page
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid


class PhantomScreen(CaseActions):
    """What is to be put right: enter opens it, ``a`` shows who could take it; two alike are merged or kept apart."""

    CSS_PATH = "phantom_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("record", "allocate", "merge-two", "are-two")

    def body(self) -> ComposeResult:
        """How many of each, and the list."""
        yield Static(id="counts")
        yield Grid(
            "phantom",
            columns(),
            key=lambda row: f"{row.kind}:{row.case}:{row.worker}:{row.other}",
            sort="what",
            empty="✓ Every open case that is allocated is held by somebody who is here and may hold it.",
        )

    async def load(self) -> None:
        """Look for them, and show what was found."""
        team, today = self.office.team, self.office.today
        found = await self.office.desk.read(lambda conn: _read(conn, team or None, today))
        self.title_with(f"Phantom caseload: {team}")
        self.query_one("#counts", Static).update(show(_counts(found)))
        self.query_one(Grid).show_rows(found)
        self.refresh_bindings()

    @property
    def _current(self) -> Phantom | None:
        row: Phantom | None = self.query_one(Grid).current if self.is_mounted else None
        return row

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is for a case, and what is for two alike, where one is marked."""
        if action in ("record", "allocate"):
            return bool((row := self._current) and row.case)
        if action in ("merge_two", "are_two"):
            return bool((row := self._current) and row.other)
        return super().check_action(action, parameters)

    @on(Grid.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    def _with_case(self, do: Callable[[str], object]) -> None:
        if (row := self._current) is not None and row.case:
            do(row.case)

    def action_merge_two(self) -> None:
        """Put the marked case or worker into the one that it is like."""
        from tui.cases.one_or_two import merge_two

        if (row := self._current) is not None and row.other:
            self.do(merge_two(self, row.of, row.key, row.other))

    def action_are_two(self) -> None:
        """Say that the two that are alike are two."""
        from tui.cases.one_or_two import part_two

        if (row := self._current) is not None and row.other:
            self.do(part_two(self, row.of, row.key, row.other))

    def action_allocate(self) -> None:
        """Show who may and can take the case."""
        self._with_case(self.allocate_case)

    def action_record(self) -> None:
        """Record what happened on the case."""
        self._with_case(self.record_on)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page(event.row.of, event.row.key))


def _read(conn: Connection, team: str | None, today: date) -> list[Phantom]:
    return [*phantoms(conn, team, today), *workers_twice(conn, team, today)]


def _counts(found: list[Phantom]) -> str:
    counts = Counter(one.kind for one in found)
    return "   ".join(f"{counts[kind]} {title.lower()}" for kind, title in TITLES.items() if counts[kind])


def columns() -> list[Column[Phantom]]:
    """Return the columns; in a narrow window they go in this order: team, since, pathway, name."""
    return [
        Column("case", "Case", lambda r: r.case, least=8, most=18),
        Column("name", "Name", lambda r: r.name, _name, names="served", gives_way=3, most=20),
        Column("pathway", "Pathway", _pathway, gives_way=4, least=10, most=30),
        Column("what", "What is wrong", lambda r: list(TITLES).index(r.kind), _what, least=24, most=46),
        Column(
            "worker", "Worker", lambda r: r.worker_name, names="worker", whose=lambda r: r.worker, least=10, most=22
        ),
        Column("since", "Since", lambda r: r.since, _since, gives_way=5),
        Column("more", "More", lambda r: r.words, stretch=True, least=12, most=120),
        Column("team", "Team", lambda r: r.team, gives_way=6, at_first=False),
    ]


def _name(row: Phantom, look: Look) -> Text:
    return look.plain("" if look.no_names else row.name)


def _pathway(row: Phantom) -> str:
    return ", ".join(PATHWAY_TITLES[Pathway(pathway)] for pathway in row.pathways)


def _what(row: Phantom, look: Look) -> Text:
    return look.mark("late", TITLES[row.kind])


def _since(row: Phantom, look: Look) -> Text:
    return look.plain("–" if row.since is None else show_day(row.since, look.today))
