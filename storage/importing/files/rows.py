"""The rows of a table with their texts and days by heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from domain.core.identifiers import identifier
from storage.importing.files.day_columns import Days
from storage.importing.files.tables import Table

# Columns that say whose a row is, in the wording of the dataset and of the return.
_IDENTIFYING = ("_id", "child", "swid", "_team", "_team_name", "_department")


class Row:
    """One row: its texts by heading ("" where there is no such column), its days, and the file and row it stands in."""

    __slots__ = ("_cells", "_columns", "_days", "_index", "origin")

    def __init__(
        self,
        origin: tuple[str, int],
        cells: list[str],
        columns: dict[str, int],
        days: dict[str, list[date | None]],
        index: int,
    ) -> None:
        self.origin = origin
        self._cells = cells
        self._columns = columns
        self._days = days
        self._index = index

    def __getitem__(self, heading: str) -> str:
        place = self._columns.get(heading.replace("_", ""))
        if place is None:
            return ""
        text = self._cells[place]
        return text if text.isascii() or not heading.endswith(_IDENTIFYING) else identifier(text)

    def day(self, heading: str) -> date | None:
        """Return the day in a column that was named when the rows were asked for."""
        return self._days[heading][self._index]


def rows_of(table: Table, days: Days, headings: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a table, with the columns of those headings read as days."""
    found = {heading: days.column(table, heading.replace("_", "")) for heading in headings}
    for index, (number, cells) in enumerate(table.rows):
        yield Row((table.file, number), cells, table.columns, found, index)
