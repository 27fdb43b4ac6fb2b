"""The saved views of a list: which one it shows just now, and showing another."""
# ruff: noqa: SLF001  this is the other half of Grid

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from storage.settings import SavedView
from tui.office import look_of, office_of
from tui.widgets.filtering import Filter, without_names

if TYPE_CHECKING:
    from tui.widgets.grid import Grid


class Viewed:
    """The part of a list that knows its views."""

    def keepable(self, filter_text: str) -> str:
        """Return the part of a filter that may be kept on disk."""
        return without_names(filter_text, _grid(self).columns)

    async def count(self, view: SavedView) -> int:
        """Return how many lines a view would show."""
        grid = _grid(self)
        test = Filter(view.filter, grid.columns, look_of(grid))
        return sum(test.takes(row) for row in grid._rows)

    def take_view(self, view: SavedView) -> None:
        """Show what a view says."""
        grid = _grid(self)
        state = grid.state
        state.sort, state.descending = (view.sort, view.descending) if view.sort else grid._first_sort
        state.columns = list(view.columns)
        state.filter, grid._narrowed = view.filter, ""
        grid._filter_by(view.filter)
        grid.redraw()
        grid.refresh_bindings()

    def action_views(self) -> None:
        """Choose, save, rename or delete a view."""
        from tui.dialogs.savedviews import choose_view

        grid = _grid(self)
        grid.screen.run_worker(choose_view(grid), exit_on_error=False)


def _grid(part: Viewed) -> Grid[Any]:
    return cast("Grid[Any]", part)


def view_now(grid: Grid[Any]) -> SavedView:
    """Return what the list shows now, as a view that may be kept on disk."""
    state = grid.state
    return SavedView(grid.keepable(grid.filter), state.sort, state.descending, tuple(state.columns))


def view_in_force(grid: Grid[Any]) -> str:
    """Return the name of the saved view that the list shows, or nothing where it shows none."""
    now = view_now(grid)
    return next((name for name, view in office_of(grid).settings.views_of(grid.list_name).items() if view == now), "")
