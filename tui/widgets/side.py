"""A column of lines beside a list, scrolled with the arrows; redrawn when its width changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive

from tui.widgets.steady import Words, put

LEAST = 26  # columns: nothing is set narrower, it is cut instead


class Side(VerticalScroll):
    """A column of sections."""

    virtual_size = Reactive(Size(0, 0), layout=False)  # the lines ask for the layout
    DEFAULT_CSS = """
    Side {
        width: 46; padding: 0 1; background: $surface; border-left: solid $edge;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    Side:focus { border-left: solid $accent; }
    Side.-alone { width: 1fr; border-left: none; }
    """

    _told: Callable[[int], Iterable[Content]] | None = None

    def compose(self) -> Iterator[Words]:
        """One piece of text."""
        yield Words()

    def show_lines(self, lines: Callable[[int], Iterable[Content]]) -> None:
        """Show what ``lines`` gives for the room there is, in columns, now and whenever that changes."""
        self._told = lines
        self._draw()

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._draw()

    def _draw(self) -> None:
        if self._told is not None:
            room = max(self.scrollable_content_region.width, LEAST)
            put(self.query_one(Words), Content("\n").join(list(self._told(room))))
