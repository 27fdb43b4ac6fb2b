"""A list that stands in groups, each under a heading, for as long as it is in the order of its groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic

from tui.grid.columns import Row
from tui.grid.grid import PAGE_ROWS, Grid


class Grouped(Grid[Row], Generic[Row]):
    """A list whose headings are lines, too: the cursor begins below one, and a group's heading stays in sight."""

    def arranged(self) -> list[Row]:
        """Return the rows to show in their order, with the headings of their groups."""
        raise NotImplementedError

    def is_heading(self, row: Row) -> bool:
        """Say whether a row is a heading."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Sort and draw again, the cursor on the line it was on, or else on the first one that is not a heading."""
        if not self._loaded or not self.is_mounted:
            return
        self._found = rows = self.arranged()
        first = next((n for n, row in enumerate(rows) if not self.is_heading(row)), 0)
        at = next((n for n, row in enumerate(rows) if self._key(row) == self.state.cursor), first)
        self._page = at // PAGE_ROWS
        self._fill(at % PAGE_ROWS)

    def _fill(self, cursor: int) -> None:
        rows = self._found[self._page * PAGE_ROWS : (self._page + 1) * PAGE_ROWS]
        self.sheet.headings = frozenset(n for n, row in enumerate(rows) if self.is_heading(row))
        super()._fill(cursor)

    def lines_of(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that are no headings."""
        return [row for row in rows if not self.is_heading(row)]
