"""The tables of one extract of the dataset: told apart by their headings, else by the file's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath

from storage.importing.files.day_columns import Days
from storage.importing.files.rows import Row, rows_of
from storage.importing.files.tables import Table
from storage.importing.sources.ssd_tables import UNUSED, fields


@cache
def _owners() -> dict[str, str]:
    return {key: table for table, keys in fields().items() for key in keys}


def table_of(table: Table) -> str | None:
    """Return which table of the dataset this is, or None."""
    owners = Counter(owner for key in table.columns if (owner := _owners().get(key)) is not None)
    if owners:
        return owners.most_common(1)[0][0]
    name = _from_file_name(table.file)
    if name is not None:
        short = {bare: key for key, bare in fields()[name].items()}
        if sum(key in short for key in table.columns) >= 2:
            for bare in list(table.columns):
                if bare in short:
                    table.columns[short[bare]] = table.columns.pop(bare)
            return name
    return None


def _from_file_name(file: str) -> str | None:
    stem = re.sub(r"[^a-z]+", "_", PurePath(file).stem.casefold()).strip("_")
    padded = f"_{stem}_"
    named = [name for name in fields() if f"_{name}_" in padded or f"_{name}s_" in padded]
    return max(named, key=len, default=None)


class Dataset:
    """The tables of one extract."""

    def __init__(self, tables: list[Table]) -> None:
        self.days = Days()
        self.tables: dict[str, list[Table]] = {}
        self.others: list[Table] = []
        for table in tables:
            name = table_of(table)
            if name is None:
                self.others.append(table)
            else:
                self.tables.setdefault(name, []).append(table)
                table.rows = [(number, _without_nulls(cells)) for number, cells in table.rows]

    def missing(self) -> list[str]:
        """Return the tables that this extract leaves out."""
        return [f"ssd_{name}" for name in fields() if name not in self.tables and name not in UNUSED]

    def has(self, name: str) -> bool:
        """Whether a table is there."""
        return name in self.tables

    def rows(self, name: str, *days: str) -> Iterator[Row]:
        """Yield the rows of a table, with the named fields read as days."""
        for table in self.tables.get(name, ()):
            yield from rows_of(table, self.days, days)


def _without_nulls(cells: list[str]) -> list[str]:
    return ["" if cell == "NULL" else cell for cell in cells] if "NULL" in cells else cells
