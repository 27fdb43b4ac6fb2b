"""What a list shows, for a file or the clipboard: CSV that no spreadsheet runs, a workbook, or Markdown."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.core.formulas import disarm
from domain.core.text import clean_line, slug
from storage.files.spreadsheet import workbook
from tui.core.look import Look
from tui.grid.columns import Column, Row, Value

_MARKDOWN = re.compile(r"[\\|`]|\](?=[(\[])")


@dataclass(frozen=True, slots=True)
class Table:
    """A list as it is shown: its name, the headings, the rows."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]

    def file_name(self, today: date, ending: str) -> str:
        """Return a name for its file, made of nothing that comes from data."""
        return f"almoner-{slug(self.name)}-{today.isoformat()}.{ending}"


def table_of(name: str, columns: Sequence[Column[Row]], rows: Sequence[Row], look: Look) -> Table:
    """Return what ``columns`` show of ``rows``; names hidden on screen stay hidden."""
    return Table(name, [c.title for c in columns], [[c.exported(row, look) for c in columns] for row in rows])


def as_csv(table: Table) -> str:
    """Return ``table`` as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_csv_cell(h) for h in table.headings])
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """Return ``table`` as a Markdown table."""
    rule = ["---:" if _numbers(table, n) else "---" for n in range(len(table.headings))]
    headings, *rows = [[_markdown_cell(value) for value in row] for row in (table.headings, *table.rows)]
    lines = [headings, rule, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_bytes(table: Table, ending: str) -> bytes:
    """Return ``table`` as the content of a file that ends in "csv", "xlsx" or "md"."""
    if ending == "xlsx":
        return workbook(table.name, table.headings, table.rows)
    return as_csv(table).encode("utf-8-sig") if ending == "csv" else as_markdown(table).encode()


def _csv_cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return disarm(clean_line(value)) if isinstance(value, str) else value


def _markdown_cell(value: Value) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else clean_line(str(value))
    return _MARKDOWN.sub(r"\\\g<0>", text).replace("<", "&lt;")  # no cell, link or picture begins in a text


def _numbers(table: Table, at: int) -> bool:
    return any(isinstance(row[at], int | float) for row in table.rows)
