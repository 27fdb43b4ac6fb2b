"""The table inside a list: a marked row, a marked column, and keys that go on where a page ends."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import DataTable

from tui.core.keys import bindings


class Sheet(DataTable[Text], inherit_bindings=False):
    """A table of ready-made cells. The marked column is where ``s`` sorts; its whole text can be read below."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "open", "up", "down", "left", "right", "page-up", "page-down", "first", "last"
    )

    headings: frozenset[int] = frozenset()  # lines that head the lines below them

    class PageWanted(Message):
        """The cursor was moved beyond the first or last line of the page."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class ColumnMarked(Message):
        """Another column was marked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=0)
        self.drawn = asyncio.Event()  # set whenever lines go to the terminal; whoever waits for it clears it first

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, and say so; what is drawn within a batch is thrown away."""
        if not self.app._batch_count:  # noqa: SLF001  # there is no other way to know
            self.drawn.set()
        return super().render_lines(crop)

    def on_resize(self) -> None:
        """Show the marked line in the new room; before the first layout there was none."""
        self._scroll_cursor_into_view()

    def _scroll_cursor_into_view(self, animate: bool = False) -> None:
        """Show the marked line, and with the first of a group its heading."""
        super()._scroll_cursor_into_view(animate)
        if self.cursor_row - 1 in self.headings and self.size.height > 2 * self.header_height:
            heading, fixed = self._get_row_region(self.cursor_row - 1), self._get_fixed_offset()
            region = Region(int(self.scroll_x), heading.y, heading.width, heading.height)
            self.scroll_to_region(region, animate=animate, spacing=fixed, force=True)

    def action_open(self) -> None:
        """Open the marked row."""
        self.action_select_cursor()

    def action_column_left(self) -> None:
        """Mark the column to the left."""
        self.post_message(self.ColumnMarked(-1))

    def action_column_right(self) -> None:
        """Mark the column to the right."""
        self.post_message(self.ColumnMarked(1))

    def action_cursor_up(self) -> None:
        """Move up, into the page before when there is one."""
        if self.cursor_row <= 0:
            self.post_message(self.PageWanted(-1))
        super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """Move down, into the next page when there is one."""
        if self.cursor_row >= self.row_count - 1:
            self.post_message(self.PageWanted(1))
        super().action_cursor_down()

    def action_first(self) -> None:
        """Move to the first row."""
        self.action_scroll_top()

    def action_last(self) -> None:
        """Move to the last row."""
        self.action_scroll_bottom()
