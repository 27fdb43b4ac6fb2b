"""The list of due dates: in groups while it stands in order of day, filtered by the database rather than here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.message import Message

from storage.files.settings import SavedView
from tui.core.workspace import look_of, office_of
from tui.due.due_list.due_columns import DueRow, due_columns, with_groups
from tui.due.due_list.due_filter import HELP, keepable, terms_of
from tui.grid.columns import Column
from tui.grid.grid import PAGE_ROWS
from tui.grid.grouped import Grouped
from tui.grid.saved_views import view_in_force
from tui.grid.summary import without_room

EMPTY = "Nothing is due here. What falls due follows from what is recorded: open a case (g) and press r."


class DueGrid(Grouped[DueRow]):
    """A grid that asks for its rows anew whenever the filter changes."""

    class Asked(Message):
        """Another filter is to be put to the database."""

    def __init__(self, counted_by: Callable[[str], Awaitable[int]]) -> None:
        super().__init__(
            "due", due_columns(lambda: office_of(self).today), key=lambda row: row.key, empty=EMPTY, sort="due"
        )
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

    def is_heading(self, row: DueRow) -> bool:
        """A heading has no due date of its own."""
        return row.line is None

    def arranged(self) -> list[DueRow]:
        """Sort, in groups; the database has filtered."""
        rows = self._in_order(list(self.rows))
        if self.state.sort == "due":
            rows.sort(key=lambda row: row.group, reverse=self.state.descending)
            rows = list(with_groups(rows, self._numbers))
        return rows

    def redraw(self) -> None:
        """Draw again, and keep the keys where they are answered."""
        super().redraw()
        if self._loaded and self.is_mounted:
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
        shown = len(self.rows)
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
        if unknown := terms_of(self.filter, office_of(self).today)[1]:
            parts.append(f"there is no {unknown[0]}: use {HELP}")
        if shown and (hidden := [c.title for c in self.chosen if c.id not in self._widths]):
            parts.append(without_room(hidden))
        return "   ".join(parts)
