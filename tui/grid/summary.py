"""The line below a list: how much of it is shown, in which view, by which filter, and what has no room."""

from __future__ import annotations

from collections.abc import Sequence

from tui.grid.filtering import unknown_fields
from tui.grid.saved_views import Viewed, view_in_force

NAMED = 6  # columns without room


def summary(grid: Viewed, found: int, start: int | None, most: int, hidden: Sequence[str]) -> str:
    """Return the words for a list of which ``found`` lines match.

    ``start`` is where the page of at most ``most`` lines begins, None where all fit on one; ``hidden`` are the titles
    of columns without room.
    """
    total = len(grid.rows)
    parts = [f"{found:,} of {total:,} lines" if found != total else f"{total:,} line{'' if total == 1 else 's'}"]
    if start is not None:
        parts.append(f"{start + 1:,} to {min(start + most, found):,} shown; up and down go on")
    if named := view_in_force(grid):
        parts.append(f"view: {named}")
    if grid.filter:
        parts.append(f"filter: {grid.filter}")
    if missing := unknown_fields(grid.filter, grid.columns):
        parts.append(f"there is no column called {missing[0]}")
    if found and hidden:
        parts.append(without_room(hidden))
    return "   ".join(parts)


def without_room(hidden: Sequence[str]) -> str:
    """Return the words for columns without room: their titles, of many the first few: the list needs the lines."""
    if len(hidden) <= NAMED:
        return f"no room for {', '.join(hidden)}"
    first = hidden[: NAMED - 1]
    return f"no room for {', '.join(first)} and {len(hidden) - len(first)} more"


def nothing(grid: Viewed, empty: str) -> str:
    """Return what a list says in which no line is shown: that the filter hides all, or ``empty``."""
    if grid.rows and grid.filter:
        return f"Nothing here matches “{grid.filter}”. Press / to change it, esc to see all {len(grid.rows):,} lines."
    return empty
