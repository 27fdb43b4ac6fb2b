"""The tables of the Standard Safeguarding Dataset: told apart by their headings, else by the file's name."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import PurePath

from storage.imports.days import Days
from storage.imports.reading import Table, heading_key

UNUSED = frozenset({"contacts", "early_help_episodes", "cla_care_plan"})
_PERSONAL = ("dob", "name", "surname", "forename")


@cache
def fields() -> dict[str, dict[str, str]]:
    """Return each table's fields by heading key, with the key they have without the table's prefix."""
    listed = tomllib.loads((files("storage.imports") / "ssd_tables.toml").read_text("utf-8"))
    return {
        table: {heading_key(name): heading_key(name.split("_", 1)[1]) for name in names.split()}
        for table, names in listed.items()
    }


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


class Row:
    """One row of a table: texts by field name, days by field name."""

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

    def __getitem__(self, field: str) -> str:
        place = self._columns.get(field.replace("_", ""))
        if place is None:
            return ""
        text = self._cells[place]
        return "" if text == "NULL" else text

    def day(self, field: str) -> date | None:
        """Return the day in a field that was named when the rows were asked for."""
        return self._days[field][self._index]


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

    def missing(self) -> list[str]:
        """Return the tables that this extract leaves out."""
        return [f"ssd_{name}" for name in fields() if name not in self.tables and name not in UNUSED]

    def has(self, name: str) -> bool:
        """Whether a table is there."""
        return name in self.tables

    def rows(self, name: str, *days: str) -> Iterator[Row]:
        """Yield the rows of a table, with the named fields read as days."""
        for table in self.tables.get(name, ()):
            found = {
                field: self.days.column(table, field.replace("_", ""), personal=field.endswith(_PERSONAL))
                for field in days
            }
            for index, (number, cells) in enumerate(table.rows):
                yield Row((table.file, number), cells, table.columns, found, index)
