"""The list of due dates: in groups while it stands in order of day, filtered by the database rather than here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from textual.message import Message

from storage.settings import SavedView
from tui.office import look_of
from tui.widgets.columns import Column
from tui.widgets.duelines import DueRow, due_columns, with_groups
from tui.widgets.duewords import HELP, keepable, terms_of
from tui.widgets.grid import PAGE_ROWS, Grid
from tui.widgets.viewing import view_in_force

EMPTY = "Nothing is due here. What falls due follows from what is recorded: open a case (g) and press r."


class DueGrid(Grid[DueRow]):
    """A grid that asks for its rows anew whenever the filter changes."""

    class Asked(Message):
        """Another filter is to be put to the database."""

    def __init__(self, today: date, counted_by: Callable[[str], Awaitable[int]]) -> None:
        super().__init__("due", due_columns(today), key=lambda row: row.key, empty=EMPTY, sort="due")
        self._today = today
        self.counted_by = counted_by
        self._numbers: Sequence[int] = ()
        self._total = 0

    def show_page(self, rows: Sequence[DueRow], numbers: Sequence[int], total: int) -> None:
        """Show the soonest ``rows`` of ``total``; ``numbers`` says how many there are in each group."""
        self._numbers = numbers
        self._total = total
        self.show_rows(rows)

    @property
    def chosen(self) -> list[Column[DueRow]]:
        """The columns to show; that of names goes while names are hidden."""
        return [c for c in super().chosen if not (c.names == "served" and look_of(self).no_names)]

    def keepable(self, filter_text: str) -> str:
        """Return the part of a filter that may be kept on disk."""
        return keepable(filter_text)

    async def count(self, view: SavedView) -> int:
        """Return how many lines a view would show, as the database counts them."""
        return await self.counted_by(view.filter)

    def redraw(self) -> None:
        """Sort and draw again, the cursor on the line it was on, or else on the first one that is not a heading."""
        if not self._loaded or not self.is_mounted:
            return
        rows = self._in_order(list(self._rows))
        if self.state.sort == "due":
            rows.sort(key=lambda row: row.group, reverse=self.state.descending)
            rows = list(with_groups(rows, self._numbers))
        self._found = rows
        first = next((n for n, row in enumerate(rows) if row.line), 0)
        at = next((n for n, row in enumerate(rows) if row.key == self.state.cursor), first)
        self._page = at // PAGE_ROWS
        self._fill(at % PAGE_ROWS)
        self._keep_focus()

    def _keep_focus(self) -> None:
        """Stay answerable to the keys of a list when there is no line, and go back into it when there is one."""
        if self.has_class("-filtering"):
            return
        if not self._found and self.screen.focused in (None, self.sheet):
            self.focus()
        elif self._found and self.has_focus:
            self.sheet.focus()

    def _filter_by(self, text: str) -> None:
        if text != self.filter:
            self._typed_filter = text
            self.post_message(self.Asked())

    def _nothing(self) -> str:
        return (
            f"Nothing due matches “{self.filter}”. Press / to change it.\nIt takes: {HELP}"
            if self.filter
            else self.empty
        )

    def _summary(self) -> str:
        shown = len(self._rows)
        parts = [f"{self._total:,} due"]
        if shown < self._total:
            parts = [f"the {shown:,} soonest of {self._total:,}: narrow them with /"]
        if len(self._found) > PAGE_ROWS:
            start = self._page * PAGE_ROWS
            parts.append(f"lines {start + 1:,} to {min(start + PAGE_ROWS, len(self._found)):,}")
        if named := view_in_force(self):
            parts.append(f"view: {named}")
        if self.filter:
            parts.append(f"filter: {self.filter}")
        if unknown := terms_of(self.filter, self._today)[1]:
            parts.append(f"there is no {unknown[0]}: use {HELP}")
        if shown and (hidden := [c.title for c in self.chosen if c.id not in self._widths]):
            parts.append(f"no room for {', '.join(hidden)}")
        return "   ".join(parts)
