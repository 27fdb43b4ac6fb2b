"""The saved views of a list: what they ask of it, and which one it shows just now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.containers import Vertical

from storage.files.settings import ListState, SavedView
from tui.core.workspace import look_of, office_of
from tui.grid.columns import Column
from tui.grid.filtering import Filter, without_names


class Viewed(Vertical):
    """A list that has views. `tui/grid/grid.py` is the list itself."""

    list_name: str
    columns: Sequence[Column[Any]]
    rows: Sequence[Any]

    @property
    def filter(self) -> str:
        """The filter in force."""
        raise NotImplementedError

    @property
    def state(self) -> ListState:
        """What is remembered of the list."""
        raise NotImplementedError

    def keepable(self, filter_text: str) -> str:
        """Return the part of a filter that may be kept on disk."""
        return without_names(filter_text, self.columns)

    async def count(self, view: SavedView) -> int:
        """Return how many lines a view would show."""
        test = Filter(view.filter, self.columns, look_of(self))
        return sum(test.takes(row) for row in self.rows)

    def take_view(self, view: SavedView) -> None:
        """Show what a view says."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw the list afresh."""
        raise NotImplementedError


def view_now(grid: Viewed) -> SavedView:
    """Return what the list shows now, as a view that may be kept on disk."""
    state = grid.state
    return SavedView(grid.keepable(grid.filter), state.sort, state.descending, tuple(state.columns))


def view_in_force(grid: Viewed) -> str:
    """Return the name of the saved view that the list shows, or nothing where it shows none."""
    now = view_now(grid)
    return next((name for name, view in office_of(grid).settings.views_of(grid.list_name).items() if view == now), "")
