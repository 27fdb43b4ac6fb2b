"""Columns of a list: how each is drawn, sorted, filtered and exported, and which give way when it is narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar, cast

from rich.cells import cell_len
from rich.text import Text

from domain.core.text import sort_key
from tui.core.look import Look

Row = TypeVar("Row")
Value: TypeAlias = str | int | float | date | None
GAP = 1


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list.

    ``value`` is what it sorts by and exports (points as 14.25, not hundredths). ``draw`` gives the cell; without it
    the value is drawn plainly. ``gives_way`` is the order in which columns go when it is narrow: the highest first, 0
    never. ``stretch`` takes what room is left; ``draw_wide`` then gets the width. ``names`` marks a column that holds
    names: of workers, or of persons served (a filter on such a list is not remembered on disk). ``whose`` gives the
    staff id of the worker named, which stands behind a name that others share.
    """

    id: str
    title: str
    value: Callable[[Row], Value]
    draw: Callable[[Row, Look], Text] | None = None
    draw_wide: Callable[[Row, Look, int], Text] | None = None
    right: bool = False
    gives_way: int = 0
    least: int = 3
    most: int = 36
    stretch: bool = False
    at_first: bool = True
    names: str = ""
    whose: Callable[[Row], str | None] | None = None
    also: tuple[str, ...] = ()

    def cell(self, row: Row, look: Look, width: int = 0) -> Text:
        """Return the cell of ``row``; ``width`` matters only to a cell that draws to its width."""
        drawn = self._drawn(row, look, width)
        tail = self.tail(row, look)
        return drawn if drawn.plain.endswith(tail) else drawn.append(tail)

    def tail(self, row: Row, look: Look) -> str:
        """Return what ends the cell of ``row`` and is never cut: the staff id behind a name that others share."""
        return look.tail(self.whose(row) or "") if self.whose else ""

    def _drawn(self, row: Row, look: Look, width: int) -> Text:
        if self.draw_wide is not None:
            return self.draw_wide(row, look, width)
        if self.draw is not None:
            return self.draw(row, look)
        value = self.value(row)
        if self.names:
            value = look.worker(str(value or "")) if self.names == "worker" else value
        if isinstance(value, date):
            return look.day(value)
        return look.plain("–" if value is None else value, right=self.right)

    def exported(self, row: Row, look: Look) -> Value:
        """Return what an export says: the value, or what is shown where names are concerned."""
        value = self.value(row)
        return self.cell(row, look).plain.strip() if self.names or isinstance(value, str) else value

    def order(self, row: Row) -> tuple[bool, object]:
        """Return what the column sorts by; nothing known sorts last."""
        value = self.value(row)
        return (value is None or value == "", sort_key(value) if isinstance(value, str) else value or 0)

    def answers_to(self, word: str) -> bool:
        """Whether ``word`` names this column in a filter."""
        return sort_key(word) in {self.id, sort_key(self.title), *self.also}


def fitting(columns: Sequence[Column[Row]], widths: dict[str, int], room: int) -> list[Column[Row]]:
    """Return the columns that fit into ``room`` cells, those that give way first left out."""
    kept = list(columns)
    while len(kept) > 1 and sum(_needed(c, widths) for c in kept) > room:
        going = max(kept, key=lambda c: (c.gives_way, kept.index(c)))
        if going.gives_way == 0:
            break
        kept.remove(going)
    return kept


def _needed(column: Column[Row], widths: dict[str, int]) -> int:
    return (column.least if column.stretch else widths[column.id]) + GAP


def shared_out(
    columns: Sequence[Column[Row]], widths: dict[str, int], longest: dict[str, int], room: int
) -> dict[str, int]:
    """Return the width of each column: room left over goes first to what was cut, then to what stretches."""
    given = {c.id: c.least if c.stretch else widths[c.id] for c in columns}
    left = room - sum(given.values()) - GAP * len(columns)
    stretching = [(c, c.most) for c in columns if c.stretch]
    comfortable = [(c, min(c.least * 3 // 2, most)) for c, most in stretching]
    cut = [(c, longest.get(c.id, 0)) for c in columns if not c.stretch]
    for column, wanted in (*comfortable, *cut, *stretching):
        more = max(min(wanted - given[column.id], left), 0)
        given[column.id] += more
        left -= more
    return given


def in_order(rows: Sequence[Row], column: Column[Row], *, descending: bool) -> list[Row]:
    """Return ``rows`` sorted by ``column``; those of which it knows nothing stay last either way round."""
    known = [row for row in rows if not column.order(row)[0]]
    unknown = [row for row in rows if column.order(row)[0]]
    return sorted(known, key=lambda row: cast("Any", column.order(row)), reverse=descending) + unknown


def fit(text: Text, width: int, tail: str = "") -> Text:
    """Cut ``text`` to ``width``, before its ``tail``; a number moves to the right edge, so that the gap stays free."""
    if tail and text.cell_len > width:
        room = width - cell_len(tail)
        text.right_crop(len(tail) if room > 0 else len(text.plain))
        text.truncate(max(room, 0), overflow="ellipsis")
        text.append(tail if room > 0 else tail.strip())
    text.truncate(width, overflow="ellipsis")
    if text.justify == "right":
        text.align("right", width)
        text.justify = "left"
    return text
